"""The log of one night: read with its summary, signed, reopened, and gathered whole for a document."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.night_log import NightLogOpen, NightNotOver
from domain.night_summary import NightSummary, summarise
from service.actions.night_log_entries import LogEntry, entry_of, refuse_signed
from service.actions.night_log_search import page_of
from service.actions.night_places import NightPlace, night_place
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.paging import Page
from storage import night_log_store, night_store, organisation_store
from storage.night_log_store import LogRow, Revision

__all__ = [
    "NAMED",
    "NightLog",
    "NightLogDocument",
    "Reopening",
    "TimeLost",
    "get_document",
    "get_log",
    "reopen_log",
    "sign_log",
]

ENTRIES_SHOWN = 100
DOCUMENT_CHARACTERS = 5_000_000  # of entries' texts in one document; no night was ever told at such length
DOCUMENT_BATCH = 200
NAMED = 20  # frames and attachments of an entry that a document names; it counts the others


class Reopening(msgspec.Struct):
    """Why a signed log is opened again; it becomes an entry of the log."""

    reason: Annotated[str, Meta(max_length=1000)] = ""


class TimeLost(msgspec.Struct):
    """Seconds lost, by kind, as the entries tell."""

    weather_s: int = 0
    fault_s: int = 0
    other_s: int = 0


class NightLog(msgspec.Struct, kw_only=True):
    """A telescope's log of a night, ``start_at`` to ``end_at``. One that nobody has written to has no ``created_at``.

    While it is open the summary is that of the frames as they are now; once signed, as they were then.
    ``entries`` is the first page; its cursor goes on in the list of entries.
    """

    telescope: str
    site: str
    time_zone: str
    night: date
    start_at: datetime
    end_at: datetime
    state: Literal["open", "signed"]
    signed_by: str | None
    signed_at: datetime | None
    created_at: datetime | None
    time_lost: TimeLost
    summary: NightSummary
    entries: Page[LogEntry]


class NightLogDocument(msgspec.Struct, frozen=True, kw_only=True):
    """All that a document of a night log shows.

    ``paths`` names the first NAMED frames and attachments of each entry. ``entries_left_out`` tells that there are
    more entries than one document holds.
    """

    organisation: str
    place: NightPlace
    log: NightLog
    entries: list[LogEntry]
    entries_left_out: bool
    paths: dict[UUID, str]
    printed_at: datetime


async def _live_summary(tenant: Tenant, place: NightPlace) -> NightSummary:
    facts = await night_store.frame_facts(tenant.connection, place.telescope_id, place.night.evening)
    failed, count = await night_store.failed_files(tenant.connection, place.telescope_id, place.start_at, place.end_at)
    # A survey's night has 10^5 frames: other requests go on meanwhile.
    return await asyncio.to_thread(
        summarise, facts, night_end=place.end_at, failed_files=failed, more_failed_files=count - len(failed)
    )


async def _show(tenant: Tenant, place: NightPlace, log: LogRow | None) -> NightLog:
    if log and log.summary is not None:
        summary = msgspec.convert(log.summary, NightSummary)
    else:
        summary = await _live_summary(tenant, place)
    lost, entries = TimeLost(), Page[LogEntry]([])
    if log:
        lost = TimeLost(
            **{f"{k}_s": v for k, v in (await night_log_store.time_lost(tenant.connection, log.id)).items()}
        )
        rows = await night_log_store.list_entries(tenant.connection, log.id, after=None, limit=ENTRIES_SHOWN + 1)
        entries = page_of(rows, ENTRIES_SHOWN)
    return NightLog(
        telescope=place.telescope,
        site=place.site,
        time_zone=place.time_zone,
        night=place.night.evening,
        start_at=place.start_at,
        end_at=place.end_at,
        state=log.state if log else "open",
        signed_by=log.signed_by if log else None,
        signed_at=log.signed_at if log else None,
        created_at=log.created_at if log else None,
        time_lost=lost,
        summary=summary,
        entries=entries,
    )


async def get_log(house: House, actor: Actor, organisation: str, telescope: str, night: str) -> NightLog:
    """Read a telescope's log of a night; one that nobody has written to is empty, and is not stored by this.

    Raises
    ------
    NotFound
        There is no such telescope.
    """
    async with house.tenant(actor, organisation) as tenant:
        place = await night_place(tenant, telescope, night)
        log = await night_log_store.find_log(tenant.connection, place.telescope_id, place.night.evening)
        return await _show(tenant, place, log)


async def sign_log(
    house: House, actor: Actor, organisation: str, telescope: str, night: str, *, force: bool
) -> NightLog:
    """Close a log; its summary stays as it is now.

    Raises
    ------
    NightNotOver
        The night goes on, and ``force`` was not given.
    NightLogSigned
        It is closed already.
    """
    async with house.tenant(actor, organisation) as tenant:
        place = await night_place(tenant, telescope, night)
        if datetime.now(UTC) < place.end_at and not force:
            raise NightNotOver(
                f"The night {place.night} lasts until {place.end_at:%Y-%m-%dT%H:%M:%SZ}: sign it then, or with force.",
                night=str(place.night),
                night_end_at=place.end_at,
            )
        log = await night_log_store.make_log(
            tenant.connection,
            tenant.organisation_id,
            site_id=place.site_id,
            telescope_id=place.telescope_id,
            night=place.night.evening,
            lock="update",
        )
        refuse_signed(log)
        summary = await _live_summary(tenant, place)
        await night_log_store.sign_log(
            tenant.connection, log.id, account_id=actor.account_id, summary=msgspec.to_builtins(summary)
        )
        signed = await night_log_store.find_log(tenant.connection, place.telescope_id, place.night.evening)
        shown = await _show(tenant, place, signed)
        await record(tenant, "night-log.signed", f"telescopes/{telescope}/nights/{place.night}/log", forced=force)
        return shown


async def reopen_log(
    house: House, actor: Actor, organisation: str, telescope: str, night: str, reopening: Reopening
) -> NightLog:
    """Open a signed log again; an entry says who did, and who had signed it.

    Raises
    ------
    NightLogOpen
        It is not signed.
    """
    async with house.tenant(actor, organisation) as tenant:
        place = await night_place(tenant, telescope, night)
        log = await night_log_store.find_log(tenant.connection, place.telescope_id, place.night.evening, lock="update")
        if log is None or log.state != "signed":
            raise NightLogOpen(f"The log of {place.night} is not signed: there is nothing to reopen.")
        said = f"Reopened by {actor.name}. It had been signed by {log.signed_by} at {log.signed_at:%Y-%m-%dT%H:%M:%SZ}."
        if reason := reopening.reason.replace("\x00", "").strip():
            said += f"\n\n{reason}"
        await night_log_store.reopen_log(tenant.connection, log.id)
        await night_log_store.add_entry(
            tenant.connection,
            tenant.organisation_id,
            log.id,
            actor.account_id,
            Revision(
                text=said,
                level="warning",
                category="administration",
                tags=["reopened"],
                time_lost_s=0,
                time_lost_kind=None,
                # The one entry that may lie outside its night: it tells what became of the log afterwards.
                occurred_at=datetime.now(UTC),
                frames=[],
                attachments=[],
            ),
        )
        opened = await night_log_store.find_log(tenant.connection, place.telescope_id, place.night.evening)
        shown = await _show(tenant, place, opened)
        await record(tenant, "night-log.reopened", f"telescopes/{telescope}/nights/{place.night}/log")
        return shown


async def get_document(house: House, actor: Actor, organisation: str, telescope: str, night: str) -> NightLogDocument:
    """Gather a log with all its entries for a document."""
    entries: list[LogEntry] = []
    characters = 0
    more = False
    async with house.tenant(actor, organisation) as tenant:
        place = await night_place(tenant, telescope, night)
        log = await night_log_store.find_log(tenant.connection, place.telescope_id, place.night.evening)
        shown = await _show(tenant, place, log)
        named = await organisation_store.get_name(tenant.connection, tenant.organisation_id)
        more = log is not None
        while log is not None and more and characters < DOCUMENT_CHARACTERS:
            after = (entries[-1].occurred_at, entries[-1].id) if entries else None
            rows = await night_log_store.list_entries(tenant.connection, log.id, after=after, limit=DOCUMENT_BATCH + 1)
            entries += [entry_of(row) for row in rows[:DOCUMENT_BATCH]]
            characters += sum(len(row.text) for row in rows)
            more = len(rows) > DOCUMENT_BATCH
        paths = await night_log_store.paths(
            tenant.connection,
            list({one for entry in entries for one in entry.frames[:NAMED]}),
            list({one for entry in entries for one in entry.attachments[:NAMED]}),
        )
    return NightLogDocument(
        organisation=named.name,
        place=place,
        log=shown,
        entries=entries,
        entries_left_out=more,
        paths=paths,
        printed_at=datetime.now(UTC),
    )
