"""Which plan an organisation has: the terms it was given, or the service's default as long as it was given none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.plans import Plan, plan_from_terms, terms_of
from domain.calendar_month import microseconds
from service.house import House
from storage import plan_store

__all__ = ["SUBSCRIPTION", "give_default_plan", "give_plan", "is_subscribed", "plan_of", "plans_of"]


async def plans_of(house: House, connection: AsyncConnection, organisation_id: UUID) -> list[tuple[int, Plan]]:
    """Tell from when, microseconds of 1970, an organisation had which plan, oldest first.

    Terms are those that were written down: whatever the file of plans says now, they hold until another is given.
    """
    rows = await plan_store.list_assignments(connection, organisation_id)
    if rows:
        return [(microseconds(row.since), plan_from_terms(row.terms)) for row in rows]
    made = await connection.scalar(text("SELECT created_at FROM organisations WHERE id = :id"), {"id": organisation_id})
    return [(microseconds(made), house.plans.find(house.plans.default))] if made else []


SUBSCRIPTION = "subscription "
"What the note of a plan that is subscribed to begins with."


def is_subscribed(assignment: Any) -> bool:
    """Tell whether a plan was given because it was subscribed to."""
    return str(assignment.note).startswith(SUBSCRIPTION)


async def plan_of(house: House, connection: AsyncConnection, organisation_id: UUID) -> Plan:
    """Tell which plan an organisation has now."""
    rows = await plan_store.list_assignments(connection, organisation_id)
    return plan_from_terms(rows[-1].terms) if rows else house.plans.find(house.plans.default)


async def give_plan(
    connection: AsyncConnection, organisation_id: UUID, plan: Plan, *, note: str = "", now: datetime | None = None
) -> datetime:
    """Give an organisation a plan from now on, its terms written down as they are; says from when that is.

    Never from before the plan that it has: a clock that was set back opens no gap.
    """
    now = now or datetime.now(UTC)
    rows = await plan_store.list_assignments(connection, organisation_id)
    since = max(now, rows[-1].since + datetime.resolution) if rows else now
    await plan_store.add_assignment(
        connection,
        organisation_id,
        since=since,
        plan=plan.name,
        version=plan.version,
        terms=terms_of(plan),
        note=note,
    )
    return since


async def give_default_plan(house: House, connection: AsyncConnection, organisation_id: UUID) -> None:
    """Give the default plan to an organisation that has none; two who do so at once give it once."""
    if await plan_store.list_assignments(connection, organisation_id):
        return
    # Not FOR UPDATE, for which whoever enters rows of the organisation would have to be waited for.
    await connection.execute(
        text("SELECT 1 FROM organisations WHERE id = :id FOR NO KEY UPDATE"), {"id": organisation_id}
    )
    if not await plan_store.list_assignments(connection, organisation_id):
        await give_plan(connection, organisation_id, house.plans.find(house.plans.default))
