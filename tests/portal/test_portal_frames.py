"""Long lists of frames and their map: memory stays bounded, the map tells and leads on, a form waits for its lists."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.portal.conftest import AXE, NewPage, Observatory
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow

PAGE = 200  # rows
PAGES = 40
LIST = re.compile(r"/api/.*/frames\?")


def _long_list(portal: PortalPage, observatory: Observatory) -> list[str]:
    """Have the service's first frame stand for thousands; tells the cursors that were asked for."""
    address = f"{observatory.url}/api/v1/organisations/{observatory.slug}/frames?limit=1"
    frame: dict[str, Any] = portal.page.request.get(address).json()["items"][0]
    asked: list[str] = []

    def answer(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        if query.get("limit") == ["1"]:
            route.fulfill(json={"items": [frame], "count": PAGE * PAGES, "count_is_exact": True})
            return
        cursor = query.get("cursor", ["0"])[0]
        asked.append(cursor)
        number = int(cursor)
        items = [frame | {"object": f"row {number * PAGE + i}", "id": str(number * PAGE + i)} for i in range(PAGE)]
        more = {"next_cursor": str(number + 1)} if number + 1 < PAGES else {}
        route.fulfill(json={"items": items} | more)

    portal.page.route(LIST, answer)
    return asked


def test_only_pages_around_what_is_in_sight_are_kept(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    asked = _long_list(portal, observatory)
    portal.open(observatory.address("frames"))
    table = page.locator(".frame-table")
    expect(table.locator(".body")).to_contain_text("row 0")
    for number in range(PAGES - 1):
        table.evaluate("(e) => { e.scrollTop = e.scrollHeight }")
        expect(table.locator(".body")).to_contain_text(f"row {(number + 1) * PAGE - 1}")
        assert int(table.get_attribute("data-pages") or 0) <= 3
        page.wait_for_function(
            "(rows) => document.querySelector('.frame-table .body').offsetHeight >= rows * 36", arg=(number + 2) * PAGE
        )
    # Frames that have only just been read are an event, upon which a page may be asked for anew.
    assert [page for page, _ in groupby(asked)] == [str(number) for number in range(PAGES)]
    asked.clear()
    table.evaluate("(e) => { e.scrollTop = 0 }")
    expect(table.locator(".body")).to_contain_text("row 0")  # asked for again, since it was forgotten
    assert "0" in asked
    table.evaluate(f"(e) => {{ e.scrollTop = {PAGE * 20 * 36} }}")  # any page that was seen is one request away
    expect(table.locator(".body")).to_contain_text(f"row {PAGE * 20}")
    assert len(asked) <= 5


def test_a_page_that_does_not_come_is_asked_for_again(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.expected = "status of 503"
    _long_list(portal, observatory)
    portal.open(observatory.address("frames"))
    table = page.locator(".frame-table")
    expect(table.locator(".body")).to_contain_text("row 0")
    page.route(re.compile(r"cursor=1(&|$)"), lambda route: route.fulfill(status=503, json={"detail": "Not now."}))
    table.evaluate("(e) => { e.scrollTop = e.scrollHeight }")
    expect(page.get_by_role("alert")).to_contain_text("Not now.")
    page.unroute(re.compile(r"cursor=1(&|$)"))
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_row_leads_to_its_frame(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("frames"))
    page.evaluate("window.same = true")
    page.locator(".frame-table .body a").first.click()
    expect(page).to_have_url(re.compile(r"/frames/[0-9a-f-]{36}$"))
    assert page.evaluate("window.same")  # the page was not loaded again


def test_the_sky_map_tells_and_leads_to_the_frame(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("frames"))
    page.get_by_role("button", name="Sky").click()
    expect(page).to_have_url(re.compile("view=sky"))
    canvas = page.locator(".sky-map canvas")
    expect(canvas).to_have_attribute("data-fields", "2")  # M31, and what would like to be more than a name
    box = canvas.bounding_box()
    assert box is not None
    # M31 at 10.68, +41.27 degrees: a little left of the middle, nearly half way up (Aitoff: x -0.142, y 0.725).
    scale = min((box["width"] - 28) / (2 * 3.14159265), (box["height"] - 28) / 3.14159265)
    at = (box["width"] / 2 - 0.147 * scale, box["height"] / 2 - 0.723 * scale)
    canvas.hover(position={"x": at[0], "y": at[1]})
    expect(page.locator(".sky-told")).to_contain_text("+41°16′12″")
    canvas.click(position={"x": at[0], "y": at[1]})
    expect(page).to_have_url(re.compile(r"/frames/[0-9a-f-]{36}$"))
    page.go_back()
    fields = page.get_by_role("region", name="Fields")
    expect(fields).to_contain_text("<b onclick=alert(1)>M31</b>")
    fields.get_by_role("link", name="M31", exact=True).focus()  # the list is the map of who has only keys
    expect(page.locator(".sky-told")).to_contain_text("11 frames")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("object=M31"))
    expect(page.locator(".frame-table")).to_be_visible()


def test_the_sky_map_says_that_it_is_not_all(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    _long_list(portal, observatory)
    portal.open(observatory.address("frames?view=sky"))
    expect(page.locator(".sky-sheet")).to_contain_text("Only the first 3\u202f000 frames are drawn.")


def test_the_sky_map_is_open_to_everybody(new_page: NewPage, observatory: Observatory) -> None:
    painted = set()
    for mode in ("light", "dark", "red"):
        portal = new_page(mode=mode)
        portal.expected = "willReadFrequently"  # this test reads what was drawn
        portal.open(observatory.address("frames?view=sky"))
        canvas = portal.page.locator(".sky-map canvas")
        expect(canvas).to_have_attribute("data-fields", "2")
        assert not portal.barriers(AXE)
        middle = "(e) => e.getContext('2d').getImageData(e.width / 2 + 5, e.height / 2 - 5, 1, 1).data.join()"
        portal.page.wait_for_function(f"(e) => ({middle})(e) !== '0,0,0,0'", arg=canvas.element_handle())
        painted.add(canvas.evaluate(middle))
        portal.page.set_viewport_size({"width": 375, "height": 750})
        assert not portal.is_too_wide()
    assert len(painted) == 3


def test_a_package_waits_for_the_datasets_it_is_made_of(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    held: list[Route] = []
    page.route(re.compile(r"/datasets(\?|$)"), lambda route: held.append(route))
    page.goto(observatory.address("packages/new?dataset=first-night"))
    button = page.get_by_role("button", name="Make the draft")
    expect(button).to_be_disabled()
    page.wait_for_timeout(100)
    for route in held:
        route.continue_()
    expect(page.get_by_label("First night")).to_be_checked()
    expect(button).to_be_enabled()
