"""Footprints, against astropy.wcs (wcslib) and against the ground truth of real files."""

from __future__ import annotations

import csv
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS, FITSFixedWarning
from hypothesis import example, given
from hypothesis import strategies as st

from domain.footprint import Footprint, footprints
from domain.header import Card, HeaderUnit
from domain.sky_geometry import edge_distance_rad, polygon_contains, polygon_from_degrees, separation_deg, unit_vector
from domain.sky_index import cells_of_polygons
from tests.domain.header_units import image_unit, units_of_file
from tests.support.examples import tried_on

pytestmark = [
    pytest.mark.filterwarnings("ignore::astropy.wcs.FITSFixedWarning"),
    pytest.mark.filterwarnings("ignore::astropy.io.fits.verify.VerifyWarning"),
]

FIELD: dict[str, Any] = {
    "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 83.6, "CRVAL2": 22.0, "CRPIX1": 500.5, "CRPIX2": 400.5,
    "CD1_1": -3e-4, "CD1_2": 1e-5, "CD2_1": 1e-5, "CD2_2": 3e-4, "RADESYS": "ICRS",
}  # fmt: skip
SHAPE = (800, 1000)
SIP: dict[str, Any] = {
    "CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP", "A_ORDER": 3, "B_ORDER": 2, "A_2_0": 2e-5, "A_1_1": -7e-6,
    "A_0_2": 3e-6, "A_3_0": 1e-8, "A_1_2": -2e-8, "B_2_0": -4e-6, "B_1_1": 1e-5, "B_0_2": -9e-6,
}  # fmt: skip
OBLONG_OR_DISTORTED = {"hst_wfc3ir": 0.08, "hst_acs": 0.02, "wcs_dist": 0.02, "panoptes": 0.02, "jwst_fgs": 0.02}


def one(unit: HeaderUnit) -> Footprint:
    """Return the only footprint of a unit that must have no problem."""
    found, problems = footprints([unit])
    assert problems == []
    assert len(found) == 1
    return found[0]


def astropy_wcs(unit: HeaderUnit, naxis: Any = None) -> WCS:
    header = fits.Header([(card.keyword, card.value) for card in unit.cards])
    header["NAXIS"] = len(unit.shape)
    for axis, size in enumerate(reversed(unit.shape), 1):
        header[f"NAXIS{axis}"] = size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FITSFixedWarning)
        return WCS(header, naxis=naxis)


def astropy_sky(wcs: WCS, x: Any, y: Any) -> SkyCoord:
    return wcs.pixel_to_world(np.asarray(x, float), np.asarray(y, float)).icrs


def border_of(unit: HeaderUnit, wcs: WCS, steps: int = 101) -> SkyCoord:
    height, width = unit.shape[-2:]
    share = np.linspace(0, 1, steps)
    low, right, top = np.full(steps, -0.5), np.full(steps, width - 0.5), np.full(steps, height - 0.5)
    along_x, along_y = share * width - 0.5, share * height - 0.5
    return astropy_sky(wcs, np.r_[along_x, right, along_x, low], np.r_[low, along_y, top, along_y])


def check_outline(unit: HeaderUnit, footprint: Footprint, wcs: WCS) -> None:
    """The outline follows the true border, and centre and scale are those of the middle pixel."""
    height, width = unit.shape[-2:]
    border = border_of(unit, wcs)
    polygon = polygon_from_degrees(footprint.vertices_deg)
    stray_deg = np.degrees(edge_distance_rad(polygon, unit_vector(border.ra.deg, border.dec.deg)))
    assert stray_deg.max() <= 1e-3 * footprint.radius_deg * 2
    mid_x, mid_y = (width - 1) / 2, (height - 1) / 2
    places = astropy_sky(wcs, mid_x + np.array([0, 0.5, -0.5, 0, 0]), mid_y + np.array([0, 0, 0, 0.5, -0.5]))
    centre = places[0]
    assert (
        separation_deg(footprint.center_ra_deg, footprint.center_dec_deg, centre.ra.deg, centre.dec.deg) < 1e-3 / 3600
    )
    vectors = places.cartesian.xyz.value.T
    pixel_area = np.cross(vectors[1] - vectors[2], vectors[3] - vectors[4]) @ vectors[0]
    assert footprint.pixel_scale_arcsec == pytest.approx(np.degrees(math.sqrt(abs(pixel_area))) * 3600, rel=1e-4)
    # Seen from inside the sphere, x right and y up turn the other way than from outside where east is on the left.
    assert footprint.parity == (1 if pixel_area < 0 else -1)
    if abs(footprint.center_dec_deg) < 89.9:
        up = places[4].position_angle(places[3]).deg
        assert abs((footprint.position_angle_deg - up + 180) % 360 - 180) < 0.01


