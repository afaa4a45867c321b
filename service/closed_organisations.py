"""What becomes of organisations that closed: reminders, and at the end of their grace their files are deleted.

Deleted as their people would: as tombstones, whose bytes the purge removes once their own grace is over, and never what
is published or attached to a night log.
"""

from __future__ import annotations

from datetime import datetime

from domain.closing import LEAST_WARNING, is_reminder_due, may_remove
from service.audit_log import record
from service.closing_notices import remind_of_removal, tell_of_removal
from service.house import NOBODY, House, Tenant
from storage import closing_store

__all__ = ["tend_closed"]

AT_ONCE = 10_000


async def tend_closed(house: House, now: datetime) -> int:
    """Remind owners, and delete files; safe to repeat, and in several processes at once.

    Returns
    -------
    int
        How many organisations something was done for.
    """
    async with house.database.transaction() as connection:
        closed = await closing_store.list_closed(connection)
    done = 0
    for organisation_id in closed:
        async with house.database.transaction(organisation=organisation_id) as connection:
            row = await closing_store.lock(connection, organisation_id)
            if row.closed_at is None or row.removed_at is not None:
                continue
            if is_reminder_due(now, row.removal_at, row.reminded_at):
                await closing_store.note(connection, organisation_id, reminded_at=now)
                # Whoever hears late has a day still.
                await remind_of_removal(connection, organisation_id, max(row.removal_at, now + LEAST_WARNING))
                done += 1
            elif may_remove(now, row.removal_at, row.reminded_at):
                files = await closing_store.put_tombstones(connection, now, most=AT_ONCE)
                tenant = Tenant(connection, organisation_id, row.slug, "worker", NOBODY)
                if files:
                    await record(tenant, "organisation.files-deleted", f"organisations/{row.slug}", files=files)
                if await closing_store.is_empty(connection):
                    await closing_store.note(connection, organisation_id, removed_at=now)
                    gone = await closing_store.count_tombstones(connection, row.removal_at)
                    await tell_of_removal(connection, organisation_id, gone)
                done += 1
    return done
