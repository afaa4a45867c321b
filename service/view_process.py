"""The processes that look into frames: tiles, values, rows and curves of what is kept open between questions."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import numpy as np

from domain.header import HeaderUnit
from domain.sky_mesh import image_wcs
from domain.stretch import percentile_limits
from domain.tile_grid import TILE_PX, TileGrid
from domain.tone_curve import LIMITS, Tone, choose_limits, palette_steps
from service.view_tasks import (
    MOST_COLUMNS,
    CurveQuestion,
    Picture,
    PixelsQuestion,
    PlaneQuestion,
    RowsQuestion,
    Stored,
    TileQuestion,
    Unviewable,
    ViewQuestion,
)
from storage.local_ranges import LocalDescription
from storage.object_factory import open_range_source
from storage.open_images import OpenImage, OpenImages
from storage.preview_stream import PreviewRefused, open_stream
from storage.preview_table import list_columns
from storage.table_cells import LongCell, read_cells, refuse_packed
from storage.table_curve import read_points
from storage.tile_image import encode_tile
from storage.tile_pixels import Each, read_tile

__all__ = ["answer"]

MOST_OPEN = 12
READS_AT_ONCE = 8
"Of a store that is not this machine's own."
HISTOGRAM_BINS = 256

_images = OpenImages(MOST_OPEN)


def answer(stored: Stored, question: ViewQuestion) -> Any:
    """Answer a question about a stored image.

    Returns
    -------
    bytes, dict or Unviewable
        The last where the file, not the store, is why there is no answer.

    Raises
    ------
    Exception
        What the store raised.
    """
    try:
        image = _images.get(
            stored.key,
            stored.name,
            lambda: open_range_source(stored.store, stored.key, size_bytes=stored.size_bytes),
            folder=stored.scratch,
        )
    except PreviewRefused as refusal:
        return _refused(refusal)
    try:
        if isinstance(stored.store, LocalDescription):
            return _answer(image, question, map)
        with ThreadPoolExecutor(READS_AT_ONCE) as threads:
            return _answer(image, question, threads.map)
    except PreviewRefused as refusal:
        return _refused(refusal)
    except Exception as error:  # a stranger's file may stumble any library on the way
        _images.forget(stored.key)
        if image.watched.failure is not None:
            raise image.watched.failure from error
        return Unviewable(f"HDU {question.unit} cannot be read ({type(error).__name__}).")


def _refused(refusal: PreviewRefused) -> Unviewable:
    return Unviewable(str(refusal).removeprefix("No preview: "))


def _answer(image: OpenImage, question: ViewQuestion, each: Each) -> Any:
    if isinstance(question, RowsQuestion):
        return _rows(image, question, each)
    if isinstance(question, CurveQuestion):
        return _curve(image, question)
    unit = image.unit(question.unit)
    if unit.kind == "compressed_image":
        each = map  # astropy moves along one file
    if isinstance(question, TileQuestion):
        return _tile(image, question, each)
    if isinstance(question, PixelsQuestion):
        return _pixels(image, unit, question)
    return _values(image, question, each)


def _tile(image: OpenImage, question: TileQuestion, each: Each) -> bytes:
    rows = image.plane(question.unit, question.plane)
    height, width = rows.shape
    window = TileGrid(width, height).find_window(question.zoom, question.x, question.y)
    if window is None:
        raise PreviewRefused("preview-no-pixels", "There is no such tile of the image.")
    tone = _tone(image, question, question.picture, each)
    steps = palette_steps(read_tile(rows, window, each=each), tone, question.picture.curve)
    assert max(steps.shape) <= TILE_PX
    return encode_tile(steps, question.picture.colours, inverted=question.picture.inverted)


def _tone(image: OpenImage, question: PlaneQuestion, picture: Picture, each: Each) -> Tone:
    if picture.black is not None and picture.white is not None:
        return Tone(picture.black, picture.white)
    sample = image.sample(question.unit, question.plane, each=each)
    tone = choose_limits(sample, picture.limits, lower=picture.lower, upper=picture.upper)
    black = tone.black if picture.black is None else picture.black
    return Tone(black, tone.white if picture.white is None else picture.white, tone.softening)


def _values(image: OpenImage, question: PlaneQuestion, each: Each) -> dict[str, Any]:
    sample = image.sample(question.unit, question.plane, each=each)
    finite = sample[np.isfinite(sample)]
    limits = {how: choose_limits(finite, how) for how in LIMITS}
    low, high = percentile_limits(finite, 0.1, 99.9)
    told: dict[str, Any] = {
        "sampled_pixels": int(sample.size),
        "defined_pixels": int(finite.size),
        "limits": {how: [tone.black, tone.white] for how, tone in limits.items()},
        "histogram": None,
    }
    # Of numbers so far apart that their difference is infinite, or too close to be told apart, there is none.
    if finite.size and np.isfinite(high - low) and (high - low) / HISTOGRAM_BINS > np.spacing(max(abs(low), abs(high))):
        counts, edges = np.histogram(finite, bins=HISTOGRAM_BINS, range=(low, high))
        told["histogram"] = {"first": float(edges[0]), "last": float(edges[-1]), "counts": counts.tolist()}
    return told


def _pixels(image: OpenImage, unit: HeaderUnit, question: PixelsQuestion) -> dict[str, Any]:
    rows = image.plane(question.unit, question.plane)
    height, width = rows.shape
    left, low = question.x - 1, question.y - 1
    right, high = min(left + question.width, width), min(low + question.height, height)
    got = rows.read_part(low, high - low, range(left, right))
    values = np.full((high - low, right - left), np.nan)
    values[: len(got)] = got
    told: dict[str, Any] = {"width": right - left, "height": high - low, "ra_deg": None, "dec_deg": None}
    told["values"] = _listed(values)
    sky = _sky(unit, left, low, *values.shape)
    if sky is not None:
        told["ra_deg"], told["dec_deg"] = _listed(sky[0]), _listed(sky[1])
    return told


def _rows(image: OpenImage, question: RowsQuestion, each: Each) -> dict[str, Any]:
    unit = image.any_unit(question.unit)
    refuse_packed(unit)
    columns = list_columns(unit)
    if question.columns:
        of = {column.number: column for column in columns}
        missing = [str(number) for number in question.columns if number not in of]
        if missing:
            raise PreviewRefused("preview-no-pixels", f"The table has no readable column {', '.join(missing)}.")
        columns = [of[number] for number in dict.fromkeys(question.columns)]
    columns = columns[:MOST_COLUMNS]
    if not columns:
        raise PreviewRefused("preview-no-pixels", "The table has no readable columns.")
    stream = open_stream(image.plain(), "none")
    rows = read_cells(stream, unit, columns, question.first, question.count, each=each)
    return {
        "total": unit.shape[0],
        "columns": [column.number for column in columns],
        "rows": [[cell._asdict() if isinstance(cell, LongCell) else cell for cell in row] for row in rows],
    }


def _curve(image: OpenImage, question: CurveQuestion) -> dict[str, Any]:
    unit = image.any_unit(question.unit)
    source = image.plain()
    found = read_points(source, open_stream(source, "none"), unit, x=question.x, y=question.y, row=question.row)
    return {
        "kind": found.kind,
        "x_axis": found.x_axis._asdict(),
        "y_axis": found.y_axis._asdict(),
        "x": found.x.tolist(),
        "y": found.y.tolist(),
        "points": found.read,
        "is_whole": found.is_whole and found.read == len(found.x),
        "time": None if found.time is None else msgspec.to_builtins(found.time),
    }


def _sky(unit: HeaderUnit, left: int, low: int, height: int, width: int) -> tuple[Any, Any] | None:
    """RA and Dec of each pixel's middle, ICRS degrees; None where there is no celestial WCS of the two axes."""
    wcs = image_wcs(unit)
    if wcs is None:
        return None
    try:
        y, x = np.mgrid[low : low + height, left : left + width].astype(np.float64)
        east, north, up = wcs.directions(x.ravel(), y.ravel()).T
    except (ValueError, ArithmeticError):
        return None
    ra = np.degrees(np.arctan2(north, east)) % 360.0
    dec = np.degrees(np.arctan2(up, np.hypot(east, north)))
    return ra.reshape(height, width), dec.reshape(height, width)


def _listed(rows: Any) -> list[list[float | None]]:
    lines: Iterable[list[float]] = rows.tolist()
    return [[value if np.isfinite(value) else None for value in line] for line in lines]
