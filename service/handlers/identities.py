"""Identities elsewhere over HTTP: where one can sign in, what is linked, linking and unlinking."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from msgspec import Meta

from service.actions import outside_sign_in
from service.actions.outside_sign_in import LinkedIdentity, ProviderShown
from service.actions.sessions import by_own_hand
from service.handlers.outside_pages import visit_cookie
from service.house import Actor, House
from service.identity_provider import Providers
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]


class ProviderList(msgspec.Struct):
    items: list[ProviderShown]


class ProviderToLink(msgspec.Struct):
    provider: Annotated[str, Meta(max_length=40, examples=["orcid"])]


class VisitBegun(msgspec.Struct):
    """Open ``address`` in the same browser: it comes back with the identity linked."""

    address: str


@operation("GET", "/identity-providers", scope="public", tags=["people"])
async def list_identity_providers(house: House, providers: Providers) -> ProviderList:
    """List where one can sign in elsewhere."""
    return ProviderList(outside_sign_in.list_providers(house, providers))


@operation("GET", "/me/identities", scope="account", tags=["people"])
async def list_identities(
    actor: Actor, house: House, providers: Providers, cursor: Cursor = None, limit: Limit = 100
) -> Page[LinkedIdentity]:
    """List the identities elsewhere with which one signs in."""
    return await outside_sign_in.list_identities(house, actor, providers, cursor=cursor, limit=limit)


@operation(
    "POST",
    "/me/identities",
    scope="account",
    problems=(429,),
    tags=["people"],
    opt={"secret_reply": True},
)
async def link_identity(
    data: ProviderToLink, actor: Actor, house: House, providers: Providers, request: Request[None, None, State]
) -> Response[VisitBegun]:
    """Begin to link an identity elsewhere to one's account; a browser session only."""
    by_own_hand(actor)
    address, bound = await outside_sign_in.begin(
        house,
        providers.get(data.provider),
        onward="/account",
        client_address=request.client.host if request.client else "",
        link_to=actor.account_id,
    )
    return Response(VisitBegun(address), cookies=[visit_cookie(house, bound)])


@operation("DELETE", "/me/identities/{identity_id:uuid}", scope="account", tags=["people"])
async def unlink_identity(identity_id: UUID, actor: Actor, house: House) -> None:
    """Unlink an identity; one way of signing in stays. A browser session only."""
    await outside_sign_in.unlink(house, actor, identity_id)


HANDLERS = [list_identity_providers, list_identities, link_identity, unlink_identity]
