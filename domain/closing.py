"""Organisations that close: what is refused then, when people are reminded, and when data may be removed at last."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.errors import Conflict

__all__ = ["LEAST_WARNING", "OrganisationClosed", "is_reminder_due", "may_remove", "refuse_closed"]

REMIND_BEFORE = (timedelta(days=7), timedelta(days=1))
LEAST_WARNING = timedelta(days=1)
"Between the last reminder and the removal, however late that was sent."


class OrganisationClosed(Conflict):
    code = "organisation-closed"
    title = "The organisation is closed"


def refuse_closed(closed_at: datetime | None, removal_at: datetime | None) -> None:
    """Refuse what changes an organisation that closed; raises OrganisationClosed."""
    if closed_at is None:
        return
    until = "" if removal_at is None else f" until {removal_at:%Y-%m-%d}"
    raise OrganisationClosed(
        f"This organisation closed on {closed_at:%Y-%m-%d}: nothing new is taken and nothing is changed. What is stored"
        f" can be read, exported and deleted{until}; before that, an owner can reopen it.",
        closed_at=closed_at,
        removal_at=removal_at,
    )


def is_reminder_due(now: datetime, removal_at: datetime, reminded_at: datetime | None) -> bool:
    """Tell whether owners are to be reminded of the removal: once within each span of `REMIND_BEFORE`."""
    passed = [removal_at - span for span in REMIND_BEFORE if removal_at - span <= now]
    return bool(passed) and (reminded_at is None or reminded_at < max(passed))


def may_remove(now: datetime, removal_at: datetime, reminded_at: datetime | None) -> bool:
    """Tell whether the grace is over and the last reminder came long enough before."""
    last = removal_at - min(REMIND_BEFORE)
    return now >= removal_at and reminded_at is not None and last <= reminded_at <= now - LEAST_WARNING
