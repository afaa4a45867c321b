"""Organisations and their people over HTTP."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from service.actions import closing, organisations
from service.actions.closing import Closing
from service.actions.organisations import Member, NewOrganisation, Organisation
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation
from service.scopes import Role

__all__ = ["HANDLERS"]


class NewName(msgspec.Struct):
    name: Annotated[str, Meta(min_length=1, max_length=200)]


class NewRole(msgspec.Struct):
    role: Role


@operation("POST", "/organisations", scope="account", problems=(409,), tags=["organisations"])
async def add_organisation(data: NewOrganisation, actor: Actor, house: House) -> Organisation:
    """Make an organisation; who makes it owns it."""
    return await organisations.add_organisation(house, actor, data)


@operation("GET", "/organisations/{organisation:str}", scope="organisation:read", tags=["organisations"])
async def get_organisation(organisation: str, actor: Actor, house: House) -> Organisation:
    """Read an organisation one belongs to."""
    return await organisations.get_organisation(house, actor, organisation)


@operation("PATCH", "/organisations/{organisation:str}", scope="organisation:write", tags=["organisations"])
async def rename_organisation(organisation: str, data: NewName, actor: Actor, house: House) -> Organisation:
    """Give an organisation another display name."""
    return await organisations.rename_organisation(house, actor, organisation, data.name)


@operation("GET", "/organisations/{organisation:str}/members", scope="organisation:read", tags=["organisations"])
async def list_members(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Member]:
    """List an organisation's people."""
    return await organisations.list_members(house, actor, organisation, cursor=cursor, limit=limit)


@operation(
    "PUT",
    "/organisations/{organisation:str}/members/{email:str}",
    scope="people:write",
    problems=(429,),
    tags=["organisations"],
)
async def set_member(organisation: str, email: str, data: NewRole, actor: Actor, house: House) -> Member:
    """Add a person to an organisation, or change their role."""
    return await organisations.set_member(house, actor, organisation, email, data.role)


@operation(
    "DELETE", "/organisations/{organisation:str}/members/{email:str}", scope="people:write", tags=["organisations"]
)
async def remove_member(organisation: str, email: str, actor: Actor, house: House) -> None:
    """Remove a person from an organisation."""
    await organisations.remove_member(house, actor, organisation, email)


@operation(
    "POST", "/organisations/{organisation:str}/close", scope="organisation:close", status=200, tags=["organisations"]
)
async def close_organisation(organisation: str, data: Closing, actor: Actor, house: House) -> Organisation:
    """Close an organisation: nothing new is taken, what is subscribed to ends, and files are deleted after a grace.

    Until `removal_at` everything can be read, exported and deleted, and it can be reopened.
    """
    return await closing.close_organisation(house, actor, organisation, data)


@operation(
    "POST", "/organisations/{organisation:str}/reopen", scope="organisation:close", status=200, tags=["organisations"]
)
async def reopen_organisation(organisation: str, actor: Actor, house: House) -> Organisation:
    """Reopen an organisation within its grace; what was subscribed to is over, and is subscribed to anew."""
    return await closing.reopen_organisation(house, actor, organisation)


HANDLERS = [
    add_organisation,
    get_organisation,
    rename_organisation,
    list_members,
    set_member,
    remove_member,
    close_organisation,
    reopen_organisation,
]
