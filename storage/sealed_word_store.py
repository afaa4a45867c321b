"""The word that is sealed in each database, and other sealed things that can be tried where there is none yet."""

from __future__ import annotations

from sqlalchemy import inspect, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import metadata

__all__ = ["find_word", "is_kept", "keep_word", "list_factors", "list_keys"]

words = metadata.tables["sealed_word"]
keys = metadata.tables["signing_keys"]
factors = metadata.tables["second_factors"]

TRIED = 100  # of each kind


async def is_kept(connection: AsyncConnection) -> bool:
    """Tell whether the database knows of sealed words: an older one that is only to be backed up does not."""
    return await connection.run_sync(lambda sync: inspect(sync).has_table(words.name))


async def find_word(connection: AsyncConnection) -> bytes | None:
    """Read the sealed word."""
    word: bytes | None = await connection.scalar(select(words.c.sealed))
    return word


async def keep_word(connection: AsyncConnection, sealed: bytes, *, replace: bool = False) -> None:
    """Keep a sealed word, where there is none or another is to be replaced."""
    statement = upsert(words).values(one=True, sealed=sealed)
    if replace:
        statement = statement.on_conflict_do_update(index_elements=["one"], set_={"sealed": sealed})
    else:
        statement = statement.on_conflict_do_nothing()
    await connection.execute(statement)


async def list_keys(connection: AsyncConnection) -> dict[str, bytes]:
    """List the newest signing keys in force, sealed, by their ids."""
    query = select(keys.c.id, keys.c.sealed).where(keys.c.retired_at.is_(None)).order_by(keys.c.created_at.desc())
    return {row.id: row.sealed for row in await connection.execute(query.limit(TRIED))}


async def list_factors(connection: AsyncConnection) -> dict[str, bytes]:
    """List second factors, sealed, by their accounts' ids."""
    query = select(factors.c.account_id, factors.c.sealed).order_by(factors.c.account_id).limit(TRIED)
    return {str(row.account_id): row.sealed for row in await connection.execute(query)}
