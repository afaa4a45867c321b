"""Frames looked into over HTTP: HDUs, tiles, values."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter

from service.actions import frame_view
from service.actions.frame_view import HduList, HduValues, WindowValues
from service.handlers.object_ranges import is_unchanged
from service.house import Actor, House
from service.routing import operation
from service.view_tasks import MOST_PIXELS, Picture, TileQuestion

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/frames/{frame_id:uuid}/hdus"
ONE = f"{BASE}/{{hdu:int}}"
PNG = "image/png"
MOST = 2**31 - 1

HduNumber = Annotated[int, Parameter(ge=0, le=MOST, description="Number of the HDU, the primary one is 0.")]
Plane = Annotated[int, Parameter(ge=0, le=MOST, description="Of a cube, counted from 0.")]
Place = Annotated[int, Parameter(ge=0, le=MOST)]
Value = Annotated[float | None, Parameter(description="A value of the image; goes before the limits.")]
# A browser keeps a tile for its user: whoever signs in there next has another cookie.
KEPT = {"cache-control": "private, max-age=86400, immutable", "vary": "Authorization, Cookie"}


@operation("GET", BASE, scope="files:read", tags=["frames"])
async def list_hdus(organisation: str, frame_id: UUID, actor: Actor, house: House) -> HduList:
    """List a frame's HDUs, and how those that are images are cut into tiles."""
    return await frame_view.list_hdus(house, actor, organisation, frame_id)


@operation("GET", f"{ONE}/values", scope="files:read", problems=(409,), tags=["frames"])
async def get_hdu_values(
    organisation: str, frame_id: UUID, hdu: HduNumber, actor: Actor, house: House, plane: Plane = 0
) -> HduValues:
    """Tell what values an image has: limits to show it between, and a histogram, from a sample of its pixels."""
    return await frame_view.read_values(house, actor, organisation, frame_id, hdu, plane)


@operation("GET", f"{ONE}/pixels", scope="files:read", problems=(409,), tags=["frames"])
async def get_pixels(
    organisation: str,
    frame_id: UUID,
    hdu: HduNumber,
    actor: Actor,
    house: House,
    x: Annotated[int, Parameter(ge=1, le=MOST, description="Column of the window's left, counted from 1.")],
    y: Annotated[int, Parameter(ge=1, le=MOST, description="Row of its lower side, counted from 1.")],
    width: Annotated[int, Parameter(ge=1, le=MOST_PIXELS)] = 1,
    height: Annotated[int, Parameter(ge=1, le=MOST_PIXELS)] = 1,
    plane: Plane = 0,
) -> WindowValues:
    """Read the values of a small window, and where its pixels are on the sky."""
    return await frame_view.read_pixels(
        house, actor, organisation, frame_id, hdu, plane, x=x, y=y, width=width, height=height
    )


@operation(
    "GET",
    f"{ONE}/tiles/{{zoom:int}}/{{x:int}}/{{y:int}}",
    scope="files:read",
    problems=(409,),
    tags=["frames"],
    media_type=PNG,
    responses={
        200: ResponseSpec(bytes, description="The tile.", media_type=PNG, generate_examples=False),
        304: ResponseSpec(None, description="You have it already."),
    },
)
async def get_tile(
    organisation: str,
    frame_id: UUID,
    hdu: HduNumber,
    zoom: Annotated[int, Parameter(ge=0, le=63)],
    x: Place,
    y: Place,
    actor: Actor,
    house: House,
    plane: Plane = 0,
    stretch: Annotated[
        Literal["asinh", "linear", "log", "sqrt"], Parameter(description="The curve from black to white.")
    ] = "asinh",
    limits: Annotated[
        Literal["auto", "zscale", "percentile", "minmax"],
        Parameter(description="How black and white are chosen, for all tiles alike; `auto` is that of previews."),
    ] = "auto",
    lower: Annotated[float, Parameter(ge=0, le=100, description="Percent, of `percentile`.")] = 0.5,
    upper: Annotated[float, Parameter(ge=0, le=100, description="Percent, of `percentile`.")] = 99.5,
    black: Value = None,
    white: Value = None,
    colours: Annotated[
        Literal["grey", "viridis", "magma", "inferno", "plasma", "cividis", "cubehelix", "hot", "turbo"],
        Parameter(description="The colour map."),
    ] = "grey",
    inverted: Annotated[bool, Parameter(description="The colour map turned round.")] = False,
    if_none_match: Annotated[
        str | None, Parameter(header="If-None-Match", description="Send nothing if the tile is this one.")
    ] = None,
) -> Response[Any]:
    """Get a tile of an image as PNG, cut from what is read of the file for it alone.

    What has no value, and what lies outside, is transparent. The same address is the same picture for ever.
    """
    picture = Picture(
        curve=stretch,
        limits=limits,
        lower=lower,
        upper=upper,
        black=black,
        white=white,
        colours=colours,
        inverted=inverted,
    )
    question = TileQuestion(unit=hdu, plane=plane, zoom=zoom, x=x, y=y, picture=picture)
    tile = await frame_view.find_tile(house, actor, organisation, frame_id, question)
    headers = KEPT | {"etag": tile.etag}
    if is_unchanged(if_none_match, tile.etag):
        return Response(b"", status_code=304, headers=headers, media_type=PNG)
    return Response(await frame_view.read_tile(house, tile), headers=headers, media_type=PNG)


HANDLERS = [list_hdus, get_hdu_values, get_pixels, get_tile]
