"""Teams: people of several organisations around shared data."""

from __future__ import annotations

from domain.errors import Conflict

__all__ = ["LastManager"]


class LastManager(Conflict):
    """A team always has a manager."""

    code = "last-manager"
    title = "A team always has a manager"
