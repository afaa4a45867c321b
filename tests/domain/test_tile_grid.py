"""Tiles cover an image once, at every zoom."""

from __future__ import annotations

import pytest

from domain.tile_grid import TILE_PX, TileGrid


@pytest.mark.parametrize(
    ("width", "height", "zooms"),
    [(1, 1, 1), (256, 256, 1), (257, 10, 2), (512, 512, 2), (513, 1, 3), (32768, 32768, 8), (10, 70_000, 10)],
)
def test_the_coarsest_zoom_is_one_tile_and_the_finest_the_image(width: int, height: int, zooms: int) -> None:
    grid = TileGrid(width, height)
    assert grid.zooms == zooms
    assert max(grid.size(0)) <= TILE_PX
    assert grid.size(grid.zooms - 1) == (width, height)


def test_tiles_of_each_zoom_cover_the_picture_once() -> None:
    grid = TileGrid(1000, 700)
    for zoom in range(grid.zooms):
        width, height = grid.size(zoom)
        seen = 0
        for y in range(5):
            for x in range(5):
                if (window := grid.find_window(zoom, x, y)) is not None:
                    seen += len(window.columns) * len(window.rows)
        assert seen == width * height


@pytest.mark.parametrize("place", [(-1, 0, 0), (3, 0, 0), (0, 1, 0), (0, 0, 1), (2, 4, 0), (2, 0, 3), (2, -1, 0)])
def test_what_lies_outside_is_no_tile(place: tuple[int, int, int]) -> None:
    assert TileGrid(1000, 700).find_window(*place) is None
