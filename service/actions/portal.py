"""An organisation's public portal: whether it shows itself, and with which words and colours."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from service.audit_log import record
from service.house import Actor, House
from storage import portal_store

__all__ = ["COLOUR", "SECOND_COLOUR", "NewPortal", "Portal", "get_portal", "set_portal"]

COLOUR, SECOND_COLOUR = "#1f3a5f", "#c8963e"
Colour = Annotated[str, Meta(pattern=r"^#[0-9A-Fa-f]{6}$", examples=["#1f3a5f"])]


class NewPortal(msgspec.Struct, kw_only=True):
    """What the page at ``/o/<organisation>`` says. Nobody sees it before ``is_public``. Paragraphs of ``text``, which
    is plain, are set apart by blank lines; an empty ``title`` is the organisation's name; colours are those of the
    logo."""

    is_public: bool
    title: Annotated[str, Meta(max_length=200)] = ""
    text: Annotated[str, Meta(max_length=20_000)] = ""
    colour: Colour = COLOUR
    second_colour: Colour = SECOND_COLOUR


class Portal(msgspec.Struct, kw_only=True):
    """An organisation's portal, and the address at which the public sees it, if it does."""

    is_public: bool
    title: str
    text: str
    colour: str
    second_colour: str
    address: str
    changed_at: datetime | None


def _portal(house: House, organisation: str, row: Any) -> Portal:
    values = {name: row[name] for name in ("is_public", "title", "text", "colour", "second_colour", "changed_at")}
    return Portal(**values, address=f"{house.config.base_url}/o/{organisation}")


async def get_portal(house: House, actor: Actor, organisation: str) -> Portal:
    """Read the portal; one that nobody set yet is not public."""
    async with house.tenant(actor, organisation) as tenant:
        row = await portal_store.find(tenant.connection)
    return _portal(house, organisation, row or _unset())


def _unset() -> dict[str, Any]:
    return msgspec.structs.asdict(NewPortal(is_public=False)) | {"changed_at": None}


async def set_portal(house: House, actor: Actor, organisation: str, new: NewPortal) -> Portal:
    """Set the portal, as a whole."""
    values = msgspec.structs.asdict(new) | {"title": new.title.strip(), "text": new.text.strip()}
    values |= {name: values[name].lower() for name in ("colour", "second_colour")}
    async with house.tenant(actor, organisation) as tenant:
        row = await portal_store.put(tenant.connection, tenant.organisation_id, **values)
        await record(tenant, "portal.set", "portal", is_public=new.is_public, title=values["title"])
    return _portal(house, organisation, row)
