"""Frames on their way are shown on tonight's page, in every mode, until they have come; and their names are text."""

from __future__ import annotations

import base64
import io

import pytest
import uraniborg
from PIL import Image
from playwright.sync_api import expect

from tests.portal.conftest import AXE, NewPage, Observatory

pytestmark = pytest.mark.slow

HOSTILE_NAME = "<img src=x onerror=window.hostile=1>.fits"


def frame(path: str, **more: object) -> dict[str, object]:
    written = io.BytesIO()
    Image.linear_gradient("L").save(written, "WEBP")
    return {"path": path, "size_bytes": 16_000_000, "preview": base64.b64encode(written.getvalue()).decode(), **more}


def test_frames_on_their_way_are_shown_until_they_have_come(new_page: NewPage, observatory: Observatory) -> None:
    portal = new_page()
    page = portal.page
    panel = page.get_by_role("region", name="On their way")
    with uraniborg.connect(observatory.url, observatory.owner.token, organisation=observatory.slug) as client:
        portal.open(observatory.address("tonight"))
        expect(page.get_by_role("region", name="Newest frames")).to_be_visible()
        expect(panel).to_have_count(0)
        frames = [frame(f"deep/{HOSTILE_NAME}", object="<b>M31</b>"), frame("M33.fits") | {"preview": None}]
        client.call("announce_frames", name="dome-pc", body={"frames": frames})
        try:
            portal.open(observatory.address("tonight"))
            expect(panel.locator("li")).to_have_count(2)
            expect(panel).to_contain_text(HOSTILE_NAME)
            expect(panel).to_contain_text("16.0 MB")
            expect(panel.locator("li", has_text="M33.fits")).to_contain_text("no preview")
            preview = panel.get_by_role("img", name="<b>M31</b>, " + HOSTILE_NAME)
            expect(preview).to_have_js_property("naturalWidth", 256)
            assert page.evaluate("window.hostile") is None
            for mode in ("light", "dark", "red"):
                page.evaluate("(mode) => { document.documentElement.dataset.mode = mode }", mode)
                assert not portal.barriers(AXE), mode
            assert preview.evaluate("each => getComputedStyle(each).mixBlendMode") == "multiply", "behind red glass"
            page.set_viewport_size({"width": 375, "height": 750})
            assert not portal.is_too_wide()
        finally:
            client.call("announce_frames", name="dome-pc", body={"arrived": [f"deep/{HOSTILE_NAME}", "M33.fits"]})
        portal.open(observatory.address("tonight"))
        expect(page.get_by_role("region", name="Newest frames")).to_be_visible()
        expect(panel).to_have_count(0)
