"""The pages at which the public meets organisations, their pictures, and what search engines read."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Any
from uuid import UUID
from xml.sax.saxutils import escape

from litestar import Response, get
from litestar.params import Parameter

from domain.errors import NotFound
from service.actions import public_portal
from service.house import House
from service.pages import page as message_page
from service.pages import paragraph
from service.portal_page import page_policy, portal_page

__all__ = ["HANDLERS"]

SHOWN: dict[str, Any] = {"include_in_schema": False, "opt": {"scope": "public"}}
FRESH = {"cache-control": "public, max-age=60"}
KEPT_PICTURE = {"cache-control": "public, max-age=300"}
XML = "application/xml"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _nothing_here() -> Response[str]:
    return message_page("Nothing here", paragraph("There is no public page at this address."), status=404)


@get("/o/{organisation:str}", **SHOWN)
async def public_page(
    organisation: str, house: House, page: Annotated[int, Parameter(ge=1, le=400)] = 1
) -> Response[str]:
    """Show an organisation that shows itself."""
    try:
        shown = await public_portal.read_portal(house, organisation, page=page)
    except NotFound:
        return _nothing_here()
    headers = FRESH | {"content-security-policy": page_policy(shown), "referrer-policy": "strict-origin"}
    return Response(portal_page(house, shown, page=page), media_type="text/html; charset=utf-8", headers=headers)


@get("/o/{organisation:str}/pictures/{frame_id:uuid}/{size:str}", **SHOWN)
async def public_picture(organisation: str, frame_id: UUID, size: str, house: House) -> Response[Any]:
    """Send the picture of a published frame."""
    try:
        content = await public_portal.read_picture(house, organisation, frame_id, size)
    except NotFound:
        return _nothing_here()
    return Response(content, media_type="image/webp", headers=KEPT_PICTURE)


@get("/o/{organisation:str}/logo/{version:str}", **SHOWN)
async def public_logo(organisation: str, version: str, house: House) -> Response[Any]:
    """Send the logo; ``version`` only tells one from the next."""
    try:
        content = await public_portal.read_logo(house, organisation)
    except NotFound:
        return _nothing_here()
    return Response(content, media_type="image/png", headers=KEPT_PICTURE)


@get("/o/{organisation:str}/sitemap.xml", **SHOWN)
async def public_sitemap(organisation: str, house: House) -> Response[str]:
    """List an organisation's public pages."""
    try:
        pages = await public_portal.list_public_pages(house, organisation)
    except NotFound:
        return _nothing_here()
    entries = "".join(
        f"<url><loc>{escape(address)}</loc><lastmod>{moment.astimezone(UTC):%Y-%m-%d}</lastmod></url>"
        for address, moment in pages
    )
    home = f"<url><loc>{escape(house.config.base_url)}/o/{escape(organisation)}</loc></url>"
    return Response(f'<urlset xmlns="{SITEMAP}">{home}{entries}</urlset>', media_type=XML, headers=FRESH)


@get("/sitemap.xml", **SHOWN)
async def sitemap(house: House) -> Response[str]:
    """List the sitemaps of the organisations that show themselves."""
    entries = "".join(
        f"<sitemap><loc>{escape(house.config.base_url)}/o/{escape(slug)}/sitemap.xml</loc></sitemap>"
        for slug, _ in await public_portal.list_portals(house)
    )
    return Response(f'<sitemapindex xmlns="{SITEMAP}">{entries}</sitemapindex>', media_type=XML, headers=FRESH)


@get("/robots.txt", **SHOWN)
async def robots(house: House) -> Response[str]:
    """Tell robots where to look: at public pages and landing pages, and at nothing else."""
    lines = [
        "User-agent: *",
        "Allow: /o/",
        "Allow: /api/v1/packages/",
        "Allow: /sitemap.xml",
        "Disallow: /",
        f"Sitemap: {house.config.base_url}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8", headers=FRESH)


HANDLERS = [public_page, public_picture, public_logo, public_sitemap, sitemap, robots]
