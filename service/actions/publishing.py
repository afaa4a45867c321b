"""Publishing a version of a data package, which freezes it, and withdrawing it, which leaves a tombstone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy.engine import RowMapping

from domain.data_package import ManifestHead, NotADraft, PackageEmpty
from domain.errors import Conflict, InvalidInput
from domain.package_metadata import PackageDate
from service.actions.bagging import BAG, freeze_texts
from service.actions.dois import follow_versions
from service.actions.embargoes import refuse_held_back
from service.actions.package_records import record_of
from service.actions.packages import Package, lock_version, package_of
from service.audit_log import record
from service.house import Actor, House, Tenant
from storage import embargo_store, job_store, organisation_store, package_store, publication_store

__all__ = ["Withdrawal", "publish", "withdraw"]

HELD_BACK = "lift that, leave them out, or publish then; what is published anyone may read"


class Withdrawal(msgspec.Struct):
    """Why; the tombstone says so for ever."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000, examples=["The time stamps are wrong by one hour."])]


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
        await refuse_held_back(tenant, dataset_ids, what=HELD_BACK)
        file_count, size_bytes = await package_store.freeze_files(
            tenant.connection, tenant.organisation_id, row["id"], dataset_ids
        )
        if not file_count:
            raise PackageEmpty("Its datasets hold no files: add some before publishing.", datasets=row["datasets"])
        published_at = datetime.now(UTC).replace(microsecond=0)
        publisher = (await organisation_store.get_name(tenant.connection, tenant.organisation_id)).name
        dates = await _dates(tenant, row)
        frozen = {"published_at": published_at, "file_count": file_count, "size_bytes": size_bytes, "dates": dates}
        published = record_of(house, dict(row) | frozen, organisation, publisher, slug)
        head = ManifestHead(
            organisation=organisation,
            publisher=publisher,
            package=slug,
            version=version,
            title=published.title,
            description=published.description,
            licence=published.licence.id,
            contributors=published.contributors,
            keywords=published.keywords,
            datasets=row["datasets"],
            url=published.url,
            published_at=published_at,
            file_count=file_count,
            size_bytes=size_bytes,
        )
        manifest = await freeze_texts(house, tenant, row["id"], head, published)
        # What joined meanwhile, or was put under an embargo, was not asked about; from here on nothing is.
        await embargo_store.lock_ends(tenant.connection, tenant.organisation_id)
        await refuse_held_back(tenant, dataset_ids, what=HELD_BACK)
        await package_store.supersede_published(tenant.connection, row["package_id"])
        values = package_store.published_values(manifest, file_count, size_bytes, published_at)
        values |= {"layout": BAG, "publisher": publisher, "dates": dates}
        await package_store.change_version(tenant.connection, row["id"], values)
        await publication_store.follow_package(tenant.connection, row["package_id"])
        await follow_versions(tenant, row["package_id"])
        await job_store.add_event(
            tenant.connection, tenant.organisation_id, "package.published", {"package": slug, "version": version}
        )
        made = await package_of(tenant, slug)
        manifest_sha256 = manifest.sha256.hex()
        await record(
            tenant,
            "package.published",
            f"packages/{slug}/versions/{version}",
            files=file_count,
            manifest_sha256=manifest_sha256,
        )
        return made


async def _dates(tenant: Tenant, row: RowMapping) -> list[dict[str, Any]]:
    """Give a version's dates, with the time of its exposures where nobody said when the data were collected."""
    dates: list[dict[str, Any]] = row["dates"]
    collected = await package_store.collected_between(tenant.connection, row["id"])
    if collected is None or any(each["type"] == "Collected" for each in dates):
        return dates
    ends = [f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for moment in collected]
    made = PackageDate(date="/".join(dict.fromkeys(ends)), type="Collected")
    return [*dates, msgspec.to_builtins(made)]


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
        await publication_store.follow_package(tenant.connection, row["package_id"])
        await follow_versions(tenant, row["package_id"])
        await job_store.add_event(
            tenant.connection, tenant.organisation_id, "package.withdrawn", {"package": slug, "version": version}
        )
        await record(tenant, "package.withdrawn", f"packages/{slug}/versions/{version}", reason=reason)
        return await package_of(tenant, slug)
