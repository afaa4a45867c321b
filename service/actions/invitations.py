"""Invitations into teams: sent by mail, read by whoever holds the link, answered by the invitee alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.closing import refuse_closed
from domain.errors import NotAllowed, NotFound
from domain.people import normal_email
from service.actions.credentials import hash_secret, new_secret
from service.actions.teams import note
from service.actions.throttling import Allowance, check_allowances, count_against, forget_counts
from service.house import Actor, House
from service.mail import post_mail
from service.paging import Page, decode_cursor, encode_cursor
from service.scopes import TeamRole
from storage import team_store

__all__ = [
    "Invitation",
    "InvitationAnswer",
    "InvitationSecret",
    "NewInvitation",
    "answer_invitation",
    "invite",
    "list_invitations",
    "look_at_invitation",
    "revoke_invitation",
]

LIFE = timedelta(days=14)
MAILS_PER_ADDRESS, MAILS_PER_ACCOUNT, HOUR_S = 5, 100, 3600
# A secret that begins with a hyphen would be taken for an option by the command.
PREFIX = "invite_"


class NewInvitation(msgspec.Struct):
    email: Annotated[str, Meta(max_length=254, examples=["sophie@stjerneborg.example"])]
    role: TeamRole = "viewer"


class InvitationSecret(msgspec.Struct):
    """What the mail holds behind ``#``."""

    secret: Annotated[str, Meta(min_length=1, max_length=200)]


class InvitationAnswer(InvitationSecret):
    answer: Literal["accepted", "declined"]


class Invitation(msgspec.Struct, kw_only=True):
    """An invitation into a team. Without an ``answer`` it waits for one until it expires."""

    id: UUID
    team: str
    team_name: str
    email: str
    role: str
    invited_by: str
    created_at: datetime
    expires_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None


def _shown(row: Any) -> Invitation:
    return Invitation(
        id=row.id,
        team=row.team,
        team_name=row.team_name,
        email=row.email,
        role=row.role,
        invited_by=row.inviter,
        created_at=row.created_at,
        expires_at=row.expires_at,
        answer=row.answer,
        answered_at=row.answered_at,
    )


def _mail(house: House, inviter: str, team: str, role: str, secret: str, expires_at: datetime) -> str:
    return (
        f"{inviter} invites you into the team {team} as {role}.\n\n"
        f"To read and answer the invitation, open\n\n  {house.config.base_url}/invitations#{secret}\n\n"
        f"or, where you are signed in with the command,\n\n  uraniborg team accept {secret}\n\n"
        f"It waits for your answer until {expires_at:%Y-%m-%d %H:%M} UTC. Only you can answer it, signed in with the"
        " account of this address. If you do not know the sender, do nothing.\n"
    )


def _written_to(email: str) -> Allowance:
    return Allowance(f"invited:{email}", MAILS_PER_ADDRESS, HOUR_S)


async def invite(house: House, actor: Actor, slug: str, new: NewInvitation) -> Invitation:
    """Invite somebody by mail, whether or not they have an account; an earlier invitation of theirs ends.

    Raises
    ------
    TooManyAttempts
        5 to an address, unless one of them was accepted since, or 100 from an account within an hour.
    """
    email, secret, expires_at = normal_email(new.email), new_secret(PREFIX), datetime.now(UTC) + LIFE
    sent = [
        _written_to(email),
        Allowance(f"invites:{actor.account_id}", MAILS_PER_ACCOUNT, HOUR_S),
    ]
    async with house.team(actor, slug) as team:
        await check_allowances(team.connection, *sent)
        await count_against(team.connection, *sent)
        await team_store.add_invitation(
            team.connection,
            team_id=team.team_id,
            email=email,
            role=new.role,
            secret_hash=hash_secret(secret),
            invited_by=actor.account_id,
            expires_at=expires_at,
        )
        await post_mail(
            team.connection,
            to=email,
            subject=f"{actor.name} invites you into the team {team.name}",
            text=_mail(house, actor.name, team.name, new.role, secret, expires_at),
        )
        await note(team, "member.invited", email=email, role=new.role)
        return _shown((await team_store.list_invitations(team.connection, team.team_id, before=None, limit=1))[0])


async def list_invitations(
    house: House, actor: Actor, slug: str, *, cursor: str | None, limit: int
) -> Page[Invitation]:
    """List a team's invitations, newest first."""
    position = decode_cursor(cursor, UUID)
    async with house.team(actor, slug) as team:
        rows = await team_store.list_invitations(
            team.connection, team.team_id, before=position[0] if position else None, limit=limit + 1
        )
    return Page([_shown(row) for row in rows[:limit]], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


async def revoke_invitation(house: House, actor: Actor, slug: str, invitation_id: UUID) -> None:
    """Take an invitation back; raises NotFound when none waits for an answer."""
    async with house.team(actor, slug) as team:
        if not await team_store.answer_invitation(team.connection, team.team_id, invitation_id, "revoked"):
            raise NotFound("No such invitation of this team waits for an answer.")


def _gone() -> NotFound:
    return NotFound("This invitation does not wait for an answer: it was answered, taken back, or its time is over.")


async def look_at_invitation(house: House, which: InvitationSecret) -> Invitation:
    """Read an invitation by its secret; raises NotFound when it waits for no answer."""
    async with house.database.transaction() as connection:
        row = await team_store.find_invitation(connection, hash_secret(which.secret))
        if row is None:
            raise _gone()
        return _shown(row)


async def answer_invitation(house: House, actor: Actor, answer: InvitationAnswer) -> Invitation:
    """Accept or decline an invitation.

    Raises
    ------
    NotFound
        It waits for no answer.
    NotAllowed
        It is somebody else's.
    OrganisationClosed
        The organisation that hosts the team closed.
    """
    async with house.database.transaction(account=actor.account_id) as connection:
        row = await team_store.find_invitation(connection, hash_secret(answer.secret))
        if row is None:
            raise _gone()
        if row.email != actor.email:
            raise NotAllowed("This invitation is for another address: sign in with the account of that one.")
        if actor.only_organisation_id is not None:
            raise NotAllowed("This token is limited to one organisation.")
        if answer.answer == "accepted":
            refuse_closed(row.closed_at, row.removal_at)
        await team_store.answer_invitation(connection, row.team_id, row.id, answer.answer)
        if answer.answer == "accepted":
            if await team_store.member(connection, row.team_id, actor.email) is None:
                await team_store.set_member(connection, row.team_id, actor.account_id, row.role)
            await team_store.add_activity(connection, row.team_id, actor.name, "member.joined", {"role": row.role})
            await forget_counts(connection, _written_to(actor.email))  # who joins is not annoyed
        shown = _shown(row)
        shown.answer, shown.answered_at = answer.answer, datetime.now(UTC)
        return shown
