"""Organisations and their people."""

from __future__ import annotations

import os

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.organisation_agents import agent_command
from uraniborg.cli.organisation_audit import audit_command
from uraniborg.cli.organisation_embargoes import embargo_command
from uraniborg.cli.organisation_portal import portal_command
from uraniborg.cli.organisation_webhooks import webhook_command
from uraniborg.cli.output import Column, details, note
from uraniborg.errors import NotFound

__all__ = ["org_command"]

ROLES = click.Choice(["owner", "admin", "member"])


@click.group("org")
def org_command() -> None:
    """Organisations and their people."""


@org_command.command("list")
@command_options(organisation=False)
def list_organisations(session: Session) -> None:
    """List the organisations you belong to."""
    columns = [
        Column("SLUG", lambda m: m.organisation),
        Column("ROLE", lambda m: m.role),
        Column("NAME", lambda m: m.name),
    ]
    empty = 'You belong to no organisation yet. Make one: uraniborg org add "My Observatory"'
    session.list(columns, session.client.who_am_i().organisations, empty=empty)


@org_command.command("show")
@command_options()
def show_organisation(session: Session) -> None:
    """Show the organisation."""
    found = session.client.get_organisation()
    pairs = [("slug", found.slug), ("name", found.name), ("your role", found.role), ("since UTC", found.created_at)]
    if found.closed_at is not None:
        pairs += [("closed UTC", found.closed_at), ("files deleted from", found.removal_at)]
    session.show(found, lambda: details(pairs))


@org_command.command("add")
@click.argument("name")
@click.option("--slug", help="Its name in addresses; made from the name when left out.")
@command_options(organisation=False)
def add_organisation(session: Session, name: str, slug: str | None) -> None:
    """Make an organisation, and own it."""
    made = session.client.call("add_organisation", body={"name": name, "slug": slug})
    session.show(made, lambda: note(f"Made {made.slug}. Next: uraniborg site add -o {made.slug} --help"))


@org_command.command("rename")
@click.argument("name")
@command_options()
def rename_organisation(session: Session, name: str) -> None:
    """Give the organisation another display name; its slug stays."""
    found = session.client.rename_organisation(name=name)
    session.show(found, lambda: note(f"{found.slug} is called {found.name!r} now."))


@org_command.command("close")
@click.option("--confirm", metavar="SLUG", help="The organisation's slug once more; asked for when left out.")
@command_options()
def close_organisation(session: Session, confirm: str | None) -> None:
    """Close the organisation: nothing new is taken, what is subscribed to ends, files are deleted after a grace.

    Until then everything can be read, exported and deleted, and an owner can reopen it.
    """
    if confirm is None:
        confirm = click.prompt("This closes the organisation. Its slug, once more", err=True)
    found = session.client.call("close_organisation", body={"confirm": confirm})
    session.show(
        found,
        lambda: note(
            f"{found.slug} is closed. Until {found.removal_at:%Y-%m-%d} its files can be read and exported, and it can"
            f" be reopened: uraniborg org reopen -o {found.slug}"
        ),
    )


@org_command.command("reopen")
@command_options()
def reopen_organisation(session: Session) -> None:
    """Reopen the organisation within its grace; what was subscribed to is subscribed to anew."""
    found = session.client.call("reopen_organisation")
    session.show(found, lambda: note(f"{found.slug} is open."))


@org_command.command("members")
@command_options()
def list_members(session: Session) -> None:
    """List the organisation's people."""
    columns = [
        Column("E-MAIL", lambda m: m.email),
        Column("ROLE", lambda m: m.role),
        Column("SINCE UTC", lambda m: m.since),
        Column("NAME", lambda m: m.name),
    ]
    session.list(columns, session.pages("list_members", 0), empty="Nobody.")


@org_command.command("set-member")
@click.argument("email")
@click.option("--role", type=ROLES, default="member", show_default=True)
@command_options()
def set_member(session: Session, email: str, role: str) -> None:
    """Add a person who has an account, or change their role."""
    member = session.client.set_member(email, role=role)
    session.show(
        member, lambda: note(f"{member.name} ({member.email}) is {member.role} of {session.organisation} now.")
    )


@org_command.group("guest")
def guest_command() -> None:
    """Visiting observers and their nights.

    Guests upload, write the log and judge frames from local noon of their first night to local noon after the last;
    they see those nights, and what they uploaded, for ever.
    """


