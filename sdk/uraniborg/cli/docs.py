"""Where the documentation is."""

from __future__ import annotations

import click

from uraniborg.cli.command import Session, command_options

__all__ = ["open_command"]


@click.command("open")
@click.option("--browser", is_flag=True, help="Open it as well.")
@command_options(organisation=False)
def open_command(session: Session, browser: bool) -> None:
    """Print the address of the service's API documentation."""
    address = f"{session.client.url}/api/v1/docs"
    session.show({"docs": address}, lambda: click.echo(address))
    if browser:
        click.launch(address)
