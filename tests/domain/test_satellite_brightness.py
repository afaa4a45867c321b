"""Magnitudes and the Earth's shadow: laws of light, the geometry of discs, and what has been published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.earth_shadow import light_excess, sunlit_fraction
from domain.satellite_brightness import brightness_of, estimate_magnitude, phase_angle_rad
from domain.sky_window import AU_KM
from tests.support.examples import tried_on

SUN_RADIUS_KM = 695_700.0
EQUATOR_KM, POLE_KM = 6378.137, 6356.7523142


def magnitude(name: str, designator: str, range_km: float, phase_deg: float = 0.0, lit: float = 1.0) -> float:
    values = (np.array([value]) for value in (range_km, np.radians(phase_deg), lit))
    return float(estimate_magnitude(brightness_of(name, designator, is_far=False), *values)[0])


@pytest.mark.parametrize(
    ("name", "designator", "range_km", "published"),
    [
        ("STARLINK-1130", "2020-001AB", 550, 4.7),
        ("STARLINK-1600", "2020-055C", 550, 6.2),
        ("STARLINK-4012", "2022-010A", 550, 5.5),
        ("STARLINK-31000", "2024-012C", 1000, 7.87),
        ("STARLINK-11395 [DTC]", "2024-211A", 1000, 6.47),
        ("BLUEBIRD-3", "2024-163C", 1000, 3.84),
        ("QIANFAN-12", "2024-140M", 1000, 5.24),
    ],
)
def test_published_means_come_out_at_their_distance(
    name: str, designator: str, range_km: float, published: float
) -> None:
    assert magnitude(name, designator, range_km) == pytest.approx(published)
    # Twice as far is four times as faint.
    assert magnitude(name, designator, 2 * range_km) == pytest.approx(published + 1.505, abs=1e-3)
    source = brightness_of(name, designator, is_far=False).source
    assert source.startswith("estimate: mean of observations")
    assert "arXiv" in source


def test_others_are_diffuse_spheres_and_say_so() -> None:
    # Lambert: half lit, a sphere sends 1/pi of what it sends fully lit; McCullough's law for a sphere of 1 m radius and
    # albedo 0.2 at 1000 km: 2/3 * 0.2 * (1 m / 1000 km)^2 of the Sun's -26.76.
    assert magnitude("COSMOS 1", "1980-001A", 1000) == pytest.approx(-26.76 + 32.19, abs=0.01)
    half = magnitude("COSMOS 1", "1980-001A", 1000, 90) - magnitude("COSMOS 1", "1980-001A", 1000)
    assert half == pytest.approx(2.5 * np.log10(np.pi), abs=1e-6)
    source = brightness_of("COSMOS 1", "1980-001A", is_far=False).source
    assert source.startswith("estimate: diffuse sphere")
    assert "assumed" in source
    assert "5 m" in brightness_of("GOES 18", "2022-021A", is_far=True).source


def test_in_the_umbra_there_is_no_magnitude_and_half_a_sun_is_half_the_light() -> None:
    assert np.isnan(magnitude("X", "", 1000, lit=0.0))
    assert magnitude("X", "", 1000, lit=0.5) - magnitude("X", "", 1000) == pytest.approx(0.7526, abs=1e-3)


def test_the_phase_angle_is_at_the_satellite() -> None:
    sun_km = np.array([AU_KM, 0.0, 0.0])
    satellite_km = np.array([7000.0, 0.0, 0.0])
    for away, expected_deg in (([-500.0, 0.0, 0.0], 0.0), ([500.0, 0.0, 0.0], 180.0), ([0.0, 500.0, 0.0], 90.0)):
        angle = float(phase_angle_rad(satellite_km, np.array(away), sun_km))
        # The Sun is not infinitely far: 7000 km are nothing to it.
        assert np.degrees(angle) == pytest.approx(expected_deg, abs=1e-3)


def share_seen(satellite_km: np.ndarray, sun_km: np.ndarray) -> float:
    """Count how many points of the Sun's disc are seen past the ellipsoid, ray by ray."""
    toward = (sun_km - satellite_km) / np.linalg.norm(sun_km - satellite_km)
    first = np.cross(toward, [0.3, 0.5, 0.8])
    first /= np.linalg.norm(first)
    second = np.cross(toward, first)
    x, y = np.meshgrid(np.linspace(-1, 1, 121), np.linspace(-1, 1, 121))
    inside = x**2 + y**2 <= 1
    points = sun_km + SUN_RADIUS_KM * (x[inside][:, None] * first + y[inside][:, None] * second)
    rays = points - satellite_km
    squeeze = np.array([1.0, 1.0, EQUATOR_KM / POLE_KM])
    start, rays = satellite_km * squeeze, rays * squeeze
    along = -(rays @ start) / (rays**2).sum(axis=1)
    nearest = np.linalg.norm(start + along[:, None] * rays, axis=1)
    return float(((along < 0) | (nearest > EQUATOR_KM)).mean())


@tried_on(80)
@given(st.floats(6700, 42_000), st.floats(-0.02, 0.02), st.floats(0, 2 * np.pi), st.floats(-0.4, 0.4))
def test_light_is_what_rays_past_the_ellipsoid_bring(radius_km: float, off: float, turn: float, sun_dec: float) -> None:
    # Near the shadow's edge, where it matters; rays from 11,000 points of the Sun's disc decide.
    sun_km = AU_KM * np.array([np.cos(sun_dec), 0.0, np.sin(sun_dec)])
    away = -sun_km / AU_KM
    beside = np.cross(away, [np.sin(turn), np.cos(turn), 0.3])
    beside /= np.linalg.norm(beside)
    angle = np.arcsin(EQUATOR_KM / radius_km) + off
    satellite_km = radius_km * (np.cos(angle) * away + np.sin(angle) * beside)
    ours, theirs = float(sunlit_fraction(satellite_km, sun_km)), share_seen(satellite_km, sun_km)
    # The penumbra is taken as linear across the disc: off by 0.06 at a quarter of the way.
    assert ours == pytest.approx(theirs, abs=0.1)
    if theirs in (0.0, 1.0):
        assert ours == pytest.approx(theirs, abs=0.02)
    assert (light_excess(satellite_km, sun_km) > 0) == (ours > 0)


def test_by_day_all_is_lit() -> None:
    sun_km = np.array([0.0, AU_KM, 0.0])
    assert sunlit_fraction(np.array([0.0, 6800.0, 0.0]), sun_km) == 1.0
    assert sunlit_fraction(np.array([0.0, -6800.0, 0.0]), sun_km) == 0.0
