"""Data packages as anyone sees them, without login: what is published, and tombstones."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.engine import RowMapping

from domain.citation import bibtex, citation_text
from domain.data_package import PackageState
from domain.errors import NotFound
from domain.licence import Licence
from domain.package_metadata import Contributor, Funding, PackageDate, RelatedIdentifier
from service.actions.package_records import page_address, record_of, version_address
from service.house import House
from storage import doi_store, organisation_store, package_store

__all__ = [
    "PackageLinks",
    "PublishedFile",
    "PublishedPackage",
    "PublishedVersion",
    "Released",
    "VersionSummary",
    "find_version",
    "get_package",
    "get_version",
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
