"""A portal's logo: made anew from its pixels alone, seen while the portal is; refused where it is no raster picture."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.support.service import Person, RunningService

SECRET = "written beside the pixels"


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300)) -> bytes:
    """A red picture, with words beside its pixels where its kind can hold them."""
    stream = io.BytesIO()
    told = PngInfo()
    told.add_text("Comment", SECRET)
    Image.new("RGB", size, (200, 10, 10)).save(stream, kind, **({"pnginfo": told} if kind == "PNG" else {}))
    return stream.getvalue()


async def put(person: Person, slug: str, image: bytes) -> Any:
    body = {"image": base64.b64encode(image).decode()}
    return await person.client.put(f"/api/v1/organisations/{slug}/portal/logo", json=body)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_logo_is_made_anew_and_shown_while_the_portal_is(service: RunningService, kind: str) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    portal = f"/api/v1/organisations/{slug}/portal"
    set_to = await put(owner, slug, picture(kind))
    assert set_to.status_code == 200, set_to.text
    logo = set_to.json()
    assert (await owner.client.get(portal)).json()["logo"] == logo
    assert (logo["width_px"], logo["height_px"]) == (640, 213)
    path = logo["address"].removeprefix(service.house.config.base_url)
    async with service.anonymous as anyone:
        assert (await anyone.get(path)).status_code == 404, "nobody sees the portal yet"
        await owner.client.put(portal, json={"is_public": True})
        sent = await anyone.get(path)
        assert (sent.status_code, sent.headers["content-type"]) == (200, "image/png")
        assert sent.headers["x-content-type-options"] == "nosniff"
        assert SECRET.encode() not in sent.content
        with Image.open(io.BytesIO(sent.content)) as drawn:
            assert drawn.format == "PNG" and drawn.size == (640, 213)
            red = drawn.convert("RGB").getpixel((300, 100))
        assert isinstance(red, tuple) and max(abs(a - b) for a, b in zip(red, (200, 10, 10), strict=True)) <= 4
        page = await anyone.get(f"/o/{slug}")
        assert f'src="{path}"' in page.text and 'width="640"' in page.text
        assert (await owner.client.delete(f"{portal}/logo")).status_code == 204
        assert (await anyone.get(path)).status_code == 404
        assert 'class="logo"' not in (await anyone.get(f"/o/{slug}")).text
    assert (await owner.client.get(portal)).json()["logo"] is None
    assert (await owner.client.delete(f"{portal}/logo")).status_code == 204


async def test_what_is_no_raster_picture_is_refused(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    huge = io.BytesIO()
    Image.new("1", (5000, 5000)).save(huge, "PNG")
    gif = io.BytesIO()
    Image.new("P", (4, 4)).save(gif, "GIF")
    for image in (svg, b"%PDF-1.4", b"GIF89a", gif.getvalue(), picture()[:200], huge.getvalue(), b"\x89PNG\r\n\x1a\n"):
        reply = await put(owner, slug, image)
        assert (reply.status_code, reply.json()["type"]) == (400, "/problems/invalid-input"), image[:20]
    reply = await owner.client.put(f"/api/v1/organisations/{slug}/portal/logo", json={"image": "not base64!"})
    assert reply.status_code == 400
    assert (await owner.client.get(f"/api/v1/organisations/{slug}/portal")).json()["logo"] is None
