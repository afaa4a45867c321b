"""Teams, invitations into them, and what is shared with them, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from service.actions import invitations, shares, teams
from service.actions.invitations import Invitation, InvitationAnswer, InvitationSecret, NewInvitation
from service.actions.shares import NewShare, Share
from service.actions.teams import Activity, NewTeam, SharedDataset, TeamMember, TeamView
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation
from service.scopes import TeamRole

__all__ = ["HANDLERS"]

ONE = "/teams/{team:str}"
SHARES = "/organisations/{organisation:str}/datasets/{dataset:str}/shares"


class NewTeamName(msgspec.Struct):
    name: Annotated[str, Meta(min_length=1, max_length=200)]


class NewTeamRole(msgspec.Struct):
    role: TeamRole


@operation("POST", "/organisations/{organisation:str}/teams", scope="teams:host", tags=["teams"])
async def add_team(organisation: str, data: NewTeam, actor: Actor, house: House) -> TeamView:
    """Make a team that the organisation hosts; who makes it manages it."""
    return await teams.add_team(house, actor, organisation, data)


@operation("GET", "/teams", scope="teams:read", tags=["teams"])
async def list_teams(actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100) -> Page[TeamView]:
    """List the teams one belongs to."""
    return await teams.list_teams(house, actor, cursor=cursor, limit=limit)


@operation("GET", ONE, scope="teams:read", tags=["teams"])
async def get_team(team: str, actor: Actor, house: House) -> TeamView:
    """Read a team one belongs to."""
    return await teams.get_team(house, actor, team)


@operation("PATCH", ONE, scope="teams:write", tags=["teams"])
async def rename_team(team: str, data: NewTeamName, actor: Actor, house: House) -> TeamView:
    """Give a team another display name."""
    return await teams.rename_team(house, actor, team, data.name)


@operation("DELETE", ONE, scope="teams:write", tags=["teams"])
async def remove_team(team: str, actor: Actor, house: House) -> None:
    """End a team that has no files of its own any more; what was shared with it stays where it is."""
    await teams.remove_team(house, actor, team)


@operation("GET", f"{ONE}/members", scope="teams:read", tags=["teams"])
async def list_team_members(
    team: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[TeamMember]:
    """List a team's people."""
    return await teams.list_team_members(house, actor, team, cursor=cursor, limit=limit)


@operation("PUT", f"{ONE}/members/{{email:str}}", scope="teams:write", tags=["teams"])
async def set_team_role(team: str, email: str, data: NewTeamRole, actor: Actor, house: House) -> TeamMember:
    """Change the role of one of a team's people."""
    return await teams.set_team_role(house, actor, team, email, data.role)


@operation("DELETE", f"{ONE}/members/{{email:str}}", scope="teams:read", tags=["teams"])
async def remove_team_member(team: str, email: str, actor: Actor, house: House) -> None:
    """Take somebody out of a team, or leave it; managers alone remove others."""
    await teams.remove_team_member(house, actor, team, email)


@operation("GET", f"{ONE}/datasets", scope="teams:read", tags=["teams"])
async def list_team_datasets(
    team: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[SharedDataset]:
    """List the datasets shared with a team.

    Each is read with the operations of its own organisation: files, frames, searches and datasets, and no others.
    """
    return await teams.list_shared(house, actor, team, cursor=cursor, limit=limit)


@operation("GET", f"{ONE}/activity", scope="teams:read", tags=["teams"])
async def list_team_activity(
    team: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Activity]:
    """List what happened in a team, newest first."""
    return await teams.list_activity(house, actor, team, cursor=cursor, limit=limit)


@operation("POST", f"{ONE}/invitations", scope="teams:write", problems=(429,), tags=["teams"])
async def add_invitation(team: str, data: NewInvitation, actor: Actor, house: House) -> Invitation:
    """Invite somebody into a team by mail; an earlier invitation of theirs ends."""
    return await invitations.invite(house, actor, team, data)


@operation("GET", f"{ONE}/invitations", scope="teams:write", tags=["teams"])
async def list_invitations(
    team: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Invitation]:
    """List a team's invitations, newest first."""
    return await invitations.list_invitations(house, actor, team, cursor=cursor, limit=limit)


@operation("DELETE", f"{ONE}/invitations/{{invitation_id:uuid}}", scope="teams:write", tags=["teams"])
async def revoke_invitation(team: str, invitation_id: UUID, actor: Actor, house: House) -> None:
    """Take an invitation back."""
    await invitations.revoke_invitation(house, actor, team, invitation_id)


@operation("POST", "/invitations/look", scope="public", status=200, problems=(404,), tags=["teams"])
async def look_at_invitation(data: InvitationSecret, house: House) -> Invitation:
    """Read an invitation by the secret in its mail."""
    return await invitations.look_at_invitation(house, data)


@operation("POST", "/invitations/answer", scope="account", status=200, problems=(404,), tags=["teams"])
async def answer_invitation(data: InvitationAnswer, actor: Actor, house: House) -> Invitation:
    """Accept or decline an invitation; the invitee alone can."""
    return await invitations.answer_invitation(house, actor, data)


@operation("PUT", f"{SHARES}/{{team:str}}", scope="datasets:share", tags=["datasets"])
async def share_dataset(
    organisation: str, dataset: str, team: str, data: NewShare, actor: Actor, house: House
) -> Share:
    """Share a dataset with a team one belongs to.

    Its people read the dataset from then on, with what joins it later. Where it holds files under embargo, say what
    becomes of them.
    """
    return await shares.share_dataset(house, actor, organisation, dataset, team, data)


@operation("GET", SHARES, scope="datasets:share", tags=["datasets"])
async def list_shares(
    organisation: str, dataset: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Share]:
    """List the teams that a dataset is shared with."""
    return await shares.list_shares(house, actor, organisation, dataset, cursor=cursor, limit=limit)


@operation("DELETE", f"{SHARES}/{{team:str}}", scope="datasets:share", tags=["datasets"])
async def end_share(organisation: str, dataset: str, team: str, actor: Actor, house: House) -> None:
    """Stop sharing a dataset with a team, from the next request on."""
    await shares.end_share(house, actor, organisation, dataset, team)


HANDLERS = [
    add_team,
    list_teams,
    get_team,
    rename_team,
    remove_team,
    list_team_members,
    set_team_role,
    remove_team_member,
    list_team_datasets,
    list_team_activity,
    add_invitation,
    list_invitations,
    revoke_invitation,
    look_at_invitation,
    answer_invitation,
    share_dataset,
    list_shares,
    end_share,
]
