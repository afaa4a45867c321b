"""Embargoes: which one counts for a file, that they lift by themselves, and that nothing is published under one."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest
import pytest_asyncio
from astropy.io import fits

from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService

TAKEN = datetime(2026, 3, 14, 22, 0, tzinfo=UTC)


class Estate(msgspec.Struct):
    """An observatory with a light frame, a bias, and a note beside them, in the dataset ``night``."""

    owner: Person
    base: str
    files: dict[str, dict[str, Any]]

    async def hold(self, target: str, name: str, **new: Any) -> dict[str, Any]:
        reply = await self.owner.client.put(f"{self.base}/embargoes/{target}/{name}", json=new)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    async def until(self, name: str) -> datetime | None:
        file = (await self.owner.client.get(f"{self.base}/files/{self.files[name]['id']}")).json()
        return datetime.fromisoformat(file["embargo_until"]) if file["embargo_until"] else None


def frame(kind: str, seed: int) -> bytes:
    hdu = fits.PrimaryHDU(np.random.default_rng(seed).integers(0, 4000, (16, 16), dtype=np.int16))
    hdu.header["DATE-OBS"] = TAKEN.strftime("%Y-%m-%dT%H:%M:%S")
    hdu.header["IMAGETYP"] = kind
    written = io.BytesIO()
    hdu.writeto(written)
    return written.getvalue()


@pytest_asyncio.fixture(loop_scope="session")
async def estate(service: RunningService) -> Estate:
    owner = await service.person()
    slug = await service.equipped(owner)
    contents = {"light.fits": frame("light", 1), "bias.fits": frame("bias", 2), "note.txt": b"clear"}
    await send(owner.client, slug, contents, telescope="quadrant", instrument="camera", dataset="night")
    await wait_for_jobs(owner.client, slug)
    base = f"/api/v1/organisations/{slug}"
    files = (await owner.client.get(f"{base}/files")).json()["items"]
    return Estate(owner, base, {file["path"]: file for file in files})


async def test_nothing_is_held_back_unless_somebody_said_so(estate: Estate) -> None:
    assert [await estate.until(name) for name in estate.files] == [None, None, None]
    assert (await estate.owner.client.get(f"{estate.base}/embargoes")).json()["items"] == []


async def test_the_nearest_embargo_counts(estate: Estate) -> None:
    slug = estate.base.rpartition("/")[2]
    await estate.hold("organisation", slug, days=100, reason="the house's rule")
    assert await estate.until("light.fits") == TAKEN + timedelta(days=100)
    uploaded = datetime.fromisoformat(estate.files["note.txt"]["created_at"])
    assert await estate.until("note.txt") == uploaded + timedelta(days=100)

    await estate.hold("organisation", slug, days=100, calibrations="public")
    assert await estate.until("bias.fits") is None
    assert await estate.until("light.fits") == TAKEN + timedelta(days=100)

    await estate.hold("instrument", "camera", days=200)
    assert await estate.until("light.fits") == TAKEN + timedelta(days=200)
    assert await estate.until("bias.fits") == TAKEN + timedelta(days=200)

    await estate.hold("dataset", "night", until="2028-01-01T00:00:00Z")
    assert await estate.until("light.fits") == datetime(2028, 1, 1, tzinfo=UTC)
    await estate.owner.client.post(f"{estate.base}/datasets", json={"name": "thesis"})
    light = estate.files["light.fits"]["id"]
    await estate.owner.client.post(f"{estate.base}/datasets/thesis/files", json={"files": [{"file": light}]})
    await estate.hold("dataset", "thesis", until="2029-01-01T00:00:00Z")
    assert await estate.until("light.fits") == datetime(2029, 1, 1, tzinfo=UTC), "of several datasets, the latest"
    await estate.owner.client.post(f"{estate.base}/datasets/thesis/files/remove", json={"paths": ["light.fits"]})
    assert await estate.until("light.fits") == datetime(2028, 1, 1, tzinfo=UTC)

    await estate.hold("file", light, reason="shown at the conference")
    assert await estate.until("light.fits") is None
    listed = (await estate.owner.client.get(f"{estate.base}/embargoes")).json()["items"]
    assert {(e["target"], e["name"]) for e in listed} == {
        ("dataset", "night"),
        ("dataset", "thesis"),
        ("file", "light.fits"),
        ("instrument", "camera"),
        ("organisation", slug),
    }
    for target, name in (("file", light), ("dataset", "night"), ("instrument", "camera"), ("organisation", slug)):
        gone = await estate.owner.client.delete(f"{estate.base}/embargoes/{target}/{name}")
        assert gone.status_code == 204
        assert (await estate.owner.client.delete(f"{estate.base}/embargoes/{target}/{name}")).status_code == 404
    assert await estate.until("light.fits") is None


async def test_nothing_is_published_under_embargo(estate: Estate) -> None:
    package = {"title": "A night", "slug": "a-night", "licence": "CC0-1.0", "datasets": ["night"]}
    assert (await estate.owner.client.post(f"{estate.base}/packages", json=package)).status_code == 201
    await estate.hold("file", estate.files["light.fits"]["id"], until="2100-01-01T00:00:00Z")
    refused = await estate.owner.client.post(f"{estate.base}/packages/a-night/versions/1/publish")
    assert refused.status_code == 409, refused.text
    said = refused.json()
    assert (said["type"], said["files"], said["paths"]) == ("/problems/under-embargo", 1, ["light.fits"])
    assert "2100-01-01" in said["detail"]
    # It lifts by itself.
    soon = datetime.now(UTC) - timedelta(seconds=1)
    await estate.hold("file", estate.files["light.fits"]["id"], until=soon.isoformat())
    published = await estate.owner.client.post(f"{estate.base}/packages/a-night/versions/1/publish")
    assert published.status_code == 200, published.text


@pytest.mark.parametrize(
    ("target", "name", "body", "status"),
    [
        ("dataset", "night", {"days": 3, "until": "2030-01-01T00:00:00Z"}, 400),
        ("dataset", "night", {"days": 0}, 400),
        ("dataset", "night", {"until": "2030-01-01T00:00:00"}, 400),
        ("dataset", "atlantis", {"days": 3}, 404),
        ("file", "01a20129-25e6-7d3b-bd2e-44e7db6c5eb4", {"days": 3}, 404),
        ("organisation", "atlantis", {"days": 3}, 404),
        ("galaxy", "m31", {"days": 3}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused(
    estate: Estate, target: str, name: str, body: dict[str, Any], status: int
) -> None:
    reply = await estate.owner.client.put(f"{estate.base}/embargoes/{target}/{name}", json=body)
    assert reply.status_code == status, reply.text


async def test_members_read_embargoes_and_admins_set_them(estate: Estate, service: RunningService) -> None:
    member = await service.person()
    await estate.owner.client.put(f"{estate.base}/members/{member.email}", json={"role": "member"})
    assert (await member.client.get(f"{estate.base}/embargoes")).status_code == 200
    refused = await member.client.put(f"{estate.base}/embargoes/dataset/night", json={"days": 1})
    assert refused.status_code == 403


@pytest_asyncio.fixture(loop_scope="session")
async def member(estate: Estate, service: RunningService) -> Person:
    person = await service.person()
    await estate.owner.client.put(f"{estate.base}/members/{person.email}", json={"role": "member"})
    return person


def said_no(reply: httpx.Response) -> dict[str, Any]:
    assert (reply.status_code, reply.json()["type"]) == (403, "/problems/not-allowed"), reply.text
    return dict(reply.json())


async def test_no_member_lifts_an_embargo_by_taking_files_out_or_the_dataset_away(
    estate: Estate, member: Person
) -> None:
    night = f"{estate.base}/datasets/night"
    await estate.hold("dataset", "night", until="2100-01-01T00:00:00Z")
    taken = {"paths": ["light.fits", "note.txt", "none"]}
    told = said_no(await member.client.post(f"{night}/files/remove", json=taken))
    assert (told["files"], told["paths"], told["needed"]) == (2, ["light.fits", "note.txt"], "admin")
    assert "2100-01-01T00:00:00Z for 'light.fits'" in told["detail"]
    said_no(await member.client.delete(night))
    assert [await estate.until(name) for name in estate.files] == [datetime(2100, 1, 1, tzinfo=UTC)] * 3

    # What holds it back for as long anyway can be taken out, and admins do as they see fit.
    await estate.hold("instrument", "camera", until="2200-01-01T00:00:00Z")
    assert (await member.client.post(f"{night}/files/remove", json={"paths": ["light.fits"]})).status_code == 200
    assert await estate.until("light.fits") == datetime(2200, 1, 1, tzinfo=UTC)
    await estate.owner.client.delete(f"{estate.base}/embargoes/instrument/camera")
    assert (await estate.owner.client.post(f"{night}/files/remove", json=taken)).status_code == 200
    assert await estate.until("note.txt") is None

    # Where the dataset's is over, nothing is lifted.
    await estate.hold("dataset", "night", until="2020-01-01T00:00:00Z")
    assert (await member.client.delete(night)).status_code == 204


async def test_no_member_lifts_an_embargo_by_putting_files_where_it_is_over(estate: Estate, member: Person) -> None:
    light = {"file": estate.files["light.fits"]["id"]}
    await estate.owner.client.post(f"{estate.base}/datasets", json={"name": "thesis"})
    thesis = f"{estate.base}/datasets/thesis"
    await estate.hold("instrument", "camera", until="2100-01-01T00:00:00Z")
    await estate.hold("dataset", "thesis", until="2020-01-01T00:00:00Z")
    said_no(await member.client.post(f"{thesis}/files", json={"files": [light]}))
    said_no(await member.client.patch(thesis, json={"rule": {"telescope": "quadrant"}}))
    assert (await member.client.patch(thesis, json={"description": "Her own."})).status_code == 200
    assert await estate.until("light.fits") == datetime(2100, 1, 1, tzinfo=UTC)
    assert (await estate.owner.client.get(f"{thesis}/files")).json()["items"] == []

    await estate.hold("dataset", "thesis", until="2100-01-01T00:00:00Z")
    assert (await member.client.post(f"{thesis}/files", json={"files": [light]})).status_code == 200
    await estate.hold("dataset", "thesis", until="2020-01-01T00:00:00Z")
    assert await estate.until("light.fits") == datetime(2020, 1, 1, tzinfo=UTC)


async def test_two_members_cannot_take_a_file_out_of_its_two_datasets_at_once(estate: Estate, member: Person) -> None:
    light = {"file": estate.files["light.fits"]["id"]}
    await estate.owner.client.post(f"{estate.base}/datasets", json={"name": "thesis"})
    await estate.owner.client.post(f"{estate.base}/datasets/thesis/files", json={"files": [light]})
    for dataset in ("night", "thesis"):
        await estate.hold("dataset", dataset, until="2100-01-01T00:00:00Z")
    both = await asyncio.gather(
        *(
            member.client.post(f"{estate.base}/datasets/{dataset}/files/remove", json={"paths": ["light.fits"]})
            for dataset in ("night", "thesis")
        )
    )
    assert sorted(reply.status_code for reply in both) == [200, 403]
    assert await estate.until("light.fits") == datetime(2100, 1, 1, tzinfo=UTC)
