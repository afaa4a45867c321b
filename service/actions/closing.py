"""An owner closes an organisation, or reopens it within its grace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from billing.plans import plan_from_terms
from billing.stripe_state import RUNNING
from domain.errors import Conflict, InvalidInput
from service.actions.organisations import Organisation, shown
from service.audit_log import record
from service.closing_notices import tell_of_closing, tell_of_reopening
from service.house import Actor, House
from service.payment_state import reconcile
from service.plans import give_plan, is_subscribed, plan_of
from storage import closing_store, organisation_store, payment_store, plan_store

__all__ = ["Closing", "close_organisation", "reopen_organisation"]

CLOSED = "closed"
"Note of the plan that whoever closed has from then on."


class Closing(msgspec.Struct):
    """``confirm``: the organisation's slug once more, so that nobody closes one by mistake."""

    confirm: Annotated[str, Meta(max_length=64)]


async def close_organisation(
    house: House, actor: Actor, organisation: str, closing: Closing, *, now: datetime | None = None
) -> Organisation:
    """Close an organisation: what it subscribed to ends with this second, and nothing new is taken.

    Raises
    ------
    InvalidInput
        Another slug stands in the request.
    """
    async with house.tenant(actor, organisation) as tenant:
        if closing.confirm != organisation:
            raise InvalidInput(f"To close it, name it once more: confirm is {organisation}.")
        connection, organisation_id = tenant.connection, tenant.organisation_id
        row = await closing_store.lock(connection, organisation_id)
        if row.closed_at is None:
            plan, default = await plan_of(house, connection, organisation_id), house.plans.find(house.plans.default)
            # The plan's last second is the closing one: bills and what is reported are cut there.
            closed_at = await give_plan(connection, organisation_id, default, note=CLOSED, now=now)
            removal_at = closed_at + timedelta(days=plan.closing_days)
            await closing_store.close(connection, organisation_id, closed_at=closed_at, removal_at=removal_at)
            payer = await payment_store.find_payer(connection)
            if payer is not None and payer.status in RUNNING:
                await payment_store.set_over(connection, closed_at)
            await record(tenant, "organisation.closed", f"organisations/{organisation}", removal_at=str(removal_at))
            await tell_of_closing(connection, organisation_id, removal_at)
        row = await organisation_store.get_name(connection, organisation_id)
    await _settle(house, organisation_id, now)
    return shown(row, tenant.role)


async def reopen_organisation(
    house: House, actor: Actor, organisation: str, *, now: datetime | None = None
) -> Organisation:
    """Reopen an organisation within its grace. The plan it had holds again, unless that was subscribed to.

    Raises
    ------
    Conflict
        Its grace is over.
    """
    moment = now or datetime.now(UTC)
    async with house.tenant(actor, organisation) as tenant:
        connection, organisation_id = tenant.connection, tenant.organisation_id
        row = await closing_store.lock(connection, organisation_id)
        if row.closed_at is not None:
            if row.removed_at is not None or moment >= row.removal_at:
                raise Conflict(
                    f"The grace of this organisation was over on {row.removal_at:%Y-%m-%d}: make another one."
                )
            await closing_store.reopen(connection, organisation_id)
            *_, before, closing = [None, None, *await plan_store.list_assignments(connection, organisation_id)]
            if before is not None and closing.note == CLOSED and not is_subscribed(before):
                note = "reopened"
                await give_plan(connection, organisation_id, plan_from_terms(before.terms), note=note, now=now)
            await record(tenant, "organisation.reopened", f"organisations/{organisation}")
            await tell_of_reopening(connection, organisation_id)
        row = await organisation_store.get_name(connection, organisation_id)
    await _settle(house, organisation_id, now)
    return shown(row, tenant.role)


async def _settle(house: House, organisation_id: UUID, now: datetime | None) -> None:
    """Report the last stretch and end what is subscribed to, or take up again what still runs; what cannot be done
    just now, the sweep does.
    """
    await reconcile(house, organisation_id, now or datetime.now(UTC), forced=True)
