"""Visiting observers: they see and do what their nights give them, and nothing else of the observatory."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest
import pytest_asyncio
from astropy.io import fits
from sqlalchemy import text

from domain.night import Night, night_of
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService

# No noon, with which a night ends, falls between now and the end of these tests.
ZONE = "Asia/Tokyo" if 6 <= datetime.now(UTC).hour < 12 else "Europe/Copenhagen"
TONIGHT = night_of(datetime.now(UTC), ZONE)


class Estate(msgspec.Struct):
    """An observatory with two telescopes, whose owner took frames on three nights with both."""

    service: RunningService
    owner: Person
    slug: str
    frames: dict[tuple[str, str], dict[str, Any]]
    "By telescope and night."

    def path(self, rest: str) -> str:
        return f"/api/v1/organisations/{self.slug}/{rest}"

    async def assign(self, guest: Person, telescope: str, first: Night, last: Night | None) -> httpx.Response:
        body = {"email": guest.email, "telescope": telescope, "first_night": str(first)}
        if last is not None:
            body["last_night"] = str(last)
        return await self.owner.client.post(self.path("assignments"), json=body)

    async def guest(self, telescope: str, first: Night, last: Night | None) -> Person:
        person = await self.service.person()
        reply = await self.assign(person, telescope, first, last)
        assert reply.status_code == 201, reply.text
        return person


def frame_of(night: Night, seed: int) -> bytes:
    """A frame taken in the evening."""
    pixels = np.random.default_rng(seed).integers(0, 4000, (32, 32), dtype=np.int16)
    frame = fits.PrimaryHDU(pixels)
    frame.header["DATE-OBS"] = f"{night}T22:00:00"
    frame.header["EXPTIME"] = 60.0
    written = io.BytesIO()
    frame.writeto(written)
    return written.getvalue()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(service: RunningService) -> Estate:
    owner = await service.person()
    slug = await service.equipped(owner)
    moved = await owner.client.patch(f"/api/v1/organisations/{slug}/sites/hven", json={"time_zone": ZONE})
    assert moved.status_code == 200, moved.text
    made = await owner.client.post(f"/api/v1/organisations/{slug}/telescopes", json={"name": "Sextant", "site": "hven"})
    assert made.status_code == 201
    frames: dict[tuple[str, str], dict[str, Any]] = {}
    for number, telescope in enumerate(("quadrant", "sextant")):
        nights = [TONIGHT.shifted(-days) for days in (20, 10, 1)]
        await send(
            owner.client,
            slug,
            {f"{telescope}/{night}.fits": frame_of(night, 10 * number + i) for i, night in enumerate(nights)},
            telescope=telescope,
            dataset="everything",
        )
    await wait_for_jobs(owner.client, slug)
    found = (await owner.client.get(f"/api/v1/organisations/{slug}/frames?limit=100")).json()["items"]
    for frame in found:
        frames[frame["telescope"], frame["night"]] = frame
    assert len(frames) == 6
    return Estate(service, owner, slug, frames)


async def seen(estate: Estate, guest: Person) -> set[tuple[str, str]]:
    """Tell which of the owner's frames somebody finds, and that every way of looking agrees."""
    found = (await guest.client.get(estate.path("frames?limit=100&count=true"))).json()
    ids = {frame["id"] for frame in found["items"]}
    assert found["count"] == len(ids)
    facets = (await guest.client.get(estate.path("frames/facets?facet=night"))).json()["facets"]["night"]
    assert sum(value["count"] for value in facets) == len(ids)
    files = (await guest.client.get(estate.path("files?limit=1000"))).json()["items"]
    assert {file["frame"] for file in files} == ids
    for frame in estate.frames.values():
        expected = 200 if frame["id"] in ids else 404
        for rest in (f"frames/{frame['id']}", f"frames/{frame['id']}/header", f"files/{frame['file']}"):
            assert (await guest.client.get(estate.path(rest))).status_code == expected, rest
        content = await guest.client.get(estate.path(f"files/{frame['file']}/content"))
        assert content.status_code == (302 if expected == 200 else 404)
        preview = await guest.client.get(estate.path(f"frames/{frame['id']}/preview/128"))
        assert preview.status_code == (302 if expected == 200 else 404)
    return {key for key, frame in estate.frames.items() if frame["id"] in ids}


