"""Organisations and their people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.tables import metadata

__all__ = [
    "add_organisation",
    "get_name",
    "list_members",
    "member_role",
    "owners",
    "remove_member",
    "rename",
    "set_member",
]

organisations = metadata.tables["organisations"]
memberships = metadata.tables["memberships"]
accounts = metadata.tables["accounts"]

AnyRow = Row[*tuple[Any, ...]]


async def add_organisation(connection: AsyncConnection, *, slug: str, name: str, owner_id: UUID) -> UUID:
    """Insert an organisation with its first owner; the transaction becomes its tenant's."""
    organisation_id = new_id()
    await connection.execute(insert(organisations).values(id=organisation_id, slug=slug, name=name))
    await connection.execute(
        text("SELECT set_config('uraniborg.organisation', :id, true)"), {"id": str(organisation_id)}
    )
    await connection.execute(
        insert(memberships).values(organisation_id=organisation_id, account_id=owner_id, role="owner")
    )
    return organisation_id


async def rename(connection: AsyncConnection, organisation_id: UUID, name: str) -> None:
    """Give an organisation another display name."""
    await connection.execute(update(organisations).where(organisations.c.id == organisation_id).values(name=name))


async def get_name(connection: AsyncConnection, organisation_id: UUID) -> AnyRow:
    """Read an organisation's row."""
    return (await connection.execute(select(organisations).where(organisations.c.id == organisation_id))).one()


async def list_members(
    connection: AsyncConnection, organisation_id: UUID, *, after: str | None, limit: int
) -> list[AnyRow]:
    """List an organisation's people in order of e-mail address."""
    query = (
        select(accounts.c.email, accounts.c.name, memberships.c.role, memberships.c.created_at)
        .join(accounts, accounts.c.id == memberships.c.account_id)
        .where(memberships.c.organisation_id == organisation_id)
        .order_by(accounts.c.email)
        .limit(limit)
    )
    return list(await connection.execute(query if after is None else query.where(accounts.c.email > after)))


async def member_role(connection: AsyncConnection, organisation_id: UUID, account_id: UUID) -> str | None:
    """Tell a person's role here; the row is locked, so that two changes of roles wait for each other."""
    role: str | None = await connection.scalar(
        select(memberships.c.role)
        .where(memberships.c.organisation_id == organisation_id, memberships.c.account_id == account_id)
        .with_for_update()
    )
    return role


async def owners(connection: AsyncConnection, organisation_id: UUID) -> int:
    """Count the owners, all of them locked."""
    locked = (
        select(memberships.c.account_id)
        .where(memberships.c.organisation_id == organisation_id, memberships.c.role == "owner")
        .with_for_update()
        .subquery()
    )
    return int(await connection.scalar(select(func.count()).select_from(locked)) or 0)


async def set_member(connection: AsyncConnection, organisation_id: UUID, account_id: UUID, role: str) -> None:
    """Add a person or change their role."""
    await connection.execute(
        text(
            "INSERT INTO memberships (organisation_id, account_id, role) VALUES (:o, :a, :r)"
            " ON CONFLICT (organisation_id, account_id) DO UPDATE SET role = excluded.role"
        ),
        {"o": organisation_id, "a": account_id, "r": role},
    )


async def remove_member(connection: AsyncConnection, organisation_id: UUID, account_id: UUID) -> None:
    """Remove a person from an organisation."""
    await connection.execute(
        delete(memberships).where(
            memberships.c.organisation_id == organisation_id, memberships.c.account_id == account_id
        )
    )
