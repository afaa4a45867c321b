"""A host of one's own: named and proven in the settings, opened in a browser that is signed in beside, and given up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
import uraniborg
from playwright.sync_api import Browser, expect

from tests.portal.conftest import AXE, CHROMIUM
from tests.support.live_server import LiveServer, live_server
from tests.support.name_server import NameServer, name_server
from tests.support.portal_page import FLAGS, PortalPage

pytestmark = pytest.mark.slow
HOST = "data.stjerneborg.example"


@pytest.fixture(scope="module")
def dns() -> Iterator[NameServer]:
    """A name server in a thread of its own."""
    started: list[NameServer] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with name_server() as running:
            started.append(running)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(60)
    yield started[0]
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


@pytest.fixture(scope="module")
def service(dns: NameServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("hosts"), name_server=f"127.0.0.1:{dns.port}") as running:
        yield running


@pytest.fixture
def portal(browser: Browser, service: LiveServer) -> Iterator[PortalPage]:
    """A page of a browser to which every name of `example` leads to the service."""
    apart = browser.browser_type.launch(
        executable_path=CHROMIUM, args=[*FLAGS, "--host-resolver-rules=MAP *.example 127.0.0.1"]
    )
    page = PortalPage(apart.new_context(reduced_motion="reduce").new_page(), service.url)
    yield page
    complaints = page.complaints
    apart.close()
    assert not complaints, complaints


def test_a_host_is_named_proven_and_given_up(portal: PortalPage, service: LiveServer, dns: NameServer) -> None:
    owner = service.someone("sophie")
    with uraniborg.connect(service.url, owner.token) as client:
        client.organisation = slug = client.add_organisation(name="Stjerneborg").slug
    own = f"http://{HOST}:{urlsplit(service.url).port}"
    page = portal.page
    portal.sign_in(owner.email, owner.password)
    portal.open(f"{service.url}/app/{slug}/settings/portal")
    page.get_by_label("Everybody may see it").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".badge", has_text="public")).to_have_class("badge published")
    panel = page.get_by_role("region", name="Own host")
    panel.get_by_label("Name of a host of yours").fill(HOST)
    panel.get_by_role("button", name="Name it").click()
    value = panel.get_by_text("uraniborg-portal=").inner_text()
    expect(panel.get_by_text(f"_uraniborg.{HOST}", exact=True)).to_be_visible()
    assert not portal.faults(AXE)
    portal.expected = "status of 409"
    panel.get_by_role("button", name="Look it up").click()
    expect(panel.get_by_role("alert")).to_contain_text("There is no TXT record")
    dns.texts[f"_uraniborg.{HOST}"] = [value]
    panel.get_by_role("button", name="Look it up").click()
    expect(panel.locator(".badge")).to_have_text("proven")
    link = panel.get_by_role("link", name=HOST)
    assert link.get_attribute("href") == f"{own}/"
    assert not portal.faults(AXE)
    # Seen in the very browser that is signed in beside: nobody is, there.
    portal.expected = "status of 404"
    page.goto(f"{own}/")
    expect(page.get_by_role("heading", name="Stjerneborg")).to_be_visible()
    assert not portal.barriers(AXE)
    assert page.context.cookies(own) == []
    for path in ("/app/", "/api/v1/me", f"/api/v1/organisations/{slug}/portal", "/sign-in"):
        reply = page.goto(f"{own}{path}")
        assert reply is not None and reply.status == 404, path
    portal.open(f"{service.url}/app/{slug}/settings/portal")
    # What is undone at once is asked about: another host in its place, and giving it up.
    panel.get_by_label("Another one").fill("other.example")
    panel.get_by_role("button", name="Name it").click()
    page.get_by_role("dialog", name=f"Leave {HOST} for other.example?").get_by_role("button", name="Leave it").click()
    expect(panel.locator(".badge")).to_have_text("proven")
    page.get_by_role("button", name=f"Give {HOST} up").click()
    assert not portal.faults(AXE)
    page.get_by_role("dialog").get_by_role("button", name=f"Give {HOST} up").click()
    expect(page.get_by_label("Name of a host of yours")).to_be_visible()
    gone = httpx.get(f"{service.url}/", headers={"host": f"{HOST}:{urlsplit(service.url).port}"})
    assert "Stjerneborg" not in gone.text
