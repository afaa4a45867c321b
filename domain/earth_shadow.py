"""The Earth's shadow: how much of the Sun's disc lights a satellite, in sunlight, penumbra or umbra."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["light_excess", "sunlit_fraction"]

Floats = npt.NDArray[np.float64]

_EARTH_RADIUS_KM = 6378.137  # WGS84, the equator's
_POLAR_STRETCH = 1.0 / (1.0 - 1.0 / 298.257223563)
_SUN_RADIUS_KM = 695_700.0  # IAU 2015 Resolution B3, nominal


def sunlit_fraction(satellite_km: Floats, sun_km: Floats) -> Floats:
    """Tell which part of the Sun's disc is seen from a satellite past the Earth, its atmosphere left out.

    The cones of umbra and penumbra are those of the two discs; the flattened Earth is made round by stretching the
    polar axis, which also stretches the Sun's direction and nothing else that matters.

    Parameters
    ----------
    satellite_km, sun_km : ndarray, shape (3, ...)
        From the Earth's centre, z along its axis.

    Returns
    -------
    ndarray, shape (...)
        1 in sunlight, 0 in the umbra, between in the penumbra (linear in the angle between the discs' edges).

    Source
    ------
    Montenbruck & Gill 2000, Satellite Orbits, 3.4.2 (conical shadow).
    """
    sine, cosine, sun_sine = _discs(satellite_km, sun_km)
    apart, earth, sun = np.arccos(np.clip(cosine, -1.0, 1.0)), np.arcsin(sine), np.arcsin(sun_sine)
    seen: Floats = np.clip((apart - earth + sun) / (2.0 * sun), 0.0, 1.0)
    return seen


def light_excess(satellite_km: Floats, sun_km: Floats) -> Floats:
    """Measure, without an angle, how clear the Sun's disc stands of total eclipse: above 0 some of it is seen.

    Arguments are those of ``sunlit_fraction``; the result, of shape (...), is smooth about 0.
    """
    sine, cosine, sun_sine = _discs(satellite_km, sun_km)
    edge: Floats = np.sqrt((1.0 - sine * sine) * (1.0 - sun_sine * sun_sine)) + sine * sun_sine
    return edge - cosine


def _discs(satellite_km: Floats, sun_km: Floats) -> tuple[Floats, Floats, Floats]:
    """The sine of the Earth's angular radius, the cosine between both centres, the sine of the Sun's angular radius."""
    x, y, z = satellite_km[0], satellite_km[1], satellite_km[2] * _POLAR_STRETCH
    sun_x, sun_y, sun_z = sun_km[0] - x, sun_km[1] - y, sun_km[2] * _POLAR_STRETCH - z
    inverse = 1.0 / np.sqrt(x * x + y * y + z * z)
    sun_inverse = 1.0 / np.sqrt(sun_x * sun_x + sun_y * sun_y + sun_z * sun_z)
    cosine = -(x * sun_x + y * sun_y + z * sun_z) * (inverse * sun_inverse)
    return np.minimum(_EARTH_RADIUS_KM * inverse, 1.0), cosine, _SUN_RADIUS_KM * sun_inverse
