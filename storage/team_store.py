"""Teams, their people, invitations to them, and what happened in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.file_tree import common_place
from storage.ids import new_id
from storage.sharing_tables import invitations, team_activity, team_members, teams
from storage.tables import metadata

__all__ = [
    "add_activity",
    "add_invitation",
    "add_team",
    "add_to_activity",
    "answer_invitation",
    "find_invitation",
    "get_team",
    "list_activity",
    "list_invitations",
    "list_members",
    "list_teams",
    "managers",
    "member",
    "remove_member",
    "remove_team",
    "rename_team",
    "set_member",
]

AnyRow = Row[*tuple[Any, ...]]
accounts = metadata.tables["accounts"]
organisations = metadata.tables["organisations"]

SHOWN = select(
    teams.c.id,
    teams.c.organisation_id,
    teams.c.slug,
    teams.c.name,
    teams.c.created_at,
    organisations.c.slug.label("organisation"),
).join(organisations, organisations.c.id == teams.c.organisation_id)


async def add_team(connection: AsyncConnection, organisation_id: UUID, *, slug: str, name: str, manager: UUID) -> UUID:
    """Insert a team with its first manager; a slug that is taken is a conflict. The transaction becomes the team's."""
    team_id = new_id()
    await connection.execute(insert(teams).values(id=team_id, organisation_id=organisation_id, slug=slug, name=name))
    await connection.execute(text("SELECT set_config('uraniborg.team', :id, true)"), {"id": str(team_id)})
    await set_member(connection, team_id, manager, "manager")
    return team_id


async def get_team(connection: AsyncConnection, team_id: UUID) -> AnyRow:
    """Read a team."""
    return (await connection.execute(SHOWN.where(teams.c.id == team_id))).one()


async def list_teams(connection: AsyncConnection, account_id: UUID, *, after: str, limit: int) -> list[AnyRow]:
    """List the teams of a person in order of slug, with their role in each; their own files are none."""
    query = (
        SHOWN.add_columns(team_members.c.role)
        .join(team_members, team_members.c.team_id == teams.c.id)
        .where(team_members.c.account_id == account_id, teams.c.owner_account_id.is_(None), teams.c.slug > after)
        .order_by(teams.c.slug)
        .limit(limit)
    )
    return list(await connection.execute(query))


async def rename_team(connection: AsyncConnection, team_id: UUID, name: str) -> None:
    """Give a team another display name."""
    await connection.execute(update(teams).where(teams.c.id == team_id).values(name=name))


async def remove_team(connection: AsyncConnection, team_id: UUID) -> None:
    """Delete a team, and with it every share into it."""
    await connection.execute(delete(teams).where(teams.c.id == team_id))


async def list_members(connection: AsyncConnection, team_id: UUID, *, after: str, limit: int) -> list[AnyRow]:
    """List a team's people in order of e-mail address."""
    query = (
        select(accounts.c.email, accounts.c.name, team_members.c.role, team_members.c.created_at)
        .join(accounts, accounts.c.id == team_members.c.account_id)
        .where(team_members.c.team_id == team_id, accounts.c.email > after)
        .order_by(accounts.c.email)
        .limit(limit)
    )
    return list(await connection.execute(query))


async def member(connection: AsyncConnection, team_id: UUID, email: str) -> AnyRow | None:
    """Find one of a team's people by address; the row is locked."""
    query = (
        select(accounts.c.id, accounts.c.email, accounts.c.name, team_members.c.role, team_members.c.created_at)
        .join(accounts, accounts.c.id == team_members.c.account_id)
        .where(team_members.c.team_id == team_id, accounts.c.email == email)
        .with_for_update(of=team_members)
    )
    return (await connection.execute(query)).first()


async def managers(connection: AsyncConnection, team_id: UUID) -> int:
    """Count a team's managers, and let nobody change who they are meanwhile."""
    rows = await connection.execute(
        select(team_members.c.account_id)
        .where(team_members.c.team_id == team_id, team_members.c.role == "manager")
        .order_by(team_members.c.account_id)
        .with_for_update()
    )
    return len(rows.all())


async def set_member(connection: AsyncConnection, team_id: UUID, account_id: UUID, role: str) -> None:
    """Add a person, or change their role."""
    statement = upsert(team_members).values(team_id=team_id, account_id=account_id, role=role)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["team_id", "account_id"], set_={"role": role})
    )


