"""What is tried of a header mapping in a process beside: named lightly, so that the server imports no arithmetic."""

from __future__ import annotations

from datetime import datetime

from domain.facts import ExposureFacts, HeaderMapping
from domain.site import SitePlace

__all__ = ["read_with"]


def read_with(packed: bytes, mapping: HeaderMapping, place: SitePlace, now: datetime) -> ExposureFacts:
    """Derive facts from stored header units as ingest would with this mapping.

    Parameters
    ----------
    packed : bytes
        As `domain.header_json.encode_units` wrote them, compressed by zlib.
    now : datetime
        After which nothing was exposed.
    """
    from domain.fact_rules import PLAUSIBLE, derive_facts
    from domain.header_json import unpack_units

    return derive_facts(unpack_units(packed), mapping=mapping, site=place, plausible=(PLAUSIBLE[0], now))
