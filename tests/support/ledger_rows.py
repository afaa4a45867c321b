"""Contents put into the database and taken out of it again, as uploads and purges do, without any bytes."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar_month import microseconds
from domain.metering import TIERS, LedgerEntry, measure
from storage import usage_store
from storage.ids import new_id

__all__ = ["add_contents", "add_tenant", "digest", "move_contents", "rebuilt", "remove_contents"]


def digest(name: str) -> bytes:
    """Give the SHA-256 of a made-up content."""
    return hashlib.sha256(name.encode()).digest()


async def add_tenant(connection: AsyncConnection) -> UUID:
    """Insert an organisation."""
    organisation_id = new_id()
    await connection.execute(
        text("INSERT INTO organisations (id, slug, name) VALUES (:id, :slug, 'Hven')"),
        {"id": organisation_id, "slug": organisation_id.hex},
    )
    return organisation_id


async def add_contents(connection: AsyncConnection, organisation_id: UUID, sizes: dict[str, int]) -> None:
    """Insert contents by name, in one statement; those that are there already stay."""
    await connection.execute(
        text("""
            INSERT INTO contents (organisation_id, sha256, size_bytes, crc32, crc32c, object_key)
            SELECT :org, sha256, size_bytes, 0, '', encode(sha256, 'hex')
            FROM unnest(cast(:digests AS bytea[]), cast(:sizes AS bigint[])) AS c (sha256, size_bytes)
            ON CONFLICT DO NOTHING
        """),
        {"org": organisation_id, "digests": [digest(name) for name in sizes], "sizes": list(sizes.values())},
    )


async def remove_contents(connection: AsyncConnection, organisation_id: UUID, names: list[str]) -> None:
    """Delete contents."""
    await connection.execute(
        text("DELETE FROM contents WHERE organisation_id = :org AND sha256 = ANY(:digests)"),
        {"org": organisation_id, "digests": [digest(name) for name in names]},
    )


async def move_contents(connection: AsyncConnection, organisation_id: UUID, names: list[str], tier: str) -> None:
    """Move contents to another tier."""
    await connection.execute(
        text("UPDATE contents SET tier = :tier WHERE organisation_id = :org AND sha256 = ANY(:digests)"),
        {"org": organisation_id, "digests": [digest(name) for name in names], "tier": tier},
    )


async def rebuilt(
    connection: AsyncConnection, organisation_id: UUID, bounds: list[datetime]
) -> list[tuple[dict[str, int], dict[str, int]]]:
    """Measure again from nothing but moments and differences: what `usage_store.measure` reads off running figures."""
    entries = [
        LedgerEntry(microseconds(row.at), row.tier, row.delta_bytes)
        async for page in usage_store.page_ledger(connection, organisation_id, page=7)
        for row in page
    ]
    used = measure(entries, [microseconds(bound) for bound in bounds])
    stored = [
        {
            tier: sum(e.delta_bytes for e in entries if e.tier == tier and e.at_us <= microseconds(until))
            for tier in TIERS
        }
        for until in bounds[1:]
    ]
    return list(zip(used, stored, strict=True))
