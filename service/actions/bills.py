"""Bills of an organisation, computed from its ledger, its plans and its credit notes; the same each time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.bill import Bill, Credit, Stretch, bill_month
from billing.ledger_bills import parts_of, plan_at
from domain.calendar_month import EPOCH, Month, microseconds
from domain.errors import InvalidInput
from domain.money import Money
from service.house import Actor, House
from service.plans import plans_of
from storage import plan_store, usage_store

__all__ = ["BillLine", "MonthBill", "Price", "bill_of", "get_bill", "price_of"]


class Price(msgspec.Struct, kw_only=True):
    """An amount of money: ``amount_minor`` in the currency's least unit, and ``text`` as people read it."""

    amount_minor: int
    currency: str
    text: str


class BillLine(msgspec.Struct, kw_only=True):
    """One line. ``kind``: storage, egress or credit.

    ``used``, and ``free`` of it, are GiB-months of storage or GiB of egress; ``unit_price`` is for one of them, in the
    currency's major unit.
    """

    kind: str
    plan: str
    version: int
    tier: str
    used: str
    free: str
    unit_price: str
    text: str
    price: Price


class MonthBill(msgspec.Struct, kw_only=True):
    """A month's bill, or what has passed of it; a total for each currency, the sum of its lines.

    ``closed``: the month is over, and the lines of what was stored never change.
    """

    month: str
    begin: datetime
    end: datetime
    closed: bool
    lines: list[BillLine]
    totals: list[Price]


def price_of(money: Money) -> Price:
    """Show an amount."""
    return Price(amount_minor=money.amount_minor, currency=money.currency, text=str(money))


def show_bill(bill: Bill, *, closed: bool) -> MonthBill:
    """Show a bill."""
    return MonthBill(
        month=bill.month,
        begin=bill.begin,
        end=bill.end,
        closed=closed,
        lines=[
            BillLine(
                kind=line.kind,
                plan=line.plan,
                version=line.version,
                tier=line.tier,
                used=line.used,
                free=line.free,
                unit_price=line.unit_price,
                text=line.text,
                price=price_of(line.money),
            )
            for line in bill.lines
        ],
        totals=[price_of(total) for total in bill.totals],
    )


async def bill_of(
    house: House,
    connection: AsyncConnection,
    organisation_id: UUID,
    month: Month,
    *,
    now: datetime,
    then: dict[str, int] | None = None,
) -> Bill:
    """Compute a month's bill, of what has passed of it.

    Parameters
    ----------
    then : dict of int, optional
        Bytes by tier that shall lie there from now until the month ends: the bill is then what it would come to.
    """
    # Whoever is just entering something from before now is waited for, so that a closed month stays as it is.
    await usage_store.lock_ledger(connection, organisation_id)
    plans = await plans_of(house, connection, organisation_id)
    parts = parts_of(month, plans, microseconds(now))
    stretches = []
    if parts:
        bounds = [parts[0][0], *(end for _, end in parts)]
        downloads = await _downloads(connection, organisation_id, month, bounds)
        measured = await usage_store.measure(connection, organisation_id, [_moment(bound) for bound in bounds])
        for (begin, end), (used, _), egress in zip(pairwise(bounds), measured, downloads, strict=True):
            plan = plan_at(plans, begin)
            assert plan is not None
            stretches.append(
                Stretch(plan=plan, begin=_moment(begin), end=_moment(end), byte_us=used, egress_bytes=egress)
            )
    if then is not None and stretches and now < month.end:
        last, left_us = stretches[-1], microseconds(month.end) - microseconds(now)
        grown = {tier: last.byte_us[tier] + then[tier] * left_us for tier in then}
        stretches[-1] = msgspec.structs.replace(last, end=month.end, byte_us=grown)
    credits = await plan_store.list_credits(connection, organisation_id, first_day(month))
    return bill_month(
        month,
        stretches,
        credits=[Credit(Money(row.amount_minor, row.currency), row.reason) for row in credits],
    )


async def _downloads(connection: AsyncConnection, organisation_id: UUID, month: Month, bounds: list[int]) -> list[int]:
    """Add up bytes downloaded between bounds. They are counted by day; of the day on which a plan begins, it is noted
    with the plan what came before.
    """
    days = await usage_store.egress_by_day(
        connection, organisation_id, month.begin.date(), month.end.date() - timedelta(days=1)
    )
    noted = {
        microseconds(row.since): int(row.egress_bytes)
        for row in await plan_store.list_assignments(connection, organisation_id)
    }

    def until(bound: int) -> int:
        day = _moment(bound).date()
        return sum(size for each, size in days.items() if each < day) + noted.get(bound, days.get(day, 0))

    sums = [0, *(until(bound) for bound in bounds[1:])]
    return [after - before for before, after in pairwise(sums)]


def first_day(month: Month) -> date:
    """Give the first day of a month."""
    return date(month.year, month.month, 1)


def _moment(at_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=at_us)


async def get_bill(house: House, actor: Actor, organisation: str, month: str | None) -> MonthBill:
    """Compute the bill of a month, the present one where none is named.

    Raises
    ------
    InvalidInput
        It is no month, or has not begun.
    """
    now = datetime.now(UTC)
    wanted = Month.read(month) if month else Month.of(now)
    if wanted > Month.of(now):
        raise InvalidInput("That month has not begun: `estimate_costs` looks ahead.")
    async with house.tenant(actor, organisation) as tenant:
        bill = await bill_of(house, tenant.connection, tenant.organisation_id, wanted, now=now)
    return show_bill(bill, closed=wanted.end <= now)
