"""What is asked of the frames: read from an address, a command line or Python alike, and checked."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from domain.errors import InvalidInput, NotFound
from storage.frame_search import COMPARISONS, FACTS, SORTS, Comparison, Search

if TYPE_CHECKING:
    from domain.object_names import Catalogue

__all__ = ["FACETS", "FrameQuery", "Place", "catalogue", "read_corners", "read_place", "read_query"]

FACETS = ("type", "filter", "object", "telescope", "instrument", "night", "quality")
Degrees = Annotated[float, Meta(gt=0, le=180)]
Text = Annotated[str, Meta(max_length=500)]
COMPARISON = re.compile(r"\s*([A-Za-z][A-Za-z0-9_ .-]{0,70}?)\s*(!=|<=|>=|=|<|>|~|\?)\s*(.*?)\s*", re.DOTALL)


class Place(msgspec.Struct, frozen=True):
    """A position, ICRS degrees, and the name it was found by."""

    name: str
    ra_deg: float
    dec_deg: float


class FrameQuery(msgspec.Struct, kw_only=True):
    """Which frames are wanted; everything given must hold.

    Sky: ``near`` (a name or ``RA,Dec``) with ``radius``, frames whose footprint meets the circle; ``contains``, frames
    whose footprint holds the point; ``polygon``, frames whose footprint meets it. ``where`` takes comparisons of facts
    (``exposure_s>=30``) and of any FITS keyword (``GAIN>1.4``, ``FILTER=R``, ``OBSERVER~brahe``, ``AIRMASS?``).
    ``crossed`` asks whether satellites crossed the frame, ``satellite`` (a catalogue number, or a part of a name) and
    ``crossed_brighter_than`` (magnitude) which; frames that were not judged match none of them.
    """

    near: Text | None = None
    radius: Degrees | None = None
    contains: Text | None = None
    polygon: Annotated[str, Meta(max_length=5000)] | None = None
    start: datetime | None = None
    end: datetime | None = None
    night: date | None = None
    first_night: date | None = None
    last_night: date | None = None
    telescope: Text | None = None
    instrument: Text | None = None
    dataset: Text | None = None
    type: Text | None = None
    filter: Text | None = None
    object: Text | None = None
    quality: Literal["unchecked", "good", "doubtful", "bad"] | None = None
    text: Text | None = None
    crossed: bool | None = None
    satellite: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    crossed_brighter_than: Annotated[float, Meta(ge=-100, le=100)] | None = None
    where: Annotated[list[Text], Meta(max_length=20)] = []
    sort: Text = "-start_at"


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Load the catalogue of names at first use: it is needed for names only, and starting up is kept short."""
    from storage.object_catalogue import load_catalogue

    return load_catalogue()


# Minutes may have decimals, and the last unit may be left out: 00:42:44, 00h42m44.3s, +41°16′09″, 12h34.5m.
SEXAGESIMAL = re.compile(
    r"([+-]?)(\d+)[:h°d ]\s*(\d+(?:\.\d*)?)(?:[m'′]|[:m'′ ]\s*(\d+(?:\.\d*)?)[s\"″]?)?", re.IGNORECASE
)
NUMBERS_ONLY = re.compile(r"[+-]?\d[\d.:hms°d'′\"″]*", re.IGNORECASE)  # no name of an object


def _angle(text: str, *, hours: bool) -> float:
    """Read an angle in degrees; ValueError where it is none.

    Raises
    ------
    InvalidInput
        Its hours, minutes or seconds are beyond what there is.
    """
    text = text.strip().replace("\N{MINUS SIGN}", "-")
    if sexagesimal := SEXAGESIMAL.fullmatch(text):
        sign, whole, minutes, seconds = sexagesimal.groups()
        in_hours = hours and not set("d°D") & set(text)
        if float(minutes) >= 60 or float(seconds or 0) >= 60 or (in_hours and int(whole) >= 24):
            raise InvalidInput(
                f"{text[:40]!r} is no angle: minutes and seconds are below 60, and a right ascension's hours below 24"
                " (in degrees it is 83d38m01s, or 83.63)."
            )
        value = int(whole) + float(minutes) / 60 + float(seconds or 0) / 3600
        return (-value if sign == "-" else value) * (15 if in_hours else 1)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _two_of(text: str) -> list[str]:
    """Part a position: at a comma, before a sign, or between two numbers."""
    text = text.strip()
    parts = text.split(",") if "," in text else re.split(r"\s+(?=[+\-\N{MINUS SIGN}])", text)
    if len(parts) == 1 and len(words := text.split()) == 2 and all(NUMBERS_ONLY.fullmatch(word) for word in words):
        return words
    return [part for part in parts if part.strip()]


