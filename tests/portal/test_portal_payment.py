"""Paying in the browser, against the stand-in for Stripe: buttons and what comes of them; closing the observatory."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import httpx
import msgspec
import pytest
from playwright.sync_api import Browser, expect

from tests.portal.conftest import AXE, Observatory
from tests.support.live_server import LiveServer, live_server
from tests.support.paying import PLANS
from tests.support.portal_page import PortalPage
from tests.support.stripe_server import KEY, WEBHOOK_SECRET, StripeStandIn, signed

pytestmark = pytest.mark.slow

_numbers = itertools.count(1)
STRIPE = re.compile(r"^https://(checkout|portal)\.stripe\.example/")


class Desk(msgspec.Struct):
    """A service that takes payments, and the stand-in that it takes them by."""

    server: LiveServer
    stripe: StripeStandIn

    def deliver(self) -> None:
        """Bring the events that happened, as Stripe does."""
        for event in self.stripe.events:
            body, signature = signed(event)
            headers = {"stripe-signature": signature}
            httpx.post(f"{self.server.url}/stripe/events", content=body, headers=headers).raise_for_status()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder, stripe = tmp_path_factory.mktemp("paying"), StripeStandIn()
    (folder / "plans.toml").write_text(PLANS)
    with stripe.serving() as url:
        keys = {"stripe_key": KEY, "stripe_webhook_secret": WEBHOOK_SECRET, "stripe_url": url}
        with live_server(folder / "live", plans_file=str(folder / "plans.toml"), **keys) as server:
            yield Desk(server, stripe)


@pytest.fixture
def payer(desk: Desk) -> Observatory:
    """An observatory that pays nothing yet."""
    number = next(_numbers)
    owner = desk.server.someone(f"kirsten-{number}")
    headers = {"Authorization": f"Bearer {owner.token}"}
    made = httpx.post(
        f"{desk.server.url}/api/v1/organisations", headers=headers, json={"name": f"Stjerneborg {number}"}
    )
    return Observatory(desk.server.url, made.json()["slug"], owner, [])


@pytest.fixture
def portal(browser: Browser, payer: Observatory) -> Iterator[PortalPage]:
    """The owner's browser, whose pages of Stripe say only that they are Stripe's."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.route(STRIPE, lambda route: route.fulfill(body="A page of Stripe's.", content_type="text/plain"))
    portal = PortalPage(context.new_page(), payer.url)
    portal.sign_in(payer.owner.email, payer.owner.password)
    yield portal
    context.close()
    assert not portal.complaints, portal.complaints


def test_an_owner_subscribes_changes_pays_and_cancels_by_the_buttons(
    portal: PortalPage, payer: Observatory, desk: Desk
) -> None:
    page = portal.page
    portal.open(payer.address("storage"))
    plan = page.get_by_role("region", name="Plan")
    expect(plan.locator("dd").nth(0)).to_have_text("free")
    expect(plan.locator("dd").nth(1)).to_have_text("none")
    assert not portal.faults(AXE)

    plan.get_by_role("button", name="Subscribe to small").click()
    page.wait_for_url("https://checkout.stripe.example/**")
    asked = desk.stripe.checkouts[page.url.rpartition("/")[2]]
    assert asked["subscription_data"]["metadata"] == {"uraniborg_plan": "small", "uraniborg_version": "3"}
    assert asked["success_url"] == f"{payer.address('storage')}?payment=done"
    subscription = desk.stripe.complete_checkout(page.url)
    desk.deliver()

    # Stripe leads back to this page.
    portal.open(asked["success_url"])
    expect(plan.locator("dd").nth(0)).to_have_text("small")
    expect(plan.locator("dd").nth(1)).to_have_text("trialing")
    expect(plan.get_by_role("button", name=re.compile("^Subscribe"))).to_have_count(0)
    plan.get_by_role("button", name="Change to large").click()
    page.get_by_role("dialog", name="Change to large?").get_by_role("button", name="Change to large").click()
    expect(plan.locator("dd").nth(0)).to_have_text("large")
    assert desk.stripe.subscriptions[subscription]["metadata"]["uraniborg_plan"] == "large"

    # A payment fails, and is made in the customer portal.
    invoice = desk.stripe.charge(subscription, 1900, paid=False, tax_minor=361)
    desk.deliver()
    portal.open(payer.address("storage"))
    expect(plan.get_by_role("status")).to_contain_text("A payment is due")
    expect(plan.get_by_role("row", name=re.compile("22.61 EUR"))).to_contain_text("open")
    assert not portal.faults(AXE)
    plan.get_by_role("button", name="Ways to pay, at Stripe").click()
    page.wait_for_url("https://portal.stripe.example/**")
    desk.stripe.retry(invoice, paid=True)
    desk.deliver()
    portal.open(payer.address("storage"))
    expect(plan.get_by_role("row", name=re.compile("22.61 EUR"))).to_contain_text("paid")
    expect(plan.get_by_role("status")).to_have_count(0)

    plan.get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog", name="Cancel the subscription?")
    dialog.get_by_role("button", name="Leave it").click()
    assert not desk.stripe.subscriptions[subscription]["cancel_at_period_end"]
    plan.get_by_role("button", name="Cancel").click()
    dialog.get_by_role("button", name="Cancel").click()
    expect(plan.get_by_text("Ends", exact=True)).to_be_visible()
    assert desk.stripe.subscriptions[subscription]["cancel_at_period_end"]


def test_a_stripe_that_does_not_answer_is_told(portal: PortalPage, payer: Observatory, desk: Desk) -> None:
    portal.open(payer.address("storage"))
    desk.stripe.is_down = True
    portal.expected = "status of 503"
    portal.page.get_by_role("button", name="Subscribe to large").click()
    expect(portal.page.get_by_role("region", name="Plan").get_by_role("alert")).to_contain_text("try again later")
    desk.stripe.is_down = False


def test_an_observatory_is_closed_by_its_typed_name_and_reopened(
    portal: PortalPage, payer: Observatory, desk: Desk
) -> None:
    page = portal.page
    portal.open(payer.address("storage"))
    page.get_by_role("button", name="Subscribe to large").click()
    page.wait_for_url("https://checkout.stripe.example/**")
    subscription = desk.stripe.complete_checkout(page.url)
    desk.deliver()
    portal.open(payer.address("settings/closing"))
    closing = page.get_by_role("region", name="Close the observatory")
    button = closing.get_by_role("button", name="Close the observatory")
    expect(button).to_be_disabled()
    closing.get_by_label(f"To close it, type {payer.slug}").fill(payer.slug.upper())
    expect(button).to_be_disabled()
    assert not portal.faults(AXE)
    closing.get_by_label(f"To close it, type {payer.slug}").fill(payer.slug)
    button.click()
    expect(closing.get_by_role("status")).to_contain_text("Its files can be read and exported until")
    assert desk.stripe.subscriptions[subscription]["status"] == "canceled"
    assert not portal.faults(AXE)
    portal.open(payer.address("storage"))
    expect(page.get_by_role("region", name="Plan").locator("dd").nth(1)).to_have_text("canceled")
    portal.open(payer.address("settings/closing"))
    closing.get_by_role("button", name="Reopen it").click()
    expect(button).to_be_visible()