finite = st.floats(-180.0, 540.0)
latitudes = st.one_of(st.floats(-90.0, 90.0), st.sampled_from([90.0, -90.0, 0.0, 89.9999, -89.99]))
scales = st.floats(-5.0, -1.0).map(lambda exponent: 10.0**exponent)


@st.composite
def gnomonic_units(draw: st.DrawFn) -> HeaderUnit:
    """Draw plain TAN headers in the three notations, with either order of axes and any native pole."""
    shape = draw(st.tuples(st.integers(1, 5000), st.integers(1, 5000)))
    scale = draw(scales) * 2000.0 / max(shape) / 10
    turn, skew = draw(st.floats(0, 6.3)), draw(st.floats(0.5, 1.5))
    mirror = draw(st.sampled_from([-1.0, 1.0]))
    lon, lat = draw(st.sampled_from([(1, 2), (2, 1)]))
    values: dict[str, Any] = {
        f"CTYPE{lon}": "RA---TAN", f"CTYPE{lat}": "DEC--TAN",
        f"CRVAL{lon}": draw(finite), f"CRVAL{lat}": draw(latitudes),
        "CRPIX1": draw(st.floats(-1, 2)) * shape[1], "CRPIX2": draw(st.floats(-1, 2)) * shape[0], "RADESYS": "ICRS",
    }  # fmt: skip
    if draw(st.booleans()):
        values["LONPOLE"] = draw(st.sampled_from([180.0, 0.0, 90.0, 123.4, -77.0]))
    a, b, c, d = mirror * math.cos(turn), math.sin(turn), -mirror * math.sin(turn), skew * math.cos(turn)
    kind = draw(st.sampled_from(["CD", "PC", "CROTA"])) if abs(a * d - b * c) > 0.01 else "CROTA"
    if kind == "CD":
        values |= {"CD1_1": a * scale, "CD1_2": b * scale, "CD2_1": c * scale, "CD2_2": d * scale}
    elif kind == "PC":
        values |= {"PC1_1": a, "PC1_2": b, "PC2_1": c, "PC2_2": d, "CDELT1": scale, "CDELT2": -scale * skew}
    else:
        values |= {"CDELT1": mirror * scale, "CDELT2": scale * skew, f"CROTA{lat}": math.degrees(turn)}
    return image_unit(shape, **values)


@tried_on(150)
@given(gnomonic_units())
def test_plain_gnomonic_frames_agree_with_wcslib(unit: HeaderUnit) -> None:
    footprint = one(unit)
    height, width = unit.shape
    wcs = astropy_wcs(unit)
    x = [-0.5, width - 0.5, width - 0.5, -0.5, (width - 1) / 2]
    y = [-0.5, -0.5, height - 0.5, height - 0.5, (height - 1) / 2]
    pairs = wcs.wcs_pix2world(np.stack((x, y), axis=-1), 0)
    theirs = pairs[:, [wcs.wcs.lng, wcs.wcs.lat]]
    ours = [*footprint.vertices_deg, (footprint.center_ra_deg, footprint.center_dec_deg)]
    if footprint.parity < 0:
        theirs = theirs[[0, 3, 2, 1, 4]]
    off_deg = separation_deg(*zip(*ours, strict=True), theirs[:, 0], theirs[:, 1])
    assert off_deg.max() * 3600 < 1e-6


