"""A column of a table against another, as somebody chose them, or as the preview does."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.curve_points import thin
from domain.header import HeaderUnit
from domain.time_axis import TimeAxis, read_time_axis
from storage.preview_curves import NUMERIC, Axis, find_plot, read_plot, read_spectrum_image
from storage.preview_stream import FitsStream, PreviewRefused
from storage.preview_table import TableColumn, column_values, list_columns, read_columns, rows_read
from storage.range_source import RangeSource
from storage.table_cells import refuse_packed

__all__ = ["MOST_POINTS", "PointSet", "read_points"]

Numbers = NDArray[np.float64]

MOST_POINTS = 6_000
"More are not told apart on a screen."


class PointSet(NamedTuple):
    """Points of a curve; ``read`` tells how many had two numbers, of which ``x`` and ``y`` may show some only, and
    ``is_whole`` whether all rows were read."""

    kind: str
    x: Numbers
    y: Numbers
    x_axis: Axis
    y_axis: Axis
    read: int
    is_whole: bool
    time: TimeAxis | None


def read_points(
    source: RangeSource, stream: FitsStream, unit: HeaderUnit, *, x: int | None, y: int | None, row: int
) -> PointSet:
    """Read the points of a curve.

    Parameters
    ----------
    source : RangeSource
        The uncompressed FITS file.
    stream : FitsStream
        The same.
    unit : HeaderUnit
        A binary table, or an image of one axis, or one whose rows are spectra.
    x, y : int or None
        Numbers of columns, counted from 1. Without ``y`` the columns are those of the preview; without ``x`` rows, or
        the values of one cell, are counted.
    row : int
        Of columns that hold many values in a cell, and of images: which row is shown, counted from 0.

    Raises
    ------
    PreviewRefused
        There is no such curve, or nothing in it.
    """
    if unit.kind != "table":
        if unit.kind not in ("image", "compressed_image") or not unit.shape or 0 in unit.shape:
            raise PreviewRefused("preview-no-pixels", f"HDU {unit.index} holds neither a table nor an image.")
        curve = read_spectrum_image(source, stream, unit, row=row)
        return _points(curve.kind, curve.x, curve.y, curve.x_axis, curve.y_axis)
    refuse_packed(unit)
    columns = {column.number: column for column in list_columns(unit)}
    if y is None:
        plot = find_plot(unit)
        if plot is None:
            raise PreviewRefused("preview-no-pixels", "No two columns of the table are a curve by name: choose them.")
        if plot.x is None or plot.x.elements > 1 or plot.y.elements > 1:
            curve = read_plot(stream, unit, plot, row=row)
            return _points(curve.kind, curve.x, curve.y, curve.x_axis, curve.y_axis)
        kind: str = plot.kind
        across, up = columns.get(plot.x.number), columns.get(plot.y.number)
    else:
        kind, across, up = "columns", columns.get(x) if x is not None else None, columns.get(y)
        if up is None or (x is not None and across is None):
            raise PreviewRefused("preview-no-pixels", f"The table has {len(columns)} columns, counted from 1.")
    assert up is not None
    for column in (across, up):
        if column is not None and (column.kind not in NUMERIC or not column.elements):
            raise PreviewRefused("preview-no-pixels", f"Column {column.number} holds no numbers.")
    if up.elements > 1:
        return _of_one_row(stream, unit, across, up, row)
    return _of_all_rows(stream, unit, kind, across, up)


def _of_all_rows(
    stream: FitsStream, unit: HeaderUnit, kind: str, across: TableColumn | None, up: TableColumn
) -> PointSet:
    if across is not None and across.elements != 1:
        raise PreviewRefused("preview-no-pixels", "One of the columns holds many values in a cell, the other one.")
    found = read_columns(stream, unit, [up] if across is None else [across, up])
    runs = rows_read(unit, up.row_bytes)
    values = found[-1][:, 0]
    if across is None:
        numbers = np.concatenate([np.arange(run.start + 1, run.stop + 1, dtype=np.float64) for run in runs])
        told = _points(kind, numbers[: len(values)], values, Axis("row"), Axis(up.name, up.unit))
    else:
        time = read_time_axis(unit, across.number, across.name, across.unit)
        told = _points(kind, found[0][:, 0], values, Axis(across.name, across.unit), Axis(up.name, up.unit), time)
    return told._replace(is_whole=len(values) == unit.shape[0])


def _of_one_row(
    stream: FitsStream, unit: HeaderUnit, across: TableColumn | None, up: TableColumn, row: int
) -> PointSet:
    if row >= unit.shape[0]:
        raise PreviewRefused("preview-no-pixels", f"The table has {unit.shape[0]} rows.")
    if across is not None and across.elements != up.elements:
        raise PreviewRefused("preview-no-pixels", "The cells of the two columns hold different numbers of values.")

    def cell(column: TableColumn) -> Numbers:
        alone = column._replace(offset=0, row_bytes=column_bytes(column))
        start = unit.data_offset + row * column.row_bytes + column.offset
        content = stream.read_at(start, alone.row_bytes)
        if len(content) < alone.row_bytes:
            raise PreviewRefused("preview-no-pixels", "That row is missing.")
        values: Numbers = column_values(alone, content)[0]
        return values

    y_axis = Axis(up.name, up.unit)
    if across is None:
        return _points("columns", np.arange(1.0, up.elements + 1), cell(up), Axis("value"), y_axis)
    return _points("columns", cell(across), cell(up), Axis(across.name, across.unit), y_axis)


def column_bytes(column: TableColumn) -> int:
    """Tell how long a cell of numbers is; raises PreviewRefused where it is absurdly long."""
    size = column.elements * {"B": 1, "I": 2, "J": 4, "E": 4}.get(column.kind, 8)
    if size > 32 * 2**20:
        raise PreviewRefused("preview-too-large", f"A cell of {column.elements} values is too long to draw.")
    return size


def _points(kind: str, x: Numbers, y: Numbers, x_axis: Axis, y_axis: Axis, time: TimeAxis | None = None) -> PointSet:
    valid = np.isfinite(x) & np.isfinite(y)
    x, y = x[valid], y[valid]
    if not len(x):
        raise PreviewRefused("preview-no-pixels", "Nowhere are there two numbers.")
    shown_x, shown_y = thin(x, y, MOST_POINTS)
    return PointSet(
        kind, shown_x, shown_y, x_axis, y_axis, len(x), is_whole=True, time=time and time.at_utc(float(x.min()))
    )
