"""Teams: people of several organisations around shared data and files of their own."""

from __future__ import annotations

from domain.errors import Conflict

__all__ = ["LastManager", "TeamHasFiles", "VersionConflict"]


class LastManager(Conflict):
    """A team always has a manager."""

    code = "last-manager"
    title = "A team always has a manager"


class TeamHasFiles(Conflict):
    """A team that ends takes its files with it: they are put away first, by somebody who means it."""

    code = "team-has-files"
    title = "The team still has files"


class VersionConflict(Conflict):
    """Somebody else changed the file since it was read."""

    code = "version-conflict"
    title = "The file is at another version"
