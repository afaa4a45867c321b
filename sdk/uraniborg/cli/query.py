"""The options of a query, the same wherever frames are chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from uraniborg.cli.command import Session
from uraniborg.frames import FrameList

__all__ = ["find", "given_query", "query_options"]

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (("--near",), {"metavar": "PLACE", "help": "Frames that meet a circle around M31, 'NGC 7000', 10.68,41.27 ..."}),
    (("--radius",), {"type": float, "metavar": "DEG", "help": "Its radius [default: 0.5]."}),
    (("--contains",), {"metavar": "PLACE", "help": "Frames whose footprint holds a place."}),
    (("--polygon",), {"metavar": "'RA,DEC ...'", "help": "Frames that meet a polygon, corners in degrees."}),
    (("--start",), {"metavar": "TIME", "help": "Exposed at or after, UTC: 2026-11-20 or 2026-11-20T22:00."}),
    (("--end",), {"metavar": "TIME", "help": "Exposed before, UTC."}),
    (("--night",), {"metavar": "DATE", "help": "Of one night, by the date of its evening at the site."}),
    (("--first-night",), {"metavar": "DATE", "help": "Of this night or later."}),
    (("--last-night",), {"metavar": "DATE", "help": "Of this night or earlier."}),
    (("--telescope", "-t"), {"metavar": "SLUG"}),
    (("--instrument", "-i"), {"metavar": "SLUG"}),
    (("--dataset", "-d", "in_dataset"), {"metavar": "SLUG"}),
    (("--type",), {"metavar": "TYPE", "help": "bias, dark, flat, light, arc, focus, sky, other."}),
    (("--filter", "-f"), {"metavar": "NAME"}),
    (("--object",), {"metavar": "NAME"}),
    (("--quality",), {"type": click.Choice(["unchecked", "good", "doubtful", "bad"])}),
    (("--text",), {"metavar": "WORDS", "help": "In path, object, filter, observer, telescope or instrument."}),
    (("--crossed/--not-crossed",), {"default": None, "help": "Whether satellites crossed it."}),
    (("--satellite",), {"metavar": "NORAD|NAME", "help": "Crossed by this satellite, or one with this in its name."}),
    (("--crossed-brighter-than",), {"type": float, "metavar": "MAG", "help": "Crossed by one as bright as this."}),
    (("--where", "-w"), {"multiple": True, "metavar": "COMPARISON",
                         "help": "Of a fact or any FITS keyword: 'exposure_s>=30', 'GAIN>1.4'; may be repeated."}),
]  # fmt: skip
# What a query calls it, and under which name a command gets it: a command may have a dataset of its own.
NAMES = {word: {"dataset": "in_dataset"}.get(word, word) for word in (
    names[0].partition("/")[0].lstrip("-").replace("-", "_") for names, _ in OPTIONS
)}  # fmt: skip


def query_options(function: F) -> F:
    """Give a command the options of a query; they arrive as keywords of these names."""
    for names, more in reversed(OPTIONS):
        function = click.option(*names, **more)(function)
    return function


def given_query(values: dict[str, Any]) -> dict[str, Any]:
    """Take the query out of a command's values."""
    query = {word: values.pop(name) for word, name in NAMES.items()}
    query["where"] = list(query["where"]) or None
    return {name: value for name, value in query.items() if value is not None}


def find(session: Session, query: dict[str, Any], *, limit: int | None = None, **more: Any) -> FrameList:
    """Find frames; what cannot be read is wrong usage."""
    try:
        return session.client.find(**query, limit=limit, **more)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
