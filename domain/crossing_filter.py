"""Which satellites can come near a field within a stretch of time: bounds that may keep too many, and never lose one.

One state of each object, at the middle of the stretch, bounds its way: first a straight line and the greatest
acceleration it can have, for all; then a parabola and the greatest change of that acceleration, for those left.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.satellite_catalogue import EARTH_RADIUS_KM, GM_KM3_S2
from domain.sky_window import EARTH_RATE_RAD_S

__all__ = ["Near", "Sight", "find_near"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

# What bounds and states leave out, amply: SGP4's velocities are not quite the derivatives of its positions, the night's
# table strays by metres, drag and the Moon pull; the astrometric place of a distant satellite is half a kilometre back.
_SLACK_KM = 2.0
_SLACK_RAD = math.radians(40 / 3600)  # aberration, and the turning of TEME within the window
_LEAST_KM = 6_200.0  # from the Earth's centre: what comes nearer has decayed
_J2 = 1.5 * 1.0827e-3 * GM_KM3_S2 * EARTH_RADIUS_KM**2  # of the flattened Earth's pull, times r^-4
_STRONGEST_KM_S2 = GM_KM3_S2 / _LEAST_KM**2 + _J2 / _LEAST_KM**4 + 4e-5  # the place's own turning included
_FASTEST_KM_S = 11.5  # just enough to leave the Earth, and the place's own speed
_FIELD_STEP_S = 10.0
_WIDE_RAD = math.radians(75.0)


class Sight(NamedTuple):
    """A field seen from a place at the middle of a stretch of time, in TEME.

    ``axes`` are the field's, rows; ``up`` the place's; ``reach_rad`` how far the field reaches from its centre;
    ``spin_rad_s`` how fast it moves.
    """

    place_km: Floats
    place_km_s: Floats
    up: Floats
    axes: Floats
    reach_rad: float
    spin_rad_s: float


class Near(NamedTuple):
    """Objects that can be in the field, and from when to when, seconds from the middle; shape (m,)."""

    indices: Indices
    first_s: Floats
    last_s: Floats


def find_near(position_km: Floats, velocity_km_s: Floats, sight: Sight, half_s: float, margin_s: Floats) -> Near:
    """Find the objects that can come into the field.

    Parameters
    ----------
    position_km, velocity_km_s : ndarray, shape (3, n)
        TEME, at the middle; NaN for objects that have none.
    sight : Sight
    half_s : float
        Half the stretch.
    margin_s : ndarray, shape (n,)
        By how much the object may run early or late.

    Returns
    -------
    Near
    """
    frame = np.vstack([sight.axes, sight.up])
    seen = frame @ position_km - (frame @ sight.place_km)[:, None]
    rate = frame @ velocity_km_s - (frame @ sight.place_km_s)[:, None]
    half = half_s + margin_s
    # A satellite that runs late is seen from where the Earth has turned to meanwhile.
    slack = _SLACK_KM + margin_s * (2.0 * EARTH_RATE_RAD_S * 6_400.0)
    stray = slack + 0.5 * _STRONGEST_KM_S2 * half * half
    with np.errstate(invalid="ignore"):
        up = seen[3] + (np.abs(rate[3]) + _tilt_km_s(seen, half)) * half + stray >= 0.0
    kept = np.flatnonzero(up)
    reach = sight.reach_rad + _SLACK_RAD + sight.spin_rad_s * (half_s + _FIELD_STEP_S)
    if reach < _WIDE_RAD:
        kept = kept[_straight_meets(seen[:, kept], rate[:, kept], half[kept], stray[kept], reach)]
    if not len(kept):
        return Near(kept, np.zeros(0), np.zeros(0))
    state = position_km[:, kept], velocity_km_s[:, kept]
    meets, first_s, last_s = _curved_meets(state, seen[:, kept], rate[:, kept], sight, half[kept], slack[kept], reach)
    return Near(kept[meets], first_s, last_s)


def _straight_meets(seen: Floats, rate: Floats, half: Floats, stray: Floats, reach: float) -> npt.NDArray[np.bool_]:
    """Tell which straight lines come nearer to the cone than their stray."""
    x, y, z = seen[:3]
    deepest = z + np.abs(rate[2]) * half + stray
    speed2 = rate[0] ** 2 + rate[1] ** 2 + 1e-12
    nearest_s = np.clip(-(x * rate[0] + y * rate[1]) / speed2, -half, half)
    beside = np.hypot(x + rate[0] * nearest_s, y + rate[1] * nearest_s)
    meets: npt.NDArray[np.bool_] = (deepest > 0.0) & (beside <= deepest * math.tan(reach) + stray)
    return meets


def _curved_meets(
    state: tuple[Floats, Floats],
    seen: Floats,
    rate: Floats,
    sight: Sight,
    half: Floats,
    slack: Floats,
    reach: float,
) -> tuple[npt.NDArray[np.bool_], Floats, Floats]:
    """Follow parabolas step by step; tell which come near, and those from when to when."""
    position_km, velocity_km_s = state
    distance = np.sqrt((position_km**2).sum(axis=0))
    spin = np.array([0.0, 0.0, EARTH_RATE_RAD_S])
    turning = np.cross(spin, np.cross(spin, sight.place_km))
    bend = np.vstack([sight.axes, sight.up]) @ (position_km * (-GM_KM3_S2 / distance**3) - turning[:, None])
    cubic, square = _stray_growth(position_km, velocity_km_s, distance, half)
    steps = max(2, math.ceil(float(half.max()) / _FIELD_STEP_S))
    times = half[:, None] * np.linspace(-1.0, 1.0, 2 * steps + 1)
    x, y, z, up = seen[:, :, None] + rate[:, :, None] * times + 0.5 * bend[:, :, None] * times**2
    away = np.maximum(np.abs(times[:, :-1]), np.abs(times[:, 1:]))
    between = slack + _STRONGEST_KM_S2 * (half / steps) ** 2 / 8.0
    stray = between[:, None] + cubic[:, None] * away**3 + square[:, None] * away**2
    near = np.maximum(up[:, :-1], up[:, 1:]) + stray + _tilt_km_s(seen, half)[:, None] * away >= 0.0
    if reach < _WIDE_RAD:
        deepest = np.maximum(z[:, :-1], z[:, 1:]) + stray
        near &= (deepest > 0.0) & (_beside(x, y) <= deepest * math.tan(reach) + stray)
    meets = near.any(axis=1)
    near, times = near[meets], times[meets]
    rows = np.arange(len(near))
    last = near.shape[1] - near[:, ::-1].argmax(axis=1)
    return meets, times[rows, near.argmax(axis=1)], times[rows, last]


def _tilt_km_s(seen: Floats, half: Floats) -> Floats:
    """How fast the horizon, turning with the Earth, sinks at most beneath what is seen, shape (m,)."""
    tilt: Floats = EARTH_RATE_RAD_S * (np.sqrt((seen[:3] ** 2).sum(axis=0)) + _FASTEST_KM_S * half)
    return tilt


def _beside(x: Floats, y: Floats) -> Floats:
    """Distance of the axis from each chord of paths, shape (m, k) to (m, k - 1)."""
    run, rise = np.diff(x, axis=1), np.diff(y, axis=1)
    share = np.clip(-(x[:, :-1] * run + y[:, :-1] * rise) / (run * run + rise * rise + 1e-12), 0.0, 1.0)
    beside: Floats = np.hypot(x[:, :-1] + run * share, y[:, :-1] + rise * share)
    return beside


def _stray_growth(position_km: Floats, velocity_km_s: Floats, distance: Floats, half: Floats) -> tuple[Floats, Floats]:
    """How far a parabola strays at most: km per s^3 (the pull's change along the orbit) and per s^2 (the flattening).

    The pull of a point mass, -GM r / |r|^3, changes at a rate of GM / |r|^3 * |v - 3 r (r v) / |r|^2|, which is at most
    GM / |r|^3 * sqrt(v^2 + 3 v_r^2); both speeds are greatest where the orbit comes nearest within the stretch.
    """
    energy = (velocity_km_s**2).sum(axis=0) - 2.0 * GM_KM3_S2 / distance  # twice that of a unit of mass
    momentum = np.sqrt((np.cross(position_km, velocity_km_s, axis=0) ** 2).sum(axis=0))
    eccentricity = np.sqrt(np.maximum(0.0, 1.0 + energy * (momentum / GM_KM3_S2) ** 2))
    climb = GM_KM3_S2 * (eccentricity + 0.005) / momentum  # the greatest radial speed
    lowest = np.maximum(_LEAST_KM, distance - climb * half - 1.0)
    swiftest2 = np.maximum(energy + 2.0 * GM_KM3_S2 / lowest, 0.0)
    change = GM_KM3_S2 / lowest**3 * np.sqrt(swiftest2 + 3.0 * climb**2) + EARTH_RATE_RAD_S**3 * 6_400.0
    return 1.02 * change / 6.0, 0.5 * _J2 / lowest**4
