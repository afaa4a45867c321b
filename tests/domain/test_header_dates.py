"""Dates as headers write them, and time scales, against published epochs and astropy's own arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from astropy.time import Time
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.header_dates import from_day_number, parse_date, parse_time_of_day, to_utc


# The first four forms are FITS standard 4.0, 4.4.2.1 and 9.1.1; the others stand in headers of real instruments.
@pytest.mark.parametrize(
    ("text", "moment", "has_time"),
    [
        ("1996-10-14", datetime(1996, 10, 14), False),
        ("1996-10-14T10:14:36.123", datetime(1996, 10, 14, 10, 14, 36, 123000), True),
        ("14/10/96", datetime(1996, 10, 14), False),
        ("2015-04-05T23:59:60", datetime(2015, 4, 6), True),
        ("30/04/97 GMT", datetime(1997, 4, 30), False),
        ("08/11/51", datetime(1951, 11, 8), False),
        ("30/12/91", datetime(1991, 12, 30), False),
        ("01/06/2012", datetime(2012, 6, 1), False),
        ("19930417", datetime(1993, 4, 17), False),
        ("2002/05/21", datetime(2002, 5, 21), False),
        ("2002-01-28T02:45:1.875", datetime(2002, 1, 28, 2, 45, 1, 875000), True),
        ("2020-05-30T00:22:49.0968820", datetime(2020, 5, 30, 0, 22, 49, 96882), True),
        ("2015-02-19 T11:04:00", datetime(2015, 2, 19, 11, 4), True),
        ("2022-04-26 23:34:35.9010000", datetime(2022, 4, 26, 23, 34, 35, 901000), True),
        ("2018-03-28T18:00", datetime(2018, 3, 28, 18), True),
        ("2018-03-28T18:00:00Z", datetime(2018, 3, 28, 18), True),
        ("2018-03-28T18:00:00+02:00", datetime(2018, 3, 28, 16), True),
        ("2018-03-28T24:00:00", datetime(2018, 3, 29), True),
        ("27-Jul-2010", datetime(2010, 7, 27), False),
        ("2010-Jul-27 01:02:03", datetime(2010, 7, 27, 1, 2, 3), True),
    ],
)
def test_dates_are_read(text: str, moment: datetime, has_time: bool) -> None:
    parsed = parse_date(text)
    assert parsed is not None
    assert (parsed.moment, parsed.has_time) == (moment, has_time)


def test_a_scale_in_the_text_is_kept() -> None:
    parsed = parse_date("2010.07.27_00:09:05_TAI")
    assert parsed is not None
    assert (parsed.moment, parsed.scale) == (datetime(2010, 7, 27, 0, 9, 5), "TAI")


@pytest.mark.parametrize(
    "text",
    [
        "2015-13-39T25:61:00", "2015-02-30", "31/13/96", "tomorrow", "12:00:00", "2015-02-03T25:00:00", "0000-00-00",
        "1", "", "9999-12-31T23:59:60", "0001-01-01T00:00:00+05:00",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(max_size=40))
def test_no_text_makes_the_parsers_fail(text: str) -> None:
    parse_date(text)
    parse_time_of_day(text)


@given(st.datetimes(min_value=datetime(1000, 1, 1)), st.sampled_from(["T", " "]))
def test_iso_dates_come_back(moment: datetime, separator: str) -> None:
    parsed = parse_date(moment.isoformat(sep=separator, timespec="microseconds"))
    assert parsed is not None
    assert (parsed.moment, parsed.has_time, parsed.scale) == (moment, True, None)


def test_times_of_day() -> None:
    assert parse_time_of_day("9:55:10.57") == timedelta(hours=9, minutes=55, seconds=10.57)
    assert parse_time_of_day("02:45:1.875") == timedelta(hours=2, minutes=45, seconds=1.875)
    assert parse_time_of_day("13:24 UT") == timedelta(hours=13, minutes=24)
    assert parse_time_of_day("25:00:00") is None
    assert parse_time_of_day("2015-01-01") is None


# J2000.0 is JD 2451545.0 = MJD 51544.5 (IAU 1976 system of astronomical constants).
@pytest.mark.parametrize("days", [2451545.0, 51544.5])
def test_day_numbers_of_either_kind(days: float) -> None:
    parsed = from_day_number(days)
    assert parsed is not None
    assert (parsed.moment, parsed.has_time) == (datetime(2000, 1, 1, 12), True)


def test_a_whole_mjd_has_no_time_and_nonsense_is_none() -> None:
    day = from_day_number(55359)
    assert day is not None and not day.has_time
    # The last is an MJD-OBS of a real header, and no JD of any observatory.
    assert [from_day_number(days) for days in (0.0, 1e300, -5.0, 2965661.58319866)] == [None] * 4


# IERS Bulletin C 52: TAI - UTC = 37 s from 2017-01-01. TT = TAI + 32.184 s, GPS = TAI - 19 s by definition.
@pytest.mark.parametrize(
    ("scale", "ahead_s"),
    [("UTC", 0), ("UT1", 0), ("UTC (TBR)", 0), ("tai", 37), ("TT", 69.184), ("TDB", 69.184), ("GPS", 18)],
)
def test_published_offsets(scale: str, ahead_s: float) -> None:
    utc = datetime(2022, 2, 9, 0, 57, 43, tzinfo=UTC)
    assert to_utc(utc.replace(tzinfo=None) + timedelta(seconds=ahead_s), scale) == utc


def test_an_unknown_scale_is_none() -> None:
    assert to_utc(datetime(2020, 1, 1), "MJD") is None


@settings(deadline=None)  # astropy loads its tables on the first call
@given(
    st.datetimes(min_value=datetime(1972, 1, 2), max_value=datetime(2026, 1, 1)),
    st.sampled_from(["tai", "tt", "tdb", "tcg", "tcb"]),
)
def test_scales_agree_with_astropy(moment: datetime, scale: str) -> None:
    theirs = Time(moment, scale=scale).utc
    ours = to_utc(moment, scale)
    assert ours is not None
    # TDB is taken for TT, within 2 ms; inside a leap second, which a datetime cannot tell, within 1 s.
    tolerance_s = 1.001 if theirs.isot[17:19] == "60" else 0.003
    assert abs((Time(ours) - theirs).to_value("s")) < tolerance_s
