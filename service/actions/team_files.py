"""A team's own files: listed, read, moved, put into the trash and taken out again, with every version kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import InvalidInput, NotFound
from domain.file_tree import PathTaken, clean_folder, common_place, folded
from domain.paths import clean_path
from service.actions.team_changes import check_version, tell_of_files
from service.audit_log import record
from service.house import Actor, House, Team
from service.paging import Page, decode_cursor, encode_cursor
from service.recalls import check_readable
from storage import team_file_store, team_tree

__all__ = [
    "Changed",
    "FileToTrash",
    "FolderToRestore",
    "Move",
    "Restoration",
    "Restored",
    "TeamEntry",
    "TeamFile",
    "TeamFileVersion",
    "TeamStorage",
    "Trashing",
    "content_address",
    "empty_trash",
    "get_file",
    "get_storage",
    "list_entries",
    "list_trash",
    "list_versions",
    "move",
    "restore",
    "restore_folder",
    "trash",
]

MOVED_AT_ONCE = 10_000
LONGEST_ADDRESS_S = 300  # who leaves a team reads nothing of it for longer, however long the operator lets others live

Place = Annotated[str, Meta(min_length=1, max_length=4096, examples=["2026/notes.txt"])]
Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class TeamEntry(msgspec.Struct, kw_only=True):
    """What lies in a folder: a file, or a folder with the number and size of all files below it.

    ``version``, ``sha256`` and ``author`` are the newest version's; a folder has none.
    """

    kind: Literal["file", "folder"]
    path: str
    files: int
    size_bytes: int
    changed_at: datetime
    id: UUID | None = None
    version: int | None = None
    sha256: str | None = None
    author: str | None = None


class TeamFile(msgspec.Struct, kw_only=True):
    """A file of a team at its newest version; ``author`` made that, ``trashed_at`` is null while it is in its place."""

    id: UUID
    path: str
    version: int
    size_bytes: int
    sha256: str
    author: str
    changed_at: datetime
    created_at: datetime
    trashed_at: datetime | None = None
    trashed_by: str | None = None


class TeamFileVersion(msgspec.Struct, kw_only=True):
    """What a file once was. ``restored_from``: it brought back this older version's content."""

    version: int
    size_bytes: int
    sha256: str
    author: str
    host: str | None
    restored_from: int | None
    created_at: datetime


class TeamStorage(msgspec.Struct, kw_only=True):
    """What a team's own files store at its host: every content once, of all versions and the trash.

    ``current_bytes``: of the newest versions of the files in their places, as a download of all of them would be.
    """

    files: int
    trashed_files: int
    versions: int
    current_bytes: int
    size_bytes: int


class Changed(msgspec.Struct):
    """How many files it was."""

    files: int


class Move(msgspec.Struct, kw_only=True):
    """A file, or a folder with all below it, and where it goes. ``expected_version``: of a file, refuse any other."""

    path: Place
    to: Place
    expected_version: Version | None = None


class FileToTrash(msgspec.Struct, kw_only=True):
    """A file, or a folder; ``/`` is all there is. ``expected_version``: of a file, refuse any other."""

    path: Place
    expected_version: Version | None = None


class Trashing(msgspec.Struct, kw_only=True):
    """What goes into the trash, all of it or nothing; folders only if ``folders`` says so."""

    files: Annotated[list[FileToTrash], Meta(min_length=1, max_length=1000)]
    folders: bool = False


class FolderToRestore(msgspec.Struct, kw_only=True):
    """A folder of which everything in the trash comes back; ``/`` is all there is."""

    path: Place


class Restored(msgspec.Struct):
    """How many files are back, and how many are ``left`` in the trash since something else is in their place."""

    files: int
    left: int


class Restoration(msgspec.Struct, kw_only=True):
    """What to bring back: a file from the trash, ``to`` another path if given; an older ``version``; or both."""

    version: Version | None = None
    to: Place | None = None
    expected_version: Version | None = None


