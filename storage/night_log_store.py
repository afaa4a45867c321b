"""Night logs, their entries and every revision of those; nothing here is ever updated away or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import any_, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.tables import metadata

__all__ = [
    "EntryFilter",
    "EntryRow",
    "LogRow",
    "Revision",
    "add_entry",
    "add_revision",
    "find_log",
    "get_entry",
    "list_entries",
    "list_revisions",
    "lock_entry",
    "make_log",
    "missing",
    "paths",
    "reopen_log",
    "search_entries",
    "sign_log",
    "time_lost",
]

logs = metadata.tables["night_logs"]
entries = metadata.tables["night_log_entries"]
revisions = metadata.tables["night_log_revisions"]
accounts = metadata.tables["accounts"]
telescopes = metadata.tables["telescopes"]
first = revisions.alias("first_revision")
first_author = accounts.alias("first_author")


class LogRow(msgspec.Struct, frozen=True, kw_only=True):
    """A night log as stored. ``summary`` is the snapshot of a signed one."""

    id: UUID
    night: date
    state: Literal["open", "signed"]
    signed_by: str | None
    signed_at: datetime | None
    summary: dict[str, Any] | None
    created_at: datetime


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """What one revision of an entry says."""

    text: str
    level: str
    category: str
    tags: list[str]
    time_lost_s: int
    time_lost_kind: str | None
    occurred_at: datetime
    frames: list[UUID]
    attachments: list[UUID]
    deleted: bool = False


class EntryRow(Revision, frozen=True, kw_only=True):
    """A revision of an entry, with who wrote the entry, who made this revision, and when."""

    id: UUID
    revision: int
    night: date
    telescope: str
    author: str
    author_email: str
    revised_by: str
    revised_by_email: str
    created_at: datetime
    revised_at: datetime


class EntryFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a search asks of the newest revision of entries; None asks nothing. ``author`` is an e-mail address."""

    text: str | None = None
    tag: str | None = None
    level: str | None = None
    category: str | None = None
    telescope_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    author: str | None = None
    deleted: bool = False


async def find_log(
    connection: AsyncConnection, telescope_id: UUID, night: date, *, lock: Literal["share", "update"] | None = None
) -> LogRow | None:
    """Find a telescope's log of a night.

    Parameters
    ----------
    lock : str or None
        ``share`` keeps it from being signed until the transaction ends, and lets others write too; ``update`` keeps
        everyone else from writing to it.
    """
    query = select(
        logs.c.id,
        logs.c.night,
        logs.c.state,
        select(accounts.c.name).where(accounts.c.id == logs.c.signed_by).scalar_subquery().label("signed_by"),
        logs.c.signed_at,
        logs.c.summary,
        logs.c.created_at,
    ).where(logs.c.telescope_id == telescope_id, logs.c.night == night)
    if lock:
        query = query.with_for_update(read=lock == "share", of=logs)
    row = (await connection.execute(query)).mappings().first()
    return LogRow(**row) if row else None


async def make_log(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    site_id: UUID,
    telescope_id: UUID,
    night: date,
    lock: Literal["share", "update"],
) -> LogRow:
    """Find a log, or make it; of two who make it at once, the second finds the first one's."""
    row = await find_log(connection, telescope_id, night, lock=lock)
    if row is None:
        await connection.execute(
            pg_insert(logs)
            .values(
                id=new_id(), organisation_id=organisation_id, site_id=site_id, telescope_id=telescope_id, night=night
            )
            .on_conflict_do_nothing(index_elements=["organisation_id", "telescope_id", "night"])
        )
        row = await find_log(connection, telescope_id, night, lock=lock)
    assert row is not None  # inserted above, and logs are never deleted
    return row


async def sign_log(connection: AsyncConnection, log_id: UUID, *, account_id: UUID, summary: dict[str, Any]) -> None:
    """Close a log with the summary as it stands."""
    await connection.execute(
        update(logs)
        .where(logs.c.id == log_id)
        .values(state="signed", signed_by=account_id, signed_at=func.now(), summary=summary)
    )


