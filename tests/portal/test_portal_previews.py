"""Files of all kinds are looked at in the browser, and whatever stands in them is text."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
import uraniborg
from PIL import Image
from playwright.sync_api import expect

from tests.portal.conftest import AXE, HOSTILE, NewPage, Observatory
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow

MANY = 1_000_000


@pytest.fixture(scope="module")
def files(observatory: Observatory, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files that are no frames, by name."""
    folder: Path = tmp_path_factory.mktemp("files")
    (folder / "night.log").write_text(f"seeing 1.6 arcsec\n{HOSTILE}\n" + "x" * MANY)
    (folder / "stars.csv").write_text(f'name;mag\n"Mirach; A ""b""";2.05\n{HOSTILE};1\n')
    (folder / "page.html").write_text(f"<!doctype html><body onload='hostile=1'>{HOSTILE}</body>")
    printed = {"output_type": "display_data", "data": {"text/html": HOSTILE, "text/plain": ["42 ", HOSTILE]}}
    cells = [
        {"cell_type": "markdown", "source": [f"# Reduction {HOSTILE}"]},
        {"cell_type": "code", "source": "print(6 * 7)", "outputs": [printed]},
    ]
    (folder / "reduction.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}))
    Image.new("RGB", (40, 30), "navy").save(folder / "finder.png")
    (folder / "broken.png").write_text(f"<svg onload='hostile=1'>{HOSTILE}</svg>")
    (folder / "paper.pdf").write_bytes(b"%PDF-1.4\n")
    (folder / "empty.txt").write_bytes(b"")
    with uraniborg.connect(observatory.url, observatory.owner.token) as client:
        client.organisation = observatory.slug
        client.upload(folder, telescope="quadrant", dataset="Other files", wait=True)
        reply = httpx.get(
            f"{observatory.url}/api/v1/organisations/{observatory.slug}/datasets/other-files/files",
            headers={"Authorization": f"Bearer {observatory.owner.token}"},
        )
    return {each["path"].rpartition("/")[2]: each["file"] for each in reply.json()["items"]}


def _look(portal: PortalPage, observatory: Observatory, file: str) -> None:
    portal.open(observatory.address(f"files/{file}"))


def test_a_datasets_files_lead_to_their_pages(
    portal: PortalPage, observatory: Observatory, files: dict[str, str]
) -> None:
    portal.open(observatory.address("datasets/other-files"))
    portal.page.get_by_role("link", name="night.log").click()
    expect(portal.page.get_by_role("heading", name="night.log")).to_be_visible()


def test_what_is_hostile_is_text(portal: PortalPage, observatory: Observatory, files: dict[str, str]) -> None:
    page = portal.page
    contents = page.get_by_role("region", name="Contents")
    _look(portal, observatory, files["night.log"])
    expect(contents).to_contain_text("seeing 1.6 arcsec")
    expect(contents).to_contain_text("<img src=x onerror=window.hostile=1>‹U+202E›<script>")
    expect(contents).to_contain_text("The first 256 kB of 1.00 MB")
    _look(portal, observatory, files["stars.csv"])
    expect(contents.locator("th")).to_have_text(["name", "mag"])
    expect(contents.locator("td").first).to_have_text('Mirach; A "b"')
    expect(contents).to_contain_text("<script>")
    _look(portal, observatory, files["page.html"])
    expect(contents.locator("pre")).to_contain_text("<body onload='hostile=1'>")
    _look(portal, observatory, files["reduction.ipynb"])
    expect(contents.locator("li")).to_have_count(2)
    expect(contents.locator(".printed")).to_contain_text("42 <img")
    assert page.evaluate("window.hostile") is None
    assert contents.locator("img, script, svg, iframe").count() == 0


def test_pictures_and_documents(portal: PortalPage, observatory: Observatory, files: dict[str, str]) -> None:
    page = portal.page
    contents = page.get_by_role("region", name="Contents")
    _look(portal, observatory, files["finder.png"])
    page.wait_for_function("document.querySelector('.file-picture img')?.naturalWidth === 40")
    _look(portal, observatory, files["broken.png"])
    expect(contents).to_contain_text("no picture that the browser can draw")
    _look(portal, observatory, files["paper.pdf"])
    expect(contents.get_by_role("link", name="Get the PDF")).to_be_visible()
    _look(portal, observatory, files["empty.txt"])
    expect(contents).to_contain_text("The file is empty")
    assert page.evaluate("window.hostile") is None


def test_previews_are_open_to_everybody(new_page: NewPage, observatory: Observatory, files: dict[str, str]) -> None:
    portal = new_page()
    for name in ("night.log", "stars.csv", "reduction.ipynb", "finder.png", "paper.pdf"):
        portal.page.set_viewport_size({"width": 1280, "height": 800})
        _look(portal, observatory, files[name])
        for mode in ("light", "dark", "red"):
            portal.page.evaluate("(mode) => { document.documentElement.dataset.mode = mode }", mode)
            assert not portal.barriers(AXE)
        portal.page.set_viewport_size({"width": 375, "height": 750})
        assert not portal.is_too_wide()
