"""Calibration frames for a frame, looked for when they are asked for: those that came later are found as well."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from domain.calibration import calibrations_of, facts_compared
from domain.facts import FrameType
from service.actions.frames import Frame
from service.house import Actor, House
from storage import frame_search
from storage.calibration_store import find_fitting

__all__ = ["Calibration", "Calibrations", "KindOfCalibration", "find_calibrations"]

NEEDED = ("night", "telescope", "instrument")
NEEDED_FOR = {"dark": ("exposure_s",), "flat": ("filter",)}


class Calibration(msgspec.Struct, kw_only=True):
    """A frame that fits. ``hours_apart`` is positive where it was taken later, ``warmer_c`` where its detector was
    warmer; ``not_compared`` are facts that one of the two does not tell."""

    frame: Frame
    hours_apart: float | None
    warmer_c: float | None
    not_compared: list[str]


class KindOfCalibration(msgspec.Struct, kw_only=True):
    """Those of one kind, nearest first; ``missing`` are the frame's own facts without which none can be found."""

    frame_type: FrameType
    items: list[Calibration]
    missing: list[str]


class Calibrations(msgspec.Struct):
    """What a frame is calibrated with, in the order in which it is applied; nothing for what takes none."""

    kinds: list[KindOfCalibration]


async def find_calibrations(
    house: House, actor: Actor, organisation: str, frame_id: UUID, *, days: int, limit: int
) -> Calibrations:
    """Find biases, darks and flats of the same instrument that fit a frame; raises NotFound when there is none."""
    async with house.tenant(actor, organisation) as tenant:
        frame = await frame_search.get_facts(tenant.connection, frame_id)
        kinds = []
        for kind in calibrations_of(frame["frame_type"]):
            missing = [name for name in (*NEEDED, *NEEDED_FOR.get(kind, ())) if frame[name] is None]
            rows = [] if missing else await find_fitting(tenant.connection, frame_id, kind, days=days, limit=limit)
            items = [_calibration(frame, row, kind) for row in rows]
            kinds.append(KindOfCalibration(frame_type=kind, items=items, missing=missing))
    return Calibrations(kinds)


def _calibration(frame: dict[str, Any], row: dict[str, Any], kind: FrameType) -> Calibration:
    return Calibration(
        hours_apart=row.pop("hours_apart"),
        warmer_c=row.pop("warmer_c"),
        not_compared=[name for name in facts_compared(kind) if frame[name] is None or row[name] is None],
        frame=msgspec.convert(row, Frame),
    )
