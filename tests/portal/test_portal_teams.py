"""Teams: made, filled with people and files, whose versions and trash are there; and visitors with their nights."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.portal.conftest import AXE, NewPage, Observatory
from tests.support.live_server import LiveServer
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow


def make(portal: PortalPage, observatory: Observatory, name: str) -> None:
    portal.open(observatory.address("teams"))
    portal.page.get_by_label(re.compile("^Name of a new team")).fill(name)
    portal.page.get_by_role("button", name="Make a team").click()
    expect(portal.page.get_by_role("heading", name=name)).to_be_visible()


def put(portal: PortalPage, path: Path, content: str) -> None:
    path.write_text(content)
    portal.page.get_by_label("Files", exact=True).and_(portal.page.locator("input")).set_input_files(path)


def test_files_are_put_changed_thrown_away_and_brought_back(
    portal: PortalPage, observatory: Observatory, tmp_path: Path
) -> None:
    page = portal.page
    make(portal, observatory, "Comets <b>")
    notes = tmp_path / "notes.txt"
    put(portal, notes, "a tail")
    files = page.get_by_role("region", name="Files")
    row = files.get_by_role("row", name=re.compile("notes.txt"))
    expect(row).to_contain_text("Version 1")
    put(portal, notes, "two tails")
    expect(row).to_contain_text("Version 2")
    row.get_by_role("button", name=re.compile("^Version 2 of")).click()
    page.get_by_role("button", name="Bring it back: version 1").click()
    expect(row).to_contain_text("Version 3")
    with page.expect_download() as fetched:
        row.get_by_role("link", name="notes.txt").click()
    assert fetched.value.path().read_text() == "a tail"
    assert not portal.faults(AXE)
    row.get_by_role("button", name="Trash").click()
    expect(files.get_by_text("No file here yet")).to_be_visible()
    page.get_by_role("link", name="Trash").click()
    page.get_by_role("button", name="Restore notes.txt").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    assert not portal.faults(AXE)
    page.get_by_role("link", name="Files").click()
    expect(row).to_be_visible()
    expect(page.get_by_role("region", name="Activity").get_by_role("listitem").first).to_contain_text("Tycho")


def test_ones_own_files_are_kept_by_whom_one_says(portal: PortalPage, observatory: Observatory, tmp_path: Path) -> None:
    page = portal.page
    portal.open(observatory.address("tonight"))
    page.get_by_role("link", name="Your files").first.click()
    expect(page.get_by_text("You have no files of your own yet")).to_be_visible()
    assert not portal.faults(AXE)
    page.get_by_role("button", name=f"Let {observatory.slug} keep them").click()
    expect(page.get_by_text(f"Nobody else sees them; {observatory.slug} keeps them")).to_be_visible()
    put(portal, tmp_path / "notes.txt", "a new star")
    files = page.get_by_role("region", name="Files")
    row = files.get_by_role("row", name=re.compile("notes.txt"))
    expect(row).to_contain_text("Version 1")
    with page.expect_download() as fetched:
        row.get_by_role("link", name="notes.txt").click()
    assert fetched.value.path().read_text() == "a new star"
    assert not portal.faults(AXE)
    row.get_by_role("button", name="Trash").click()
    page.get_by_role("link", name="Look there").click()
    page.get_by_role("button", name="Restore notes.txt").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    page.get_by_role("link", name="Files", exact=True).click()
    expect(row).to_be_visible()
    portal.open(observatory.address("teams"))
    expect(page.get_by_text("You are in no team yet").or_(page.locator(".card").first)).to_be_visible()
    expect(page.get_by_text("Own files")).to_have_count(0)


def test_people_are_invited_and_invitations_revoked(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    make(portal, observatory, "Novae")
    people = page.get_by_role("region", name="People")
    expect(people.get_by_role("row", name=re.compile(re.escape(observatory.owner.email)))).to_contain_text("manager")
    people.get_by_label("Invite by mail").fill("kepler@elsewhere.example")
    people.get_by_role("combobox", name="Role").select_option("editor")
    people.get_by_role("button", name="Invite").click()
    row = people.get_by_role("row", name=re.compile("kepler@elsewhere.example"))
    expect(row).to_contain_text("waits until")
    row.get_by_role("button", name=re.compile("^Revoke")).click()
    expect(row).not_to_contain_text("waits until")


def test_shared_datasets_are_listed(portal: PortalPage, observatory: Observatory) -> None:
    make(portal, observatory, "Readers")
    httpx.put(
        f"{observatory.url}/api/v1/organisations/{observatory.slug}/datasets/first-night/shares/readers",
        headers={"Authorization": f"Bearer {observatory.owner.token}"},
        json={},
    ).raise_for_status()
    portal.page.reload()
    portal.page.get_by_role("region", name="Shared datasets").get_by_role("link", name="First night").click()
    expect(portal.page.get_by_role("heading", name="First night")).to_be_visible()


def test_visitors_and_their_nights(portal: PortalPage, server: LiveServer, observatory: Observatory) -> None:
    visitor = server.someone("maestlin")
    page = portal.page
    portal.open(observatory.address("teams"))
    guests = page.get_by_role("region", name="Visiting observers")
    guests.get_by_label("E-mail address of their account").fill(visitor.email)
    guests.get_by_label("First night").fill("2026-11-20")
    guests.get_by_label(re.compile("^Last night")).fill("2026-11-24")
    guests.get_by_role("button", name="Assign").click()
    row = guests.get_by_role("row", name=re.compile(re.escape(visitor.email)))
    last = row.get_by_label(re.compile("^Last night of"))
    expect(last).to_have_value("2026-11-24")
    expect(guests.locator("svg title")).to_contain_text("2026-11-20 to 2026-11-24")
    last.fill("2026-11-26")
    last.blur()
    expect(guests.locator("svg title")).to_contain_text("2026-11-20 to 2026-11-26")
    assert not portal.faults(AXE)
    row.get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_who_is_not_in_a_team_is_told_nothing_of_it(
    new_page: NewPage, server: LiveServer, observatory: Observatory
) -> None:
    """Not even that there is one; the page says so, and is open to everybody."""
    portal = new_page()
    portal.expected = "status of 404"
    portal.open(observatory.address("teams/there-is-none"))
    expect(portal.page.get_by_role("alert")).to_be_visible()
    assert not portal.faults(AXE)


def test_a_dataset_is_shared_with_a_team_and_taken_back(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    make(portal, observatory, "Readers of the sky")
    portal.open(observatory.address("datasets/first-night"))
    readers = page.get_by_role("region", name="Teams that read it")
    readers.get_by_label("One of your teams").select_option(label="Readers of the sky")
    readers.get_by_role("button", name="Share", exact=True).click()
    row = readers.get_by_role("row", name=re.compile("readers-of-the-sky"))
    expect(row).to_contain_text("left out")
    assert not portal.faults(AXE)
    shared = f"{observatory.url}/api/v1/teams/readers-of-the-sky/datasets"
    headers = {"Authorization": f"Bearer {observatory.owner.token}"}
    assert [each["dataset"] for each in httpx.get(shared, headers=headers).json()["items"]] == ["first-night"]
    row.get_by_role("button", name=re.compile("^End")).click()
    page.get_by_role("dialog").get_by_role("button", name="End").click()
    expect(row).to_have_count(0)
    assert httpx.get(shared, headers=headers).json()["items"] == []
