"""How bright a satellite may be: published means of constellations, else a diffuse sphere. Always an estimate."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from domain.sky_window import AU_KM

__all__ = ["Brightness", "brightness_of", "estimate_magnitude", "phase_angle_rad"]

Floats = npt.NDArray[np.float64]

_SUN_V_MAGNITUDE = -26.76  # Willmer 2018, ApJS 236, 47, table 3 (V, Vega)
_ALBEDO = 0.2  # assumed; spheres of aluminium and solar cells lie about it
_NEAR_DIAMETER_M = 2.0
_FAR_DIAMETER_M = 5.0


class Brightness(msgspec.Struct, frozen=True):
    """What is known of a satellite's brightness.

    Parameters
    ----------
    magnitude : float
        V at ``distance_km``: the mean over what observers see, or, for a sphere, fully lit.
    distance_km : float
    is_sphere : bool
        Whether it follows the phase of a diffuse sphere; means do not.
    source : str
    """

    magnitude: float
    distance_km: float
    is_sphere: bool
    source: str


class _Mean(NamedTuple):
    names: re.Pattern[str]
    launches: tuple[str, str]
    brightness: Brightness


def _mean(
    names: str, magnitude: float, distance_km: float, source: str, launches: tuple[str, str] = ("", "~")
) -> _Mean:
    said = f"estimate: mean of observations at {distance_km:g} km, {source}"
    return _Mean(re.compile(names, re.IGNORECASE), launches, Brightness(magnitude, distance_km, False, said))


_GENERATION_1 = "arXiv:2210.17268, overhead at the end of twilight"  # Mallama and Respler 2022

# The first that fits counts. Launches are the first eight characters of the international designator, first and last:
# Starlinks have visors since the launch 2020-055; those numbered from 3000 on have lasers instead.
_MEANS = (
    _mean(r"STARLINK-11\d{3}\b|STARLINK.*\[DTC\]", 6.47, 1000, "arXiv:2502.03651 (Starlink direct to cell)"),
    _mean(r"STARLINK-3\d{4}\b", 7.87, 1000, "arXiv:2306.06657 (Starlink generation 2 Mini)"),
    _mean(r"STARLINK-[12]\d{3}\b", 4.7, 550, f"{_GENERATION_1} (original)", ("2019-074", "2020-054")),
    _mean(r"STARLINK-[12]\d{3}\b", 6.2, 550, f"{_GENERATION_1} (VisorSat)", ("2020-055", "2021-999")),
    _mean(r"STARLINK-[3-6]\d{3}\b", 5.5, 550, f"{_GENERATION_1} (Post-VisorSat)"),
    _mean(r"BLUEBIRD\b", 3.84, 1000, "arXiv:2505.05820 (BlueBird)"),
    _mean(r"QIANFAN\b", 5.24, 1000, "arXiv:2505.07194 (Qianfan)"),
)


@lru_cache(maxsize=65_536)
def brightness_of(name: str, designator: str, *, is_far: bool) -> Brightness:
    """Find what is known of a satellite's brightness.

    Parameters
    ----------
    name, designator : str
        ``STARLINK-31234``, ``2024-012C``.
    is_far : bool
        Whether its orbit takes more than 225 minutes: what is sent far out is large.

    Source
    ------
    Each mean names its own. Sphere: Lambert's law, albedo 0.2, 2 m across (5 m beyond low orbits); assumed, for
    catalogues tell no sizes.
    """
    for mean in _MEANS:
        if mean.names.match(name) and mean.launches[0] <= designator[:8] <= mean.launches[1]:
            return mean.brightness
    return _FAR if is_far else _NEAR


def _sphere(diameter_m: float) -> Brightness:
    # A diffuse sphere's geometric albedo is 2/3 of its Bond albedo.
    share = 2.0 / 3.0 * _ALBEDO * (diameter_m / 2.0 / 1e6) ** 2
    return Brightness(
        float(_SUN_V_MAGNITUDE - 2.5 * np.log10(share)),
        1000.0,
        True,
        f"estimate: diffuse sphere {diameter_m:g} m across of albedo {_ALBEDO:g}, both assumed",
    )


_NEAR, _FAR = _sphere(_NEAR_DIAMETER_M), _sphere(_FAR_DIAMETER_M)


def estimate_magnitude(brightness: Brightness, range_km: Floats, phase_rad: Floats, sunlit_fraction: Floats) -> Floats:
    """Estimate V outside the atmosphere; NaN in the umbra. All of one shape.

    Parameters
    ----------
    brightness : Brightness
    range_km : ndarray
    phase_rad : ndarray
        Sun, satellite, place.
    sunlit_fraction : ndarray
        Of the Sun's disc.
    """
    magnitude = brightness.magnitude + 5.0 * np.log10(range_km / brightness.distance_km)
    with np.errstate(divide="ignore", invalid="ignore"):
        if brightness.is_sphere:
            shape = (np.sin(phase_rad) + (np.pi - phase_rad) * np.cos(phase_rad)) / np.pi
            magnitude = magnitude - 2.5 * np.log10(np.maximum(shape, 1e-6))
        lit: Floats = np.where(sunlit_fraction > 0, magnitude - 2.5 * np.log10(sunlit_fraction), np.nan)
    return lit


def phase_angle_rad(satellite_km: Floats, away_km: Floats, sun_km: Floats) -> Floats:
    """Measure the angle at the satellite between Sun and place.

    Parameters
    ----------
    satellite_km, sun_km : ndarray, shape (3, ...)
        From the Earth's centre.
    away_km : ndarray, shape (3, ...)
        From the place to the satellite.
    """
    to_sun = (sun_km - satellite_km) / AU_KM
    lengths = np.sqrt((to_sun**2).sum(axis=0) * (away_km**2).sum(axis=0))
    angle: Floats = np.arccos(np.clip(-(to_sun * away_km).sum(axis=0) / lengths, -1.0, 1.0))
    return angle
