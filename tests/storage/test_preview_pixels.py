"""Decimated pixels agree with astropy's, whatever they are stored as, and cost little memory."""

from __future__ import annotations

import bz2
import gzip
import io
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.header import FileContents
from storage.fits_reader import read_contents
from storage.preview_pixels import colour_planes, decimation, read_decimated
from storage.preview_stream import PreviewRefused
from storage.range_source import BytesRangeSource


def _stored(*units: fits.PrimaryHDU | fits.ImageHDU | fits.CompImageHDU) -> bytes:
    buffer = io.BytesIO()
    listed = list(units) if isinstance(units[0], fits.PrimaryHDU) else [fits.PrimaryHDU(), *units]
    fits.HDUList(listed).writeto(buffer)
    return buffer.getvalue()


def _decimated(stored: bytes, target_px: int, unit_index: int = 0, name: str = "a.fits") -> np.ndarray:
    source = BytesRangeSource(stored)
    return read_decimated(source, read_contents(source, name), unit_index, target_px)


def _block_means(image: np.ndarray, factor: int) -> np.ndarray:
    """The plain way: a loop over blocks."""
    ny, nx = image.shape
    step, across = min(factor, ny), min(factor, nx)
    out = np.full((ny // step, nx // across), np.nan)
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            block = image[row * step : (row + 1) * step, column * across : (column + 1) * across]
            if np.isfinite(block).any():
                out[row, column] = block[np.isfinite(block)].mean()
    return out


@settings(max_examples=60, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 70), st.integers(1, 70)),
    target_px=st.integers(3, 80),
    seed=st.integers(0, 2**16),
    holes=st.booleans(),
)
def test_blocks_are_averaged(shape: tuple[int, int], target_px: int, seed: int, holes: bool) -> None:
    rng = np.random.default_rng(seed)
    image = rng.normal(1000, 50, shape).astype(np.float32)
    if holes:
        image[rng.random(shape) < 0.4] = np.nan
        image[rng.random(shape) < 0.05] = np.inf
    factor = decimation(shape, target_px)
    assert max(shape) <= factor * target_px and (factor == 1 or max(shape) > (factor - 1) * target_px)
    small = _decimated(_stored(fits.PrimaryHDU(image)), target_px)
    expected = _block_means(np.where(np.isfinite(image), image, np.nan), factor)
    np.testing.assert_allclose(small, expected, rtol=1e-5)


def _as_is(dtype: str, low: int, high: int) -> fits.PrimaryHDU:
    return fits.PrimaryHDU(np.random.default_rng(1).integers(low, high, (23, 31)).astype(dtype))


def _scaled(dtype: str) -> fits.PrimaryHDU:
    unit = fits.PrimaryHDU(np.random.default_rng(2).uniform(-5.0, 9.0, (23, 31)))
    unit.scale(dtype, bscale=0.01, bzero=3.0)
    return unit


def _with_blank() -> fits.PrimaryHDU:
    pixels = np.random.default_rng(3).integers(-500, 500, (23, 31)).astype(np.int16)
    pixels[5:9, 3:20] = -999
    unit = fits.PrimaryHDU(pixels)
    unit.header["BLANK"] = -999
    unit.header["BZERO"] = 100.0
    return unit


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param(_as_is("uint8", 0, 255), id="8"),
        pytest.param(_as_is("int8", -100, 100), id="8 signed"),
        pytest.param(_as_is("int16", -30000, 30000), id="16"),
        pytest.param(_as_is("uint16", 0, 65535), id="16 unsigned"),
        pytest.param(_as_is("int32", -(2**20), 2**20), id="32"),
        # Small counts on BZERO 2**31 would drown in a float32 that is narrowed too early.
        pytest.param(_as_is("uint32", 100, 200), id="32 unsigned"),
        pytest.param(_as_is("int64", -1000, 1000), id="64"),
        pytest.param(_as_is("uint64", 100, 200), id="64 unsigned"),
        pytest.param(_as_is("float32", -1000, 1000), id="-32"),
        pytest.param(_as_is("float64", -1000, 1000), id="-64"),
        pytest.param(_scaled("int16"), id="16 scaled"),
        pytest.param(_scaled("int32"), id="32 scaled"),
        pytest.param(_with_blank(), id="16 with BLANK"),
    ],
)
def test_every_pixel_type(unit: fits.PrimaryHDU) -> None:
    stored = _stored(unit)
    with fits.open(io.BytesIO(stored)) as units:
        # astropy makes uint64 of BZERO 2**63; the sum of a double loses what we lose too.
        expected = units[0].data.astype(np.float64)
    tolerance = 2048.0 if unit.header["BITPIX"] == 64 and unit.header.get("BZERO") else 1e-4
    np.testing.assert_allclose(_decimated(stored, 64), expected, rtol=1e-5, atol=tolerance)


