"""The host of an organisation's own: named, proven by the DNS, and given up.

A host is whose the DNS says: a TXT record beside it carries a token that only its organisation is shown. So nobody
shows pages at another's host, nor keeps one by naming it first; and where a host changed hands, whoever proves it now
has it.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import InvalidInput, NotFound
from domain.portal_host import HostNotProven, HostTaken, read_host, record_name, record_value
from service.actions.throttling import Allowance, check_allowances, count_against
from service.audit_log import record
from service.house import NOBODY, Actor, House, Tenant
from service.portal_address import own_address
from storage import portal_host_store

__all__ = [
    "HostPortal",
    "NewPortalHost",
    "PortalHost",
    "find_portal_of",
    "find_shown_host",
    "portal_host",
    "prove_host",
    "remove_host",
    "set_host",
]

MOST_PROOFS = 30  # within a quarter of an hour


class NewPortalHost(msgspec.Struct, kw_only=True):
    """The host's name, without scheme, port or path."""

    host: Annotated[str, Meta(min_length=1, max_length=253, examples=["data.myobservatory.org"])]


class PortalHost(msgspec.Struct, kw_only=True):
    """A host of the organisation's own. It shows the portal once it is proven: by a TXT record in the DNS with the name
    and value given here, looked up when that is asked for."""

    host: str
    address: str
    record_name: str
    record_value: str
    proven_at: datetime | None


class HostPortal(msgspec.Struct, frozen=True):
    """Whose portal a host shows; ``is_shown`` while the public sees it at all."""

    slug: str
    is_shown: bool


def portal_host(house: House, row: Any) -> PortalHost | None:
    """Tell of a host by its row, if there is one."""
    if row is None:
        return None
    return PortalHost(
        host=row["host"],
        address=own_address(house.config, row["host"]).home,
        record_name=record_name(row["host"]),
        record_value=record_value(row["token"]),
        proven_at=row["proven_at"],
    )


async def find_portal_of(house: House, host: str) -> HostPortal | None:
    """Find whose portal a host shows; None where it is nobody's own."""
    async with house.database.transaction() as connection:
        row = await portal_host_store.find_proven(connection, host)
    return HostPortal(row["slug"], row["is_shown"]) if row else None


async def find_shown_host(house: House, organisation: str) -> str | None:
    """Find the host at which an organisation is shown; None where that is below the service's address, or nowhere."""
    async with house.public(organisation) as tenant:
        return await portal_host_store.find_shown(tenant.connection)


async def set_host(house: House, actor: Actor, organisation: str, new: NewPortalHost) -> PortalHost:
    """Name the host; one named before shows nothing from now on.

    Raises
    ------
    InvalidInput
        It is no host's name, or the service's own.
    """
    host = read_host(new.host)
    if host == urlsplit(house.config.base_url).hostname:
        raise InvalidInput("This is the service's own host: name one of yours.", field="host")
    async with house.tenant(actor, organisation) as tenant:
        row = await portal_host_store.name(tenant.connection, tenant.organisation_id, host, secrets.token_hex(16))
        await record(tenant, "portal.host-set", "portal/host", host=host)
    named = portal_host(house, row)
    assert named is not None
    return named


async def prove_host(house: House, actor: Actor, organisation: str) -> PortalHost:
    """Look the record up, and show the portal at the host from now on.

    Raises
    ------
    NotFound
        No host is named.
    HostNotProven
        The record is not there, or the DNS does not answer.
    HostTaken
        The DNS has the record of another organisation, too, which has the host.
    TooManyAttempts
    """
    async with house.tenant(actor, organisation) as tenant:
        row = await portal_host_store.find(tenant.connection, tenant.organisation_id)
        organisation_id = tenant.organisation_id
        if row is None:
            raise NotFound("No host is named yet.")
        allowance = Allowance(f"portal-host:{organisation_id}", MOST_PROOFS)
        await check_allowances(tenant.connection, allowance)
        await count_against(tenant.connection, allowance)
    host, token = row["host"], row["token"]
    from service.name_proof import read_texts  # seldom asked for, and large

    said = await read_texts(record_name(host), name_server=house.config.name_server)
    if record_value(token) not in said:
        raise HostNotProven(
            f"There is no TXT record {record_name(host)} that says {record_value(token)}. A record that is new may take"
            " an hour to be seen everywhere: try again then.",
            record=record_name(host),
            value=record_value(token),
        )
    await _take_over(house, host, organisation_id, said)
    async with house.tenant(actor, organisation) as tenant:
        if not await portal_host_store.prove(tenant.connection, organisation_id, host, token):
            raise HostNotProven("Another host was named meanwhile: prove that one.")
        row = await portal_host_store.find(tenant.connection, organisation_id)
        await record(tenant, "portal.host-proven", "portal/host", host=host)
    proven = portal_host(house, row)
    assert proven is not None
    return proven


async def _take_over(house: House, host: str, organisation_id: UUID, said: set[str]) -> None:
    """Take a host from who had it, where the DNS no longer says that it is theirs."""
    async with house.database.transaction() as connection:
        holder = await portal_host_store.find_proven(connection, host)
    if holder is None or holder["id"] == organisation_id:
        return
    if record_value(holder["token"]) in said:
        raise HostTaken(
            f"The DNS says of {host} that it is another organisation's here, too: remove the other record"
            f" {record_name(host)} first.",
            host=host,
        )
    async with house.database.transaction(organisation=holder["id"]) as connection:
        tenant = Tenant(connection, holder["id"], holder["slug"], "worker", NOBODY)
        if await portal_host_store.unprove(connection, holder["id"], host):
            await record(tenant, "portal.host-lost", "portal/host", host=host)


async def remove_host(house: House, actor: Actor, organisation: str) -> None:
    """Give the host up, if there is one: it shows nothing from the next request on."""
    async with house.tenant(actor, organisation) as tenant:
        host = await portal_host_store.remove(tenant.connection, tenant.organisation_id)
        if host is not None:
            await record(tenant, "portal.host-removed", "portal/host", host=host)
