"""Frames: found, looked into, judged, derived again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from uraniborg._generated.wire import Frame
from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import Column, duration, moment, note, number, paint, plain, plural, print_json, size, table
from uraniborg.cli.query import find, given_query, query_options
from uraniborg.lookup import find_file, find_frame_id

__all__ = ["find_command", "header_command", "ingest_command", "quality_command"]

# How facts stand in a column: title with the unit, right-aligned numbers.
TITLES: dict[str, tuple[str, Callable[[Any], object]]] = {
    "start_at": ("START UTC", moment),
    "mid_at": ("MIDPOINT UTC", moment),
    "created_at": ("SENT UTC", moment),
    "frame_type": ("TYPE", str),
    "exposure_s": ("EXPOSURE s", lambda v: number(v, 3)),
    "airmass": ("AIRMASS", lambda v: f"{v:.2f}"),
    "gain": ("GAIN", number),
    "detector_temperature_c": ("DETECTOR °C", lambda v: f"{v:.1f}"),
    "ra_deg": ("RA °", lambda v: f"{v:.4f}"),
    "dec_deg": ("DEC °", lambda v: f"{v:+.4f}"),
    "center_ra_deg": ("CENTRE RA °", lambda v: f"{v:.4f}"),
    "center_dec_deg": ("CENTRE DEC °", lambda v: f"{v:+.4f}"),
    "radius_deg": ("RADIUS °", lambda v: number(v, 3)),
    "pixel_scale_arcsec": ("SCALE arcsec/px", lambda v: number(v, 3)),
    "width_px": ("WIDTH px", int),
    "height_px": ("HEIGHT px", int),
    "size_bytes": ("SIZE", size),
    "crossings": ("CROSSED BY", int),
    "problems": ("PROBLEMS", lambda problems: ", ".join(p.code for p in problems)),
}
USUAL = ["start_at", "frame_type", "object", "filter", "exposure_s", "airmass", "telescope", "quality", "path"]
# Left out where every frame says the same nothing.
ONLY_IF_TOLD = {"object", "filter", "airmass", "telescope", "quality"}


@click.command("find")
@query_options
@click.option(
    "--sort", metavar="FACT", help="start_at, exposure_s, airmass, object, filter, created_at; -FACT turns it."
)
@click.option("--limit", "-n", type=click.IntRange(min=0), default=100, show_default=True, help="0 for all.")
@click.option("--columns", "-c", metavar="NAMES", help="Such as id,path,exposure_s,center_ra_deg.")
@click.option("--count", "only_count", is_flag=True, help="Only tell how many there are.")
@click.option("--facets", is_flag=True, help="Count them by type, filter, object, telescope, night ...")
@command_options()
def find_command(
    session: Session,
    sort: str | None,
    limit: int,
    columns: str | None,
    only_count: bool,
    facets: bool,
    **values: Any,
) -> None:
    """Find frames by sky, time, night, any fact and any FITS keyword; everything given must hold.

    \b
    uraniborg find --near M31 --radius 0.5 --filter R
    uraniborg find --night 2026-11-20 --type light --where 'airmass<1.5'
    uraniborg find --where 'CCD-TEMP>-15' --where 'OBSERVER~brahe' --count
    """
    names = _columns(columns)
    query = given_query(values)
    frames = find(session, query, limit=limit or None, sort=sort)
    if only_count:
        count = {"count": frames.count, "is_exact": frames.count_is_exact}
        more = "" if frames.count_is_exact else " at least"
        session.show(count, lambda: click.echo(f"{frames.count:,}{more}"))
    elif facets:
        _show_facets(session, frames.facets().facets)
    else:
        found: list[Frame] = list(frames)
        if session.as_json:
            print_json(found)
            if limit and len(found) == limit < frames.count:
                note(f"{limit:,} of {frames.count:,} frames; --limit 0 gives all.")
        elif found:
            told = names or [n for n in USUAL if n not in ONLY_IF_TOLD or any(_tells(n, f) for f in found)]
            table([_column(name) for name in told], found)
            _sum_up(frames, found, limit)
        else:
            note("No frame matches." if query else "No frames yet. Send some: uraniborg upload FOLDER")


def _columns(text: str | None) -> list[str] | None:
    if text is None:
        return None
    known = list(Frame.__struct_fields__)
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in known]:
        raise click.UsageError(f"There is no column {', '.join(unknown)}; there are {', '.join(sorted(known))}.")
    return names


def _tells(name: str, frame: Frame) -> bool:
    return getattr(frame, name) not in (None, "", "unchecked")


def _column(name: str) -> Column:
    title, write = TITLES.get(name, (name.replace("_", " ").upper(), lambda value: value))

    def value(frame: Frame) -> object:
        found = getattr(frame, name)
        return "" if found is None or found == "unchecked" else write(found)

    numeric = name.endswith(("_s", "_deg", "_px", "_bytes", "_arcsec", "_c", "_x", "_y")) or name in ("airmass", "gain")
    return Column(title, value, right=numeric)


def _sum_up(frames: Any, found: list[Frame], limit: int) -> None:
    exposed_s = sum(f.exposure_s or 0.0 for f in found)
    words = f"{plural(len(found), 'frame')}, {duration(exposed_s)} exposed, {size(sum(f.size_bytes for f in found))}."
    if limit and len(found) == limit and frames.count > limit:
        more = "" if frames.count_is_exact else "more than "
        words = f"{limit:,} of {more}{frames.count:,} frames; --limit 0 shows all."
    note(words)


def _show_facets(session: Session, facets: dict[str, list[Any]]) -> None:
    if session.as_json:
        print_json(facets)
        return
    told = {name: values for name, values in facets.items() if values}
    if not told:
        note("No frame matches.")
    for name, values in told.items():
        columns = [Column("FRAMES", lambda v: v.count, right=True), Column(name.upper(), lambda v: v.value or "(none)")]
        table(columns, values)
        click.echo()


@click.command("header")
@click.argument("frame")
@click.option("--grep", "-g", metavar="TEXT", help="Only cards with this in keyword, value or comment.")
@click.option("--facts", is_flag=True, help="What was understood, and which keyword gave it.")
@command_options()
def header_command(session: Session, frame: str, grep: str | None, facts: bool) -> None:
    """Show all cards of a frame's header. FRAME is a path, or an identifier."""
    frame_id = find_frame_id(session.client, frame)
    if facts:
        _show_facts(session, frame_id)
        return
    header = session.client.get_header(frame_id)
    if grep:
        wanted = grep.casefold()
        for unit in header.units:
            unit["cards"] = [card for card in unit["cards"] if any(wanted in str(part).casefold() for part in card)]
    if session.as_json:
        print_json(header)
        return
    for unit in header.units:
        if grep and not unit["cards"]:
            continue
        shape = " × ".join(map(str, reversed(unit.get("shape") or [])))
        words = [f"HDU {unit['index']}", unit.get("name", ""), unit.get("kind", ""), shape]
        click.echo(paint("  ".join(filter(None, words)), "header"))
        for keyword, value, comment in unit["cards"]:
            click.echo(_card(str(keyword), value, str(comment or "")))


