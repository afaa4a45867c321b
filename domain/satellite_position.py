"""Where one satellite stands, as seen from a place, at given times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import erfa
import numpy as np
import numpy.typing as npt
from sgp4.api import SGP4_ERRORS

from domain.earth_orientation import EarthOrientation
from domain.earth_shadow import sunlit_fraction
from domain.errors import InvalidInput, NotFound
from domain.ground_place import GroundPlace
from domain.satellite_brightness import brightness_of, estimate_magnitude, phase_angle_rad
from domain.satellite_catalogue import Catalogue
from domain.satellite_path import light_delayed
from domain.satellite_results import TrackPoint
from domain.sky_geometry import position_deg
from domain.sky_window import LIGHT_KM_S, SkyWindow, teme_to_icrs, terrestrial_days
from domain.viewpoint import Viewpoint

__all__ = ["MOST_TIMES", "OLDEST_TRACK_DAYS", "satellite_track"]

Floats = npt.NDArray[np.float64]

MOST_TIMES = 10_000
LONGEST_TRACK_DAYS = 31.0
OLDEST_TRACK_DAYS = 366.0
_MJD_ZERO = 2_400_000.5
_WGS84 = 1  # ERFA's number of it


def satellite_track(
    catalogue: Catalogue,
    norad_id: int,
    place: GroundPlace,
    orientation: EarthOrientation,
    times: Sequence[datetime],
) -> list[TrackPoint]:
    """Tell where a satellite stands at times.

    Parameters
    ----------
    catalogue : Catalogue
    norad_id : int
    place : GroundPlace
    orientation : EarthOrientation
    times : sequence of datetime
        Aware, up to 10,000, within 31 days; in any order, which the points keep.

    Raises
    ------
    NotFound
        The catalogue has no such satellite.
    InvalidInput
        There are no times or too many, the elements are more than a year away, or lead to no position.

    Source
    ------
    IERS Conventions 2010 and ERFA (Earth's orientation, aberration); conventions as ``TrackPoint`` says.
    """
    index = catalogue.index_of(norad_id)
    if index is None:
        _refuse_unknown(catalogue, norad_id)
    assert index is not None
    window = _window_of(times, orientation)
    seconds = np.array([window.seconds(moment.astimezone(UTC)) for moment in times])
    jd, fraction = window.days(seconds)
    _check_age(catalogue, index, float(window.jd - _MJD_ZERO + fraction.mean()))
    error, position, velocity = catalogue.propagate_some([index], jd, fraction)
    if error.any():
        failed = int(error[0].argmax())
        moment = times[int(np.flatnonzero(error[0])[0])].astimezone(UTC)
        raise InvalidInput(
            f"Satellite {norad_id} has no position at {moment:%Y-%m-%dT%H:%M:%SZ}: "
            f"{SGP4_ERRORS.get(int(error[0][failed]), 'SGP4 fails')}. Ask for times nearer to its elements' epoch.",
            norad_id=norad_id,
        )
    position_km, velocity_km_s = position[0].T, velocity[0].T
    view = Viewpoint(place, window)
    frame = view.frame(seconds)
    away_km = position_km - frame[0]
    east, north, up = (frame[1:] * away_km).sum(axis=1)
    seen_km = light_delayed(away_km, velocity_km_s + window.earth_km_s[:, None])
    to_icrs = teme_to_icrs(window.jd, fraction, orientation)
    geometric = np.einsum("tij,jt->ti", to_icrs, away_km)
    astrometric = np.einsum("tij,jt->ti", to_icrs, seen_km)
    observer_km_s = view.velocity_km_s(seconds) + window.earth_km_s[:, None]
    apparent = _apparent(astrometric, np.einsum("tij,jt->ti", to_icrs, observer_km_s), window, fraction)
    sun_km = window.sun_km(seconds)
    lit = sunlit_fraction(position_km, sun_km)
    range_km = np.sqrt((away_km**2).sum(axis=0))
    phase_rad = phase_angle_rad(position_km, away_km, sun_km)
    is_far = bool(catalogue.is_far[index])
    brightness = brightness_of(catalogue.names[index], catalogue.designators[index], is_far=is_far)
    magnitude = estimate_magnitude(brightness, range_km, phase_rad, lit)
    longitude, latitude, height_m = _below(position_km, seconds, window)
    columns = (
        np.degrees(np.arctan2(up, np.hypot(east, north))),
        np.degrees(np.arctan2(east, north)) % 360.0,
        range_km,
        *position_deg(astrometric),
        *position_deg(apparent),
        *position_deg(geometric),
        np.degrees(phase_rad),
        lit,
    )
    names = TrackPoint.__struct_fields__[1 : 1 + len(columns)]
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [
        TrackPoint(
            at=moment.astimezone(UTC),
            **dict(zip(names, row, strict=True)),
            magnitude=None if math.isnan(bright) else bright,
            magnitude_source=brightness.source,
            latitude_deg=below_deg,
            longitude_deg=beside_deg,
            height_km=above_m / 1000.0,
        )
        for moment, row, bright, below_deg, beside_deg, above_m in zip(
            times,
            rows,
            magnitude.tolist(),
            np.degrees(latitude).tolist(),
            np.degrees(longitude).tolist(),
            height_m.tolist(),
            strict=True,
        )
    ]


def _refuse_unknown(catalogue: Catalogue, norad_id: int) -> None:
    for each in catalogue.set_aside:
        if each.norad_id == norad_id:
            raise InvalidInput(f"Satellite {norad_id} is in the catalogue, but: {each.reason}", norad_id=norad_id)
    raise NotFound(f"The catalogue has no satellite {norad_id}. Search it by name or number.", norad_id=norad_id)


def _window_of(times: Sequence[datetime], orientation: EarthOrientation) -> SkyWindow:
    if not 1 <= len(times) <= MOST_TIMES:
        raise InvalidInput(f"A track has 1 to {MOST_TIMES} times, not {len(times)}.", field="times")
    if any(moment.tzinfo is None for moment in times):
        raise InvalidInput("A time has no time zone. Give UTC, as 2026-11-20T22:15:00Z.", field="times")
    first, last = min(times), max(times)
    if last - first > timedelta(days=LONGEST_TRACK_DAYS):
        raise InvalidInput(f"A track's times lie within {LONGEST_TRACK_DAYS:g} days; ask in parts.", field="times")
    return SkyWindow(first, (last - first) / timedelta(seconds=1), orientation)


def _check_age(catalogue: Catalogue, index: int, mjd: float) -> None:
    age_days = mjd - float(catalogue.epochs_mjd[index])
    if abs(age_days) > OLDEST_TRACK_DAYS:
        raise InvalidInput(
            f"The elements of satellite {catalogue.norad_ids[index]} are {abs(age_days):.0f} days from these times; "
            f"{OLDEST_TRACK_DAYS:g} are the most. Import elements nearer to them.",
            norad_id=int(catalogue.norad_ids[index]),
        )


def _apparent(astrometric: Floats, observer_km_s: Floats, window: SkyWindow, fraction: Floats) -> Floats:
    """Turn astrometric directions into apparent ones of date, shape (t, 3)."""
    natural = astrometric / np.sqrt((astrometric**2).sum(axis=1))[:, None]
    beta = observer_km_s / LIGHT_KM_S
    slowing = np.sqrt(1.0 - (beta**2).sum(axis=1))
    proper = erfa.ab(natural, beta, np.ones(len(beta)), slowing)
    days = fraction + terrestrial_days(window.jd - _MJD_ZERO + fraction)
    of_date: Floats = np.einsum("tij,tj->ti", erfa.pnm06a(window.jd, days), proper)
    return of_date


def _below(position_km: Floats, seconds: Floats, window: SkyWindow) -> tuple[Floats, Floats, Floats]:
    """Longitude and latitude, radians, and height, m, on the WGS84 ellipsoid."""
    angle = window.sidereal_rad(seconds)
    cosine, sine = np.cos(angle), np.sin(angle)
    x, y, z = position_km
    turned = window.pole @ np.stack([x * cosine + y * sine, y * cosine - x * sine, z])
    longitude, latitude, height_m = erfa.gc2gd(_WGS84, turned.T * 1000.0)
    return longitude, latitude, height_m
