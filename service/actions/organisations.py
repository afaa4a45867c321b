"""Organisations and who belongs to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from domain.people import normal_email
from domain.slugs import check_slug, slug_of
from service.actions.newcomers import find_person, looking_for_people
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from service.plans import give_default_plan
from service.scopes import RANKS, Role
from storage import organisation_store, people_store

__all__ = [
    "Member",
    "NewOrganisation",
    "Organisation",
    "add_organisation",
    "check_name",
    "get_organisation",
    "list_members",
    "remove_member",
    "rename_organisation",
    "set_member",
    "shown",
]


class NewOrganisation(msgspec.Struct):
    """``slug`` is its name in addresses; left out, it is made from the name."""

    name: Annotated[str, Meta(min_length=1, max_length=200, examples=["Uranienborg Observatory"])]
    slug: Annotated[str, Meta(max_length=64, examples=["uranienborg"])] | None = None


class Organisation(msgspec.Struct):
    """``closed_at``: since then nothing new is taken. ``removal_at``: not before that its files are deleted."""

    slug: str
    name: str
    role: str
    created_at: datetime
    closed_at: datetime | None = None
    removal_at: datetime | None = None


class Member(msgspec.Struct):
    email: str
    name: str
    role: str
    since: datetime | None = None


def shown(row: Any, role: str) -> Organisation:
    """Show an organisation to one of its people."""
    return Organisation(row.slug, row.name, role, row.created_at, row.closed_at, row.removal_at)


def check_name(name: str) -> str:
    """Return a display name trimmed; one must remain."""
    if not (name := name.strip()):
        raise InvalidInput("A name may not be blank.")
    return name


async def add_organisation(house: House, actor: Actor, new: NewOrganisation) -> Organisation:
    """Make an organisation; who makes it owns it.

    Raises
    ------
    Conflict
        The slug is taken.
    """
    name = check_name(new.name)
    slug = check_slug(new.slug or slug_of(name))
    if actor.only_organisation_id is not None:
        raise NotAllowed("This token is limited to one organisation.")
    async with house.database.transaction(account=actor.account_id) as connection:
        organisation_id = await organisation_store.add_organisation(
            connection, slug=slug, name=name, owner_id=actor.account_id
        )
        row = await organisation_store.get_name(connection, organisation_id)
        await give_default_plan(house, connection, organisation_id)
        tenant = Tenant(connection, organisation_id, slug, "owner", actor)
        await record(tenant, "organisation.made", f"organisations/{slug}", name=name)
    return shown(row, "owner")


async def get_organisation(house: House, actor: Actor, organisation: str) -> Organisation:
    """Read an organisation one belongs to."""
    async with house.tenant(actor, organisation) as tenant:
        row = await organisation_store.get_name(tenant.connection, tenant.organisation_id)
    return shown(row, tenant.role)


async def rename_organisation(house: House, actor: Actor, organisation: str, name: str) -> Organisation:
    """Give an organisation another display name; its slug stays, so that addresses keep working."""
    async with house.tenant(actor, organisation) as tenant:
        await organisation_store.rename(tenant.connection, tenant.organisation_id, check_name(name))
        row = await organisation_store.get_name(tenant.connection, tenant.organisation_id)
        await record(tenant, "organisation.renamed", f"organisations/{organisation}", name=row.name)
    return shown(row, tenant.role)


async def list_members(
    house: House, actor: Actor, organisation: str, *, cursor: str | None, limit: int
) -> Page[Member]:
    """List an organisation's people in order of e-mail address."""
    position = decode_cursor(cursor, str)
    async with house.tenant(actor, organisation) as tenant:
        rows = await organisation_store.list_members(
            tenant.connection, tenant.organisation_id, after=position[0] if position else None, limit=limit + 1
        )
    members = [Member(r.email, r.name, r.role, r.created_at) for r in rows[:limit]]
    return Page(members, encode_cursor(members[-1].email) if len(rows) > limit else None)


async def set_member(house: House, actor: Actor, organisation: str, email: str, role: Role) -> Member:
    """Add a person who has an account, or change their role.

    Raises
    ------
    NotAllowed
        The role granted, or the one taken away, is above one's own.
    NotFound
        No account has this address.
    AddressNotConfirmed
        They were never seen to read mail there.
    TooManyAttempts
        30 addresses were of nobody within an hour.
    Conflict
        It would leave the organisation without an owner.
    """
    email = normal_email(email)
    async with looking_for_people(house, actor), house.tenant(actor, organisation) as tenant:
        person, before = await find_person(house, tenant, email)
        owners = await organisation_store.owners(tenant.connection, tenant.organisation_id)
        if max(RANKS[role], RANKS.get(before or "", 0)) > RANKS[tenant.role]:
            raise NotAllowed("Nobody grants or takes away a role above their own.")
        if before == "owner" and role != "owner" and owners == 1:
            raise Conflict("There is always one owner: make another one first.")
        await organisation_store.set_member(tenant.connection, tenant.organisation_id, person.id, role)
        if before is None:
            await record(tenant, "member.added", f"members/{email}", role=role)
        elif before != role:
            await record(tenant, "member.changed", f"members/{email}", role=role, before=before)
    return Member(person.email, person.name, role)


async def remove_member(house: House, actor: Actor, organisation: str, email: str) -> None:
    """Remove a person; what they uploaded stays, it belongs to the organisation.

    Raises
    ------
    NotAllowed
        Their role is above one's own.
    NotFound
        They are not one of its people.
    Conflict
        It is the last owner.
    """
    email = normal_email(email)
    async with house.tenant(actor, organisation) as tenant:
        person = await people_store.find_account(tenant.connection, email)
        owners = await organisation_store.owners(tenant.connection, tenant.organisation_id)
        if person is None:
            raise NotFound("They are not one of this organisation's people.")
        role = await organisation_store.member_role(tenant.connection, tenant.organisation_id, person.id)
        if role is None:
            raise NotFound("They are not one of this organisation's people.")
        if RANKS[role] > RANKS[tenant.role]:
            raise NotAllowed("Nobody removes someone whose role is above their own.")
        if role == "owner" and owners == 1:
            raise Conflict("There is always one owner: make another one first.")
        await organisation_store.remove_member(tenant.connection, tenant.organisation_id, person.id)
        await record(tenant, "member.removed", f"members/{email}", before=role)
