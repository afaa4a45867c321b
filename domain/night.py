"""A night: local noon to next noon at a site, named by its evening date."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from domain.errors import InvalidInput

__all__ = ["Night", "bounds", "night_of"]

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_ONE_DAY = timedelta(days=1)


class Night(msgspec.Struct, frozen=True, order=True):
    """A night, by the date of its evening at the site.

    ``Night.parse("2026-11-20")`` lasts from noon of the 20th to noon of the 21st, in the site's time zone.
    """

    evening: date

    @classmethod
    def parse(cls, text: str) -> Night:
        """Read ``2026-11-20``.

        Raises
        ------
        InvalidInput
            The text is no such date.
        """
        if _ISO.fullmatch(text):
            try:
                return cls(date.fromisoformat(text))
            except ValueError:
                pass
        raise InvalidInput(f"{text!r} is no night. Give its evening date as 2026-11-20.", night=text)

    def __str__(self) -> str:
        return self.evening.isoformat()

    def next(self) -> Night:
        """Return the night after this one."""
        return self.shifted(1)

    def previous(self) -> Night:
        """Return the night before this one."""
        return self.shifted(-1)

    def shifted(self, nights: int) -> Night:
        """Return the night that many nights later (earlier, when negative).

        Raises
        ------
        InvalidInput
            It would lie outside the years 1 to 9999.
        """
        try:
            return Night(self.evening + timedelta(days=nights))
        except OverflowError:
            raise InvalidInput(f"There is no night {nights} nights from {self}.", night=str(self)) from None


@lru_cache(maxsize=256)
def _zone(time_zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"{time_zone!r} is no IANA time zone, such as America/Santiago.", time_zone=time_zone
        ) from None


@lru_cache(maxsize=4096)
def _noon(day: date, time_zone: str) -> datetime:
    """The first instant at or after local noon, UTC.

    Noon is read with fold 0. Where the clocks were moved over noon itself (or a whole day was left out, as in Samoa in
    December 2011), zoneinfo reads a wall time that never was with the offset before the gap; that instant still orders
    between its neighbours, which is all the tiling of nights needs.
    """
    return datetime.combine(day, time(12), tzinfo=_zone(time_zone)).astimezone(UTC)


def night_of(moment_utc: datetime, time_zone: str) -> Night:
    """Tell the night that an instant belongs to.

    Every instant belongs to exactly one night; noon itself begins the new one.

    Parameters
    ----------
    moment_utc : datetime
        Aware.
    time_zone : str
        The site's IANA zone.

    Returns
    -------
    Night

    Raises
    ------
    InvalidInput
        The moment is naive, the zone unknown, or the date outside the years 2 to 9998.
    """
    if moment_utc.tzinfo is None:
        raise InvalidInput("The moment has no time zone. Give UTC, as 2026-11-20T22:15:00Z.")
    if not 2 <= moment_utc.year <= 9998:
        raise InvalidInput(f"There are no nights in the year {moment_utc.year}.")
    # The local date is a first guess only: on days that were left out or lived twice, the bounds decide.
    day = moment_utc.astimezone(_zone(time_zone)).date() + _ONE_DAY
    while _noon(day, time_zone) > moment_utc:
        day -= _ONE_DAY
    return Night(day)


def bounds(night: Night, time_zone: str) -> tuple[datetime, datetime]:
    """Tell when a night begins and ends.

    Parameters
    ----------
    night : Night
    time_zone : str
        The site's IANA zone.

    Returns
    -------
    tuple of (datetime, datetime)
        Aware UTC: the first instant of the night, and the first instant after it. 24 h apart, 23 or 25 where the
        clocks change in between.

    Raises
    ------
    InvalidInput
        The zone is unknown, or the night lies outside the years 2 to 9998.
    """
    if not 2 <= night.evening.year <= 9998:
        raise InvalidInput(f"There are no nights in the year {night.evening.year}.", night=str(night))
    return _noon(night.evening, time_zone), _noon(night.evening + _ONE_DAY, time_zone)
