"""The catalogue of satellites: element sets with their history, shared by all tenants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.element_columns import ELEMENT_COLUMNS, ElementColumns, columns_of
from domain.element_set import ElementSet
from storage.frame_conditions import escape_pattern
from storage.satellite_tables import element_imports, satellites

__all__ = [
    "AddedSets",
    "CatalogueState",
    "SatelliteRow",
    "add_import",
    "add_sets",
    "catalogue_state",
    "catalogue_version",
    "get_satellite",
    "last_import",
    "list_satellites",
    "nearest_sets",
]

CHUNK = 20_000  # element sets of one statement
_OF_SATELLITE = ("norad_id", "name", "designator", "epoch")
_FIELDS = tuple(name for name in ELEMENT_COLUMNS if name not in _OF_SATELLITE)
_NUMBERS = ", ".join(_FIELDS)

SAVE_SATELLITES = text("""
    INSERT INTO satellites (norad_id, name, designator, newest_epoch)
    SELECT DISTINCT ON (g.norad_id) g.norad_id, g.name, g.designator, g.epoch
    FROM unnest(cast(:norad_id AS int[]), cast(:name AS text[]), cast(:designator AS text[]),
        cast(:epoch AS timestamptz[])) AS g (norad_id, name, designator, epoch)
    ORDER BY g.norad_id, g.epoch DESC
    ON CONFLICT (norad_id) DO UPDATE SET newest_epoch = excluded.newest_epoch,
        name = coalesce(nullif(excluded.name, ''), satellites.name),
        designator = coalesce(nullif(excluded.designator, ''), satellites.designator)
    WHERE excluded.newest_epoch > satellites.newest_epoch
""")
SAVE_SETS = text(f"""
    WITH added AS (
        INSERT INTO element_sets (norad_id, epoch, {_NUMBERS})
        SELECT * FROM unnest(cast(:norad_id AS int[]), cast(:epoch AS timestamptz[]),
            {", ".join(f"cast(:{name} AS float8[])" for name in _FIELDS)})
        ON CONFLICT DO NOTHING RETURNING norad_id, epoch
    )
    SELECT count(*) AS added, count(*) FILTER (WHERE a.epoch < s.newest_epoch) AS stale,
        percentile_disc(0.05) WITHIN GROUP (ORDER BY a.epoch) AS first_epoch,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY a.epoch) AS last_epoch
    FROM added a JOIN satellites s ON s.norad_id = a.norad_id
""")
# Two steps in the key's index for each satellite, however long its history is. By columns, since the driver reads a few
# arrays much faster than sixteen thousand rows.
NEAREST = text(f"""
    SELECT {", ".join(f"array_agg({name} ORDER BY norad_id)" for name in ELEMENT_COLUMNS)} FROM (
    SELECT s.norad_id, s.name, s.designator, e.epoch, {_NUMBERS}
    FROM satellites s CROSS JOIN LATERAL (
        SELECT * FROM (
            (SELECT * FROM element_sets b WHERE b.norad_id = s.norad_id AND b.epoch <= :at ORDER BY epoch DESC LIMIT 1)
            UNION ALL
            (SELECT * FROM element_sets a WHERE a.norad_id = s.norad_id AND a.epoch > :at ORDER BY epoch LIMIT 1)
        ) two ORDER BY abs(extract(epoch FROM two.epoch - :at)) LIMIT 1
    ) e ) nearest
""")
VERSION = text("SELECT max(id) FROM element_imports WHERE added > 0")
STATE = text("""
    SELECT (SELECT count(*) FROM satellites) AS satellites, (SELECT max(newest_epoch) FROM satellites) AS newest_epoch
