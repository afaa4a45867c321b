"""The settings of an organisation's public portal over HTTP."""

from __future__ import annotations

from service.actions import portal
from service.actions.portal import NewLogo, NewPortal, Portal, PortalLogo
from service.house import Actor, House
from service.routing import operation

__all__ = ["HANDLERS"]

PATH = "/organisations/{organisation:str}/portal"


@operation("GET", PATH, scope="organisation:write", tags=["organisations"])
async def get_portal(organisation: str, actor: Actor, house: House) -> Portal:
    """Read whether the organisation shows itself to the public, and with which words and colours."""
    return await portal.get_portal(house, actor, organisation)


@operation("PUT", PATH, scope="portal:write", tags=["organisations"])
async def set_portal(organisation: str, data: NewPortal, actor: Actor, house: House) -> Portal:
    """Show the organisation to the public, or no longer; with the words and colours given.

    What is shown: its name, sites (those without an MPC code to a tenth of a degree), telescopes and instruments, the
    night at its sites, published packages, and pictures of frames in them that no embargo holds back.
    """
    return await portal.set_portal(house, actor, organisation, data)


@operation("PUT", f"{PATH}/logo", scope="portal:write", tags=["organisations"])
async def set_portal_logo(organisation: str, data: NewLogo, actor: Actor, house: House) -> PortalLogo:
    """Set the logo at the head of the public page: PNG, JPEG or WebP, made anew from its pixels alone."""
    return await portal.set_logo(house, actor, organisation, data)


@operation("DELETE", f"{PATH}/logo", scope="portal:write", tags=["organisations"])
async def remove_portal_logo(organisation: str, actor: Actor, house: House) -> None:
    """Take the logo away, if there is one."""
    await portal.remove_logo(house, actor, organisation)


HANDLERS = [get_portal, set_portal, set_portal_logo, remove_portal_logo]
