"""The one tree of everything that somebody may read: folders listed, paths looked up, bytes addressed.

This module knows what is where and under which name; service/tree_branches.py knows who may go there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import InvalidInput, NotAllowed, NotFound
from domain.paths import BadPath
from domain.tree_path import CHILDREN, FILES, NO_TELESCOPE, TreePath, marked_name, parse_tree_path, unmarked_path
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from service.recalls import check_readable
from service.tree_branches import (
    OpenBranch,
    open_branch,
    open_organisation,
    open_team,
    shared_names,
)
from storage import publication_store, team_store, tree_folders, tree_store
from storage.tree_store import Also, Branch, place_after, place_behind

__all__ = [
    "TreeAddress",
    "TreeAddresses",
    "TreeBeginning",
    "TreeBeginnings",
    "TreeEntries",
    "TreeEntry",
    "TreePaths",
    "find_stored",
    "list_folder",
    "read_addresses",
    "read_beginnings",
    "read_entries",
]

LONGEST_ADDRESS_S = 300  # a revoked token reads nothing for longer, however long the operator lets others live
MOST_BRANCHES = 50
MOST_BEGINNINGS_BYTES = 6 * 1024**2  # of one answer: those of a thousand usual frames are half as much
FIRST_NIGHT = date(1, 1, 1)

Place = Annotated[str, Meta(max_length=4096, examples=["/team/comets/files/2026/notes.txt"])]


class TreeEntry(msgspec.Struct, kw_only=True, gc=False):
    """What a folder holds: a file, or a folder, which has neither size, time nor checksum.

    ``id`` is the file's, where it is an organisation's or a team's; a package's files have none.
    """

    name: str
    kind: Literal["file", "folder"]
    size_bytes: int = 0
    changed_at: datetime | None = None
    sha256: str | None = None
    id: UUID | None = None


class TreePaths(msgspec.Struct):
    """Paths in the tree, in at most 50 different nights, datasets, packages and teams' files."""

    paths: Annotated[list[Place], Meta(min_length=1, max_length=1000)]


class TreeEntries(msgspec.Struct):
    """For each path what is there, in the order they were asked; null where nothing is."""

    entries: list[TreeEntry | None]


class TreeAddress(msgspec.Struct, kw_only=True):
    """Where a file's bytes are, straight at the object store; the address takes Range.

    ``crc32c`` is of the whole file, base64 of its four bytes as S3 writes it; null where only the SHA-256 is known.
    """

    url: str
    sha256: str
    size_bytes: int
    crc32c: str | None


class TreeAddresses(msgspec.Struct):
    """For each path the address of its bytes, in the order they were asked; null where no file is."""

    addresses: list[TreeAddress | None]
    expires_at: datetime


class TreeBeginning(msgspec.Struct, kw_only=True):
    """The first bytes of a FITS file as it is stored: all headers before its first data, and a little more.

    ``packed``: these bytes, compressed by zlib (RFC 1950).
    """

    sha256: str
    packed: bytes


class TreeBeginnings(msgspec.Struct):
    """For each path how its file begins, in the order they were asked.

    Null where that is not kept, where no file is, and behind 6 MiB of others.
    """

    beginnings: list[TreeBeginning | None]


def _folder(name: str) -> TreeEntry:
    return TreeEntry(name=name, kind="folder")


def _file(name: str, row: Any) -> TreeEntry:
    return TreeEntry(
        name=name,
        kind="file",
        size_bytes=row.size_bytes,
        changed_at=row.changed_at,
        sha256=row.sha256.hex(),
        id=row.id,
    )


def _nowhere() -> NotFound:
    return NotFound("There is no such folder in the tree, or it is not yours to see.")


def _parsed(path: str) -> TreePath:
    found = parse_tree_path(path)
    if found is None:
        raise _nowhere()
    return found


async def list_folder(house: House, actor: Actor, path: str, *, cursor: str | None, limit: int) -> Page[TreeEntry]:
    """List what lies directly in a folder, in order of name as its bytes have it; of a file, nothing but that file.

    Raises
    ------
    NotFound
        There is no such folder, or whoever asks may not see it.
    """
    place = _parsed(path)
    position = decode_cursor(cursor, str)
    after = position[0] if position else ""
    if place.kind in FILES:
        return await _list_files(house, actor, place, after, limit)
    names = await _names(house, actor, place, after, limit + 1)
    entries = [_folder(name) for name in names[:limit]]
    return Page(entries, encode_cursor(entries[-1].name) if len(names) > limit else None)


