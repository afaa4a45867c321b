"""Sites, telescopes and instruments: rows of one organisation, addressed by slug."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict, NotFound
from storage.ids import new_id
from storage.tables import metadata

__all__ = ["Kind", "add", "change", "find", "get", "list_all", "remove"]

Kind = Literal["sites", "telescopes", "instruments"]
PARENTS = {"telescopes": ("sites", "site_id", "site"), "instruments": ("telescopes", "telescope_id", "telescope")}


def _query(kind: Kind) -> Any:
    table = metadata.tables[kind]
    if kind not in PARENTS:
        return select(table)
    parent_kind, column, name = PARENTS[kind]
    parent = metadata.tables[parent_kind]
    return select(table, parent.c.slug.label(name)).join(parent, parent.c.id == table.c[column])


async def add(connection: AsyncConnection, kind: Kind, organisation_id: UUID, values: dict[str, Any]) -> None:
    """Insert a row; a slug that is taken is a conflict."""
    table = metadata.tables[kind]
    await connection.execute(insert(table).values(id=new_id(), organisation_id=organisation_id, **values))


async def find(connection: AsyncConnection, kind: Kind, slug: str) -> RowMapping | None:
    """Find a row by its slug, with the slug of what it stands in."""
    row: RowMapping | None = (
        (await connection.execute(_query(kind).where(metadata.tables[kind].c.slug == slug))).mappings().first()
    )
    return row


async def get(connection: AsyncConnection, kind: Kind, slug: str) -> RowMapping:
    """Get a row by its slug.

    Raises
    ------
    NotFound
        The organisation has none of this name.
    """
    if (row := await find(connection, kind, slug)) is None:
        raise NotFound(f"There is no {kind[:-1]} {slug[:64]!r} in this organisation.", kind=kind[:-1], slug=slug[:64])
    return row


async def list_all(connection: AsyncConnection, kind: Kind, *, after: str | None, limit: int) -> list[RowMapping]:
    """List rows in order of slug, from after one."""
    table = metadata.tables[kind]
    query = _query(kind).order_by(table.c.slug).limit(limit)
    if after is not None:
        query = query.where(table.c.slug > after)
    return list((await connection.execute(query)).mappings())


async def change(connection: AsyncConnection, kind: Kind, slug: str, values: dict[str, Any]) -> None:
    """Change columns of a row; one that is gone is not found."""
    table = metadata.tables[kind]
    if values and (await connection.execute(update(table).where(table.c.slug == slug).values(**values))).rowcount == 0:
        raise NotFound(f"There is no {kind[:-1]} {slug[:64]!r} in this organisation.")


async def remove(connection: AsyncConnection, kind: Kind, slug: str) -> None:
    """Delete a row nothing refers to.

    Raises
    ------
    Conflict
        Files, frames or logs name it.
    NotFound
        There is none of this name.
    """
    row = await get(connection, kind, slug)
    column = {"telescopes": "telescope_id", "instruments": "instrument_id"}.get(kind)
    for used in ("files", "frames"):
        table = metadata.tables[used]
        if column and await connection.scalar(select(table.c.id).where(table.c[column] == row["id"]).limit(1)):
            raise Conflict(f"{used.capitalize()} name this {kind[:-1]}: it has to stay, so that they keep their night.")
    table = metadata.tables[kind]
    await connection.execute(delete(table).where(table.c.id == row["id"]))
