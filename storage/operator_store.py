"""What operators read across organisations; each of these is asked in a transaction of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Select

from storage.tables import metadata

__all__ = [
    "count_dead",
    "count_jobs",
    "database_bytes",
    "find_job",
    "list_dead",
    "list_jobs",
    "list_organisations",
    "mail_state",
]

jobs = metadata.tables["jobs"]
organisations = metadata.tables["organisations"]

TOLD = ("id", "kind", "state", "total", "done", "failed", "attempts", "error", "created_at", "finished_at")


def _jobs() -> Select[Any]:
    told = [jobs.c[name] for name in TOLD]
    return select(*told, jobs.c.organisation_id, organisations.c.slug.label("organisation")).join(
        organisations, organisations.c.id == jobs.c.organisation_id
    )


async def list_jobs(
    connection: AsyncConnection,
    *,
    states: Sequence[str] | None,
    kind: str | None,
    organisation: str | None,
    before: UUID | None,
    limit: int,
) -> list[RowMapping]:
    """List jobs of all organisations, or of one by its slug, newest first."""
    query = _jobs().order_by(jobs.c.id.desc()).limit(limit)
    if states:
        query = query.where(jobs.c.state.in_(states))
        if "done" not in states:
            query = query.where(jobs.c.state != "done")  # as the index for what is not done has it
    if kind is not None:
        query = query.where(jobs.c.kind == kind)
    if organisation is not None:
        query = query.where(organisations.c.slug == organisation)
    if before is not None:
        query = query.where(jobs.c.id < before)
    return list((await connection.execute(query)).mappings())


async def find_job(connection: AsyncConnection, job_id: UUID) -> RowMapping | None:
    """Find a job of whatever organisation."""
    row: RowMapping | None = (await connection.execute(_jobs().where(jobs.c.id == job_id))).mappings().first()
    return row


async def list_dead(
    connection: AsyncConnection, *, kind: str, organisation: str | None, limit: int
) -> list[RowMapping]:
    """List dead jobs of a kind, oldest first: identifier and whose they are."""
    told = (jobs.c.id, jobs.c.organisation_id, organisations.c.slug.label("organisation"))
    query = _dead(select(*told), kind, organisation).order_by(jobs.c.id).limit(limit)
    return list((await connection.execute(query)).mappings())


async def count_dead(connection: AsyncConnection, *, kind: str, organisation: str | None) -> int:
    """Count the dead jobs of a kind."""
    return int(await connection.scalar(_dead(select(func.count()), kind, organisation)) or 0)


def _dead(query: Select[Any], kind: str, organisation: str | None) -> Select[Any]:
    """Narrow a query of jobs to the dead ones; that they are not done says to PostgreSQL that its index has them."""
    query = query.select_from(jobs).join(organisations, organisations.c.id == jobs.c.organisation_id)
    query = query.where(jobs.c.state == "dead", jobs.c.state != "done", jobs.c.kind == kind)
    return query if organisation is None else query.where(organisations.c.slug == organisation)


async def count_jobs(connection: AsyncConnection) -> list[RowMapping]:
    """Count what is not done, by kind and state, with the moment since when the oldest is there, or waits again."""
    since = func.coalesce(jobs.c.retried_at, jobs.c.created_at)
    query = (
        select(jobs.c.kind, jobs.c.state, func.count().label("count"), func.min(since).label("oldest_at"))
        .where(jobs.c.state != "done")
        .group_by(jobs.c.kind, jobs.c.state)
        .order_by(jobs.c.kind, jobs.c.state)
    )
    return list((await connection.execute(query)).mappings())


async def list_organisations(connection: AsyncConnection, *, after: str | None, limit: int) -> list[RowMapping]:
    """List organisations by slug."""
    query = select(organisations.c.id, organisations.c.slug, organisations.c.name).order_by(organisations.c.slug)
    if after is not None:
        query = query.where(organisations.c.slug > after)
    return list((await connection.execute(query.limit(limit))).mappings())


async def mail_state(connection: AsyncConnection) -> RowMapping:
    """Tell how many mails wait, since when the oldest does, and how many were given up and are not forgotten yet."""
    rows = await connection.execute(
        text("""
            SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
                min(created_at) FILTER (WHERE state = 'waiting') AS oldest_at,
                count(*) FILTER (WHERE state = 'given_up') AS given_up
            FROM mail_outbox
        """)
    )
    row: RowMapping = rows.mappings().one()
    return row


async def database_bytes(connection: AsyncConnection) -> int:
    """Tell how much disk the database takes."""
    return int(await connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
