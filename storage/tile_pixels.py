"""The pixels of one tile of an image, averaged from what is read for it alone; and a sample of the whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.tile_grid import TileWindow
from storage.preview_pixels import block_means
from storage.preview_rows import PlaneRows
from storage.preview_stream import PreviewRefused

__all__ = ["Each", "read_sample", "read_tile"]

Each = Callable[[Callable[[int], None], Iterable[int]], Iterable[None]]
"How several reads are made: `map`, or that of threads where a store is far away."

_STRIP_PIXELS = 2**20
#: Pixels read for one tile where rows can be left out: what 4 bytes each are read and averaged of in some 30 ms.
_WORTH_READING = 2**22
#: Where none can be left out, of one tile.
_MOST_READ = 4 * 10**8
_SAMPLE_PIXELS = 250_000
_FEWEST_PATCHES, _MOST_PATCHES = 25, 400
_PATCH_COLUMNS, _LARGEST_PATCH = 1024, 2**16


def read_tile(rows: PlaneRows, window: TileWindow, *, each: Each = map) -> NDArray[np.float32]:
    """Read the pixels of a tile.

    Each is the mean of a block of the image's. Of large blocks only some rows are read, as many as keep the reading
    small; of a tile-compressed image, those that are decompressed together.

    Parameters
    ----------
    rows : PlaneRows
        The plane of the image.
    window : TileWindow
        As its `domain.tile_grid.TileGrid` found it.

    Returns
    -------
    ndarray of float32, shape (ny, nx)
        The picture's upper row first; NaN where nothing is defined, or missing.

    Raises
    ------
    PreviewRefused
        Too much would have to be read.
    """
    factor = window.factor
    height, width = rows.shape
    columns = range(window.columns.start * factor, min(window.columns.stop * factor, width))
    together = min(rows.tile_rows, factor)
    taken = min(max(_WORTH_READING // (len(window.rows) * len(columns)), 1), factor)
    taken = min(max(taken // together * together, together), factor)
    decompressed = len(columns) if rows.tile_columns == 1 else max(len(columns), min(rows.tile_columns, width))
    if len(window.rows) * decompressed * taken > _MOST_READ:
        raise PreviewRefused("preview-too-large", "Too many pixels would have to be read for one tile.")
    across = min(factor, width)  # of an image narrower than a block, which is one column then
    found = np.full((len(window.rows), len(window.columns)), np.nan, np.float32)
    blocks = max(_STRIP_PIXELS // (len(columns) * taken), 1)

    def read_strip(start: int) -> None:
        chosen = window.rows[start : start + blocks]
        # The picture's rows go down, the image's up; the lowest block may be cut off by the image's first row.
        strip = np.full((len(chosen), taken, len(window.columns) * across), np.nan, np.float32)
        bottoms = [height - (row + 1) * factor for row in chosen]
        if taken == factor:
            first = max(bottoms[-1], 0)
            got = rows.read_part(first, bottoms[0] + factor - first, columns)
            missing = first - bottoms[-1]
            flat = strip.reshape(-1, strip.shape[2])  # the image's first row first
            flat[missing : missing + len(got), : len(columns)] = got
            means = block_means(flat, factor, across)[::-1]
        else:
            for place, bottom in reversed(list(enumerate(bottoms))):
                first = _start_within(bottom, factor, taken, together, height)
                got = rows.read_part(first, taken, columns)
                strip[place, : len(got), : len(columns)] = got
            means = block_means(strip.reshape(-1, strip.shape[2]), taken, across)
        found[start : start + len(chosen)] = means

    # In the image's order, its first rows first: tile-compressed ones are read ahead.
    for _ in each(read_strip, reversed(range(0, len(window.rows), blocks))):
        pass
    return found


def _start_within(bottom: int, factor: int, taken: int, together: int, height: int) -> int:
    """Choose where the rows that stand for a block begin: at its middle, and where tiles begin."""
    middle = bottom + (factor - taken) // 2
    return min(max(middle // together * together, 0), max(height - taken, 0))


def read_sample(rows: PlaneRows, *, each: Each = map) -> NDArray[np.float64]:
    """Read some hundred thousand pixels from everywhere in a plane, as they are.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where undefined; what is missing is left out.
    """
    height, width = rows.shape
    tall = min(rows.tile_rows, height)
    wide = min(max(rows.tile_columns, _PATCH_COLUMNS if tall == 1 else 1), width, max(_LARGEST_PATCH // tall, 1))
    wanted = min(max(_SAMPLE_PIXELS // (tall * wide), _FEWEST_PATCHES), _MOST_PATCHES)
    across = min(max(round(math.sqrt(wanted * (width / wide) / (height / tall))), 1), -(-width // wide))
    down = min(max(wanted // across, 1), -(-height // tall))
    patches: list[NDArray[Any]] = [np.empty(0)] * (across * down)

    def read_patch(number: int) -> None:
        row, column = divmod(number, across)
        first = min((2 * row + 1) * height // (2 * down) // tall * tall, height - 1)
        # Rows are not looked at in the same columns: what repeats in a detector would be seen always or never.
        shift = (2 * column + 1) * width // (2 * across) - wide // 2 + (row * 37) % 64
        left = min(max(shift, 0), width - wide)
        patches[number] = rows.read_part(first, tall, range(left, left + wide)).ravel()

    for _ in each(read_patch, range(len(patches))):
        pass
    return np.concatenate([patch.astype(np.float64, copy=False) for patch in patches])
