"""Frames on their way: announced, most with a preview, and gone when their files have come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.coming_tables import coming_frames

__all__ = ["announce", "find_preview", "forget", "keep_newest", "list_coming", "sweep"]

AnyRow = Row[*tuple[Any, ...]]

TOLD = [column for column in coming_frames.c if column.name != "preview"]


async def announce(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """Keep frames in place of what was announced of the same agents and paths."""
    statement = insert(coming_frames)
    changed = ("id", "account_id", "size_bytes", "facts", "preview", "media_type")
    values: dict[str, Any] = {name: statement.excluded[name] for name in changed} | {"announced_at": func.now()}
    statement = statement.on_conflict_do_update(index_elements=["organisation_id", "agent", "path"], set_=values)
    await connection.execute(statement, rows)


async def keep_newest(connection: AsyncConnection, count: int) -> None:
    """Let those of the tenant's go that have no preview, and the oldest, until so many are left."""
    best = coming_frames.c.preview.is_(None), coming_frames.c.announced_at.desc(), coming_frames.c.id.desc()
    old = select(coming_frames.c.id).order_by(*best).offset(count)
    await connection.execute(delete(coming_frames).where(coming_frames.c.id.in_(old)))


async def forget(connection: AsyncConnection, agent: str, paths: Iterable[str] | None = None) -> int:
    """Forget some that an agent announced, or all; tells how many there were."""
    statement = delete(coming_frames).where(coming_frames.c.agent == agent)
    if paths is not None:
        statement = statement.where(coming_frames.c.path.in_(list(paths)))
    return (await connection.execute(statement)).rowcount


async def list_coming(connection: AsyncConnection, *, after: tuple[datetime, UUID] | None, limit: int) -> list[AnyRow]:
    """List the tenant's, those announced last first, without their previews."""
    query = select(*TOLD).order_by(coming_frames.c.announced_at.desc(), coming_frames.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(tuple_(coming_frames.c.announced_at, coming_frames.c.id) < after)
    return list(await connection.execute(query))


async def find_preview(connection: AsyncConnection, frame_id: UUID) -> AnyRow | None:
    """Find a preview and its media type."""
    query = select(coming_frames.c.preview, coming_frames.c.media_type).where(
        coming_frames.c.id == frame_id, coming_frames.c.preview.is_not(None)
    )
    row: AnyRow | None = (await connection.execute(query)).one_or_none()
    return row


async def sweep(connection: AsyncConnection, before: datetime) -> int:
    """Forget the tenant's that were announced before a moment."""
    return (await connection.execute(delete(coming_frames).where(coming_frames.c.announced_at < before))).rowcount
