"""Frames looked into over HTTP: what tiles, values and places the service tells, and what it says of broken files."""

from __future__ import annotations

import asyncio
import gzip
import io
from typing import Any

import httpx
import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from PIL import Image

from tests.support.fits_bytes import header_block, image_file, three_units
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService

WCS_CARDS: dict[str, object] = {
    "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 10.68, "CRVAL2": 41.27, "CRPIX1": 300.5, "CRPIX2": 200.5,
    "CDELT1": -0.001, "CDELT2": 0.001, "BUNIT": "adu",
}  # fmt: skip


class Viewer:
    """An organisation's frames, by the names of their files."""

    def __init__(self, owner: Person, organisation: str) -> None:
        self.owner, self.organisation = owner, organisation
        self.base = f"/api/v1/organisations/{organisation}"
        self.frames: dict[str, str] = {}

    async def bring(self, files: dict[str, bytes]) -> None:
        sent = await send(self.owner.client, self.organisation, files)
        await wait_for_jobs(self.owner.client, self.organisation)
        for (name, _), each in zip(files.items(), sent, strict=True):
            self.frames[name] = (await self.owner.client.get(f"{self.base}/files/{each['file']}")).json()["frame"]

    async def get(self, name: str, path: str, client: httpx.AsyncClient | None = None, **query: Any) -> httpx.Response:
        address = f"{self.base}/frames/{self.frames[name]}/hdus{path}"
        return await (client or self.owner.client).get(address, params=query or None)


@pytest.fixture
async def viewer(service: RunningService) -> Viewer:
    owner = await service.person()
    return Viewer(owner, await service.organisation(owner))


def pixels(reply: httpx.Response) -> np.ndarray:
    assert reply.status_code == 200, reply.text
    return np.asarray(Image.open(io.BytesIO(reply.content)).convert("RGBA"))


def written(*units: Any) -> bytes:
    stream = io.BytesIO()
    fits.HDUList(list(units)).writeto(stream)
    return stream.getvalue()


def ramp(shape: tuple[int, int] = (400, 600)) -> np.ndarray:
    return np.broadcast_to(np.arange(shape[0], dtype="f4")[:, None], shape).copy()


async def test_hdus_are_listed_with_how_they_are_cut(viewer: Viewer) -> None:
    await viewer.bring({"units.fits": three_units(), "large.fits": image_file((400, 600), cards=WCS_CARDS)})
    items = (await viewer.get("units.fits", "")).json()["items"]
    assert [(hdu["name"], hdu["kind"], bool(hdu["tiles"])) for hdu in items] == [
        ("PRIMARY", "empty", False), ("SCI", "image", True), ("CAT", "table", False),
    ]  # fmt: skip
    (hdu,) = (await viewer.get("large.fits", "")).json()["items"]
    assert hdu["tiles"] == {"size_px": 256, "zooms": 3}
    assert (hdu["width_px"], hdu["height_px"], hdu["planes"], hdu["unit"]) == (600, 400, 1, "adu")


async def test_tiles_show_the_image_the_right_way_up(viewer: Viewer) -> None:
    image = ramp()
    image[100:110, 50:60] = np.nan
    await viewer.bring({"ramp.fits": written(fits.PrimaryHDU(image))})
    limits = {"stretch": "linear", "black": 0, "white": 399}
    lowest = pixels(await viewer.get("ramp.fits", "/0/tiles/2/0/1", **limits))
    assert lowest.shape == (256, 256, 4)
    # Row 0 of the image is black and lies lowest: of the second row of tiles, 400 - 256 rows from its top.
    assert lowest[143, 0].tolist() == [0, 0, 0, 255]
    assert lowest[144:, :, 3].max() == 0  # below the image there is nothing
    assert lowest[35:44, 50:60, 3].max() == 0  # nor where it has no value
    upper = pixels(await viewer.get("ramp.fits", "/0/tiles/2/2/0", **limits))
    assert upper[0, 0].tolist() == [255, 255, 255, 255] and upper[:, 88:, 3].max() == 0
    whole = pixels(await viewer.get("ramp.fits", "/0/tiles/0/0/0", **limits))
    # A quarter of the size; of the hole four pixels have nothing to be averaged from.
    assert (whole[..., 3] > 0).sum() == 150 * 100 - 4


async def test_the_whole_picture_is_of_one_tone(viewer: Viewer) -> None:
    """Neighbouring tiles take the same limits, and colours, curves and turning round change what one expects."""
    await viewer.bring({"noise.fits": image_file((300, 300))})
    seen = set()
    for query in ({}, {"stretch": "log"}, {"limits": "zscale"}, {"limits": "percentile", "upper": 90},
                  {"colours": "viridis"}, {"inverted": True}, {"limits": "minmax"}):  # fmt: skip
        reply = await viewer.get("noise.fits", "/0/tiles/1/0/0", **query)
        assert reply.status_code == 200
        seen.add(reply.content)
        assert len({reply.headers["etag"]}) == 1
    assert len(seen) == 7
    plain = pixels(await viewer.get("noise.fits", "/0/tiles/1/1/0", stretch="linear"))
    turned = pixels(await viewer.get("noise.fits", "/0/tiles/1/1/0", stretch="linear", inverted=True))
    inside = plain[..., 3] > 0
    assert (abs(plain[inside][:, 0].astype(int) + turned[inside][:, 0] - 255) <= 1).all()


