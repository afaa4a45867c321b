"""Citations of published versions over HTTP: each form under the media type its field uses, and the landing page."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter

from service.actions.citations import cite
from service.actions.portal_host import find_shown_host
from service.house import House
from service.landing_page import landing_links, landing_page
from service.portal_address import came_by, canonical_address
from service.routing import operation

__all__ = ["HANDLERS"]

RELEASED = "/packages/{organisation:str}/{package:str}/versions/{version:int}"
CITATION = f"{RELEASED}/citation"

Version = Annotated[int, Parameter(ge=1, le=2**31 - 1, description="Number of the version.")]

BIBTEX, RIS = "application/x-bibtex", "application/x-research-info-systems"
CSL, DATACITE = "application/vnd.citationstyles.csl+json", "application/vnd.datacite.datacite+json"
JSON_LD = "application/ld+json"


def _json(media_type: str, what: str) -> dict[str, Any]:
    """Declare a reply of JSON under a media type of its own."""
    spec = ResponseSpec(dict[str, Any], description=what, media_type=media_type, generate_examples=False)
    return {"media_type": media_type, "responses": {200: spec}}


def _reply(members: dict[str, Any], media_type: str) -> Response[bytes]:
    return Response(msgspec.json.encode(members), media_type=media_type)


@operation("GET", f"{CITATION}/text", scope="public", tags=["packages"], media_type="text/x-bibliography")
async def get_citation_text(organisation: str, package: str, version: Version, house: House) -> Response[str]:
    """Cite a published version as a sentence, as DataCite recommends it."""
    return Response((await cite(house, organisation, package, version)).text(), media_type="text/x-bibliography")


@operation("GET", f"{CITATION}/bibtex", scope="public", tags=["packages"], media_type=BIBTEX)
async def get_citation_bibtex(organisation: str, package: str, version: Version, house: House) -> Response[str]:
    """Cite a published version in BibTeX."""
    return Response((await cite(house, organisation, package, version)).bibtex(), media_type=BIBTEX)


@operation("GET", f"{CITATION}/ris", scope="public", tags=["packages"], media_type=RIS)
async def get_citation_ris(organisation: str, package: str, version: Version, house: House) -> Response[str]:
    """Cite a published version in RIS."""
    return Response((await cite(house, organisation, package, version)).ris(), media_type=RIS)


@operation("GET", f"{CITATION}/csl", scope="public", tags=["packages"], **_json(CSL, "The item."))
async def get_citation_csl(organisation: str, package: str, version: Version, house: House) -> Response[bytes]:
    """Cite a published version in CSL JSON, for citeproc and reference managers."""
    return _reply((await cite(house, organisation, package, version)).csl(), CSL)


@operation("GET", f"{CITATION}/datacite", scope="public", tags=["packages"], **_json(DATACITE, "The attributes."))
async def get_citation_datacite(organisation: str, package: str, version: Version, house: House) -> Response[bytes]:
    """Describe a published version in DataCite's JSON, metadata schema 4."""
    return _reply((await cite(house, organisation, package, version)).datacite(), DATACITE)


@operation("GET", f"{CITATION}/schema-org", scope="public", tags=["packages"], **_json(JSON_LD, "The dataset."))
async def get_citation_schema_org(organisation: str, package: str, version: Version, house: House) -> Response[bytes]:
    """Describe a published version as a schema.org Dataset, in JSON-LD."""
    return _reply((await cite(house, organisation, package, version)).schema_org(), JSON_LD)


@operation("GET", f"{RELEASED}/page", scope="public", tags=["packages"], media_type="text/html")
async def get_landing_page(
    organisation: str, package: str, version: Version, request: Request[Any, Any, Any], house: House
) -> Response[str]:
    """Read the page for people at which a citation ends: the version with all about it, or its tombstone.

    Search engines find its schema.org description in it, programs the rest by its `Link` header.
    """
    cited = await cite(house, organisation, package, version)
    headers = {
        "link": landing_links(cited),
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    }
    shown_at = await find_shown_host(house, organisation)
    here = canonical_address(house.config, organisation, came_by(request.scope["state"]))
    page = landing_page(cited, here, canonical_address(house.config, organisation, shown_at))
    return Response(page, media_type="text/html", headers=headers)


HANDLERS = [
    get_citation_text,
    get_citation_bibtex,
    get_citation_ris,
    get_citation_csl,
    get_citation_datacite,
    get_citation_schema_org,
    get_landing_page,
]