async def reopen_log(connection: AsyncConnection, log_id: UUID) -> None:
    """Open a log again."""
    await connection.execute(
        update(logs).where(logs.c.id == log_id).values(state="open", signed_by=None, signed_at=None, summary=None)
    )


async def add_entry(
    connection: AsyncConnection, organisation_id: UUID, log_id: UUID, account_id: UUID, revision: Revision
) -> UUID:
    """Insert an entry with its first revision."""
    entry_id = new_id()
    await connection.execute(
        insert(entries).values(id=entry_id, organisation_id=organisation_id, night_log_id=log_id, revision=1)
    )
    await _add_revision(connection, organisation_id, entry_id, 1, account_id, revision)
    return entry_id


async def lock_entry(connection: AsyncConnection, log_id: UUID, entry_id: UUID) -> int | None:
    """Tell the newest revision of a log's entry, and keep it the newest until the transaction ends."""
    number: int | None = await connection.scalar(
        select(entries.c.revision).where(entries.c.id == entry_id, entries.c.night_log_id == log_id).with_for_update()
    )
    return number


async def add_revision(
    connection: AsyncConnection,
    organisation_id: UUID,
    entry_id: UUID,
    number: int,
    account_id: UUID,
    revision: Revision,
) -> None:
    """Insert a revision of a locked entry and make it the newest."""
    await _add_revision(connection, organisation_id, entry_id, number, account_id, revision)
    await connection.execute(update(entries).where(entries.c.id == entry_id).values(revision=number))


async def _add_revision(
    connection: AsyncConnection,
    organisation_id: UUID,
    entry_id: UUID,
    number: int,
    account_id: UUID,
    revision: Revision,
) -> None:
    values = {name: getattr(revision, name) for name in Revision.__struct_fields__}
    await connection.execute(
        insert(revisions).values(
            organisation_id=organisation_id, entry_id=entry_id, revision=number, author_id=account_id, **values
        )
    )


def _entries() -> Any:
    """Select revisions with their entry, its first author and its reviser; which ones is for the caller to say."""
    return (
        select(
            entries.c.id,
            entries.c.created_at,
            *(revisions.c[name] for name in ("revision", *Revision.__struct_fields__)),
            revisions.c.created_at.label("revised_at"),
            logs.c.night,
            telescopes.c.slug.label("telescope"),
            accounts.c.name.label("revised_by"),
            accounts.c.email.label("revised_by_email"),
            first_author.c.name.label("author"),
            first_author.c.email.label("author_email"),
        )
        .select_from(entries)
        .join(revisions, revisions.c.entry_id == entries.c.id)
        .join(logs, logs.c.id == entries.c.night_log_id)
        .join(telescopes, telescopes.c.id == logs.c.telescope_id)
        .join(accounts, accounts.c.id == revisions.c.author_id)
        .join(first, (first.c.entry_id == entries.c.id) & (first.c.revision == 1))
        .join(first_author, first_author.c.id == first.c.author_id)
    )


NEWEST = revisions.c.revision == entries.c.revision


async def _read(connection: AsyncConnection, query: Any) -> list[EntryRow]:
    return [EntryRow(**row) for row in (await connection.execute(query)).mappings()]


async def get_entry(connection: AsyncConnection, entry_id: UUID) -> EntryRow:
    """Read the newest revision of an entry that is known to be there."""
    return (await _read(connection, _entries().where(entries.c.id == entry_id, NEWEST)))[0]


async def list_entries(
    connection: AsyncConnection, log_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int, deleted: bool = False
) -> list[EntryRow]:
    """List the newest revisions of a log's entries in order of time, from after one; deleted ones if asked for."""
    query = _entries().where(entries.c.night_log_id == log_id, NEWEST)
    if not deleted:
        query = query.where(~revisions.c.deleted)
    if after:
        query = query.where(text("(night_log_revisions.occurred_at, night_log_entries.id) > (:at, :id)")).params(
            at=after[0], id=after[1]
        )
    return await _read(connection, query.order_by(revisions.c.occurred_at, entries.c.id).limit(limit))


