"""The tree: everybody sees in it what they may read, under names that are decided once, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from service.house import Actor
from tests.support.crew import Crew, gather
from tests.support.fits_bytes import image_file
from tests.support.package_shelf import FILES, Shelf
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService
from tests.support.stored_files import store_file

NIGHT = "2026-03-14"


def frame(number: int) -> bytes:
    return image_file(cards={"OBJECT": f"Field {number}", "DATE-OBS": f"{NIGHT}T22:00:{number:02}"})


class Estate:
    """An observatory with a night of a few awkward names, two datasets, and a team with one of them."""

    def __init__(self, crew: Crew) -> None:
        self.crew, self.slug = crew, crew.host
        self.nights = f"/org/{crew.host}/nights/{NIGHT}/quadrant"
        self.frames = {
            "l/M31.fits": frame(1), "l/Åben.fits": frame(2), "dark.fits": frame(3), "dark.fits/odd.fits": frame(4),
            "l/deep/er/1.fits": frame(5),
        }  # fmt: skip
        self.again = frame(6)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(service: RunningService) -> Estate:
    crew = await gather(service)
    estate = Estate(crew)
    owner = crew.manager.client
    base = f"/api/v1/organisations/{crew.host}"
    place = {"name": "Hven", "latitude_deg": 55.9, "longitude_deg": 12.7, "time_zone": "Europe/Copenhagen"}
    assert (await owner.post(f"{base}/sites", json=place)).status_code == 201
    assert (await owner.post(f"{base}/telescopes", json={"name": "Quadrant", "site": "hven"})).status_code == 201
    await send(owner, crew.host, estate.frames, telescope="quadrant", dataset="first")
    await send(owner, crew.host, {"l/M31.fits": estate.again}, telescope="quadrant", dataset="second")
    await send(owner, crew.host, {"l/M31.fits": estate.again, "x.txt": b"x"}, telescope="quadrant", dataset="third")
    await wait_for_jobs(owner, crew.host)
    shared = await owner.put(f"{base}/datasets/third/shares/{crew.team}", json={})
    assert shared.status_code == 200, shared.text
    await crew.put({"2026/notes.txt": b"clear", "2026/plan/a.txt": b"a", "top.txt": b"top"})
    return estate


async def ls(person: Person, path: str, limit: int = 2) -> list[str]:
    """List a folder page by page; folders with a slash."""
    found: list[dict[str, Any]] = []
    params: dict[str, Any] = {"path": path, "limit": limit}
    while True:
        page = await person.client.get("/api/v1/tree", params=params)
        assert page.status_code == 200, page.text
        found += page.json()["items"]
        if (cursor := page.json()["next_cursor"]) is None:
            return [entry["name"] + ("/" if entry["kind"] == "folder" else "") for entry in found]
        params["cursor"] = cursor


async def status(person: Person, path: str) -> int:
    """Tell how a folder's listing is answered, and that looking its path up agrees."""
    listed = (await person.client.get("/api/v1/tree", params={"path": path})).status_code
    looked = await person.client.post("/api/v1/tree/entries", json={"paths": [path]})
    assert (looked.json()["entries"][0] is not None) == (listed == 200), path
    return listed


async def read(service: RunningService, person: Person, *paths: str, are_ingested: bool = True) -> list[bytes | None]:
    """Read files at paths by their addresses; None where there is none. Of frames that may be read the beginning is."""
    reply = await person.client.post("/api/v1/tree/addresses", json={"paths": paths})
    assert reply.status_code == 200, reply.text
    contents: list[bytes | None] = []
    for address in reply.json()["addresses"]:
        if address is None:
            contents.append(None)
            continue
        got = await service.anonymous.get(address["url"])
        assert got.status_code == 200
        assert hashlib.sha256(got.content).hexdigest() == address["sha256"]
        assert len(got.content) == address["size_bytes"]
        contents.append(got.content)
    begun = await person.client.post("/api/v1/tree/beginnings", json={"paths": paths})
    for content, beginning in zip(contents, begun.json()["beginnings"], strict=True):
        if content is None or not content.startswith(b"SIMPLE") or not are_ingested:
            assert beginning is None
            continue
        assert beginning["sha256"] == hashlib.sha256(content).hexdigest()
        first = zlib.decompress(base64.b64decode(beginning["packed"]))
        assert content.startswith(first) and len(first) in (4096, len(content))
    return contents


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_a_night_is_a_folder_of_its_frames(estate: Estate, limit: int) -> None:
    owner, other = estate.crew.manager, hashlib.sha256(estate.again).hexdigest()[:12]
    dark = hashlib.sha256(estate.frames["dark.fits"]).hexdigest()[:12]
    assert await ls(owner, "/", limit) == ["me/", "org/", "packages/", "team/"]
    assert estate.slug + "/" in await ls(owner, "/org", limit)
    assert await ls(owner, f"/org/{estate.slug}", limit) == ["datasets/", "nights/"]
    assert await ls(owner, f"/org/{estate.slug}/nights", limit) == [f"{NIGHT}/"]
    assert await ls(owner, f"/org/{estate.slug}/nights/{NIGHT}", limit) == ["quadrant/"]
    # A name that is a folder's and a file's is the folder's; of two files of one path the first has the name, and the
    # content that lies there twice is there once.
    assert await ls(owner, estate.nights, limit) == [f"dark-{dark}.fits", "dark.fits/", "l/"]
    assert await ls(owner, f"{estate.nights}/l", limit) == ["M31.fits", f"M31-{other}.fits", "deep/", "Åben.fits"]
    assert await ls(owner, f"{estate.nights}/l/deep", limit) == ["er/"]
    assert await ls(owner, f"{estate.nights}/l/Åben.fits", limit) == ["Åben.fits"]


