"""A person's own files over HTTP: only where they are kept; the rest are a team's operations, with ``~me`` for it."""

from __future__ import annotations

from service.actions import own_files
from service.actions.own_files import OwnFiles, OwnFilesHost
from service.house import Actor, House
from service.routing import operation

__all__ = ["HANDLERS"]


@operation("POST", "/me/files", scope="team-files:write", status=200, problems=(404, 409), tags=["team files"])
async def open_own_files(data: OwnFilesHost, actor: Actor, house: House) -> OwnFiles:
    """Let an organisation keep one's own files, before the first one is sent; safe to repeat.

    Then they are read and written by the operations of a team's files, uploads, trash and storage, with `~me` for the
    team. Nobody else reaches them; they count in what the organisation stores. Before that there are none to read.
    """
    return await own_files.open_own_files(house, actor, data)


HANDLERS = [open_own_files]
