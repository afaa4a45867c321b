"""Uploads by the browser: files straight to the store, gone on with after the page was lost, each failure by itself."""

from __future__ import annotations

import base64
import hashlib
import re
import time
import zlib
from pathlib import Path

import google_crc32c
import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from playwright.sync_api import expect

from service.config import Config
from tests.portal.conftest import AXE, NewPage, Observatory
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow


def frame(path: Path, name: str) -> Path:
    """Write a small frame of another night."""
    unit = fits.PrimaryHDU(np.random.default_rng(len(name)).integers(900, 1100, (32, 32)).astype("int16"))
    unit.header.update(
        {"DATE-OBS": "2026-10-03T20:00:00", "EXPTIME": 60.0, "IMAGETYP": "light", "FILTER": "V", "OBJECT": name}
    )
    unit.writeto(path)
    return path


def crc_base64(crc: int) -> str:
    return base64.b64encode(crc.to_bytes(4, "big")).decode()


def choose(portal: PortalPage, *files: Path) -> None:
    portal.page.get_by_label("Files", exact=True).set_input_files(files)


def test_files_arrive_as_frames(portal: PortalPage, observatory: Observatory, tmp_path: Path) -> None:
    page = portal.page
    portal.open(observatory.address("upload"))
    names = ["<img src=x onerror=window.hostile=1>.fits", "m42.fits"]
    choose(portal, *[frame(tmp_path / name, f"BROWSER{i}") for i, name in enumerate(names)])
    expect(page.get_by_role("heading", name="2 of 2 files arrived")).to_be_visible()
    assert page.evaluate("window.hostile") is None
    choose(portal, tmp_path / "m42.fits")
    expect(page.locator(".upload-list .known")).to_have_count(1)  # the same content is not sent again
    with uraniborg.connect(observatory.url, observatory.owner.token, organisation=observatory.slug) as client:
        deadline = time.monotonic() + 120
        while not list(client.find(object="BROWSER1")):  # a page that looks just before it is there may miss it
            assert time.monotonic() < deadline
            page.wait_for_timeout(200)
    page.goto(observatory.address("frames?object=BROWSER1"))
    expect(page.locator(".page-head p")).to_have_text("1 frame")


def test_each_content_is_told_by_all_of_its_checksums(
    portal: PortalPage, observatory: Observatory, tmp_path: Path
) -> None:
    """Odd ends behind whole steps and blocks; the last is larger than what the browser sums up in one piece."""
    page = portal.page
    contents = {
        f"{size}.bin": np.random.default_rng(size).bytes(size) for size in (0, 1, 7, 8, 9, 4099, 33 * 2**20 + 5)
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    portal.open(observatory.address("upload"))
    with page.expect_request(lambda asked: asked.method == "POST" and asked.url.endswith("/uploads")) as announced:
        choose(portal, *(tmp_path / name for name in contents))
    assert announced.value.post_data_json["files"] == [
        {
            "path": name,
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "crc32": crc_base64(zlib.crc32(content)),
            "crc32c": crc_base64(google_crc32c.value(content)),
        }
        for name, content in contents.items()
    ]
    expect(page.get_by_role("heading", name=re.compile("7 of 7 files arrived"))).to_be_visible(timeout=60_000)


def test_a_large_file_is_gone_on_with_after_the_page_was_lost(
    portal: PortalPage, observatory: Observatory, tmp_path: Path
) -> None:
    """Parts that arrived are not sent again, although the page that sent them is gone."""
    page = portal.page
    large = tmp_path / "large.bin"
    large.write_bytes(np.random.default_rng(7).bytes(70_000_000))
    sent: list[str] = []
    portal.expected = "Failed to load resource"

    def part(route: object, request: object) -> None:
        sent.append(request.url)  # type: ignore[attr-defined]
        if broken and "&part=1&" not in request.url and not page.is_closed():  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    broken = True
    page.route("**/objects/**", part)
    portal.open(observatory.address("upload"))
    with page.expect_response(lambda reply: "/objects/" in reply.url and reply.ok, timeout=120_000):
        choose(portal, large)
    expect(page.locator(".upload-list .failed")).to_contain_text("connection to the store broke", timeout=60_000)
    broken = False
    portal.open(observatory.address("upload"))
    expect(page.get_by_role("heading", name="1 file did not arrive last time")).to_be_visible()
    before = len(sent)
    choose(portal, large)
    expect(page.get_by_role("heading", name="1 of 1 file arrived")).to_be_visible(timeout=60_000)
    parts = -(-large.stat().st_size // Config(data_dir=tmp_path).part_size_bytes)
    assert len(sent) - before == parts - 1
    with uraniborg.connect(observatory.url, observatory.owner.token) as client:
        listed = client.call("list_files", organisation=observatory.slug, limit=1000).items
    assert hashlib.sha256(large.read_bytes()).hexdigest() in {each.sha256 for each in listed}


def test_failure_is_told_and_can_be_tried_again(portal: PortalPage, observatory: Observatory, tmp_path: Path) -> None:
    page = portal.page
    portal.expected = "Failed to load resource"
    page.route("**/uploads", lambda route: route.abort())
    portal.open(observatory.address("upload"))
    choose(portal, frame(tmp_path / "again.fits", "AGAIN"))
    expect(page.locator(".upload-list .failed")).to_contain_text("The service did not answer")
    assert not portal.barriers(AXE)
    page.unroute("**/uploads")
    page.get_by_role("button", name="Try the failed again").click()
    expect(page.get_by_role("heading", name="1 of 1 file arrived")).to_be_visible()


def test_folder_is_dropped(portal: PortalPage, observatory: Observatory) -> None:
    """What is dropped outside the zone leads to it, and does not replace the page."""
    page = portal.page
    portal.open(observatory.address("nights"))
    page.evaluate(
        """() => { const dropped = new DataTransfer(); dropped.items.add(new File(['seeing 2.1'], 'dropped.txt'));
        document.querySelector('#main').dispatchEvent(
            new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: dropped })) }"""
    )
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    page.evaluate(
        """() => { const dropped = new DataTransfer(); dropped.items.add(new File(['seeing 2.1'], 'dropped.txt'));
        document.querySelector('.drop-zone').dispatchEvent(
            new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: dropped })) }"""
    )
    expect(page.locator(".upload-list")).to_contain_text("dropped.txt")
    expect(page.get_by_role("heading", name=re.compile("1 of 1 file arrived"))).to_be_visible()


def test_page_is_open_to_everybody(new_page: NewPage, observatory: Observatory) -> None:
    portal = new_page()
    portal.open(observatory.address("upload"))
    for mode in ("light", "dark", "red"):
        portal.page.evaluate("(mode) => { document.documentElement.dataset.mode = mode }", mode)
        assert not portal.barriers(AXE)
    portal.page.set_viewport_size({"width": 375, "height": 750})
    assert not portal.is_too_wide()
