"""A house that lets everybody in: the checks of the actions switched off, so that row-level security stands alone.

The service has no switch for it: here the doors through which every action goes are replaced by others for a while.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from service.access_table import Kind, State, Who, row_of, sees
from service.house import BECOME_GUEST, ENTER, ENTER_SHARED, Actor, House, Linked, Team, Tenant
from storage.link_files import dataset_part
from storage.sharing_tables import links, teams
from storage.tables import metadata
from tests.support.access_matrix import Matrix
from tests.support.access_things import WORDS
from tests.support.rehearsal import rehearsal, superuser
from tests.support.stored_files import organisation_id_of

__all__ = ["as_neighbour", "as_one_of_them"]

READ_BEFORE = {"get_organisation", "get_night_log_markdown", "get_night_log_pdf", "list_applications"}
"These tell the names of the organisation and its applications: read before the tenant is known, by everybody."
TALLIED = {"egress_days"}
"What earlier requests counted, written some seconds later."
PAST_ACTIONS = {"audit_heads", "audit_entries"}
"What everybody's transactions add to, whatever their role."


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """Doors through which whoever comes is an owner of what they name, and of another organisation to the database."""

    victim: UUID
    own: UUID
    team_id: UUID
    link: Any
    pretends: bool = True
    "Whether the actions believe in the other organisation's id; else in one's own."

    def doors(self) -> dict[str, Any]:
        @asynccontextmanager
        async def tenant(house: House, actor: Actor, organisation: str) -> AsyncIterator[Tenant]:
            async with house.database.transaction(organisation=self.own, account=actor.account_id) as connection:
                yield Tenant(connection, self.victim if self.pretends else self.own, organisation, "owner", actor)

        @asynccontextmanager
        async def team(house: House, actor: Actor, team: str) -> AsyncIterator[Team]:
            async with house.database.transaction(organisation=self.own, account=actor.account_id) as connection:
                yield Team(connection, self.team_id, self.victim, team, team, "manager", actor)

        @asynccontextmanager
        async def linked(
            house: House, secret: str, *, used_up: bool = False, snapshot: bool = False
        ) -> AsyncIterator[Linked]:
            parts = [dataset_part(self.link.dataset_id, embargoed=True)]
            async with house.database.transaction(organisation=self.own, snapshot=snapshot) as connection:
                yield Linked(connection, self.victim, self.link, None, parts)

        return {"tenant": tenant, "team": team, "linked": linked}


@asynccontextmanager
async def roleless(house: House, actor: Actor, organisation: str) -> AsyncIterator[Tenant]:
    """Let guests and readers in as what they are to the database, and as owners to the actions."""
    async with house.database.transaction(account=actor.account_id) as connection:
        who = {"slug": organisation, "account": actor.account_id}
        row = (await connection.execute(ENTER, who)).first()
        if row is not None and row.role == "guest":
            await connection.execute(BECOME_GUEST, {"organisation": row.id, "account": actor.account_id})
        row = row or (await connection.execute(ENTER_SHARED, who)).one()
        yield Tenant(connection, row.id, organisation, "owner", actor)


def _tables(organisation_id: UUID) -> dict[str, str]:
    """Give, of each table that has rows of an organisation or of its teams, the condition for them."""
    conditions = {}
    for table in metadata.sorted_tables:
        if "organisation_id" in table.c:
            conditions[table.name] = f"organisation_id = '{organisation_id}'"
        elif "team_id" in table.c:
            conditions[table.name] = f"team_id IN (SELECT id FROM teams WHERE organisation_id = '{organisation_id}')"
    own = {"organisations": f"id = '{organisation_id}'", "applications": f"only_organisation_id = '{organisation_id}'"}
    return conditions | own


async def digests_of(connection: AsyncConnection, organisation_id: UUID) -> dict[str, str]:
    """Digest every row of an organisation and of its teams, table by table, whoever looks."""
    queries = [
        f"SELECT '{name}', md5(string_agg(r, '' ORDER BY r)) FROM (SELECT md5(t::text) r FROM {name} t WHERE {its}) s"
        for name, its in _tables(organisation_id).items()
    ]
    async with superuser(connection):
        return dict((await connection.execute(text(" UNION ALL ".join(queries)))).tuples().all())


async def changed_tables(matrix: Matrix, connection: AsyncConnection, organisation_id: UUID) -> set[str]:
    """Tell in which tables a rehearsal left an organisation's rows other than they were."""
    if matrix.digests is None:
        async with rehearsal(matrix.service.house) as beginning:
            matrix.digests = await digests_of(beginning, organisation_id)
    # A transaction that wrote nothing was given no number.
    if await connection.scalar(text("SELECT pg_current_xact_id_if_assigned()::text")) is None:
        return set()
    after = await digests_of(connection, organisation_id)
    return {name for name in after if after[name] != matrix.digests[name]} - TALLIED


