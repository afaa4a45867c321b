"""Applications that people log in to with this service: registered by the operator or an organisation's owner."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authorization import CLAIM_SCOPES, check_redirect_uri
from domain.errors import InvalidInput, NotFound
from service.actions.credentials import hash_secret, new_secret
from service.audit_log import record, record_for_account, record_for_service
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from service.scopes import SCOPES, SIGNED_IN
from storage import application_store

__all__ = [
    "Application",
    "ApplicationWithSecret",
    "GrantedApplication",
    "NewApplication",
    "add_application",
    "add_application_for_all",
    "list_applications",
    "list_applications_for_all",
    "list_granted",
    "remove_application",
    "remove_application_for_all",
    "replace_secret",
    "take_back",
]

Uri = Annotated[str, Meta(max_length=2000, examples=["https://hub.hven.example/hub/oauth_callback"])]
ScopeName = Annotated[str, Meta(max_length=60, examples=["openid"])]


class NewApplication(msgspec.Struct, kw_only=True):
    """An application to register. ``confidential`` is one that can keep a secret: a server, no program of a person.

    ``scopes`` is the most it may ask for: ``openid``, ``profile``, ``email`` and the scopes of the house. One without
    ``redirect_uris`` can only let devices in.
    """

    name: Annotated[str, Meta(min_length=1, max_length=100, examples=["JupyterHub of Hven"])]
    redirect_uris: Annotated[list[Uri], Meta(max_length=10)] = []
    scopes: Annotated[list[ScopeName], Meta(max_length=60)] = msgspec.field(
        default_factory=lambda: ["openid", "profile", "email"]
    )
    confidential: bool = True


class Application(msgspec.Struct, kw_only=True):
    client_id: str
    name: str
    redirect_uris: list[str]
    scopes: list[str]
    confidential: bool
    created_at: datetime


class ApplicationWithSecret(Application, kw_only=True):
    """``client_secret`` is shown this once; a public application has none."""

    client_secret: str | None


class GrantedApplication(msgspec.Struct):
    """An application that one has let in, and what it may do until ``expires_at``, or until that is taken back."""

    client_id: str
    name: str
    scopes: list[str]
    since: datetime
    expires_at: datetime


def _application(row: Any) -> Application:
    return Application(
        client_id=row.id,
        name=row.name,
        redirect_uris=row.redirect_uris,
        scopes=row.scopes,
        confidential=row.secret_hash is not None,
        created_at=row.created_at,
    )


async def _add(
    connection: AsyncConnection, only_organisation_id: UUID | None, new: NewApplication
) -> ApplicationWithSecret:
    name = new.name.strip()
    if not name or not name.isprintable():
        raise InvalidInput("An application needs a name that can be read: people see it when they let it in.")
    known = SCOPES.keys() | CLAIM_SCOPES.keys()
    if only_organisation_id is not None:
        known -= {SIGNED_IN}  # it reaches beyond the organisation
    if unknown := sorted(set(new.scopes) - known):
        raise InvalidInput(
            f"An application cannot ask for {', '.join(unknown)[:200]}; it can for {', '.join(sorted(known))}."
        )
    if not new.scopes:
        raise InvalidInput("An application asks for one scope at least, such as openid.")
    uris = list(dict.fromkeys(check_redirect_uri(uri) for uri in new.redirect_uris))
    secret = new_secret() if new.confidential else None
    row = await application_store.add_application(
        connection,
        id=secrets.token_hex(12),
        only_organisation_id=only_organisation_id,
        name=name,
        secret_hash=hash_secret(secret) if secret else None,
        redirect_uris=uris,
        scopes=sorted(set(new.scopes)),
        makes_tokens=False,
    )
    return ApplicationWithSecret(**msgspec.structs.asdict(_application(row)), client_secret=secret)


async def add_application(house: House, actor: Actor, organisation: str, new: NewApplication) -> ApplicationWithSecret:
    """Register an application of an organisation: what it gets reaches no other organisation.

    Raises
    ------
    InvalidInput
        A redirect address or scope that cannot be registered.
    """
    async with house.tenant(actor, organisation) as tenant:
        made = await _add(tenant.connection, tenant.organisation_id, new)
        told = {"name": made.name, "redirect_uris": made.redirect_uris, "scopes": made.scopes}
        await record(tenant, "application.registered", f"applications/{made.client_id}", **told)
    return made


async def add_application_for_all(house: House, new: NewApplication) -> ApplicationWithSecret:
    """Register an application of the operator's, for everybody."""
    async with house.database.transaction() as connection:
        made = await _add(connection, None, new)
        await record_for_service(connection, None, "application.registered", f"applications/{made.client_id}")
    return made


