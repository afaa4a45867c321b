"""Secrets that are good once and for a while: mailed codes, unfinished sign-ins, the state of a visit elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import metadata

__all__ = ["add", "drop", "find", "sweep", "take"]

secrets = metadata.tables["one_time_secrets"]


async def add(
    connection: AsyncConnection,
    *,
    secret_hash: bytes,
    purpose: str,
    account_id: UUID | None,
    expires_at: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    """Insert a secret."""
    await connection.execute(
        insert(secrets).values(
            secret_hash=secret_hash, purpose=purpose, account_id=account_id, expires_at=expires_at, facts=facts or {}
        )
    )


async def find(connection: AsyncConnection, secret_hash: bytes, purpose: str) -> Row[*tuple[Any, ...]] | None:
    """Look up a secret that has not expired, and leave it."""
    query = select(secrets).where(
        secrets.c.secret_hash == secret_hash, secrets.c.purpose == purpose, secrets.c.expires_at > func.now()
    )
    return (await connection.execute(query)).first()


async def take(connection: AsyncConnection, secret_hash: bytes, purpose: str) -> Row[*tuple[Any, ...]] | None:
    """Use a secret up: it is returned to one caller only, and to none once it has expired."""
    statement = (
        delete(secrets)
        .where(secrets.c.secret_hash == secret_hash, secrets.c.purpose == purpose, secrets.c.expires_at > func.now())
        .returning(secrets)
    )
    return (await connection.execute(statement)).first()


async def drop(connection: AsyncConnection, account_id: UUID, purpose: str) -> None:
    """Make an account's secrets of a purpose worthless."""
    await connection.execute(delete(secrets).where(secrets.c.account_id == account_id, secrets.c.purpose == purpose))


async def sweep(connection: AsyncConnection) -> int:
    """Forget expired ones; returns how many."""
    return (await connection.execute(delete(secrets).where(secrets.c.expires_at < func.now()))).rowcount