def _shown(shape: Any, row: Any, **more: Any) -> Any:
    values = dict(row._mapping) | more
    values["sha256"] = row.sha256.hex() if row.sha256 is not None else None
    return msgspec.convert(values, shape)


async def _get(team: Team, file_id: UUID) -> Any:
    row = await team_file_store.get_file(team.connection, file_id)
    if row is None:
        raise NotFound("This team has no such file; after the trash is emptied none can be restored.")
    return row


async def list_entries(
    house: House, actor: Actor, slug: str, *, folder: str, whole_tree: bool, cursor: str | None, limit: int
) -> Page[TeamEntry]:
    """List a folder, or all below it, in order of path; of a path that is a file, that file.

    Raises
    ------
    NotFound
        There is no such folder; the root is always there.
    """
    position = decode_cursor(cursor, str)
    after, folder = position[0] if position else None, clean_folder(folder)
    async with house.team_files(actor, slug) as team:
        itself = await team_tree.find_at(team.connection, team.team_id, folder) if folder else None
        if itself is not None:
            return Page([_shown(TeamEntry, itself, kind="file", files=1)])
        if whole_tree:
            rows = await team_tree.list_tree(team.connection, team.team_id, folder, after=after, limit=limit + 1)
            entries = [_shown(TeamEntry, row, kind="file", files=1) for row in rows[:limit]]
        else:
            rows = await team_tree.list_folder(team.connection, team.team_id, folder, after=after, limit=limit + 1)
            entries = [_shown(TeamEntry, row, kind="folder" if row.is_folder else "file") for row in rows[:limit]]
    if folder and not entries and after is None:
        raise NotFound("This team has no such folder.")
    if len(rows) <= limit:
        return Page(entries)
    last = entries[-1]
    return Page(entries, encode_cursor(team_tree.place_after(last.path, is_folder=last.kind == "folder")))


async def get_file(house: House, actor: Actor, slug: str, file_id: UUID) -> TeamFile:
    """Read one file's row, one in the trash too; raises NotFound when there is none."""
    async with house.team_files(actor, slug) as team:
        shown: TeamFile = _shown(TeamFile, await _get(team, file_id))
    return shown


async def list_versions(
    house: House, actor: Actor, slug: str, file_id: UUID, *, cursor: str | None, limit: int
) -> Page[TeamFileVersion]:
    """List a file's versions, newest first; raises NotFound when there is no such file."""
    position = decode_cursor(cursor, int)
    async with house.team_files(actor, slug) as team:
        await _get(team, file_id)
        rows = await team_file_store.list_versions(
            team.connection, file_id, before=position[0] if position else None, limit=limit + 1
        )
    return Page(
        [_shown(TeamFileVersion, row) for row in rows[:limit]],
        encode_cursor(rows[limit - 1].version) if len(rows) > limit else None,
    )


async def content_address(house: House, actor: Actor, slug: str, file_id: UUID, version: int | None) -> str:
    """Sign an address of a version's bytes, the newest's where none is named, straight at the object store.

    Raises
    ------
    NotFound
        There is no such file, or no such version of it.
    """
    async with house.team_files(actor, slug) as team:
        row = await team_file_store.find_content(team.connection, file_id, version)
    if row is None:
        raise NotFound("This team has no such file, or it has no such version.")
    if row.tier == "archive":
        await check_readable(house, team.organisation_id, [row.sha256], actor)
    house.downloads.note_bytes(team.organisation_id, None, row.size_bytes)
    return house.objects.sign_get(
        row.object_key,
        expires_s=min(house.config.signed_url_seconds, LONGEST_ADDRESS_S),
        filename=PurePosixPath(row.path).name,
        media_type="application/octet-stream",  # nobody looked at what it is
    )


