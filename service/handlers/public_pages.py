"""The pages at which the public meets organisations, their pictures, and what search engines read."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Any
from uuid import UUID
from xml.sax.saxutils import escape

from litestar import Request, Response, get
from litestar.params import Parameter

from domain.errors import NotFound
from service.actions import public_portal
from service.actions.portal_host import find_portal_of
from service.house import House
from service.pages import page as message_page
from service.pages import paragraph
from service.portal_address import came_by, canonical_address, host_address
from service.portal_page import page_policy, portal_page

__all__ = ["HANDLERS"]

Visit = Request[Any, Any, Any]
SHOWN: dict[str, Any] = {"include_in_schema": False, "opt": {"scope": "public"}}
FRESH = {"cache-control": "public, max-age=60"}
KEPT_PICTURE = {"cache-control": "public, max-age=300"}
XML = "application/xml"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _nothing_here() -> Response[str]:
    return message_page("Nothing here", paragraph("There is no public page at this address."), status=404)


@get("/o/{organisation:str}", **SHOWN)
async def public_page(
    organisation: str, request: Visit, house: House, page: Annotated[int, Parameter(ge=1, le=400)] = 1
) -> Response[str]:
    """Show an organisation that shows itself."""
    try:
        shown = await public_portal.read_portal(house, organisation, page=page)
    except NotFound:
        return _nothing_here()
    headers = FRESH | {"content-security-policy": page_policy(shown), "referrer-policy": "strict-origin"}
    here = canonical_address(house.config, organisation, came_by(request.scope["state"]))
    return Response(portal_page(house, shown, here, page=page), media_type="text/html; charset=utf-8", headers=headers)


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
        address, pages = await public_portal.list_public_pages(house, organisation)
    except NotFound:
        return _nothing_here()
    entries = "".join(
        f"<url><loc>{escape(landing)}</loc><lastmod>{moment.astimezone(UTC):%Y-%m-%d}</lastmod></url>"
        for landing, moment in pages
    )
    home = f"<url><loc>{escape(address.home)}</loc></url>"
    return Response(f'<urlset xmlns="{SITEMAP}">{home}{entries}</urlset>', media_type=XML, headers=FRESH)


@get("/sitemap.xml", **SHOWN)
async def sitemap(house: House) -> Response[str]:
    """List the sitemaps of the organisations that show themselves here; who has a host of their own has it there."""
    entries = "".join(
        f"<sitemap><loc>{escape(house.config.base_url)}/o/{escape(slug)}/sitemap.xml</loc></sitemap>"
        for slug, _ in await public_portal.list_portals(house)
    )
    return Response(f'<sitemapindex xmlns="{SITEMAP}">{entries}</sitemapindex>', media_type=XML, headers=FRESH)


@get("/robots.txt", **SHOWN)
async def robots(request: Visit, house: House) -> Response[str]:
    """Tell robots where to look: at public pages and landing pages, and at nothing else."""
    host = came_by(request.scope["state"])
    lines = (
        [
            "User-agent: *",
            "Allow: /",
            f"Sitemap: {host_address(house.config, host)}/sitemap.xml",
        ]
        if host
        else [
            "User-agent: *",
            "Allow: /o/",
            "Allow: /api/v1/packages/",
            "Allow: /sitemap.xml",
            "Disallow: /",
            f"Sitemap: {house.config.base_url}/sitemap.xml",
        ]
    )
    return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8", headers=FRESH)


@get("/portal-hosts/ask", **SHOWN)
async def ask_for_host(house: House, domain: Annotated[str, Parameter(min_length=1, max_length=300)]) -> Response[str]:
    """Tell a proxy in front of the service whether it should have a certificate for a host: where a portal is shown."""
    found = await find_portal_of(house, domain.rstrip(".").lower())
    yes = found is not None and found.is_shown
    return Response("yes\n" if yes else "no\n", status_code=200 if yes else 404, media_type="text/plain")


HANDLERS = [ask_for_host, public_page, public_picture, public_logo, public_sitemap, sitemap, robots]
