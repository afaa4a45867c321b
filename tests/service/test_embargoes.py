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

from service.actions import publishing
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService
from tests.support.stored_files import sweep_for

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


async def test_what_is_held_back_while_it_is_published_is_not_published(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = {"title": "A night", "slug": "a-night", "licence": "CC0-1.0", "datasets": ["night"]}
    assert (await estate.owner.client.post(f"{estate.base}/packages", json=package)).status_code == 201
    freeze_texts = publishing.freeze_texts

    async def after_an_admin_held_it_back(*words: Any) -> Any:
        await estate.hold("instrument", "camera", until="2100-01-01T00:00:00Z")
        return await freeze_texts(*words)

    monkeypatch.setattr(publishing, "freeze_texts", after_an_admin_held_it_back)
    refused = await estate.owner.client.post(f"{estate.base}/packages/a-night/versions/1/publish")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/under-embargo")
    draft = (await estate.owner.client.get(f"{estate.base}/packages/a-night")).json()
    assert [version["state"] for version in draft["versions"]] == ["draft"]


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


# What no longer is in a dataset


async def folder_link(estate: Estate, service: RunningService, folder: str) -> httpx.AsyncClient:
    """Show a folder to a stranger, without what is under embargo."""
    new = {"name": "For the referee", "folder": folder, "leave_out_embargoed": True}
    made = await estate.owner.client.post(f"{estate.base}/links", json=new)
    assert made.status_code == 201, made.text
    return service.client(Authorization=f"Bearer {made.json()['secret']}")


async def shown(stranger: httpx.AsyncClient) -> list[str]:
    return [file["id"] for file in (await stranger.get("/api/v1/link/files")).json()["items"]]


async def test_an_old_version_stays_under_the_embargo_of_its_dataset(
    estate: Estate, service: RunningService, member: Person
) -> None:
    slug = estate.base.rpartition("/")[2]
    stranger = await folder_link(estate, service, "m31")
    await estate.hold("dataset", "night", until="2100-01-01T00:00:00Z")
    versions = []
    # The first content comes back last: that file joins again, in the place of its successor.
    for content in (b"seeing 1.1", b"seeing 1.2", b"seeing 1.3", b"seeing 1.1"):
        sent = await send(member.client, slug, {"m31/note.txt": content}, dataset="night")
        versions.append(sent[0]["file"])
        assert await shown(stranger) == []
    assert versions[3] == versions[0]
    for file in versions:
        assert (await stranger.get(f"/api/v1/link/files/{file}/content")).status_code == 404
        told = (await member.client.get(f"{estate.base}/files/{file}")).json()
        assert told["embargo_until"] == "2100-01-01T00:00:00Z"

    # They are told of, follow the dataset's embargo, and leave with the path.
    await estate.hold("dataset", "night", until=(datetime.now(UTC) + timedelta(days=5)).isoformat())
    (lift,) = (await member.client.get(f"{estate.base}/embargoes/upcoming")).json()["items"]
    assert lift["files"] == len(estate.files) + 3
    await estate.hold("dataset", "night", until="2020-01-01T00:00:00Z")
    assert set(await shown(stranger)) == set(versions)
    await estate.hold("dataset", "night", until="2100-01-01T00:00:00Z")
    await estate.hold("file", versions[0], until="2200-01-01T00:00:00Z")
    gone = {"paths": ["m31/note.txt"]}
    told = said_no(await member.client.post(f"{estate.base}/datasets/night/files/remove", json=gone))
    assert told["files"] == 2, "the newest one is held back by itself, what it took the place of is not"
    said_no(await member.client.delete(f"{estate.base}/datasets/night"))
    removed = await estate.owner.client.post(f"{estate.base}/datasets/night/files/remove", json=gone)
    assert removed.json()["removed"] == gone["paths"]
    assert set(await shown(stranger)) == set(versions[1:3])


async def test_an_old_version_stays_under_embargo_when_the_new_one_is_deleted_for_good(
    estate: Estate, service: RunningService, member: Person
) -> None:
    slug = estate.base.rpartition("/")[2]
    stranger = await folder_link(estate, service, "m31")
    await estate.hold("dataset", "night", until="2100-01-01T00:00:00Z")
    for content in (b"seeing 1.1", b"seeing 1.2"):
        newest = (await send(member.client, slug, {"m31/note.txt": content}, dataset="night"))[0]["file"]
    assert (await member.client.delete(f"{estate.base}/files/{newest}")).status_code == 204
    late = datetime.now(UTC) + timedelta(days=service.house.config.delete_grace_days + 1)
    await sweep_for(service.house, slug, now=late)
    assert (await member.client.get(f"{estate.base}/files/{newest}")).status_code == 404
    assert await shown(stranger) == []


async def test_a_file_that_a_rule_replaces_stays_under_the_embargo_of_the_rules_dataset(
    estate: Estate, service: RunningService, member: Person
) -> None:
    slug = estate.base.rpartition("/")[2]
    stranger = await folder_link(estate, service, "m31")
    await estate.owner.client.post(
        f"{estate.base}/datasets", json={"name": "thesis", "rule": {"telescope": "quadrant"}}
    )
    await estate.hold("dataset", "thesis", until="2100-01-01T00:00:00Z")
    for seed in (11, 12):
        what = {"m31/light.fits": frame("light", seed)}
        await send(member.client, slug, what, telescope="quadrant", instrument="camera", dataset="raw")
        await wait_for_jobs(member.client, slug)
    thesis = (await member.client.get(f"{estate.base}/datasets/thesis/files")).json()["items"]
    both = (await member.client.get(f"{estate.base}/files", params={"prefix": "m31"})).json()["items"]
    assert [file["id"] in {each["file"] for each in thesis} for file in both] == [True, False], (
        "the newer one took over"
    )
    assert await shown(stranger) == []


async def test_a_deleted_file_comes_back_under_its_embargo(
    estate: Estate, service: RunningService, member: Person
) -> None:
    slug = estate.base.rpartition("/")[2]
    stranger = await folder_link(estate, service, "m31")
    await estate.hold("dataset", "night", until="2100-01-01T00:00:00Z")
    first, other = await send(member.client, slug, {"m31/note.txt": b"1.1", "m31/other.txt": b"1.2"}, dataset="night")
    for file in (first, other):
        assert (await member.client.delete(f"{estate.base}/files/{file['file']}")).status_code == 204
    # Its place is taken meanwhile: by a file that was elsewhere, and by a newer one.
    loose = await send(member.client, slug, {"elsewhere.txt": b"1.3"})
    there = {"files": [{"file": loose[0]["file"], "path": "m31/note.txt"}]}
    added = await member.client.post(f"{estate.base}/datasets/night/files", json=there)
    assert added.json()["files"][0]["state"] == "added", added.text
    await send(member.client, slug, {"m31/other.txt": b"1.4"}, dataset="night")
    for file in (first, other):
        back = await member.client.post(f"{estate.base}/files/{file['file']}/restore")
        assert back.json()["embargo_until"] == "2100-01-01T00:00:00Z"
    assert await shown(stranger) == []


async def test_the_embargo_of_a_file_goes_over_to_its_new_version_and_that_it_is_shown_does_not(
    estate: Estate, member: Person
) -> None:
    slug = estate.base.rpartition("/")[2]
    held, free = estate.files["note.txt"]["id"], estate.files["bias.fits"]["id"]
    await estate.hold("file", held, until="2200-01-01T00:00:00Z", reason="not ours to show")
    await estate.hold("file", free, reason="shown at the conference")
    await estate.hold("dataset", "night", until="2100-01-01T00:00:00Z")
    sent = await send(member.client, slug, {"note.txt": b"cloudy", "bias.fits": b"no bias"}, dataset="night")
    ends = [(await member.client.get(f"{estate.base}/files/{file['file']}")).json()["embargo_until"] for file in sent]
    assert ends == ["2200-01-01T00:00:00Z", "2100-01-01T00:00:00Z"]
    listed = (await estate.owner.client.get(f"{estate.base}/embargoes")).json()["items"]
    assert {e["id"]: e["reason"] for e in listed if e["name"] == "note.txt"} == dict.fromkeys(
        (held, sent[0]["file"]), "not ours to show"
    )


async def test_a_dataset_is_deleted_only_once_its_embargo_is_taken_away_and_leaves_none(
    estate: Estate, service: RunningService
) -> None:
    slug, owner = estate.base.rpartition("/")[2], estate.owner.client
    await send(owner, slug, {"m31/note.txt": b"clear"}, dataset="night")
    stranger = await folder_link(estate, service, "m31")
    await estate.hold("dataset", "night", until="2100-01-01T00:00:00Z")
    refused = await owner.delete(f"{estate.base}/datasets/night")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/under-embargo"), refused.text
    assert refused.json()["files"] == 4
    assert await shown(stranger) == []

    # Where the organisation holds it all back for as long, nothing ends with the dataset.
    await estate.hold("organisation", slug, until="2100-01-01T00:00:00Z")
    assert (await owner.delete(f"{estate.base}/datasets/night")).status_code == 204
    assert await shown(stranger) == []
    left = (await owner.get(f"{estate.base}/embargoes")).json()["items"]
    assert [e["target"] for e in left] == ["organisation"]


async def test_an_admin_who_lifts_an_embargo_by_taking_files_out_is_on_record(estate: Estate) -> None:
    await estate.hold("dataset", "night", until="2100-01-01T00:00:00Z")
    taken = {"paths": ["light.fits", "note.txt"]}
    assert (await estate.owner.client.post(f"{estate.base}/datasets/night/files/remove", json=taken)).status_code == 200
    entries = (await estate.owner.client.get(f"{estate.base}/audit?action=embargo.lifted")).json()["items"]
    assert [(e["target"], e["details"]) for e in entries] == [
        ("embargoes/dataset/night", {"files": 2, "paths": ["light.fits", "note.txt"]})
    ]


async def test_a_copy_is_a_file_of_its_own_and_is_no_way_to_the_bytes_for_who_does_not_have_them(
    estate: Estate, service: RunningService, member: Person
) -> None:
    slug = estate.base.rpartition("/")[2]
    await estate.hold("dataset", "night", until="2100-01-01T00:00:00Z")
    guest = await service.person()
    later = {"email": guest.email, "telescope": "quadrant", "first_night": "2026-03-20"}
    assert (await estate.owner.client.post(f"{estate.base}/assignments", json=later)).status_code == 201
    # Whoever does not see it has to send the bytes: its checksum alone neither names nor betrays them.
    light = frame("light", 1)
    begun = await send(guest.client, slug, {"light.fits": light}, complete=False, telescope="quadrant")
    assert [file["state"] for file in begun] == ["wanted"]

    # A member, who has them, may put a copy where others see it: the one that is held back stays so.
    stranger = await folder_link(estate, service, "m31")
    copy = (await send(member.client, slug, {"m31/light.fits": light}))[0]
    assert copy["state"] == "known"
    assert await shown(stranger) == [copy["file"]]
    held = estate.files["light.fits"]["id"]
    assert await estate.until("light.fits") == datetime(2100, 1, 1, tzinfo=UTC)
    assert (await stranger.get(f"/api/v1/link/files/{held}/content")).status_code == 404
