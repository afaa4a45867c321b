"""Data packages as anyone sees them, without login: what is published, its files, its archive; tombstones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

import msgspec
from sqlalchemy.engine import RowMapping

from domain.citation import bibtex, citation_text
from domain.data_package import FrozenFile, PackageDamaged, PackageState, PackageWithdrawn
from domain.errors import NotFound
from domain.licence import Licence
from domain.package_metadata import Contributor, Funding, PackageDate, RelatedIdentifier
from domain.tiers import Archived
from service.actions.bagging import MANIFEST_NAME
from service.actions.package_records import page_address, record_of, version_address
from service.actions.receipts import count_package_download
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from service.recalls import check_readable
from service.version_archive import VersionArchive, open_version_archive
from service.zip_stream import stream_archive
from storage import doi_store, organisation_store, package_store, tier_store
from storage.objects import OCTET_STREAM

__all__ = [
    "PackageLinks",
    "PublishedFile",
    "PublishedPackage",
    "PublishedVersion",
    "Released",
    "VersionSummary",
    "ZipFile",
    "file_address",
    "find_version",
    "find_zip",
    "get_package",
    "get_version",
    "list_files",
    "read_manifest",
    "read_zip",
]


class PackageLinks(msgspec.Struct, kw_only=True):
    """Addresses of a version's content; ``files`` is a paged list, a file is at ``files`` + ``/`` + its path."""

    files: str
    manifest: str
    zip: str


class PublishedVersion(msgspec.Struct, kw_only=True):
    """A version as it is cited. ``links`` is null for a tombstone: what it held is no longer given out."""

    organisation: str
    publisher: str
    package: str
    version: int
    state: PackageState
    title: str
    description: str
    licence: Licence
    contributors: list[Contributor]
    keywords: list[str]
    related: list[RelatedIdentifier]
    funding: list[Funding]
    dates: list[PackageDate]
    datasets: list[str]
    file_count: int
    size_bytes: int
    manifest_sha256: str
    published_at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    downloads: int
    doi: str | None
    concept_doi: str | None
    address: str
    citation: str
    bibtex: str
    page: str
    links: PackageLinks | None


class VersionSummary(msgspec.Struct, kw_only=True):
    version: int
    state: PackageState
    title: str
    published_at: datetime
    address: str


class PublishedPackage(msgspec.Struct, kw_only=True):
    """A package: the version to use, which is the newest that is not withdrawn if there is one, and all of them."""

    organisation: str
    package: str
    current: PublishedVersion
    versions: list[VersionSummary]


class PublishedFile(msgspec.Struct, kw_only=True):
    path: str
    size_bytes: int
    sha256: str


class ZipFile(msgspec.Struct, frozen=True, kw_only=True):
    """An archive to be sent: its name, validator and length."""

    archive: VersionArchive
    package: str
    version: int
    filename: str
    etag: str
    modified_at: datetime
    size_bytes: int


class Released(msgspec.Struct, frozen=True):
    """A package's versions that were ever published, newest first, as rows."""

    organisation_id: UUID
    publisher: str
    concept_doi: str | None
    rows: list[RowMapping]


async def find_released(house: House, organisation: str, package: str) -> Released:
    """Read the versions that were ever published; drafts are not told apart from what does not exist.

    Raises
    ------
    NotFound
    """
    async with house.public(organisation) as tenant:
        publisher = (await organisation_store.get_name(tenant.connection, tenant.organisation_id)).name
        rows = await package_store.list_versions(tenant.connection, package)
        dois = await doi_store.list_dois(tenant.connection, rows[0]["package_id"]) if rows else []
    rows = [row for row in rows if row["state"] != "draft"]
    if not rows:
        raise NotFound("There is no such published data package.")
    concept = next((row["doi"] for row in dois if not row["version_id"] and row["state"] != "none"), None)
    return Released(tenant.organisation_id, publisher, concept, rows)


async def find_version(house: House, organisation: str, package: str, version: int) -> tuple[Released, RowMapping]:
    """Find a version that was ever published, with the others of its package; raises NotFound."""
    released = await find_released(house, organisation, package)
    row = next((row for row in released.rows if row["version"] == version), None)
    if row is None:
        raise NotFound("There is no such published version.")
    return released, row


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


def _version(house: House, released: Released, row: RowMapping, organisation: str, package: str) -> PublishedVersion:
    record = record_of(house, row, organisation, released.publisher, package)
    base = record.url
    return PublishedVersion(
        organisation=organisation,
        publisher=record.publisher,
        package=package,
        version=row["version"],
        state=row["state"],
        title=row["title"],
        description=row["description"],
        licence=record.licence,
        contributors=record.contributors,
        keywords=record.keywords,
        related=record.related,
        funding=record.funding,
        dates=record.dates,
        datasets=row["datasets"],
        file_count=row["file_count"],
        size_bytes=row["size_bytes"],
        manifest_sha256=row["manifest_sha256"].hex(),
        published_at=row["published_at"],
        withdrawn_at=row["withdrawn_at"],
        withdrawn_reason=row["withdrawn_reason"],
        downloads=row["downloads"],
        doi=record.doi,
        concept_doi=released.concept_doi,
        address=base,
        citation=citation_text(record),
        bibtex=bibtex(record),
        page=page_address(base),
        links=None
        if row["state"] == "withdrawn"
        else PackageLinks(files=f"{base}/files", manifest=f"{base}/manifest", zip=f"{base}/zip"),
    )


async def get_package(house: House, organisation: str, package: str) -> PublishedPackage:
    """Read a published package.

    Raises
    ------
    NotFound
        No such package, or nothing of it was ever published.
    """
    released = await find_released(house, organisation, package)
    current = next((row for row in released.rows if row["state"] != "withdrawn"), released.rows[0])
    return PublishedPackage(
        organisation=organisation,
        package=package,
        current=_version(house, released, current, organisation, package),
        versions=[
            VersionSummary(
                version=row["version"],
                state=row["state"],
                title=row["title"],
                published_at=row["published_at"],
                address=version_address(house, organisation, package, row["version"]),
            )
            for row in released.rows
        ],
    )


async def get_version(house: House, organisation: str, package: str, version: int) -> PublishedVersion:
    """Read a published version, or its tombstone; raises NotFound when there is none."""
    released, row = await find_version(house, organisation, package, version)
    return _version(house, released, row, organisation, package)


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
    archive = await open_version_archive(
        house,
        released.organisation_id,
        row["id"],
        folder=folder,
        bag_layout=row["layout"],
        moment=row["published_at"],
    )
    return ZipFile(
        archive=archive,
        package=package,
        version=version,
        filename=f"{folder}.zip",
        etag=f'"{row["manifest_sha256"].hex()}"',
        modified_at=row["published_at"],
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
