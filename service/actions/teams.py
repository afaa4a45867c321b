"""Teams: made and hosted by an organisation, of people from anywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.errors import NotAllowed, NotFound
from domain.people import normal_email
from domain.slugs import check_slug, slug_of
from domain.team import LastManager, TeamHasFiles
from service.actions.organisations import check_name
from service.audit_log import record
from service.house import Actor, House, Team
from service.paging import Page, decode_cursor, encode_cursor
from service.scopes import TeamRole
from storage import share_store, team_file_store, team_store, team_tree

__all__ = [
    "Activity",
    "NewTeam",
    "SharedDataset",
    "TeamMember",
    "TeamView",
    "add_team",
    "get_team",
    "list_activity",
    "list_shared",
    "list_team_members",
    "list_teams",
    "note",
    "remove_team",
    "remove_team_member",
    "rename_team",
    "set_team_role",
]


class NewTeam(msgspec.Struct):
    """``slug`` is its name in addresses, one of its kind in the whole service; left out, it is made from the name."""

    name: Annotated[str, Meta(min_length=1, max_length=200, examples=["Comets with small telescopes"])]
    slug: Annotated[str, Meta(max_length=64, examples=["comets"])] | None = None


class TeamView(msgspec.Struct, kw_only=True):
    """A team; ``organisation`` hosts it, ``role`` is one's own in it."""

    slug: str
    name: str
    organisation: str
    role: str
    created_at: datetime


class TeamMember(msgspec.Struct, kw_only=True):
    email: str
    name: str
    role: str
    since: datetime


class SharedDataset(msgspec.Struct, kw_only=True):
    """A dataset shared with a team. ``embargoed``: whether files under embargo are shared too."""

    organisation: str
    dataset: str
    name: str
    description: str
    embargoed: bool
    shared_at: datetime


class Activity(msgspec.Struct, kw_only=True):
    """Something that happened in a team: who did what."""

    id: int
    at: datetime
    actor: str
    kind: str
    details: dict[str, Any]


def _view(row: Any, role: str) -> TeamView:
    return TeamView(slug=row.slug, name=row.name, organisation=row.organisation, role=role, created_at=row.created_at)


async def note(team: Team, kind: str, **details: Any) -> None:
    """Note in the team's activity what its person does."""
    await team_store.add_activity(team.connection, team.team_id, team.actor.name, kind, details)


async def add_team(house: House, actor: Actor, organisation: str, new: NewTeam) -> TeamView:
    """Make a team that the organisation hosts; who makes it manages it.

    Raises
    ------
    Conflict
        The slug is taken.
    """
    name = check_name(new.name)
    slug = check_slug(new.slug or slug_of(name))
    async with house.tenant(actor, organisation) as tenant:
        team_id = await team_store.add_team(
            tenant.connection, tenant.organisation_id, slug=slug, name=name, manager=actor.account_id
        )
        await team_store.add_activity(tenant.connection, team_id, actor.name, "team.made", {})
        made = _view(await team_store.get_team(tenant.connection, team_id), "manager")
        await record(tenant, "team.made", f"teams/{slug}")
    return made


async def list_teams(house: House, actor: Actor, *, cursor: str | None, limit: int) -> Page[TeamView]:
    """List the teams one belongs to."""
    position = decode_cursor(cursor, str)
    async with house.database.transaction(account=actor.account_id) as connection:
        rows = await team_store.list_teams(
            connection, actor.account_id, after=position[0] if position else "", limit=limit + 1
        )
    return Page(
        [_view(row, row.role) for row in rows[:limit]],
        encode_cursor(rows[limit - 1].slug) if len(rows) > limit else None,
    )


async def get_team(house: House, actor: Actor, slug: str) -> TeamView:
    """Read a team one belongs to."""
    async with house.team(actor, slug) as team:
        return _view(await team_store.get_team(team.connection, team.team_id), team.role)


async def rename_team(house: House, actor: Actor, slug: str, name: str) -> TeamView:
    """Give a team another display name; its slug stays."""
    async with house.team(actor, slug) as team:
        await team_store.rename_team(team.connection, team.team_id, check_name(name))
        await note(team, "team.renamed", name=name)
        return _view(await team_store.get_team(team.connection, team.team_id), team.role)