async def test_a_tile_is_kept_by_the_browser_of_who_may_see_it(viewer: Viewer, service: RunningService) -> None:
    await viewer.bring({"a.fits": image_file()})
    first = await viewer.get("a.fits", "/0/tiles/0/0/0")
    assert "immutable" in first.headers["cache-control"] and "private" in first.headers["cache-control"]
    assert {"Authorization", "Cookie"} <= set(first.headers["vary"].replace(" ", "").split(","))
    address = str(first.request.url)
    known = {"If-None-Match": first.headers["etag"]}
    again = await viewer.owner.client.get(address, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    other = await viewer.owner.client.get(f"{address}?stretch=log", headers=known)
    assert other.status_code == 200
    stranger = await service.person()
    assert (await stranger.client.get(address, headers=known)).status_code == 404
    assert (await service.anonymous.get(address, headers=known)).status_code == 401


async def test_values_and_places_are_those_of_astropy(viewer: Viewer) -> None:
    content = image_file((400, 600), cards=WCS_CARDS)
    await viewer.bring({"m31.fits": content})
    image, header = fits.getdata(io.BytesIO(content)), fits.getheader(io.BytesIO(content))
    told = (await viewer.get("m31.fits", "/0/pixels", x=100, y=200, width=3, height=2)).json()
    assert told["values"] == image[199:201, 99:102].tolist()
    x, y = np.meshgrid(np.arange(100, 103), np.arange(200, 202))
    ra, dec = WCS(header).all_pix2world(x, y, 1)
    np.testing.assert_allclose(told["ra_deg"], ra, atol=1e-9)
    np.testing.assert_allclose(told["dec_deg"], dec, atol=1e-9)
    cut = (await viewer.get("m31.fits", "/0/pixels", x=600, y=399, width=64, height=64)).json()
    assert (cut["width"], cut["height"], cut["unit"]) == (1, 2, "adu")
    assert (await viewer.get("m31.fits", "/0/pixels", x=601, y=1)).status_code == 400
    assert (await viewer.get("m31.fits", "/0/pixels", x=1, y=1, width=65)).status_code == 400


async def test_values_are_told_as_exactly_as_the_file_has_them(viewer: Viewer) -> None:
    odd = np.array([[np.nan, np.inf], [16777217.25, 1e-300]])
    await viewer.bring({"odd.fits": written(fits.PrimaryHDU(odd))})
    told = (await viewer.get("odd.fits", "/0/pixels", x=1, y=1, width=2, height=2)).json()
    assert told["values"] == [[None, None], [16777217.25, 1e-300]]
    assert (told["ra_deg"], told["dec_deg"]) == (None, None)


async def test_limits_and_histogram(viewer: Viewer) -> None:
    image = np.random.default_rng(5).normal(1000.0, 10.0, (500, 500)).astype("f4")
    await viewer.bring({"sky.fits": written(fits.PrimaryHDU(image))})
    told = (await viewer.get("sky.fits", "/0/values")).json()
    black, white = told["limits"]["percentile"]
    np.testing.assert_allclose([black, white], np.percentile(image, [0.5, 99.5]), atol=1.0)
    assert told["defined_pixels"] == told["sampled_pixels"] > 100_000
    histogram = told["histogram"]
    assert len(histogram["counts"]) == 256 and 0.99 < sum(histogram["counts"]) / told["defined_pixels"] < 1
    assert histogram["first"] < 1000 < histogram["last"]


async def test_every_way_a_file_is_wrapped_gives_the_same_tile(viewer: Viewer) -> None:
    plain = image_file((300, 300), cards=WCS_CARDS)
    image = fits.getdata(io.BytesIO(plain))
    packed = written(fits.PrimaryHDU(), fits.CompImageHDU(image, compression_type="RICE_1"))
    await viewer.bring({"a.fits": plain, "b.fits.gz": gzip.compress(plain), "c.fits.fz": packed})
    query = {"black": 0, "white": 30_000}
    wanted = pixels(await viewer.get("a.fits", "/0/tiles/0/0/0", **query))
    assert len(np.unique(wanted)) > 50
    for name, hdu in (("b.fits.gz", 0), ("c.fits.fz", 1)):
        assert (pixels(await viewer.get(name, f"/{hdu}/tiles/0/0/0", **query)) == wanted).all(), name


async def test_a_cube_is_seen_plane_by_plane(viewer: Viewer) -> None:
    cube = np.stack([np.full((30, 30), level, "i2") for level in (0, 50, 100)])
    await viewer.bring({"cube.fits": written(fits.PrimaryHDU(cube))})
    assert (await viewer.get("cube.fits", "")).json()["items"][0]["planes"] == 3
    query = {"stretch": "linear", "black": 0, "white": 100}
    seen = [
        int(pixels(await viewer.get("cube.fits", "/0/tiles/0/0/0", plane=plane, **query))[0, 0, 0])
        for plane in range(3)
    ]
    assert seen == [0, 128, 255]
    assert (await viewer.get("cube.fits", "/0/tiles/0/0/0", plane=3)).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/0/tiles/0/0/0", 409), ("/2/tiles/0/0/0", 409), ("/2/values", 409), ("/2/pixels?x=1&y=1", 409),
        ("/3/tiles/0/0/0", 404), ("/1/tiles/1/0/0", 404), ("/1/tiles/0/1/0", 404), ("/1/tiles/0/0/-1", 400),
        ("/1/tiles/64/0/0", 400), ("/1/tiles/0/0/0?black=5&white=5", 400), ("/1/tiles/0/0/0?black=nan", 400),
        ("/1/tiles/0/0/0?lower=60&upper=40", 400), ("/1/tiles/0/0/0?colours=red", 400), ("/1/pixels?x=0&y=1", 400),
    ],
)  # fmt: skip
async def test_what_is_not_there_or_no_image_is_told_as_that(viewer: Viewer, path: str, status: int) -> None:
    await viewer.bring({"units.fits": three_units()})
    base = f"{viewer.base}/frames/{viewer.frames['units.fits']}/hdus"
    reply = await viewer.owner.client.get(base + path)
    assert reply.status_code == status, reply.text
    assert reply.json()["type"] == {409: "/problems/hdu-not-viewable", 404: "/problems/not-found"}.get(
        status, "/problems/invalid-input"
    )


