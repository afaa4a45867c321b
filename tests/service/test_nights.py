"""The list of nights: which there are, what each holds, in pages that do not shift."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.support.fits_bytes import image_file
from tests.support.frames import add_frame, add_frames
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService
from tests.support.stored_files import organisation_id_of


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(service: RunningService) -> Person:
    """One person for the whole module: their organisations are what keeps tests apart."""
    return await service.person()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def every_page(person: Person, url: str, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    while True:
        reply = await person.client.get(url, params=query)
        assert reply.status_code == 200, reply.text
        items += reply.json()["items"]
        if not (cursor := reply.json()["next_cursor"]):
            return items
        query["cursor"] = cursor


async def test_a_night_tells_what_was_taken_and_how_its_log_stands(service: RunningService, owner: Person) -> None:
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    # 23:30 UTC in July is the night of the 10th at Hven; noon there is 10:00 UTC, and begins the next night.
    await add_frames(
        service.house,
        slug,
        [
            {"start_at": at("2026-07-10T21:00:00"), "exposure_s": 300.0, "filter": "R", "object": "M31"},
            {"start_at": at("2026-07-10T23:30:00"), "exposure_s": 300.0, "filter": "R", "object": "M31"},
            {"start_at": at("2026-07-11T01:00:00"), "exposure_s": 60.0, "filter": "B", "object": "M33"},
            {"start_at": at("2026-07-11T09:59:59"), "exposure_s": 10.0, "frame_type": "dark"},
            {"start_at": at("2026-07-11T10:00:00"), "exposure_s": 10.0, "frame_type": "dark"},
            {"start_at": at("2026-07-10T22:00:00"), "exposure_s": 1e300, "frame_type": None},
            {"start_at": at("2026-07-10T22:00:00"), "exposure_s": 300.0, "hidden": True},
            {"start_at": at("2026-07-10T22:00:00"), "exposure_s": 300.0, "telescope": None},
        ],
    )
    entry = {
        "text": "Clouds.",
        "time_lost_s": 600,
        "time_lost_kind": "weather",
        "occurred_at": "2026-07-09T22:00:00Z",
    }
    log = f"{base}/telescopes/quadrant/nights/2026-07-09/log"
    assert (await owner.client.post(f"{log}/entries", json=entry)).status_code == 201
    assert (await owner.client.post(f"{log}/sign")).status_code == 200
    nights = await every_page(owner, f"{base}/nights")
    assert [n["night"] for n in nights] == ["2026-07-11", "2026-07-10", "2026-07-09"]
    night = nights[1]
    assert {k: night[k] for k in ("telescope", "site", "time_zone", "start_at", "end_at", "frames", "log")} == {
        "telescope": "quadrant",
        "site": "hven",
        "time_zone": "Europe/Copenhagen",
        "start_at": "2026-07-10T10:00:00Z",
        "end_at": "2026-07-11T10:00:00Z",
        "frames": 5,
        "log": "none",
    }
    assert night["by_type"] == [
        {"frame_type": "dark", "frames": 1, "exposure_s": 10.0},
        {"frame_type": "light", "frames": 3, "exposure_s": 660.0},
        {"frame_type": None, "frames": 1, "exposure_s": 0.0},
    ]
    assert [(c["frame_type"], c["filter"], c["frames"], c["exposure_s"]) for c in night["counts"]] == [
        ("dark", None, 1, 10.0),
        ("light", "B", 1, 60.0),
        ("light", "R", 2, 600.0),
        (None, None, 1, 0.0),
    ]
    assert (night["first_exposure_at"], night["last_exposure_at"]) == ("2026-07-10T21:00:00Z", "2026-07-11T09:59:59Z")
    assert (nights[2]["frames"], nights[2]["log"], nights[2]["time_lost_s"]) == (0, "signed", 600)
    assert nights[2]["first_exposure_at"] is None


async def test_frames_change_nights_with_their_sites_time_zone(service: RunningService, owner: Person) -> None:
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    log = f"{base}/telescopes/quadrant/nights/{{}}/log"
    # Noon in July is 10:00 UTC at Hven and 16:00 UTC in Chile.
    taken = {"noon.fits": "2026-07-10T12:00:00", "late.fits": "2026-07-10T23:30:00"}
    files = {path: image_file(cards={"DATE-OBS": start, "IMAGETYP": "light"}) for path, start in taken.items()}
    await owner.client.post(f"{base}/datasets", json={"name": "eve", "rule": {"night": "2026-07-09"}})
    await send(owner.client, slug, files, telescope="quadrant")
    await wait_for_jobs(owner.client, slug)
    assert [(n["night"], n["frames"]) for n in await every_page(owner, f"{base}/nights")] == [("2026-07-10", 2)]

    changed = await owner.client.patch(f"{base}/sites/hven", json={"time_zone": "America/Santiago"})
    assert changed.status_code == 200, changed.text
    await wait_for_jobs(owner.client, slug)
    nights = await every_page(owner, f"{base}/nights")
    assert [(n["night"], n["frames"], n["start_at"]) for n in nights] == [
        ("2026-07-10", 1, "2026-07-10T16:00:00Z"),
        ("2026-07-09", 1, "2026-07-09T16:00:00Z"),
    ]
    counted = [
        (await owner.client.get(log.format(night))).json()["summary"]["frames"]
        for night in ("2026-07-10", "2026-07-09")
    ]
    assert counted == [1, 1]
    in_tree = await owner.client.get("/api/v1/tree", params={"path": f"/org/{slug}/nights/2026-07-09/quadrant"})
    assert [entry["name"] for entry in in_tree.json()["items"]] == ["noon.fits"]
    joined = (await owner.client.get(f"{base}/datasets/eve/files")).json()["items"]
    assert [file["path"] for file in joined] == ["noon.fits"]

    # Nothing is derived again where the time zone stays as it is.
    await owner.client.patch(f"{base}/sites/hven", json={"name": "Ven", "time_zone": "America/Santiago"})
    assert (await owner.client.get(f"{base}/jobs?state=queued&state=running")).json()["items"] == []


async def test_a_frame_that_is_ingested_while_the_time_zone_changes_is_in_its_new_night(
    service: RunningService, owner: Person
) -> None:
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    transaction = service.house.database.transaction
    organisation_id = await organisation_id_of(service.house, slug)

    async with transaction() as watch, transaction(organisation=organisation_id) as held, asyncio.timeout(60):

        async def waiting(number: int) -> None:
            while await watch.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) < number:
                await asyncio.sleep(0.02)

        await held.execute(text("SELECT FROM sites FOR UPDATE"))
        zone = {"time_zone": "America/Santiago"}
        change = asyncio.create_task(owner.client.patch(f"{base}/sites/hven", json=zone))
        await waiting(1)
        # Its header is read by the old time zone, and its row waits behind the change, which knows nothing of it.
        noon = image_file(cards={"DATE-OBS": "2026-07-10T12:00:00", "TELESCOP": "Quadrant"})
        await send(owner.client, slug, {"noon.fits": noon})
        await waiting(2)
    assert (await change).status_code == 200
    await wait_for_jobs(owner.client, slug)
    assert [n["night"] for n in await every_page(owner, f"{base}/nights")] == ["2026-07-09"]


async def test_nights_are_chosen_by_telescope_and_date(service: RunningService, owner: Person) -> None:
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    await owner.client.post(f"{base}/telescopes", json={"name": "Sextant", "site": "hven"})
    for day in (1, 2, 3):
        for telescope in ("quadrant", "sextant"):
            await add_frame(service.house, slug, start_at=at(f"2026-11-0{day}T22:00:00"), telescope=telescope)

    async def chosen(**query: str) -> list[tuple[str, str]]:
        return [(n["night"][-2:], n["telescope"]) for n in await every_page(owner, f"{base}/nights", **query)]

    assert sorted(await chosen()) == sorted((f"0{d}", t) for d in (1, 2, 3) for t in ("quadrant", "sextant"))
    assert await chosen(telescope="sextant") == [("03", "sextant"), ("02", "sextant"), ("01", "sextant")]
    assert await chosen(telescope="sextant", first="2026-11-02", last="2026-11-02") == [("02", "sextant")]
    assert {n for n, _ in await chosen(first="2026-11-02")} == {"02", "03"}
    assert (await owner.client.get(f"{base}/nights", params={"telescope": "octant"})).status_code == 404
    turned = {"first": "2026-11-03", "last": "2026-11-01"}
    assert (await owner.client.get(f"{base}/nights", params=turned)).status_code == 400


@given(
    nights=st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.booleans()), min_size=1, max_size=9, unique=True),
    limit=st.integers(1, 4),
)
@settings(max_examples=8, deadline=None)
async def test_pages_of_any_size_tell_each_night_once_and_in_order(
    service: RunningService, owner: Person, nights: list[tuple[int, bool, bool]], limit: int
) -> None:
    # Each night of one of two telescopes comes from frames, or from a log alone.
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    await owner.client.post(f"{base}/telescopes", json={"name": "Sextant", "site": "hven"})
    frames = []
    for day, sextant, logged in nights:
        telescope, start = "sextant" if sextant else "quadrant", at(f"2026-11-0{day}T20:00:00")
        if logged:
            url = f"{base}/telescopes/{telescope}/nights/2026-11-0{day}/log/entries"
            made = await owner.client.post(url, json={"text": "Open.", "occurred_at": start.isoformat()})
            assert made.status_code == 201
        else:
            frames += [{"start_at": start + timedelta(hours=h), "telescope": telescope} for h in range(3)]
    await add_frames(service.house, slug, frames)
    told = await every_page(owner, f"{base}/nights", limit=limit)
    expected = {(f"2026-11-0{day}", "sextant" if sextant else "quadrant") for day, sextant, _ in nights}
    assert len(told) == len(expected)
    assert {(n["night"], n["telescope"]) for n in told} == expected
    assert [n["night"] for n in told] == sorted((n["night"] for n in told), reverse=True)
    assert sum(n["frames"] for n in told) == len(frames)


async def test_a_stranger_sees_no_nights(service: RunningService, owner: Person) -> None:
    stranger = await service.person()
    slug = await service.equipped(owner)
    await add_frame(service.house, slug, start_at=at("2026-11-01T22:00:00"))
    assert (await stranger.client.get(f"/api/v1/organisations/{slug}/nights")).status_code == 404
    other = await service.equipped(stranger)
    assert await every_page(stranger, f"/api/v1/organisations/{other}/nights") == []


@pytest.mark.parametrize("cursor", ["x", "W10", "WyIyMDI2LTExLTAxIiwgMV0", "bnVsbA"])
async def test_a_cursor_of_another_list_is_refused(service: RunningService, owner: Person, cursor: str) -> None:
    slug = await service.equipped(owner)
    reply = await owner.client.get(f"/api/v1/organisations/{slug}/nights", params={"cursor": cursor})
    assert (reply.status_code, reply.json()["type"]) == (400, "/problems/invalid-input")
