"""A tile as a PNG file: one byte a pixel and a palette, and nothing where the image has no value."""

from __future__ import annotations

import functools
import io
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from domain.tile_grid import TILE_PX

__all__ = ["COLOUR_MAPS", "ColourMap", "encode_tile"]

ColourMap = Literal["grey", "viridis", "magma", "inferno", "plasma", "cividis", "cubehelix", "hot", "turbo"]
COLOUR_MAPS: tuple[ColourMap, ...] = get_args(ColourMap)


def encode_tile(steps: NDArray[np.uint8], colours: ColourMap, *, inverted: bool) -> bytes:
    """Write a tile.

    Parameters
    ----------
    steps : ndarray of uint8, shape (ny, nx)
        Steps of the palette, 0 for what is transparent; at most a tile's size, which it is filled up to.
    """
    whole = np.zeros((TILE_PX, TILE_PX), np.uint8)
    whole[: steps.shape[0], : steps.shape[1]] = steps
    image = Image.fromarray(whole)
    image.putpalette(_palette(colours, inverted=inverted))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1, transparency=0)
    return buffer.getvalue()


@functools.lru_cache(maxsize=2 * len(COLOUR_MAPS))
def _palette(colours: ColourMap, *, inverted: bool) -> bytes:
    if colours == "grey":
        shades = np.repeat(np.linspace(0, 255, 255).round().astype(np.uint8)[:, None], 3, axis=1)
    else:
        from matplotlib import colormaps

        shades = colormaps[colours](np.linspace(0.0, 1.0, 255), bytes=True)[:, :3]
    return b"\0\0\0" + np.ascontiguousarray(shades[::-1] if inverted else shades).tobytes()
