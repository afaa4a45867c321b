"""The keys with which identity tokens are signed: private halves sealed, public halves for everybody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import metadata

__all__ = ["add_key", "list_public", "lock_keys", "newest_key", "retire_others"]

keys = metadata.tables["signing_keys"]


async def lock_keys(connection: AsyncConnection) -> None:
    """Keep others from making a key until the transaction ends."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('signing_keys', 7))"))


async def newest_key(connection: AsyncConnection) -> Row[*tuple[Any, ...]] | None:
    """Look up the key that signs now."""
    query = select(keys).where(keys.c.retired_at.is_(None)).order_by(keys.c.created_at.desc(), keys.c.id).limit(1)
    return (await connection.execute(query)).first()


async def add_key(connection: AsyncConnection, *, key_id: str, sealed: bytes, public: dict[str, Any]) -> None:
    """Insert a key."""
    await connection.execute(insert(keys).values(id=key_id, sealed=sealed, public=public))


async def retire_others(connection: AsyncConnection, key_id: str) -> None:
    """Let only this key sign from now on."""
    await connection.execute(
        update(keys).where(keys.c.id != key_id, keys.c.retired_at.is_(None)).values(retired_at=func.now())
    )


async def list_public(connection: AsyncConnection, *, overlap_s: int) -> list[dict[str, Any]]:
    """List the public keys that something in force may be signed with: retired ones for a while, too."""
    query = (
        select(keys.c.public)
        .where(
            keys.c.retired_at.is_(None)
            | (keys.c.retired_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, overlap_s))
        )
        .order_by(keys.c.created_at.desc(), keys.c.id)
    )
    return list(await connection.scalars(query))
