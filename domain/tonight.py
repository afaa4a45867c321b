"""A site's sky of one night: Sun and twilights, the Moon, and how high targets stand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import numpy as np
import numpy.typing as npt

from domain.bracketed_roots import find_roots
from domain.earth_orientation import EarthOrientation
from domain.errors import InvalidInput
from domain.ground_place import GroundPlace
from domain.moon import altitude_rad, illuminated_fraction, moon_km, phase_deg, phase_name
from domain.sky_geometry import unit_vector
from domain.sky_window import LIGHT_KM_S, SkyWindow
from domain.viewpoint import Viewpoint

__all__ = ["Target", "TargetCurve", "Tonight", "tonight"]

Floats = npt.NDArray[np.float64]

LONGEST_NIGHT_S = 26 * 3600.0
MOST_TARGETS = 200
_SHORTEST_STEP_S = 60.0
_SAMPLE_S = 300.0
# The upper limb on the horizon: 34 minutes of arc of refraction and 16 of the disc; and the twilights. USNO.
_HORIZON_DEG, _CIVIL_DEG, _NAUTICAL_DEG, _ASTRONOMICAL_DEG = -50.0 / 60.0, -6.0, -12.0, -18.0


class Target(msgspec.Struct, frozen=True):
    """What one wants to observe; ICRS degrees."""

    name: str
    ra_deg: float
    dec_deg: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.ra_deg) and abs(self.dec_deg) <= 90.0):
            raise InvalidInput(f"({self.ra_deg:g}, {self.dec_deg:g}) is no position. Give RA and Dec, ICRS degrees.")


class TargetCurve(msgspec.Struct, frozen=True, kw_only=True):
    """How a target stands, at the times of its night; altitudes are geometric, without refraction.

    Attributes
    ----------
    altitude_deg, azimuth_deg, moon_separation_deg : list of float
        One for each time.
    highest_at : datetime
        Of these times, at which it stands highest while the Sun is below the horizon; of all, if that never happens.
    highest_altitude_deg : float
    """

    name: str
    ra_deg: float
    dec_deg: float
    altitude_deg: list[float]
    azimuth_deg: list[float]
    moon_separation_deg: list[float]
    highest_at: datetime
    highest_altitude_deg: float


class Tonight(msgspec.Struct, frozen=True, kw_only=True):
    """The sky of one night.

    Attributes
    ----------
    start, end : datetime
        UTC.
    sunset_at, civil_dusk_at, nautical_dusk_at, astronomical_dusk_at : datetime or None
        When the Sun's upper limb sets (with refraction), and when its centre is 6, 12 and 18 degrees below the horizon;
        None where that does not happen this night.
    astronomical_dawn_at, nautical_dawn_at, civil_dawn_at, sunrise_at : datetime or None
    sun_lowest_at, sun_lowest_altitude_deg : datetime, float
    dark_s : float
        How long the Sun is more than 18 degrees below the horizon.
    moonrises_at, moonsets_at : list of datetime
        Of the upper limb, with refraction.
    moon_illuminated_fraction, moon_phase_deg, moon_phase : float, float, str
        When the Sun is lowest: lit part of the disc; longitude less the Sun's (0 new, 180 full); in words.
    times : list of datetime
    sun_altitude_deg, moon_altitude_deg, moon_azimuth_deg : list of float
        One for each time, of the centres, without refraction.
    targets : list of TargetCurve
    """

    start: datetime
    end: datetime
    sunset_at: datetime | None
    civil_dusk_at: datetime | None
    nautical_dusk_at: datetime | None
    astronomical_dusk_at: datetime | None
    astronomical_dawn_at: datetime | None
    nautical_dawn_at: datetime | None
    civil_dawn_at: datetime | None
    sunrise_at: datetime | None
    sun_lowest_at: datetime
    sun_lowest_altitude_deg: float
    dark_s: float
    moonrises_at: list[datetime]
    moonsets_at: list[datetime]
    moon_illuminated_fraction: float
    moon_phase_deg: float
    moon_phase: str
    times: list[datetime]
    sun_altitude_deg: list[float]
    moon_altitude_deg: list[float]
    moon_azimuth_deg: list[float]
    targets: list[TargetCurve]


def tonight(
    place: GroundPlace,
    orientation: EarthOrientation,
    *,
    start: datetime,
    end: datetime,
    targets: Sequence[Target] = (),
    step_s: float = 600.0,
) -> Tonight:
    """Tell the sky of a night.

    Parameters
    ----------
    place : GroundPlace
        Its height and horizon mask move no rise or set.
    orientation : EarthOrientation
    start, end : datetime
        Aware; ``domain.night.bounds`` gives those of a night.
    targets : sequence of Target
        Up to 200.
    step_s : float
        Between the times of the curves, 60 or more.

    Raises
    ------
    InvalidInput
        The window is empty or longer than 26 h, the step too short, the targets too many.

    Source
    ------
    ERFA (epv00, moon98): Sun and Moon to some arcseconds. Rise, set, twilights: USNO, "Rise, Set, and Twilight
    Definitions".
    """
    duration_s = (end - start) / timedelta(seconds=1)
    if not 0.0 < duration_s <= LONGEST_NIGHT_S:
        raise InvalidInput(
            f"A night lasts up to {LONGEST_NIGHT_S / 3600:g} h, not {duration_s / 3600:g} h.", field="end"
        )
    if not step_s >= _SHORTEST_STEP_S:
        raise InvalidInput(
            f"The step of the curves is {_SHORTEST_STEP_S:g} s or more, not {step_s:g} s.", field="step_s"
        )
    if len(targets) > MOST_TARGETS:
        raise InvalidInput(f"Up to {MOST_TARGETS} targets are told at once, not {len(targets)}.", field="targets")
    window = SkyWindow(start, duration_s, orientation)
    view = Viewpoint(place, window)

    def sun_rad(seconds: Floats) -> Floats:
        return altitude_rad(window.sun_km(seconds), view, seconds)

    def moon_rad(seconds: Floats) -> Floats:
        return altitude_rad(moon_km(window, seconds), view, seconds)

    samples = np.linspace(0.0, duration_s, math.ceil(duration_s / _SAMPLE_S) + 1)
    sun = sun_rad(samples)
    lowest_s = _lowest(sun_rad, samples, sun)
    middle_s = np.array([lowest_s])
    moon, sun_km = moon_km(window, middle_s)[:, 0], window.sun_km(middle_s)[:, 0]
    phase = phase_deg(moon, sun_km, window.to_icrs)
    sets, rises = _edges(window, moon_rad, samples, moon_rad(samples), _HORIZON_DEG)
    dusks, dawns = zip(*(_dusk_and_dawn(window, sun_rad, samples, sun, below) for below in _TWILIGHTS), strict=True)
    times_s = np.append(np.arange(0.0, duration_s, step_s), duration_s)
    moon_places_km = moon_km(window, times_s)
    moon_local = view.horizontal(moon_places_km - view.position_km(times_s), times_s)
    sun_deg = np.degrees(sun_rad(times_s))
    times = [window.moment(seconds) for seconds in times_s.tolist()]
    curves = [_curve(target, view, times_s, times, moon_places_km, sun_deg) for target in targets]
    return Tonight(
        start=window.start,
        end=window.moment(duration_s),
        sunset_at=dusks[0],
        civil_dusk_at=dusks[1],
        nautical_dusk_at=dusks[2],
        astronomical_dusk_at=dusks[3],
        astronomical_dawn_at=dawns[3],
        nautical_dawn_at=dawns[2],
        civil_dawn_at=dawns[1],
        sunrise_at=dawns[0],
        sun_lowest_at=window.moment(lowest_s),
        sun_lowest_altitude_deg=math.degrees(float(sun_rad(middle_s)[0])),
        dark_s=_dark_s(window, sun, dusks[3], dawns[3]),
        moonrises_at=rises,
        moonsets_at=sets,
        moon_illuminated_fraction=illuminated_fraction(moon, sun_km),
        moon_phase_deg=phase,
        moon_phase=phase_name(phase),
        times=times,
        sun_altitude_deg=sun_deg.tolist(),
        moon_altitude_deg=_altitudes_deg(moon_local).tolist(),
        moon_azimuth_deg=_azimuths_deg(moon_local).tolist(),
        targets=curves,
    )


_TWILIGHTS = (_HORIZON_DEG, _CIVIL_DEG, _NAUTICAL_DEG, _ASTRONOMICAL_DEG)


def _edges(
    window: SkyWindow, measure: Callable[[Floats], Floats], samples: Floats, values: Floats, altitude_deg: float
) -> tuple[list[datetime], list[datetime]]:
    """Find when something sinks through an altitude, and when it climbs through it."""
    above = values - math.radians(altitude_deg)
    changes = np.flatnonzero((above[:-1] > 0.0) != (above[1:] > 0.0))
    seconds = find_roots(
        lambda times: measure(times) - math.radians(altitude_deg),
        samples[changes],
        samples[changes + 1],
        above[changes],
        above[changes + 1],
    )
    sinks = above[changes] > 0.0
    sets = [window.moment(each) for each in seconds[sinks].tolist()]
    return sets, [window.moment(each) for each in seconds[~sinks].tolist()]


def _dusk_and_dawn(
    window: SkyWindow, measure: Callable[[Floats], Floats], samples: Floats, values: Floats, altitude_deg: float
) -> tuple[datetime | None, datetime | None]:
    sets, rises = _edges(window, measure, samples, values, altitude_deg)
    return (sets[0] if sets else None), (rises[-1] if rises else None)


def _lowest(measure: Callable[[Floats], Floats], samples: Floats, values: Floats) -> float:
    at = int(values.argmin())
    low, high = float(samples[max(at - 1, 0)]), float(samples[min(at + 1, len(samples) - 1)])
    fine = np.linspace(low, high, 61)
    return float(fine[measure(fine).argmin()])


def _dark_s(window: SkyWindow, sun_rad: Floats, dusk: datetime | None, dawn: datetime | None) -> float:
    dark = math.radians(_ASTRONOMICAL_DEG)
    if dusk is None and dawn is None:
        return window.duration_s if sun_rad.max() < dark else 0.0
    since_s = window.seconds(dusk) if dusk else 0.0
    if dusk and dawn and dawn < dusk:  # it begins and ends in the dark, as where the clock is far from the Sun
        return window.seconds(dawn) + window.duration_s - since_s
    return (window.seconds(dawn) if dawn else window.duration_s) - since_s


def _curve(
    target: Target, view: Viewpoint, times_s: Floats, times: list[datetime], moon_places_km: Floats, sun_deg: Floats
) -> TargetCurve:
    window = view.window
    toward = window.to_icrs.T @ unit_vector(target.ra_deg, target.dec_deg)
    toward = toward + window.earth_km_s / LIGHT_KM_S  # aberration
    toward = toward / math.sqrt(float(toward @ toward))
    local = view.horizontal(np.repeat(toward[:, None], len(times_s), axis=1), times_s)
    altitude_deg = _altitudes_deg(local)
    to_moon_km = moon_places_km - view.position_km(times_s)
    cosine = (to_moon_km * toward[:, None]).sum(axis=0) / np.sqrt((to_moon_km**2).sum(axis=0))
    dark = np.where(sun_deg < _HORIZON_DEG, altitude_deg, -np.inf)
    highest = int((dark if np.isfinite(dark).any() else altitude_deg).argmax())
    return TargetCurve(
        name=target.name,
        ra_deg=target.ra_deg,
        dec_deg=target.dec_deg,
        altitude_deg=altitude_deg.tolist(),
        azimuth_deg=_azimuths_deg(local).tolist(),
        moon_separation_deg=np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))).tolist(),
        highest_at=times[highest],
        highest_altitude_deg=float(altitude_deg[highest]),
    )


def _altitudes_deg(local: Floats) -> Floats:
    altitude: Floats = np.degrees(np.arctan2(local[2], np.hypot(local[0], local[1])))
    return altitude


def _azimuths_deg(local: Floats) -> Floats:
    azimuth: Floats = np.degrees(np.arctan2(local[0], local[1])) % 360.0
    return azimuth
