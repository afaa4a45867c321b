"""Tables, curves and cubes in the viewer; over images the grid, the catalogue, and another frame by the sky."""

from __future__ import annotations

import re
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from astropy.wcs import WCS
from playwright.sync_api import Route, expect

from tests.portal.conftest import AXE, HOSTILE, NewPage
from tests.support.live_server import LiveServer, Someone
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow

TURNED_DEG = 40.0
PICTURE = """async (dark) => {
    const canvas = document.querySelector('.tile-view canvas');
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const { width, height } = canvas;
    const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
    let [x, y, many, blue] = [0, 0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
        if (data[i + 2] > data[i] + 60) blue += 1;
        if (data[i] < 180) continue;
        [x, y, many] = [x + (i / 4) % width, y + Math.floor(i / 4 / width), many + 1];
    }
    return { x: x / many, y: y / many, many, blue };
}"""


class Frames(msgspec.Struct):
    url: str
    slug: str
    owner: Someone
    of: dict[str, str]

    def view(self, name: str, search: str = "") -> str:
        return f"{self.url}/app/{self.slug}/frames/{self.of[name]}/view{search}"


def _star(path: Path, turned_deg: float, start: str) -> None:
    """One star near M 42, seen by a camera that is turned."""
    wcs = WCS(naxis=2)
    cos, sin = np.cos(np.radians(turned_deg)), np.sin(np.radians(turned_deg))
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [83.82, -5.39], [150.5, 150.5]
    wcs.wcs.cd = np.array([[-cos, sin], [sin, cos]]) * 0.002
    x, y = wcs.all_world2pix(83.95, -5.39, 0)
    rows, columns = np.mgrid[:300, :300]
    image = 100 + 5000 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 30)
    header = wcs.to_header()
    header.update({"OBJECT": "M42", "DATE-OBS": start, "IMAGETYP": "light"})
    fits.PrimaryHDU(image.astype("f4"), header).writeto(path)


def _curve(path: Path) -> None:
    time = np.arange(4_000) / 720
    flux = 1000 + np.sin(time)
    flux[1234] = 900.0
    unit = fits.BinTableHDU.from_columns(
        [
            fits.Column("TIME", "D", "BJD - 2457000, days", disp="F12.4", array=time),
            fits.Column("SAP_FLUX", "E", "e-/s", disp="E12.3", array=flux),
            fits.Column("NOTE", "120A", array=[HOSTILE.encode()] * len(time)),
            fits.Column("QUALITY", "J", array=np.arange(len(time)) % 7),
            *(fits.Column(f"MORE_{n}", "E", array=time) for n in range(12)),
        ],
        name="CURVE",
    )
    unit.header["TIMESYS"] = "TDB"
    first = fits.PrimaryHDU()
    first.header.update({"OBJECT": "TIC 1", "DATE-OBS": "2014-12-08T22:00:00"})
    fits.HDUList([first, unit]).writeto(path)


