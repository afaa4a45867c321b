"""Jobs as their organisation sees them: kind, state, progress, error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import webhook_store
from storage.ids import new_id
from storage.tables import metadata

__all__ = [
    "add_event",
    "add_job",
    "change_job",
    "find_job",
    "last_event",
    "list_events",
    "list_jobs",
    "requeue",
    "revive",
]

AnyRow = Row[*tuple[Any, ...]]
jobs = metadata.tables["jobs"]
events = metadata.tables["events"]


async def add_job(
    connection: AsyncConnection,
    organisation_id: UUID,
    kind: str,
    payload: dict[str, Any],
    *,
    total: int,
    created_by: UUID | None,
) -> UUID:
    """Insert a job that waits."""
    job_id = new_id()
    await connection.execute(
        insert(jobs).values(
            id=job_id, organisation_id=organisation_id, kind=kind, payload=payload, total=total, created_by=created_by
        )
    )
    return job_id


async def find_job(connection: AsyncConnection, job_id: UUID) -> AnyRow | None:
    """Find a job of this tenant."""
    return (await connection.execute(select(jobs).where(jobs.c.id == job_id))).first()


async def list_jobs(
    connection: AsyncConnection, *, states: Sequence[str] | None, kind: str | None, before: UUID | None, limit: int
) -> list[AnyRow]:
    """List jobs, newest first; of several states in one look, so that none slips through while it changes."""
    query = select(jobs).order_by(jobs.c.id.desc()).limit(limit)
    if states:
        query = query.where(jobs.c.state.in_(states))
    if kind is not None:
        query = query.where(jobs.c.kind == kind)
    if before is not None:
        query = query.where(jobs.c.id < before)
    return list(await connection.execute(query))


async def change_job(connection: AsyncConnection, job_id: UUID, **values: Any) -> None:
    """Change a job; one that is done or dead is given its end."""
    if values.get("state") in ("done", "dead"):
        values["finished_at"] = func.now()
    await connection.execute(update(jobs).where(jobs.c.id == job_id).values(**values))


async def revive(connection: AsyncConnection, job_ids: Sequence[UUID]) -> list[UUID]:
    """Let dead jobs wait again as if they were new; returns which of them were dead."""
    fresh = {"state": "queued", "attempts": 0, "done": 0, "failed": 0, "error": None, "finished_at": None}
    fresh |= {"retried_at": func.now()}
    statement = update(jobs).where(jobs.c.id.in_(job_ids), jobs.c.state == "dead").values(fresh)
    return list(await connection.scalars(statement.returning(jobs.c.id)))


async def requeue(connection: AsyncConnection, organisation_id: UUID) -> list[UUID]:
    """Let jobs wait again that wait or run by their rows, while the queue knows nothing of them; returns which.

    One at a time for an organisation, so that none is put into the queue twice.
    """
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:org, 11))"), {"org": str(organisation_id)}
    )
    # A job's entry goes after its row has its end: what has neither end nor entry was lost.
    lost = text("""
        UPDATE jobs SET state = 'queued', retried_at = now() WHERE state IN ('queued', 'running') AND id::text NOT IN (
            SELECT convert_from(payload, 'UTF8')::jsonb ->> 'job_id' FROM pgqueuer WHERE payload IS NOT NULL
        ) RETURNING id
    """)
    return list(await connection.scalars(lost))


async def add_event(connection: AsyncConnection, organisation_id: UUID, kind: str, payload: dict[str, Any]) -> None:
    """Record that something happened, for those who listen.

    The lock makes one organisation's events commit in the order of their ids, so that a listener misses none.
    """
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:org, 2))"), {"org": str(organisation_id)}
    )
    # Without asking for its id: a team tells its host what happened, and reads none of its events.
    statement = insert(events).inline().values(organisation_id=organisation_id, kind=kind, payload=payload)
    await connection.execute(statement)
    await webhook_store.note_event(connection, organisation_id)


async def last_event(connection: AsyncConnection) -> int:
    """Tell the id of the newest event; 0 when there is none."""
    return int(await connection.scalar(select(func.max(events.c.id))) or 0)


async def list_events(connection: AsyncConnection, *, after: int, limit: int) -> list[AnyRow]:
    """List events after one, oldest first."""
    query = select(events).where(events.c.id > after).order_by(events.c.id).limit(limit)
    return list(await connection.execute(query))
