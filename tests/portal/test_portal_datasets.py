"""Datasets made by hand and by rule, filled and changed; drafts of packages edited before they are published."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.portal.conftest import AXE, FRAMES, Observatory
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow


def begin(portal: PortalPage, observatory: Observatory, name: str, *, filter_name: str = "") -> None:
    page = portal.page
    portal.open(observatory.address("datasets"))
    page.get_by_text("New dataset, by hand or by rule").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Filter", exact=True).fill(filter_name)
    page.get_by_role("button", name="Make the dataset").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_dataset_grows_by_rule(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    begin(portal, observatory, "All in R", filter_name="R")
    expect(page.get_by_text("Grows by rule: in R")).to_be_visible()
    expect(page.locator(".page-head p")).to_contain_text(f"{FRAMES // 3} files")
    page.get_by_text("Change it").click()
    page.get_by_label("Description").fill("What <i>R</i> saw")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main > p.words")).to_have_text("What <i>R</i> saw")
    page.get_by_role("button", name="Close it").click()
    expect(page.locator(".page-head p")).to_contain_text("closed")
    expect(page.get_by_text("Add frames")).to_have_count(0)


def test_frames_are_found_and_added(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    begin(portal, observatory, "By hand")
    expect(page.get_by_text("No file in it yet")).to_be_visible()
    page.get_by_text("Add frames").click()
    form = page.locator("details", has_text="Add frames")
    form.get_by_label("Filter", exact=True).fill("B")
    form.get_by_role("button", name="Find them").click()
    form.get_by_role("button", name=f"Add {FRAMES // 3} frames").click()
    expect(form.get_by_text(f"{FRAMES // 3} frames are in it now")).to_be_visible()
    expect(page.locator(".page-head p")).to_contain_text(f"{FRAMES // 3} files")
    assert not portal.faults(AXE)
    page.get_by_role("button", name=re.compile("^Leave out ")).first.click()
    expect(page.locator(".page-head p")).to_contain_text(f"{FRAMES // 3 - 1} files")


def test_a_draft_is_edited_and_followed_by_another(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("packages/new?dataset=first-night"))
    page.get_by_label("Title").fill("A night")
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_role("button", name="Edit the draft").click()
    page.get_by_label("Title").fill("A night of Andromeda")
    page.get_by_label(re.compile("^Contributors")).fill("Tycho Brahe 0000-0002-1825-0097\nSophie Brahe")
    page.get_by_label(re.compile("^Keywords")).fill("M31, photometry")
    assert not portal.faults(AXE)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("heading", name="A night of Andromeda")).to_be_visible()
    slug = page.url.rsplit("/", 1)[1]
    reply = httpx.get(
        f"{observatory.url}/api/v1/organisations/{observatory.slug}/packages/{slug}",
        headers={"Authorization": f"Bearer {observatory.owner.token}"},
    ).json()["versions"][0]
    assert [(each["name"], each["orcid"]) for each in reply["contributors"]] == [
        ("Tycho Brahe", "0000-0002-1825-0097"),
        ("Sophie Brahe", None),
    ]
    assert reply["keywords"] == ["M31", "photometry"] and reply["datasets"] == ["first-night"]
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish for ever").click()
    page.get_by_role("button", name="Draft a new version").click()
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()
    expect(page.get_by_role("button", name="Edit the draft")).to_be_visible()
