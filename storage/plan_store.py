"""Which plan an organisation has from when, on which terms; credit notes; which mark of its limit was told of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict
from storage.tables import metadata

__all__ = [
    "add_assignment",
    "add_credit",
    "announced_bytes",
    "list_assignments",
    "list_credits",
    "lock_level",
    "set_level",
]

AnyRow = Row[*tuple[Any, ...]]
assignments = metadata.tables["plan_assignments"]
credits = metadata.tables["credit_notes"]
levels = metadata.tables["usage_levels"]


async def list_assignments(connection: AsyncConnection, organisation_id: UUID) -> list[AnyRow]:
    """List which plans an organisation had and has, oldest first."""
    query = select(assignments).where(assignments.c.organisation_id == organisation_id)
    return list(await connection.execute(query.order_by(assignments.c.since)))


async def add_assignment(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    since: datetime,
    plan: str,
    version: int,
    terms: dict[str, Any],
    note: str,
) -> None:
    """Give an organisation a plan from a moment on; at that very moment it can only be given one.

    What was downloaded that day until now is noted with it: it was under the plan before.
    """
    await connection.execute(
        text("""
            INSERT INTO plan_assignments (organisation_id, since, plan, version, terms, note, egress_bytes)
            SELECT :org, :since, :plan, :version, :terms, :note, coalesce(sum(e.size_bytes), 0)
            FROM egress_days e WHERE e.organisation_id = :org AND e.day = :day
            ON CONFLICT DO NOTHING
        """).bindparams(bindparam("terms", type_=assignments.c.terms.type)),
        {
            "org": organisation_id,
            "since": since,
            "plan": plan,
            "version": version,
            "terms": terms,
            "note": note,
            "day": since.astimezone(UTC).date(),
        },
    )


async def list_credits(connection: AsyncConnection, organisation_id: UUID, month: date | None = None) -> list[AnyRow]:
    """List credit notes, oldest first; of one month's bill, or all."""
    query = select(credits).where(credits.c.organisation_id == organisation_id).order_by(credits.c.id)
    return list(await connection.execute(query if month is None else query.where(credits.c.month == month)))


async def add_credit(
    connection: AsyncConnection,
    organisation_id: UUID,
    credit_id: UUID,
    *,
    month: date,
    amount_minor: int,
    currency: str,
    reason: str,
) -> bool:
    """Insert a credit note; answer False where there is one of this id.

    Raises
    ------
    Conflict
        That one says something else.
    """
    values = {"month": month, "amount_minor": amount_minor, "currency": currency, "reason": reason}
    statement = upsert(credits).values(organisation_id=organisation_id, id=credit_id, **values)
    if (await connection.execute(statement.on_conflict_do_nothing())).rowcount:
        return True
    there = (await connection.execute(select(credits).where(credits.c.id == credit_id))).one()
    if {name: getattr(there, name) for name in values} != values:
        raise Conflict("There is another credit note of this id: give this one an id of its own.")
    return False


async def lock_level(connection: AsyncConnection, organisation_id: UUID) -> int:
    """Read which mark was told of, and keep others from telling of it meanwhile."""
    await connection.execute(upsert(levels).values(organisation_id=organisation_id, percent=0).on_conflict_do_nothing())
    query = select(levels.c.percent).where(levels.c.organisation_id == organisation_id).with_for_update()
    return int(await connection.scalar(query) or 0)


async def set_level(connection: AsyncConnection, organisation_id: UUID, percent: int) -> None:
    """Note which mark was told of."""
    await connection.execute(
        levels.update()
        .where(levels.c.organisation_id == organisation_id)
        .values(percent=percent, changed_at=text("now()"))
    )


async def announced_bytes(
    connection: AsyncConnection, organisation_id: UUID, digests: list[bytes], *, since: datetime
) -> int:
    """Add up what uploads begun since a moment announced and has not arrived, each content once.

    Where no checksum was told, each file is taken for a content of its own.

    Parameters
    ----------
    digests : list of bytes
        Contents that are left out: they are counted already.
    """
    return int(
        await connection.scalar(
            text("""
                SELECT coalesce(sum(size_bytes), 0) FROM (
                    SELECT DISTINCT ON (key) i.size_bytes
                    FROM uploads u JOIN upload_items i ON i.organisation_id = u.organisation_id AND i.upload_id = u.id
                    CROSS JOIN LATERAL (
                        SELECT coalesce(i.sha256, convert_to(u.id || '/' || i.position, 'UTF8')) AS key
                    ) k
                    WHERE u.organisation_id = :org AND u.created_at >= :since AND u.state = 'open'
                        AND i.state = 'wanted'
                        AND (i.sha256 IS NULL OR i.sha256 <> ALL(:digests))
                        AND NOT EXISTS (SELECT FROM contents c
                            WHERE c.organisation_id = i.organisation_id AND c.sha256 = i.sha256)
                    ORDER BY key, i.size_bytes DESC
                ) AS each
            """),
            {"org": organisation_id, "digests": digests, "since": since},
        )
        or 0
    )
