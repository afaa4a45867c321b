"""Dates, times of day and day numbers as headers write them, and the time scales they are told in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import erfa

__all__ = ["ParsedDate", "from_day_number", "parse_date", "parse_time_of_day", "to_utc"]


class ParsedDate(NamedTuple):
    """A date read from a text: ``moment`` is naive, on the scale that ``scale`` names (None: the text names none)."""

    moment: datetime
    has_time: bool
    scale: str | None = None
    two_digit_year: bool = False


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_CLOCK = r"\d{1,2}:\d{1,2}(?::\d{1,2}(?:[.,]\d*)?)?"
_DATE = re.compile(
    rf"""(?:(?P<y>\d{{4}})(?P<sep>[-/.\ ])(?P<m>\d{{1,2}}|[a-z]{{3}})(?P=sep)(?P<d>\d{{1,2}})
       |(?P<cy>\d{{4}})(?P<cm>\d\d)(?P<cd>\d\d)
       |(?P<ed>\d{{1,2}})(?P<esep>[-/.\ ])(?P<em>\d{{1,2}}|[a-z]{{3}})(?P=esep)(?P<ey>\d{{4}}|\d\d))
     (?:(?:\s*T\s*|[\s_]+)(?P<clock>{_CLOCK}))?T?
     [\s_]*(?P<zone>Z|GMT|UTC?|UT1|TAI|TT|TDB|[+-]\d\d:?\d\d)?""",
    re.VERBOSE | re.IGNORECASE,
)
_TIME_OF_DAY = re.compile(rf"(?P<clock>{_CLOCK})[\s_]*(?:Z|GMT|UTC?|UT1|TAI|TT)?", re.IGNORECASE)


def _clock_to_delta(clock: str) -> timedelta | None:
    hours, minutes, seconds = [*clock.replace(",", ".").split(":"), "0"][:3]
    h, m, s = int(hours), int(minutes), float(seconds)
    # A second of 60 is a leap second, 24:00:00 the end of the day: both roll over.
    if m > 59 or s >= 61 or h > 24 or (h == 24 and (m or s)):
        return None
    return timedelta(hours=h, minutes=m, seconds=s)


@lru_cache(maxsize=4096)
def parse_date(text: str) -> ParsedDate | None:
    """Read a date, with or without a time of day.

    Understands ISO 8601 with any digits of seconds (``2002-01-28T02:45:1.875``, a trailing ``Z`` or offset), the old
    FITS ``30/04/97 GMT`` (its two-digit years are 19xx: FITS standard 4.0, 4.4.2.1), ``19930417``, ``2002/05/21``,
    ``2010.07.27_00:09:05_TAI``, ``27-Jul-2010`` and a blank before the T.

    Parameters
    ----------
    text : str
        A header's text.

    Returns
    -------
    ParsedDate or None
        None where the text is no date (month 13, hour 25).
    """
    if len(text) >= 19 and text[4] == "-" and text[10] in "T " and text[13] == ":":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            if moment.tzinfo is None:
                return ParsedDate(moment, has_time=True)
            try:
                return ParsedDate(moment.astimezone(UTC).replace(tzinfo=None), has_time=True, scale="UTC")
            except OverflowError:
                return None
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = match["y"] or match["cy"] or match["ey"], match["m"] or match["cm"] or match["em"], match["d"]
    two_digits = len(year) == 2
    try:
        return _assemble(
            int(year) + (1900 if two_digits else 0),
            int(month) if month.isdigit() else _MONTHS.index(month.lower()) + 1,
            int(day or match["cd"] or match["ed"]),
            match["clock"],
            match["zone"],
            two_digits=two_digits,
        )
    except (ValueError, OverflowError):
        return None


def _assemble(
    year: int, month: int, day: int, clock: str | None, zone: str | None, *, two_digits: bool
) -> ParsedDate | None:
    moment = datetime(year, month, day)
    if clock is not None:
        since_midnight = _clock_to_delta(clock)
        if since_midnight is None:
            return None
        moment += since_midnight
    scale = None
    if zone and zone[0] in "+-":
        moment -= int(zone[0] + "1") * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        scale = "UTC"
    elif zone:
        scale = "UTC" if zone.upper() in ("Z", "GMT") else zone.upper()
    return ParsedDate(moment, clock is not None, scale, two_digits)


@lru_cache(maxsize=4096)
def parse_time_of_day(text: str) -> timedelta | None:
    """Read ``hh:mm``, ``hh:mm:ss`` or ``h:m:s.sss`` as the time since midnight; None for anything else."""
    match = _TIME_OF_DAY.fullmatch(text.strip())
    return _clock_to_delta(match["clock"]) if match else None


_MJD_ZERO = datetime(1858, 11, 17)


def from_day_number(days: float) -> ParsedDate | None:
    """Turn a Modified Julian Date or a Julian Date, told apart by size, into a date.

    Returns
    -------
    ParsedDate or None
        Without a time where the MJD is a whole number of days; None outside MJD 10,000-200,000 (years 1886-2406).
    """
    mjd = days - 2_400_000.5 if days > 1_000_000 else days
    if not 10_000 <= mjd < 200_000:
        return None
    return ParsedDate(_MJD_ZERO + timedelta(days=mjd), has_time=not float(mjd).is_integer())


# TT - TAI and TAI - GPS: IAU 1991 resolution A4; IS-GPS-200. TCG and TCB rates: IAU 2000 B1.9, 2006 B3.
_AHEAD_OF_TAI_S = {"TAI": 0.0, "IAT": 0.0, "TT": 32.184, "TDT": 32.184, "ET": 32.184, "TDB": 32.184, "GPS": -19.0}
_RATE = {"TCG": 6.969290134e-10, "TCB": 1.550519768e-8}
_RATE_ORIGIN = datetime(1977, 1, 1)


@lru_cache(maxsize=256)
def _scale_name(scale: str) -> str:
    name = scale.strip().upper().split("(")[0].strip()
    return "UTC" if name.startswith(("UT", "GMT")) or name == "Z" else name


def to_utc(moment: datetime, scale: str) -> datetime | None:
    """Turn a moment on a named time scale into UTC.

    UT1 is taken for UTC (they differ by less than 0.9 s), TDB for TT (2 ms), ET likewise.

    Parameters
    ----------
    moment : datetime
        Naive, on ``scale``.
    scale : str
        A value of TIMESYS: ``UTC``, ``UT1``, ``TAI``, ``TT``, ``TDB``, ``GPS``, ``TCG``, ``TCB``, ``UTC (TBR)``...

    Returns
    -------
    datetime or None
        Aware, UTC; None where the scale is not known. Good to 1 s inside a leap second, else to 1 microsecond.

    Source
    ------
    Leap seconds: ERFA's table (``eraDat``).
    """
    name = _scale_name(scale)
    if name == "UTC":
        return moment.replace(tzinfo=UTC)
    try:
        if name in _RATE:
            moment -= (moment - _RATE_ORIGIN) * _RATE[name]
            name = "TT"
        ahead_s = _AHEAD_OF_TAI_S.get(name)
        if ahead_s is None:
            return None
        tai = moment - timedelta(seconds=ahead_s)
        utc = tai - timedelta(seconds=_leap_s(tai))
        return (tai - timedelta(seconds=_leap_s(utc))).replace(tzinfo=UTC)
    except OverflowError:
        return None


def _leap_s(moment: datetime) -> float:
    """TAI - UTC in seconds, 0 before 1960."""
    fraction = (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(days=1)
    offset_s, _status = erfa.ufunc.dat(moment.year, moment.month, moment.day, fraction)
    return float(offset_s)
