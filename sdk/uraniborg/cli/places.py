"""Which telescope and which night are meant, as people leave it out at 3 a.m."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from uraniborg.cli.command import Session

__all__ = ["moment_of_night", "night_argument", "the_night", "the_telescope"]

F = TypeVar("F", bound=Callable[..., Any])


def night_argument(function: F) -> F:
    """Take NIGHT as an argument, or as the option that it is where something else is the argument."""

    @functools.wraps(function)
    def call(*args: Any, night: str | None, the_evening: str | None, **values: Any) -> Any:
        if night and the_evening and night != the_evening:
            raise click.UsageError(f"Which night: {night} or {the_evening}?")
        return function(*args, night=night or the_evening, **values)

    option = click.option("--night", "-N", "the_evening", metavar="DATE", help="The same as NIGHT.")
    return cast(F, click.argument("night", required=False)(option(call)))


def the_telescope(session: Session, telescope: str | None, night: date | None = None) -> str:
    """Find the telescope meant: the one given, the only one there is, or the only one that worked that night."""
    if telescope:
        return telescope
    telescopes = [t.slug for t in session.pages("list_telescopes", 2)]
    if len(telescopes) > 1 and night is not None:
        worked = session.pages("list_nights", 0, first=night, last=night)
        telescopes = sorted({n.telescope for n in worked}) or telescopes
    if not telescopes:
        raise click.UsageError("There are no telescopes yet. Add one: uraniborg telescope add --help")
    if len(telescopes) > 1:
        raise click.UsageError(f"Which telescope? Give --telescope: {', '.join(telescopes)} ...")
    return str(telescopes[0])


def the_night(session: Session, night: str | None, telescope: str | None) -> date:
    """Read a night's name; left out or ``tonight`` is the one that lasts now, at the telescope's site."""
    if night and night not in ("tonight", "yesterday"):
        try:
            return date.fromisoformat(night)
        except ValueError as error:
            raise click.UsageError(f"{night!r} is no night: name it by its evening's date, as 2026-11-20.") from error
    zone: Any = UTC
    slug = the_telescope(session, telescope)
    site = session.client.get_site(session.client.get_telescope(slug).site)
    try:
        zone = ZoneInfo(site.time_zone)
    except (ZoneInfoNotFoundError, ValueError):  # a computer without the table of zones
        zone = UTC
    # A night lasts from noon to noon: until noon it is still called by yesterday's date.
    tonight = (datetime.now(zone) - timedelta(hours=12)).date()
    return tonight - timedelta(days=1) if night == "yesterday" else tonight


def moment_of_night(text: str, start_at: datetime, end_at: datetime) -> datetime:
    """Read a time, UTC: complete, or the time of day within a night.

    Raises
    ------
    click.UsageError
        It cannot be read, or there is no such moment in the night.
    """
    try:
        if len(text) > 8:
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        clock = datetime.strptime(text, "%H:%M:%S" if text.count(":") == 2 else "%H:%M").time()
    except ValueError as error:
        raise click.UsageError(f"{text!r} is no time: write 22:10, 22:10:30 or 2026-11-20T22:10, UTC.") from error
    first = start_at.astimezone(UTC).date()
    for day in (first, first + timedelta(days=1)):
        moment = datetime.combine(day, clock, tzinfo=UTC)
        if start_at <= moment < end_at:
            return moment
    raise click.UsageError(f"{text} UTC is not within the night, {start_at:%Y-%m-%d %H:%M} to {end_at:%Y-%m-%d %H:%M}.")