@pytest.fixture(scope="module")
def frames(server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """An observatory of its own, so that nobody else's counts change."""
    folder = tmp_path_factory.mktemp("numbers")
    _star(folder / "straight.fits", 0.0, "2026-11-20T22:00:00")
    _star(folder / "turned.fits", TURNED_DEG, "2026-11-20T22:10:00")
    _curve(folder / "curve.fits")
    axis = {"CRPIX1": 1.0, "CRVAL1": 5000.0, "CDELT1": 2.0, "CTYPE1": "AWAV", "CUNIT1": "Angstrom", "BUNIT": "Jy"}
    spectrum = fits.PrimaryHDU(np.arange(800, dtype="f4"), fits.Header(axis))
    spectrum.writeto(folder / "spectrum.fits")
    cube = fits.PrimaryHDU(np.stack([np.full((40, 40), level, "i2") for level in (0, 50, 100)]))
    cube.header.update({"CTYPE3": "WAVE", "CRVAL3": 656.3, "CRPIX3": 1.0, "CDELT3": 0.5, "CUNIT3": "nm"})
    cube.writeto(folder / "cube.fits")
    owner = server.someone("sophie")
    with uraniborg.connect(server.url, owner.token) as client:
        client.organisation = client.add_organisation(name="Stjerneborg").slug
        client.upload(folder, wait=True)
        found = {str(frame.path).rpartition("/")[2]: str(frame.id) for frame in client.find()}
        return Frames(server.url, client.organisation, owner, found)


@pytest.fixture
def portal(new_page: NewPage, frames: Frames) -> PortalPage:
    page = new_page(signed_in=False)
    page.sign_in(frames.owner.email, frames.owner.password)
    return page


def test_a_light_curve_is_drawn_in_the_time_one_chooses(portal: PortalPage, frames: Frames) -> None:
    page = portal.page
    portal.open(frames.view("curve.fits"))
    plot = page.get_by_role("region", name="Plot")
    expect(plot.get_by_role("heading", name="Light curve")).to_be_visible()
    chart = plot.locator("svg")
    expect(chart).to_contain_text("TIME (BJD - 2457000, days)")
    expect(chart).to_have_attribute("data-points", "4000")
    plot.get_by_label("Times").select_option("BJD")
    expect(chart).to_contain_text("BJD − 2457000 (days, TDB)")
    plot.get_by_label("Times").select_option("UTC")
    expect(chart).to_contain_text("UTC at the barycentre of the Solar System")
    expect(chart).to_contain_text("2014-12-")
    chart.focus()
    page.keyboard.press("+")
    expect(chart).to_have_attribute("data-points", re.compile("^21[0-9][0-9]$"))
    page.get_by_role("region", name="Rows").get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile("from=51"))
    expect(chart).to_have_attribute("data-points", re.compile("^21[0-9][0-9]$"))  # the plot stays where it is
    page.reload()
    expect(chart).to_contain_text("UTC at the barycentre")
    plot.get_by_label("Up").select_option("QUALITY")
    expect(plot.get_by_role("heading", name="Plot")).to_be_visible()
    expect(page).to_have_url(re.compile("up=4"))


def test_a_table_is_turned_page_by_page_and_sorted_within_it(portal: PortalPage, frames: Frames) -> None:
    page = portal.page
    portal.open(frames.view("curve.fits"))
    rows = page.get_by_role("region", name="Rows")
    expect(rows.get_by_role("heading")).to_have_text("4 000 rows, 16 columns".replace(" 000", "\u202f000"))
    first = rows.locator("tbody tr").first
    expect(first.locator("td").nth(0)).to_have_text("0.0000")  # as its TDISP says
    expect(first.locator("td").nth(1)).to_have_text("1.000e3")
    expect(first.locator("td").nth(2)).to_contain_text("<img src=x onerror=window.hostile=1>‹U+202E›<script>")
    rows.get_by_role("button", name="Next").click()
    expect(first.locator("th")).to_have_text("51")
    expect(page).to_have_url(re.compile("from=51"))
    rows.get_by_role("button", name="QUALITY").click()
    rows.get_by_role("button", name="QUALITY").click()
    expect(first.locator("td").nth(3)).to_have_text("6")
    expect(rows).to_contain_text("Sorted within these rows")
    rows.get_by_label("First row").fill("3990")
    rows.get_by_label("First row").press("Enter")
    expect(rows).to_contain_text("Rows 3\u202f990 to 4\u202f000 of 4\u202f000")
    rows.locator("summary").click()
    rows.get_by_label("MORE_11").check()
    expect(rows.locator("thead th").last).to_contain_text("MORE_11")
    assert page.evaluate("window.hostile") is None


def test_a_spectrum_has_its_wavelengths_and_a_cube_its_planes(portal: PortalPage, frames: Frames) -> None:
    page = portal.page
    portal.open(frames.view("spectrum.fits"))
    plot = page.get_by_role("region", name="Plot")
    chart = plot.locator("svg")
    expect(chart).to_contain_text("Wavelength in air (Angstrom)")
    expect(chart).to_contain_text("value (Jy)")
    plot.get_by_label("Unit").select_option("nm")
    expect(chart).to_contain_text("Wavelength in air (nm)")
    expect(chart).to_contain_text("540")
    portal.open(frames.view("cube.fits"))
    plane = page.get_by_label("Plane 1 of 3: WAVE 656.3 nm")
    with page.expect_request(re.compile(r"/tiles/.*plane=1")):
        plane.press("ArrowRight")
    expect(page.get_by_label("Plane 2 of 3: WAVE 656.8 nm")).to_be_visible()


