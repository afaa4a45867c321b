"""How things look: aligned tables, sizes, times; JSON instead, where it was asked for."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import click
import msgspec

__all__ = [
    "Column",
    "details",
    "duration",
    "moment",
    "note",
    "number",
    "one_line",
    "paint",
    "plain",
    "plural",
    "print_json",
    "size",
    "table",
]

GAP = "  "
STYLES: dict[str, dict[str, Any]] = {
    "header": {"bold": True},
    "error": {"fg": "red", "bold": True},
    "failed": {"fg": "red"},
    "warning": {"fg": "yellow"},
    "good": {"fg": "green"},
    "dim": {"dim": True},
}
# How states and the like are painted wherever they stand in a table.
PAINTED = {
    "failed": "failed",
    "dead": "failed",
    "bad": "failed",
    "problem": "failed",
    "withdrawn": "failed",
    "doubtful": "warning",
    "warning": "warning",
    "skipped": "warning",
    "draft": "warning",
    "running": "warning",
    "good": "good",
    "published": "good",
    "stored": "good",
    "signed": "good",
}


class Column(msgspec.Struct, frozen=True):
    """A column of a table: its title, with the unit, and what of an item stands in it."""

    title: str
    value: Callable[[Any], object]
    right: bool = False


def paint(text: str, style: str, *, err: bool = False) -> str:
    """Colour a text, where somebody looks at it and does not mind."""
    stream = sys.stderr if err else sys.stdout
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return text
    return click.style(text, **STYLES[style])


def print_json(value: Any) -> None:
    """Print a value as JSON, indented."""
    text = msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2)
    click.echo(text.decode())


def note(text: str) -> None:
    """Say something that is not part of the result."""
    click.echo(text, err=True)


def table(columns: Sequence[Column], items: Iterable[Any]) -> None:
    """Print items in columns. On a terminal the last column gives way, in its middle, when it is too narrow."""
    rows = [[_cell(column.value(item)) for column in columns] for item in items]
    titles = [column.title for column in columns]
    widths = [max(map(_width, cells)) for cells in zip(titles, *rows, strict=True)]
    room = _room(widths)
    click.echo(paint(_line(titles, widths, columns), "header"))
    for row in rows:
        if room is not None:
            row[-1] = _shortened(row[-1], room)
        click.echo(_line([*row[:-1], row[-1]], widths, columns, painted=True))


def details(pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one under the other; those without a value are left out."""
    shown = [(name, _cell(value)) for name, value in pairs if value not in (None, "", [])]
    width = max((_width(name) for name, _ in shown), default=0)
    for name, value in shown:
        lines = value.splitlines() or [""]
        style = PAINTED.get(value)
        click.echo(f"{paint(_padded(name, width), 'dim')}{GAP}{paint(lines[0], style) if style else lines[0]}")
        for line in lines[1:]:
            click.echo(" " * width + GAP + line)


def size(size_bytes: int | None) -> str:
    """Write a number of bytes as people do, in powers of ten."""
    if size_bytes is None:
        return ""
    value, units = float(size_bytes), ["B", "kB", "MB", "GB", "TB", "PB"]
    while value >= 999.5 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return f"{value:.0f} {units[0]}" if units[0] == "B" or value >= 99.95 else f"{value:.1f} {units[0]}"


def duration(seconds: float | None) -> str:
    """Write a number of seconds with at most two units."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest_s = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest_s} s" if rest_s else f"{minutes} min"
    hours, rest_min = divmod(round(seconds / 60), 60)
    return f"{hours} h {rest_min} min" if rest_min else f"{hours} h"


def about(seconds: float) -> str:
    """Write a number of seconds that is only estimated: whole minutes, or ten seconds."""
    return duration(max(round(seconds, -1), 10) if seconds < 55 else 60 * max(round(seconds / 60), 1))


def moment(value: datetime | None) -> str:
    """Write a time, UTC, to the second; the column's title says UTC."""
    return "" if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with so many digits behind the point, and none that say nothing."""
    if value is None:
        return ""
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plural(count: int, word: str, more: str = "") -> str:
    """Write how many there are of something."""
    return f"{count:,} {word if count == 1 else more or word + 's'}"


def plain(text: str) -> str:
    """Take out of a text from elsewhere what would move the cursor, colour the terminal or ring its bell."""
    return (
        text
        if text.isprintable()
        else "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    )


def one_line(text: str) -> str:
    """Write what may be a name `plain`, and on one line."""
    return plain(text.replace("\n", "\\n"))


def _cell(value: object) -> str:
    if value is None or value is msgspec.UNSET:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(_cell, value))
    return plain(str(value))


def _line(cells: Sequence[str], widths: Sequence[int], columns: Sequence[Column], *, painted: bool = False) -> str:
    padded = []
    for cell, width, column in zip(cells, widths, columns, strict=True):
        text = cell.replace("\n", " ")
        full = _padded(text, width, right=column.right)
        style = PAINTED.get(text) if painted else None
        padded.append(full.replace(text, paint(text, style)) if style else full)
    return GAP.join(padded).rstrip()


def _padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    """Count the columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def _room(widths: list[int]) -> int | None:
    """Tell how wide the last column may be; None where nobody's screen limits it."""
    if not sys.stdout.isatty():
        return None
    before = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
    room = max(shutil.get_terminal_size().columns - before, 12)
    widths[-1] = min(widths[-1], room)
    return room


def _shortened(text: str, room: int) -> str:
    if _width(text) <= room:
        return text
    # The end of a path says more than its beginning.
    tail = (room - 1) * 2 // 3
    return text[: room - 1 - tail] + "…" + text[len(text) - tail :]
