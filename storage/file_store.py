"""Files of an organisation: rows that name contents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = ["delete", "find", "find_readable", "list_files", "restore"]

COLUMNS = """
    SELECT f.id, f.path, f.sha256, f.size_bytes, f.media_type, f.state, f.problems, f.host, f.supersedes, f.deleted_at,
        f.created_at,
        nullif(embargo_end(f.id), '-infinity') AS embargo_until,
        r.id AS frame, t.slug AS telescope, i.slug AS instrument, a.email AS uploaded_by
    FROM files f
    LEFT JOIN accounts a ON a.id = f.uploaded_by
    LEFT JOIN frames r ON r.organisation_id = f.organisation_id AND r.sha256 = f.sha256
    LEFT JOIN telescopes t ON t.id = f.telescope_id
    LEFT JOIN instruments i ON i.id = f.instrument_id
"""


async def list_files(
    connection: AsyncConnection,
    *,
    state: str | None,
    prefix: str | None,
    deleted: bool,
    flagged: bool,
    before: UUID | None,
    limit: int,
) -> list[RowMapping]:
    """List files, newest first; of one state, under one path, or only those with problems."""
    conditions = ["f.deleted_at IS NOT NULL" if deleted else "f.deleted_at IS NULL"]
    values: dict[str, Any] = {"limit": limit}
    if state is not None:
        conditions.append("f.state = :state")
        values["state"] = state
    if flagged:
        conditions.append("f.problems <> '[]'")
    if prefix is not None:
        conditions.append("starts_with(f.path, :prefix)")
        values["prefix"] = prefix
    if before is not None:
        conditions.append("f.id < :before")
        values["before"] = before
    query = f"{COLUMNS} WHERE {' AND '.join(conditions)} ORDER BY f.id DESC LIMIT :limit"
    return list((await connection.execute(text(query), values)).mappings())


async def find(connection: AsyncConnection, file_id: UUID) -> RowMapping | None:
    """Find a file, a deleted one too."""
    found: RowMapping | None = (
        (await connection.execute(text(f"{COLUMNS} WHERE f.id = :id"), {"id": file_id})).mappings().first()
    )
    return found


async def find_readable(connection: AsyncConnection, file_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Find where the bytes of files lie, by their identifiers; deleted ones are left out."""
    query = text("""
        SELECT f.id, f.path, f.sha256, f.size_bytes, f.media_type, c.object_key, c.tier, c.crc32c
        FROM files f JOIN contents c ON c.organisation_id = f.organisation_id AND c.sha256 = f.sha256
        WHERE f.id = ANY(:ids) AND f.deleted_at IS NULL
    """)
    return {row.id: row for row in await connection.execute(query, {"ids": list(file_ids)})}


async def delete(connection: AsyncConnection, file_id: UUID) -> bool:
    """Put a tombstone on a file; its frame hides when no other file holds the content."""
    sha256 = await connection.scalar(
        text("UPDATE files SET deleted_at = now() WHERE id = :id AND deleted_at IS NULL RETURNING sha256"),
        {"id": file_id},
    )
    if sha256 is not None:
        await _show_or_hide(connection, sha256)
    return sha256 is not None


async def restore(connection: AsyncConnection, file_id: UUID) -> bool:
    """Take the tombstone away again."""
    sha256 = await connection.scalar(
        text("UPDATE files SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL RETURNING sha256"),
        {"id": file_id},
    )
    if sha256 is not None:
        await _show_or_hide(connection, sha256)
    return sha256 is not None


async def _show_or_hide(connection: AsyncConnection, sha256: bytes) -> None:
    await connection.execute(
        text("""
            WITH live AS (
                SELECT id FROM files WHERE sha256 = :sha256 AND deleted_at IS NULL ORDER BY id LIMIT 1
            )
            UPDATE frames SET hidden = NOT EXISTS (SELECT FROM live),
                file_id = coalesce((SELECT id FROM live), file_id)
            WHERE sha256 = :sha256
        """),
        {"sha256": sha256},
    )
