"""Positions of sun, moon and stars over the demonstration's site, against astropy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import astropy.units as u
import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord, get_body, get_sun
from astropy.time import Time
from astropy.utils import iers
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.place import SITE
from demo.sky_clock import airmass, altitude_deg, moon_position, moonlit_fraction, night_span, sun_altitude_deg

# Polar motion of nights to come is not known yet, and matters by less than an arcsecond.
pytestmark = pytest.mark.filterwarnings("ignore:Tried to get polar motions")
HVEN = EarthLocation.from_geodetic(SITE.longitude_deg * u.deg, SITE.latitude_deg * u.deg, SITE.height_m * u.m)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@pytest.fixture(autouse=True, scope="module")
def _offline() -> Iterator[None]:
    with (
        iers.conf.set_temp("auto_download", False),
        iers.conf.set_temp("auto_max_age", None),
        iers.conf.set_temp("iers_degraded_accuracy", "ignore"),
    ):
        yield


@settings(max_examples=40, deadline=None)
@given(at=moments, ra_deg=st.floats(0, 360), dec_deg=st.floats(-80, 80))
def test_altitude_of_a_star_agrees_with_astropy(at: datetime, ra_deg: float, dec_deg: float) -> None:
    expected = SkyCoord(ra_deg, dec_deg, unit="deg").transform_to(AltAz(obstime=Time(at), location=HVEN)).alt.deg
    assert altitude_deg(ra_deg, dec_deg, at, SITE) == pytest.approx(expected, abs=0.03)


@settings(max_examples=25, deadline=None)
@given(at=moments)
def test_sun_and_moon_agree_with_astropy(at: datetime) -> None:
    frame = AltAz(obstime=Time(at), location=HVEN)
    assert sun_altitude_deg(at, SITE) == pytest.approx(get_sun(Time(at)).transform_to(frame).alt.deg, abs=0.03)
    moon = get_body("moon", Time(at), HVEN)
    # The moon's parallax, up to a degree, is left out on purpose.
    ours = SkyCoord(*moon_position(at), unit="deg", frame="fk5", equinox=Time(at)).icrs
    assert ours.separation(SkyCoord(moon.ra, moon.dec)).deg < 1.5


def test_moon_of_the_demonstration_night_is_waxing() -> None:
    # USNO, Phases of the Moon 2026: first quarter November 17 11:48 UT, full moon November 24 14:53 UT.
    assert moonlit_fraction(datetime(2026, 11, 17, 11, 48, tzinfo=UTC)) == pytest.approx(0.5, abs=0.01)
    assert moonlit_fraction(datetime(2026, 11, 24, 14, 53, tzinfo=UTC)) > 0.99


def test_airmass_at_zenith_and_horizon() -> None:
    # Pickering 2002: 1 at the zenith, about 38 at the horizon; Rozenberg's value at 30 degrees is 1.993.
    assert airmass(90.0) == pytest.approx(1.0, abs=1e-3)
    assert airmass(30.0) == pytest.approx(1.993, abs=0.01)
    assert 36.0 < airmass(0.0) < 40.0


@pytest.mark.parametrize(("night", "hours"), [("2026-11-20", 24), ("2026-03-28", 23), ("2026-10-24", 25)])
def test_night_runs_from_local_noon_to_local_noon(night: str, hours: int) -> None:
    start, end = night_span(night, SITE)
    assert end - start == timedelta(hours=hours)
    assert start.hour in (10, 11)