""")


class AddedSets(msgspec.Struct, frozen=True, kw_only=True):
    """What came of adding element sets. ``first_epoch`` to ``last_epoch`` hold nine tenths of those added."""

    added: int
    stale: int
    first_epoch: datetime | None
    last_epoch: datetime | None


class SatelliteRow(msgspec.Struct, frozen=True, kw_only=True):
    """One satellite; ``designator`` is international, ``1998-067A``, and empty where unknown."""

    norad_id: int
    name: str
    designator: str
    newest_epoch: datetime


class CatalogueState(msgspec.Struct, frozen=True, kw_only=True):
    """How large and how new the catalogue is."""

    satellites: int
    newest_epoch: datetime | None


async def add_sets(connection: AsyncConnection, sets: Sequence[ElementSet]) -> AddedSets:
    """Add element sets; those that are there already, by satellite and epoch, stay as they are."""
    # One import after the other: two that met at the same rows in another order would wait for each other for ever.
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('element_sets', 0))"))
    ordered = sorted(sets, key=lambda one: (one.epoch, one.norad_id))
    parts = []
    for start in range(0, len(ordered), CHUNK):
        some = ordered[start : start + CHUNK]
        values = columns_of(some)
        await connection.execute(SAVE_SATELLITES, {name: values[name] for name in _OF_SATELLITE})
        saved = await connection.execute(SAVE_SETS, {name: values[name] for name in ("norad_id", "epoch", *_FIELDS)})
        parts.append(AddedSets(**saved.mappings().one()))
    return AddedSets(
        added=sum(part.added for part in parts),
        stale=sum(part.stale for part in parts),
        first_epoch=min((part.first_epoch for part in parts if part.first_epoch), default=None),
        last_epoch=max((part.last_epoch for part in parts if part.last_epoch), default=None),
    )


async def nearest_sets(connection: AsyncConnection, at: datetime) -> ElementColumns:
    """Read of every satellite the element set nearest in epoch to a moment in columns."""
    row = (await connection.execute(NEAREST, {"at": at})).one()
    return tuple(column or [] for column in row)


async def catalogue_state(connection: AsyncConnection) -> CatalogueState:
    """Tell how large and how new the catalogue is."""
    return CatalogueState(**(await connection.execute(STATE)).mappings().one())


async def catalogue_version(connection: AsyncConnection) -> int | None:
    """Tell the number of the newest import that added something; None where the catalogue is empty."""
    version: int | None = await connection.scalar(VERSION)
    return version


async def add_import(connection: AsyncConnection, **values: Any) -> int:
    """Record an import; returns its number."""
    made: int = (
        await connection.execute(insert(element_imports).values(**values).returning(element_imports.c.id))
    ).scalar_one()
    return made


async def last_import(connection: AsyncConnection) -> dict[str, Any] | None:
    """Read the newest import; None where there was none."""
    row = (
        (await connection.execute(select(element_imports).order_by(element_imports.c.id.desc()).limit(1)))
        .mappings()
        .first()
    )
    return {str(name): value for name, value in row.items()} if row else None


async def list_satellites(
    connection: AsyncConnection, *, wanted: str | None, after: int | None, limit: int
) -> list[SatelliteRow]:
    """List satellites in order of their numbers.

    Parameters
    ----------
    wanted : str or None
        A catalogue number, or a part of a name or of an international designator.
    after : int or None
        Only from behind this number.
    """
    query = select(satellites).order_by(satellites.c.norad_id).limit(limit)
    if after is not None:
        query = query.where(satellites.c.norad_id > after)
    if wanted is not None:
        pattern = f"%{escape_pattern(wanted.strip())}%"
        condition = satellites.c.name.ilike(pattern) | satellites.c.designator.ilike(pattern)
        if wanted.strip().isascii() and wanted.strip().isdigit() and len(wanted.strip()) <= 9:
            condition |= satellites.c.norad_id == int(wanted)
        query = query.where(condition)
    return [SatelliteRow(**row) for row in (await connection.execute(query)).mappings()]


async def get_satellite(connection: AsyncConnection, norad_id: int) -> SatelliteRow | None:
    """Find a satellite by its number."""
    row = (await connection.execute(select(satellites).where(satellites.c.norad_id == norad_id))).mappings().first()
    return SatelliteRow(**row) if row else None
