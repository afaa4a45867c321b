"""Signs of life of the processes that take jobs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.operator_tables import workers

__all__ = ["forget_workers", "list_workers", "note_worker", "take_leave"]


async def note_worker(connection: AsyncConnection, worker_id: UUID, *, host: str, process: int, jobs: int) -> None:
    """Note that a worker lives, and how many jobs it has in its hands."""
    statement = insert(workers).values(id=worker_id, host=host, process=process, jobs=jobs)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_={"seen_at": func.clock_timestamp(), "jobs": statement.excluded.jobs}
        )
    )


async def take_leave(connection: AsyncConnection, worker_id: UUID) -> None:
    """Forget a worker that ends as it should."""
    await connection.execute(delete(workers).where(workers.c.id == worker_id))


async def forget_workers(connection: AsyncConnection, before: datetime) -> int:
    """Forget workers that nobody has heard of since a moment; returns how many."""
    return (await connection.execute(delete(workers).where(workers.c.seen_at < before))).rowcount


async def list_workers(connection: AsyncConnection, *, limit: int) -> list[RowMapping]:
    """List workers, the one last heard of first."""
    rows = await connection.execute(select(workers).order_by(workers.c.seen_at.desc(), workers.c.id).limit(limit))
    return list(rows.mappings())
