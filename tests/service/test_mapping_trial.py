"""A header mapping is tried on a stored frame: told fact by fact with its source, and nothing is changed."""

from __future__ import annotations

from typing import Any

from tests.support.fits_bytes import image_file
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService

CARDS: dict[str, object] = {
    "OBJECT": "M 31", "DATE-OBS": "2026-03-14T11:30:00", "EXPTIME": 30.0, "FILTER": "Clear", "FILT2": "Red",
    "IMAGETYP": "light", "GAIN": 1.5, "TEXT": "not a number",
}  # fmt: skip


async def stored(service: RunningService) -> tuple[Person, str, str]:
    """A frame of the camera; its owner, the organisation's address, and the frame's id."""
    owner = await service.person()
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    await send(owner.client, slug, {"a.fits": image_file(cards=CARDS)}, telescope="quadrant", instrument="camera")
    await wait_for_jobs(owner.client, slug)
    frames = (await owner.client.get(f"{base}/frames")).json()["items"]
    return owner, base, frames[0]["id"]


async def tried(owner: Person, base: str, frame: str, mapping: dict[str, Any]) -> Any:
    body = {"frame": frame, "header_mapping": mapping}
    reply = await owner.client.post(f"{base}/instruments/camera/mapping-trial", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_a_type_that_the_sender_told_stands_unless_the_mapping_knows_one(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    untold = image_file(cards={name: value for name, value in CARDS.items() if name != "IMAGETYP"})
    await send(owner.client, slug, {"a.fits": untold}, instrument="camera", frame_type="flat")
    await wait_for_jobs(owner.client, slug)
    [frame] = (await owner.client.get(f"{base}/frames")).json()["items"]
    assert frame["frame_type"] == "flat"
    for mapping, value, source in (
        ({}, "flat", "upload"),
        ({"keywords": {"frame_type": ["OBJECT"]}}, "other", "mapping:OBJECT@0"),
    ):
        facts = {fact["fact"]: fact for fact in (await tried(owner, base, frame["id"], mapping))["facts"]}
        told = facts["frame_type"]
        assert (told["value"], told["source"], told["present_source"]) == (value, source, "upload")
    patched = await owner.client.patch(f"{base}/instruments/camera", json={"header_mapping": {"time_offset_s": 60}})
    assert patched.status_code == 200, patched.text
    await owner.client.post(f"{base}/ingests", json={"instrument": "camera"})
    await wait_for_jobs(owner.client, slug)
    again = (await owner.client.get(f"{base}/frames/{frame['id']}")).json()
    assert again["start_at"] != frame["start_at"], "it was derived again"
    assert (again["frame_type"], again["sources"]["frame_type"]) == ("flat", "upload")


async def test_facts_are_told_as_they_would_be_beside_what_they_are(service: RunningService) -> None:
    owner, base, frame = await stored(service)
    before = (await owner.client.get(f"{base}/frames/{frame}")).json()
    mapping = {
        "keywords": {"filter": ["FILT2", "FILTER"], "gain": ["TEXT"], "start_at": ["TEXT"]},
        "values": {"filter": {"Red": "R"}},
        "time_offset_s": 3600,
    }
    told = await tried(owner, base, frame, mapping)
    facts = {fact["fact"]: fact for fact in told["facts"]}
    assert (told["frame"], told["path"]) == (frame, "a.fits")
    assert (facts["filter"]["value"], facts["filter"]["source"]) == ("R", "mapping:FILT2@0")
    assert (facts["filter"]["present"], facts["filter"]["present_source"]) == ("Clear", "FILTER@0")
    assert facts["filter"]["changes"] and not facts["exposure_s"]["changes"]
    assert (facts["exposure_s"]["value"], facts["exposure_s"]["present_source"]) == (30, "EXPTIME@0")
    assert facts["start_at"]["value"] == "2026-03-14T12:30:00Z"
    # 11:30 UTC is 12:30 at Hven: an hour later it is still the same night.
    assert (facts["night"]["value"], facts["night"]["changes"]) == ("2026-03-14", False)
    assert facts["gain"]["value"] == 1.5, "what its keyword cannot give is read as without a mapping"
    assert [problem["code"] for problem in told["problems"]][:1] == ["bad-date"]
    assert (await owner.client.get(f"{base}/frames/{frame}")).json() == before
    assert (await owner.client.get(f"{base}/instruments/camera")).json()["header_mapping"]["keywords"] == {}
    again = await tried(owner, base, frame, {"time_offset_s": -7200})
    facts = {fact["fact"]: fact for fact in again["facts"]}
    assert (facts["night"]["value"], facts["night"]["present"]) == ("2026-03-13", "2026-03-14")


async def test_what_a_trial_says_is_what_ingest_does(service: RunningService) -> None:
    owner, base, frame = await stored(service)
    mapping = {"keywords": {"filter": ["FILT2"], "object": ["TEXT"]}, "values": {"frame_type": {"light": "flat"}}}
    told = await tried(owner, base, frame, mapping)
    await owner.client.patch(f"{base}/instruments/camera", json={"header_mapping": mapping})
    await owner.client.post(f"{base}/ingests", json={"instrument": "camera"})
    await wait_for_jobs(owner.client, base.rpartition("/")[2])
    after = (await owner.client.get(f"{base}/frames/{frame}")).json()
    for fact in told["facts"]:
        assert fact["value"] == after[fact["fact"]], fact["fact"]
        assert fact["source"] == after["sources"].get(fact["fact"]), fact["fact"]
    settled = await tried(owner, base, frame, mapping)
    assert not [fact["fact"] for fact in settled["facts"] if fact["changes"]]


async def test_a_trial_takes_no_more_than_it_should_and_no_others_frame(service: RunningService) -> None:
    owner, base, frame = await stored(service)
    many = {"keywords": {"filter": [f"K{n}" for n in range(501)]}}
    reply = await owner.client.post(
        f"{base}/instruments/camera/mapping-trial", json={"frame": frame, "header_mapping": many}
    )
    assert (reply.status_code, reply.json()["type"]) == (400, "/problems/invalid-input")
    _, other, _ = await stored(service)
    body = {"frame": frame, "header_mapping": {}}
    reply = await owner.client.post(f"{other}/instruments/camera/mapping-trial", json=body)
    assert reply.status_code == 404
    stranger, theirs, _ = await stored(service)
    reply = await stranger.client.post(f"{theirs}/instruments/camera/mapping-trial", json=body)
    assert reply.status_code == 404