async def move(house: House, actor: Actor, slug: str, asked: Move) -> Changed:
    """Give a file or folder another path; nothing is overwritten, and folders are not merged.

    Raises
    ------
    NotFound
        There is neither a file nor a folder.
    BadPath
        A path would become too long.
    PathTaken
        Something else is there.
    VersionConflict
        The file was changed meanwhile.
    """
    path, to = clean_path(asked.path), clean_path(asked.to)
    async with house.team_files(actor, slug) as team:
        await team_tree.lock_tree(team.connection, team.team_id)
        file = await team_tree.find_at(team.connection, team.team_id, path)
        if file is not None:
            check_version(path, file.version, asked.expected_version)
            moves = {file.id: to}
        else:
            await _check_folder(team, path, meant=True, expected=asked.expected_version)
            moves = await _folder_moves(team, path, to)
        places = await team_tree.look_at_places(team.connection, team.team_id, moves.values(), moving=list(moves))
        for place in moves.values():
            places.add(place, new=True)
        await team_file_store.move_files(team.connection, moves)
        await tell_of_files(team, "files.moved", len(moves), path=path, to=to)
    return Changed(len(moves))


async def _folder_moves(team: Team, folder: str, to: str) -> dict[UUID, str]:
    """Tell where each file below a folder goes."""
    if to.startswith(f"{folder}/"):
        raise InvalidInput("A folder cannot be moved into itself.")
    rows = await team_tree.list_tree(team.connection, team.team_id, folder, after=None, limit=MOVED_AT_ONCE + 1)
    if len(rows) > MOVED_AT_ONCE:
        raise InvalidInput(f"The folder holds more than {MOVED_AT_ONCE:,} files: move its folders one by one.")
    if folded(to) != folded(folder) and await team_tree.list_tree(
        team.connection, team.team_id, to, after=None, limit=1
    ):
        raise PathTaken(f"There is a folder {to!r} already, and folders are not merged: choose another name.", path=to)
    return {row.id: clean_path(to + row.path.removeprefix(folder)) for row in rows}


async def trash(house: House, actor: Actor, slug: str, asked: Trashing) -> Changed:
    """Put files and folders into the trash, from which they can be restored for a while.

    Raises
    ------
    NotFound
        One of them is not there, or is a folder and folders were not meant.
    VersionConflict
        One of them was changed meanwhile.
    """
    wanted = {clean_folder(file.path): file.expected_version for file in asked.files}
    async with house.team_files(actor, slug) as team:
        await team_tree.lock_tree(team.connection, team.team_id)
        there = await team_file_store.find_at_paths(team.connection, team.team_id, list(wanted))
        for path, row in there.items():
            check_version(path, row.version, wanted[path])
        folders = [path for path in wanted if path not in there]
        for folder in folders:
            await _check_folder(team, folder, meant=asked.folders, expected=wanted[folder])
        await team_file_store.trash_files(team.connection, [row.id for row in there.values()], actor.name)
        count = len(there)
        for folder in folders:
            count += await team_file_store.trash_below(team.connection, team.team_id, folder, actor.name)
        await tell_of_files(team, "files.trashed", count, path=common_place(wanted))
        await record(team, "team-files.trashed", f"teams/{slug}/files", files=count)
    return Changed(count)


async def _check_folder(team: Team, folder: str, *, meant: bool, expected: int | None) -> None:
    """Refuse what is no folder, or none that may be changed as a whole."""
    if not meant:
        raise NotFound(f"This team has no file {folder!r}; if it is a folder, say that folders are meant (`-r`).")
    if expected is not None:
        raise InvalidInput("A folder has no version: leave out which one is expected.")
    if not await team_tree.list_tree(team.connection, team.team_id, folder, after=None, limit=1):
        raise NotFound(f"This team has neither a file nor a folder {folder!r}.")


