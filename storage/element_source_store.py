"""Where element sets are fetched from, when, and how that went: one process at a time asks each address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.satellite_tables import element_sources as sources

__all__ = ["claim_source", "find_source", "note_failure", "note_fetch"]

AnyRow = Row[*tuple[Any, ...]]


async def claim_source(connection: AsyncConnection, url: str, *, now: datetime, next_at: datetime) -> AnyRow | None:
    """Take the turn to ask an address; None where its time has not come, or another process asks.

    Parameters
    ----------
    next_at : datetime
        When the next turn comes, whatever becomes of this one.
    """
    await connection.execute(insert(sources).values(url=url, next_at=now).on_conflict_do_nothing())
    row: AnyRow | None = (
        await connection.execute(
            update(sources)
            .where(sources.c.url == url, sources.c.next_at <= now)
            .values(asked_at=now, next_at=next_at)
            .returning(sources)
        )
    ).first()
    return row


async def note_fetch(
    connection: AsyncConnection, url: str, *, now: datetime, etag: str | None, last_modified: str | None
) -> None:
    """Note that an address answered, and what it called the version that it gave."""
    await connection.execute(
        update(sources)
        .where(sources.c.url == url)
        .values(fetched_at=now, etag=etag, last_modified=last_modified, failed_at=None, failure=None)
    )


async def note_failure(
    connection: AsyncConnection, url: str, *, now: datetime, failure: str, next_at: datetime
) -> None:
    """Note why an address gave nothing, and when it may be asked again."""
    await connection.execute(
        update(sources).where(sources.c.url == url).values(failed_at=now, failure=failure, next_at=next_at)
    )


async def find_source(connection: AsyncConnection, url: str) -> AnyRow | None:
    """Find how the fetching from an address went; None where it was never begun."""
    return (await connection.execute(select(sources).where(sources.c.url == url))).first()
