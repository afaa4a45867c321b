"""One tile-compressed image as a small file for astropy, whose tiles are fetched in few requests, and checked."""

from __future__ import annotations

import re
import zlib

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from domain.header import HeaderUnit
from storage.preview_stream import PreviewRefused
from storage.preview_table import WIDTHS, TableColumn, column_values, table_columns
from storage.range_source import RangeSource

__all__ = ["CompressedUnit"]

#: So much between two wanted tiles is read along: of a store far away a request costs more.
_BRIDGED_BYTES = 2**18
#: A request is no longer, unless a single tile is.
_MOST_AT_ONCE_BYTES = 2**22
#: Of what was read last so much is kept for whoever goes on there, and so much is read ahead for them.
_KEPT_BYTES = 2**19
_MOST_COLUMNS = 999  # FITS Standard 4.0, 7.3.1
_COUNTED = re.compile(r"(BITPIX|NAXIS[12]?|PCOUNT|GCOUNT|TFIELDS|THEAP|ZBITPIX|ZNAXIS\d*|ZTILE\d+|ZDITHER0)$")
_NEEDED = re.compile(
    _COUNTED.pattern
    + r"|(XTENSION|ZIMAGE|ZCMPTYPE|ZNAME\d|ZVAL\d|ZQUANTIZ|ZBLANK|BLANK|BSCALE|BZERO)$"
    + r"|(TTYPE|TFORM|TSCAL|TZERO|TNULL|TDIM)\d{1,3}$"
)
_PRIMARY = b"".join(
    card.ljust(80)
    for card in (
        b"SIMPLE  =                    T",
        b"BITPIX  =                    8",
        b"NAXIS   =                    0",
        b"EXTEND  =                    T",
        b"END",
    )
).ljust(2880)


class CompressedUnit:
    """A range source of two header units, the second the compressed image with an axis more than it has.

    No other unit can spoil the reading, and no card but those checked here reaches astropy. Of the heap it gets the
    tiles that were announced to `expect`, in their order, and nothing else.

    Parameters
    ----------
    source : RangeSource
        The file.
    unit : HeaderUnit
        A ``compressed_image``.
    most_tile_bytes : int
        How long a compressed tile may be.

    Raises
    ------
    PreviewRefused
        Its header or its rows make no sense.
    """

    def __init__(self, source: RangeSource, unit: HeaderUnit, most_tile_bytes: int) -> None:
        header = _needed_header(unit)
        self._source = source
        self._most_tile_bytes = most_tile_bytes
        self._end = max(min(unit.data_offset + unit.data_size_bytes, source.size_bytes), unit.data_offset)
        rows_bytes = header["NAXIS1"] * header["NAXIS2"]
        rows = source.read(unit.data_offset, max(min(rows_bytes, self._end - unit.data_offset), 0))
        if len(rows) != rows_bytes:
            raise PreviewRefused("preview-damaged", "No preview: the rows of the compressed image are missing.")
        self._front = _PRIMARY + str(header.tostring()).encode("ascii") + rows
        self._front_bytes = len(self._front)
        self._heap_start = unit.data_offset + rows_bytes
        self.size_bytes = self._front_bytes + self._end - self._heap_start
        self._lengths, self._starts, self._zipped = _tile_places(unit, rows)
        self._starts += unit.data_offset + header.get("THEAP", rows_bytes)
        self._wanted: list[tuple[int, int, bool]] = []  # where each begins and ends, and whether gzip made it
        self._next = 0
        self._kept, self._kept_start = b"", 0

    def expect(self, tiles: NDArray[np.int64]) -> None:
        """Say which tiles are read next, by their numbers, in this order.

        Raises
        ------
        PreviewRefused
            There is no such tile, or it lies where it cannot.
        """
        if not len(tiles) or tiles.max() >= len(self._starts):
            raise PreviewRefused("preview-damaged", "No preview: compressed tiles are missing.")
        starts, lengths = self._starts[tiles], self._lengths[tiles]
        if lengths.max() > self._most_tile_bytes:
            raise PreviewRefused("preview-damaged", "No preview: a compressed tile is longer than its pixels.")
        if lengths.min() < 0 or starts.min() < self._heap_start:
            raise PreviewRefused("preview-damaged", "No preview: a compressed tile lies where none can.")
        stops = np.minimum(np.minimum(starts, self._end) + lengths, self._end)
        there = stops > starts
        told = (starts[there].tolist(), stops[there].tolist(), self._zipped[tiles][there].tolist())
        self._wanted = list(zip(*told, strict=True))
        self._next = 0

    def read(self, offset: int, length: int) -> bytes:
        """Give what astropy may have; nothing is there of anything else.

        Raises
        ------
        PreviewRefused
            A tile would expand without end.
        """
        length = min(length, self.size_bytes - offset)
        if length <= 0:
            return b""
        if offset < self._front_bytes:
            piece = self._front[offset : offset + length]
            if offset + length >= self._front_bytes:
                self._front = b""  # it keeps the rows
            return piece
        start = self._heap_start + offset - self._front_bytes
        if self._next == len(self._wanted) or self._wanted[self._next][:2] != (start, start + length):
            return b""
        is_zipped = self._wanted[self._next][2]
        if start < self._kept_start or start + length > self._kept_start + len(self._kept):
            self._fetch(self._next)
        self._next += 1
        content = self._kept[start - self._kept_start :][:length]
        if self._next == len(self._wanted):
            tail = self._kept[-_KEPT_BYTES:]
            self._kept, self._kept_start = tail, self._kept_start + len(self._kept) - len(tail)
        if is_zipped:
            _check_zipped(content, self._most_tile_bytes)
        return content

    def _fetch(self, place: int) -> None:
        """Read a tile together with those after it that lie close behind."""
        start, end, _ = self._wanted[place]
        for following in range(place + 1, len(self._wanted)):
            next_start, next_end, _ = self._wanted[following]
            if not start <= next_start <= end + _BRIDGED_BYTES or next_end - start > _MOST_AT_ONCE_BYTES:
                break
            end = max(end, next_end)
        passed = start - self._kept_start
        if 0 <= passed <= len(self._kept) + _BRIDGED_BYTES:
            # Whoever goes on from where the last reading ended will do so again: twice as far each time.
            end = max(end, min(start + min(2 * len(self._kept), _KEPT_BYTES), self._end))
        known = self._kept[passed:] if passed >= 0 else b""
        self._kept = known + self._source.read(start + len(known), end - start - len(known))
        self._kept_start = start