async def list_applications(
    house: House, actor: Actor, organisation: str, *, cursor: str | None, limit: int
) -> Page[Application]:
    """List an organisation's applications."""
    position = decode_cursor(cursor, str)
    async with house.tenant(actor, organisation) as tenant:
        rows = await application_store.list_applications(
            tenant.connection, tenant.organisation_id, after=position[0] if position else None, limit=limit + 1
        )
    items = [_application(row) for row in rows[:limit]]
    return Page(items, encode_cursor(items[-1].client_id) if len(rows) > limit else None)


async def list_applications_for_all(house: House) -> list[Application]:
    """List the operator's applications, the first thousand."""
    async with house.database.transaction() as connection:
        rows = await application_store.list_applications(connection, None, after=None, limit=1000)
    return [_application(row) for row in rows]


async def replace_secret(house: House, actor: Actor, organisation: str, client_id: str) -> ApplicationWithSecret:
    """Give a confidential application another secret; the one before stops working.

    Raises
    ------
    NotFound
        The organisation has no such confidential application.
    """
    secret = new_secret()
    async with house.tenant(actor, organisation) as tenant:
        if not await application_store.set_secret(
            tenant.connection, tenant.organisation_id, client_id, hash_secret(secret)
        ):
            raise NotFound("The organisation has no such application with a secret.")
        row = await application_store.find_application(tenant.connection, client_id)
        await record(tenant, "application.secret-replaced", f"applications/{client_id}")
    return ApplicationWithSecret(**msgspec.structs.asdict(_application(row)), client_secret=secret)


async def remove_application(house: House, actor: Actor, organisation: str, client_id: str) -> None:
    """Remove an application: everything it was given stops working.

    Raises
    ------
    NotFound
        The organisation has no such application.
    """
    async with house.tenant(actor, organisation) as tenant:
        if not await application_store.remove_application(tenant.connection, tenant.organisation_id, client_id):
            raise NotFound("The organisation has no such application.")
        await record(tenant, "application.removed", f"applications/{client_id}")


async def remove_application_for_all(house: House, client_id: str) -> None:
    """Remove an application of the operator's.

    Raises
    ------
    NotFound
    """
    async with house.database.transaction() as connection:
        if not await application_store.remove_application(connection, None, client_id):
            raise NotFound("The operator has registered no such application.")
        await record_for_service(connection, None, "application.removed", f"applications/{client_id}")


async def list_granted(house: House, actor: Actor, *, cursor: str | None, limit: int) -> Page[GrantedApplication]:
    """List the applications that one has let in."""
    position = decode_cursor(cursor, str)
    async with house.database.transaction(account=actor.account_id) as connection:
        rows = await application_store.list_granted(
            connection, actor.account_id, after=position[0] if position else None, limit=limit + 1
        )
    items = [GrantedApplication(r.id, r.name, sorted(r.scopes), r.since, r.expires_at) for r in rows[:limit]]
    return Page(items, encode_cursor(items[-1].client_id) if len(rows) > limit else None)


async def take_back(house: House, actor: Actor, client_id: str) -> None:
    """Take back what one granted an application; its tokens stop working with the next request.

    Raises
    ------
    NotFound
        One has not let in such an application.
    """
    async with house.database.transaction(account=actor.account_id) as connection:
        if not await application_store.revoke_grants(connection, actor.account_id, client_id):
            raise NotFound("You have let in no such application.")
        await record_for_account(connection, actor, "application.turned-out", f"applications/{client_id}")
