"""Usage of an organisation: what is stored and downloaded, by day, member, dataset, telescope, team or tier."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Literal
from uuid import UUID

import msgspec

from domain.calendar_month import Month, months_between
from domain.errors import InvalidInput
from domain.metering import TIERS, decimal_text, gib_months
from service.house import Actor, House, Tenant
from service.paging import decode_cursor, encode_cursor
from storage import usage_store

__all__ = ["By", "Usage", "UsageItem", "get_usage"]

By = Literal["day", "member", "dataset", "telescope", "team", "tier"]

MOST_DAYS = 400
NOBODY = UUID(int=0)


class UsageItem(msgspec.Struct, kw_only=True):
    """What one part has. Exact numbers that may be beyond 64 bits are texts.

    ``key``: the day, e-mail address, slug or tier; null for what belongs to none, or to what is no more (then ``id`` is
    still there). ``stored_bytes``: at the end. ``byte_us``: bytes times microseconds. ``gib_months``: a GiB-month is
    2**30 bytes through a calendar month. ``egress_bytes``: asked for; null where that is not told apart.
    """

    key: str | None = None
    id: UUID | None = None
    stored_bytes: int
    byte_us: str
    gib_months: str
    egress_bytes: int | None = None


class Usage(msgspec.Struct, kw_only=True):
    """A page of parts in order of their keys, and the total of all pages. Both are of ``[begin, end)``."""

    begin: datetime
    end: datetime
    by: By
    total: UsageItem
    items: list[UsageItem]
    next_cursor: str | None


class Span(msgspec.Struct, frozen=True):
    """Stretches of time that lie within one month each; the last ends now at the latest."""

    bounds: list[datetime]

    @property
    def last_day(self) -> date:
        """The last day that is in it, UTC; `bounds` end where the next one begins."""
        return (self.bounds[-1] - timedelta(microseconds=1)).date()

    @property
    def months(self) -> list[Month]:
        return [Month.of(begin) for begin in self.bounds[:-1]]

    def gib_months(self, byte_us: list[int]) -> str:
        """Add up GiB-months of the stretches."""
        parts = (gib_months(each, month) for each, month in zip(byte_us, self.months, strict=True))
        return decimal_text(sum(parts, Fraction(0)))


def span_of(first: date | None, last: date | None, now: datetime, *, daily: bool) -> Span:
    """Lay out the days from the first to the last, by month or by day.

    Raises
    ------
    InvalidInput
        They are in the wrong order, too many, or have not begun.
    """
    first = first or now.date().replace(day=1)
    last = last or max(now.date(), first)
    if last < first or (last - first).days >= MOST_DAYS:
        raise InvalidInput(f"Name a first day and a last one, at most {MOST_DAYS} days together.")
    begin = _midnight(first)
    if begin > now:
        raise InvalidInput("Nothing is measured of days that have not begun: `estimate_costs` looks ahead.")
    end = now if last >= now.date() else _midnight(last) + timedelta(days=1)
    if daily:
        later = (begin + timedelta(days=n) for n in range(1, (end - begin).days + 1))
        return Span([begin, *(day for day in later if day < end), end])
    months = months_between(begin, end)
    return Span([begin, *(month.begin for month in months[1:]), end])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


async def get_usage(
    house: House,
    actor: Actor,
    organisation: str,
    *,
    first: date | None,
    last: date | None,
    by: By,
    cursor: str | None,
    limit: int,
    now: datetime | None = None,
) -> Usage:
    """Measure what an organisation stored and what was downloaded from it.

    Parameters
    ----------
    first, last : date or None
        UTC, both included; this month up to now where none is named.

    Raises
    ------
    InvalidInput
        The days are in the wrong order, too many, or have not begun.
    """
    position = decode_cursor(cursor, bool, str)
    span = span_of(first, last, now or datetime.now(UTC), daily=by == "day")
    async with house.tenant(actor, organisation) as tenant:
        measured = await usage_store.measure(tenant.connection, tenant.organisation_id, span.bounds)
        egress = await usage_store.egress_by_day(
            tenant.connection, tenant.organisation_id, span.bounds[0].date(), span.last_day
        )
        items = await _items(tenant, span, by, measured, egress)
    total = _item(
        span,
        [sum(used.values()) for used, _ in measured],
        sum(measured[-1][1].values()),
        egress_bytes=sum(egress.values()),
    )
    items.sort(key=_place)
    if position is not None:
        items = [item for item in items if _place(item) > position]
    page = items[:limit]
    return Usage(
        begin=span.bounds[0],
        end=span.bounds[-1],
        by=by,
        total=total,
        items=page,
        next_cursor=encode_cursor(*_place(page[-1])) if len(items) > limit else None,
    )


def _place(item: UsageItem) -> tuple[bool, str]:
    return item.key is None, item.key or str(item.id or "")


def _item(
    span: Span,
    byte_us: list[int],
    stored_bytes: int,
    *,
    key: str | None = None,
    id: UUID | None = None,
    egress_bytes: int | None = None,
) -> UsageItem:
    return UsageItem(
        key=key,
        id=id,
        stored_bytes=stored_bytes,
        byte_us=str(sum(byte_us)),
        gib_months=span.gib_months(byte_us),
        egress_bytes=egress_bytes,
    )


async def _items(
    tenant: Tenant,
    span: Span,
    by: By,
    measured: list[tuple[dict[str, int], dict[str, int]]],
    egress: dict[date, int],
) -> list[UsageItem]:
    if by == "day":
        days = []
        for begin, end, (used, stored) in zip(span.bounds, span.bounds[1:], measured, strict=False):
            day, byte_us = begin.date(), sum(used.values())
            days.append(
                _item(
                    Span([begin, end]),
                    [byte_us],
                    sum(stored.values()),
                    key=day.isoformat(),
                    egress_bytes=egress.get(day, 0),
                )
            )
        return days
    if by == "tier":
        return [_item(span, [used[tier] for used, _ in measured], measured[-1][1][tier], key=tier) for tier in TIERS]
    counted = await usage_store.measure_by(tenant.connection, tenant.organisation_id, by, span.bounds)
    taken: dict[UUID, tuple[str | None, int]] = {}
    if by == "member":
        taken = await usage_store.egress_by_member(
            tenant.connection, tenant.organisation_id, span.bounds[0].date(), span.last_day
        )
    items = [
        _item(
            span,
            [sum(used.values()) for used in part.byte_us],
            sum(part.stored_bytes.values()),
            key=part.name,
            id=part.key,
            egress_bytes=taken.pop(part.key or NOBODY, (None, 0))[1] if by == "member" else None,
        )
        for part in counted
        if any(part.stored_bytes.values()) or any(any(used.values()) for used in part.byte_us)
    ]
    items += [
        _item(span, [0] * len(span.months), 0, key=email, id=None if account == NOBODY else account, egress_bytes=size)
        for account, (email, size) in taken.items()
    ]
    return items
