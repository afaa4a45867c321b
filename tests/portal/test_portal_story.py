"""One evening in the browser, from signing in to a link that dies; and what the log and links do on their way."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from playwright.sync_api import expect

from tests.portal.conftest import AXE, NewPage, Observatory
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow


def test_log_is_deleted_undone_signed_and_reopened(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("nights/quadrant/2026-10-05"))
    page.get_by_label("What happened").fill("Dome stuck")
    page.get_by_role("button", name="Write it down").click()
    entry = page.locator(".entry", has_text="Dome stuck")
    entry.get_by_role("button", name="Delete").click()
    expect(entry).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(entry).to_be_visible()
    page.get_by_role("button", name="Sign the log").click()
    expect(page.locator(".badge", has_text="signed by")).to_be_visible()
    expect(entry.get_by_role("button", name="Edit")).to_have_count(0)
    page.get_by_role("button", name="Reopen").click()
    page.get_by_label("Reason").fill("The dome was open")
    page.get_by_role("button", name="Reopen it").click()
    expect(page.get_by_role("button", name="Sign the log")).to_be_visible()


def test_links_are_open_to_everybody(portal: PortalPage, observatory: Observatory) -> None:
    portal.open(observatory.address("links"))
    for mode in ("light", "dark", "red"):
        portal.page.evaluate("(mode) => { document.documentElement.dataset.mode = mode }", mode)
        assert not portal.barriers(AXE)
    portal.page.set_viewport_size({"width": 375, "height": 750})
    assert not portal.is_too_wide()


def show_link(portal: PortalPage, address: str) -> None:
    """Open a link as who was sent it; no script does it for them."""
    page, _, secret = address.partition("#")
    portal.page.goto(page)
    portal.page.get_by_label("Behind #").fill(secret)
    portal.page.get_by_role("button", name="Open").click()


def test_an_evening(new_page: NewPage, observatory: Observatory, tmp_path: Path) -> None:
    portal = new_page()
    page = portal.page
    # Frames go in by the browser, and are seen.
    unit = fits.PrimaryHDU(np.random.default_rng(42).integers(900, 1100, (32, 32)).astype("int16"))
    unit.header.update({"DATE-OBS": "2026-10-07T22:00:00", "EXPTIME": 60.0, "IMAGETYP": "light", "OBJECT": "NGC 891"})
    unit.writeto(tmp_path / "evening.fits")
    portal.open(observatory.address("upload"))
    page.get_by_label("Telescope").select_option("quadrant")
    page.get_by_label("Dataset, made").fill("An evening")
    page.get_by_label("Files", exact=True).set_input_files(tmp_path / "evening.fits")
    expect(page.get_by_role("heading", name="1 of 1 file arrived")).to_be_visible()
    portal.open(observatory.address("tonight?night=2026-10-07"))
    expect(page.locator(".thumbs", has_text="NGC 891")).to_be_visible(timeout=45_000)
    # The log is written and edited.
    page.get_by_label("What happened").fill("Edge-on tonight")
    page.get_by_role("button", name="Write it down").click()
    entry = page.locator(".entry", has_text="Edge-on tonight")
    entry.get_by_role("button", name="Edit").click()
    entry.get_by_label("What happened").fill("Edge-on, and clear")
    entry.get_by_role("button", name="Save as a new revision").click()
    expect(page.locator(".entry", has_text="Edge-on, and clear")).to_contain_text("earlier revisions")
    # It is found, published, and read by a stranger.
    portal.open(observatory.address("frames?object=NGC%20891"))
    expect(page.locator(".page-head p")).to_have_text("1 frame")
    portal.open(observatory.address("packages/new?dataset=an-evening"))
    page.get_by_label("Title").fill("NGC 891 of an evening")
    page.get_by_label("Description").fill("One frame of an edge-on galaxy.")
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish for ever").click()
    address = page.get_by_role("link", name="Landing page").get_attribute("href")
    stranger = new_page(signed_in=False)
    stranger.page.goto(f"{observatory.url}{address}")
    expect(stranger.page.get_by_role("heading", name="NGC 891 of an evening")).to_be_visible()
    # A link works until it is revoked.
    portal.open(observatory.address("links?dataset=an-evening"))
    page.get_by_label("For whom").fill("The referee")
    page.get_by_role("button", name="Make a link").click()
    secret = page.locator("code", has_text="/s#").inner_text()
    show_link(stranger, secret)
    expect(stranger.page.get_by_text("evening.fits").first).to_be_visible()
    page.get_by_role("button", name="Revoke The referee").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.locator("tr", has_text="The referee")).to_contain_text("revoked")
    stranger.expected = "Failed to load resource"
    show_link(stranger, secret)
    stranger.page.wait_for_load_state()
    expect(stranger.page.get_by_text("evening.fits")).to_have_count(0)
    # What was published can be withdrawn; the tombstone tells why.
    portal.open(observatory.address("packages/ngc-891-of-an-evening"))
    page.get_by_role("button", name="Withdraw", exact=True).click()
    page.get_by_label("Reason").fill("The focus was wrong")
    page.get_by_role("button", name="Withdraw for ever").click()
    expect(page.locator(".words", has_text=re.compile("Withdrawn: The focus was wrong"))).to_be_visible()
