"""What an organisation that shows itself tells everybody: its places, instruments, night, packages and pictures.

What is told is chosen column by column from what is meant for the public: nothing is read whole and then pruned.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog

from domain.citation import citation_text
from domain.errors import NotFound, ObservatoryError
from domain.licence import LICENCES, Licence
from domain.package_record import PackageRecord
from domain.tonight import Tonight
from service.actions.observing_places import NightSpan, ObservingPlace, night_span
from service.actions.package_records import record_of
from service.house import House, Tenant
from service.portal_address import PortalAddress, canonical_address, logo_path
from service.previewing import preview_key
from service.satellite_tasks import TonightQuestion
from storage import equipment_store, organisation_store, package_store, portal_host_store, portal_store

__all__ = [
    "PREVIEW_SIZES",
    "PublicPortal",
    "ShownLogo",
    "ShownPackage",
    "ShownPicture",
    "ShownSite",
    "ShownTelescope",
    "list_portals",
    "list_public_pages",
    "read_logo",
    "read_picture",
    "read_portal",
]

log = structlog.get_logger("uraniborg.portal")

PACKAGES_SHOWN = 25
SITES_SHOWN, TELESCOPES_SHOWN, INSTRUMENTS_SHOWN, NIGHTS_SHOWN = 20, 100, 300, 3
PORTALS_LISTED, PAGES_LISTED = 40_000, 10_000
PREVIEW_SIZES = ("512", "2048")
MOST_NIGHTS_KEPT = 256
# About ten kilometres: whoever watches from a garden need not tell which. What has a code of the Minor Planet Center is
# published with its place anyway.
ROUGH_DIGITS, KNOWN_DIGITS = 1, 4


class ShownSite(msgspec.Struct, kw_only=True):
    """A place, as roughly as it is told; ``night`` is how the present night goes there."""

    slug: str
    name: str
    latitude_deg: float
    longitude_deg: float
    height_m: float
    digits: int
    time_zone: str
    mpc_code: str | None
    span: NightSpan | None = None
    night: Tonight | None = None


class ShownTelescope(msgspec.Struct, kw_only=True):
    name: str
    site: str
    aperture_mm: float | None
    focal_length_mm: float | None
    mount: str | None
    instruments: list[tuple[str, list[str]]]


class ShownPackage(msgspec.Struct, kw_only=True):
    record: PackageRecord
    citation: str


class ShownPicture(msgspec.Struct, kw_only=True):
    """A frame that a published version holds, and the words beside its picture."""

    frame: UUID
    object: str | None
    filter: str | None
    exposure_s: float | None
    start_at: datetime | None
    telescope: str | None
    credit: str
    title: str
    package: str
    version: int
    licence: Licence


class ShownLogo(msgspec.Struct, kw_only=True):
    """Where the logo is, below the portal, and its size."""

    path: str
    width_px: int
    height_px: int


class PublicPortal(msgspec.Struct, kw_only=True):
    """All that the page shows. ``host`` is one of the organisation's own; ``more``: there are packages beyond these."""

    organisation: str
    host: str | None
    name: str
    title: str
    text: str
    colour: str
    second_colour: str
    logo: ShownLogo | None
    sites: list[ShownSite]
    telescopes: list[ShownTelescope]
    packages: list[ShownPackage]
    pictures: list[ShownPicture]
    more: bool


_nights: OrderedDict[tuple[float, float, datetime], Tonight] = OrderedDict()


def _logo(row: Any) -> ShownLogo | None:
    if row is None:
        return None
    return ShownLogo(path=logo_path(row["changed_at"]), width_px=row["width_px"], height_px=row["height_px"])


async def _settings(tenant: Tenant) -> Any:
    row = await portal_store.find(tenant.connection)
    if row is None or not row["is_public"]:
        raise NotFound("There is no such organisation.")
    return row


async def read_portal(house: House, organisation: str, *, page: int) -> PublicPortal:
    """Read what an organisation shows.

    Parameters
    ----------
    page : int
        Of its packages, from 1; the other things are on the first.

    Raises
    ------
    NotFound
        No such organisation, or it does not show itself: the two are not told apart.
    """
    skip = (page - 1) * PACKAGES_SHOWN
    async with house.public(organisation) as tenant:
        settings = await _settings(tenant)
        logo = await portal_store.find_logo(tenant.connection)
        host = await portal_host_store.find_shown(tenant.connection)
        name = (await organisation_store.get_name(tenant.connection, tenant.organisation_id)).name
        versions = await package_store.list_current(tenant.connection, skip=skip, limit=PACKAGES_SHOWN + 1)
        first = page == 1
        sites = await _sites(tenant) if first else []
        telescopes = await _telescopes(tenant, {site.slug: site.name for site in sites}) if first else []
        pictures = await _pictures(tenant, name) if first else []
    records = [record_of(house, row, organisation, name, row["package"]) for row in versions[:PACKAGES_SHOWN]]
    if not first and not records:
        raise NotFound("There is no such organisation.")
    for site in sites[:NIGHTS_SHOWN]:
        await _fill_night(house, site)
    return PublicPortal(
        organisation=organisation,
        host=host,
        name=name,
        title=settings["title"] or name,
        text=settings["text"],
        colour=settings["colour"],
        second_colour=settings["second_colour"],
        logo=_logo(logo),
        sites=sites,
        telescopes=telescopes,
        packages=[ShownPackage(record=record, citation=citation_text(record)) for record in records],
        pictures=pictures,
        more=len(versions) > PACKAGES_SHOWN,
    )


