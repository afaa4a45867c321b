"""Watch agents: their reports, and who of them fell silent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.agent_tables import agents

__all__ = ["count_others", "keepers", "list_agents", "note_back", "note_silent", "remove", "report", "silent_ones"]

AnyRow = Row[*tuple[Any, ...]]


async def report(connection: AsyncConnection, organisation_id: UUID, name: str, **values: Any) -> AnyRow:
    """Keep an agent's report in place of the one before; returns its row."""
    values |= {"seen_at": func.now()}
    statement = insert(agents).values(organisation_id=organisation_id, name=name, **values)
    statement = statement.on_conflict_do_update(index_elements=["organisation_id", "name"], set_=values)
    row: AnyRow = (await connection.execute(statement.returning(agents))).one()
    return row


async def count_others(connection: AsyncConnection, name: str) -> int:
    """Count the tenant's agents of other names."""
    query = select(func.count()).select_from(agents).where(agents.c.name != name)
    return int(await connection.scalar(query) or 0)


async def list_agents(connection: AsyncConnection, *, after: str | None, limit: int) -> list[AnyRow]:
    """List the tenant's agents by name."""
    query = select(agents).order_by(agents.c.name).limit(limit)
    return list(await connection.execute(query if after is None else query.where(agents.c.name > after)))


async def remove(connection: AsyncConnection, name: str) -> bool:
    """Forget an agent; False when there is none."""
    return (await connection.execute(delete(agents).where(agents.c.name == name))).rowcount > 0


async def silent_ones(connection: AsyncConnection, before: datetime) -> list[AnyRow]:
    """Find agents that stay, were not heard of since a moment, and of whose silence nobody was told; with their sites.

    A site is that of the agent's telescope, else all of the organisation's.
    """
    rows = await connection.execute(
        text("""
            SELECT a.*, (
                SELECT coalesce(jsonb_agg(jsonb_build_array(s.latitude_deg, s.longitude_deg)), '[]') FROM sites s
                WHERE a.telescope IS NULL OR s.id = (SELECT t.site_id FROM telescopes t WHERE t.slug = a.telescope)
            ) AS places
            FROM agents a WHERE NOT a.once AND a.silent_told_at IS NULL AND a.seen_at < :before ORDER BY a.name
        """),
        {"before": before},
    )
    return list(rows)


async def note_silent(connection: AsyncConnection, name: str, seen_at: datetime) -> bool:
    """Note that people are told of an agent's silence; False if it is back, or somebody else tells them."""
    silent = update(agents).where(agents.c.name == name, agents.c.seen_at == seen_at, agents.c.silent_told_at.is_(None))
    return (await connection.execute(silent.values(silent_told_at=func.now()))).rowcount > 0


async def note_back(connection: AsyncConnection, name: str) -> bool:
    """Note that an agent is back; False if nobody was told of its silence."""
    back = update(agents).where(agents.c.name == name, agents.c.silent_told_at.is_not(None))
    return (await connection.execute(back.values(silent_told_at=None))).rowcount > 0


async def keepers(connection: AsyncConnection, organisation_id: UUID) -> list[str]:
    """Give the e-mail addresses of an organisation's owners and admins."""
    rows = await connection.scalars(
        text(
            "SELECT a.email FROM memberships m JOIN accounts a ON a.id = m.account_id"
            " WHERE m.organisation_id = :organisation AND m.role IN ('owner', 'admin') ORDER BY a.email LIMIT 100"
        ),
        {"organisation": organisation_id},
    )
    return list(rows)