@pytest.mark.parametrize(
    ("telescope", "first", "last", "nights"),
    [
        ("quadrant", -20, -20, [-20]),
        ("quadrant", -15, -5, [-10]),
        ("quadrant", -10, None, [-10, -1]),
        ("sextant", -30, 30, [-20, -10, -1]),
        ("quadrant", 5, 9, []),
    ],
)
async def test_a_guest_sees_the_nights_of_their_assignment(
    estate: Estate, telescope: str, first: int, last: int | None, nights: list[int]
) -> None:
    guest = await estate.guest(telescope, TONIGHT.shifted(first), None if last is None else TONIGHT.shifted(last))
    assert await seen(estate, guest) == {(telescope, str(TONIGHT.shifted(night))) for night in nights}
    telescopes = (await guest.client.get(estate.path("telescopes"))).json()["items"]
    assert [t["slug"] for t in telescopes] == [telescope]
    assert (await guest.client.get(estate.path("members"))).json()["items"][0]["email"] == guest.email
    assert len((await guest.client.get(estate.path("members"))).json()["items"]) == 1
    assert (await guest.client.get(estate.path("datasets"))).json()["items"] == []


async def test_a_guest_uploads_logs_and_judges_while_they_have_the_telescope(estate: Estate) -> None:
    guest = await estate.guest("quadrant", TONIGHT, TONIGHT)
    rival = await estate.guest("quadrant", TONIGHT.shifted(-60), TONIGHT.shifted(-50))
    content = frame_of(TONIGHT, 77)
    results = await send(guest.client, estate.slug, {"mine.fits": content}, dataset="my comet")
    assert [r["state"] for r in results] == ["stored"]
    jobs = (await guest.client.get(estate.path("jobs"))).json()["items"]
    assert jobs, "a guest follows what they began"
    await wait_for_jobs(estate.owner.client, estate.slug)
    mine = (await guest.client.get(estate.path("frames"))).json()["items"]
    assert [f["path"] for f in mine] == ["mine.fits"]
    assert mine[0]["telescope"] == "quadrant"
    assert [d["slug"] for d in (await guest.client.get(estate.path("datasets"))).json()["items"]] == ["my-comet"]
    listed = (await guest.client.get(estate.path("datasets/my-comet/files"))).json()["items"]
    assert [f["path"] for f in listed] == ["mine.fits"]

    log = estate.path(f"telescopes/quadrant/nights/{TONIGHT}/log")
    written = await guest.client.post(f"{log}/entries", json={"text": "First light of mine."})
    assert written.status_code == 201, written.text
    theirs = await estate.owner.client.post(f"{log}/entries", json={"text": "The dome creaks."})
    assert {e["text"] for e in (await guest.client.get(log)).json()["entries"]["items"]} == {
        "First light of mine.",
        "The dome creaks.",
    }
    edit = {"text": "First light!", "revision": 1}
    assert (await guest.client.put(f"{log}/entries/{written.json()['id']}", json=edit)).status_code == 200
    assert (await guest.client.put(f"{log}/entries/{theirs.json()['id']}", json=edit)).status_code == 403
    assert (await guest.client.post(f"{log}/sign?force=true")).status_code == 403
    frame = estate.path(f"frames/{mine[0]['id']}")
    assert (await guest.client.patch(frame, json={"quality": "good"})).json()["quality"] == "good"

    for path in (frame, estate.path(f"jobs/{jobs[0]['id']}"), estate.path(f"files/{mine[0]['file']}")):
        assert (await rival.client.get(path)).status_code == 404
    assert (await rival.client.post(f"{log}/entries", json={"text": "Hello"})).status_code == 403
    assert (await rival.client.get(log)).json()["entries"]["items"] == []


