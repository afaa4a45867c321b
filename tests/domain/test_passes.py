"""Passes of made-up satellites: shape, what a dense search finds, eccentric orbits, horizons, and windows that cut."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.earth_orientation import EarthOrientation
from domain.earth_shadow import light_excess
from domain.errors import InvalidInput
from domain.ground_place import GroundPlace, HorizonMask
from domain.night_table import NightTable
from domain.passes import find_passes
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import SatellitePass
from domain.sky_window import SkyWindow
from domain.viewpoint import Viewpoint
from tests.support.examples import tried_on
from tests.support.made_up_satellites import EPOCH, decayed_set, made_up_sets, unusable_sets

ORIENTATION = EarthOrientation.unmeasured()
HVEN = GroundPlace(latitude_deg=55.907, longitude_deg=12.697, height_m=45.0)
HALF_S = timedelta(seconds=0.5)
STEP_S = 10.0


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.build([*made_up_sets(220), *unusable_sets(), decayed_set(EPOCH - timedelta(days=9))])


class Seen:
    """Altitudes, azimuths and light of one satellite by SGP4 itself."""

    def __init__(self, catalogue: Catalogue, norad_id: int, place: GroundPlace = HVEN) -> None:
        self._catalogue, self._place = catalogue.only([norad_id]), place

    def look(self, start: datetime, seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        window = SkyWindow(start, 86_400.0, ORIENTATION)
        view = Viewpoint(self._place, window)
        _, position_km, _ = self._catalogue.propagate(*window.days(seconds))
        east, north, up = view.horizontal(position_km[0].T - view.position_km(seconds), seconds)
        light = light_excess(position_km[0].T, window.sun_km(seconds))
        return np.degrees(np.arctan2(up, np.hypot(east, north))), np.degrees(np.arctan2(east, north)) % 360, light

    def altitude_deg(self, moment: datetime) -> float:
        return float(self.look(moment, np.array([0.0]))[0][0])

    def azimuth_deg(self, moment: datetime) -> float:
        return float(self.look(moment, np.array([0.0]))[1][0])

    def is_lit(self, moment: datetime) -> bool:
        return bool(self.look(moment, np.array([0.0]))[2][0] > 0)


def by_satellite(passes: list[SatellitePass]) -> dict[int, list[SatellitePass]]:
    found: dict[int, list[SatellitePass]] = {}
    for each in passes:
        found.setdefault(each.norad_id, []).append(each)
    return found


def test_every_pass_has_the_shape_of_one(catalogue: Catalogue) -> None:
    start, end, limit_deg = EPOCH, EPOCH + timedelta(hours=12), 10.0
    found = find_passes(catalogue, HVEN, ORIENTATION, start=start, end=end, min_altitude_deg=limit_deg).passes
    assert len(found) > 150
    assert found == sorted(found, key=lambda each: (each.rise_at or start, each.norad_id))
    for each in found[::4]:
        seen = Seen(catalogue, each.norad_id)
        assert (each.rise_at is None) == each.up_at_start == (each.rise_azimuth_deg is None)
        assert (each.set_at is None) == each.up_at_end == (each.set_azimuth_deg is None)
        begin, finish = each.rise_at or start, each.set_at or end
        assert start <= begin <= each.highest_at <= finish <= end
        if each.rise_at:
            assert seen.altitude_deg(begin - HALF_S) < limit_deg < seen.altitude_deg(begin + HALF_S)
            assert each.rise_azimuth_deg == pytest.approx(seen.azimuth_deg(begin), abs=0.01)
        if each.set_at:
            assert seen.altitude_deg(finish - HALF_S) > limit_deg > seen.altitude_deg(finish + HALF_S)
            assert each.set_azimuth_deg == pytest.approx(seen.azimuth_deg(finish), abs=0.01)
        for culmination in each.culminations:
            around = [seen.altitude_deg(culmination.at + timedelta(seconds=shift)) for shift in (-20.0, 0.0, 20.0)]
            assert culmination.altitude_deg == pytest.approx(around[1], abs=1e-3)
            # A millionth of a degree: what the table's metres are from the geostationary ring.
            assert limit_deg <= around[1] >= max(around[0], around[2]) - 1e-6
        if each.rise_at and each.set_at:
            assert each.culminations
        if each.culminations:
            assert each.highest_altitude_deg >= max(each_one.altitude_deg for each_one in each.culminations)
        for since, till in each.sunlit:
            assert begin <= since < till <= finish
            assert seen.is_lit(since + (till - since) / 2)
            assert since == begin or not seen.is_lit(since - HALF_S)
            assert till == finish or not seen.is_lit(till + HALF_S)
        lit_s = sum((till - since).total_seconds() for since, till in each.sunlit)
        assert each.sunlit_fraction == pytest.approx(lit_s / (finish - begin).total_seconds(), abs=1e-6)
        assert (each.magnitude is None) == (not each.sunlit)
        assert each.is_sunlit_at_highest == seen.is_lit(each.highest_at)


@tried_on(7)
@given(
    st.floats(-90, 90), st.floats(-180, 179), st.floats(0, 40_000), st.floats(600, 20_000),
    st.sampled_from([0.0, 10.0, 35.0, 70.0]),
)  # fmt: skip
def test_nobody_who_rises_is_lost(
    catalogue: Catalogue, latitude_deg: float, longitude_deg: float, after_s: float, lasting_s: float, limit_deg: float
) -> None:
    place = GroundPlace(latitude_deg=latitude_deg, longitude_deg=longitude_deg)
    start = EPOCH + timedelta(seconds=after_s)
    end = start + timedelta(seconds=lasting_s)
    found = find_passes(catalogue, place, ORIENTATION, start=start, end=end, min_altitude_deg=limit_deg).passes
    ours = by_satellite(found)
    window = SkyWindow(start, lasting_s, ORIENTATION)
    view = Viewpoint(place, window)
    times = np.arange(0.0, lasting_s, STEP_S)
    _, position_km, _ = catalogue.propagate(*window.days(times))
    place_km, up = view.position_and_up(times)
    for index, norad_id in enumerate(catalogue.norad_ids.tolist()):
        away_km = position_km[index].T - place_km
        sine = (up * away_km).sum(axis=0) / np.sqrt((away_km**2).sum(axis=0))
        is_up = sine > np.sin(np.radians(limit_deg))
        inside = np.zeros_like(is_up)
        for each in ours.get(norad_id, []):
            since_s = window.seconds(each.rise_at) if each.rise_at else -1.0
            till_s = window.seconds(each.set_at) if each.set_at else lasting_s + 1.0
            inside |= (times >= since_s) & (times <= till_s)
        # Grazing altitudes within a thousandth of a degree are a matter of the table's metres.
        clear = np.abs(sine - np.sin(np.radians(limit_deg))) > 2e-5
        assert (is_up == inside)[clear].all(), catalogue.names[index]


def test_a_window_that_begins_and_ends_with_a_satellite_up(catalogue: Catalogue) -> None:
    day = find_passes(catalogue, HVEN, ORIENTATION, start=EPOCH, end=EPOCH + timedelta(hours=12)).passes
    whole = next(each for each in day if each.rise_at and each.set_at and (each.set_at - each.rise_at).seconds > 300)
    assert whole.rise_at and whole.set_at
    one = catalogue.only([whole.norad_id])
    inner = {"start": whole.rise_at + timedelta(seconds=60), "end": whole.set_at - timedelta(seconds=60)}
    [cut] = find_passes(one, HVEN, ORIENTATION, **inner).passes
    assert (cut.up_at_start, cut.up_at_end, cut.rise_at, cut.set_at) == (True, True, None, None)
    assert cut.highest_altitude_deg == pytest.approx(whole.highest_altitude_deg, abs=1e-3)
    [late] = find_passes(
        one, HVEN, ORIENTATION, start=whole.highest_at + timedelta(seconds=30), end=inner["end"]
    ).passes
    assert late.culminations == []
    assert late.highest_at == whole.highest_at + timedelta(seconds=30)
    assert late.highest_altitude_deg < whole.highest_altitude_deg


def test_a_satellite_that_never_sets_is_up_all_night(catalogue: Catalogue) -> None:
    found = by_satellite(find_passes(catalogue, HVEN, ORIENTATION, start=EPOCH, end=EPOCH + timedelta(days=1)).passes)
    fixed = [passes for norad_id, passes in found.items() if norad_id % 11 == 900_005 % 11 and len(passes) == 1]
    assert any(each.up_at_start and each.up_at_end for [each] in fixed)
    # Molniya orbits hang high for hours, twice a day and more, with their perigees hidden below.
    eccentric = [each for norad_id, passes in found.items() if norad_id % 11 == 900_008 % 11 for each in passes]
    assert any(each.rise_at and each.set_at and each.set_at - each.rise_at > timedelta(hours=6) for each in eccentric)
    assert any(len(each.culminations) > 1 for passes in found.values() for each in passes)


def test_a_table_answers_as_the_window_alone_does(catalogue: Catalogue) -> None:
    start, end = EPOCH + timedelta(hours=3, seconds=77), EPOCH + timedelta(hours=9)
    table = NightTable.build(catalogue, EPOCH, EPOCH + timedelta(hours=12))
    alone = find_passes(catalogue, HVEN, ORIENTATION, start=start, end=end).passes
    shared = find_passes(catalogue, HVEN, ORIENTATION, start=start, end=end, table=table).passes
    assert len(alone) == len(shared)
    for a, b in zip(alone, shared, strict=True):
        assert (a.norad_id, a.up_at_start, a.up_at_end) == (b.norad_id, b.up_at_start, b.up_at_end)
        for ours, theirs in ((a.rise_at, b.rise_at), (a.set_at, b.set_at)):
            assert ours is None or abs((ours - theirs).total_seconds()) < 0.02  # type: ignore[operator]
    other = Catalogue.build(made_up_sets(3))
    assert len(find_passes(other, HVEN, ORIENTATION, start=start, end=end, table=table).passes) < len(alone)


def test_a_horizon_cuts_passes(catalogue: Catalogue) -> None:
    # A wall in the west, a hedge of 12 degrees elsewhere.
    mask = HorizonMask([(0.0, 12.0), (179.9, 12.0), (180.0, 50.0), (359.9, 50.0)])
    walled = msgspec.structs.replace(HVEN, horizon=mask)
    asked = {"start": EPOCH, "end": EPOCH + timedelta(hours=5)}
    free = by_satellite(find_passes(catalogue, HVEN, ORIENTATION, **asked).passes)
    cut = by_satellite(find_passes(catalogue, walled, ORIENTATION, **asked).passes)
    assert set(cut) < set(free)

    def clearance(seen: Seen, moment: datetime) -> float:
        altitudes, azimuths, _ = seen.look(moment, np.array([0.0]))
        return float(altitudes[0] - mask.altitude_deg(azimuths)[0])

    compared = 0
    for norad_id, passes in cut.items():
        seen = Seen(catalogue, norad_id)
        for each in passes:
            for moment, sign in ((each.rise_at, 1.0), (each.set_at, -1.0)):
                if moment:
                    assert sign * clearance(seen, moment - HALF_S) < 0.0 < sign * clearance(seen, moment + HALF_S)
                    compared += 1
            if each.rise_at and each.set_at:
                middle = each.rise_at + (each.set_at - each.rise_at) / 2
                assert clearance(seen, middle) > 0.0
    assert compared > 50
    # The whole sky free above 10 degrees changes nothing.
    low = msgspec.structs.replace(HVEN, horizon=HorizonMask([(0.0, 5.0)]))
    assert len(find_passes(catalogue, low, ORIENTATION, **asked).passes) == sum(map(len, free.values()))


def test_what_cannot_be_judged_is_told(catalogue: Catalogue) -> None:
    found = find_passes(catalogue, HVEN, ORIENTATION, start=EPOCH, end=EPOCH + timedelta(hours=6))
    codes = {each.norad_id: each.code for each in found.set_aside}
    assert codes[991_001] == "unusable"
    assert codes[990_001] in ("decayed", "no-position")
    late = find_passes(
        catalogue, HVEN, ORIENTATION, start=EPOCH + timedelta(days=300), end=EPOCH + timedelta(days=300, hours=2)
    )
    assert late.passes == []
    assert {each.code for each in late.set_aside} == {"unusable", "out-of-date"}


def test_windows_that_are_none_are_refused(catalogue: Catalogue) -> None:
    def ask(end: datetime, altitude_deg: float = 10.0, start: datetime = EPOCH, some: Catalogue = catalogue) -> object:
        return find_passes(some, HVEN, ORIENTATION, start=start, end=end, min_altitude_deg=altitude_deg)

    for end in (EPOCH, EPOCH - timedelta(hours=1), EPOCH + timedelta(days=400)):
        with pytest.raises(InvalidInput, match="up to 31 days"):
            ask(end)
    for altitude_deg in (-1.0, 90.0, float("nan")):
        with pytest.raises(InvalidInput, match="altitude"):
            ask(EPOCH + timedelta(hours=1), altitude_deg)
    with pytest.raises(InvalidInput, match="time zone"):
        ask(EPOCH.replace(tzinfo=None) + timedelta(hours=1), start=EPOCH.replace(tzinfo=None))
    with pytest.raises(InvalidInput, match="fewer satellites"):
        ask(EPOCH + timedelta(days=30), some=Catalogue.build(made_up_sets(700)))


def test_an_empty_catalogue_has_no_passes() -> None:
    found = find_passes(Catalogue.build([]), HVEN, ORIENTATION, start=EPOCH, end=EPOCH + timedelta(hours=1))
    assert (found.passes, found.set_aside) == ([], [])