@pytest.mark.parametrize(
    ("codec", "dtype"),
    [
        ("RICE_1", "uint16"),
        ("RICE_1", "float32"),
        ("GZIP_1", "int32"),
        ("GZIP_2", "float32"),
        ("HCOMPRESS_1", "int16"),
        ("PLIO_1", "int16"),
    ],
)
def test_tile_compressed_images(codec: str, dtype: str) -> None:
    image = np.random.default_rng(4).integers(0, 3000, (150, 170)).astype(dtype)
    stored = _stored(fits.CompImageHDU(image, compression_type=codec))
    with fits.open(io.BytesIO(stored)) as units:
        expected = units[1].data.astype(np.float64)
    np.testing.assert_allclose(_decimated(stored, 200, 1), expected, rtol=1e-5)
    np.testing.assert_allclose(_decimated(stored, 60, 1), _block_means(expected, 3), rtol=1e-5)


def _zipped(stored: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("night/frame.fits", stored)
    return buffer.getvalue()


@pytest.mark.parametrize("wrap", [gzip.compress, bz2.compress, _zipped], ids=["gzip", "bzip2", "zip"])
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "tiles"])
def test_wrapped_files(wrap: Callable[[bytes], bytes], compressed: bool) -> None:
    image = np.random.default_rng(5).integers(0, 3000, (90, 120)).astype(np.int16)
    first = fits.ImageHDU(np.zeros((40, 40), np.int16), name="FIRST")
    unit = fits.CompImageHDU(image) if compressed else fits.ImageHDU(image)
    small = _decimated(wrap(_stored(first, unit)), 60, 2)
    np.testing.assert_allclose(small, _block_means(image, 2), rtol=1e-5)


def test_of_a_cube_the_middle_plane_and_of_three_colours_all() -> None:
    cube = np.random.default_rng(6).normal(0, 1, (3, 20, 30)).astype(np.float32)
    spectral = fits.PrimaryHDU(cube)
    spectral.header["CTYPE3"] = "VRAD"
    np.testing.assert_allclose(_decimated(_stored(spectral), 64), cube[1], rtol=1e-6)
    np.testing.assert_allclose(_decimated(_stored(fits.PrimaryHDU(cube)), 64), cube, rtol=1e-6)
    radio = fits.PrimaryHDU(cube.repeat(3, axis=0)[None])
    np.testing.assert_allclose(_decimated(_stored(radio), 64), cube[1], rtol=1e-6)
    for image in (cube, cube[None], cube[:, None]):
        stored = _stored(fits.PrimaryHDU(image))
        assert colour_planes(read_contents(BytesRangeSource(stored), "a.fits").units[0]) == 3


def test_missing_rows_are_not_a_number() -> None:
    image = np.arange(200 * 100, dtype=np.float32).reshape(200, 100)
    stored = _stored(fits.PrimaryHDU(image))[: 2880 + 4 * 100 * 50]
    small = _decimated(stored, 50)
    assert small.shape == (50, 25)
    np.testing.assert_allclose(small[:12], _block_means(image, 4)[:12])
    assert np.isnan(small[13:]).all()


