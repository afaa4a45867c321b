"""Embargoes: what is held back, how long, what lifts soon, and who is reminded when."""

from __future__ import annotations

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, note, plural, size

__all__ = ["embargo_command"]


@click.group("embargo")
def embargo_command() -> None:
    """What is held back from everyone outside, how long and why.

    WHAT is organisation, instrument, dataset or file; NAME its slug, a file's identifier. The nearest counts: a file's
    own, then its datasets', its instrument's, the organisation's default. An embargo lifts by itself.
    """


WHAT = click.argument("what", type=click.Choice(["organisation", "instrument", "dataset", "file"]), metavar="WHAT")


@embargo_command.command("set")
@WHAT
@click.argument("name", required=False)
@click.option("--days", type=int, help="From each exposure's start; from the upload, for what is no exposure.")
@click.option("--until", metavar="TIME", help="Until this moment: 2027-11-20, or 2027-11-20T12:00:00Z.")
@click.option("--none", "is_none", is_flag=True, help="No embargo, whatever a wider one says.")
@click.option("--calibrations-public", is_flag=True, help="Biases, darks, flats and arcs are not held back.")
@click.option("--reason", default="", help="Why.")
@command_options()
def set_embargo(
    session: Session,
    what: str,
    name: str | None,
    days: int | None,
    until: str | None,
    is_none: bool,
    calibrations_public: bool,
    reason: str,
) -> None:
    """Hold something back for a while."""
    if [days is not None, until is not None, is_none].count(True) != 1:
        raise click.UsageError("Say how long: --days, --until or --none.")
    if until is not None and "T" not in until:
        until += "T00:00:00Z"
    body = {
        "days": days,
        "until": until,
        "calibrations": "public" if calibrations_public else "held",
        "reason": reason,
    }
    made = session.client.call("set_embargo", target=what, name=_held(session, what, name), body=body)
    long = f"for {made.days:,} days" if made.days else f"until {made.until:%Y-%m-%d %H:%M} UTC" if made.until else ""
    session.show(made, lambda: note(f"{made.name} is {'held back ' + long if long else 'not held back'}."))


@embargo_command.command("lift")
@WHAT
@click.argument("name", required=False)
@command_options()
def lift_embargo(session: Session, what: str, name: str | None) -> None:
    """Take an embargo away; a wider one counts then, if there is any."""
    held = _held(session, what, name)
    session.client.remove_embargo(what, held)
    session.show({"lifted": held}, lambda: note(f"The embargo of {held} is gone."))


@embargo_command.command("list")
@paging_option(100)
@command_options()
def list_embargoes(session: Session, limit: int) -> None:
    """List the embargoes that were set."""
    columns = [
        Column("WHAT", lambda e: e.target),
        Column("NAME", lambda e: e.name),
        Column("DAYS", lambda e: e.days, right=True),
        Column("UNTIL UTC", lambda e: e.until),
        Column("CALIBRATIONS", lambda e: e.calibrations),
        Column("BY", lambda e: e.set_by),
        Column("REASON", lambda e: e.reason),
    ]
    session.list(columns, session.pages("list_embargoes", limit), empty="Nothing is held back.")


@embargo_command.command("upcoming")
@click.option("--days", type=click.IntRange(1, 100), default=30, show_default=True, help="How far to look ahead.")
@paging_option(100)
@command_options()
def list_upcoming(session: Session, days: int, limit: int) -> None:
    """List what is held back no longer soon: files together, by embargo and day (UTC)."""
    columns = [
        Column("LIFTS ON", lambda e: e.lifts_on),
        Column("FILES", lambda e: e.files, right=True),
        Column("SIZE", lambda e: size(e.size_bytes), right=True),
        Column("WHAT", lambda e: e.target),
        Column("NAME", lambda e: e.name),
        Column("REASON", lambda e: e.reason),
    ]
    empty = f"No embargo lifts within {plural(days, 'day')}."
    session.list(columns, session.pages("list_upcoming_lifts", limit, days=days), empty=empty)


@embargo_command.command("reminders")
@click.option("--days", type=click.IntRange(1, 100), multiple=True, help="So many days before; may be repeated.")
@click.option("--off", is_flag=True, help="Remind nobody.")
@command_options()
def reminders(session: Session, days: tuple[int, ...], off: bool) -> None:
    """Show or set when people are reminded of an embargo that lifts.

    Owners, admins and those who uploaded the files get a mail, once for each embargo and day on which it lifts;
    webhooks get the event embargo.lifting.
    """
    if off and days:
        raise click.UsageError("Give either --days or --off.")
    if off or days:
        found = session.client.set_embargo_reminders(days=list(days))
    else:
        found = session.client.get_embargo_reminders()
    before = " and ".join(str(each) for each in found.days)
    session.show(
        found, lambda: note(f"Reminders go out {before} days before." if found.days else "Nobody is reminded.")
    )


def _held(session: Session, what: str, name: str | None) -> str:
    if what == "organisation":
        return name or session.organisation
    if name is None:
        raise click.UsageError(f"Name the {what}.")
    return name