@tried_on(60)
@given(gnomonic_units())
def test_every_footprint_is_a_sound_polygon(unit: HeaderUnit) -> None:
    footprint = one(unit)
    polygon = polygon_from_degrees(footprint.vertices_deg)
    centre = unit_vector(footprint.center_ra_deg, footprint.center_dec_deg)
    assert polygon_contains(polygon, centre[None, :])[0]
    # Counter-clockwise as seen from inside the sphere is clockwise from outside: the vector area points inwards.
    assert np.cross(polygon, np.roll(polygon, -1, axis=0)).sum(axis=0) @ centre < 0
    ra, dec = zip(*footprint.vertices_deg, strict=True)
    away_deg = separation_deg(footprint.center_ra_deg, footprint.center_dec_deg, ra, dec)
    assert away_deg.max() <= footprint.radius_deg <= away_deg.max() + 1e-9
    edge_deg = float(np.degrees(edge_distance_rad(polygon, centre[None, :])[0]))
    assert edge_deg - 1e-9 <= footprint.inner_radius_deg <= edge_deg
    assert all(0.0 <= value < 360.0 for value in ra)
    assert cells_of_polygons([footprint.vertices_deg])


def test_vertices_go_round_from_north_through_east() -> None:
    for flip in (1, -1):
        footprint = one(image_unit(SHAPE, **FIELD | {"CD1_1": -3e-4 * flip, "CD1_2": 0.0, "CD2_1": 0.0}))
        centre = SkyCoord(footprint.center_ra_deg, footprint.center_dec_deg, unit="deg")
        angles = [centre.position_angle(SkyCoord(*vertex, unit="deg")).deg for vertex in footprint.vertices_deg]
        steps = np.diff([*angles, angles[0]]) % 360
        assert steps.sum() == pytest.approx(360)
        assert footprint.parity == flip


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"CD1_1": 3e-4},
        SIP,
        SIP | {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"},
        SIP | {"CRVAL2": 89.95},
        {"CTYPE1": "RA---TPV", "CTYPE2": "DEC--TPV", "PV1_1": 1.0, "PV1_7": -0.1, "PV2_1": 1.0, "PV2_5": 0.03},
        {"PV1_1": 1.0, "PV1_4": 0.02, "PV1_7": -0.1, "PV2_1": 1.0, "PV2_6": 0.03},
        SIP | {"PV1_1": 1.0, "PV1_7": 0.02},
        {"CTYPE1": "RA---ZPN", "CTYPE2": "DEC--ZPN", "PV2_1": 1.0, "PV2_3": 40.0},
        {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN"},
        {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "PV2_1": 0.1, "PV2_2": -0.2},
        {"CTYPE1": "RA---ARC", "CTYPE2": "DEC--ARC", "CD1_1": -0.06, "CD2_2": 0.05, "CD1_2": 0.0, "CD2_1": 0.0},
        {"CTYPE1": "RA---ZEA", "CTYPE2": "DEC--ZEA", "LONPOLE": 135.0},
        {"CTYPE1": "RA---CAR", "CTYPE2": "DEC--CAR", "CRVAL2": 0.0, "CRPIX2": -200000.0},
        {"CTYPE1": "RA---COE", "CTYPE2": "DEC--COE", "PV2_1": 30.0, "PV2_2": 5.0, "CD1_1": -0.03, "CD2_2": 0.03},
        {"CTYPE1": "RA---AIT", "CTYPE2": "DEC--AIT", "CRVAL1": 0.0, "CRVAL2": 0.0, "CD1_1": -0.05, "CD2_2": 0.05},
        {"RADESYS": "FK5", "EQUINOX": 2000.0},
        {"RADESYS": "FK5", "EQUINOX": 2021.5, "CRVAL2": 89.0},
        {"RADESYS": None, "EQUINOX": 1950.0},
        {"RADESYS": "FK4", "EQUINOX": 1900.0},
        {"RADESYS": "FK4-NO-E", "EQUINOX": 1950.0},
        SIP | {"RADESYS": "FK4", "EQUINOX": 1950.0},
        {"CTYPE1": "GLON-TAN", "CTYPE2": "GLAT-TAN"},
        {"CTYPE1": "GLON-CAR", "CTYPE2": "GLAT-CAR"},
        {"CUNIT1": "deg", "CUNIT2": "degree"},
        {"LONPOLE": 100.0, "LATPOLE": 20.0},
        {"CRVAL2": 90.0, "LONPOLE": 180.0},
    ],
    ids=lambda change: ",".join(f"{key}={value}" for key, value in change.items())[:60] or "plain",
)  # fmt: skip
def test_outlines_follow_the_true_border(change: dict[str, Any]) -> None:
    unit = image_unit(SHAPE, **{key: value for key, value in (FIELD | change).items() if value is not None})
    check_outline(unit, one(unit), astropy_wcs(unit))


