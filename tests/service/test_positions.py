"""Positions as people type them, against astropy's reading of the same."""

from __future__ import annotations

import pytest
from astropy import units as u
from astropy.coordinates import Angle

from domain.errors import InvalidInput, NotFound
from service.actions.frame_query import read_place


@pytest.mark.parametrize(
    ("ra", "dec"),
    [
        ("00:42:44.3", "+41:16:09"),
        ("00h42m44.3s", "+41d16m09s"),
        ("0h42m", "-0d30m"),
        ("12h34m", "+41:16"),
        ("12:34.5", "+41:16.2"),
        ("23:59:59.9", "-00:00:01"),
        ("83d38m01s", "-5:23:28"),
    ],
)
def test_sexagesimals_are_read_as_astropy_reads_them(ra: str, dec: str) -> None:
    unit = u.deg if "d" in ra else u.hourangle
    wanted = (Angle(ra, unit).deg, Angle(dec, u.deg).deg)
    for written in (f"{ra},{dec}", f"{ra}, {dec}", f"{ra} {dec}"):
        place = read_place(written)
        assert (place.ra_deg, place.dec_deg) == pytest.approx(wanted, abs=1e-9), written


@pytest.mark.parametrize(
    ("written", "ra_deg", "dec_deg"),
    [
        ("10.68,41.27", 10.68, 41.27),
        ("10.68 41.27", 10.68, 41.27),
        ("10.68 -41.27", 10.68, -41.27),
        ("-10.5,+5", 349.5, 5.0),
        ("00:42:44 41:16:09", 10.683333333333334, 41.26916666666667),
        ("00h42m44.3s,+41°16\N{PRIME}09\N{DOUBLE PRIME}", 10.684583333333334, 41.26916666666667),
        ("10.68,\N{MINUS SIGN}41.27", 10.68, -41.27),
    ],
)
def test_other_ways_to_write_a_position(written: str, ra_deg: float, dec_deg: float) -> None:
    place = read_place(written)
    assert (place.ra_deg, place.dec_deg) == pytest.approx((ra_deg, dec_deg), abs=1e-9)


@pytest.mark.parametrize(
    "written", ["83:38:01,-5:23:28", "25:00:00,+10:00:00", "00:42:44 +41:99:09", "12:60:00,+10:00:00", "10,95"]
)
def test_angles_that_there_are_not_are_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        read_place(written)


def test_names_stay_names() -> None:
    assert read_place("M 31").name == read_place("m31").name
    assert read_place("NGC 224").ra_deg == pytest.approx(10.68, abs=0.1)
    for written in ("nan,10", "inf,10", "nowhere at all"):
        with pytest.raises(NotFound):
            read_place(written)
