"""Teams: people of several organisations around shared data and files of their own."""

from __future__ import annotations

from typing import Any

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, details, note, size
from uraniborg.cli.team_files import TEAM_FILE_COMMANDS, storage_words, with_storage

__all__ = ["team_command"]

ROLES = click.Choice(["manager", "editor", "viewer"])
TEAM = click.argument("team")


@click.group("team")
def team_command() -> None:
    """Teams: people of several organisations around shared data and files of their own."""


@team_command.command("list")
@paging_option(100)
@command_options(organisation=False)
def list_teams(session: Session, limit: int) -> None:
    """List the teams you belong to."""
    columns = [
        Column("SLUG", lambda t: t.slug),
        Column("ROLE", lambda t: t.role),
        Column("HOSTED BY", lambda t: t.organisation),
        Column("NAME", lambda t: t.name),
    ]
    session.list(columns, session.pages("list_teams", limit), empty="You belong to no team yet.")


@team_command.command("show")
@TEAM
@command_options(organisation=False)
def show_team(session: Session, team: str) -> None:
    """Show a team."""
    found, storage = session.client.get_team(team), session.client.get_team_storage(team)
    pairs = [
        ("slug", found.slug),
        ("name", found.name),
        ("hosted by", found.organisation),
        ("your role", found.role),
        ("since UTC", found.created_at),
        ("own files", storage_words(storage)),
    ]
    session.show(with_storage(found, storage), lambda: details(pairs))


@team_command.command("add")
@click.argument("name")
@click.option("--slug", help="Its name in addresses; made from the name when left out.")
@command_options()
def add_team(session: Session, name: str, slug: str | None) -> None:
    """Make a team that the organisation hosts, and manage it."""
    made = session.client.call("add_team", body={"name": name, "slug": slug})
    session.show(made, lambda: note(f"Made {made.slug}. Next: uraniborg team invite {made.slug} EMAIL"))


@team_command.command("rename")
@TEAM
@click.argument("name")
@command_options(organisation=False)
def rename_team(session: Session, team: str, name: str) -> None:
    """Give a team another display name; its slug stays."""
    found = session.client.rename_team(team, name=name)
    session.show(found, lambda: note(f"{found.slug} is called {found.name!r} now."))


@team_command.command("end")
@TEAM
@click.confirmation_option("--yes", prompt="End the team, and every share with it?")
@command_options(organisation=False)
def end_team(session: Session, team: str) -> None:
    """End a team that has no files of its own any more; what was shared with it stays where it is."""
    session.client.remove_team(team)
    session.show({"ended": team}, lambda: note(f"The team {team} has ended."))


@team_command.command("members")
@TEAM
@paging_option(100)
@command_options(organisation=False)
def list_members(session: Session, team: str, limit: int) -> None:
    """List a team's people."""
    columns = [
        Column("E-MAIL", lambda m: m.email),
        Column("ROLE", lambda m: m.role),
        Column("SINCE UTC", lambda m: m.since),
        Column("NAME", lambda m: m.name),
    ]
    session.list(columns, session.pages("list_team_members", limit, team=team), empty="Nobody.")


@team_command.command("set-role")
@TEAM
@click.argument("email")
@click.argument("role", type=ROLES)
@command_options(organisation=False)
def set_role(session: Session, team: str, email: str, role: str) -> None:
    """Change the role of one of a team's people."""
    member = session.client.set_team_role(team, email, role=role)
    session.show(member, lambda: note(f"{member.name} is {member.role} of {team} now."))


@team_command.command("remove-member")
@TEAM
@click.argument("email")
@command_options(organisation=False)
def remove_member(session: Session, team: str, email: str) -> None:
    """Take somebody out of a team; with your own address, leave it."""
    session.client.remove_team_member(team, email)
    session.show({"removed": email}, lambda: note(f"{email} does not belong to {team} any more."))


@team_command.command("invite")
@TEAM
@click.argument("email")
@click.option("--role", type=ROLES, default="viewer", show_default=True)
@command_options(organisation=False)
def invite(session: Session, team: str, email: str, role: str) -> None:
    """Invite somebody by mail, whether or not they have an account."""
    made = session.client.call("add_invitation", team=team, body={"email": email, "role": role})
    session.show(made, lambda: note(f"Invited {made.email}; the invitation waits until {made.expires_at:%Y-%m-%d}."))


@team_command.command("invitations")
@TEAM
@paging_option(100)
@command_options(organisation=False)
def list_invitations(session: Session, team: str, limit: int) -> None:
    """List a team's invitations, newest first."""
    columns = [
        Column("SENT UTC", lambda i: i.created_at),
        Column("E-MAIL", lambda i: i.email),
        Column("ROLE", lambda i: i.role),
        Column("ANSWER", lambda i: i.answer or "waits"),
        Column("ID", lambda i: i.id),
    ]
    session.list(columns, session.pages("list_invitations", limit, team=team), empty="Nobody was invited.")


@team_command.command("uninvite")
@TEAM
@click.argument("invitation_id", metavar="ID")
@command_options(organisation=False)
def revoke_invitation(session: Session, team: str, invitation_id: str) -> None:
    """Take an invitation back."""
    session.client.revoke_invitation(team, invitation_id)
    session.show({"revoked": invitation_id}, lambda: note("The invitation is taken back."))


@team_command.command("accept")
@click.argument("secret")
@command_options(organisation=False)
def accept(session: Session, secret: str) -> None:
    """Accept an invitation by the secret in its mail."""
    joined = session.client.call("answer_invitation", body={"secret": secret, "answer": "accepted"})
    session.show(joined, lambda: note(f"You are {joined.role} of {joined.team} now."))


@team_command.command("decline")
@click.argument("secret")
@command_options(organisation=False)
def decline(session: Session, secret: str) -> None:
    """Decline an invitation."""
    declined = session.client.call("answer_invitation", body={"secret": secret, "answer": "declined"})
    session.show(declined, lambda: note("Declined."))


@team_command.command("datasets")
@TEAM
@paging_option(100)
@command_options(organisation=False)
def list_datasets(session: Session, team: str, limit: int) -> None:
    """List what is shared with a team; read it with -o ORGANISATION."""
    columns = [
        Column("ORGANISATION", lambda d: d.organisation),
        Column("DATASET", lambda d: d.dataset),
        Column("EMBARGOED TOO", lambda d: "yes" if d.embargoed else ""),
        Column("SHARED UTC", lambda d: d.shared_at),
        Column("NAME", lambda d: d.name),
    ]
    session.list(columns, session.pages("list_team_datasets", limit, team=team), empty="Nothing is shared with it yet.")


@team_command.command("activity")
@TEAM
@paging_option(20)
@command_options(organisation=False)
def list_activity(session: Session, team: str, limit: int) -> None:
    """List what happened in a team, newest first."""
    columns = [
        Column("UTC", lambda a: a.at),
        Column("WHO", lambda a: a.actor),
        Column("WHAT", lambda a: a.kind),
        Column("DETAILS", lambda a: _details(a.details)),
    ]
    session.list(columns, session.pages("list_team_activity", limit, team=team), empty="Nothing yet.")


def _details(told: dict[str, Any]) -> str:
    words = {key: size(value) if key == "size_bytes" else value for key, value in told.items() if key != "upload"}
    return ", ".join(f"{key.removesuffix('_bytes')} {value}" for key, value in words.items())


for command in TEAM_FILE_COMMANDS:
    team_command.add_command(command)
