"""Second factors and recovery codes of accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import metadata

__all__ = ["begin", "confirm", "count_recovery_codes", "find", "is_on", "remove", "set_recovery_codes", "use_code",
           "use_recovery_code"]  # fmt: skip

factors = metadata.tables["second_factors"]
codes = metadata.tables["recovery_codes"]


async def is_on(connection: AsyncConnection, account_id: UUID) -> bool:
    """Tell whether an account asks for a second factor."""
    query = select(factors.c.account_id).where(factors.c.account_id == account_id, factors.c.confirmed_at.is_not(None))
    return await connection.scalar(query) is not None


async def find(connection: AsyncConnection, account_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """Look up an account's second factor, confirmed or not, and hold it until the transaction ends."""
    query = select(factors).where(factors.c.account_id == account_id).with_for_update()
    return (await connection.execute(query)).first()


async def begin(connection: AsyncConnection, account_id: UUID, sealed: bytes) -> bool:
    """Keep the secret of a second factor that is not confirmed yet; False when a confirmed one is there."""
    statement = upsert(factors).values(account_id=account_id, sealed=sealed, last_step=0)
    kept = await connection.scalar(
        statement.on_conflict_do_update(
            index_elements=["account_id"],
            set_={"sealed": sealed, "last_step": 0},
            where=factors.c.confirmed_at.is_(None),
        ).returning(factors.c.account_id)
    )
    return kept is not None


async def confirm(connection: AsyncConnection, account_id: UUID) -> None:
    """Ask for the second factor from now on."""
    await connection.execute(update(factors).where(factors.c.account_id == account_id).values(confirmed_at=func.now()))


async def use_code(connection: AsyncConnection, account_id: UUID, step: int) -> bool:
    """Use up the codes up to a step of 30 s; False when this one was used before."""
    result = await connection.execute(
        update(factors).where(factors.c.account_id == account_id, factors.c.last_step < step).values(last_step=step)
    )
    return result.rowcount > 0


async def remove(connection: AsyncConnection, account_id: UUID) -> None:
    """Remove the second factor with its recovery codes."""
    await connection.execute(delete(codes).where(codes.c.account_id == account_id))
    await connection.execute(delete(factors).where(factors.c.account_id == account_id))


async def set_recovery_codes(connection: AsyncConnection, account_id: UUID, code_hashes: list[bytes]) -> None:
    """Put new recovery codes in the place of all before."""
    await connection.execute(delete(codes).where(codes.c.account_id == account_id))
    await connection.execute(insert(codes), [{"account_id": account_id, "code_hash": each} for each in code_hashes])


async def use_recovery_code(connection: AsyncConnection, account_id: UUID, code_hash: bytes) -> bool:
    """Use a recovery code up; False when there is none such, or it was used."""
    result = await connection.execute(
        update(codes)
        .where(codes.c.account_id == account_id, codes.c.code_hash == code_hash, codes.c.used_at.is_(None))
        .values(used_at=func.now())
    )
    return result.rowcount > 0


async def count_recovery_codes(connection: AsyncConnection, account_id: UUID) -> int:
    """Count the recovery codes that are left."""
    query = select(func.count()).where(codes.c.account_id == account_id, codes.c.used_at.is_(None))
    return int(await connection.scalar(query) or 0)
