"""What is told of one crossing: its path on the sky, how fast, how bright, how sure."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from domain.crossing_search import Inside
from domain.earth_shadow import sunlit_fraction
from domain.field_plane import FieldPlane
from domain.ground_place import GroundPlace
from domain.satellite_brightness import brightness_of, estimate_magnitude, phase_angle_rad
from domain.satellite_catalogue import Catalogue
from domain.satellite_path import SatellitePath
from domain.satellite_results import Convention, Crossing
from domain.sky_geometry import position_deg
from domain.sky_window import SkyWindow

__all__ = ["report_crossing"]

Floats = npt.NDArray[np.float64]

_PATH_PARTS = 16
_PATH_STEP_S = 10.0
_EDGE_S = 1e-6


def report_crossing(
    catalogue: Catalogue,
    index: int,
    path: SatellitePath,
    inside: Inside,
    plane: FieldPlane,
    place: GroundPlace,
    window: SkyWindow,
    *,
    convention: Convention,
    offset_s: float,
    age_days: float,
    sigma_s: float,
) -> Crossing:
    """Tell of one crossing.

    Parameters
    ----------
    path : SatellitePath
        Of the satellite at ``index`` of the catalogue.
    inside : Inside
    window : SkyWindow
        The exposure.
    offset_s : float
        By how much it would have to run late; 0 where it crosses anyway.
    age_days, sigma_s : float
        Of its elements.
    """
    parts = max(_PATH_PARTS, math.ceil((inside.exit_s - inside.entry_s) / _PATH_STEP_S))
    times = np.append(np.linspace(inside.entry_s, inside.exit_s, parts + 1), inside.closest_s)
    position_km, velocity_km_s = path.state(times - offset_s)
    seen_km = path.seen(times, "astrometric", offset_s)
    away_km = path.seen(times, "geometric", offset_s)
    sun_km = window.sun_km(times)
    lit = sunlit_fraction(position_km, sun_km)
    range_km = math.sqrt(float((away_km[:, -1] ** 2).sum()))
    phase_rad = phase_angle_rad(position_km[:, -1], away_km[:, -1], sun_km[:, -1])
    brightness = brightness_of(catalogue.names[index], catalogue.designators[index], float(catalogue.period_s[index]))
    # Where it is dark at the closest and lit at an end, that end counts as the closest does.
    best_lit = lit[-1] if lit[-1] > 0.0 else lit.max()
    magnitude = float(estimate_magnitude(brightness, np.float64(range_km), phase_rad, best_lit))  # type: ignore[arg-type]
    ra_deg, dec_deg = position_deg((window.to_icrs @ seen_km).T)
    east, north, up = (float(value) for value in path.up_km(times[-1:], offset_s)[:, 0])
    point = plane.project(window.to_icrs @ path.seen(times[-1:], convention, offset_s), times[-1:])
    rate_rad_s, direction_rad = _motion(seen_km[:, -1], velocity_km_s[:, -1], place, window, float(times[-1]))
    return Crossing(
        norad_id=int(catalogue.norad_ids[index]),
        name=catalogue.names[index],
        designator=catalogue.designators[index],
        status="possible" if offset_s else "certain",
        offset_s=offset_s,
        entry_at=window.moment(inside.entry_s),
        exit_at=window.moment(inside.exit_s),
        closest_at=window.moment(inside.closest_s),
        enters_before=inside.entry_s <= _EDGE_S,
        leaves_after=inside.exit_s >= window.duration_s - _EDGE_S,
        closest_deg=math.degrees(math.atan(math.hypot(*point[:, 0]))),
        path_deg=list(zip(ra_deg[:-1].tolist(), dec_deg[:-1].tolist(), strict=True)),
        path_s=(times[:-1] - inside.entry_s).tolist(),
        rate_deg_s=math.degrees(rate_rad_s),
        direction_deg=math.degrees(direction_rad) % 360.0,
        altitude_deg=math.degrees(math.atan2(up, math.hypot(east, north))),
        azimuth_deg=math.degrees(math.atan2(east, north)) % 360.0,
        range_km=range_km,
        phase_angle_deg=math.degrees(float(phase_rad)),
        sunlit_fraction=float(lit[:-1].mean()),
        magnitude=None if math.isnan(magnitude) else magnitude,
        magnitude_source=brightness.source,
        elements_age_days=age_days,
        timing_sigma_s=sigma_s,
        convention=convention,
    )


def _motion(
    seen_km: Floats, velocity_km_s: Floats, place: GroundPlace, window: SkyWindow, seconds: float
) -> tuple[float, float]:
    """Angular rate against the stars, rad/s, and its position angle."""
    relative = velocity_km_s - window.place_km_s(place, seconds)
    toward = window.to_icrs @ seen_km
    distance = math.sqrt(float(toward @ toward))
    toward = toward / distance
    across = window.to_icrs @ relative / distance
    across = across - (across @ toward) * toward
    flat = max(math.hypot(toward[0], toward[1]), 1e-15)
    east = np.array([-toward[1], toward[0], 0.0]) / flat
    north = np.cross(toward, east)
    return math.sqrt(float(across @ across)), math.atan2(float(across @ east), float(across @ north))
