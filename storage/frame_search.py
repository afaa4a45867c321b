"""Finding frames: one description of what is wanted, and the way to the rows that suits it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import InvalidInput, NotFound
from domain.facts import FrameType
from storage.frame_conditions import (
    COMPARISONS,
    FACTS,
    SORT_TYPES,
    SORTS,
    Comparison,
    Conditions,
    Search,
    id_of,
    read_wanted,
    write_conditions,
)

__all__ = [
    "COMPARISONS",
    "FACTS",
    "SORTS",
    "Comparison",
    "Search",
    "count",
    "facets",
    "files_of_site",
    "files_to_derive",
    "find",
    "get",
    "get_facts",
    "packed_units",
    "read_frames",
    "read_wanted",
    "stored_image",
    "told_type",
]

FACET_COLUMNS = {
    "type": "r.frame_type",
    "filter": "r.filter",
    "object": "r.object",
    "telescope": "(SELECT slug FROM telescopes t WHERE t.id = r.telescope_id)",
    "instrument": "(SELECT slug FROM instruments i WHERE i.id = r.instrument_id)",
    "night": "r.night::text",
    "quality": "r.quality",
}

COLUMNS = """
    r.id, f.id AS file, f.path, encode(r.sha256, 'hex') AS sha256, f.size_bytes, t.slug AS telescope,
    i.slug AS instrument, r.night, r.frame_type, r.start_at, r.mid_at, r.exposure_s, r.filter, r.object, r.airmass,
    r.gain, r.binning_x, r.binning_y, r.detector_temperature_c, r.telescope_name, r.instrument_name, r.observer,
    r.ra_deg, r.dec_deg, r.center_x, r.center_y, r.center_z, r.radius_deg, r.pixel_scale_arcsec, r.width_px,
    r.height_px, r.format, r.hdu_count, r.crossings, r.quality, r.preview, r.problems, r.created_at
"""
MORE_COLUMNS = """
    , r.header, r.sources, r.footprints, r.quality_note, r.crossings_at,
    array(SELECT path FROM files p WHERE p.sha256 = r.sha256 AND p.deleted_at IS NULL ORDER BY path LIMIT 100) AS paths
"""
# One file for one frame by its key, whatever the planner believes of an organisation that its statistics do not know;
# or another of the same content, for whom that one is out of reach.
JOINS = """
    LEFT JOIN LATERAL (
        SELECT id, path, size_bytes FROM files WHERE id = r.file_id
        UNION ALL SELECT id, path, size_bytes FROM files WHERE sha256 = r.sha256 AND deleted_at IS NULL LIMIT 1
    ) f ON true
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


# How many frames are looked at in their order before an index is asked for all that may match: that takes 10 to 40 ms,
# and fills a page with whatever is not rarer than one in 40.
WALKED = 4_000
# From so many matches among those on, walking as far as a page should need is quicker than gathering.
WORTH_WALKING_ON = 25
# How many frames an index may gather at first: 5,000 are fetched in 10 to 40 ms.
GATHERED = 5_000
# More than these are not gathered and sorted where one can walk to the end instead.
MOST_GATHERED = 100_000
INDEXED_SORTS = {"start_at", "created_at"}


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
    where = await write_conditions(connection, search)
    direction = "DESC" if search.descending else "ASC"
    page = _Page(where, SORTS[search.sort][0], SORT_TYPES.get(search.sort, "text"), direction, int(limit) + 1)
    if cursor is not None:
        page = msgspec.structs.replace(page, begin=page.behind(*_read_cursor(cursor, search)))
    rows = await _rows(connection, page, can_walk=search.sort in INDEXED_SORTS)
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = _write_cursor(search, rows[-1]["sort_value"], rows[-1]["id"])
    for row in rows:
        del row["sort_value"], row["gathered"]
    return rows, following


class _Page(msgspec.Struct, frozen=True):
    """A page to be read.

    Parameters
    ----------
    key, kind, direction : str
        The expression that it is sorted by, the type of that, and ASC or DESC.
    size : int
        How many rows.
    begin : str
        The condition that a page behind another one begins with.
    """

    where: Conditions
    key: str
    kind: str
    direction: str
    size: int
    begin: str = "true"

    def behind(self, value: str, last: UUID) -> str:
        """Ask for what comes behind a row, by what that is sorted by and its identifier."""
        compare = "<" if self.direction == "DESC" else ">"
        row = f"cast(cast({self.where.bind(value)} AS text) AS {self.kind}), cast({self.where.bind(last)} AS uuid)"
        return f"({self.key}, r.id) {compare} ({row})"

    def order(self, key: str = "r.sort_key") -> str:
        return f"ORDER BY {key} {self.direction}, r.id {self.direction}"


