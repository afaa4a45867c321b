"""The organisation's audit log: read, exported, checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from uraniborg.audit import check_export, export_audit
from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, note, plural
from uraniborg.errors import UraniborgError

__all__ = ["audit_command"]


@click.command("audit")
@click.option("--action", help="Only this, such as member.removed; `member.` for all that begin so.")
@click.option("--actor", help="Only what this person did, by e-mail address.")
@click.option("--since", metavar="TIME", help="At or after, as 2026-11-20 or 2026-11-20T22:00Z.")
@click.option("--until", metavar="TIME", help="Before.")
@click.option("--export", "export", type=click.Path(dir_okay=False, path_type=Path), help="Write all of it to a file.")
@click.option(
    "--verify",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check a file that was exported; needs no service.",
)
@paging_option(100)
@command_options()
def audit_command(
    session: Session, limit: int, export: Path | None, verify: Path | None, actor: str | None, **query: Any
) -> None:
    """Show who did what, newest first; or export the log, or verify an export.

    Every entry's hash covers the one before it: nothing can be changed, removed or added unnoticed.
    """
    if verify is not None:
        with verify.open(encoding="utf-8", errors="surrogateescape") as lines:
            check = check_export(lines)
        text = f"{plural(check.entries, 'entry', 'entries')}, as they were written. The last hash is {check.hash}."
        session.show(check, lambda: note(text) if check.ok else None)
        if not check.ok:
            raise UraniborgError(f"Entry {check.broken_at} of {verify}: {check.reason}.")
    elif export is not None:
        check = export_audit(session.client, export)
        session.show(
            check,
            lambda: note(f"{plural(check.entries, 'entry', 'entries')} in {export}; the last hash is {check.hash}."),
        )
    else:
        columns = [
            Column("AT UTC", lambda e: e.at),
            Column("WHO", lambda e: e.actor.name),
            Column("FROM", lambda e: e.actor.address),
            Column("ACTION", lambda e: e.action),
            Column("TARGET", lambda e: e.target),
        ]
        for name in ("since", "until"):
            if query[name]:
                query[name] = _moment(query[name])
        given = {name: value for name, value in (query | {"actor": actor}).items() if value}
        session.list(columns, session.pages("list_audit_entries", limit, **given), empty="Nothing like that happened.")


def _moment(text: str) -> str:
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"{text!r} is not a time; one looks like 2026-11-20T22:00Z.") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
