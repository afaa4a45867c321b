"""Long work as people see it: begun with a change, followed, and retried when it died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from domain.errors import Conflict, NotFound
from service.house import Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from service.queue import JobReference, put_in_queue
from storage import job_store

__all__ = [
    "EVENT_STREAM_S",
    "Event",
    "Job",
    "begin_lost_jobs",
    "enqueue",
    "enqueue_ingest",
    "follow_events",
    "get_job",
    "last_event",
    "list_jobs",
    "retry_job",
    "revive",
]

INGEST_BATCH = 200  # files of one ingest job: one transaction for all of them
INGEST, PREVIEW = "ingest", "preview"
EVENT_POLL_S = 0.5
EVENT_STREAM_S = 600.0
KEEP_ALIVE_S = 15.0


class Job(msgspec.Struct, kw_only=True):
    """Long work. ``dead``: it failed for good after several attempts and can be retried."""

    id: UUID
    kind: str
    state: Literal["queued", "running", "done", "dead"]
    total: int
    done: int
    failed: int
    attempts: int
    error: str | None
    created_at: datetime
    finished_at: datetime | None


class Event(msgspec.Struct):
    id: int
    kind: str
    payload: dict[str, Any]
    created_at: datetime


async def enqueue(tenant: Tenant, kind: str, payload: dict[str, Any], *, total: int, priority: int = 0) -> UUID:
    """Begin a job with the transaction that needs it."""
    created_by = tenant.actor.account_id if tenant.actor.account_id.int else None
    job_id = await job_store.add_job(
        tenant.connection, tenant.organisation_id, kind, payload, total=total, created_by=created_by
    )
    await put_in_queue(tenant.connection, [JobReference(tenant.organisation_id, job_id)], priority=priority)
    return job_id


async def enqueue_ingest(tenant: Tenant, files: list[UUID], *, again: bool = False) -> UUID | None:
    """Begin the ingest of files, in batches; returns the last batch's job, or None where there is nothing to do."""
    job = None
    for start in range(0, len(files), INGEST_BATCH):
        batch = [str(file_id) for file_id in files[start : start + INGEST_BATCH]]
        job = await enqueue(tenant, INGEST, {"files": batch, "again": again}, total=len(batch), priority=10)
    return job


def _job(row: Any) -> Job:
    return Job(**{f: getattr(row, f) for f in Job.__struct_fields__})


async def list_jobs(
    house: House,
    actor: Actor,
    organisation: str,
    *,
    states: Sequence[str] | None,
    kind: str | None,
    cursor: str | None,
    limit: int,
) -> Page[Job]:
    """List jobs, newest first."""
    position = decode_cursor(cursor, UUID)
    async with house.tenant(actor, organisation) as tenant:
        rows = await job_store.list_jobs(
            tenant.connection, states=states, kind=kind, before=position[0] if position else None, limit=limit + 1
        )
    return Page([_job(r) for r in rows[:limit]], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


async def get_job(house: House, actor: Actor, organisation: str, job_id: UUID) -> Job:
    """Read a job; raises NotFound when there is none."""
    async with house.tenant(actor, organisation) as tenant:
        row = await job_store.find_job(tenant.connection, job_id)
    if row is None:
        raise NotFound("There is no such job in this organisation.")
    return _job(row)


async def retry_job(house: House, actor: Actor, organisation: str, job_id: UUID) -> Job:
    """Put a dead job into the queue again.

    Raises
    ------
    NotFound
        No such job.
    Conflict
        It is not dead.
    """
    async with house.tenant(actor, organisation) as tenant:
        row = await job_store.find_job(tenant.connection, job_id)
        if row is None:
            raise NotFound("There is no such job in this organisation.")
        if not await revive(tenant, [job_id]):
            raise Conflict(f"Only a dead job is retried; this one is {row.state}.", state=row.state)
        row = await job_store.find_job(tenant.connection, job_id)
    return _job(row)


async def revive(tenant: Tenant, job_ids: Sequence[UUID]) -> list[UUID]:
    """Put those jobs into the queue again that are dead; returns which they are."""
    revived = await job_store.revive(tenant.connection, job_ids)
    await put_in_queue(tenant.connection, [JobReference(tenant.organisation_id, job_id) for job_id in revived])
    return revived


async def begin_lost_jobs(tenant: Tenant) -> list[UUID]:
    """Put those jobs into the queue again that it lost; returns which they are."""
    lost = await job_store.requeue(tenant.connection, tenant.organisation_id)
    await put_in_queue(tenant.connection, [JobReference(tenant.organisation_id, job_id) for job_id in lost])
    return lost


async def last_event(house: House, actor: Actor, organisation: str) -> int:
    """Tell the id of an organisation's newest event; 0 when there is none."""
    async with house.tenant(actor, organisation) as tenant:
        return await job_store.last_event(tenant.connection)


async def follow_events(house: House, actor: Actor, organisation: str, *, after: int) -> AsyncIterator[list[Event]]:
    """Yield events as they are committed, from after the given one; empty lists keep the line alive.

    Ends by itself after ten minutes, so that a revoked token stops; a client goes on from the last id.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + EVENT_STREAM_S
    idle_s = 0.0
    while loop.time() < end:
        async with house.tenant(actor, organisation) as tenant:
            rows = await job_store.list_events(tenant.connection, after=after, limit=500)
        if rows:
            after, idle_s = rows[-1].id, 0.0
            yield [Event(r.id, r.kind, r.payload, r.created_at) for r in rows]
        else:
            idle_s += EVENT_POLL_S
            if idle_s >= KEEP_ALIVE_S:
                idle_s = 0.0
                yield []
        await asyncio.sleep(EVENT_POLL_S)
