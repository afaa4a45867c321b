"""Sites, telescopes and instruments over HTTP."""

from __future__ import annotations

from service.actions import equipment, mapping_trial
from service.actions.equipment import (
    Instrument,
    InstrumentChange,
    NewInstrument,
    NewSite,
    NewTelescope,
    Site,
    SiteChange,
    Telescope,
    TelescopeChange,
)
from service.actions.mapping_trial import MappingTrial, NewMappingTrial
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}"


@operation("POST", f"{BASE}/sites", scope="organisation:write", problems=(409,), tags=["equipment"])
async def add_site(organisation: str, data: NewSite, actor: Actor, house: House) -> Site:
    """Add a site."""
    return await equipment.add(house, actor, organisation, Site, data)


@operation("GET", f"{BASE}/sites/{{site:str}}", scope="organisation:read", tags=["equipment"])
async def get_site(organisation: str, site: str, actor: Actor, house: House) -> Site:
    """Read a site."""
    return await equipment.get(house, actor, organisation, Site, site)


@operation("GET", f"{BASE}/sites", scope="organisation:read", tags=["equipment"])
async def list_sites(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Site]:
    """List the sites."""
    return await equipment.list_all(house, actor, organisation, Site, cursor=cursor, limit=limit)


@operation("PATCH", f"{BASE}/sites/{{site:str}}", scope="organisation:write", tags=["equipment"])
async def change_site(organisation: str, site: str, data: SiteChange, actor: Actor, house: House) -> Site:
    """Change some members of a site.

    After another time zone, the nights of guests begin and end by it at once, and all files of the site's telescopes
    are derived again by jobs: their frames come into the nights they belong to, and night logs count them there.
    Entries of logs stay in the night they were written for, and signed logs as they were signed. What lies in the
    archive follows when it is recalled.
    """
    return await equipment.change(house, actor, organisation, Site, site, data)


@operation("DELETE", f"{BASE}/sites/{{site:str}}", scope="organisation:write", tags=["equipment"])
async def remove_site(organisation: str, site: str, actor: Actor, house: House) -> None:
    """Remove a site that nothing refers to."""
    await equipment.remove(house, actor, organisation, Site, site)


@operation("POST", f"{BASE}/telescopes", scope="organisation:write", problems=(409,), tags=["equipment"])
async def add_telescope(organisation: str, data: NewTelescope, actor: Actor, house: House) -> Telescope:
    """Add a telescope."""
    return await equipment.add(house, actor, organisation, Telescope, data)


@operation("GET", f"{BASE}/telescopes/{{telescope:str}}", scope="organisation:read", tags=["equipment"])
async def get_telescope(organisation: str, telescope: str, actor: Actor, house: House) -> Telescope:
    """Read a telescope."""
    return await equipment.get(house, actor, organisation, Telescope, telescope)


@operation("GET", f"{BASE}/telescopes", scope="organisation:read", tags=["equipment"])
async def list_telescopes(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Telescope]:
    """List the telescopes."""
    return await equipment.list_all(house, actor, organisation, Telescope, cursor=cursor, limit=limit)


@operation("PATCH", f"{BASE}/telescopes/{{telescope:str}}", scope="organisation:write", tags=["equipment"])
async def change_telescope(
    organisation: str, telescope: str, data: TelescopeChange, actor: Actor, house: House
) -> Telescope:
    """Change some members of a telescope."""
    return await equipment.change(house, actor, organisation, Telescope, telescope, data)


@operation("DELETE", f"{BASE}/telescopes/{{telescope:str}}", scope="organisation:write", tags=["equipment"])
async def remove_telescope(organisation: str, telescope: str, actor: Actor, house: House) -> None:
    """Remove a telescope that nothing refers to."""
    await equipment.remove(house, actor, organisation, Telescope, telescope)


@operation("POST", f"{BASE}/instruments", scope="organisation:write", problems=(409,), tags=["equipment"])
async def add_instrument(organisation: str, data: NewInstrument, actor: Actor, house: House) -> Instrument:
    """Add an instrument."""
    return await equipment.add(house, actor, organisation, Instrument, data)


@operation("GET", f"{BASE}/instruments/{{instrument:str}}", scope="organisation:read", tags=["equipment"])
async def get_instrument(organisation: str, instrument: str, actor: Actor, house: House) -> Instrument:
    """Read an instrument."""
    return await equipment.get(house, actor, organisation, Instrument, instrument)


@operation("GET", f"{BASE}/instruments", scope="organisation:read", tags=["equipment"])
async def list_instruments(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Instrument]:
    """List the instruments."""
    return await equipment.list_all(house, actor, organisation, Instrument, cursor=cursor, limit=limit)


@operation("PATCH", f"{BASE}/instruments/{{instrument:str}}", scope="organisation:write", tags=["equipment"])
async def change_instrument(
    organisation: str, instrument: str, data: InstrumentChange, actor: Actor, house: House
) -> Instrument:
    """Change some members of an instrument."""
    return await equipment.change(house, actor, organisation, Instrument, instrument, data)


@operation(
    "POST", f"{BASE}/instruments/{{instrument:str}}/mapping-trial", scope="organisation:write", status=200,
    tags=["equipment"],
)  # fmt: skip
async def try_header_mapping(
    organisation: str, instrument: str, data: NewMappingTrial, actor: Actor, house: House
) -> MappingTrial:
    """Try a header mapping on a frame's stored header, and change nothing.

    Each fact is told as it would be, with the keyword it would come from, beside what it is now.
    """
    return await mapping_trial.try_mapping(house, actor, organisation, instrument, data)


@operation("DELETE", f"{BASE}/instruments/{{instrument:str}}", scope="organisation:write", tags=["equipment"])
async def remove_instrument(organisation: str, instrument: str, actor: Actor, house: House) -> None:
    """Remove an instrument that nothing refers to."""
    await equipment.remove(house, actor, organisation, Instrument, instrument)


HANDLERS = [
    add_site,
    get_site,
    list_sites,
    change_site,
    remove_site,
    add_telescope,
    get_telescope,
    list_telescopes,
    change_telescope,
    remove_telescope,
    add_instrument,
    get_instrument,
    list_instruments,
    change_instrument,
    try_header_mapping,
    remove_instrument,
]
