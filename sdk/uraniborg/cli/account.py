"""Who one is: login, logout, whoami, tokens."""

from __future__ import annotations

import os
import socket
import sys
from datetime import UTC, datetime
from typing import Any

import click

from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import Column, details, note, print_json
from uraniborg.client import Client
from uraniborg.device_login import DeviceLogin, make_token_by_browser
from uraniborg.errors import NotAllowed, UraniborgError
from uraniborg.login import make_token_by_password
from uraniborg.settings import Settings, forget_token, load_settings, save_settings

__all__ = ["login_command", "logout_command", "token_command", "whoami_command"]


@click.command("login")
@click.option("--url", metavar="URL", help="Address of the service [URANIBORG_URL].")
@click.option("--email", metavar="ADDRESS", help="Sign in with this address and a password, without a browser.")
@click.option("--token", metavar="SECRET", help="Keep a token you have already; - reads it from standard input.")
@click.option("--organisation", "-o", metavar="SLUG", help="The organisation meant where none is given.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def login_command(
    url: str | None, email: str | None, token: str | None, organisation: str | None, as_json: bool
) -> None:
    """Sign in and keep a token on this computer.

    Shows an address and a code: open the address in any browser, on any computer, and let this one in. With --email, or
    URANIBORG_PASSWORD, it asks for your password here instead. Either way a token named after this computer is made
    and kept, and no password, in ~/.config/uraniborg/config.toml, readable by you only.
    """
    address = load_settings(url).url
    if token is None and (email or os.environ.get("URANIBORG_PASSWORD")):
        email, password = _ask(email)
        ask_code = _ask_code if sys.stdin.isatty() else None
        token = make_token_by_password(address, email, password, name=_token_name(), ask_code=ask_code).secret
    elif token is None:
        token = make_token_by_browser(address, _show, name=_token_name()).secret
    elif token == "-":  # noqa: S105 (a sign for standard input)
        token = sys.stdin.readline().strip()
    settings = Settings(url=address, token=token)
    with Client(address, token) as client:
        try:
            account = client.who_am_i()
        except NotAllowed:  # a token for uploads only does not say whose it is
            account = None
    own = [membership.organisation for membership in account.organisations] if account else []
    if organisation and account and organisation not in own:
        raise click.UsageError(
            f"You are not one of the people of {organisation!r}; yours are: {', '.join(own) or 'none'}."
        )
    settings.organisation = organisation or (own[0] if len(own) == 1 else "")
    path = save_settings(settings)
    if as_json:
        kept: dict[str, Any] = {"url": address, "organisation": settings.organisation, "settings": str(path)}
        print_json(kept | {"account": account})
        return
    who = f"{account.name} ({account.email})" if account else "an upload-only token"
    note(f"Signed in at {address} as {who}.")
    if settings.organisation:
        note(f"Organisation: {settings.organisation}.")
    elif len(own) > 1:
        note(f"You belong to {', '.join(own)}: choose with --organisation, or URANIBORG_ORGANISATION.")
    elif account:
        note('You belong to no organisation yet. Make one: uraniborg org add "My Observatory"')


@click.command("logout")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def logout_command(as_json: bool) -> None:
    """Revoke the token that login made on this computer, and forget it."""
    settings = load_settings()
    revoked = False
    if settings.token and "URANIBORG_TOKEN" not in os.environ:
        with Client(settings.url, settings.token) as client:
            try:
                mine = [
                    t for t in client.iterate("list_tokens") if settings.token.endswith(t.hint) and not t.revoked_at
                ]
                if len(mine) == 1:
                    client.revoke_token(mine[0].id)
                    revoked = True
            except UraniborgError:
                pass  # it is forgotten here all the same
    forgotten = forget_token()
    if as_json:
        print_json({"forgotten": forgotten, "revoked": revoked})
    elif forgotten:
        note(
            "Signed out; the token is revoked." if revoked else "Signed out here. `uraniborg token list` shows others."
        )
    else:
        note("Nobody was signed in on this computer.")


