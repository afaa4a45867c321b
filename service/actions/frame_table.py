"""The tables of a frame, and curves: its columns, pages of its rows, one column against another."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import msgspec

from domain.errors import InvalidInput
from domain.header import HeaderUnit
from domain.time_axis import TimeAxis
from service.actions.frame_view import find_unit
from service.house import Actor, House
from service.image_room import NotViewable
from service.view_tasks import CurveQuestion, RowsQuestion

__all__ = ["AxisName", "ColumnList", "HduCurve", "HduRows", "LongValue", "TableColumnFacts", "list_columns",
           "read_curve", "read_rows"]  # fmt: skip


class TableColumnFacts(msgspec.Struct, kw_only=True):
    """A column, counted from 1 as in ``TTYPE1``. ``form`` is its TFORM, ``display`` its TDISP; ``values`` are how many
    a cell holds, null where each row's has its own number; ``is_number`` tells whether it can be drawn."""

    number: int
    name: str
    unit: str | None
    form: str
    display: str | None
    comment: str | None
    values: int | None
    is_number: bool


class ColumnList(msgspec.Struct, kw_only=True):
    """``has_plot``: there are columns that make a curve by their names, as previews choose them; ``plot_x`` and
    ``plot_y`` are those where each row is a point."""

    rows: int
    items: list[TableColumnFacts]
    has_plot: bool
    plot_x: int | None
    plot_y: int | None


class LongValue(msgspec.Struct):
    """A cell of several values: how many, and the first of them."""

    size: int
    first: list[bool | float | str | None]


class HduRows(msgspec.Struct, kw_only=True):
    """Rows of a table from ``first`` on, counted from 1, with a cell for each of ``columns``. Null is undefined;
    text stands for infinities, complex numbers, bits, and integers that not every program keeps; what is cut ends
    in ``…``. Where rows are very long fewer come than were asked for."""

    first: int
    total: int
    columns: list[int]
    rows: list[list[bool | float | str | LongValue | None]]


class AxisName(msgspec.Struct):
    name: str
    unit: str


class HduCurve(msgspec.Struct, kw_only=True):
    """Points of a curve, at most some thousands: where there are more, of each stretch along an axis that rises the
    lowest, the highest and two others, else every so many. ``points`` counts those read; ``is_whole`` is false where
    some were left out. ``kind`` says what it is by its names (``columns``: as chosen); ``time`` says what an axis of
    times counts."""

    kind: str
    x_axis: AxisName
    y_axis: AxisName
    x: list[float]
    y: list[float]
    points: int
    is_whole: bool
    time: TimeAxis | None


async def list_columns(house: House, actor: Actor, organisation: str, frame_id: UUID, hdu: int) -> ColumnList:
    """List a table's columns.

    Raises
    ------
    NotFound
        No such frame or HDU.
    NotViewable
        It is no binary table.
    """
    _, unit = await find_unit(house, actor, organisation, frame_id, hdu)
    return await asyncio.to_thread(_columns, unit)


def _columns(unit: HeaderUnit) -> ColumnList:
    from storage.preview_curves import NUMERIC, find_plot  # which load the arithmetic of images
    from storage.preview_stream import PreviewRefused
    from storage.preview_table import list_columns as columns_of
    from storage.table_cells import refuse_packed

    try:
        refuse_packed(unit)
    except PreviewRefused as refusal:
        raise NotViewable(str(refusal), hdu=unit.index) from refusal
    plot = find_plot(unit)
    drawn = plot if plot and plot.x and plot.x.elements == plot.y.elements == 1 else None
    return ColumnList(
        rows=unit.shape[0],
        items=[
            TableColumnFacts(
                number=column.number,
                name=column.name,
                unit=column.unit or None,
                form=str(unit.find(f"TFORM{column.number}") or "").strip(),
                display=column.display or None,
                comment=column.about or None,
                values=None if column.kind in "PQ" else column.elements,
                is_number=column.kind in NUMERIC and column.elements > 0,
            )
            for column in columns_of(unit)
        ],
        has_plot=plot is not None,
        plot_x=drawn.x.number if drawn and drawn.x else None,
        plot_y=drawn.y.number if drawn else None,
    )


async def read_rows(
    house: House,
    actor: Actor,
    organisation: str,
    frame_id: UUID,
    hdu: int,
    *,
    first: int,
    rows: int,
    columns: list[int],
) -> HduRows:
    """Read a page of a table.

    Raises
    ------
    NotFound
        No such frame or HDU.
    InvalidInput
        The page begins behind the table's end.
    NotViewable, StoreUnavailable
    """
    stored, unit = await find_unit(house, actor, organisation, frame_id, hdu)
    if unit.kind == "table" and unit.shape and first > max(unit.shape[0], 1):
        raise InvalidInput(f"The table has {unit.shape[0]} rows, counted from 1.")
    question = RowsQuestion(unit=hdu, first=first - 1, count=rows, columns=tuple(columns))
    told: dict[str, Any] = await house.images.ask(stored, question)
    # Not converted: an integer stays one, where the schema, which knows no values that are of two types, says number.
    cells = [[LongValue(**cell) if isinstance(cell, dict) else cell for cell in row] for row in told["rows"]]
    return HduRows(first=first, total=told["total"], columns=told["columns"], rows=cells)


async def read_curve(
    house: House, actor: Actor, organisation: str, frame_id: UUID, hdu: int, *, x: int | None, y: int | None, row: int
) -> HduCurve:
    """Read a curve; raises as `read_rows`."""
    if y is None and x is not None:
        raise InvalidInput("Say which column is y, or neither.")
    stored, _ = await find_unit(house, actor, organisation, frame_id, hdu)
    told: dict[str, Any] = await house.images.ask(stored, CurveQuestion(unit=hdu, x=x, y=y, row=row - 1))
    return msgspec.convert(told, HduCurve)
