"""Tables of found frames, column by column, as an xarray ``Dataset`` whose rows are fetched when they are computed.

Rows are fetched as they lie in the file, and astropy reads them as a table of its own: the file's header and these rows
by themselves. So nothing is known here of how values are written, and what lies behind the rows is never fetched.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from uraniborg._generated.wire import Frame

__all__ = ["make_dataset"]

PIECE_BYTES = 8 * 1024**2  # of rows that are fetched at once
HEADS_AT_ONCE = 8
BLOCK_BYTES = 2880  # of which all that is written in FITS has a whole number (FITS 4.0, 3.1)

OpenUnit = Callable[["Frame"], AbstractContextManager[Any]]


class TableColumn(NamedTuple):
    """What the header tells of a column: the type of its values, the shape of a cell (``()`` of one), attributes."""

    kind: np.dtype[Any]
    shape: tuple[int, ...]
    attributes: dict[str, Any]


class TableLayout(NamedTuple):
    """What the header of a frame's table tells, without any of its rows."""

    frame: Frame
    unit_type: Any
    header: Any
    row_count: int
    row_bytes: int
    columns: dict[str, TableColumn]
    left_out: dict[str, str]


class TablePiece(NamedTuple):
    """Some rows of a table: what reads them, how many there are, and their bytes, which are yet to be fetched."""

    path: str
    unit_type: Any
    head: bytes
    row_count: int
    rows: Any


def make_dataset(frames: Sequence[Frame], open_unit: OpenUnit, facts: dict[str, NDArray[Any]]) -> Any:
    """Put the tables of frames together; see `FrameList.to_xarray`.

    Parameters
    ----------
    frames : sequence of Frame
        At least one.
    open_unit : callable
        Opens the wanted HDU of a frame.
    facts : dict
        Arrays of shape (frames,), which become coordinates.

    Returns
    -------
    xarray.Dataset
        Of dask arrays.

    Raises
    ------
    ValueError
        A frame has no table there, or another than the first has.
    """
    import dask.array
    import xarray

    with ThreadPoolExecutor(HEADS_AT_ONCE) as pool:
        layouts = list(pool.map(lambda frame: _read_layout(frame, open_unit), frames))
    for layout in layouts[1:]:
        _check_alike(layouts[0], layout)
    attributes = _tell_left_out(layouts)
    pieces = [_pieces(layout, open_unit) for layout in layouts]
    counts = [layout.row_count for layout in layouts]
    is_even = len(set(counts)) == 1
    if is_even:
        coordinates = {name: ("frame", values) for name, values in facts.items()}
    else:
        of_rows = {"frame": np.arange(len(frames)), **facts}
        coordinates = {name: ("row", _repeat(values, counts)) for name, values in of_rows.items()}
    dimensions = ["frame", "row"] if is_even else ["row"]
    variables = {}
    for name, column in layouts[0].columns.items():
        # Text is as wide as the widest frame's, numbers as the one with the most room.
        kind = np.result_type(*(layout.columns[name].kind for layout in layouts))
        parts = [_column(name, kind, column.shape, some) for some in pieces]
        stack = dask.array.stack(parts) if is_even else dask.array.concatenate(parts)
        called = f"{name}_" if name in {"frame", "row", *facts} else name
        inner = [f"{called}_axis{i}" for i in range(len(column.shape), 0, -1)]
        variables[called] = ((*dimensions, *inner), stack, column.attributes)
    return xarray.Dataset(variables, coordinates, attributes)


def _read_layout(frame: Frame, open_unit: OpenUnit) -> TableLayout:
    """Read a table's header, and let astropy make a table of one row of it, to see what its columns become."""
    from astropy.io import fits

    with open_unit(frame) as unit:
        if not isinstance(unit, fits.BinTableHDU | fits.TableHDU):
            raise ValueError(f"{frame.path} has no table where the first frame has one: choose frames that are alike.")
        unit_type, header, definitions = type(unit), unit.header.copy(), unit.columns
    is_binary, row_bytes = issubclass(unit_type, fits.BinTableHDU), header["NAXIS1"]
    if len(set(definitions.names)) < len(definitions) or not all(definitions.names):
        told = "has columns of one name, or of none, which astropy does not read"
        raise ValueError(f"The table of {frame.path} {told}: choose frames without it.")
    left_out = {}
    for one in definitions:
        if is_binary and one.format.format in ("P", "Q"):
            left_out[one.name] = "its cells differ in length"
        elif is_binary and one.format.repeat == 0:
            left_out[one.name] = "its cells hold nothing"
    columns = {}
    if kept := [one for one in definitions if one.name not in left_out]:
        # To astropy the letter F is a truth value, a text and the bytes of any number, and a blank a number left out.
        example = _table(unit_type, _head(header, 1), (b"F" if is_binary else b" ") * row_bytes)
        for one in kept:
            cells = np.asarray(example.field(one.name))
            columns[one.name] = TableColumn(cells.dtype.newbyteorder("="), cells.shape[1:], _attributes(one, cells))
    return TableLayout(frame, unit_type, header, header["NAXIS2"], row_bytes, columns, left_out)


