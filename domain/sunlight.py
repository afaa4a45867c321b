"""Whether the sun is up somewhere."""

from __future__ import annotations

import math
from datetime import UTC, datetime

__all__ = ["SUNSET_ALTITUDE_DEG", "sun_altitude_deg"]

SUNSET_ALTITUDE_DEG = -0.833  # of its centre: refraction at the horizon and half its width (Astronomical Almanac, A12)
_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


def sun_altitude_deg(moment_utc: datetime, latitude_deg: float, longitude_deg: float) -> float:
    """Find how high the sun's centre stands, without refraction.

    Parameters
    ----------
    moment_utc : datetime
        Aware.
    latitude_deg, longitude_deg : float
        Degrees, north and east positive.

    Returns
    -------
    float
        Degrees, to some 0.05 between 1950 and 2050.

    Source
    ------
    The Astronomical Almanac, C5 (low-precision formulae for the sun) and B8 (sidereal time).
    """
    days = (moment_utc - _J2000).total_seconds() / 86400
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    obliquity = math.radians(23.439 - 4e-7 * days)
    ascension = math.atan2(math.cos(obliquity) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(obliquity) * math.sin(longitude))
    hour_angle = math.radians(280.46062 + 360.98564737 * days + longitude_deg) - ascension
    latitude = math.radians(latitude_deg)
    sine = math.sin(latitude) * math.sin(declination)
    sine += math.cos(latitude) * math.cos(declination) * math.cos(hour_angle)
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))
