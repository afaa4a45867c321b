"""Addresses of many files' bytes, in one request: each as if it had been asked for alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.header import Problem
from service.house import Actor, House
from storage import file_store

__all__ = ["FileAddress", "FileAddresses", "FilesWanted", "read_file_addresses"]

NOT_THERE = Problem("not-found", "There is no such file in this organisation, or it was deleted.")
ASLEEP = Problem("archived", "It lies in the archive: ask for it alone, which begins its recall.")


class FilesWanted(msgspec.Struct):
    """Files by their identifiers."""

    files: Annotated[list[UUID], Meta(min_length=1, max_length=1000)]


class FileAddress(msgspec.Struct, kw_only=True):
    """Where a file's bytes are, straight at the object store; the address takes Range.

    ``problem`` tells why there is none; then all but ``file`` is null. ``crc32c`` is of the whole file, base64 of its
    four bytes as S3 writes it.
    """

    file: UUID
    path: str | None = None
    url: str | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    crc32c: str | None = None
    problem: Problem | None = None


class FileAddresses(msgspec.Struct):
    """For each file its address, in the order they were asked."""

    addresses: list[FileAddress]
    expires_at: datetime


async def read_file_addresses(house: House, actor: Actor, organisation: str, wanted: FilesWanted) -> FileAddresses:
    """Sign an address for each of many files; each given counts as a download, with all of the file's bytes.

    What lies in the archive has a problem instead and is not recalled: who asks for many reads ahead, and does not
    mean to pay for all of them.
    """
    async with house.tenant(actor, organisation) as tenant:
        rows = await file_store.find_readable(tenant.connection, wanted.files)
    expires_s = house.config.signed_url_seconds
    expires_at = datetime.now(UTC) + timedelta(seconds=expires_s)

    def address(file_id: UUID, row: Any) -> FileAddress:
        if row is None:
            return FileAddress(file=file_id, problem=NOT_THERE)
        if row.tier == "archive":
            return FileAddress(file=file_id, problem=ASLEEP)
        house.downloads.note(tenant.organisation_id, file_id, actor.account_id)
        house.downloads.note_bytes(tenant.organisation_id, actor.account_id, row.size_bytes)
        url = house.objects.sign_get(
            row.object_key,
            expires_s=expires_s,
            filename=PurePosixPath(row.path).name,
            media_type=row.media_type,
        )
        return FileAddress(
            file=file_id,
            path=row.path,
            url=url,
            sha256=row.sha256.hex(),
            size_bytes=row.size_bytes,
            crc32c=row.crc32c,
        )

    return FileAddresses([address(file_id, rows.get(file_id)) for file_id in wanted.files], expires_at)
