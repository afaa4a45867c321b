"""Finding frames: one description of what is wanted, made into one statement with bound values."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime
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
    "Comparison",
    "Search",
    "count",
    "facets",
    "files_to_derive",
    "find",
    "get",
    "read_wanted",
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
    **dict.fromkeys(("binning_x", "binning_y", "width_px", "height_px", "hdu_count"), "int"),
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
    "start_at": ("coalesce(r.start_at, '-infinity'::timestamptz)", str),
    "created_at": ("r.created_at", str),
    "exposure_s": ("coalesce(r.exposure_s, '-infinity'::float8)", float),
    "airmass": ("coalesce(r.airmass, 'infinity'::float8)", float),
    "object": ("coalesce(r.object_key, '')", str),
    "filter": ("coalesce(r.filter, '')", str),
}
SORT_TYPES = {"start_at": "timestamptz", "created_at": "timestamptz", "exposure_s": "float8", "airmass": "float8"}

FACET_COLUMNS = {
    "type": "r.frame_type",
    "filter": "r.filter",
    "object": "r.object",
    "telescope": "(SELECT slug FROM telescopes t WHERE t.id = r.telescope_id)",
    "instrument": "(SELECT slug FROM instruments i WHERE i.id = r.instrument_id)",
    "night": "r.night::text",
    "quality": "r.quality",
}


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
    facts: dict[str, Any] = {}
    comparisons: Sequence[Comparison] = ()
    sort: str = "start_at"
    descending: bool = True


class _Conditions:
    """Conditions joined by AND, and the values bound to them."""

    def __init__(self) -> None:
        self.parts = ["NOT r.hidden"]
        self.values: dict[str, Any] = {}

    def bind(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def add(self, condition: str) -> None:
        self.parts.append(condition)

    def __str__(self) -> str:
        return " AND ".join(self.parts)


def _circle(where: _Conditions, ra_deg: float, dec_deg: float, radius_deg: float) -> None:
    """Ask for footprints that meet a circle: cells by index, circles in and out by one product, polygons in doubt."""
    x, y, z = (float(c) for c in unit_vector(ra_deg, dec_deg))
    cells = cells_of_cone(ra_deg, dec_deg, radius_deg)
    where.add(f"r.cells && cast({where.bind(cells)} AS int[])")
    a, b, c = (f"cast({where.bind(v)} AS float8)" for v in (x, y, z))
    product = f"(r.center_x * {a} + r.center_y * {b} + r.center_z * {c})"
    radius = f"cast({where.bind(radius_deg)} AS float8)"
    where.add(
        f"CASE WHEN {product} < cos(radians(least({radius} + r.radius_deg, 180))) - 1e-12 THEN false"
        f" WHEN {product} > cos(radians(least({radius} + r.inner_radius_deg, 180))) + 1e-12 THEN true"
        f" ELSE sky_frame_meets_cone(r.vertices, {a}, {b}, {c}, {radius}) END"
    )


def _polygon(where: _Conditions, vertices_deg: list[tuple[float, float]]) -> None:
    where.add(f"r.cells && cast({where.bind(cells_of_polygon(vertices_deg))} AS int[])")
    flat = where.bind(flat_polygon(vertices_deg))
    where.add(f"sky_frame_meets_polygon(r.vertices, cast({flat} AS float8[]))")


def _compare(where: _Conditions, comparison: Comparison) -> None:
    name, operator, value = comparison.name, comparison.operator, comparison.value
    if name in FACTS:
        _compare_fact(where, name, operator, value)
        return
    given = None if operator == "exists" else value
    where.add(f"r.terms && cast({where.bind(terms_for(name, operator, given))} AS int[])")
    wanted, number = read_wanted(value)
    where.add(
        f"header_matches(r.header -> {where.bind(name)}, {where.bind(operator)}, {where.bind(wanted)},"
        f" cast({where.bind(number)} AS float8))"
    )


def _compare_fact(where: _Conditions, name: str, operator: str, value: str) -> None:
    kind, column = FACTS[name], f"r.{name}"
    if operator == "exists":
        where.add(f"{column} IS NOT NULL")
    elif operator == "~":
        where.add(f"{column}::text ILIKE {where.bind('%' + _escape(value) + '%')}")
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
        return datetime.fromisoformat(value if "T" not in value or value[-1:] == "Z" or "+" in value else value + "Z")
    except ValueError as error:
        shape = {"float8": "a number", "int": "a whole number", "date": "a date, 2026-11-20"}
        wanted = shape.get(kind, "a time, 2026-11-20T22:30:00Z")
        raise InvalidInput(f"{name} is compared with {wanted}; {value[:60]!r} is none.") from error


def read_wanted(value: str) -> tuple[str, float | None]:
    """Read what a keyword is compared with as ``header_matches`` takes it: folded, and as a number if it spells one."""
    folded = value.strip(" ").translate(FOLD)
    spelt = re.fullmatch(NUMBER_TEXT, folded)
    return folded, float(folded.replace("d", "e")) if spelt else None


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def _named(connection: AsyncConnection, table: str, slug: str) -> UUID:
    found: UUID | None = await connection.scalar(text(f"SELECT id FROM {table} WHERE slug = :slug"), {"slug": slug})
    if found is None:
        raise NotFound(f"There is no {table[:-1]} {slug[:64]!r} in this organisation.")
    return found


async def _conditions(connection: AsyncConnection, search: Search) -> _Conditions:
    where = _Conditions()
    if search.cone is not None:
        _circle(where, *search.cone)
    if search.point is not None:
        _circle(where, *search.point, 0.0)
    if search.polygon is not None:
        _polygon(where, search.polygon)
    for column, operator, value in (
        ("start_at", ">=", search.start_at),
        ("start_at", "<", search.end_at),
        ("night", ">=", search.first_night),
        ("night", "<=", search.last_night),
    ):
        if value is not None:
            where.add(f"r.{column} {operator} {where.bind(value)}")
    for table, slug in (("telescopes", search.telescope), ("instruments", search.instrument)):
        if slug is not None:
            where.add(f"r.{table[:-1]}_id = {where.bind(await _named(connection, table, slug))}")
    if search.dataset is not None:
        dataset = where.bind(await _named(connection, "datasets", search.dataset))
        where.add(
            "r.sha256 IN (SELECT f.sha256 FROM dataset_files d JOIN files f ON f.id = d.file_id"
            f" WHERE d.dataset_id = {dataset})"
        )
    if search.object is not None:
        where.add(f"r.object_key = {where.bind(''.join(search.object.lower().split()))}")
    for name, value in search.facts.items():
        where.add(f"r.{name} = {where.bind(value)}")
    for word in (search.text or "").split()[:10]:
        pattern = where.bind(f"%{_escape(word)}%")
        where.add(
            f"(concat_ws(' ', r.object, r.filter, r.observer, r.telescope_name, r.instrument_name) ILIKE {pattern}"
            f" OR EXISTS (SELECT FROM files f WHERE f.id = r.file_id AND f.path ILIKE {pattern}))"
        )
    for comparison in search.comparisons:
        _compare(where, comparison)
    return where


COLUMNS = """
    r.id, r.file_id AS file, f.path, encode(r.sha256, 'hex') AS sha256, f.size_bytes, t.slug AS telescope,
    i.slug AS instrument, r.night, r.frame_type, r.start_at, r.mid_at, r.exposure_s, r.filter, r.object, r.airmass,
    r.gain, r.binning_x, r.binning_y, r.detector_temperature_c, r.telescope_name, r.instrument_name, r.observer,
    r.ra_deg, r.dec_deg, r.center_x, r.center_y, r.center_z, r.radius_deg, r.pixel_scale_arcsec, r.width_px,
    r.height_px, r.format, r.hdu_count, r.quality, r.preview, r.problems, r.created_at
