"""Looking into a frame: tiles on the canvas, values under the pointer, an address that says it all, bounded memory."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.portal.conftest import AXE, NewPage, Observatory
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow

SIDE = 64  # of the frames' images, pixels
BRIGHTEST = """async () => {
    const canvas = document.querySelector('.tile-view canvas');
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const { width, height } = canvas;
    const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
    let most = 0;
    for (let i = 0; i < data.length; i += 4) most = Math.max(most, data[i]);
    return most;
}"""


def _look_into(portal: PortalPage, observatory: Observatory, search: str = "") -> Page:
    page: Page = portal.page
    portal.open(observatory.address(f"frames/{observatory.frames[0]}/view{search}"))
    expect(page.locator(".tile-view canvas")).to_have_attribute("data-loading", "false")
    return page


def test_the_picture_is_drawn_and_its_values_are_told(portal: PortalPage, observatory: Observatory) -> None:
    page = _look_into(portal, observatory)
    canvas = page.locator(".tile-view canvas")
    page.wait_for_function(f"async () => await ({BRIGHTEST})() > 0")  # drawn once the browser gets to it
    canvas.hover()
    expect(page.locator(".readout dd").nth(1)).to_have_attribute("data-known", "true")
    told = page.locator(".readout dd").first.inner_text()
    x, y = map(int, told.split(", "))
    assert abs(x - SIDE / 2) <= 1 and abs(y - SIDE / 2) <= 1
    value = float(page.locator(".readout dd").nth(1).inner_text())
    asked = page.evaluate(
        "(address) => fetch(address).then((reply) => reply.json())",
        f"/api/v1/organisations/{observatory.slug}/frames/{observatory.frames[0]}/hdus/0/pixels?x={x}&y={y}",
    )
    assert value == pytest.approx(asked["values"][0][0])


def test_keys_wheel_and_drag_move_and_the_address_keeps_it(portal: PortalPage, observatory: Observatory) -> None:
    page = _look_into(portal, observatory)
    canvas = page.locator(".tile-view canvas")
    canvas.focus()
    page.keyboard.press("1")
    expect(page).to_have_url(re.compile(r"scale=1(&|$)"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(rf"x={SIDE}(&|$)"))
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"scale=2(&|$)"))
    box = canvas.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 40, middle[1], steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(rf"x={SIDE - 20}(&|$)"))
    page.mouse.wheel(0, -240)
    expect(page).to_have_url(re.compile(r"scale=4(&|$)"))
    page.get_by_label("Stretch").select_option("log")
    page.get_by_label("Colours").select_option("viridis")
    there = page.url
    page.goto("about:blank")
    page.goto(there)
    expect(page.get_by_label("Stretch")).to_have_value("log")
    expect(page.locator(".zoom-buttons small")).to_have_text("4×")
    page.get_by_role("button", name="Fit").click()
    expect(page).not_to_have_url(re.compile("scale="))


def test_two_frames_blink(portal: PortalPage, observatory: Observatory) -> None:
    page = _look_into(portal, observatory)
    other = page.get_by_label("Blink with").locator("option").nth(1).get_attribute("value")
    with page.expect_request(re.compile(f"/frames/{other}/hdus/0/tiles/0/0/0")):
        page.get_by_label("Blink with").select_option(other)
    expect(page.get_by_role("status")).to_contain_text("other frame")
    expect(page.get_by_role("status")).to_contain_text("frame itself")


def _huge(portal: PortalPage, observatory: Observatory) -> list[list[int]]:
    """Let the frame be a huge image, whose tiles are answered for; give the list of the tiles that are asked for."""
    page = portal.page
    asked: list[list[int]] = []
    portal.expected = "status of 400"  # pixels of what is not there
    hdu = {"index": 0, "name": "", "kind": "image", "shape": [32768, 32768], "unit": None, "planes": 1}
    huge = hdu | {"width_px": 32768, "height_px": 32768, "tiles": {"size_px": 256, "zooms": 8}}
    page.route(re.compile(r"/hdus$"), lambda route: route.fulfill(json={"items": [huge]}))
    png = page.request.get(
        f"{observatory.url}/api/v1/organisations/{observatory.slug}/frames/{observatory.frames[0]}/hdus/0/tiles/0/0/0"
    ).body()

    def answer(route: Route) -> None:
        asked.append([int(each) for each in urlsplit(route.request.url).path.split("/")[-3:]])
        route.fulfill(body=png, content_type="image/png")

    page.route(re.compile(r"/tiles/"), answer)
    return asked


def test_all_that_is_in_sight_comes_on_a_large_dense_screen(new_page: NewPage, observatory: Observatory) -> None:
    """Where there would be more tiles than can be kept, all are of a coarser zoom, rather than some of none."""
    portal = new_page(width=1700, height=1100, density=2)
    asked = _huge(portal, observatory)
    scale, middle, side = 0.26, 16_000, 512  # of a tile at the zoom beneath the finest, in pixels of the image
    page = _look_into(portal, observatory, f"?x={middle}&y={middle}&scale={scale}")
    canvas = page.locator(".tile-view canvas")
    width, height = canvas.evaluate("(canvas) => [canvas.clientWidth, canvas.clientHeight]")
    assert (width / scale / 256) * (height / scale / 256) > 192, "the finest zoom would be too many"
    expect(canvas).to_have_attribute("data-loading", "false")
    for length, at in ((width, 1), (height, 2)):
        reach = length / scale / 2
        seen = {each[at] for each in asked if each[0] == 6}
        assert seen == set(range(int((middle - reach) // side), int((middle + reach) // side) + 1))
    assert {zoom for zoom, _, _ in asked} == {0, 6}
    expect(canvas).to_have_attribute("data-tiles", str(len(asked)))


def test_decoded_tiles_are_bounded(portal: PortalPage, observatory: Observatory) -> None:
    """Only so many are kept, however far one wanders."""
    page = portal.page
    _huge(portal, observatory)
    _look_into(portal, observatory, "?x=4000&y=4000&scale=1")
    canvas = page.locator(".tile-view canvas")
    canvas.focus()
    for _ in range(80):
        for _ in range(8):
            page.keyboard.press("ArrowRight")
        expect(canvas).to_have_attribute("data-loading", "false")
    assert 100 < int(canvas.get_attribute("data-tiles") or 0) <= 192


def test_a_tile_that_does_not_come_is_told_and_asked_for_again(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.expected = "Failed to load resource"
    page.route(re.compile(r"/tiles/"), lambda route: route.abort())
    _look_into(portal, observatory)
    expect(page.get_by_role("alert")).to_contain_text("did not come")
    page.unroute(re.compile(r"/tiles/"))
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_viewer_is_open_to_everybody_and_black_before_its_tiles(
    new_page: NewPage, observatory: Observatory
) -> None:
    for mode in ("light", "dark", "red"):
        portal = new_page(mode=mode)
        page = _look_into(portal, observatory)
        assert not portal.barriers(AXE)
        painted = page.evaluate("getComputedStyle(document.querySelector('.tile-view canvas')).backgroundColor")
        assert painted == "rgb(0, 0, 0)"
        page.set_viewport_size({"width": 375, "height": 750})
        assert not portal.is_too_wide()
        expect(page.locator(".header")).to_contain_text("<script>hostile=1</script>")
        assert page.evaluate("window.hostile") is None
