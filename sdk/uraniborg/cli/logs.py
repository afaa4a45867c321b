"""Night logs: read, written, searched, signed, exported."""

from __future__ import annotations

import contextlib
import re
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.nights import show_summary
from uraniborg.cli.output import PAINTED, Column, duration, moment, note, paint, plain
from uraniborg.cli.places import moment_of_night, night_argument, the_night, the_telescope
from uraniborg.errors import NotFound, UraniborgError
from uraniborg.lookup import find_file, find_frame_id

__all__ = ["log_command"]

F = TypeVar("F", bound=Callable[..., Any])
LEVELS = click.Choice(["info", "warning", "problem"])
CATEGORIES = click.Choice(
    ["observing", "weather", "fault", "calibration", "maintenance", "safety", "administration", "other"]
)
KINDS = click.Choice(["weather", "fault", "other"])
HANDLE = 6  # last digits of an entry's identifier, which stand for it within one night


@click.group("log")
def log_command() -> None:
    """Night logs. NIGHT is its evening's date, as 2026-11-20; left out, or 'tonight', it is the one that lasts now."""


WHICH = "Left out: the only one, or the one that worked."
ENTRY_OPTIONS = [
    click.option("--level", type=LEVELS, help="[default: info]"),
    click.option("--category", type=CATEGORIES, help="[default: observing]"),
    click.option("--tag", "tags", multiple=True, help="May be repeated."),
    click.option("--at", metavar="TIME", help="When it happened, UTC: 22:10. Left out: now."),
    click.option("--lost", metavar="TIME", help="Time lost: 40min, 1h20m."),
    click.option("--lost-to", "kind", type=KINDS, help="What the time was lost to."),
    click.option("--frame", "frames", multiple=True, metavar="FRAME", help="A frame it is about: path or identifier."),
    click.option("--attach", "attachments", multiple=True, metavar="FILE", help="A stored file: path or identifier."),
]


def _night_options(function: F) -> F:
    function = click.option("--telescope", "-t", metavar="SLUG", help=WHICH)(function)
    return click.option("--night", "-N", metavar="DATE", help="The evening's date; left out: tonight.")(function)


def _entry_options(function: F) -> F:
    for option in reversed(ENTRY_OPTIONS):
        function = option(function)
    return function


def _place(session: Session, night: str | None, telescope: str | None) -> tuple[str, date]:
    when = the_night(session, night, telescope)
    return the_telescope(session, telescope, when), when


@log_command.command("show")
@night_argument
@click.option("--telescope", "-t", metavar="SLUG", help=WHICH)
@click.option("--deleted", is_flag=True, help="Deleted entries too.")
@command_options()
def show_log(session: Session, night: str | None, telescope: str | None, deleted: bool) -> None:
    """Show a night's log: its summary and every entry, in order of time."""
    which, when = _place(session, night, telescope)
    log = session.client.get_night_log(which, when)
    entries = list(session.pages("list_log_entries", 0, telescope=which, night=when, deleted=deleted or None))
    log.entries.items, log.entries.next_cursor = entries, None

    def show() -> None:
        show_summary(log)
        for entry in entries:
            click.echo()
            _show_entry(entry)
        if not entries:
            note(f'\nNo entries yet. Write one: uraniborg log add "Clouds from 22:10" --night {when} -t {which}')

    session.show(log, show)


@log_command.command("add")
@click.argument("text", required=False)
@_night_options
@_entry_options
@command_options()
def add_entry(session: Session, text: str | None, night: str | None, telescope: str | None, **values: Any) -> None:
    """Write an entry. TEXT is Markdown; - reads it from standard input; left out, your editor opens."""
    which, when = _place(session, night, telescope)
    members = _members(session, which, when, values)
    if night and "occurred_at" not in members:
        log = session.client.get_night_log(which, when)
        if not log.start_at <= datetime.now(UTC) < log.end_at:
            raise click.UsageError(f"The night {when} is over: say when it happened, as in --at 22:10 (UTC).")
    text = _read_text(text, "")
    with _keeping(text, f"log add - --night {when} -t {which}"):
        body = {"text": text} | members
        entry = session.client.call("add_log_entry", telescope=which, night=when, body=body)
    session.show(entry, lambda: _show_entry(entry))


