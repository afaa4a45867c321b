"""Embargoes: the time in which data is its observatory's alone."""

from __future__ import annotations

from domain.errors import Conflict

__all__ = ["LONGEST_DAYS", "UnderEmbargo"]

LONGEST_DAYS = 36_525
"A hundred years."


class UnderEmbargo(Conflict):
    """Something would be shown to more people than an embargo lets see it."""

    code = "under-embargo"
    title = "Some of it is under embargo"
