"""The house: what every action works with, and the door through which an organisation's rows are reached."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.plans import PlanBook, read_plans
from domain.closing import refuse_closed
from domain.errors import NotAllowed, NotFound, NotSignedIn
from domain.own_files import OWN_FILES, OwnFilesNotOpen, check_team
from service.actions.credentials import hash_secret
from service.config import Config
from service.download_tally import DownloadTally
from service.image_room import ImageRoom
from service.open_streams import OpenStreams
from service.satellite_sky import SatelliteSky
from service.scopes import RANKS, SCOPES, TEAM_RANKS, works_in_closed
from storage import package_store
from storage.database import Database
from storage.link_files import Part, dataset_part, folder_part, frozen_part
from storage.objects import ObjectStore
from storage.row_security import GUEST_ROLE, OPERATOR_ROLE, READER_ROLE, TEAM_ROLE

__all__ = ["Actor", "House", "Linked", "Team", "Tenant"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, for which kind of operation, and how far their credential reaches.

    ``scope`` is the scope the operation declares; it was checked against the token's scopes before.
    """

    account_id: UUID
    email: str
    name: str
    scope: str
    adds: bool = True
    "Whether what is asked for may bring something new: it neither reads nor deletes."
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


class Team(msgspec.Struct, frozen=True):
    """One transaction inside one team, of one of its people. ``organisation_id`` hosts it."""

    connection: AsyncConnection
    team_id: UUID
    organisation_id: UUID
    slug: str
    name: str
    role: str
    actor: Actor
    has_left: bool = False
    "Whether these are the own files of somebody who is a member of their host no more."


class Linked(msgspec.Struct, frozen=True):
    """One transaction of whoever holds a link; ``link`` is its row, with the organisation's name.

    ``version`` is the row of the data package's version that it shows, where it does, a draft's too, with the slug of
    its package; ``parts`` are what it shows, in the order of their paths.
    """

    connection: AsyncConnection
    organisation_id: UUID
    link: Any
    version: Any
    parts: list[Part]

    @asynccontextmanager
    async def beyond(self) -> AsyncIterator[AsyncConnection]:
        """Look, for as long as the block lasts, at what the organisation sees: to tell what is left out."""
        await self.connection.execute(text("RESET ROLE"))
        yield self.connection
        await self.connection.execute(text(f"SET LOCAL ROLE {READER_ROLE}"))


ENTER = text("""
    SELECT o.id, m.role, o.closed_at, o.removal_at, set_config('uraniborg.organisation', o.id::text, true)
    FROM organisations o JOIN memberships m ON m.organisation_id = o.id
    WHERE o.slug = :slug AND m.account_id = :account
""")
# A guest's transaction goes on as the guest's role, from which further policies keep most rows; they see what is shared
# with their teams, too.
BECOME_GUEST = text(f"""
    SELECT set_config('uraniborg.datasets', s.whole, true), set_config('uraniborg.lifted_datasets', s.lifted, true),
        set_config('role', '{GUEST_ROLE}', true)
    FROM (
        SELECT coalesce(array_agg(s.dataset_id) FILTER (WHERE s.with_embargoed), '{{}}')::text AS whole,
            coalesce(array_agg(s.dataset_id) FILTER (WHERE NOT s.with_embargoed), '{{}}')::text AS lifted
        FROM dataset_shares s JOIN team_members m ON m.team_id = s.team_id
        WHERE s.organisation_id = :organisation AND m.account_id = :account
    ) s
""")
# Of who is none of its people, but in a team that it shares datasets with: read, and these alone.
ENTER_SHARED = text(f"""
    SELECT s.id, set_config('uraniborg.organisation', s.id::text, true),
        set_config('uraniborg.datasets', s.whole, true), set_config('uraniborg.lifted_datasets', s.lifted, true),
        set_config('role', '{READER_ROLE}', true)
    FROM (
        SELECT o.id, coalesce(array_agg(s.dataset_id) FILTER (WHERE s.with_embargoed), '{{}}')::text AS whole,
            coalesce(array_agg(s.dataset_id) FILTER (WHERE NOT s.with_embargoed), '{{}}')::text AS lifted
        FROM organisations o JOIN dataset_shares s ON s.organisation_id = o.id
        JOIN team_members m ON m.team_id = s.team_id
        WHERE o.slug = :slug AND m.account_id = :account GROUP BY o.id
    ) s
""")
ENTER_TEAM = text("""
    SELECT t.id, t.organisation_id, t.name, m.role, o.closed_at, o.removal_at,
        set_config('uraniborg.team', t.id::text, true)
    FROM teams t JOIN team_members m ON m.team_id = t.id JOIN organisations o ON o.id = t.organisation_id
    WHERE t.slug = :slug AND m.account_id = :account AND t.owner_account_id IS NULL
""")
ENTER_OWN = text("""
    SELECT t.id, t.organisation_id, t.slug, t.name, o.closed_at, o.removal_at,
        NOT EXISTS (
            SELECT FROM memberships h
            WHERE h.organisation_id = o.id AND h.account_id = :account AND h.role <> 'guest'
        ) AS has_left,
        set_config('uraniborg.team', t.id::text, true)
    FROM teams t JOIN team_members m ON m.team_id = t.id JOIN organisations o ON o.id = t.organisation_id
    WHERE t.owner_account_id = :account AND m.account_id = :account
""")
NOWHERE = UUID(int=0)
# From a team's transaction to that of its files: in the organisation that hosts it, as a role that sees nothing of it.
ENTER_TEAM_FILES = text(
    f"SELECT set_config('uraniborg.organisation', :host, true), set_config('role', '{TEAM_ROLE}', true)"
)
FIND_LINK = text("""
    SELECT l.*, o.name AS organisation, set_config('uraniborg.organisation', l.organisation_id::text, true)
    FROM links l JOIN organisations o ON o.id = l.organisation_id
    WHERE l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > now())
""")
# Of who holds a link: what it shows, and nothing about anyone.
BECOME_HOLDER = text(f"""
    SELECT set_config('uraniborg.datasets', :whole, true), set_config('uraniborg.lifted_datasets', :lifted, true),
        set_config('uraniborg.folder', :folder, true), set_config('uraniborg.embargoed', :embargoed, true),
        set_config('uraniborg.anonymous', :anonymous, true), set_config('role', '{READER_ROLE}', true)
""")


