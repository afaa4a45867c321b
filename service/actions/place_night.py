"""How a night goes at a place: Sun, twilights, Moon, and the altitudes of targets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from domain.errors import InvalidInput
from domain.tonight import Target, Tonight
from service.actions.frame_query import read_place as read_position
from service.actions.observing_places import NightSpan, ObservingPlace, PlaceQuery, night_span, read_place
from service.house import Actor, House
from service.satellite_tasks import TonightQuestion

__all__ = ["PlaceNight", "dark_hours", "get_tonight"]

SHORTEST_STEP_S, LONGEST_STEP_S = 60.0, 3600.0


class PlaceNight(Tonight, frozen=True, kw_only=True):
    """A night at a place, from noon to noon; see ``Tonight``. Times are UTC, altitudes without refraction."""

    night: date
    place: ObservingPlace


async def get_tonight(
    house: House, actor: Actor, query: PlaceQuery, *, night: date | None, targets: Sequence[str], step_s: float
) -> PlaceNight:
    """Tell how a night goes; the present one where none is named.

    Parameters
    ----------
    targets : sequence of str
        Names of objects, or ``RA,Dec`` in degrees.

    Raises
    ------
    InvalidInput
        The place, the night or a target makes no sense.
    NotFound
        No such site or object.
    """
    if not SHORTEST_STEP_S <= step_s <= LONGEST_STEP_S:
        raise InvalidInput("The curves go by steps of 60 to 3,600 seconds.", field="step_s")
    named = [read_position(one) for one in targets]
    place = await read_place(house, actor, query)
    span = night_span(place, night)
    found = await _ask(house, place, span, [Target(one.name, one.ra_deg, one.dec_deg) for one in named], step_s)
    members = {name: getattr(found, name) for name in Tonight.__struct_fields__}
    return PlaceNight(night=span.night, place=place, **members)


async def dark_hours(house: House, place: ObservingPlace, span: NightSpan) -> tuple[datetime, datetime]:
    """Tell from when to when the Sun is down in a night; the whole of it where the Sun does not rise.

    Raises
    ------
    InvalidInput
        The Sun does not set.
    """
    found = await _ask(house, place, span, [], LONGEST_STEP_S)
    if found.sunset_at is None and found.sunrise_at is None and found.sun_lowest_altitude_deg > -1.0:
        raise InvalidInput(
            f"The Sun does not set at {place.name} in the night of {span.night}: give `start` and `end`.", field="night"
        )
    start, end = found.sunset_at or span.start_at, found.sunrise_at or span.end_at
    # A window from noon to noon may begin with the Sun up and end with it up, and hold no night between.
    return (start, end) if start < end else (span.start_at, span.end_at)


async def _ask(
    house: House, place: ObservingPlace, span: NightSpan, targets: Sequence[Target], step_s: float
) -> Tonight:
    question = TonightQuestion(
        place=place.on_ground(), start=span.start_at, end=span.end_at, targets=targets, step_s=step_s
    )
    found: Tonight = await house.satellites.ask(house.database, question, about=None)
    return found
