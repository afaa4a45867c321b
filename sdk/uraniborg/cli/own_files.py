"""`uraniborg me`: one's own files, by the commands of a team's files."""

from __future__ import annotations

import copy
from functools import partial

import click

from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import note
from uraniborg.cli.team_files import TEAM_FILE_COMMANDS
from uraniborg.team_paths import OWN_FILES

__all__ = ["me_command"]


@click.group("me")
def me_command() -> None:
    """Your own files, which nobody else sees; an organisation of yours keeps them."""


@me_command.command("open")
@click.argument("host", metavar="[ORGANISATION]", required=False)
@command_options(organisation=False)
def open_files(session: Session, host: str | None) -> None:
    """Let an organisation keep your own files; left out, the one you joined first.

    The first file you send does this by itself. As long as there are none, another organisation can be named.
    """
    made = session.client.open_own_files(organisation=host)
    session.show(made, lambda: note(f"{made.organisation} keeps your own files. Send some: uraniborg me put PATH"))


def _mine(command: click.Command) -> click.Command:
    """Make a command of a team's files one of one's own: it asks for no team, and speaks of none."""
    mine = copy.copy(command)
    mine.params = [parameter for parameter in command.params if parameter.name != "team"]
    assert command.callback is not None
    mine.callback = partial(command.callback, team=OWN_FILES)
    words = (command.help or "").replace("the team's own", "your own").replace("the team's", "your")
    mine.help = words.replace(" to the team;", " to your own;")
    return mine


for each in TEAM_FILE_COMMANDS:
    me_command.add_command(_mine(each))
