"""Covers of cones and polygons by HEALPix cells."""

from __future__ import annotations

import astropy_healpix
import numpy as np
import pytest
from astropy import units as u
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.sky_geometry import (
    edge_distance_rad,
    polygon_contains,
    polygon_meets_cone,
    polygons_meet,
    unit_vector,
)
from domain.sky_index import (
    CELL_ORDER,
    POINT_ORDER,
    cells_of_cone,
    cells_of_polygon,
    cells_of_polygons,
    point_index,
)
from tests.domain.sky_shapes import direction_from, polygons, positions, star_polygon, vertices_deg
from tests.support.examples import tried_on

NSIDE = 2**CELL_ORDER
radii = st.one_of(st.just(0.0), st.floats(-5.0, 1.3).map(lambda exponent: 10.0**exponent))


def _cells(points: np.ndarray) -> set[int]:
    """Ask astropy_healpix, by longitude and latitude, for the cells of unit vectors."""
    ra, dec = np.arctan2(points[:, 1], points[:, 0]), np.arctan2(points[:, 2], np.hypot(points[:, 0], points[:, 1]))
    return set(astropy_healpix.lonlat_to_healpix(ra * u.rad, dec * u.rad, NSIDE, order="nested").tolist())


def _inside(polygon: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    corners = rng.dirichlet(np.full(len(polygon), 0.4), size=400) @ polygon
    share = rng.uniform(0, 1, (400, 1))
    edge = rng.integers(0, len(polygon), 400)
    border = polygon[edge] * share + polygon[(edge + 1) % len(polygon)] * (1 - share)
    points = np.concatenate([corners, border, polygon])
    points /= np.linalg.norm(points, axis=1)[:, None]
    return points[polygon_contains(polygon, points)]


@tried_on(80)
@given(polygons(), st.integers(0, 2**32))
def test_every_point_of_a_polygon_has_its_cell_in_the_cover(polygon: np.ndarray, seed: int) -> None:
    assert _cells(_inside(polygon, np.random.default_rng(seed))) <= set(cells_of_polygon(vertices_deg(polygon)))


@tried_on(80)
@given(positions, radii, st.integers(0, 2**32))
def test_every_point_of_a_cone_has_its_cell_in_the_cover(place: tuple[float, float], radius: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    centre = unit_vector(*place)
    away = radius * np.sqrt(np.concatenate([rng.uniform(0, 1, 30), np.ones(30)]))
    points = np.array([direction_from(centre, b, a) for b, a in zip(rng.uniform(0, 360, 60), away, strict=True)])
    assert _cells(points) <= set(cells_of_cone(*place, radius))


@tried_on(60)
@given(polygons(20.0), st.floats(0, 360), st.floats(0.0, 30.0), st.integers(0, 10_000))
def test_polygons_that_meet_share_a_cell(a: np.ndarray, bearing: float, away: float, seed: int) -> None:
    b = star_polygon(direction_from(a[0], bearing, away), np.random.default_rng(seed), widest_deg=20.0)
    assume(polygons_meet(a, b))
    assert set(cells_of_polygon(vertices_deg(a))) & set(cells_of_polygon(vertices_deg(b)))


@tried_on(60)
@given(polygons(), st.floats(0, 360), st.floats(0.0, 3.0), radii)
def test_a_polygon_and_a_cone_that_meet_share_a_cell(a: np.ndarray, bearing: float, away: float, radius: float) -> None:
    centre = direction_from(a[0], bearing, away)
    assume(polygon_meets_cone(a, centre, radius))
    ra_dec = vertices_deg(centre[None, :])[0]
    assert set(cells_of_polygon(vertices_deg(a))) & set(cells_of_cone(*ra_dec, radius))


@tried_on(30)
@given(polygons(3.0))
def test_a_cover_is_tight(polygon: np.ndarray) -> None:
    """Every cell of a cover comes within 0.08 degrees of its polygon."""
    cover = np.array(cells_of_polygon(vertices_deg(polygon)))
    assert len(set(cover.tolist())) == len(cover)
    assert (np.diff(cover) > 0).all()
    grid = np.linspace(0.0, 1.0, 8)
    for cell in cover[:: max(1, len(cover) // 10)]:
        dx, dy = (part.ravel() for part in np.meshgrid(grid, grid))
        points = np.stack(
            astropy_healpix.healpix_to_xyz(np.full(dx.shape, cell), NSIDE, dx, dy, order="nested"), axis=-1
        )
        # The samples of a cell are 0.06 degrees apart.
        near = np.degrees(edge_distance_rad(polygon, points)) <= 0.08
        assert (near | polygon_contains(polygon, points)).any()


@pytest.mark.parametrize(("size_deg", "most"), [(0.001, 4), (0.1, 4), (0.3, 6), (0.5, 8), (1.0, 16), (2.0, 42)])
def test_a_cover_of_a_square_field_is_small(size_deg: float, most: int) -> None:
    rng = np.random.default_rng(7)
    for _ in range(100):
        ra, dec = rng.uniform(0, 360), np.degrees(np.arcsin(rng.uniform(-0.98, 0.98)))
        half, wide = size_deg / 2, size_deg / 2 / np.cos(np.radians(dec))
        field = [(ra - wide, dec - half), (ra + wide, dec - half), (ra + wide, dec + half), (ra - wide, dec + half)]
        assert 1 <= len(cells_of_polygon(field)) <= most


def test_a_field_on_the_pole_touches_the_four_cells_around_it() -> None:
    # The four base faces of the northern cap meet at the pole; the last cell of each has the largest number
    # (Gorski et al. 2005, figure 4).
    last = 4**CELL_ORDER - 1
    around = [face * 4**CELL_ORDER + last for face in range(4)]
    assert cells_of_polygon([(45, 89.9), (135, 89.9), (225, 89.9), (315, 89.9)]) == around
    assert cells_of_cone(12.0, 90.0, 0.0) == around


def test_the_whole_sky_is_every_cell() -> None:
    assert cells_of_cone(0.0, 0.0, 180.0) == list(range(12 * 4**CELL_ORDER))
    assert len(cells_of_cone(30.0, -20.0, 179.9)) == 12 * 4**CELL_ORDER


def test_several_polygons_are_covered_together() -> None:
    chips = [[(10 + x, 20), (10.4 + x, 20), (10.4 + x, 20.4), (10 + x, 20.4)] for x in (0.0, 0.5, 1.0)]
    assert set(cells_of_polygons(chips)) == {cell for chip in chips for cell in cells_of_polygon(chip)}
    assert cells_of_polygons([]) == []


@settings(deadline=None)
@given(positions)
def test_a_point_number_belongs_to_its_cell(position: tuple[float, float]) -> None:
    number = point_index(*position)
    assert 0 <= number < 12 * 4**POINT_ORDER
    assert number >> 2 * (POINT_ORDER - CELL_ORDER) in cells_of_cone(*position, 0.0)
    x, y, z = astropy_healpix.healpix_to_xyz(number, 2**POINT_ORDER, order="nested")
    # A cell of order 29 is 0.4 mas wide; next to the poles rounding of z costs up to 3 mas.
    assert np.linalg.norm(unit_vector(*position) - [x, y, z]) < np.radians(4e-3 / 3600)


@pytest.mark.parametrize(
    "cone", [(0.0, 91.0, 1.0), (0.0, 0.0, -1.0), (float("nan"), 0.0, 1.0), (0.0, 0.0, float("inf"))]
)
def test_what_is_no_cone_is_refused(cone: tuple[float, float, float]) -> None:
    with pytest.raises(InvalidInput):
        cells_of_cone(*cone)
