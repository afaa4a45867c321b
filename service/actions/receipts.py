"""Receipts of downloads: given out with the first byte, read by those who publish, and by those who manage."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from domain.errors import NotFound
from service.audit_log import record
from service.client_address import client_network
from service.house import Actor, House, Tenant
from service.paging import decode_cursor, encode_cursor
from storage import dataset_store, package_store, receipt_store

__all__ = [
    "DatasetDay",
    "DatasetDownload",
    "DatasetDownloads",
    "DownloadDay",
    "Downloads",
    "Receipt",
    "begins",
    "count_package_download",
    "list_dataset_downloads",
    "list_package_downloads",
]

DAYS_SHOWN = 366


class Receipt(msgspec.Struct, kw_only=True):
    """One download. ``who`` is null where nobody was signed in; ``path`` is null for the whole archive.

    ``address`` is the network it came from, /24 of IPv4 or /48 of IPv6.
    """

    at: datetime
    who: str | None
    address: str
    path: str | None
    bytes_asked: int


class DownloadDay(msgspec.Struct, kw_only=True):
    """A day, UTC: downloads of the whole archive, of single files, and the bytes asked for."""

    day: date
    archives: int
    files: int
    size_bytes: int


class Downloads(msgspec.Struct, kw_only=True):
    """A page of receipts, newest first. ``days`` stands on the first page: the last 366 days with downloads."""

    items: list[Receipt]
    next_cursor: str | None
    days: list[DownloadDay]


def begins(wanted: str | None) -> bool:
    """Tell whether a Range header asks for the first byte: such a request is a download, others go on with one."""
    return wanted is None or not wanted.startswith("bytes=") or wanted.startswith("bytes=0-")


async def count_package_download(
    house: House,
    organisation_id: UUID,
    version_id: UUID,
    *,
    visitor: Actor | None,
    package: str,
    version: int,
    path: str | None,
    bytes_asked: int,
) -> None:
    """Give a receipt, and count it; who is signed in is told in the audit log, too.

    Nobody waits until it is on disk: a power failure may take the last second's receipts, never a download.
    """
    async with house.database.transaction(organisation=organisation_id) as connection:
        await connection.execute(text("SET LOCAL synchronous_commit = off"))
        await receipt_store.add_package_receipt(
            connection,
            organisation_id,
            version_id,
            path=path,
            account_id=visitor.account_id if visitor else None,
            address=client_network(),
            bytes_asked=bytes_asked,
        )
        if path is None:
            await package_store.count_download(connection, version_id)
        if visitor is not None and path is None:
            tenant = Tenant(connection, organisation_id, "", "public", visitor)
            await record(tenant, "package.downloaded", f"packages/{package}/versions/{version}", bytes=bytes_asked)


async def list_package_downloads(
    house: House, actor: Actor, organisation: str, package: str, version: int, *, cursor: str | None, limit: int
) -> Downloads:
    """Tell who downloaded a version, and how many by day.

    Raises
    ------
    NotFound
        No such package or version.
    """
    position = decode_cursor(cursor, UUID)
    async with house.tenant(actor, organisation) as tenant:
        rows = await package_store.list_versions(tenant.connection, package)
        row = next((row for row in rows if row["version"] == version), None)
        if row is None:
            raise NotFound(f"The data package {package[:64]!r} has no version {version}.")
        receipts = await receipt_store.list_receipts(
            tenant.connection, row["id"], before=position[0] if position else None, limit=limit + 1
        )
        days = []
        if position is None:
            days = await receipt_store.days_of_version(tenant.connection, row["id"], limit=DAYS_SHOWN)
    return Downloads(
        items=[
            Receipt(at=r.at, who=r.email, address=r.address, path=r.path, bytes_asked=r.bytes_asked)
            for r in receipts[:limit]
        ],
        next_cursor=encode_cursor(receipts[limit - 1].id) if len(receipts) > limit else None,
        days=[
            DownloadDay(day=day, archives=archives, files=files, size_bytes=size_bytes)
            for day, archives, files, size_bytes in days
        ],
    )


class DatasetDownload(msgspec.Struct, kw_only=True):
    """What one person took of a dataset on one day, UTC: how often a file's bytes were asked for, and their size."""

    day: date
    who: str
    files: int
    size_bytes: int
    last_at: datetime


class DatasetDay(msgspec.Struct, kw_only=True):
    """What was taken of a dataset on one day, UTC."""

    day: date
    files: int
    size_bytes: int


class DatasetDownloads(msgspec.Struct, kw_only=True):
    """A page of receipts, newest first. ``days`` stands on the first page: the last 366 days with downloads."""

    items: list[DatasetDownload]
    next_cursor: str | None
    days: list[DatasetDay]


async def list_dataset_downloads(
    house: House, actor: Actor, organisation: str, dataset: str, *, cursor: str | None, limit: int
) -> DatasetDownloads:
    """Tell who took files of a dataset, by day; raises NotFound when there is no such dataset."""
    position = decode_cursor(cursor, date, str)
    async with house.tenant(actor, organisation) as tenant:
        dataset_id = await dataset_store.get_dataset_id(tenant.connection, dataset)
        rows = await receipt_store.list_dataset_downloads(
            tenant.connection, dataset_id, before=(position[0], position[1]) if position else None, limit=limit + 1
        )
        days = []
        if position is None:
            days = await receipt_store.days_of_dataset(tenant.connection, dataset_id, limit=DAYS_SHOWN)
    last = rows[limit - 1] if len(rows) > limit else None
    return DatasetDownloads(
        items=[
            DatasetDownload(day=r.day, who=r.email, files=r.files, size_bytes=r.size_bytes, last_at=r.last_at)
            for r in rows[:limit]
        ],
        next_cursor=encode_cursor(last.day, last.email) if last else None,
        days=[DatasetDay(day=day, files=files, size_bytes=size_bytes) for day, files, size_bytes in days],
    )
