"""Frames that arrive while somebody watches appear by themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from playwright.sync_api import expect

from tests.portal.conftest import NewPage, Observatory

pytestmark = pytest.mark.slow


def test_an_uploaded_frame_appears_without_loading_the_page_again(
    new_page: NewPage, observatory: Observatory, tmp_path: Path
) -> None:
    portal = new_page()
    page = portal.page
    night = "2026-10-17"  # of its own: the others' counts stay theirs
    portal.open(observatory.address(f"tonight?night={night}"))
    page.evaluate("window.sameDocument = true")
    expect(page.locator(".thumbs li")).to_have_count(0)
    unit = fits.PrimaryHDU(np.full((32, 32), 7, dtype="int16"))
    moment = datetime(2026, 10, 17, 20, 30, tzinfo=UTC)
    unit.header.update(
        {"DATE-OBS": moment.strftime("%Y-%m-%dT%H:%M:%S"), "EXPTIME": 60.0, "IMAGETYP": "light", "OBJECT": "Newcomer"}
    )
    unit.writeto(tmp_path / "newcomer.fits")
    with uraniborg.connect(observatory.url, observatory.owner.token, organisation=observatory.slug) as client:
        client.upload(tmp_path, telescope="quadrant", instrument="camera", wait=True)
        try:
            expect(page.locator(".thumbs li")).to_have_count(1)
            expect(page.locator(".thumbs li")).to_contain_text("Newcomer")
            assert page.evaluate("window.sameDocument") is True
        finally:
            [frame] = client.find(night=night)
            client.delete_file(str(frame.file))
