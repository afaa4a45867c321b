"""OAI-PMH over HTTP: by GET and by POST, as the protocol wants it; its errors are documents of its own."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qsl

from litestar import Request, Response
from litestar.datastructures import State
from litestar.params import Parameter

from service.actions.harvest import oai_answer
from service.house import House
from service.routing import operation

__all__ = ["HANDLERS"]

HttpRequest = Request[Any, Any, State]
XML = "text/xml"
MOST_ARGUMENTS = 20


def _given(encoded: bytes) -> list[tuple[str, str]]:
    """Read arguments as they stand, those that stand twice too; too many are as good as none."""
    try:
        return parse_qsl(encoded.decode(), keep_blank_values=True, max_num_fields=MOST_ARGUMENTS)
    except (ValueError, UnicodeError):
        return []


@operation("GET", "/oai", scope="public", tags=["packages"], media_type=XML)
async def harvest_packages(
    request: HttpRequest,
    house: House,
    verb: Annotated[str | None, Parameter(description="Identify, ListRecords and the others.")] = None,
    identifier: Annotated[str | None, Parameter(description="Of a record.")] = None,
    metadata_prefix: Annotated[
        str | None, Parameter(query="metadataPrefix", description="oai_dc or oai_datacite.")
    ] = None,
    first: Annotated[str | None, Parameter(query="from", description="Changed then or later.")] = None,
    last: Annotated[str | None, Parameter(query="until", description="Changed then or before.")] = None,
    of_set: Annotated[str | None, Parameter(query="set", description="Slug of an organisation.")] = None,
    token: Annotated[str | None, Parameter(query="resumptionToken", description="Of the page before.")] = None,
) -> Response[bytes]:
    """Harvest what is published, by OAI-PMH 2.0.

    Sets are organisations; a withdrawn version is a deleted record. Errors are told as the protocol has it, with the
    status 200.
    """
    # The parameters above are for the document; the protocol also judges those that are unknown or stand twice.
    return Response(await oai_answer(house, _given(request.scope["query_string"])), media_type=XML)


@operation("POST", "/oai", scope="public", status=200, tags=["packages"], media_type=XML)
async def harvest_packages_by_post(request: HttpRequest, house: House) -> Response[bytes]:
    """Harvest what is published, by OAI-PMH 2.0, with the arguments in a form."""
    return Response(await oai_answer(house, _given(await request.body())), media_type=XML)


HANDLERS = [harvest_packages, harvest_packages_by_post]