@pytest.mark.parametrize(("axis", "frame"), [("E", "barycentricmeanecliptic"), ("S", "supergalactic")])
def test_frames_that_astropy_wcs_does_not_know(axis: str, frame: str) -> None:
    footprint = one(image_unit((3, 3), CTYPE1=f"{axis}LON-TAN", CTYPE2=f"{axis}LAT-TAN", CRVAL1=47.37, CRVAL2=6.32,
                               CRPIX1=2, CRPIX2=2, CDELT1=-1e-3, CDELT2=1e-3))  # fmt: skip
    place = SkyCoord(47.37, 6.32, unit="deg", frame=frame).icrs
    assert separation_deg(footprint.center_ra_deg, footprint.center_dec_deg, place.ra.deg, place.dec.deg) < 1e-9


def test_the_galactic_pole() -> None:
    # ICRS 192.85948 +27.12825 (ESA 1997, The Hipparcos and Tycho Catalogues, vol. 1, section 1.5.3). Tolerance
    # 0.1 arcsec: the definition is tied to FK5, which differs from ICRS by 0.02 arcsec.
    pole = {"CTYPE1": "GLON-TAN", "CTYPE2": "GLAT-TAN", "CRVAL1": 10.0, "CRVAL2": 90.0, "CDELT1": -1e-3, "CDELT2": 1e-3}
    footprint = one(image_unit((3, 3), **pole, CRPIX1=2, CRPIX2=2))
    assert separation_deg(footprint.center_ra_deg, footprint.center_dec_deg, 192.85948, 27.12825) < 0.1 / 3600


def test_straight_edges_need_four_vertices_and_curved_ones_more() -> None:
    assert len(one(image_unit(SHAPE, **FIELD)).vertices_deg) == 4
    bent = one(image_unit(SHAPE, **FIELD | SIP | {"A_0_2": 4e-5, "B_2_0": 4e-5}))
    assert 4 < len(bent.vertices_deg) <= 32


@pytest.mark.parametrize(
    ("shape", "cards"),
    [
        ((3, 800, 1000), {}),
        ((3, 800, 1000), SIP | {"CTYPE3": "RGB"}),
        ((1, 20, 800, 1000), {"CTYPE3": "FREQ", "CRVAL3": 1.4e9, "CDELT3": 1e5, "CTYPE4": "STOKES", "WCSAXES": 4}),
    ],
)
def test_of_a_cube_or_stack_the_celestial_axes_count(shape: tuple[int, ...], cards: dict[str, Any]) -> None:
    flat = one(
        image_unit(SHAPE, **FIELD | {key: value for key, value in cards.items() if not key.endswith(("3", "4"))})
    )
    assert one(image_unit(shape, **FIELD | cards)) == flat


def test_celestial_axes_may_come_last_and_crosswise() -> None:
    unit = image_unit(
        (800, 1000, 50), CTYPE1="WAVE", CRVAL1=5e-7, CDELT1=1e-9, CTYPE2="DEC--TAN", CTYPE3="RA---TAN", CRVAL2=22.0,
        CRVAL3=83.6, CRPIX1=1.0, CRPIX2=500.5, CRPIX3=400.5, CDELT2=3e-4, CDELT3=-3e-4, CROTA2=30.0,
    )  # fmt: skip
    crossed = image_unit((800, 1000), CTYPE1="DEC--TAN", CTYPE2="RA---TAN", CRVAL1=22.0, CRVAL2=83.6, CRPIX1=500.5,
                         CRPIX2=400.5, CDELT1=3e-4, CDELT2=-3e-4, CROTA1=30.0)  # fmt: skip
    assert one(unit) == one(crossed)
    wcs = astropy_wcs(crossed)
    check_outline(crossed, one(crossed), wcs)


