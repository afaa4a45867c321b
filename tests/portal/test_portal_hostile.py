"""What strangers write is shown as text, however long and whichever way it runs; what they upload runs nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from playwright.sync_api import Error, expect

from tests.portal.conftest import HOSTILE, NIGHT, NewPage, Observatory
from tests.portal.test_portal_numbers import Frames
from tests.support.live_server import LiveServer
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow

MANY = 1_000_000
SCRIPT = "<script>window.hostile=1</script>"
NAME = f"moon.<img src=x onerror=window.hostile=1>{SCRIPT.replace('/', '')}.fits"
PAGE = f"<!doctype html><body onload='hostile=1'>{SCRIPT}<a href=javascript:hostile=1>x</a></body>"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload='hostile=1'>{SCRIPT}</svg>"


def _long_header(path: Path) -> None:
    """An image whose header has a value of a million signs and more, over cards of CONTINUE, and bytes beyond ASCII."""
    unit = fits.PrimaryHDU(np.zeros((32, 32), "i2"))
    unit.header.update(
        {"OBJECT": SCRIPT, "OBSERVER": "y" * 40, "DATE-OBS": "2026-11-20T21:00:00", "FILTER": "<b>R</b>"}
    )
    unit.header["LONGEST"] = SCRIPT + "x" * MANY
    unit.writeto(path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"y" * 40, "Ærø\u202e<i>".encode().ljust(40), 1))


@pytest.fixture(scope="module")
def frames(server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """An observatory of its own, brought files by somebody who means harm; by name, frames and else files."""
    folder = tmp_path_factory.mktemp("hostile")
    _long_header(folder / NAME)
    (folder / "page.html").write_text(PAGE)
    (folder / "page.svg").write_text(SVG)
    printed = {"output_type": "stream", "name": "stdout", "text": ["z" * MANY, HOSTILE]}
    cells = [{"cell_type": "code", "source": HOSTILE + "w" * MANY, "outputs": [printed]}]
    (folder / "long.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}))
    owner = server.someone("ursus")
    with uraniborg.connect(server.url, owner.token) as client:
        client.organisation = client.add_organisation(name=f"Rightwards {SCRIPT}").slug
        client.upload(folder, wait=True)
        base = f"{server.url}/api/v1/organisations/{client.organisation}"
        items = httpx.get(f"{base}/files", headers={"Authorization": f"Bearer {owner.token}"}).json()["items"]
        of = {each["path"].rpartition("/")[2]: each.get("frame") or each["id"] for each in items}
        return Frames(server.url, client.organisation, owner, of)


@pytest.fixture
def portal(new_page: NewPage, frames: Frames) -> PortalPage:
    page = new_page(signed_in=False)
    page.sign_in(frames.owner.email, frames.owner.password)
    return page


def _frame_of(frames: Frames) -> str:
    return next(frame for name, frame in frames.of.items() if name.endswith(".fits"))


def test_a_header_of_a_million_signs_is_text(portal: PortalPage, frames: Frames) -> None:
    page = portal.page
    for view in ("", "/view"):
        portal.open(f"{frames.url}/app/{frames.slug}/frames/{_frame_of(frames)}{view}")
        expect(page.get_by_role("heading", level=1)).to_have_text(SCRIPT)
        page.get_by_label("Search the header").fill("longest")
        expect(page.locator(".cards-table")).to_contain_text(SCRIPT + "xxx")
        assert page.evaluate("window.hostile") is None
        assert page.locator("#main img[src='x'], #main script, #main b, #main i").count() == 0
        assert not portal.is_too_wide()


def test_a_name_is_text_and_one_that_turns_is_refused(portal: PortalPage, frames: Frames, tmp_path: Path) -> None:
    page = portal.page
    portal.open(f"{frames.url}/app/{frames.slug}/frames")
    expect(page.locator(".frame-table .body")).to_contain_text("<img src=x onerror=window.hostile=1>")
    portal.open(f"{frames.url}/app/{frames.slug}/frames/{_frame_of(frames)}")
    expect(page.locator(".page-head p")).to_contain_text("<script>window.hostile=1<script>.fits")
    assert page.evaluate("window.hostile") is None
    (tmp_path / "moon\u202egnp.fits").write_bytes(b"turned")
    with uraniborg.connect(frames.url, frames.owner.token) as client:
        client.organisation = frames.slug
        (refused,) = client.upload(tmp_path, wait=True).files
    assert (refused.state, refused.code) == ("failed", "bad-path")


def test_a_notebook_of_a_million_signs_is_text(portal: PortalPage, frames: Frames) -> None:
    page = portal.page
    portal.open(f"{frames.url}/app/{frames.slug}/files/{frames.of['long.ipynb']}")
    expect(page.get_by_role("region", name="Contents")).to_contain_text("<img src=x onerror=window.hostile=1>")
    assert page.evaluate("window.hostile") is None
    assert not portal.is_too_wide()


def test_a_log_entry_is_text_and_never_a_million_signs(new_page: NewPage, observatory: Observatory) -> None:
    portal = new_page()
    page = portal.page
    address = (
        f"{observatory.url}/api/v1/organisations/{observatory.slug}/telescopes/quadrant/nights/{NIGHT}/log/entries"
    )
    with httpx.Client(headers={"Authorization": f"Bearer {observatory.owner.token}"}) as client:
        entry = {
            "category": "other",
            "occurred_at": f"{NIGHT}T21:30:00Z",
            "text": f"Right to left {HOSTILE} " + "x" * 5000,
        }
        assert client.post(address, json=entry).status_code == 201
        assert client.post(address, json=entry | {"text": "x" * MANY}).status_code == 400
    portal.open(observatory.address(f"nights/quadrant/{NIGHT}"))
    expect(page.locator(".entry", has_text="Right to left")).to_contain_text("<script>window.hostile=1</script>")
    assert page.evaluate("window.hostile") is None
    assert not portal.is_too_wide()


@pytest.mark.parametrize("name", ["page.html", "page.svg"])
def test_what_is_uploaded_never_runs_on_the_portals_origin(portal: PortalPage, frames: Frames, name: str) -> None:
    """By its own address a browser saves it; in a frame of a page of ours it is refused."""
    page = portal.page
    portal.expected = "The request has been blocked"
    address = f"{frames.url}/api/v1/organisations/{frames.slug}/files/{frames.of[name]}/content"
    reply = page.request.get(address)
    assert reply.headers["content-disposition"].startswith("attachment")
    assert reply.headers["x-content-type-options"].startswith("nosniff")
    with page.expect_download() as saved, pytest.raises(Error, match="Download is starting"):
        page.goto(address)
    assert saved.value.path().read_text() == (PAGE if name == "page.html" else SVG)
    portal.open(f"{frames.url}/app/{frames.slug}/frames")
    framed = page.evaluate(
        """(address) => new Promise((done) => {
            const frame = document.createElement('iframe');
            document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
            frame.src = address;
            document.body.append(frame);
        })""",
        address,
    )
    assert framed == "frame-src"
    assert page.evaluate("window.hostile") is None