async def restore(house: House, actor: Actor, slug: str, file_id: UUID, asked: Restoration) -> TeamFile:
    """Bring a file back from the trash, an older version of it, or both.

    Raises
    ------
    NotFound
        No such file or version.
    InvalidInput
        The file is in its place, and no version is named.
    PathTaken
        Something else is in its place by now: name another path.
    VersionConflict
        The file was changed meanwhile.
    """
    to = clean_path(asked.to) if asked.to is not None else None
    async with house.team_files(actor, slug) as team:
        await team_tree.lock_tree(team.connection, team.team_id)
        row = await _get(team, file_id)
        check_version(row.path, row.version, asked.expected_version)
        if row.trashed_at is not None:
            path = to or row.path
            places = await team_tree.look_at_places(team.connection, team.team_id, [path])
            places.add(path, new=True)
            await team_file_store.restore_file(team.connection, file_id, path)
        elif asked.version is None or to is not None:
            raise InvalidInput("The file is in its place: name a version to bring back; move it to give it a path.")
        if asked.version is not None and not await team_file_store.add_version(
            team.connection, file_id, asked.version, account_id=actor.account_id, author=actor.name
        ):
            raise NotFound(f"The file has no version {asked.version}.")
        shown: TeamFile = _shown(TeamFile, await _get(team, file_id))
        await tell_of_files(team, "files.restored", 1, path=shown.path, version=shown.version)
        await record(team, "team-files.restored", f"teams/{slug}/files/{file_id}")
    return shown


async def restore_folder(house: House, actor: Actor, slug: str, folder: str) -> Restored:
    """Bring back what lay below a folder: of each path what went into the trash last, if its place is free.

    Raises
    ------
    NotFound
        Nothing in the trash lay there.
    PathTaken
        None of it can come back.
    """
    folder = clean_folder(folder)
    async with house.team_files(actor, slug) as team:
        await team_tree.lock_tree(team.connection, team.team_id)
        rows = await team_file_store.newest_in_trash(team.connection, team.team_id, folder, limit=MOVED_AT_ONCE)
        if not rows:
            raise NotFound("Nothing in the team's trash lay below this folder.")
        places = await team_tree.look_at_places(team.connection, team.team_id, [row.path for row in rows])
        back, taken = list[Any](), list[PathTaken]()
        for row in rows:
            try:
                places.add(row.path, new=True)
                back.append(row)
            except PathTaken as error:
                taken.append(error)
        if not back:
            raise taken[0]
        await team_file_store.restore_in_place(team.connection, [row.id for row in back])
        await tell_of_files(team, "files.restored", len(back), path=common_place(row.path for row in back))
        await record(team, "team-files.restored", f"teams/{slug}/files", files=len(back))
    return Restored(len(back), len(taken))


async def list_trash(
    house: House, actor: Actor, slug: str, *, path: str | None, cursor: str | None, limit: int
) -> Page[TeamFile]:
    """List the trash, what went there last first; only what lay at a path, where one is given."""
    position = decode_cursor(cursor, datetime, UUID)
    async with house.team_files(actor, slug) as team:
        rows = await team_file_store.list_trash(
            team.connection,
            team.team_id,
            path=clean_path(path) if path is not None else None,
            before=(position[0], position[1]) if position else None,
            limit=limit + 1,
        )
    return Page(
        [_shown(TeamFile, row) for row in rows[:limit]],
        encode_cursor(rows[limit - 1].trashed_at, rows[limit - 1].id) if len(rows) > limit else None,
    )


async def empty_trash(house: House, actor: Actor, slug: str) -> Changed:
    """Remove what is in the trash for good; its bytes go within minutes, if nothing else names them."""
    async with house.team_files(actor, slug) as team:
        count = await team_file_store.empty_trash(team.connection, team.team_id)
        if count:
            await tell_of_files(team, "files.removed", count)
            await record(team, "team-files.removed", f"teams/{slug}/files", files=count)
    return Changed(count)


async def get_storage(house: House, actor: Actor, slug: str) -> TeamStorage:
    """Count a team's files and sum up what they store at its host."""
    async with house.team_files(actor, slug) as team:
        row = await team_file_store.sum_storage(team.connection, team.team_id)
    return TeamStorage(**row._mapping)
