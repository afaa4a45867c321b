"""The rules of a night log: what an entry may say, and when a log takes one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, get_args

from domain.errors import Conflict, InvalidInput
from domain.night import Night

__all__ = [
    "CATEGORIES",
    "LEVELS",
    "Category",
    "Level",
    "NightLogOpen",
    "NightLogSigned",
    "NightNotOver",
    "StaleRevision",
    "TimeLostKind",
    "check_occurred_at",
    "check_tags",
    "check_text",
    "check_time_lost",
]

Level = Literal["info", "warning", "problem"]
Category = Literal["observing", "weather", "fault", "calibration", "maintenance", "safety", "administration", "other"]
TimeLostKind = Literal["weather", "fault", "other"]

LEVELS: tuple[str, ...] = get_args(Level)
CATEGORIES: tuple[str, ...] = get_args(Category)


class NightLogSigned(Conflict):
    """A signed log takes no more entries; an admin may reopen it."""

    code = "night-log-signed"
    title = "Night log is signed"


class NightLogOpen(Conflict):
    """There is nothing to reopen."""

    code = "night-log-open"
    title = "Night log is open"


class NightNotOver(Conflict):
    """A log is signed after its night, unless one insists."""

    code = "night-not-over"
    title = "The night is not over"


class StaleRevision(Conflict):
    """Somebody else changed the entry in between."""

    code = "stale-revision"
    title = "The entry has changed since"


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def check_text(text: str) -> str:
    """Return an entry's text, which must show something.

    Raises
    ------
    InvalidInput
        It is blank, or holds a null character.
    """
    if "\x00" in text:
        raise InvalidInput("The text holds a null character, which cannot be stored: remove it.", field="text")
    if not text.strip():
        raise InvalidInput("An entry may not be blank.", field="text")
    return text


def check_tags(tags: Iterable[str]) -> list[str]:
    """Return tags in lower case, trimmed, once each, sorted.

    Raises
    ------
    InvalidInput
        One of them is blank or holds control characters.
    """
    plain = {" ".join(tag.lower().split()) for tag in tags}
    if any(not tag or not tag.isprintable() for tag in plain):
        raise InvalidInput("A tag may not be blank or hold control characters.", field="tags")
    return sorted(plain)


def check_time_lost(time_lost_s: int, kind: str | None) -> None:
    """Refuse lost time without saying to what.

    Parameters
    ----------
    time_lost_s : int
        Seconds.
    kind : str or None
        One of TimeLostKind.

    Raises
    ------
    InvalidInput
        Time was lost and ``kind`` is None.
    """
    if time_lost_s > 0 and kind is None:
        raise InvalidInput(
            "Say to what the time was lost: give time_lost_kind as weather, fault or other.", field="time_lost_kind"
        )


def check_occurred_at(moment: datetime, night: Night, start: datetime, end: datetime) -> datetime:
    """Return the time of an entry, which must lie within its night.

    Parameters
    ----------
    moment : datetime
        Aware.
    night : Night
        The log's night.
    start, end : datetime
        Its bounds, aware UTC; ``end`` is the first instant after it.

    Raises
    ------
    InvalidInput
        It lies outside; the message names the bounds.
    """
    if not start <= moment < end:
        raise InvalidInput(
            f"{_moment(moment)} is not within the night {night}, which lasts from {_moment(start)} to {_moment(end)}:"
            " give occurred_at, or write to the log of another night.",
            field="occurred_at",
            night=str(night),
            night_start_at=_moment(start),
            night_end_at=_moment(end),
        )
    return moment