async def list_revisions(
    connection: AsyncConnection, log_id: UUID, entry_id: UUID, *, below: int | None, limit: int
) -> list[EntryRow]:
    """List every revision of a log's entry, the newest first, from below one."""
    query = _entries().where(entries.c.id == entry_id, entries.c.night_log_id == log_id)
    if below is not None:
        query = query.where(revisions.c.revision < below)
    return await _read(connection, query.order_by(revisions.c.revision.desc()).limit(limit))


async def search_entries(
    connection: AsyncConnection, wanted: EntryFilter, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[EntryRow]:
    """List the newest revisions that meet a filter, the latest occurrence first, from after one."""
    query = _entries().where(NEWEST)
    if not wanted.deleted:
        query = query.where(~revisions.c.deleted)
    if wanted.text is not None:
        vector = func.to_tsvector(text("'simple'"), revisions.c.text)
        query = query.where(vector.bool_op("@@")(func.websearch_to_tsquery(text("'simple'"), wanted.text)))
    if wanted.tag is not None:
        query = query.where(any_(revisions.c.tags) == wanted.tag)
    for column, value in (
        (revisions.c.level, wanted.level),
        (revisions.c.category, wanted.category),
        (logs.c.telescope_id, wanted.telescope_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.first is not None:
        query = query.where(logs.c.night >= wanted.first)
    if wanted.last is not None:
        query = query.where(logs.c.night <= wanted.last)
    if wanted.author is not None:
        query = query.where((accounts.c.email == wanted.author) | (first_author.c.email == wanted.author))
    if after:
        query = query.where(text("(night_log_revisions.occurred_at, night_log_entries.id) < (:at, :id)")).params(
            at=after[0], id=after[1]
        )
    return await _read(connection, query.order_by(revisions.c.occurred_at.desc(), entries.c.id.desc()).limit(limit))


async def time_lost(connection: AsyncConnection, log_id: UUID) -> dict[str, int]:
    """Add up the seconds lost, by kind, that the newest revisions of a log's entries tell."""
    rows = await connection.execute(
        select(revisions.c.time_lost_kind, func.sum(revisions.c.time_lost_s))
        .select_from(entries)
        .join(revisions, (revisions.c.entry_id == entries.c.id) & NEWEST)
        .where(entries.c.night_log_id == log_id, ~revisions.c.deleted, revisions.c.time_lost_s > 0)
        .group_by(revisions.c.time_lost_kind)
        .order_by(revisions.c.time_lost_kind)
    )
    return {kind: int(seconds) for kind, seconds in rows}


async def missing(connection: AsyncConnection, kind: Literal["frames", "files"], wanted: Sequence[UUID]) -> list[UUID]:
    """Tell which of some frames or files the organisation does not have, or has no more."""
    if not wanted:
        return []
    table = metadata.tables[kind]
    there = ~table.c.hidden if kind == "frames" else table.c.deleted_at.is_(None)
    found = set(await connection.scalars(select(table.c.id).where(table.c.id.in_(wanted), there)))
    return [one for one in wanted if one not in found]


async def paths(connection: AsyncConnection, frames: Sequence[UUID], attachments: Sequence[UUID]) -> dict[UUID, str]:
    """Name frames and files by the paths of their files; those that are gone have none."""
    frame, file = metadata.tables["frames"], metadata.tables["files"]
    found: dict[UUID, str] = {}
    if frames:
        query = select(frame.c.id, file.c.path).join(file, file.c.id == frame.c.file_id).where(frame.c.id.in_(frames))
        found |= {row.id: row.path for row in await connection.execute(query)}
    if attachments:
        query = select(file.c.id, file.c.path).where(file.c.id.in_(attachments))
        found |= {row.id: row.path for row in await connection.execute(query)}
    return found