def _needed_header(unit: HeaderUnit) -> fits.Header:
    header = fits.Header()
    for keyword, value, _ in unit.cards:
        if value is None or keyword in header or not _NEEDED.match(keyword):
            continue
        is_count = isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, complex) or (_COUNTED.match(keyword) and not is_count):
            raise PreviewRefused("preview-damaged", f"No preview: {keyword} of the compressed image is no number.")
        header[keyword] = value
    # astropy counts through the fields one by one, and codecs trust their parameters.
    most = {"TFIELDS": _MOST_COLUMNS, "BLOCKSIZE": 4096, "BYTEPIX": 8}
    told = {"TFIELDS": header.get("TFIELDS", 0)}
    told |= {str(header.get(f"ZNAME{n}", "")).strip(): header.get(f"ZVAL{n}") for n in range(1, 10)}
    for name, limit in most.items():
        value = told.get(name, 1)
        if not isinstance(value, int) or not 1 <= value <= limit:
            raise PreviewRefused("preview-damaged", f"No preview: {name} of the compressed image is {value!r}.")
    axes = len(unit.shape)
    if header.get("ZNAXIS") != axes or header.get("NAXIS") != 2 or not {"NAXIS1", "NAXIS2"} <= set(header):
        raise PreviewRefused("preview-damaged", "No preview: the axes of the compressed image contradict each other.")
    # Asked for all of an image, astropy takes its whole heap at once, however long it is. Nobody asks for all of two.
    header["ZNAXIS"], header[f"ZNAXIS{axes + 1}"], header[f"ZTILE{axes + 1}"] = axes + 1, 2, 1
    return header


def _check_zipped(content: bytes, most_bytes: int) -> None:
    """Refuse a tile that expands beyond its pixels: astropy's gzip knows no limit, other codecs do."""
    engine = zlib.decompressobj(wbits=31)
    try:
        expanded = engine.decompress(content, most_bytes + 1)
    except zlib.error as damage:
        raise PreviewRefused("preview-damaged", "No preview: a compressed tile is damaged.") from damage
    if len(expanded) > most_bytes:
        raise PreviewRefused("preview-damaged", "No preview: a compressed tile expands beyond its pixels.")
    # astropy would go on with a second stream behind the first, and one behind that.
    if not engine.eof or engine.unused_data.strip(b"\0"):
        raise PreviewRefused("preview-damaged", "No preview: a compressed tile is not one whole stream of gzip.")


def _tile_places(unit: HeaderUnit, rows: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """How many bytes each tile has, where in the heap, and whether gzip made it; shape (tiles,) each.

    Source
    ------
    FITS Standard 4.0, 10.1.3: of a tile that COMPRESSED_DATA leaves out, another column has the pixels.
    """
    columns = table_columns(unit)
    if "COMPRESSED_DATA" not in columns:
        raise PreviewRefused("preview-damaged", "No preview: the compressed image has no column of tiles.")
    lengths, starts = _column_places(columns["COMPRESSED_DATA"], rows)
    zipped = np.full(len(lengths), str(unit.find("ZCMPTYPE") or "").strip().upper().startswith("GZIP"))
    for name in ("GZIP_COMPRESSED_DATA", "UNCOMPRESSED_DATA"):
        if name in columns:
            left_out = lengths == 0
            other_lengths, other_starts = _column_places(columns[name], rows)
            zipped[left_out] = name.startswith("GZIP")
            return np.where(left_out, other_lengths, lengths), np.where(left_out, other_starts, starts), zipped
    return lengths, starts, zipped


def _column_places(column: TableColumn, rows: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if column.kind not in "PQ" or column.elements != 2 or column.heap_kind not in WIDTHS:
        raise PreviewRefused("preview-damaged", f"No preview: the column {column.name} holds no tiles.")
    counts, starts = column_values(column, rows).astype(np.int64).T
    return np.clip(counts, -1, 2**40) * WIDTHS[column.heap_kind], starts.copy()
