"""Calibration frames for a frame: which fit, in which order, and what is said where none can be told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fits_bytes import image_file
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService

FRAME = {"EXPTIME": 60.0, "FILTER": "R", "GAIN": 1.5, "XBINNING": 1, "YBINNING": 1, "CCD-TEMP": -10.0}


def frame(kind: str, at: str, shape: tuple[int, int] = (20, 30), **other: object) -> bytes:
    cards = {"IMAGETYP": kind, "DATE-OBS": at} | FRAME | {name.replace("_", "-"): v for name, v in other.items()}
    if kind == "bias":
        cards["EXPTIME"] = 0.0
    return image_file(shape, cards={name: value for name, value in cards.items() if value is not None})


class Shelf:
    def __init__(self, owner: Person, organisation: str) -> None:
        self.owner, self.organisation = owner, organisation
        self.base = f"/api/v1/organisations/{organisation}"

    async def bring(self, files: dict[str, bytes], *, instrument: str | None = "camera") -> dict[str, str]:
        """Send files; answer their frames by name."""
        more = {"telescope": "quadrant", "instrument": instrument} if instrument else {}
        sent = await send(self.owner.client, self.organisation, files, **more)
        await wait_for_jobs(self.owner.client, self.organisation)
        frames = {}
        for name, file in zip(files, sent, strict=True):
            frames[name] = (await self.owner.client.get(f"{self.base}/files/{file['file']}")).json()["frame"]
        return frames

    async def fitting(self, frame_id: str, **query: Any) -> dict[str, list[str]]:
        """Give the paths that fit, by kind."""
        reply = await self.owner.client.get(f"{self.base}/frames/{frame_id}/calibrations", params=query or None)
        assert reply.status_code == 200, reply.text
        self.kinds = {kind["frame_type"]: kind for kind in reply.json()["kinds"]}
        return {name: [each["frame"]["path"] for each in kind["items"]] for name, kind in self.kinds.items()}


@pytest.fixture
async def shelf(service: RunningService) -> Shelf:
    owner = await service.person()
    return Shelf(owner, await service.equipped(owner))


async def test_what_agrees_fits_and_the_nearest_comes_first(shelf: Shelf) -> None:
    frames = await shelf.bring(
        {
            "light": frame("light", "2026-11-20T22:00:00"),
            "bias, after": frame("bias", "2026-11-21T04:00:00"),
            "bias, before": frame("bias", "2026-11-20T17:00:00"),
            "bias, two weeks on": frame("bias", "2026-12-04T04:00:00"),
            "bias, months ago": frame("bias", "2026-06-01T23:00:00"),
            "bias of another gain": frame("bias", "2026-11-20T17:01:00", GAIN=3.0),
            "bias that tells no gain": frame("bias", "2026-11-20T16:00:00", GAIN=None),
            "binned bias": frame("bias", "2026-11-20T17:02:00", XBINNING=2, YBINNING=2),
            "bias of a part": frame("bias", "2026-11-20T17:03:00", (10, 30)),
            "dark": frame("dark", "2026-11-21T05:00:00"),
            "warm dark": frame("dark", "2026-11-20T21:00:00", CCD_TEMP=3.0),
            "short dark": frame("dark", "2026-11-20T21:30:00", EXPTIME=10.0),
            "flat": frame("flat", "2026-11-20T16:30:00", EXPTIME=2.0),
            "blue flat": frame("flat", "2026-11-20T16:31:00", EXPTIME=2.0, FILTER="B"),
        }
    )
    assert await shelf.fitting(frames["light"]) == {
        "bias": ["bias, before", "bias that tells no gain", "bias, after", "bias, two weeks on"],
        "dark": ["dark", "warm dark"],
        "flat": ["flat"],
    }
    assert list(shelf.kinds) == ["bias", "dark", "flat"]
    first, untold, later, _ = shelf.kinds["bias"]["items"]
    assert (first["hours_apart"], later["hours_apart"]) == (-5.0, 6.0)
    assert (first["not_compared"], untold["not_compared"]) == ([], ["gain"])
    assert [dark["warmer_c"] for dark in shelf.kinds["dark"]["items"]] == [0.0, 13.0]
    # Fewer, and from nearer; a bad one is none.
    assert (await shelf.fitting(frames["light"], limit=1, days=0))["bias"] == ["bias, before"]
    await shelf.owner.client.patch(f"{shelf.base}/frames/{frames['bias, before']}", json={"quality": "bad"})
    assert (await shelf.fitting(frames["light"], limit=1))["bias"] == ["bias that tells no gain"]
    # Calibrations are calibrated as well, with what goes before them.
    flat = await shelf.fitting(frames["flat"])
    assert (list(flat), flat["dark"]) == (["bias", "dark"], [])
    assert list(await shelf.fitting(frames["dark"])) == ["bias"]
    assert await shelf.fitting(frames["bias, after"]) == {}


async def test_what_a_frame_does_not_tell_is_named(shelf: Shelf) -> None:
    frames = await shelf.bring(
        {
            "light": frame("light", "2026-11-20T22:00:00", FILTER=None, EXPTIME=None),
            "flat": frame("flat", "2026-11-20T16:30:00", FILTER=None),
        }
    )
    assert await shelf.fitting(frames["light"]) == {"bias": [], "dark": [], "flat": []}
    assert [kind["missing"] for kind in shelf.kinds.values()] == [[], ["exposure_s"], ["filter"]]


async def test_another_organisation_has_no_calibrations_for_it(shelf: Shelf, service: RunningService) -> None:
    frames = await shelf.bring({"light": frame("light", "2026-11-20T22:00:00")})
    stranger = await service.person()
    slug = await service.equipped(stranger)
    theirs = Shelf(stranger, slug)
    await theirs.bring({"bias": frame("bias", "2026-11-20T23:00:00")})
    assert (await shelf.fitting(frames["light"]))["bias"] == []
    reply = await stranger.client.get(f"/api/v1/organisations/{slug}/frames/{frames['light']}/calibrations")
    assert reply.status_code == 404
