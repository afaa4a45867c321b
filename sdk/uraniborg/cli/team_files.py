"""Files of a team's own: listed, sent, fetched, moved, taken back from the trash."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.files import get_files
from uraniborg.cli.output import Column, note, plain, plural, size
from uraniborg.cli.upload import run_upload
from uraniborg.errors import InvalidInput, NotFound
from uraniborg.lookup import is_id
from uraniborg.team_files import find_entry, put_team_files, sources
from uraniborg.team_paths import OWN_FILES

__all__ = ["TEAM_FILE_COMMANDS", "storage_words", "with_storage"]

TEAM = click.argument("team")
EXPECT = click.option(
    "--expect", "expected", type=click.IntRange(min=0), metavar="N", help="Only if the file is at this version."
)


def _command(name: str, team: str) -> str:
    return f"uraniborg me {name}" if team == OWN_FILES else f"uraniborg team {name} {team}"


@click.command("files")
@TEAM
@click.argument("folder", default="")
@click.option("--tree", is_flag=True, help="Every file below it, instead of folders.")
@paging_option(100)
@command_options(organisation=False)
def list_files(session: Session, team: str, folder: str, tree: bool, limit: int) -> None:
    """List a folder of the team's own files; a folder's line tells of all files below it."""
    columns = [
        Column("CHANGED UTC", lambda e: e.changed_at),
        Column("SIZE", lambda e: size(e.size_bytes), right=True),
        Column("VERSION", lambda e: e.version, right=True),
        Column("BY", lambda e: e.author),
        Column("PATH", lambda e: f"{e.path}/  ({plural(e.files, 'file')})" if e.kind == "folder" else e.path),
    ]
    found = list(session.pages("list_team_files", limit, team=team, folder=folder, whole_tree=tree))
    session.list(columns, found, empty=f"No files yet. Send some: {_command('put', team)} PATH")
    if limit and len(found) == limit and not session.as_json:
        note(f"These are the first {limit:,}; --limit 0 lists all.")


@click.command("put")
@TEAM
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--to", "folder", default="", metavar="FOLDER", help="Where to [default: the root].")
@click.option("--follow-symlinks", is_flag=True, help="Also send what symbolic links lead to.")
@click.option(
    "--expect", "expected", type=click.IntRange(min=0), metavar="N", help="Only if it is at this version; 0: not there."
)
@command_options(organisation=False)
def put(
    session: Session, team: str, paths: tuple[Path, ...], folder: str, follow_symlinks: bool, expected: int | None
) -> int:
    """Send files and folders to the team; a path that is there gets a new version.

    A folder's files keep their paths relative to it (with several folders: including its name). What was interrupted
    goes on when run again.
    """
    client = session.client
    report = run_upload(
        session,
        lambda progress: put_team_files(
            client,
            paths,
            team,
            folder=folder,
            expected_version=expected,
            progress=progress,
            follow_symlinks=follow_symlinks,
        ),
        following=f"{_command('files', team)} {folder}".rstrip(),
    )
    return 0 if report.ok else 1


@click.command("get")
@TEAM
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--output",
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="FOLDER",
    help="Where to; made when absent [default: here].",
)
@click.option("--version", type=click.IntRange(min=1), metavar="N", help="Of a file, an older version.")
@command_options(organisation=False, output=True)
def get(session: Session, team: str, paths: tuple[str, ...], folder: Path, version: int | None) -> int:
    """Fetch files, and folders with all below them; / is all there is. Paths are kept."""
    client = session.client
    return get_files(session, [s for path in paths for s in sources(client, team, path, version=version)], folder)


@click.command("mv")
@TEAM
@click.argument("path")
@click.argument("to")
@EXPECT
@command_options(organisation=False)
def move(session: Session, team: str, path: str, to: str, expected: int | None) -> None:
    """Give a file or folder another path; into a folder, where TO ends in a slash. Nothing is overwritten."""
    target = to + path.rstrip("/").rpartition("/")[2] if to.endswith("/") else to
    body = {"path": path, "to": target.lstrip("/"), "expected_version": expected}
    moved = session.client.call("move_team_files", team=team, body=body)
    session.show(moved, lambda: note(f"{plural(moved.files, 'file')} moved."))


@click.command("rm")
@TEAM
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--recursive", "-r", "folders", is_flag=True, help="Folders too; / is all there is.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@EXPECT
@command_options(organisation=False)
def remove(session: Session, team: str, paths: tuple[str, ...], folders: bool, yes: bool, expected: int | None) -> None:
    """Put files into the team's trash; they can be restored for a while."""
    if not yes and not session.as_json and sys.stdin.isatty():
        click.confirm(f"Put {', '.join(map(plain, paths))} into the trash?", abort=True, err=True)
    files = [{"path": path, "expected_version": expected} for path in paths]
    done = session.client.call("trash_team_files", team=team, body={"files": files, "folders": folders})
    session.show(done, lambda: note(f"{plural(done.files, 'file')} put into the trash."))


