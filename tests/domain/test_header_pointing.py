"""Pointings: units by convention, placeholders, and old equinoxes against published positions."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.header_index import HeaderIndex
from domain.header_pointing import find_pointing, to_icrs
from tests.support.header_units import unit_of


def pointing(*cards: tuple[Any, ...]) -> tuple[float, float, str, str] | None:
    return find_pointing(HeaderIndex([unit_of(cards)]))


def degrees(*cards: tuple[Any, ...]) -> tuple[float, float]:
    found = pointing(*cards)
    assert found is not None
    return found[0], found[1]


@pytest.mark.parametrize(
    ("ra", "dec"),
    [
        (("RA", "18:20:48.12"), ("DEC", "-16:10:58.8")),
        (("RA", "18 20 48.12"), ("DEC", "-16 10 58.8")),
        (("RA", "18h20m48.12s"), ("DEC", "-16d10m58.8s")),
        (("RA", 275.2005), ("DEC", -16.183)),
        (("RA", "275.2005"), ("DEC", "-16.183")),
        (("RA", 18.3467, "[h] right ascension"), ("DEC", -16.183)),
        (("RA", "18:20:48.12", "[HH:MM:SS.sss] telescope"), ("DEC", "-16:10:58.8")),
        (("RA", "275:12:01.8", "[deg]"), ("DEC", "-16:10:58.8")),
        (("RA", 275.2005, "[deg] telescope RA (HH:MM:SS in TELRA), 1 hour before"), ("DEC", -16.183)),
        (("OBJCTRA", "18 20 48.12"), ("OBJCTDEC", "-16 10 58.8")),
        (("OBJCTRA", 18.3467), ("OBJCTDEC", -16.183)),
        (("CAT-RA", "18:20:48.12"), ("CAT-DEC", "-16:10:58.8")),
        (("RA_TARG", 275.2005), ("DEC_TARG", -16.183)),
    ],
)
def test_the_units_follow_form_and_comment(ra: tuple[Any, ...], dec: tuple[Any, ...]) -> None:
    assert degrees(ra, dec) == pytest.approx((275.2005, -16.183), abs=1e-6)


def test_a_negative_declination_below_one_degree_keeps_its_sign() -> None:
    assert degrees(("RA", "02:14:33.522"), ("DEC", "-00:45:57.92"))[1] == pytest.approx(-0.766089, abs=1e-6)


def test_a_right_ascension_is_less_than_360() -> None:
    assert degrees(("RA", -1e-42), ("DEC", 5.0)) == (0.0, 5.0)
    assert degrees(("RA", 360.0), ("DEC", 5.0)) == (0.0, 5.0)
    assert degrees(("RA", -10.0), ("DEC", 5.0)) == (350.0, 5.0)


def test_all_zero_is_missing_and_the_next_pair_is_tried() -> None:
    zero = (("OBJCTRA", "00 00 00"), ("OBJCTDEC", "+00 00 00"))
    assert pointing(*zero) is None
    assert pointing(("RA", 0.0, "[h]"), ("DEC", 0.0)) is None
    assert pointing(*zero, ("RA_OBJ", 10.5), ("DEC_OBJ", 20.0)) == (10.5, 20.0, "RA_OBJ@0", "DEC_OBJ@0")


def test_impossible_angles_are_told_and_passed_over() -> None:
    index = HeaderIndex([unit_of([("RA", 10.0), ("DEC", 99.0), ("CAT-RA", "NaN"), ("CAT-DEC", "x"), ("CRVAL1", 1.0)])])
    assert find_pointing(index) is None
    assert [problem.code for problem in index.problems] == ["bad-value", "bad-value"]
    assert "DEC is 99.0" in index.problems[0].detail


def test_crval_counts_only_where_the_axes_are_celestial() -> None:
    values = (("CRVAL1", 6011.0), ("CRVAL2", 12.0))
    assert pointing(("CTYPE1", "LINEAR"), ("CTYPE2", "DEC--TAN"), *values) is None
    assert pointing(("CTYPE1", "HPLN-TAN"), ("CTYPE2", "HPLT-TAN"), *values) is None
    assert pointing(*values) is None
    found = pointing(("CTYPE1", "DEC--TPV"), ("CTYPE2", "RA---TPV"), ("CRVAL1", 12.0), ("CRVAL2", 244.0))
    assert found == (244.0, 12.0, "CRVAL2@0", "CRVAL1@0")


# The galactic centre's direction: Reid & Brunthaler 2004 (17h45m37.224s -28d56m10.23s); the pole: Hipparcos catalogue,
# volume 1, 1.5.3.
def test_galactic_axes_are_turned() -> None:
    glon, glat = ("CTYPE1", "GLON-SIN"), ("CTYPE2", "GLAT-SIN")
    assert degrees(glon, glat, ("CRVAL1", 0.0), ("CRVAL2", 0.0)) == pytest.approx((266.40510, -28.93617), abs=2e-4)
    assert degrees(glon, glat, ("CRVAL1", 0.0), ("CRVAL2", 90.0)) == pytest.approx((192.85948, 27.12825), abs=2e-5)


# The galactic pole was defined at B1950 12h49m, +27.4 deg (Blaauw et al. 1960). Its ICRS place: Hipparcos, as above.
@pytest.mark.parametrize("frame", [("RADESYS", "FK4"), ("RADECSYS", "FK4"), ("COMMENT", "")])
@pytest.mark.parametrize("equinox", [("EQUINOX", 1950.0), ("EQUINOX", "B1950"), ("EPOCH", 1950.0)])
def test_b1950_is_turned(frame: tuple[str, str], equinox: tuple[str, Any]) -> None:
    found = degrees(("RA", "12:49:00"), ("DEC", "+27:24:00"), frame, equinox)
    assert found == pytest.approx((192.85948, 27.12825), abs=2e-4)


# Meeus, Astronomical Algorithms, 2nd edition, example 21.b: theta Persei at J2000.0 and at 2028 November 13.19.
def test_an_equinox_of_date_is_precessed() -> None:
    cards = (("RA", 41.547214), ("DEC", 49.348483), ("RADESYS", "FK5"), ("EQUINOX", 2028.86705))
    assert degrees(*cards) == pytest.approx((41.054063, 49.227750), abs=3e-5)


def test_what_says_j2000_or_icrs_is_left_alone() -> None:
    position = (("RA", 41.5), ("DEC", 49.3))
    assert degrees(*position, ("RADESYS", "ICRS"), ("EQUINOX", 1950.0)) == (41.5, 49.3)
    assert degrees(("RA_TARG", 41.5, "target (J2000)"), ("DEC_TARG", 49.3), ("EQUINOX", 1950.0)) == (41.5, 49.3)
    assert degrees(*position, ("EPOCH", 0.0)) == (41.5, 49.3)


def test_an_extension_reads_its_own_equinox() -> None:
    units = [
        unit_of([("EQUINOX", 1950.0)]),
        unit_of([("RA", 41.5), ("DEC", 49.3), ("RADECSYS", "FK5"), ("EQUINOX", 2000.0)], index=1),
    ]
    assert find_pointing(HeaderIndex(units)) == (41.5, 49.3, "RA@1", "DEC@1")


@given(st.floats(0, 359.999), st.floats(-89.9, 89.9), st.floats(1990, 2050))
def test_precession_keeps_angles_between_directions(ra: float, dec: float, equinox: float) -> None:
    def direction(ra_deg: float, dec_deg: float) -> tuple[float, float, float]:
        a, d = math.radians(ra_deg), math.radians(dec_deg)
        return math.cos(a) * math.cos(d), math.sin(a) * math.cos(d), math.sin(d)

    before = sum(p * q for p, q in zip(direction(ra, dec), direction(10.0, 20.0), strict=True))
    turned, other = to_icrs(ra, dec, "FK5", equinox), to_icrs(10.0, 20.0, "FK5", equinox)
    after = sum(p * q for p, q in zip(direction(*turned), direction(*other), strict=True))
    assert 0.0 <= turned[0] < 360.0
    assert after == pytest.approx(before, abs=1e-12)