def test_a_footprint_over_the_pole_and_one_over_ra_zero() -> None:
    over_pole = one(image_unit(SHAPE, **FIELD | {"CRVAL2": -89.95}))
    over_zero = one(image_unit(SHAPE, **FIELD | {"CRVAL1": 359.99}))
    assert polygon_contains(polygon_from_degrees(over_pole.vertices_deg), unit_vector([0.0], [-90.0]))[0]
    assert polygon_contains(polygon_from_degrees(over_zero.vertices_deg), unit_vector([0.01], [22.0]))[0]


@pytest.mark.parametrize(
    "cards",
    [
        {"CTYPE1": "RA---AIT", "CTYPE2": "DEC--AIT", "CD1_1": -0.4, "CD2_2": 0.3, "CRVAL2": 0.0},
        {"CTYPE1": "RA---CAR", "CTYPE2": "DEC--CAR", "CD1_1": -0.36, "CD2_2": 0.2, "CRVAL2": 0.0},
        {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CD1_1": -0.1, "CD2_2": 0.1},
        {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CD1_1": -5.0, "CD2_2": 5.0},
        {"CTYPE1": "RA---ZEA", "CTYPE2": "DEC--ZEA", "CD1_1": -0.2, "CD2_2": 0.2},
        {"CTYPE1": "RA---ZPN", "CTYPE2": "DEC--ZPN", "PV2_0": 0.1, "PV2_1": 0.975},  # a hole in the middle
    ],
)
def test_images_of_too_much_sky_have_no_footprint(cards: dict[str, Any]) -> None:
    found, problems = footprints([image_unit(SHAPE, **FIELD | {"CD1_2": 0.0, "CD2_1": 0.0} | cards)])
    assert found == []
    assert [problem.code for problem in problems] == ["footprint-unbounded"]


@pytest.mark.parametrize(
    ("cards", "reason"),
    [
        ({"CD1_1": 0.0, "CD1_2": 0.0}, "singular"),
        ({"CRVAL1": None}, "CRVAL1 is missing"),
        ({"CRVAL2": 95.0}, "CRVAL2 is no latitude"),
        ({"CRVAL1": "abc"}, "CRVAL1 is no number"),
        ({"CRPIX1": True}, "CRPIX1 is no number"),
        ({"CRVAL2": float("nan")}, "CRVAL2 is no number"),
        ({"CUNIT1": "m/s"}, "CUNIT1 is no unit of angle"),
        ({"CTYPE1": "RA---FOO", "CTYPE2": "DEC--FOO"}, "FOO"),
        ({"CTYPE2": "DEC--SIN"}, "different projections"),
        ({"CTYPE1": "RA---TAB", "CTYPE2": "DEC--TAB"}, "table"),
        ({"CD1_1": None, "CD1_2": None, "CD2_1": None, "CD2_2": None}, "no pixel scale"),
        ({"A_ORDER": 2}, "SIP"),
        (SIP | {"A_ORDER": 900}, "SIP"),
        ({"RADESYS": "GAPPT"}, "GAPPT"),
        ({"CTYPE1": "RA---COE", "CTYPE2": "DEC--COE"}, "arameter"),
    ],
)
def test_a_wcs_that_cannot_be_used_is_a_problem(cards: dict[str, Any], reason: str) -> None:
    good = image_unit(SHAPE, index=1, **FIELD)
    values = {key: value for key, value in (FIELD | cards).items() if value is not None}
    found, problems = footprints([image_unit(SHAPE, index=0, **values), good])
    assert [footprint.unit_index for footprint in found] == [1]
    assert [problem.code for problem in problems] == ["wcs-invalid"]
    assert reason in problems[0].detail


def test_a_third_axis_that_moves_the_position_is_a_problem() -> None:
    found, problems = footprints([image_unit((5, *SHAPE), **FIELD | {"CD1_3": 1e-3})])
    assert (found, [problem.code for problem in problems]) == ([], ["wcs-invalid"])


@pytest.mark.parametrize(
    "unit",
    [
        image_unit(SHAPE),
        image_unit(SHAPE, RA="05:34:31.9", DEC="+22:00:52", SECPIX=0.5),
        image_unit(SHAPE, CTYPE1="HPLN-TAN", CTYPE2="HPLT-TAN", CRVAL1=0.0, CRVAL2=0.0, CDELT1=1e-3, CDELT2=1e-3),
        image_unit(SHAPE, CTYPE1="RA---TAN", CTYPE2="WAVE", CRVAL1=1.0, CRVAL2=5e-7, CDELT1=1e-3, CDELT2=1e-9),
        image_unit(SHAPE, CTYPE1="LINEAR", CTYPE2="LINEAR", CRVAL1=1.0, CDELT1=1.0),
        image_unit((1000,), **FIELD),
        image_unit((), **FIELD),
        HeaderUnit(1, "EVENTS", "table", (1000,), [Card(key, value, "") for key, value in FIELD.items()]),
    ],
)
def test_what_has_no_celestial_wcs_has_no_footprint(unit: HeaderUnit) -> None:
    assert footprints([unit]) == ([], [])


def test_a_solver_header_without_pixels_tells_the_size_of_its_image() -> None:
    with_pixels = one(image_unit(SHAPE, **FIELD))
    solved = HeaderUnit(0, "", "empty", (), image_unit((), **FIELD, IMAGEW=1000, IMAGEH=800).cards)
    assert one(solved) == with_pixels


def test_iraf_distortions_are_left_out_and_told() -> None:
    found, problems = footprints([image_unit(SHAPE, **FIELD | {"CTYPE1": "RA---TNX", "CTYPE2": "DEC--TNX"})])
    assert found == [one(image_unit(SHAPE, **FIELD))]
    assert [problem.code for problem in problems] == ["wcs-approximate"]


def test_numbers_written_as_texts_and_lower_case_types_are_read() -> None:
    odd = FIELD | {"CTYPE1": "ra---tan", "CTYPE2": " dec--tan ", "CRVAL1": "83.6", "CRVAL2": " 22.0 "}
    assert one(image_unit(SHAPE, **odd)) == one(image_unit(SHAPE, **FIELD))


def test_old_names_of_the_matrix_and_the_frame_are_read() -> None:
    old = {key: value for key, value in FIELD.items() if not key.startswith(("CD", "RADESYS"))}
    old |= {"PC001001": -1.0, "PC001002": 0.2, "PC002001": 0.1, "PC002002": 1.0, "CDELT1": 3e-4, "CDELT2": 3e-4}
    unit = image_unit(SHAPE, **old, RADECSYS="FK5", EPOCH=2000.0)
    check_outline(unit, one(unit), astropy_wcs(unit))


def test_the_last_of_repeated_keywords_counts_as_for_wcslib() -> None:
    unit = image_unit(SHAPE, **FIELD)
    unit.cards.append(Card("CRVAL1", 120.0, ""))
    assert one(unit).center_ra_deg == pytest.approx(120.0, abs=1e-9)


anything = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), st.text(max_size=9), st.just(complex(1, 2)),
    st.sampled_from(["RA---SIN", "DEC--SIN", "DEC--TPV", "RA---TPV", "deg", 1e308, -1e308, 1e-320, 90.0, 2]),
)  # fmt: skip


