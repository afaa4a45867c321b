"""The operator's view of jobs: those of all organisations, what they died of, and trying them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict, NotFound
from service.actions.jobs import Job, revive
from service.audit_log import record
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from storage import operator_store

__all__ = [
    "JobCount",
    "Retried",
    "ServiceJob",
    "count_jobs",
    "counted",
    "get_job",
    "list_jobs",
    "retry_job",
    "retry_kind",
]

MOST_RETRIED = 1000  # jobs in one go


class ServiceJob(Job, kw_only=True):
    """A job, and whose it is."""

    organisation: str


class JobCount(msgspec.Struct, kw_only=True):
    """How many jobs of a kind are in a state, and since when the oldest of them is there."""

    kind: str
    state: str
    count: int
    oldest_at: datetime


class Retried(msgspec.Struct, kw_only=True):
    """How many jobs are in the queue again, and how many are still dead."""

    retried: int
    left: int


def _job(row: Any) -> ServiceJob:
    return ServiceJob(**{name: row[name] for name in ServiceJob.__struct_fields__})


async def list_jobs(
    house: House,
    actor: Actor,
    *,
    states: Sequence[str] | None,
    kind: str | None,
    organisation: str | None,
    cursor: str | None,
    limit: int,
) -> Page[ServiceJob]:
    """List jobs of all organisations, newest first."""
    position = decode_cursor(cursor, UUID)
    async with house.operator(actor) as connection:
        rows = await operator_store.list_jobs(
            connection,
            states=states,
            kind=kind,
            organisation=organisation,
            before=position[0] if position else None,
            limit=limit + 1,
        )
    return Page(
        [_job(row) for row in rows[:limit]], encode_cursor(rows[limit - 1]["id"]) if len(rows) > limit else None
    )


async def count_jobs(house: House, actor: Actor) -> list[JobCount]:
    """Count what is not done, by kind and state."""
    async with house.operator(actor) as connection:
        return await counted(connection)


async def counted(connection: AsyncConnection) -> list[JobCount]:
    """Count what is not done, in an operator's transaction."""
    rows = await operator_store.count_jobs(connection)
    return [JobCount(**{name: row[name] for name in JobCount.__struct_fields__}) for row in rows]


async def get_job(house: House, actor: Actor, job_id: UUID) -> ServiceJob:
    """Read a job of any organisation; raises NotFound when there is none."""
    async with house.operator(actor) as connection:
        row = await operator_store.find_job(connection, job_id)
    if row is None:
        raise NotFound("There is no such job.")
    return _job(row)


async def retry_job(house: House, actor: Actor, job_id: UUID) -> ServiceJob:
    """Put a dead job into the queue again; its organisation's audit log tells.

    Raises
    ------
    NotFound
        No such job.
    Conflict
        It is not dead.
    """
    async with house.operator(actor) as connection:
        row = await operator_store.find_job(connection, job_id)
    if row is None:
        raise NotFound("There is no such job.")
    async with house.operated(actor, row["organisation_id"], row["organisation"]) as tenant:
        if not await revive(tenant, [job_id]):
            raise Conflict(f"Only a dead job is retried; this one is {row['state']}.", state=row["state"])
        await record(tenant, "job.retried", f"jobs/{job_id}", kind=row["kind"], count=1)
    return await get_job(house, actor, job_id)


async def retry_kind(house: House, actor: Actor, *, kind: str, organisation: str | None) -> Retried:
    """Put the dead jobs of a kind into the queue again, of all organisations or of one, the oldest first.

    A thousand at the most; an organisation's are one transaction, and one entry in its audit log.
    """
    retried = 0
    async with house.operator(actor) as connection:
        dead = await operator_store.list_dead(connection, kind=kind, organisation=organisation, limit=MOST_RETRIED)
    dead.sort(key=lambda row: row["organisation"])
    for (organisation_id, slug), rows in groupby(dead, lambda row: (row["organisation_id"], row["organisation"])):
        async with house.operated(actor, organisation_id, slug) as tenant:
            revived = await revive(tenant, [row["id"] for row in rows])
            if revived:
                await record(tenant, "job.retried", "jobs", kind=kind, count=len(revived))
        retried += len(revived)
    async with house.operator(actor) as connection:
        left = await operator_store.count_dead(connection, kind=kind, organisation=organisation)
    return Retried(retried=retried, left=left)
