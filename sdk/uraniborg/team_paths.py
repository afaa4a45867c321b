"""Writing in the tree: only into one's own files and those of teams, as whole versions."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uraniborg.errors import TransferFailed, error_for
from uraniborg.team_files import put_team_files

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["OWN_FILES", "move", "put", "split", "trash"]

OWN_FILES = "~me"
"What the service calls one's own files where it asks for a team."
STATUSES = {
    "path-taken": 409,
    "version-conflict": 409,
    "over-quota": 413,
    "not-allowed": 403,
    "not-sent": 503,
    "not-announced": 503,
}
"What a file's fate would be as an answer of the service: 503 where the object store has no time or room."
BROKEN_OFF = ("changed", "unreadable", "checksum-mismatch", "size-mismatch")
"What the next attempt need not meet."


def split(path: str) -> tuple[str, str]:
    """Split the path of a team's file into team and path there; of one's own file, ``~me`` stands for the team.

    Raises
    ------
    OSError
        EROFS: nothing else can be written.
    """
    steps = [step for step in path.split("/") if step]
    if steps[:1] == ["me"]:
        return OWN_FILES, "/".join(steps[1:])
    if len(steps) < 3 or steps[0] != "team" or steps[2] != "files":
        where = "/me/..., /team/<team>/files/..."
        raise OSError(errno.EROFS, f"Only your own files and those of teams can be written: {where}", path)
    return steps[1], "/".join(steps[3:])


def put(client: Client, source: Path, path: str, *, patience_s: float | None = None) -> None:
    """Send a file to its path as a new version; the source must have the path's name.

    Parameters
    ----------
    patience_s : float, optional
        As of `put_team_files`.

    Raises
    ------
    UraniborgError, OSError
        It is not stored.
    """
    team, inside = split(path)
    if not inside:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    report: Any = put_team_files(client, source, team, folder=inside.rpartition("/")[0], patience_s=patience_s)
    for fate in report.failed:
        if fate.code in BROKEN_OFF:
            raise TransferFailed(fate.reason, type=f"/problems/{fate.code}")
        status = STATUSES.get(fate.code, 400)
        raise error_for(status, {"detail": fate.reason, "type": f"/problems/{fate.code}"})
    if not report.files:
        raise OSError(errno.EIO, "Nothing was sent.", path)


def trash(client: Client, path: str, *, is_folder: bool = False) -> None:
    """Put a file, or a folder with all below it, into the trash."""
    team, inside = split(path)
    client.call("trash_team_files", team=team, files=[{"path": inside or "/"}], folders=is_folder)


def move(client: Client, path: str, to: str) -> None:
    """Give a file or folder another path in the same team, or among one's own; nothing is overwritten.

    Raises
    ------
    OSError
        EXDEV: it would go to another team, or between one and one's own files.
    """
    (team, inside), (other, there) = split(path), split(to)
    if team != other:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), path)
    client.call("move_team_files", team=team, path=inside, to=there)
