"""Times of tables, as archives write them, against astropy's clocks."""

from __future__ import annotations

import pytest
from astropy.time import Time

from domain.header import Card, HeaderUnit
from domain.time_axis import TimeAxis, read_time_axis


def axis(name: str, unit: str, **cards: float | str) -> TimeAxis | None:
    listed = [Card(keyword, value, "") for keyword, value in cards.items()]
    return read_time_axis(HeaderUnit(index=1, name="", kind="table", shape=(3,), cards=listed), 1, name, unit)


def test_archives_times_are_understood() -> None:
    tess = axis("TIME", "BJD - 2457000, days", TIMESYS="TDB", BJDREFI=2457000, BJDREFF=0.0)
    assert tess == TimeAxis(zero_jd=2457000.0, unit_days=1.0, clock="TDB", place="barycentre")
    kepler = axis("TIME", "d", TIMESYS="TDB", BJDREFI=2454833, BJDREFF=0.5)
    assert kepler == TimeAxis(zero_jd=2454833.5, unit_days=1.0, clock="TDB", place="barycentre")
    xray = axis("TIME", "s", TIMESYS="TT", MJDREFI=49353, MJDREFF=0.000696574074, TIMEREF="LOCAL")
    assert xray is not None and xray.zero_jd == pytest.approx(2449353.500696574, abs=1e-9)
    assert (xray.unit_days, xray.clock, xray.place) == (pytest.approx(1 / 86400), "TT", "telescope")
    assert axis("MJD", "d") == TimeAxis(zero_jd=2400000.5, unit_days=1.0, clock="", place="")
    assert axis("BJD_TDB", "") == TimeAxis(zero_jd=0.0, unit_days=1.0, clock="TDB", place="barycentre")
    assert axis("HJD", "d", TIMESYS="UTC") == TimeAxis(zero_jd=0.0, unit_days=1.0, clock="UTC", place="heliocentre")
    assert axis("TIME", "s") is None and axis("FLUX", "s", MJDREF=5.0) is None
    assert axis("TIME", "furlong", MJDREF=5.0, TIMEUNIT="fortnight") is None


@pytest.mark.parametrize(
    ("cards", "offset_s"),
    [
        ({"TIMEZERO": -1.0}, -1.0),
        ({"TIMEZERI": 3.0, "TIMEZERF": 0.378}, 3.378),
        ({"TIMEOFFS": 10.0, "TIMEZERO": 5.0}, 10.0),
        ({"TIMEOFFS": 0.5, "TIMEUNIT": "d"}, 43_200.0),
    ],
)
def test_what_a_table_adds_to_all_its_times_is_added(cards: dict[str, float | str], offset_s: float) -> None:
    plain = axis("TIME", "s", TIMESYS="TT", MJDREF=50000.0)
    told = axis("TIME", "s", TIMESYS="TT", MJDREF=50000.0, **cards)
    assert plain is not None and told is not None
    assert (told.zero_jd - plain.zero_jd) * 86400 == pytest.approx(offset_s, abs=1e-3)


@pytest.mark.parametrize("clock", ["tdb", "tt", "tai", "utc"])
@pytest.mark.parametrize("day", ["1999-06-01T00:00:00", "2012-07-01T12:00:00", "2026-11-20T22:00:00"])
def test_clocks_are_turned_into_utc(clock: str, day: str) -> None:
    then = Time(day, scale="utc")
    on_clock = getattr(then, clock)
    told = TimeAxis(zero_jd=0.0, unit_days=1.0, clock=clock.upper(), place="").at_utc(on_clock.jd)  # type: ignore[arg-type]
    expected_s = (then.jd1 - on_clock.jd1 + then.jd2 - on_clock.jd2) * 86400
    assert told.utc_offset_s == pytest.approx(expected_s, abs=0.003)  # TDB is within 2 ms of TT


def test_where_utc_is_not_known() -> None:
    assert TimeAxis(zero_jd=2400000.5, unit_days=1.0, clock="", place="").at_utc(60000.0).utc_offset_s is None
    assert TimeAxis(zero_jd=0.0, unit_days=1.0, clock="TT", place="").at_utc(2415020.0).utc_offset_s is None
    assert TimeAxis(zero_jd=0.0, unit_days=1.0, clock="TT", place="").at_utc(1e9).utc_offset_s is None