def _card(keyword: str, value: Any, comment: str) -> str:
    if keyword in ("COMMENT", "HISTORY", ""):
        return plain(f"{keyword:8}  {comment or ('' if value is None else value)}".rstrip())
    if value is None:
        shown = ""
    elif isinstance(value, bool):
        shown = "T" if value else "F"
    else:
        shown = repr(value) if isinstance(value, str) else str(value)
    remark = f" {paint('/ ' + plain(comment), 'dim')}" if comment else ""
    return f"{plain(keyword):8} = {plain(shown):>20}{remark}"


def _show_facts(session: Session, frame_id: str) -> None:
    frame = session.client.get_frame(frame_id)
    if session.as_json:
        print_json(frame)
        return
    facts = [name for name in Frame.__struct_fields__ if name not in ("id", "file", "problems", "preview")]
    rows = [(name, _column(name).value(frame), frame.sources.get(name, "")) for name in facts]
    columns = [
        Column("FACT", lambda row: row[0]),
        Column("VALUE", lambda row: row[1]),
        Column("FROM", lambda row: row[2]),
    ]
    table(columns, [row for row in rows if row[1] not in ("", None)])
    for problem in frame.problems:
        click.echo(f"{paint(problem.code, 'warning')}: {plain(problem.detail)}")


@click.command("quality")
@click.argument("frames", nargs=-1, required=True, metavar="FRAME...")
@click.argument("quality", type=click.Choice(["good", "doubtful", "bad", "unchecked"]))
@click.option("--note", "words", metavar="TEXT", help="Why.")
@command_options()
def quality_command(session: Session, frames: tuple[str, ...], quality: str, words: str | None) -> None:
    """Say how good frames are. FRAME is a path, or an identifier."""
    judged = []
    for frame in frames:
        frame_id = find_frame_id(session.client, frame)
        judged.append(session.client.judge_frame(frame_id, quality=quality, note=words))
    session.show(judged, lambda: note(f"{plural(len(judged), 'frame')}: {quality}."))


@click.command("ingest")
@click.argument("wanted", nargs=-1, metavar="[FILE]...")
@click.option("--instrument", "-i", metavar="SLUG", help="All files of this instrument.")
@click.option("--telescope", "-t", metavar="SLUG", help="All files of this telescope.")
@click.option("--wait", is_flag=True, help="Wait until it is done.")
@command_options()
def ingest_command(
    session: Session, wanted: tuple[str, ...], instrument: str | None, telescope: str | None, wait: bool
) -> int:
    """Read headers again, after a mapping or a site changed; nothing is sent again."""
    if sum(map(bool, (wanted, instrument, telescope))) != 1:
        raise click.UsageError("Name files, or --instrument, or --telescope: one of them.")
    body = {"instrument": instrument, "telescope": telescope}
    files = [find_file(session.client, one).id for one in wanted]
    begun = session.client.call("ingest_again", body=body | ({"files": files} if files else {}))
    job = session.client.wait_for_job(begun.job) if wait and begun.job else None

    def show() -> None:
        if job is None:
            follow = f" `uraniborg jobs show {begun.job}` follows it." if begun.job else ""
            note(f"{plural(begun.files, 'file')} to be read again.{follow}")
        else:
            note(f"{plural(begun.files, 'file')} read again: {job.state}.")

    session.show(begun if job is None else {"files": begun.files, "job": job}, show)
    return 1 if job is not None and job.state == "dead" else 0
