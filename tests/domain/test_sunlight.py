"""The sun's height against astropy's ephemeris."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import astropy.units as u
import pytest
from astropy.coordinates import AltAz, EarthLocation, get_body
from astropy.time import Time
from astropy.utils import iers

from domain.sunlight import SUNSET_ALTITUDE_DEG, sun_altitude_deg


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg"), [(55.9, 12.7), (-29.26, -70.74), (78.2, 15.6), (0.0, 179.9), (-90.0, 0.0)]
)
def test_the_sun_stands_where_astropy_has_it(latitude_deg: float, longitude_deg: float) -> None:
    """Low-precision formulae: 0.05 degree, as their source says, with the parallax and the nutation they leave out."""
    moments = [datetime(2026, 1, 1, 3, 17, tzinfo=UTC) + timedelta(days=17.37 * n) for n in range(22)]
    place = EarthLocation.from_geodetic(longitude_deg * u.deg, latitude_deg * u.deg)
    with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("auto_max_age", None):
        time = Time(moments)
        expected = get_body("sun", time, place).transform_to(AltAz(obstime=time, location=place)).alt.deg
    found = [sun_altitude_deg(moment, latitude_deg, longitude_deg) for moment in moments]
    assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) < 0.05


def test_sunrise_at_greenwich_is_when_the_almanac_has_it() -> None:
    """USNO Astronomical Applications, sunrise at Greenwich (51.48 N, 0 E) on 2026-03-20: 06:05 UT."""
    before, after = (datetime(2026, 3, 20, 6, minute, tzinfo=UTC) for minute in (1, 9))
    assert sun_altitude_deg(before, 51.48, 0.0) < SUNSET_ALTITUDE_DEG < sun_altitude_deg(after, 51.48, 0.0)
