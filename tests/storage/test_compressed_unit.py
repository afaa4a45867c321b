"""Of a tile-compressed image what is shown is read, in few requests, and astropy sees nothing but its tiles."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from domain.header import HeaderUnit
from domain.tile_grid import TileGrid
from storage.fits_reader import read_contents
from storage.preview_pixels import read_decimated, rows_of
from storage.preview_rows import PlaneRows
from storage.preview_stream import PreviewRefused, open_stream
from storage.range_source import BytesRangeSource
from storage.tile_pixels import read_sample, read_tile


class CountingSource(BytesRangeSource):
    """Bytes that tell how often they were asked for, and for how many."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.reads: list[int] = []

    def read(self, offset: int, length: int) -> bytes:
        found = super().read(offset, length)
        self.reads.append(len(found))
        return found

    @contextmanager
    def at_most(self, reads: int, size_bytes: float) -> Iterator[None]:
        self.reads.clear()
        yield
        assert len(self.reads) <= reads and sum(self.reads) <= size_bytes, (len(self.reads), sum(self.reads))


def stored(image: np.ndarray, **how: Any) -> bytes:
    stream = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(image, **how)]).writeto(stream)
    return stream.getvalue()


def noise(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(8).normal(1000, 50, shape).astype("i2")


def opened(source: BytesRangeSource, plane: int = 0) -> PlaneRows:
    return rows_of(source, open_stream(source, "none"), unit_of(source), plane)


def unit_of(source: BytesRangeSource) -> HeaderUnit:
    return read_contents(source, "image.fits.fz").units[1]


def tile(rows: PlaneRows, zoom: int, x: int, y: int) -> np.ndarray:
    window = TileGrid(rows.shape[1], rows.shape[0]).find_window(zoom, x, y)
    assert window is not None
    return read_tile(rows, window)


def test_a_preview_reads_a_file_once_in_large_pieces() -> None:
    source = CountingSource(stored(noise((1500, 2000))))
    contents = read_contents(source, "image.fits.fz")
    with source.at_most(8, 1.1 * source.size_bytes):
        read_decimated(source, contents, 1, 2048)
    assert max(source.reads) <= 2**22


def test_a_tile_of_the_viewer_is_a_single_read_of_its_own_rows() -> None:
    image = noise((2000, 2000))
    source = CountingSource(stored(image))
    with source.at_most(10, 0.05e6):
        rows = opened(source)
    with source.at_most(1, source.size_bytes * 256 / 2000 * 1.1):
        found = tile(rows, 3, 2, 2)
    np.testing.assert_array_equal(found, image[::-1][512:768, 512:768])
    with source.at_most(8, 1.1 * source.size_bytes):
        tile(rows, 0, 0, 0)
    with source.at_most(20, 1.1 * source.size_bytes):
        read_sample(rows)


def test_square_tiles_are_read_with_little_between_them() -> None:
    image = noise((600, 4000))
    source = CountingSource(stored(image, tile_shape=(100, 100)))
    rows = opened(source)
    with source.at_most(3, source.size_bytes / 2):
        np.testing.assert_array_equal(rows.read_part(150, 100, range(1950, 2050)), image[150:250, 1950:2050])


def test_the_last_pieces_are_kept_for_whoever_goes_on() -> None:
    image = noise((2000, 400))
    source = CountingSource(stored(image))
    rows = opened(source)
    with source.at_most(12, 1.05 * source.size_bytes):
        for first in range(0, 2000, 10):
            np.testing.assert_array_equal(rows.read_part(first, 3, range(400)), image[first : first + 3])


def test_tiles_may_lie_in_any_order() -> None:
    image = noise((40, 3000))
    unit, content = _spoilable(stored(image))
    places = list(_descriptors(unit, content))
    heap = unit.data_offset + 8 * len(places)
    tiles = [content[heap + offset : heap + offset + length] for length, offset in places]
    order = np.random.default_rng(9).permutation(len(tiles))
    moved, position = [(0, 0)] * len(tiles), 0
    for number in order:
        moved[number] = (len(tiles[number]), position)
        content[heap + position : heap + position + len(tiles[number])] = tiles[number]
        position += len(tiles[number])
    for number, place in enumerate(moved):
        struct.pack_into(">ii", content, unit.data_offset + 8 * number, *place)
    source = CountingSource(bytes(content))
    rows = opened(source)
    with source.at_most(40, 20 * source.size_bytes):
        np.testing.assert_array_equal(rows.read_part(0, 40, range(3000)), image)


@pytest.mark.parametrize("tiling", [(50, 60), (10, 60)], ids=["one tile", "five tiles"])
def test_of_a_small_image_with_a_long_heap_only_the_tiles_are_read(tiling: tuple[int, int]) -> None:
    image = noise((50, 60))
    content = stored(image, tile_shape=tiling)
    unit = unit_of(BytesRangeSource(content))
    long = bytearray(content) + bytes(20 * 2**20)
    pcount = unit.find("PCOUNT")
    assert isinstance(pcount, int)
    card = long.index(b"PCOUNT  =", unit.header_offset)
    long[card + 10 : card + 30] = str(pcount + 20 * 2**20).rjust(20).encode()
    source = CountingSource(bytes(long))
    with source.at_most(12, 0.1e6):
        np.testing.assert_array_equal(opened(source).read(0, 50), image)


def _spoilable(content: bytes) -> tuple[HeaderUnit, bytearray]:
    return unit_of(BytesRangeSource(content)), bytearray(content)


def _descriptors(unit: HeaderUnit, content: bytearray) -> Iterator[tuple[int, int]]:
    for number in range(int(unit.shape[-2])):
        yield struct.unpack_from(">ii", content, unit.data_offset + 8 * number)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ((100, -50), "among the rows of the table"),
        ((2**30, 0), "longer than any pixels"),
        ((-5, 0), "shorter than nothing"),
    ],
)
def test_a_tile_that_lies_where_it_cannot_is_refused(place: tuple[int, int], why: str) -> None:
    image = noise((40, 300))
    unit, content = _spoilable(stored(image))
    struct.pack_into(">ii", content, unit.data_offset + 8 * 30, *place)
    source = CountingSource(bytes(content))
    rows = opened(source)
    np.testing.assert_array_equal(rows.read(0, 30), image[:30])
    with source.at_most(0, 0), pytest.raises(PreviewRefused, match="compressed tile"):
        rows.read(20, 20)
    np.testing.assert_array_equal(rows.read(31, 9), image[31:])