@pytest.mark.parametrize(("first", "last"), [(-9, -1), (1, 3)])
async def test_control_ends_with_the_nights_and_what_is_theirs_stays_readable(
    estate: Estate, first: int, last: int
) -> None:
    guest = await estate.guest("quadrant", TONIGHT, None)
    results = await send(guest.client, estate.slug, {f"{first}.fits": frame_of(TONIGHT, 200 + first)})
    assert results[0]["state"] == "stored"
    await wait_for_jobs(estate.owner.client, estate.slug)
    # The nights are moved; an admin ends an assignment by its last night, the first one stays.
    assignment = (await guest.client.get(estate.path("assignments"))).json()["items"][0]
    removed = await estate.owner.client.delete(estate.path(f"assignments/{assignment['id']}"))
    assert removed.status_code == 204
    await estate.assign(guest, "quadrant", TONIGHT.shifted(first), TONIGHT.shifted(last))

    refused = await guest.client.post(
        estate.path("uploads"), json={"files": [{"path": "x", "size_bytes": 1, "sha256": "0" * 64}]}
    )
    assert refused.status_code == 403
    assert "noon" in refused.json()["detail"]
    log = estate.path(f"telescopes/quadrant/nights/{TONIGHT.shifted(first)}/log")
    assert (await guest.client.post(f"{log}/entries", json={"text": "Too late"})).status_code == 403
    mine = [f for f in (await guest.client.get(estate.path("frames"))).json()["items"] if f["night"] == str(TONIGHT)]
    assert [f["path"] for f in mine] == [f"{first}.fits"]
    assert (
        await guest.client.patch(estate.path(f"frames/{mine[0]['id']}"), json={"quality": "bad"})
    ).status_code == 403


async def test_what_was_begun_in_time_may_arrive_late(estate: Estate) -> None:
    guest = await estate.guest("sextant", TONIGHT, TONIGHT)
    content = frame_of(TONIGHT, 300)
    await send(guest.client, estate.slug, {"late.fits": content}, complete=False)
    async with estate.service.house.database.transaction(organisation=await _organisation(estate)) as connection:
        await connection.execute(
            text(
                "UPDATE assignments SET first_night = first_night - 5, last_night = last_night - 5,"
                " control_from = control_from - interval '5 days', control_until = control_until - interval '5 days'"
                " WHERE account_id = (SELECT id FROM accounts WHERE email = :email)"
            ),
            {"email": guest.email},
        )
        upload = await connection.scalar(
            text("SELECT id FROM uploads WHERE account_id = (SELECT id FROM accounts WHERE email = :email)"),
            {"email": guest.email},
        )
    done = await guest.client.post(estate.path(f"uploads/{upload}/complete"), json={"files": [{"position": 0}]})
    assert done.status_code == 200, done.text
    assert done.json()["files"][0]["state"] == "stored"


async def test_a_guest_does_not_hear_what_the_observatory_has(estate: Estate) -> None:
    guest = await estate.guest("quadrant", TONIGHT, TONIGHT)
    # The very bytes of a frame of another night: to the guest they are new, and are stored once all the same.
    content = frame_of(TONIGHT.shifted(-20), 0)
    before = await _contents(estate)
    results = await send(guest.client, estate.slug, {"known.fits": content})
    assert [r["state"] for r in results] == ["stored"]
    assert await _contents(estate) == before
    results = await send(guest.client, estate.slug, {"again.fits": content})
    assert [r["state"] for r in results] == ["known"]
    # The frame is theirs to see, under the name that they gave it.
    await wait_for_jobs(estate.owner.client, estate.slug)
    found = (await guest.client.get(estate.path(f"frames?night={TONIGHT.shifted(-20)}"))).json()["items"]
    assert [f["path"] for f in found] in (["known.fits"], ["again.fits"])
    taken = await guest.client.post(
        estate.path("uploads"),
        json={"files": [{"path": "x", "size_bytes": 1, "sha256": "0" * 64}], "dataset": "everything"},
    )
    assert taken.status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "sites", {"name": "X", "latitude_deg": 0, "longitude_deg": 0, "time_zone": "UTC"}),
        ("PUT", "members/somebody@hven.example", {"role": "member"}),
        ("POST", "assignments", {"email": "a@hven.example", "telescope": "quadrant", "first_night": "2026-01-01"}),
        ("POST", "datasets", {"name": "x"}),
        ("POST", "packages", {"title": "x", "datasets": ["everything"], "licence": "CC-BY-4.0"}),
        ("POST", "ingests", {"telescope": "quadrant"}),
        ("GET", "events", None),
    ],
)
async def test_a_guest_does_nothing_of_the_peoples_work(
    estate: Estate, method: str, path: str, body: dict[str, Any] | None
) -> None:
    guest = await estate.guest("quadrant", TONIGHT, TONIGHT)
    reply = await guest.client.request(method, estate.path(path), json=body)
    assert reply.status_code == 403, reply.text