async def _names(house: House, actor: Actor, place: TreePath, after: str, limit: int) -> list[str]:
    """Name the folders in a folder that holds no files, after one."""
    match place.kind:
        case "root":
            names: Iterable[str] = CHILDREN["root"]
        case "teams":
            return await _teams(house, actor, after, limit)
        case "organisations":
            async with house.database.transaction(account=actor.account_id) as connection:
                found = await tree_folders.list_organisations(connection, actor.account_id, after=after, limit=limit)
            return [slug for organisation, slug in found if actor.only_organisation_id in (None, organisation)]
        case "publishers":
            async with house.database.transaction() as connection:
                await publication_store.see_all(connection)
                rows = await publication_store.list_publishers(connection, after=after, limit=limit)
            return [row["slug"] for row in rows]
        case "packages":
            async with house.public(place.names[0]) as tenant:
                names = await tree_folders.list_packages(tenant.connection, after=after, limit=limit)
            if not names and not after:
                raise _nowhere()
            return list(names)
        case "package":
            names = await _package_versions(house, *place.names)
        case "team" | "team-datasets":
            async with open_team(house, actor, place.names[0]) as team:
                names = CHILDREN["team"] if place.kind == "team" else await shared_names(team)
        case _:
            return await _names_in_organisation(house, actor, place, after, limit)
    return [name for name in names if name > after][:limit]


async def _teams(house: House, actor: Actor, after: str, limit: int) -> list[str]:
    if actor.token_scopes is not None and "teams:read" not in actor.token_scopes:
        raise NotAllowed("This token lacks the scope teams:read.", scope="teams:read")
    async with house.database.transaction(account=actor.account_id) as connection:
        rows = await team_store.list_teams(connection, actor.account_id, after=after, limit=limit)
    return [row.slug for row in rows if actor.only_organisation_id in (None, row.organisation_id)]


async def _package_versions(house: House, organisation: str, package: str) -> list[str]:
    async with house.public(organisation) as tenant:
        versions = await tree_folders.list_package_versions(tenant.connection, package)
    if not versions:
        raise _nowhere()
    return sorted(f"v{version}" for version in versions)


async def _names_in_organisation(house: House, actor: Actor, place: TreePath, after: str, limit: int) -> list[str]:
    async with open_organisation(house, actor, place.names[0]) as tenant:
        match place.kind:
            case "organisation":
                names: Iterable[str] = CHILDREN["organisation"]
            case "nights":
                begin = _night(after) or FIRST_NIGHT
                nights = await tree_folders.list_nights(tenant.connection, after=begin, limit=limit)
                return [night.isoformat() for night in nights]
            case "night":
                night = _night(place.names[1])
                found = await tree_folders.list_telescopes(tenant.connection, night) if night else []
                if not found:
                    raise _nowhere()
                names = sorted(slug or NO_TELESCOPE for slug in found)
            case _:
                return await tree_folders.list_datasets(tenant.connection, after=after, limit=limit)
    return [name for name in names if name > after][:limit]


