"""A tile's pixels are the means of the image's, as astropy reads them, whatever way the file keeps them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from domain.tile_grid import TileGrid
from storage.fits_reader import BytesRangeSource, read_contents
from storage.preview_pixels import rows_of
from storage.preview_rows import PlaneRows
from storage.preview_stream import open_stream
from storage.tile_pixels import read_sample, read_tile


def written(unit: Any) -> bytes:
    stream = io.BytesIO()
    first = [] if isinstance(unit, fits.PrimaryHDU) else [fits.PrimaryHDU()]
    fits.HDUList([*first, unit]).writeto(stream)
    return stream.getvalue()


def opened(content: bytes, index: int = 0, plane: int = 0) -> PlaneRows:
    source = BytesRangeSource(content)
    unit = read_contents(source, "image.fits").units[index]
    return rows_of(source, open_stream(source, "none"), unit, plane)


def expected(image: np.ndarray, zoom: int, x: int, y: int) -> np.ndarray:
    """Average with NaN left out, block by block from the upper left of the picture."""
    window = TileGrid(image.shape[1], image.shape[0]).find_window(zoom, x, y)
    assert window is not None
    picture, factor = image[::-1], window.factor
    found = np.full((len(window.rows), len(window.columns)), np.nan)
    for j, row in enumerate(window.rows):
        for i, column in enumerate(window.columns):
            block = picture[row * factor : (row + 1) * factor, column * factor : (column + 1) * factor]
            if np.isfinite(block).any():
                found[j, i] = np.nanmean(block)
    return found


def tile(rows: PlaneRows, zoom: int, x: int, y: int) -> np.ndarray:
    window = TileGrid(rows.shape[1], rows.shape[0]).find_window(zoom, x, y)
    assert window is not None
    return read_tile(rows, window)


def noise(shape: tuple[int, ...], kind: str = "f4") -> np.ndarray:
    chance = np.random.default_rng(3)
    return chance.normal(1000, 50, shape).astype(kind) if kind.startswith("f") else chance.integers(0, 200, shape, kind)


@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "i8", "f4", "f8"])
@pytest.mark.parametrize("place", [(0, 0, 0), (1, 0, 0), (1, 1, 0), (2, 2, 1), (2, 0, 2)])
def test_plain_images_of_every_pixel_type(kind: str, place: tuple[int, int, int]) -> None:
    image = noise((600, 700), kind)
    rows = opened(written(fits.PrimaryHDU(image)))
    np.testing.assert_allclose(tile(rows, *place), expected(image.astype(float), *place), rtol=1e-5)


@pytest.mark.parametrize("shape", [(1, 3000), (3000, 1), (2, 2), (257, 4097), (1023, 255)])
def test_images_of_odd_shapes(shape: tuple[int, int]) -> None:
    image = noise(shape)
    rows = opened(written(fits.PrimaryHDU(image)))
    for zoom in range(TileGrid(shape[1], shape[0]).zooms):
        np.testing.assert_allclose(tile(rows, zoom, 0, 0), expected(image.astype(float), zoom, 0, 0), rtol=1e-5)


def test_scaled_integers_and_undefined_pixels() -> None:
    unit = fits.PrimaryHDU(noise((300, 400), "i2"))
    unit.header["BSCALE"], unit.header["BZERO"], unit.header["BLANK"] = 0.5, 100.0, 7
    content = written(unit)
    image = fits.getdata(io.BytesIO(content)).astype(float)
    assert np.isnan(image).any()
    np.testing.assert_allclose(tile(opened(content), 0, 0, 0), expected(image, 0, 0, 0), rtol=1e-5)
    np.testing.assert_array_equal(opened(content).read_part(10, 5, range(20, 30)), image[10:15, 20:30])


def test_unsigned_integers() -> None:
    image = np.full((10, 10), 65535, "u2")
    assert opened(written(fits.PrimaryHDU(image))).read_part(3, 1, range(4, 5)).tolist() == [[65535.0]]


TILINGS = [(1, 700), (100, 100), (600, 700)]


@pytest.mark.parametrize(
    ("method", "tiling"),
    [(method, tiling) for method in ("RICE_1", "GZIP_2") for tiling in TILINGS]
    + [("HCOMPRESS_1", tiling) for tiling in TILINGS[1:]],  # it takes no single rows
)
def test_tile_compressed_images(method: str, tiling: tuple[int, int]) -> None:
    image = noise((600, 700), "i2")
    content = written(fits.CompImageHDU(image, compression_type=method, tile_shape=tiling))
    rows = opened(content, 1)
    for place in ((0, 0, 0), (1, 1, 0), (2, 2, 2)):
        np.testing.assert_allclose(tile(rows, *place), expected(image.astype(float), *place), rtol=1e-5)
    assert (rows.read_part(50, 3, range(60, 64)) == image[50:53, 60:64]).all()


def test_a_plane_of_a_cube() -> None:
    cube = noise((3, 4, 50, 60))
    for plane in (0, 5, 11):
        image = cube.reshape(12, 50, 60)[plane].astype(float)
        found = tile(opened(written(fits.PrimaryHDU(cube)), plane=plane), 0, 0, 0)
        np.testing.assert_allclose(found, image[::-1], rtol=1e-6)


def test_what_is_cut_off_has_no_value() -> None:
    content = written(fits.PrimaryHDU(noise((300, 300))))
    found = tile(opened(content[: 2880 + 4 * 300 * 150]), 1, 0, 0)
    assert np.isnan(found[:150]).all() and np.isfinite(found[150:]).all()
    assert np.isnan(tile(opened(content[:2880]), 0, 0, 0)).all()


class CountingSource:
    """A large image of which nothing exists: every byte is asked for, and counted."""

    def __init__(self, head: bytes, size_bytes: int) -> None:
        self.head, self.size_bytes, self.asked_bytes, self.largest = head, size_bytes, 0, 0

    def read(self, offset: int, length: int) -> bytes:
        self.asked_bytes += length
        self.largest = max(self.largest, length)
        return self.head[offset : offset + length].ljust(length, b"\0")


def test_of_a_large_image_little_is_read() -> None:
    side = 40_000
    header = fits.Header({"SIMPLE": True, "BITPIX": -32, "NAXIS": 2, "NAXIS1": side, "NAXIS2": side})
    head = header.tostring().encode()
    source = CountingSource(head, len(head) + 4 * side * side)
    unit = read_contents(source, "large.fits").units[0]
    rows = rows_of(source, open_stream(source, "none"), unit, 0)
    grid = TileGrid(side, side)
    for zoom in range(grid.zooms):
        source.asked_bytes = 0
        assert tile(rows, zoom, 0, 0).shape[0] > 100
        assert source.asked_bytes < 100e6 and source.largest < 20e6
    source.asked_bytes = 0
    assert len(read_sample(rows)) > 100_000
    assert source.asked_bytes < 5e6


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3000, 3000)])
def test_a_sample_is_of_everywhere(shape: tuple[int, int], tmp_path: Path) -> None:
    image = np.broadcast_to(np.arange(shape[0], dtype="f4")[:, None], shape)
    for content, index in ((written(fits.PrimaryHDU(image)), 0), (written(fits.CompImageHDU(image + 0)), 1)):
        sample = read_sample(opened(content, index))
        assert 1 <= sample.size < 2_000_000
        assert sample.min() <= shape[0] * 0.1 and sample.max() >= shape[0] * 0.9 - 1