@click.command("versions")
@TEAM
@click.argument("path")
@paging_option(100)
@command_options(organisation=False)
def list_versions(session: Session, team: str, path: str, limit: int) -> None:
    """List a file's versions, newest first."""
    columns = [
        Column("VERSION", lambda v: v.version, right=True),
        Column("MADE UTC", lambda v: v.created_at),
        Column("SIZE", lambda v: size(v.size_bytes), right=True),
        Column("BY", lambda v: v.author),
        Column("FROM", lambda v: f"version {v.restored_from}" if v.restored_from else v.host),
        Column("SHA-256", lambda v: v.sha256[:12]),
    ]
    file_id = path if is_id(path) else find_entry(session.client, team, path).id
    session.list(columns, session.pages("list_team_file_versions", limit, team=team, file_id=file_id), empty="None.")


@click.command("restore")
@TEAM
@click.argument("path")
@click.option("--version", type=click.IntRange(min=1), metavar="N", help="Bring back this version, as a new one.")
@click.option("--to", metavar="PATH", help="Out of the trash to another path.")
@click.option("--recursive", "-r", "is_folder", is_flag=True, help="All that lay below PATH; / is all there is.")
@EXPECT
@command_options(organisation=False)
def restore(
    session: Session,
    team: str,
    path: str,
    version: int | None,
    to: str | None,
    is_folder: bool,
    expected: int | None,
) -> int:
    """Bring a file back from the trash, or an older version of it.

    PATH is where it lay, of which the newest in the trash is meant, or its identifier.
    """
    if is_folder:
        if version is not None or to is not None or expected is not None:
            raise click.UsageError("A folder comes back as it was: --recursive goes with no other option.")
        return _restore_folder(session, team, path)
    body = {"version": version, "to": to, "expected_version": expected}
    file_id = path if is_id(path) else _find_to_restore(session, team, path, version)
    back = session.client.call("restore_team_file", team=team, file_id=file_id, body=body)
    session.show(back, lambda: note(f"{back.path} is back, at version {back.version}."))
    return 0


def _restore_folder(session: Session, team: str, path: str) -> int:
    back = session.client.restore_team_folder(team, path=path)
    left = f"; {back.left:,} left in the trash, since something else is in their place" if back.left else ""
    session.show(back, lambda: note(f"{plural(back.files, 'file')} back{left}."))
    return 1 if back.left else 0


def _find_to_restore(session: Session, team: str, path: str, version: int | None) -> Any:
    """Find what is meant: with a version the file in its place if there is one, else the newest in the trash."""
    client = session.client
    if version is not None:
        try:
            return find_entry(client, team, path).id
        except (NotFound, InvalidInput):
            pass
    trashed = client.list_team_trash(team, path=path, limit=1).items
    if not trashed:
        raise NotFound(
            f"{path} is not in the trash. Was it a folder: -r brings it back; is the file in its place: --version N"
            " brings an older version back."
        )
    return trashed[0].id


@click.command("trash")
@TEAM
@click.option("--empty", is_flag=True, help="Remove what is in it for good; for managers.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@paging_option(100)
@command_options(organisation=False)
def trash(session: Session, team: str, empty: bool, yes: bool, limit: int) -> None:
    """List the team's trash, newest first, or empty it."""
    if empty:
        if not yes and not session.as_json and sys.stdin.isatty():
            click.confirm("Remove everything in the trash for good?", abort=True, err=True)
        done = session.client.empty_team_trash(team)
        session.show(done, lambda: note(f"{plural(done.files, 'file')} removed for good."))
        return
    columns = [
        Column("TRASHED UTC", lambda f: f.trashed_at),
        Column("BY", lambda f: f.trashed_by),
        Column("SIZE", lambda f: size(f.size_bytes), right=True),
        Column("VERSION", lambda f: f.version, right=True),
        Column("ID", lambda f: f.id),
        Column("PATH", lambda f: f.path),
    ]
    session.list(columns, session.pages("list_team_trash", limit, team=team), empty="The trash is empty.")


def storage_words(storage: Any) -> str:
    """Say what a team stores."""
    words = f"{plural(storage.files, 'file')}, {size(storage.size_bytes)}"
    more = [plural(storage.versions, "version")] if storage.versions > storage.files else []
    more += [f"{storage.trashed_files:,} in the trash"] if storage.trashed_files else []
    return f"{words} ({', '.join(more)})" if more else words


def with_storage(team: Any, storage: Any) -> dict[str, Any]:
    """Put a team and what it stores into one."""
    return {**msgspec.to_builtins(team, builtin_types=()), "storage": storage}


TEAM_FILE_COMMANDS = [list_files, put, get, move, remove, list_versions, restore, trash]