def _attributes(column: Any, cells: NDArray[Any]) -> dict[str, Any]:
    """Give a column's unit, as the FITS says, and the value of cells that are undefined, as they will be read."""
    attributes = {"units": column.unit} if column.unit else {}
    # Integers alone have one, and it is told as it is written, unscaled. They stay integers: as floats, with NaN for
    # what is undefined, those of more than 15 digits, as catalogues number their stars, would become others.
    if isinstance(column.null, int):
        if cells.dtype.kind in "iu":
            attributes["missing_value"] = column.null + int(column.bzero or 0)
        elif cells.dtype.kind == "f":
            attributes["missing_value"] = float(column.null * (column.bscale or 1) + (column.bzero or 0))
    return attributes


def _check_alike(first: TableLayout, other: TableLayout) -> None:
    """Raise ValueError if two tables have not the same columns, of the same units and shapes."""
    paths = f"{other.frame.path} has not the columns of the first frame, {first.frame.path}"
    advice = "Choose frames whose tables are alike."
    if lacking := [name for name in first.columns if name not in other.columns]:
        raise ValueError(f"{paths}: it lacks {', '.join(lacking)}. {advice}")
    if more := [name for name in other.columns if name not in first.columns]:
        raise ValueError(f"{paths}: it has {', '.join(more)} besides. {advice}")
    for name, column in first.columns.items():
        there = other.columns[name]
        told, of_first = ((one.shape, one.attributes, one.kind.kind) for one in (there, column))
        if told != of_first:
            raise ValueError(f"{paths}: {name} is {_describe(there)}, and not {_describe(column)}. {advice}")


def _describe(column: TableColumn) -> str:
    words = [f"{column.kind.name} of shape {column.shape}" if column.shape else column.kind.name]
    words += [f"{name} {value}" for name, value in column.attributes.items()]
    return ", ".join(words)


def _tell_left_out(layouts: Sequence[TableLayout]) -> dict[str, str]:
    """Warn of columns that are left out, and give the dataset an attribute that names them."""
    left_out = {name: reason for layout in layouts for name, reason in layout.left_out.items()}
    if not layouts[0].columns:
        told = "; ".join(f"{name}: {reason}" for name, reason in left_out.items()) or "it has none"
        raise ValueError(f"No column of {layouts[0].frame.path} can be stacked ({told}): open it by client.open().")
    if not left_out:
        return {}
    for name, reason in left_out.items():
        # The line that is named is the one that called to_xarray().
        warnings.warn(f"The column {name} is left out: {reason}.", stacklevel=5)
    return {"left_out": ", ".join(left_out)}


def _pieces(layout: TableLayout, open_unit: OpenUnit) -> list[TablePiece]:
    """Cut a table into rows that are fetched at once, for all columns that are computed together."""
    import dask

    def read(first: int, count: int) -> bytes:
        with open_unit(layout.frame) as unit:
            place = unit.fileinfo()
            place["file"].seek(place["datLoc"] + first * layout.row_bytes)
            rows: bytes = place["file"].read(count * layout.row_bytes)
        if len(rows) < count * layout.row_bytes:
            raise ValueError(f"{layout.frame.path} ends within its table: choose frames that are whole.")
        return rows

    later = dask.delayed(read, pure=False)
    most = max(PIECE_BYTES // layout.row_bytes, 1)
    counts = {first: min(most, layout.row_count - first) for first in range(0, layout.row_count, most)}
    heads = {count: _head(layout.header, count) for count in set(counts.values())}
    return [
        TablePiece(layout.frame.path, layout.unit_type, heads[count], count, later(first, count))
        for first, count in counts.items()
    ]


def _column(name: str, kind: np.dtype[Any], shape: tuple[int, ...], pieces: Sequence[TablePiece]) -> Any:
    """Make a dask array of one column of one table, shape (rows, *shape)."""
    import dask
    import dask.array

    def take(path: str, unit_type: Any, head: bytes, rows: bytes) -> NDArray[Any]:
        try:
            cells = np.asarray(_table(unit_type, head, rows).field(name), dtype=kind)
        except ValueError as error:  # text that is not ASCII, numbers that are none
            raise ValueError(f"Column {name} of {path} cannot be read, choose frames without it: {error}") from error
        # Blanks behind a text are not part of it.
        return np.char.rstrip(cells).astype(kind) if kind.kind == "U" else cells

    later = dask.delayed(take, pure=False)
    parts = [
        dask.array.from_delayed(later(one.path, one.unit_type, one.head, one.rows), (one.row_count, *shape), dtype=kind)
        for one in pieces
    ]
    return dask.array.concatenate(parts) if parts else dask.array.zeros((0, *shape), dtype=kind)


def _head(header: Any, row_count: int) -> bytes:
    """Write a table's header for so many rows, and nothing behind them."""
    head = header.copy()
    head["NAXIS2"], head["PCOUNT"] = row_count, 0
    head.remove("THEAP", ignore_missing=True)
    written: bytes = head.tostring().encode("ascii")
    return written


def _table(unit_type: Any, head: bytes, rows: bytes) -> Any:
    """Let astropy read rows with a head of `_head`, integers without a sign as such: as ``fits.open`` does."""
    return unit_type.fromstring(head + rows + bytes(-len(rows) % BLOCK_BYTES), uint=True).data


def _repeat(values: NDArray[Any], counts: list[int]) -> NDArray[Any]:
    """Give each row what is known of its frame; a text is kept once, however many rows tell it."""
    return np.repeat(values.astype(object) if values.dtype.kind == "U" else values, counts)
