"""Who asks: the guard in front of every operation, by browser session or by bearer token."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import Parameter

from domain.errors import NotAllowed, NotSignedIn
from service.actions.credentials import ACCESS_PREFIX, hash_secret, same_secret
from service.actions.link_holders import LinkHolder
from service.audit_log import record_for_account
from service.house import Actor, House
from service.identity_provider import Providers
from service.scopes import LINK, PUBLIC, SCOPES
from storage import application_store, people_store

__all__ = [
    "CSRF_HEADER",
    "SESSION_COOKIE",
    "authenticate",
    "bearer_actor",
    "provide_actor",
    "provide_holder",
    "provide_house",
    "provide_providers",
    "provide_visitor",
    "session_actor",
]

SESSION_COOKIE = "uraniborg_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


async def authenticate(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let a request through to its operation, or answer 401 or 403.

    A token must have the operation's scope; a session may do everything, but for changes it must also bring the
    CSRF token that only pages of ours can read.

    Raises
    ------
    NotSignedIn
        No credential, or one that is unknown, expired or revoked.
    NotAllowed
        The token lacks the scope, or the CSRF token is missing.
    """
    scope = handler.opt.get("scope")
    # The framework answers OPTIONS itself, with the methods of an address and nothing else.
    if scope == PUBLIC or connection.scope.get("method") == "OPTIONS":
        return
    if scope is None:
        raise RuntimeError("an operation without a scope")
    house: House = connection.app.state.house
    kind, _, secret = connection.headers.get("Authorization", "").partition(" ")
    if scope == LINK:
        if kind.lower() != "bearer" or not secret.strip():
            raise NotSignedIn("Send the link's secret in the Authorization header.")
        connection.scope["state"]["secret"] = secret.strip()
        return
    if kind.lower() == "bearer" and secret:
        actor = await bearer_actor(house, secret.strip(), scope)
    elif cookie := connection.cookies.get(SESSION_COOKIE):
        safe = connection.scope.get("method") in SAFE_METHODS
        csrf = None if safe else connection.headers.get(CSRF_HEADER, "")
        actor = await session_actor(house, cookie, scope, csrf=csrf)
    else:
        raise NotSignedIn("Sign in, or send a token in the Authorization header.")
    adds = connection.scope.get("method") not in SAFE_METHODS | {"DELETE"}
    connection.scope["state"]["actor"] = msgspec.structs.replace(actor, adds=adds)


async def bearer_actor(house: House, secret: str, scope: str) -> Actor:
    """Tell for whom a token asks: a personal one, or an application's.

    Raises
    ------
    NotSignedIn
        It is unknown, expired or revoked.
    NotAllowed
        It lacks the scope.
    """
    if secret.startswith(ACCESS_PREFIX):
        return await _application_actor(house, secret, scope)
    async with house.database.transaction() as database:
        found = await people_store.find_token(database, hash_secret(secret))
    if found is None:
        raise NotSignedIn("The token is unknown, expired or revoked: make another with `uraniborg login`.")
    actor = Actor(
        account_id=found.id,
        email=found.email,
        name=found.name,
        scope=scope,
        only_organisation_id=found.only_organisation_id,
        token_id=found.token_id,
        token_scopes=found.scopes,
        is_operator=found.is_operator and found.only_organisation_id is None,
    )
    if found.first_use:
        async with house.database.transaction(account=found.id) as database:
            await record_for_account(
                database,
                actor,
                "token.first-used",
                f"tokens/{found.token_id}",
                only_organisation_id=found.only_organisation_id,
            )
    if scope not in found.scopes:
        raise NotAllowed(f"This token lacks the scope {scope}.", scope=scope)
    return actor


async def session_actor(house: House, cookie: str, scope: str, *, csrf: str | None = None) -> Actor:
    """Tell who is signed in with a session cookie.

    Parameters
    ----------
    csrf : str, optional
        The CSRF token that came with a change; None where nothing changes, or a form's own token was checked.

    Raises
    ------
    NotSignedIn
        The session is unknown or has ended.
    NotAllowed
        The CSRF token is not the session's.
    """
    async with house.database.transaction() as database:
        session = await people_store.find_session(database, hash_secret(cookie))
    if session is None:
        raise NotSignedIn("The session has ended: sign in again.")
    if csrf is not None and not same_secret(csrf, session.csrf_hash):
        raise NotAllowed(f"The header {CSRF_HEADER} is missing or wrong: take its value from the login's reply.")
    return Actor(
        account_id=session.id,
        email=session.email,
        name=session.name,
        scope=scope,
        is_operator=session.is_operator,
        session_id=session.session_id,
        signed_in_at=session.signed_in_at,
    )


async def _application_actor(house: House, secret: str, scope: str) -> Actor:
    """Tell for whom an application asks; it has none of the operator's rights, whoever let it in."""
    async with house.database.transaction() as database:
        found = await application_store.find_access_token(database, hash_secret(secret))
    if found is None:
        raise NotSignedIn("The access token is unknown, expired or revoked: refresh it, or ask the person again.")
    scopes = [name for name in found.scopes if name in SCOPES]
    if scope not in scopes:
        raise NotAllowed(f"This application was not granted the scope {scope}.", scope=scope)
    return Actor(
        account_id=found.id,
        email=found.email,
        name=found.name,
        scope=scope,
        only_organisation_id=found.only_organisation_id,
        token_id=found.grant_id,
        token_scopes=scopes,
        application_id=found.application_id,
        makes_tokens=found.makes_tokens,
    )


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Hand the person who asks to the handler."""
    actor: Actor = request.scope["state"]["actor"]
    return actor


def provide_holder(
    request: Request[Any, Any, Any],
    link_password: Annotated[
        str | None, Parameter(header="X-Link-Password", max_length=1000, description="Where the link has one.")
    ] = None,
) -> LinkHolder:
    """Hand what the holder of a link brought to the handler."""
    return LinkHolder(request.scope["state"]["secret"], link_password)


def provide_house(request: Request[Any, Any, Any]) -> House:
    """Hand the wired house to the handler."""
    house: House = request.app.state.house
    return house


async def provide_visitor(request: Request[Any, Any, Any]) -> Actor | None:
    """Hand the person who comes to a public operation to its handler, where one is signed in.

    It tells who somebody is, and allows nothing: a credential that is no good is as none.
    """
    house: House = request.app.state.house
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie and not (kind.lower() == "bearer" and secret):
        return None
    async with house.database.transaction() as database:
        if kind.lower() == "bearer" and secret:
            found = await people_store.find_token(database, hash_secret(secret.strip()))
        else:
            found = await people_store.find_session(database, hash_secret(cookie or ""))
    if found is None:
        return None
    token_id = found.token_id if "token_id" in found._fields else None
    return Actor(account_id=found.id, email=found.email, name=found.name, scope=PUBLIC, token_id=token_id)


def provide_providers(request: Request[Any, Any, Any]) -> Providers:
    """Hand the identity providers to the handler."""
    providers: Providers = request.app.state.providers
    return providers
