"""Housekeeping, once in a while: what was begun and never finished, and what is past its time."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import text

from service.actions.dois import begin_forgotten_dois
from service.actions.jobs import begin_lost_jobs, enqueue_ingest
from service.actions.upload_keys import LARGE, STAGING, origin_of, sent_prefix
from service.agent_silence import tell_of_silent_agents
from service.audit_log import record
from service.closed_organisations import tend_closed
from service.embargo_reminders import remind_of_lifts
from service.house import NOBODY, House, Tenant
from service.payment_state import reconcile
from service.plans import give_default_plan, plan_of
from service.previewing import preview_keys
from service.room import tell_of_level
from service.sign_in_failures import tell_of_failed_sign_ins
from service.tier_moves import begin_moves
from storage import (
    application_store,
    coming_store,
    idempotency_store,
    mail_store,
    one_time_store,
    team_file_store,
    upload_store,
    webhook_store,
)

__all__ = ["keep_house", "sweep", "sweep_organisation"]

log = structlog.get_logger("uraniborg.maintenance")

INTERVAL_S = 600.0
FIRST_S = 20.0
THOROUGH = 6  # of so many rounds the first also does what has days of time
UPLOADS_AT_ONCE = 200
UPLOAD_LIFE = timedelta(days=7)  # unfinished transfers can be resumed for this long
UPLOAD_ECHO = timedelta(days=1)  # whatever was on its way to a closed one has arrived by then, or never will
MAIL_MEMORY = timedelta(days=14)  # delivered mail, without its text, can be asked after for this long
DELIVERY_MEMORY = timedelta(days=30)  # of webhooks: what became of each attempt
COMING_LIFE = timedelta(days=7)  # frames that were announced, and did not come
INGEST_PATIENCE = timedelta(minutes=10)
HOUSE_FAILS = 3  # organisations one behind the other: it is the database or the store that is away
KINDS = (
    "replies",
    "grants",
    "multiparts",
    "staged",
    "jobs",
    "ingests",
    "dois",
    "purged",
    "temporary",
    "mails",
    "deliveries",
    "failures",
    "lifts",
    "levels",
    "silent",
    "coming",
    "moves",
    "payments",
    "closed",
)


async def keep_house(house: House, stop: asyncio.Event) -> None:
    """Sweep every ten minutes, once an hour thoroughly, until told to stop; what fails is tried again at the next."""
    delay, done = FIRST_S, 0
    while not stop.is_set():
        try:
            async with asyncio.timeout(delay):
                await stop.wait()
        except TimeoutError:
            pass
        else:
            return
        delay = INTERVAL_S
        try:
            await sweep(house, thorough=done % THOROUGH == 0)
            done += 1
        except Exception as error:
            log.warning("sweep failed", reason=type(error).__name__, exc_info=error)


async def sweep(house: House, *, now: datetime | None = None, thorough: bool = True) -> dict[str, int]:
    """Do one round; safe to run from several processes at once.

    Parameters
    ----------
    thorough : bool
        Also look for what may wait for an hour. Most organisations have nothing to do in most rounds, and row-level
        security lets nobody ask for all of them at once which have.

    Returns
    -------
    dict
        How many of each were put right: ``replies`` forgotten, ``grants`` that ended forgotten with their codes,
        ``multiparts`` aborted, ``staged`` objects removed, ``jobs`` put back into the queue, ``ingests`` begun anew,
        ``dois`` tried again, ``purged`` files whose grace period is over, ``mails`` and webhooks' ``deliveries`` of
        long ago forgotten, ``failures`` to sign in, ``lifts`` of embargoes, ``levels`` of storage and ``silent`` watch
        agents of which people were told, ``coming`` frames that did not come forgotten, ``moves`` between tiers begun,
        ``payments`` compared with Stripe, ``closed`` organisations reminded or cleared.

    Raises
    ------
    Exception
        Whatever went wrong for all, or for several organisations in a row.
    """
    now = now or datetime.now(UTC)
    done = dict.fromkeys(KINDS, 0)
    async with house.database.transaction() as connection:
        done["replies"] = await idempotency_store.sweep(connection)
        done["grants"] = await application_store.sweep(connection) + await one_time_store.sweep(connection)
        done["mails"] = await mail_store.sweep_mail(connection, now - MAIL_MEMORY)
        organisations = list(await connection.scalars(text("SELECT id FROM organisations ORDER BY id")))
    done["failures"] = await tell_of_failed_sign_ins(house)
    failed_in_a_row = 0
    for organisation_id in organisations:
        try:
            found = await sweep_organisation(house, organisation_id, now=now, thorough=thorough)
        except Exception as error:  # what is wrong with one is in no other one's way
            failed_in_a_row += 1
            if failed_in_a_row == HOUSE_FAILS:
                raise
            log.warning("sweep failed", organisation=str(organisation_id), reason=type(error).__name__, exc_info=error)
            continue
        failed_in_a_row = 0
        for kind, count in found.items():
            done[kind] += count
    done["closed"] = await tend_closed(house, now)
    done["temporary"] = await house.objects.sweep_temp(now - timedelta(days=1))
    log.info("swept", **done)
    return done


async def sweep_organisation(
    house: House, organisation_id: UUID, *, now: datetime | None = None, thorough: bool = True
) -> dict[str, int]:
    """Do what one organisation needs of a round; returns how many of each kind, as `sweep` does."""
    now = now or datetime.now(UTC)
    done: dict[str, int] = {}
    async with house.database.transaction(organisation=organisation_id) as connection:
        done["jobs"] = len(await begin_lost_jobs(Tenant(connection, organisation_id, "", "worker", NOBODY)))
        await give_default_plan(house, connection, organisation_id)
    done["ingests"] = await _begin_forgotten_ingests(house, organisation_id)
    done["silent"] = await tell_of_silent_agents(house, organisation_id, now)
    done["levels"] = await tell_of_level(house, organisation_id)
    done["purged"] = await _purge(house, organisation_id, now)
    done["moves"] = await begin_moves(house, organisation_id, now)
    done["payments"] = await reconcile(house, organisation_id, now)
    return done | (await _sweep_thoroughly(house, organisation_id, now) if thorough else {})


async def _sweep_thoroughly(house: House, organisation_id: UUID, now: datetime) -> dict[str, int]:
    """Do what is due after hours or days, and may as well be done an hour later."""
    before = now - UPLOAD_LIFE
    done = {"multiparts": 0}
    prefix = f"{organisation_id.hex}/{STAGING}/"
    for begun in (prefix, f"{organisation_id.hex}/{LARGE}/"):
        for multipart in await house.objects.list_multiparts(begun, before):
            await house.objects.abort_multipart(multipart.key, multipart.multipart_id)
            done["multiparts"] += 1
    staged = [entry.key async for entry in house.objects.list(prefix) if entry.modified_at < before]
    await house.objects.delete(staged)
    done["staged"] = len(staged) + await _clear_uploads(house, organisation_id, before)
    async with house.database.transaction(organisation=organisation_id) as connection:
        done["deliveries"] = await webhook_store.sweep_deliveries(connection, now - DELIVERY_MEMORY)
        done["coming"] = await coming_store.sweep(connection, now - COMING_LIFE)
    done["dois"] = await begin_forgotten_dois(house, organisation_id)
    done["lifts"] = await remind_of_lifts(house, organisation_id, now)
    return done


async def _clear_uploads(house: House, organisation_id: UUID, before: datetime) -> int:
    """Remove what old uploads left under lasting keys without its being acknowledged, those of hosted teams too.

    First they are closed, for good: whatever is acknowledged of them was committed before that, and is found.
    """
    async with house.database.transaction(organisation=organisation_id) as connection:
        await team_file_store.begin_housekeeping(connection)
        await upload_store.close_uploads(connection, organisation_id, before)
    removed = 0
    while True:
        async with house.database.transaction(organisation=organisation_id) as connection:
            await team_file_store.begin_housekeeping(connection)
            left = await upload_store.find_leftovers(connection, before=before - UPLOAD_ECHO, limit=UPLOADS_AT_ONCE)
        if not left:
            return removed
        keys = [key for left_over, _ in left.values() for key in left_over]
        if house.objects.keeps_first:  # also under positions that no file has: an address for several takes all of them
            for upload_id, (_, kept) in left.items():
                folder = f"{sent_prefix(organisation_id, upload_id)}/"
                found = {entry.key async for entry in house.objects.list(folder)}
                keys += sorted(found - set(kept) - set(keys))
        await house.objects.delete(keys)
        removed += len(keys)
        async with house.database.transaction(organisation=organisation_id) as connection:
            await team_file_store.begin_housekeeping(connection)
            await upload_store.mark_swept(connection, left)


async def _begin_forgotten_ingests(house: House, organisation_id: UUID) -> int:
    """Begin the ingest of files that wait although no job is under way for anyone of this organisation.

    Those of a dead job wait for somebody to retry it, or each round would add another dead one.
    """
    async with house.database.transaction(organisation=organisation_id) as connection:
        waiting = await connection.scalars(
            text(
                "SELECT id FROM files WHERE state = 'stored' AND deleted_at IS NULL AND created_at < now() - :patience"
                " AND NOT EXISTS (SELECT FROM jobs WHERE kind = 'ingest' AND state IN ('queued', 'running'))"
                " AND id::text NOT IN (SELECT jsonb_array_elements_text(payload -> 'files') FROM jobs"
                " WHERE kind = 'ingest' AND state = 'dead') ORDER BY id LIMIT 10000"
            ).bindparams(patience=INGEST_PATIENCE)
        )
        files = list(waiting)
        await enqueue_ingest(Tenant(connection, organisation_id, "", "worker", NOBODY), files)
    return len(files)


async def _purge(house: House, organisation_id: UUID, now: datetime) -> int:
    """Remove what is in a team's trash past its grace period, then the bytes that nothing names any more.

    Named is what a file names that is not deleted, or not past its grace period, or attached to a log; what a package
    names; and what any version of a team's file does.

    The row of the content goes first, in a transaction that also claims nobody is bringing it back; its object after
    it. Killed in between, the object is a stray that the audit names and the next upload of it puts to use.
    """
    async with house.database.transaction(organisation=organisation_id) as connection:
        days = (await plan_of(house, connection, organisation_id)).tombstone_days
        grace = now - timedelta(days=house.config.delete_grace_days if days is None else days)
        # Uploads of this organisation and its teams name contents under the same lock.
        await upload_store.lock_contents(connection, organisation_id)
        await team_file_store.begin_housekeeping(connection)
        trashed = await team_file_store.purge_trash(connection, grace)
        rows = list(
            await connection.execute(
                text("""
                    SELECT c.sha256, c.object_key FROM contents c
                    WHERE NOT EXISTS (
                        SELECT FROM files f WHERE f.sha256 = c.sha256
                        AND (f.deleted_at IS NULL OR f.deleted_at >= :grace
                             OR EXISTS (SELECT FROM night_log_revisions n WHERE f.id = ANY(n.attachments)))
                    )
                    AND NOT EXISTS (SELECT FROM package_files p WHERE p.sha256 = c.sha256)
                    AND NOT EXISTS (
                        SELECT FROM team_file_versions v
                        WHERE v.organisation_id = c.organisation_id AND v.sha256 = c.sha256
                    )
                    LIMIT 1000
                """),
                {"grace": grace},
            )
        )
        digests = [row.sha256 for row in rows]
        frames = text("DELETE FROM frames WHERE sha256 = ANY(:digests) RETURNING id")
        gone = list(await connection.scalars(frames, {"digests": digests})) if digests else []
        for statement in (
            "DELETE FROM dataset_files d USING files f WHERE d.file_id = f.id AND f.sha256 = ANY(:digests)",
            "DELETE FROM files WHERE sha256 = ANY(:digests)",
            "DELETE FROM contents WHERE sha256 = ANY(:digests)",
        ):
            if digests:
                await connection.execute(text(statement), {"digests": digests})
        # Whoever still goes on with what brought such a content shall not name it again: its bytes go.
        await upload_store.end_uploads(connection, _origins([row.object_key for row in rows]))
        if digests or trashed:
            tenant = Tenant(connection, organisation_id, "", "worker", NOBODY)
            await record(tenant, "files.purged", "files", contents=len(digests), team_files=trashed)
    pictures = [key for frame_id in gone for key in preview_keys(organisation_id, frame_id)]
    await house.objects.delete([row.object_key for row in rows] + pictures)
    return len(rows)


def _origins(keys: list[str]) -> set[UUID]:
    """Tell which uploads brought objects; not all came by one."""
    found = set()
    for key in keys:
        with contextlib.suppress(ValueError, IndexError):
            found.add(origin_of(key))
    return found
