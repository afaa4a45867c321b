"""No page of the service has a browser complain: the public's, those for signing in, nor the documents."""

from __future__ import annotations

import httpx
import numpy as np
import pytest
import uraniborg
from astropy.io import fits

from tests.portal.conftest import NewPage, Observatory
from tests.support.live_server import LiveServer

pytestmark = pytest.mark.slow

PAGES = [
    "/o/{slug}",
    "/sign-in",
    "/sign-up",
    "/sign-up/code",
    "/account/forgot",
    "/account/reset",
    "/invitations",
    "/s",
    "/oauth/device",
    "/api/v1/docs",
    "/api/v1/packages/{slug}/m33/versions/1/page",
    "/robots.txt",
    "/sitemap.xml",
    "/o/{slug}/sitemap.xml",
    "/app/sign-in",
]
SIGNED_IN = ["/account", "/sign-in", "/oauth/device", "/app/"]


@pytest.fixture(scope="module")
def shown(server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Observatory:
    """An observatory that shows itself, and a package of its own."""
    folder = tmp_path_factory.mktemp("shown")
    unit = fits.PrimaryHDU(np.random.default_rng(4).integers(900, 1100, (64, 64)).astype("int16"))
    unit.header.update({"DATE-OBS": "2026-11-20T22:00:00", "EXPTIME": 60.0, "IMAGETYP": "light", "OBJECT": "M 33"})
    unit.writeto(folder / "m33.fits")
    owner = server.someone("quiet")
    with uraniborg.connect(server.url, owner.token) as client:
        client.organisation = slug = client.add_organisation(name="Herrevad").slug
        client.add_site(name="Hven", latitude_deg=55.9, longitude_deg=12.7, height_m=45, time_zone="Europe/Copenhagen")
        client.add_telescope(name="Sextant", site="hven", aperture_mm=300, focal_length_mm=1500)
        client.upload(folder, telescope="sextant", dataset="Triangulum", wait=True)
    headers = {"Authorization": f"Bearer {owner.token}"}
    with httpx.Client(base_url=f"{server.url}/api/v1/organisations/{slug}", headers=headers, timeout=60) as api:
        package = {"slug": "m33", "title": "A night", "licence": "CC-BY-4.0", "datasets": ["triangulum"],
                   "contributors": [{"name": "Tycho Brahe", "role": "observer"}]}  # fmt: skip
        api.post("/packages", json=package).raise_for_status()
        api.post("/packages/m33/versions/1/publish").raise_for_status()
        api.put("/portal", json={"is_public": True, "title": "Herrevad"}).raise_for_status()
    return Observatory(server.url, slug, owner, [])


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_page_complains(new_page: NewPage, shown: Observatory, signed_in: bool) -> None:
    complaints = []
    for path in SIGNED_IN if signed_in else PAGES:
        # A fresh browser for each: the icon of a site is asked for once and then kept.
        portal = new_page(signed_in=signed_in)
        reply = portal.page.goto(f"{shown.url}{path.format(slug=shown.slug)}")
        assert reply is not None and reply.ok, path
        portal.page.wait_for_timeout(500)
        complaints += [f"{path}: {each}" for each in portal.complaints]
        portal.complaints.clear()
    assert not complaints, "\n".join(complaints)
