"""Uploads by the browser over a line that carries little and breaks: each time it holds, something arrives for good."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import uraniborg
from playwright.sync_api import Browser, expect

from tests.support.live_server import LiveServer, live_server
from tests.support.portal_page import PortalPage
from tests.support.thin_line import ThinLine, thin_line

pytestmark = pytest.mark.slow

BYTES_PER_S = 8e6
BREAKS_EVERY_S = 4.0
SIZES = {"frame": 40_000_000, "again": 40_000_000, "cube": 70_000_000, "note": 1000}  # frames of five seconds alone


@pytest.fixture
def thin() -> Iterator[ThinLine]:
    rates = {"up_bytes_per_s": BYTES_PER_S, "down_bytes_per_s": BYTES_PER_S}
    with thin_line(("127.0.0.1", 0), **rates, round_trip_s=0.05) as line:
        yield line


@pytest.fixture
def far_server(thin: ThinLine, tmp_path: Path) -> Iterator[LiveServer]:
    """A service that takes files of 64 MiB and less in one piece, as it does where nothing is said."""
    with live_server(tmp_path / "far", public_url=f"http://127.0.0.1:{thin.port}") as running:
        thin.target = ("127.0.0.1", running.port)
        yield running


def test_files_arrive_that_the_line_never_carries_in_one_piece(
    thin: ThinLine, far_server: LiveServer, browser: Browser, tmp_path: Path
) -> None:
    someone = far_server.someone("vedel")
    with uraniborg.connect(far_server.url, someone.token) as client:
        slug = client.add_organisation(name="Far away").slug
    contents = {name: os.urandom(size_bytes) for name, size_bytes in SIZES.items()}
    contents["again"] = contents["frame"]  # the same content twice is sent once
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    context = browser.new_context()
    try:
        portal = PortalPage(context.new_page(), f"http://127.0.0.1:{thin.port}")
        page = portal.page
        portal.sign_in(someone.email, someone.password)
        portal.open(f"{portal.url}/app/{slug}/upload")
        carried = thin.up.carried_bytes
        thin.breaks_every_s = BREAKS_EVERY_S
        page.get_by_label("Files", exact=True).set_input_files([tmp_path / name for name in contents])
        expect(page.get_by_role("status")).to_contain_text("breaks now and then", timeout=60_000)
        expect(page.get_by_role("heading", name="4 of 4 files arrived")).to_be_visible(timeout=180_000)
    finally:
        context.close()
    assert thin.breaks > 1
    assert thin.up.carried_bytes - carried < 5 * sum(map(len, {*contents.values()}))
    with uraniborg.connect(far_server.url, someone.token, organisation=slug) as client:
        stored = {each.path: each.sha256 for each in client.iterate("list_files")}
    assert stored == {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
