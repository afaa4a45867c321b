"""The page at which the public meets an organisation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from uraniborg._generated.wire import PortalHost
from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import details, note

__all__ = ["portal_command"]


@click.group("portal")
def portal_command() -> None:
    """The page at which the public meets the organisation; nobody sees it before an owner shows it."""


@portal_command.command("show")
@command_options()
def show_portal(session: Session) -> None:
    """Show whether the organisation has a public page, and what it says."""
    found = session.client.get_portal()
    pairs = [
        ("public", found.is_public),
        ("address", found.address),
        ("title", found.title),
        ("text", found.text),
        ("colour", found.colour),
        ("second colour", found.second_colour),
        ("changed UTC", found.changed_at),
    ]
    if found.host is not None:
        pairs += _host_details(found.host)
    session.show(found, lambda: details(pairs))


def _host_details(host: PortalHost) -> list[tuple[str, Any]]:
    told: list[tuple[str, Any]] = [("own host", host.host), ("proven UTC", host.proven_at or "not yet")]
    return told + ([] if host.proven_at else [("TXT record", host.record_name), ("with the value", host.record_value)])


@portal_command.command("set")
@click.option("--public/--hidden", "is_public", default=None, help="Whether the public sees it.")
@click.option("--title", help="Empty: the organisation's name.")
@click.option("--text", help="Plain text; blank lines set paragraphs apart.")
@click.option("--text-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The text, as UTF-8.")
@click.option("--colour", metavar="#RRGGBB", help="Of the logo.")
@click.option("--second-colour", metavar="#RRGGBB", help="The other one.")
@command_options()
def set_portal(
    session: Session,
    is_public: bool | None,
    title: str | None,
    text: str | None,
    text_file: Path | None,
    colour: str | None,
    second_colour: str | None,
) -> None:
    """Show the organisation to the public, or no longer; what is not given stays as it is."""
    if text is not None and text_file is not None:
        raise click.UsageError("Give --text or --text-file.")
    if text_file is not None:
        text = text_file.read_text("utf-8")
    before = session.client.get_portal()
    given = {
        "is_public": is_public,
        "title": title,
        "text": text,
        "colour": colour,
        "second_colour": second_colour,
    }
    body = {name: getattr(before, name) if value is None else value for name, value in given.items()}
    found = session.client.call("set_portal", body=body)
    told = f"The public sees {found.address}." if found.is_public else "The public sees nothing of it."
    session.show(found, lambda: note(told))


@portal_command.command("host")
@click.argument("host", required=False)
@click.option("--prove", is_flag=True, help="Look its DNS record up, and show the page there.")
@click.option("--remove", is_flag=True, help="Give it up: it shows nothing any more.")
@command_options()
def portal_host(session: Session, host: str | None, prove: bool, remove: bool) -> None:
    """Show the public page on a host of the organisation's own: name it, set the DNS record that is told, prove it."""
    if sum([host is not None, prove, remove]) != 1:
        raise click.UsageError("Give the host's name, or --prove, or --remove.")
    if remove:
        session.client.call("remove_portal_host")
        session.show({"removed": True}, lambda: note("The organisation has no host of its own."))
        return
    found = (
        session.client.call("prove_portal_host")
        if prove
        else session.client.call("set_portal_host", body={"host": host})
    )
    session.show(found, lambda: details([("address", found.address), *_host_details(found)]))
