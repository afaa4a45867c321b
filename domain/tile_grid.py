"""How an image is cut into square tiles at several scales, the whole of it in one tile at the coarsest."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

__all__ = ["TILE_PX", "TileGrid", "TileWindow"]

TILE_PX = 256


class TileWindow(NamedTuple):
    """The blocks of image pixels of which a tile's pixels are made.

    ``columns`` and ``rows`` are those of the picture at the tile's zoom, rows counted from its top.
    """

    factor: int
    columns: range
    rows: range


class TileGrid(msgspec.Struct, frozen=True):
    """The tiles of an image of ``width`` x ``height`` pixels.

    At zoom ``zooms - 1`` a tile's pixel is an image's; at each zoom below it is twice as wide and high, and at zoom 0
    one tile holds everything. Tiles are counted from the picture's upper left, and FITS rows grow upwards: the last row
    of the image is the first of the picture.
    """

    width: int
    height: int

    @property
    def zooms(self) -> int:
        """How many zooms there are."""
        longest = max(self.width, self.height, 1)
        return (-(-longest // TILE_PX) - 1).bit_length() + 1

    def factor(self, zoom: int) -> int:
        """How many image pixels become one along each side."""
        return 1 << (self.zooms - 1 - zoom)

    def size(self, zoom: int) -> tuple[int, int]:
        """Width and height of the picture at a zoom, pixels."""
        factor = self.factor(zoom)
        return -(-self.width // factor), -(-self.height // factor)

    def find_window(self, zoom: int, x: int, y: int) -> TileWindow | None:
        """Find what a tile shows; None where there is no such tile."""
        if not 0 <= zoom < self.zooms:
            return None
        width, height = self.size(zoom)
        left, top = x * TILE_PX, y * TILE_PX
        if not (0 <= left < width and 0 <= top < height):
            return None
        columns, rows = range(left, min(left + TILE_PX, width)), range(top, min(top + TILE_PX, height))
        return TileWindow(self.factor(zoom), columns, rows)
