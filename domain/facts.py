"""The normalised facts of one exposure, each with the keyword that gave it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from domain.header import Problem

__all__ = ["ExposureFacts", "FactName", "FrameType", "HeaderMapping"]

FrameType = Literal["bias", "dark", "flat", "light", "arc", "focus", "sky", "other"]

FactName = Literal[
    "frame_type", "start_at", "exposure_s", "filter", "object", "airmass", "gain", "binning_x", "binning_y",
    "detector_temperature_c", "telescope_name", "instrument_name", "observer", "ra_deg", "dec_deg",
]  # fmt: skip


class HeaderMapping(msgspec.Struct, frozen=True, kw_only=True):
    """How one instrument's headers are to be read, edited by its owner.

    ``keywords`` names for each fact the keywords to try, in order (``{"filter": ["FILTNAM", "FILT2"]}``).
    ``values`` renames values after reading (``{"filter": {"Red": "R"}, "frame_type": {"Light Frame": "light"}}``).
    ``time_offset_s`` is added to the start time (a PC clock that is known to be wrong).
    ``use_translator`` False leaves astro_metadata_translator out.
    """

    keywords: dict[FactName, list[str]] = msgspec.field(default_factory=dict)
    values: dict[FactName, dict[str, str]] = msgspec.field(default_factory=dict)
    time_offset_s: float = 0.0
    use_translator: bool = True


class ExposureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of one exposure: aware UTC datetimes, ICRS degrees, seconds, degrees Celsius.

    ``sources`` tells for each fact which keyword gave it: ``EXPTIME@0`` (keyword at HDU), ``mapping:FILT2@0``,
    ``translator:DECam``, ``wcs@1``; or ``upload``: whoever sent it said so.
    """

    frame_type: FrameType | None = None
    start_at: datetime | None = None
    mid_at: datetime | None = None
    exposure_s: float | None = None
    filter: str | None = None
    object: str | None = None
    airmass: float | None = None
    gain: float | None = None
    binning_x: int | None = None
    binning_y: int | None = None
    detector_temperature_c: float | None = None
    telescope_name: str | None = None
    instrument_name: str | None = None
    observer: str | None = None
    ra_deg: float | None = None
    dec_deg: float | None = None
    sources: dict[str, str] = msgspec.field(default_factory=dict)
    problems: list[Problem] = msgspec.field(default_factory=list)
