"""What crosses a field, what passes over a place, where a satellite stands, and how the night goes, over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from litestar import Response
from litestar.di import Provide
from litestar.params import Parameter

from domain.satellite_results import Convention
from service.actions import field_crossings, place_night, site_passes
from service.actions.field_crossings import CrossingsQuery, FieldCrossings, FieldQuery
from service.actions.observing_places import PlaceQuery
from service.actions.place_night import PlaceNight
from service.actions.site_passes import PassesQuery, PassList, SatelliteTrack, TrackQuery
from service.handlers.satellites import NoradId
from service.house import Actor, House
from service.paging import Cursor, Limit
from service.routing import operation
from service.satellite_votables import crossings_votable, passes_votable
from service.votable import MEDIA_TYPE

__all__ = ["HANDLERS"]

Degrees = Annotated[float | None, Parameter(ge=-720, le=720, description="ICRS degrees.")]
Satellites = Annotated[
    list[NoradId] | None, Parameter(max_items=1000, description="Only these catalogue numbers; may be repeated.")
]
Name = Annotated[str, Parameter(max_length=100, description="Only satellites with this in their name: STARLINK.")]
Magnitude = Annotated[
    float | None, Parameter(ge=-100, le=100, description="Only those estimated to be this bright or brighter.")
]
Altitude = Annotated[float, Parameter(ge=-5, le=90, description="Degrees; only what is above.")]


def place_of(
    organisation: Annotated[str | None, Parameter(max_length=64, description="Whose site it is.")] = None,
    site: Annotated[str | None, Parameter(max_length=64, description="Slug; or give a position.")] = None,
    latitude_deg: Annotated[float | None, Parameter(ge=-90, le=90, description="WGS84, north positive.")] = None,
    longitude_deg: Annotated[float | None, Parameter(ge=-180, le=360, description="East positive.")] = None,
    height_m: Annotated[float, Parameter(ge=-5000, le=9000, description="Above the WGS84 ellipsoid.")] = 0.0,
) -> PlaceQuery:
    """Read a place from an address."""
    return PlaceQuery(
        organisation=organisation,
        site=site,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        height_m=height_m,
    )


def crossings_of(
    place: PlaceQuery,
    start: Annotated[datetime, Parameter(description="When the exposure begins, RFC 3339.")],
    exposure_s: Annotated[float, Parameter(ge=0.001, le=86_400, description="Seconds.")],
    near: Annotated[str | None, Parameter(max_length=200, description="Object name or `RA,Dec` in degrees.")] = None,
    ra_deg: Degrees = None,
    dec_deg: Degrees = None,
    radius_deg: Annotated[float | None, Parameter(gt=0, le=60, description="Of a circle.")] = None,
    width_deg: Annotated[float | None, Parameter(gt=0, le=80, description="Of a rectangle.")] = None,
    height_deg: Annotated[float | None, Parameter(gt=0, le=80, description="Of a rectangle.")] = None,
    position_angle_deg: Annotated[
        float, Parameter(ge=-720, le=720, description="Of a rectangle's height, north through east.")
    ] = 0.0,
    polygon: Annotated[str | None, Parameter(max_length=5000, description="`RA,Dec RA,Dec RA,Dec`.")] = None,
    ra_rate_arcsec_s: Annotated[
        float, Parameter(ge=-7200, le=7200, description="How the field moves: of RA, times the cosine of Dec.")
    ] = 0.0,
    dec_rate_arcsec_s: Annotated[float, Parameter(ge=-7200, le=7200)] = 0.0,
    convention: Annotated[Convention, Parameter(description="Astrometric is what stars around show.")] = "geometric",
    min_altitude_deg: Annotated[float, Parameter(ge=0, lt=90, description="Degrees; only what is above.")] = 0.0,
    satellite: Satellites = None,
    text: Name = "",
    brighter_than: Magnitude = None,
    certain_only: Annotated[bool, Parameter(description="Leave out what crosses only by being early or late.")] = False,
) -> CrossingsQuery:
    """Read an exposure of a field from an address."""
    return CrossingsQuery(
        field=FieldQuery(
            near=near,
            ra_deg=ra_deg,
            dec_deg=dec_deg,
            radius_deg=radius_deg,
            width_deg=width_deg,
            height_deg=height_deg,
            position_angle_deg=position_angle_deg,
            polygon=polygon,
        ),
        place=place,
        start=start,
        exposure_s=exposure_s,
        ra_rate_arcsec_s=ra_rate_arcsec_s,
        dec_rate_arcsec_s=dec_rate_arcsec_s,
        convention=convention,
        min_altitude_deg=min_altitude_deg,
        satellites=tuple(satellite or ()),
        text=text,
        brighter_than=brighter_than,
        certain_only=certain_only,
    )


def passes_of(
    place: PlaceQuery,
    night: Annotated[
        date | None, Parameter(description="From its sunset to its sunrise; left out, with start and end: the present.")
    ] = None,
    start: Annotated[datetime | None, Parameter(description="RFC 3339; with end, in place of a night.")] = None,
    end: Annotated[datetime | None, Parameter(description="At most 31 days later; the whole catalogue: a day.")] = None,
    min_altitude_deg: Altitude = 10.0,
    satellite: Satellites = None,
    text: Name = "",
    sunlit_only: Annotated[bool, Parameter(description="Only passes that are lit in part.")] = False,
    brighter_than: Magnitude = None,
) -> PassesQuery:
    """Read a window and a choice of satellites from an address."""
    return PassesQuery(
        place=place,
        night=night,
        start=start,
        end=end,
        min_altitude_deg=min_altitude_deg,
        satellites=tuple(satellite or ()),
        text=text,
        sunlit_only=sunlit_only,
        brighter_than=brighter_than,
    )


PLACE: dict[str, Any] = {"place": Provide(place_of, sync_to_thread=False)}
CROSSINGS = PLACE | {"asked": Provide(crossings_of, sync_to_thread=False)}
PASSES = PLACE | {"asked": Provide(passes_of, sync_to_thread=False)}
SKY: dict[str, Any] = {"scope": "satellites:read", "problems": (404, 409), "tags": ["satellites"]}


@operation("GET", "/satellites/crossings", dependencies=CROSSINGS, **SKY)
async def find_crossings(asked: CrossingsQuery, actor: Actor, house: House) -> FieldCrossings:
    """Find all satellites inside a field during an exposure.

    The field is a circle, a rectangle or a polygon, and may move; the place is a site or a position. Times are
    continuous, magnitudes estimates. Elements nearest in epoch to the exposure are used, and their age is told.
    """
    return await field_crossings.find_crossings(house, actor, asked)


@operation("GET", "/satellites/crossings.vot", dependencies=CROSSINGS, media_type=MEDIA_TYPE, **SKY)
async def find_crossings_votable(asked: CrossingsQuery, actor: Actor, house: House) -> Response[bytes]:
    """Find all satellites inside a field during an exposure, as a VOTable."""
    found = await field_crossings.find_crossings(house, actor, asked)
    return Response(crossings_votable(found), media_type=MEDIA_TYPE)


@operation("GET", "/satellites/passes", dependencies=PASSES, **SKY)
async def find_passes(
    asked: PassesQuery, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> PassList:
    """Find what passes over a place during a night or any window.

    A site's horizon mask counts where it is higher than `min_altitude_deg`. Passes that the window cuts are told so.
    """
    return await site_passes.find_passes(house, actor, asked, cursor=cursor, limit=limit)


@operation("GET", "/satellites/passes.vot", dependencies=PASSES, media_type=MEDIA_TYPE, **SKY)
async def find_passes_votable(
    asked: PassesQuery, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Response[bytes]:
    """Find what passes over a place, as a VOTable; its INFO `next_cursor` leads to the next page."""
    found = await site_passes.find_passes(house, actor, asked, cursor=cursor, limit=limit)
    return Response(passes_votable(found), media_type=MEDIA_TYPE)


@operation("GET", "/satellites/{satellite:int}/track", dependencies=PLACE, **SKY)
async def get_satellite_track(
    satellite: NoradId,
    place: PlaceQuery,
    start: Annotated[datetime, Parameter(description="Of the first point, RFC 3339.")],
    actor: Actor,
    house: House,
    step_s: Annotated[float, Parameter(ge=0.001, le=86_400, description="Seconds between points.")] = 10.0,
    points: Annotated[int, Parameter(ge=1, le=10_000)] = 1,
) -> SatelliteTrack:
    """Tell where a satellite stands at some times: altitude and azimuth, RA and Dec by name, range, light."""
    query = TrackQuery(place=place, start=start, step_s=step_s, points=points)
    return await site_passes.get_track(house, actor, satellite, query)


@operation("GET", "/tonight", dependencies=PLACE, scope="satellites:read", problems=(404,), tags=["satellites"])
async def get_tonight(
    place: PlaceQuery,
    actor: Actor,
    house: House,
    night: Annotated[date | None, Parameter(description="The evening's date; left out: the present night.")] = None,
    target: Annotated[
        list[Annotated[str, Parameter(min_length=1, max_length=200)]] | None,
        Parameter(max_items=50, description="Object names or `RA,Dec` in degrees; may be repeated."),
    ] = None,
    step_s: Annotated[float, Parameter(ge=60, le=3600, description="Seconds between the points of curves.")] = 600.0,
) -> PlaceNight:
    """Tell how a night goes: Sun and twilights, the Moon, and how high targets stand."""
    return await place_night.get_tonight(house, actor, place, night=night, targets=target or [], step_s=step_s)


HANDLERS = [
    find_crossings,
    find_crossings_votable,
    find_passes,
    find_passes_votable,
    get_satellite_track,
    get_tonight,
]
