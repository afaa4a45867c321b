"""What crosses a field during an exposure, planned or taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from domain.errors import InvalidInput
from domain.field import CircleField, Field, FieldMotion, PolygonField, RectangleField
from domain.satellite_results import Convention, Crossing, CrossingsFound, SetAside
from service.actions.frame_query import read_corners
from service.actions.frame_query import read_place as read_position
from service.actions.observing_places import ObservingPlace, PlaceQuery, as_utc, read_place
from service.house import Actor, House
from service.satellite_tasks import CrossingsQuestion, Selection

__all__ = ["CrossingsQuery", "FieldCrossings", "FieldQuery", "ToldField", "find_crossings", "read_field"]

MOST_TOLD = 2_000
SET_ASIDE_TOLD = 20
DAY_S = 86_400.0


class FieldQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A field of view, ICRS degrees: around ``near`` (a name or ``RA,Dec``) or ``ra_deg``, ``dec_deg`` a circle of
    ``radius_deg`` or a rectangle of ``width_deg`` and ``height_deg``; or a ``polygon``."""

    near: str | None = None
    ra_deg: float | None = None
    dec_deg: float | None = None
    radius_deg: float | None = None
    width_deg: float | None = None
    height_deg: float | None = None
    position_angle_deg: float = 0.0
    polygon: str | None = None


class CrossingsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """An exposure of a field, and which crossings are of interest.

    ``ra_rate_arcsec_s`` (times the cosine of Dec) and ``dec_rate_arcsec_s`` are how the field moves against the stars.
    """

    field: FieldQuery
    place: PlaceQuery
    start: datetime
    exposure_s: float
    ra_rate_arcsec_s: float = 0.0
    dec_rate_arcsec_s: float = 0.0
    convention: Convention = "geometric"
    min_altitude_deg: float = 0.0
    satellites: tuple[int, ...] = ()
    text: str = ""
    brighter_than: float | None = None
    certain_only: bool = False


class ToldField(msgspec.Struct, kw_only=True):
    """The field that was asked for, ICRS degrees; what its shape does not have is null."""

    shape: Literal["circle", "rectangle", "polygon"]
    ra_deg: float | None = None
    dec_deg: float | None = None
    radius_deg: float | None = None
    width_deg: float | None = None
    height_deg: float | None = None
    position_angle_deg: float | None = None
    vertices_deg: list[tuple[float, float]] | None = None


class FieldCrossings(msgspec.Struct, kw_only=True):
    """What crosses a field, in order of entry.

    ``count`` is of all that were found; the first 2,000 are told. ``set_aside`` names the first of those
    ``set_aside_count`` element sets that say nothing about this time, with the reason.
    """

    field: ToldField
    place: ObservingPlace
    start: datetime
    exposure_s: float
    convention: Convention
    count: int
    crossings: list[Crossing]
    set_aside_count: int
    set_aside: list[SetAside]


def read_field(query: FieldQuery) -> Field:
    """Read which field is meant.

    Raises
    ------
    InvalidInput
        It is none, or several at once.
    NotFound
        An object's name that is not in the catalogue.
    """
    if query.polygon is not None:
        if (query.near, query.ra_deg, query.radius_deg, query.width_deg) != (None, None, None, None):
            raise InvalidInput("Give either a polygon, or a centre with a radius or sides.", field="polygon")
        return PolygonField(vertices_deg=read_corners(query.polygon))
    if query.near is not None and (query.ra_deg, query.dec_deg) == (None, None):
        position = read_position(query.near)
        ra_deg, dec_deg = position.ra_deg, position.dec_deg
    elif query.near is None and query.ra_deg is not None and query.dec_deg is not None:
        ra_deg, dec_deg = query.ra_deg, query.dec_deg
    else:
        raise InvalidInput(
            "Say which field: `ra_deg` and `dec_deg`, or `near` with a name, and `radius_deg`, or `width_deg` and"
            " `height_deg`; or a `polygon`.",
            field="ra_deg",
        )
    sides = (query.width_deg, query.height_deg)
    if query.radius_deg is not None and sides == (None, None):
        return CircleField(ra_deg=ra_deg, dec_deg=dec_deg, radius_deg=query.radius_deg)
    if query.radius_deg is None and query.width_deg is not None and query.height_deg is not None:
        return RectangleField(
            ra_deg=ra_deg,
            dec_deg=dec_deg,
            width_deg=query.width_deg,
            height_deg=query.height_deg,
            position_angle_deg=query.position_angle_deg,
        )
    raise InvalidInput(
        "Say how large the field is: `radius_deg` for a circle, or `width_deg` and `height_deg`.", field="radius_deg"
    )


async def find_crossings(house: House, actor: Actor, query: CrossingsQuery) -> FieldCrossings:
    """Find all satellites inside a field during an exposure.

    Raises
    ------
    InvalidInput
        The field, place or exposure makes no sense; the message says what does.
    NotFound
        No such site, object or satellite.
    NoCatalogue
        No element sets were ever imported.
    """
    field = read_field(query.field)
    if not 0.001 <= query.exposure_s <= DAY_S:
        raise InvalidInput("An exposure lasts from a millisecond up to 86,400 seconds.", field="exposure_s")
    place = await read_place(house, actor, query.place)
    start = as_utc(query.start)
    motion = None
    if query.ra_rate_arcsec_s or query.dec_rate_arcsec_s:
        motion = FieldMotion(ra_rate_arcsec_s=query.ra_rate_arcsec_s, dec_rate_arcsec_s=query.dec_rate_arcsec_s)
    question = CrossingsQuestion(
        field=field,
        place=place.on_ground(),
        start=start,
        exposure_s=query.exposure_s,
        motion=motion,
        convention=query.convention,
        min_altitude_deg=query.min_altitude_deg,
        selection=Selection(norad_ids=query.satellites, text=query.text),
    )
    middle = start + timedelta(seconds=query.exposure_s / 2)
    found: CrossingsFound = await house.satellites.ask(house.database, question, about=middle)
    crossings = [
        one
        for one in found.crossings
        if (not query.certain_only or one.status == "certain")
        and (query.brighter_than is None or (one.magnitude is not None and one.magnitude <= query.brighter_than))
    ]
    return FieldCrossings(
        field=msgspec.convert(msgspec.to_builtins(field), ToldField),
        place=place,
        start=start,
        exposure_s=query.exposure_s,
        convention=query.convention,
        count=len(crossings),
        crossings=crossings[:MOST_TOLD],
        set_aside_count=len(found.set_aside),
        set_aside=found.set_aside[:SET_ASIDE_TOLD],
    )
