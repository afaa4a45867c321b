"""Data packages from draft to tombstone: what their organisation does with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec import DecodeError, json

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, details, note, plural, size, table
from uraniborg.cli.packages_published import PUBLISHED_COMMANDS, owner_of
from uraniborg.errors import NotAllowed, NotFound, NotSignedIn

__all__ = ["package_command"]


@click.group("package")
def package_command() -> None:
    """Data packages: frozen, versioned, citable selections of datasets, for anyone to download."""


for published_command in PUBLISHED_COMMANDS:
    package_command.add_command(published_command)


def _says_options(function: Any) -> Any:
    for option in reversed(
        [
            click.option("--description", help="Markdown."),
            click.option("--licence", metavar="SPDX", help="Such as CC-BY-4.0 or CC0-1.0."),
            click.option(
                "--contributor",
                "contributors",
                multiple=True,
                metavar="'NAME; ORCID; ROLE'",
                help="In the order of citation; may be repeated.",
            ),
            click.option("--keyword", "keywords", multiple=True, help="May be repeated."),
            click.option("--dataset", "-d", "datasets", multiple=True, metavar="SLUG", help="May be repeated."),
            click.option(
                "--related",
                multiple=True,
                metavar="'RELATION TYPE IDENTIFIER'",
                help="In DataCite's words, as 'IsSupplementTo DOI 10.1051/0004-6361/201321591'; may be repeated.",
            ),
            click.option(
                "--metadata",
                type=click.Path(exists=True, dir_okay=False, path_type=Path),
                help="JSON with any of contributors, related, funding, dates, as the API has them.",
            ),
        ]
    ):
        function = option(function)
    return function


@package_command.command("list")
@paging_option(100)
@command_options()
def list_packages(session: Session, limit: int) -> None:
    """List data packages, each with its newest version."""
    columns = [
        Column("SLUG", lambda p: p.slug),
        Column("VERSION", lambda p: p.newest.version, right=True),
        Column("STATE", lambda p: p.newest.state),
        Column("FILES", lambda p: p.newest.file_count, right=True),
        Column("SIZE", lambda p: size(p.newest.size_bytes), right=True),
        Column("DOWNLOADS", lambda p: p.newest.downloads, right=True),
        Column("PUBLISHED UTC", lambda p: p.newest.published_at),
        Column("TITLE", lambda p: p.newest.title),
    ]
    empty = 'No data packages yet. Draft one: uraniborg package add "M31 in R" --dataset SLUG --licence CC-BY-4.0'
    session.list(columns, session.pages("list_packages", limit), empty=empty)


@package_command.command("add")
@click.argument("title")
@click.option("--slug", help="Its name in addresses; made from the title when left out.")
@_says_options
@command_options()
def add_package(session: Session, title: str, slug: str | None, **values: Any) -> None:
    """Draft a data package from datasets."""
    body = {"title": title, "slug": slug} | _says(values)
    if missing := [f"--{name.removesuffix('s')}" for name in ("licence", "datasets") if name not in body]:
        raise click.UsageError(f"A data package needs {' and '.join(missing)}.")
    package = session.client.call("add_package", body=body)

    def show() -> None:
        _show(package)
        note(f"A draft. Next: uraniborg package publish {package.slug}")

    session.show(package, show)


@package_command.command("show")
@click.argument("package")
@click.option("--version", "-v", type=int, help="[default: the newest]")
@command_options()
def show_package(session: Session, package: str, version: int | None) -> None:
    """Show a data package. PACKAGE is its slug, or ORGANISATION/SLUG for what others published."""
    owner, slug = owner_of(session, package)
    try:
        found: Any = session.client.get_package(slug, organisation=owner)
    except (NotFound, NotSignedIn, NotAllowed):  # not one's own, but perhaps published
        found = None
    released = None
    shown = version or _published(found)
    if shown is not None:
        try:
            released = session.client.get_published_version(slug, shown, organisation=owner)
        except NotFound:
            if found is None or all(each.version != shown for each in found.versions):
                raise
            released = None
    elif found is None:
        released = session.client.get_published_package(slug, organisation=owner).current

    def show() -> None:
        if found is not None:
            _show(found, version, released)
        elif released is not None:
            _show_released(released)

    session.show({"package": found, "published": released}, show)


@package_command.command("change")
@click.argument("package")
@click.option("--title")
@_says_options
@command_options()
def change_package(session: Session, package: str, title: str | None, **values: Any) -> None:
    """Change what a draft says."""
    changes = _says(values) | ({"title": title} if title else {})
    if not changes:
        raise click.UsageError("Nothing to change: give at least one option.")
    version = _newest(session, package)
    found = session.client.call("change_package_draft", package=package, version=version, body=changes)
    session.show(found, lambda: _show(found))


@package_command.command("publish")
@click.argument("package")
@click.option("--version", "-v", type=int, help="[default: the newest]")
@command_options()
def publish(session: Session, package: str, version: int | None) -> None:
    """Publish a draft: files, checksums and text are frozen, anyone may download them."""
    version = version or _newest(session, package)
    found = session.client.publish_package(package, version)

    def show() -> None:
        _show_released(session.client.get_published_version(package, version))

    session.show(found, show)


@package_command.command("doi")
@click.argument("package")
@click.option("--version", "-v", type=int, help="[default: the newest]")
@command_options()
def reserve_doi(session: Session, package: str, version: int | None) -> None:
    """Reserve the DOI of a version at DataCite; it is findable once the version is published.

    The organisation needs a DataCite account first: uraniborg org datacite --help
    """
    number = version or _newest(session, package)
    found = session.client.add_package_doi(package, number)
    chosen = next(v for v in found.versions if v.version == number)

    def show() -> None:
        details([("DOI", _doi(chosen.doi)), ("of all versions", _doi(found.doi))])
        note(f"DataCite hears of it by itself. How far it is: uraniborg package show {package}")

    session.show(found, show)


@package_command.command("new-version")
@click.argument("package")
@command_options()
def new_version(session: Session, package: str) -> None:
    """Begin the next version as a draft that says what the newest one says."""
    found = session.client.add_package_version(package)
    version = found.versions[0].version
    session.show(
        found, lambda: note(f"Version {version} of {package} is a draft. Next: uraniborg package publish {package}")
    )


@package_command.command("withdraw")
@click.argument("package")
@click.option("--version", "-v", type=int, required=True)
@click.option("--reason", required=True, help="For everybody to read; the tombstone stays.")
@command_options()
def withdraw(session: Session, package: str, version: int, reason: str) -> None:
    """Withdraw a published version: its tombstone stays readable, its files do not."""
    found = session.client.withdraw_package(package, version, reason=reason)
    session.show(found, lambda: note(f"Version {version} of {package} is withdrawn."))


@package_command.command("downloads")
@click.argument("package")
@click.option("--version", "-v", type=int, help="[default: the newest]")
@paging_option(100)
@command_options()
def list_downloads(session: Session, package: str, version: int | None, limit: int) -> None:
    """Tell who downloaded a published version, newest first, and how many there were by day."""
    version = version or _newest(session, package)
    columns = [
        Column("AT UTC", lambda r: r.at),
        Column("WHO", lambda r: r.who or "(nobody known)"),
        Column("FROM", lambda r: r.address),
        Column("ASKED", lambda r: size(r.bytes_asked), right=True),
        Column("WHAT", lambda r: r.path or "(the whole archive)"),
    ]
    found = session.client.list_package_downloads(package, version, limit=1)
    receipts = list(session.pages("list_package_downloads", limit, package=package, version=version))

    def show() -> None:
        if receipts:
            table(columns, receipts)
        for day in found.days[:7]:
            archives, files = plural(day.archives, "archive"), plural(day.files, "single file")
            note(f"{day.day}: {archives}, {files}, {size(day.size_bytes)} asked for")
        if not found.days:
            note("Nobody has downloaded it yet.")

    session.show({"days": found.days, "receipts": receipts}, show)


def _newest(session: Session, package: str) -> int:
    return session.client.get_package(package).versions[0].version


def _published(package: Any) -> int | None:
    if package is None:
        return None
    return next((v.version for v in package.versions if v.state == "published"), None)


def _says(values: dict[str, Any]) -> dict[str, Any]:
    written = _metadata(values.pop("metadata", None))
    said = written | {name: value for name, value in values.items() if value is not None and value != ()}
    for name in ("keywords", "datasets"):
        if name in said:
            said[name] = list(said[name])
    if "contributors" in said:
        said["contributors"] = [_contributor(each) if isinstance(each, str) else each for each in said["contributors"]]
    if "related" in said:
        said["related"] = [_related(each) if isinstance(each, str) else each for each in said["related"]]
    return said


def _metadata(path: Path | None) -> dict[str, Any]:
    """Read what a file says of a package."""
    if path is None:
        return {}
    try:
        written = json.decode(path.read_bytes())
    except DecodeError as error:
        raise click.UsageError(f"{path} is not JSON: {error}.") from error
    if not isinstance(written, dict):
        raise click.UsageError(f"{path} should hold an object with members such as contributors and funding.")
    return written


def _related(text: str) -> dict[str, str]:
    """Read 'IsSupplementTo DOI 10.1051/0004-6361/201321591'."""
    parts = text.split(maxsplit=2)
    if len(parts) != 3:
        raise click.UsageError(f"--related {text!r} should be a relation, a type and an identifier.")
    return dict(zip(("relation", "type", "identifier"), parts, strict=True))


def _contributor(text: str) -> dict[str, str]:
    """Read 'Tycho Brahe; 0000-0002-1825-0097; observer'."""
    parts = [part.strip() for part in text.split(";")]
    return {name: part for name, part in zip(("name", "orcid", "role"), parts, strict=False) if part}


def _doi(doi: Any) -> str:
    """Say a DOI and how far it is."""
    if doi is None:
        return ""
    waiting = "" if doi.state == doi.wanted else f", {doi.wanted} wanted"
    return f"{doi.doi} ({doi.state}{waiting})" + (f": {doi.error}" if doi.error else "")


def _people(contributors: list[Any]) -> str:
    return ", ".join(f"{c.name} ({c.orcid})" if c.orcid else c.name for c in contributors)


def _show(package: Any, version: int | None = None, released: Any = None) -> None:
    chosen = next((v for v in package.versions if version in (None, v.version)), None)
    if chosen is None:
        raise NotFound(f"{package.slug} has no version {version}.")
    counted = f"{chosen.file_count:,}, {size(chosen.size_bytes)}" if chosen.file_count is not None else ""
    details(
        [
            ("package", f"{package.slug}, version {chosen.version}"),
            ("state", chosen.state),
            ("DOI", _doi(chosen.doi)),
            ("DOI of all versions", _doi(package.doi)),
            ("title", chosen.title),
            ("contributors", _people(chosen.contributors)),
            ("licence", chosen.licence),
            ("datasets", chosen.datasets),
            ("files", counted),
            ("keywords", chosen.keywords),
            ("published UTC", chosen.published_at),
            ("withdrawn UTC", chosen.withdrawn_at),
            ("reason", chosen.withdrawn_reason),
            *(_citing(released) if released else []),
            ("description", chosen.description),
        ]
    )
    if len(package.versions) > 1:
        click.echo()
        columns = [
            Column("VERSION", lambda v: v.version, right=True),
            Column("STATE", lambda v: v.state),
            Column("FILES", lambda v: v.file_count, right=True),
            Column("SIZE", lambda v: size(v.size_bytes), right=True),
            Column("PUBLISHED UTC", lambda v: v.published_at),
        ]
        table(columns, package.versions)


def _show_released(released: Any) -> None:
    details(
        [
            ("package", f"{released.organisation}/{released.package}, version {released.version}"),
            ("state", released.state),
            ("title", released.title),
            ("contributors", _people(released.contributors)),
            ("licence", released.licence.name),
            ("files", f"{released.file_count:,}, {size(released.size_bytes)}"),
            ("published UTC", released.published_at),
            *_citing(released),
        ]
    )


def _citing(released: Any) -> list[tuple[str, object]]:
    zipped = released.links.zip if released.links else ""
    return [
        ("cite as", released.citation),
        ("address", released.address),
        ("page", released.page),
        ("zip", zipped),
    ]