async def rows_of(connection: AsyncConnection, organisation_id: UUID, name: str) -> set[str]:
    """Digest each of an organisation's rows of one table, whoever looks."""
    query = text(f"SELECT md5(t::text) FROM {name} t WHERE {_tables(organisation_id)[name]}")
    async with superuser(connection):
        return set(await connection.scalars(query))


async def opened_to(matrix: Matrix) -> Opened:
    """Open the estate to its neighbour: the database alone has to bar them."""
    house = matrix.service.house
    async with rehearsal(house) as connection, superuser(connection):
        team_id = await connection.scalar(select(teams.c.id).where(teams.c.slug == matrix.people.team))
        link = (await connection.execute(select(links).where(links.c.id == UUID(matrix.people.ids["link"])))).one()
    assert team_id is not None
    return Opened(
        victim=await organisation_id_of(house, matrix.estate.organisation),
        own=await organisation_id_of(house, matrix.twin),
        team_id=team_id,
        link=link,
    )


async def as_neighbour(matrix: Matrix, operation_id: str, *changes: str) -> list[str]:
    """Do an operation to the estate as its neighbour's owner, with no check but the database's."""
    opened, wrong = await opened_to(matrix), []
    secrets = (
        matrix.estate.secrets
        | {matrix.people.team_member}
        | {secret for thing in WORDS for secret in matrix.things.secrets_of(thing)}
    )
    who: Who = "link holder" if "link" in matrix.operations[operation_id][2]["security"][0] else "owner"
    for pretends in (True, False):
        for state in row_of(operation_id).cells:
            async with rehearsal(matrix.service.house, *changes) as connection:
                with patch.multiple(House, **msgspec.structs.replace(opened, pretends=pretends).doors()):
                    reply = await matrix.ask(matrix.twins.tokens[who], operation_id, state)
                changed = await changed_tables(matrix, connection, opened.victim)
            said = f"{reply.request.url} {reply.request.content.decode()}"
            heard = f"{reply.headers} {reply.text}"
            told = {secret for secret in secrets if secret in heard and secret not in said}
            if operation_id in READ_BEFORE:
                told = set()
            # Rows for another tenant are refused by the database itself, for which the service has no answer.
            in_own = not pretends and "{organisation}" in matrix.operations[operation_id][1]
            crashed = reply.status_code >= 500 and in_own
            if told or changed or crashed:
                wrong.append(
                    f"{operation_id} of {state} without checks: tells {sorted(told)}, changes {sorted(changed)},"
                    f" answers {reply.status_code} {reply.text[:200]}"
                )
    return wrong


async def as_one_of_them(matrix: Matrix, operation_id: str, who: Who, *changes: str) -> list[str]:
    """Do an operation as a guest or reader, whom the actions take for an owner.

    They hear of nothing that they do not see, and leave every row that was there as it was, unless the table lets them
    do that very thing. What they may add is not asked: rows of their own are the actions' to refuse.
    """
    house = matrix.service.house
    victim, wrong = await organisation_id_of(house, matrix.estate.organisation), []
    hidden: set[tuple[Kind, State]] = WORDS.keys() - sees(who)
    for state, cells in row_of(operation_id).cells.items():
        if state == "foreign":
            continue
        async with rehearsal(house, *changes) as connection:
            with patch.object(House, "tenant", roleless):
                reply = await matrix.ask(matrix.people.tokens[who], operation_id, state)
            others = await changed_tables(matrix, connection, victim) - PAST_ACTIONS
            left = {name: await rows_of(connection, victim, name) for name in others}
        lost = set()
        if left and cells[who] != "yes":
            async with rehearsal(house, *changes) as connection:
                lost = {name for name in left if await rows_of(connection, victim, name) - left[name]}
        said = f"{reply.request.url} {reply.request.content.decode()}"
        heard = f"{reply.headers} {reply.text}"
        told = {
            secret
            for thing in hidden
            for secret in matrix.things.secrets_of(thing)
            if secret in heard and secret not in said
        }
        if told or lost:
            wrong.append(
                f"{operation_id} of {state} as {who} without checks: tells {sorted(told)}, changes {sorted(lost)},"
                f" answers {reply.status_code} {reply.text[:200]}"
            )
    return wrong
