"""Paying at a stand-in for Stripe that keeps state: subscriptions, failures, events in any order, metering."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from billing.stripe_gateway import STRIPE_FAULTS, StripeGateway, from_stripe_error
from domain.calendar_month import months_between
from domain.errors import InvalidInput
from domain.metering import GIB
from service.actions.bills import bill_of, first_day
from service.actions.tenant_usage import give_credit
from service.config import load_config
from service.payment_state import reconcile
from service.usage_reports import charged_minor
from storage import payment_store
from tests.support.ledger_rows import add_contents
from tests.support.mail import sent_mails, text_of
from tests.support.paying import Paying, begun
from tests.support.service import RunningService
from tests.support.stripe_server import KEY, WEBHOOK_SECRET, StripeStandIn, signed


async def test_an_owner_subscribes_changes_and_ends(paying: Paying) -> None:
    before = await paying.payment()
    assert (before["available"], before["offers"]) == (True, ["francs", "large", "small", "yen"])
    assert (before["status"], before["plan"]) == ("none", "free")
    subscription = await paying.subscribed("small")
    found = await paying.payment()
    assert (found["status"], found["plan"], found["version"]) == ("trialing", "small", 3)
    assert found["trial_end"] is not None
    made = paying.desk.checkouts[list(paying.desk.checkouts)[-1]]
    assert made["automatic_tax"] == {"enabled": "true"}
    assert (await paying.ask("POST", "/checkout", {"plan": "large"})).status_code == 409
    changed = await paying.ask("PUT", "/plan", {"plan": "large"})
    assert (changed.status_code, changed.json()["plan"]) == (200, "large")
    assert (await paying.ask("PUT", "/plan", {"plan": "francs"})).status_code == 409
    assert (await paying.ask("PUT", "/plan", {"plan": "free"})).status_code == 404
    portal = await paying.ask("POST", "/portal")
    assert portal.json()["url"].startswith("https://portal.stripe.example/")
    ending = await paying.ask("POST", "/cancel")
    assert (ending.json()["ends_with_period"], ending.json()["plan"]) == (True, "large")
    paying.desk.end(subscription)
    await paying.deliver_all()
    assert ((await paying.payment())["status"], (await paying.payment())["plan"]) == ("canceled", "free")
    # A second subscription has no second trial.
    again = await paying.ask("POST", "/checkout", {"plan": "small"})
    paying.desk.complete_checkout(again.json()["url"])
    await paying.deliver_all()
    assert ((await paying.payment())["status"], (await paying.payment())["trial_end"]) == ("active", None)


async def test_of_pages_to_subscribe_on_one_is_open(paying: Paying) -> None:
    """Opened in two tabs, or left and begun again, they would make two subscriptions, each of them paid for."""
    first = (await paying.ask("POST", "/checkout", {"plan": "large"})).json()["url"]
    second = (await paying.ask("POST", "/checkout", {"plan": "small"})).json()["url"]
    states = {url: paying.desk.checkouts[url.rpartition("/")[2]]["status"] for url in (first, second)}
    assert states == {first: "expired", second: "open"}


async def test_a_second_subscription_that_runs_is_told_to_the_operator(
    paying: Paying, capsys: pytest.CaptureFixture[str]
) -> None:
    first = await paying.subscribed("large")
    doubled = dict(paying.desk.subscriptions[first], id="sub_made_by_hand")
    paying.desk.subscriptions["sub_made_by_hand"] = doubled
    await paying.reconcile()
    assert "more than one subscription that runs" in capsys.readouterr().out


async def test_only_owners_pay(paying: Paying) -> None:
    admin = await paying.service.person()
    await paying.owner.client.put(f"{paying.base}/members/{admin.email}", json={"role": "admin"})
    for method, rest, body in (("GET", "", None), ("POST", "/checkout", {"plan": "large"}), ("POST", "/portal", None)):
        assert (await paying.ask(method, rest, body, by=admin)).status_code == 403


async def test_a_payment_that_fails_has_its_grace_and_then_nothing_new_is_taken_until_it_is_made(
    paying: Paying,
) -> None:
    subscription = await paying.subscribed("small")
    invoice = paying.desk.charge(subscription, 1900, paid=False, tax_minor=361)
    await paying.deliver_all()
    found = await paying.payment()
    assert found["status"] == "past_due"
    assert found["due_since"] is not None
    [mail] = [m for m in await sent_mails(paying.service.house, paying.owner.email) if "failed" in m["subject"]]
    assert "Nothing is" in text_of(mail)
    [shown] = (await paying.ask("GET", "/invoices")).json()["items"]
    assert (shown["total"]["text"], shown["tax"]["text"], shown["status"]) == ("22.61 EUR", "3.61 EUR", "open")
    assert (await paying.upload("within")).status_code == 201
    paying.desk.invoices[invoice]["created"] -= 11 * 24 * 3600
    await paying.reconcile()
    refused = await paying.upload("beyond")
    assert (refused.status_code, refused.json()["type"]) == (402, "/problems/payment-due")
    # What is there can be read, and deleted; other people of the organisation read on.
    for path in ("/files", "/usage", "/payment"):
        assert (await paying.owner.client.get(paying.base + path)).status_code == 200
    paying.desk.retry(invoice, paid=True)
    await paying.deliver_all()
    assert (await paying.upload("paid")).status_code == 201
    assert (await paying.payment())["due_since"] is None


async def test_an_answer_that_is_lost_is_asked_for_again_under_the_same_key(paying: Paying) -> None:
    customers = len(paying.desk.customers)
    paying.desk.loses_answers = 3  # the library itself tries three times
    assert (await paying.ask("POST", "/checkout", {"plan": "large"})).status_code == 503
    paying.desk.is_down = True
    assert (await paying.ask("POST", "/checkout", {"plan": "large"})).status_code == 503
    paying.desk.is_down = False
    await paying.subscribed()
    assert len(paying.desk.customers) == customers + 1
    async with paying.service.house.database.transaction(organisation=paying.id) as connection:
        rows = list(await connection.execute(text("SELECT kind, result FROM payment_operations ORDER BY id")))
    assert [row.kind for row in rows] == ["customer", "checkout"]
    assert all(row.result for row in rows)


async def test_events_that_nobody_signed_are_refused(paying: Paying) -> None:
    await paying.subscribed()
    body, signature = signed(paying.desk.events[0])
    _, old = signed(paying.desk.events[0], at=int(datetime.now(UTC).timestamp()) - 3600)
    _, other = signed(paying.desk.events[0], secret="whsec_of_another")
    nothing, held = signed({"id": "evt"})
    async with paying.service.client() as client:
        for data, header in (
            (body, other),
            (body, old),
            (body, ""),
            (body + b" ", signature),
            (b"\xff", signature),
            (nothing, held),
        ):
            reply = await client.post("/stripe/events", content=data, headers={"stripe-signature": header})
            assert reply.status_code == 400, reply.text
        stranger = {
            "id": "evt_x",
            "type": "invoice.paid",
            "data": {"object": {"object": "invoice", "customer": "cus_x"}},
        }
        data, header = signed(stranger)
        assert (await client.post("/stripe/events", content=data, headers={"stripe-signature": header})).is_success


async def test_an_event_counts_only_if_its_effect_does(paying: Paying) -> None:
    await paying.subscribed()
    paying.desk.events.clear()
    paying.desk.charge(next(reversed(paying.desk.subscriptions)), 100, paid=True)
    paying.desk.is_down = True
    await paying.deliver(paying.desk.events, status=503)
    async with paying.service.house.database.transaction() as connection:
        assert not await payment_store.known_events(connection, [paying.desk.events[0]["id"]])
    paying.desk.is_down = False
    await paying.deliver(paying.desk.events)
    assert await paying.kept() == await paying.there()
    assert len((await paying.kept()).invoices) == 1


async def test_events_that_come_at_once_are_taken_in_by_few_looks(paying: Paying) -> None:
    await paying.subscribed("large")
    storm = await _storm_of(paying, 30)
    looks = paying.desk.asked
    await asyncio.gather(*(paying.deliver([event]) for event in storm))
    assert await paying.kept() == await paying.there()
    assert paying.desk.asked - looks < len(storm)


@pytest.mark.slow
async def test_a_storm_of_a_thousand_events_each_three_times_and_shuffled(paying: Paying) -> None:
    """One of them comes while Stripe does not answer, and is sent again later, as Stripe does."""
    await paying.subscribed("large")
    storm = await _storm_of(paying, 1000)
    sent = [storm[start::12] for start in range(12)]
    await asyncio.gather(*(paying.deliver(some) for some in sent[:6]))
    paying.desk.is_down = True
    async with paying.service.house.database.transaction() as connection:
        known = await payment_store.known_events(connection, {event["id"] for event in storm})
    new = next(event for event in storm if event["id"] not in known)
    await paying.deliver([new], status=503)
    paying.desk.is_down = False
    await asyncio.gather(*(paying.deliver(some) for some in sent[6:]))
    assert await paying.kept() == await paying.there()
    assert len((await paying.kept()).invoices) == 1
    async with paying.service.house.database.transaction() as connection:
        names = text("SELECT count(*) FROM stripe_events WHERE id LIKE :like")
        assert await connection.scalar(names, {"like": f"evt_storm_{paying.slug}_%"}) == 1000
    mails = [m for m in await sent_mails(paying.service.house, paying.owner.email) if "failed" in m["subject"]]
    assert len(mails) == 1


async def _storm_of(paying: Paying, count: int) -> list[dict[str, Any]]:
    """Events about what has long passed, of which only their names are new, each three times; while a payment fails."""
    first = paying.desk.events[0]
    storm = [first | {"id": f"evt_storm_{paying.slug}_{n}"} for n in range(count)] * 3
    random.Random(1601).shuffle(storm)
    paying.desk.charge(next(reversed(paying.desk.subscriptions)), 100, paid=False)
    return storm


STEPS = st.lists(
    st.sampled_from(["fail", "pay", "retry", "end", "switch", "cancel", "resubscribe", "deliver", "down", "reconcile"]),
    max_size=12,
)


@pytest.mark.slow
async def test_after_reconciling_what_is_kept_is_what_is_there(
    desk_service: tuple[RunningService, StripeStandIn],
) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=20)
    @given(steps=STEPS, seed=st.integers(0, 2**16))
    def storms(steps: list[str], seed: int) -> None:
        asyncio.run_coroutine_threadsafe(_storm(desk_service, steps, seed), loop).result(120)

    await asyncio.to_thread(storms)


async def _storm(desk_service: tuple[RunningService, StripeStandIn], steps: list[str], seed: int) -> None:
    """Events lost, tripled and shuffled, between changes at Stripe."""
    paying = await begun(*desk_service)
    chance = random.Random(seed)
    subscription = await paying.subscribed("small")
    told = len(paying.desk.events)
    for step in steps:
        customer = paying.desk.subscriptions[subscription]["customer"]
        mine = [found for found in paying.desk.invoices.values() if found["customer"] == customer]
        open_ones = [found["id"] for found in mine if found["status"] == "open"]
        match step:
            case "fail" | "pay":
                paying.desk.charge(subscription, 100, paid=step == "pay")
            case "retry" if open_ones:
                paying.desk.retry(chance.choice(open_ones), paid=chance.random() < 0.5)
            case "end":
                paying.desk.end(subscription)
            case "switch":
                paying.desk.switch(subscription, *chance.choice([("small", 3), ("large", 1)]))
            case "cancel":
                await paying.ask("POST", "/cancel")
            case "resubscribe":
                reply = await paying.ask("POST", "/checkout", {"plan": "large"})
                if reply.status_code == 200:
                    subscription = paying.desk.complete_checkout(reply.json()["url"])
            case "deliver":
                some = [event for event in paying.desk.events[told:] if chance.random() < 0.7] * 3
                told = len(paying.desk.events)
                chance.shuffle(some)
                halves = [some[: len(some) // 2], some[len(some) // 2 :]]
                await asyncio.gather(*(paying.deliver(half) for half in halves))
            case "down":
                paying.desk.is_down = True
                await paying.reconcile()
                paying.desk.is_down = False
            case "reconcile":
                await paying.reconcile()
    await paying.reconcile()
    kept = await paying.kept()
    assert kept == await paying.there()
    shown = await paying.payment()
    assert shown["plan"] == ("free" if kept.status == "canceled" else kept.plan)
    # Whatever of the past still comes in changes nothing.
    late = list(paying.desk.events)
    chance.shuffle(late)
    await paying.deliver(late[:6])
    assert await paying.kept() == kept


async def test_what_is_metered_adds_up_to_the_bill_and_credits_go_into_the_balance(paying: Paying) -> None:
    await paying.subscribed("large")
    house = paying.service.house
    async with house.database.transaction(organisation=paying.id) as connection:
        await add_contents(connection, paying.id, {"much": 500 * GIB})
    begin = datetime.now(UTC)
    for days in (0.2, 0.4, 0.4, 0.9):
        paying.desk.loses_answers = 4 if days == 0.4 else 0
        moment = datetime.now(UTC) + timedelta(days=days)
        await reconcile(house, paying.id, moment, forced=True)
    paying.desk.loses_answers = 0
    moment = datetime.now(UTC) + timedelta(days=1)
    await reconcile(house, paying.id, moment, forced=True)
    async with house.database.transaction(organisation=paying.id) as connection:
        months = months_between(begin, moment)
        bills = [await bill_of(house, connection, paying.id, month, now=moment) for month in months]
        written = sum([await payment_store.metered_minor(connection, first_day(month), "EUR") for month in months])
        assert await payment_store.unsent_meterings(connection) == []
        customer = (await payment_store.find_payer(connection)).customer_id  # type: ignore[union-attr]
    metered = sum(
        int(each["payload"]["value"])
        for each in paying.desk.meter_events.values()
        if each["payload"]["stripe_customer_id"] == customer
    )
    assert metered == written == sum(charged_minor(bill, "EUR") for bill in bills) > 100_000
    await give_credit(house, paying.slug, "12.50", "EUR", month=None, reason="Outage")
    for _ in range(2):
        await reconcile(house, paying.id, moment, forced=True)
    assert [int(each["amount"]) for each in paying.desk.balances if each["customer"] == customer] == [-1250]


async def test_every_error_of_the_library_is_one_of_ours_and_tells_nothing_of_the_key() -> None:
    assert from_stripe_error(stripe.StripeError("x")).code == "billing-unavailable"
    for kind in STRIPE_FAULTS:
        assert "sk_test" not in from_stripe_error(kind.__new__(kind)).detail
    gateway = StripeGateway("sk_test_other", WEBHOOK_SECRET, "http://127.0.0.1:9")
    assert "sk_test" not in repr(gateway)
    await gateway.close()


def test_keys_come_in_pairs_and_do_not_show_themselves() -> None:
    with pytest.raises(InvalidInput):
        load_config({"URANIBORG_STRIPE_KEY": KEY})
    with pytest.raises(InvalidInput):
        load_config({"URANIBORG_STRIPE_URL": "http://stripe.example"})
    both = {"URANIBORG_STRIPE_KEY": KEY, "URANIBORG_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET}
    assert KEY not in repr(load_config(both))
    assert WEBHOOK_SECRET not in repr(load_config(both))