async def test_every_name_of_a_listing_leads_to_its_bytes(service: RunningService, estate: Estate) -> None:
    owner = estate.crew.manager
    other = hashlib.sha256(estate.again).hexdigest()[:12]
    dark = hashlib.sha256(estate.frames["dark.fits"]).hexdigest()[:12]
    paths = {
        f"{estate.nights}/l/M31.fits": estate.frames["l/M31.fits"],
        f"{estate.nights}/l/M31-{other}.fits": estate.again,
        f"{estate.nights}/l/Åben.fits": estate.frames["l/Åben.fits"],
        f"{estate.nights}/l/A\u030aben.fits": estate.frames["l/Åben.fits"],  # the other normal form
        f"{estate.nights}/dark-{dark}.fits": estate.frames["dark.fits"],
        f"{estate.nights}/dark.fits/odd.fits": estate.frames["dark.fits/odd.fits"],
        f"/org/{estate.slug}/datasets/second/l/M31.fits": estate.again,
        f"/team/{estate.crew.team}/datasets/third/x.txt": b"x",
        f"/team/{estate.crew.team}/files/2026/notes.txt": b"clear",
        # Folders, what is not there, and what is no path have no bytes, and stop no other.
        estate.nights: None,
        f"{estate.nights}/dark.fits": None,
        f"{estate.nights}/l/M31-{'0' * 12}.fits": None,
        "/nowhere": None,
        "/team/../x": None,
        "/org/hven/\x00": None,
    }
    assert await read(service, owner, *paths) == list(paths.values())


async def test_a_new_file_of_a_path_takes_its_name_only_where_it_says_that_it_does(
    service: RunningService, estate: Estate
) -> None:
    """Sent into the dataset again, a path is a new version; the night then shows the newest."""
    owner = estate.crew.manager
    first, second = frame(20), frame(21)
    for data in (first, second):
        await send(owner.client, estate.slug, {"v/1.fits": data}, telescope="quadrant", dataset="first")
        await wait_for_jobs(owner.client, estate.slug)
    assert await ls(owner, f"{estate.nights}/v") == ["1.fits"]
    assert await read(service, owner, f"{estate.nights}/v/1.fits") == [second]


async def test_a_team_sees_its_files_and_what_is_shared_with_it(service: RunningService, estate: Estate) -> None:
    crew = estate.crew
    for person in (crew.viewer, crew.editor):
        assert f"{crew.team}/" in await ls(person, "/team")
        assert await ls(person, f"/team/{crew.team}") == ["datasets/", "files/"]
        assert await ls(person, f"/team/{crew.team}/datasets") == ["third/"]
        assert await ls(person, f"/team/{crew.team}/datasets/third") == ["l/", "x.txt"]
        assert await ls(person, f"/team/{crew.team}/files") == ["2026/", "top.txt"]
        assert await ls(person, f"/team/{crew.team}/files/2026", 1) == ["notes.txt", "plan/"]
        # They are readers of the organisation, and see no more of it: of two of one path, the one that is shared.
        assert await ls(person, f"/org/{estate.slug}/datasets") == ["third/"]
        assert await status(person, f"/org/{estate.slug}/datasets/first") == 404
        assert await ls(person, estate.nights) == ["l/"]
        assert await ls(person, f"{estate.nights}/l") == ["M31.fits"]
        assert await read(service, person, f"{estate.nights}/l/M31.fits") == [estate.again]
    # The host's own people are not of the team.
    assert f"{crew.team}/" not in await ls(crew.outsider, "/team")
    for path in ("", "/files", "/datasets", "/files/top.txt", "/datasets/third"):
        assert await status(crew.outsider, f"/team/{crew.team}{path}") == 404