async def _sites(tenant: Tenant) -> list[ShownSite]:
    rows = await equipment_store.list_all(tenant.connection, "sites", after=None, limit=SITES_SHOWN)
    sites = []
    for row in rows:
        digits = KNOWN_DIGITS if row["mpc_code"] else ROUGH_DIGITS
        sites.append(
            ShownSite(
                slug=row["slug"],
                name=row["name"],
                latitude_deg=round(row["latitude_deg"], digits),
                longitude_deg=round(row["longitude_deg"], digits),
                height_m=row["height_m"],
                digits=digits,
                time_zone=row["time_zone"],
                mpc_code=row["mpc_code"],
            )
        )
    return sites


async def _telescopes(tenant: Tenant, sites: dict[str, str]) -> list[ShownTelescope]:
    telescopes = await equipment_store.list_all(tenant.connection, "telescopes", after=None, limit=TELESCOPES_SHOWN)
    instruments = await equipment_store.list_all(tenant.connection, "instruments", after=None, limit=INSTRUMENTS_SHOWN)
    return [
        ShownTelescope(
            name=row["name"],
            site=sites.get(row["site"], ""),
            aperture_mm=row["aperture_mm"],
            focal_length_mm=row["focal_length_mm"],
            mount=row["mount"],
            instruments=[(each["name"], each["filters"]) for each in instruments if each["telescope"] == row["slug"]],
        )
        for row in telescopes
    ]


async def _pictures(tenant: Tenant, name: str) -> list[ShownPicture]:
    return [
        ShownPicture(
            frame=row["id"],
            object=row["object"],
            filter=row["filter"],
            exposure_s=row["exposure_s"],
            start_at=row["start_at"],
            telescope=row["telescope"],
            credit=row["publisher"] or name,
            title=row["title"],
            package=row["package"],
            version=row["version"],
            licence=LICENCES[row["licence"]],
        )
        for row in await portal_store.list_previews(tenant.connection)
    ]


async def _fill_night(house: House, site: ShownSite) -> None:
    """Tell how the night goes at a site; a page is shown without it where that cannot be computed now."""
    place = ObservingPlace(
        name=site.name,
        latitude_deg=site.latitude_deg,
        longitude_deg=site.longitude_deg,
        height_m=0.0,
        time_zone=site.time_zone,
    )
    try:
        span = night_span(place, None)
        key = (site.latitude_deg, site.longitude_deg, span.start_at)
        if key not in _nights:
            question = TonightQuestion(
                place=place.on_ground(), start=span.start_at, end=span.end_at, targets=(), step_s=3600.0
            )
            _nights[key] = await house.satellites.ask(house.database, question, about=None)
            while len(_nights) > MOST_NIGHTS_KEPT:
                _nights.popitem(last=False)
        site.span, site.night = span, _nights[key]
    except ObservatoryError as error:
        log.warning("no night on a portal", reason=error.code, site=site.slug)


async def read_picture(house: House, organisation: str, frame_id: UUID, size: str) -> bytes:
    """Read the picture of a frame that may be shown; WebP.

    Raises
    ------
    NotFound
        The organisation does not show itself, or not this frame.
    """
    async with house.public(organisation) as tenant:
        await _settings(tenant)
        shown = await portal_store.find_preview(tenant.connection, frame_id)
    if not shown or size not in PREVIEW_SIZES:
        raise NotFound("There is no such picture.")
    key = preview_key(tenant.organisation_id, frame_id, size)
    return b"".join([chunk async for chunk in house.objects.stream(key)])


async def read_logo(house: House, organisation: str) -> bytes:
    """Read the logo, PNG; raises NotFound where there is none, or the organisation does not show itself."""
    async with house.public(organisation) as tenant:
        await _settings(tenant)
        image = await portal_store.read_logo(tenant.connection)
    if image is None:
        raise NotFound("There is no logo.")
    return image


async def list_public_pages(house: House, organisation: str) -> tuple[PortalAddress, list[tuple[str, datetime]]]:
    """Tell where an organisation's public pages are, and list those of packages with when each was published.

    Raises
    ------
    NotFound
        No such organisation, or it does not show itself.
    """
    async with house.public(organisation) as tenant:
        await _settings(tenant)
        host = await portal_host_store.find_shown(tenant.connection)
        rows = await package_store.list_current(tenant.connection, skip=0, limit=PAGES_LISTED)
    address = canonical_address(house.config, organisation, host)
    return address, [(address.landing(row["package"], row["version"]), row["published_at"]) for row in rows]


async def list_portals(house: House) -> list[tuple[str, datetime]]:
    """List the organisations that show themselves, by slug, and when that was last changed."""
    async with house.database.transaction() as connection:
        rows = await portal_store.list_shown(connection, limit=PORTALS_LISTED)
    return [(row["slug"], row["changed_at"]) for row in rows]
