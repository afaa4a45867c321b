"""Where an image is on the sky, at the knots of a mesh over it; and which objects of a catalogue it shows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.celestial_wcs import CelestialWcs, read_celestial_wcs
from domain.header import HeaderUnit
from domain.pixel_path import pixel_places
from domain.wcs_keywords import BadWcs

__all__ = ["KNOTS", "SkyMesh", "image_wcs", "make_mesh", "places_within"]

Numbers = npt.NDArray[np.float64]

KNOTS = 33
"Along each side: between them a gnomonic field of ten degrees is bent by less than an arc second."


class SkyMesh(NamedTuple):
    """0-based pixels of the columns and rows of knots, from edge to edge, and the directions there: ICRS unit vectors,
    shape (rows, columns, 3), NaN off the projection."""

    x: Numbers
    y: Numbers
    directions: Numbers


def image_wcs(unit: HeaderUnit) -> CelestialWcs | None:
    """Read the WCS of an image's two axes; None where it has none, or one that cannot be used."""
    try:
        wcs = read_celestial_wcs(unit)
    except (BadWcs, ValueError, ArithmeticError, TypeError):
        return None  # the frame's problems tell of it
    return wcs if wcs is not None and (wcs.height, wcs.width) == tuple(unit.shape[-2:]) else None


def make_mesh(wcs: CelestialWcs) -> SkyMesh:
    """Lay a mesh over an image."""
    x, y = np.linspace(-0.5, wcs.width - 0.5, KNOTS), np.linspace(-0.5, wcs.height - 0.5, KNOTS)
    across, up = np.meshgrid(x, y)
    return SkyMesh(x, y, wcs.directions(across.ravel(), up.ravel()).reshape(KNOTS, KNOTS, 3))


def places_within(wcs: CelestialWcs, directions: Numbers) -> tuple[Numbers, Numbers, npt.NDArray[np.intp]]:
    """Find which directions an image shows.

    Parameters
    ----------
    wcs : CelestialWcs
    directions : ndarray, shape (n, 3)
        ICRS unit vectors.

    Returns
    -------
    ndarray, ndarray, ndarray of int, shape (m,)
        0-based x and y, and of which directions.
    """
    mesh = make_mesh(wcs).directions.reshape(-1, 3)
    mesh = mesh[np.isfinite(mesh).all(axis=1)]
    if not len(mesh):
        return np.empty(0), np.empty(0), np.empty(0, np.intp)
    middle = mesh.mean(axis=0)
    # Of an image of the whole sky the mean is nowhere: everything is near enough then.
    length = np.linalg.norm(middle)
    near = np.arange(len(directions))
    if length > 0.1:
        least = (mesh @ middle).min() / length
        near = np.flatnonzero(directions @ middle / length >= least - 1e-3)
    x, y, found = pixel_places(wcs, directions[near])
    inside = (
        found
        & (np.abs(x - (wcs.width - 1) / 2) <= wcs.width / 2)
        & (np.abs(y - (wcs.height - 1) / 2) <= wcs.height / 2)
    )
    inside[inside] &= (wcs.directions(x[inside], y[inside]) * directions[near][inside]).sum(axis=1) > 0.999
    return x[inside], y[inside], near[inside]
