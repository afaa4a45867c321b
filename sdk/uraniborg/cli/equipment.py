"""Sites, telescopes and instruments: the same five commands for each, and an instrument's header mapping."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from uraniborg._generated.operations import OPERATIONS
from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import Column, details, note, number, print_json, table

__all__ = ["instrument_command", "site_command", "telescope_command"]

Option = Callable[[Any], Any]


def _option(*names: str, **more: Any) -> Option:
    return click.option(*names, **more)


SITE: list[Option] = [
    _option("--name"),
    _option("--latitude", "latitude_deg", type=float, metavar="DEGREES", help="Geodetic (WGS84), north positive."),
    _option("--longitude", "longitude_deg", type=float, metavar="DEGREES", help="East positive."),
    _option("--height", "height_m", type=float, metavar="METRES", help="Above the WGS84 ellipsoid."),
    _option("--time-zone", metavar="ZONE", help="IANA name, such as Europe/Copenhagen: it says when a night begins."),
    _option("--mpc-code", metavar="CODE", help="Minor Planet Center observatory code."),
]
TELESCOPE: list[Option] = [
    _option("--name"),
    _option("--site", metavar="SLUG", help="Where it stands."),
    _option("--aperture", "aperture_mm", type=float, metavar="MM"),
    _option("--focal-length", "focal_length_mm", type=float, metavar="MM"),
    _option("--mount", help="Such as 'German equatorial'."),
]
INSTRUMENT: list[Option] = [
    _option("--name"),
    _option("--telescope", metavar="SLUG", help="The telescope it is at."),
    _option("--pixel-scale", "pixel_scale_arcsec", type=float, metavar="ARCSEC"),
    _option("--width", "width_px", type=int, metavar="PIXELS"),
    _option("--height", "height_px", type=int, metavar="PIXELS"),
    _option("--filter", "filters", multiple=True, metavar="NAME", help="May be repeated."),
]
SITE_COLUMNS = [
    Column("SLUG", lambda s: s.slug),
    Column("LATITUDE °", lambda s: number(s.latitude_deg, 5), right=True),
    Column("LONGITUDE °", lambda s: number(s.longitude_deg, 5), right=True),
    Column("HEIGHT m", lambda s: number(s.height_m, 1), right=True),
    Column("TIME ZONE", lambda s: s.time_zone),
    Column("MPC", lambda s: s.mpc_code),
    Column("NAME", lambda s: s.name),
]
TELESCOPE_COLUMNS = [
    Column("SLUG", lambda t: t.slug),
    Column("SITE", lambda t: t.site),
    Column("APERTURE mm", lambda t: number(t.aperture_mm, 1), right=True),
    Column("FOCAL LENGTH mm", lambda t: number(t.focal_length_mm, 1), right=True),
    Column("MOUNT", lambda t: t.mount),
    Column("NAME", lambda t: t.name),
]
INSTRUMENT_COLUMNS = [
    Column("SLUG", lambda i: i.slug),
    Column("TELESCOPE", lambda i: i.telescope),
    Column("SCALE arcsec/px", lambda i: number(i.pixel_scale_arcsec), right=True),
    Column("PIXELS", lambda i: f"{i.width_px} × {i.height_px}" if i.width_px and i.height_px else ""),
    Column("FILTERS", lambda i: i.filters),
    Column("NAME", lambda i: i.name),
]
NEXT = {
    "site": "Next, its telescope: uraniborg telescope add NAME --site {slug}",
    "telescope": "Next, its camera: uraniborg instrument add NAME --telescope {slug}",
    "instrument": "Next, its frames: uraniborg upload FOLDER --instrument {slug}",
}


def _group(word: str, words: str, doing: str, options: list[Option], columns: list[Column]) -> click.Group:
    """Make the group of commands for one kind of thing."""

    @click.group(word, help=doing)
    def group() -> None: ...

    def with_options(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    @group.command("list", help=f"List the {words}.")
    @command_options()
    def list_things(session: Session) -> None:
        empty = f"There are no {words} yet. Add one: uraniborg {word} add --help"
        session.list(columns, session.pages(f"list_{words}", 0), empty=empty)

    @group.command("show", help=f"Show one of the {words}.")
    @click.argument("slug")
    @command_options()
    def show_thing(session: Session, slug: str) -> None:
        one: dict[str, Any] = {word: slug}
        found = session.client.call(f"get_{word}", **one)
        session.show(found, lambda: details(_pairs(found)))

    @group.command("add", help=f"Add one to the {words}. NAME is its display name.")
    @click.argument("title", metavar="NAME")
    @click.option("--slug", help="Its name in addresses; made from the name when left out.")
    @_for_adding(word, with_options)
    @command_options()
    def add_thing(session: Session, title: str, **values: Any) -> None:
        made = session.client.call(f"add_{word}", body={"name": title} | _given(values))
        session.show(made, lambda: note(f"Added {made.slug}. " + NEXT[word].format(slug=made.slug)))

    @group.command("change", help="Change what is given; the rest stays.")
    @click.argument("slug")
    @with_options
    @command_options()
    def change_thing(session: Session, slug: str, **values: Any) -> None:
        changes = _given({name: value for name, value in values.items() if name not in ("site", "telescope")})
        if not changes:
            raise click.UsageError("Nothing to change: give at least one option.")
        one: dict[str, Any] = {word: slug}
        found = session.client.call(f"change_{word}", **one, body=changes)
        session.show(found, lambda: details(_pairs(found)))

    @group.command("remove", help="Remove one that nothing refers to.")
    @click.argument("slug")
    @command_options()
    def remove_thing(session: Session, slug: str) -> None:
        one: dict[str, Any] = {word: slug}
        session.client.call(f"remove_{word}", **one)
        session.show({"removed": slug}, lambda: note(f"Removed {slug}."))

    return group


def _for_adding(word: str, decorate: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Leave ``--name`` out, where the name is an argument, and demand what the service demands."""
    needed = {field.name for field in msgspec.structs.fields(OPERATIONS[f"add_{word}"].body) if field.required}

    def wrapped(function: Any) -> Any:
        decorated = decorate(function)
        decorated.__click_params__ = [p for p in decorated.__click_params__ if p.name != "name"]
        for parameter in decorated.__click_params__:
            parameter.required = parameter.name in needed
        return decorated

    return wrapped


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {n: list(v) if isinstance(v, tuple) else v for n, v in values.items() if v is not None and v != ()}


