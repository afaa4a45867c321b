"""What it would cost: a month like the last, the present one, what lies there, a dataset, more bytes."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from billing.bill import Stretch, bill_month
from billing.plans import Plan
from domain.calendar_month import Month
from domain.errors import InvalidInput
from domain.metering import GIB, TIERS, Tier
from domain.money import Money
from service.actions.bills import Price, bill_of, price_of
from service.house import Actor, House
from service.plans import plan_of
from storage import dataset_store, usage_store

__all__ = ["Estimate", "estimate_costs"]


class Estimate(msgspec.Struct, kw_only=True):
    """What it costs by the present plan; storage of whole months, unless said otherwise.

    ``last_month``: what it came to, with egress: a month like it costs as much. ``this_month``: with egress so far, if
    nothing comes or goes until its end. ``each_month``: what lies there now. ``asked_bytes`` and ``asked_price``: of
    the dataset or the bytes asked about, what they add to a month, after the allowance; what shares contents with other
    datasets counts in full. ``present_price``: of the dataset where it lies now, if a tier was named: the difference is
    what moving all of it saves or costs a month; the move itself costs nothing. ``left_bytes``: below the plan's hard
    limit; null without one.
    """

    plan: str
    version: int
    month: str
    stored_bytes: int
    left_bytes: int | None
    last_month: list[Price]
    this_month: list[Price]
    each_month: Price
    asked_bytes: int | None = None
    asked_price: Price | None = None
    present_price: Price | None = None


async def estimate_costs(
    house: House,
    actor: Actor,
    organisation: str,
    *,
    dataset: str | None,
    add_bytes: int | None,
    tier: Tier | None,
    now: datetime | None = None,
) -> Estimate:
    """Estimate costs.

    Parameters
    ----------
    dataset : str or None
        What this one costs, in its present tiers or in `tier`.
    add_bytes : int or None
        What so many more would cost, in `tier` or else in the hot one.

    Raises
    ------
    InvalidInput
        Both a dataset and bytes are named.
    NotFound
        No such dataset.
    """
    if dataset is not None and add_bytes is not None:
        raise InvalidInput("Ask about a dataset or about more bytes, one at a time.")
    now = now or datetime.now(UTC)
    month = Month.of(now)
    async with house.tenant(actor, organisation) as tenant:
        connection, organisation_id = tenant.connection, tenant.organisation_id
        plan = await plan_of(house, connection, organisation_id)
        stored = await usage_store.stored_bytes(connection, organisation_id)
        asked: dict[str, int] | None = None
        if dataset is not None:
            asked = await usage_store.dataset_bytes(connection, await dataset_store.get_dataset_id(connection, dataset))
        elif add_bytes is not None:
            asked = {tier or "hot": add_bytes}
        last = await bill_of(house, connection, organisation_id, month.previous, now=now)
        this = await bill_of(house, connection, organisation_id, month, now=now, then=stored)
    each = steady(plan, month, stored)
    estimate = Estimate(
        plan=plan.name,
        version=plan.version,
        month=str(month),
        stored_bytes=sum(stored.values()),
        left_bytes=room_left(plan, stored),
        last_month=[price_of(total) for total in last.totals],
        this_month=[price_of(total) for total in this.totals],
        each_month=price_of(each),
    )
    if asked is not None:
        estimate.asked_bytes = sum(asked.values())
        if dataset is None:
            without, with_it = each, steady(plan, month, _added(stored, asked))
        else:
            rest = _added(stored, {each_tier: -size for each_tier, size in asked.items()})
            if tier:
                left = steady(plan, month, rest).amount_minor
                estimate.present_price = price_of(Money(each.amount_minor - left, plan.currency))
            placed = {str(tier): sum(asked.values())} if tier else asked
            without, with_it = steady(plan, month, rest), steady(plan, month, _added(rest, placed))
        estimate.asked_price = price_of(Money(with_it.amount_minor - without.amount_minor, plan.currency))
    return estimate


def steady(plan: Plan, month: Month, stored: dict[str, int]) -> Money:
    """Compute what bytes cost that lie there the whole month through, by tier."""
    used = {tier: stored_bytes * month.length_us for tier, stored_bytes in stored.items()}
    return bill_month(month, [Stretch(plan=plan, begin=month.begin, end=month.end, byte_us=used)]).totals[0]


def room_left(plan: Plan, stored: dict[str, int]) -> int | None:
    """Tell how many bytes there is room for; None where there is no limit."""
    if plan.hard_limit_gib is None:
        return None
    return max(plan.hard_limit_gib * GIB - sum(stored.values()), 0)


def _added(stored: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    return {tier: stored.get(tier, 0) + more.get(tier, 0) for tier in TIERS}