@tried_on(200)
@given(
    st.dictionaries(
        st.sampled_from([*FIELD, *SIP, "PV1_1", "PV2_7", "LONPOLE", "EQUINOX", "CUNIT1", "IMAGEW"]), anything
    ),
    st.sampled_from([(800, 1000), (0, 10), (2, 3, 4), (1, 1), ()]),
)
@example({"CD1_1": 1e308, "CD2_2": -1e308}, (800, 1000))
@example({"CRPIX1": 1e308}, (800, 1000))
def test_nothing_in_a_header_makes_it_fail(change: dict[str, Any], shape: tuple[int, ...]) -> None:
    found, problems = footprints([image_unit(shape, **FIELD | SIP | change)])
    assert len(found) + len([p for p in problems if p.code != "wcs-approximate"]) <= 1
    for footprint in found:
        assert 0.0 <= footprint.inner_radius_deg <= footprint.radius_deg <= 81.0
        assert math.isfinite(footprint.pixel_scale_arcsec)


@pytest.mark.shared
def test_centres_and_scales_of_real_files(reference_data: Path) -> None:
    folder = reference_data / "fits"
    with (folder / "manifest.csv").open(newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["wcs_center_ra_icrs"]]
    assert len(rows) >= 39
    for row in rows:
        found, problems = footprints(units_of_file(folder / row["file"]))
        assert problems == [], row["file"]
        footprint = next(f for f in found if f.unit_index == int(row["wcs_hdu"]))
        off_deg = separation_deg(
            footprint.center_ra_deg, footprint.center_dec_deg,
            float(row["wcs_center_ra_icrs"]), float(row["wcs_center_dec_icrs"]),
        )  # fmt: skip
        # The table rounds to 1e-6 degrees; the lookup distortions that we leave out move a centre by less.
        assert off_deg * 3600 < 0.01, row["file"]
        # The table gives the scale of the first axis without distortion, we the side of a square of the middle pixel's
        # true area. They part where pixels are oblong or distortion is strong: 8 % for WFC3/IR, 2 % for ACS and
        # PANOPTES, 1 % for JWST's guider, under 0.6 % everywhere else.
        allowed = next((part for name, part in OBLONG_OR_DISTORTED.items() if row["file"].startswith(name)), 0.006)
        assert footprint.pixel_scale_arcsec == pytest.approx(float(row["wcs_pixscale_arcsec"]), rel=allowed), row[
            "file"
        ]
        assert abs(footprint.pixel_scale_arcsec - float(row["wcs_pixscale_arcsec"])) < 1.0