async def test_what_is_under_embargo_is_in_the_tree_of_the_organisation_alone(
    service: RunningService, estate: Estate
) -> None:
    crew, path = estate.crew, f"/team/{estate.crew.team}/datasets/third/l/M31.fits"
    assert await read(service, crew.viewer, path) == [estate.again]
    listed = await crew.manager.client.get(f"/api/v1/organisations/{estate.slug}/datasets/third/files")
    file = next(item["file"] for item in listed.json()["items"] if item["path"] == "l/M31.fits")
    embargo = f"/api/v1/organisations/{estate.slug}/embargoes/file/{file}"
    left_out = await crew.manager.client.put(
        f"/api/v1/organisations/{estate.slug}/datasets/third/shares/{crew.team}", json={"leave_out_embargoed": True}
    )
    assert left_out.status_code == 200, left_out.text
    assert (await crew.manager.client.put(embargo, json={"until": "2100-01-01T00:00:00Z"})).status_code == 200
    assert await ls(crew.viewer, f"/team/{crew.team}/datasets/third") == ["x.txt"]
    assert await read(service, crew.viewer, path) == [None]
    assert await read(service, crew.manager, path) == [estate.again]
    assert (await crew.manager.client.delete(embargo)).status_code == 204
    assert await read(service, crew.viewer, path) == [estate.again]


async def test_a_stranger_sees_no_more_than_what_is_published(service: RunningService, estate: Estate) -> None:
    stranger = await service.person()
    assert await ls(stranger, "/org") == await ls(stranger, "/team") == []
    for path in (
        f"/org/{estate.slug}", f"/org/{estate.slug}/nights", estate.nights, f"{estate.nights}/l",
        f"/org/{estate.slug}/datasets/third", f"/team/{estate.crew.team}", f"/team/{estate.crew.team}/files/top.txt",
        "/org/nobody", "/team/nobody", "/me/x", f"/org/{estate.slug}/nights/2026-99-99/quadrant",
        f"/packages/{estate.slug}", "/packages/nobody", f"/packages/{estate.slug}/m31/v1",
    ):  # fmt: skip
        assert await status(stranger, path) == 404, path


async def test_a_guest_sees_their_nights(service: RunningService, estate: Estate) -> None:
    guest = await service.person()
    assignment = {"email": guest.email, "telescope": "quadrant", "first_night": NIGHT, "last_night": NIGHT}
    made = await estate.crew.manager.client.post(f"/api/v1/organisations/{estate.slug}/assignments", json=assignment)
    assert made.status_code == 201, made.text
    assert await ls(guest, f"/org/{estate.slug}/nights") == [f"{NIGHT}/"]
    assert "Åben.fits" in await ls(guest, f"{estate.nights}/l")
    assert await read(service, guest, f"{estate.nights}/l/M31.fits") == [estate.frames["l/M31.fits"]]
    assert await ls(guest, f"/org/{estate.slug}/datasets") == []
    ended = await estate.crew.manager.client.delete(f"/api/v1/organisations/{estate.slug}/members/{guest.email}")
    assert ended.status_code == 204, ended.text
    assert await status(guest, estate.nights) == 404


async def test_a_token_reaches_as_far_as_its_scopes(service: RunningService, estate: Estate) -> None:
    async def holder(*scopes: str) -> httpx.AsyncClient:
        new = {"name": "tree", "scopes": list(scopes)}
        made = await estate.crew.manager.client.post("/api/v1/tokens", json=new)
        assert made.status_code == 201, made.text
        return service.client(Authorization=f"Bearer {made.json()['secret']}")

    team = f"/team/{estate.crew.team}"
    paths = [f"{team}/files/top.txt", f"{team}/datasets/third/x.txt", f"{estate.nights}/l/M31.fits"]
    for scopes, seen in (
        (["files:read"], [False, False, True]),
        (["files:read", "teams:read"], [False, True, True]),
        (["files:read", "team-files:read"], [True, False, True]),
    ):
        client = await holder(*scopes)
        found = await client.post("/api/v1/tree/addresses", json={"paths": paths})
        assert [address is not None for address in found.json()["addresses"]] == seen
    assert (await client.get("/api/v1/tree", params={"path": "/team"})).status_code == 403
    refused = await (await holder("teams:read", "team-files:read")).get("/api/v1/tree")
    assert refused.status_code == 403


