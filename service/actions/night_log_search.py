"""Entries of night logs read back: of one night, of every night, and every revision of one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.errors import NotFound
from domain.night_log import Category, Level, check_tags
from domain.people import normal_email
from service.actions.night_log_entries import LogEntry, Moment, entry_of
from service.actions.night_places import night_place
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from storage import equipment_store, night_log_store
from storage.night_log_store import EntryFilter, EntryRow

__all__ = ["list_entries", "list_revisions", "page_of", "search_entries"]


def page_of(rows: list[EntryRow], limit: int) -> Page[LogEntry]:
    """Make a page of entries that were listed by time, with one row more than the limit asked for."""
    cursor = encode_cursor(rows[limit - 1].occurred_at, rows[limit - 1].id) if len(rows) > limit else None
    return Page([entry_of(row) for row in rows[:limit]], cursor)


async def list_entries(
    house: House,
    actor: Actor,
    organisation: str,
    telescope: str,
    night: str,
    *,
    deleted: bool,
    cursor: str | None,
    limit: int,
) -> Page[LogEntry]:
    """List the newest revision of each entry of a log in order of time."""
    position = decode_cursor(cursor, Moment, UUID)
    async with house.tenant(actor, organisation) as tenant:
        place = await night_place(tenant, telescope, night)
        log = await night_log_store.find_log(tenant.connection, place.telescope_id, place.night.evening)
        if log is None:
            return Page([])
        rows = await night_log_store.list_entries(
            tenant.connection, log.id, after=position, limit=limit + 1, deleted=deleted
        )
    return page_of(rows, limit)


async def list_revisions(
    house: House,
    actor: Actor,
    organisation: str,
    telescope: str,
    night: str,
    entry_id: UUID,
    *,
    cursor: str | None,
    limit: int,
) -> Page[LogEntry]:
    """List every revision of an entry, the newest first.

    Raises
    ------
    NotFound
        The log has no such entry.
    """
    position = decode_cursor(cursor, int)
    async with house.tenant(actor, organisation) as tenant:
        place = await night_place(tenant, telescope, night)
        log = await night_log_store.find_log(tenant.connection, place.telescope_id, place.night.evening)
        rows = (
            await night_log_store.list_revisions(
                tenant.connection, log.id, entry_id, below=position[0] if position else None, limit=limit + 1
            )
            if log
            else []
        )
    if not rows and position is None:
        raise NotFound("There is no such entry in this log.")
    return Page(
        [entry_of(row) for row in rows[:limit]], encode_cursor(rows[limit - 1].revision) if len(rows) > limit else None
    )


async def search_entries(
    house: House,
    actor: Actor,
    organisation: str,
    *,
    text: str | None,
    tag: str | None,
    level: Level | None,
    category: Category | None,
    telescope: str | None,
    first: date | None,
    last: date | None,
    author: str | None,
    cursor: str | None,
    limit: int,
) -> Page[LogEntry]:
    """Search the newest revisions of all logs' entries, the latest occurrence first.

    ``text`` is as one types it into a search engine: words, "phrases", or, -not. ``author`` wrote or revised it.
    """
    position = decode_cursor(cursor, Moment, UUID)
    async with house.tenant(actor, organisation) as tenant:
        chosen = await equipment_store.get(tenant.connection, "telescopes", telescope) if telescope else None
        wanted = EntryFilter(
            text=text,
            tag=check_tags([tag])[0] if tag else None,
            level=level,
            category=category,
            telescope_id=chosen["id"] if chosen else None,
            first=first,
            last=last,
            author=normal_email(author) if author else None,
        )
        rows = await night_log_store.search_entries(tenant.connection, wanted, after=position, limit=limit + 1)
    return page_of(rows, limit)
