"""Moves between tiers, as jobs: a verified copy, then the row and with it the ledger, then the old copy goes.

What shall be where is written down first (`tier_moves`) and forgotten last, and every step may be repeated: whoever
comes after a worker that was killed goes on from whatever there is.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from domain.errors import ClientFault
from domain.tiers import ASLEEP
from service.actions.jobs import enqueue, enqueue_ingest
from service.house import NOBODY, House, Tenant
from service.mail import post_mail
from service.process_pool import ProcessPool
from storage import job_store, organisation_store, tier_store

__all__ = ["MOVE", "begin_moves", "enqueue_moves", "move", "move_content", "tell_of_recalls"]

log = structlog.get_logger("uraniborg.tiers")

MOVE = "move"
MOVE_BATCH = 100  # contents of one job
MOST_AT_ONCE = 10_000  # new wishes of one sweep

TenantOf = Callable[[], AbstractAsyncContextManager[Tenant]]


async def begin_moves(house: House, organisation_id: UUID, now: datetime) -> int:
    """Begin what policies, recalls and their ends ask for, and go on with what was begun; answer how much is new."""
    async with house.database.transaction(organisation=organisation_id) as connection:
        await tier_store.forget_recalls(connection, now)
        new = await tier_store.wish_moves(connection, organisation_id, now, most=MOST_AT_ONCE)
        await enqueue_moves(Tenant(connection, organisation_id, "", "worker", NOBODY))
    return new


async def enqueue_moves(tenant: Tenant) -> None:
    """Put jobs into the queue for all that is to be moved, unless some are there: the sweep comes again."""
    waiting = await tier_store.waiting_moves(tenant.connection, most=MOST_AT_ONCE)
    for start in range(0, len(waiting), MOVE_BATCH):
        batch = [digest.hex() for digest in waiting[start : start + MOVE_BATCH]]
        await enqueue(tenant, MOVE, {"contents": batch}, total=len(batch))


async def move(house: House, pool: ProcessPool, tenant_of: TenantOf, payload: dict[str, Any]) -> tuple[int, int]:
    """Move a batch; one that cannot be moved stops no other, and what is still on its way up waits for the sweep."""
    done = failed = 0
    for digest in (bytes.fromhex(each) for each in payload["contents"]):
        try:
            done += await move_content(house, tenant_of, digest)
        except ClientFault as error:
            failed += 1
            log.error("content cannot be moved", sha256=digest.hex(), reason=error.detail)
            async with tenant_of() as tenant:
                await tier_store.note_problem(tenant.connection, digest, error.detail)
    async with tenant_of() as tenant:
        await tell_of_recalls(tenant)
    return done, failed


async def move_content(house: House, tenant_of: TenantOf, digest: bytes) -> bool:
    """Bring one content to where it shall lie; answer whether it is there.

    Raises
    ------
    ClientFault
        It cannot be moved; it stays readable where it is.
    """
    async with tenant_of() as tenant:
        found = await tier_store.find_move(tenant.connection, digest)
        if found is None or found.object_key is None:
            await tier_store.forget_move(tenant.connection, digest, None)
            return False
    if found.tier == "archive" and found.wanted != "archive" and not await house.objects.recall(found.object_key):
        return False
    await house.objects.copy_to_tier(found.object_key, found.wanted, size_bytes=found.size_bytes, sha256=digest.hex())
    async with tenant_of() as tenant:
        outcome = await tier_store.switch(
            tenant.connection, tenant.organisation_id, digest, found.object_key, found.wanted
        )
    if outcome == "gone":
        # Purged while it was copied: nothing is acknowledged under the key of what was purged any more.
        await house.objects.delete([found.object_key])
        return False
    if outcome == "elsewhere":
        return False
    await house.objects.drop_other_tiers(found.object_key, found.wanted)
    async with tenant_of() as tenant:
        await tier_store.forget_move(tenant.connection, digest, found.wanted)
        if found.wanted != "archive":
            waiting = await tier_store.asleep_files(tenant.connection, digest, ASLEEP.code)
            await enqueue_ingest(tenant, waiting, again=True)
    return True


async def tell_of_recalls(tenant: Tenant) -> None:
    """Tell whoever recalled something from the archive that all of it is there: by mail, and by event."""
    waiting = await tier_store.who_waits(tenant.connection)
    if not waiting:
        return
    slug = (await organisation_store.get_name(tenant.connection, tenant.organisation_id)).slug
    for row in waiting:
        until = f"{row.until:%Y-%m-%d %H:%M} UTC"
        await post_mail(
            tenant.connection,
            to=row.email,
            subject=f"{slug}: what you recalled from the archive can be read",
            text=f"{row.contents} contents ({row.size_bytes:,} bytes) that you recalled from the archive of {slug}"
            f" can be read now, until {until}. Afterwards they go back.\n",
        )
        facts = {"contents": row.contents, "size_bytes": int(row.size_bytes), "until": row.until.isoformat()}
        await job_store.add_event(tenant.connection, tenant.organisation_id, "archive.recalled", facts)
