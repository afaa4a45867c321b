"""Receipts of downloads: one for each that began at the first byte."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.receipt_tables import package_receipts as receipts
from storage.tables import metadata

__all__ = ["add_package_receipt", "days_of_version", "list_receipts"]

accounts = metadata.tables["accounts"]


async def add_package_receipt(
    connection: AsyncConnection,
    organisation_id: UUID,
    version_id: UUID,
    *,
    path: str | None,
    account_id: UUID | None,
    address: str,
    bytes_asked: int,
) -> None:
    """Insert a receipt of a published version, or of one of its files."""
    await connection.execute(
        insert(receipts).values(
            id=new_id(),
            organisation_id=organisation_id,
            version_id=version_id,
            path=path,
            account_id=account_id,
            address=address,
            bytes_asked=bytes_asked,
        )
    )


async def list_receipts(
    connection: AsyncConnection, version_id: UUID, *, before: UUID | None, limit: int
) -> list[Row[*tuple[Any, ...]]]:
    """List a version's receipts, newest first, with the address of who is known."""
    query = (
        select(
            receipts.c.id, receipts.c.at, receipts.c.path, receipts.c.address, receipts.c.bytes_asked, accounts.c.email
        )
        .outerjoin(accounts, accounts.c.id == receipts.c.account_id)
        .where(receipts.c.version_id == version_id)
        .order_by(receipts.c.id.desc())
        .limit(limit)
    )
    return list(await connection.execute(query if before is None else query.where(receipts.c.id < before)))


async def days_of_version(
    connection: AsyncConnection, version_id: UUID, *, limit: int
) -> list[tuple[date, int, int, int]]:
    """Count a version's downloads by day (UTC), newest first: archives, single files, bytes asked for."""
    rows = await connection.execute(
        text("""
            SELECT (at AT TIME ZONE 'UTC')::date AS day, count(*) FILTER (WHERE path IS NULL) AS archives,
                count(path) AS files, cast(sum(bytes_asked) AS bigint) AS size_bytes
            FROM package_receipts WHERE version_id = :version GROUP BY day ORDER BY day DESC LIMIT :limit
        """),
        {"version": version_id, "limit": limit},
    )
    return [(row.day, row.archives, row.files, row.size_bytes) for row in rows]
