"""The HEALPix projection agrees with astropy_healpix, which did not share our code."""

from __future__ import annotations

import astropy_healpix
import numpy as np
import pytest

from domain.healpix_projection import CELL_ORDER, NSIDE, face_place, face_places, neighbours, number_cells


def _directions() -> np.ndarray:
    """Spread points over the sky, many of them near the poles, on the kinks at |z| = 2/3 and on the faces' edges."""
    rng = np.random.default_rng(29)
    anywhere = rng.normal(size=(50_000, 3))
    polar = rng.normal(size=(5_000, 3)) * [1e-5, 1e-5, 1.0]
    kink = rng.uniform(0, 2 * np.pi, 5_000)
    z = np.where(rng.uniform(size=5_000) < 0.5, 2 / 3, -2 / 3) + rng.normal(size=5_000) * 1e-7
    across = np.sqrt(1 - z * z)
    points = np.concatenate([anywhere, polar, np.stack((across * np.cos(kink), across * np.sin(kink), z), axis=-1)])
    return points / np.linalg.norm(points, axis=1)[:, None]


def test_points_are_in_their_cells_at_their_places() -> None:
    points = _directions()
    expected, x, y = astropy_healpix.xyz_to_healpix(*points.T, NSIDE, return_offsets=True, order="nested")
    cells, found_x, found_y = number_cells(points)
    # On a border either side is right: within the rounding of a cell's width.
    differs = cells != expected
    edge = np.minimum.reduce([x, y, 1 - x, 1 - y])
    assert (edge[differs] < 1e-9).all()
    assert np.abs(found_x - x)[~differs].max() < 1e-9
    assert np.abs(found_y - y)[~differs].max() < 1e-9


@pytest.mark.parametrize("z", [-1.0, -2 / 3, 0.0, 2 / 3, 1.0])
@pytest.mark.parametrize("azimuth_deg", [0.0, 45.0, 90.0, 180.0, 270.0, 315.0, 359.9999999999999])
def test_corners_of_faces_have_a_place(z: float, azimuth_deg: float) -> None:
    azimuth = np.radians(azimuth_deg)
    across = np.sqrt(1 - z * z)
    cells, x, y = number_cells(np.array([[across * np.cos(azimuth), across * np.sin(azimuth), z]]))
    assert 0 <= cells[0] < 12 * NSIDE * NSIDE
    assert 0 <= x[0] <= 1
    assert 0 <= y[0] <= 1


def test_one_point_is_projected_as_many_are() -> None:
    points = _directions()[::100]
    faces, x, y = face_places(points)
    for point, face, one_x, one_y in zip(points.tolist(), faces, x, y, strict=True):
        assert face_place(*point) == (face, pytest.approx(one_x, abs=1e-9), pytest.approx(one_y, abs=1e-9))


def test_every_cell_has_its_neighbours() -> None:
    cells = np.arange(12 * 4**CELL_ORDER)
    with np.errstate(invalid="ignore"):
        expected = astropy_healpix.neighbours(cells, NSIDE, order="nested")
    assert (neighbours(cells) == expected).all()
    assert (expected < 0).sum() == 24  # at the eight points where only three cells meet, each lacks one
