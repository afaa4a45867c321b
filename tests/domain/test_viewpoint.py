"""Places on the turning Earth, beside astropy and the worked example of AIAA 2006-6753."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import GCRS, ITRS, TEME, AltAz, CartesianRepresentation, EarthLocation, get_sun
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

from domain.earth_orientation import EarthOrientation
from domain.errors import InvalidInput
from domain.ground_place import GroundPlace, HorizonMask
from domain.site import SitePlace
from domain.sky_window import SkyWindow, julian_date
from domain.viewpoint import Viewpoint
from tests.support.earth_data import astropy_keeps_to_the_installed_tables, measured_orientation
from tests.support.examples import tried_on

NIGHT = datetime(2026, 11, 20, 22, 15, 7, 250_000, tzinfo=UTC)
ARCSEC = np.radians(1 / 3600)


@tried_on(25)
@given(
    st.floats(-90, 90), st.floats(-180, 179.99), st.floats(-400, 5000), st.integers(0, 86_400), st.floats(-8000, 8000)
)
def test_topocentric_directions_agree_with_astropy(
    latitude_deg: float, longitude_deg: float, height_m: float, after_s: int, z_km: float
) -> None:
    # astropy: TEME to ITRS, less the place, to AltAz; promised are 0.1 arcseconds, within a night's window.
    astropy_keeps_to_the_installed_tables()
    satellite_km = np.array([5094.2, -6127.6, z_km])
    window = SkyWindow(NIGHT, 86_400.0, measured_orientation())
    view = Viewpoint(GroundPlace(latitude_deg=latitude_deg, longitude_deg=longitude_deg, height_m=height_m), window)
    seconds = np.array([float(after_s)])
    away_km = satellite_km[:, None] - view.position_km(seconds)
    ours = view.horizontal(away_km, seconds)[:, 0]
    time = Time(NIGHT + timedelta(seconds=after_s))
    where = EarthLocation.from_geodetic(longitude_deg, latitude_deg, height_m)
    satellite = TEME(CartesianRepresentation(satellite_km * u.km), obstime=time).transform_to(ITRS(obstime=time))
    apart = satellite.cartesian - where.get_itrs(time).cartesian
    seen = ITRS(apart, obstime=time, location=where).transform_to(AltAz(obstime=time, location=where)).cartesian
    north, east, up = seen.xyz.to_value(u.km)
    theirs = np.array([east, north, up])
    assert np.linalg.norm(ours - theirs) / np.linalg.norm(theirs) < 0.1 * ARCSEC


def test_the_axes_of_the_icrs_agree_with_astropy() -> None:
    astropy_keeps_to_the_installed_tables()
    for days in range(0, 300, 37):
        moment = NIGHT + timedelta(days=days)
        window = SkyWindow(moment, 0.0, measured_orientation())
        direction = np.array([0.6, -0.64, 0.48])
        time = Time(moment)
        theirs = TEME(CartesianRepresentation(direction * 7000 * u.km), obstime=time).transform_to(GCRS(obstime=time))
        apart = window.to_icrs @ direction - theirs.cartesian.xyz.to_value(u.km) / 7000
        assert np.linalg.norm(apart) < 0.001 * ARCSEC


def test_the_sun_agrees_with_astropy() -> None:
    astropy_keeps_to_the_installed_tables()
    window = SkyWindow(NIGHT, 86_400.0, measured_orientation())
    for seconds in (0.0, 5000.0, 40_000.0, 86_400.0):
        theirs = get_sun(Time(NIGHT + timedelta(seconds=seconds))).cartesian.xyz.to_value(u.km)
        ours = window.to_icrs @ window.sun_km(seconds)
        assert np.linalg.norm(ours - theirs) / np.linalg.norm(theirs) < 1.0 * ARCSEC


@pytest.mark.shared
def test_teme_turns_into_itrf_as_published(reference_data: Path) -> None:
    # Vallado et al. 2006, AIAA 2006-6753 Rev 2, appendix C. Their UT1 is one double, 40 microseconds coarse: so is ours
    # here, for a Julian date of these days.
    case = json.loads((reference_data / "satref" / "external_cases.json").read_text())["teme_to_itrf"]
    moment = datetime.fromisoformat(case["utc"]).replace(tzinfo=UTC)
    orientation = EarthOrientation([50_000.0], [case["dut1_s"]], [case["xp_arcsec"]], [case["yp_arcsec"]])
    window = SkyWindow(moment, 0.0, orientation)
    exact = Fraction(window.fraction) + Fraction(case["dut1_s"]) / 86_400
    coarse = Fraction(window.jd + window.fraction + case["dut1_s"] / 86_400) - Fraction(window.jd)
    angle = float(window.sidereal_rad(float(coarse - exact) * 86_400))
    turn = np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    ours_km = window.pole @ turn @ np.array(case["r_teme_km"])
    assert ours_km == pytest.approx(case["r_itrf_km"], abs=case["tol_km"])


def test_times_that_no_satellite_knows_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        julian_date(datetime(2026, 11, 20))
    for year in (1776, 2500):
        with pytest.raises(InvalidInput, match="1960 to 2099"):
            julian_date(datetime(year, 1, 1, tzinfo=UTC))


def test_utc_is_utc_in_any_zone() -> None:
    assert julian_date(NIGHT) == julian_date(NIGHT.astimezone(timezone(timedelta(hours=-10))))


@pytest.mark.parametrize(
    "wrong", [{"latitude_deg": 91.0}, {"latitude_deg": float("nan")}, {"longitude_deg": 361.0}, {"height_m": 9e5}]
)
def test_what_is_no_place_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match="is not between"):
        GroundPlace(**{"latitude_deg": 0.0, "longitude_deg": 0.0, **wrong})


def test_a_site_is_a_place() -> None:
    site = SitePlace(latitude_deg=20.0, longitude_deg=204.5, height_m=4205.0, time_zone="Pacific/Honolulu")
    place = GroundPlace.of_site(site)
    assert (place.latitude_deg, place.longitude_deg, place.height_m) == (20.0, -155.5, 4205.0)


def test_a_horizon_goes_round() -> None:
    mask = HorizonMask([(300.0, 40.0), (60.0, 20.0), (180.0, 0.0)])
    assert mask.altitude_deg([60, 120, 180, 300, 0, -60]).tolist() == pytest.approx([20, 10, 0, 40, 30, 40])
    assert mask.lowest_deg == 0.0


@pytest.mark.parametrize("points", [[], [(360.0, 5.0)], [(-1.0, 5.0)], [(0.0, 90.0)], [(0.0, float("nan"))],
                                    [(10.0, 5.0), (10.0, 6.0)], [(float(n) / 4, 5.0) for n in range(721)]])  # fmt: skip
def test_what_is_no_horizon_is_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(InvalidInput):
        HorizonMask(points)
