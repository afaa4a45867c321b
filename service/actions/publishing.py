"""Publishing a version of a data package, which freezes it, and withdrawing it, which leaves a tombstone."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy.engine import RowMapping

from domain.citation import Citation, citation_text
from domain.data_package import (
    Contributor,
    FrozenFile,
    ManifestHead,
    NotADraft,
    PackageEmpty,
    PathClashes,
    checksum_line,
    licence_text,
    manifest_frame,
    manifest_line,
)
from domain.errors import Conflict, InvalidInput
from domain.licence import get_licence
from domain.paths import clean_path
from service.actions.embargoes import refuse_held_back
from service.actions.packages import Package, lock_version, package_of
from service.audit_log import record
from service.house import Actor, House, Tenant
from storage import job_store, organisation_store, package_store

__all__ = ["MANIFEST_NAME", "Withdrawal", "citation_of", "publish", "version_address", "withdraw"]

MANIFEST_NAME = "manifest.json"
ROWS_PER_PAGE = 5000


class Withdrawal(msgspec.Struct):
    """Why; the tombstone says so for ever."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000, examples=["The time stamps are wrong by one hour."])]


def version_address(house: House, organisation: str, package: str, version: int) -> str:
    """Write the public address of a version."""
    return f"{house.config.base_url}/api/v1/packages/{organisation}/{package}/versions/{version}"


def citation_of(
    house: House, row: RowMapping, organisation: str, publisher: str, package: str, published_at: datetime
) -> Citation:
    """Gather what a citation of a version is made of."""
    return Citation(
        names=[person["name"] for person in row["contributors"]],
        year=published_at.astimezone(UTC).year,
        title=row["title"],
        version=row["version"],
        publisher=publisher,
        url=version_address(house, organisation, package, row["version"]),
        key=f"{organisation}-{package}-v{row['version']}",
    )


async def publish(house: House, actor: Actor, organisation: str, slug: str, version: int) -> Package:
    """Publish a draft: its files, their checksums and what it says are frozen; the version before it is superseded.

    Raises
    ------
    NotADraft
        It was published already, perhaps just now by somebody else.
    PackageEmpty
        Its datasets hold no files.
    PathClash
        A file has the name of a folder.
    NotFound
        No such version, or one of its datasets is gone.
    UnderEmbargo
        Some of its files are held back.
    """
    async with house.tenant(actor, organisation) as tenant:
        row = await lock_version(tenant, slug, version)
        if row["state"] != "draft":
            raise NotADraft(f"Version {version} is {row['state']} already.", state=row["state"])
        dataset_ids = await package_store.lock_datasets(tenant.connection, row["datasets"])
        await refuse_held_back(
            tenant, dataset_ids, what="lift that, leave them out, or publish then; what is published anyone may read"
        )
        file_count, size_bytes = await package_store.freeze_files(
            tenant.connection, tenant.organisation_id, row["id"], dataset_ids
        )
        if not file_count:
            raise PackageEmpty("Its datasets hold no files: add some before publishing.", datasets=row["datasets"])
        published_at = datetime.now(UTC).replace(microsecond=0)
        publisher = (await organisation_store.get_name(tenant.connection, tenant.organisation_id)).name
        citation = citation_of(house, row, organisation, publisher, slug, published_at)
        head = ManifestHead(
            organisation=organisation,
            publisher=publisher,
            package=slug,
            version=version,
            title=row["title"],
            description=row["description"],
            licence=row["licence"],
            contributors=msgspec.convert(row["contributors"], list[Contributor]),
            keywords=row["keywords"],
            datasets=row["datasets"],
            url=citation.url,
            published_at=published_at,
            file_count=file_count,
            size_bytes=size_bytes,
        )
        manifest, checksums = await _read_frozen(tenant, row["id"], head)
        licence = get_licence(row["licence"])
        texts = {
            MANIFEST_NAME: manifest,
            "manifest-sha256.txt": checksums,
            "CITATION.txt": f"{citation_text(citation)}\n".encode(),
            "LICENCE.txt": licence_text(f"{licence.name} ({licence.id})", licence.url).encode(),
        }
        described = {
            name: await asyncio.to_thread(_frozen, tenant.organisation_id, name, data) for name, data in texts.items()
        }
        # Bytes first, row second. The store is written to inside the transaction, against the rule elsewhere: the
        # manifest is that of the rows frozen here, and the lock is what makes a second publisher wait and be refused.
        for name, file in described.items():
            await house.objects.put(file.object_key, texts[name], durable=False)
        await house.objects.ensure_durable([file.object_key for file in described.values()])
        await package_store.add_frozen_files(
            tenant.connection, tenant.organisation_id, row["id"], list(described.values())
        )
        await package_store.supersede_published(tenant.connection, row["package_id"])
        values = package_store.published_values(described[MANIFEST_NAME], file_count, size_bytes, published_at)
        await package_store.change_version(tenant.connection, row["id"], values)
        await job_store.add_event(
            tenant.connection, tenant.organisation_id, "package.published", {"package": slug, "version": version}
        )
        made = await package_of(tenant, slug)
        manifest_sha256 = described[MANIFEST_NAME].sha256.hex()
        await record(
            tenant,
            "package.published",
            f"packages/{slug}/versions/{version}",
            files=file_count,
            manifest_sha256=manifest_sha256,
        )
        return made


