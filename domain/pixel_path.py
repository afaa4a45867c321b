"""From directions on the sky to the pixels of an image: where a path crosses it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain.celestial_wcs import CelestialWcs
from domain.sky_geometry import unit_vector

__all__ = ["pixel_places", "pixels_of"]

Numbers = npt.NDArray[np.float64]

_STEPS = 12
_STEP_PX = 0.5
_CLOSE_PX = 0.01


def pixels_of(wcs: CelestialWcs, path_deg: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Find the pixels that show some directions.

    The WCS goes from pixels to the sky; this goes back by Newton's way, so that it serves every projection and
    distortion that the other does.

    Parameters
    ----------
    wcs : CelestialWcs
    path_deg : list of (float, float)
        RA and Dec, ICRS degrees.

    Returns
    -------
    list of (float, float)
        0-based x and y; directions that no pixel within or near the image shows are left out.
    """
    if not path_deg:
        return []
    x, y, found = pixel_places(wcs, unit_vector(*np.transpose(np.asarray(path_deg, dtype=np.float64))))
    return [(round(float(px), 2), round(float(py), 2)) for px, py in zip(x[found], y[found], strict=True)]


def pixel_places(wcs: CelestialWcs, wanted: Numbers) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_]]:
    """Find where some directions are shown.

    Parameters
    ----------
    wcs : CelestialWcs
    wanted : ndarray, shape (n, 3)
        ICRS unit vectors.

    Returns
    -------
    ndarray, ndarray, ndarray of bool, shape (n,)
        0-based x and y, and whether they were found within or near the image.
    """
    x = np.full(len(wanted), (wcs.width - 1) / 2)
    y = np.full(len(wanted), (wcs.height - 1) / 2)
    step = np.full(len(wanted), np.inf)
    # Far outside, the projection may not be defined: steps are kept to within a few images.
    reach = 3.0 * max(wcs.width, wcs.height)
    for _ in range(_STEPS):
        at, right, up = np.split(
            wcs.directions(np.concatenate((x, x + _STEP_PX, x)), np.concatenate((y, y, y + _STEP_PX))), 3
        )
        a, b, off = right - at, up - at, wanted - at
        # Least squares in the plane that the two small steps span.
        aa, ab, bb = _dot(a, a), _dot(a, b), _dot(b, b)
        determinant = aa * bb - ab * ab
        with np.errstate(invalid="ignore", divide="ignore"):
            dx = (_dot(off, a) * bb - _dot(off, b) * ab) / determinant * _STEP_PX
            dy = (_dot(off, b) * aa - _dot(off, a) * ab) / determinant * _STEP_PX
            step = np.hypot(dx, dy)
            x, y = x + np.clip(dx, -reach, reach), y + np.clip(dy, -reach, reach)
        if (step < _CLOSE_PX).all():
            break
    found = (step < _CLOSE_PX) & (np.abs(x) < reach) & (np.abs(y) < reach)
    return x, y, found


def _dot(a: Numbers, b: Numbers) -> Numbers:
    product: Numbers = (a * b).sum(axis=1)
    return product