async def test_published_packages_are_there_for_everybody_who_is_signed_in(shelf: Shelf) -> None:
    await shelf.published("m31")
    await shelf.draft("later")
    reader = await shelf.service.person()
    assert f"{shelf.slug}/" in await ls(reader, "/packages", 1000)
    assert await ls(reader, f"/packages/{shelf.slug}") == ["m31/"]
    assert await ls(reader, f"/packages/{shelf.slug}/m31") == ["v1/"]
    version = f"/packages/{shelf.slug}/m31/v1"
    assert {"nova/", "manifest.json"} < set(await ls(reader, version))
    assert await ls(reader, f"{version}/nova") == ["flat/", "light/", "notes.txt", "Årets første lys/"]
    path = "light/M31/M31_R_001.fits"
    assert await read(shelf.service, reader, f"{version}/nova/{path}", are_ingested=False) == [FILES[path]]
    for unknown in ("v01", "v2", "1", "v99999999999", "v1/nova/nothing"):
        assert await status(reader, f"/packages/{shelf.slug}/m31/{unknown}") == 404
    withdrawn = await shelf.owner.client.post(
        f"{shelf.base}/packages/m31/versions/1/withdraw", json={"reason": "wrong flats"}
    )
    assert withdrawn.status_code == 200, withdrawn.text
    assert await status(reader, version) == await status(reader, f"/packages/{shelf.slug}") == 404


async def test_frames_of_a_package_begin_for_everybody(service: RunningService, shelf: Shelf) -> None:
    await send(shelf.owner.client, shelf.slug, {"a.fits": frame(30)}, dataset="frames")
    await wait_for_jobs(shelf.owner.client, shelf.slug)
    await shelf.published("begun", datasets=["frames"])
    path = f"/packages/{shelf.slug}/begun/v1/frames/a.fits"
    assert await read(service, await service.person(), path) == [frame(30)]


async def beginnings_seen(service: RunningService, person: Person, organisation: str) -> list[bytes]:
    async with service.house.database.transaction() as connection:
        account = await connection.scalar(text("SELECT id FROM accounts WHERE email = :email"), {"email": person.email})
    actor = Actor(account_id=account, email=person.email, name="Somebody", scope="files:read")
    async with service.house.tenant(actor, organisation) as tenant:
        return list(await tenant.connection.scalars(text("SELECT sha256 FROM content_beginnings")))


async def test_a_beginning_is_seen_by_whoever_sees_a_file_of_it(service: RunningService, estate: Estate) -> None:
    """Row-level security alone, whatever is asked."""
    seen = await beginnings_seen(service, estate.crew.viewer, estate.slug)
    assert seen == [hashlib.sha256(estate.again).digest()]


async def test_a_guest_sees_no_beginning_of_what_was_deleted(service: RunningService) -> None:
    """Nor of another telescope's files; by row-level security alone."""
    owner, guest = await service.person(), await service.person()
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    frames = {"kept.fits": frame(40), "deleted.fits": frame(41)}
    _, deleted = await send(owner.client, slug, frames, telescope="quadrant")
    await send(owner.client, slug, {"other.fits": frame(42)})
    await wait_for_jobs(owner.client, slug)
    assignment = {"email": guest.email, "telescope": "quadrant", "first_night": NIGHT, "last_night": NIGHT}
    assert (await owner.client.post(f"{base}/assignments", json=assignment)).status_code == 201
    assert len(await beginnings_seen(service, guest, slug)) == 2
    assert (await owner.client.delete(f"{base}/files/{deleted['file']}")).status_code == 204
    assert await beginnings_seen(service, guest, slug) == [hashlib.sha256(frame(40)).digest()]
    assert len(await beginnings_seen(service, owner, slug)) == 3


async def test_a_large_folder_beside_large_ones_is_listed_whole(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    await owner.client.post(f"{base}/datasets", json={"name": "many"})
    paths = [f"a/{i:03}" for i in range(40)] + [f"b{i:02}/{j:02}" for i in range(12) for j in range(5)]
    paths += [f"c{i:02}" for i in range(30)]
    items = [{"file": str(await store_file(service.house, slug, path, b"x"))} for path in paths]
    added = await owner.client.post(f"{base}/datasets/many/files", json={"files": items})
    assert {item["state"] for item in added.json()["files"]} == {"added"}
    wanted = ["a/", *[f"b{i:02}/" for i in range(12)], *[f"c{i:02}" for i in range(30)]]
    for limit in (1, 7, 25, 1000):
        assert await ls(owner, f"/org/{slug}/datasets/many", limit) == wanted
        assert await ls(owner, f"/org/{slug}/datasets/many/a", limit) == [f"{i:03}" for i in range(40)]


async def test_too_many_branches_at_once_are_refused(estate: Estate) -> None:
    paths = [f"/org/{estate.slug}/datasets/d{i}/x" for i in range(51)]
    refused = await estate.crew.manager.client.post("/api/v1/tree/entries", json={"paths": paths})
    assert refused.status_code == 400
    assert "more than 50" in refused.json()["detail"]