@log_command.command("edit")
@click.argument("entry")
@click.argument("text", required=False)
@_night_options
@_entry_options
@command_options()
def edit_entry(
    session: Session, entry: str, text: str | None, night: str | None, telescope: str | None, **values: Any
) -> None:
    """Write the next revision of ENTRY; what is not given stays, and the old revision remains readable.

    ENTRY is the sign that `uraniborg log show` prints before it. It restores a deleted entry as well.
    """
    which, when = _place(session, night, telescope)
    old = _find_entry(session, which, when, entry)
    changes = _members(session, which, when, values, old.time_lost_kind)
    if text is not None or not changes:
        changes["text"] = _read_text(text, old.text)
    body = {
        "revision": old.revision,
        "text": old.text,
        "level": old.level,
        "category": old.category,
        "tags": old.tags,
        "time_lost_s": old.time_lost_s,
        "time_lost_kind": old.time_lost_kind,
        "frames": old.frames,
        "attachments": old.attachments,
    }
    with _keeping(changes.get("text", ""), f"log edit {entry} - --night {when} -t {which}"):
        new = session.client.call("edit_log_entry", telescope=which, night=when, entry_id=old.id, body=body | changes)
    session.show(new, lambda: _show_entry(new))


@log_command.command("rm")
@click.argument("entry")
@_night_options
@command_options()
def delete_entry(session: Session, entry: str, night: str | None, telescope: str | None) -> None:
    """Delete an entry; its revisions stay readable, and `log edit` restores it."""
    which, when = _place(session, night, telescope)
    old = _find_entry(session, which, when, entry)
    session.client.delete_log_entry(which, when, old.id, revision=old.revision)
    session.show({"deleted": old.id}, lambda: note("Deleted; `uraniborg log revisions` still shows what it said."))


@log_command.command("revisions")
@click.argument("entry")
@_night_options
@command_options()
def list_revisions(session: Session, entry: str, night: str | None, telescope: str | None) -> None:
    """Show every revision of an entry, the newest first."""
    which, when = _place(session, night, telescope)
    found = _find_entry(session, which, when, entry)
    revisions = list(session.pages("list_log_entry_revisions", 0, telescope=which, night=when, entry_id=found.id))

    def show() -> None:
        for index, revision in enumerate(revisions):
            if index:
                click.echo()
            _show_entry(revision, revised=True)

    session.show(revisions, show)


@log_command.command("search")
@click.argument("words", nargs=-1)
@click.option("--tag")
@click.option("--level", type=LEVELS)
@click.option("--category", type=CATEGORIES)
@click.option("--telescope", "-t", metavar="SLUG")
@click.option("--first", metavar="DATE", help="This night or later.")
@click.option("--last", metavar="DATE", help="This night or earlier.")
@click.option("--author", metavar="E-MAIL", help="Who wrote or revised it.")
@paging_option(30)
@command_options()
def search(session: Session, words: tuple[str, ...], limit: int, **values: Any) -> None:
    """Search the entries of all night logs, the latest first. WORDS as in a search engine: '"clouds or fog" -moon'."""
    columns = [
        Column("NIGHT", lambda e: e.night),
        Column("TELESCOPE", lambda e: e.telescope),
        Column("UTC", lambda e: moment(e.occurred_at)[11:16]),
        Column("LEVEL", lambda e: e.level),
        Column("CATEGORY", lambda e: e.category),
        Column("ENTRY", lambda e: e.id[-HANDLE:]),
        Column("BY", lambda e: e.author.name),
        Column("TEXT", lambda e: " ".join(e.text.split())),
    ]
    entries = session.pages("search_log_entries", limit, text=" ".join(words) or None, **values)
    session.list(columns, entries, empty="No entry matches.", limit=limit)


@log_command.command("sign")
@night_argument
@click.option("--telescope", "-t", metavar="SLUG", help=WHICH)
@click.option("--force", is_flag=True, help="Although the night is not over.")
@command_options()
def sign(session: Session, night: str | None, telescope: str | None, force: bool) -> None:
    """Sign a night log: it takes no more entries, and its summary stays as it is now."""
    which, when = _place(session, night, telescope)
    log = session.client.sign_night_log(which, when, force=force or None)
    session.show(log, lambda: note(f"The log of {log.night}, {log.telescope}, is signed by {log.signed_by}."))


@log_command.command("reopen")
@night_argument
@click.option("--telescope", "-t", metavar="SLUG", help=WHICH)
@click.option("--reason", default="", help="Why; it becomes an entry.")
@command_options()
def reopen(session: Session, night: str | None, telescope: str | None, reason: str) -> None:
    """Open a signed night log again; an entry says who did."""
    which, when = _place(session, night, telescope)
    log = session.client.reopen_night_log(which, when, reason=reason)
    session.show(log, lambda: note(f"The log of {log.night}, {log.telescope}, is open again."))


