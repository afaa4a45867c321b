"""The organisation's watch agents: listed, forgotten."""

from __future__ import annotations

import click

from uraniborg._generated.wire import Agent
from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, about, note, size

__all__ = ["agent_command"]


def _left(agent: Agent) -> str:
    if agent.silent_since or not (agent.waiting_bytes and agent.rate_bytes_per_s):
        return ""
    return about(agent.waiting_bytes / agent.rate_bytes_per_s)


@click.group("agent")
def agent_command() -> None:
    """Watch agents on telescopes' computers, as they reported last."""


@agent_command.command("list")
@paging_option(100)
@command_options()
def list_agents(session: Session, limit: int) -> None:
    """List watch agents: what waits there, and since when one is silent."""
    columns = [
        Column("AGENT", lambda a: a.name),
        Column("STATE", lambda a: "silent" if a.silent_since else a.state),
        Column("SINCE UTC", lambda a: a.silent_since),
        Column("WAITING", lambda a: a.waiting_files, right=True),
        Column("SIZE", lambda a: size(a.waiting_bytes) if a.waiting_files else "", right=True),
        Column("LEFT", _left, right=True),
        Column("FAILED", lambda a: a.failed_files, right=True),
        Column("LAST FILE UTC", lambda a: a.last_file_at),
        Column("TELESCOPE", lambda a: a.telescope),
        Column("HOST", lambda a: a.host),
        Column("LAST ERROR", lambda a: a.last_error),
    ]
    empty = "No watch agent has reported yet. On a telescope's computer: uraniborg watch FOLDER"
    session.list(columns, session.pages("list_agents", limit), empty=empty)


@agent_command.command("forget")
@click.argument("name")
@command_options()
def forget_agent(session: Session, name: str) -> None:
    """Forget a watch agent that is no more, so that nobody is told of its silence."""
    session.client.forget_agent(name)
    session.show({"forgotten": name}, lambda: note(f"{name} is forgotten; if it reports again, it is there again."))