"""
JOINS = """
    JOIN files f ON f.id = r.file_id
    LEFT JOIN telescopes t ON t.id = r.telescope_id
    LEFT JOIN instruments i ON i.id = r.instrument_id
"""


def _row(mapping: Any) -> dict[str, Any]:
    row = dict(mapping)
    x, y, z = (row.pop(f"center_{axis}") for axis in "xyz")
    row["center_ra_deg"] = row["center_dec_deg"] = None
    if x is not None:
        length = math.sqrt(x * x + y * y + z * z)
        row["center_ra_deg"] = math.degrees(math.atan2(y, x)) % 360.0
        row["center_dec_deg"] = math.degrees(math.asin(max(-1.0, min(1.0, z / length))))
    return row


async def find(
    connection: AsyncConnection, search: Search, *, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Find one page of frames.

    Returns
    -------
    tuple of (list of dict, str or None)
        The frames in order, and the cursor of the next page, None on the last.

    Raises
    ------
    InvalidInput
        The cursor belongs to another order.
    NotFound
        A telescope, instrument or dataset does not exist.
    """
    where = await _conditions(connection, search)
    key, direction = SORTS[search.sort][0], "DESC" if search.descending else "ASC"
    if cursor is not None:
        value, last = _read_cursor(cursor, search)
        compare = "<" if search.descending else ">"
        cast = SORT_TYPES.get(search.sort, "text")
        behind = f"(cast(cast({where.bind(value)} AS text) AS {cast}), cast({where.bind(last)} AS uuid))"
        where.add(f"({key}, r.id) {compare} {behind}")
    query = f"""
        WITH page AS (
            SELECT r.*, ({key})::text AS sort_value FROM frames r WHERE {where}
            ORDER BY {key} {direction}, r.id {direction} LIMIT {int(limit) + 1}
        )
        SELECT {COLUMNS}, r.sort_value FROM page r {JOINS} ORDER BY {key} {direction}, r.id {direction}
    """
    rows = [_row(m) for m in (await connection.execute(text(query), where.values)).mappings()]
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = _write_cursor(search, rows[-1]["sort_value"], rows[-1]["id"])
    for row in rows:
        del row["sort_value"]
    return rows, following


