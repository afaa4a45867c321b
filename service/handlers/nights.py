"""Nights and their logs over HTTP."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

from litestar import Response
from litestar.params import Parameter

from domain.night_log import Category, Level
from service.actions import night_log, night_log_entries, night_log_search, nights
from service.actions.night_log import NightLog, NightLogDocument, Reopening
from service.actions.night_log_entries import LogEntry, LogEntryEdit, NewLogEntry
from service.actions.nights import ObservedNight
from service.house import Actor, House
from service.night_log_documents import as_markdown
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}"
LOG = f"{BASE}/telescopes/{{telescope:str}}/nights/{{night:str}}/log"
ENTRY = f"{LOG}/entries/{{entry_id:uuid}}"

NightName = Annotated[
    str, Parameter(description="Date of its evening at the site, as 2026-11-20.", schema_extra={"format": "date"})
]
OneTelescope = Annotated[str | None, Parameter(max_length=64, description="Only this telescope's.")]
First = Annotated[date | None, Parameter(description="Only this night and later ones.")]
Last = Annotated[date | None, Parameter(description="Only this night and earlier ones.")]


T = TypeVar("T", str, bytes)


def _download(content: T, document: NightLogDocument, ending: str) -> Response[T]:
    """Send a document under a name of its own."""
    name = f"night-log-{document.place.telescope}-{document.place.night}.{ending}"
    return Response(content, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@operation("GET", f"{BASE}/nights", scope="files:read", tags=["nights"])
async def list_nights(
    organisation: str,
    actor: Actor,
    house: House,
    telescope: OneTelescope = None,
    first: First = None,
    last: Last = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ObservedNight]:
    """List the nights that have frames or a log, the latest first."""
    return await nights.list_nights(
        house, actor, organisation, telescope=telescope, first=first, last=last, cursor=cursor, limit=limit
    )


@operation("GET", LOG, scope="logs:read", tags=["nights"])
async def get_night_log(organisation: str, telescope: str, night: NightName, actor: Actor, house: House) -> NightLog:
    """Read a telescope's log of a night.

    Its summary is made from the frames as they are, or is the one it was signed with. A log that nobody has written
    to is empty, and reading it does not store it.
    """
    return await night_log.get_log(house, actor, organisation, telescope, night)


@operation("GET", f"{LOG}/entries", scope="logs:read", tags=["nights"])
async def list_log_entries(
    organisation: str,
    telescope: str,
    night: NightName,
    actor: Actor,
    house: House,
    deleted: Annotated[bool, Parameter(description="Tell deleted entries too.")] = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[LogEntry]:
    """List the entries of a night log in order of time, each in its newest revision."""
    return await night_log_search.list_entries(
        house, actor, organisation, telescope, night, deleted=deleted, cursor=cursor, limit=limit
    )


@operation("POST", f"{LOG}/entries", scope="logs:write", tags=["nights"])
async def add_log_entry(
    organisation: str, telescope: str, night: NightName, data: NewLogEntry, actor: Actor, house: House
) -> LogEntry:
    """Write an entry into a night log."""
    return await night_log_entries.add_entry(house, actor, organisation, telescope, night, data)


@operation("PUT", ENTRY, scope="logs:write", tags=["nights"])
async def edit_log_entry(
    organisation: str,
    telescope: str,
    night: NightName,
    entry_id: UUID,
    data: LogEntryEdit,
    actor: Actor,
    house: House,
) -> LogEntry:
    """Write the next revision of an entry; a deleted one is restored by it.

    `revision` names the one that was edited: if it is not the newest any more the answer is a 409 with the newest.
    """
    return await night_log_entries.edit_entry(house, actor, organisation, telescope, night, entry_id, data)


@operation("DELETE", ENTRY, scope="logs:write", tags=["nights"])
async def delete_log_entry(
    organisation: str,
    telescope: str,
    night: NightName,
    entry_id: UUID,
    actor: Actor,
    house: House,
    revision: Annotated[int | None, Parameter(ge=1, le=2**31 - 1, description="Only if this is the newest.")] = None,
) -> None:
    """Delete an entry: a new revision says so, and the old ones stay readable."""
    await night_log_entries.delete_entry(house, actor, organisation, telescope, night, entry_id, revision)


@operation("GET", f"{ENTRY}/revisions", scope="logs:read", tags=["nights"])
async def list_log_entry_revisions(
    organisation: str,
    telescope: str,
    night: NightName,
    entry_id: UUID,
    actor: Actor,
    house: House,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[LogEntry]:
    """List every revision of an entry, the newest first."""
    return await night_log_search.list_revisions(
        house, actor, organisation, telescope, night, entry_id, cursor=cursor, limit=limit
    )


@operation("POST", f"{LOG}/sign", scope="logs:sign", status=200, tags=["nights"])
async def sign_night_log(
    organisation: str,
    telescope: str,
    night: NightName,
    actor: Actor,
    house: House,
    force: Annotated[bool, Parameter(description="Sign although the night is not over.")] = False,
) -> NightLog:
    """Sign a night log: it takes no more entries, and its summary stays as it is now."""
    return await night_log.sign_log(house, actor, organisation, telescope, night, force=force)


@operation("POST", f"{LOG}/reopen", scope="organisation:write", status=200, tags=["nights"])
async def reopen_night_log(
    organisation: str, telescope: str, night: NightName, actor: Actor, house: House, data: Reopening | None = None
) -> NightLog:
    """Reopen a signed night log; an entry says who did."""
    return await night_log.reopen_log(house, actor, organisation, telescope, night, data or Reopening())


@operation("GET", f"{LOG}.md", scope="logs:read", tags=["nights"], media_type="text/markdown")
async def get_night_log_markdown(
    organisation: str, telescope: str, night: NightName, actor: Actor, house: House
) -> Response[str]:
    """Read a night log as a Markdown document."""
    document = await night_log.get_document(house, actor, organisation, telescope, night)
    return _download(await asyncio.to_thread(as_markdown, document), document, "md")


@operation("GET", f"{LOG}.pdf", scope="logs:read", tags=["nights"], media_type="application/pdf")
async def get_night_log_pdf(
    organisation: str, telescope: str, night: NightName, actor: Actor, house: House
) -> Response[bytes]:
    """Read a night log as a PDF document, with its Markdown attached."""
    from service.night_log_pdf import as_pdf  # what sets its type is large, and seldom asked for

    document = await night_log.get_document(house, actor, organisation, telescope, night)
    return _download(await asyncio.to_thread(as_pdf, document), document, "pdf")


@operation("GET", f"{BASE}/log-entries", scope="logs:read", tags=["nights"])
async def search_log_entries(
    organisation: str,
    actor: Actor,
    house: House,
    text: Annotated[
        str | None, Parameter(max_length=1000, description='Words, "phrases", or, -not; as in a search engine.')
    ] = None,
    tag: Annotated[str | None, Parameter(max_length=64)] = None,
    level: Level | None = None,
    category: Category | None = None,
    telescope: OneTelescope = None,
    first: First = None,
    last: Last = None,
    author: Annotated[
        str | None, Parameter(max_length=254, description="E-mail address of who wrote or revised.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[LogEntry]:
    """Search the entries of all night logs in their newest revision, the latest occurrence first."""
    return await night_log_search.search_entries(
        house,
        actor,
        organisation,
        text=text,
        tag=tag,
        level=level,
        category=category,
        telescope=telescope,
        first=first,
        last=last,
        author=author,
        cursor=cursor,
        limit=limit,
    )


HANDLERS = [
    list_nights,
    get_night_log,
    list_log_entries,
    add_log_entry,
    edit_log_entry,
    delete_log_entry,
    list_log_entry_revisions,
    sign_night_log,
    reopen_night_log,
    get_night_log_markdown,
    get_night_log_pdf,
    search_log_entries,
]