ASSIGNMENT = [
    Column("FIRST NIGHT", lambda a: a.first_night),
    Column("LAST NIGHT", lambda a: a.last_night or "open"),
    Column("TELESCOPE", lambda a: a.telescope),
    Column("E-MAIL", lambda a: a.email),
    Column("NAME", lambda a: a.name),
    Column("CONTROL UNTIL UTC", lambda a: a.control_until),
    Column("ID", lambda a: a.id),
]


@guest_command.command("add")
@click.argument("email")
@click.option("--telescope", required=True)
@click.option("--from", "first_night", required=True, metavar="NIGHT", help="First night: its evening date.")
@click.option("--to", "last_night", metavar="NIGHT", help="Last night; left out: an open end.")
@command_options()
def add_guest(session: Session, email: str, telescope: str, first_night: str, last_night: str | None) -> None:
    """Assign a person who has an account to a telescope."""
    body = {"email": email, "telescope": telescope, "first_night": first_night, "last_night": last_night}
    made = session.client.call("add_assignment", body=body)
    until = f"to {made.last_night}" if made.last_night else "with an open end"
    session.show(made, lambda: note(f"{made.name} has {made.telescope} from {made.first_night} {until} ({made.id})."))


@guest_command.command("list")
@click.option("--telescope")
@click.option("--night", metavar="NIGHT", help="Only those that cover this night.")
@click.option("--email", help="Only this person's.")
@paging_option(100)
@command_options()
def list_guests(session: Session, telescope: str | None, night: str | None, email: str | None, limit: int) -> None:
    """List assignments, the latest first."""
    found = session.pages("list_assignments", limit, telescope=telescope, night=night, email=email)
    session.list(ASSIGNMENT, found, empty="No visiting observers.")


@guest_command.command("until")
@click.argument("assignment_id", metavar="ID")
@click.argument("last_night", metavar="NIGHT|open")
@command_options()
def change_guest(session: Session, assignment_id: str, last_night: str) -> None:
    """Let an assignment end with another night, or leave its end open."""
    body = {"last_night": None if last_night == "open" else last_night}
    made = session.client.call("change_assignment", assignment_id=assignment_id, body=body)
    session.show(made, lambda: note(f"The last night of {made.name} is {made.last_night or 'open'} now."))


@guest_command.command("remove")
@click.argument("assignment_id", metavar="ID")
@command_options()
def remove_guest(session: Session, assignment_id: str) -> None:
    """Take an assignment away; what the guest uploaded stays readable to them."""
    session.client.remove_assignment(assignment_id)
    session.show({"removed": assignment_id}, lambda: note("The assignment is gone."))


@org_command.command("remove-member")
@click.argument("email")
@command_options()
def remove_member(session: Session, email: str) -> None:
    """Remove a person; what they uploaded stays."""
    session.client.remove_member(email)
    session.show({"removed": email}, lambda: note(f"{email} does not belong to {session.organisation} any more."))


@org_command.command("datacite")
@click.option("--repository", metavar="ID", help="The repository at DataCite, such as UOXF.BODLEIAN.")
@click.option("--prefix", help="Of its DOIs, such as 10.5072.")
@click.option("--service", type=click.Choice(["production", "test"]), default="production", show_default=True)
@click.option("--remove", is_flag=True, help="Forget the account; DOIs stay as they are.")
@command_options()
def datacite(session: Session, repository: str | None, prefix: str | None, service: str, remove: bool) -> None:
    """Show or set the DataCite account with which packages get DOIs.

    The password is asked for, or taken from URANIBORG_DATACITE_PASSWORD; the service seals it and never shows it.
    """
    if remove:
        session.client.remove_datacite_account()
        session.show({"removed": True}, lambda: note("The DataCite account is forgotten."))
        return
    if (repository is None) != (prefix is None):
        raise click.UsageError("--repository and --prefix go together.")
    if repository is None:
        try:
            found = session.client.get_datacite_account()
        except NotFound:
            session.show(None, lambda: note("No DataCite account yet: give --repository and --prefix."))
            return
    else:
        password = os.environ.get("URANIBORG_DATACITE_PASSWORD") or click.prompt("Password", hide_input=True, err=True)
        body = {"repository_id": repository, "prefix": prefix, "service": service, "password": password}
        found = session.client.call("set_datacite_account", body=body)
    pairs = [
        ("repository", found.repository_id),
        ("prefix", found.prefix),
        ("service", found.service),
        ("changed UTC", found.changed_at),
    ]
    session.show(found, lambda: details(pairs))


org_command.add_command(agent_command)
org_command.add_command(audit_command)
org_command.add_command(embargo_command)
org_command.add_command(portal_command)
org_command.add_command(webhook_command)
