"""The settings of an organisation's public portal over HTTP."""

from __future__ import annotations

from service.actions import portal, portal_host
from service.actions.portal import NewLogo, NewPortal, Portal, PortalLogo
from service.actions.portal_host import NewPortalHost, PortalHost
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


@operation("PUT", f"{PATH}/host", scope="portal:write", tags=["organisations"])
async def set_portal_host(organisation: str, data: NewPortalHost, actor: Actor, house: House) -> PortalHost:
    """Name a host of the organisation's own for its public page.

    Nothing is shown there before it is proven; one that was named before shows nothing from then on. Lead the host's
    name to this service (CNAME, or A and AAAA), and set the TXT record of the reply, then ask for the proof.
    """
    return await portal_host.set_host(house, actor, organisation, data)


@operation("POST", f"{PATH}/host/proof", scope="portal:write", tags=["organisations"], problems=(429,), status=200)
async def prove_portal_host(organisation: str, actor: Actor, house: House) -> PortalHost:
    """Look up the DNS record that proves the host, and show the organisation there.

    A host belongs to one organisation: to whoever the DNS names. The record may go afterwards; while it stays, nobody
    else can take the host.
    """
    return await portal_host.prove_host(house, actor, organisation)


@operation("DELETE", f"{PATH}/host", scope="portal:write", tags=["organisations"])
async def remove_portal_host(organisation: str, actor: Actor, house: House) -> None:
    """Give the host up, if there is one: with the next request it shows nothing any more."""
    await portal_host.remove_host(house, actor, organisation)


HANDLERS = [
    get_portal,
    set_portal,
    set_portal_logo,
    remove_portal_logo,
    set_portal_host,
    prove_portal_host,
    remove_portal_host,
]
