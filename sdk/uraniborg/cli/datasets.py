"""Datasets: named, growing collections of files."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import click
import msgspec

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.dataset_tiers import recall_dataset, tiers_command
from uraniborg.cli.files import get_files
from uraniborg.cli.output import Column, details, note, paint, plain, plural, print_json, size
from uraniborg.cli.query import find, given_query, query_options
from uraniborg.lookup import find_file

__all__ = ["dataset_command", "given_rule", "rule_options"]

BATCH = 1000
RULE = ("telescope", "night", "object", "frame_type", "filter")


@click.group("dataset")
def dataset_command() -> None:
    """Datasets: named, growing collections of files; open, then closed."""


def rule_options(function: Any) -> Any:
    """Give a command the options of a dataset's rule."""
    for names, metavar in (
        (["--filter"], "NAME"),
        (["--type", "frame_type"], "TYPE"),
        (["--object"], "NAME"),
        (["--night"], "DATE"),
        (["--telescope"], "SLUG"),
    ):
        help_text = "By rule: frames like this join by themselves."
        function = click.option(*names, metavar=metavar, help=help_text)(function)
    return function


def given_rule(values: dict[str, Any]) -> dict[str, Any]:
    """Take the rule out of a command's values; empty where none is given."""
    return {name: value for name in RULE if (value := values.pop(name, None)) is not None}


@dataset_command.command("list")
@click.option("--state", type=click.Choice(["open", "closed"]))
@paging_option(100)
@command_options()
def list_datasets(session: Session, state: str | None, limit: int) -> None:
    """List datasets."""
    columns = [
        Column("SLUG", lambda d: d.slug),
        Column("STATE", lambda d: d.state),
        Column("FILES", lambda d: d.file_count, right=True),
        Column("SIZE", lambda d: size(d.size_bytes), right=True),
        Column("MADE UTC", lambda d: d.created_at),
        Column("RULE", lambda d: _rule(d.rule)),
        Column("NAME", lambda d: d.name),
    ]
    empty = 'No datasets yet. Make one: uraniborg dataset add "2026-11-20 M31" --night 2026-11-20 --object M31'
    session.list(columns, session.pages("list_datasets", limit, state=state), empty=empty)


@dataset_command.command("show")
@click.argument("dataset")
@command_options()
def show_dataset(session: Session, dataset: str) -> None:
    """Show a dataset."""
    found = session.client.get_dataset(dataset)
    session.show(found, lambda: _show(found))


@dataset_command.command("add")
@click.argument("name")
@click.option("--slug", help="Its name in addresses; made from the name when left out.")
@click.option("--description", default="")
@rule_options
@command_options()
def add_dataset(session: Session, name: str, slug: str | None, description: str, **values: Any) -> None:
    """Make a dataset, filled by hand, or by a rule: frames that match every option of it join by themselves."""
    body = {"name": name, "slug": slug, "description": description, "rule": given_rule(values) or None}
    made = session.client.call("add_dataset", body=body)

    def show() -> None:
        _show(made)
        if not made.file_count:
            note(f"Next, fill it: uraniborg dataset add-files {made.slug} --near M31 --filter R")

    session.show(made, show)


@dataset_command.command("change")
@click.argument("dataset")
@click.option("--name")
@click.option("--description")
@click.option("--no-rule", is_flag=True, help="It fills itself no more; what joined stays.")
@rule_options
@command_options()
def change_dataset(
    session: Session, dataset: str, name: str | None, description: str | None, no_rule: bool, **values: Any
) -> None:
    """Change an open dataset's name, description or rule."""
    rule = given_rule(values)
    changes: dict[str, Any] = {"name": name, "description": description}
    changes = {member: value for member, value in changes.items() if value is not None}
    if rule or no_rule:
        changes["rule"] = rule or None
    if not changes:
        raise click.UsageError("Nothing to change: give at least one option.")
    found = session.client.call("change_dataset", dataset=dataset, body=changes)
    session.show(found, lambda: _show(found))


@dataset_command.command("close")
@click.argument("dataset")
@command_options()
def close_dataset(session: Session, dataset: str) -> None:
    """Close a dataset: nothing in it changes any more."""
    found = session.client.close_dataset(dataset)
    session.show(found, lambda: note(f"{found.slug} is closed: {plural(found.file_count, 'file')}."))


@dataset_command.command("reopen")
@click.argument("dataset")
@command_options()
def reopen_dataset(session: Session, dataset: str) -> None:
    """Open a dataset again."""
    found = session.client.reopen_dataset(dataset)
    session.show(found, lambda: note(f"{found.slug} is open again."))


