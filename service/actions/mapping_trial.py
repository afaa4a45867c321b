"""A header mapping tried on a stored frame: what its facts would be, beside what they are; nothing is changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

import msgspec

from domain.errors import InvalidInput, NotFound
from domain.facts import ExposureFacts, FactName, HeaderMapping
from domain.header import Problem
from domain.night import night_of
from domain.site import SitePlace
from service.house import Actor, House
from service.mapping_tasks import read_with
from storage import equipment_store, frame_search

__all__ = ["FactTried", "MappingTrial", "NewMappingTrial", "try_mapping"]

MOST_WORDS = 500  # keywords and renamed values together; each is looked for in every header unit
FACTS: tuple[str, ...] = get_args(FactName)


class NewMappingTrial(msgspec.Struct, kw_only=True):
    """A mapping that is proposed, and the frame on which it is tried."""

    frame: UUID
    header_mapping: HeaderMapping


class FactTried(msgspec.Struct, kw_only=True):
    """A fact as the mapping would give it, beside the frame's present one; null: there is none.

    Sources tell which keyword gave it: ``EXPTIME@0`` (keyword at HDU), ``mapping:FILT2@0``, ``translator:DECam``;
    or ``upload``: whoever sent the file said so.
    """

    fact: str
    value: str | float | None
    source: str | None
    present: str | float | None
    present_source: str | None
    changes: bool


class MappingTrial(msgspec.Struct, kw_only=True):
    """What a mapping would make of a frame; ``problems`` are those it would have."""

    frame: UUID
    path: str
    facts: list[FactTried]
    problems: list[Problem]


async def try_mapping(
    house: House, actor: Actor, organisation: str, instrument: str, trial: NewMappingTrial
) -> MappingTrial:
    """Read a frame's stored header as a mapping would have it, at the place of the instrument's telescope.

    Raises
    ------
    NotFound
        No such instrument, or no such frame.
    InvalidInput
        The mapping names too much.
    """
    mapping = trial.header_mapping
    words = sum(len(each) for each in (*mapping.keywords.values(), *mapping.values.values()))
    if words > MOST_WORDS:
        raise InvalidInput(f"The mapping has {words} keywords and values; a trial takes {MOST_WORDS}.")
    async with house.tenant(actor, organisation) as tenant:
        row = await equipment_store.get(tenant.connection, "instruments", instrument)
        telescope = await equipment_store.get(tenant.connection, "telescopes", row["telescope"])
        site = await equipment_store.get(tenant.connection, "sites", telescope["site"])
        present = await frame_search.get(tenant.connection, trial.frame)
        packed = await frame_search.packed_units(tenant.connection, trial.frame)
        told_type = await frame_search.told_type(tenant.connection, trial.frame)
    if packed is None:
        raise NotFound("There is no such frame in this organisation.")
    place = SitePlace(**{name: site[name] for name in SitePlace.__struct_fields__})
    facts = await house.images.run(read_with, packed, mapping, place, datetime.now(UTC), told_type)
    tried = [_beside(name, facts, present) for name in (*FACTS[:2], "mid_at", *FACTS[2:])]
    night = str(night_of(facts.start_at, place.time_zone)) if facts.start_at else None
    tried.insert(1, _fact("night", night, None, _plain(present["night"]), None))
    return MappingTrial(frame=trial.frame, path=present["path"], facts=tried, problems=facts.problems)


def _beside(name: str, facts: ExposureFacts, present: dict[str, Any]) -> FactTried:
    value, before = _plain(getattr(facts, name)), _plain(present[name])
    return _fact(name, value, facts.sources.get(name), before, (present["sources"] or {}).get(name))


def _fact(name: str, value: Any, source: str | None, present: Any, present_source: str | None) -> FactTried:
    return FactTried(
        fact=name,
        value=value,
        source=source,
        present=present,
        present_source=present_source,
        changes=value != present,
    )


def _plain(value: Any) -> str | float | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value if value is None or isinstance(value, int | float) else str(value)
