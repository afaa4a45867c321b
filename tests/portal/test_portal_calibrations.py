"""A frame's page leads to the calibrations that fit it, and says what there is not."""

from __future__ import annotations

from pathlib import Path

import pytest
import uraniborg
from playwright.sync_api import expect

from tests.portal.conftest import AXE, NewPage
from tests.support.fits_bytes import image_file
from tests.support.live_server import LiveServer

pytestmark = pytest.mark.slow


def test_a_frame_leads_to_its_calibrations(server: LiveServer, new_page: NewPage, tmp_path: Path) -> None:
    cards = {"FILTER": "R", "GAIN": 1.5, "XBINNING": 1, "YBINNING": 1}
    frames = {
        "m31.fits": {"IMAGETYP": "light", "OBJECT": "M31", "DATE-OBS": "2026-11-20T22:00:00", "EXPTIME": 60.0},
        "zero.fits": {"IMAGETYP": "bias", "DATE-OBS": "2026-11-20T17:00:00", "EXPTIME": 0.0},
        "sky.fits": {"IMAGETYP": "flat", "DATE-OBS": "2026-11-21T05:30:00", "EXPTIME": 2.0},
    }
    for name, more in frames.items():
        (tmp_path / name).write_bytes(image_file(cards=cards | more))
    owner = server.someone("longomontanus")
    with uraniborg.connect(server.url, owner.token) as client:
        client.organisation = client.add_organisation(name="Calibrated").slug
        client.add_site(name="Hven", latitude_deg=55.9075, longitude_deg=12.6965, time_zone="Europe/Copenhagen")
        client.add_telescope(name="Quadrant", site="hven")
        client.add_instrument(name="Camera", telescope="quadrant")
        client.upload(tmp_path, telescope="quadrant", instrument="camera", wait=True)
        [light] = client.find(type="light")
        slug = client.organisation
    portal = new_page(width=375, height=800, signed_in=False)
    portal.sign_in(owner.email, owner.password)
    portal.open(f"{server.url}/app/{slug}/frames/{light.id}")
    panel = portal.page.get_by_role("region", name="Calibrations")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(panel).to_contain_text("zero.fits")
    expect(panel).to_contain_text("5.0 h before")
    expect(panel).to_contain_text("DarksNone within 30 nights fits.")
    assert not portal.barriers(AXE)
    panel.get_by_role("listitem").first.get_by_role("link").click()
    expect(portal.page.get_by_role("heading", level=1)).to_have_text("bias")
    expect(panel).to_have_count(0)
