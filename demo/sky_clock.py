"""Where sun, moon and targets stand over the site: arithmetic good to a few hundredths of a degree (moon: 0.3)."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from demo.place import Site

__all__ = [
    "airmass",
    "altitude_deg",
    "moon_position",
    "moonlit_fraction",
    "night_span",
    "separation_deg",
    "sun_altitude_deg",
    "sun_position",
]

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


def _days(at: datetime) -> float:
    return (at - J2000).total_seconds() / 86400.0


def night_span(night: str, site: Site) -> tuple[datetime, datetime]:
    """Return local noon of the evening date and the next local noon, both in UTC."""
    evening = date.fromisoformat(night)
    zone = ZoneInfo(site.time_zone)
    noons = (datetime(d.year, d.month, d.day, 12, tzinfo=zone) for d in (evening, evening + timedelta(days=1)))
    start, end = (noon.astimezone(UTC) for noon in noons)
    return start, end


def altitude_deg(ra_deg: float, dec_deg: float, at: datetime, site: Site, *, of_date: bool = False) -> float:
    """Altitude above the horizon without refraction.

    Parameters
    ----------
    ra_deg, dec_deg : float
        Position in degrees: ICRS, or of the equinox of date when ``of_date``.

    Source
    ------
    Sidereal time: Astronomical Almanac, section B (IAU 1982, linear term). Precession: annual m and n of J2000.
    """
    days = _days(at)
    if not of_date:
        years = days / 365.25
        ra, dec = math.radians(ra_deg), math.radians(dec_deg)
        ra_deg += years * (46.124 + 20.043 * math.sin(ra) * math.tan(dec)) / 3600.0
        dec_deg += years * 20.043 * math.cos(ra) / 3600.0
    sidereal_deg = 280.46061837 + 360.98564736629 * days + site.longitude_deg
    hour_angle = math.radians(sidereal_deg - ra_deg)
    dec, lat = math.radians(dec_deg), math.radians(site.latitude_deg)
    sine = math.sin(lat) * math.sin(dec) + math.cos(lat) * math.cos(dec) * math.cos(hour_angle)
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def airmass(altitude: float) -> float:
    """Air mass at an apparent altitude in degrees.

    Source
    ------
    Pickering 2002, DIO 12, 1, 20, footnote 39.
    """
    return 1.0 / math.sin(math.radians(altitude + 244.0 / (165.0 + 47.0 * altitude**1.1)))


def _equatorial(longitude_deg: float, latitude_deg: float, days: float) -> tuple[float, float]:
    obliquity = math.radians(23.439 - 4e-7 * days)
    lon, lat = math.radians(longitude_deg), math.radians(latitude_deg)
    x = math.cos(lat) * math.cos(lon)
    y = math.cos(obliquity) * math.cos(lat) * math.sin(lon) - math.sin(obliquity) * math.sin(lat)
    z = math.sin(obliquity) * math.cos(lat) * math.sin(lon) + math.cos(obliquity) * math.sin(lat)
    return math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.asin(z))


def sun_position(at: datetime) -> tuple[float, float]:
    """Right ascension and declination of the sun, degrees, equinox of date (Astronomical Almanac, C5: 0.01 degree)."""
    days = _days(at)
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = 280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly)
    return _equatorial(longitude, 0.0, days)


def sun_altitude_deg(at: datetime, site: Site) -> float:
    """Altitude of the sun's centre in degrees, without refraction."""
    return altitude_deg(*sun_position(at), at, site, of_date=True)


def moon_position(at: datetime) -> tuple[float, float]:
    """Geocentric right ascension and declination of the moon, degrees (Astronomical Almanac, D46: 0.3 degree)."""
    days = _days(at)
    century = days / 36525.0

    def sine(amplitude: float, phase: float, rate: float) -> float:
        return amplitude * math.sin(math.radians(phase + rate * century))

    longitude = (
        218.32
        + 481267.881 * century
        + sine(6.29, 135.0, 477198.87)
        + sine(-1.27, 259.3, -413335.36)
        + sine(0.66, 235.7, 890534.22)
        + sine(0.21, 269.9, 954397.74)
        + sine(-0.19, 357.5, 35999.05)
        + sine(-0.11, 186.5, 966404.03)
    )
    latitude = (
        sine(5.13, 93.3, 483202.02)
        + sine(0.28, 228.2, 960400.89)
        + sine(-0.28, 318.3, 6003.15)
        + sine(-0.17, 217.6, -407332.21)
    )
    return _equatorial(longitude, latitude, days)


def separation_deg(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Angle between two (ra, dec) positions, all in degrees."""
    (ra1, dec1), (ra2, dec2) = ([math.radians(x) for x in pair] for pair in (first, second))
    cosine = math.sin(dec1) * math.sin(dec2) + math.cos(dec1) * math.cos(dec2) * math.cos(ra1 - ra2)
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def moonlit_fraction(at: datetime) -> float:
    """Fraction of the moon's disc that is lit, 0 to 1."""
    return (1.0 - math.cos(math.radians(separation_deg(moon_position(at), sun_position(at))))) / 2.0