class House(msgspec.Struct, frozen=True):
    """Everything that is wired once: configuration, stores, plans, and the doors to processes of their own."""

    config: Config
    database: Database
    objects: ObjectStore
    downloads: DownloadTally = msgspec.field(default_factory=DownloadTally)
    plans: PlanBook = msgspec.field(default_factory=read_plans)
    payer: Any = None
    "A `billing.stripe_gateway.StripeGateway`, or None; not named here, since its library takes a second to load."
    satellites: SatelliteSky = msgspec.field(default_factory=SatelliteSky)
    images: ImageRoom = msgspec.field(default_factory=ImageRoom)
    streams: OpenStreams = msgspec.field(default_factory=OpenStreams)

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
        OrganisationClosed
            It closed, and what is asked for would change it.
        """
        async with self.database.transaction(account=actor.account_id) as connection:
            who = {"slug": organisation, "account": actor.account_id}
            row = (await connection.execute(ENTER, who)).first()
            needed = SCOPES[actor.scope].role
            if row is None and needed == "reader":
                shared = (await connection.execute(ENTER_SHARED, who)).first()
                if shared is not None and actor.only_organisation_id in (None, shared.id):
                    yield Tenant(connection, shared.id, organisation, "reader", actor)
                    return
            if row is None or actor.only_organisation_id not in (None, row.id):
                raise NotFound("There is no such organisation, or you are not one of its people.")
            if RANKS[row.role] < RANKS[needed]:
                raise NotAllowed(
                    f"This needs the role {needed}; yours here is {row.role}. Ask an owner or admin.", needed=needed
                )
            if actor.adds and not works_in_closed(actor.scope):
                refuse_closed(row.closed_at, row.removal_at)
            if row.role == "guest":
                await connection.execute(BECOME_GUEST, {"organisation": row.id, "account": actor.account_id})
            try:
                yield Tenant(connection, row.id, organisation, row.role, actor)
            except DBAPIError as error:
                if row.role == "guest" and getattr(error.orig, "sqlstate", None) == "42501":
                    raise NotAllowed(
                        "This is beyond what a guest may do here: ask one of the observatory's people."
                    ) from error
                raise

    @asynccontextmanager
    async def team(self, actor: Actor, team: str) -> AsyncIterator[Team]:
        """Open a transaction in a team for one of its people.

        Raises
        ------
        NotFound
            No such team, or not one of its people: the two are not told apart.
        NotAllowed
            One of its people whose role there is too low.
        OrganisationClosed
            The organisation that hosts it closed, and what is asked for would change the team.
        """
        check_team(team)
        async with self.database.transaction(account=actor.account_id) as connection:
            row = (await connection.execute(ENTER_TEAM, {"slug": team, "account": actor.account_id})).first()
            if row is None or actor.only_organisation_id not in (None, row.organisation_id):
                raise NotFound("There is no such team, or you are not one of its people.")
            needed = SCOPES[actor.scope].team_role
            if TEAM_RANKS[row.role] < TEAM_RANKS[needed]:
                raise NotAllowed(
                    f"This needs the role {needed} in the team; yours is {row.role}. Ask a manager.", needed=needed
                )
            if actor.adds and not works_in_closed(actor.scope):
                refuse_closed(row.closed_at, row.removal_at)
            yield Team(connection, row.id, row.organisation_id, team, row.name, row.role, actor)

    @asynccontextmanager
    async def team_files(self, actor: Actor, team: str) -> AsyncIterator[Team]:
        """Open a transaction about a team's own files: with their contents, and nothing else of the host's.

        ``~me`` are the own files of whoever asks; as long as no organisation keeps them there are none.

        Raises
        ------
        NotFound, NotAllowed, OrganisationClosed
            As `team`.
        OwnFilesNotOpen
            One's own are to be changed, and no organisation keeps them yet.
        """
        async with self._own_files(actor) if team == OWN_FILES else self.team(actor, team) as opened:
            await opened.connection.execute(ENTER_TEAM_FILES, {"host": str(opened.organisation_id)})
            yield opened

    @asynccontextmanager
    async def _own_files(self, actor: Actor) -> AsyncIterator[Team]:
        async with self.database.transaction(account=actor.account_id) as connection:
            row = (await connection.execute(ENTER_OWN, {"account": actor.account_id})).first()
            if row is None:
                if not actor.scope.endswith(":read"):
                    raise OwnFilesNotOpen(
                        "You have no files of your own yet: say which organisation keeps them (`open_own_files`, POST"
                        " /api/v1/me/files), then send them."
                    )
                yield Team(connection, NOWHERE, NOWHERE, OWN_FILES, "", "manager", actor)  # where nothing is
                return
            if actor.only_organisation_id not in (None, row.organisation_id):
                raise NotFound("This token is for one organisation, and another one keeps your own files.")
            if actor.adds and not works_in_closed(actor.scope):
                refuse_closed(row.closed_at, row.removal_at)
            yield Team(
                connection, row.id, row.organisation_id, row.slug, row.name, "manager", actor, has_left=row.has_left
            )

    @asynccontextmanager
    async def linked(self, secret: str, *, snapshot: bool = False) -> AsyncIterator[Linked]:
        """Open a transaction for whoever holds a link: what it shows can be read.

        Parameters
        ----------
        snapshot : bool
            All that is read is of one moment.

        Raises
        ------
        NotSignedIn
            There is no such link, or none any more.
        NotFound
            What it showed is no more.
        """
        async with self.database.transaction(snapshot=snapshot) as connection:
            await connection.execute(
                text("SELECT set_config('uraniborg.link', :hash, true)"), {"hash": hash_secret(secret).hex()}
            )
            link = (await connection.execute(FIND_LINK)).first()
            if link is None:
                raise NotSignedIn("This link does not work: it was mistyped or revoked, or its time is over.")
            version, parts, whole, lifted = await _shown_by(connection, link)
            reach = {
                "whole": _array(whole),
                "lifted": _array(lifted),
                "folder": link.folder,
                "embargoed": "yes" if link.with_embargoed else "",
                "anonymous": "yes" if link.anonymous else "",
            }
            await connection.execute(BECOME_HOLDER, reach)
            yield Linked(connection, link.organisation_id, link, version, parts)

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

    @asynccontextmanager
    async def operator(self, actor: Actor) -> AsyncIterator[AsyncConnection]:
        """Open a transaction for an operator of the service: across organisations, and only to read how things stand.

        Raises
        ------
        NotAllowed
            Somebody else asks.
        """
        _check_operator(actor)
        async with self.database.transaction(account=actor.account_id) as connection:
            await connection.execute(text(f"SET LOCAL ROLE {OPERATOR_ROLE}"))
            yield connection

    @asynccontextmanager
    async def operated(self, actor: Actor, organisation_id: UUID, slug: str) -> AsyncIterator[Tenant]:
        """Open a transaction in an organisation for an operator of the service, for what is the operator's to do there.

        Raises
        ------
        NotAllowed
            Somebody else asks.
        """
        _check_operator(actor)
        async with self.database.transaction(organisation=organisation_id, account=actor.account_id) as connection:
            yield Tenant(connection, organisation_id, slug, "operator", actor)


def _check_operator(actor: Actor) -> None:
    if not actor.is_operator:
        raise NotAllowed("This is for the operators of the service: they see all organisations.")


def _array(ids: list[UUID]) -> str:
    return f"{{{','.join(map(str, ids))}}}"


async def _shown_by(connection: AsyncConnection, link: Any) -> tuple[Any, list[Part], list[UUID], list[UUID]]:
    """Tell what a link shows: a version, the parts, and the datasets shown whole or without what is under embargo."""
    if link.dataset_id is not None:
        here = [link.dataset_id]
        part = dataset_part(link.dataset_id, embargoed=link.with_embargoed)
        return None, [part], here if link.with_embargoed else [], [] if link.with_embargoed else here
    if link.version_id is None:
        return None, [folder_part(link.folder, embargoed=link.with_embargoed)], [], []
    version = await package_store.get_version(connection, link.version_id)
    if version["state"] == "withdrawn":
        raise NotFound("What this link showed was withdrawn by who published it.")
    if version["state"] != "draft":
        return version, [frozen_part(link.version_id)], [], []
    datasets = await package_store.find_datasets(connection, version["datasets"])
    if gone := set(version["datasets"]) - datasets.keys():
        raise NotFound(f"The draft names {len(gone)} datasets that are gone: ask who sent you the link.")
    whole = [each for each in datasets.values() if link.with_embargoed and each in link.embargoed_datasets]
    parts = [
        dataset_part(dataset_id, prefix=f"{slug}/", embargoed=dataset_id in whole)
        for slug, dataset_id in sorted(datasets.items(), key=lambda item: f"{item[0]}/")
    ]
    return version, parts, whole, [each for each in datasets.values() if each not in whole]


NOBODY = Actor(account_id=UUID(int=0), email="", name="", scope="public")
