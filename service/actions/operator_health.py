"""How the service does, for its operators: database, store, disks, jobs, workers, mail, and the catalogue's age."""

from __future__ import annotations

import asyncio
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from domain.errors import ObservatoryError
from service.actions.operator_jobs import JobCount, counted
from service.actions.satellite_catalogue import CatalogueStatus, get_catalogue
from service.house import Actor, House
from service.worker_signs import SIGN_S
from storage import operator_store, worker_store
from storage.migrate import expected_revision
from storage.object_factory import local_folder

__all__ = ["ServiceHealth", "get_health"]

SILENT_AFTER = timedelta(seconds=3 * SIGN_S)
LONG_WAIT = timedelta(minutes=15)  # of a job or a mail, before it is worth a word
STORE_PATIENCE_S = 5.0
LITTLE_ROOM = 0.1  # of a disk
MOST_WORKERS = 200


class Answering(msgspec.Struct, kw_only=True):
    """Whether something answers, and how soon; ``says`` why not."""

    answers: bool
    answer_ms: float
    says: str = ""


class DatabaseHealth(Answering, kw_only=True):
    """The database: how large it is, and at which revision."""

    size_bytes: int
    revision: str


class Disk(msgspec.Struct, kw_only=True):
    """A disk of this machine, by what of the service lies on it."""

    holds: str
    total_bytes: int
    free_bytes: int


class WorkerSign(msgspec.Struct, kw_only=True):
    """A process that takes jobs. ``silent``: it should have been heard of since."""

    host: str
    process: int
    jobs: int
    started_at: datetime
    seen_at: datetime
    silent: bool


class MailState(msgspec.Struct, kw_only=True):
    """Mails that wait to be sent, and those given up in the last two weeks."""

    waiting: int
    oldest_at: datetime | None
    given_up: int


class ServiceHealth(msgspec.Struct, kw_only=True):
    """How the service does. ``worries`` says in words what somebody should look after; none where all is well."""

    at: datetime
    worries: list[str]
    database: DatabaseHealth
    store: Answering
    disks: list[Disk]
    jobs: list[JobCount]
    workers: list[WorkerSign]
    mail: MailState
    catalogue: CatalogueStatus


async def get_health(house: House, actor: Actor) -> ServiceHealth:
    """Look at everything that the service stands on.

    Raises
    ------
    NotAllowed
        Somebody asks who is no operator.
    StoreUnavailable
        The database does not answer: nothing can be said then, nor who asks.
    """
    begun = time.perf_counter()
    async with house.operator(actor) as connection:
        size_bytes = await operator_store.database_bytes(connection)
        answer_ms = _ms_since(begun)
        jobs = await counted(connection)
        mail = msgspec.convert(dict(await operator_store.mail_state(connection)), MailState)
        seen = await worker_store.list_workers(connection, limit=MOST_WORKERS)
    now = datetime.now(UTC)
    workers = [
        WorkerSign(
            **{name: row[name] for name in ("host", "process", "jobs", "started_at", "seen_at")},
            silent=now - row["seen_at"] > SILENT_AFTER,
        )
        for row in seen
    ]
    health = ServiceHealth(
        at=now,
        worries=[],
        database=DatabaseHealth(answers=True, answer_ms=answer_ms, size_bytes=size_bytes, revision=expected_revision()),
        store=await _ask_store(house),
        disks=await asyncio.to_thread(_disks, house),
        jobs=jobs,
        workers=workers,
        mail=mail,
        catalogue=await get_catalogue(house),
    )
    health.worries = list(_worries(health))
    return health


def _ms_since(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000, 1)


async def _ask_store(house: House) -> Answering:
    begun = time.perf_counter()
    says = ""
    try:
        async with asyncio.timeout(STORE_PATIENCE_S):
            await house.objects.check()
    except ObservatoryError as error:
        says = error.detail
    except TimeoutError:
        says = f"The object store did not answer within {STORE_PATIENCE_S:.0f} seconds."
    return Answering(answers=not says, answer_ms=_ms_since(begun), says=says)


def _disks(house: House) -> list[Disk]:
    """Look at the disks of this machine that the service writes to; two folders of one disk are one."""
    folders = {"the service's own data": house.config.data_dir, "objects": local_folder(house.objects)}
    held: dict[int, tuple[Path, list[str]]] = {}
    for holds, folder in folders.items():
        if folder is not None and folder.exists():
            held.setdefault(folder.stat().st_dev, (folder, []))[1].append(holds)
    usages = [(shutil.disk_usage(folder), holds) for folder, holds in held.values()]
    return [Disk(holds=" and ".join(holds), total_bytes=one.total, free_bytes=one.free) for one, holds in usages]


def _worries(health: ServiceHealth) -> list[str]:
    worries = [health.store.says] if not health.store.answers else []
    for disk in health.disks:
        if disk.free_bytes < LITTLE_ROOM * disk.total_bytes:
            free = 100 * disk.free_bytes // disk.total_bytes
            worries.append(f"Only {free} % of the disk with {disk.holds} are free.")
    awake = [worker for worker in health.workers if not worker.silent]
    if not awake:
        worries.append("No worker is there: what is to be done waits. Start one with `uraniborg-server worker`.")
    elif silent := len(health.workers) - len(awake):
        worries.append(f"{silent} of {len(health.workers)} workers fell silent.")
    if dead := sum(one.count for one in health.jobs if one.state == "dead"):
        worries.append(f"{dead} {'job' if dead == 1 else 'jobs'} died: see why, and retry what can be done now.")
    waiting = [one.oldest_at for one in health.jobs if one.state == "queued"]
    if waiting and health.at - min(waiting) > LONG_WAIT:
        worries.append(f"The oldest job has waited since {min(waiting):%Y-%m-%d %H:%M} UTC.")
    if health.mail.oldest_at is not None and health.at - health.mail.oldest_at > LONG_WAIT:
        worries.append(f"Mail has waited since {health.mail.oldest_at:%Y-%m-%d %H:%M} UTC: is its server up?")
    if health.catalogue.state != "fresh":
        worries.append(health.catalogue.says)
    return worries
