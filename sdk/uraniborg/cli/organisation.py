"""Organisations and their people."""

from __future__ import annotations

import os

import click

from uraniborg.cli.command import Session, command_options
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
