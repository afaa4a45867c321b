"""DOIs of data packages: wanted with a change, made at DataCite afterwards by a job that nobody waits for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.engine import RowMapping

from domain.datacite_metadata import datacite_json
from domain.errors import Conflict
from domain.package_metadata import RelatedIdentifier, RelationType
from service.actions.datacite_account import purpose_of, service_url
from service.actions.jobs import enqueue
from service.actions.package_records import package_address, page_address, record_of, version_address
from service.actions.packages import Package, lock_version, package_of
from service.audit_log import record
from service.config import Secret
from service.datacite_client import DataCite, DataCiteFailed
from service.house import NOBODY, Actor, House, Tenant
from service.process_pool import ProcessPool
from service.sealing import SealBroken, unseal
from storage import doi_store, job_store, organisation_store, package_store, publication_store

__all__ = ["DOI", "NoDataCiteAccount", "begin_forgotten_dois", "follow_versions", "reserve_doi", "sync_dois"]

DOI = "doi"  # the kind of job
ROUNDS = 5  # what is wanted may change while it is being done
PATIENCE = timedelta(hours=1)


class NoDataCiteAccount(Conflict):
    code = "no-datacite-account"
    title = "There is no DataCite account"


class Task(msgspec.Struct, frozen=True):
    """One DOI to be brought to what is wanted."""

    row: RowMapping
    attributes: dict[str, Any]


class Plan(msgspec.Struct, frozen=True):
    """Everything that is said to DataCite of one package."""

    package: str
    account: RowMapping | None
    tasks: list[Task]


async def reserve_doi(house: House, actor: Actor, organisation: str, slug: str, version: int) -> Package:
    """Reserve the DOI of a version, and with the first one that of all versions; safe to repeat.

    A draft's is a draft at DataCite and can be cited beforehand; a published version's becomes findable at once. The
    names are settled here, DataCite hears of them by a job.

    Raises
    ------
    NoDataCiteAccount
    Conflict
        The version was withdrawn, or another package has the name already.
    NotFound
    """
    async with house.tenant(actor, organisation) as tenant:
        row = await lock_version(tenant, slug, version)
        account = await doi_store.find_account(tenant.connection)
        if account is None:
            raise NoDataCiteAccount("Set the organisation's DataCite account first; it takes an admin.")
        if row["state"] == "withdrawn":
            raise Conflict(f"Version {version} was withdrawn: a tombstone gets no new DOI.", state=row["state"])
        name = f"{account['prefix']}/{organisation}.{slug}"
        added = False
        own = f"{name}.v{version}"
        for version_id, doi in ((None, name), (row["id"], own)):
            added |= await doi_store.add_doi(
                tenant.connection,
                tenant.organisation_id,
                row["package_id"],
                version_id,
                doi=doi,
                service=account["service"],
            )
        if added:
            await follow_versions(tenant, row["package_id"])
        made = await package_of(tenant, slug)
        if added:
            await record(tenant, "package.doi-reserved", f"packages/{slug}/versions/{version}", doi=own)
        return made


async def follow_versions(tenant: Tenant, package_id: UUID) -> None:
    """Want a package's DOIs as its versions are now, and begin the job that tells DataCite. Without DOIs do nothing."""
    count = await doi_store.want_as_versions_are(tenant.connection, package_id)
    if count:
        await enqueue(tenant, DOI, {"package": str(package_id)}, total=count)


async def begin_forgotten_dois(house: House, organisation_id: UUID) -> int:
    """Try again what DataCite would not take an hour ago; count the packages."""
    async with house.database.transaction(organisation=organisation_id) as connection:
        packages = await doi_store.list_forgotten(connection, kind=DOI, patience=PATIENCE)
        tenant = Tenant(connection, organisation_id, "", "worker", NOBODY)
        for package_id in packages:
            await enqueue(tenant, DOI, {"package": str(package_id)}, total=1)
    return len(packages)


async def sync_dois(
    house: House,
    pool: ProcessPool,
    tenant_of: Callable[[], AbstractAsyncContextManager[Tenant]],
    payload: dict[str, Any],
) -> tuple[int, int]:
    """Bring every DOI of a package at DataCite to what is wanted of it; the work of a job.

    All of them are sent each time, whatever was sent before: so that whoever repeats it, or was overtaken by another
    worker, ends with what is wanted last.

    Raises
    ------
    DataCiteFailed
        One of them could not be brought there; the others were.
    """
    package_id = UUID(payload["package"])
    for _ in range(ROUNDS):
        async with tenant_of() as tenant:
            plan = await _plan(house, tenant, package_id)
            organisation_id = tenant.organisation_id
        outcomes = await _carry_out(house, organisation_id, plan)
        is_current = True
        async with tenant_of() as tenant:
            for task, outcome in zip(plan.tasks, outcomes, strict=True):
                is_current &= await _note(tenant, plan.package, task.row, outcome)
        if failed := [outcome for outcome in outcomes if isinstance(outcome, DataCiteFailed)]:
            raise failed[0]
        if is_current:
            return len(outcomes), 0
    raise DataCiteFailed("The package changes faster than DataCite answers.")


