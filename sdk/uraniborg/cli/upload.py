"""Sending files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import duration, note, one_line, paint, plural, print_json, size
from uraniborg.cli.progress import upload_bar
from uraniborg.errors import UraniborgError
from uraniborg.upload.report import FileFate, Progress, UploadReport
from uraniborg.upload.terms import FRAME_TYPES

__all__ = ["run_upload", "sending", "upload_command"]

SHOWN = 20


@click.command("upload")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--telescope", "-t", metavar="SLUG", help="What took them, where the headers do not tell.")
@click.option("--instrument", "-i", metavar="SLUG", help="What took them, where the headers do not tell.")
@click.option(
    "--type", "frame_type", type=click.Choice(FRAME_TYPES), help="What the frames are, where the headers do not tell."
)
@click.option("--dataset", "-d", metavar="NAME", help="A dataset they join; made when there is none.")
@click.option("--wait", is_flag=True, help="Wait until the headers are read, and tell which could not be.")
@click.option("--follow-symlinks", is_flag=True, help="Also send what symbolic links lead to.")
@command_options()
def upload_command(
    session: Session,
    paths: tuple[Path, ...],
    telescope: str | None,
    instrument: str | None,
    frame_type: str | None,
    dataset: str | None,
    wait: bool,
    follow_symlinks: bool,
) -> int:
    """Send files and folders.

    What the organisation has already is not sent again, and what was interrupted goes on where it stopped: just run
    the same command again. A folder's files keep their paths relative to it (with several folders: including its name).
    """
    client, organisation = session.client, session.organisation
    report = run_upload(
        session,
        lambda progress: client.upload(
            paths,
            organisation=organisation,
            telescope=telescope,
            instrument=instrument,
            dataset=dataset,
            frame_type=frame_type,
            progress=progress,
            wait=wait,
            follow_symlinks=follow_symlinks,
        ),
        following="uraniborg find --sort -created_at",
    )
    if wait and not report.waited and not session.as_json:
        note("This token may only send files, so that nothing is known of their headers yet.")
    return 0 if report.ok else 1


def run_upload(session: Session, send: Callable[[Any], UploadReport], *, following: str) -> UploadReport:
    """Send files, showing how far it is, and print what became of each.

    Parameters
    ----------
    send : callable
        Does it; takes what is to be told of progress.
    following : str
        The command to run next.
    """
    with sending(session) as progress:
        report = send(progress)
    if session.as_json:
        states = {state: report.count(state) for state in ("stored", "known", "failed", "skipped")}
        totals = {"seconds": round(report.seconds, 3), "sent_bytes": report.sent_bytes, "jobs": report.jobs}
        print_json(states | totals | {"waited": report.waited, "files": report.files})
    else:
        _tell(report, following)
    return report


@contextmanager
def sending(session: Session) -> Iterator[Callable[[Progress], None] | None]:
    """Show how far an upload is, and print what became of each file by then where it does not come to its end."""
    try:
        with upload_bar(quiet=session.as_json) as progress:
            yield progress
    except KeyboardInterrupt:
        note("Stopped. What was acknowledged is safe; run the same command again to go on.")
        raise
    except UraniborgError as error:
        if error.report is not None and error.report.files and not session.as_json:
            _tell(error.report)
            note("Stopped before the end. Run the same command again to go on.")
        raise


def _tell(report: UploadReport, following: str = "") -> None:
    stored, known = report.count("stored"), report.count("known")
    refused = [fate for fate in report.files if fate.state == "failed"]
    unread = [fate for fate in report.files if fate.ingest == "failed"]
    skipped = [fate for fate in report.files if fate.state == "skipped"]
    words = [plural(stored, "file") + " stored"] if stored or not known else []
    for count, word in (
        (known, "known already"),
        (len(refused), "failed"),
        (len(unread), "without a readable header"),
        (len(skipped), "skipped"),
    ):
        words += [f"{count:,} {word}"] if count else []
    line = ", ".join(words)
    if report.sent_bytes:
        rate = report.sent_bytes / max(report.seconds, 1e-3)
        line += f"; {size(report.sent_bytes)} sent in {duration(report.seconds)} ({size(int(rate))}/s)"
    click.echo(line + ".")
    _tell_each("failed", "failed", refused)
    _tell_each("warning", "unread", unread)
    _tell_each("dim", "skipped", skipped)
    if following and (stored or known):
        note(f"Next: {following}" if not refused else "Run it again to try those that failed.")


def _tell_each(style: str, word: str, fates: list[FileFate]) -> None:
    for fate in fates[:SHOWN]:
        click.echo(f"  {paint(word, style)}  {one_line(fate.path or fate.source)}: {one_line(fate.reason)}")
    if len(fates) > SHOWN:
        click.echo(f"  … and {len(fates) - SHOWN:,} more; --json tells all of them.")