async def _rows(connection: AsyncConnection, page: _Page, *, can_walk: bool) -> list[dict[str, Any]]:
    """Read a page the way that is quick for what is asked.

    Sorted by time, one may walk from the newest frame on until the page is full: quick for what is common. Or indexes
    gather all that may match, to be sorted: quick for what is rare. Which it is nobody knows beforehand, but for what
    few terms tell. So each way is tried as far as it is cheap, gathering first where few are expected.
    """
    where = page.where
    if not where.exact:
        return await _read(connection, page, _walk(page, page.size))
    guess = await _guess(connection, where)
    if where.is_narrow or (guess is not None and guess <= GATHERED):
        rows = await _read(connection, page, _gather(page, GATHERED))
        if rows[0]["gathered"] <= GATHERED:
            return [row for row in rows if row["id"] is not None]
    if can_walk:
        rows = await _read(connection, page, _walk(page, WALKED))
        if WORTH_WALKING_ON <= len(rows) < page.size:
            rows += await _walk_on(connection, page, rows)
        if len(rows) == page.size:
            return rows
    if not where.index or (can_walk and guess is not None and guess > MOST_GATHERED):
        return await _read(connection, page, _walk(page, None))
    # Beyond 4 MB the map of what was found is coarse, and every row of a block is compared again.
    await connection.execute(text("SELECT set_config('work_mem', '64MB', true)"))
    return [row for row in await _read(connection, page, _gather(page, None)) if row["id"] is not None]


async def _guess(connection: AsyncConnection, where: Conditions) -> int | None:
    """Ask the planner's statistics how many frames have a few terms; None where that is not what is asked."""
    if not where.guessable:
        return None
    query = f"EXPLAIN (FORMAT JSON) SELECT FROM frames r WHERE {where.join(where.guessable)}"
    plan = await connection.scalar(text(query), {name: where.values[name] for name in _bound(query)})
    return int(plan[0]["Plan"]["Plan Rows"])


def _bound(query: str) -> set[str]:
    return set(re.findall(r":(v\d+)\b", query))


