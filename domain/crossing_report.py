"""What is told of one crossing: its path on the sky, how fast, how bright, how sure."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from domain.crossing_search import Inside
from domain.earth_shadow import sunlit_fraction
from domain.field_plane import FieldPlane
from domain.satellite_brightness import brightness_of, estimate_magnitude, phase_angle_rad
from domain.satellite_catalogue import Catalogue
from domain.satellite_path import SatellitePath, light_delayed
from domain.satellite_results import Convention, Crossing
from domain.sky_geometry import position_deg
from domain.viewpoint import Viewpoint

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
    view: Viewpoint,
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
    view : Viewpoint
        Its window is the exposure.
    offset_s : float
        By how much it would have to run late; 0 where it crosses anyway.
    age_days, sigma_s : float
        Of its elements.
    """
    window = view.window
    parts = max(_PATH_PARTS, math.ceil((inside.exit_s - inside.entry_s) / _PATH_STEP_S))
    times = np.append(np.linspace(inside.entry_s, inside.exit_s, parts + 1), inside.closest_s)
    position_km, velocity_km_s = path.position_km(times - offset_s), path.velocity_km_s(times - offset_s)
    frame = view.frame(times)
    away_km = position_km - frame[0]
    seen_km = light_delayed(away_km, velocity_km_s + window.earth_km_s[:, None])
    sun_km = window.sun_km(times)
    lit = sunlit_fraction(position_km, sun_km)
    range_km = math.sqrt(float((away_km[:, -1] ** 2).sum()))
    phase_rad = phase_angle_rad(position_km[:, -1], away_km[:, -1], sun_km[:, -1])
    is_far = bool(catalogue.is_far[index])
    brightness = brightness_of(catalogue.names[index], catalogue.designators[index], is_far=is_far)
    # Where it is dark at the closest and lit at an end, that end counts as the closest does.
    best_lit = lit[-1] if lit[-1] > 0.0 else lit.max()
    magnitude = float(estimate_magnitude(brightness, np.float64(range_km), phase_rad, best_lit))  # type: ignore[arg-type]
    ra_deg, dec_deg = position_deg((window.to_icrs @ seen_km).T)
    east, north, up = (frame[1:, :, -1] @ away_km[:, -1]).tolist()
    decided_km = away_km if convention == "geometric" else seen_km
    point = plane.project(window.to_icrs @ decided_km[:, -1:], times[-1:])
    relative_km_s = velocity_km_s[:, -1] - view.velocity_km_s(times[-1])
    rate_rad_s, direction_rad = _motion(window.to_icrs @ seen_km[:, -1], window.to_icrs @ relative_km_s)
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


def _motion(seen_km: Floats, relative_km_s: Floats) -> tuple[float, float]:
    """Angular rate against the stars, rad/s, and its position angle; of vectors in ICRS axes, shape (3,)."""
    distance_km = math.sqrt(float(seen_km @ seen_km))
    x, y, z = (seen_km / distance_km).tolist()
    flat = max(math.hypot(x, y), 1e-15)
    to_east = float(np.array([-y, x, 0.0]) @ relative_km_s) / flat / distance_km
    to_north = float(np.array([-x * z, -y * z, flat * flat]) @ relative_km_s) / flat / distance_km
    return math.hypot(to_east, to_north), math.atan2(to_east, to_north)
