"""Files: listed, downloaded, deleted, restored."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, details, note, one_line, paint, plain, plural, print_json, size
from uraniborg.cli.progress import download_bar
from uraniborg.cli.query import find, given_query, query_options
from uraniborg.client import Client
from uraniborg.download import DownloadReport, download_all
from uraniborg.errors import UraniborgError
from uraniborg.lookup import find_file, find_files

__all__ = ["get_command", "get_files", "ls_command", "restore_command", "rm_command"]

SHOWN = 20


@click.command("ls")
@click.argument("prefix", required=False)
@click.option("--prefix", "prefix_option", metavar="PATH", help="Only paths that begin so; the same as the argument.")
@click.option("--state", type=click.Choice(["stored", "indexed", "kept", "failed"]), help="Only files in this state.")
@click.option("--flagged", is_flag=True, help="Only files something is wrong with, readable or not.")
@click.option("--deleted", is_flag=True, help="Deleted files that can still be restored.")
@click.option("--long", "-l", "is_long", is_flag=True, help="Also identifiers, checksums, and who sent them.")
@paging_option(100)
@command_options()
def ls_command(
    session: Session,
    prefix: str | None,
    prefix_option: str | None,
    state: str | None,
    flagged: bool,
    deleted: bool,
    is_long: bool,
    limit: int,
) -> None:
    """List files, newest first, whose paths begin with PREFIX.

    States: stored (its header is not read yet), indexed (a frame), kept (another kind of file), failed (its bytes are
    safe, but it could not be read: the reason is told).
    """
    prefix = prefix or prefix_option
    values = {"prefix": prefix, "state": state, "flagged": flagged or None, "deleted": deleted or None}
    files = list(session.pages("list_files", limit, **values))
    columns = [
        Column("DELETED UTC" if deleted else "SENT UTC", lambda f: f.deleted_at if deleted else f.created_at),
        Column("SIZE", lambda f: size(f.size_bytes), right=True),
        Column("STATE", lambda f: f.state),
    ]
    if is_long:
        columns += [
            Column("ID", lambda f: f.id),
            Column("SHA-256", lambda f: f.sha256[:12]),
            Column("TELESCOPE", lambda f: f.telescope),
            Column("BY", lambda f: f.uploaded_by),
            Column("FROM", lambda f: f.host),
        ]
    columns.append(Column("PATH", lambda f: f.path))
    if state == "failed" or any(f.problems for f in files):
        columns.append(Column("PROBLEM", lambda f: f.problems[0].detail if f.problems else ""))
    narrowed = prefix or state or flagged or deleted
    empty = "No such files." if narrowed else "No files yet. Send some: uraniborg upload FOLDER"
    session.list(columns, files, empty=empty)
    if limit and len(files) == limit:
        note(f"These are the newest {limit:,}; --limit 0 lists all.")


@click.command("get")
@click.argument("wanted", nargs=-1, metavar="[FILE]...")
@click.option(
    "--output",
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="FOLDER",
    help="Where to; made when absent [default: here].",
)
@query_options
@click.option("--limit", "-n", type=click.IntRange(min=1), help="At most so many frames of a query.")
@command_options(output=True)
def get_command(session: Session, wanted: tuple[str, ...], folder: Path, limit: int | None, **values: Any) -> int:
    """Download files, checked against their SHA-256.

    FILE is a path as `uraniborg ls` shows it, or an identifier of a file or frame; a path that ends in a slash is a
    folder, with all below it (/ is all there is). Without any, the frames of a query (see `uraniborg find --help`) are
    downloaded. Paths are kept. An interrupted download goes on when run again.
    """
    query = given_query(values)
    if bool(wanted) == bool(query):
        raise click.UsageError("Name files, or describe frames (as in --near M31 --filter R): one of both.")
    if query:
        frames = find(session, query, limit=limit)
        if not frames:
            note("No frame matches.")
        return get_files(session, list(frames), folder)
    found = {file.id: file for one in wanted for file in find_files(session.client, one)}
    return get_files(session, found.values(), folder)


def get_files(session: Session, wanted: Iterable[Any], folder: Path, *, client: Client | None = None) -> int:
    """Download files and tell what became of them; returns the exit code."""
    found = list(wanted)
    total_bytes = sum(item.size_bytes for item in found)
    with download_bar(quiet=session.as_json, total_bytes=total_bytes, files=len(found)) as progress:
        report = download_all(client or session.client, found, folder, progress=progress)
    if session.as_json:
        print_json(report)
    else:
        _tell(report, folder)
    return 0 if report.ok else 1


def _tell(report: DownloadReport, folder: Path) -> None:
    done = [file for file in report.files if file.state == "downloaded"]
    present = sum(file.state == "present" for file in report.files)
    if len(done) == 1 and not present and not report.failed:
        click.echo(plain(done[0].target))
    elif report.files:
        words = [f"{plural(len(done), 'file')} downloaded to {folder}, {size(sum(f.size_bytes for f in done))}"]
        words += [f"{present:,} there already"] if present else []
        words += [f"{len(report.failed):,} failed"] if report.failed else []
        click.echo(", ".join(words) + ".")
    for file in report.failed[:SHOWN]:
        click.echo(f"  {paint('failed', 'failed')}  {one_line(file.path)}: {one_line(file.reason)}")
    if len(report.failed) > SHOWN:
        click.echo(f"  … and {len(report.failed) - SHOWN:,} more; --json tells all of them.")


@click.command("rm")
@click.argument("wanted", nargs=-1, required=True, metavar="FILE...")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@command_options()
def rm_command(session: Session, wanted: tuple[str, ...], yes: bool) -> int:
    """Delete files, by path or identifier; they can be restored for a while."""
    files = [find_file(session.client, one) for one in wanted]
    if not yes and not session.as_json and sys.stdin.isatty():
        for file in files:
            note(f"{plain(file.path)}  {size(file.size_bytes)}")
        click.confirm(f"Delete {plural(len(files), 'file')}?", abort=True, err=True)
    return _each(session, files, "deleted", lambda file: session.client.delete_file(file.id))


@click.command("restore")
@click.argument("wanted", nargs=-1, required=True, metavar="FILE...")
@command_options()
def restore_command(session: Session, wanted: tuple[str, ...]) -> int:
    """Bring deleted files back, by identifier or path; `uraniborg ls --deleted` lists them."""
    client = session.client
    files = []
    for one in wanted:
        gone = client.iterate("list_files", prefix=one, deleted=True)
        files.append(next((file for file in gone if file.path == one), None) or find_file(client, one))
    return _each(session, files, "restored", lambda file: client.restore_file(file.id))


def _each(session: Session, files: list[Any], word: str, work: Any) -> int:
    """Do something with each file; one that fails stops no other."""
    fates = []
    for file in files:
        try:
            work(file)
            fates.append({"id": file.id, "path": file.path, "state": word, "reason": ""})
        except UraniborgError as error:
            fates.append({"id": file.id, "path": file.path, "state": "failed", "reason": error.detail})
    failed = [fate for fate in fates if fate["state"] == "failed"]
    if session.as_json:
        print_json(fates)
    else:
        note(f"{plural(len(fates) - len(failed), 'file')} {word}.")
        details([(fate["path"], fate["reason"]) for fate in failed])
    return 1 if failed else 0
