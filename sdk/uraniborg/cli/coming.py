"""What is on its way: files that wait on telescopes' computers, shown ahead by their watch agents."""

from __future__ import annotations

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, size

__all__ = ["coming_command"]


@click.command("coming")
@paging_option(100)
@command_options()
def coming_command(session: Session, limit: int) -> None:
    """List frames on their way: shown by agents that send previews first, and not here yet, newest first."""
    columns = [
        Column("SINCE UTC", lambda f: f.announced_at),
        Column("AGENT", lambda f: f.agent),
        Column("SIZE", lambda f: size(f.size_bytes), right=True),
        Column("OBJECT", lambda f: f.object),
        Column("FILTER", lambda f: f.filter),
        Column("EXP S", lambda f: f.exposure_s, right=True),
        Column("PATH", lambda f: f.path),
    ]
    empty = "Nothing is announced. On a telescope's computer with a thin line: uraniborg watch FOLDER --previews-first"
    session.list(columns, session.pages("list_coming_frames", limit), empty=empty)
