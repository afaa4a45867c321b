"""A team's own files over HTTP; their bytes come from the object store, and go there by uploads."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar.params import Parameter
from litestar.response import Redirect

from service.actions import team_files
from service.actions.team_files import (
    Changed,
    FolderToRestore,
    Move,
    Restoration,
    Restored,
    TeamEntry,
    TeamFile,
    TeamFileVersion,
    TeamStorage,
    Trashing,
)
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

TEAM = "/teams/{team:str}"
FILES = f"{TEAM}/files"
ONE = f"{FILES}/{{file_id:uuid}}"
TAGS = ["team files"]


@operation("GET", FILES, scope="team-files:read", tags=TAGS)
async def list_team_files(
    team: str,
    actor: Actor,
    house: House,
    folder: Annotated[str, Parameter(max_length=4096, description="Which folder; empty: the root.")] = "",
    whole_tree: Annotated[bool, Parameter(description="Every file below it, instead of folders.")] = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[TeamEntry]:
    """List a folder of a team's own files, or all below it, in order of path.

    Of a path that is a file's, that file is listed. Folders are there as long as files are in them.
    """
    return await team_files.list_entries(
        house, actor, team, folder=folder, whole_tree=whole_tree, cursor=cursor, limit=limit
    )


@operation("GET", ONE, scope="team-files:read", tags=TAGS)
async def get_team_file(team: str, file_id: UUID, actor: Actor, house: House) -> TeamFile:
    """Read what is known of a file, one in the trash too."""
    return await team_files.get_file(house, actor, team, file_id)


@operation("GET", f"{ONE}/versions", scope="team-files:read", tags=TAGS)
async def list_team_file_versions(
    team: str, file_id: UUID, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[TeamFileVersion]:
    """List a file's versions, newest first."""
    return await team_files.list_versions(house, actor, team, file_id, cursor=cursor, limit=limit)


@operation("GET", f"{ONE}/content", scope="team-files:read", problems=(409,), status=302, tags=TAGS)
async def get_team_file_content(
    team: str,
    file_id: UUID,
    actor: Actor,
    house: House,
    version: Annotated[
        int | None, Parameter(ge=1, le=2**31 - 1, description="Which version; left out: the newest.")
    ] = None,
) -> Redirect:
    """Go to a version's bytes: a short-lived address at the object store that takes Range."""
    return Redirect(await team_files.content_address(house, actor, team, file_id, version), status_code=302)


@operation("POST", f"{FILES}/move", scope="team-files:write", status=200, tags=TAGS)
async def move_team_files(team: str, data: Move, actor: Actor, house: House) -> Changed:
    """Give a file or folder another path; nothing is overwritten."""
    return await team_files.move(house, actor, team, data)


@operation("POST", f"{FILES}/trash", scope="team-files:write", status=200, tags=TAGS)
async def trash_team_files(team: str, data: Trashing, actor: Actor, house: House) -> Changed:
    """Put files and folders into the trash, from which they can be restored for a while."""
    return await team_files.trash(house, actor, team, data)


@operation("POST", f"{ONE}/restore", scope="team-files:write", status=200, tags=TAGS)
async def restore_team_file(team: str, file_id: UUID, data: Restoration, actor: Actor, house: House) -> TeamFile:
    """Bring a file back from the trash, or an older version of it, as a new one."""
    return await team_files.restore(house, actor, team, file_id, data)


@operation("GET", f"{TEAM}/trash", scope="team-files:read", tags=TAGS)
async def list_team_trash(
    team: str,
    actor: Actor,
    house: House,
    path: Annotated[str | None, Parameter(max_length=4096, description="Only what lay there.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[TeamFile]:
    """List a team's trash, what went there last first."""
    return await team_files.list_trash(house, actor, team, path=path, cursor=cursor, limit=limit)


@operation("POST", f"{TEAM}/trash/restore", scope="team-files:write", status=200, tags=TAGS)
async def restore_team_folder(team: str, data: FolderToRestore, actor: Actor, house: House) -> Restored:
    """Bring back from the trash what lay below a folder.

    Of each path comes back what went into the trash last, unless something else is in its place by now.
    """
    return await team_files.restore_folder(house, actor, team, data.path)


@operation("POST", f"{TEAM}/trash/empty", scope="team-files:empty", status=200, tags=TAGS)
async def empty_team_trash(team: str, actor: Actor, house: House) -> Changed:
    """Remove what is in a team's trash for good, with all versions."""
    return await team_files.empty_trash(house, actor, team)


@operation("GET", f"{TEAM}/storage", scope="teams:read", tags=TAGS)
async def get_team_storage(team: str, actor: Actor, house: House) -> TeamStorage:
    """Count a team's own files, and what they store at the organisation that hosts it."""
    return await team_files.get_storage(house, actor, team)


HANDLERS = [
    list_team_files,
    get_team_file,
    list_team_file_versions,
    get_team_file_content,
    move_team_files,
    trash_team_files,
    restore_team_file,
    list_team_trash,
    restore_team_folder,
    empty_team_trash,
    get_team_storage,
]
