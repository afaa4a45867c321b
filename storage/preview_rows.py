"""Rows of one image plane, a strip at a time: plain pixels by range reads, tile-compressed ones through astropy."""

from __future__ import annotations

import math
import warnings
from typing import Any, Protocol

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from domain.header import CardValue, HeaderUnit
from storage.compressed_unit import CompressedUnit
from storage.preview_stream import FitsStream, PreviewRefused
from storage.range_source import BytesRangeSource, RangeFile, RangeSource

__all__ = ["CompressedRows", "PlainRows", "PlaneRows", "number_of"]

_WIDEST_ROW_BYTES = 32 * 2**20
#: So much between the wanted parts of two rows is read along: of a store far away a request costs more.
_BRIDGED_BYTES = 4096
_LARGEST_TILE_BYTES = 48 * 2**20
_MOST_TILES = 300_000
_LARGEST_DESCRIPTORS_BYTES = 32 * 2**20
#: A tile-compressed image inside another compression is expanded whole.
_LARGEST_WRAPPED_UNIT_BYTES = 96 * 2**20


def number_of(value: CardValue, default: float) -> float:
    """A card's value as a finite number, or the default where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return default
    return number if math.isfinite(number) else default


class PlaneRows(Protocol):
    """One plane of an image, ``shape`` (ny, nx).

    ``tile_rows`` and ``tile_columns`` are how many come cheaply together; ``sparse_above`` the number of pixels from
    which single rows should be taken instead of all.
    """

    shape: tuple[int, int]
    tile_rows: int
    tile_columns: int
    sparse_above: int

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        """Rows in rising order, shape (n, nx), with n below ``count`` where the data ends; NaN where undefined."""
        ...

    def read_part(self, first: int, count: int, columns: range) -> NDArray[Any]:
        """As `read`, of some columns, and as exactly as the file has the values."""
        ...


class PlainRows:
    """Rows of an uncompressed image, read from their place in the stream.

    Parameters
    ----------
    stream : FitsStream
        The uncompressed FITS stream.
    unit : HeaderUnit
        An image with at least two axes.
    plane : int
        Which plane, counted over all axes but the last two.

    Raises
    ------
    PreviewRefused
        One row is larger than a preview may read at once.
    """

    tile_rows, tile_columns = 1, 1
    sparse_above = 64 * 2**20

    def __init__(self, stream: FitsStream, unit: HeaderUnit, plane: int) -> None:
        ny, nx = unit.shape[-2:]
        kinds = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
        if unit.bitpix not in kinds:
            raise PreviewRefused("preview-damaged", f"No preview: BITPIX {unit.bitpix} is not a pixel type of FITS.")
        self._dtype = np.dtype(kinds[unit.bitpix])
        self._row_bytes = nx * self._dtype.itemsize
        if self._row_bytes > _WIDEST_ROW_BYTES:
            raise PreviewRefused("preview-too-large", f"No preview: a row of {nx} pixels is too long to draw.")
        self.shape = (ny, nx)
        self._stream = stream
        self._offset = unit.data_offset + plane * ny * self._row_bytes
        self._scale = number_of(unit.find("BSCALE"), 1.0) or 1.0
        self._zero = number_of(unit.find("BZERO"), 0.0)
        blank = unit.find("BLANK")
        self._blank = blank if unit.bitpix > 0 and isinstance(blank, int) else None

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        return self.read_part(first, count, range(self.shape[1])).astype(np.float32, copy=False)

    def read_part(self, first: int, count: int, columns: range) -> NDArray[Any]:
        count, wanted_bytes = min(count, self.shape[0] - first), len(columns) * self._dtype.itemsize
        start = self._offset + first * self._row_bytes + columns.start * self._dtype.itemsize
        if self._row_bytes - wanted_bytes <= _BRIDGED_BYTES:
            whole, raw = self._rows_at_once(start, count, len(columns))
        else:
            rows = [self._stream.read_at(start + row * self._row_bytes, wanted_bytes) for row in range(count)]
            whole = next((row for row, content in enumerate(rows) if len(content) < wanted_bytes), count)
            raw = np.frombuffer(b"".join(rows[:whole]), self._dtype).reshape(whole, len(columns))
        return self._physical(raw)

    def _rows_at_once(self, start: int, count: int, width: int) -> tuple[int, NDArray[Any]]:
        """Read rows with what lies between them, which costs less than asking for each."""
        wanted_bytes = width * self._dtype.itemsize
        content = self._stream.read_at(start, max(count - 1, 0) * self._row_bytes + wanted_bytes)
        whole = (len(content) - wanted_bytes) // self._row_bytes + 1 if len(content) >= wanted_bytes else 0
        strides = (self._row_bytes, self._dtype.itemsize)
        return whole, np.ndarray((whole, width), self._dtype, content, strides=strides)

    def _physical(self, raw: NDArray[Any]) -> NDArray[Any]:
        # float32 carries 24 bits: wider pixels are scaled before they are narrowed.
        wide = self._dtype.itemsize > 4 or self._dtype == ">i4"
        with np.errstate(over="ignore", invalid="ignore"):
            pixels: NDArray[Any] = raw.astype(np.float64 if wide else np.float32)
            if self._scale != 1.0:
                pixels *= self._scale
            if self._zero != 0.0:
                pixels += self._zero
            if self._blank is not None:
                pixels[raw == self._blank] = np.nan
            return pixels


class CompressedRows:
    """Rows of a tile-compressed image (.fz), decompressed tile by tile.

    Parameters
    ----------
    source : RangeSource or None
        The stored bytes where nothing wraps the FITS stream, else None.
    stream : FitsStream
        The uncompressed FITS stream, from which the unit is taken whole when there is no source.
    unit : HeaderUnit
        A ``compressed_image`` with at least two axes.
    plane : int
        Which plane, counted over all axes but the last two.

    Raises
    ------
    PreviewRefused
        Tiles or the unit are larger than a preview may hold, or damaged.
    """

    sparse_above = 64 * 10**6

    def __init__(self, source: RangeSource | None, stream: FitsStream, unit: HeaderUnit, plane: int) -> None:
        _check_tiles(unit)
        if source is None:
            length = unit.data_offset + unit.data_size_bytes - unit.header_offset
            if length > _LARGEST_WRAPPED_UNIT_BYTES:
                raise PreviewRefused("preview-too-large", "No preview: the image is compressed twice and too large.")
            wrapped = BytesRangeSource(stream.read_at(unit.header_offset, length))
            unit = _moved(unit, -unit.header_offset)
            source = wrapped
        self.shape = (unit.shape[-2], unit.shape[-1])
        self._index = tuple(int(place) for place in np.unravel_index(plane, unit.shape[:-2] or (1,)))
        self._index = self._index[: len(unit.shape) - 2]
        self._unit = CompressedUnit(source, unit, _longest_tile_bytes(unit))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            hdu = fits.open(RangeFile(self._unit), memmap=False, lazy_load_hdus=False)[1]
            if not isinstance(hdu, fits.CompImageHDU) or tuple(hdu.shape) != (2, *unit.shape):
                raise PreviewRefused("preview-damaged", "No preview: the compressed image cannot be opened.")
            self._section = hdu.section
            sides = [int(side) for side in hdu.tile_shape[1:]]
        if min(sides) < 1:
            raise PreviewRefused("preview-damaged", "No preview: the compressed image has tiles of no size.")
        self._sides, self._tiles = sides, [-(-length // side) for length, side in zip(unit.shape, sides, strict=True)]
        self.tile_rows, self.tile_columns = sides[-2], sides[-1]

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        return self.read_part(first, count, range(self.shape[1])).astype(np.float32)

    def read_part(self, first: int, count: int, columns: range) -> NDArray[Any]:
        rows = range(first, min(first + count, self.shape[0]))
        if not rows or not columns:
            return np.empty((len(rows), len(columns)))
        part = (0, *self._index, slice(rows.start, rows.stop), slice(columns.start, columns.stop))
        self._unit.expect(self._tiles_of(rows, columns))
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            pixels = np.asarray(self._section[part]).reshape(len(rows), len(columns))
            return pixels if pixels.dtype.kind == "f" else pixels.astype(np.float64)

    def _tiles_of(self, rows: range, columns: range) -> NDArray[np.int64]:
        """Number the tiles that cover a part of the plane as astropy goes through them."""
        before = 0
        for place, side, tiles in zip(self._index, self._sides, self._tiles, strict=False):
            before = before * tiles + place // side
        tall, wide = self.tile_rows, self.tile_columns
        down = np.arange(rows.start // tall, (rows.stop - 1) // tall + 1)
        across = np.arange(columns.start // wide, (columns.stop - 1) // wide + 1)
        return (((before * self._tiles[-2] + down) * self._tiles[-1])[:, None] + across).ravel()


def _moved(unit: HeaderUnit, shift: int) -> HeaderUnit:
    return HeaderUnit(
        index=unit.index,
        name=unit.name,
        kind=unit.kind,
        shape=unit.shape,
        cards=unit.cards,
        header_offset=unit.header_offset + shift,
        data_offset=unit.data_offset + shift,
        data_size_bytes=unit.data_size_bytes,
        bitpix=unit.bitpix,
    )


def _tile_pixels(unit: HeaderUnit) -> int:
    """Pixels of one tile; by the standard a row where nothing else is said."""
    sides = []
    for axis, length in enumerate(reversed(unit.shape), start=1):
        side = int(number_of(unit.find(f"ZTILE{axis}"), length if axis == 1 else 1))
        sides.append(min(max(side, 1), max(length, 1)))
    return math.prod(sides)


def _longest_tile_bytes(unit: HeaderUnit) -> int:
    """How long a tile may be, compressed or not: 8 bytes are the widest pixel."""
    return _tile_pixels(unit) * 8 + 2880


def _check_tiles(unit: HeaderUnit) -> None:
    tile_pixels = _tile_pixels(unit)
    tiles = int(number_of(unit.find("NAXIS2"), 0))
    descriptors_bytes = int(number_of(unit.find("NAXIS1"), 0)) * tiles
    pixel_bytes = abs(unit.bitpix) // 8 or 4
    if tile_pixels * pixel_bytes > _LARGEST_TILE_BYTES:
        raise PreviewRefused("preview-too-large", f"No preview: one compressed tile has {tile_pixels} pixels.")
    if tiles > _MOST_TILES or descriptors_bytes > _LARGEST_DESCRIPTORS_BYTES:
        raise PreviewRefused("preview-too-large", f"No preview: the image consists of {tiles} compressed tiles.")
    # A tile row of a very wide image of small tiles is decompressed at once.
    tile_rows = int(number_of(unit.find("ZTILE2"), 1))
    if min(tile_rows, unit.shape[-2]) * unit.shape[-1] * pixel_bytes > _LARGEST_TILE_BYTES:
        raise PreviewRefused("preview-too-large", f"No preview: a row of tiles is {unit.shape[-1]} pixels long.")
