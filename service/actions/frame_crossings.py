"""The satellites that crossed a frame, with their way over its pixels."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import msgspec

from domain.celestial_wcs import read_celestial_wcs
from domain.header_json import unpack_units
from domain.pixel_path import pixels_of
from domain.satellite_results import Crossing
from domain.wcs_keywords import BadWcs
from service.house import Tenant
from storage import crossing_store, frame_search

__all__ = ["FrameCrossing", "PixelPath", "frame_crossings"]

MOST_UNITS = 100  # of a mosaic, whose pixels are looked at


class PixelPath(msgspec.Struct, frozen=True, kw_only=True):
    """A way over one image: 0-based x and y of its points, at the times of the path where all of them are shown.

    ``unit_index`` is the HDU.
    """

    unit_index: int
    points_px: list[tuple[float, float]]


class FrameCrossing(Crossing, frozen=True, kw_only=True):
    """A satellite's way over a frame, as it was judged; see ``Crossing``. The path has pixels where there is a WCS."""

    pixel_paths: list[PixelPath]


async def frame_crossings(tenant: Tenant, frame_id: UUID) -> list[FrameCrossing]:
    """Read what crossed a frame, by entry, and find the pixels of each way."""
    stored = await crossing_store.read_frame_crossings(tenant.connection, frame_id)
    packed = await frame_search.packed_units(tenant.connection, frame_id) if stored else None
    return await asyncio.to_thread(_with_pixels, stored, packed)


def _with_pixels(stored: list[dict[str, Any]], packed: bytes | None) -> list[FrameCrossing]:
    images = []
    for unit in unpack_units(packed)[:MOST_UNITS] if packed else []:
        try:
            wcs = read_celestial_wcs(unit)
        except (BadWcs, ValueError, ArithmeticError, TypeError):
            continue  # the frame's problems tell of it
        if wcs is not None:
            images.append((unit.index, wcs))
    found = []
    for crossing in stored:
        path_deg = [(float(ra), float(dec)) for ra, dec in crossing["path_deg"]]
        paths = []
        for unit_index, wcs in images:
            points = pixels_of(wcs, path_deg)
            if any(-0.5 <= x <= wcs.width - 0.5 and -0.5 <= y <= wcs.height - 0.5 for x, y in points):
                paths.append(PixelPath(unit_index=unit_index, points_px=points))
        found.append(msgspec.convert(crossing | {"pixel_paths": msgspec.to_builtins(paths)}, FrameCrossing))
    return found