async def _walk_on(connection: AsyncConnection, page: _Page, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Read what a first walk left a page without, as far as that should need."""
    most = int(1.5 * WALKED * page.size / len(rows)) - WALKED
    begin = page.behind(rows[-1]["sort_value"], rows[-1]["id"])
    rest = msgspec.structs.replace(page, size=page.size - len(rows), begin=begin)
    return await _read(connection, rest, _walk(rest, most))


def _walk(page: _Page, most: int | None) -> tuple[str, str]:
    """Take so many rows in their order, or all, and the first of them that match."""
    where = page.where
    walked = (
        f"SELECT r.*, {page.key} AS sort_key FROM frames r WHERE {where.join(where.facts, [page.begin])}"
        f" {page.order(page.key)} LIMIT {most or 'ALL'}"
    )
    matching = f"SELECT * FROM ({walked}) r WHERE {where.join(where.exact)} {page.order()} LIMIT {page.size}"
    return "", f"SELECT r.*, NULL::bigint AS gathered FROM ({matching}) r"


def _gather(page: _Page, most: int | None) -> tuple[str, str]:
    """Let indexes gather what may match, but no more than so many; sort it, and take those that do match.

    There is always a row, which tells how many were gathered; it is empty where none match, or there were more.
    """
    where = page.where
    limit, few = "", ""
    if most is not None:
        limit, few = f"LIMIT {most + 1}", f"WHERE (SELECT count(*) FROM gathered) <= {most}"
    gathered = (
        f"WITH gathered AS MATERIALIZED (SELECT r.id, {page.key} AS sort_key FROM frames r"
        f" WHERE {where.join(where.facts, [page.begin], where.index)} {limit})"
    )
    # One by one and in order, so that no more are looked into than the page takes.
    matching = (
        f"SELECT m.*, r.sort_key FROM (SELECT * FROM gathered r {few} {page.order()}) r"
        f" CROSS JOIN LATERAL (SELECT * FROM frames r2 WHERE r2.id = r.id OFFSET 0) m"
    )
    matching = f"SELECT * FROM ({matching}) r WHERE {where.join(where.exact)} {page.order()} LIMIT {page.size}"
    return gathered, (
        f"SELECT r.*, n.gathered FROM (SELECT count(*) AS gathered FROM gathered) n LEFT JOIN ({matching}) r ON true"
    )


async def _read(connection: AsyncConnection, page: _Page, way: tuple[str, str]) -> list[dict[str, Any]]:
    before, source = way
    query = (
        f"{before} SELECT {COLUMNS}, r.gathered, r.sort_key::text AS sort_value FROM ({source}) r {JOINS}"
        f" {page.order()}"
    )
    values = {name: page.where.values[name] for name in _bound(query)}
    return [_row(m) for m in (await connection.execute(text(query), values)).mappings()]


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
    where = await write_conditions(connection, search)
    conditions = where.join(where.facts, where.index, where.exact)
    query = f"SELECT count(*) FROM (SELECT FROM frames r WHERE {conditions} LIMIT {int(at_most)}) AS counted"
    return int(await connection.scalar(text(query), where.values) or 0)


async def facets(
    connection: AsyncConnection, search: Search, names: Sequence[str], *, limit: int
) -> dict[str, list[tuple[str | None, int]]]:
    """Count the frames that match by each of some facts, most frequent first."""
    where = await write_conditions(connection, search)
    conditions = where.join(where.facts, where.index, where.exact)
    found: dict[str, list[tuple[str | None, int]]] = {}
    for name in names:
        query = (
            f"SELECT {FACET_COLUMNS[name]} AS value, count(*) AS frames FROM frames r WHERE {conditions}"
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
    return await _get(connection, frame_id, COLUMNS + MORE_COLUMNS)


async def get_facts(connection: AsyncConnection, frame_id: UUID) -> dict[str, Any]:
    """Get one frame as searches tell of it, which is quicker: a header may be long. Raises as `get` does."""
    return await _get(connection, frame_id, COLUMNS)


async def _get(connection: AsyncConnection, frame_id: UUID, columns: str) -> dict[str, Any]:
    query = f"SELECT {columns} FROM frames r {JOINS} WHERE r.id = :id AND NOT r.hidden"
    found = (await connection.execute(text(query), {"id": frame_id})).mappings().first()
    if found is None:
        raise NotFound("There is no such frame in this organisation.")
    return _row(found)


async def read_frames(
    connection: AsyncConnection, source: str, values: dict[str, Any], *, more: Sequence[str]
) -> list[dict[str, Any]]:
    """Read what is told of frames that a query chose, in its order.

    Parameters
    ----------
    source : str
        The query: columns of ``frames``, ``place`` by which they are sorted, and those named by ``more``.
    """
    query = f"SELECT {COLUMNS}, {', '.join(f'r.{name}' for name in more)} FROM ({source}) r {JOINS} ORDER BY r.place"
    return [_row(m) for m in (await connection.execute(text(query), values)).mappings()]


async def packed_units(connection: AsyncConnection, frame_id: UUID) -> bytes | None:
    """Read every card of a frame, JSON compressed by zlib; None where there is no such frame."""
    packed: bytes | None = await connection.scalar(
        text(
            "SELECT u.units FROM frame_units u JOIN frames f ON f.id = u.frame_id"
            " WHERE u.frame_id = :id AND NOT f.hidden"
        ),
        {"id": frame_id},
    )
    return packed


async def told_type(connection: AsyncConnection, frame_id: UUID) -> FrameType | None:
    """Tell what whoever sent a frame's file said it is; None: nothing."""
    told: FrameType | None = await connection.scalar(
        text(
            "SELECT f.told_type FROM frames r JOIN files f ON f.sha256 = r.sha256"
            " WHERE r.id = :id AND f.deleted_at IS NULL AND f.told_type IS NOT NULL ORDER BY f.id LIMIT 1"
        ),
        {"id": frame_id},
    )
    return told


async def stored_image(connection: AsyncConnection, frame_id: UUID) -> dict[str, Any]:
    """Get where a frame's bytes are, and its packed header units.

    Raises
    ------
    NotFound
        There is none, or all its files are deleted.
    """
    query = f"""
        SELECT encode(r.sha256, 'hex') AS sha256, f.path, f.size_bytes, r.format, u.units,
            (SELECT c.object_key FROM contents c WHERE c.sha256 = r.sha256) AS object_key
        FROM frames r JOIN frame_units u ON u.frame_id = r.id {JOINS} WHERE r.id = :id AND NOT r.hidden
    """
    found = (await connection.execute(text(query), {"id": frame_id})).mappings().first()
    if found is None or found["object_key"] is None:
        raise NotFound("There is no such frame in this organisation.")
    return dict(found)


async def files_to_derive(
    connection: AsyncConnection, *, files: Sequence[UUID] | None, instrument: str | None, telescope: str | None
) -> list[UUID]:
    """List the files to derive again: those named, or all of an instrument or telescope."""
    if files is not None:
        condition, value = "id = ANY(:value)", list(files)
    elif instrument is not None:
        condition, value = "instrument_id = :value", await id_of(connection, "instruments", instrument)  # type: ignore[assignment]
    else:
        condition, value = "telescope_id = :value", await id_of(connection, "telescopes", telescope or "")  # type: ignore[assignment]
    rows = await connection.scalars(
        text(f"SELECT id FROM files WHERE deleted_at IS NULL AND {condition} ORDER BY id"), {"value": value}
    )
    return list(rows)


async def files_of_site(connection: AsyncConnection, site_id: UUID) -> list[UUID]:
    """List the files of a site's telescopes."""
    rows = await connection.scalars(
        text("""
            SELECT f.id FROM files f JOIN telescopes t ON t.id = f.telescope_id
            WHERE t.site_id = :site AND f.deleted_at IS NULL ORDER BY f.id
        """),
        {"site": site_id},
    )
    return list(rows)
