"""What is told of satellites: crossings of a field, passes over a place, positions, and what was set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

__all__ = [
    "Convention",
    "Crossing",
    "CrossingStatus",
    "CrossingsFound",
    "Culmination",
    "PassesFound",
    "SatellitePass",
    "SetAside",
    "TrackPoint",
]

#: ``geometric``: from the place to where the satellite is at that instant, ICRS axes; as other predictions have it.
#: ``astrometric``: from where the place is to where the satellite was when the light left, both about the barycentre of
#: the solar system, ICRS: what a plate-solved image shows beside the stars. It differs by up to 21 arcseconds and, for
#: distant satellites, by the time the light takes (0.13 s from the geostationary ring).
Convention = Literal["geometric", "astrometric"]

CrossingStatus = Literal["certain", "possible"]


class SetAside(msgspec.Struct, frozen=True):
    """An element set that says nothing about this time, and why.

    ``code``: ``unusable`` (SGP4 refuses the elements), ``no-position`` (SGP4 fails at this time), ``decayed`` (by these
    elements it is within the Earth at this time) or ``out-of-date`` (the epoch is too far from this time).
    """

    norad_id: int
    name: str
    code: Literal["unusable", "no-position", "decayed", "out-of-date"]
    reason: str


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """One satellite's way across a field during an exposure.

    Attributes
    ----------
    status : str
        ``certain``: the elements lead it through the field during the exposure. ``possible``: only if it runs late or
        early by up to three times its timing uncertainty; everything else here is then told for ``offset_s``, the
        smallest delay (negative: it comes early) by which it crosses. 0 where certain.
    entry_at, exit_at, closest_at : datetime
        UTC, continuous. ``closest_at`` is the least distance from the field's centre while inside.
    enters_before, leaves_after : bool
        Inside already when the exposure begins (``entry_at`` is that moment), or still when it ends.
    closest_deg : float
        That distance.
    path_deg : list of (float, float)
        Astrometric RA and Dec, ICRS, from entry to exit, never further apart than a 16th of the way or 10 s.
    path_s : list of float
        Seconds from ``entry_at``, one for each point of the path.
    rate_deg_s, direction_deg : float
        Against the stars, at the closest: angular rate, and its position angle from north through east.
    altitude_deg, azimuth_deg, range_km, phase_angle_deg : float
        At the closest, geometric, without refraction. The phase angle is 0 where fully lit.
    sunlit_fraction : float
        How much of the Sun's disc lights it, averaged from entry to exit; 0 in the umbra.
    magnitude : float or None
        Estimated V at the closest, outside the atmosphere; None where it is never lit while inside.
    magnitude_source : str
        What the estimate rests on.
    elements_age_days : float
        From the elements' epoch to the exposure's middle; negative where the epoch is later.
    timing_sigma_s : float
        1 sigma of when it comes, for that age and class of orbit.
    convention : str
        Of the directions that decide entry, exit and closest approach.
    """

    norad_id: int
    name: str
    designator: str
    status: CrossingStatus
    offset_s: float
    entry_at: datetime
    exit_at: datetime
    closest_at: datetime
    enters_before: bool
    leaves_after: bool
    closest_deg: float
    path_deg: list[tuple[float, float]]
    path_s: list[float]
    rate_deg_s: float
    direction_deg: float
    altitude_deg: float
    azimuth_deg: float
    range_km: float
    phase_angle_deg: float
    sunlit_fraction: float
    magnitude: float | None
    magnitude_source: str
    elements_age_days: float
    timing_sigma_s: float
    convention: Convention


class CrossingsFound(msgspec.Struct, frozen=True):
    """Crossings in order of entry, and the element sets that could not be judged at this time."""

    crossings: list[Crossing]
    set_aside: list[SetAside]


class Culmination(msgspec.Struct, frozen=True, gc=False):
    """A local maximum of altitude, geometric, without refraction; ``at`` is UTC."""

    at: datetime
    altitude_deg: float
    azimuth_deg: float


class SatellitePass(msgspec.Struct, frozen=True, gc=False):
    """One rise-to-set of a satellite over a place, above an altitude or the horizon mask.

    Attributes
    ----------
    rise_at, set_at : datetime or None
        UTC; None where the window begins (``up_at_start``) or ends (``up_at_end``) with the satellite up.
    rise_azimuth_deg, set_azimuth_deg : float or None
        From north through east.
    culminations : list of Culmination
        All local maxima inside the window, in order; empty for one that is up at an end and only sinks or climbs.
    highest_at, highest_altitude_deg, highest_azimuth_deg : datetime, float, float
        The highest within the window, be it at an end of it.
    range_km : float
        At the highest.
    sunlit : list of (datetime, datetime)
        When it is lit at least in part, within the pass.
    sunlit_fraction : float
        The part of the pass, by time, that is so.
    is_sunlit_at_highest : bool
    magnitude : float or None
        Estimated V, outside the atmosphere, at the highest lit moment; None where it is never lit.
    magnitude_source : str
    elements_age_days : float
        From the epoch to the highest; negative where the epoch is later.
    timing_sigma_s : float
    """

    norad_id: int
    name: str
    designator: str
    rise_at: datetime | None
    rise_azimuth_deg: float | None
    set_at: datetime | None
    set_azimuth_deg: float | None
    up_at_start: bool
    up_at_end: bool
    culminations: list[Culmination]
    highest_at: datetime
    highest_altitude_deg: float
    highest_azimuth_deg: float
    range_km: float
    sunlit: list[tuple[datetime, datetime]]
    sunlit_fraction: float
    is_sunlit_at_highest: bool
    magnitude: float | None
    magnitude_source: str
    elements_age_days: float
    timing_sigma_s: float


class PassesFound(msgspec.Struct, frozen=True):
    """Passes in order of rising (those up at the start first), and the element sets that could not be judged."""

    passes: list[SatellitePass]
    set_aside: list[SetAside]


class TrackPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where a satellite stands at one time.

    Attributes
    ----------
    altitude_deg, azimuth_deg, range_km : float
        Geometric, without refraction; azimuth from north through east.
    astrometric_ra_deg, astrometric_dec_deg : float
        ICRS; what a plate-solved image shows.
    apparent_ra_deg, apparent_dec_deg : float
        True equator and equinox of date, with light time and aberration, without refraction: what a mount is told that
        takes coordinates of date.
    geometric_ra_deg, geometric_dec_deg : float
        ICRS axes, where it is at that instant.
    phase_angle_deg : float
        Sun, satellite, place: 0 where fully lit.
    sunlit_fraction : float
        How much of the Sun's disc lights it.
    magnitude : float or None
        Estimated V outside the atmosphere; None where unlit.
    latitude_deg, longitude_deg, height_km : float
        The point of the WGS84 ellipsoid below it, and the height above that.
    """

    at: datetime
    altitude_deg: float
    azimuth_deg: float
    range_km: float
    astrometric_ra_deg: float
    astrometric_dec_deg: float
    apparent_ra_deg: float
    apparent_dec_deg: float
    geometric_ra_deg: float
    geometric_dec_deg: float
    phase_angle_deg: float
    sunlit_fraction: float
    magnitude: float | None
    magnitude_source: str
    latitude_deg: float
    longitude_deg: float
    height_km: float
