"""Receipts of downloads: one for each that began at the first byte."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.receipt_tables import package_receipts as receipts
from storage.tables import metadata

__all__ = [
    "FileTaken",
    "add_dataset_downloads",
    "add_package_receipt",
    "days_of_dataset",
    "days_of_version",
    "list_dataset_downloads",
    "list_receipts",
]

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


class FileTaken(msgspec.Struct, frozen=True):
    """A file whose bytes somebody asked for."""

    file_id: UUID
    account_id: UUID
    at: datetime


async def add_dataset_downloads(connection: AsyncConnection, organisation_id: UUID, taken: list[FileTaken]) -> None:
    """Count files that were asked for with every dataset that holds them, by person and day (UTC)."""
    await connection.execute(
        text("""
            INSERT INTO dataset_downloads (organisation_id, dataset_id, day, account_id, files, size_bytes, last_at)
            SELECT cast(:organisation AS uuid), d.dataset_id, (t.at AT TIME ZONE 'UTC')::date AS day, t.account_id,
                count(*), sum(f.size_bytes), max(t.at)
            FROM unnest(cast(:files AS uuid[]), cast(:accounts AS uuid[]), cast(:moments AS timestamptz[]))
                AS t (file_id, account_id, at)
            JOIN files f ON f.id = t.file_id
            JOIN dataset_files d ON d.file_id = f.id
            GROUP BY d.dataset_id, day, t.account_id
            ORDER BY d.dataset_id, day, t.account_id  -- in one order, so that two who write never wait for each other
            ON CONFLICT (organisation_id, dataset_id, day, account_id) DO UPDATE SET
                files = dataset_downloads.files + excluded.files,
                size_bytes = dataset_downloads.size_bytes + excluded.size_bytes,
                last_at = greatest(dataset_downloads.last_at, excluded.last_at)
        """),
        {
            "organisation": organisation_id,
            "files": [one.file_id for one in taken],
            "accounts": [one.account_id for one in taken],
            "moments": [one.at for one in taken],
        },
    )


async def list_dataset_downloads(
    connection: AsyncConnection, dataset_id: UUID, *, before: tuple[date, str] | None, limit: int
) -> list[Row[*tuple[Any, ...]]]:
    """List who took files of a dataset on which day, newest first."""
    rows = await connection.execute(
        text("""
            SELECT d.day, a.email, d.files, d.size_bytes, d.last_at
            FROM dataset_downloads d JOIN accounts a ON a.id = d.account_id
            WHERE d.dataset_id = :dataset
            AND (cast(:day AS date) IS NULL OR (d.day, a.email) < (cast(:day AS date), cast(:email AS text)))
            ORDER BY d.day DESC, a.email DESC LIMIT :limit
        """),
        {
            "dataset": dataset_id,
            "day": before[0] if before else None,
            "email": before[1] if before else None,
            "limit": limit,
        },
    )
    return list(rows)


async def days_of_dataset(connection: AsyncConnection, dataset_id: UUID, *, limit: int) -> list[tuple[date, int, int]]:
    """Count the files taken of a dataset by day (UTC), and their bytes, newest first."""
    rows = await connection.execute(
        text(
            "SELECT day, cast(sum(files) AS bigint) AS files, cast(sum(size_bytes) AS bigint) AS size_bytes"
            " FROM dataset_downloads WHERE dataset_id = :dataset GROUP BY day ORDER BY day DESC LIMIT :limit"
        ),
        {"dataset": dataset_id, "limit": limit},
    )
    return [(row.day, row.files, row.size_bytes) for row in rows]
