"""Columns of binary tables, read from their bytes: just the numbers a plot needs."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.header import HeaderUnit
from storage.preview_stream import FitsStream, PreviewRefused

__all__ = ["WIDTHS", "TableColumn", "column_values", "list_columns", "read_columns", "rows_read", "table_columns"]

_FORM = re.compile(r"\s*(\d*)\s*([LXBIJKAEDCMPQ])([LXBIJKAEDCM]?)")
_DIM = re.compile(r"\d{1,9}")
_NUMPY = {"B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8", "P": ">i4", "Q": ">i8"}
#: Bytes of one value of each kind; a bit is an eighth of a B.
WIDTHS = {"L": 1, "B": 1, "I": 2, "J": 4, "K": 8, "A": 1, "E": 4, "D": 8, "C": 8, "M": 16, "P": 8, "Q": 16}
_CHUNK_BYTES = 2**20
_MOST_BYTES = 48 * 2**20
_WIDEST_ROW_BYTES = 16 * 2**20
_MOST_COLUMNS = 999  # FITS Standard 4.0, 7.3.1


class TableColumn(NamedTuple):
    """One column of a binary table.

    ``kind`` is the letter of its TFORM, ``elements`` its values per row, ``offset`` its first byte in a row of
    ``row_bytes``, ``shape`` its TDIM in numpy order (empty without one). Values are ``raw * scale + zero``;
    ``null`` marks undefined integers. ``number`` counts from 1, as in ``TTYPE1``; ``display`` is its TDISP, ``about``
    the comment of its TTYPE. ``heap_kind`` is the kind of what a descriptor (P, Q) points at.
    """

    name: str
    kind: str
    elements: int
    offset: int
    row_bytes: int
    unit: str
    scale: float
    zero: float
    null: int | None
    shape: tuple[int, ...]
    number: int
    display: str
    about: str
    heap_kind: str


def table_columns(unit: HeaderUnit) -> dict[str, TableColumn]:
    """Give a binary table's columns by upper-case name; of equal names the first."""
    columns: dict[str, TableColumn] = {}
    for column in list_columns(unit):
        columns.setdefault(column.name.upper(), column._replace(name=column.name.upper()))
    return columns


def list_columns(unit: HeaderUnit) -> list[TableColumn]:
    """List a binary table's columns, up to the first that makes no sense.

    Source
    ------
    FITS Standard 4.0, 7.3.
    """
    values = {keyword: value for keyword, value, _ in reversed(unit.cards)}

    def whole(keyword: str, default: int) -> int:
        value = values.get(keyword)
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    def real(keyword: str, default: float) -> float:
        value = values.get(keyword)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default

    comments = {keyword: comment for keyword, _, comment in reversed(unit.cards) if keyword.startswith("TTYPE")}
    columns: list[TableColumn] = []
    row_bytes, offset = whole("NAXIS1", 0), 0
    for number in range(1, min(whole("TFIELDS", 0), _MOST_COLUMNS) + 1):
        form = _FORM.match(str(values.get(f"TFORM{number}") or ""))
        if not form:
            break
        kind, repeat = form[2], int(form[1] or 1)
        null = values.get(f"TNULL{number}")
        name = str(values.get(f"TTYPE{number}") or f"COL{number}").strip()
        column = TableColumn(
            name,
            kind,
            repeat * (2 if kind in "PQ" else 1),
            offset,
            row_bytes,
            str(values.get(f"TUNIT{number}") or "").strip(),
            real(f"TSCAL{number}", 1.0),
            real(f"TZERO{number}", 0.0),
            null if isinstance(null, int) else None,
            tuple(int(side) for side in reversed(_DIM.findall(str(values.get(f"TDIM{number}") or "")))),
            number,
            str(values.get(f"TDISP{number}") or "").strip(),
            comments.get(f"TTYPE{number}", "").strip(),
            form[3] if kind in "PQ" else "",
        )
        offset += -(-repeat // 8) if kind == "X" else repeat * WIDTHS[kind]
        if offset > row_bytes:
            break
        columns.append(column)
    return columns


def column_values(column: TableColumn, rows: bytes) -> NDArray[Any]:
    """Take one numeric column out of the bytes of whole rows.

    Returns
    -------
    ndarray, shape (rows, elements)
        float64 with NaN where undefined; the raw integers of descriptors (kinds P and Q).
    """
    cell = (_NUMPY[column.kind], (column.elements,))
    dtype = np.dtype({"names": ["v"], "formats": [cell], "offsets": [column.offset], "itemsize": column.row_bytes})
    raw: NDArray[Any] = np.frombuffer(rows, dtype, len(rows) // column.row_bytes)["v"]
    if column.kind in "PQ":
        return raw
    values = raw.astype(np.float64) * column.scale + column.zero
    if column.null is not None and column.kind in "BIJK":
        values[raw == column.null] = np.nan
    return values


def read_columns(stream: FitsStream, unit: HeaderUnit, columns: list[TableColumn]) -> list[NDArray[np.float64]]:
    """Read numeric columns of a table, of a very long one a fair sample.

    Parameters
    ----------
    stream : FitsStream
        The uncompressed FITS stream.
    unit : HeaderUnit
        A binary table.
    columns : list of TableColumn
        Numeric ones of `table_columns`.

    Returns
    -------
    list of ndarray, each of shape (rows, elements)
        The same rows of each column, in their order. Beyond 48 MB evenly spaced runs of rows.

    Raises
    ------
    PreviewRefused
        A row is larger than a preview may read.
    """
    parts: list[list[NDArray[np.float64]]] = [[] for _ in columns]
    row_bytes = columns[0].row_bytes
    for run in rows_read(unit, row_bytes):
        wanted = len(run) * row_bytes
        content = stream.read_at(unit.data_offset + run.start * row_bytes, wanted)
        content = content[: len(content) // row_bytes * row_bytes]
        for part, column in zip(parts, columns, strict=True):
            part.append(column_values(column, content))
        if len(content) < wanted:
            break
    return [
        np.concatenate(part) if part else np.empty((0, column.elements))
        for part, column in zip(parts, columns, strict=True)
    ]


def rows_read(unit: HeaderUnit, row_bytes: int) -> list[range]:
    """Tell which rows `read_columns` reads of a table, counted from 0.

    Raises
    ------
    PreviewRefused
        A row is larger than a preview may read.
    """
    rows = unit.shape[0]
    if not 0 < row_bytes <= _WIDEST_ROW_BYTES:
        raise PreviewRefused("preview-too-large", f"No preview: a table row of {row_bytes} bytes is too long to draw.")
    run = max(1, _CHUNK_BYTES // row_bytes)
    runs = max(1, -(-rows // run))
    most_runs = max(1, _MOST_BYTES // (run * row_bytes))
    step = max(1, -(-runs // most_runs))
    return [range(first, min(first + run, rows)) for first in range(0, rows, run * step)]
