"""What is tried of a header mapping in a process beside: named lightly, so that the server imports no arithmetic."""

from __future__ import annotations

from datetime import datetime

from domain.facts import ExposureFacts, FrameType, HeaderMapping
from domain.site import SitePlace

__all__ = ["read_with"]


def read_with(
    packed: bytes, mapping: HeaderMapping, place: SitePlace, now: datetime, told_type: FrameType | None
) -> ExposureFacts:
    """Derive facts from stored header units as ingest would with this mapping.

    Parameters
    ----------
    packed : bytes
        As `domain.header_json.encode_units` wrote them, compressed by zlib.
    now : datetime
        After which nothing was exposed.
    told_type : FrameType or None
        What whoever sent it says it is, where the header does not tell.
    """
    from domain.fact_rules import PLAUSIBLE, derive_facts
    from domain.header_json import unpack_units

    units, plausible = unpack_units(packed), (PLAUSIBLE[0], now)
    return derive_facts(units, mapping=mapping, site=place, plausible=plausible, told_type=told_type)