@dataset_command.command("downloads")
@click.argument("dataset")
@paging_option(100)
@command_options()
def list_downloads(session: Session, dataset: str, limit: int) -> None:
    """Tell who downloaded files of a dataset, by day, newest first."""
    columns = [
        Column("DAY UTC", lambda d: d.day),
        Column("FILES", lambda d: d.files, right=True),
        Column("SIZE", lambda d: size(d.size_bytes), right=True),
        Column("LAST UTC", lambda d: d.last_at),
        Column("WHO", lambda d: d.who),
    ]
    found = session.pages("list_dataset_downloads", limit, dataset=dataset)
    session.list(columns, found, empty="Nobody has downloaded files of it yet.")


@dataset_command.command("files")
@click.argument("dataset")
@click.option("--prefix", default="", metavar="PATH", help="Only paths that begin so.")
@paging_option(100)
@command_options()
def list_dataset_files(session: Session, dataset: str, prefix: str, limit: int) -> None:
    """List a dataset's files by path."""
    columns = [
        Column("ADDED UTC", lambda f: f.added_at),
        Column("SIZE", lambda f: size(f.size_bytes), right=True),
        Column("STATE", lambda f: f.state),
        Column("PATH", lambda f: f.path),
    ]
    files = session.pages("list_dataset_files", limit, dataset=dataset, prefix=prefix or None)
    empty = f"It is empty. Fill it: uraniborg dataset add-files {dataset} FILE..."
    session.list(columns, files, empty=empty)


@dataset_command.command("add-files")
@click.argument("dataset")
@click.argument("wanted", nargs=-1, metavar="[FILE]...")
@query_options
@command_options()
def add_files(session: Session, dataset: str, wanted: tuple[str, ...], **values: Any) -> int:
    """Add files by path or identifier, or the frames of a query (see `uraniborg find --help`)."""
    query = given_query(values)
    if bool(wanted) == bool(query):
        raise click.UsageError("Name files, or describe frames (as in --near M31 --filter R): one of both.")
    if query:
        ids = iter([frame.file for frame in find(session, query)])
    else:
        ids = iter([find_file(session.client, one).id for one in wanted])
    fates: list[Any] = []
    while batch := list(islice(ids, BATCH)):
        files = [{"file": file_id} for file_id in batch]
        fates += session.client.call("add_dataset_files", dataset=dataset, body={"files": files}).files
    refused = [fate for fate in fates if fate.state in ("conflict", "failed")]
    if session.as_json:
        print_json(fates)
        return 1 if refused else 0
    added = sum(fate.state == "added" for fate in fates)
    present = sum(fate.state == "present" for fate in fates)
    there = f", {present:,} there already" if present else ""
    click.echo(f"{plural(added, 'file')} added to {dataset}{there}.")
    for fate in refused:
        click.echo(f"  {paint(fate.state, 'failed')}  {plain(fate.path or fate.file)}: {fate.problem.detail}")
    return 1 if refused else 0


@dataset_command.command("remove-files")
@click.argument("dataset")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@command_options()
def remove_files(session: Session, dataset: str, paths: tuple[str, ...]) -> int:
    """Take files out of an open dataset, by their paths there; they stay stored."""
    gone = session.client.remove_dataset_files(dataset, paths=list(paths))

    def show() -> None:
        note(f"{plural(len(gone.removed), 'file')} taken out of {dataset}.")
        for path in gone.absent:
            click.echo(f"  {paint('absent', 'warning')}  {plain(path)}")

    session.show(gone, show)
    return 1 if gone.absent else 0


@dataset_command.command("get")
@click.argument("dataset")
@click.option("--output", "-o", "folder", type=click.Path(file_okay=False, path_type=Path), help="[default: its slug]")
@command_options(output=True)
def get_dataset(session: Session, dataset: str, folder: Path | None) -> int:
    """Download all files of a dataset, under their paths."""
    files = list(session.pages("list_dataset_files", 0, dataset=dataset))
    if not files:
        note("It is empty.")
    return get_files(session, files, folder or Path(dataset))


@dataset_command.command("rm")
@click.argument("dataset")
@command_options()
def remove_dataset(session: Session, dataset: str) -> None:
    """Delete a dataset that no data package was published from; its files stay stored."""
    session.client.remove_dataset(dataset)
    session.show({"removed": dataset}, lambda: note(f"{dataset} is gone; its files stay stored."))


dataset_command.add_command(tiers_command)
dataset_command.add_command(recall_dataset)


def _rule(rule: Any) -> str:
    values = msgspec.to_builtins(rule) if rule else {}
    return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)


def _show(dataset: Any) -> None:
    details(
        [
            ("slug", dataset.slug),
            ("name", dataset.name),
            ("state", dataset.state),
            ("files", f"{dataset.file_count:,}, {size(dataset.size_bytes)}"),
            ("rule", _rule(dataset.rule)),
            ("made UTC", dataset.created_at),
            ("description", dataset.description),
        ]
    )
