"""What frames are wanted, written as conditions in SQL with bound values, by how each is best met."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import InvalidInput, NotFound
from domain.header_terms import NUMBER_TEXT, terms_for
from domain.sky_geometry import unit_vector
from domain.sky_index import cells_of_cone, cells_of_polygon
from storage.sky_functions import flat_polygon

__all__ = [
    "COMPARISONS",
    "FACTS",
    "SORTS",
    "SORT_TYPES",
    "Comparison",
    "Conditions",
    "Search",
    "escape_pattern",
    "id_of",
    "path_of_numbers",
    "read_wanted",
    "write_conditions",
]

FOLD = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "~")

# The facts one can compare, with the type PostgreSQL reads the value as.
FACTS: dict[str, str] = {
    **dict.fromkeys(
        (
            "exposure_s", "airmass", "gain", "detector_temperature_c", "ra_deg", "dec_deg", "pixel_scale_arcsec",
            "radius_deg",
        ),
        "float8",
    ),
    **dict.fromkeys(("binning_x", "binning_y", "width_px", "height_px", "hdu_count", "crossings"), "int"),
    **dict.fromkeys(("start_at", "mid_at", "created_at"), "timestamptz"),
    "night": "date",
    **dict.fromkeys(
        (
            "frame_type", "filter", "object", "telescope_name", "instrument_name", "observer", "quality", "preview",
            "format",
        ),
        "text",
    ),
}  # fmt: skip

# Sort keys: an expression that is never null, so that a page can begin behind any row.
SORTS: dict[str, tuple[str, type]] = {
    "start_at": ("r.start_key", str),
    "created_at": ("r.created_at", str),
    "exposure_s": ("coalesce(r.exposure_s, '-infinity'::float8)", float),
    "airmass": ("coalesce(r.airmass, 'infinity'::float8)", float),
    "object": ("coalesce(r.object_key, '')", str),
    "filter": ("coalesce(r.filter, '')", str),
}
SORT_TYPES = {"start_at": "timestamptz", "created_at": "timestamptz", "exposure_s": "float8", "airmass": "float8"}


class Comparison(msgspec.Struct, frozen=True):
    """``name`` is a fact (lower case) or a FITS keyword (upper case); ``operator`` one of COMPARISONS or ``exists``."""

    name: str
    operator: str
    value: str


class Search(msgspec.Struct, kw_only=True):
    """What is wanted; angles ICRS degrees, times aware. None and empty mean: no condition."""

    cone: tuple[float, float, float] | None = None
    point: tuple[float, float] | None = None
    polygon: list[tuple[float, float]] | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    first_night: date | None = None
    last_night: date | None = None
    telescope: str | None = None
    instrument: str | None = None
    dataset: str | None = None
    object: str | None = None
    text: str | None = None
    crossed: bool | None = None
    satellite: str | None = None
    crossed_brighter_than: float | None = None
    facts: dict[str, Any] = {}
    comparisons: Sequence[Comparison] = ()
    sort: str = "start_at"
    descending: bool = True


# Looking up costs the square of their number: beyond a cone of 11 degrees it is quicker to look at frames instead.
MOST_CELLS = 2_000
# So few cells (a cone of 3 degrees) mean few frames, unless they all are of one field.
FEW_CELLS = 200
# Of so few terms the planner's statistics know how common they are.
FEW_TERMS = 3


class Conditions:
    """Conditions joined by AND, the values bound to them, and how each is met.

    Attributes
    ----------
    facts : list of str
        On columns, cheap, served by btree indexes where there is one.
    index : list of str
        What GIN indexes find: no frame that is wanted is missing, some that are not may be among them.
    exact : list of str
        What decides, in place of those; dearer than the others. What is cheap and says no to most goes before it.
    guessable : list of str
        Those index conditions again, as the planner can tell how many rows they leave.
    is_narrow : bool
        Whether they ask for so small an area that few frames can be in it.
    """

    def __init__(self) -> None:
        self.facts = ["NOT r.hidden"]
        self.index: list[str] = []
        self.exact: list[str] = []
        self.values: dict[str, Any] = {}
        self.guessable: list[str] = []
        self.is_narrow = False

    def bind(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def add(self, condition: str) -> None:
        self.facts.append(condition)

    def share(self, column: str, numbers: list[int]) -> None:
        """Ask for rows whose array has one of these numbers.

        Written as a subquery, the array is unknown to the planner, which then takes it to leave 1 % of the rows, and
        uses the index. If it knew the array it would add up guesses for each number, come to half of all rows, and read
        all of them, comparing each number with each: a thousand times slower.
        """
        given = f"cast({self.bind(numbers)} AS int[])"
        self.index.append(f"r.{column} && (SELECT {given})")
        if column == "terms" and len(numbers) <= FEW_TERMS:
            self.guessable.append(f"r.{column} && {given}")

    def join(self, *kinds: list[str]) -> str:
        """Join the conditions of some kinds."""
        return " AND ".join(condition for kind in kinds for condition in kind) or "true"


def _share_cells(where: Conditions, cells: list[int]) -> None:
    if len(cells) <= MOST_CELLS:
        where.share("cells", cells)
        where.is_narrow |= len(cells) <= FEW_CELLS


def _circle(where: Conditions, ra_deg: float, dec_deg: float, radius_deg: float) -> None:
    """Ask for footprints that meet a circle: cells by index, circles in and out by one product, polygons in doubt."""
    x, y, z = (float(c) for c in unit_vector(ra_deg, dec_deg))
    _share_cells(where, cells_of_cone(ra_deg, dec_deg, radius_deg))
    a, b, c = (f"cast({where.bind(v)} AS float8)" for v in (x, y, z))
    product = f"(r.center_x * {a} + r.center_y * {b} + r.center_z * {c})"
    radius = f"cast({where.bind(radius_deg)} AS float8)"
    where.exact.append(
        f"CASE WHEN {product} < cos(radians(least({radius} + r.radius_deg, 180))) - 1e-12 THEN false"
        f" WHEN {product} > cos(radians(least({radius} + r.inner_radius_deg, 180))) + 1e-12 THEN true"
        f" ELSE sky_frame_meets_cone(r.vertices, {a}, {b}, {c}, {radius}) END"
    )


def _polygon(where: Conditions, vertices_deg: list[tuple[float, float]]) -> None:
    _share_cells(where, cells_of_polygon(vertices_deg))
    flat = where.bind(flat_polygon(vertices_deg))
    where.exact.append(f"sky_frame_meets_polygon(r.vertices, cast({flat} AS float8[]))")


def _compare(where: Conditions, comparison: Comparison) -> None:
    name, operator, value = comparison.name, comparison.operator, comparison.value
    if name in FACTS:
        _compare_fact(where, name, operator, value)
        return
    given = None if operator == "exists" else value
    where.share("terms", terms_for(name, operator, given))
    wanted, number = read_wanted(value)
    if number is not None and (path := path_of_numbers(name, operator, number)) is not None:
        where.exact.append(f"coalesce(r.header @@ cast({where.bind(path)} AS jsonpath), true)")
    where.exact.append(
        f"header_matches(r.header -> {where.bind(name)}, {where.bind(operator)}, {where.bind(wanted)},"
        f" cast({where.bind(number)} AS float8))"
    )


def _compare_fact(where: Conditions, name: str, operator: str, value: str) -> None:
    kind, column = FACTS[name], f"r.{name}"
    if operator == "exists":
        where.add(f"{column} IS NOT NULL")
    elif operator == "~":
        where.add(f"{column}::text ILIKE {where.bind('%' + escape_pattern(value) + '%')}")
    elif kind == "text":
        where.add(f"{column} {'<>' if operator == '!=' else operator} {where.bind(value)}")
    else:
        parsed = _parse(name, kind, value)
        where.add(f"{column} {'<>' if operator == '!=' else operator} cast({where.bind(parsed)} AS {kind})")


def _parse(name: str, kind: str, value: str) -> Any:
    try:
        if kind == "float8":
            number = float(value)
            if math.isnan(number):
                raise ValueError
            return number
        if kind == "int":
            return int(value)
        if kind == "date":
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError as error:
        shape = {"float8": "a number", "int": "a whole number", "date": "a date, 2026-11-20"}
        wanted = shape.get(kind, "a time, 2026-11-20T22:30:00Z")
        raise InvalidInput(f"{name} is compared with {wanted}; {value[:60]!r} is none.") from error


def read_wanted(value: str) -> tuple[str, float | None]:
    """Read what a keyword is compared with as ``header_matches`` takes it: folded, and as a number if it spells one."""
    folded = value.strip(" ").translate(FOLD)
    spelt = re.fullmatch(NUMBER_TEXT, folded)
    return folded, float(folded.replace("d", "e")) if spelt else None


def path_of_numbers(name: str, operator: str, number: float) -> str | None:
    """Write an order with a number as a JSON path, which says at a tenth of the cost that most headers do not match.

    Where it holds or cannot tell (NULL: the value is no number), `header_matches` decides. It compares what was rounded
    to float64, and the path what was written: so an order that has equality in it begins one step beside the number.

    Parameters
    ----------
    name : str
        A keyword.

    Returns
    -------
    str or None
        None for what is no order.
    """
    if operator not in ("<", "<=", ">", ">="):
        return None
    if len(operator) == 2:
        number = math.nextafter(number, math.inf if operator == "<=" else -math.inf)
    if not math.isfinite(number):
        return None
    return f"$.{msgspec.json.encode(name).decode()} {operator[0]} {number!r}"


def escape_pattern(value: str) -> str:
    """Write a text as a pattern of LIKE that matches just it."""
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def id_of(connection: AsyncConnection, table: str, slug: str) -> UUID:
    """Find a telescope, instrument or dataset by its slug; raises NotFound."""
    found: UUID | None = await connection.scalar(text(f"SELECT id FROM {table} WHERE slug = :slug"), {"slug": slug})
    if found is None:
        raise NotFound(f"There is no {table[:-1]} {slug[:64]!r} in this organisation.")
    return found


async def write_conditions(connection: AsyncConnection, search: Search) -> Conditions:
    """Write the conditions of a search.

    Raises
    ------
    NotFound
        A telescope, instrument or dataset does not exist.
    """
    where = Conditions()
    if search.cone is not None:
        _circle(where, *search.cone)
    if search.point is not None:
        _circle(where, *search.point, 0.0)
    if search.polygon is not None:
        _polygon(where, search.polygon)
    # By the column that has the index; frames without a time come before any.
    if search.start_at is not None:
        where.add(f"{SORTS['start_at'][0]} >= {where.bind(search.start_at)}")
    if search.end_at is not None:
        where.add(f"r.start_at IS NOT NULL AND {SORTS['start_at'][0]} < {where.bind(search.end_at)}")
    for operator, night in ((">=", search.first_night), ("<=", search.last_night)):
        if night is not None:
            where.add(f"r.night {operator} {where.bind(night)}")
    for table, slug in (("telescopes", search.telescope), ("instruments", search.instrument)):
        if slug is not None:
            where.add(f"r.{table[:-1]}_id = {where.bind(await id_of(connection, table, slug))}")
    if search.dataset is not None:
        dataset = where.bind(await id_of(connection, "datasets", search.dataset))
        where.add(
            "r.sha256 IN (SELECT f.sha256 FROM dataset_files d JOIN files f ON f.id = d.file_id"
            f" WHERE d.dataset_id = {dataset})"
        )
    if search.object is not None:
        where.add(f"r.object_key = {where.bind(''.join(search.object.lower().split()))}")
    for name, value in search.facts.items():
        where.add(f"r.{name} = {where.bind(value)}")
    for word in (search.text or "").split()[:10]:
        pattern = where.bind(f"%{escape_pattern(word)}%")
        where.add(
            f"(concat_ws(' ', r.object, r.filter, r.observer, r.telescope_name, r.instrument_name) ILIKE {pattern}"
            f" OR EXISTS (SELECT FROM files f WHERE f.id = r.file_id AND f.path ILIKE {pattern}))"
        )
    _crossed(where, search)
    for comparison in search.comparisons:
        _compare(where, comparison)
    return where


def _crossed(where: Conditions, search: Search) -> None:
    """Ask for frames by the satellites that crossed them; those that were not judged are none of either kind."""
    if search.crossed is not None:
        where.add("r.crossings > 0" if search.crossed else "r.crossings = 0")
    of_crossing = []
    if search.satellite is not None:
        wanted = search.satellite.strip()
        if wanted.isascii() and wanted.isdigit() and len(wanted) <= 9:
            of_crossing.append(f"c.norad_id = {where.bind(int(wanted))}")
        else:
            of_crossing.append(f"c.name ILIKE {where.bind('%' + escape_pattern(wanted) + '%')}")
    if search.crossed_brighter_than is not None:
        of_crossing.append(f"c.magnitude <= {where.bind(search.crossed_brighter_than)}")
    if of_crossing:
        where.add(f"r.id IN (SELECT c.frame_id FROM frame_crossings c WHERE {' AND '.join(of_crossing)})")
