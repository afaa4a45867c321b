"""Satellites and nights: what crosses a field, what passes over a site, how tonight goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, details, duration, moment, note, number, paint, plain, plural, table
from uraniborg.cli.sky_options import (
    CHOICE_OPTIONS,
    FORMAT_OPTION,
    PLOT_OPTION,
    WHERE_OPTIONS,
    choice_of,
    clock,
    options,
    when,
    where_of,
)
from uraniborg.lookup import find_frame_id
from uraniborg.sky import list_passes, passes_query

__all__ = ["crossings_command", "passes_command", "satellites_command", "tonight_command"]

WHERE = ("organisation", "site", "latitude_deg", "longitude_deg", "height_m")

CROSSINGS = [
    Column("SATELLITE", lambda c: c.name or "(no name)"),
    Column("NORAD", lambda c: str(c.norad_id), right=True),
    Column("ENTERS UTC", lambda c: clock(c.entry_at) + ("<" if c.enters_before else "")),
    Column("CLOSEST UTC", lambda c: clock(c.closest_at)),
    Column("LEAVES UTC", lambda c: clock(c.exit_at) + (">" if c.leaves_after else "")),
    Column("OFF CENTRE °", lambda c: number(c.closest_deg), right=True),
    Column("RATE °/s", lambda c: number(c.rate_deg_s, 4), right=True),
    Column("MAG", lambda c: "" if c.magnitude is None else f"{c.magnitude:.1f}", right=True),
    Column("SUNLIT", lambda c: f"{c.sunlit_fraction:.0%}", right=True),
    Column("RANGE km", lambda c: f"{c.range_km:.0f}", right=True),
    Column("±s", lambda c: number(c.timing_sigma_s, 2), right=True),
    Column("", lambda c: "" if c.status == "certain" else f"possible, {c.offset_s:+.1f} s"),
]
PASSES = [
    Column("SATELLITE", lambda p: p.name or "(no name)"),
    Column("NORAD", lambda p: str(p.norad_id), right=True),
    Column("RISES UTC", lambda p: "up" if p.rise_at is None else clock(p.rise_at, 0)),
    Column("AZ °", lambda p: "" if p.rise_azimuth_deg is None else f"{p.rise_azimuth_deg:.0f}", right=True),
    Column("HIGHEST UTC", lambda p: clock(p.highest_at, 0)),
    Column("ALT °", lambda p: f"{p.highest_altitude_deg:.1f}", right=True),
    Column("AZ °", lambda p: f"{p.highest_azimuth_deg:.0f}", right=True),
    Column("SETS UTC", lambda p: "up" if p.set_at is None else clock(p.set_at, 0)),
    Column("AZ °", lambda p: "" if p.set_azimuth_deg is None else f"{p.set_azimuth_deg:.0f}", right=True),
    Column("MAG", lambda p: "" if p.magnitude is None else f"{p.magnitude:.1f}", right=True),
    Column("LIT UTC", lambda p: f"{clock(p.sunlit[0][0], 0)}–{clock(p.sunlit[-1][1], 0)}" if p.sunlit else "no"),
]


@click.command("crossings")
@click.argument("near", required=False, metavar="[OBJECT]")
@click.option("--ra", type=float, metavar="DEG", help="Of the field's centre, ICRS; or name an OBJECT.")
@click.option("--dec", type=float, metavar="DEG")
@click.option("--radius", type=float, metavar="DEG", help="Of a circle.")
@click.option("--width", type=float, metavar="DEG", help="Of a rectangle.")
@click.option("--height", type=float, metavar="DEG")
@click.option("--position-angle", type=float, metavar="DEG", help="Of its height, north through east.")
@click.option("--polygon", metavar="'RA,DEC ...'", help="Corners in degrees.")
@click.option("--start", metavar="TIME", help="When the exposure begins, UTC.")
@click.option("--exposure", type=float, metavar="S", help="Seconds.")
@click.option("--frame", metavar="FRAME", help="What crossed a frame that is here; a path, or an identifier.")
@click.option("--certain", "certain_only", is_flag=True, help="Leave out what crosses only by being early or late.")
@click.option("--convention", type=click.Choice(["geometric", "astrometric"]), help="Of directions [geometric].")
@options(WHERE_OPTIONS, CHOICE_OPTIONS, [FORMAT_OPTION, PLOT_OPTION])
@command_options()
def crossings_command(
    session: Session, frame: str | None, written_as: str, plot: Path | None, certain_only: bool, **values: Any
) -> None:
    """Tell which satellites cross a field during an exposure, planned or taken.

    \b
    uraniborg crossings M31 --radius 0.5 --site hven --start 2026-11-20T20:00 --exposure 300
    uraniborg crossings --ra 10.68 --dec 41.27 --width 1 --height 0.7 --start ... --exposure 60 --plot field.png
    uraniborg crossings --frame light/M31_R_001.fits
    """
    if frame is not None:
        _of_frame(session, frame, plot)
        return
    if values["start"] is None or values["exposure"] is None:
        raise click.UsageError("Say when: --start and --exposure; or name a frame that is here with --frame.")
    where, choice = where_of(session, values), choice_of(values)
    field = {
        "near": values["near"], "ra_deg": values["ra"], "dec_deg": values["dec"], "radius_deg": values["radius"],
        "width_deg": values["width"], "height_deg": values["height"], "polygon": values["polygon"],
        "position_angle_deg": values["position_angle"], "start": when(values["start"]),
        "exposure_s": values["exposure"], "convention": values["convention"], "certain_only": certain_only or None,
    }  # fmt: skip
    query = {name: value for name, value in field.items() if value is not None} | where | choice
    if written_as == "votable":
        click.echo(session.client.call("find_crossings_votable", **query).decode(), nl=False)
        return
    found = session.client.find_crossings(**query)
    if plot is not None:
        from uraniborg.field_plot import outline_of, plot_field

        centre, outline = outline_of(found.field)
        subtitle = f"{moment(found.start)} UTC, {duration(found.exposure_s)}, seen from {found.place.name}"
        plot_field(plot, centre, [outline], found.crossings, title=_title(found), subtitle=subtitle)
    session.show(found, lambda: _show(found, plot))


def _title(found: Any) -> str:
    return f"{plural(found.count, 'satellite crosses', 'satellites cross')} the field"


def _show(found: Any, plot: Path | None) -> None:
    if found.crossings:
        table(CROSSINGS if any(c.status == "possible" for c in found.crossings) else CROSSINGS[:-1], found.crossings)
    else:
        note("No satellite of the catalogue crosses it.")
    more = found.count - len(found.crossings)
    note(
        (f"{more:,} more are not shown. " if more else "")
        + f"{found.place.name}, {moment(found.start)} UTC, {duration(found.exposure_s)}. Magnitudes are estimates."
    )
    _tell_set_aside(found)
    if plot is not None:
        note(f"Drawn: {plot}")


def _tell_set_aside(found: Any) -> None:
    if found.set_aside_count:
        first = found.set_aside[0]
        note(f"{plural(found.set_aside_count, 'element set')} say nothing of this time, such as {first.norad_id}:"
             f" {plain(first.reason)}")  # fmt: skip


def _of_frame(session: Session, name: str, plot: Path | None) -> None:
    frame = session.client.get_frame(find_frame_id(session.client, name))
    if plot is not None:
        from uraniborg.field_plot import middle_of, plot_field

        outlines = [footprint["vertices_deg"] for footprint in frame.footprints]
        if not outlines:
            raise click.UsageError("The frame has no footprint: nothing can be drawn of it.")
        title = frame.path.rpartition("/")[2]
        words = [
            plural(len(frame.crossed_by), "satellite crossed it", "satellites crossed it"),
            f"{moment(frame.start_at)} UTC",
            duration(frame.exposure_s),
        ]
        centre = middle_of([corner for outline in outlines for corner in outline])
        plot_field(plot, centre, outlines, frame.crossed_by, title=title, subtitle=", ".join(words))

    def show() -> None:
        if frame.crossings is None:
            note("It was not judged: that takes a site, a time, an exposure, a footprint, and a catalogue.")
        elif not frame.crossed_by:
            note("No satellite of the catalogue crossed it.")
        else:
            pixels = Column("PIXELS x,y", lambda c: "; ".join(map(_pixels, c.pixel_paths)))
            table([*CROSSINGS[:-1], pixels], frame.crossed_by)
        if plot is not None:
            note(f"Drawn: {plot}")

    crossed = {"frame": frame.id, "path": frame.path, "crossings": frame.crossings, "crossed_by": frame.crossed_by}
    session.show(crossed, show)


def _pixels(path: Any) -> str:
    ends = [f"{x:.0f},{y:.0f}" for x, y in (path.points_px[0], path.points_px[-1])]
    return f"{ends[0]} to {ends[1]}"


@click.command("passes")
@click.option("--night", metavar="DATE", help="From its sunset to its sunrise [default: the present one].")
@click.option("--start", metavar="TIME", help="UTC; with --end, in place of a night.")
@click.option("--end", metavar="TIME")
@click.option("--min-altitude", type=float, default=10.0, show_default=True, metavar="DEG")
@click.option("--sunlit", "sunlit_only", is_flag=True, help="Only passes that are lit in part.")
@options(WHERE_OPTIONS, CHOICE_OPTIONS, [FORMAT_OPTION, PLOT_OPTION])
@paging_option(50)
@command_options()
def passes_command(
    session: Session,
    night: str | None,
    start: str | None,
    end: str | None,
    min_altitude: float,
    sunlit_only: bool,
    written_as: str,
    plot: Path | None,
    limit: int,
    **values: Any,
) -> None:
    """Tell what passes over a site during a night, or any window.

    \b
    uraniborg passes --site hven --night 2026-11-20 --sunlit --brighter 5
    uraniborg passes --satellite 25544 --start 2026-11-20T16:00 --end 2026-11-27T16:00 --plot passes.png
    """
    query = passes_query(
        night=night,
        start=when(start),
        end=when(end),
        min_altitude_deg=min_altitude,
        sunlit_only=sunlit_only or None,
        **where_of(session, values),
        **choice_of(values),
    )
    if written_as == "votable":
        size = min(limit, 1000) if limit else 1000
        click.echo(session.client.call("find_passes_votable", **query, limit=size).decode(), nl=False)
        return
    first, passes = list_passes(session.client, query, limit=limit or None)
    if plot is not None:
        from uraniborg.night_plot import plot_night

        where = {word: query[word] for word in WHERE if word in query}
        chart = session.client.get_tonight(**where, night=first.night or first.start.date(), step_s=300)
        title = f"{plural(first.count, 'pass', 'passes')} over {first.place.name}"
        subtitle = f"above {min_altitude:g}°, {moment(first.start)} to {moment(first.end)} UTC"
        whole = {} if first.night else {"start": first.start, "end": first.end}
        plot_night(plot, chart, passes, title=title, subtitle=subtitle, **whole)
    told = {"place": first.place, "night": first.night, "start": first.start, "end": first.end, "count": first.count,
            "passes": passes, "set_aside_count": first.set_aside_count, "set_aside": first.set_aside}  # fmt: skip

    def show() -> None:
        if passes:
            table(PASSES, passes)
        else:
            note("Nothing passes: ask for a longer window, a lower --min-altitude, or other satellites.")
        shown = (
            f"{len(passes):,} of {plural(first.count, 'pass', 'passes')}"
            if first.count > len(passes)
            else plural(first.count, "pass", "passes")
        )
        note(
            f"{shown} over {first.place.name} above {min_altitude:g}°, {moment(first.start)} to {moment(first.end)}."
            " Times are UTC, magnitudes estimates."
        )
        _tell_set_aside(first)
        if plot is not None:
            note(f"Drawn: {plot}")

    session.show(told, show)


@click.command("tonight")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--night", metavar="DATE", help="By the date of its evening [default: the present one].")
@options(WHERE_OPTIONS, [PLOT_OPTION])
@command_options()
def tonight_command(
    session: Session, targets: tuple[str, ...], night: str | None, plot: Path | None, **values: Any
) -> None:
    """Tell how a night goes at a site: Sun, twilights, Moon, and how high TARGETs stand.

    \b
    uraniborg tonight --site hven
    uraniborg tonight M31 'NGC 7000' 10.68,41.27 --night 2026-11-20 --plot tonight.png
    """
    query = where_of(session, values)
    found = session.client.get_tonight(**query, night=night, target=list(targets) or None, step_s=300)
    if plot is not None:
        from uraniborg.night_plot import plot_night

        title = f"Night of {found.night} at {found.place.name}"
        plot_night(plot, found, title=title, subtitle=_moon_words(found))
    session.show(found, lambda: _show_night(found, plot))


def _moon_words(found: Any) -> str:
    return f"Moon: {found.moon_phase}, {found.moon_illuminated_fraction:.0%} lit"


def _show_night(found: Any, plot: Path | None) -> None:
    def span(first: Any, last: Any) -> str:
        return f"{clock(first, 0) if first else 'none'} to {clock(last, 0) if last else 'none'}"

    click.echo(paint(f"Night of {found.night} at {found.place.name}", "header"))
    moon = [f"rises {clock(at, 0)}" for at in found.moonrises_at] + [f"sets {clock(at, 0)}" for at in found.moonsets_at]
    details(
        [
            ("Sun down UTC", span(found.sunset_at, found.sunrise_at)),
            ("civil", span(found.civil_dusk_at, found.civil_dawn_at)),
            ("nautical", span(found.nautical_dusk_at, found.nautical_dawn_at)),
            ("astronomical", span(found.astronomical_dusk_at, found.astronomical_dawn_at)),
            ("dark for", duration(found.dark_s) if found.dark_s else "not at all"),
            ("Sun lowest", f"{found.sun_lowest_altitude_deg:.1f}° at {clock(found.sun_lowest_at, 0)}"),
            ("Moon", ", ".join([f"{found.moon_phase}, {found.moon_illuminated_fraction:.0%} lit", *moon])),
        ]
    )
    if found.targets:
        click.echo()
        columns = [
            Column("TARGET", lambda t: t.name),
            Column("RA °", lambda t: f"{t.ra_deg:.4f}", right=True),
            Column("DEC °", lambda t: f"{t.dec_deg:+.4f}", right=True),
            Column("HIGHEST °", lambda t: f"{t.highest_altitude_deg:.1f}", right=True),
            Column("AT UTC", lambda t: clock(t.highest_at, 0)[:5]),
            Column("ABOVE 30°", lambda t: duration(_above(found, t)), right=True),
            Column("FROM MOON °", lambda t: f"{min(t.moon_separation_deg):.0f}", right=True),
        ]
        table(columns, found.targets)
    if plot is not None:
        note(f"Drawn: {plot}")


def _above(found: Any, target: Any, limit_deg: float = 30.0) -> float:
    """Sum up how long a target stands high while the Sun is down."""
    steps = zip(found.times, found.times[1:], target.altitude_deg, found.sun_altitude_deg, strict=False)
    return sum(float((later - at).total_seconds()) for at, later, high, sun in steps if high > limit_deg and sun < 0)


@click.command("satellites")
@click.argument("text", required=False, metavar="[TEXT]")
@paging_option(50)
@command_options(organisation=False)
def satellites_command(session: Session, text: str | None, limit: int) -> None:
    """Search the catalogue by number, name or designator; without TEXT, tell how it stands."""
    if text is not None:
        columns = [
            Column("NORAD", lambda s: str(s.norad_id), right=True),
            Column("DESIGNATOR", lambda s: s.designator),
            Column("ELEMENTS OF UTC", lambda s: moment(s.newest_epoch)),
            Column("NAME", lambda s: s.name),
        ]
        found = session.pages("list_satellites", limit, text=text)
        session.list(columns, found, empty=f"The catalogue has no satellite with {text!r} in its name or designator.")
        return
    status = session.client.get_catalogue()

    def show() -> None:
        click.echo(paint(plural(status.satellites, "satellite"), "header"))
        pairs: list[tuple[str, object]] = [("newest elements UTC", moment(status.newest_epoch))]
        if (last := status.last_import) is not None:
            came = f"{last.added:,} added, {last.known:,} known, {last.problem_count:,} left out"
            pairs.append(("last import UTC", f"{moment(last.imported_at)}, {last.source}: {came}"))
        if (schedule := status.schedule) is not None:
            pairs.append(("fetched from", f"{schedule.address} every {schedule.interval_hours:g} h"))
            pairs.append(("last answer UTC", moment(schedule.fetched_at)))
            pairs.append(("next UTC", moment(schedule.next_at)))
            if schedule.failed_at is not None:
                pairs.append(("last failure UTC", f"{moment(schedule.failed_at)}: {schedule.failure}"))
        details(pairs)
        note(status.says)

    session.show(status, show)
