"""The tree over HTTP: what the mount, the file system for Python and WebDAV show."""

from __future__ import annotations

from typing import Annotated

from litestar.params import Parameter

from service.actions import tree
from service.actions.tree import TreeAddresses, TreeBeginnings, TreeEntries, TreeEntry, TreePaths
from service.house import Actor, House
from service.paging import Cursor, Page
from service.routing import operation

__all__ = ["HANDLERS"]

TAGS = ["tree"]
FolderLimit = Annotated[int, Parameter(ge=1, le=10_000, description="How many at the most.")]


@operation("GET", "/tree", scope="files:read", tags=TAGS)
async def list_tree(
    actor: Actor,
    house: House,
    path: Annotated[str, Parameter(max_length=4096, description="Which folder; left out: the tree's root.")] = "/",
    cursor: Cursor = None,
    limit: FolderLimit = 1000,
) -> Page[TreeEntry]:
    """List what lies in a folder of the tree, in order of name.

    The tree is `/me`, `/team/{team}/files`, `/team/{team}/datasets/{dataset}`,
    `/org/{organisation}/nights/{night}/{telescope}`, `/org/{organisation}/datasets/{dataset}` and
    `/packages/{organisation}/{package}/v{version}`. What somebody may not see is not in it. Of two files of one night
    and path the first has its name, and the other's has the beginning of its SHA-256 before the suffix. Of a path that
    is a file's, that file is listed.

    One's own files and those of teams need the scope `team-files:read` besides, teams `teams:read`.
    """
    return await tree.list_folder(house, actor, path, cursor=cursor, limit=limit)


@operation("POST", "/tree/entries", scope="files:read", status=200, tags=TAGS)
async def read_tree_entries(data: TreePaths, actor: Actor, house: House) -> TreeEntries:
    """Tell what is at each of many paths of the tree."""
    return await tree.read_entries(house, actor, data)


@operation("POST", "/tree/addresses", scope="files:read", status=200, tags=TAGS)
async def read_tree_addresses(data: TreePaths, actor: Actor, house: House) -> TreeAddresses:
    """Sign addresses of the bytes of many files of the tree, for five minutes at the most."""
    return await tree.read_addresses(house, actor, data)


@operation("POST", "/tree/beginnings", scope="files:read", status=200, tags=TAGS)
async def read_tree_beginnings(data: TreePaths, actor: Actor, house: House) -> TreeBeginnings:
    """Read the first bytes of many FITS files of the tree: all headers that lie before a file's first data.

    For whoever looks through the headers of a night: one request for hundreds of them, instead of one to the store for
    each. They are the file's own bytes, and go on to the end of a page of 4096 bytes. Nothing is kept of what is no
    plain FITS file, nor of headers that go on beyond 32 kB.
    """
    return await tree.read_beginnings(house, actor, data)


HANDLERS = [list_tree, read_tree_entries, read_tree_addresses, read_tree_beginnings]
