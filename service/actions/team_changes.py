"""Changes of a team's files: refused where somebody was quicker, and told of where people and programs look."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.team import VersionConflict
from service.house import Team
from storage import job_store, team_store

__all__ = ["check_version", "tell_of_files"]


async def tell_of_files(team: Team, kind: str, files: int, *, upload: UUID | None = None, **details: Any) -> None:
    """Note a change in the team's activity, one entry for a batch, and as an event of its host.

    The host hears how many files it was: no path, and nobody's name.

    Parameters
    ----------
    kind : str
        What was done, such as ``files.put``.
    files : int
        How many were changed.
    upload : UUID, optional
        The batch they came in; what of it was noted before is summed up with this.
    **details
        What the team hears besides.
    """
    told = details | {"files": files}
    if told.get("path") == "":
        told["path"] = "/"  # all over the tree
    if upload is None:
        await team_store.add_activity(team.connection, team.team_id, team.actor.name, kind, told)
    else:
        await team_store.add_to_activity(team.connection, team.team_id, team.actor.name, kind, upload, told)
    event = {"team": team.slug, "change": kind.removeprefix("files."), "files": files}
    await job_store.add_event(team.connection, team.organisation_id, "team.files-changed", event)


def check_version(path: str, version: int, expected: int | None) -> None:
    """Refuse to change a file that is not as somebody knows it.

    Parameters
    ----------
    version : int
        It is at, 0 where there is no such file.

    Raises
    ------
    VersionConflict
        It was changed meanwhile.
    """
    if expected is not None and version != expected:
        state = f"is at version {version}" if version else "is not there"
        raise VersionConflict(
            f"{path!r} {state}, and version {expected} was expected: somebody changed it. Get it and look at its"
            " versions, then do it again, expecting what is there.",
            path=path,
            version=version,
            expected_version=expected,
        )
