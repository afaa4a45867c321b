"""The content of published versions, for anyone: their files, the manifest, the archive; nothing of a withdrawn one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

import msgspec
from sqlalchemy.engine import RowMapping

from domain.data_package import FrozenFile, PackageDamaged, PackageWithdrawn
from domain.errors import NotFound
from domain.tiers import Archived
from service.actions.bagging import MANIFEST_NAME
from service.actions.package_records import version_address
from service.actions.published import PublishedFile, Released, find_version
from service.actions.receipts import count_package_download
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from service.recalls import check_readable
from service.version_archive import VersionArchive, open_version_archive
from service.zip_stream import stream_archive
from storage import package_store, tier_store
from storage.objects import OCTET_STREAM

__all__ = ["ZipFile", "file_address", "find_zip", "list_files", "read_manifest", "read_zip"]


class ZipFile(msgspec.Struct, frozen=True, kw_only=True):
    """An archive to be sent: its name, validator and length."""

    archive: VersionArchive
    package: str
    version: int
    filename: str
    etag: str
    modified_at: datetime
    size_bytes: int


async def _content(house: House, organisation: str, package: str, version: int) -> tuple[Released, RowMapping]:
    """Find a version whose content may be given out.

    Raises
    ------
    PackageWithdrawn
    """
    released, row = await find_version(house, organisation, package, version)
    if row["state"] == "withdrawn":
        raise PackageWithdrawn(
            f"Version {version} was withdrawn: {row['withdrawn_reason'][:500]}",
            tombstone=version_address(house, organisation, package, version),
        )
    return released, row


async def list_files(
    house: House, organisation: str, package: str, version: int, *, prefix: str, cursor: str | None, limit: int
) -> Page[PublishedFile]:
    """List a version's data files in order of path.

    Raises
    ------
    NotFound, PackageWithdrawn
    """
    position = decode_cursor(cursor, str)
    released, row = await _content(house, organisation, package, version)
    async with house.database.transaction(organisation=released.organisation_id) as connection:
        files = await package_store.page_frozen_files(
            connection,
            row["id"],
            after=position[0] if position else "",
            limit=limit + 1,
            prefix=prefix,
            only_data=True,
        )
    items = [PublishedFile(path=f.path, size_bytes=f.size_bytes, sha256=f.sha256.hex()) for f in files[:limit]]
    return Page(items, encode_cursor(items[-1].path) if len(files) > limit else None)


async def _file(
    house: House, organisation: str, package: str, version: int, path: str
) -> tuple[UUID, UUID, FrozenFile]:
    released, row = await _content(house, organisation, package, version)
    async with house.database.transaction(organisation=released.organisation_id) as connection:
        file = await package_store.find_frozen_file(connection, row["id"], path)
    if file is None:
        raise NotFound("This version has no file under this path.")
    return released.organisation_id, row["id"], file


async def file_address(
    house: House,
    organisation: str,
    package: str,
    version: int,
    path: str,
    *,
    visitor: Actor | None = None,
    counted: bool = True,
) -> str:
    """Sign an address of one file's bytes, straight at the object store.

    Parameters
    ----------
    counted : bool
        Whether this is a download, and not the going on of one.

    Raises
    ------
    NotFound, PackageWithdrawn
    """
    organisation_id, version_id, file = await _file(house, organisation, package, version, path)
    await check_readable(house, organisation_id, [file.sha256], visitor)
    if counted:
        await count_package_download(
            house,
            organisation_id,
            version_id,
            visitor=visitor,
            package=package,
            version=version,
            path=file.path,
            bytes_asked=file.size_bytes,
        )
        house.downloads.note_bytes(organisation_id, visitor.account_id if visitor else None, file.size_bytes)
    return house.objects.sign_get(
        file.object_key,
        expires_s=house.config.signed_url_seconds,
        filename=PurePosixPath(file.path).name,
        media_type=OCTET_STREAM,
    )


async def read_manifest(
    house: House, organisation: str, package: str, version: int
) -> tuple[FrozenFile, AsyncIterator[bytes]]:
    """Open a version's manifest.

    Raises
    ------
    NotFound, PackageWithdrawn
    PackageDamaged
        It is not in the store.
    """
    _, _, file = await _file(house, organisation, package, version, MANIFEST_NAME)
    chunks = house.objects.stream(file.object_key)
    try:
        first = await anext(chunks, b"")
    except NotFound as error:
        raise PackageDamaged("The manifest cannot be read; tell the organisation that published it.") from error
    return file, _after(first, chunks)


async def find_zip(house: House, organisation: str, package: str, version: int) -> ZipFile:
    """Lay out a version's archive.

    Raises
    ------
    NotFound, PackageWithdrawn
    Archived
        Something of it still lies in the archive: it was published just now, and is on its way up.
    """
    released, row = await _content(house, organisation, package, version)
    async with house.database.transaction(organisation=released.organisation_id) as connection:
        if await tier_store.version_archived(connection, row["id"]):
            raise Archived("Some of these files are on their way from the archive: try again in some hours.")
    folder = f"{package}-v{version}"
    archive = await open_version_archive(house, row, folder=folder)
    return ZipFile(
        archive=archive,
        package=package,
        version=version,
        filename=f"{folder}.zip",
        etag=archive.etag,
        modified_at=archive.changed_at,
        size_bytes=archive.layout.total_bytes,
    )


async def read_zip(house: House, file: ZipFile, wanted: range, *, visitor: Actor | None = None) -> AsyncIterator[bytes]:
    """Begin reading a range of an archive; what fails before its first byte still gets an answer of its own.

    A range that holds the first byte counts as a download: who resumes one is not counted twice.

    Raises
    ------
    PackageDamaged, StoreUnavailable
    """
    chunks = stream_archive(file.archive, wanted.start, wanted.stop)
    first = await anext(chunks, b"")
    house.downloads.note_bytes(file.archive.organisation_id, visitor.account_id if visitor else None, len(wanted))
    if wanted.start == 0:
        await count_package_download(
            house,
            file.archive.organisation_id,
            file.archive.version_id,
            visitor=visitor,
            package=file.package,
            version=file.version,
            path=None,
            bytes_asked=len(wanted),
        )
    return _after(first, chunks)


async def _after(first: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in chunks:
        yield chunk
