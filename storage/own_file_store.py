"""Spaces of people's own files: each a row among the teams, of which one account is the only one there will be."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import team_file_store, team_store, team_tree
from storage.ids import new_id
from storage.share_store import enter_team
from storage.sharing_tables import teams
from storage.tables import metadata

__all__ = ["find_space", "find_usual_host", "give_up_space", "open_space"]

AnyRow = Row[*tuple[Any, ...]]
organisations = metadata.tables["organisations"]


async def find_space(connection: AsyncConnection, account_id: UUID) -> AnyRow | None:
    """Find a person's own space, in a transaction of theirs, with the slug of the organisation that keeps it."""
    query = (
        select(teams.c.id, teams.c.organisation_id, teams.c.created_at, organisations.c.slug.label("organisation"))
        .join(organisations, organisations.c.id == teams.c.organisation_id)
        .where(teams.c.owner_account_id == account_id)
    )
    return (await connection.execute(query)).first()


async def find_usual_host(connection: AsyncConnection, account_id: UUID, *, only: UUID | None) -> str | None:
    """Find the organisation that a person joined first, as member or above, of those that are open.

    Parameters
    ----------
    only : UUID, optional
        No other organisation than this.
    """
    slug: str | None = await connection.scalar(
        text("""
            SELECT o.slug FROM memberships m JOIN organisations o ON o.id = m.organisation_id
            WHERE m.account_id = :account AND m.role <> 'guest' AND o.closed_at IS NULL
                AND (cast(:only AS uuid) IS NULL OR o.id = :only)
            ORDER BY m.created_at, o.slug LIMIT 1
        """),
        {"account": account_id, "only": only},
    )
    return slug


async def open_space(connection: AsyncConnection, organisation_id: UUID, account_id: UUID) -> None:
    """Make a person's own space, in a transaction of theirs and its host's, which becomes the space's; once only."""
    space_id = new_id()
    values = {"id": space_id, "organisation_id": organisation_id, "owner_account_id": account_id}
    made = await connection.execute(
        upsert(teams)
        .values(slug=f"~{space_id.hex}", name="Own files", **values)
        .on_conflict_do_nothing(index_elements=["owner_account_id"])
    )
    if made.rowcount:
        await enter_team(connection, space_id)
        await team_store.set_member(connection, space_id, account_id, "manager")


async def give_up_space(connection: AsyncConnection, space_id: UUID) -> bool:
    """End a space in which there is no file, not even in the trash; False where there is one."""
    await enter_team(connection, space_id)
    await team_tree.lock_tree(connection, space_id)
    if await team_file_store.has_files(connection, space_id):
        return False
    await team_store.remove_team(connection, space_id)
    return True
