"""Sharing: datasets with teams, and links for whoever holds them."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import to_builtins

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.files import get_files
from uraniborg.cli.output import Column, note, plural, print_json
from uraniborg.cli.progress import download_bar
from uraniborg.client import Client
from uraniborg.links import download_link_zip, link_files, read_link

__all__ = ["share_command"]


@click.group("share")
def share_command() -> None:
    """Share datasets with teams, and make links for whoever holds them."""


def embargo_options(function: click.decorators.FC) -> click.decorators.FC:
    """Give a command the two options that say what becomes of files under embargo."""
    function = click.option("--with-embargoed", is_flag=True, help="Files under embargo too; for admins.")(function)
    return click.option("--leave-out-embargoed", is_flag=True, help="Files under embargo join when it lifts.")(function)


@share_command.command("dataset")
@click.argument("dataset")
@click.option("--team", required=True, help="One that you belong to.")
@embargo_options
@command_options()
def share_dataset(session: Session, dataset: str, team: str, leave_out_embargoed: bool, with_embargoed: bool) -> None:
    """Share a dataset with a team: its people read it from then on, with what joins it later."""
    body = {"leave_out_embargoed": leave_out_embargoed, "with_embargoed": with_embargoed}
    made = session.client.call("share_dataset", dataset=dataset, team=team, body=body)
    session.show(made, lambda: note(f"{dataset} is shared with {made.team}."))


@share_command.command("list")
@click.argument("dataset")
@paging_option(100)
@command_options()
def list_shares(session: Session, dataset: str, limit: int) -> None:
    """List the teams that a dataset is shared with."""
    columns = [
        Column("TEAM", lambda s: s.team),
        Column("EMBARGOED TOO", lambda s: "yes" if s.embargoed else ""),
        Column("SINCE UTC", lambda s: s.shared_at),
        Column("BY", lambda s: s.shared_by),
    ]
    session.list(columns, session.pages("list_shares", limit, dataset=dataset), empty="It is shared with no team.")


@share_command.command("end")
@click.argument("dataset")
@click.argument("team")
@command_options()
def end_share(session: Session, dataset: str, team: str) -> None:
    """Stop sharing a dataset with a team, at once."""
    session.client.end_share(dataset, team)
    session.show({"ended": {"dataset": dataset, "team": team}}, lambda: note(f"{dataset} is private to {team} again."))


@share_command.command("link")
@click.argument("name")
@click.option("--dataset", help="What it shows: a dataset ...")
@click.option("--folder", metavar="PATH", help="... or all files below a folder ...")
@click.option("--package", metavar="SLUG", help="... or a data package, a draft too, as it would be published.")
@click.option("--version", "-v", type=int, help="Of the package.  [default: the newest]")
@click.option("--days", type=int, default=90, show_default=True, help="How long it works; 0: until it is revoked.")
@click.option("--password", help="To be sent apart from the link.")
@click.option("--downloads", type=int, metavar="N", help="How often a file, or all as one ZIP, may be fetched.")
@click.option("--anonymous", is_flag=True, help="Tell no names of the observatory and its people, as for reviewers.")
@embargo_options
@command_options()
def make_link(
    session: Session,
    name: str,
    dataset: str | None,
    folder: str | None,
    package: str | None,
    version: int | None,
    days: int,
    password: str | None,
    downloads: int | None,
    anonymous: bool,
    leave_out_embargoed: bool,
    with_embargoed: bool,
) -> None:
    """Make a link to a dataset, a folder or a data package; NAME tells what it is for.

    With --anonymous, what stands in the files' own headers, in paths, titles and descriptions stays there.
    """
    body = {
        "name": name,
        "dataset": dataset,
        "folder": folder,
        "package": package,
        "version": version,
        "days": days or None,
        "password": password,
        "downloads": downloads,
        "anonymous": anonymous,
        "leave_out_embargoed": leave_out_embargoed,
        "with_embargoed": with_embargoed,
    }
    made = session.client.call("add_link", body=body)
    how = f"uraniborg share get {made.secret} --url {session.client.url}"
    session.show(made, lambda: note(f"{made.url}\nTold this once. Whoever holds it can fetch the files: {how}"))


@share_command.command("links")
@paging_option(100)
@command_options()
def list_links(session: Session, limit: int) -> None:
    """List links, newest first; those too that do not work any more."""
    columns = [
        Column("MADE UTC", lambda e: e.created_at),
        Column("STATE", lambda e: e.state),
        Column("SHOWS", lambda e: e.dataset or e.folder or f"{e.package} v{e.version}"),
        Column("FETCHED", lambda e: f"{e.downloads} of {e.downloads_allowed}" if e.downloads_allowed else e.downloads),
        Column("UNTIL UTC", lambda e: e.expires_at),
        Column("PASSWORD", lambda e: "yes" if e.has_password else ""),
        Column("ANONYMOUS", lambda e: "yes" if e.anonymous else ""),
        Column("ENDS WITH", lambda e: e.hint),
        Column("ID", lambda e: e.id),
        Column("NAME", lambda e: e.name),
    ]
    session.list(columns, session.pages("list_links", limit), empty="No links.")


@share_command.command("revoke")
@click.argument("link_id", metavar="ID")
@command_options()
def revoke_link(session: Session, link_id: str) -> None:
    """End a link, at once."""
    session.client.revoke_link(link_id)
    session.show({"revoked": link_id}, lambda: note("The link works no more."))


@share_command.command("get")
@click.argument("link")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where to put the files [default: here]; with --zip the archive [default: its own name].",
)
@click.option("--zip", "as_zip", is_flag=True, help="All of it as one ZIP archive, instead of file by file.")
@click.option("--password", envvar="URANIBORG_LINK_PASSWORD", help="The link's, where it has one.")
@command_options(organisation=False, output=True)
def get_link(session: Session, link: str, output: Path | None, as_zip: bool, password: str | None) -> int:
    """Fetch what a link shows: LINK is its address or its secret. No account is needed; what is there stays.

    An interrupted download goes on when run again. Files that an embargo holds back are told.
    """
    address, secret = read_link(link, session.client.url)
    with Client(address, secret) as client:
        shown = client.look_at_link(x_link_password=password)
        if shown.left_out.files:
            note(
                f"{plural(shown.left_out.files, 'file')} left out: under embargo, the last until"
                f" {shown.left_out.until:%Y-%m-%d %H:%M} UTC."
            )
        if not as_zip:
            return get_files(session, link_files(client, password), output or Path(), client=client)
        target = output or Path(shown.archive)
        if target.is_dir():
            target /= shown.archive
        with download_bar(quiet=session.as_json, total_bytes=None, files=1) as progress:
            report = download_link_zip(client, target, password=password, progress=progress)
    if session.as_json:
        print_json({"file": str(target)} | to_builtins(report))
    else:
        click.echo(target)
        note(f"{plural(report.files, 'file')}, every checksum as in the archive's own lists.")
    return 0
