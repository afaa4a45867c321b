"""How the status of watch agents looks on a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec

import click

from uraniborg.cli.output import Column, about, details, duration, moment, one_line, paint, plain, plural, size, table
from uraniborg.watch.status import AgentStatus, FolderStatus

__all__ = ["print_statuses"]

CLOCK_TOLERANCE_S = 2.0
SHOWN = 5


def print_statuses(statuses: list[AgentStatus]) -> None:
    """Print one page for each agent."""
    for number, status in enumerate(statuses):
        if number:
            click.echo()
        _page(status)


def _page(status: AgentStatus) -> None:
    if status.running:
        head = paint("running", "good") + f" since {_at(status.since)}"
    else:
        head = paint("not running", "failed") + f" since {_at(status.not_running_since)}"
    limit = f" of {size(int(status.limit_bytes_per_s))}/s" if status.limit_bytes_per_s else ""
    doing = ""
    if status.running and status.under:
        under = status.under
        sent = min(max(under.sent_bytes, under.done_bytes), under.size_bytes)
        doing = (
            f"{under.done_files:,} of {plural(under.files, 'file')}, {size(sent)} of {size(under.size_bytes)},"
            f" {size(int(status.rate_bytes_per_s))}/s{limit}"
        )
    click.echo(f"{paint(plain(status.name), 'header')}  {head}")
    details(
        [
            ("service", f"{status.url}, {status.organisation}"),
            (
                "away",
                f"the service does not answer since {_at(status.service_away_since)}; files wait"
                if status.service_away_since
                else "",
            ),
            ("sending", doing),
            ("left", _left(status)),
            ("line", _line(status)),
            ("previews", f"{status.previews_sent:,} sent ahead of their files" if status.previews_sent else ""),
            ("looking", _looking(status)),
            ("last error", f"{_at(status.last_error_at)}  {status.last_error}" if status.last_error else ""),
            ("clock", _clock(status.clock_offset_s)),
        ]
    )
    skipped = [Column("SKIPPED", lambda f: f.skipped, right=True)]
    columns = [
        Column("WAITING", lambda f: f.waiting_files, right=True),
        Column("SIZE", lambda f: size(f.waiting_bytes) if f.waiting_files else "", right=True),
        Column("STORED", lambda f: f.stored, right=True),
        Column("FAILED", lambda f: f.failed, right=True),
        *(skipped if any(folder.skipped for folder in status.folders) else []),
        Column("LAST STORED UTC", lambda f: _at(f.last_stored_at)),
        Column("FOLDER", _folder),
    ]
    table(columns, status.folders)
    for folder in status.folders:
        _troubles(folder)


def _folder(folder: FolderStatus) -> str:
    kept = f"  (kept under {folder.prefix})" if folder.prefix else ""
    missing = f"  (not there since {_at(folder.missing_since)})" if folder.missing_since else ""
    return folder.path + kept + missing


def _troubles(folder: FolderStatus) -> None:
    if folder.trouble and not folder.missing_since:
        click.echo(f"  {paint('trouble', 'warning')}  {plain(folder.trouble)}")
    for failure in folder.failures[:SHOWN]:
        again = ""
        if failure.next_try_in_s is not None:
            again = f" Tried again in {duration(round(failure.next_try_in_s))}."
        click.echo(f"  {paint('failed', 'failed')}  {one_line(failure.path)}: {one_line(failure.reason)}{again}")
    if folder.failed > SHOWN:
        click.echo(f"  … and {folder.failed - SHOWN:,} more; --json tells some of them.")
    for failure in folder.unfinished[:SHOWN]:
        click.echo(f"  {paint('not whole', 'warning')}  {one_line(failure.path)}: {one_line(failure.reason)}")


def _at(time_s: float | None) -> str:
    return "" if time_s is None else moment(datetime.fromtimestamp(time_s, UTC))


def _left(status: AgentStatus) -> str:
    waiting_bytes = sum(folder.waiting_bytes for folder in status.folders)
    if not (status.running and status.under and status.rate_bytes_per_s and waiting_bytes):
        return ""
    return f"about {about(waiting_bytes / status.rate_bytes_per_s)} at this rate"


def _line(status: AgentStatus) -> str:
    if status.breaks_every_s is None:
        return ""
    often = duration(status.breaks_every_s)
    return f"breaks about every {often}: less is sent at once, and what has arrived is not sent again"


def _looking(status: AgentStatus) -> str:
    if not status.running:
        return ""
    if status.looking:
        return "through the folders for the first time"
    if status.events or all(folder.missing_since for folder in status.folders):
        return ""
    often = f"for new files every {duration(status.poll_s)}" if status.poll_s else "for new files now and then"
    if find_spec("watchfiles") is None:
        return f"{often}; with pip install 'uraniborg[watch]' they are found at once"
    return f"{often}: the disk they are on does not tell of them"


def _clock(offset_s: float | None) -> str:
    if offset_s is None or abs(offset_s) < CLOCK_TOLERANCE_S:
        return ""
    way = "ahead of" if offset_s > 0 else "behind"
    return (
        f"this computer's clock is {duration(abs(offset_s))} {way} the service's: set it, or times in headers are wrong"
    )
