"""The worker: takes jobs from the queue, runs them with retries, and comes back when the database does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog
from pgqueuer import PgQueuer
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job as QueuedJob

from service.actions.crossing_jobs import CROSSINGS
from service.actions.dois import DOI, sync_dois
from service.actions.jobs import INGEST, PREVIEW
from service.crossing_judge import judge
from service.failure_reason import failure_reason
from service.house import NOBODY, House, Tenant
from service.ingest import ingest
from service.previewing import draw
from service.process_pool import ProcessPool
from service.queue import ENTRYPOINT, JobReference, put_in_queue
from service.tier_moves import MOVE, move
from service.worker_signs import WorkerSigns
from storage import job_store
from storage.database import plain_url
from storage.row_security import RUNTIME_ROLE

__all__ = ["run_worker"]

log = structlog.get_logger("uraniborg.worker")

LOOK_S = 2.0  # how often a worker looks for jobs that nobody told it of: those whose worker was killed
CONCURRENT_JOBS = 3

Work = Callable[[House, ProcessPool, Any, dict[str, Any]], Awaitable[tuple[int, int]]]
WORK: dict[str, Work] = {INGEST: ingest, PREVIEW: draw, DOI: sync_dois, CROSSINGS: judge, MOVE: move}


async def _run_job(house: House, pool: ProcessPool, reference: JobReference, failures: int) -> None:
    """Run one job; note its progress and its end in its own row.

    Parameters
    ----------
    failures : int
        How often it failed before. It may have begun more often: a worker that is killed says nothing of its jobs, and
        they wait no longer for that, nor die of it.
    """

    actor = NOBODY

    @asynccontextmanager
    async def tenant_of() -> AsyncIterator[Tenant]:
        async with house.database.transaction(organisation=reference.organisation_id) as connection:
            yield Tenant(connection, reference.organisation_id, "", "worker", actor)

    job_id: UUID = reference.job_id
    async with tenant_of() as tenant:
        job = await job_store.find_job(tenant.connection, job_id)
        if job is None or job.state in ("done", "dead"):
            return
        attempts = job.attempts + 1
        # What a job begins belongs to whoever began the job.
        actor = msgspec.structs.replace(NOBODY, account_id=job.created_by or NOBODY.account_id)
        await job_store.change_job(tenant.connection, job_id, state="running", attempts=attempts)
    try:
        done, failed = await WORK[job.kind](house, pool, tenant_of, job.payload)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        if isinstance(error, BrokenProcessPool):
            pool.renew()
        reason = failure_reason(error)
        log.warning("job failed", job=str(job_id), kind=job.kind, attempt=attempts, reason=reason, exc_info=error)
        dead = failures + 1 >= house.config.job_attempts
        async with tenant_of() as tenant:
            await job_store.change_job(tenant.connection, job_id, state="dead" if dead else "queued", error=reason)
        if dead:
            return  # the job's own row is the dead letter: it can be seen and retried by its organisation
        raise RetryRequested(
            delay=timedelta(seconds=house.config.job_retry_seconds * 2**failures), reason=reason[:200]
        ) from error
    async with tenant_of() as tenant:
        await job_store.change_job(tenant.connection, job_id, state="done", done=done, failed=failed, error=None)


async def _run_or_return(house: House, pool: ProcessPool, queued: QueuedJob) -> None:
    """Run one job so that it is never lost: the queue forgets what ends by anything but a wish to be tried again.

    Raises
    ------
    RetryRequested, asyncio.CancelledError
    """
    reference = msgspec.json.decode(queued.payload or b"", type=JobReference)
    try:
        await _run_job(house, pool, reference, queued.attempts)
    except RetryRequested:
        raise
    except asyncio.CancelledError:
        # The worker ends before the job does: no failure, and no try less. So it waits anew, and is not retried.
        async with house.database.transaction(organisation=reference.organisation_id) as connection:
            await job_store.change_job(connection, reference.job_id, state="queued")
            await put_in_queue(connection, [reference], priority=queued.priority)
        raise
    except Exception as error:  # its row could not be read or written
        log.warning("job interrupted", job=str(reference.job_id), reason=type(error).__name__, exc_info=error)
        raise RetryRequested(delay=timedelta(seconds=house.config.job_retry_seconds)) from error


async def _work_until(house: House, pool: ProcessPool, signs: WorkerSigns, stop: asyncio.Event) -> None:
    connection = await asyncpg.connect(
        plain_url(house.database.url), server_settings={"role": RUNTIME_ROLE, "application_name": "uraniborg-worker"}
    )
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    queue = PgQueuer.from_asyncpg_connection(connection)

    @queue.entrypoint(ENTRYPOINT)
    async def run(job: QueuedJob) -> None:
        with signs.in_hand():
            await _run_or_return(house, pool, job)

    running = asyncio.create_task(
        queue.run(
            dequeue_timeout=timedelta(seconds=LOOK_S),
            batch_size=CONCURRENT_JOBS,
            max_concurrent_tasks=CONCURRENT_JOBS * 2,
            heartbeat_timeout=timedelta(seconds=house.config.job_lease_seconds),
        )
    )
    ends = [running, asyncio.create_task(stop.wait()), asyncio.create_task(lost.wait())]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        queue.shutdown.set()
        await asyncio.wait([running], timeout=house.config.worker_grace_seconds)
        if running.done() and not running.cancelled() and (error := running.exception()):
            raise error
    finally:
        for task in ends:
            task.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
        await connection.close(timeout=5)


async def run_worker(house: House, stop: asyncio.Event) -> None:
    """Work until told to stop, then finish what is begun. Survives restarts of the database."""
    # Uploads and searches come first, where they share a machine with what is ingested.
    pool = ProcessPool(house.config.worker_processes, niceness=10)
    signs = WorkerSigns(house.database)
    shown = asyncio.create_task(signs.show_until(stop))
    try:
        while not stop.is_set():
            try:
                await _work_until(house, pool, signs, stop)
            except Exception as error:  # the database went away, or the queue failed: wait and come back
                log.warning("worker interrupted", reason=type(error).__name__, exc_info=error)
            if not stop.is_set():
                await asyncio.sleep(1)
    finally:
        shown.cancel()
        await asyncio.gather(shown, return_exceptions=True)
        await signs.take_leave()
        pool.close()
