"""Nights and what was observed in them."""

from __future__ import annotations

from typing import Any

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, details, duration, moment, note, paint, plain, plural, table
from uraniborg.cli.places import night_argument, the_night, the_telescope

__all__ = ["night_command", "show_summary"]

SHOWN = 12


@click.group("night")
def night_command() -> None:
    """Nights and what was observed; a night is named by its evening's date at the site."""


@night_command.command("list")
@click.option("--telescope", "-t", metavar="SLUG")
@click.option("--first", metavar="DATE", help="This night or later.")
@click.option("--last", metavar="DATE", help="This night or earlier.")
@paging_option(30)
@command_options()
def list_nights(session: Session, telescope: str | None, first: str | None, last: str | None, limit: int) -> None:
    """List the nights that have frames or a log, the latest first."""
    nights = session.pages("list_nights", limit, telescope=telescope, first=first, last=last)
    columns = [
        Column("NIGHT", lambda n: n.night),
        Column("TELESCOPE", lambda n: n.telescope),
        Column("FRAMES", lambda n: n.frames, right=True),
        Column("EXPOSED", lambda n: duration(n.exposure_s), right=True),
        Column("FIRST UTC", lambda n: _clock(n.first_exposure_at)),
        Column("LAST UTC", lambda n: _clock(n.last_exposure_at)),
        Column("TIME LOST", lambda n: duration(n.time_lost_s) if n.time_lost_s else "", right=True),
        Column("LOG", lambda n: n.log),
        Column("FRAMES BY TYPE", lambda n: [f"{t.frames} {t.frame_type or 'unknown'}" for t in n.by_type]),
    ]
    session.list(columns, nights, empty="No nights yet: they come with frames. Send some: uraniborg upload FOLDER")


@night_command.command("show")
@night_argument
@click.option("--telescope", "-t", metavar="SLUG")
@command_options()
def show_night(session: Session, night: str | None, telescope: str | None) -> None:
    """Show what was observed in NIGHT, as 2026-11-20; left out: tonight."""
    when = the_night(session, night, telescope)
    which = the_telescope(session, telescope, when)
    log = session.client.get_night_log(which, when)
    session.show(log, lambda: show_summary(log))


def show_summary(log: Any) -> None:
    """Print the summary of a night."""
    summary, lost = log.summary, log.time_lost
    click.echo(paint(f"Night {log.night}, {log.telescope} at {log.site}", "header"))
    lost_words = [
        f"{duration(seconds)} to {word}"
        for seconds, word in ((lost.weather_s, "weather"), (lost.fault_s, "faults"), (lost.other_s, "other causes"))
        if seconds
    ]
    signed = f"signed by {log.signed_by}, {moment(log.signed_at)} UTC" if log.state == "signed" else "open"
    details(
        [
            ("lasts UTC", f"{moment(log.start_at)} to {moment(log.end_at)} (noon to noon, {log.time_zone})"),
            ("frames", f"{summary.frames:,}, {duration(summary.exposure_s)} exposed" if summary.frames else "none"),
            ("exposures UTC", _span(summary.first_exposure_at, summary.last_exposure_at)),
            ("on the sky", duration(summary.time_on_sky_s) if summary.time_on_sky_s else ""),
            ("time lost", ", ".join(lost_words)),
            ("satellites", _crossed(summary)),
            ("log", f"{signed}, {plural(len(log.entries.items), 'entry', 'entries')}"),
        ]
    )
    if summary.by_type:
        click.echo()
        columns = [
            Column("TYPE", lambda t: t.frame_type or "unknown"),
            Column("FRAMES", lambda t: t.frames, right=True),
            Column("EXPOSED", lambda t: duration(t.exposure_s), right=True),
        ]
        table(columns, summary.by_type)
    if summary.targets:
        click.echo()
        columns = [
            Column("TARGET", lambda t: t.object or "unknown"),
            Column("FILTER", lambda t: t.filter or "none"),
            Column("FRAMES", lambda t: t.frames, right=True),
            Column("EXPOSED", lambda t: duration(t.exposure_s), right=True),
            Column("FIRST UTC", lambda t: _clock(t.first_at)),
            Column("LAST UTC", lambda t: _clock(t.last_at)),
        ]
        table(columns, summary.targets)
    if summary.gaps:
        click.echo()
        columns = [
            Column("GAP FROM UTC", lambda g: _clock(g.start_at)),
            Column("TO UTC", lambda g: _clock(g.end_at)),
            Column("FOR", lambda g: duration(g.seconds), right=True),
        ]
        table(columns, summary.gaps)
    if summary.failures:
        click.echo()
        for failure in summary.failures[:SHOWN]:
            reason = "; ".join(problem.detail for problem in failure.problems)
            click.echo(
                f"{paint('failed' if failure.failed else 'problem', 'failed')}  {plain(failure.name)}: {plain(reason)}"
            )
        if summary.failure_count > SHOWN:
            note(f"… {summary.failure_count - SHOWN:,} more: uraniborg ls --state failed")


def _crossed(summary: Any) -> str:
    if not summary.frames_judged:
        return ""
    lit = f", {summary.frames_crossed_lit} by one that the Sun lit" if summary.frames_crossed else ""
    return f"crossed {summary.frames_crossed} of {summary.frames_judged} frames{lit}"


def _clock(value: Any) -> str:
    return moment(value)[11:]


def _span(first: Any, last: Any) -> str:
    return f"{moment(first)} to {moment(last)}" if first and last else ""