@click.command("whoami")
@command_options(organisation=False)
def whoami_command(session: Session) -> None:
    """Tell who is signed in, where, and for which organisations."""
    account = session.client.who_am_i()

    def show() -> None:
        details([("name", account.name), ("e-mail", account.email), ("service", session.client.url)])
        for membership in account.organisations:
            chosen = " (meant where none is given)" if membership.organisation == session.client.organisation else ""
            click.echo(f"{membership.role} of {membership.organisation}, {membership.name}{chosen}")
        if not account.organisations:
            note('You belong to no organisation yet. Make one: uraniborg org add "My Observatory"')
        if account.own_files:
            click.echo(f"{account.own_files} keeps your own files (uraniborg me files)")

    session.show(account, show)


@click.group("token")
def token_command() -> None:
    """Tokens: what scripts and telescope computers sign in with."""


@token_command.command("list")
@command_options(organisation=False)
def list_tokens(session: Session) -> None:
    """List your tokens, newest first."""
    now = datetime.now(UTC)

    def state(token: Any) -> str:
        if token.revoked_at:
            return "revoked"
        return "expired" if token.expires_at and token.expires_at < now else "valid"

    columns = [
        Column("ID", lambda t: t.id),
        Column("NAME", lambda t: t.name),
        Column("KIND", lambda t: t.kind),
        Column("STATE", state),
        Column("ENDS IN", lambda t: f"…{t.hint}"),
        Column("LAST USED UTC", lambda t: t.last_used_at or "never"),
        Column("EXPIRES UTC", lambda t: t.expires_at or "never"),
    ]
    session.list(
        columns, session.pages("list_tokens", 0), empty="You have no tokens. Make one: uraniborg token add NAME"
    )


@token_command.command("add")
@click.argument("name")
@click.option("--upload-only", is_flag=True, help="For a telescope's computer: it can send files, and nothing else.")
@click.option("--scope", "scopes", multiple=True, help="What it may do; may be repeated; all you may when left out.")
@click.option("--organisation", "-o", "only", metavar="SLUG", help="The only organisation it is good for.")
@click.option("--days", type=float, default=365, show_default=True, help="How long it lives; 0 for no end.")
@command_options(organisation=False)
def add_token(
    session: Session, name: str, upload_only: bool, scopes: tuple[str, ...], only: str | None, days: float
) -> None:
    """Make a token; its secret is shown this once."""
    if upload_only and only is None:
        only = session.organisation
    values: dict[str, Any] = {"name": name, "kind": "upload-only" if upload_only else "personal"}
    values |= {"expires_in_days": days or None}
    values |= {"organisation": only} if only else {}
    values |= {"scopes": list(scopes)} if scopes else {}
    token = session.client.make_token(**values)

    def show() -> None:
        note(f"Made {token.name!r}. This is the only time its secret is shown; use it as URANIBORG_TOKEN:")
        click.echo(token.secret)

    session.show(token, show)


@token_command.command("revoke")
@click.argument("token_id", metavar="ID")
@command_options(organisation=False)
def revoke_token(session: Session, token_id: str) -> None:
    """Revoke a token; it stops working with the next request."""
    session.client.revoke_token(token_id)
    session.show({"revoked": token_id}, lambda: note("Revoked."))


def _ask(email: str | None) -> tuple[str, str]:
    password = os.environ.get("URANIBORG_PASSWORD")
    if not sys.stdin.isatty() and not (email and password):
        raise click.UsageError("Nobody can be asked here: give --email and URANIBORG_PASSWORD, or --token.")
    email = email or str(click.prompt("E-mail", err=True))
    return email, password or str(click.prompt("Password", hide_input=True, err=True))


def _ask_code() -> str:
    return str(click.prompt("Code of your authenticator, or a recovery code", err=True))


def _show(begun: DeviceLogin) -> None:
    note(f"Open {begun.verification_uri} in any browser, sign in there, and type the code")
    note(f"    {begun.user_code}")
    if begun.verification_uri_complete:
        note(f"or open {begun.verification_uri_complete}")
    note(f"Waiting; the code is good for {begun.expires_in / 60:.0f} minutes ...")


def _token_name() -> str:
    return f"uraniborg on {socket.gethostname()}"[:200]
