"""When an exposure began and when its middle was, in UTC, from whichever keywords tell it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.header_dates import ParsedDate, from_day_number, parse_date, parse_time_of_day, to_utc
from domain.header_index import HeaderIndex, parse_number, shown
from domain.site import SitePlace

__all__ = ["DATE_KEYWORDS", "DAY_NUMBER_KEYWORDS", "TIME_KEYWORDS", "find_midpoint", "find_start", "tell_blank_date"]

#: Dates of the start. DATE-BEG comes first: DATE-OBS may be a middle or a reference time (FITS standard 4.0, 9.5).
DATE_KEYWORDS = (
    "DATE-BEG", "DATE-OBS", "DATE_OBS", "DATE_BEG", "DATEOBS", "TDATEOBS", "OBS-DATE", "OBSDATE", "DATE-STA", "UTDATE",
    "T_OBS",
)  # fmt: skip

#: Times of day, for dates that have none. Those that name the start come before those that name a time only.
TIME_KEYWORDS = (
    "UTSTART", "UT-STR", "UTSHUT", "UTC-STR", "TIME-BEG", "TIME_BEG", "TAIHMS", "TIME-OBS", "TIME_OBS", "TTIMEOBS",
    "UTC-OBS", "UT-OBS", "TIMEOBS", "UTIME", "UT", "UTC", "TM-START", "TIME", "OBS-TIME", "OPENTIME",
)  # fmt: skip

#: Modified Julian Dates and Julian Dates of the start.
DAY_NUMBER_KEYWORDS = (
    "MJD-BEG", "MJD-OBS", "MJD_OBS", "MJD-STR", "MJDSTART", "MJD-STRT", "EXPSTART", "TEXPSTRT", "OBSMJD", "MJDATE",
    "JD-OBS", "JD_OBS", "JD-BEG", "OBSJD", "JD", "MJD",
)  # fmt: skip

_TAI = re.compile(r"\bTAI\b")  # not in OBTAINED
_UTC = re.compile(r"\bUTC?\b")
_LOCAL = re.compile(r"\blocal\b", re.IGNORECASE)
_DAY_AND_A_HALF = timedelta(hours=36)


def find_start(
    index: HeaderIndex,
    site: SitePlace | None,
    plausible: tuple[datetime, datetime | None],
    owners_keywords: Sequence[str] = (),
) -> tuple[datetime, str] | None:
    """Find the start of an exposure.

    A date without a time takes it from a keyword of its own (UTSTART, TIME-OBS, UT...), else from an MJD or JD of the
    same day; without any of them it is midnight, and the problem ``time-missing`` says so. Dates that cannot be read
    add ``bad-date`` and the next keyword is tried. TIMESYS tells the scale; without it a comment that names TAI does.
    A local date (DATE-LOC) is used last, and only where the site's time zone is known.

    Parameters
    ----------
    index : HeaderIndex
        Gets the problems.
    site : SitePlace or None
        For local dates.
    plausible : tuple of (datetime, datetime or None)
        Outside of these the date is kept, with the problem ``implausible-date``.
    owners_keywords : sequence of str
        When given, only these are looked at for the date; they may name dates, times of day, day numbers, DATE-LOC.

    Returns
    -------
    tuple of (datetime, str) or None
        Aware UTC, and the cards: ``DATE-OBS@0``, ``DATE-OBS@0+UT@0``.
    """
    dates: Sequence[str] = [k for k in owners_keywords if k != "DATE-LOC"] if owners_keywords else DATE_KEYWORDS
    times = (*owners_keywords, *TIME_KEYWORDS) if owners_keywords else TIME_KEYWORDS
    numbers: Sequence[str] = owners_keywords or DAY_NUMBER_KEYWORDS
    found = _from_dates(index, dates, times, numbers) or _from_numbers(index, numbers)
    if found is None and site is not None and (not owners_keywords or "DATE-LOC" in owners_keywords):
        found = _from_local(index, site)
    if found is not None:
        _judge(index, *found, plausible)
    return found


def tell_blank_date(index: HeaderIndex) -> None:
    """Add the problem ``date-missing`` where a card is there for the start, and says nothing.

    For headers of which `find_start` made nothing. Where there is no such card either, nobody meant to tell; and of one
    that cannot be read it has told already.
    """
    if any(problem.code == "bad-date" for problem in index.problems):
        return
    blank = next((keyword for keyword in DATE_KEYWORDS if index.says_nothing(keyword)), None)
    if blank is not None:
        index.tell(
            "date-missing",
            blank,
            f"{blank} is blank, and no other keyword tells a start in UTC: the frame is in no night. If one does, name"
            " it in the instrument's mapping.",
        )


def _judge(index: HeaderIndex, start: datetime, source: str, plausible: tuple[datetime, datetime | None]) -> None:
    earliest, latest = plausible
    if start < earliest or (latest is not None and start > latest):
        bounds = f"after {earliest:%Y-%m-%d}" + (f" and before {latest:%Y-%m-%d}" if latest else "")
        index.tell(
            "implausible-date",
            source,
            f"{source} tells a start at {start.isoformat()}; a frame of a telescope is expected {bounds}. It was kept.",
        )


def _read_date(index: HeaderIndex, keyword: str) -> ParsedDate | None:
    entry = index.entries.get(keyword)
    if entry is None:
        return None
    value = entry[0]
    parsed = None
    if isinstance(value, str):
        text = index.text(keyword)
        if text is None:
            return None
        parsed = parse_date(text)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        parsed = parse_date(str(value)) or (from_day_number(value) if abs(value) < 1e7 else None)
    if parsed is None and not (isinstance(value, str) and _is_time_or_number(value)):
        index.tell(
            "bad-date", keyword, f"{keyword} is {shown(value)}, which is no date; other keywords were tried instead."
        )
    return parsed


def _is_time_or_number(text: str) -> bool:
    """Owners list times of day and day numbers among their date keywords: those are no bad dates."""
    if parse_time_of_day(text) is not None:
        return True
    try:
        return from_day_number(parse_number(text) or 0.0) is not None
    except ValueError:
        return False


def _scale(index: HeaderIndex, keyword: str, named: str | None = None) -> str:
    if named:
        return named
    _value, hdu, comment = index.entries[keyword]
    timesys = index.beside("TIMESYS", hdu)
    if isinstance(timesys, str) and timesys.strip():
        return timesys
    says_tai = _TAI.search(comment) and not _UTC.search(comment)
    return "TAI" if says_tai or keyword.startswith("TAI") else "UTC"


def _in_utc(index: HeaderIndex, moment: datetime, keyword: str, scale: str) -> datetime:
    start = to_utc(moment, scale)
    if start is None:
        index.tell(
            "time-scale-unknown", "TIMESYS", f"TIMESYS is {scale!r}, which is no time scale; {keyword} was read as UTC."
        )
        start = moment.replace(tzinfo=UTC)
    return start


def _tell_if_local(index: HeaderIndex, keyword: str) -> None:
    comment = index.entries[keyword][2]
    if _LOCAL.search(comment) and not _UTC.search(comment):
        index.tell(
            "local-time",
            keyword,
            f"{keyword} is said to be local time, and was read as UTC: a time_offset_s in the instrument's mapping"
            " mends it.",
        )


def _from_dates(
    index: HeaderIndex, dates: Sequence[str], times: Sequence[str], numbers: Sequence[str]
) -> tuple[datetime, str] | None:
    day: datetime | None = None
    day_keyword = ""
    for keyword in dates:
        if keyword not in index.entries:
            continue
        parsed = _read_date(index, keyword)
        if parsed is None:
            continue
        moment = _this_century(index, parsed) if parsed.two_digit_year else parsed.moment
        if parsed.has_time:
            _tell_if_local(index, keyword)
            return _in_utc(index, moment, keyword, _scale(index, keyword, parsed.scale)), index.source(keyword)
        if day is None:
            day, day_keyword = moment, keyword
    if day is None:
        return None
    return _with_time(index, day, day_keyword, times, numbers)


def _with_time(
    index: HeaderIndex, day: datetime, day_keyword: str, times: Sequence[str], numbers: Sequence[str]
) -> tuple[datetime, str]:
    """Find the time of day for a date that has none."""
    hdu = index.entries[day_keyword][1]
    for keyword in times:
        entry = index.entries.get(keyword)
        if entry is None or entry[1] not in (0, hdu):
            continue
        moment = _time_on(index, keyword, day)
        if moment is None:
            continue
        _tell_if_local(index, keyword)
        if keyword.startswith("UT"):
            scale = "UTC"
        else:
            scale = "TAI" if keyword.startswith("TAI") else _scale(index, day_keyword)
        return _in_utc(index, moment, keyword, scale), f"{index.source(day_keyword)}+{index.source(keyword)}"
    for keyword in numbers:
        number = _day_number(index, keyword)
        if number and number.has_time and -_DAY_AND_A_HALF < number.moment - day < _DAY_AND_A_HALF:
            return _in_utc(index, number.moment, keyword, _scale(index, keyword)), index.source(keyword)
    index.tell(
        "time-missing",
        day_keyword,
        f"{day_keyword} is a date without a time, and no keyword tells one: 00:00 was taken.",
    )
    return _in_utc(index, day, day_keyword, _scale(index, day_keyword)), index.source(day_keyword)


def _time_on(index: HeaderIndex, keyword: str, day: datetime) -> datetime | None:
    value = index.entries[keyword][0]
    if isinstance(value, str):
        since_midnight = parse_time_of_day(value)
        if since_midnight is not None:
            return day + since_midnight
        moment = parse_date(value.strip())
        if moment and moment.has_time and -_DAY_AND_A_HALF < moment.moment - day < _DAY_AND_A_HALF:
            return moment.moment
        return None
    # ESO's UTC and TM-START count seconds since midnight; small numbers might be hours, so they are left alone.
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 24 < value < 86400:
        return day + timedelta(seconds=value)
    return None


def _day_number(index: HeaderIndex, keyword: str) -> ParsedDate | None:
    if keyword not in index.entries:
        return None
    value = index.entries[keyword][0]
    if isinstance(value, str) and (parse_date(value.strip()) or parse_time_of_day(value)):
        return None  # one of the owner's keywords: a date, not a number of days
    number = index.number(keyword)
    return from_day_number(number) if number else None


def _this_century(index: HeaderIndex, parsed: ParsedDate) -> datetime:
    """Undo 19xx where an MJD or JD of the same header puts the date a hundred years later."""
    for keyword in DAY_NUMBER_KEYWORDS:
        number = _day_number(index, keyword)
        if number and abs(number.moment - parsed.moment - timedelta(days=36525)) < timedelta(days=2):
            return parsed.moment.replace(year=parsed.moment.year + 100)
    return parsed.moment


def _from_numbers(index: HeaderIndex, numbers: Sequence[str]) -> tuple[datetime, str] | None:
    for keyword in numbers:
        number = _day_number(index, keyword)
        if number is None:
            continue
        if not number.has_time:
            index.tell("time-missing", keyword, f"{keyword} is a whole number of days: 00:00 was taken.")
        return _in_utc(index, number.moment, keyword, _scale(index, keyword)), index.source(keyword)
    return None


def _from_local(index: HeaderIndex, site: SitePlace) -> tuple[datetime, str] | None:
    parsed = _read_date(index, "DATE-LOC")
    if parsed is None or not parsed.has_time:
        return None
    local = parsed.moment.replace(tzinfo=ZoneInfo(site.time_zone))
    return local.astimezone(UTC), index.source("DATE-LOC")


def find_midpoint(
    index: HeaderIndex, start: datetime, start_source: str, exposure_s: float | None, exposure_source: str
) -> tuple[datetime, str] | None:
    """Find the middle of an exposure.

    DATE-AVG, MJD-AVG or EXPMID tell it. Else it is half the exposure after the start; but where the end (DATE-END,
    MJD-END, EXPEND) is so late that the file must hold several exposures, half way to that end. (An end that is merely
    late counts the readout, and would shift the middle.)

    Returns
    -------
    tuple of (datetime, str) or None
        Aware UTC, and the cards; None where there is neither middle, exposure nor end.
    """
    for keyword in ("DATE-AVG", "DATE-MID", "MJD-AVG", "MJD-MID", "EXPMID"):
        told = _moment_of(index, keyword)
        if told is not None and told >= start:
            return told, index.source(keyword)
    end, end_source = None, ""
    for keyword, time_keyword in (("DATE-END", "TIME-END"), ("MJD-END", ""), ("EXPEND", "")):
        end = _moment_of(index, keyword, time_keyword)
        if end is not None and end >= start:
            end_source = index.source(keyword)
            break
        end = None
    if exposure_s is None:
        return (start + (end - start) / 2, f"{start_source}+{end_source}") if end else None
    if end and (end - start).total_seconds() > 1.5 * exposure_s + 60.0:
        return start + (end - start) / 2, f"{start_source}+{end_source}"
    try:
        return start + timedelta(seconds=exposure_s / 2), f"{start_source}+{exposure_source}"
    except OverflowError:
        return None


def _moment_of(index: HeaderIndex, keyword: str, time_keyword: str = "") -> datetime | None:
    if keyword not in index.entries:
        return None
    value = index.entries[keyword][0]
    parsed = parse_date(value.strip()) if isinstance(value, str) else _day_number(index, keyword)
    if parsed is None:
        return None
    moment = parsed.moment
    if not parsed.has_time:
        later = _time_on(index, time_keyword, moment) if time_keyword in index.entries else None
        if later is None:
            return None
        moment = later
    return to_utc(moment, _scale(index, keyword, parsed.scale))