def read_place(text: str) -> Place:
    """Read a position: ``10.68,41.27`` (degrees), ``00:42:44 +41:16:09`` (hours, degrees) or an object's name.

    Raises
    ------
    InvalidInput
        Declination beyond the poles.
    NotFound
        No such name in the catalogue; near ones are suggested.
    """
    parts = _two_of(text)
    if len(parts) == 2:
        try:
            ra, dec = _angle(parts[0], hours=True) % 360, _angle(parts[1], hours=False)
        except ValueError:
            pass
        else:
            if not -90 <= dec <= 90:
                raise InvalidInput(f"A declination lies between -90 and 90 degrees, not {dec}.")
            return Place(text.strip(), ra, dec)
    found = catalogue().resolve(text)
    if found is None:
        near = ", ".join(s.name for s in catalogue().suggest(text, 5))
        raise NotFound(
            f"No object {text[:60]!r} is in the catalogue (Messier, NGC, IC, bright stars): give RA,Dec in degrees."
            + (f" Did you mean {near}?" if near else "")
        )
    return Place(found.name, found.ra_deg, found.dec_deg)


def read_corners(text: str) -> list[tuple[float, float]]:
    """Read the corners of a polygon, ``RA,Dec RA,Dec RA,Dec``, in degrees.

    Raises
    ------
    InvalidInput
        They are fewer than 3, or more than 200.
    """
    corners = [read_place(corner) for corner in re.split(r"[;\s]+", text.strip()) if corner]
    if not 3 <= len(corners) <= 200:
        raise InvalidInput("A polygon has 3 to 200 corners: RA,Dec RA,Dec RA,Dec in degrees.")
    return [(corner.ra_deg, corner.dec_deg) for corner in corners]


def _comparison(text: str) -> Comparison:
    match = COMPARISON.fullmatch(text)
    if match is None:
        raise InvalidInput(
            f"{text[:80]!r} is no comparison: write NAME, one of {' '.join(COMPARISONS)} ?, and a value: GAIN>1.4."
        )
    name, operator, value = match.groups()
    operator = "exists" if operator == "?" else operator
    if (operator == "exists") != (value == ""):
        raise InvalidInput(f"{text[:80]!r}: {'nothing follows ?' if operator == 'exists' else 'the value is missing'}.")
    return Comparison(name if name in FACTS else name.strip().upper(), operator, value.strip("'\""))


def read_query(query: FrameQuery) -> Search:
    """Check a query and bring it to the form the search takes.

    Raises
    ------
    InvalidInput
        A comparison, polygon or sort key that cannot be read; the message says what one looks like.
    NotFound
        An object's name that is not in the catalogue.
    """
    cone = point = polygon = None
    if query.near is not None:
        place = read_place(query.near)
        cone = (place.ra_deg, place.dec_deg, query.radius or 0.5)
    elif query.radius is not None:
        raise InvalidInput("A radius needs `near`: a name or RA,Dec.")
    if query.contains is not None:
        place = read_place(query.contains)
        point = (place.ra_deg, place.dec_deg)
    if query.polygon is not None:
        polygon = read_corners(query.polygon)
    descending, sort = query.sort.startswith("-"), query.sort.lstrip("-+")
    if sort not in SORTS:
        raise InvalidInput(f"Frames are sorted by one of {', '.join(sorted(SORTS))}; a leading - turns the order.")
    first, last = query.first_night, query.last_night
    if query.night is not None:
        first = last = query.night
    facts: dict[str, Any] = {"frame_type": query.type, "filter": query.filter, "quality": query.quality}
    return Search(
        cone=cone,
        point=point,
        polygon=polygon,
        start_at=_utc(query.start),
        end_at=_utc(query.end),
        first_night=first,
        last_night=last,
        telescope=query.telescope,
        instrument=query.instrument,
        dataset=query.dataset,
        object=query.object,
        text=query.text,
        crossed=query.crossed,
        satellite=query.satellite,
        crossed_brighter_than=query.crossed_brighter_than,
        facts={name: value for name, value in facts.items() if value is not None},
        comparisons=[_comparison(text) for text in query.where],
        sort=sort,
        descending=descending,
    )


def _utc(moment: datetime | None) -> datetime | None:
    # A time without a zone is UTC here: API times are.
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
