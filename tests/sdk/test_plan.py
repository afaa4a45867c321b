"""Plans and payment by the command of an owner, at a service whose payer is the stand-in for Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uraniborg
from uraniborg.cli.app import run

from tests.sdk.conftest import Ran
from tests.support.live_server import live_server
from tests.support.stripe_server import KEY, WEBHOOK_SECRET, StripeStandIn, signed

TRIED = {"plan subscribe", "plan change", "plan cancel", "plan portal", "plan invoices"}
PLANS = """
default = "free"
[[plans]]
name = "free"
version = 1
title = "Free"
currency = "EUR"
[[plans]]
name = "small"
version = 1
title = "Small"
currency = "EUR"
offered = true
[[plans]]
name = "large"
version = 1
title = "Large"
currency = "EUR"
offered = true
[[plans]]
name = "yen"
version = 1
title = "Yen"
currency = "JPY"
offered = true
"""


@pytest.fixture
def desk() -> StripeStandIn:
    return StripeStandIn()


@pytest.fixture
def paid(tmp_path: Path, desk: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[uraniborg.Client]:
    plans = tmp_path / "plans.toml"
    plans.write_text(PLANS)
    keys = {"stripe_key": KEY, "stripe_webhook_secret": WEBHOOK_SECRET}
    with (
        desk.serving() as stripe_url,
        live_server(tmp_path / "live", plans_file=str(plans), stripe_url=stripe_url, **keys) as server,
    ):
        tycho = server.someone("tycho")
        with uraniborg.connect(server.url, tycho.token) as client:
            client.organisation = client.add_organisation(name="Uranienborg").slug
            monkeypatch.setenv("URANIBORG_URL", server.url)
            monkeypatch.setenv("URANIBORG_TOKEN", tycho.token)
            monkeypatch.setenv("URANIBORG_ORGANISATION", client.organisation)
            yield client


class Desk:
    """An owner's command, and what Stripe tells the service."""

    def __init__(self, client: uraniborg.Client, desk: StripeStandIn, capfd: pytest.CaptureFixture[str]) -> None:
        self.client, self.desk, self.capfd = client, desk, capfd

    def command(self, *words: str) -> Ran:
        self.capfd.readouterr()
        code = run(list(words))
        return Ran(code, *self.capfd.readouterr())

    def js(self, *words: str) -> Any:
        ran = self.command(*words, "--json")
        assert ran.code == 0, ran.err
        return ran.json

    def deliver(self) -> None:
        for event in self.desk.events:
            body, signature = signed(event)
            headers = {"stripe-signature": signature}
            reply = httpx.post(f"{self.client.url}/stripe/events", content=body, headers=headers)
            assert reply.status_code == 200, reply.text


def test_an_owner_subscribes_changes_reads_invoices_and_cancels(
    paid: uraniborg.Client, desk: StripeStandIn, capfd: pytest.CaptureFixture[str]
) -> None:
    at = Desk(paid, desk, capfd)
    command, js, deliver = at.command, at.js, at.deliver
    shown = command("plan", "show")
    assert "free, version 1" in shown.out
    assert "large, small, yen" in shown.out
    assert command("plan", "change", "large").code == 1
    page = command("plan", "subscribe", "small")
    subscription = desk.complete_checkout(page.out.strip())
    assert "holds once" in page.err
    deliver()
    assert (js("plan", "show")["plan"], js("plan", "show")["status"]) == ("small", "active")
    assert js("plan", "change", "large")["plan"] == "large"
    assert js("plan", "portal")["url"].startswith("https://portal.stripe.example/")
    desk.charge(subscription, 1900, paid=False, tax_minor=190)
    deliver()
    listed = command("plan", "invoices").out
    assert "20.90 EUR" in listed
    assert "open" in listed
    assert [invoice["tax"]["text"] for invoice in js("plan", "invoices")] == ["1.90 EUR"]
    assert "nothing new after UTC" in command("plan", "show").out
    assert js("plan", "cancel", "--yes")["ends_with_period"] is True
    for wrong, code in ((("plan", "subscribe", "huge"), 4), (("plan", "subscribe", "large"), 1)):
        assert command(*wrong).code == code, wrong


def test_yen_have_no_decimals(paid: uraniborg.Client, desk: StripeStandIn, capfd: pytest.CaptureFixture[str]) -> None:
    at = Desk(paid, desk, capfd)
    subscription = desk.complete_checkout(at.command("plan", "subscribe", "yen").out.strip())
    [price] = desk.prices.values()
    assert (price["currency"], price["unit_amount"]) == ("jpy", "1"), "one minor unit is one yen"
    desk.charge(subscription, 1900, paid=True, tax_minor=190)
    at.deliver()
    assert at.js("plan", "show")["plan"] == "yen"
    listed = at.command("plan", "invoices").out
    assert "2090 JPY" in listed
    assert "190 JPY" in listed
    assert "20.90" not in listed
    [invoice] = at.js("plan", "invoices")
    assert invoice["total"] == {"amount_minor": 2090, "currency": "JPY", "text": "2090 JPY"}
    assert invoice["tax"] == {"amount_minor": 190, "currency": "JPY", "text": "190 JPY"}