@pytest.mark.shared
def test_files_without_a_celestial_image_have_no_footprint(reference_data: Path) -> None:
    folder = reference_data / "fits"
    for name in (
        "lco_floyds_en06_1d_Mrk590.fits", "lsst_latiss_AT_O_20220208_000140-R00S00.fits", "sdo_aia_171.fits",
        "dkist_visp_0.fits", "wcs_sip.fits", "ptf_validate_wcs.fits",
    ):  # fmt: skip
        assert footprints(units_of_file(folder / name)) == ([], []), name


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "shape"),
    [("irac_sip.hdr", (256, 256)), ("siponly.hdr", (4096, 2048)), ("tpvonly.hdr", (4096, 2048)),
     ("too_many_pv.hdr", (4096, 2048)), ("unit.hdr", (251, 300, 400)), ("defunct_keywords.hdr", (720, 720)),
     ("greisen2006.hdr", (63, 1024, 1024))],
)  # fmt: skip
def test_outlines_of_published_headers(reference_data: Path, name: str, shape: tuple[int, ...]) -> None:
    text = (reference_data / "headers" / "wcs_text" / name).read_text("latin-1")
    header = fits.Header.fromstring(text, sep="\n" if "\n" in text else "")
    unit = image_unit(
        shape, **{k.replace("-", "__"): v for k, v in header.items() if k not in ("", "COMMENT", "HISTORY")}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wcs = WCS(header).celestial
    check_outline(unit, one(unit), wcs)


def test_real_pixels_fall_inside() -> None:
    unit = image_unit(SHAPE, **FIELD | SIP)
    polygon = polygon_from_degrees(one(unit).vertices_deg)
    rng = np.random.default_rng(3)
    places = astropy_sky(astropy_wcs(unit), rng.uniform(1, 998, 500), rng.uniform(1, 798, 500))
    assert polygon_contains(polygon, unit_vector(places.ra.deg, places.dec.deg)).all()
    outside = astropy_sky(astropy_wcs(unit), np.full(5, -3.0), rng.uniform(1, 798, 5))
    assert not polygon_contains(polygon, unit_vector(outside.ra.deg, outside.dec.deg)).any()
    assert (outside.separation(places[:5]) > 0 * u.deg).all()
