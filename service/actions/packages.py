"""Data packages as their organisation sees them: drafted, changed, listed, begun anew."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy.engine import RowMapping

from domain.data_package import DraftExists, NotADraft, PackageState
from domain.errors import InvalidInput, NotFound
from domain.licence import get_licence
from domain.package_metadata import (
    Contributor,
    Funding,
    PackageDate,
    RelatedIdentifier,
    check_contributors,
    check_dates,
    check_funding,
    check_related,
)
from domain.slugs import check_slug, slug_of
from service.house import Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from storage import doi_store, package_store

__all__ = [
    "Doi",
    "NewPackage",
    "Package",
    "PackageChange",
    "PackageSummary",
    "PackageVersion",
    "add_package",
    "add_version",
    "change_draft",
    "get_package",
    "list_packages",
    "lock_version",
    "package_of",
]

Slug = Annotated[str, Meta(max_length=64)]
Title = Annotated[str, Meta(min_length=1, max_length=500, examples=["M31 in R, autumn 2026"])]
Description = Annotated[str, Meta(max_length=50_000)]
LicenceId = Annotated[
    str, Meta(min_length=1, max_length=64, description="SPDX identifier.", examples=["CC-BY-4.0", "CC0-1.0"])
]
Contributors = Annotated[list[Contributor], Meta(max_length=1000)]
Keywords = Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(max_length=100)]
Related = Annotated[list[RelatedIdentifier], Meta(max_length=1000)]
FundingReferences = Annotated[list[Funding], Meta(max_length=100)]
Dates = Annotated[list[PackageDate], Meta(max_length=100)]
Datasets = Annotated[
    list[Slug], Meta(min_length=1, max_length=100, description="Slugs of the datasets it is made from.")
]


class NewPackage(msgspec.Struct, kw_only=True):
    """``slug`` is its name in addresses; left out, it is made from the title."""

    slug: Slug | None = None
    title: Title
    description: Description = ""
    licence: LicenceId
    contributors: Contributors = []
    keywords: Keywords = []
    related: Related = []
    funding: FundingReferences = []
    dates: Dates = []
    datasets: Datasets


class PackageChange(msgspec.Struct, kw_only=True):
    """Members left out stay as they are."""

    title: Title | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    licence: LicenceId | UnsetType = UNSET
    contributors: Contributors | UnsetType = UNSET
    keywords: Keywords | UnsetType = UNSET
    related: Related | UnsetType = UNSET
    funding: FundingReferences | UnsetType = UNSET
    dates: Dates | UnsetType = UNSET
    datasets: Datasets | UnsetType = UNSET


class Doi(msgspec.Struct, kw_only=True):
    """A DOI as DataCite has it (``none``: not yet), as it is wanted, and why the two differ."""

    doi: str
    state: Literal["none", "draft", "registered", "findable"]
    wanted: Literal["draft", "registered", "findable"]
    error: str | None


class PackageVersion(msgspec.Struct, kw_only=True):
    """A version. Once published, what it says and holds is frozen; its counts are of the data alone."""

    version: int
    state: PackageState
    title: str
    description: str
    licence: str
    contributors: list[Contributor]
    keywords: list[str]
    related: list[RelatedIdentifier]
    funding: list[Funding]
    dates: list[PackageDate]
    datasets: list[str]
    file_count: int | None
    size_bytes: int | None
    manifest_sha256: str | None
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    downloads: int
    doi: Doi | None
    created_at: datetime


class Package(msgspec.Struct, kw_only=True):
    """A package with all its versions, newest first, and the DOI of all of them together."""

    slug: str
    doi: Doi | None
    versions: list[PackageVersion]


class PackageSummary(msgspec.Struct, kw_only=True):
    """A package with its newest version, and the number of the version that is published now."""

    slug: str
    newest: PackageVersion
    published_version: int | None


def version_of(row: RowMapping) -> PackageVersion:
    """Turn a row into a version."""
    values = {name: row[name] for name in PackageVersion.__struct_fields__}
    values["doi"] = (
        Doi(doi=row["doi"], state=row["doi_state"], wanted=row["doi_wanted"], error=row["doi_error"])
        if row["doi"]
        else None
    )
    values["manifest_sha256"] = row["manifest_sha256"].hex() if row["manifest_sha256"] else None
    return msgspec.convert(values, PackageVersion, from_attributes=True)


async def package_of(tenant: Tenant, slug: str) -> Package:
    """Read a package with its versions.

    Raises
    ------
    NotFound
    """
    rows = await package_store.list_versions(tenant.connection, slug)
    if not rows:
        raise NotFound(f"There is no data package {slug[:64]!r} in this organisation.", kind="package", slug=slug[:64])
    concept = next(
        (row for row in await doi_store.list_dois(tenant.connection, rows[0]["package_id"]) if not row["version_id"]),
        None,
    )
    return Package(
        slug=slug,
        doi=Doi(**{name: concept[name] for name in Doi.__struct_fields__}) if concept else None,
        versions=[version_of(row) for row in rows],
    )


async def lock_version(tenant: Tenant, slug: str, version: int) -> RowMapping:
    """Hold a package and find one of its versions, so that two who change it come one after the other.

    Raises
    ------
    NotFound
        No such package or version.
    """
    await package_store.lock_package(tenant.connection, slug)
    rows = await package_store.list_versions(tenant.connection, slug)
    row = next((row for row in rows if row["version"] == version), None)
    if row is None:
        raise NotFound(f"The data package {slug[:64]!r} has no version {version}.", kind="version", version=version)
    return row


async def _values(tenant: Tenant, change: NewPackage | PackageChange) -> dict[str, Any]:
    """Check what is given and turn it into columns."""
    values: dict[str, Any] = {}
    if change.title is not UNSET:
        values["title"] = " ".join(change.title.split())
        if not values["title"]:
            raise InvalidInput("A title may not be blank.")
    if change.description is not UNSET:
        values["description"] = change.description
    if change.licence is not UNSET:
        values["licence"] = get_licence(change.licence).id
    if change.contributors is not UNSET:
        values["contributors"] = msgspec.to_builtins(check_contributors(change.contributors))
    if change.keywords is not UNSET:
        trimmed = (" ".join(keyword.split()) for keyword in change.keywords)
        values["keywords"] = list(dict.fromkeys(keyword for keyword in trimmed if keyword))
    if change.related is not UNSET:
        values["related"] = msgspec.to_builtins(check_related(change.related))
    if change.funding is not UNSET:
        values["funding"] = msgspec.to_builtins(check_funding(change.funding))
    if change.dates is not UNSET:
        values["dates"] = msgspec.to_builtins(check_dates(change.dates))
    if change.datasets is not UNSET:
        values["datasets"] = list(dict.fromkeys(change.datasets))
        await package_store.lock_datasets(tenant.connection, values["datasets"])
    return values


async def add_package(house: House, actor: Actor, organisation: str, new: NewPackage) -> Package:
    """Draft a package: version 1.

    Raises
    ------
    Conflict
        The slug is taken.
    NotFound
        A dataset does not exist.
    UnknownLicence, InvalidOrcid, InvalidRor, InvalidDoi
    """
    slug = check_slug(new.slug or slug_of(new.title))
    async with house.tenant(actor, organisation) as tenant:
        values = await _values(tenant, new)
        package_id = await package_store.add_package(tenant.connection, tenant.organisation_id, slug)
        await package_store.add_version(
            tenant.connection,
            tenant.organisation_id,
            package_id,
            version=1,
            state="draft",
            created_by=actor.account_id,
            **values,
        )
        return await package_of(tenant, slug)


async def get_package(house: House, actor: Actor, organisation: str, slug: str) -> Package:
    """Read a package with its versions, drafts too; raises NotFound when there is none."""
    async with house.tenant(actor, organisation) as tenant:
        return await package_of(tenant, slug)


async def list_packages(
    house: House, actor: Actor, organisation: str, *, cursor: str | None, limit: int
) -> Page[PackageSummary]:
    """List packages in order of slug."""
    position = decode_cursor(cursor, str)
    async with house.tenant(actor, organisation) as tenant:
        rows = await package_store.list_packages(
            tenant.connection, after=position[0] if position else None, limit=limit + 1
        )
    items = [
        PackageSummary(slug=row["slug"], newest=version_of(row), published_version=row["published_version"])
        for row in rows[:limit]
    ]
    return Page(items, encode_cursor(items[-1].slug) if len(rows) > limit else None)


async def add_version(house: House, actor: Actor, organisation: str, slug: str) -> Package:
    """Begin the next version as a draft that says what the newest one says.

    Raises
    ------
    DraftExists
        The newest version is a draft itself.
    NotFound
    """
    async with house.tenant(actor, organisation) as tenant:
        package_id = await package_store.lock_package(tenant.connection, slug)
        newest = (await package_store.list_versions(tenant.connection, slug))[0]
        if newest["state"] == "draft":
            raise DraftExists(
                f"Version {newest['version']} is still a draft: change or publish that one.", version=newest["version"]
            )
        kept = (
            "title", "description", "licence", "contributors", "keywords", "related", "funding", "dates", "datasets",
        )  # fmt: skip
        await package_store.add_version(
            tenant.connection,
            tenant.organisation_id,
            package_id,
            version=newest["version"] + 1,
            state="draft",
            created_by=actor.account_id,
            **{name: newest[name] for name in kept},
        )
        return await package_of(tenant, slug)


async def change_draft(
    house: House, actor: Actor, organisation: str, slug: str, version: int, change: PackageChange
) -> Package:
    """Change what a draft says.

    Raises
    ------
    NotADraft
        It was published.
    NotFound
        No such version, or no such dataset.
    UnknownLicence, InvalidOrcid, InvalidRor, InvalidDoi
    """
    async with house.tenant(actor, organisation) as tenant:
        row = await lock_version(tenant, slug, version)
        if row["state"] != "draft":
            raise NotADraft(
                f"Version {version} is {row['state']} and stays as it is: begin a new version.", state=row["state"]
            )
        await package_store.change_version(tenant.connection, row["id"], await _values(tenant, change))
        return await package_of(tenant, slug)