def _pairs(found: Any) -> list[tuple[str, object]]:
    shown = msgspec.structs.asdict(found)
    mapping = shown.pop("header_mapping", None)
    pairs = [("added UTC" if name == "created_at" else name, value) for name, value in shown.items()]
    if mapping is not None and (text := msgspec.json.encode(mapping).decode()) != "{}":
        pairs.append(("header_mapping", text))
    return sorted(pairs, key=lambda pair: pair[0] not in ("slug", "name"))


site_command = _group("site", "sites", "Sites: where telescopes stand.", SITE, SITE_COLUMNS)
telescope_command = _group("telescope", "telescopes", "Telescopes.", TELESCOPE, TELESCOPE_COLUMNS)
instrument_command = _group(
    "instrument", "instruments", "Instruments and how their headers are read.", INSTRUMENT, INSTRUMENT_COLUMNS
)


@instrument_command.command("mapping")
@click.argument("slug")
@click.option(
    "--set",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON or TOML file with keywords, values, time_offset_s, use_translator.",
)
@click.option(
    "--try",
    "trial",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Such a file, tried on a frame that is stored: nothing is changed.",
)
@click.option("--frame", metavar="ID", help="The frame it is tried on; the instrument's newest when left out.")
@command_options()
def mapping(session: Session, slug: str, file: Path | None, trial: Path | None, frame: str | None) -> None:
    """Show, set, or try how an instrument's headers are read.

    \b
    A mapping in TOML:
        time_offset_s = 0.0            # added to the start: a clock known to be wrong
        [keywords]                     # keywords to try for each fact, in order
        filter = ["FILTNAM", "FILT2"]
        [values.filter]                # other words for values
        "Red" = "R"
    """
    if file is not None and trial is not None:
        raise click.UsageError("Give --set or --try, and not both.")
    if trial is not None:
        _try_mapping(session, slug, _read_mapping(trial), frame)
        return
    if file is not None:
        instrument = session.client.change_instrument(slug, header_mapping=_read_mapping(file))
    else:
        instrument = session.client.get_instrument(slug)
    print_json(instrument.header_mapping)
    if file is not None and not session.as_json:
        note(f"Set. Frames that are here already are read again by: uraniborg ingest --instrument {slug}")


def _read_mapping(file: Path) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
        return tomllib.loads(text) if file.suffix.lower() == ".toml" else json.loads(text)
    except (ValueError, OSError) as error:
        raise click.UsageError(f"{file} cannot be read: {error}") from error


def _try_mapping(session: Session, slug: str, proposed: Any, frame: str | None) -> None:
    """Show what a mapping would make of a frame, fact by fact, beside what it is now."""
    if frame is None:
        newest = session.client.call("find_frames", instrument=slug, sort="-start_at", limit=1).items
        if not newest:
            raise click.UsageError(f"{slug} has no frame yet: name one of another instrument with --frame.")
        frame = str(newest[0].id)
    tried = session.client.call(
        "try_header_mapping", instrument=slug, body={"frame": frame, "header_mapping": proposed}
    )
    session.show(tried, lambda: _print_trial(tried))


def _print_trial(tried: Any) -> None:
    note(f"{tried.path}: nothing is changed.")
    columns = [
        Column("", lambda f: "*" if f.changes else ""),
        Column("FACT", lambda f: f.fact),
        Column("WOULD BE", lambda f: _told(f.value)),
        Column("FROM", lambda f: f.source),
        Column("IS", lambda f: _told(f.present)),
        Column("FROM NOW", lambda f: f.present_source),
    ]
    table(columns, [fact for fact in tried.facts if fact.value is not None or fact.present is not None])
    for problem in tried.problems:
        note(f"{problem.code}: {problem.detail}")


def _told(value: object) -> str:
    return "" if value is None else str(value)
