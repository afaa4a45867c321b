"""Passes of the active catalogue, beside Skyfield's altitudes on a grid with bisection."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skyfield.api import load

from domain.earth_orientation import EarthOrientation
from domain.ground_place import GroundPlace
from domain.passes import find_passes
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import SatellitePass
from tests.support.earth_data import measured_orientation
from tests.support.tle_reader import read_three_lines

pytestmark = pytest.mark.shared

TOLERANCE_S = 0.020


@pytest.fixture(scope="module")
def truth(reference_data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((reference_data / "satref" / "passes_truth_public.json").read_text())
    return found


@pytest.fixture(scope="module")
def catalogue(reference_data: Path, truth: dict[str, Any]) -> Catalogue:
    wanted = {each["norad"] for each in truth["satellites"]}
    sets = read_three_lines(reference_data / "tle" / Path(truth["catalogue"]).name)
    return Catalogue.build(each for each in sets if each.norad_id in wanted)


def passes_of(
    catalogue: Catalogue, truth: dict[str, Any], orientation: EarthOrientation
) -> tuple[datetime, dict[int, list[SatellitePass]]]:
    site, start = truth["site"], datetime.fromisoformat(truth["start_utc"])
    place = GroundPlace(latitude_deg=site["lat"], longitude_deg=site["lon"], height_m=site["elev_m"])
    end = start + timedelta(seconds=truth["duration_s"])
    found: dict[int, list[SatellitePass]] = {}
    for each in find_passes(
        catalogue, place, orientation, start=start, end=end, min_altitude_deg=truth["threshold_deg"]
    ).passes:
        found.setdefault(each.norad_id, []).append(each)
    return start, found


def test_none_is_missing_and_none_is_late(catalogue: Catalogue, truth: dict[str, Any]) -> None:
    # The truth leaves polar motion out and has a prediction of UT1 six milliseconds off: so does ours, for this test. A
    # medium orbit's altitude changes by 10 arcseconds a second, the pole moves the horizon by 0.3 arcseconds.
    ut1_s = load.timescale(builtin=True).from_datetime(datetime.fromisoformat(truth["start_utc"])).dut1
    orientation = EarthOrientation([61_118.0], [ut1_s], [0.0], [0.0])
    start, found = passes_of(catalogue, truth, orientation)
    compared = 0
    for satellite in truth["satellites"]:
        ours = found.pop(satellite["norad"], [])
        assert len(ours) == len(satellite["passes"]), satellite["name"]
        for each, true in zip(ours, satellite["passes"], strict=True):
            for moment, true_s in ((each.rise_at, true["rise_s"]), (each.set_at, true["set_s"])):
                assert (moment is None) == (true_s is None)
                if moment:
                    assert (moment - start).total_seconds() == pytest.approx(true_s, abs=TOLERANCE_S)
            assert each.highest_altitude_deg == pytest.approx(true["peak_alt_deg"], abs=0.002)
            assert each.is_sunlit_at_highest == true["sunlit_at_peak"]
            # The truth's Earth is a sphere, and its Sun a point: grazing shadows last longer or shorter.
            assert each.sunlit_fraction == pytest.approx(true["sunlit_fraction"], abs=0.1)
            compared += 1
    assert compared == 454
    assert not found


def test_the_measured_earth_moves_them_by_milliseconds(catalogue: Catalogue, truth: dict[str, Any]) -> None:
    start, found = passes_of(catalogue, truth, measured_orientation())
    late_s = [
        abs((moment - start).total_seconds() - true_s)
        for satellite in truth["satellites"]
        for each, true in zip(found.get(satellite["norad"], []), satellite["passes"], strict=True)
        for moment, true_s in ((each.rise_at, true["rise_s"]), (each.set_at, true["set_s"]))
        if moment
    ]
    assert np.percentile(late_s, 98) < TOLERANCE_S
    assert max(late_s) < 0.04
