"""Published data packages: what anybody does with them, without a login."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import json, to_builtins

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.files import get_files
from uraniborg.cli.output import Column, note, plural, print_json, size, table
from uraniborg.cli.progress import download_bar
from uraniborg.package import download_zip, sources_of
from uraniborg.verify import verify_package

__all__ = ["PUBLISHED_COMMANDS", "owner_of"]

SHOWN_PROBLEMS = 200
SHOWN_LEFT_OUT = 20


@click.command("files")
@click.argument("package")
@click.option("--version", "-v", type=int, help="[default: the published one]")
@paging_option(100)
@command_options()
def list_files(session: Session, package: str, version: int | None, limit: int) -> None:
    """List a published version's files by path."""
    owner, slug = owner_of(session, package)
    version = version or session.client.get_published_package(slug, organisation=owner).current.version
    columns = [
        Column("SIZE", lambda f: size(f.size_bytes), right=True),
        Column("SHA-256", lambda f: f.sha256[:16]),
        Column("PATH", lambda f: f.path),
    ]
    files = session.pages("list_published_files", limit, organisation=owner, package=slug, version=version)
    session.list(columns, files, empty="It has no files.")


@click.command("download")
@click.argument("package")
@click.option("--version", "-v", type=int, help="[default: the published one]")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The ZIP file, or with --files the folder.")
@click.option("--files", "unpacked", is_flag=True, help="Every file by itself, instead of one ZIP archive.")
@command_options(output=True)
def download(session: Session, package: str, version: int | None, output: Path | None, unpacked: bool) -> int:
    """Download a published version, checked against its manifest; no login is needed.

    PACKAGE is its slug, or ORGANISATION/SLUG. An interrupted download goes on when run again.
    """
    owner, slug = owner_of(session, package)
    version = version or session.client.get_published_package(slug, organisation=owner).current.version
    if unpacked:
        return get_files(
            session, sources_of(session.client, owner, slug, version), output or Path(f"{slug}-v{version}")
        )
    target = output or Path(f"{owner}-{slug}-v{version}.zip")
    with download_bar(quiet=session.as_json, total_bytes=None, files=1) as progress:
        checked = download_zip(session.client, owner, slug, version, target, progress=progress)
    if session.as_json:
        print_json({"file": str(target), "files": checked, "version": version})
    else:
        click.echo(target)
        note(f"{plural(checked, 'file')}, every checksum as in the manifest.")
    return 0


FORMATS = {
    "text": "get_citation_text",
    "bibtex": "get_citation_bibtex",
    "ris": "get_citation_ris",
    "csl": "get_citation_csl",
    "datacite": "get_citation_datacite",
    "schema-org": "get_citation_schema_org",
}


@click.command("cite")
@click.argument("package")
@click.option("--version", "-v", type=int, help="[default: the published one]")
@click.option(
    "--format", "-f", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True, help="The form."
)
@command_options()
def cite(session: Session, package: str, version: int | None, form: str) -> None:
    """Cite a published version. PACKAGE is its slug, or ORGANISATION/SLUG; no login is needed."""
    owner, slug = owner_of(session, package)
    version = version or session.client.get_published_package(slug, organisation=owner).current.version
    cited = session.client.call(FORMATS[form], organisation=owner, package=slug, version=version)
    written = cited.decode() if isinstance(cited, bytes) else cited
    if form in ("csl", "datacite", "schema-org"):
        print_json(json.decode(written))
    else:
        session.show({"format": form, "citation": written}, lambda: click.echo(written.rstrip("\r\n")))


@click.command("verify")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--manifest-sha256",
    metavar="HEX",
    help="As the package's page tells it: then nobody can have changed files and lists alike.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(path: Path, manifest_sha256: str | None, as_json: bool) -> int:
    """Check a downloaded package: every checksum, and that nothing is missing or added.

    PATH is the ZIP archive, which is not unpacked for it, or the folder it was unpacked to; an archive from a link is
    checked, too, and what an embargo left out of it is told. No service is asked and no login is needed. The exit code
    is 1 where anything is not as it was published or sent.
    """
    total_bytes = path.stat().st_size if path.is_file() else None
    with download_bar(quiet=as_json, total_bytes=total_bytes, files=1, word="Checking") as progress:
        report = verify_package(path, manifest_sha256=manifest_sha256, progress=progress)
    if as_json:
        print_json({"whole": report.is_whole} | to_builtins(report))
        return 0 if report.is_whole else 1
    if report.problems:
        columns = [
            Column("PROBLEM", lambda p: p.kind),
            Column("PATH", lambda p: p.path),
            Column("WHAT", lambda p: p.detail),
        ]
        table(columns, report.problems[:SHOWN_PROBLEMS])
        if len(report.problems) > SHOWN_PROBLEMS:
            note(f"... and {len(report.problems) - SHOWN_PROBLEMS:,} more; --json lists them all.")
        note(f"{report.package} is not as it was published. Download it again.")
        return 1
    click.echo(f"{report.package}: {plural(report.files, 'file')}, {size(report.size_bytes)}, every checksum fits.")
    if report.left_out:
        click.echo(f"Not in it, since an embargo held it back: {plural(len(report.left_out), 'file')}.")
        table(
            [Column("UNTIL UTC", lambda e: e.until), Column("PATH", lambda e: e.path)], report.left_out[:SHOWN_LEFT_OUT]
        )
        if len(report.left_out) > SHOWN_LEFT_OUT:
            note(f"... and {len(report.left_out) - SHOWN_LEFT_OUT:,} more; --json lists them all.")
    if report.manifest_sha256:
        note(f"Manifest {report.manifest_sha256}")
    return 0


def owner_of(session: Session, package: str) -> tuple[str, str]:
    """Read SLUG, or ORGANISATION/SLUG, as the organisation and the slug."""
    owner, slash, slug = package.rpartition("/")
    return (owner, slug) if slash else (session.organisation, package)


PUBLISHED_COMMANDS = [list_files, download, cite, verify]
