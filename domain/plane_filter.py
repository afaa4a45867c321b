"""Whose orbit's plane comes near what a place sees in a field: a bound by elements alone, before SGP4 is asked."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from domain.crossing_filter import Sight
from domain.satellite_catalogue import Catalogue
from domain.sky_window import EARTH_RATE_RAD_S

__all__ = ["planes_near"]

Floats = npt.NDArray[np.float64]

# Only of round, low orbits with young elements is the plane known well enough: within that, what SGP4 adds to the mean
# elements (the flattened Earth, drag) moves a satellite out of its plane by some kilometres, up or down by some tens.
_ROUND_BELOW = 0.05
_YOUNG_DAYS = 5.0
_WEAK_DRAG = 0.01
_OUT_OF_PLANE_KM = 60.0
_UP_OR_DOWN_KM = 100.0
_SLACK_RAD = math.radians(0.1)  # aberration, the turning of TEME, and some more
_WIDEST_RAD = math.radians(20.0)
_BELOW_HORIZON_KM = 30.0  # the plumb line is 0.19 degrees off the Earth's centre
_DAY_S = 86_400.0


def planes_near(
    catalogue: Catalogue, age_days: Floats, sight: Sight, half_s: float, margin_s: Floats
) -> npt.NDArray[np.bool_] | None:
    """Tell which satellites may be seen in a field within a stretch of time, by their orbits' planes.

    Parameters
    ----------
    catalogue : Catalogue
    age_days : ndarray, shape (n,)
        Of the elements at the middle of the stretch.
    sight : Sight
        At its middle.
    half_s : float
        Half the stretch.
    margin_s : ndarray, shape (n,)
        By how much each may run early or late.

    Returns
    -------
    ndarray of bool, shape (n,), or None
        None where the field is too wide to spare anybody.
    """
    place_km, toward = sight.place_km, sight.axes[2]
    distance_km = math.sqrt(float(place_km @ place_km))
    turn_rad = EARTH_RATE_RAD_S * (half_s + float(margin_s.max(initial=0.0)))
    reach = sight.reach_rad + sight.spin_rad_s * (half_s + 10.0) + _SLACK_RAD + turn_rad
    if reach > _WIDEST_RAD:
        return None
    zenith = math.acos(max(-1.0, min(1.0, float(place_km @ toward) / distance_km)))
    deepest_km = distance_km * math.cos(max(zenith - reach, 0.0))
    flattest_km = max(distance_km * math.cos(min(zenith + reach, math.pi)), -_BELOW_HORIZON_KM)
    if deepest_km < flattest_km:
        return np.zeros(len(catalogue), dtype=np.bool_) | _unsure(catalogue, age_days)
    nearest_km = _range_km(catalogue.perigee_km - _UP_OR_DOWN_KM, deepest_km, distance_km)
    farthest_km = _range_km(catalogue.apogee_km + _UP_OR_DOWN_KM, flattest_km, distance_km)
    node = catalogue.node_rad + catalogue.node_rate_rad_s * (age_days * _DAY_S)
    across = catalogue.inclination_sine
    normal_x, normal_y, normal_z = np.sin(node) * across, -np.cos(node) * across, catalogue.inclination_cosine
    at_place = normal_x * place_km[0] + normal_y * place_km[1] + normal_z * place_km[2]
    along = normal_x * toward[0] + normal_y * toward[1] + normal_z * toward[2]
    near, far = at_place + along * nearest_km, at_place + along * farthest_km
    stray = _OUT_OF_PLANE_KM + distance_km * turn_rad + farthest_km * (2.0 * math.sin(reach / 2.0))
    kept: npt.NDArray[np.bool_] = (np.minimum(near, far) <= stray) & (np.maximum(near, far) >= -stray)
    return kept | _unsure(catalogue, age_days)


def _range_km(radius_km: Floats, along_km: float, distance_km: float) -> Floats:
    """How far away something is that is at a distance from the Earth's centre, in a direction."""
    found: Floats = np.sqrt(np.maximum(radius_km**2 - distance_km**2 + along_km**2, 0.0)) - along_km
    return np.maximum(found, 0.0)


def _unsure(catalogue: Catalogue, age_days: Floats) -> npt.NDArray[np.bool_]:
    loose = (catalogue.eccentricity >= _ROUND_BELOW) | catalogue.is_far | (np.abs(catalogue.bstar) > _WEAK_DRAG)
    unsure: npt.NDArray[np.bool_] = loose | (np.abs(age_days) > _YOUNG_DAYS)
    return unsure
