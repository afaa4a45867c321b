"""From the sky to pixels: the way back of what the WCS says, held against astropy's own inverse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from hypothesis import given
from hypothesis import strategies as st

from domain.celestial_wcs import read_celestial_wcs
from domain.header import Card, HeaderUnit
from domain.pixel_path import pixels_of


def unit_of(cards: dict[str, Any], width: int = 600, height: int = 400) -> HeaderUnit:
    return HeaderUnit(0, "", "image", (height, width), [Card(k, v, "") for k, v in cards.items()])


def tangential(ra_deg: float, dec_deg: float, angle_deg: float, mirrored: bool) -> dict[str, Any]:
    cosine, sine = np.cos(np.radians(angle_deg)) / 1000, np.sin(np.radians(angle_deg)) / 1000
    sign = 1 if mirrored else -1
    return {
        "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": ra_deg, "CRVAL2": dec_deg, "CRPIX1": 300.5,
        "CRPIX2": 200.5, "CD1_1": sign * cosine, "CD1_2": sine, "CD2_1": sign * -sine, "CD2_2": cosine,
    }  # fmt: skip


SIP = {
    "CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP", "A_ORDER": 2, "B_ORDER": 2, "A_2_0": 2e-5, "A_0_2": -1e-5,
    "B_1_1": 1.5e-5, "B_2_0": -2e-5,
}  # fmt: skip
PIXELS = st.tuples(st.floats(0, 599), st.floats(0, 399))


@given(
    st.floats(0, 359.99),
    st.floats(-90, 90),
    st.floats(0, 360),
    st.booleans(),
    st.booleans(),
    st.lists(PIXELS, min_size=1, max_size=5),
)
def test_pixels_are_found_again(
    ra_deg: float, dec_deg: float, angle_deg: float, mirrored: bool, distorted: bool, wanted: list[tuple[float, float]]
) -> None:
    cards = tangential(ra_deg, dec_deg, angle_deg, mirrored) | (SIP if distorted else {})
    wcs = read_celestial_wcs(unit_of(cards))
    assert wcs is not None
    world = WCS(fits.Header(cards)).all_pix2world(np.array(wanted), 0)
    found = pixels_of(wcs, [(float(ra), float(dec)) for ra, dec in world])
    assert np.abs(np.array(found) - np.array(wanted)).max() < 0.02


@pytest.mark.parametrize("projection", ["SIN", "ARC", "STG", "ZEA", "CAR"])
def test_other_projections_serve_too(projection: str) -> None:
    cards = tangential(83.6, 22.0, 20.0, False)
    cards |= {"CTYPE1": f"RA---{projection}", "CTYPE2": f"DEC--{projection}"}
    wcs = read_celestial_wcs(unit_of(cards))
    assert wcs is not None
    wanted = np.array([(10.0, 20.0), (300.0, 200.0), (590.0, 390.0)])
    world = WCS(fits.Header(cards)).all_pix2world(wanted, 0)
    found = pixels_of(wcs, [(float(ra), float(dec)) for ra, dec in world])
    assert np.abs(np.array(found) - wanted).max() < 0.02


def test_what_lies_far_outside_is_left_out() -> None:
    wcs = read_celestial_wcs(unit_of(tangential(10.0, 41.0, 0.0, False)))
    assert wcs is not None
    assert pixels_of(wcs, []) == []
    assert pixels_of(wcs, [(190.0, -41.0), (100.0, 0.0)]) == []


@pytest.mark.shared
def test_it_goes_back_through_the_wcs_of_real_files(reference_data: Path) -> None:
    tried = 0
    for path in sorted((reference_data / "fits").glob("*.fits"))[:40]:
        try:
            header = fits.getheader(path)
            cards = [Card(c.keyword, c.value if not isinstance(c.value, fits.card.Undefined) else None, "")
                     for c in header.cards]  # fmt: skip
            shape = tuple(int(header[f"NAXIS{axis}"]) for axis in range(int(header["NAXIS"]), 0, -1))
            wcs = read_celestial_wcs(HeaderUnit(0, "", "image", shape, cards)) if len(shape) >= 2 else None
        except Exception:
            continue
        if wcs is None:
            continue
        x = np.array([0.25, 0.5, 0.75]) * (wcs.width - 1)
        y = np.array([0.6, 0.5, 0.2]) * (wcs.height - 1)
        there = wcs.directions(x, y)
        if not np.isfinite(there).all():
            continue
        ra, dec = np.degrees(np.arctan2(there[:, 1], there[:, 0])), np.degrees(np.arcsin(there[:, 2]))
        found = pixels_of(wcs, list(zip(ra.tolist(), dec.tolist(), strict=True)))
        assert np.abs(np.array(found) - np.stack((x, y), axis=1)).max() < 0.02, path.name
        tried += 1
    assert tried >= 5
