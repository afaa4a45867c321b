"""Housekeeping, once in a while: what was begun and never finished, and what is past its time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import text

from service.actions.dois import begin_forgotten_dois
from service.actions.jobs import enqueue_ingest
from service.agent_silence import tell_of_silent_agents
from service.audit_log import record
from service.house import NOBODY, House, Tenant
from service.sign_in_failures import tell_of_failed_sign_ins
from storage import application_store, idempotency_store, mail_store, one_time_store, webhook_store

__all__ = ["keep_house", "sweep"]

log = structlog.get_logger("uraniborg.maintenance")

INTERVAL_S = 600.0
FIRST_S = 20.0
UPLOAD_LIFE = timedelta(days=7)  # unfinished transfers can be resumed for this long
MAIL_MEMORY = timedelta(days=14)  # delivered mail, without its text, can be asked after for this long
DELIVERY_MEMORY = timedelta(days=30)  # of webhooks: what became of each attempt
INGEST_PATIENCE = timedelta(minutes=10)


async def keep_house(house: House, stop: asyncio.Event) -> None:
    """Sweep every ten minutes until told to stop; a sweep that fails is tried again at the next."""
    delay = FIRST_S
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
            await sweep(house)
        except Exception as error:
            log.warning("sweep failed", reason=type(error).__name__, exc_info=error)


async def sweep(house: House, *, now: datetime | None = None) -> dict[str, int]:
    """Do one round; safe to run from several processes at once.

    Returns
    -------
    dict
        How many of each were put right: ``replies`` forgotten, ``grants`` that ended forgotten with their codes,
        ``multiparts`` aborted, ``staged`` objects removed, ``ingests`` begun anew, ``dois`` tried again, ``purged``
        files whose grace period is over, ``mails`` and webhooks' ``deliveries`` of long ago forgotten, ``failures`` to
        sign in of which organisations were told, ``silent`` watch agents of which people were told.
    """
    now = now or datetime.now(UTC)
    kinds = (
        "replies",
        "grants",
        "multiparts",
        "staged",
        "ingests",
        "dois",
        "purged",
        "temporary",
        "mails",
        "deliveries",
        "failures",
        "silent",
    )
    done = dict.fromkeys(kinds, 0)
    async with house.database.transaction() as connection:
        done["replies"] = await idempotency_store.sweep(connection)
        done["grants"] = await application_store.sweep(connection) + await one_time_store.sweep(connection)
        done["mails"] = await mail_store.sweep_mail(connection, now - MAIL_MEMORY)
        organisations = list(await connection.scalars(text("SELECT id FROM organisations ORDER BY id")))
    done["failures"] = await tell_of_failed_sign_ins(house)
    before = now - UPLOAD_LIFE
    for organisation_id in organisations:
        prefix = f"{organisation_id.hex}/staging/"
        for multipart in await house.objects.list_multiparts(prefix, before):
            await house.objects.abort_multipart(multipart.key, multipart.multipart_id)
            done["multiparts"] += 1
        staged = [entry.key async for entry in house.objects.list(prefix) if entry.modified_at < before]
        await house.objects.delete(staged)
        done["staged"] += len(staged)
        done["ingests"] += await _begin_forgotten_ingests(house, organisation_id)
        async with house.database.transaction(organisation=organisation_id) as connection:
            done["deliveries"] += await webhook_store.sweep_deliveries(connection, now - DELIVERY_MEMORY)
        done["silent"] += await tell_of_silent_agents(house, organisation_id, now)
        done["dois"] += await begin_forgotten_dois(house, organisation_id)
        done["purged"] += await _purge(house, organisation_id, now)
    done["temporary"] = await house.objects.sweep_temp(now - timedelta(days=1))
    log.info("swept", **done)
    return done


async def _begin_forgotten_ingests(house: House, organisation_id: UUID) -> int:
    """Begin the ingest of files that wait although no job is under way for anyone of this organisation."""
    async with house.database.transaction(organisation=organisation_id) as connection:
        waiting = await connection.scalars(
            text(
                "SELECT id FROM files WHERE state = 'stored' AND deleted_at IS NULL AND created_at < now() - :patience"
                " AND NOT EXISTS (SELECT FROM jobs WHERE kind = 'ingest' AND state <> 'done') ORDER BY id LIMIT 10000"
            ).bindparams(patience=INGEST_PATIENCE)
        )
        files = list(waiting)
        await enqueue_ingest(Tenant(connection, organisation_id, "", "worker", NOBODY), files)
    return len(files)


async def _purge(house: House, organisation_id: UUID, now: datetime) -> int:
    """Remove the bytes of deleted files past their grace period which nothing else names: no file, package or log.

    The row of the content goes first, in a transaction that also claims nobody is bringing it back; its object after
    it. Killed in between, the object is a stray that the audit names and the next upload of it puts to use.
    """
    grace = now - timedelta(days=house.config.delete_grace_days)
    async with house.database.transaction(organisation=organisation_id) as connection:
        # Uploads of this organisation name contents under the same lock.
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:org, 1))"), {"org": str(organisation_id)}
        )
        rows = list(
            await connection.execute(
                text("""
                    SELECT c.sha256, c.object_key FROM contents c
                    WHERE EXISTS (SELECT FROM files f WHERE f.sha256 = c.sha256)
                    AND NOT EXISTS (
                        SELECT FROM files f WHERE f.sha256 = c.sha256
                        AND (f.deleted_at IS NULL OR f.deleted_at >= :grace
                             OR EXISTS (SELECT FROM night_log_revisions n WHERE f.id = ANY(n.attachments)))
                    )
                    AND NOT EXISTS (SELECT FROM package_files p WHERE p.sha256 = c.sha256)
                    LIMIT 1000
                """),
                {"grace": grace},
            )
        )
        digests = [row.sha256 for row in rows]
        for statement in (
            "DELETE FROM dataset_files d USING files f WHERE d.file_id = f.id AND f.sha256 = ANY(:digests)",
            "DELETE FROM frames WHERE sha256 = ANY(:digests)",
            "DELETE FROM files WHERE sha256 = ANY(:digests)",
            "DELETE FROM contents WHERE sha256 = ANY(:digests)",
        ):
            if digests:
                await connection.execute(text(statement), {"digests": digests})
        if digests:
            tenant = Tenant(connection, organisation_id, "", "worker", NOBODY)
            await record(tenant, "files.purged", "files", contents=len(digests))
    await house.objects.delete([row.object_key for row in rows])
    return len(rows)
