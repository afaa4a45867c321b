"""Points, cones and polygons on the sphere."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.sky_geometry import (
    edge_distance_rad,
    polygon_contains,
    polygon_from_degrees,
    polygon_meets_cone,
    polygons_meet,
    position_deg,
    separation_deg,
    unit_vector,
)
from tests.domain.sky_shapes import direction_from, polygons, positions, star_polygon
from tests.support.examples import tried_on

ARM = [(1, 3), (-1, 3), (-1, 1)]
GREEK_CROSS = ARM + [(-y, x) for x, y in ARM] + [(-x, -y) for x, y in ARM] + [(y, -x) for x, y in ARM]


@settings(deadline=None)
@given(positions, positions)
def test_separation_agrees_with_astropy(a: tuple[float, float], b: tuple[float, float]) -> None:
    # astropy uses the Vincenty formula; tolerance 1e-9 arcsec plus its rounding.
    theirs = SkyCoord(*a, unit="deg").separation(SkyCoord(*b, unit="deg")).deg
    assert separation_deg(*a, *b) == pytest.approx(theirs, abs=1e-12)


def test_separation_of_near_and_opposite_points_keeps_its_digits() -> None:
    assert separation_deg(10.0, 0.0, 10.0 + 1e-9, 0.0) == pytest.approx(1e-9, rel=1e-5)
    assert separation_deg(10.0, 20.0, 190.0, -20.0 + 1e-6) == pytest.approx(180.0 - 1e-6, abs=1e-12)


@settings(deadline=None)
@given(positions)
def test_a_position_survives_being_a_vector(position: tuple[float, float]) -> None:
    ra_deg, dec_deg = position_deg(unit_vector(*position))
    assert 0.0 <= ra_deg < 360.0
    assert separation_deg(ra_deg, dec_deg, *position) < 1e-12


@pytest.mark.parametrize("ra_deg", [0.0, 123.4, 359.9])
def test_the_inside_of_a_greek_cross(ra_deg: float) -> None:
    cross = polygon_from_degrees([(ra_deg + x, y) for x, y in GREEK_CROSS])
    inside = [(0, 0), (2.5, 0), (0, -2.9), (-1.5, 0.9)]
    outside = [(2, 2), (-1.5, 1.5), (2, -2), (3.1, 0), (0, 3.1), (180, 0)]
    border = [(1, 2), (3, -1), (-1, -1)]
    for places, wanted in ((inside, True), (outside, False), (border, True)):
        points = np.array([unit_vector(ra_deg + x, y) for x, y in places])
        assert (polygon_contains(cross, points) == wanted).all()


def test_edges_are_great_circles_not_parallels() -> None:
    # Half way between two points of declination 60 that are 90 degrees apart in RA the great circle passes at
    # declination atan(tan 60 / cos 45) = 67.79 (Napier's rules).
    wedge = polygon_from_degrees([(0, 60), (90, 60), (45, 30)])
    assert polygon_contains(wedge, unit_vector([45, 45], [67.7, 67.9])).tolist() == [True, False]


def test_the_pole_is_inside_a_polygon_around_it() -> None:
    around = polygon_from_degrees([(ra, -80) for ra in (0, 90, 180, 270)])
    points = unit_vector([0, 45, 0, 45, 45], [-90, -81, -80, -79, 90])
    # Between the vertices the great circle dips towards the pole: at RA 45 its declination is
    # -atan(tan 80 / cos 45) = -82.89.
    assert polygon_contains(around, points).tolist() == [True, False, True, False, False]


@settings(deadline=None)
@given(polygons())
def test_the_direction_of_the_vertices_does_not_matter(polygon: np.ndarray) -> None:
    rng = np.random.default_rng(5)
    points = rng.normal(size=(50, 3)) * 0.05 + polygon.mean(axis=0)
    points /= np.linalg.norm(points, axis=1)[:, None]
    clear = edge_distance_rad(polygon, points) > 1e-9
    assert (polygon_contains(polygon, points) == polygon_contains(polygon[::-1], points))[clear].all()


@settings(deadline=None)
@given(polygons(), st.floats(0, 360), st.floats(0.0, 60.0))
def test_distance_to_an_edge_is_that_of_its_nearest_sample(polygon: np.ndarray, bearing: float, away: float) -> None:
    point = direction_from(polygon[0], bearing, away)
    share = np.linspace(0, 1, 2001)[:, None]
    following = np.roll(polygon, -1, axis=0)
    samples = np.concatenate([a + share * (b - a) for a, b in zip(polygon, following, strict=True)])
    samples /= np.linalg.norm(samples, axis=1)[:, None]
    sampled = 2 * np.arcsin(np.linalg.norm(samples - point, axis=1) / 2).min()
    exact = edge_distance_rad(polygon, point[None, :])[0]
    longest = np.linalg.norm(following - polygon, axis=1).max()
    # A sample is at most a 2000th of the longest edge (and the stretch of a chord onto its arc) off the nearest point.
    assert exact <= sampled + 1e-12
    assert sampled <= exact + longest / 1000


@tried_on(80)
@given(polygons(), st.floats(0, 360), st.floats(0.001, 40.0), st.floats(0.0, 40.0))
def test_a_cone_meets_what_it_reaches(polygon: np.ndarray, bearing: float, away: float, radius_deg: float) -> None:
    centre = direction_from(polygon[0], bearing, away)
    gap_deg = float(np.degrees(edge_distance_rad(polygon, centre[None, :])[0]))
    if polygon_contains(polygon, centre[None, :])[0]:
        gap_deg = 0.0
    assume(abs(gap_deg - radius_deg) > 1e-9)
    assert polygon_meets_cone(polygon, centre, radius_deg) == (gap_deg < radius_deg)


@tried_on(80)
@given(polygons(), st.floats(0, 360), st.floats(0.0, 30.0), st.integers(0, 10_000))
def test_polygons_that_share_a_point_meet(a: np.ndarray, bearing: float, away: float, seed: int) -> None:
    b = star_polygon(direction_from(a[0], bearing, away), np.random.default_rng(seed), widest_deg=20.0)
    rng = np.random.default_rng(seed)
    probes = np.concatenate([_fill(a, rng), _fill(b, rng)])
    if (polygon_contains(a, probes) & polygon_contains(b, probes)).any():
        assert polygons_meet(a, b)
    assert polygons_meet(a, b) == polygons_meet(b, a)


def test_polygons_apart_do_not_meet() -> None:
    a = polygon_from_degrees([(0, 0), (10, 0), (10, 10), (0, 10)])
    for shift in (10.001, 20.0, 90.0, 180.0, 270.0):
        assert not polygons_meet(a, polygon_from_degrees([(shift, 0), (shift + 10, 0), (shift + 10, 10), (shift, 10)]))
    # The antipode of a: its edges lie on the same great circles.
    assert not polygons_meet(a, polygon_from_degrees([(180, 0), (190, 0), (190, -10), (180, -10)]))


def test_polygons_that_cross_without_a_vertex_inside_meet() -> None:
    tall = polygon_from_degrees([(-1, -20), (1, -20), (1, 20), (-1, 20)])
    wide = polygon_from_degrees([(-20, -1), (20, -1), (20, 1), (-20, 1)])
    assert polygons_meet(tall, wide)


def test_a_polygon_meets_itself_and_its_neighbour_along_an_edge() -> None:
    a = polygon_from_degrees([(0, 0), (10, 0), (10, 10), (0, 10)])
    assert polygons_meet(a, a)
    assert polygons_meet(a, polygon_from_degrees([(10, 0), (20, 0), (20, 10), (10, 10)]))
    assert polygons_meet(a, polygon_from_degrees([(2, 0), (8, 0), (5, -5)]))


@pytest.mark.parametrize(
    "vertices",
    [
        [],
        [(10, 10), (20, 10)],
        [(10, 10), (20, 10), (20, 10), (10, 10)],
        [(10, 10), (20, 10), (20, 91)],
        [(10, 10), (20, 10), (float("nan"), 0)],
        [(0, 0), (90, 0), (180, 0), (270, 0)],
        [(0, 10), (120, 10), (240, 10), (0, -80)],
    ],
)
def test_what_is_no_polygon_is_refused(vertices: list[tuple[float, float]]) -> None:
    with pytest.raises(InvalidInput):
        polygon_from_degrees(vertices)


def test_repeated_and_closing_vertices_are_dropped() -> None:
    square = [(0, 0), (1, 0), (1, 0), (1, 1), (360, 1), (0, 1), (0, 0)]
    assert len(polygon_from_degrees(square)) == 4


def test_a_polygon_of_milliarcseconds_has_an_inside() -> None:
    step = (1 * u.mas).to_value(u.deg)
    square = polygon_from_degrees([(50, 60), (50 + step, 60), (50 + step, 60 + step), (50, 60 + step)])
    points = unit_vector([50 + step / 2, 50 + 2 * step], [60 + step / 2, 60 + step / 2])
    assert polygon_contains(square, points).tolist() == [True, False]


def _fill(polygon: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    weights = rng.dirichlet(np.full(len(polygon), 0.5), size=200)
    points = weights @ polygon
    return points / np.linalg.norm(points, axis=1)[:, None]
