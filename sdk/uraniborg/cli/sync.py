"""Keeping a folder like a dataset or query, or a dataset like a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import note, one_line, paint, plural, print_json, size
from uraniborg.cli.progress import download_bar
from uraniborg.cli.query import find, given_query, query_options
from uraniborg.cli.upload import sending
from uraniborg.errors import NotFound
from uraniborg.sync import SyncReport, find_dataset, sync_down, sync_up

__all__ = ["sync_command"]

DATASET = "dataset:"
SHOWN = 20
STYLES = {"failed": "failed", "deleted": "warning", "changed": "warning", "new": "good"}


@click.command("sync")
@click.argument("places", nargs=-1, required=True, metavar="[SOURCE] DESTINATION")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option("--delete", is_flag=True, help="Also take away what the source has not.")
@query_options
@command_options()
def sync_command(session: Session, places: tuple[str, ...], dry_run: bool, delete: bool, **values: Any) -> int:
    """Make DESTINATION like SOURCE, one way; what is the same on both sides moves nothing.

    \b
    uraniborg sync night/ dataset:m31-deep           a folder into a dataset
    uraniborg sync dataset:m31-deep m31/             a dataset into a folder
    uraniborg sync m31/ --near M31 --filter R        the frames of a query into a folder

    In a folder, files of another content are replaced, each when the new one is whole. With --delete, files that the
    source has not are deleted in a folder; out of a dataset they are only taken, and stay stored.
    """
    query = given_query(values)
    source, destination = (places[0], places[1]) if len(places) == 2 else ("", places[0])
    is_up = destination.startswith(DATASET)
    if len(places) > 2 or (not source and not query) or (source and query):
        raise click.UsageError("Give SOURCE and DESTINATION; or a DESTINATION, and which frames (as in --near M31).")
    if is_up == source.startswith(DATASET) and source:
        raise click.UsageError("One of both is dataset:NAME, the other a folder.")
    if is_up:
        if query:
            raise click.UsageError("A dataset takes frames by a rule: uraniborg dataset add --help.")
        dataset = destination[len(DATASET) :]
        with sending(session) as progress:
            report = sync_up(session.client, Path(source), dataset, delete=delete, dry_run=dry_run, progress=progress)
    else:
        report = _down(session, source, query, Path(destination), delete=delete, dry_run=dry_run)
    if session.as_json:
        print_json(report)
    else:
        _tell(report)
    return 0 if report.ok else 1


def _down(
    session: Session, source: str, query: dict[str, Any], folder: Path, *, delete: bool, dry_run: bool
) -> SyncReport:
    client = session.client
    if query:
        wanted = list(find(session, query))
    else:
        dataset = find_dataset(client, source[len(DATASET) :])
        if dataset is None:
            raise NotFound(f"There is no dataset {source[len(DATASET) :]!r}: `uraniborg dataset list` shows them.")
        wanted = list(client.iterate("list_dataset_files", dataset=dataset))
    word = "Comparing and getting" if folder.is_dir() else "Getting"
    with download_bar(quiet=session.as_json or dry_run, total_bytes=None, files=len(wanted), word=word) as progress:
        return sync_down(client, wanted, folder, delete=delete, dry_run=dry_run, progress=progress)


def _tell(report: SyncReport) -> None:
    told = [step for step in report.steps if step.action != "kept"]
    shown = told if report.is_dry_run else [step for step in told if step.action == "failed"]
    for step in shown if report.is_dry_run else shown[:SHOWN]:
        reason = f": {one_line(step.reason)}" if step.reason else ""
        click.echo(f"{paint(step.action, STYLES[step.action])}  {one_line(step.path)}{reason}")
    if len(shown) > SHOWN and not report.is_dry_run:
        click.echo(f"… and {len(shown) - SHOWN:,} more; --json tells all of them.")
    words = []
    for action in ("new", "changed", "deleted", "failed"):
        steps = [step for step in told if step.action == action]
        if steps:
            words.append(f"{len(steps):,} {action} ({size(sum(step.size_bytes for step in steps))})")
    same = sum(step.action == "kept" for step in report.steps)
    words.append(f"{plural(same, 'file')} the same")
    note(("Would be: " if report.is_dry_run else "") + ", ".join(words) + ".")
    if report.extra:
        note(f"{plural(report.extra, 'file')} more at the destination; --delete takes them away.")
