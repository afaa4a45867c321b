"""Aladin Lite: in a frame of no origin, with the user's own fields, without a request to anywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.portal.conftest import AXE, CHROMIUM, Observatory
from tests.support.portal_page import FLAGS, PortalPage

pytestmark = pytest.mark.slow
DRAWN = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


@pytest.fixture(params=[DRAWN])
def portal(request: pytest.FixtureRequest, browser: Browser, observatory: Observatory) -> Iterator[PortalPage]:
    """A page of a browser of its own: that draws by WebGL, in software, or however a test has it."""
    flags = [flag for flag in FLAGS if flag != "--disable-gpu"] + request.param
    apart = browser.browser_type.launch(executable_path=CHROMIUM, args=flags)
    page = PortalPage(apart.new_context(reduced_motion="reduce").new_page(), observatory.url)
    yield page
    complaints = [each for each in page.complaints if "GPU stall" not in each]  # of drawing in software
    apart.close()
    assert not complaints, complaints


def test_it_shows_ones_own_fields_and_asks_nobody(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    portal.sign_in(observatory.owner.email, observatory.owner.password)
    portal.open(observatory.address("frames"))
    assert not any("aladin" in address for address in asked), "it is loaded on demand"
    page.get_by_role("button", name="Aladin").click()
    expect(page).to_have_url(re.compile("view=aladin"))
    sky = page.frame_locator("iframe")
    expect(sky.locator("body[data-fields]")).to_be_attached(timeout=60_000)
    fields = page.get_by_role("region", name="Fields").get_by_role("listitem").count()
    assert int(sky.locator("body").get_attribute("data-fields") or 0) == fields > 0
    page.wait_for_timeout(1000)
    own = (observatory.url, "blob:", "data:")
    assert [address for address in asked if not address.startswith(own)] == []
    # Nothing of the session, of storage or of the page around it can be reached from within.
    inside = next(frame for frame in page.frames if "aladin.html" in frame.url)
    assert inside.evaluate("self.origin") == "null"
    for reach in ("document.cookie", "parent.document.title", "parent.location.href", "indexedDB.open('x')"):
        denied = inside.evaluate(f"(() => {{ try {{ return String({reach}) }} catch (e) {{ return e.name }} }})()")
        assert denied == "SecurityError", (reach, denied)
    for address in ("/api/v1/session", "/app/index.html", "https://alasky.cds.unistra.fr/"):
        portal.expected = "Content Security Policy"
        assert inside.evaluate("(a) => fetch(a).then(() => 'answered', () => 'refused')", address) == "refused"
    # What it says that is no field of the list leads nowhere.
    inside.evaluate("parent.postMessage({ kind: 'chosen', id: '../../-/health' }, '*')")
    inside.evaluate("parent.postMessage({ kind: 'failed', why: 7 }, '*')")
    page.wait_for_timeout(300)
    expect(page).to_have_url(re.compile("view=aladin"))
    found = page.get_by_role("region", name="Fields").get_by_role("link").first.get_attribute("href") or ""
    inside.evaluate("(id) => parent.postMessage({ kind: 'chosen', id }, '*')", found.rpartition("/")[2])
    expect(page).to_have_url(re.compile("/frames/[0-9a-f-]{36}"))


@pytest.mark.parametrize("portal", [["--disable-3d-apis"]], indirect=True)
def test_it_says_so_where_it_cannot_start(portal: PortalPage, observatory: Observatory) -> None:
    portal.sign_in(observatory.owner.email, observatory.owner.password)
    portal.open(observatory.address("frames?view=aladin"))
    expect(portal.page.get_by_text("Aladin Lite does not start here")).to_be_visible(timeout=60_000)
    assert not portal.faults(AXE)


def test_only_its_document_may_be_framed(observatory: Observatory) -> None:
    frame = httpx.get(f"{observatory.url}/app/aladin.html").headers
    assert "sandbox allow-scripts;" in frame["content-security-policy"]
    assert "connect-src data:;" in frame["content-security-policy"]
    for path in ("/app/", "/app/index.html", "/sign-in", "/account", "/oauth/device", "/api/v1/docs"):
        headers = httpx.get(f"{observatory.url}{path}", follow_redirects=True).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
    text = httpx.get(f"{observatory.url}/app/notices.txt").text
    assert "aladin-lite 3.8.2, GPL-3" in text and "GNU GENERAL PUBLIC LICENSE" in text
