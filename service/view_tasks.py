"""What is asked of the processes that look into frames: named lightly, so that the server imports no arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

__all__ = [
    "MOST_COLUMNS",
    "MOST_PIXELS",
    "MOST_ROWS",
    "CurveQuestion",
    "HduQuestion",
    "Picture",
    "PixelsQuestion",
    "PlaneQuestion",
    "RowsQuestion",
    "Stored",
    "TileQuestion",
    "Unviewable",
    "ViewQuestion",
    "look",
]

MOST_PIXELS = 64
"Pixels along each side of a window whose values are told."
MOST_ROWS, MOST_COLUMNS = 200, 64
"Of a table, told at once."


class Stored(msgspec.Struct, frozen=True):
    """Where an image's bytes are: the object store's description, key, size and the file's name.

    ``scratch`` is the folder for what has to be expanded first.
    """

    store: Any
    key: str
    size_bytes: int
    name: str
    scratch: Path | None = None


class HduQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of one HDU, ``unit``."""

    unit: int


class PlaneQuestion(HduQuestion, frozen=True, kw_only=True):
    """What values a plane of an image has."""

    plane: int


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """How values become colours; ``black`` and ``white``, where given, go before the limits that would be chosen."""

    curve: Any = "asinh"
    limits: Any = "auto"
    lower: float = 0.5
    upper: float = 99.5
    black: float | None = None
    white: float | None = None
    colours: Any = "grey"
    inverted: bool = False


class TileQuestion(PlaneQuestion, frozen=True, kw_only=True):
    """A tile of `domain.tile_grid.TileGrid`, as PNG."""

    zoom: int
    x: int
    y: int
    picture: Picture


class PixelsQuestion(PlaneQuestion, frozen=True, kw_only=True):
    """The values of a window, its lower left pixel counted from 1, and where each pixel is on the sky."""

    x: int
    y: int
    width: int
    height: int


class RowsQuestion(HduQuestion, frozen=True, kw_only=True):
    """Some rows of a table, counted from 0, of columns by their numbers; none are the first ones."""

    first: int
    count: int
    columns: tuple[int, ...]


class CurveQuestion(HduQuestion, frozen=True, kw_only=True):
    """A column against another, or a row of an image; see `storage.table_curve`."""

    x: int | None
    y: int | None
    row: int


ViewQuestion = PlaneQuestion | TileQuestion | PixelsQuestion | RowsQuestion | CurveQuestion


class Unviewable(msgspec.Struct, frozen=True):
    """Why there is no answer."""

    reason: str


def look(stored: Stored, question: ViewQuestion | None) -> Any:
    """Answer a question in this process; see `service.view_process`. None only makes it ready."""
    from service.view_process import answer

    return None if question is None else answer(stored, question)
