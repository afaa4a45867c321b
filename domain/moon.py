"""Sun and Moon over a place: altitudes, how much of the Moon is lit, which phase it is in."""

from __future__ import annotations

import math

import erfa
import numpy as np
import numpy.typing as npt

from domain.sky_window import AU_KM, DAY_S, LIGHT_KM_S, SkyWindow, terrestrial_days
from domain.viewpoint import Viewpoint

__all__ = ["altitude_rad", "illuminated_fraction", "moon_km", "phase_deg", "phase_name"]

Floats = npt.NDArray[np.float64]

_MJD_ZERO = 2_400_000.5
_OBLIQUITY_RAD = math.radians(23.4393)  # of J2000; the phase needs no more digits
_PHASES = (
    "new", "waxing crescent", "first quarter", "waxing gibbous",
    "full", "waning gibbous", "last quarter", "waning crescent",
)  # fmt: skip


def moon_km(window: SkyWindow, seconds: Floats) -> Floats:
    """Give the Moon's place from the Earth's centre, as its light comes, TEME, km, shape (3, t).

    Source
    ------
    Meeus 1998, Astronomical Algorithms, chapter 47, by ERFA: good to 10 arcseconds.
    """
    days = window.fraction + seconds / DAY_S
    state = erfa.moon98(window.jd, days + terrestrial_days(window.jd - _MJD_ZERO + days))
    position_km = state["p"] * AU_KM
    delay_days = np.sqrt((position_km**2).sum(axis=-1)) / LIGHT_KM_S / DAY_S
    delayed: Floats = window.to_icrs.T @ (position_km - state["v"] * AU_KM * delay_days[..., None]).T
    return delayed


def altitude_rad(vectors_km: Floats, view: Viewpoint, seconds: Floats) -> Floats:
    """Measure the altitude, without refraction, of what is at vectors from the Earth's centre, TEME, shape (3, t)."""
    place_km, up = view.position_and_up(seconds)
    away_km = vectors_km - place_km
    altitude: Floats = np.arcsin((up * away_km).sum(axis=0) / np.sqrt((away_km**2).sum(axis=0)))
    return altitude


def illuminated_fraction(moon: Floats, sun: Floats) -> float:
    """Tell which part of the Moon's disc is lit; vectors from the Earth's centre, km, shape (3,)."""
    to_sun, to_earth = sun - moon, -moon
    cosine = float(to_sun @ to_earth) / math.sqrt(float(to_sun @ to_sun) * float(to_earth @ to_earth))
    return (1.0 + cosine) / 2.0


def phase_deg(moon: Floats, sun: Floats, to_icrs: Floats) -> float:
    """Tell by how much the Moon's ecliptic longitude exceeds the Sun's: 0 new, 90 first quarter, 180 full."""
    longitudes = []
    for x, y, z in ((to_icrs @ moon).tolist(), (to_icrs @ sun).tolist()):
        longitudes.append(math.atan2(y * math.cos(_OBLIQUITY_RAD) + z * math.sin(_OBLIQUITY_RAD), x))
    return math.degrees(longitudes[0] - longitudes[1]) % 360.0


def phase_name(degrees: float) -> str:
    """Name a phase: each of the four moments counts for 12 degrees, a day, about it."""
    for number in range(4):
        if abs((degrees - 90.0 * number + 180.0) % 360.0 - 180.0) <= 6.0:
            return _PHASES[2 * number]
    return _PHASES[2 * int(degrees // 90.0) + 1]