def _night(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None


async def _list_files(house: House, actor: Actor, place: TreePath, start: str, limit: int) -> Page[TreeEntry]:
    async with open_branch(house, actor, place) as opened:
        if not start and place.rest:
            found = await _look_up(opened, [place.rest], also="nothing")
            if isinstance(entry := found.get(place.rest), TreeEntry) and entry.kind == "file":
                return Page([entry])
        page = await _page(opened.connection, opened.branch, place.rest, start, limit)
    if not page.items and not start and (place.rest or place.kind == "night-frames"):
        raise _nowhere()
    return page


async def _page(connection: AsyncConnection, branch: Branch, folder: str, start: str, limit: int) -> Page[TreeEntry]:
    """Read one page of a folder of files.

    As long as a folder's files lie beside each other, one query brings a page of them. Where much is below its folders,
    that would be read in vain: then the index is asked where each entry begins, and files are looked up by their paths.
    """
    skip = len(folder) + 1 if folder else 0
    rows = await tree_store.list_files(connection, branch, folder, start=start, limit=limit + 1)
    if rows and not branch.is_loose and not any("/" in path[skip:] for path, *_ in rows):
        # Nothing but files, each with a name of its own, as in most folders: there may be thousands.
        files = [_file(row.path[skip:], row) for row in rows[:limit]]
        return Page(files, encode_cursor(place_after(rows[limit - 1].path)) if len(rows) > limit else None)
    runs = _runs(rows)
    if len(rows) > limit and len(runs) > 1:
        runs.popitem()  # its file may have others of the same path behind it
    direct = [path for path in runs if "/" not in path[skip:]]
    if len(rows) > limit and len(direct) < len(runs):
        paths = await tree_store.list_steps(connection, branch, folder, start=start, limit=limit)
        direct = [path for path in paths if "/" not in path[skip:]]
        at = _runs(await tree_store.list_at(connection, branch, direct)) if direct else {}
        runs = {path: at.get(path, []) for path in paths}
        is_last = len(paths) < limit
    else:
        is_last = len(rows) <= limit
    hidden = await tree_store.folders_among(connection, branch, direct) if branch.is_loose and direct else set()
    entries: dict[str, TreeEntry] = {}
    for path, found in runs.items():
        step, slash, _ = path[skip:].partition("/")
        if slash:
            entries.setdefault(step, _folder(step))
        elif len(found) == 1 and path not in hidden:  # as nearly all, of which there may be thousands
            entries[step] = _file(step, found[0])
        else:
            entries |= {entry.name: entry for entry in _entries(step, found, is_hidden=path in hidden)}
    if is_last or not runs:
        return Page(list(entries.values()))
    last = next(reversed(runs))
    step, slash, _ = last[skip:].partition("/")
    return Page(list(entries.values()), encode_cursor(place_behind(last[:skip] + step) if slash else place_after(last)))


def _runs(rows: Sequence[Any]) -> dict[str, list[Any]]:
    """Bring rows of one path together."""
    runs: dict[str, list[Any]] = {}
    for row in rows:
        runs.setdefault(row.path, []).append(row)
    return runs


def _entries(name: str, rows: Sequence[Any], *, is_hidden: bool) -> Iterable[TreeEntry]:
    """Name the files of one path: the first by it, unless a folder has it, others with a mark; each content once."""
    seen: set[bytes] = set()
    for row in rows:
        if row.sha256 not in seen:
            yield _file(marked_name(name, row.sha256.hex()) if seen or is_hidden else name, row)
            seen.add(row.sha256)


async def read_entries(house: House, actor: Actor, asked: TreePaths) -> TreeEntries:
    """Tell what is at each of many paths; nothing is at those that whoever asks may not see."""
    found = await _look_up_all(house, actor, asked.paths, also="nothing")
    return TreeEntries([_entry(place) for place in found])


def _entry(found: Any) -> TreeEntry | None:
    return found if isinstance(found, TreeEntry) else None


async def read_addresses(house: House, actor: Actor, asked: TreePaths) -> TreeAddresses:
    """Sign an address for the file at each of many paths.

    None counts as a download: parts of files are read with them, mostly headers, and the store does not tell which.

    What lies in the archive has none, as if nothing were there: it is recalled, and the reason told, when it is asked
    for alone. Who asks for many reads ahead, and does not mean to pay for all of them.

    Raises
    ------
    Archived
        Only one was asked for, and it lies there.
    """
    expires_s = min(house.config.signed_url_seconds, LONGEST_ADDRESS_S)
    expires_at = datetime.now(UTC) + timedelta(seconds=expires_s)
    addresses: list[TreeAddress | None] = []
    for row in await _look_up_all(house, actor, asked.paths, also="place"):
        if row is None or isinstance(row, TreeEntry):
            addresses.append(None)
            continue
        if row.tier == "archive":
            if len(asked.paths) == 1:
                await check_readable(house, row.organisation_id, [row.sha256], actor)
            addresses.append(None)
            continue
        url = house.objects.sign_get(
            row.object_key,
            expires_s=expires_s,
            filename=PurePosixPath(row.path).name,
            media_type=row.media_type,
        )
        addresses.append(TreeAddress(url=url, sha256=row.sha256.hex(), size_bytes=row.size_bytes, crc32c=row.crc32c))
    return TreeAddresses(addresses, expires_at)


async def read_beginnings(house: House, actor: Actor, asked: TreePaths) -> TreeBeginnings:
    """Tell how the file at each of many paths begins, as ingest has found it; the store is not asked.

    None counts as a download: a few kilobytes of headers are what searches tell, too.
    """
    beginnings: list[TreeBeginning | None] = []
    left_bytes = MOST_BEGINNINGS_BYTES
    for row in await _look_up_all(house, actor, asked.paths, also="beginning"):
        beginning = _beginning(row)
        left_bytes -= len(beginning.packed) if beginning is not None else 0
        beginnings.append(beginning if left_bytes >= 0 else None)
    return TreeBeginnings(beginnings)


def _beginning(row: Any) -> TreeBeginning | None:
    if row is None or isinstance(row, TreeEntry) or row.beginning is None:
        return None
    return TreeBeginning(sha256=row.sha256.hex(), packed=row.beginning)


async def find_stored(house: House, actor: Actor, path: str) -> Any | None:
    """Find the stored file at a path, for its bytes to be sent; that counts as a download. None where no file is."""
    [row] = await _look_up_all(house, actor, [path], also="place")
    return None if isinstance(row, TreeEntry) else row


async def _look_up_all(house: House, actor: Actor, paths: Sequence[str], *, also: Also) -> list[Any]:
    """Look many paths up, branch by branch: an entry, a file's row where more is wanted, or None."""
    branches: dict[tuple[str, tuple[str, ...]], list[tuple[int, TreePath]]] = {}
    found: list[Any] = [None] * len(paths)
    for index, path in enumerate(paths):
        try:
            place = parse_tree_path(path)
        except BadPath:
            continue
        if place is not None:
            branches.setdefault((place.kind, place.names), []).append((index, place))
    if len(branches) > MOST_BRANCHES:
        raise InvalidInput(f"These paths lie in more than {MOST_BRANCHES} branches of the tree: ask for fewer at once.")
    for wanted in branches.values():
        place = wanted[0][1]
        try:
            if place.kind in FILES:
                async with open_branch(house, actor, place) as opened:
                    rests = [other.rest for _, other in wanted]
                    here = await _look_up(opened, rests, also=also)
                    if also == "place" and opened.organisation_id is not None:
                        for row in here.values():
                            if not isinstance(row, TreeEntry):
                                house.downloads.note(opened.organisation_id, row.id, actor.account_id)
                for index, other in wanted:
                    found[index] = here.get(other.rest)
            elif await _is_there(house, actor, place):
                for index, _ in wanted:
                    found[index] = _folder(place.names[-1] if place.names else "")
        except (NotFound, NotAllowed):
            continue
    return found


async def _look_up(opened: OpenBranch, rests: Sequence[str], *, also: Also) -> dict[str, Any]:
    """Look paths of one branch up: a folder's or file's entry, or a file's row where more than that is wanted."""
    connection, branch = opened.connection, opened.branch
    paths = list(dict.fromkeys(rest for rest in rests if rest))
    files = await tree_store.find_all(connection, branch, paths, also=also) if paths else {}
    others = paths if branch.is_loose else [path for path in paths if path not in files]
    folders = await tree_store.folders_among(connection, branch, others) if others else set()
    found: dict[str, Any] = {"": _folder("")} if "" in rests else {}
    for path in paths:
        name = path.rpartition("/")[2]
        if path in folders:
            found[path] = _folder(name)
            continue
        row = files.get(path)
        if row is None and branch.is_loose and (marked := unmarked_path(path)) is not None:
            row = await tree_store.find_marked(connection, branch, *marked, also=also)
        if row is not None:
            found[path] = row if also != "nothing" else _file(name, row)
    return found


async def _is_there(house: House, actor: Actor, place: TreePath) -> bool:
    """Tell whether a folder that holds no files is there; raises NotFound as well."""
    if place.names:
        await _names(house, actor, place, "", 1)
    return True
