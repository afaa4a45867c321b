"""Signing in elsewhere from the portal: one comes back to where one was going."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.portal.conftest import AXE
from tests.support.http_server import served
from tests.support.live_server import LiveServer, live_server
from tests.support.lying_provider import CLIENT_ID, CLIENT_SECRET, LyingProvider
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider, here an honest one, in a thread of its own."""
    provider = LyingProvider()
    ready, over = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with served(provider) as provider.issuer:
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(60)
    yield provider.issuer
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


@pytest.fixture(scope="module")
def service(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("elsewhere")
    settings = folder / "uraniborg.toml"
    settings.write_text(
        f"""
        [identity_providers.knudstrup]
        title = "Knudstrup"
        issuer = "{issuer}"
        client_id = "{CLIENT_ID}"
        client_secret = "{CLIENT_SECRET}"
        makes_accounts = true
        """
    )
    with live_server(folder, config=str(settings)) as running:
        yield running


@pytest.mark.parametrize("path", ["organisations?from=afar", ""])
def test_one_comes_back_to_where_one_was_going(browser: Browser, service: LiveServer, path: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    portal = PortalPage(context.new_page(), service.url)
    page = portal.page
    portal.open(f"{service.url}/app/{path}")
    assert not portal.barriers(AXE)
    page.get_by_role("link", name="Sign in with Knudstrup").click()
    expect(page.get_by_role("heading", name="Your organisations")).to_be_visible()
    assert page.url == f"{service.url}/app/{path}"
    page.goto(f"{service.url}/sign-in")
    page.get_by_role("link", name="Go to the portal").click()
    expect(page.get_by_role("heading", name="Your organisations")).to_be_visible()
    context.close()
    assert not portal.complaints, portal.complaints