def _write_cursor(search: Search, value: str, last: UUID) -> str:
    order = ("-" if search.descending else "") + search.sort
    return msgspec.json.encode([order, value, last]).hex()


def _read_cursor(cursor: str, search: Search) -> tuple[str, UUID]:
    try:
        order, value, last = msgspec.json.decode(bytes.fromhex(cursor), type=tuple[str, str, UUID])
        if SORT_TYPES.get(search.sort) == "timestamptz" and value not in ("-infinity", "infinity"):
            datetime.fromisoformat(value)
        if SORT_TYPES.get(search.sort) == "float8":
            float(value)
        if "\x00" in value:
            raise ValueError
    except (ValueError, msgspec.MsgspecError) as error:
        raise InvalidInput("The cursor is not one of this list: start again without it.") from error
    if order != ("-" if search.descending else "") + search.sort:
        raise InvalidInput("The cursor belongs to another order: start again without it.")
    return value, last


async def count(connection: AsyncConnection, search: Search, *, at_most: int) -> int:
    """Count the frames that match, stopping at a number."""
    where = await _conditions(connection, search)
    query = f"SELECT count(*) FROM (SELECT FROM frames r WHERE {where} LIMIT {int(at_most)}) AS counted"
    return int(await connection.scalar(text(query), where.values) or 0)


async def facets(
    connection: AsyncConnection, search: Search, names: Sequence[str], *, limit: int
) -> dict[str, list[tuple[str | None, int]]]:
    """Count the frames that match by each of some facts, most frequent first."""
    where = await _conditions(connection, search)
    found: dict[str, list[tuple[str | None, int]]] = {}
    for name in names:
        query = (
            f"SELECT {FACET_COLUMNS[name]} AS value, count(*) AS frames FROM frames r WHERE {where}"
            f" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {int(limit)}"
        )
        found[name] = [(r.value, r.frames) for r in await connection.execute(text(query), where.values)]
    return found


async def get(connection: AsyncConnection, frame_id: UUID) -> dict[str, Any]:
    """Get one frame with its header, sources, footprints and the paths of its files.

    Raises
    ------
    NotFound
        There is none, or all its files are deleted.
    """
    query = f"""
        SELECT {COLUMNS}, r.header, r.sources, r.footprints, r.quality_note,
            array(SELECT path FROM files p WHERE p.sha256 = r.sha256 AND p.deleted_at IS NULL ORDER BY path LIMIT 100)
                AS paths
        FROM frames r {JOINS} WHERE r.id = :id AND NOT r.hidden
    """
    found = (await connection.execute(text(query), {"id": frame_id})).mappings().first()
    if found is None:
        raise NotFound("There is no such frame in this organisation.")
    return _row(found)


async def files_to_derive(
    connection: AsyncConnection, *, files: Sequence[UUID] | None, instrument: str | None, telescope: str | None
) -> list[UUID]:
    """List the files to derive again: those named, or all of an instrument or telescope."""
    if files is not None:
        condition, value = "id = ANY(:value)", list(files)
    elif instrument is not None:
        condition, value = "instrument_id = :value", await _named(connection, "instruments", instrument)  # type: ignore[assignment]
    else:
        condition, value = "telescope_id = :value", await _named(connection, "telescopes", telescope or "")  # type: ignore[assignment]
    rows = await connection.scalars(
        text(f"SELECT id FROM files WHERE deleted_at IS NULL AND {condition} ORDER BY id"), {"value": value}
    )
    return list(rows)
