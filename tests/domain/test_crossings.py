"""Crossings of made-up satellites: what a dense search finds, nothing lost by the bounds, and every kind of field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.crossings import find_crossings
from domain.earth_orientation import EarthOrientation
from domain.errors import InvalidInput
from domain.field import CircleField, Field, FieldMotion, PolygonField, RectangleField
from domain.field_plane import FieldPlane
from domain.ground_place import GroundPlace
from domain.night_table import NightTable
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import Crossing
from domain.sky_geometry import polygon_contains, polygon_from_degrees, separation_deg, unit_vector
from domain.sky_window import SkyWindow
from domain.viewpoint import Viewpoint
from tests.support.examples import tried_on
from tests.support.made_up_satellites import EPOCH, decayed_set, made_up_sets

ORIENTATION = EarthOrientation.unmeasured()
HVEN = GroundPlace(latitude_deg=55.907, longitude_deg=12.697, height_m=45.0)
STEP_S = 0.5


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.build([*made_up_sets(440), decayed_set(EPOCH - timedelta(days=12))])


@pytest.fixture(scope="module")
def table(catalogue: Catalogue) -> NightTable:
    return NightTable.build(catalogue, EPOCH, EPOCH + timedelta(hours=14))


def densely(catalogue: Catalogue, field: Field, place: GroundPlace, start: datetime, exposure_s: float) -> set[int]:
    """Find who is inside by looking at everybody twice a second."""
    window = SkyWindow(start, exposure_s, ORIENTATION)
    view, plane = Viewpoint(place, window), FieldPlane(field)
    times = np.linspace(0.0, exposure_s, max(2, int(exposure_s / STEP_S) + 1))
    error, position_km, _ = catalogue.propagate(*window.days(times))
    place_km, up = view.position_and_up(times)
    found = set()
    for index in range(len(catalogue)):
        away_km = np.where(error[index] != 0, np.nan, position_km[index].T) - place_km
        risen = (away_km * up).sum(axis=0) > 0.0
        if risen.any() and (plane.contains(plane.project(window.to_icrs @ away_km, times)) & risen).any():
            found.add(int(catalogue.norad_ids[index]))
    return found


def certain(crossings: list[Crossing]) -> set[int]:
    return {crossing.norad_id for crossing in crossings if crossing.status == "certain"}


@pytest.mark.slow
@tried_on(20)
@given(
    st.floats(-90, 90), st.floats(-180, 179), st.floats(0, 43_000), st.sampled_from([1.0, 30.0, 300.0, 700.0]),
    st.sampled_from([-90.0, -63.4, -20.0, 0.0, 5.0, 45.0, 90.0]), st.sampled_from([0.0, 0.01, 77.0, 180.0, 359.99]),
    st.sampled_from([0.3, 2.0, 15.0, 40.0]), st.integers(0, 2),
)  # fmt: skip
def test_the_bounds_lose_nobody(
    catalogue: Catalogue,
    table: NightTable,
    latitude_deg: float,
    longitude_deg: float,
    after_s: float,
    exposure_s: float,
    dec_deg: float,
    ra_deg: float,
    size_deg: float,
    kind: int,
) -> None:
    place = GroundPlace(latitude_deg=latitude_deg, longitude_deg=longitude_deg)
    start = EPOCH + timedelta(seconds=after_s)
    field: Field = CircleField(ra_deg=ra_deg, dec_deg=dec_deg, radius_deg=size_deg)
    if kind:
        width_deg = size_deg * (1.5 if kind == 1 else 0.05)
        field = RectangleField(
            ra_deg=ra_deg, dec_deg=dec_deg, width_deg=width_deg, height_deg=size_deg, position_angle_deg=33.0
        )
    found = find_crossings(catalogue, field, place, ORIENTATION, start=start, exposure_s=exposure_s).crossings
    by_table = find_crossings(
        catalogue, field, place, ORIENTATION, start=start, exposure_s=exposure_s, table=table
    ).crossings
    assert certain(by_table) == certain(found)
    expected = densely(catalogue, field, place, start, exposure_s)
    assert expected <= certain(found)
    # What the dense search missed was inside between two of its moments.
    between = [each for each in found if each.status == "certain" and each.norad_id not in expected]
    assert all((each.exit_at - each.entry_at).total_seconds() < STEP_S for each in between)
    for each in found:
        assert each.entry_at <= each.closest_at <= each.exit_at
        assert start <= each.entry_at
        assert each.exit_at <= start + timedelta(seconds=exposure_s, microseconds=1)


def a_crossing(catalogue: Catalogue, radius_deg: float = 4.0, **more: object) -> tuple[CircleField, datetime, Crossing]:
    """Find some low satellite that crosses a field over Hven from border to border."""
    for step in range(40):
        start = EPOCH + timedelta(seconds=600 * step)
        field = CircleField(ra_deg=37.0 * step % 360, dec_deg=50.0, radius_deg=radius_deg)
        for each in find_crossings(catalogue, field, HVEN, ORIENTATION, start=start, exposure_s=600.0).crossings:
            if each.range_km < 5000 and not each.enters_before and not each.leaves_after:
                return field, start, each
    raise AssertionError("no satellite crosses")


def test_entry_and_exit_lie_on_the_border_and_the_closest_is_closest(catalogue: Catalogue) -> None:
    field, _, crossing = a_crossing(catalogue)
    path = np.array(crossing.path_deg)
    away_deg = separation_deg(path[:, 0], path[:, 1], field.ra_deg, field.dec_deg)
    # The path is astrometric, the border geometric: aberration and light time are up to 25 arcseconds.
    assert away_deg[[0, -1]] == pytest.approx([field.radius_deg] * 2, abs=25 / 3600)
    assert crossing.closest_deg == pytest.approx(away_deg.min(), abs=0.05)
    assert crossing.closest_deg <= away_deg.min() + 25 / 3600
    steps_deg = separation_deg(path[:-1, 0], path[:-1, 1], path[1:, 0], path[1:, 1])
    lasting_s = (crossing.exit_at - crossing.entry_at).total_seconds()
    assert crossing.path_s[-1] == pytest.approx(lasting_s, abs=1e-5)
    assert steps_deg.sum() / lasting_s == pytest.approx(crossing.rate_deg_s, rel=0.03)


def test_a_polygon_a_rectangle_and_a_circle_agree(catalogue: Catalogue) -> None:
    field, start, crossing = a_crossing(catalogue)
    outline = [
        (field.ra_deg + 4.0 * np.cos(angle) / np.cos(np.radians(field.dec_deg)), field.dec_deg + 4.0 * np.sin(angle))
        for angle in np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ]
    asked = {"start": start, "exposure_s": 600.0}
    polygon = find_crossings(catalogue, PolygonField(vertices_deg=outline), HVEN, ORIENTATION, **asked)  # type: ignore[arg-type]
    square = RectangleField(ra_deg=field.ra_deg, dec_deg=50.0, width_deg=8.2, height_deg=8.2, position_angle_deg=45.0)
    rectangle = find_crossings(catalogue, square, HVEN, ORIENTATION, **asked)  # type: ignore[arg-type]
    assert crossing.norad_id in certain(polygon.crossings) & certain(rectangle.crossings)
    [same] = [each for each in polygon.crossings if each.norad_id == crossing.norad_id]
    assert abs((same.entry_at - crossing.entry_at).total_seconds()) < 3.0


@tried_on(60)
@given(st.floats(0, 360), st.floats(-90, 90), st.integers(0, 10_000))
def test_inside_in_the_plane_is_inside_on_the_sphere(ra_deg: float, dec_deg: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vertices = [
        (ra_deg + float(rng.uniform(-9, 9)), min(max(dec_deg + float(rng.uniform(-9, 9)), -90), 90)) for _ in range(5)
    ]
    try:
        polygon = polygon_from_degrees(vertices)
    except InvalidInput:
        return
    plane = FieldPlane(PolygonField(vertices_deg=vertices))
    points = polygon.mean(axis=0) + rng.normal(size=(200, 3)) * 0.08
    points /= np.linalg.norm(points, axis=1)[:, None]
    ours = plane.contains(plane.project(points.T, np.zeros(200)))
    assert (ours == polygon_contains(polygon, points)).mean() > 0.99


def test_a_field_that_follows_a_satellite_keeps_it(catalogue: Catalogue) -> None:
    _, _, crossing = a_crossing(catalogue)
    rate_arcsec_s = crossing.rate_deg_s * 3600
    direction = np.radians(crossing.direction_deg)
    motion = FieldMotion(
        ra_rate_arcsec_s=rate_arcsec_s * float(np.sin(direction)),
        dec_rate_arcsec_s=rate_arcsec_s * float(np.cos(direction)),
    )
    middle = len(crossing.path_deg) // 2
    ra_deg, dec_deg = crossing.path_deg[middle]
    field = CircleField(ra_deg=ra_deg, dec_deg=dec_deg, radius_deg=0.5)
    start = crossing.entry_at + timedelta(seconds=crossing.path_s[middle])
    asked = {"start": start, "exposure_s": 6.0}
    [followed] = [
        each
        for each in find_crossings(catalogue, field, HVEN, ORIENTATION, motion=motion, **asked).crossings  # type: ignore[arg-type]
        if each.norad_id == crossing.norad_id
    ]
    assert followed.enters_before
    assert followed.leaves_after
    [fixed] = [
        each
        for each in find_crossings(catalogue, field, HVEN, ORIENTATION, **asked).crossings  # type: ignore[arg-type]
        if each.norad_id == crossing.norad_id
    ]
    assert fixed.exit_at < followed.exit_at


def test_a_satellite_may_cross_several_times(catalogue: Catalogue) -> None:
    field = CircleField(ra_deg=0.0, dec_deg=70.0, radius_deg=8.5)
    found = find_crossings(catalogue, field, HVEN, ORIENTATION, start=EPOCH, exposure_s=6 * 3600.0).crossings
    times: dict[int, list[Crossing]] = {}
    for each in found:
        times.setdefault(each.norad_id, []).append(each)
    several = [each for each in times.values() if len(each) > 1]
    assert several
    for each in several:
        assert all(before.exit_at < after.entry_at for before, after in pairwise(each))


def test_one_that_may_run_late_is_possible_by_the_least_delay() -> None:
    sets = {each.norad_id: each for each in made_up_sets(4400, age_days=9.0) if each.mean_motion_rev_day > 10}
    catalogue = Catalogue.build(sets.values())
    compared = 0
    for step in range(40):
        field = CircleField(ra_deg=37.0 * step % 360, dec_deg=50.0, radius_deg=25.0)
        asked = {"start": EPOCH + timedelta(seconds=600 * step), "exposure_s": 5.0}
        for each in find_crossings(catalogue, field, HVEN, ORIENTATION, **asked).crossings:  # type: ignore[arg-type]
            if each.status == "certain":
                assert each.offset_s == 0.0
                continue
            assert 0.0 < abs(each.offset_s) <= 3.0 * each.timing_sigma_s
            # A satellite whose epoch is later runs late by just that: it does cross, then and not earlier.
            elements = sets[each.norad_id]
            for less_s, crosses in ((0.0, True), (0.1, False)):
                if abs(each.offset_s) <= less_s:
                    continue
                delay = timedelta(seconds=each.offset_s - float(np.copysign(less_s, each.offset_s)))
                late = Catalogue.build([msgspec.structs.replace(elements, epoch=elements.epoch + delay)])
                found = find_crossings(late, field, HVEN, ORIENTATION, **asked).crossings  # type: ignore[arg-type]
                assert bool(certain(found)) == crosses
                if crosses:
                    assert abs((found[0].entry_at - each.entry_at).total_seconds()) < 0.02
            compared += 1
    assert compared >= 5


def test_old_elements_and_decayed_satellites_are_named(catalogue: Catalogue) -> None:
    field = CircleField(ra_deg=10.0, dec_deg=50.0, radius_deg=5.0)
    found = find_crossings(catalogue, field, HVEN, ORIENTATION, start=EPOCH, exposure_s=60.0)
    assert {each.code for each in found.set_aside if each.norad_id == 990_001} <= {"decayed", "no-position"}
    assert 990_001 in {each.norad_id for each in found.set_aside}
    years = find_crossings(catalogue, field, HVEN, ORIENTATION, start=datetime(2030, 1, 1, tzinfo=UTC), exposure_s=60.0)
    assert not years.crossings
    assert {each.code for each in years.set_aside} == {"out-of-date"}
    assert len(years.set_aside) == len(catalogue)


def test_nobody_crosses_a_field_below_the_horizon(catalogue: Catalogue) -> None:
    below = CircleField(ra_deg=0.0, dec_deg=-85.0, radius_deg=20.0)
    assert not find_crossings(catalogue, below, HVEN, ORIENTATION, start=EPOCH, exposure_s=300.0).crossings
    field = CircleField(ra_deg=0.0, dec_deg=90.0, radius_deg=50.0)
    high = find_crossings(
        catalogue, field, HVEN, ORIENTATION, start=EPOCH, exposure_s=300.0, min_altitude_deg=30.0
    ).crossings
    assert high
    assert all(each.altitude_deg >= 30.0 - 1e-6 for each in high)


@pytest.mark.parametrize("exposure_s", [0.0, -1.0, float("nan"), float("inf"), 400 * 86_400.0])
def test_an_exposure_that_is_none_is_refused(catalogue: Catalogue, exposure_s: float) -> None:
    field = CircleField(ra_deg=0.0, dec_deg=0.0, radius_deg=1.0)
    with pytest.raises(InvalidInput, match="exposure"):
        find_crossings(catalogue, field, HVEN, ORIENTATION, start=EPOCH, exposure_s=exposure_s)


def test_too_much_sky_for_too_long_is_refused(catalogue: Catalogue) -> None:
    field = CircleField(ra_deg=0.0, dec_deg=60.0, radius_deg=60.0)
    with pytest.raises(InvalidInput, match="in parts"):
        find_crossings(catalogue, field, HVEN, ORIENTATION, start=EPOCH, exposure_s=7200.0)


def test_an_empty_catalogue_has_no_crossings() -> None:
    field = CircleField(ra_deg=0.0, dec_deg=50.0, radius_deg=1.0)
    found = find_crossings(Catalogue.build([]), field, HVEN, ORIENTATION, start=EPOCH, exposure_s=60.0)
    assert (found.crossings, found.set_aside) == ([], [])


@pytest.mark.parametrize(
    "make",
    [
        lambda: CircleField(ra_deg=0.0, dec_deg=91.0, radius_deg=1.0),
        lambda: CircleField(ra_deg=float("nan"), dec_deg=0.0, radius_deg=1.0),
        lambda: CircleField(ra_deg=0.0, dec_deg=0.0, radius_deg=0.0),
        lambda: CircleField(ra_deg=0.0, dec_deg=0.0, radius_deg=61.0),
        lambda: RectangleField(ra_deg=0.0, dec_deg=0.0, width_deg=1.0, height_deg=float("nan")),
        lambda: RectangleField(ra_deg=0.0, dec_deg=0.0, width_deg=1.0, height_deg=1.0, position_angle_deg=float("inf")),
        lambda: PolygonField(vertices_deg=[(0.0, 0.0), (1.0, 0.0)]),
        lambda: PolygonField(vertices_deg=[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)] * 400),
        lambda: FieldMotion(ra_rate_arcsec_s=float("nan"), dec_rate_arcsec_s=0.0),
        lambda: FieldMotion(ra_rate_arcsec_s=0.0, dec_rate_arcsec_s=1e5),
    ],
)
def test_what_is_no_field_is_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInput):
        make()


def test_fields_come_and_go_as_json() -> None:
    fields: list[Field] = [
        CircleField(ra_deg=1.0, dec_deg=2.0, radius_deg=3.0),
        RectangleField(ra_deg=1.0, dec_deg=2.0, width_deg=3.0, height_deg=4.0),
        PolygonField(vertices_deg=[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]),
    ]
    assert msgspec.json.decode(msgspec.json.encode(fields), type=list[Field]) == fields
    assert unit_vector(0.0, 90.0)[2] == 1.0
