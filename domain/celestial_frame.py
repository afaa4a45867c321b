"""From the celestial frame that a header names to ICRS."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["FrameError", "rotation_to_icrs"]

Vectors = npt.NDArray[np.float64]

# The FITS standard's own line between the two fundamental systems, for headers that give only an equinox.
FK5_FROM_YEAR = 1984.0
BELIEVABLE_YEARS = (1800.0, 2200.0)

_KNOWN = {"ICRS": "ICRS", "FK5": "FK5", "J2000": "FK5", "FK4": "FK4", "B1950": "FK4", "FK4-NO-E": "FK4-NO-E"}


class FrameError(ValueError):
    """The header names a frame that has no fixed place on the sky."""


def rotation_to_icrs(
    axis: str, radesys: str, equinox: float | None
) -> tuple[Vectors | None, Callable[[Vectors], Vectors] | None]:
    """Find how directions of a header's frame become ICRS ones.

    Parameters
    ----------
    axis : str
        The first four characters of the longitude's CTYPE: ``RA--``, ``GLON``, ``ELON`` or ``SLON``.
    radesys : str
        RADESYS, upper case, or empty. A value that no standard knows counts as empty.
    equinox : float or None
        EQUINOX in years (Besselian for FK4, else Julian). A year outside 1800 to 2200 counts as none.

    Returns
    -------
    (ndarray of shape (3, 3) or None, function or None)
        A rotation for column vectors, None for ICRS itself; for the FK4 system, which is no rotation, a function from
        vectors of shape (n, 3) to vectors of shape (n, 3) instead.

    Raises
    ------
    FrameError
        Geocentric apparent places (``GAPPT``) depend on a moment that the WCS alone does not tell.

    Source
    ------
    FITS standard 4.0, section 8.3.1, as astropy's ``wcs_to_celestial_frame`` reads it.
    """
    if equinox is not None and not BELIEVABLE_YEARS[0] <= equinox <= BELIEVABLE_YEARS[1]:
        equinox = None
    if axis in ("GLON", "SLON"):
        return _rotation(axis, 2000.0), None
    if radesys.startswith("GAPPT"):
        raise FrameError("its frame GAPPT is that of apparent places")
    system = _KNOWN.get(radesys.split()[0] if radesys else "")
    if system is None:
        system = "ICRS" if equinox is None else "FK4" if equinox < FK5_FROM_YEAR else "FK5"
    if axis == "ELON":
        return _rotation("ELON", 2000.0 if equinox is None else equinox), None
    if system == "ICRS":
        return None, None
    if system == "FK5":
        return _rotation("FK5", 2000.0 if equinox is None else equinox), None
    return None, _from_fk4(1950.0 if equinox is None else equinox, with_e_terms=system == "FK4")


@lru_cache(maxsize=256)
def _rotation(name: str, equinox_year: float) -> Vectors:
    # Imported on first need: most headers are in ICRS and need none of it.
    from astropy.coordinates import FK5, BarycentricMeanEcliptic, Galactic, Supergalactic
    from astropy.time import Time

    if name == "GLON":
        frame = Galactic()
    elif name == "SLON":
        frame = Supergalactic()
    elif name == "ELON":
        frame = BarycentricMeanEcliptic(equinox=Time(equinox_year, format="jyear"))
    else:
        frame = FK5(equinox=Time(equinox_year, format="jyear"))
    return np.ascontiguousarray(_to_icrs(frame, np.eye(3)).T)


@lru_cache(maxsize=64)
def _from_fk4(equinox_year: float, *, with_e_terms: bool) -> Callable[[Vectors], Vectors]:
    from astropy.coordinates import FK4, FK4NoETerms
    from astropy.time import Time

    kind = FK4 if with_e_terms else FK4NoETerms
    frame = kind(equinox=Time(equinox_year, format="byear"))
    return lambda vectors: _to_icrs(frame, vectors)


def _to_icrs(frame: Any, vectors: Vectors) -> Vectors:
    from astropy.coordinates import ICRS, CartesianRepresentation, UnitSphericalRepresentation

    directions = CartesianRepresentation(vectors.T).represent_as(UnitSphericalRepresentation)
    moved = frame.realize_frame(directions).transform_to(ICRS()).represent_as(UnitSphericalRepresentation)
    icrs: Vectors = moved.to_cartesian().xyz.value.T
    return icrs
