"""Entries of night logs: written, revised, taken away and brought back, without losing what they said before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import InvalidInput, NotAllowed, NotFound
from domain.night_log import (
    Category,
    Level,
    NightLogSigned,
    StaleRevision,
    TimeLostKind,
    check_occurred_at,
    check_tags,
    check_text,
    check_time_lost,
)
from service.actions.assignments import check_control
from service.actions.night_places import NightPlace, night_place
from service.house import Actor, House, Tenant
from storage import night_log_store
from storage.night_log_store import EntryRow, LogRow, Revision

__all__ = [
    "Author",
    "LogEntry",
    "LogEntryEdit",
    "Moment",
    "NewLogEntry",
    "add_entry",
    "delete_entry",
    "edit_entry",
    "entry_of",
    "refuse_signed",
]

Text = Annotated[str, Meta(min_length=1, max_length=100_000, description="Markdown.", examples=["Clouds from 22:10."])]
Tags = Annotated[list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=32)]
Ids = Annotated[list[UUID], Meta(max_length=1000)]
Moment = Annotated[datetime, Meta(tz=True)]
LONGEST_NIGHT_S = 25 * 3600  # seconds: noon to noon where the clocks are set back in between


class NewLogEntry(msgspec.Struct, kw_only=True):
    """What happened. ``occurred_at`` is now if left out, and lies within the night.

    ``frames`` and ``attachments`` are identifiers of frames and of files. Lost time needs ``time_lost_kind``.
    """

    text: Text
    level: Level = "info"
    category: Category = "observing"
    tags: Tags = []
    time_lost_s: Annotated[int, Meta(ge=0, le=LONGEST_NIGHT_S)] = 0
    time_lost_kind: TimeLostKind | None = None
    occurred_at: Moment | None = None
    frames: Ids = []
    attachments: Ids = []


class LogEntryEdit(NewLogEntry, kw_only=True):
    """The whole entry as it shall be; ``revision`` is the one it was made from. ``occurred_at`` stays if left out."""

    revision: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class Author(msgspec.Struct):
    name: str
    email: str


class LogEntry(msgspec.Struct, kw_only=True):
    """One revision of an entry. ``author`` wrote the entry, ``revised_by`` this revision of it."""

    id: UUID
    revision: int
    telescope: str
    night: date
    text: str
    level: str
    category: str
    tags: list[str]
    time_lost_s: int
    time_lost_kind: str | None
    occurred_at: datetime
    frames: list[UUID]
    attachments: list[UUID]
    deleted: bool
    author: Author
    created_at: datetime
    revised_by: Author
    revised_at: datetime


def refuse_signed(log: LogRow) -> None:
    """Raise NightLogSigned if a log is closed."""
    if log.state == "signed":
        raise NightLogSigned(
            f"The log of {log.night} is signed and takes no more entries: an admin may reopen it.",
            night=str(log.night),
            signed_by=log.signed_by,
            signed_at=log.signed_at,
        )


def entry_of(row: EntryRow) -> LogEntry:
    """Show a stored revision."""
    values = {name: getattr(row, name) for name in LogEntry.__struct_fields__ if name not in ("author", "revised_by")}
    return LogEntry(
        author=Author(row.author, row.author_email),
        revised_by=Author(row.revised_by, row.revised_by_email),
        **values,
    )


async def _revision(
    tenant: Tenant, place: NightPlace, new: NewLogEntry, *, before: EntryRow | None, now: datetime
) -> Revision:
    """Check what an entry says and refers to; what it said before it may keep, though that may be gone by now."""
    occurred_at = new.occurred_at or (before.occurred_at if before else now)
    if before is None or occurred_at != before.occurred_at:
        check_occurred_at(occurred_at, place.night, place.start_at, place.end_at)
    check_time_lost(new.time_lost_s, new.time_lost_kind)
    frames, attachments = list(dict.fromkeys(new.frames)), list(dict.fromkeys(new.attachments))
    kept = {*before.frames, *before.attachments} if before else set()
    for kind, field, ids in (("frames", "frames", frames), ("files", "attachments", attachments)):
        if gone := await night_log_store.missing(tenant.connection, kind, [i for i in ids if i not in kept]):  # type: ignore[arg-type]
            raise InvalidInput(
                f"There are no such {kind} in this organisation: {', '.join(map(str, gone[:10]))}.",
                field=field,
                missing=[str(i) for i in gone[:100]],
            )
    return Revision(
        text=check_text(new.text),
        level=new.level,
        category=new.category,
        tags=check_tags(new.tags),
        time_lost_s=new.time_lost_s,
        time_lost_kind=new.time_lost_kind,
        occurred_at=occurred_at,
        frames=frames,
        attachments=attachments,
    )


async def add_entry(
    house: House, actor: Actor, organisation: str, telescope: str, night: str, new: NewLogEntry
) -> LogEntry:
    """Write an entry; the log is made if this is its first.

    Raises
    ------
    InvalidInput
        It is blank, lies outside the night, or names frames or files that are not there.
    NightLogSigned
        The log is closed.
    """
    async with house.tenant(actor, organisation) as tenant:
        place = await night_place(tenant, telescope, night)
        await check_control(tenant, place.telescope_id, place.night.evening)
        revision = await _revision(tenant, place, new, before=None, now=datetime.now(UTC))
        log = await night_log_store.make_log(
            tenant.connection,
            tenant.organisation_id,
            site_id=place.site_id,
            telescope_id=place.telescope_id,
            night=place.night.evening,
            lock="share",
        )
        refuse_signed(log)
        entry_id = await night_log_store.add_entry(
            tenant.connection, tenant.organisation_id, log.id, actor.account_id, revision
        )
        return entry_of(await night_log_store.get_entry(tenant.connection, entry_id))


async def _locked(tenant: Tenant, place: NightPlace, entry_id: UUID) -> EntryRow:
    """Keep a log open and one of its entries as it is until the transaction ends; read the entry.

    A guest changes what they wrote themselves, while they have the telescope.
    """
    await check_control(tenant, place.telescope_id, place.night.evening)
    log = await night_log_store.find_log(tenant.connection, place.telescope_id, place.night.evening, lock="share")
    number = await night_log_store.lock_entry(tenant.connection, log.id, entry_id) if log else None
    if log is None or number is None:
        raise NotFound("There is no such entry in this log.")
    refuse_signed(log)
    entry = await night_log_store.get_entry(tenant.connection, entry_id)
    if tenant.role == "guest" and entry.author_email != tenant.actor.email:
        raise NotAllowed("Guests change their own entries: write another one, or ask one of the observatory's people.")
    return entry


def _refuse_stale(before: EntryRow, revision: int) -> None:
    if revision != before.revision:
        raise StaleRevision(
            f"Revision {before.revision} is the newest, by {before.revised_by}: read it, and send your words again"
            " as an edit of it.",
            revision=before.revision,
        )


async def edit_entry(
    house: House, actor: Actor, organisation: str, telescope: str, night: str, entry_id: UUID, edit: LogEntryEdit
) -> LogEntry:
    """Write the next revision of an entry; a deleted one is restored by it.

    Raises
    ------
    StaleRevision
        Somebody revised it since; the newest revision is named.
    NightLogSigned
        The log is closed.
    NotFound
        The log has no such entry.
    """
    async with house.tenant(actor, organisation) as tenant:
        place = await night_place(tenant, telescope, night)
        before = await _locked(tenant, place, entry_id)
        _refuse_stale(before, edit.revision)
        revision = await _revision(tenant, place, edit, before=before, now=datetime.now(UTC))
        await night_log_store.add_revision(
            tenant.connection, tenant.organisation_id, entry_id, before.revision + 1, actor.account_id, revision
        )
        return entry_of(await night_log_store.get_entry(tenant.connection, entry_id))


async def delete_entry(
    house: House, actor: Actor, organisation: str, telescope: str, night: str, entry_id: UUID, revision: int | None
) -> None:
    """Take an entry away by a revision that says so; deleting it once more changes nothing.

    Raises
    ------
    StaleRevision
        A revision was given, and it is not the newest.
    NightLogSigned
        The log is closed.
    NotFound
        The log has no such entry.
    """
    async with house.tenant(actor, organisation) as tenant:
        place = await night_place(tenant, telescope, night)
        before = await _locked(tenant, place, entry_id)
        if before.deleted:
            return
        if revision is not None:
            _refuse_stale(before, revision)
        said = {name: getattr(before, name) for name in Revision.__struct_fields__}
        await night_log_store.add_revision(
            tenant.connection,
            tenant.organisation_id,
            entry_id,
            before.revision + 1,
            actor.account_id,
            Revision(**{**said, "deleted": True}),
        )
