"""Frames over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar.di import Provide
from litestar.params import Parameter
from litestar.response import Redirect

from domain.calibration import DEFAULT_DAYS
from domain.preview_sizes import PreviewSize
from service.actions import frame_calibrations, frame_query, frames
from service.actions.frame_calibrations import Calibrations
from service.actions.frame_query import FrameQuery, Place
from service.actions.frames import (
    Facets,
    FrameDetail,
    FramePage,
    HeaderCards,
    IngestAgain,
    IngestBegun,
    Judgement,
)
from service.house import Actor, House
from service.paging import Cursor, Limit
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}"
Quality = Literal["unchecked", "good", "doubtful", "bad"]


def _text(description: str, maximum: int = 500) -> Any:
    return Parameter(max_length=maximum, description=description)


def query_of(
    near: Annotated[str | None, _text("Object name or `RA,Dec` in degrees; with `radius`.")] = None,
    radius: Annotated[float | None, Parameter(gt=0, le=180, description="Degrees; default 0.5.")] = None,
    contains: Annotated[str | None, _text("Frames whose footprint holds this name or `RA,Dec`.")] = None,
    polygon: Annotated[str | None, _text("Frames that meet it: `RA,Dec RA,Dec RA,Dec`.", 5000)] = None,
    start: Annotated[datetime | None, Parameter(description="Exposed at or after, RFC 3339.")] = None,
    end: Annotated[datetime | None, Parameter(description="Exposed before, RFC 3339.")] = None,
    night: Annotated[date | None, Parameter(description="The evening's date at the site.")] = None,
    first_night: date | None = None,
    last_night: date | None = None,
    telescope: Annotated[str | None, _text("Slug.")] = None,
    instrument: Annotated[str | None, _text("Slug.")] = None,
    dataset: Annotated[str | None, _text("Slug.")] = None,
    frame_type: Annotated[str | None, Parameter(query="type", max_length=500)] = None,
    filter_name: Annotated[str | None, Parameter(query="filter", max_length=500)] = None,
    object_name: Annotated[str | None, Parameter(query="object", max_length=500)] = None,
    quality: Quality | None = None,
    text: Annotated[str | None, _text("Words in path, object, filter, observer, telescope or instrument.")] = None,
    crossed: Annotated[bool | None, Parameter(description="Whether satellites crossed it.")] = None,
    satellite: Annotated[
        str | None, Parameter(min_length=1, max_length=100, description="Crossed by this number or part of a name.")
    ] = None,
    crossed_brighter_than: Annotated[
        float | None, Parameter(ge=-100, le=100, description="Crossed by one of this magnitude or brighter.")
    ] = None,
    where: Annotated[
        list[Annotated[str, Parameter(max_length=500)]] | None,
        Parameter(max_items=20, description="Comparisons of facts or FITS keywords: `exposure_s>=30`, `GAIN>1.4`."),
    ] = None,
    sort: Annotated[str, _text("A fact; a leading - turns the order.")] = "-start_at",
) -> FrameQuery:
    """Read a query from an address."""
    return FrameQuery(
        near=near,
        radius=radius,
        contains=contains,
        polygon=polygon,
        start=start,
        end=end,
        night=night,
        first_night=first_night,
        last_night=last_night,
        telescope=telescope,
        instrument=instrument,
        dataset=dataset,
        type=frame_type,
        filter=filter_name,
        object=object_name,
        quality=quality,
        text=text,
        crossed=crossed,
        satellite=satellite,
        crossed_brighter_than=crossed_brighter_than,
        where=where or [],
        sort=sort,
    )


QUERY = {"asked": Provide(query_of, sync_to_thread=False)}


@operation("GET", f"{BASE}/frames", scope="files:read", tags=["frames"], dependencies=QUERY)
async def find_frames(
    organisation: str,
    asked: FrameQuery,
    actor: Actor,
    house: House,
    count: Annotated[bool, Parameter(description="Also count all that match, up to 100,000.")] = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> FramePage:
    """Find frames by sky, time, night, any fact and any FITS keyword.

    `near` and `contains` take object names (Messier, NGC, IC, bright stars) or positions. `where` may be repeated.
    """
    return await frames.find_frames(house, actor, organisation, asked, count=count, cursor=cursor, limit=limit)


@operation("GET", f"{BASE}/frames/facets", scope="files:read", tags=["frames"], dependencies=QUERY)
async def count_facets(
    organisation: str,
    asked: FrameQuery,
    actor: Actor,
    house: House,
    facet: Annotated[list[str] | None, Parameter(max_items=10, description="Which; all when left out.")] = None,
    limit: Limit = 50,
) -> Facets:
    """Count the frames of a query by type, filter, object, telescope, instrument, night, quality."""
    return await frames.count_facets(house, actor, organisation, asked, facet or [], limit=limit)


@operation("GET", f"{BASE}/frames/{{frame_id:uuid}}", scope="files:read", tags=["frames"])
async def get_frame(organisation: str, frame_id: UUID, actor: Actor, house: House) -> FrameDetail:
    """Read a frame with its header, and where each fact came from."""
    return await frames.get_frame(house, actor, organisation, frame_id)


@operation("GET", f"{BASE}/frames/{{frame_id:uuid}}/header", scope="files:read", tags=["frames"])
async def get_header(organisation: str, frame_id: UUID, actor: Actor, house: House) -> HeaderCards:
    """Read every card of every HDU."""
    return await frames.get_header(house, actor, organisation, frame_id)


@operation("GET", f"{BASE}/frames/{{frame_id:uuid}}/calibrations", scope="files:read", tags=["frames"])
async def find_calibrations(
    organisation: str,
    frame_id: UUID,
    actor: Actor,
    house: House,
    days: Annotated[
        int, Parameter(ge=0, le=366, description="How many nights before and behind are looked through.")
    ] = DEFAULT_DAYS,
    limit: Annotated[int, Parameter(ge=1, le=200, description="Of each kind.")] = 20,
) -> Calibrations:
    """Find the biases, darks and flats that fit a frame: of its instrument, size and binning.

    A bias and a dark have its gain, a dark its exposure time, a flat its filter. Nearest in time come first, of darks
    those of its temperature; frames judged bad are left out.
    """
    return await frame_calibrations.find_calibrations(house, actor, organisation, frame_id, days=days, limit=limit)


@operation("PATCH", f"{BASE}/frames/{{frame_id:uuid}}", scope="files:write", tags=["frames"])
async def judge_frame(organisation: str, frame_id: UUID, data: Judgement, actor: Actor, house: House) -> FrameDetail:
    """Say how good a frame is."""
    return await frames.judge_frame(house, actor, organisation, frame_id, data)


@operation(
    "GET", f"{BASE}/frames/{{frame_id:uuid}}/preview/{{size:str}}", scope="files:read", status=302, tags=["frames"]
)
async def get_preview(organisation: str, frame_id: UUID, size: PreviewSize, actor: Actor, house: House) -> Redirect:
    """Go to a frame's preview: WebP, its long edge at most 128, 512 or 2048 pixels."""
    return Redirect(await frames.preview_address(house, actor, organisation, frame_id, size), status_code=302)


@operation("POST", f"{BASE}/ingests", scope="ingests:write", status=202, tags=["frames"])
async def ingest_again(organisation: str, data: IngestAgain, actor: Actor, house: House) -> IngestBegun:
    """Derive facts, footprints and previews again from the stored bytes, after a mapping changed."""
    return await frames.ingest_again(house, actor, organisation, data)


@operation("GET", "/resolve", scope="account", problems=(404,), tags=["frames"])
async def resolve_name(
    actor: Actor, name: Annotated[str, Parameter(min_length=1, max_length=200, description="Object name or RA,Dec.")]
) -> Place:
    """Find the position of an object by name, from the catalogue that ships with the service."""
    return frame_query.read_place(name)


HANDLERS = [
    find_frames,
    count_facets,
    get_frame,
    get_header,
    find_calibrations,
    judge_frame,
    get_preview,
    ingest_again,
    resolve_name,
]
