"""What is reported to Stripe when something goes wrong for long: refusals, outages, subscriptions that are over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from domain.calendar_month import Month, months_between
from domain.errors import NotFound
from service.actions.bills import bill_of, first_day
from service.actions.tenant_usage import give_credit, list_refused, list_tenants, report_again
from service.usage_reports import charged_minor
from storage import payment_store, plan_store
from tests.support.paying import Paying, store
from tests.support.plans import assign, small_plan


async def meterings(paying: Paying) -> list[Any]:
    async with paying.service.house.database.transaction(organisation=paying.id) as connection:
        return list(await connection.execute(text("SELECT * FROM payment_meterings ORDER BY id")))


def metered(paying: Paying, subscription: str) -> int:
    customer = paying.desk.subscriptions[subscription]["customer"]
    return sum(
        int(each["payload"]["value"])
        for each in paying.desk.meter_events.values()
        if each["payload"]["stripe_customer_id"] == customer
    )


def invoiced(paying: Paying, subscription: str) -> int:
    customer = paying.desk.subscriptions[subscription]["customer"]
    return sum(int(each["amount"]) for each in paying.desk.items.values() if each["customer"] == customer)


async def charged(paying: Paying, until: datetime, currency: str = "EUR") -> int:
    """Add up what all bills charge until a moment."""
    total = 0
    async with paying.service.house.database.transaction(organisation=paying.id) as connection:
        for month in months_between(datetime.now(UTC) - timedelta(days=1), until):
            bill = await bill_of(paying.service.house, connection, paying.id, month, now=until)
            total += charged_minor(bill, currency)
    return total


async def test_what_is_refused_for_good_is_set_aside_and_stops_no_other(paying: Paying) -> None:
    subscription = await paying.subscribed("large")
    house, desk = paying.service.house, paying.desk
    await store(paying, 500)
    desk.is_down = True
    await paying.reconcile(days=0.0001)  # seconds, so that all of it is of one month
    desk.is_down = False
    # Of two credits and two amounts, the first of each is refused.
    await give_credit(house, paying.slug, "12.51", "EUR", month=None, reason="Refused")
    await give_credit(house, paying.slug, "3.00", "EUR", month=None, reason="Taken")
    desk.refuses = lambda amount: amount == 1251
    await paying.reconcile(days=0.0002)
    desk.refuses = lambda _: True
    await paying.reconcile(days=0.0003)
    desk.refuses = lambda _: False
    await paying.reconcile(days=0.0005)
    rows = await meterings(paying)
    assert [(bool(each.sent_at), bool(each.refused_at)) for each in rows] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    assert metered(paying, subscription) == rows[0].amount_minor + rows[2].amount_minor
    assert [int(each["amount"]) for each in desk.balances][-1] == -300

    # The operator sees both, by codes that tell nothing of the customer, and lets them be reported once more.
    refused = [each for each in await list_refused(house) if each.organisation == paying.slug]
    assert sorted((each.kind, each.price.amount_minor) for each in refused) == [
        ("credit", 1251),
        ("usage", rows[1].amount_minor),
    ]
    assert all(each.reason == "InvalidRequestError" for each in refused)
    [shown] = [each for each in await list_tenants(house) if each.organisation == paying.slug]
    assert shown.refused == 2
    desk.forget_names()  # a day later
    for each in refused:
        await report_again(house, paying.slug, str(each.id), now=datetime.now(UTC) + timedelta(days=2))
    await paying.reconcile(days=2)
    assert not [each for each in await list_refused(house) if each.organisation == paying.slug]
    moment = max(each.metered_to for each in await payers(paying))
    assert metered(paying, subscription) == await charged(paying, moment)
    assert [int(each["amount"]) for each in desk.balances][-2:] == [-300, -1251]
    with pytest.raises(NotFound):
        await report_again(house, paying.slug, str(refused[0].id))


async def payers(paying: Paying) -> list[Any]:
    async with paying.service.house.database.transaction(organisation=paying.id) as connection:
        return list(await connection.execute(text("SELECT * FROM payers")))


async def test_what_grew_in_months_of_an_outage_is_reported_month_by_month(paying: Paying) -> None:
    begin = datetime.now(UTC)
    subscription = await paying.subscribed("large")
    await store(paying, 500)
    await paying.reconcile(days=0.1)
    paying.desk.is_down = True
    for days in (20, 50, 80):
        await paying.reconcile(days=days)
    paying.desk.is_down = False
    paying.desk.forget_names()
    for _ in range(2):
        await paying.reconcile(days=170)
    await paying.reconcile(days=170.1)  # what took minutes of its own that were to come
    until = (await payers(paying))[0].metered_to
    assert metered(paying, subscription) == await charged(paying, until)
    months = {each.month for each in await meterings(paying)}
    assert months == {first_day(each) for each in months_between(begin, until)}


@pytest.mark.parametrize("waits", [False, True])
async def test_the_last_stretch_of_a_subscription_comes_on_an_invoice(paying: Paying, waits: bool) -> None:
    """Also with an amount that was written down for the meter and never arrived there."""
    subscription = await paying.subscribed("large")
    await store(paying, 20_000_000)  # so that seconds cost something
    await paying.reconcile()
    if waits:
        async with paying.service.house.database.transaction(organisation=paying.id) as connection:
            await payment_store.add_metering(
                connection,
                paying.id,
                month=first_day(Month.of(datetime.now(UTC))),
                amount_minor=7,
                currency="EUR",
                at=await payment_store.free_minute(connection, datetime.now(UTC)),
                way="meter",
            )
    before = metered(paying, subscription)
    paying.desk.end(subscription)
    await paying.deliver_all()
    over = (await payers(paying))[0].over_at
    paying.desk.loses_answers = 4
    await paying.reconcile()
    paying.desk.loses_answers = 0
    for days in (0, 0.1, 2, 40):
        paying.desk.forget_names() if days == 2 else None
        await paying.reconcile(days=days)
    assert metered(paying, subscription) == before
    assert before + invoiced(paying, subscription) == await charged(paying, over) > before
    assert all(each.sent_at for each in await meterings(paying))
    assert (await paying.payment())["plan"] == "free"


async def test_an_invoice_of_which_no_answer_came_is_made_once(paying: Paying) -> None:
    subscription = await paying.subscribed("large")
    await store(paying, 20_000_000)
    paying.desk.end(subscription)
    await paying.deliver_all()
    over = (await payers(paying))[0].over_at
    paying.desk.loses_answers = 3  # the item is there, its invoice is not
    await paying.reconcile()
    paying.desk.loses_answers = 0
    paying.desk.forget_names()
    for days in (2, 3):
        await paying.reconcile(days=days)
    customer = paying.desk.subscriptions[subscription]["customer"]
    [made] = [each for each in paying.desk.invoices.values() if each["customer"] == customer]
    assert made["total"] == invoiced(paying, subscription) == await charged(paying, over) > 0


async def test_what_was_used_without_a_subscription_is_never_reported(paying: Paying) -> None:
    """By a plan that the operator gave, with a checkout that was left; between two subscriptions; and by who closed."""
    house = paying.service.house
    await store(paying, 20_000_000)
    await assign(house, paying.slug, small_plan(hard_limit_gib=None))
    assert (await paying.ask("POST", "/checkout", {"plan": "large"})).status_code == 200
    await paying.reconcile(days=40)
    assert await meterings(paying) == []
    reply = await paying.owner.client.post(f"{paying.base}/close", json={"confirm": paying.slug})
    assert reply.status_code == 200, reply.text
    await paying.reconcile(days=40)
    assert await meterings(paying) == []
    assert (await paying.owner.client.post(f"{paying.base}/reopen")).status_code == 200
    subscription = await paying.subscribed("large")
    paying.desk.end(subscription)
    await paying.deliver_all()
    await paying.reconcile()
    reported = len(await meterings(paying))
    await assign(house, paying.slug, small_plan(hard_limit_gib=None))
    await paying.reconcile(days=100)
    assert len(await meterings(paying)) == reported


async def test_the_last_invoice_is_paid_as_the_subscription_was(paying: Paying) -> None:
    """A checkout gives the card to the subscription alone; once that is over, no invoice would find it."""
    first = await paying.subscribed("large")
    paying.desk.end(first)
    await paying.deliver_all()
    second = await paying.subscribed("large")
    taken_away = paying.desk.subscriptions[second]["default_payment_method"]
    paying.desk.detached.add(taken_away)
    await store(paying, 20_000_000)
    paying.desk.end(second)
    await paying.deliver_all()
    await paying.reconcile()
    assert invoiced(paying, second) > 0
    customer = paying.desk.customers[paying.desk.subscriptions[first]["customer"]]
    method = paying.desk.subscriptions[first]["default_payment_method"]
    assert customer["invoice_settings"] == {"default_payment_method": method} != {"default_payment_method": taken_away}


@pytest.mark.parametrize("given", ["large", "small"])
async def test_a_month_is_reported_from_where_something_was_subscribed_to(paying: Paying, given: str) -> None:
    """What came up on a plan of the operator's, also on the very plan that is subscribed to then, is theirs to charge;
    so is what came up between two subscriptions.
    """
    house, now = paying.service.house, datetime.now(UTC)
    await store(paying, 20_000_000)  # so that seconds cost something
    by_hand = house.plans.find(given)

    async def subscribed_until_now() -> str:
        await asyncio.sleep(0.3)
        subscription = await paying.subscribed("large")
        await asyncio.sleep(0.3)
        paying.desk.end(subscription)
        await paying.deliver_all()
        return subscription

    await assign(house, paying.slug, by_hand)
    subscription = await subscribed_until_now()
    await assign(house, paying.slug, by_hand)
    await subscribed_until_now()
    await paying.reconcile()
    async with house.database.transaction(organisation=paying.id) as connection:
        rows = await plan_store.list_assignments(connection, paying.id)
        subscribed = [
            (row.since, following.since) for row, following in pairwise(rows) if row.note.startswith("subscription ")
        ]
        assert len(subscribed) == 2
        month, wanted = Month.of(now), 0
        for begin, end in subscribed:
            bills = [await bill_of(house, connection, paying.id, month, now=each) for each in (begin, end)]
            wanted += charged_minor(bills[1], "EUR") - charged_minor(bills[0], "EUR")
    reported = metered(paying, subscription) + invoiced(paying, subscription)
    assert 0 < wanted == reported < await charged(paying, datetime.now(UTC))
