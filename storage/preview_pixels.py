"""A small version of a large image: read strip by strip, averaged down, never whole in memory."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from domain.header import FileContents, HeaderUnit
from storage.preview_rows import CompressedRows, PlainRows, PlaneRows
from storage.preview_stream import FitsStream, PreviewRefused, open_stream
from storage.range_source import RangeSource

__all__ = ["block_means", "colour_planes", "decimation", "read_decimated", "rows_of"]

_STRIP_PIXELS = 2**20
_MOST_PIXELS = 10**12
#: Large tiles cannot be skipped through: some seconds of decompressing.
_MOST_READ_PIXELS = 4 * 10**8


def decimation(shape: tuple[int, ...], target_px: int) -> int:
    """How many pixels of an image become one along each side, so that its long edge is at most ``target_px``."""
    return max(1, math.ceil(max(shape[-2:]) / target_px))


def colour_planes(unit: HeaderUnit) -> int:
    """Return 3 for an image that is a stack of red, green and blue, as one-shot-colour software writes it; else 0."""
    planes = [length for length in unit.shape[:-2] if length != 1]
    if planes != [3]:
        return 0
    axis = len(unit.shape) - next(i for i, length in enumerate(unit.shape) if length == 3)
    kind = str(unit.find(f"CTYPE{axis}") or "").strip().upper()
    return 3 if kind in ("", "RGB", "COLOR", "COLOUR") else 0


def read_decimated(source: RangeSource, contents: FileContents, unit_index: int, target_px: int) -> NDArray[np.float32]:
    """Read one image of a file at a size that fits a preview.

    Uncompressed images up to 64 million pixels are averaged over blocks; of larger ones one row in each block is
    read and averaged along the row. Columns and rows beyond the last whole block are left out.

    Parameters
    ----------
    source : RangeSource
        The stored bytes.
    contents : FileContents
        What the reader of headers found in them.
    unit_index : int
        ``index`` of the image among ``contents.units``.
    target_px : int
        Long edge at most, pixels. Smaller images come as they are.

    Returns
    -------
    ndarray of float32, shape (ny, nx) or (3, ny, nx)
        Physical values (BSCALE and BZERO applied), row 0 at the bottom, NaN where undefined or missing. A stack of
        three colours keeps them; of other cubes the middle plane is taken.

    Raises
    ------
    PreviewRefused
        It is no image with two axes, too large, or has no data at all.
    """
    unit = next(unit for unit in contents.units if unit.index == unit_index)
    if unit.kind not in ("image", "compressed_image") or len(unit.shape) < 2 or 0 in unit.shape:
        raise PreviewRefused("preview-no-pixels", "No preview: the unit holds no image with two axes.")
    if math.prod(unit.shape) > _MOST_PIXELS:
        raise PreviewRefused("preview-too-large", f"No preview: {math.prod(unit.shape)} pixels cannot be meant.")
    stream = open_stream(source, contents.container)
    direct = source if contents.container == "none" else None
    count = math.prod(unit.shape[:-2])
    if colour_planes(unit):
        return np.stack([_reduce(rows_of(direct, stream, unit, plane), target_px) for plane in range(3)])
    return _reduce(rows_of(direct, stream, unit, count // 2), target_px)


def rows_of(source: RangeSource | None, stream: FitsStream, unit: HeaderUnit, plane: int) -> PlaneRows:
    """Open one plane of an image; ``source`` is the file where nothing wraps its FITS stream."""
    if unit.kind == "compressed_image":
        return CompressedRows(source, stream, unit, plane)
    return PlainRows(stream, unit, plane)


def _reduce(rows: PlaneRows, target_px: int) -> NDArray[np.float32]:
    """Average a plane down to the target, strip by strip."""
    ny, nx = rows.shape
    factor = decimation(rows.shape, target_px)
    step, across = min(factor, ny), min(factor, nx)
    small = np.full((ny // step, nx // across), np.nan, dtype=np.float32)
    sparse = ny * nx > rows.sparse_above and rows.tile_rows <= step
    if not sparse and ny * nx > _MOST_READ_PIXELS:
        raise PreviewRefused("preview-too-large", f"No preview: all of the {nx} x {ny} pixels would have to be read.")
    blocks = 1 if sparse else max(1, _STRIP_PIXELS // (step * nx), -(-rows.tile_rows // step))
    for first in range(0, len(small), blocks):
        wanted = min(blocks, len(small) - first)
        strip = rows.read(first * step, 1) if sparse else rows.read(first * step, wanted * step)
        got = len(strip) if sparse else len(strip) // step
        if got:
            small[first : first + got] = block_means(
                strip[: got * (1 if sparse else step)], 1 if sparse else step, across
            )
        if got < wanted:
            if not first and not got:
                raise PreviewRefused("preview-no-pixels", "No preview: the pixels are missing.")
            break
    return small


def block_means(strip: NDArray[np.float32], step: int, across: int) -> NDArray[np.float32]:
    """Means over blocks of ``step`` rows and ``across`` columns, of the finite pixels in each."""
    finite = np.isfinite(strip)
    if finite.all():
        return _block_sums(strip, step, across) / np.float32(step * across)
    counts = _block_sums(finite.astype(np.float32), step, across)
    sums = _block_sums(np.where(finite, strip, np.float32(0.0)), step, across)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(counts > 0, sums / counts, np.float32(np.nan)), dtype=np.float32)


def _block_sums(strip: NDArray[np.float32], step: int, across: int) -> NDArray[np.float32]:
    height, width = len(strip) // step, strip.shape[1] // across
    tall = strip.reshape(height, step, strip.shape[1])
    summed = tall[:, 0, : width * across].copy()
    for row in range(1, step):
        summed += tall[:, row, : width * across]
    if across == 1:
        return summed
    total = summed[:, 0::across].copy()
    for column in range(1, across):
        total += summed[:, column::across]
    return total
