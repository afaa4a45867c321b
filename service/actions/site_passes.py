"""What passes over a place during a night or any stretch of time, and where one satellite stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from domain.errors import InvalidInput
from domain.satellite_results import SatellitePass, SetAside, TrackPoint
from service.actions.observing_places import ObservingPlace, PlaceQuery, as_utc, night_span, read_place
from service.actions.place_night import dark_hours
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from service.satellite_tasks import PassesFoundPage, PassesQuestion, Selection, TrackQuestion

__all__ = ["PassList", "PassesQuery", "SatelliteTrack", "TrackQuery", "find_passes", "get_track"]

LONGEST_WINDOW = timedelta(days=31)
MOST_TIMES = 10_000


class PassesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Where from, when, and which passes are of interest: a ``night`` from sunset to sunrise, or ``start`` to ``end``.

    ``brighter_than`` leaves out what is never lit too.
    """

    place: PlaceQuery
    night: date | None = None
    start: datetime | None = None
    end: datetime | None = None
    min_altitude_deg: float = 10.0
    satellites: tuple[int, ...] = ()
    text: str = ""
    sunlit_only: bool = False
    brighter_than: float | None = None


class PassList(Page[SatellitePass], kw_only=True):
    """Passes in order of rising; those up at the start come first. ``count`` is of all pages."""

    items: list[SatellitePass]
    place: ObservingPlace
    night: date | None
    start: datetime
    end: datetime
    min_altitude_deg: float
    count: int
    set_aside_count: int
    set_aside: list[SetAside]


class TrackQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Where from, and at which times: from ``start`` every ``step_s``, ``points`` of them."""

    place: PlaceQuery
    start: datetime
    step_s: float = 10.0
    points: int = 1


class SatelliteTrack(msgspec.Struct, kw_only=True):
    """Where a satellite stands, seen from a place."""

    norad_id: int
    place: ObservingPlace
    points: list[TrackPoint]


async def find_passes(house: House, actor: Actor, query: PassesQuery, *, cursor: str | None, limit: int) -> PassList:
    """Find all passes over a place.

    A site's horizon mask counts where it is higher than the altitude asked for.

    Raises
    ------
    InvalidInput
        The window is empty or too long for so many satellites, or the Sun does not set.
    NotFound
        No such site or satellite.
    NoCatalogue
        No element sets were ever imported.
    """
    place = await read_place(house, actor, query.place)
    night = None
    if query.start is not None or query.end is not None:
        if query.night is not None or query.start is None or query.end is None:
            raise InvalidInput("Give either a night, or both `start` and `end`.", field="start")
        start, end = as_utc(query.start), as_utc(query.end, "end")
    else:
        span = night_span(place, query.night)
        night = span.night
        start, end = await dark_hours(house, place, span)
    if not timedelta(0) < end - start <= LONGEST_WINDOW:
        raise InvalidInput("A window ends after it begins, and at most 31 days later. Ask for less.", field="end")
    position = decode_cursor(cursor, int)
    offset = max(position[0], 0) if position else 0
    question = PassesQuestion(
        place=place.on_ground(with_horizon=True),
        start=start,
        end=end,
        min_altitude_deg=query.min_altitude_deg,
        selection=Selection(norad_ids=query.satellites, text=query.text),
        sunlit_only=query.sunlit_only,
        brighter_than=query.brighter_than,
        offset=offset,
        limit=limit,
    )
    found: PassesFoundPage = await house.satellites.ask(house.database, question, about=start + (end - start) / 2)
    following = offset + limit
    return PassList(
        items=found.passes,
        next_cursor=encode_cursor(following) if following < found.count else None,
        place=place,
        night=night,
        start=start,
        end=end,
        min_altitude_deg=query.min_altitude_deg,
        count=found.count,
        set_aside_count=found.set_aside_count,
        set_aside=found.set_aside,
    )


async def get_track(house: House, actor: Actor, norad_id: int, query: TrackQuery) -> SatelliteTrack:
    """Tell where a satellite stands at some times.

    Raises
    ------
    InvalidInput
        The times make no sense, or the elements are too far from them.
    NotFound
        No such site or satellite.
    NoCatalogue
        No element sets were ever imported.
    """
    if not 1 <= query.points <= MOST_TIMES or not 0.001 <= query.step_s <= 86_400.0:
        raise InvalidInput(
            "A track has 1 to 10,000 points, from a millisecond to a day apart (`points`, `step_s`).", field="points"
        )
    length = timedelta(seconds=query.step_s * (query.points - 1))
    if length > LONGEST_WINDOW:
        raise InvalidInput("A track spans at most 31 days: ask for fewer or closer points.", field="points")
    place = await read_place(house, actor, query.place)
    start = as_utc(query.start)
    times = [start + timedelta(seconds=query.step_s * number) for number in range(query.points)]
    question = TrackQuestion(norad_id=norad_id, place=place.on_ground(), times=times)
    found: list[TrackPoint] = await house.satellites.ask(house.database, question, about=start + length / 2)
    return SatelliteTrack(norad_id=norad_id, place=place, points=found)
