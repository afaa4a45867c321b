"""Every page in every mode, on a desk and on a phone: no barrier, nothing too wide, nothing on the console."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.portal.conftest import AXE, NIGHT, NewPage, Observatory

pytestmark = pytest.mark.slow

MODES = ["light", "dark", "red"]
PAGES = {
    "tonight": "tonight",
    "another night's tonight": f"tonight?night={NIGHT}&target=%5B%22M31%22%5D",
    "nights": "nights?year=2026",
    "an empty year": "nights?year=1999",
    "a night": f"nights/quadrant/{NIGHT}",
    "a night without frames": "nights/quadrant/2026-10-01",
    "frames": "frames",
    "gallery": "frames?view=gallery",
    "no frames": "frames?object=nothing",
    "a frame": "frames/{frame}",
    "datasets": "datasets",
    "a dataset": "datasets/first-night",
    "packages": "packages",
    "a new package": "packages/new",
    "what there is not": "datasets/there-is-none",
}


def test_pages_are_open_to_everybody(new_page: NewPage, observatory: Observatory) -> None:
    portal = new_page()
    portal.expected = "status of 404"  # of what there is not
    wrong = []
    for name, path in PAGES.items():
        portal.page.set_viewport_size({"width": 1280, "height": 800})
        portal.open(observatory.address(path.format(frame=observatory.frames[0])))
        for mode in MODES:
            portal.page.evaluate("(mode) => { document.documentElement.dataset.mode = mode }", mode)
            wrong += [f"{name}, {mode}: {barrier}" for barrier in portal.barriers(AXE)]
        portal.page.set_viewport_size({"width": 375, "height": 750})
        if portal.is_too_wide():
            wrong.append(f"{name}: too wide for 375 px")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("mode", MODES)
def test_signing_in_is_open_to_everybody(new_page: NewPage, observatory: Observatory, mode: str) -> None:
    portal = new_page(mode=mode, width=375, signed_in=False)
    portal.open(f"{observatory.url}/app/sign-in")
    assert not portal.barriers(AXE)
    assert not portal.is_too_wide()


def test_a_phones_bar_has_five_places_and_a_sheet_with_the_others(new_page: NewPage, observatory: Observatory) -> None:
    portal = new_page(width=375, height=750)
    page = portal.page
    portal.open(observatory.address("frames"))
    bar = page.get_by_role("navigation", name="Pages")
    assert bar.get_by_role("link").count() + bar.get_by_role("button").count() == 5
    bar.get_by_role("button", name="More").click()
    sheet = page.get_by_role("dialog", name="More pages")
    assert not portal.barriers(AXE)
    sheet.get_by_role("link", name="Packages").click()
    page.get_by_role("heading", name="Packages").wait_for()
    expect(sheet).to_be_hidden()
    expect(bar.get_by_role("button", name="Packages")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(bar.get_by_role("link")).to_have_count(11)
    expect(bar.get_by_role("button")).to_have_count(0)
