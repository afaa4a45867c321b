"""The HEALPix projection at order 7: unit vectors to places on the twelve base faces, and who lies beside whom.

A few lines of numpy, so that the service need not load astropy for them; the tests hold them to astropy_healpix.
"""

from __future__ import annotations

from math import atan2, floor, pi, sqrt

import numpy as np
import numpy.typing as npt

__all__ = ["CELL_ORDER", "NSIDE", "face_place", "face_places", "neighbours", "number_cells"]

Vectors = npt.NDArray[np.float64]
Cells = npt.NDArray[np.int64]

CELL_ORDER = 7
NSIDE = 1 << CELL_ORDER

# Interleaving: x of a cell within its base face takes the even bits of its NESTED number, y the odd ones.
_SPREAD = np.array([sum(((n >> bit) & 1) << (2 * bit) for bit in range(CELL_ORDER)) for n in range(NSIDE)])
_GATHER = np.zeros(int(_SPREAD[-1]) + 1, dtype=np.int64)
_GATHER[_SPREAD] = np.arange(NSIDE)
_EVEN_BITS = int(_SPREAD[-1])

# Steps to the neighbours, from south-west clockwise.
_STEP_X = np.array([-1, -1, 0, 1, 1, 1, 0, -1])[:, None]
_STEP_Y = np.array([0, 1, 1, 1, 0, -1, -1, -1])[:, None]

# Over which edge or corner of its face a step leads (3 * y + x, each 0 below, 1 within, 2 above), and from each face
# to which; -1 where only three cells meet. Then how x and y turn there, for northern, equatorial and southern faces:
# 1 mirrors x, 2 mirrors y, 4 swaps them.
_FACE_BESIDE = np.array([
    [8, 9, 10, 11, -1, -1, -1, -1, 10, 11, 8, 9],
    [5, 6, 7, 4, 8, 9, 10, 11, 9, 10, 11, 8],
    [-1, -1, -1, -1, 5, 6, 7, 4, -1, -1, -1, -1],
    [4, 5, 6, 7, 11, 8, 9, 10, 11, 8, 9, 10],
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    [1, 2, 3, 0, 0, 1, 2, 3, 5, 6, 7, 4],
    [-1, -1, -1, -1, 7, 4, 5, 6, -1, -1, -1, -1],
    [3, 0, 1, 2, 3, 0, 1, 2, 4, 5, 6, 7],
    [2, 3, 0, 1, -1, -1, -1, -1, 0, 1, 2, 3],
])  # fmt: skip
_TURN = np.array([[0, 0, 3], [0, 0, 6], [0, 0, 0], [0, 0, 5], [0, 0, 0], [5, 0, 0], [0, 0, 0], [6, 0, 0], [3, 0, 0]])


def face_places(points: Vectors) -> tuple[Cells, Vectors, Vectors]:
    """Project unit vectors.

    Parameters
    ----------
    points : ndarray, shape (n, 3)

    Returns
    -------
    tuple of three ndarrays, shape (n,)
        The base face, 0 to 11, and x and y on it, 0 to 128: a cell is 1 wide. x grows to the north-east, y to the
        north-west.

    Source
    ------
    Gorski et al. 2005, ApJ 622, 759, section 4.1.
    """
    z = points[:, 2]
    height = np.abs(z)
    quarter = np.arctan2(points[:, 1], points[:, 0]) * (2.0 / np.pi) % 4.0  # quarters of a turn
    # The equatorial belt: lines of constant x and of constant y are straight.
    rise, fall = quarter + 0.5 - 0.75 * z, quarter + 0.5 + 0.75 * z
    face_rise, face_fall = np.floor(rise).astype(np.int64), np.floor(fall).astype(np.int64)
    belt_face = np.where(
        face_rise == face_fall,
        (face_rise & 3) | 4,
        np.where(face_rise < face_fall, face_rise & 3, (face_fall & 3) + 8),
    )
    # The caps: four triangles each. 1 - |z| by the distance from the axis, which loses nothing near the pole.
    petal = np.minimum(quarter.astype(np.int64), 3)
    within = quarter - petal
    out = np.sqrt(3.0 * (points[:, 0] ** 2 + points[:, 1] ** 2) / (1.0 + height))
    ahead, behind = within * out, (1.0 - within) * out
    north = z > 0
    in_cap = height > 2.0 / 3.0
    face = np.where(in_cap, np.where(north, petal, petal + 8), belt_face)
    x = np.where(in_cap, np.where(north, 1.0 - behind, ahead), fall - face_fall)
    y = np.where(in_cap, np.where(north, 1.0 - ahead, behind), 1.0 - (rise - face_rise))
    return face, x * NSIDE, y * NSIDE


def face_place(x: float, y: float, z: float) -> tuple[int, float, float]:
    """Project one unit vector, as `face_places` does; for a handful of them this is several times quicker."""
    quarter = atan2(y, x) * (2.0 / pi) % 4.0
    if abs(z) > 2.0 / 3.0:
        petal = min(int(quarter), 3)
        within = quarter - petal
        out = sqrt(3.0 * (x * x + y * y) / (1.0 + abs(z)))
        ahead, behind = within * out, (1.0 - within) * out
        if z > 0:
            return petal, (1.0 - behind) * NSIDE, (1.0 - ahead) * NSIDE
        return petal + 8, ahead * NSIDE, behind * NSIDE
    rise, fall = quarter + 0.5 - 0.75 * z, quarter + 0.5 + 0.75 * z
    face_rise, face_fall = floor(rise), floor(fall)
    if face_rise == face_fall:
        face = (face_rise & 3) | 4
    else:
        face = face_rise & 3 if face_rise < face_fall else (face_fall & 3) + 8
    return face, (fall - face_fall) * NSIDE, (1.0 - (rise - face_rise)) * NSIDE


def number_cells(points: Vectors) -> tuple[Cells, Vectors, Vectors]:
    """Number the cells of unit vectors, shape (n, 3): NESTED, order 7.

    Returns
    -------
    tuple of three ndarrays, shape (n,)
        The cells, and where in its cell each point is: x and y, 0 to 1.
    """
    face, x, y = face_places(points)
    column = np.clip(x.astype(np.int64), 0, NSIDE - 1)
    row = np.clip(y.astype(np.int64), 0, NSIDE - 1)
    cells: Cells = face << (2 * CELL_ORDER) | _SPREAD[row] << 1 | _SPREAD[column]
    return cells, x - column, y - row


def neighbours(cells: Cells) -> Cells:
    """List the eight cells around each, shape (8, n), from south-west clockwise; -1 where there is none."""
    face = np.broadcast_to(cells >> (2 * CELL_ORDER), (8, len(cells)))
    x = _GATHER[cells & _EVEN_BITS] + _STEP_X
    y = _GATHER[cells >> 1 & _EVEN_BITS] + _STEP_Y
    over = 3 * (1 + (y >= NSIDE) - (y < 0)) + 1 + (x >= NSIDE) - (x < 0)
    x, y = x % NSIDE, y % NSIDE
    turn = _TURN[over, face >> 2]
    x = np.where(turn & 1, NSIDE - 1 - x, x)
    y = np.where(turn & 2, NSIDE - 1 - y, y)
    x, y = np.where(turn & 4, y, x), np.where(turn & 4, x, y)
    beside = _FACE_BESIDE[over, face]
    found: Cells = np.where(beside < 0, -1, beside << (2 * CELL_ORDER) | _SPREAD[y] << 1 | _SPREAD[x])
    return found
