"""Which telescope and instrument a frame is of: what its sender said, else what its header says."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from domain.facts import HeaderMapping
from domain.header import HeaderUnit
from domain.site import SitePlace

__all__ = ["Equipment", "InstrumentEntry", "TelescopeEntry", "choose_equipment"]


class TelescopeEntry(msgspec.Struct, frozen=True):
    """A telescope as ingest needs it."""

    id: UUID
    names: list[str]
    place: SitePlace


class InstrumentEntry(msgspec.Struct, frozen=True):
    """An instrument as ingest needs it."""

    id: UUID
    telescope_id: UUID
    names: list[str]
    mapping: HeaderMapping


class Equipment(msgspec.Struct, frozen=True):
    """All telescopes and instruments of an organisation."""

    telescopes: list[TelescopeEntry]
    instruments: list[InstrumentEntry]


def _first(units: Sequence[HeaderUnit], *keywords: str) -> str:
    for unit in units:
        for keyword in keywords:
            value = unit.find(keyword)
            if isinstance(value, str):
                return value.strip().casefold()
    return ""


def choose_equipment(
    units: Sequence[HeaderUnit],
    equipment: Equipment,
    *,
    telescope_id: UUID | None = None,
    instrument_id: UUID | None = None,
) -> tuple[TelescopeEntry | None, InstrumentEntry | None]:
    """Choose the telescope and instrument of a frame.

    What the sender named holds. Else an instrument whose name or slug is the header's INSTRUME, at the telescope that
    was named, or is the header's TELESCOP, or is the only one with such an instrument. A telescope with a single
    instrument means that one.
    """
    instruments = [i for i in equipment.instruments if telescope_id in (None, i.telescope_id)]
    instrument = next((i for i in equipment.instruments if i.id == instrument_id), None)
    if telescope_id is None and instrument is None:
        named = _first(units, "TELESCOP")
        telescope_id = next((t.id for t in equipment.telescopes if named and named in t.names), None)
        instruments = [i for i in instruments if telescope_id in (None, i.telescope_id)]
    if instrument is None:
        named = _first(units, "INSTRUME", "CAMERA")
        matching = [i for i in instruments if named and named in i.names]
        if len(matching) == 1:
            instrument = matching[0]
        elif telescope_id is not None and len(instruments) == 1:
            instrument = instruments[0]
    if instrument is not None:
        telescope_id = instrument.telescope_id
    return next((t for t in equipment.telescopes if t.id == telescope_id), None), instrument
