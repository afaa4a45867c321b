"""Bills straight from a ledger: what it measures between the moments at which a month or a plan begins or ends."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from billing.bill import Bill, Stretch, bill_month
from billing.plans import Plan
from domain.calendar_month import EPOCH, Month, microseconds
from domain.metering import LedgerEntry, measure

__all__ = ["bill_ledger", "parts_of", "plan_at"]


def plan_at(plans: Sequence[tuple[int, Plan]], at_us: int) -> Plan | None:
    """Find the plan that holds at a moment; ``plans`` tells from when, microseconds of 1970, each of them does."""
    return next((plan for since_us, plan in reversed(plans) if since_us <= at_us), None)


def parts_of(month: Month, plans: Sequence[tuple[int, Plan]], until_us: int | None = None) -> list[tuple[int, int]]:
    """Cut a month where a plan ends or begins; what lies before the first plan, or after `until_us`, is left out."""
    begin_us, end_us = microseconds(month.begin), microseconds(month.end)
    if until_us is not None:
        end_us = min(end_us, until_us)
    bounds = sorted({begin_us, end_us, *(since_us for since_us, _ in plans if begin_us < since_us < end_us)})
    return [
        (since, until) for since, until in pairwise(bounds) if plan_at(plans, since) is not None and until <= end_us
    ]


def bill_ledger(
    entries: Iterable[LedgerEntry],
    plans: Sequence[tuple[int, Plan]],
    months: Sequence[Month],
    downloads: Sequence[tuple[int, int]],
) -> list[Bill]:
    """Bill months from the ledger itself, in one run through it.

    Parameters
    ----------
    entries : iterable of LedgerEntry
        All of an organisation's, in the ledger's order.
    plans : sequence of (int, Plan)
        From when which plan holds, microseconds of 1970, in order.
    months : sequence of Month
        One after the other.
    downloads : sequence of (int, int)
        When, in microseconds of 1970, how many bytes were downloaded; in order.
    """
    parts = [(month, begin_us, end_us) for month in months for begin_us, end_us in parts_of(month, plans)]
    bounds = sorted({bound for _, begin_us, end_us in parts for bound in (begin_us, end_us)})
    used = dict(zip(pairwise(bounds), measure(entries, bounds), strict=True))
    stretches: dict[Month, list[Stretch]] = {month: [] for month in months}
    for month, begin_us, end_us in parts:
        plan = plan_at(plans, begin_us)
        assert plan is not None
        first, last = (bisect_left(downloads, (bound, 0)) for bound in (begin_us, end_us))
        stretches[month].append(
            Stretch(
                plan=plan,
                begin=_moment(begin_us),
                end=_moment(end_us),
                byte_us=used[begin_us, end_us],
                egress_bytes=sum(size_bytes for _, size_bytes in downloads[first:last]),
            )
        )
    return [bill_month(month, stretches[month]) for month in months]


def _moment(at_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=at_us)
