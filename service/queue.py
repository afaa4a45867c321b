"""The job queue: PgQueuer's tables, reached inside the transaction that makes the job necessary."""

from __future__ import annotations

from uuid import UUID

import msgspec
from pgqueuer.queries import Queries
from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = ["ENTRYPOINT", "JobReference", "put_in_queue"]

ENTRYPOINT = "job"


class JobReference(msgspec.Struct):
    """What the queue carries: where the job's own row is."""

    organisation_id: UUID
    job_id: UUID


async def put_in_queue(connection: AsyncConnection, references: list[JobReference], *, priority: int = 0) -> None:
    """Enqueue jobs in this transaction: they exist if it commits, and only then."""
    if references:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        payloads: list[bytes | None] = [msgspec.json.encode(reference) for reference in references]
        await Queries.from_asyncpg_connection(raw).enqueue(
            [ENTRYPOINT] * len(payloads), payloads, [priority] * len(payloads)
        )