class _EndlessRows:
    """A file of gigabytes that is nowhere: a header, then float32 rows that hold their own number."""

    def __init__(self, ny: int, nx: int) -> None:
        header = fits.Header({"SIMPLE": True, "BITPIX": -32, "NAXIS": 2, "NAXIS1": nx, "NAXIS2": ny})
        self._head, self._row_bytes = header.tostring().encode(), nx * 4
        self.size_bytes = 2880 + -(-ny * nx * 4 // 2880) * 2880
        self.bytes_read, self.largest_read = 0, 0

    def read(self, offset: int, length: int) -> bytes:
        length = min(length, self.size_bytes - offset)
        self.bytes_read += length
        self.largest_read = max(self.largest_read, length)
        if offset < 2880:
            return self._head[offset : offset + length].ljust(length, b"\0")
        row, skipped = divmod(offset - 2880, self._row_bytes)
        rows = np.arange(row, row + (skipped + length) // self._row_bytes + 1, dtype=">f4")
        return rows.repeat(self._row_bytes // 4).tobytes()[skipped : skipped + length]


def test_two_gigabytes_need_little_memory_and_few_bytes() -> None:
    source = _EndlessRows(23170, 23170)
    contents = read_contents(source, "mosaic.fits")
    tracemalloc.start()
    try:
        small = read_decimated(source, contents, 0, 2048)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert small.shape == (23170 // 12, 23170 // 12)
    assert (small == np.arange(0, 23160, 12, dtype=np.float32)[:1930, None]).all(), "one row of each block"
    assert peak_bytes < 64e6
    assert source.bytes_read < source.size_bytes / 10 and source.largest_read < 8e6


@pytest.mark.parametrize(
    ("axes", "bitpix"), [((2_000_000_000, 2_000_000_000), 8), ((300_000_000, 3), -64), ((3, 2_000_000_000), 16)]
)
def test_absurd_axes_are_refused_or_mostly_empty(axes: tuple[int, int], bitpix: int) -> None:
    header = fits.Header({"SIMPLE": True, "BITPIX": bitpix, "NAXIS": 2, "NAXIS1": axes[0], "NAXIS2": axes[1]})
    stored = header.tostring().encode() + b"\1" * 5760
    tracemalloc.start()
    try:
        _decimated(stored, 2048)
    except PreviewRefused as refusal:
        assert refusal.code in ("preview-too-large", "preview-no-pixels")
    finally:
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak_bytes < 100e6


def _tile_bomb() -> bytes:
    """A gzip tile of 100 x 100 pixels that expands to 400 MB, in the place of an honest one."""
    image = np.random.default_rng(7).integers(-(2**30), 2**30, (100, 100)).astype(np.int32)
    unit = fits.CompImageHDU(image, compression_type="GZIP_1", tile_shape=(100, 100))
    stored = bytearray(_stored(unit))
    contents: FileContents = read_contents(BytesRangeSource(bytes(stored)), "a.fits.fz")
    table = contents.units[1]
    rows, width = int(table.find("NAXIS2") or 0), int(table.find("NAXIS1") or 0)  # type: ignore[arg-type]
    heap = table.data_offset + rows * width
    length = int.from_bytes(stored[table.data_offset : table.data_offset + 4], "big")
    engine = zlib.compressobj(9, wbits=31)
    bomb = b"".join([*(engine.compress(bytes(2**20)) for _ in range(30)), engine.flush()])
    assert len(bomb) <= length
    stored[heap : heap + len(bomb)] = bomb
    return bytes(stored)


def test_a_tile_that_expands_beyond_its_pixels_is_refused() -> None:
    bomb = _tile_bomb()
    tracemalloc.start()
    try:
        with pytest.raises(PreviewRefused, match="expands beyond"):
            _decimated(bomb, 64, 1)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 10e6


def test_what_is_no_image_is_refused() -> None:
    stored = _stored(fits.PrimaryHDU(), fits.ImageHDU(np.arange(10.0)))
    for index in (0, 1):
        with pytest.raises(PreviewRefused):
            _decimated(stored, 64, index)
