"""Crossings of the active catalogue, beside an exhaustive search on exact SGP4 with Skyfield's frames."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.crossings import find_crossings
from domain.field import CircleField
from domain.ground_place import GroundPlace
from domain.night_table import NightTable
from domain.satellite_catalogue import Catalogue
from tests.support.earth_data import measured_orientation
from tests.support.tle_reader import read_three_lines

pytestmark = pytest.mark.shared

# The truth's times lie on a grid of 10 ms.
TOLERANCE_S = 0.020


@pytest.fixture(scope="module")
def catalogue(reference_data: Path) -> Catalogue:
    return Catalogue.build(read_three_lines(reference_data / "tle" / "active_2026-03-19.3le.txt"))


@pytest.fixture(scope="module")
def queries(reference_data: Path) -> list[dict[str, Any]]:
    truth = json.loads((reference_data / "satref" / "fov_truth_public.json").read_text())
    assert truth["catalogue"].endswith("active_2026-03-19.3le.txt")
    found: list[dict[str, Any]] = truth["queries"]
    return found


@pytest.mark.parametrize("with_table", [False, True])
def test_the_same_satellites_cross_at_the_same_times(
    catalogue: Catalogue, queries: list[dict[str, Any]], with_table: bool
) -> None:
    compared = 0
    for query in queries[:: 4 if with_table else 1]:
        start = datetime.fromisoformat(query["start_utc"])
        place = GroundPlace(latitude_deg=query["lat"], longitude_deg=query["lon"], height_m=query["elev_m"])
        field = CircleField(ra_deg=query["ra_deg"], dec_deg=query["dec_deg"], radius_deg=query["radius_deg"])
        end = start + timedelta(seconds=query["duration_s"])
        table = NightTable.build(catalogue, start - timedelta(minutes=20), end) if with_table else None
        found = find_crossings(
            catalogue, field, place, measured_orientation(), start=start, exposure_s=query["duration_s"], table=table
        )
        ours = {each.norad_id: each for each in found.crossings if each.status == "certain"}
        truth = {each["norad"]: each for each in query["crossings"]}
        assert set(ours) ^ set(truth) <= set(query["borderline_norad"])
        for norad_id in set(ours) & set(truth):
            each, true = ours[norad_id], truth[norad_id]
            entry_s, exit_s = (each.entry_at - start).total_seconds(), (each.exit_at - start).total_seconds()
            assert entry_s == pytest.approx(true["enter_s"], abs=TOLERANCE_S)
            assert exit_s == pytest.approx(true["exit_s"], abs=TOLERANCE_S)
            assert each.closest_deg == pytest.approx(true["min_sep_deg"], abs=0.002)
            assert each.altitude_deg == pytest.approx(true["alt_deg"], abs=0.02)
            assert each.range_km == pytest.approx(true["range_km"], abs=0.2)
            assert each.rate_deg_s == pytest.approx(true["rate_deg_s"], abs=0.001)
            assert each.elements_age_days == pytest.approx(true["epoch_age_days"], abs=0.01)
            # The truth knows the Sun's centre only: the penumbra is neither.
            if each.sunlit_fraction in (0.0, 1.0):
                assert (each.sunlit_fraction == 1.0) == true["sunlit"]
            compared += 1
    assert compared >= (10 if with_table else 51)
