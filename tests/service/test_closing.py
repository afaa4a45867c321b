"""An organisation closes: to the second in its bills and at Stripe; for its people; reopened, or cleared in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from sqlalchemy import text

from domain.calendar_month import Month, microseconds, months_between
from domain.closing import OrganisationClosed
from domain.metering import GIB
from service.actions.bills import bill_of
from service.actions.closing import Closing, close_organisation, reopen_organisation
from service.actions.organisations import Organisation
from service.house import Actor
from service.maintenance import sweep
from service.payment_state import reconcile
from service.room import check_room
from service.usage_reports import charged_minor
from storage import usage_store
from tests.support.ledger_rows import add_contents
from tests.support.mail import sent_mails, text_of
from tests.support.paying import Paying
from tests.support.plans import assign, small_plan
from tests.support.sending import send, send_to_team

DAY = timedelta(days=1)


async def owner_of(paying: Paying) -> Actor:
    async with paying.service.house.database.transaction() as connection:
        email = paying.owner.email
        account = await connection.scalar(text("SELECT id FROM accounts WHERE email = :email"), {"email": email})
    return Actor(account_id=account, email=email, name="Tycho", scope="organisation:close")


async def close(paying: Paying, now: datetime) -> Organisation:
    return await close_organisation(
        paying.service.house, await owner_of(paying), paying.slug, Closing(paying.slug), now=now
    )


async def ask(paying: Paying, method: str, rest: str, body: Any = None) -> Any:
    return await paying.owner.client.request(method, paying.base + rest, json=body)


async def letters(paying: Paying) -> list[str]:
    return [
        mail["subject"]
        for mail in await sent_mails(paying.service.house, paying.owner.email)
        if paying.slug in mail["subject"]
    ]


def at_stripe(paying: Paying, subscription: str) -> tuple[int, int]:
    """Tell what the meter counted, and what came on invoices: both of this customer."""
    customer = paying.desk.subscriptions[subscription]["customer"]
    mine = [e for e in paying.desk.meter_events.values() if e["payload"]["stripe_customer_id"] == customer]
    invoices = [i for i in paying.desk.invoices.values() if i["customer"] == customer]
    return sum(int(each["payload"]["value"]) for each in mine), sum(each["total"] for each in invoices)


async def brute_force(paying: Paying, until: datetime) -> int:
    """Add up minor units until a moment, each ledger entry by itself, by the price of each plan: 80 EUR, or nothing."""
    async with paying.service.house.database.transaction(organisation=paying.id) as connection:
        entries = list(await connection.execute(text("SELECT at, delta_bytes FROM storage_ledger")))
        plans = list(await connection.execute(text("SELECT since, plan FROM plan_assignments ORDER BY since")))
    total = 0
    ends = [*(row.since for row in plans[1:]), until]
    for row, end in zip(plans, ends, strict=True):
        price = Decimal(80 if row.plan == "large" else 0)
        for month in months_between(row.since, end):
            a, b = microseconds(max(month.begin, row.since)), microseconds(min(month.end, end))
            used = sum(e.delta_bytes * (b - max(microseconds(e.at), a)) for e in entries if microseconds(e.at) < b)
            with localcontext(prec=80):
                exact = Decimal(used) * price * 100 / Decimal(GIB * month.length_us)
                total += int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return total


@pytest.mark.parametrize("outage", [False, True])
async def test_closed_mid_month_the_last_stretch_is_paid_to_the_second_and_no_more(
    paying: Paying, outage: bool
) -> None:
    subscription = await paying.subscribed("large")
    house, begin = paying.service.house, datetime.now(UTC)
    async with house.database.transaction(organisation=paying.id) as connection:
        await add_contents(connection, paying.id, {"much": 500 * GIB, "more": 7 * GIB + 1})
    await paying.reconcile(days=2)
    closed_at = begin + timedelta(days=3, hours=7, microseconds=41)
    paying.desk.is_down = outage
    shown = await close(paying, closed_at)
    assert (shown.closed_at, shown.removal_at) == (closed_at, closed_at + 90 * DAY)
    paying.desk.is_down = False
    if outage:
        paying.desk.forget_names()
        for days in (4, 4.1):
            await reconcile(house, paying.id, begin + timedelta(days=days))
    elif closed_at.month != (begin + timedelta(days=2)).month:
        # The stretch lies in two months: two reports, each with a minute of its own, and the later one is yet to come.
        await reconcile(house, paying.id, closed_at + timedelta(hours=1))
    assert paying.desk.subscriptions[subscription]["status"] == "canceled"
    metered, invoiced = at_stripe(paying, subscription)
    assert metered == invoiced == await brute_force(paying, closed_at) > 40_000
    assert (await paying.payment())["status"] == "canceled"

    # Later nothing more is charged: neither by the bills, nor at Stripe; and the ledger goes on adding up.
    later = closed_at + 40 * DAY
    for days in (20, 43):
        await reconcile(house, paying.id, begin + timedelta(days=days))
    assert at_stripe(paying, subscription) == (metered, invoiced)
    async with house.database.transaction(organisation=paying.id) as connection:
        months = months_between(begin - DAY, later)
        bills = [await bill_of(house, connection, paying.id, month, now=later) for month in months]
        [(used, stored)] = await usage_store.measure(connection, paying.id, [begin - DAY, later])
        entries = list(await connection.execute(text("SELECT at, delta_bytes FROM storage_ledger")))
    assert sum(charged_minor(bill, "EUR") for bill in bills) == metered == await brute_force(paying, later)
    assert sum(used.values()) == sum(
        entry.delta_bytes * (microseconds(later) - microseconds(entry.at)) for entry in entries
    )
    assert sum(stored.values()) == 507 * GIB + 1


async def test_downloads_are_charged_to_the_closing_and_not_after(paying: Paying) -> None:
    house, now = paying.service.house, datetime.now(UTC)
    await assign(house, paying.slug, small_plan(egress_price="1.00", included_egress_gib=2, hard_limit_gib=None))

    async def download(gib: int) -> None:
        async with house.database.transaction(organisation=paying.id) as connection:
            owner = (await owner_of(paying)).account_id
            count = usage_store.EgressCount(now.date(), owner, gib * GIB)
            await usage_store.add_egress(connection, paying.id, [count])

    await download(5)
    await close(paying, now + timedelta(seconds=1) if now.hour < 23 else now)
    await download(50)
    async with house.database.transaction(organisation=paying.id) as connection:
        bill = await bill_of(house, connection, paying.id, Month.of(now), now=now + timedelta(minutes=1))
    assert [(line.plan, line.used, str(line.money)) for line in bill.lines if line.kind == "egress"] == [
        ("small", "5", "3.00 EUR"),
        ("free", "50", "0.00 EUR"),
    ]


async def test_a_closed_organisation_is_read_and_deleted_from_and_nothing_else(paying: Paying) -> None:
    service, owner = paying.service, paying.owner
    other = await service.person()
    await send(owner.client, paying.slug, {"a.txt": b"hello", "b.txt": b"other"}, dataset="set")
    files = (await ask(paying, "GET", "/files")).json()["items"]
    team = f"crew-{paying.slug}"
    assert (await ask(paying, "POST", "/teams", {"name": "Crew", "slug": team})).is_success
    await send_to_team(owner.client, team, {"own.txt": b"mine"})
    invited = await owner.client.post(f"/api/v1/teams/{team}/invitations", json={"email": other.email})
    assert invited.is_success, invited.text
    [mail] = [m for m in await sent_mails(service.house, other.email) if "invites" in m["subject"]]
    secret = text_of(mail).split("/invitations#")[1].split()[0]

    admin = await service.person()
    await ask(paying, "PUT", f"/members/{admin.email}", {"role": "admin"})
    assert (await admin.client.post(f"{paying.base}/close", json={"confirm": paying.slug})).status_code == 403
    assert (await ask(paying, "POST", "/close", {"confirm": "another"})).status_code == 400
    closed = await ask(paying, "POST", "/close", {"confirm": paying.slug})
    assert closed.status_code == 200, closed.text
    again = await ask(paying, "POST", "/close", {"confirm": paying.slug})
    assert again.json() == closed.json(), "closing twice is closing once"
    assert await letters(paying) == [f"{paying.slug} is closed"]

    refused = [
        await paying.upload("new"),
        await ask(paying, "PUT", f"/members/{other.email}", {"role": "member"}),
        await ask(paying, "PATCH", "", {"name": "Another"}),
        await ask(paying, "POST", "/datasets", {"name": "New"}),
        await ask(paying, "POST", "/teams", {"name": "Second", "slug": f"second-{paying.slug}"}),
        await ask(paying, "POST", "/payment/checkout", {"plan": "large"}),
        await owner.client.post(f"/api/v1/teams/{team}/invitations", json={"email": admin.email}),
        await owner.client.post(
            f"/api/v1/teams/{team}/uploads", json={"files": [{"path": "n", "size_bytes": 1, "sha256": "0" * 64}]}
        ),
        await other.client.post("/api/v1/invitations/answer", json={"secret": secret, "answer": "accepted"}),
    ]
    for reply in refused:
        assert (reply.status_code, reply.json()["type"]) == (409, "/problems/organisation-closed"), reply.text
    assert closed.json()["removal_at"][:10] in refused[0].json()["detail"]
    for path in ("", "/files", "/usage", "/payment", "/payment/invoices", "/members", "/datasets/set/files"):
        assert (await ask(paying, "GET", path)).status_code == 200, path
    content = await owner.client.get(f"{paying.base}/files/{files[0]['id']}/content", follow_redirects=True)
    assert content.content in (b"hello", b"other")
    assert (await ask(paying, "DELETE", f"/files/{files[0]['id']}")).status_code == 204
    assert (await owner.client.get(f"/api/v1/teams/{team}/files")).status_code == 200

    reopened = await ask(paying, "POST", "/reopen")
    assert (reopened.status_code, reopened.json()["closed_at"]) == (200, None)
    assert (await paying.upload("new")).status_code == 201
    assert (await ask(paying, "POST", "/reopen")).json() == reopened.json()


async def test_reopened_it_has_the_plan_it_had_unless_that_was_subscribed_to(paying: Paying) -> None:
    house = paying.service.house
    await assign(house, paying.slug, small_plan(hard_limit_gib=40, closing_days=30))
    now = datetime.now(UTC)
    shown = await close(paying, now)
    assert (shown.removal_at or now) - (shown.closed_at or now) == 30 * DAY
    assert (await paying.payment())["plan"] == "free"
    owner = await owner_of(paying)
    await reopen_organisation(house, owner, paying.slug, now=now + 29 * DAY)
    payment = await paying.payment()
    assert payment["plan"] == "small"
    await check_room(house, paying.id, [(b"x" * 32, 30 * GIB)])  # by the terms it had
    # What Stripe had to end is over.
    subscription = await paying.subscribed("large")
    await close(paying, now + 30 * DAY)
    assert paying.desk.subscriptions[subscription]["status"] == "canceled"
    await reopen_organisation(house, owner, paying.slug, now=now + 31 * DAY)
    assert ((await paying.payment())["status"], (await paying.payment())["plan"]) == ("canceled", "free")
    await paying.subscribed("large")
    assert (await paying.payment())["plan"] == "large"


async def test_reopened_before_stripe_heard_of_it_the_subscription_goes_on(paying: Paying) -> None:
    subscription = await paying.subscribed("large")
    paying.desk.is_down = True
    now = datetime.now(UTC)
    await close(paying, now + DAY)
    await reopen_organisation(paying.service.house, await owner_of(paying), paying.slug, now=now + 2 * DAY)
    paying.desk.is_down = False
    await paying.reconcile(days=2.1)
    assert paying.desk.subscriptions[subscription]["status"] == "active"
    assert (await paying.payment())["plan"] == "large"


async def test_a_checkout_that_is_paid_after_the_closing_is_ended(paying: Paying) -> None:
    url = (await paying.ask("POST", "/checkout", {"plan": "large"})).json()["url"]
    await close(paying, datetime.now(UTC))
    subscription = paying.desk.complete_checkout(url)
    await paying.deliver_all()
    assert (await paying.payment())["plan"] == "free"
    await sweep(paying.service.house)
    assert paying.desk.subscriptions[subscription]["status"] == "canceled"


async def test_files_go_after_the_grace_and_its_notices_and_never_earlier(paying: Paying) -> None:
    house, owner = paying.service.house, paying.owner
    await send(owner.client, paying.slug, {"a.txt": b"hello"})
    team = f"crew-{paying.slug}"
    await ask(paying, "POST", "/teams", {"name": "Crew", "slug": team})
    await send_to_team(owner.client, team, {"own.txt": b"mine"})
    now = datetime.now(UTC)
    removal = (await close(paying, now)).removal_at
    assert removal is not None

    async def files() -> tuple[int, int]:
        of_team = await owner.client.get(f"/api/v1/teams/{team}/files")
        return len((await ask(paying, "GET", "/files")).json()["items"]), len(of_team.json()["items"])

    told = [f"{paying.slug} is closed"]
    soon = f"Files of {paying.slug} are deleted on {removal:%Y-%m-%d}"
    for before, more in ((60, []), (7, [soon]), (3, []), (1, [soon]), (0.01, [])):
        await sweep(house, now=removal - before * DAY)
        told += more
        assert await letters(paying) == told, before
        assert await files() == (1, 1)
    await sweep(house, now=removal + timedelta(minutes=5))
    assert await files() == (0, 0)
    assert await letters(paying) == [*told, f"Files of {paying.slug} are deleted"]
    deleted = (await ask(paying, "GET", "/files?deleted=true")).json()["items"]
    assert len(deleted) == 1, "their bytes are there until the purge's own grace is over"
    with pytest.raises(Exception, match="was over"):
        await reopen_organisation(house, await owner_of(paying), paying.slug, now=removal + DAY)
    async with house.database.transaction(organisation=paying.id) as connection:
        count = text("SELECT count(*) FROM contents")
        assert await connection.scalar(count) == 2
    await sweep(house, now=removal + (house.config.delete_grace_days + 1) * DAY)
    async with house.database.transaction(organisation=paying.id) as connection:
        assert await connection.scalar(count) == 0


async def test_a_service_that_was_down_through_the_grace_warns_before_it_removes(paying: Paying) -> None:
    house = paying.service.house
    await send(paying.owner.client, paying.slug, {"a.txt": b"hello"})
    removal = (await close(paying, datetime.now(UTC))).removal_at
    assert removal is not None
    back = removal + 10 * DAY
    for late in (timedelta(), timedelta(minutes=10), timedelta(hours=23)):
        await sweep(house, now=back + late)
        assert len((await ask(paying, "GET", "/files")).json()["items"]) == 1
    assert (await letters(paying))[-1].endswith(f"{back + DAY:%Y-%m-%d}")
    await sweep(house, now=back + timedelta(hours=25))
    assert (await ask(paying, "GET", "/files")).json()["items"] == []
    assert OrganisationClosed.code == (await paying.upload("new")).json()["type"].rpartition("/")[2]
