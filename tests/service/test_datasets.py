"""Datasets: filled by hand and by rule, paged, closed; nobody else's."""

from __future__ import annotations

import asyncio
import datetime
import uuid
from collections.abc import Mapping

import pytest
from sqlalchemy import text

from storage import equipment_store
from storage.dataset_store import apply_rules, hold_rules
from tests.support.service import Person, RunningService
from tests.support.stored_files import organisation_id_of, set_file, store_file, store_frame


class Place:
    """An organisation with one person, and short ways to its datasets."""

    def __init__(self, service: RunningService, owner: Person, slug: str) -> None:
        self.service, self.owner, self.slug = service, owner, slug
        self.base = f"/api/v1/organisations/{slug}/datasets"

    async def make(self, **body: object) -> dict[str, object]:
        reply = await self.owner.client.post(self.base, json={"name": "Nova", **body})
        assert reply.status_code == 201, reply.text
        return dict(reply.json())

    async def add(self, dataset: str, *files: Mapping[str, object]) -> list[dict[str, object]]:
        reply = await self.owner.client.post(f"{self.base}/{dataset}/files", json={"files": list(files)})
        assert reply.status_code == 200, reply.text
        return list(reply.json()["files"])

    async def paths(self, dataset: str, **query: str) -> list[str]:
        reply = await self.owner.client.get(f"{self.base}/{dataset}/files", params=query)
        assert reply.status_code == 200, reply.text
        return [item["path"] for item in reply.json()["items"]]

    async def store(self, path: str, data: bytes) -> str:
        return str(await store_file(self.service.house, self.slug, path, data))

    async def frame(self, path: str, data: bytes, **facts: object) -> tuple[uuid.UUID, uuid.UUID]:
        return await store_frame(self.service.house, self.slug, path, data, **facts)

    async def apply(self, frames: list[uuid.UUID] | None) -> int:
        organisation_id = await organisation_id_of(self.service.house, self.slug)
        async with self.service.house.database.transaction(organisation=organisation_id) as connection:
            return await apply_rules(connection, organisation_id, frames)


@pytest.fixture
async def place(service: RunningService) -> Place:
    owner = await service.person()
    return Place(service, owner, await service.equipped(owner))


