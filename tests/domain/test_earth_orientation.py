"""UT1-UTC and the pole from the IERS file, beside astropy's reading of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import astropy_iers_data
import numpy as np
import pytest
from astropy.time import Time
from astropy.utils import iers
from hypothesis import given
from hypothesis import strategies as st

from domain.earth_orientation import EarthOrientation
from domain.errors import InvalidInput
from tests.support.earth_data import astropy_keeps_to_the_installed_tables, measured_orientation
from tests.support.examples import tried_on


@cache
def astropy_table() -> iers.IERS_A:
    return iers.IERS_A.open(astropy_iers_data.IERS_A_FILE)


@tried_on(60)
@given(st.floats(41_700.0, 61_600.0))
def test_interpolation_agrees_with_astropy(mjd: float) -> None:
    # astropy has measured values of another series for the past: 0.1 ms and 1 milliarcsecond lie between the two.
    astropy_keeps_to_the_installed_tables()
    table = astropy_table()
    time = Time(mjd, format="mjd", scale="utc")
    ours = measured_orientation()
    assert float(ours.ut1_utc_s(mjd)) == pytest.approx(table.ut1_utc(time).to_value("s"), abs=1e-4)
    x_arcsec, y_arcsec = ours.pole_arcsec(mjd)
    theirs = [value.to_value("arcsec") for value in table.pm_xy(time)]
    assert [float(x_arcsec), float(y_arcsec)] == pytest.approx(theirs, abs=1e-3)


def test_a_leap_second_is_no_step_of_the_earth() -> None:
    # 2016-12-31 ends with a leap second: UT1-UTC goes from -0.41 s to 0.59 s, and is not 0.09 s at noon before it.
    day = 57_753.0
    ours = measured_orientation()
    noon, midnight = float(ours.ut1_utc_s(day + 0.5)), float(ours.ut1_utc_s(day + 1.0))
    assert noon == pytest.approx(-0.408, abs=0.002)
    assert midnight == pytest.approx(0.592, abs=0.002)


def test_beyond_its_days_the_nearest_holds() -> None:
    ours = EarthOrientation([60_000, 60_001], [0.1, 0.2], [0.0, 0.1], [0.3, 0.4])
    assert ours.ut1_utc_s([59_000.0, 60_000.5, 70_000.0]).tolist() == pytest.approx([0.1, 0.15, 0.2])
    assert np.array(ours.pole_arcsec(70_000.0)).tolist() == [0.1, 0.4]
    assert (ours.first_mjd, ours.last_mjd) == (60_000.0, 60_001.0)


def test_a_damaged_line_costs_only_itself() -> None:
    lines = Path(astropy_iers_data.IERS_A_FILE).read_text().splitlines()[10_000:10_005]
    whole = EarthOrientation.from_finals2000a("\n".join(lines))
    lines[2] = lines[2][:60] + "?" * 100
    damaged = EarthOrientation.from_finals2000a("\n".join(lines))
    middle = whole.first_mjd + 2.0
    assert float(damaged.ut1_utc_s(middle)) == pytest.approx(float(whole.ut1_utc_s(middle)), abs=1e-3)


@pytest.mark.parametrize("text", ["", "no table\n", "\n" * 100, "x" * 200])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="finals2000A"):
        EarthOrientation.from_finals2000a(text)


@pytest.mark.parametrize("columns", [([], [], [], []), ([1, 1], [0, 0], [0, 0], [0, 0]), ([1, 2], [0], [0, 0], [0, 0]),
                                     ([1, 2], [0, float("nan")], [0, 0], [0, 0])])  # fmt: skip
def test_columns_that_do_not_fit_are_refused(columns: tuple[list[float], ...]) -> None:
    with pytest.raises(InvalidInput):
        EarthOrientation(*columns)
