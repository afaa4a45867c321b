"""A night's Sun, Moon and targets, beside Skyfield's almanac on DE421 and beside astropy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import skyfield_data
from astropy import units as u
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from skyfield import almanac
from skyfield.api import Loader, wgs84

from domain.errors import InvalidInput
from domain.ground_place import GroundPlace
from domain.moon import phase_name
from domain.night import Night, bounds
from domain.tonight import Target, Tonight, tonight
from tests.support.earth_data import astropy_keeps_to_the_installed_tables, measured_orientation

PLACES = {
    "hven": (GroundPlace(latitude_deg=55.907, longitude_deg=12.697, height_m=45.0), "Europe/Copenhagen"),
    "paranal": (GroundPlace(latitude_deg=-24.627, longitude_deg=-70.404, height_m=2635.0), "America/Santiago"),
    "svalbard": (GroundPlace(latitude_deg=78.23, longitude_deg=15.39, height_m=450.0), "Arctic/Longyearbyen"),
    "mauna kea": (GroundPlace(latitude_deg=19.826, longitude_deg=-155.475, height_m=4205.0), "Pacific/Honolulu"),
}


def night_at(place: str, evening: str, targets: tuple[Target, ...] = ()) -> Tonight:
    where, zone = PLACES[place]
    start, end = bounds(Night.parse(evening), zone)
    return tonight(where, measured_orientation(), start=start, end=end, targets=targets)


@pytest.fixture(scope="module")
def sky() -> Any:
    load = Loader(skyfield_data.get_skyfield_data_path(), verbose=False)
    return load.timescale(builtin=True), load("de421.bsp")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("evening", ["2026-11-20", "2026-06-21", "2026-03-02"])
def test_sun_and_moon_agree_with_skyfield(sky: Any, place: str, evening: str) -> None:
    timescale, ephemeris = sky
    found = night_at(place, evening)
    where = PLACES[place][0]
    observer = wgs84.latlon(where.latitude_deg, where.longitude_deg, elevation_m=where.height_m)
    times = timescale.from_datetime(found.start), timescale.from_datetime(found.end)
    moments, states = almanac.find_discrete(*times, almanac.dark_twilight_day(ephemeris, observer))
    theirs: dict[str, datetime] = {}
    before = almanac.dark_twilight_day(ephemeris, observer)(times[0])
    for moment, state in zip(moments.utc_datetime(), states, strict=True):
        if state < before:
            theirs.setdefault(("astronomical_dusk_at", "nautical_dusk_at", "civil_dusk_at", "sunset_at")[state], moment)
        else:
            theirs[("astronomical_dawn_at", "nautical_dawn_at", "civil_dawn_at", "sunrise_at")[state - 1]] = moment
        before = state
    for name in (
        "sunset_at", "civil_dusk_at", "nautical_dusk_at", "astronomical_dusk_at",
        "astronomical_dawn_at", "nautical_dawn_at", "civil_dawn_at", "sunrise_at",
    ):  # fmt: skip
        ours = getattr(found, name)
        assert (ours is None) == (name not in theirs), name
        if ours:
            # In the far north the Sun sinks slowly: a second of arc is some seconds there.
            assert abs((ours - theirs[name]).total_seconds()) < (30.0 if place == "svalbard" else 2.0), name
    earth = ephemeris["earth"] + observer
    rises, rise_is = almanac.find_risings(earth, ephemeris["moon"], *times)
    sets, set_is = almanac.find_settings(earth, ephemeris["moon"], *times)
    for ours_list, their_times, real in ((found.moonrises_at, rises, rise_is), (found.moonsets_at, sets, set_is)):
        expected = [moment for moment, is_one in zip(their_times.utc_datetime(), real, strict=True) if is_one]
        assert len(ours_list) == len(expected)
        for ours, moment in zip(ours_list, expected, strict=True):
            # Theirs takes the Moon's own radius of the moment, ours the mean: half a minute of arc.
            assert abs((ours - moment).total_seconds()) < (600.0 if place == "svalbard" else 20.0)
    lowest = timescale.from_datetime(found.sun_lowest_at)
    assert found.moon_phase_deg == pytest.approx(almanac.moon_phase(ephemeris, lowest).degrees, abs=0.02)
    lit = almanac.fraction_illuminated(ephemeris, "moon", lowest)
    assert found.moon_illuminated_fraction == pytest.approx(float(lit), abs=0.002)
    for at in range(0, len(found.times), 20):
        time = timescale.from_datetime(found.times[at])
        for name, ours in (("sun", found.sun_altitude_deg), ("moon", found.moon_altitude_deg)):
            altitude, _, _ = earth.at(time).observe(ephemeris[name]).apparent().altaz()
            assert ours[at] == pytest.approx(altitude.degrees, abs=0.01)


def test_targets_stand_where_astropy_has_them() -> None:
    astropy_keeps_to_the_installed_tables()
    stars = {"M31": (10.6847, 41.269), "Polaris": (37.9546, 89.2641), "Fomalhaut": (344.4127, -29.62)}
    targets = tuple(Target(name, *position) for name, position in stars.items())
    found = night_at("hven", "2026-11-20", targets)
    where = PLACES["hven"][0]
    location = EarthLocation.from_geodetic(where.longitude_deg, where.latitude_deg, where.height_m)
    for target, curve in zip(targets, found.targets, strict=True):
        seen = SkyCoord(target.ra_deg * u.deg, target.dec_deg * u.deg).transform_to(
            AltAz(obstime=Time(found.times), location=location)
        )
        assert curve.altitude_deg == pytest.approx(seen.alt.deg.tolist(), abs=1e-3)
        across = (np.array(curve.azimuth_deg) - seen.az.deg + 180) % 360 - 180
        assert np.abs(across * np.cos(seen.alt.rad)).max() < 1e-3
        at = found.times.index(curve.highest_at)
        assert curve.highest_altitude_deg == curve.altitude_deg[at]
        assert found.sun_altitude_deg[at] < 0.0
        assert all(0.0 <= each <= 180.0 for each in curve.moon_separation_deg)


def test_nights_without_dusk_and_days_without_dawn() -> None:
    summer, winter = night_at("svalbard", "2026-06-21"), night_at("svalbard", "2026-12-21")
    assert summer.sunset_at is summer.sunrise_at is None
    assert (summer.dark_s, summer.sun_lowest_altitude_deg > 0) == (0.0, True)
    assert winter.sunset_at is winter.sunrise_at is None
    assert winter.civil_dusk_at is None
    assert winter.astronomical_dusk_at and winter.astronomical_dawn_at
    span_s = (winter.astronomical_dawn_at - winter.astronomical_dusk_at).total_seconds()
    assert winter.dark_s == pytest.approx(span_s)
    pole = GroundPlace(latitude_deg=90.0, longitude_deg=0.0)
    start = datetime(2026, 12, 21, 12, tzinfo=UTC)
    dark = tonight(pole, measured_orientation(), start=start, end=start + timedelta(days=1))
    assert dark.dark_s == 86_400.0
    assert (dark.astronomical_dusk_at, dark.astronomical_dawn_at) == (None, None)


@pytest.mark.parametrize("place", ["mauna kea", "paranal"])
def test_where_the_clock_is_far_from_the_sun_the_dark_is_counted_on_both_sides_of_the_day(place: str) -> None:
    where = PLACES[place][0]
    start, end = bounds(Night.parse("2026-11-20"), "UTC" if place == "mauna kea" else "Asia/Tokyo")
    found = tonight(where, measured_orientation(), start=start, end=end)
    dark = np.mean(np.array(found.sun_altitude_deg) < -18) * (end - start).total_seconds()
    assert found.dark_s == pytest.approx(dark, abs=1200)  # samples are minutes apart
    assert found.dark_s > 5 * 3600


def test_phases_have_their_names() -> None:
    assert [phase_name(angle) for angle in (0, 5.9, 45, 90, 135, 180, 225, 270, 300, 355)] == [
        "new", "new", "waxing crescent", "first quarter", "waxing gibbous", "full", "waning gibbous", "last quarter",
        "waning crescent", "new",
    ]  # fmt: skip


def test_nights_that_are_none_are_refused() -> None:
    where, start = PLACES["hven"][0], datetime(2026, 11, 20, 12, tzinfo=UTC)
    many = {"targets": [Target("", 0.0, 0.0)] * 201}
    for hours, more in ((0, {}), (400 * 24, {}), (24, {"step_s": 1.0}), (24, many)):
        with pytest.raises(InvalidInput):
            tonight(where, measured_orientation(), start=start, end=start + timedelta(hours=hours), **more)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="position"):
        Target("nowhere", 0.0, 99.0)
