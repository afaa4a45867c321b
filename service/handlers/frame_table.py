"""Tables, curves and the sky of frames over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar.params import Parameter

from service.actions import frame_sky, frame_table
from service.actions.frame_sky import HduObjects, HduSky
from service.actions.frame_table import ColumnList, HduCurve, HduRows
from service.handlers.frame_view import MOST, ONE, HduNumber
from service.house import Actor, House
from service.routing import operation
from service.view_tasks import MOST_COLUMNS, MOST_ROWS

__all__ = ["HANDLERS"]

MOST_ROW = 2**53 - 1
ColumnNumber = Annotated[int | None, Parameter(ge=1, le=MOST, description="Number of a column, counted from 1.")]


@operation("GET", f"{ONE}/columns", scope="files:read", problems=(409,), tags=["frames"])
async def list_hdu_columns(organisation: str, frame_id: UUID, hdu: HduNumber, actor: Actor, house: House) -> ColumnList:
    """List the columns of a binary table, with their units."""
    return await frame_table.list_columns(house, actor, organisation, frame_id, hdu)


@operation("GET", f"{ONE}/rows", scope="files:read", problems=(409,), tags=["frames"])
async def get_hdu_rows(
    organisation: str,
    frame_id: UUID,
    hdu: HduNumber,
    actor: Actor,
    house: House,
    first: Annotated[int, Parameter(ge=1, le=MOST_ROW, description="The first row, counted from 1.")] = 1,
    rows: Annotated[int, Parameter(ge=1, le=MOST_ROWS)] = 50,
    column: Annotated[
        list[int] | None,
        Parameter(max_items=MOST_COLUMNS, description="Numbers of columns, counted from 1; the first ones without."),
    ] = None,
) -> HduRows:
    """Read some rows of a binary table: scaled, with what is undefined as null, long cells by their first values."""
    return await frame_table.read_rows(
        house, actor, organisation, frame_id, hdu, first=first, rows=rows, columns=column or []
    )


@operation("GET", f"{ONE}/curve", scope="files:read", problems=(409,), tags=["frames"])
async def get_hdu_curve(
    organisation: str,
    frame_id: UUID,
    hdu: HduNumber,
    actor: Actor,
    house: House,
    x: ColumnNumber = None,
    y: ColumnNumber = None,
    row: Annotated[
        int, Parameter(ge=1, le=MOST_ROW, description="Of cells with many values, and of images: which row.")
    ] = 1,
) -> HduCurve:
    """Read a curve to draw: one column of a table against another, or a row of an image against its wavelengths.

    Without columns those that make a spectrum, a light curve or a list of events by their names are taken; without
    ``x`` alone what is in ``y`` is counted.
    """
    return await frame_table.read_curve(house, actor, organisation, frame_id, hdu, x=x, y=y, row=row)


@operation("GET", f"{ONE}/sky", scope="files:read", problems=(409,), tags=["frames"])
async def get_hdu_sky(organisation: str, frame_id: UUID, hdu: HduNumber, actor: Actor, house: House) -> HduSky:
    """Tell where an image is on the sky, at the knots of a mesh over it, between which one may interpolate."""
    return await frame_sky.read_sky(house, actor, organisation, frame_id, hdu)


@operation("GET", f"{ONE}/objects", scope="files:read", problems=(409,), tags=["frames"])
async def list_hdu_objects(
    organisation: str,
    frame_id: UUID,
    hdu: HduNumber,
    actor: Actor,
    house: House,
    limit: Annotated[int, Parameter(ge=1, le=1000, description="How many at most, the brightest first.")] = 200,
) -> HduObjects:
    """List the objects in an image of the catalogue that ships with the service: Messier, NGC, IC and bright stars."""
    return await frame_sky.list_objects(house, actor, organisation, frame_id, hdu, limit=limit)


HANDLERS = [list_hdu_columns, get_hdu_rows, get_hdu_curve, get_hdu_sky, list_hdu_objects]
