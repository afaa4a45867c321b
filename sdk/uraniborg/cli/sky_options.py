"""The options of questions about the sky: where one looks from, which satellites, and how the answer is written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import click

from uraniborg.cli.command import Session
from uraniborg.frames import to_moment
from uraniborg.sky import ground_place

__all__ = [
    "CHOICE_OPTIONS",
    "FORMAT_OPTION",
    "PLOT_OPTION",
    "WHERE_OPTIONS",
    "choice_of",
    "clock",
    "options",
    "when",
    "where_of",
]

F = TypeVar("F", bound=Callable[..., Any])


def _load_ahead(_: click.Context, __: click.Parameter, plot: Path | None) -> Path | None:
    """Load what draws while the service is asked: half a second, that nobody needs to wait behind its answer."""

    def load() -> None:
        with suppress(ImportError):  # told when it is drawn
            import_module("uraniborg.drawing")

    if plot is not None:
        Thread(target=load).start()
    return plot


WHERE_OPTIONS = [
    click.option("--site", metavar="SLUG", help="Where it is seen from [default: the only site]."),
    click.option("--latitude", type=float, metavar="DEG", help="In place of a site; WGS84, north positive."),
    click.option("--longitude", type=float, metavar="DEG", help="East positive."),
    click.option("--elevation", type=float, metavar="M", help="Above the WGS84 ellipsoid."),
]
CHOICE_OPTIONS = [
    click.option("--satellite", "numbers", type=int, multiple=True, metavar="NORAD", help="Only this; repeatable."),
    click.option("--name", metavar="TEXT", help="Only satellites with this in their name: STARLINK."),
    click.option("--brighter", type=float, metavar="MAG", help="Only those estimated to be as bright as this."),
]
FORMAT_OPTION = click.option(
    "--format", "written_as", type=click.Choice(["table", "votable"]), default="table", show_default=True
)
PLOT_OPTION = click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    callback=_load_ahead,
    help="Draw a picture: .png .pdf .svg",
)


def clock(value: Any, digits: int = 1) -> str:
    """Write the time of day, UTC, with so many digits of a second."""
    return f"{to_moment(value):%H:%M:%S.%f}"[: 9 + digits if digits else 8]


def options(*groups: list[Callable[[Any], Any]]) -> Callable[[F], F]:
    """Give a command several options."""

    def decorate(function: F) -> F:
        for group in reversed(groups):
            for option in reversed(group):
                function = option(function)
        return function

    return decorate


def where_of(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    """Take out of a command's values where is looked from; what cannot be read is wrong usage."""
    site, latitude, longitude, elevation = (values.pop(n) for n in ("site", "latitude", "longitude", "elevation"))
    if (latitude is None) != (longitude is None):
        raise click.UsageError("Give both --latitude and --longitude.")
    place = None if latitude is None else (latitude, longitude, elevation or 0.0)
    try:
        return ground_place(session.client, site, place, None)
    except ValueError as error:
        raise click.UsageError(f"{str(error)[0].upper()}{str(error)[1:]}. Give --site.") from error


def choice_of(values: dict[str, Any]) -> dict[str, Any]:
    """Take out of a command's values which satellites are meant."""
    numbers, name, brighter = (values.pop(word) for word in ("numbers", "name", "brighter"))
    chosen = {"satellite": list(numbers) or None, "text": name, "brighter_than": brighter}
    return {word: value for word, value in chosen.items() if value is not None}


def when(text: str | None) -> Any:
    """Read a time, UTC."""
    try:
        return to_moment(text)
    except ValueError as error:
        raise click.UsageError(f"{text!r} is no time: write 2026-11-20T22:10:30, UTC.") from error
