"""Bills straight from a ledger: what it measures between the moments at which a month or a plan begins or ends."""

from __future__ import annotations

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
    egress_bytes: Sequence[int],
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
    egress_bytes : sequence of int
        For each month.
    """
    parts = [(month, begin_us, end_us) for month in months for begin_us, end_us in parts_of(month, plans)]
    bounds = sorted({bound for _, begin_us, end_us in parts for bound in (begin_us, end_us)})
    used = dict(zip(pairwise(bounds), measure(entries, bounds), strict=True))
    stretches: dict[Month, list[Stretch]] = {month: [] for month in months}
    for month, begin_us, end_us in parts:
        plan = plan_at(plans, begin_us)
        assert plan is not None
        stretches[month].append(
            Stretch(plan=plan, begin=_moment(begin_us), end=_moment(end_us), byte_us=used[begin_us, end_us])
        )
    return [
        bill_month(month, stretches[month], egress_bytes=egress)
        for month, egress in zip(months, egress_bytes, strict=True)
    ]


def _moment(at_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=at_us)
