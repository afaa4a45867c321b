"""The grid of HEALPix cells of order 7: which cell a point is in, what lies close, where the centres are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain.healpix_projection import CELL_ORDER, NSIDE, face_place, neighbours, number_cells

__all__ = [
    "CELL_COUNT",
    "CELL_ORDER",
    "ROOM_FOR_A_CELL_RAD",
    "STRAIGHT_ARC_RAD",
    "Cells",
    "cell_centres_within",
    "cells_near",
    "cells_of_points",
    "cells_of_small_polygon",
]

Vectors = npt.NDArray[np.float64]
Cells = npt.NDArray[np.int64]

CELL_COUNT = 12 * NSIDE * NSIDE

# A disc smaller than this (that of a cell's own area) has no room for a whole cell.
ROOM_FOR_A_CELL_RAD = float(np.sqrt(4.0 / 12.0) / NSIDE)

# How fast a point's coordinates within a cell can change, cells per radian: the steepest gradient of the HEALPix
# projection is at the poles, NSIDE * sqrt(6)/2 * sqrt(1 + 4/pi^2) (from Gorski et al. 2005, equations 4-9); rounded up.
CELLS_PER_RAD = NSIDE * 1.4520
ROUNDING_CELLS = 1e-6

# Directions of the neighbours in the order of `neighbours` (south-west, then clockwise), as steps in x and y.
_STEP_X = np.array([-1, -1, 0, 1, 1, 1, 0, -1])[:, None]
_STEP_Y = np.array([0, 1, 1, 1, 0, -1, -1, -1])[:, None]

# The projection has a kink at |z| = 2/3 and winds up towards the poles. Elsewhere an arc of at most 0.5 degrees strays
# less than 0.007 cells from the straight line between its ends (sampled: 400,000 arcs per belt up to 80 degrees).
KINK_Z = 2.0 / 3.0
KINK_MARGIN_Z = 1e-3
STRAIGHT_BELOW_Z = float(np.sin(np.radians(79.0)))
STRAIGHT_ARC_RAD = float(np.radians(0.5))
STRAY_CELLS = 0.02
_FACE_BITS = 2 * CELL_ORDER
# Interleaving: x of a cell within its base face takes the even bits of its number, y the odd ones.
_SPREAD = [sum(((number >> bit) & 1) << (2 * bit) for bit in range(CELL_ORDER)) for number in range(NSIDE)]


def cells_of_points(points: Vectors) -> Cells:
    """Number the cell of each unit vector, shape (n, 3): NESTED, order 7, shape (n,)."""
    return number_cells(points)[0]


def cells_near(points: Vectors, within_rad: float) -> Cells:
    """List the cells that come within an angle, smaller than a cell, of any of the points, shape (n, 3).

    Cells may repeat. Some that pass by at up to 1.5 times the angle are among them, none is missing.
    """
    cells, x, y = number_cells(points)
    margin = within_rad * CELLS_PER_RAD + ROUNDING_CELLS
    low_x, high_x, low_y, high_y = x < margin, x > 1 - margin, y < margin, y > 1 - margin
    close = low_x | high_x | low_y | high_y
    if not close.any():
        return cells
    beside = neighbours(cells[close])
    reaches_x = np.where(_STEP_X < 0, low_x[close], (_STEP_X == 0) | high_x[close])
    reaches_y = np.where(_STEP_Y < 0, low_y[close], (_STEP_Y == 0) | high_y[close])
    # Where only three cells meet, the fourth does not exist and is given as -1.
    return np.concatenate((cells, beside[reaches_x & reaches_y & (beside >= 0)]))


def cells_of_small_polygon(border: Vectors) -> list[int] | None:
    """Cover a polygon that lies where the projection is nearly straight, by drawing it row by row; else None.

    Parameters
    ----------
    border : ndarray, shape (n, 3)
        Unit vectors along the border in order, at most 0.5 degrees apart.
    """
    lowest_z, highest_z = float(border[:, 2].min()), float(border[:, 2].max())
    if max(-lowest_z, highest_z) > STRAIGHT_BELOW_Z or any(
        lowest_z - KINK_MARGIN_Z < kink < highest_z + KINK_MARGIN_Z for kink in (-KINK_Z, KINK_Z)
    ):
        return None
    places = [face_place(*point) for point in border.tolist()]
    face = places[0][0]
    if any(place[0] != face for place in places):
        return None
    x, y = [place[1] for place in places], [place[2] for place in places]
    if min(min(x), min(y)) < STRAY_CELLS or max(max(x), max(y)) > NSIDE - STRAY_CELLS:
        return None
    spans: dict[int, tuple[float, float]] = {}
    x0, y0 = x[-1], y[-1]
    for x1, y1 in zip(x, y, strict=True):
        low_y, high_y = (y0, y1) if y0 < y1 else (y1, y0)
        low_x, high_x = (x0, x1) if x0 < x1 else (x1, x0)
        slope = (x1 - x0) / (y1 - y0) if high_y - low_y > ROUNDING_CELLS else None
        for row in range(int(low_y - STRAY_CELLS), int(high_y + STRAY_CELLS) + 1):
            left, right = low_x, high_x
            if slope is not None:
                a = x0 + slope * (max(row - STRAY_CELLS, low_y) - y0)
                b = x0 + slope * (min(row + 1 + STRAY_CELLS, high_y) - y0)
                left, right = (a, b) if a < b else (b, a)
            if row in spans:
                before = spans[row]
                spans[row] = (left if left < before[0] else before[0], right if right > before[1] else before[1])
            else:
                spans[row] = (left, right)
        x0, y0 = x1, y1
    base = face << _FACE_BITS
    return [
        base | _SPREAD[row] << 1 | _SPREAD[column]
        for row, (left, right) in spans.items()
        for column in range(int(left - STRAY_CELLS), int(right + STRAY_CELLS) + 1)
    ]


def _ring_table() -> tuple[Vectors, Cells, Vectors]:
    """Describe the rings of cell centres, north to south: z, number of cells, azimuth of the first (radians).

    Source
    ------
    Gorski et al. 2005, ApJ 622, 759, section 5.1.
    """
    ring = np.arange(1, 4 * NSIDE)
    cap = np.minimum(np.minimum(ring, 4 * NSIDE - ring), NSIDE)
    in_cap = cap < NSIDE
    cap_z = np.where(ring < 2 * NSIDE, 1, -1) * (1 - cap**2 / (3.0 * NSIDE**2))
    z = np.where(in_cap, cap_z, 4 / 3 - 2 * ring / (3.0 * NSIDE))
    shifted = in_cap | ((ring - NSIDE) % 2 == 0)
    return z, 4 * cap, np.where(shifted, 0.5, 0.0) * 2 * np.pi / (4 * cap)


_RING_Z, _RING_COUNT, _RING_FIRST_RAD = _ring_table()
_RING_ACROSS = np.sqrt(1 - _RING_Z**2)
_RING_DEC_RAD = np.arcsin(_RING_Z)


def cell_centres_within(centre: Vectors, radius_rad: float) -> Vectors:
    """List the centres, shape (n, 3), of the cells whose centre lies in a cone about a unit vector, shape (3,)."""
    slack_rad = 1e-9
    across_centre = np.hypot(centre[0], centre[1])
    dec = float(np.arctan2(centre[2], across_centre))
    first, last = np.searchsorted(-_RING_DEC_RAD, [-dec - radius_rad - slack_rad, -dec + radius_rad + slack_rad])
    z, across, count = _RING_Z[first:last], _RING_ACROSS[first:last], _RING_COUNT[first:last]
    first_rad = _RING_FIRST_RAD[first:last]
    reach = (np.cos(radius_rad) - centre[2] * z) / np.maximum(across_centre * across, 1e-15)
    half_width = np.arccos(np.clip(reach, -1.0, 1.0)) + slack_rad
    step = 2 * np.pi / count
    middle = np.arctan2(centre[1], centre[0]) - first_rad
    start = np.ceil((middle - half_width) / step).astype(np.int64)
    number = np.clip(np.floor((middle + half_width) / step).astype(np.int64) - start + 1, 0, count)
    ring_of = np.repeat(np.arange(last - first), number)
    place = np.arange(len(ring_of)) - np.repeat(np.cumsum(number) - number, number) + start[ring_of]
    azimuth = first_rad[ring_of] + place * step[ring_of]
    beside = across[ring_of]
    return np.stack((beside * np.cos(azimuth), beside * np.sin(azimuth), z[ring_of]), axis=-1)