def test_a_table_that_is_cut_off_is_refused() -> None:
    unit, content = _spoilable(stored(noise((40, 300))))
    for size in (unit.data_offset, unit.data_offset + 100):
        with pytest.raises(PreviewRefused, match="rows"):
            rows_of(source := BytesRangeSource(bytes(content[:size])), open_stream(source, "none"), unit, 0)


@pytest.mark.parametrize(("method", "kind"), [("GZIP_1", "i2"), ("GZIP_2", "i2"), ("GZIP_2", "f4")])
def test_a_plane_of_a_cube_is_opened_without_its_tiles_and_read_without_the_others(method: str, kind: str) -> None:
    cube = noise((3, 500, 700)).astype(kind)
    source = CountingSource(stored(cube, compression_type=method, quantize_level=0))
    for plane in range(3):
        with source.at_most(12, 0.1e6):
            rows = opened(source, plane)
        with source.at_most(1, source.size_bytes / 3 * 256 / 500 * 1.1):
            np.testing.assert_array_equal(tile(rows, 2, 1, 0), cube[plane][::-1][:256, 256:512])
        with source.at_most(8, 1.1 * source.size_bytes / 3):
            np.testing.assert_array_equal(rows.read(0, 500), cube[plane])


@pytest.mark.parametrize("method", ["RICE_1", "GZIP_2"])
def test_tiles_deeper_than_a_plane(method: str) -> None:
    cube = noise((5, 200, 210))
    source = CountingSource(stored(cube, compression_type=method, tile_shape=(2, 50, 60)))
    for plane in range(5):
        with source.at_most(14, 0.5 * source.size_bytes + 40e3):
            np.testing.assert_array_equal(opened(source, plane).read(0, 200), cube[plane])


def test_each_tile_that_is_read_is_checked_and_no_other() -> None:
    image = noise((40, 3000))
    for spoil, why in (
        (gzip.compress(bytes(2**21)), "expands beyond"),
        (gzip.compress(bytes(6000)) + gzip.compress(bytes(2**21)), "one whole stream"),
        (gzip.compress(image[7].astype(">i2").tobytes())[:-20], "one whole stream"),
        (b"no gzip at all", "damaged"),
    ):
        unit, content = _spoilable(stored(image, compression_type="GZIP_1"))
        ((length, offset),) = [place for number, place in enumerate(_descriptors(unit, content)) if number == 20]
        heap = unit.data_offset + 8 * 40
        assert len(spoil) <= length
        content[heap + offset : heap + offset + len(spoil)] = spoil
        struct.pack_into(">ii", content, unit.data_offset + 8 * 20, len(spoil), offset)
        rows = opened(BytesRangeSource(bytes(content)))
        np.testing.assert_array_equal(rows.read(0, 20), image[:20])
        tracemalloc.start()
        try:
            with pytest.raises(PreviewRefused, match=why):
                rows.read(15, 10)
            assert tracemalloc.get_traced_memory()[1] < 1e6
        finally:
            tracemalloc.stop()
        np.testing.assert_array_equal(rows.read(21, 19), image[21:])


def test_tiles_that_gzip_made_within_another_method_are_checked_too() -> None:
    image = np.random.default_rng(2).normal(0, 1, (30, 3000)).astype("f4")
    image[11] = np.logspace(-30, 37, 3000)  # no step fits all of these
    unit, content = _spoilable(stored(image, compression_type="RICE_1"))
    width = unit.find("NAXIS1")
    assert isinstance(width, int)
    row = unit.data_offset + 11 * width
    assert struct.unpack_from(">i", content, row) == (0,), "the tile is left out of the first column"
    length, offset = struct.unpack_from(">ii", content, row + 8)
    bomb = gzip.compress(bytes(2**20))
    assert len(bomb) <= length
    rows = opened(BytesRangeSource(bytes(content)))
    np.testing.assert_array_equal(rows.read(11, 1)[0], image[11])
    start = unit.data_offset + 30 * width + offset
    content[start : start + len(bomb)] = bomb
    rows = opened(BytesRangeSource(bytes(content)))
    assert np.isfinite(rows.read(0, 11)).all()
    with pytest.raises(PreviewRefused, match="expands beyond"):
        rows.read(10, 5)
