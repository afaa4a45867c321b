"""The sizes in which a frame is drawn: one place for who draws them, keeps them and gives them out."""

from __future__ import annotations

from typing import Literal, get_args

__all__ = ["PREVIEW_SIZES_PX", "PreviewSize"]

PreviewSize = Literal["128", "512", "2048"]
PREVIEW_SIZES_PX: tuple[int, ...] = tuple(int(size) for size in get_args(PreviewSize))
"Long edges at most, pixels: list, card, full view."
