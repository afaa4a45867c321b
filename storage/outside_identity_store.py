"""Who accounts are elsewhere: issuer and subject, which alone tell people apart."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.tables import metadata

__all__ = ["add", "find", "list_of", "lock_account", "note_use", "remove", "remove_all"]

identities = metadata.tables["outside_identities"]
accounts = metadata.tables["accounts"]


async def add(connection: AsyncConnection, account_id: UUID, *, issuer: str, subject: str, label: str) -> None:
    """Insert an identity; one that is somebody's already is answered with a conflict."""
    await connection.execute(
        insert(identities).values(id=new_id(), account_id=account_id, issuer=issuer, subject=subject, label=label)
    )


async def find(connection: AsyncConnection, issuer: str, subject: str) -> Row[*tuple[Any, ...]] | None:
    """Look an identity up."""
    query = select(identities).where(identities.c.issuer == issuer, identities.c.subject == subject)
    return (await connection.execute(query)).first()


async def note_use(connection: AsyncConnection, identity_id: UUID, label: str) -> None:
    """Note that somebody signed in with it, and what it is called now."""
    await connection.execute(
        update(identities).where(identities.c.id == identity_id).values(last_used_at=func.now(), label=label)
    )


async def list_of(
    connection: AsyncConnection, account_id: UUID, *, after: UUID | None = None, limit: int = 100
) -> list[Row[*tuple[Any, ...]]]:
    """List an account's identities, oldest first."""
    query = select(identities).where(identities.c.account_id == account_id).order_by(identities.c.id).limit(limit)
    return list(await connection.execute(query if after is None else query.where(identities.c.id > after)))


async def lock_account(connection: AsyncConnection, account_id: UUID) -> Row[*tuple[Any, ...]]:
    """Read an account and hold it until the transaction ends, so that its ways of signing in change one by one."""
    row: Row[*tuple[Any, ...]] = (
        await connection.execute(select(accounts).where(accounts.c.id == account_id).with_for_update())
    ).one()
    return row


async def remove(connection: AsyncConnection, account_id: UUID, identity_id: UUID) -> bool:
    """Delete one of an account's identities; False when it has none such."""
    result = await connection.execute(
        delete(identities).where(identities.c.account_id == account_id, identities.c.id == identity_id)
    )
    return result.rowcount > 0


async def remove_all(connection: AsyncConnection, account_id: UUID) -> None:
    """Delete every identity of an account."""
    await connection.execute(delete(identities).where(identities.c.account_id == account_id))