async def test_broken_files_give_a_picture_or_a_problem(viewer: Viewer) -> None:
    """A file cut short, damaged, or absurd: never a failure of ours, and nothing of it stops what comes next."""
    plain = image_file((300, 300))
    packed = written(fits.PrimaryHDU(), fits.CompImageHDU(np.arange(90_000, dtype="i2").reshape(300, 300)))
    torn = bytearray(packed)
    torn[12_000:20_000] = bytes(range(256)) * 32
    absurd = header_block(
        "SIMPLE  =                    T", "BITPIX  =                   16", "NAXIS   =                    2",
        "NAXIS1  =           4000000000", "NAXIS2  =           4000000000",
    )  # fmt: skip
    wide = header_block(
        "SIMPLE  =                    T", "BITPIX  =                  -64", "NAXIS   =                    2",
        "NAXIS1  =             30000000", "NAXIS2  =                   10",
    )  # fmt: skip
    tall = header_block(
        "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    2",
        "NAXIS1  =                    1", "NAXIS2  =         100000000000",
    )  # fmt: skip
    files = {
        "cut.fits": plain[:100_000], "torn.fits.fz": bytes(torn), "half.fits.fz": packed[:15_000],
        "half.fits.gz": gzip.compress(plain)[:60_000], "absurd.fits": absurd, "wide.fits": wide, "tall.fits": tall,
        "no type.fits": plain.replace(b"BITPIX  =                   16", b"BITPIX  =                   17", 1),
        "constant.fits": written(fits.PrimaryHDU(np.full((40, 40), 7, "f4"))),
        "nothing.fits": written(fits.PrimaryHDU(np.full((40, 40), np.nan, "f4"))),
        "extreme.fits": written(fits.PrimaryHDU(np.array([[1.7e308, -1.7e308]] * 40))),
    }  # fmt: skip
    await viewer.bring(files)
    for name, frame in viewer.frames.items():
        if frame is None:
            continue
        hdus = (await viewer.get(name, "")).json()["items"]
        assert hdus, name
        for hdu in hdus:
            for path in ("tiles/0/0/0", "values", "pixels?x=1&y=1&width=9&height=9"):
                reply = await viewer.get(name, f"/{hdu['index']}/{path}")
                assert reply.status_code in (200, 409), (name, path, reply.text)
    assert viewer.frames["constant.fits"] and viewer.frames["nothing.fits"]
    assert pixels(await viewer.get("nothing.fits", "/0/tiles/0/0/0"))[..., 3].max() == 0


async def test_many_tiles_at_once_keep_nobody_waiting(viewer: Viewer, service: RunningService) -> None:
    image = np.random.default_rng(1).integers(0, 30_000, (2048, 2048)).astype("i2")
    await viewer.bring({"large.fits": written(fits.PrimaryHDU(image))})
    await viewer.get("large.fits", "/0/tiles/0/0/0")
    tiles = [viewer.get("large.fits", f"/0/tiles/3/{x}/{y}") for x in range(8) for y in range(8)]
    replies = await asyncio.gather(*tiles, service.anonymous.get("/health/live"))
    assert {reply.status_code for reply in replies} == {200}
