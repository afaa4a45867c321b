"""Metering by two workers at once, and Stripe down for a day: nothing is lost, nothing counts twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.calendar_month import Month
from service.actions.bills import bill_of, first_day
from service.actions.tenant_usage import give_credit
from service.payment_state import reconcile
from service.usage_reports import charged_minor
from storage import payment_store
from tests.support.paying import Paying, store

TRIES = 3  # that the library makes of each request
HOUR = timedelta(hours=1)


async def look(paying: Paying, at: datetime) -> None:
    await reconcile(paying.service.house, paying.id, at, forced=True)


async def look_at_once(paying: Paying, moments: list[datetime]) -> None:
    """Let workers come as far as the bill, which needs the ledger, and go on from there together."""
    database = paying.service.house.database
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    async with database.transaction(organisation=paying.id) as connection:
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:org, 1))"), {"org": str(paying.id)}
        )
        looks = [asyncio.create_task(look(paying, each)) for each in moments]
        async with asyncio.timeout(120):
            while await connection.scalar(waiting) < len(moments):
                await asyncio.sleep(0.02)
    await asyncio.gather(*looks)


def amounts_at(paying: Paying, customer_id: str) -> list[int]:
    """Tell what Stripe counted of a customer, each report by itself."""
    return [
        int(each["payload"]["value"])
        for each in paying.desk.meter_events.values()
        if each["payload"]["stripe_customer_id"] == customer_id
    ]


async def customer_of(paying: Paying) -> str:
    async with paying.service.house.database.transaction(organisation=paying.id) as connection:
        row = await payment_store.find_payer(connection)
    assert row is not None
    return str(row.customer_id)


async def billed(paying: Paying, months: list[Month], now: datetime, currency: str = "EUR") -> int:
    """Add up what the bills of months charge; what was written down to be reported is the same, and was reported."""
    house, total = paying.service.house, 0
    async with house.database.transaction(organisation=paying.id) as connection:
        assert await payment_store.unsent_meterings(connection) == []
        for month in months:
            charged = charged_minor(await bill_of(house, connection, paying.id, month, now=now), currency)
            assert await payment_store.metered_minor(connection, first_day(month), currency) == charged
            total += charged
    return total


@pytest.mark.parametrize(("plan", "currency"), [("large", "EUR"), ("yen", "JPY")])
async def test_workers_that_meter_at_once_report_each_period_once(paying: Paying, plan: str, currency: str) -> None:
    await paying.subscribed(plan)
    await store(paying, 500)
    now = datetime.now(UTC)
    # Six workers in each round, whose clocks differ by seconds; the last round is of the month that follows.
    moments = [now + HOUR, now + 2 * HOUR, Month.of(now + 2 * HOUR).end + HOUR]
    for moment in moments:
        late = [moment + timedelta(seconds=n % 3) for n in range(6)]
        await look_at_once(paying, late)
    last = max(late)
    await look(paying, last)
    months = sorted({Month.of(each) for each in (now, *moments)})
    reported = amounts_at(paying, await customer_of(paying))
    assert sum(reported) == await billed(paying, months, last, currency) > 0
    async with paying.service.house.database.transaction(organisation=paying.id) as connection:
        rows = list(await connection.execute(text("SELECT amount_minor, at FROM payment_meterings")))
    assert sorted(row.amount_minor for row in rows) == sorted(reported)
    minutes = {row.at.replace(second=0, microsecond=0) for row in rows}
    assert len(minutes) == len(rows), "the sum of a minute tells of one report whether it arrived"


@pytest.mark.parametrize("arrived", [0, 1, 2])
async def test_a_day_without_stripe_loses_and_doubles_no_report(paying: Paying, arrived: int) -> None:
    """Two reports of one moment, as a month begins, of which some arrive without an answer before the day begins."""
    await paying.subscribed("large")
    await store(paying, 500)
    this = Month.of(datetime.now(UTC))
    moment = this.end + 6 * HOUR
    customer_id = await customer_of(paying)
    if arrived:
        paying.desk.loses_answers = TRIES
        await look(paying, moment)
        paying.desk.loses_answers = 0
        assert len(amounts_at(paying, customer_id)) == 1
    if arrived == 2:
        await send_without_hearing(paying, customer_id)
    paying.desk.is_down = True
    for hours in (6, 12, 18, 24):
        await look(paying, moment + hours * HOUR)
        assert (await paying.upload(f"meanwhile {hours}")).status_code == 201, "people go on"
    assert len(amounts_at(paying, customer_id)) == arrived
    paying.desk.is_down = False
    paying.desk.forget_names()
    last = moment + 30 * HOUR
    for _ in range(2):
        await look(paying, last)
    assert sum(amounts_at(paying, customer_id)) == await billed(paying, [this, Month.of(last)], last) > 0


async def send_without_hearing(paying: Paying, customer_id: str) -> None:
    """Report what waits, as a worker does that ends before it notes so."""
    async with paying.service.house.database.transaction(organisation=paying.id) as connection:
        waiting = await payment_store.unsent_meterings(connection)
    for row in waiting:
        await paying.service.house.payer.meter(
            f"uraniborg-{row.id}", customer_id=customer_id, amount_minor=row.amount_minor, at=row.at
        )


async def test_a_day_without_stripe_loses_and_doubles_no_credit(paying: Paying) -> None:
    await paying.subscribed("large")
    house, desk, now = paying.service.house, paying.desk, datetime.now(UTC)
    customer_id = await customer_of(paying)
    await give_credit(house, paying.slug, "12.50", "EUR", month=None, reason="Arrives, and no answer does")
    desk.loses_answers = TRIES
    await look(paying, now)
    desk.loses_answers = 0
    desk.is_down = True
    await give_credit(house, paying.slug, "3.00", "EUR", month=None, reason="Given meanwhile")
    await look(paying, now + 12 * HOUR)
    desk.is_down = False
    desk.forget_names()
    for hours in (30, 36):
        await look(paying, now + hours * HOUR)
    given = [int(each["amount"]) for each in desk.balances if each["customer"] == customer_id]
    assert given == [-1250, -300]
    async with house.database.transaction(organisation=paying.id) as connection:
        assert await payment_store.uncredited(connection) == []


async def test_a_credit_that_never_arrived_is_given_after_the_day(paying: Paying) -> None:
    await paying.subscribed("large")
    house, desk, now = paying.service.house, paying.desk, datetime.now(UTC)
    customer_id = await customer_of(paying)
    await give_credit(house, paying.slug, "12.50", "EUR", month=None, reason="Begun, and never asked for")
    async with house.database.transaction(organisation=paying.id) as connection:
        [note] = await payment_store.uncredited(connection)
        request = {"amount_minor": note.amount_minor, "currency": note.currency}
        await payment_store.begin_operation(connection, paying.id, "credit", request, id=note.id)
    for hours in (30, 36):
        await look(paying, now + hours * HOUR)
    assert [int(each["amount"]) for each in desk.balances if each["customer"] == customer_id] == [-1250]


async def test_a_customer_of_whom_no_answer_came_is_found_after_the_day(paying: Paying) -> None:
    customers = len(paying.desk.customers)
    paying.desk.loses_answers = TRIES
    assert (await paying.ask("POST", "/checkout", {"plan": "large"})).status_code == 503
    paying.desk.loses_answers = 0
    async with paying.service.house.database.transaction(organisation=paying.id) as connection:
        await connection.execute(text("UPDATE payment_operations SET created_at = created_at - interval '30 hours'"))
    paying.desk.forget_names()
    await paying.subscribed()
    assert len(paying.desk.customers) == customers + 1
