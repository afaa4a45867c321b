"""Files over HTTP; their bytes come from the object store."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar.params import Parameter
from litestar.response import Redirect

from service.actions import file_addresses, files
from service.actions.file_addresses import FileAddresses, FilesWanted
from service.actions.files import File
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/files"


@operation("GET", BASE, scope="files:read", tags=["files"])
async def list_files(
    organisation: str,
    actor: Actor,
    house: House,
    file_state: Annotated[
        Literal["stored", "indexed", "kept", "failed"] | None, Parameter(query="state", description="Of one state.")
    ] = None,
    prefix: Annotated[str | None, Parameter(max_length=1024, description="Paths that begin so.")] = None,
    deleted: Annotated[bool, Parameter(description="Deleted files that can still be restored.")] = False,
    flagged: Annotated[bool, Parameter(description="Only files something is wrong with, readable or not.")] = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[File]:
    """List files, newest first; `state=failed` tells what could not be read, and why."""
    return await files.list_files(
        house,
        actor,
        organisation,
        state=file_state,
        prefix=prefix,
        deleted=deleted,
        flagged=flagged,
        cursor=cursor,
        limit=limit,
    )


@operation("GET", f"{BASE}/{{file_id:uuid}}", scope="files:read", tags=["files"])
async def get_file(organisation: str, file_id: UUID, actor: Actor, house: House) -> File:
    """Read what is known of a file."""
    return await files.get_file(house, actor, organisation, file_id)


@operation("GET", f"{BASE}/{{file_id:uuid}}/content", scope="files:read", problems=(409,), status=302, tags=["files"])
async def get_content(organisation: str, file_id: UUID, actor: Actor, house: House) -> Redirect:
    """Go to a file's bytes: a short-lived address at the object store that takes Range."""
    return Redirect(await files.content_address(house, actor, organisation, file_id), status_code=302)


@operation("POST", f"{BASE}/addresses", scope="files:read", status=200, tags=["files"])
async def read_file_addresses(organisation: str, data: FilesWanted, actor: Actor, house: House) -> FileAddresses:
    """Sign short-lived addresses of the bytes of many files at once, straight at the object store.

    A file without one tells its problem, and stops no other. What lies in the archive is not recalled by this: ask for
    its content alone.
    """
    return await file_addresses.read_file_addresses(house, actor, organisation, data)


@operation("DELETE", f"{BASE}/{{file_id:uuid}}", scope="files:delete", tags=["files"])
async def delete_file(organisation: str, file_id: UUID, actor: Actor, house: House) -> None:
    """Delete a file; it can be restored within the grace period."""
    await files.delete_file(house, actor, organisation, file_id)


@operation("POST", f"{BASE}/{{file_id:uuid}}/restore", scope="files:delete", status=200, tags=["files"])
async def restore_file(organisation: str, file_id: UUID, actor: Actor, house: House) -> File:
    """Bring a deleted file back."""
    return await files.restore_file(house, actor, organisation, file_id)


HANDLERS = [list_files, get_file, get_content, read_file_addresses, delete_file, restore_file]
