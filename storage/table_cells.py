"""Rows of a binary table as a person reads them: a page of some columns, long cells by their first values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.header import HeaderUnit
from storage.preview_stream import FitsStream, PreviewRefused
from storage.preview_table import WIDTHS, TableColumn
from storage.tile_pixels import Each

__all__ = ["SHOWN_VALUES", "Cell", "LongCell", "read_cells", "refuse_packed"]

SHOWN_VALUES = 8
"Of a cell that holds more."
_SHOWN_SIGNS = 400  # of text, and of bits
#: Rows up to this long are read whole, of longer ones the beginning of each cell.
_WHOLE_ROW_BYTES = 32_768
_MOST_PIECES = 2_000
_BRIDGED_HEAP_BYTES = 2**20
_EXACT = 2**53  # beyond, not every reader of JSON keeps an integer
_NUMPY = {"B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8", "C": ">c8", "M": ">c16"}
_DESCRIPTORS = {"P": ">i4", "Q": ">i8"}


class LongCell(NamedTuple):
    """How many values a cell has, and its first ones."""

    size: int
    first: list[Any]


Cell = None | bool | int | float | str | LongCell


def read_cells(
    stream: FitsStream, unit: HeaderUnit, columns: list[TableColumn], first: int, count: int, *, each: Each = map
) -> list[list[Cell]]:
    """Read some rows of some columns.

    Parameters
    ----------
    stream : FitsStream
        The uncompressed FITS stream, in which one may go back.
    unit : HeaderUnit
        A binary table.
    columns : list of TableColumn
        Of `storage.preview_table.list_columns`.
    first, count : int
        Counted from 0; fewer rows come where the table ends, where its data do, and where rows are very long.

    Returns
    -------
    list of list
        A list for each row. None is what is undefined; text stands for infinities, complex numbers, bits, and for
        integers beyond 2^53; text that is cut ends in ``…``.

    Source
    ------
    FITS Standard 4.0, 7.3.
    """
    count = max(min(count, unit.shape[0] - first), 0) if columns[0].row_bytes > 0 else 0
    parts = _whole_rows if columns[0].row_bytes <= _WHOLE_ROW_BYTES else _beginnings
    blocks = parts(stream, unit, columns, first, count, each)
    told = [
        _pointed_at(stream, unit, column, block, each) if column.kind in "PQ" else _told(column, block)
        for column, block in zip(columns, blocks, strict=True)
    ]
    return [list(row) for row in zip(*told, strict=True)]


def _shown(column: TableColumn) -> int:
    """How many values of a cell are read."""
    most = _SHOWN_SIGNS + 1 if column.kind == "A" and not _strings(column) else _SHOWN_SIGNS * SHOWN_VALUES
    return min(column.elements, most if column.kind in "AX" else 2 if column.kind in "PQ" else SHOWN_VALUES)


def _shown_bytes(column: TableColumn) -> int:
    return -(-_shown(column) // 8) if column.kind == "X" else _shown(column) * _width(column)


def _width(column: TableColumn) -> int:
    return WIDTHS[column.kind] // (2 if column.kind in "PQ" else 1)


def _whole_rows(
    stream: FitsStream, unit: HeaderUnit, columns: list[TableColumn], first: int, count: int, _: Each
) -> list[NDArray[np.uint8]]:
    row_bytes = max(columns[0].row_bytes, 1)
    content = stream.read_at(unit.data_offset + first * row_bytes, count * row_bytes) if count else b""
    rows = np.frombuffer(content, np.uint8, len(content) // row_bytes * row_bytes).reshape(-1, row_bytes)
    return [rows[:, column.offset : column.offset + _shown_bytes(column)] for column in columns]


def _beginnings(
    stream: FitsStream, unit: HeaderUnit, columns: list[TableColumn], first: int, count: int, each: Each
) -> list[NDArray[np.uint8]]:
    count = min(count, max(_MOST_PIECES // len(columns), 1))
    pieces = [(row, column) for row in range(count) for column in columns]
    found: list[bytes] = [b""] * len(pieces)

    def read(place: int) -> None:
        row, column = pieces[place]
        start = unit.data_offset + (first + row) * column.row_bytes + column.offset
        found[place] = stream.read_at(start, _shown_bytes(column))

    for _ in each(read, range(len(pieces))):
        pass
    wide = len(columns)
    short = (p for p, (_, column) in enumerate(pieces) if len(found[p]) < _shown_bytes(column))
    whole = next(short, len(pieces)) // wide
    return [
        np.frombuffer(b"".join(found[n : whole * wide : wide]), np.uint8).reshape(whole, _shown_bytes(column))
        for n, column in enumerate(columns)
    ]


def _pointed_at(
    stream: FitsStream, unit: HeaderUnit, column: TableColumn, block: NDArray[np.uint8], each: Each
) -> list[Cell]:
    """Tell the beginnings of arrays of variable length, which lie behind the rows."""
    if not column.elements:
        return [None] * len(block)
    pairs = np.ascontiguousarray(block).view(_DESCRIPTORS[column.kind]).astype(np.int64).tolist()
    gap = unit.find("THEAP")
    heap = gap if isinstance(gap, int) and not isinstance(gap, bool) else column.row_bytes * unit.shape[0]
    inner = column._replace(kind=column.heap_kind or "B", shape=())
    wanted: list[tuple[int, int]] = []
    for length, offset in pairs:
        size = _shown_bytes(inner._replace(elements=max(length, 0)))
        inside = min(offset, heap) >= 0 and heap + offset + size <= unit.data_size_bytes
        wanted.append((unit.data_offset + heap + offset, size if inside else 0))
    contents = _read_pieces(stream, wanted, each)
    cells: list[Cell] = []
    for (length, _), content, (_, size) in zip(pairs, contents, wanted, strict=True):
        if length <= 0:
            cells.append(None)
        elif not size or len(content) < size:
            cells.append(LongCell(length, []))
        else:
            (cell,) = _told(inner._replace(elements=length), np.frombuffer(content, np.uint8)[None])
            cells.append(cell if isinstance(cell, LongCell | str) else LongCell(length, [cell]))
    return cells


def _read_pieces(stream: FitsStream, wanted: list[tuple[int, int]], each: Each) -> list[bytes]:
    some = [(start, size) for start, size in wanted if size]
    if not some:
        return [b""] * len(wanted)
    low, high = min(start for start, _ in some), max(start + size for start, size in some)
    if high - low <= _BRIDGED_HEAP_BYTES:
        content = stream.read_at(low, high - low)
        return [content[start - low : start - low + size] if size else b"" for start, size in wanted]
    found = [b""] * len(wanted)

    def read(place: int) -> None:
        start, size = wanted[place]
        found[place] = stream.read_at(start, size) if size else b""

    for _ in each(read, range(len(wanted))):
        pass
    return found


def _told(column: TableColumn, block: NDArray[np.uint8]) -> list[Cell]:
    """Tell the cells of one column from the bytes that were read of each, shape (rows, bytes)."""
    if not column.elements:
        return [None] * len(block)
    if column.kind == "A":
        length = _strings(column)
        if not length:
            return [_text(bytes(row), whole=len(row) == column.elements) for row in block]
        count = column.elements // length
        return [
            LongCell(count, [_text(bytes(row[n * length : (n + 1) * length])) for n in range(min(count, SHOWN_VALUES))])
            for row in block
        ]
    if column.kind == "X":
        bits = np.unpackbits(np.ascontiguousarray(block), axis=1)[:, : min(column.elements, _SHOWN_SIGNS)]
        rest = "…" if column.elements > _SHOWN_SIGNS else ""
        return ["".join(map(str, row)) + rest for row in bits.tolist()]
    values = _values(column, block)
    if column.elements == 1:
        return [row[0] for row in values]
    return [LongCell(column.elements, row) for row in values]


def _strings(column: TableColumn) -> int:
    """How long each string is of a cell that holds several; 0 where it holds one."""
    length = column.shape[-1] if len(column.shape) > 1 else 0
    return length if 0 < length < min(column.elements, _SHOWN_SIGNS) else 0


def _text(content: bytes, *, whole: bool = True) -> str:
    content = content.split(b"\0")[0]
    try:
        told = content.decode()
    except UnicodeDecodeError:
        told = content.decode("latin-1")
    return told.rstrip(" ") if whole and len(told) <= _SHOWN_SIGNS else told[:_SHOWN_SIGNS] + "…"


def _values(column: TableColumn, block: NDArray[np.uint8]) -> list[list[Any]]:
    if column.kind == "L":
        return [[{84: True, 70: False}.get(value) for value in row] for row in block[:, :SHOWN_VALUES].tolist()]
    raw = np.ascontiguousarray(block).view(_NUMPY[column.kind])[:, :SHOWN_VALUES]
    is_scaled = column.scale != 1.0 or column.zero != 0.0
    if column.kind in "BIJK" and column.scale == 1.0 and column.zero.is_integer():
        # Also how FITS writes unsigned integers: exactly, as Python counts.
        zero, null = int(column.zero), column.null
        return [[None if v == null else _integer(v + zero) for v in row] for row in raw.tolist()]
    tell: Callable[[Any], Any] = _complex if column.kind in "CM" else _real
    if column.kind in "EC" and not is_scaled:
        # The shortest number that a float32 is: 0.1, not 0.10000000149011612.
        return [[tell(_shortest(value)) for value in row] for row in raw]
    with np.errstate(all="ignore"):
        scaled = raw.astype(np.complex128 if column.kind in "CM" else np.float64) * column.scale + column.zero
    if column.kind in "BIJK" and column.null is not None:
        scaled[raw == column.null] = np.nan
    return [[tell(value) for value in row] for row in scaled.tolist()]


def _shortest(value: Any) -> complex | float:
    if isinstance(value, np.complexfloating):
        return complex(float(str(value.real)), float(str(value.imag)))
    return float(str(value))


def _integer(value: int) -> int | str:
    return value if abs(value) <= _EXACT else str(value)


def _real(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else "∞" if value > 0 else "−∞"


def _complex(value: complex) -> str | None:
    return None if math.isnan(value.real) or math.isnan(value.imag) else str(value).strip("()").replace("j", "i")


def refuse_packed(unit: HeaderUnit) -> None:
    """Raise PreviewRefused for what is no binary table, or one whose columns are compressed."""
    if unit.kind != "table" or not unit.shape:
        raise PreviewRefused("preview-no-pixels", f"HDU {unit.index} holds no binary table.")
    if unit.find("ZTABLE") is True:
        raise PreviewRefused("preview-no-pixels", "The table's columns are compressed: download it to read them.")