@log_command.command("export")
@night_argument
@click.option("--telescope", "-t", metavar="SLUG", help=WHICH)
@click.option("--format", "kind", type=click.Choice(["md", "pdf"]), help="[default: by the file's name, else md]")
@click.option("--output", "-o", type=click.Path(path_type=Path, allow_dash=True), help="The file; - prints it.")
@command_options(output=True)
def export(session: Session, night: str | None, telescope: str | None, kind: str | None, output: Path | None) -> None:
    """Write a night log as Markdown or PDF."""
    which, when = _place(session, night, telescope)
    kind = kind or ("pdf" if output and output.suffix.lower() == ".pdf" else "md")
    client = session.client
    if kind == "md":
        content = client.get_night_log_markdown(which, when).encode()
    else:
        content = client.get_night_log_pdf(which, when)
    if output is not None and str(output) == "-":
        sys.stdout.buffer.write(content)
        return
    path = output or Path(f"night-log-{which}-{when}.{kind}")
    path.write_bytes(content)
    session.show({"file": str(path), "size_bytes": len(content)}, lambda: click.echo(path))


def _members(
    session: Session, telescope: str, night: date, values: dict[str, Any], lost_to: str | None = None
) -> dict[str, Any]:
    """Turn the options of an entry into members of the request; an older revision may tell what time was lost to."""
    members = {name: values[name] for name in ("level", "category") if values[name]}
    if values["tags"]:
        members["tags"] = list(values["tags"])
    if values["at"]:
        log = session.client.get_night_log(telescope, night)
        members["occurred_at"] = moment_of_night(values["at"], log.start_at, log.end_at)
    if values["lost"]:
        members["time_lost_s"] = _seconds(values["lost"])
        if not (values["kind"] or lost_to):
            raise click.UsageError("Say what the time was lost to: --lost-to weather, fault or other.")
    if values["kind"]:
        members["time_lost_kind"] = values["kind"]
    if values["frames"]:
        members["frames"] = [find_frame_id(session.client, frame) for frame in values["frames"]]
    if values["attachments"]:
        members["attachments"] = [find_file(session.client, file).id for file in values["attachments"]]
    return members


def _seconds(text: str) -> int:
    match = re.fullmatch(r"(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+)\s*s)?", text.strip().lower())
    if text.strip().isdecimal():
        return int(text) * 60
    if match is None or not any(match.groups()):
        raise click.UsageError(f"{text!r} is no stretch of time: write 40min, 1h20m or 90s.")
    hours, minutes, seconds = (int(group or 0) for group in match.groups())
    return hours * 3600 + minutes * 60 + seconds


@contextlib.contextmanager
def _keeping(text: str, again: str) -> Iterator[None]:
    """Keep what was written, and say where, if it cannot be sent: an editor forgets it."""
    try:
        yield
    except UraniborgError:
        if text:
            with tempfile.NamedTemporaryFile("w", prefix="log-entry-", suffix=".md", delete=False) as kept:
                kept.write(text)
            note(f"What you wrote is in {kept.name}; send it again: uraniborg {again} < {kept.name}")
        raise


def _read_text(text: str | None, old: str) -> str:
    if text == "-":
        return sys.stdin.read()
    if text is None:
        if not sys.stdin.isatty():
            raise click.UsageError("Give the text, or - to read it from standard input.")
        edited = click.edit(old, extension=".md")
        if edited is None or not edited.strip():
            raise click.Abort
        return edited
    return text


def _find_entry(session: Session, telescope: str, night: date, sign: str) -> Any:
    entries = session.pages("list_log_entries", 0, telescope=telescope, night=night, deleted=True)
    found = [entry for entry in entries if entry.id.endswith(sign.lower().removeprefix("#"))]
    if len(found) != 1:
        which = "There is no such entry" if not found else "There are several such entries"
        raise NotFound(f"{which} in the log of {night}, {telescope}: `uraniborg log show {night}` prints their signs.")
    return found[0]


def _show_entry(entry: Any, *, revised: bool = False) -> None:
    level = paint(entry.level, PAINTED[entry.level]) if entry.level in PAINTED else entry.level
    words = [
        paint(f"{moment(entry.occurred_at)} UTC", "header"),
        level,
        entry.category,
        *(f"#{tag}" for tag in entry.tags),
        paint(entry.id[-HANDLE:], "dim"),
    ]
    if entry.deleted:
        words.append(paint("deleted", "failed"))
    click.echo("  ".join(words))
    about = [f"by {entry.author.name}"]
    if entry.revision > 1 or revised:
        about.append(f"revision {entry.revision} by {entry.revised_by.name}, {moment(entry.revised_at)} UTC")
    if entry.time_lost_s:
        about.append(f"{duration(entry.time_lost_s)} lost to {entry.time_lost_kind}")
    if entry.frames:
        about.append(f"{len(entry.frames)} frames")
    if entry.attachments:
        about.append(f"{len(entry.attachments)} attachments")
    click.echo(paint("  " + ", ".join(about), "dim"))
    click.echo(textwrap.indent(plain(entry.text.rstrip()), "  "))