async def remove_member(connection: AsyncConnection, team_id: UUID, account_id: UUID) -> None:
    """Take a person out of a team."""
    await connection.execute(
        delete(team_members).where(team_members.c.team_id == team_id, team_members.c.account_id == account_id)
    )


INVITED = (
    select(
        invitations,
        accounts.c.name.label("inviter"),
        teams.c.name.label("team_name"),
        teams.c.slug.label("team"),
        organisations.c.closed_at,
        organisations.c.removal_at,
    )
    .join(accounts, accounts.c.id == invitations.c.invited_by)
    .join(teams, teams.c.id == invitations.c.team_id)
    .join(organisations, organisations.c.id == teams.c.organisation_id)
)


async def add_invitation(connection: AsyncConnection, **values: Any) -> UUID:
    """Insert an invitation; an open one to the same address ends."""
    await connection.execute(
        update(invitations)
        .where(
            invitations.c.team_id == values["team_id"],
            invitations.c.email == values["email"],
            invitations.c.answer.is_(None),
        )
        .values(answer="revoked", answered_at=func.now())
    )
    invitation_id = new_id()
    await connection.execute(insert(invitations).values(id=invitation_id, **values))
    return invitation_id


async def find_invitation(connection: AsyncConnection, secret_hash: bytes) -> AnyRow | None:
    """Find an invitation that still waits for its answer; the row is locked, and its team is the transaction's."""
    await connection.execute(
        text("SELECT set_config('uraniborg.invitation', :hash, true)"), {"hash": secret_hash.hex()}
    )
    team = (
        await connection.execute(
            text(
                "SELECT set_config('uraniborg.team', team_id::text, true) FROM invitations"
                " WHERE secret_hash = :hash AND answer IS NULL AND expires_at > now() FOR UPDATE"
            ),
            {"hash": secret_hash},
        )
    ).first()
    if team is None:
        return None
    return (await connection.execute(INVITED.where(invitations.c.secret_hash == secret_hash))).first()


async def list_invitations(
    connection: AsyncConnection, team_id: UUID, *, before: UUID | None, limit: int
) -> list[AnyRow]:
    """List a team's invitations, newest first."""
    query = INVITED.where(invitations.c.team_id == team_id).order_by(invitations.c.id.desc()).limit(limit)
    return list(await connection.execute(query if before is None else query.where(invitations.c.id < before)))


async def answer_invitation(connection: AsyncConnection, team_id: UUID, invitation_id: UUID, answer: str) -> bool:
    """Note the answer to an invitation that waits for one; False where none does."""
    done = await connection.execute(
        update(invitations)
        .where(invitations.c.team_id == team_id, invitations.c.id == invitation_id, invitations.c.answer.is_(None))
        .values(answer=answer, answered_at=func.now())
    )
    return done.rowcount > 0


async def add_activity(
    connection: AsyncConnection, team_id: UUID, actor: str, kind: str, details: dict[str, Any]
) -> None:
    """Note what happened in a team."""
    await connection.execute(insert(team_activity).values(team_id=team_id, actor=actor, kind=kind, details=details))


async def add_to_activity(
    connection: AsyncConnection, team_id: UUID, actor: str, kind: str, upload: UUID, details: dict[str, Any]
) -> None:
    """Note what came of an upload; where it is the newest entry's, files and bytes are added to what it told."""
    newest = (
        select(team_activity.c.id, team_activity.c.details)
        .where(team_activity.c.team_id == team_id)
        .order_by(team_activity.c.id.desc())
        .limit(1)
    )
    last = (await connection.execute(newest)).first()
    details = details | {"upload": str(upload)}
    if last is None or last.details.get("upload") != details["upload"]:
        await add_activity(connection, team_id, actor, kind, details)
        return
    summed = {name: last.details[name] + details[name] for name in ("files", "size_bytes")}
    path = common_place([last.details["path"], details["path"]]) or "/"
    await connection.execute(
        update(team_activity).where(team_activity.c.id == last.id).values(details=details | summed | {"path": path})
    )


async def list_activity(connection: AsyncConnection, team_id: UUID, *, before: int | None, limit: int) -> list[AnyRow]:
    """List what happened in a team, newest first."""
    query = (
        select(team_activity).where(team_activity.c.team_id == team_id).order_by(team_activity.c.id.desc()).limit(limit)
    )
    return list(await connection.execute(query if before is None else query.where(team_activity.c.id < before)))
