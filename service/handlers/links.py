"""Links over HTTP: made by an organisation, used by whoever holds one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from service.actions import link_archives, link_holders, links
from service.actions.link_archives import LinkArchive
from service.actions.link_downloads import count_link_download, while_it_works
from service.actions.link_holders import LinkFile, LinkHolder, LinkView
from service.actions.links import Link, LinkWithSecret, NewLink
from service.handlers.object_ranges import (
    NOT_SATISFIABLE,
    IfOtherArchive,
    IfSameArchive,
    WantedBytes,
    is_unchanged,
    wanted_range,
)
from service.handlers.packages import NoSuchRange, answer_no_such_range, problem_of
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation
from storage.object_disposition import attachment

__all__ = ["HANDLERS", "archive_headers"]

OCTET_STREAM = "application/octet-stream"
BASE = "/organisations/{organisation:str}/links"


@operation("POST", BASE, scope="links:write", tags=["links"])
async def add_link(organisation: str, data: NewLink, actor: Actor, house: House) -> LinkWithSecret:
    """Make a link to a dataset, a folder or a data package; its secret is told this once.

    Whoever holds it reads what it shows, and nothing else, until it expires, is revoked, or its downloads are used up.
    """
    return await links.make_link(house, actor, organisation, data)


@operation("GET", BASE, scope="links:write", tags=["links"])
async def list_links(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Link]:
    """List the organisation's links, newest first; those too that do not work any more."""
    return await links.list_links(house, actor, organisation, cursor=cursor, limit=limit)


@operation("DELETE", f"{BASE}/{{link_id:uuid}}", scope="links:write", tags=["links"])
async def revoke_link(organisation: str, link_id: UUID, actor: Actor, house: House) -> None:
    """End a link, from the next request on."""
    await links.revoke_link(house, actor, organisation, link_id)


@operation("GET", "/link", scope="link", problems=(429,), tags=["links"])
async def look_at_link(holder: LinkHolder, house: House) -> LinkView:
    """Tell what a link shows. Its secret is the bearer token; its password goes into the header X-Link-Password."""
    return await link_holders.look_at_link(house, holder)


@operation("GET", "/link/files", scope="link", problems=(429,), tags=["links"])
async def list_link_files(
    holder: LinkHolder, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[LinkFile]:
    """List the files that a link shows, in order of path."""
    return await link_holders.list_link_files(house, holder, cursor=cursor, limit=limit)


@operation(
    "GET",
    "/link/files/{file_id:uuid}/content",
    scope="link",
    problems=(409, 429),
    tags=["links"],
    media_type=OCTET_STREAM,
    exception_handlers={NoSuchRange: answer_no_such_range},
    responses={
        200: ResponseSpec(bytes, description="The file.", media_type=OCTET_STREAM, generate_examples=False),
        206: ResponseSpec(bytes, description="The range asked for.", media_type=OCTET_STREAM, generate_examples=False),
        416: problem_of("There are no such bytes."),
    },
)
async def get_link_content(
    holder: LinkHolder,
    file_id: UUID,
    house: House,
    wanted_bytes: WantedBytes = None,
) -> Stream:
    """Download a file that a link shows.

    It takes Range, so that a broken download is resumed: what was begun goes on for a day and is not counted again.
    """
    content = await link_holders.open_content(house, holder, file_id)
    headers = {
        "accept-ranges": "bytes",
        "etag": f'"{content.sha256}"',
        "content-disposition": attachment(content.filename),
        "cache-control": "private, no-store",
    }
    wanted = _wanted(wanted_bytes, None, size_bytes=content.size_bytes, headers=headers, of="file")
    await count_link_download(house, content.link, str(content.id), goes_on=wanted.start > 0)
    house.downloads.note_bytes(content.link.organisation_id, None, len(wanted))
    stored = house.objects.stream(content.object_key, wanted.start, len(wanted))
    chunks = while_it_works(house, content.link, stored)
    return Stream(chunks, status_code=_status(headers), headers=headers, media_type=OCTET_STREAM)


def _wanted(
    wanted_bytes: str | None, if_range: str | None, *, size_bytes: int, headers: dict[str, str], of: str
) -> range:
    """Tell which bytes are to be sent, and say so in the headers.

    Raises
    ------
    NoSuchRange
    """
    # There is no date that would tell one state from another: only the entity tag does.
    part = wanted_range(
        wanted_bytes, if_range, size_bytes=size_bytes, etag=headers["etag"], modified_at=datetime.now(UTC)
    )
    if part is NOT_SATISFIABLE:
        raise NoSuchRange(f"The {of} has {size_bytes} bytes.", size_bytes=size_bytes)
    if part is not None:
        headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{size_bytes}"
    wanted = range(size_bytes) if part is None else part
    headers["content-length"] = str(len(wanted))
    return wanted


def _status(headers: dict[str, str]) -> int:
    return 206 if "content-range" in headers else 200


ZIP = "application/zip"


@operation(
    "GET",
    "/link/zip",
    scope="link",
    problems=(409, 429),
    tags=["links"],
    media_type=ZIP,
    exception_handlers={NoSuchRange: answer_no_such_range},
    responses={
        200: ResponseSpec(bytes, description="The archive.", media_type=ZIP, generate_examples=False),
        206: ResponseSpec(bytes, description="The range asked for.", media_type=ZIP, generate_examples=False),
        304: ResponseSpec(None, description="You have it already."),
        416: problem_of("There are no such bytes."),
    },
)
async def get_link_zip(
    holder: LinkHolder,
    house: House,
    wanted_bytes: WantedBytes = None,
    if_range: IfSameArchive = None,
    if_none_match: IfOtherArchive = None,
) -> Response[Any]:
    """Download all that a link shows as one ZIP archive, a BagIt bag. It counts as one download.

    It takes Range: as long as nothing changes in what the link shows, the bytes are the same each time and have the
    same `ETag`; send it as `If-Range`. What an embargo holds back is listed in `LEFT-OUT.txt`, with the moment from
    which it is shown; the header `Files-Left-Out` tells how many files that are.
    """
    found = await link_archives.open_link_archive(house, holder)
    headers = archive_headers(found)
    if is_unchanged(if_none_match, found.etag):
        found.close()
        return Response(b"", status_code=304, headers=headers)
    try:
        wanted = _wanted(wanted_bytes, if_range, size_bytes=found.size_bytes, headers=headers, of="archive")
    except NoSuchRange:
        found.close()
        raise
    house.downloads.note_bytes(found.link.organisation_id, None, len(wanted))
    chunks = await link_archives.read_link_archive(house, found, wanted)
    return Stream(chunks, status_code=_status(headers), headers=headers, media_type=ZIP)


def archive_headers(found: LinkArchive) -> dict[str, str]:
    """Write the headers of a link's archive."""
    return {
        "accept-ranges": "bytes",
        "etag": found.etag,
        "content-disposition": attachment(found.filename),
        "cache-control": "private, no-store",
        "files-left-out": str(found.left_out),
    }


HANDLERS = [
    add_link,
    list_links,
    revoke_link,
    look_at_link,
    list_link_files,
    get_link_content,
    get_link_zip,
]
