"""The list of nights: what each telescope took, and how its log stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from domain.errors import InvalidInput
from domain.night import Night, bounds
from domain.night_summary import TypeTally, type_rank
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from storage import equipment_store, night_store
from storage.night_store import FrameCount, NightKey, NightRow

__all__ = ["NightCount", "ObservedNight", "list_nights"]


class NightCount(msgspec.Struct, kw_only=True):
    """Frames of one type through one filter; null where no header told it."""

    frame_type: str | None
    filter: str | None
    frames: int
    exposure_s: float


class ObservedNight(msgspec.Struct, kw_only=True):
    """One telescope's night: local noon to noon at the site, ``start_at`` to ``end_at``, named by its evening."""

    night: date
    telescope: str
    site: str
    time_zone: str
    start_at: datetime
    end_at: datetime
    frames: int
    exposure_s: float
    by_type: list[TypeTally]
    counts: list[NightCount]
    first_exposure_at: datetime | None
    last_exposure_at: datetime | None
    log: Literal["none", "open", "signed"]
    time_lost_s: int


async def list_nights(
    house: House,
    actor: Actor,
    organisation: str,
    *,
    telescope: str | None,
    first: date | None,
    last: date | None,
    cursor: str | None,
    limit: int,
) -> Page[ObservedNight]:
    """List the nights that have frames or a log, the latest first.

    Raises
    ------
    NotFound
        There is no such telescope.
    InvalidInput
        ``first`` is after ``last``.
    """
    if first is not None and last is not None and first > last:
        raise InvalidInput("No night is after `first` and before `last`: exchange them.", field="first")
    position = decode_cursor(cursor, date, UUID)
    async with house.tenant(actor, organisation) as tenant:
        chosen = await equipment_store.get(tenant.connection, "telescopes", telescope) if telescope else None
        rows = await night_store.list_nights(
            tenant.connection,
            telescope_id=chosen["id"] if chosen else None,
            first=first,
            last=last,
            after=NightKey(*position) if position else None,
            limit=limit + 1,
        )
        keys = [NightKey(row.night, row.telescope_id) for row in rows[:limit]]
        counts: dict[NightKey, list[FrameCount]] = {key: [] for key in keys}
        for count in await night_store.count_frames(tenant.connection, keys):
            counts[NightKey(count.night, count.telescope_id)].append(count)
    nights = [_observed(row, counts[key]) for row, key in zip(rows, keys, strict=False)]
    return Page(nights, encode_cursor(keys[-1].night, keys[-1].telescope_id) if len(rows) > limit else None)


def _observed(row: NightRow, counts: Sequence[FrameCount]) -> ObservedNight:
    start, end = bounds(Night(row.night), row.time_zone)
    counts = sorted(counts, key=lambda c: (type_rank(c.frame_type), c.filter is None, c.filter or ""))
    of_type: dict[str | None, list[FrameCount]] = {}
    for count in counts:
        of_type.setdefault(count.frame_type, []).append(count)
    return ObservedNight(
        night=row.night,
        telescope=row.telescope,
        site=row.site,
        time_zone=row.time_zone,
        start_at=start,
        end_at=end,
        frames=sum(c.frames for c in counts),
        exposure_s=math.fsum(c.exposure_s for c in counts),
        by_type=[
            TypeTally(
                frame_type=kind, frames=sum(c.frames for c in some), exposure_s=math.fsum(c.exposure_s for c in some)
            )
            for kind, some in of_type.items()
        ],
        counts=[
            NightCount(frame_type=c.frame_type, filter=c.filter, frames=c.frames, exposure_s=c.exposure_s)
            for c in counts
        ],
        first_exposure_at=min((c.first_at for c in counts if c.first_at), default=None),
        last_exposure_at=max((c.last_at for c in counts if c.last_at), default=None),
        log=row.log_state or "none",
        time_lost_s=row.time_lost_s,
    )
