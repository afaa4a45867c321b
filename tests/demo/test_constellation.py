"""The invented satellites of the demonstration: as many as their shells say, at their heights, named as invented."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from sgp4.conveniences import jday_datetime

from demo.constellation import FIRST_NORAD_ID, SHELLS, Shell, simulated_catalogue
from domain.element_formats import read_elements

EPOCH = datetime(2026, 11, 20, 20, tzinfo=UTC)


def test_every_satellite_is_read_and_named_as_invented() -> None:
    read = read_elements(simulated_catalogue(EPOCH), "simulated.csv")
    assert read.problem_count == read.duplicates == 0
    count = sum(shell.planes * shell.per_plane for shell in SHELLS)
    assert [s.norad_id for s in read.sets] == list(range(FIRST_NORAD_ID, FIRST_NORAD_ID + count))
    assert all(s.name == f"SIM-{number:04d}" for number, s in enumerate(read.sets, 1))
    assert {s.epoch for s in read.sets} == {EPOCH}
    assert simulated_catalogue(EPOCH) == simulated_catalogue(EPOCH), "the second demo brings in the same bytes"


def test_they_fly_at_their_heights_and_spread_around_the_earth() -> None:
    shell = Shell(6, 8, 550.0, 53.0, 3)
    positions = []
    for elements in read_elements(simulated_catalogue(EPOCH, (shell,)), "simulated.csv").sets:
        error, position_km, velocity_km_s = elements.satrec().sgp4(*jday_datetime(EPOCH))
        assert error == 0
        positions.append(position_km)
        # A circular orbit: the speed is that of its radius, mu of WGS 84 398600.4418 km3/s2.
        radius = math.dist(position_km, (0, 0, 0))
        assert radius == pytest.approx(6378.137 + 550.0, abs=25.0)  # J2 moves it by some kilometres
        assert math.dist(velocity_km_s, (0, 0, 0)) == pytest.approx(math.sqrt(398600.4418 / radius), rel=0.005)
    # A Walker pattern is balanced: its middle is the Earth's.
    assert np.abs(np.mean(positions, axis=0)).max() < 60.0
