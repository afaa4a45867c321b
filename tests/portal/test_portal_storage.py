"""Storage and bill: what is stored, of which tier and whose it is, day by day, what it costs, and who may see it."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.portal.conftest import AXE, NewPage, Observatory
from tests.support.live_server import LiveServer
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow


def test_usage_is_shown_by_day_and_by_what_it_belongs_to(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("storage"))
    expect(page.locator("section", has_text="Room left").locator("dd").first).to_have_text(re.compile(r"[\d.]+ [kM]B"))
    usage = page.get_by_role("region", name="Usage")
    expect(usage.get_by_role("row", name=re.compile("^hot"))).to_contain_text(re.compile(r"\d [kM]B"))
    usage.get_by_role("button", name="member").click()
    expect(usage.get_by_role("row", name=re.compile(re.escape(observatory.owner.email)))).to_be_visible()
    assert "by=member" in page.url
    usage.get_by_role("button", name="dataset").click()
    expect(usage.get_by_role("row", name=re.compile("^first-night"))).to_be_visible()
    expect(page.locator(".days .bar").last).to_be_visible()
    expect(page.locator(".days title").last).to_contain_text(re.compile(r"^\d{4}-\d\d-\d\d: [\d.]+ [kM]B"))
    expect(page.get_by_text("This service takes no payments")).to_be_visible()


def test_what_more_would_cost_is_estimated(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("storage"))
    with httpx.Client(headers={"Authorization": f"Bearer {observatory.owner.token}"}) as client:
        told = client.get(
            f"{observatory.url}/api/v1/organisations/{observatory.slug}/usage/estimate",
            params={"add_bytes": 5_000_000_000_000, "tier": "cool"},
        ).json()
    page.get_by_label("What would more cost? GB").fill("5000")
    page.get_by_role("combobox", name="Tier").select_option("cool")
    page.get_by_role("button", name="Estimate").click()
    expect(page.get_by_text(re.compile("5.00 TB more in the cool tier"))).to_contain_text(told["asked_price"]["text"])


def test_members_are_told_whom_to_ask(new_page: NewPage, server: LiveServer, observatory: Observatory) -> None:
    member = server.someone("wilhelm")
    httpx.put(
        f"{observatory.url}/api/v1/organisations/{observatory.slug}/members/{member.email}",
        headers={"Authorization": f"Bearer {observatory.owner.token}"},
        json={"role": "member"},
    ).raise_for_status()
    portal = new_page(signed_in=False)
    portal.sign_in(member.email, member.password)
    portal.open(observatory.address("storage"))
    expect(portal.page.get_by_text("For administrators")).to_be_visible()
    assert not portal.faults(AXE)


@pytest.mark.parametrize("search", ["", "?by=dataset", "?month=2020-01"])
def test_page_is_open_to_everybody(portal: PortalPage, observatory: Observatory, search: str) -> None:
    portal.expected = "status of 400" if "2020" in search else ""
    portal.open(observatory.address(f"storage{search}"))
    assert not portal.faults(AXE)
