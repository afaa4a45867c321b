"""Links over HTTP: made by an organisation, used by whoever holds one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter
from litestar.response import Stream

from service.actions import links
from service.actions.links import Link, LinkFile, LinkHolder, LinkView, LinkWithSecret, NewLink
from service.handlers.object_ranges import NOT_SATISFIABLE, wanted_range
from service.handlers.packages import NoSuchRange, answer_no_such_range, problem_of
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation
from storage.object_disposition import attachment

__all__ = ["HANDLERS"]

OCTET_STREAM = "application/octet-stream"
BASE = "/organisations/{organisation:str}/links"


@operation("POST", BASE, scope="links:write", tags=["links"])
async def add_link(organisation: str, data: NewLink, actor: Actor, house: House) -> LinkWithSecret:
    """Make a link to a dataset or a folder; its secret is told this once.

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
    return await links.look_at_link(house, holder)


@operation("GET", "/link/files", scope="link", problems=(429,), tags=["links"])
async def list_link_files(
    holder: LinkHolder, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[LinkFile]:
    """List the files that a link shows, in order of path."""
    return await links.list_link_files(house, holder, cursor=cursor, limit=limit)


@operation(
    "GET",
    "/link/files/{file_id:uuid}/content",
    scope="link",
    problems=(429,),
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
    wanted_bytes: Annotated[
        str | None,
        Parameter(header="Range", description="Which bytes, as `bytes=1000-`; of several ranges the whole is sent."),
    ] = None,
) -> Stream:
    """Download a file that a link shows.

    It takes Range, so that a broken download is resumed; what goes on behind its first byte is not counted again.
    """
    begins = wanted_bytes is None or wanted_bytes.replace(" ", "").startswith(("bytes=0-", "bytes=-"))
    content = await links.open_content(house, holder, file_id, is_begun=not begins)
    headers = {
        "accept-ranges": "bytes",
        "etag": f'"{content.sha256}"',
        "content-disposition": attachment(content.filename),
        "cache-control": "private, no-store",
    }
    part = wanted_range(
        wanted_bytes, None, size_bytes=content.size_bytes, etag=headers["etag"], modified_at=datetime.now(UTC)
    )
    if part is NOT_SATISFIABLE:
        raise NoSuchRange(f"The file has {content.size_bytes} bytes.", size_bytes=content.size_bytes)
    whole = range(content.size_bytes) if part is None else part
    if part is not None:
        headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{content.size_bytes}"
    headers["content-length"] = str(len(whole))
    house.downloads.note_bytes(content.organisation_id, None, len(whole))
    chunks = house.objects.stream(content.object_key, whole.start, len(whole))
    return Stream(chunks, status_code=200 if part is None else 206, headers=headers, media_type=OCTET_STREAM)


HANDLERS = [add_link, list_links, revoke_link, look_at_link, list_link_files, get_link_content]
