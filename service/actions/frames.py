"""Frames: found, looked into, judged, and derived again when a mapping changed."""

from __future__ import annotations

import zlib
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import text

from domain.errors import InvalidInput, NotFound
from domain.header import Problem
from service.actions.assignments import check_control
from service.actions.frame_crossings import FrameCrossing, frame_crossings
from service.actions.frame_query import FACETS, FrameQuery, read_query
from service.actions.jobs import enqueue_ingest
from service.house import Actor, House, Tenant
from service.paging import Page
from service.previewing import preview_key
from storage import frame_search

__all__ = [
    "FacetValue",
    "Facets",
    "Frame",
    "FrameDetail",
    "FramePage",
    "HeaderCards",
    "IngestAgain",
    "IngestBegun",
    "Judgement",
    "count_facets",
    "find_frames",
    "get_frame",
    "get_header",
    "ingest_again",
    "judge_frame",
    "preview_address",
]

COUNT_LIMIT = 100_000


class Frame(msgspec.Struct, kw_only=True):
    """One frame. Times UTC, angles ICRS degrees; ``center_*`` and ``radius_deg`` from the WCS, ``ra_deg`` and
    ``dec_deg`` the pointing its header tells. ``crossings`` counts satellites; null: not judged."""

    id: UUID
    file: UUID
    path: str
    sha256: str
    size_bytes: int
    telescope: str | None
    instrument: str | None
    night: date | None
    frame_type: str | None
    start_at: datetime | None
    mid_at: datetime | None
    exposure_s: float | None
    filter: str | None
    object: str | None
    airmass: float | None
    gain: float | None
    binning_x: int | None
    binning_y: int | None
    detector_temperature_c: float | None
    telescope_name: str | None
    instrument_name: str | None
    observer: str | None
    ra_deg: float | None
    dec_deg: float | None
    center_ra_deg: float | None
    center_dec_deg: float | None
    radius_deg: float | None
    pixel_scale_arcsec: float | None
    width_px: int | None
    height_px: int | None
    format: str
    hdu_count: int
    crossings: int | None
    quality: str
    preview: str
    problems: list[Problem]
    created_at: datetime


class FrameDetail(Frame, kw_only=True):
    """A frame with its header (first non-blank value over all HDUs), where each fact came from, its footprints, and
    the satellites that crossed it, as they were judged at ``crossings_at``."""

    header: dict[str, Any]
    sources: dict[str, str]
    footprints: list[dict[str, Any]]
    quality_note: str | None
    paths: list[str]
    crossings_at: datetime | None
    crossed_by: list[FrameCrossing]


class FramePage(Page[Frame], kw_only=True):
    """``count`` is given when asked for; it is a lower bound where ``count_is_exact`` is false."""

    items: list[Frame]
    count: int | None = None
    count_is_exact: bool | None = None


class HeaderCards(msgspec.Struct):
    """Every card of every HDU, in file order, as ``[keyword, value, comment]``."""

    units: list[dict[str, Any]]


class FacetValue(msgspec.Struct):
    value: str | None
    count: int


class Facets(msgspec.Struct):
    facets: dict[str, list[FacetValue]]


class Judgement(msgspec.Struct):
    quality: Literal["unchecked", "good", "doubtful", "bad"]
    note: Annotated[str, Meta(max_length=2000)] | None = None


class IngestAgain(msgspec.Struct, kw_only=True):
    """Which files to derive again, without sending them again: named, or all of an instrument or telescope."""

    files: Annotated[list[UUID], Meta(max_length=10_000)] | None = None
    instrument: Annotated[str, Meta(max_length=64)] | None = None
    telescope: Annotated[str, Meta(max_length=64)] | None = None


class IngestBegun(msgspec.Struct):
    files: int
    job: UUID | None


async def find_frames(
    house: House, actor: Actor, organisation: str, query: FrameQuery, *, count: bool, cursor: str | None, limit: int
) -> FramePage:
    """Find frames; see ``FrameQuery``.

    Raises
    ------
    InvalidInput
        The query or the cursor cannot be read.
    NotFound
        An object's name, telescope or dataset does not exist.
    """
    search = read_query(query)
    async with house.tenant(actor, organisation) as tenant:
        rows, next_cursor = await frame_search.find(tenant.connection, search, cursor=cursor, limit=limit)
        total = await frame_search.count(tenant.connection, search, at_most=COUNT_LIMIT + 1) if count else None
    return FramePage(
        items=[msgspec.convert(row, Frame) for row in rows],
        next_cursor=next_cursor,
        count=None if total is None else min(total, COUNT_LIMIT),
        count_is_exact=None if total is None else total <= COUNT_LIMIT,
    )


