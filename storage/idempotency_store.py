"""Replies kept under the key of the request they answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import metadata

__all__ = ["claim", "keep", "release", "sweep"]

keys = metadata.tables["idempotency_keys"]


async def claim(
    connection: AsyncConnection, caller_hash: bytes, key: str, request_hash: bytes
) -> Row[*tuple[Any, ...]] | None:
    """Claim a key for a request; returns what stands there when somebody was first.

    A claim without a reply that is older than two minutes belongs to a process that died: it is taken over.
    """
    taken = await connection.scalar(
        insert(keys)
        .values(caller_hash=caller_hash, key=key, request_hash=request_hash)
        .on_conflict_do_update(
            index_elements=["caller_hash", "key"],
            set_={"request_hash": request_hash, "created_at": func.now()},
            where=keys.c.status.is_(None) & (keys.c.created_at < func.now() - text("interval '2 minutes'")),
        )
        .returning(keys.c.key)
    )
    if taken is not None:
        return None
    return (await connection.execute(select(keys).where(keys.c.caller_hash == caller_hash, keys.c.key == key))).first()


async def keep(
    connection: AsyncConnection, caller_hash: bytes, key: str, *, status: int, headers: list[Any], body: bytes
) -> None:
    """Keep the reply to a claimed key."""
    await connection.execute(
        update(keys)
        .where(keys.c.caller_hash == caller_hash, keys.c.key == key)
        .values(status=status, headers=headers, body=body)
    )


async def release(connection: AsyncConnection, caller_hash: bytes, key: str) -> None:
    """Give a key back: its request failed and may be sent again."""
    await connection.execute(delete(keys).where(keys.c.caller_hash == caller_hash, keys.c.key == key))


async def sweep(connection: AsyncConnection) -> int:
    """Forget replies older than a day; returns how many."""
    result = await connection.execute(delete(keys).where(keys.c.created_at < func.now() - text("interval '1 day'")))
    return result.rowcount
