"""Nights: local noon to next noon, in every zone, across every change of the clocks."""

from __future__ import annotations

import csv
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.night import Night, bounds, night_of

ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})
a_zone = st.sampled_from(ZONES)
a_moment = st.datetimes(min_value=datetime(1850, 1, 1), max_value=datetime(2150, 1, 1), timezones=st.just(UTC))
a_night = st.dates(min_value=date(1850, 1, 1), max_value=date(2150, 1, 1)).map(Night)


def test_a_night_is_named_by_its_evening() -> None:
    night = Night.parse("2026-11-20")
    assert str(night) == "2026-11-20"
    assert (night.previous(), night.next()) == (Night.parse("2026-11-19"), Night.parse("2026-11-21"))
    assert night < night.next()
    # An evening in Chile and the small hours after it, UTC-3 in summer.
    assert night_of(datetime(2026, 11, 20, 23, 30, tzinfo=UTC), "America/Santiago") == night
    assert night_of(datetime(2026, 11, 21, 8, 30, tzinfo=UTC), "America/Santiago") == night
    assert night_of(datetime(2026, 11, 21, 15, 0, tzinfo=UTC), "America/Santiago") == night.next()


@pytest.mark.parametrize(
    "text", ["", "2026-11-31", "2026-1-2", "20261120", "2026-11-20T00:00", " 2026-11-20", "0000-01-01", "٢٠٢٦-11-20"]
)
def test_what_names_no_night(text: str) -> None:
    with pytest.raises(InvalidInput, match="evening date"):
        Night.parse(text)


@given(st.dates())
def test_names_come_back(evening: date) -> None:
    assert Night.parse(str(Night(evening))) == Night(evening)


# European Union directive 2000/84/EC: last Sundays of March and October. Lord Howe Island moves by half an hour.
@pytest.mark.parametrize(
    ("zone", "night", "hours"),
    [
        ("Europe/Berlin", "2025-03-29", 23.0),
        ("Europe/Berlin", "2025-10-25", 25.0),
        ("Europe/Berlin", "2025-06-01", 24.0),
        ("Pacific/Honolulu", "2025-03-08", 24.0),
        ("Australia/Lord_Howe", "2025-04-05", 24.5),
    ],
)
def test_nights_of_unusual_length(zone: str, night: str, hours: float) -> None:
    start, end = bounds(Night.parse(night), zone)
    assert (end - start) == timedelta(hours=hours)


# Samoa had no 30 December 2011: it moved from UTC-10 to UTC+14 at the end of the 29th.
def test_a_day_that_was_left_out_has_an_empty_night() -> None:
    start, end = bounds(Night.parse("2011-12-30"), "Pacific/Apia")
    assert start == end == datetime(2011, 12, 30, 22, tzinfo=UTC)
    assert night_of(start, "Pacific/Apia") == Night.parse("2011-12-31")
    assert night_of(start - timedelta(seconds=1), "Pacific/Apia") == Night.parse("2011-12-29")


@settings(deadline=None)
@given(a_moment, a_zone)
def test_every_instant_belongs_to_exactly_one_night(moment: datetime, zone: str) -> None:
    night = night_of(moment, zone)
    holding = [n for n in (night.shifted(k) for k in range(-3, 4)) if bounds(n, zone)[0] <= moment < bounds(n, zone)[1]]
    assert holding == [night]


@settings(deadline=None)
@given(a_night, a_zone)
def test_nights_tile_time_without_gaps(night: Night, zone: str) -> None:
    start, end = bounds(night, zone)
    assert start <= end == bounds(night.next(), zone)[0]
    if start < end:
        assert night_of(start, zone) == night_of(end - timedelta(microseconds=1), zone) == night


@settings(deadline=None)
@given(a_night, a_zone)
def test_a_night_begins_at_noon_on_the_wall(night: Night, zone: str) -> None:
    start, end = bounds(night, zone)
    local = start.astimezone(zoneinfo.ZoneInfo(zone))
    # Where no noon was on the wall, the clocks were being moved.
    assert (
        local.time() == time(12) or end - start != timedelta(hours=24) or local.utcoffset() != _offset_a_day_ago(local)
    )


def _offset_a_day_ago(local: datetime) -> timedelta | None:
    return (local.astimezone(UTC) - timedelta(days=1)).astimezone(local.tzinfo).utcoffset()


def test_what_is_refused() -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        night_of(datetime(2026, 1, 1), "UTC")
    for zone in ("Mars/Olympus", "../etc/passwd", "", "+02:00"):
        with pytest.raises(InvalidInput, match="IANA"):
            bounds(Night.parse("2026-01-01"), zone)
    for moment in (datetime.min, datetime.max):
        with pytest.raises(InvalidInput, match="no nights"):
            night_of(moment.replace(tzinfo=UTC), "Pacific/Kiritimati")
    with pytest.raises(InvalidInput, match="no nights"):
        bounds(Night(date.max), "UTC")
    with pytest.raises(InvalidInput, match="no night"):
        Night(date.max).next()


# Observers' logs, one per night and side of the instrument, rows in the order of the work: laid out from local noon,
# the UT clock times must run on, through the afternoon's calibrations and past midnight UT. (Three of the 591 rows are
# out of order within their own logs.)
@pytest.mark.shared
def test_real_observing_runs_fall_into_one_night(reference_data: Path) -> None:
    zones = {"Shane 3m": "America/Los_Angeles"}
    with (reference_data / "nightlogs" / "keck_lick_irtf_exposures.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if ":" in row["ut_start"]]
    before: dict[tuple[str, ...], datetime] = {}
    backwards = 0
    for row in rows:
        zone = zones.get(row["telescope"], "Pacific/Honolulu")
        night = Night(datetime.strptime(row["night_local_date"], "%Y%m%d").date())
        start, _end = bounds(night, zone)
        hours, minutes = row["ut_start"].split(":")[:2]
        moment = datetime.combine(start.date(), time(int(hours) % 24, int(minutes)), tzinfo=UTC)
        moment += timedelta(days=moment < start)
        assert night_of(moment, zone) == night
        log = (row["night_local_date"], row["telescope"], row["instrument"], row["side"])
        backwards += moment < before.get(log, moment)
        before[log] = moment
    assert len(rows) == 591
    assert backwards == 3
