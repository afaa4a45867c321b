"""Applications over HTTP: registered by an organisation's owner, let in and turned out by each person."""

from __future__ import annotations

from service.actions import applications
from service.actions.applications import Application, ApplicationWithSecret, GrantedApplication, NewApplication
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

SECRET = {"secret_reply": True}


@operation(
    "POST", "/organisations/{organisation:str}/applications", scope="applications:write", tags=["people"], opt=SECRET
)
async def add_application(organisation: str, data: NewApplication, actor: Actor, house: House) -> ApplicationWithSecret:
    """Register an application that people log in to with this service.

    What it gets reaches this organisation only. Its secret is shown this once.
    """
    return await applications.add_application(house, actor, organisation, data)


@operation("GET", "/organisations/{organisation:str}/applications", scope="applications:write", tags=["people"])
async def list_applications(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Application]:
    """List an organisation's applications."""
    return await applications.list_applications(house, actor, organisation, cursor=cursor, limit=limit)


@operation(
    "POST",
    "/organisations/{organisation:str}/applications/{application:str}/secret",
    scope="applications:write",
    tags=["people"],
    opt=SECRET,
)
async def replace_application_secret(
    organisation: str, application: str, actor: Actor, house: House
) -> ApplicationWithSecret:
    """Give a confidential application another secret; the one before stops working."""
    return await applications.replace_secret(house, actor, organisation, application)


@operation(
    "DELETE",
    "/organisations/{organisation:str}/applications/{application:str}",
    scope="applications:write",
    tags=["people"],
)
async def remove_application(organisation: str, application: str, actor: Actor, house: House) -> None:
    """Remove an application; everything it was given stops working."""
    await applications.remove_application(house, actor, organisation, application)


@operation("GET", "/me/applications", scope="account", tags=["people"])
async def list_granted_applications(
    actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[GrantedApplication]:
    """List the applications that one has let in."""
    return await applications.list_granted(house, actor, cursor=cursor, limit=limit)


@operation("DELETE", "/me/applications/{application:str}", scope="account", tags=["people"])
async def take_back_grant(application: str, actor: Actor, house: House) -> None:
    """Take back what one granted an application; its tokens stop working with the next request."""
    await applications.take_back(house, actor, application)


HANDLERS = [
    add_application,
    list_applications,
    replace_application_secret,
    remove_application,
    list_granted_applications,
    take_back_grant,
]