async def remove_team(house: House, actor: Actor, slug: str) -> None:
    """End a team: what was shared with it is shared no more, and stays where it is.

    Raises
    ------
    TeamHasFiles
        It has files of its own, which would go with it.
    """
    async with house.team(actor, slug) as team:
        await team_tree.lock_tree(team.connection, team.team_id)
        if await team_file_store.has_files(team.connection, team.team_id):
            raise TeamHasFiles(
                "The team has files of its own, in their places or in the trash, and they would go with it: get what"
                " you want to keep, put everything into the trash and empty that, then end the team."
            )
        await team_store.remove_team(team.connection, team.team_id)


async def list_team_members(
    house: House, actor: Actor, slug: str, *, cursor: str | None, limit: int
) -> Page[TeamMember]:
    """List a team's people in order of e-mail address."""
    position = decode_cursor(cursor, str)
    async with house.team(actor, slug) as team:
        rows = await team_store.list_members(
            team.connection, team.team_id, after=position[0] if position else "", limit=limit + 1
        )
    members = [TeamMember(email=r.email, name=r.name, role=r.role, since=r.created_at) for r in rows[:limit]]
    return Page(members, encode_cursor(members[-1].email) if len(rows) > limit else None)


async def set_team_role(house: House, actor: Actor, slug: str, email: str, role: TeamRole) -> TeamMember:
    """Change the role of one of a team's people; who is not one yet is invited.

    Raises
    ------
    NotFound
        They are not one of the team's people.
    LastManager
        It would leave the team without a manager.
    """
    async with house.team(actor, slug) as team:
        managers = await team_store.managers(team.connection, team.team_id)
        row = await team_store.member(team.connection, team.team_id, normal_email(email))
        if row is None:
            raise NotFound("They are not one of this team's people: invite them.")
        if row.role == "manager" and role != "manager" and managers == 1:
            raise LastManager("This is the team's only manager: make another one first.")
        await team_store.set_member(team.connection, team.team_id, row.id, role)
        await note(team, "member.role-changed", name=row.name, role=role)
    return TeamMember(email=row.email, name=row.name, role=role, since=row.created_at)


async def remove_team_member(house: House, actor: Actor, slug: str, email: str) -> None:
    """Take somebody out of a team, or leave it.

    Raises
    ------
    NotAllowed
        Only managers remove others.
    NotFound
        They are not one of the team's people.
    LastManager
        It is the team's only manager.
    """
    async with house.team(actor, slug) as team:
        managers = await team_store.managers(team.connection, team.team_id)
        row = await team_store.member(team.connection, team.team_id, normal_email(email))
        if row is None:
            raise NotFound("They are not one of this team's people.")
        if row.id != actor.account_id and team.role != "manager":
            raise NotAllowed("Only a manager of the team removes others.", needed="manager")
        if row.role == "manager" and managers == 1:
            raise LastManager("This is the team's only manager: make another one first, or end the team.")
        await team_store.remove_member(team.connection, team.team_id, row.id)
        await note(team, "member.left", name=row.name)


async def list_shared(house: House, actor: Actor, slug: str, *, cursor: str | None, limit: int) -> Page[SharedDataset]:
    """List the datasets shared with a team."""
    position = decode_cursor(cursor, str, str)
    async with house.team(actor, slug) as team:
        rows = await share_store.list_team_datasets(
            team.connection,
            team.team_id,
            after=(position[0], position[1]) if position else ("", ""),
            limit=limit + 1,
        )
    shown = [
        SharedDataset(
            organisation=row.organisation,
            dataset=row.dataset,
            name=row.name,
            description=row.description,
            embargoed=row.with_embargoed,
            shared_at=row.created_at,
        )
        for row in rows[:limit]
    ]
    last = shown[-1] if len(rows) > limit else None
    return Page(shown, encode_cursor(last.organisation, last.dataset) if last else None)


async def list_activity(house: House, actor: Actor, slug: str, *, cursor: str | None, limit: int) -> Page[Activity]:
    """List what happened in a team, newest first."""
    position = decode_cursor(cursor, int)
    async with house.team(actor, slug) as team:
        rows = await team_store.list_activity(
            team.connection, team.team_id, before=position[0] if position else None, limit=limit + 1
        )
    shown = [
        Activity(id=row.id, at=row.created_at, actor=row.actor, kind=row.kind, details=row.details)
        for row in rows[:limit]
    ]
    return Page(shown, encode_cursor(shown[-1].id) if len(rows) > limit else None)
