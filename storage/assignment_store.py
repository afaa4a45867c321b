"""Assignments of guests to telescopes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.tables import metadata

__all__ = ["AssignmentRow", "add", "controlled", "find", "list_assignments", "of_site", "remove", "set_period"]

assignments = metadata.tables["assignments"]
memberships = metadata.tables["memberships"]
accounts = metadata.tables["accounts"]
telescopes = metadata.tables["telescopes"]
sites = metadata.tables["sites"]


class AssignmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """An assignment as it is shown; nights are evening dates, times UTC."""

    id: UUID
    email: str
    name: str
    telescope: str
    telescope_id: UUID
    time_zone: str
    first_night: date
    last_night: date | None
    control_from: datetime
    control_until: datetime | None
    created_at: datetime


SHOWN = (
    select(
        assignments.c.id,
        accounts.c.email,
        accounts.c.name,
        telescopes.c.slug.label("telescope"),
        assignments.c.telescope_id,
        sites.c.time_zone,
        assignments.c.first_night,
        assignments.c.last_night,
        assignments.c.control_from,
        assignments.c.control_until,
        assignments.c.created_at,
    )
    .join(accounts, accounts.c.id == assignments.c.account_id)
    .join(telescopes, telescopes.c.id == assignments.c.telescope_id)
    .join(sites, sites.c.id == telescopes.c.site_id)
)


async def add(connection: AsyncConnection, organisation_id: UUID, **values: Any) -> UUID:
    """Insert an assignment; who is not one of the organisation's people becomes a guest."""
    await connection.execute(
        upsert(memberships)
        .values(organisation_id=organisation_id, account_id=values["account_id"], role="guest")
        .on_conflict_do_nothing()
    )
    assignment_id = new_id()
    await connection.execute(insert(assignments).values(id=assignment_id, organisation_id=organisation_id, **values))
    return assignment_id


async def find(connection: AsyncConnection, assignment_id: UUID) -> AssignmentRow | None:
    """Find an assignment."""
    row = (await connection.execute(SHOWN.where(assignments.c.id == assignment_id))).mappings().first()
    return AssignmentRow(**row) if row else None


async def list_assignments(
    connection: AsyncConnection,
    *,
    telescope_id: UUID | None,
    night: date | None,
    email: str | None,
    before: tuple[date, UUID] | None,
    limit: int,
) -> list[AssignmentRow]:
    """List assignments, the latest first night first; of one telescope, one person, or covering one night."""
    query = SHOWN.order_by(assignments.c.first_night.desc(), assignments.c.id.desc()).limit(limit)
    if telescope_id is not None:
        query = query.where(assignments.c.telescope_id == telescope_id)
    if email is not None:
        query = query.where(accounts.c.email == email)
    if night is not None:
        query = query.where(
            assignments.c.first_night <= night,
            (assignments.c.last_night.is_(None)) | (assignments.c.last_night >= night),
        )
    if before is not None:
        query = query.where(
            (assignments.c.first_night < before[0])
            | ((assignments.c.first_night == before[0]) & (assignments.c.id < before[1]))
        )
    return [AssignmentRow(**row) for row in (await connection.execute(query)).mappings()]


async def set_period(
    connection: AsyncConnection,
    assignment_id: UUID,
    *,
    last_night: date | None,
    control_from: datetime,
    control_until: datetime | None,
) -> None:
    """Change when an assignment ends, or when its nights begin."""
    await connection.execute(
        assignments.update()
        .where(assignments.c.id == assignment_id)
        .values(last_night=last_night, control_from=control_from, control_until=control_until)
    )


async def remove(connection: AsyncConnection, assignment_id: UUID) -> bool:
    """Take an assignment away."""
    return (await connection.execute(assignments.delete().where(assignments.c.id == assignment_id))).rowcount > 0


async def of_site(connection: AsyncConnection, site_id: UUID) -> list[AssignmentRow]:
    """List all assignments to the telescopes of a site."""
    rows = await connection.execute(SHOWN.where(telescopes.c.site_id == site_id))
    return [AssignmentRow(**row) for row in rows.mappings()]


async def controlled(connection: AsyncConnection, account_id: UUID, now: datetime) -> list[tuple[UUID, str]]:
    """List the telescopes, id and slug, that a guest controls at a moment."""
    rows = await connection.execute(
        text(
            "SELECT DISTINCT t.id, t.slug FROM assignments a JOIN telescopes t ON t.id = a.telescope_id"
            " WHERE a.account_id = :account AND a.control_from <= :now"
            " AND (a.control_until IS NULL OR :now < a.control_until) ORDER BY t.slug"
        ),
        {"account": account_id, "now": now},
    )
    return [(row.id, row.slug) for row in rows]
