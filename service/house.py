"""The house: what every action works with, and the door through which an organisation's rows are reached."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotAllowed, NotFound
from service.config import Config
from service.scopes import RANKS, SCOPES
from storage.database import Database
from storage.objects import ObjectStore
from storage.row_security import GUEST_ROLE

__all__ = ["Actor", "House", "Tenant"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, for which kind of operation, and how far their credential reaches.

    ``scope`` is the scope the operation declares; it was checked against the token's scopes before.
    """

    account_id: UUID
    email: str
    name: str
    scope: str
    only_organisation_id: UUID | None = None
    token_id: UUID | None = None
    token_scopes: list[str] | None = None
    is_operator: bool = False
    session_id: UUID | None = None
    "The browser session, where it is one that asks."
    signed_in_at: datetime | None = None
    application_id: str | None = None
    "The application that asks with somebody's consent, where it is one."
    makes_tokens: bool = False
    "Whether that application is our own command, which trades its consent for a token."


class Tenant(msgspec.Struct, frozen=True):
    """One transaction inside one organisation, of somebody who may be there."""

    connection: AsyncConnection
    organisation_id: UUID
    slug: str
    role: str
    actor: Actor


# A guest's transaction goes on as the guest's role, from which further policies keep most rows.
ENTER = text(f"""
    SELECT o.id, m.role, set_config('uraniborg.organisation', o.id::text, true),
        CASE m.role WHEN 'guest' THEN set_config('role', '{GUEST_ROLE}', true) END
    FROM organisations o JOIN memberships m ON m.organisation_id = o.id
    WHERE o.slug = :slug AND m.account_id = :account
""")


class House(msgspec.Struct, frozen=True):
    """Everything that is wired once: the configuration, the database, the objects."""

    config: Config
    database: Database
    objects: ObjectStore

    @asynccontextmanager
    async def tenant(self, actor: Actor, organisation: str) -> AsyncIterator[Tenant]:
        """Open a transaction in an organisation for one of its people.

        The role needed is that of the scope which the operation declares, so that no action can forget to ask.

        Raises
        ------
        NotFound
            No such organisation, or not a member of it: the two are not told apart.
        NotAllowed
            A member whose role is too low, or a guest beyond their nights.
        """
        async with self.database.transaction(account=actor.account_id) as connection:
            row = (await connection.execute(ENTER, {"slug": organisation, "account": actor.account_id})).first()
            if row is None or actor.only_organisation_id not in (None, row.id):
                raise NotFound("There is no such organisation, or you are not one of its people.")
            needed = SCOPES[actor.scope].role
            if RANKS[row.role] < RANKS[needed]:
                raise NotAllowed(
                    f"This needs the role {needed}; yours here is {row.role}. Ask an owner or admin.", needed=needed
                )
            try:
                yield Tenant(connection, row.id, organisation, row.role, actor)
            except DBAPIError as error:
                if row.role == "guest" and getattr(error.orig, "sqlstate", None) == "42501":
                    raise NotAllowed(
                        "This is beyond what a guest may do here: ask one of the observatory's people."
                    ) from error
                raise

    @asynccontextmanager
    async def public(self, organisation: str) -> AsyncIterator[Tenant]:
        """Open a transaction in an organisation for nobody in particular: only for what is published.

        Raises
        ------
        NotFound
            No such organisation.
        """
        async with self.database.transaction() as connection:
            row = (
                await connection.execute(
                    text(
                        "SELECT id, set_config('uraniborg.organisation', id::text, true)"
                        " FROM organisations WHERE slug = :slug"
                    ),
                    {"slug": organisation},
                )
            ).first()
            if row is None:
                raise NotFound("There is no such organisation.")
            yield Tenant(connection, row.id, organisation, "public", NOBODY)


NOBODY = Actor(account_id=UUID(int=0), email="", name="", scope="public")
