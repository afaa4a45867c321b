"""An organisation's public portal: whether it shows itself, and with which words and colours."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.errors import InvalidInput
from service.actions.portal_host import PortalHost, portal_host
from service.audit_log import record
from service.house import Actor, House
from service.logo_tasks import draw_logo
from service.portal_address import logo_path, service_address
from storage import portal_host_store, portal_store

__all__ = [
    "COLOUR",
    "SECOND_COLOUR",
    "NewLogo",
    "NewPortal",
    "Portal",
    "PortalLogo",
    "get_portal",
    "remove_logo",
    "set_logo",
    "set_portal",
]

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


class NewLogo(msgspec.Struct, kw_only=True):
    """A picture, PNG, JPEG or WebP of at most a megabyte, in base64. It is made anew here, and made smaller where it is
    larger than 640 x 240 pixels."""

    image: Annotated[str, Meta(min_length=1, max_length=1_400_000)]


class PortalLogo(msgspec.Struct, kw_only=True):
    """The logo, and where the public gets it while the portal is shown."""

    address: str
    width_px: int
    height_px: int


class Portal(msgspec.Struct, kw_only=True):
    """An organisation's portal, and the address at which the public sees it, if it does; ``host`` is one of its own."""

    is_public: bool
    title: str
    text: str
    colour: str
    second_colour: str
    address: str
    changed_at: datetime | None
    logo: PortalLogo | None
    host: PortalHost | None


def _logo(house: House, organisation: str, row: Any) -> PortalLogo | None:
    if row is None:
        return None
    address = service_address(house.config, organisation).base + logo_path(row["changed_at"])
    return PortalLogo(address=address, width_px=row["width_px"], height_px=row["height_px"])


def _portal(house: House, organisation: str, row: Any, logo: Any, host: Any) -> Portal:
    values = {name: row[name] for name in ("is_public", "title", "text", "colour", "second_colour", "changed_at")}
    own = portal_host(house, host)
    return Portal(
        **values,
        address=own.address if own and own.proven_at else service_address(house.config, organisation).home,
        logo=_logo(house, organisation, logo),
        host=own,
    )


async def get_portal(house: House, actor: Actor, organisation: str) -> Portal:
    """Read the portal; one that nobody set yet is not public."""
    async with house.tenant(actor, organisation) as tenant:
        row = await portal_store.find(tenant.connection)
        logo = await portal_store.find_logo(tenant.connection)
        host = await portal_host_store.find(tenant.connection, tenant.organisation_id)
    return _portal(house, organisation, row or _unset(), logo, host)


def _unset() -> dict[str, Any]:
    return msgspec.structs.asdict(NewPortal(is_public=False)) | {"changed_at": None}


async def set_portal(house: House, actor: Actor, organisation: str, new: NewPortal) -> Portal:
    """Set the portal, as a whole."""
    values = msgspec.structs.asdict(new) | {"title": new.title.strip(), "text": new.text.strip()}
    values |= {name: values[name].lower() for name in ("colour", "second_colour")}
    async with house.tenant(actor, organisation) as tenant:
        row = await portal_store.put(tenant.connection, tenant.organisation_id, **values)
        logo = await portal_store.find_logo(tenant.connection)
        host = await portal_host_store.find(tenant.connection, tenant.organisation_id)
        await record(tenant, "portal.set", "portal", is_public=new.is_public, title=values["title"])
    return _portal(house, organisation, row, logo, host)


async def set_logo(house: House, actor: Actor, organisation: str, new: NewLogo) -> PortalLogo:
    """Set the portal's logo.

    Raises
    ------
    InvalidInput
        It is no base64, or no picture that is taken.
    """
    async with house.tenant(actor, organisation):
        pass  # whoever may not set it has no picture drawn here
    try:
        given = base64.b64decode(new.image, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("The picture is not in base64.", field="image") from error
    drawn = await house.images.run(draw_logo, given)
    if isinstance(drawn, str):
        raise InvalidInput(drawn, field="image")
    async with house.tenant(actor, organisation) as tenant:
        changed_at = await portal_store.put_logo(
            tenant.connection,
            tenant.organisation_id,
            drawn.image,
            width_px=drawn.width_px,
            height_px=drawn.height_px,
        )
        await record(tenant, "portal.logo-set", "portal/logo", width_px=drawn.width_px, height_px=drawn.height_px)
    address = service_address(house.config, organisation).base + logo_path(changed_at)
    return PortalLogo(address=address, width_px=drawn.width_px, height_px=drawn.height_px)


async def remove_logo(house: House, actor: Actor, organisation: str) -> None:
    """Take the portal's logo away, if it has one."""
    async with house.tenant(actor, organisation) as tenant:
        if await portal_store.remove_logo(tenant.connection):
            await record(tenant, "portal.logo-removed", "portal/logo")
