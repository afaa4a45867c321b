"""The organisation's own account at DataCite, with which its data packages get DOIs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import InvalidInput, NotFound
from service.audit_log import record
from service.config import Config
from service.house import Actor, House
from service.sealing import seal
from storage import doi_store

__all__ = [
    "DataCiteAccount",
    "NewDataCiteAccount",
    "get_account",
    "purpose_of",
    "remove_account",
    "service_url",
    "set_account",
]

DataCiteService = Literal["production", "test"]
RepositoryId = Annotated[
    str, Meta(max_length=64, pattern=r"^[A-Za-z0-9]+(\.[A-Za-z0-9_-]+)+$", examples=["UOXF.BODLEIAN"])
]
Prefix = Annotated[str, Meta(max_length=16, pattern=r"^10\.[0-9]{4,9}$", examples=["10.5072"])]


class NewDataCiteAccount(msgspec.Struct, kw_only=True):
    """A repository at DataCite. ``password`` may be left out where only the rest changes; it is never shown again."""

    repository_id: RepositoryId
    password: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    prefix: Prefix
    service: DataCiteService = "production"


class DataCiteAccount(msgspec.Struct, kw_only=True):
    """A repository at DataCite, without its password."""

    repository_id: str
    prefix: str
    service: DataCiteService
    changed_at: datetime


def purpose_of(organisation_id: UUID) -> str:
    """Name what the password is sealed for."""
    return f"datacite {organisation_id.hex}"


def service_url(config: Config, service: str) -> str:
    """Tell where one of DataCite's systems is."""
    return config.datacite_url if service == "production" else config.datacite_test_url


async def get_account(house: House, actor: Actor, organisation: str) -> DataCiteAccount:
    """Read the account; raises NotFound where there is none."""
    async with house.tenant(actor, organisation) as tenant:
        row = await doi_store.find_account(tenant.connection)
    if row is None:
        raise NotFound("This organisation has no DataCite account.")
    return DataCiteAccount(**{name: row[name] for name in DataCiteAccount.__struct_fields__})


async def set_account(house: House, actor: Actor, organisation: str, new: NewDataCiteAccount) -> DataCiteAccount:
    """Set or change the account. DOIs made before keep their names.

    Raises
    ------
    InvalidInput
        No password, and none is kept for this repository.
    """
    async with house.tenant(actor, organisation) as tenant:
        before = await doi_store.find_account(tenant.connection)
        if new.password is not None:
            sealed = seal(house.config, new.password.encode(), purpose=purpose_of(tenant.organisation_id))
        elif before and (before["repository_id"], before["service"]) == (new.repository_id.upper(), new.service):
            sealed = before["sealed_password"]
        else:
            raise InvalidInput("Give the repository's password: none is kept for it.")
        await doi_store.set_account(
            tenant.connection,
            tenant.organisation_id,
            service=new.service,
            repository_id=new.repository_id.upper(),
            sealed_password=sealed,
            prefix=new.prefix,
            changed_by=actor.account_id,
        )
        await record(
            tenant,
            "datacite-account.set",
            "datacite-account",
            repository=new.repository_id.upper(),
            prefix=new.prefix,
            service=new.service,
            new_password=new.password is not None,
        )
    return await get_account(house, actor, organisation)


async def remove_account(house: House, actor: Actor, organisation: str) -> None:
    """Forget the account. What is at DataCite stays there, and is no longer kept up.

    Raises
    ------
    NotFound
        There is none.
    """
    async with house.tenant(actor, organisation) as tenant:
        if not await doi_store.remove_account(tenant.connection):
            raise NotFound("This organisation has no DataCite account.")
        await record(tenant, "datacite-account.removed", "datacite-account")
