"""A real service with a small night in it, and a real browser in front of the portal it serves."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
import uraniborg
from astropy.io import fits

from demo.constellation import simulated_catalogue
from service.handlers.web_app import BUILT
from tests.conftest import ROOT
from tests.support.live_server import LiveServer, Someone, live_server
from tests.support.portal_page import FLAGS, WAIT_MS, PortalPage

sync_api = pytest.importorskip("playwright.sync_api")
sync_api.expect.set_options(timeout=WAIT_MS)  # a loaded machine is slow, and nothing is wrong

CHROMIUM = shutil.which("chromium")
AXE = ROOT / "portals" / "node_modules" / "axe-core" / "axe.min.js"
NIGHT = "2026-11-20"
FRAMES = 12
HOSTILE = "<img src=x onerror=window.hostile=1>\u202e<script>window.hostile=1</script>"
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    missing = (
        "the portal is not built: `make portal`"
        if not (BUILT / "index.html").is_file()
        else "there is no Chromium: `make browser` installs Debian's"
        if CHROMIUM is None
        else ""
    )
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("portal"))
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


class Observatory(msgspec.Struct):
    """An organisation with a night in it, and its owner."""

    url: str
    slug: str
    owner: Someone
    frames: list[str]

    def address(self, path: str) -> str:
        return f"{self.url}/app/{self.slug}/{path}"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("portal")) as running:
        yield running


def launch_satellites(server: LiveServer, folder: Path) -> None:
    """Bring invented satellites in, as an operator does."""
    catalogue = folder / "satellites.csv"
    catalogue.write_bytes(simulated_catalogue(datetime(2026, 11, 20, 21, tzinfo=UTC)))
    subprocess.run(
        [sys.executable, "-m", "service.server", "satellites", "import", str(catalogue)],
        cwd=ROOT,
        env=os.environ | {"URANIBORG_DATA_DIR": str(server.folder / "data")},
        check=True,
        stdout=subprocess.DEVNULL,
    )


@pytest.fixture(scope="package")
def observatory(server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Observatory:
    """An observatory whose headers and file names would like to be more than text."""
    folder = tmp_path_factory.mktemp("night")
    start = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    noise = np.random.default_rng(1576)
    for number in range(FRAMES):
        picture = noise.normal(1000, 20, (64, 64)).astype("int16")
        cards = {
            "DATE-OBS": (start + timedelta(minutes=10 * number)).strftime("%Y-%m-%dT%H:%M:%S"),
            "EXPTIME": 300.0,
            "IMAGETYP": "light",
            "FILTER": "BVR"[number % 3],
            "OBJECT": "M31" if number else "<b onclick=alert(1)>M31</b>",
            "RA": 10.68,
            "DEC": 41.27,
            "OBSERVER": "<script>hostile=1</script>",
            "GAIN": 1.0 + number / 10,
        }
        unit = fits.PrimaryHDU(picture)
        unit.header.update(cards)
        unit.writeto(folder / f"frame{number:03}.fits")
    (folder / "<img src=x onerror=alert(1)>.fits").write_bytes((folder / "frame001.fits").read_bytes())
    launch_satellites(server, folder.parent)
    owner = server.someone("tycho")
    with uraniborg.connect(server.url, owner.token) as client:
        client.organisation = client.add_organisation(name="Uranienborg <i>Observatory</i>").slug
        client.add_site(
            name="Hven", latitude_deg=55.9075, longitude_deg=12.6965, height_m=45, time_zone="Europe/Copenhagen"
        )
        client.add_telescope(name="Quadrant", site="hven", aperture_mm=600, focal_length_mm=3600)
        client.add_instrument(name="Camera", telescope="quadrant", filters=["B", "V", "R"])
        client.upload(folder, telescope="quadrant", instrument="camera", dataset="First night", wait=True)
        frames = [str(frame.id) for frame in client.find(night=NIGHT)]
        return Observatory(server.url, client.organisation, owner, frames)


@pytest.fixture(scope="package")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


NewPage = Callable[..., PortalPage]


@pytest.fixture
def new_page(browser: sync_api.Browser, observatory: Observatory) -> Iterator[NewPage]:
    """Open pages of fresh browsers; what they complained of is held against the test at its end."""
    opened: list[PortalPage] = []

    def make(
        *, width: int = 1280, height: int = 800, mode: str = "dark", signed_in: bool = True, density: float = 1
    ) -> PortalPage:
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", device_scale_factor=density
        )
        context.add_init_script(
            f"try {{ localStorage['uraniborg-mode'] ??= '{mode}' }} catch {{}}"
        )  # what was chosen stays
        page = PortalPage(context.new_page(), observatory.url)
        opened.append(page)
        if signed_in:
            page.sign_in(observatory.owner.email, observatory.owner.password)
        return page

    yield make
    for page in opened:
        complaints = page.complaints
        page.page.context.close()
        assert not complaints, complaints


@pytest.fixture
def portal(new_page: NewPage) -> PortalPage:
    """The portal, signed in."""
    return new_page()