async def test_assignments_are_listed_changed_and_kept_to_their_guest(estate: Estate) -> None:
    guest, other = await estate.guest("quadrant", TONIGHT, TONIGHT), await estate.guest("sextant", TONIGHT, None)
    owner = estate.owner.client
    mine = (await guest.client.get(estate.path("assignments"))).json()["items"]
    assert [a["email"] for a in mine] == [guest.email]
    assert datetime.fromisoformat(mine[0]["control_from"]) < datetime.now(UTC)
    assert datetime.fromisoformat(mine[0]["control_until"]) > datetime.now(UTC)
    one = estate.path(f"assignments/{mine[0]['id']}")
    assert (await other.client.get(one)).status_code == 404
    covering = (await owner.get(estate.path(f"assignments?night={TONIGHT}&telescope=sextant&limit=100"))).json()[
        "items"
    ]
    assert other.email in {a["email"] for a in covering}
    assert guest.email not in {a["email"] for a in covering}
    longer = await owner.patch(one, json={"last_night": str(TONIGHT.shifted(3))})
    assert longer.json()["last_night"] == str(TONIGHT.shifted(3))
    assert (await owner.patch(one, json={"last_night": None})).json()["control_until"] is None
    assert (await owner.patch(one, json={"last_night": str(TONIGHT.shifted(-3))})).status_code == 400
    pages, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await owner.get(estate.path("assignments"), params=params)).json()
        pages += [a["id"] for a in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert len(pages) == len(set(pages)) >= 2


async def test_a_member_may_be_assigned_and_stays_one(estate: Estate) -> None:
    colleague = await estate.service.person()
    await estate.owner.client.put(estate.path(f"members/{colleague.email}"), json={"role": "member"})
    assert (await estate.assign(colleague, "quadrant", TONIGHT, TONIGHT)).status_code == 201
    found = (await colleague.client.get(estate.path("frames?limit=100"))).json()["items"]
    assert len(found) >= len(estate.frames)


async def test_nights_move_with_the_sites_time_zone(estate: Estate, service: RunningService) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    guest = await service.person()
    base = f"/api/v1/organisations/{slug}"
    body = {"email": guest.email, "telescope": "quadrant", "first_night": "2026-01-10", "last_night": "2026-01-11"}
    made = (await owner.client.post(f"{base}/assignments", json=body)).json()
    assert (made["control_from"], made["control_until"]) == ("2026-01-10T11:00:00Z", "2026-01-12T11:00:00Z")
    await owner.client.patch(f"{base}/sites/hven", json={"time_zone": "America/Santiago"})
    moved = (await owner.client.get(f"{base}/assignments")).json()["items"][0]
    assert (moved["control_from"], moved["control_until"]) == ("2026-01-10T15:00:00Z", "2026-01-12T15:00:00Z")


async def _organisation(estate: Estate) -> Any:
    async with estate.service.house.database.transaction() as connection:
        return await connection.scalar(text("SELECT id FROM organisations WHERE slug = :s"), {"s": estate.slug})


async def _contents(estate: Estate) -> int:
    async with estate.service.house.database.transaction(organisation=await _organisation(estate)) as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM contents")) or 0)