async def _read_frozen(tenant: Tenant, version_id: UUID, head: ManifestHead) -> tuple[bytes, bytes]:
    """Write the manifest and the list of checksums of the files just frozen, checking each path once more."""
    before, behind = manifest_frame(head)
    lines: list[bytes] = []
    checksums: list[bytes] = []
    clashes = PathClashes()
    after = ""
    while True:
        page = await package_store.page_frozen_files(
            tenant.connection, version_id, after=after, limit=ROWS_PER_PAGE, only_data=True
        )
        for file in page:
            if clean_path(file.path) != file.path:
                raise InvalidInput(f"The path {file.path[:200]!r} cannot be published: give the file another one.")
            clashes.check(file.path)
        lines += [manifest_line(file) for file in page]
        checksums += [checksum_line(file) for file in page]
        if len(page) < ROWS_PER_PAGE:
            return before + b",\n".join(lines) + behind, b"".join(checksums)
        after = page[-1].path


def _frozen(organisation_id: UUID, name: str, data: bytes) -> FrozenFile:
    sha256 = hashlib.sha256(data)
    key = f"{organisation_id.hex}/packages/{sha256.hexdigest()}"
    return FrozenFile(name, len(data), sha256.digest(), zlib.crc32(data), key)


async def withdraw(
    house: House, actor: Actor, organisation: str, slug: str, version: int, withdrawal: Withdrawal
) -> Package:
    """Withdraw a version: its tombstone stays readable, its content does not.

    Raises
    ------
    Conflict
        It is a draft, or was withdrawn before.
    NotFound
    """
    reason = withdrawal.reason.strip()
    if not reason:
        raise InvalidInput("Say why it is withdrawn.")
    async with house.tenant(actor, organisation) as tenant:
        row = await lock_version(tenant, slug, version)
        if row["state"] not in ("published", "superseded"):
            raise Conflict(f"Version {version} is {row['state']}: only what was published is withdrawn.")
        await package_store.change_version(
            tenant.connection,
            row["id"],
            {"state": "withdrawn", "withdrawn_at": datetime.now(UTC), "withdrawn_reason": reason},
        )
        await job_store.add_event(
            tenant.connection, tenant.organisation_id, "package.withdrawn", {"package": slug, "version": version}
        )
        await record(tenant, "package.withdrawn", f"packages/{slug}/versions/{version}", reason=reason)
        return await package_of(tenant, slug)
