"""Where an image is on the sky, and what it shows, beside astropy's own WCS."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from domain.header import Card, HeaderUnit
from domain.sky_geometry import unit_vector
from domain.sky_mesh import image_wcs, make_mesh, places_within


def unit(**cards: object) -> HeaderUnit:
    listed = [Card(keyword, value, "") for keyword, value in cards.items()]  # type: ignore[arg-type]
    return HeaderUnit(index=0, name="", kind="image", shape=(1500, 2000), cards=listed)


def field(dec: float, step: float = 0.001) -> dict[str, object]:
    return {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 250.0, "CRVAL2": dec, "CRPIX1": 900.0,
            "CRPIX2": 800.0, "CD1_1": -step, "CD1_2": step / 7, "CD2_1": step / 7, "CD2_2": step}  # fmt: skip


@pytest.mark.parametrize("dec", [-89.9, 0.0, 41.0, 89.7])
def test_mesh_and_places_are_astropys(dec: float) -> None:
    cards = field(dec)
    wcs, oracle = image_wcs(unit(**cards)), WCS(fits.Header(cards))
    assert wcs is not None
    mesh = make_mesh(wcs)
    x, y = np.meshgrid(mesh.x, mesh.y)
    ra, dec_deg = oracle.all_pix2world(x.ravel(), y.ravel(), 0)
    np.testing.assert_allclose(mesh.directions.reshape(-1, 3), unit_vector(ra, dec_deg), atol=1e-10)
    chance = np.random.default_rng(2)
    ra, dec_deg = chance.uniform(0, 360, 20_000), np.degrees(np.arcsin(chance.uniform(-1, 1, 20_000)))
    ra[:500], dec_deg[:500] = oracle.all_pix2world(chance.uniform(-100, 2100, 500), chance.uniform(-100, 1600, 500), 0)
    x, y, numbers = places_within(wcs, unit_vector(ra, dec_deg))
    with np.errstate(all="ignore"):
        all_x, all_y = oracle.all_world2pix(ra[:500], dec_deg[:500], 0)
    inside = np.flatnonzero((np.abs(all_x - 999.5) <= 1000) & (np.abs(all_y - 749.5) <= 750))
    assert {*inside.tolist()} <= {*numbers.tolist()}
    known = numbers < 500
    np.testing.assert_allclose(x[known], all_x[numbers[known]], atol=0.02)
    np.testing.assert_allclose(y[known], all_y[numbers[known]], atol=0.02)


def test_a_picture_of_half_the_sky_shows_what_is_above_it() -> None:
    fisheye = {"CTYPE1": "RA---ARC", "CTYPE2": "DEC--ARC", "CRVAL1": 30.0, "CRVAL2": 50.0, "CRPIX1": 1000.0,
               "CRPIX2": 750.0, "CDELT1": -0.1, "CDELT2": 0.1}  # fmt: skip
    wcs = image_wcs(unit(**fisheye))
    assert wcs is not None
    near_and_far = unit_vector([30.0, 210.0, 30.0], [80.0, -50.0, -10.0])
    _, y, numbers = places_within(wcs, near_and_far)
    assert numbers.tolist() == [0, 2]
    np.testing.assert_allclose(y, [749 + 300, 749 - 600], atol=0.1)


def test_what_has_no_usable_wcs() -> None:
    assert image_wcs(unit()) is None
    assert image_wcs(unit(**(field(10.0) | {"CD1_1": 0.0, "CD1_2": 0.0}))) is None