async def test_a_dataset_is_made_changed_listed_and_deleted(place: Place) -> None:
    made = await place.make(name="2026-11-20 M31", description="First light")
    assert made["slug"] == "2026-11-20-m31"
    assert (made["state"], made["rule"], made["file_count"], made["size_bytes"]) == ("open", None, 0, 0)
    again = await place.owner.client.post(place.base, json={"name": "2026-11-20 M31"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/conflict")
    one = f"{place.base}/2026-11-20-m31"
    changed = await place.owner.client.patch(one, json={"name": "Andromeda"})
    assert (changed.json()["name"], changed.json()["description"]) == ("Andromeda", "First light")
    assert (await place.owner.client.get(one)).json() == changed.json()
    for name in ("a", "b", "c"):
        await place.make(name=name)
    first = (await place.owner.client.get(place.base, params={"limit": 2})).json()
    await place.make(name="0 arrives meanwhile")
    rest = (await place.owner.client.get(place.base, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [d["slug"] for d in first["items"] + rest["items"]] == ["2026-11-20-m31", "a", "b", "c"]
    assert rest["next_cursor"] is None
    assert (await place.owner.client.delete(one)).status_code == 204
    assert (await place.owner.client.get(one)).status_code == 404


async def test_files_are_added_one_by_one_and_each_is_told_its_fate(place: Place) -> None:
    await place.make()
    a, b, twin = [await place.store(path, data) for path, data in (("a.fits", b"a"), ("b.fits", b"bb"), ("x", b"a"))]
    unknown = str(uuid.uuid4())
    told = await place.add(
        "nova",
        {"file": a, "path": "./light//M31/a.fits"},
        {"file": b, "path": "light/M31/a.fits"},
        {"file": twin, "path": "light/M31/a.fits"},
        {"file": unknown, "path": "light/c.fits"},
        {"file": a, "path": "../escape"},
        {"file": a, "path": "/etc/passwd"},
        {"file": a, "path": "bell\x07"},
        {"file": b, "path": "light/M31/A.fits"},
        {"file": b, "path": "light/M31"},
        {"file": b, "path": "light/M31/a.fits/b.fits"},
        {"file": b},
        {"file": a, "path": "o\u0308.fits"},
    )
    assert [(t["state"], (t["problem"] or {}).get("code")) for t in told] == [  # type: ignore[attr-defined]
        ("added", None),
        ("conflict", "path-taken"),
        ("present", None),
        ("failed", "not-found"),
        ("failed", "bad-path"),
        ("failed", "bad-path"),
        ("failed", "bad-path"),
        ("added", None),
        ("added", None),
        ("added", None),
        ("added", None),
        ("added", None),
    ]
    # Folders that were files before this batch are conflicts too.
    later = await place.add("nova", {"file": b, "path": "light"}, {"file": b, "path": "b.fits/inner.fits"})
    assert [t["state"] for t in later] == ["conflict", "conflict"]
    assert "folder" in str(later[0]["problem"])
    assert await place.add("nova", {"file": b}) == [{"file": b, "path": "b.fits", "state": "present", "problem": None}]
    assert "ö.fits" in await place.paths("nova"), "composed, as NFC has it"
    read = (await place.owner.client.get(f"{place.base}/nova")).json()
    assert (read["file_count"], read["size_bytes"]) == (6, 1 + 2 + 2 + 2 + 2 + 1)


async def test_files_are_paged_in_order_of_bytes_and_by_prefix(place: Place) -> None:
    await place.make()
    file = await place.store("f", b"f")
    paths = ["B", "a", "a-1", "a.1", "a/1", "a/é", "a_1", "b%", "b%c", "bb", "z z", "ä"]
    await place.add("nova", *({"file": file, "path": f"{p}/f"} for p in reversed(paths)))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        url = f"{place.base}/nova/files"
        page = (await place.owner.client.get(url, params={"limit": "5", **cursor})).json()
        seen += [item["path"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == sorted((f"{p}/f" for p in paths), key=str.encode)
    assert await place.paths("nova", prefix="a/") == ["a/1/f", "a/f", "a/é/f"]
    assert await place.paths("nova", prefix="b%") == ["b%/f", "b%c/f"]
    assert await place.paths("nova", prefix="nothing") == []


async def test_files_are_taken_out_and_stay_stored(place: Place) -> None:
    await place.make()
    file = await place.store("a.fits", b"a")
    await place.add("nova", {"file": file}, {"file": file, "path": "copy.fits"})
    reply = await place.owner.client.post(f"{place.base}/nova/files/remove", json={"paths": ["copy.fits", "none"]})
    assert reply.json() == {"removed": ["copy.fits"], "absent": ["none"]}
    assert await place.paths("nova") == ["a.fits"]
    stored = await place.owner.client.get(f"/api/v1/organisations/{place.slug}/files/{file}")
    assert stored.status_code == 200


async def test_deleted_files_are_not_shown_and_give_their_place_to_others(place: Place) -> None:
    await place.make()
    old, new = await place.store("a.fits", b"old"), await place.store("b.fits", b"new")
    await place.add("nova", {"file": old})
    await set_file(place.service.house, place.slug, uuid.UUID(old), deleted_at=datetime.datetime.now(datetime.UTC))
    assert await place.paths("nova") == []
    assert (await place.owner.client.get(f"{place.base}/nova")).json()["file_count"] == 0
    assert (await place.add("nova", {"file": old, "path": "again"}))[0]["state"] == "failed"
    assert (await place.add("nova", {"file": new, "path": "a.fits"}))[0]["state"] == "added"


async def test_a_closed_dataset_refuses_every_change_until_it_is_opened(place: Place) -> None:
    await place.make()
    file = await place.store("a.fits", b"a")
    await place.add("nova", {"file": file})
    client, one = place.owner.client, f"{place.base}/nova"
    assert (await client.post(f"{one}/close")).json()["state"] == "closed"
    assert (await client.post(f"{one}/close")).status_code == 200, "safe to repeat"
    for reply in (
        await client.post(f"{one}/files", json={"files": [{"file": file, "path": "b"}]}),
        await client.post(f"{one}/files/remove", json={"paths": ["a.fits"]}),
        await client.patch(one, json={"name": "Other"}),
    ):
        assert (reply.status_code, reply.json()["type"]) == (409, "/problems/dataset-closed")
    assert [d["slug"] for d in (await client.get(place.base, params={"state": "closed"})).json()["items"]] == ["nova"]
    assert (await client.get(place.base, params={"state": "open"})).json()["items"] == []
    assert (await client.post(f"{one}/reopen")).json()["state"] == "open"
    assert (await place.add("nova", {"file": file, "path": "b"}))[0]["state"] == "added"


NIGHT: dict[str, object] = {"night": datetime.date(2026, 11, 20), "frame_type": "light", "object": "M31", "filter": "R"}


async def telescope_id(place: Place) -> uuid.UUID:
    organisation_id = await organisation_id_of(place.service.house, place.slug)
    async with place.service.house.database.transaction(organisation=organisation_id) as connection:
        return uuid.UUID(str((await equipment_store.get(connection, "telescopes", "quadrant"))["id"]))


async def test_a_rule_takes_what_matches_now_and_later_and_only_while_open(place: Place) -> None:
    quadrant = await telescope_id(place)
    match = NIGHT | {"telescope_id": quadrant}
    await place.frame("light/M31_1.fits", b"1", **match)
    others: tuple[dict[str, object], ...] = (
        {"night": datetime.date(2026, 11, 21)},
        {"object": "M33"},
        {"object": None},
        {"filter": "r"},
        {"frame_type": "flat"},
        {"telescope_id": None},
        {"hidden": True},
    )
    for number, other in enumerate(others):
        await place.frame(f"other/{number}.fits", b"other%d" % number, **(match | other))
    rule = {"telescope": "quadrant", "night": "2026-11-20", "object": "m31", "frame_type": "light", "filter": "R"}
    made = await place.make(rule=rule)
    assert made["rule"] == rule
    assert (made["file_count"], await place.paths("nova")) == (1, ["light/M31_1.fits"])
    # Ingest hands over the frames it has just recorded.
    _, second = await place.frame("light/M31_2.fits", b"2", **match)
    _, stranger = await place.frame("light/M33_2.fits", b"33", **(match | {"object": "M33"}))
    assert await place.apply([second, stranger]) == 1
    assert await place.apply([second, stranger]) == 0, "safe to repeat"
    assert await place.apply([]) == 0
    await place.owner.client.post(f"{place.base}/nova/close")
    _, third = await place.frame("light/M31_3.fits", b"3", **match)
    assert await place.apply([third]) == 0
    await place.owner.client.post(f"{place.base}/nova/reopen")
    assert await place.paths("nova") == [f"light/M31_{n}.fits" for n in (1, 2, 3)]


@pytest.mark.parametrize("way", ["made", "ruled", "opened"])
async def test_a_frame_and_a_rule_that_come_at_once_do_not_miss_each_other(place: Place, way: str) -> None:
    _, frame = await place.frame("light.fits", b"light", object="M33")
    rule = {"object": "M31"}
    if way == "ruled":
        await place.make()
    elif way == "opened":
        await place.make(rule=rule)
        await place.owner.client.post(f"{place.base}/nova/close")

    async def come() -> None:
        if way == "made":
            await place.make(rule=rule)
        elif way == "ruled":
            await place.owner.client.patch(f"{place.base}/nova", json={"rule": rule})
        else:
            await place.owner.client.post(f"{place.base}/nova/reopen")

    organisation_id = await organisation_id_of(place.service.house, place.slug)
    async with place.service.house.database.transaction(organisation=organisation_id) as connection:
        await hold_rules(connection, organisation_id)
        await connection.execute(text("UPDATE frames SET object = 'M31' WHERE id = :id"), {"id": frame})
        assert await apply_rules(connection, organisation_id, [frame]) == 0
        coming = asyncio.create_task(come())
        await asyncio.sleep(0.3)
    await coming
    assert await place.paths("nova") == ["light.fits"]


async def test_each_member_of_a_rule_narrows_by_itself(place: Place) -> None:
    quadrant = await telescope_id(place)
    match = NIGHT | {"telescope_id": quadrant}
    misses: dict[str, dict[str, object]] = {
        "telescope": {"telescope_id": None},
        "night": {"night": None},
        "object": {"object": "M33"},
        "frame_type": {"frame_type": "dark"},
        "filter": {"filter": "B"},
    }
    for name, other in misses.items():
        await place.frame(f"{name}.fits", name.encode(), **(match | other))
    values = {"telescope": "quadrant", "night": "2026-11-20", "object": "M31", "frame_type": "light", "filter": "R"}
    for name, value in values.items():
        await place.make(name=f"by {name}", rule={name: value})
        paths = await place.paths(f"by-{name.replace('_', '-')}")
        assert paths == sorted(f"{other}.fits" for other in misses if other != name)


async def test_paths_that_are_taken_get_a_number_before_the_suffix(place: Place) -> None:
    await place.make()
    by_hand = await place.store("by/hand.fits", b"by hand")
    await place.add(
        "nova",
        {"file": by_hand, "path": "M31.fits.fz"},
        {"file": by_hand, "path": "M31-7.fits.fz"},
        {"file": by_hand, "path": "M31-7b.fits.fz"},
    )
    for number in range(3):
        start = datetime.datetime(2026, 11, 20, 20, number, tzinfo=datetime.UTC)
        for path in ("M31.fits.fz", "2026.11.20_001", "night.1/x.tar.gz"):
            await place.frame(path, f"{path}{number}".encode(), start_at=start, **NIGHT)
    await place.owner.client.patch(f"{place.base}/nova", json={"rule": {"object": "M31"}})
    assert await place.paths("nova") == [
        "2026.11.20_001",
        "2026.11.20_001-2",
        "2026.11.20_001-3",
        "M31-10.fits.fz",
        "M31-7.fits.fz",
        "M31-7b.fits.fz",
        "M31-8.fits.fz",
        "M31-9.fits.fz",
        "M31.fits.fz",
        "night.1/x-2.tar.gz",
        "night.1/x-3.tar.gz",
        "night.1/x.tar.gz",
    ]
    assert await place.apply(None) == 0


async def test_numbers_that_meet_another_path_are_passed_over(place: Place) -> None:
    # Two frames are called a.fits; the second one's name, a-2.fits, is the own name of a third.
    for path, data in (("a.fits", b"1"), ("a.fits", b"2"), ("a-2.fits", b"3")):
        await place.frame(path, data, **NIGHT)
    made = await place.make(rule={"object": "M31"})
    assert made["file_count"] == 3
    assert set(await place.paths("nova")) == {"a.fits", "a-2.fits", "a-3.fits"}


async def test_the_same_content_joins_once(place: Place) -> None:
    file, frame = await place.frame("a.fits", b"first", **NIGHT)
    await place.store("copy/of/a.fits", b"first")
    await place.make(rule={"object": "M31"})
    assert await place.apply([frame]) == 0
    assert await place.paths("nova") == ["a.fits"]
    # With the first file deleted, the copy stands for the frame.
    await set_file(place.service.house, place.slug, file, deleted_at=datetime.datetime.now(datetime.UTC))
    assert await place.apply([frame]) == 1
    assert await place.paths("nova") == ["copy/of/a.fits"]


async def test_a_new_version_takes_the_old_ones_place(place: Place) -> None:
    await place.make(rule={"object": "M31"})
    first_file, first = await place.frame("a.fits", b"first", **NIGHT)
    assert await place.apply([first]) == 1
    second_file, second = await place.frame("a.fits", b"corrected", supersedes=first_file, **NIGHT)
    assert await place.apply([second]) == 1
    listed = (await place.owner.client.get(f"{place.base}/nova/files")).json()["items"]
    assert [(item["path"], item["file"]) for item in listed] == [("a.fits", str(second_file))]
    assert await place.apply([first, second]) == 0, "the old one does not come back when it is ingested again"
    assert await place.apply(None) == 0


@pytest.mark.parametrize(
    ("rule", "status", "code"),
    [
        ({}, 400, "empty-rule"),
        ({"telescope": "nowhere"}, 404, "not-found"),
        ({"night": "20 November"}, 400, "invalid-input"),
        ({"frame_type": "selfie"}, 400, "invalid-input"),
    ],
)
async def test_rules_that_cannot_be_are_refused(place: Place, rule: dict[str, str], status: int, code: str) -> None:
    reply = await place.owner.client.post(place.base, json={"name": "Nova", "rule": rule})
    assert (reply.status_code, reply.json()["type"]) == (status, f"/problems/{code}"), reply.text
    assert (await place.owner.client.get(place.base)).json()["items"] == []


async def test_frames_joining_wait_for_a_closing_dataset(place: Place) -> None:
    await place.make(rule={"object": "M31"})
    ids = [(await place.frame(f"{n}.fits", b"%d" % n, **NIGHT))[1] for n in range(20)]
    closing = asyncio.create_task(place.owner.client.post(f"{place.base}/nova/close"))
    joined = await asyncio.gather(*(place.apply([frame]) for frame in ids))
    assert (await closing).status_code == 200
    assert len(await place.paths("nova")) == sum(joined), "none joined behind its back"


async def test_strangers_see_no_dataset(service: RunningService, place: Place) -> None:
    await place.make()
    stranger = await service.person()
    own = await service.organisation(stranger)
    foreign = await store_file(service.house, own, "mine.fits", b"mine")
    assert (await stranger.client.get(f"{place.base}/nova")).status_code == 404
    assert (await stranger.client.get(place.base)).status_code == 404
    told = await place.add("nova", {"file": str(foreign), "path": "theirs.fits"}, {"file": str(foreign)})
    assert [t["problem"]["code"] for t in told] == ["not-found", "not-found"]  # type: ignore[index]