def test_the_grid_and_the_catalogue_lie_over_the_picture(portal: PortalPage, frames: Frames) -> None:
    page = portal.page
    portal.expected = "Canvas2D"  # a test reads the canvas more often than a page would
    portal.open(frames.view("straight.fits"))
    expect(page.locator(".tile-view canvas")).to_have_attribute("data-loading", "false")
    assert page.evaluate(PICTURE)["blue"] == 0
    page.get_by_label("RA/Dec grid").check()
    page.wait_for_function(f"async () => (await ({PICTURE})()).blue > 500")
    page.get_by_label("Stars and objects").check()
    objects = page.get_by_role("region", name="Objects in the picture")
    objects.get_by_role("button", name="M 42", exact=True).click()
    expect(page).to_have_url(re.compile("scale=1"))
    expect(page).to_have_url(re.compile("grid=true.*objects=true|objects=true.*grid=true"))


def test_a_turned_frame_blinks_where_its_stars_are(portal: PortalPage, frames: Frames) -> None:
    """The one star is seen at the same place of the screen in both frames by the sky, and elsewhere by pixels."""
    page = portal.page
    portal.expected = "Canvas2D"
    shown = page.get_by_role("status").filter(has_text="Blinking")

    def seen(search: str, words: str) -> dict[str, float]:
        portal.open(frames.view("straight.fits", f"?{search}&stretch=linear&limits=minmax"))
        for turn in ("other frame", "frame itself", words):  # by then the tiles of both are there
            expect(shown).to_contain_text(turn)
        while True:
            expect(shown).to_contain_text(words)
            found: dict[str, float] = page.evaluate(PICTURE)
            if words in shown.inner_text():  # it did not blink meanwhile
                return found

    blink = f"blink={frames.of['turned.fits']}"
    itself = seen(blink, "by the sky; shown is the frame itself")
    by_sky = seen(blink, "by the sky; shown is the other frame")
    by_pixels = seen(f"{blink}&align=pixels", "pixel by pixel; shown is the other frame")
    assert itself["many"] > 20
    assert abs(by_sky["x"] - itself["x"]) < 2 and abs(by_sky["y"] - itself["y"]) < 2
    assert np.hypot(by_pixels["x"] - itself["x"], by_pixels["y"] - itself["y"]) > 20


def test_a_plane_of_a_cube_blinks_with_a_frame_that_has_none_and_comes_slowly(
    portal: PortalPage, frames: Frames
) -> None:
    page = portal.page
    asked: list[str] = []

    def slowly(route: Route) -> None:
        asked.append(route.request.url)
        time.sleep(1.0)  # longer than either is shown
        route.continue_()

    page.route(re.compile(f"{frames.of['straight.fits']}/hdus/0/tiles/"), slowly)
    portal.open(frames.view("cube.fits", f"?plane=1&blink={frames.of['straight.fits']}"))
    shown = page.get_by_role("status").filter(has_text="Blinking")
    for turn in ("other frame", "frame itself", "other frame"):
        expect(shown).to_contain_text(turn)
    canvas = page.locator(".tile-view canvas")
    expect(canvas).to_have_attribute("data-loading", "false")
    assert asked and not any("plane" in address for address in asked)
    expect(canvas).to_have_attribute("data-tiles", str(1 + len(asked)))
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_frame_leads_to_the_version_it_replaced(portal: PortalPage, frames: Frames, tmp_path: Path) -> None:
    page = portal.page
    with uraniborg.connect(frames.url, frames.owner.token) as client:
        client.organisation = frames.slug
        for level in (1, 2):
            fits.PrimaryHDU(np.full((32, 32), level, "i2")).writeto(tmp_path / "again.fits", overwrite=True)
            (sent,) = client.upload(tmp_path, dataset="Versions", wait=True).files
        newest = client.get_file(sent.file)
    portal.open(f"{frames.url}/app/{frames.slug}/frames/{newest.frame}")
    page.get_by_role("region", name="Earlier versions").get_by_role("link").click()
    expect(page).not_to_have_url(re.compile(str(newest.frame)))
    expect(page.get_by_role("region", name="Facts")).to_be_visible()
    expect(page.get_by_role("region", name="Earlier versions")).to_have_count(0)


def test_numbers_are_open_to_everybody(portal: PortalPage, frames: Frames) -> None:
    for address in (
        frames.view("curve.fits"),
        frames.view("spectrum.fits"),
        frames.view("straight.fits", "?grid=true&objects=true"),
    ):
        portal.open(address)
        assert not portal.faults(AXE)
