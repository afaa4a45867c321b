"""Embargoes: what is held back, how long and why. When a file's ends is told by ``embargo_end`` in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import metadata

__all__ = [
    "EmbargoRow",
    "HeldFile",
    "Target",
    "ends_of",
    "has_embargo",
    "held_back",
    "list_embargoes",
    "lock_ends",
    "remove",
    "set_embargo",
    "sooner_than",
    "target_id",
]

Target = Literal["organisation", "instrument", "dataset", "file"]
embargoes = metadata.tables["embargoes"]


class EmbargoRow(msgspec.Struct, frozen=True, kw_only=True):
    """An embargo with the name of what it holds back: a slug, or a file's path."""

    target: Target
    target_id: UUID
    name: str
    days: int | None
    until: datetime | None
    calibrations: bool
    reason: str
    set_by: str
    set_at: datetime


class HeldFile(msgspec.Struct, frozen=True):
    """A file under embargo."""

    path: str
    until: datetime


async def target_id(connection: AsyncConnection, target: Target, name: str) -> UUID | None:
    """Find what an embargo is to hold back: the organisation itself, or one of its instruments, datasets or files."""
    if target == "organisation":
        query = (
            "SELECT id FROM organisations WHERE slug = :name AND id = current_setting('uraniborg.organisation')::uuid"
        )
    elif target == "file":
        query = "SELECT id FROM files WHERE id::text = :name"
    else:
        query = f"SELECT id FROM {target}s WHERE slug = :name"
    found: UUID | None = await connection.scalar(text(query), {"name": name})
    return found


async def set_embargo(connection: AsyncConnection, organisation_id: UUID, **values: Any) -> None:
    """Set an embargo in place of the one that is there."""
    statement = upsert(embargoes).values(organisation_id=organisation_id, **values)
    changed = {name: statement.excluded[name] for name in ("days", "until", "calibrations", "reason", "set_by")}
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id", "target", "target_id"], set_=changed | {"set_at": text("now()")}
        )
    )


async def remove(connection: AsyncConnection, target: Target, identifier: UUID) -> bool:
    """Take an embargo away."""
    done = await connection.execute(
        embargoes.delete().where(embargoes.c.target == target, embargoes.c.target_id == identifier)
    )
    return done.rowcount > 0


async def has_embargo(connection: AsyncConnection, target: Target, identifier: UUID) -> bool:
    """Tell whether an embargo was set for this very thing."""
    there = select(embargoes.c.target_id).where(embargoes.c.target == target, embargoes.c.target_id == identifier)
    return await connection.scalar(there) is not None


async def lock_ends(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Let no other member change what embargoes hold back, nor publish, until the transaction ends."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:org, 9))"), {"org": str(organisation_id)}
    )


async def ends_of(
    connection: AsyncConnection, dataset_id: UUID, paths: list[str] | None, files: list[UUID]
) -> dict[UUID, datetime]:
    """Tell until when files are held back that are so now: under paths of a dataset (None: all of it), and others.

    What newer versions took the place of there is under these paths as well.
    """
    rows = await connection.execute(
        text("""
            SELECT d.file_id, e.until FROM (
                SELECT file_id FROM (
                    SELECT dataset_id, path, file_id FROM dataset_files
                    UNION ALL SELECT dataset_id, path, file_id FROM dataset_replaced_files
                ) m WHERE dataset_id = :dataset AND (cast(:paths AS text[]) IS NULL OR path = ANY(:paths))
                UNION SELECT unnest(cast(:files AS uuid[]))
            ) d CROSS JOIN LATERAL (SELECT embargo_end(d.file_id) AS until) e WHERE e.until > now()
        """),
        {"dataset": dataset_id, "paths": paths, "files": files},
    )
    return {row.file_id: row.until for row in rows}


async def sooner_than(connection: AsyncConnection, ends: dict[UUID, datetime]) -> list[HeldFile]:
    """Find the files whose embargo ends sooner than it did, or is none any more; with when it ended before."""
    rows = await connection.execute(
        text("""
            SELECT f.path, e.until
            FROM unnest(cast(:files AS uuid[]), cast(:ends AS timestamptz[])) AS e (file_id, until)
            JOIN files f ON f.id = e.file_id
            WHERE embargo_end(f.id) < e.until ORDER BY f.path
        """),
        {"files": list(ends), "ends": list(ends.values())},
    )
    return [HeldFile(row.path, row.until) for row in rows]


LIST = """
    SELECT e.target, e.target_id, e.days, e.until, e.calibrations, e.reason, a.email AS set_by, e.set_at,
        coalesce(o.slug, i.slug, d.slug, f.path, '') AS name
    FROM embargoes e JOIN accounts a ON a.id = e.set_by
    LEFT JOIN organisations o ON e.target = 'organisation' AND o.id = e.target_id
    LEFT JOIN instruments i ON e.target = 'instrument' AND i.id = e.target_id
    LEFT JOIN datasets d ON e.target = 'dataset' AND d.id = e.target_id
    LEFT JOIN files f ON e.target = 'file' AND f.id = e.target_id
    WHERE (e.target, e.target_id) {compare} (cast(:target AS text), cast(:id AS uuid))
    ORDER BY e.target, e.target_id LIMIT :limit
"""


async def list_embargoes(
    connection: AsyncConnection,
    *,
    after: tuple[str, UUID] | None = None,
    only: tuple[str, UUID] | None = None,
    limit: int = 1,
) -> list[EmbargoRow]:
    """List embargoes by what they hold back, or only that of one thing."""
    target, identifier = only or after or ("", None)
    query = text(LIST.format(compare="=" if only else ">"))
    rows = await connection.execute(query, {"target": target, "id": identifier or UUID(int=0), "limit": limit})
    return [EmbargoRow(**row) for row in rows.mappings()]


HELD = """
    FROM (
        SELECT file_id, path FROM dataset_files WHERE dataset_id = ANY(:datasets)
        UNION SELECT id, path FROM files WHERE :folder <> '' AND starts_with(path, :folder)
    ) d
    CROSS JOIN LATERAL (SELECT embargo_end(d.file_id) AS until) e WHERE e.until > now()
"""


async def held_back(
    connection: AsyncConnection, datasets: list[UUID], folder: str, *, shown: int
) -> tuple[int, list[HeldFile]]:
    """Tell how many files of datasets or below a folder are under embargo now, and some, the latest end first."""
    values = {"datasets": datasets, "folder": folder}
    count = await connection.scalar(text(f"SELECT count(*) {HELD}"), values)
    rows = await connection.execute(
        text(f"SELECT d.path, e.until {HELD} ORDER BY e.until DESC, d.path LIMIT :shown"),
        values | {"shown": shown},
    )
    return int(count or 0), [HeldFile(row.path, row.until) for row in rows]
