"""Calibration frames that fit a frame, nearest first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calibration import EXPOSURE_TOLERANCE, GAIN_TOLERANCE, NEAR_C
from domain.facts import FrameType
from storage.frame_search import read_frames

__all__ = ["find_fitting"]

# What is unknown on either side speaks against no frame; but an exposure, a filter and an instrument that nobody tells
# are no match.
SAME_DETECTOR = f"""
    r.width_px = l.width_px AND r.height_px = l.height_px
    AND coalesce(r.binning_x = l.binning_x, true) AND coalesce(r.binning_y = l.binning_y, true)
    AND (cast(:kind AS text) = 'flat' OR coalesce(abs(r.gain - l.gain) <= {GAIN_TOLERANCE} * abs(l.gain), true))
"""
ORDER = f"""
    cast(:kind AS text) = 'dark'
        AND coalesce(abs(r.detector_temperature_c - l.detector_temperature_c) > {NEAR_C}, false),
    abs(extract(epoch FROM r.start_at - l.start_at)) NULLS LAST, r.start_at, r.id
"""
FITTING = f"""
    SELECT r.*, row_number() OVER (ORDER BY {ORDER}) AS place,
        extract(epoch FROM r.start_at - l.start_at)::float8 / 3600 AS hours_apart,
        r.detector_temperature_c - l.detector_temperature_c AS warmer_c
    FROM frames l JOIN frames r ON r.organisation_id = l.organisation_id
        AND r.night BETWEEN l.night - cast(:days AS int) AND l.night + cast(:days AS int)
        AND r.telescope_id = l.telescope_id AND r.instrument_id = l.instrument_id
    WHERE l.id = :id AND NOT r.hidden AND r.frame_type = cast(:kind AS text) AND r.quality <> 'bad' AND r.id <> l.id
        AND {SAME_DETECTOR}
        AND (cast(:kind AS text) <> 'dark' OR abs(r.exposure_s - l.exposure_s) <= {EXPOSURE_TOLERANCE} * l.exposure_s)
        AND (cast(:kind AS text) <> 'flat' OR lower(r.filter) = lower(l.filter))
    ORDER BY place LIMIT :limit
"""


async def find_fitting(
    connection: AsyncConnection, frame_id: UUID, kind: FrameType, *, days: int, limit: int
) -> list[dict[str, Any]]:
    """Find frames of a kind that fit a frame; beside their facts ``hours_apart`` (later is positive) and ``warmer_c``.

    Parameters
    ----------
    days : int
        How many nights before and behind the frame's own are looked through.
    """
    values = {"id": frame_id, "kind": kind, "days": days, "limit": limit}
    return await read_frames(connection, FITTING, values, more=("hours_apart", "warmer_c"))