async def _note(tenant: Tenant, package: str, row: RowMapping, outcome: Any) -> bool:
    """Keep what became of a DOI; tell whether that is what is wanted of it now."""
    if isinstance(outcome, DataCiteFailed):
        await doi_store.note_failure(tenant.connection, row["id"], outcome.detail)
        return True
    is_current = await doi_store.note_success(tenant.connection, row["id"], revision=row["revision"], state=outcome)
    if outcome != row["state"]:
        await publication_store.follow_package(tenant.connection, row["package_id"])
        payload = {"package": package, "doi": row["doi"], "state": outcome}
        await job_store.add_event(tenant.connection, tenant.organisation_id, "package.doi", payload)
    return is_current


async def _carry_out(house: House, organisation_id: UUID, plan: Plan) -> list[Any]:
    """Send the tasks, one after the other; give for each the state it has now, or the failure."""
    account = plan.account
    if account is None:
        return [DataCiteFailed("The organisation has no DataCite account any more.")] * len(plan.tasks)
    try:
        sealed = account["sealed_password"]
        password = Secret(unseal(house.config, sealed, purpose=purpose_of(organisation_id)).decode())
    except SealBroken:
        return [DataCiteFailed("The DataCite password cannot be unsealed: set it again.")] * len(plan.tasks)
    outcomes: list[Any] = []
    url = service_url(house.config, account["service"])
    async with DataCite(url, account["repository_id"], password) as datacite:
        for task in plan.tasks:
            row = task.row
            if row["service"] != account["service"]:
                outcomes.append(
                    DataCiteFailed(f"{row['doi']} is at DataCite's {row['service']} system, not where the account is.")
                )
                continue
            try:
                outcomes.append(await datacite.bring(row["doi"], row["wanted"], task.attributes))
            except DataCiteFailed as error:
                outcomes.append(error)
    return outcomes


async def _plan(house: House, tenant: Tenant, package_id: UUID) -> Plan:
    """Gather, in one look, what DataCite should have."""
    package = await package_store.get_slug(tenant.connection, package_id)
    owner = await organisation_store.get_name(tenant.connection, tenant.organisation_id)
    versions = {row["id"]: row for row in await package_store.list_versions(tenant.connection, package)}
    rows = await doi_store.list_dois(tenant.connection, package_id)
    account = await doi_store.find_account(tenant.connection)
    released = [row for row in versions.values() if row["state"] != "draft"]  # newest first
    doi_of = {row["version_id"]: row["doi"] for row in rows}

    def described(row: RowMapping) -> dict[str, Any]:
        about = versions.get(row["version_id"]) if row["version_id"] else _current(released)
        if about is None or about["state"] == "draft":
            about = about or max(versions.values(), key=lambda version: version["version"])
            return _draft(house, about, owner.slug, owner.name, package)
        published = record_of(house, about, owner.slug, owner.name, package)
        if row["version_id"] is None:
            relations = [_relation(doi_of.get(v["id"]), "HasVersion") for v in released]
            url = page_address(package_address(house, owner.slug, package))
        else:
            at = released.index(about)
            relations = [
                _relation(doi_of.get(None), "IsVersionOf"),
                *[_relation(doi_of.get(v["id"]), "IsNewVersionOf") for v in released[at + 1 : at + 2]],
                *[_relation(doi_of.get(v["id"]), "IsPreviousVersionOf") for v in released[max(at - 1, 0) : at]],
            ]
            url = page_address(published.url)
        metadata = datacite_json(
            published,
            doi=row["doi"],
            relations=[relation for relation in relations if relation],
            is_concept=row["version_id"] is None,
        )
        return metadata | {"url": url}

    return Plan(package, account, [Task(row, described(row)) for row in rows])


def _current(released: list[RowMapping]) -> RowMapping | None:
    """Choose the version that speaks for all: the newest that is not withdrawn, if there is one."""
    return next((row for row in released if row["state"] != "withdrawn"), released[0] if released else None)


def _relation(doi: str | None, relation: RelationType) -> RelatedIdentifier | None:
    return RelatedIdentifier(identifier=doi, type="DOI", relation=relation) if doi else None


def _draft(house: House, row: RowMapping, organisation: str, publisher: str, package: str) -> dict[str, Any]:
    """Say of a draft what DataCite asks of one, and no more: it is not public yet."""
    return {
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Data package"},
        "titles": [{"title": row["title"]}],
        "publisher": {"name": publisher},
        "url": page_address(version_address(house, organisation, package, row["version"])),
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
