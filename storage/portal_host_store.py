"""Hosts of organisations' own: named, proven, looked up before it is known whose a request is, and given up."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.portal_tables import portal_hosts, portals

__all__ = ["find", "find_proven", "find_shown", "name", "prove", "remove", "unprove"]


async def find(connection: AsyncConnection, organisation_id: UUID) -> RowMapping | None:
    """Find the tenant's host, proven or not; None where it has none."""
    wanted = select(portal_hosts).where(portal_hosts.c.organisation_id == organisation_id)
    row: RowMapping | None = (await connection.execute(wanted)).mappings().first()
    return row


async def find_proven(connection: AsyncConnection, host: str) -> RowMapping | None:
    """Find whose a proven host is, None where nobody's: ``id``, ``slug``, ``token``, and whether its portal is shown.

    The transaction asks for nothing else.
    """
    await connection.execute(
        text(
            "SELECT set_config('uraniborg.portal_host', :host, true), set_config('uraniborg.public', 'portals', true)"
        ),
        {"host": host},
    )
    rows = await connection.execute(
        text(
            "SELECT o.id, o.slug, h.token, p.organisation_id IS NOT NULL AS is_shown"
            " FROM portal_hosts h JOIN organisations o ON o.id = h.organisation_id"
            " LEFT JOIN portals p ON p.organisation_id = h.organisation_id AND p.is_public"
            " WHERE h.host = :host AND h.proven_at IS NOT NULL"
        ),
        {"host": host},
    )
    row: RowMapping | None = rows.mappings().first()
    return row


async def find_shown(connection: AsyncConnection) -> str | None:
    """Find the host at which the tenant's portal is shown; None where it has none, or is not shown."""
    host: str | None = await connection.scalar(
        select(portal_hosts.c.host)
        .join(portals, portals.c.organisation_id == portal_hosts.c.organisation_id)
        .where(portal_hosts.c.proven_at.is_not(None), portals.c.is_public)
    )
    return host


async def name(connection: AsyncConnection, organisation_id: UUID, host: str, token: str) -> RowMapping:
    """Name the tenant's host; the same one again stays as proven as it was, another is proven anew."""
    statement = insert(portal_hosts).values(organisation_id=organisation_id, host=host, token=token)
    other = {"host": host, "token": token, "proven_at": None, "changed_at": func.now()}
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id"], set_=other, where=portal_hosts.c.host != host
        )
    )
    row = await find(connection, organisation_id)
    assert row is not None
    return row


async def prove(connection: AsyncConnection, organisation_id: UUID, host: str, token: str) -> bool:
    """Note that the tenant's host is proven; tells whether it is still the one that was asked about."""
    wanted = (
        update(portal_hosts)
        .where(
            portal_hosts.c.organisation_id == organisation_id,
            portal_hosts.c.host == host,
            portal_hosts.c.token == token,
        )
        .values(proven_at=func.coalesce(portal_hosts.c.proven_at, func.now()))
    )
    return (await connection.execute(wanted)).rowcount > 0


async def unprove(connection: AsyncConnection, organisation_id: UUID, host: str) -> bool:
    """Note that a host is the tenant's no more; it stays named. Tells whether it was."""
    wanted = (
        update(portal_hosts)
        .where(
            portal_hosts.c.organisation_id == organisation_id,
            portal_hosts.c.host == host,
            portal_hosts.c.proven_at.is_not(None),
        )
        .values(proven_at=None, changed_at=func.now())
    )
    return (await connection.execute(wanted)).rowcount > 0


async def remove(connection: AsyncConnection, organisation_id: UUID) -> str | None:
    """Give the tenant's host up; returns which it was."""
    wanted = delete(portal_hosts).where(portal_hosts.c.organisation_id == organisation_id)
    host: str | None = await connection.scalar(wanted.returning(portal_hosts.c.host))
    return host