async def count_facets(
    house: House, actor: Actor, organisation: str, query: FrameQuery, names: list[str], *, limit: int
) -> Facets:
    """Count the frames of a query by some of their facts, most frequent first."""
    if unknown := sorted(set(names) - set(FACETS)):
        raise InvalidInput(f"There is no facet {', '.join(unknown)[:100]}; there are {', '.join(FACETS)}.")
    search = read_query(query)
    async with house.tenant(actor, organisation) as tenant:
        found = await frame_search.facets(tenant.connection, search, names or list(FACETS), limit=limit)
    return Facets({name: [FacetValue(v, n) for v, n in values] for name, values in found.items()})


async def get_frame(house: House, actor: Actor, organisation: str, frame_id: UUID) -> FrameDetail:
    """Read one frame with its header; raises NotFound when there is none."""
    async with house.tenant(actor, organisation) as tenant:
        return await _detail(tenant, frame_id)


async def _detail(tenant: Tenant, frame_id: UUID) -> FrameDetail:
    row = await frame_search.get(tenant.connection, frame_id)
    crossed_by = await frame_crossings(tenant, frame_id) if row["crossings"] else []
    return msgspec.convert(row | {"crossed_by": crossed_by}, FrameDetail)


async def get_header(house: House, actor: Actor, organisation: str, frame_id: UUID) -> HeaderCards:
    """Read every card of a frame; raises NotFound when there is no such frame."""
    async with house.tenant(actor, organisation) as tenant:
        packed = await frame_search.packed_units(tenant.connection, frame_id)
    if packed is None:
        raise NotFound("There is no such frame in this organisation.")
    return HeaderCards(msgspec.json.decode(zlib.decompress(packed)))


async def judge_frame(
    house: House, actor: Actor, organisation: str, frame_id: UUID, judgement: Judgement
) -> FrameDetail:
    """Say how good a frame is."""
    async with house.tenant(actor, organisation) as tenant:
        place = (
            await tenant.connection.execute(
                text("SELECT telescope_id, night FROM frames WHERE id = :id AND NOT hidden"), {"id": frame_id}
            )
        ).first()
        if place is None:
            raise NotFound("There is no such frame in this organisation.")
        await check_control(tenant, place.telescope_id, place.night)
        await tenant.connection.execute(
            text("UPDATE frames SET quality = :quality, quality_note = :note WHERE id = :id"),
            {"quality": judgement.quality, "note": judgement.note, "id": frame_id},
        )
        return await _detail(tenant, frame_id)


async def preview_address(house: House, actor: Actor, organisation: str, frame_id: UUID, size: str) -> str:
    """Sign an address of a frame's preview.

    Raises
    ------
    NotFound
        No such frame, or nothing could be drawn of it, or not yet.
    """
    async with house.tenant(actor, organisation) as tenant:
        state = await tenant.connection.scalar(
            text("SELECT preview FROM frames WHERE id = :id AND NOT hidden"), {"id": frame_id}
        )
    if state != "ready":
        raise NotFound(
            "The preview is not drawn yet; try again in a moment." if state == "waiting" else "There is no preview."
        )
    key = preview_key(tenant.organisation_id, frame_id, size)
    return house.objects.sign_get(key, expires_s=house.config.signed_url_seconds, media_type="image/webp")


async def ingest_again(house: House, actor: Actor, organisation: str, which: IngestAgain) -> IngestBegun:
    """Derive files again from their stored bytes, after a mapping, site or release changed."""
    if sum(v is not None for v in (which.files, which.instrument, which.telescope)) != 1:
        raise InvalidInput("Name either files, or an instrument, or a telescope.")
    async with house.tenant(actor, organisation) as tenant:
        files = await frame_search.files_to_derive(
            tenant.connection, files=which.files, instrument=which.instrument, telescope=which.telescope
        )
        job = await enqueue_ingest(tenant, files, again=True)
    return IngestBegun(len(files), job)
