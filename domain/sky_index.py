"""Which HEALPix cells a sky area touches: the conservative first step of every sky search.

Areas are covered with NESTED cells of order 7 (196,608 of them, 0.46 degrees wide), points numbered at order 29
(0.4 milliarcseconds). A cover never lacks a cell that its area meets, so areas that meet share a cell; it may hold
cells that pass the area by up to 0.03 degrees, which the exact test of ``domain.sky_geometry`` sorts out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from domain.errors import InvalidInput
from domain.healpix_grid import (
    CELL_COUNT,
    CELL_ORDER,
    ROOM_FOR_A_CELL_RAD,
    STRAIGHT_ARC_RAD,
    cell_centres_within,
    cells_near,
    cells_of_points,
    cells_of_small_polygon,
)
from domain.sky_geometry import (
    middle_of,
    next_vertices,
    polygon_contains,
    polygon_from_degrees,
    separation_deg,
    square_to,
    unit_vector,
)

if TYPE_CHECKING:
    from domain.healpix_grid import Cells
    from domain.sky_geometry import Vectors

__all__ = [
    "CELL_ORDER",
    "POINT_ORDER",
    "cells_of_cone",
    "cells_of_polygon",
    "cells_of_polygons",
    "point_index",
    "separation_deg",
    "unit_vector",
]

POINT_ORDER = 29
SAMPLE_STEP_RAD = float(np.radians(0.04))


def point_index(ra_deg: float, dec_deg: float) -> int:
    """Number a position (ICRS degrees) by its NESTED HEALPix cell of order 29: 0 to 12 * 2**58 - 1."""
    import astropy_healpix  # it loads half of astropy, which no search needs

    x, y, z = unit_vector(ra_deg, dec_deg)
    return int(astropy_healpix.xyz_to_healpix(x, y, z, 1 << POINT_ORDER, order="nested"))


def cells_of_cone(ra_deg: float, dec_deg: float, radius_deg: float) -> list[int]:
    """Cover a cone.

    Parameters
    ----------
    ra_deg, dec_deg, radius_deg : float
        Centre (ICRS) and radius, degrees; a radius of 0 is a point, from 180 on the whole sky.

    Returns
    -------
    list of int
        NESTED cells of order 7, ascending. A cone of 10 degrees has about 1,600, one of 30 degrees 13,000: beyond some
        thousands a plain scan of the stored centres is quicker than an index search.

    Raises
    ------
    InvalidInput
        A value that is no position, or a negative radius.
    """
    if not (np.isfinite([ra_deg, dec_deg, radius_deg]).all() and abs(dec_deg) <= 90.0 and radius_deg >= 0.0):
        raise InvalidInput("A cone is RA, Dec (-90 to 90) and a radius (0 or more), all in degrees.")
    if radius_deg >= 180.0:
        return list(range(CELL_COUNT))
    centre = unit_vector(ra_deg, dec_deg)
    radius_rad = float(np.radians(radius_deg))
    if radius_rad <= SAMPLE_STEP_RAD / 2:
        return _ascending([cells_near(centre[None, :], radius_rad)])
    around = _circle(centre, radius_rad)
    covers = [cells_near(np.concatenate((around, centre[None, :])), SAMPLE_STEP_RAD / 2)]
    if radius_rad > ROOM_FOR_A_CELL_RAD:
        covers.append(cells_of_points(cell_centres_within(centre, radius_rad)))
    return _ascending(covers)


def cells_of_polygon(vertices_deg: Iterable[tuple[float, float]]) -> list[int]:
    """Cover one polygon of (ra, dec) vertices, ICRS degrees; see ``cells_of_polygons``."""
    return cells_of_polygons([vertices_deg])


def cells_of_polygons(polygons: Sequence[Iterable[tuple[float, float]]]) -> list[int]:
    """Cover the union of polygons, such as the footprints of one file.

    Parameters
    ----------
    polygons : sequence of iterables of (float, float)
        For each its vertices, RA and Dec in ICRS degrees, either way round; see ``domain.sky_geometry``.

    Returns
    -------
    list of int
        NESTED cells of order 7, ascending, each once.

    Raises
    ------
    InvalidInput
        What ``polygon_from_degrees`` refuses.
    """
    cells: set[int] = set()
    for vertices in polygons:
        polygon = polygon_from_degrees(vertices)
        drawn = cells_of_small_polygon(_along_edges(polygon, STRAIGHT_ARC_RAD))
        cells.update(_cells_of_any_polygon(polygon) if drawn is None else drawn)
    return sorted(cells)


def _cells_of_any_polygon(polygon: Vectors) -> list[int]:
    """Cover a polygon wherever it lies: every cell close to its border, and every cell whose centre is inside."""
    covers = [cells_near(_along_edges(polygon, SAMPLE_STEP_RAD), SAMPLE_STEP_RAD / 2)]
    middle = middle_of(polygon)
    assert middle is not None  # polygon_from_degrees has seen to it
    radius_rad = float(np.arccos(np.clip((polygon @ middle).min(), -1.0, 1.0)))
    if radius_rad > ROOM_FOR_A_CELL_RAD:
        centres = cell_centres_within(middle, radius_rad)
        covers.append(cells_of_points(centres[polygon_contains(polygon, centres)]))
    return _ascending(covers)


def _ascending(covers: list[Cells]) -> list[int]:
    cells: list[int] = np.unique(np.concatenate(covers)).tolist()
    return cells


def _along_edges(polygon: Vectors, step_rad: float) -> Vectors:
    """Sample a polygon's border, vertices included, no two neighbouring samples farther apart than a step."""
    step = next_vertices(polygon) - polygon
    half_chord = np.sqrt((step * step).sum(axis=1)) / 2
    # Equal steps on the chord are widest on the arc at its middle: 2 tan(angle/2) for the whole of it.
    widest = 2.0 * half_chord / np.sqrt(np.maximum(1.0 - half_chord * half_chord, 1e-9))
    if widest.max() <= step_rad:
        return polygon
    counts = np.maximum(np.ceil(widest / step_rad), 1.0).astype(np.int64)
    edge = np.repeat(np.arange(len(polygon)), counts)
    part = (np.arange(len(edge)) - (np.cumsum(counts) - counts)[edge]) / counts[edge]
    samples = polygon[edge] + part[:, None] * step[edge]
    unit: Vectors = samples / np.sqrt((samples * samples).sum(axis=1))[:, None]
    return unit


def _circle(centre: Vectors, radius_rad: float) -> Vectors:
    """Sample a cone's border, no two neighbouring samples farther apart than SAMPLE_STEP_RAD."""
    first, second = square_to(centre)
    count = max(4, int(np.ceil(2 * np.pi * np.sin(radius_rad) / SAMPLE_STEP_RAD)))
    turn = np.arange(count)[:, None] * (2 * np.pi / count)
    samples: Vectors = np.cos(radius_rad) * centre + np.sin(radius_rad) * (np.cos(turn) * first + np.sin(turn) * second)
    return samples
