"""Files of a team's own: kept in versions, found in folders, taken back from the trash, and nobody else's."""

from __future__ import annotations

import asyncio
import hashlib
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from service.actions.audit import audit
from service.maintenance import UPLOAD_ECHO, UPLOAD_LIFE
from tests.support.crew import Crew, gather
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService
from tests.support.stored_files import organisation_id_of, sweep_for


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def people(service: RunningService) -> list[Person]:
    return [await service.person() for _ in range(4)]


@pytest_asyncio.fixture(loop_scope="session")
async def crew(service: RunningService, people: list[Person]) -> Crew:
    return await gather(service, people)


def problem(reply: httpx.Response) -> tuple[int, str]:
    assert reply.headers["content-type"] == "application/problem+json", reply.text
    return reply.status_code, reply.json()["type"].removeprefix("/problems/")


async def entries(crew: Crew, folder: str = "", limit: int = 2) -> list[tuple[str, str, int, int]]:
    """List a folder page by page: kind, path, files and bytes of each entry."""
    found: list[dict[str, Any]] = []
    params: dict[str, Any] = {"folder": folder, "limit": limit}
    while True:
        page = await crew.viewer.client.get(crew.path("/files"), params=params)
        assert page.status_code == 200, page.text
        found += page.json()["items"]
        if page.json()["next_cursor"] is None:
            return [(entry["kind"], entry["path"], entry["files"], entry["size_bytes"]) for entry in found]
        params["cursor"] = page.json()["next_cursor"]


async def contents_of(crew: Crew) -> dict[str, str]:
    """Read which contents the host's database has: their SHA-256 and object keys."""
    house = crew.service.house
    async with house.database.transaction(organisation=await organisation_id_of(house, crew.host)) as connection:
        rows = await connection.execute(text("SELECT encode(sha256, 'hex') AS sha256, object_key FROM contents"))
        return {row.sha256: row.object_key for row in rows}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- the tree


async def test_folders_are_listed_with_what_they_hold(crew: Crew) -> None:
    files = {
        "notes.txt": b"n", "a-1": b"12", "a/one": b"1", "a/b/two": b"22", "a/b/three": b"333", "a0": b"0",
        "åben/x": b"x", "z/1": b"", "z/2": b"", "z/3": b"",
    }  # fmt: skip
    sent = await crew.put(files, host="dome-pc")
    assert {file["state"] for file in sent} == {"stored"}
    assert await entries(crew) == [
        ("file", "a-1", 1, 2), ("folder", "a", 3, 6), ("file", "a0", 1, 1), ("file", "notes.txt", 1, 1),
        ("folder", "z", 3, 0), ("folder", "åben", 1, 1),
    ]  # fmt: skip
    assert await entries(crew, "a/", 1) == [("folder", "a/b", 2, 5), ("file", "a/one", 1, 1)]
    assert await entries(crew, "a/b") == [("file", "a/b/three", 1, 3), ("file", "a/b/two", 1, 2)]
    assert await entries(crew, "a/one") == [("file", "a/one", 1, 1)]
    assert await entries(crew, "/") == await entries(crew, "./")
    assert sorted(await crew.tree()) == sorted(files)
    one = (await crew.tree())["a/one"]
    assert (one["author"], one["version"], one["sha256"]) == (crew.editor.name, 1, sha256(b"1"))
    for unknown in ("b", "a/b/c", "a/one/x"):
        assert problem(await crew.ask("GET", f"/files?folder={unknown}")) == (404, "not-found")
    for hostile in ("..", "a/../..", "/etc", "a%00"):
        assert problem(await crew.ask("GET", f"/files?folder={hostile}")) == (400, "bad-path")


async def test_a_path_keeps_all_its_versions(crew: Crew) -> None:
    [first] = await crew.put({"plan.txt": b"one"}, host="dome-pc")
    [second] = await crew.put({"plan.txt": b"two"}, by=crew.manager)
    [again] = await crew.put({"plan.txt": b"two"})
    assert first["file"] == second["file"] == again["file"]
    assert again["state"] == "known"
    file_id = first["file"]
    listed = (await crew.ask("GET", f"/files/{file_id}/versions", by=crew.viewer)).json()["items"]
    assert [(v["version"], v["author"], v["host"]) for v in listed] == [
        (2, crew.manager.name, None), (1, crew.editor.name, "dome-pc"),
    ]  # fmt: skip
    page = (await crew.ask("GET", f"/files/{file_id}/versions?limit=1")).json()
    rest = (await crew.ask("GET", f"/files/{file_id}/versions?limit=1&cursor={page['next_cursor']}")).json()
    assert [v["version"] for v in page["items"] + rest["items"]] == [2, 1]
    assert [await crew.read(file_id, version) for version in (None, 1, 2)] == [b"two", b"one", b"two"]
    back = await crew.ask("POST", f"/files/{file_id}/restore", {"version": 1})
    assert (back.status_code, back.json()["version"], back.json()["sha256"]) == (200, 3, sha256(b"one"))
    newest = (await crew.ask("GET", f"/files/{file_id}/versions?limit=1")).json()["items"][0]
    assert (newest["restored_from"], newest["author"]) == (1, crew.editor.name)
    assert await crew.read(file_id) == b"one"
    for refused, body in (((404, "not-found"), {"version": 9}), ((400, "invalid-input"), {})):
        assert problem(await crew.ask("POST", f"/files/{file_id}/restore", body)) == refused
    assert (await crew.ask("GET", f"/files/{file_id}/content?version=9")).status_code == 404


async def test_nobodys_change_is_lost_to_whoever_did_not_see_it(crew: Crew) -> None:
    await crew.put({"plan.txt": b"one"}, expected={"plan.txt": 0})
    [late] = await crew.put({"plan.txt": b"mine"}, expected={"plan.txt": 0})
    assert (late["state"], late["problem"]["code"]) == ("failed", "version-conflict")
    assert "is at version 1, and version 0 was expected" in late["problem"]["detail"]
    # Both saw version 1, and both send before either is through: one of them is told.
    bodies = [b"from the dome", b"from the office"]
    both = await asyncio.gather(*(crew.put({"plan.txt": body}, expected={"plan.txt": 1}) for body in bodies))
    assert sorted(file["state"] for [file] in both) == ["failed", "stored"]
    plan = (await crew.tree())["plan.txt"]
    assert plan["version"] == 2
    # The same again, as a client does that did not hear the answer: it is there, nothing is refused.
    [repeated] = await crew.put({"plan.txt": await crew.read(plan["id"])}, expected={"plan.txt": 1})
    assert repeated["state"] == "known"
    for path, body in (
        ("/files/move", {"path": "plan.txt", "to": "x", "expected_version": 1}),
        ("/files/trash", {"files": [{"path": "plan.txt", "expected_version": 1}]}),
        (f"/files/{plan['id']}/restore", {"version": 1, "expected_version": 1}),
    ):
        refused = await crew.ask("POST", path, body)
        assert problem(refused) == (409, "version-conflict")
        assert (refused.json()["version"], refused.json()["expected_version"]) == (2, 1)
    assert (await crew.tree())["plan.txt"] == plan
    # A conflict leaves nothing behind: neither rows nor bytes.
    assert sha256(b"mine") not in await contents_of(crew)
    assert len(await contents_of(crew)) == 2


async def test_hostile_paths_are_refused(crew: Crew) -> None:
    hostile = [
        "/etc/passwd",
        "../x",
        "a/../../x",
        "C:\\x",
        "new\nline",
        "\u202egnp.exe",
        "nul\x00",
        "x" * 2000,
    ]
    results = await crew.put({path: path.encode() for path in [*hostile, "fine"]})
    assert [r["state"] for r in results] == ["failed"] * len(hostile) + ["stored"]
    assert {r["problem"]["code"] for r in results[:-1]} == {"bad-path"}
    longest = "և" * 512  # 1,024 bytes, and twice as many without regard to case
    assert [(r["state"], r["path"]) for r in await crew.put({longest: b"long"})] == [("stored", longest)]
    for path in hostile:
        assert problem(await crew.ask("POST", "/files/move", {"path": "fine", "to": path})) == (400, "bad-path")


async def test_names_that_some_computer_takes_for_one_are_one(crew: Crew) -> None:
    await crew.put({"Data/Größe.txt": b"1", "Data/sub/x": b"2"})
    # The same name in another normal form is the same path.
    [same] = await crew.put({"Data/Gro\u0308ße.txt": b"3"})
    assert same["file"] == (await crew.tree())["Data/Größe.txt"]["id"]
    refused = {
        "data/other": "folder", "Data/GRÖSSE.TXT": "file", "Data/Größe.txt/below": "file",
        "Data/sub": "folder", "Data": "folder", "Data/Sub/y": "folder",
    }  # fmt: skip
    results = await crew.put({path: path.encode() for path in [*refused, "Data/sub/y"]})
    assert [r["state"] for r in results] == ["failed"] * len(refused) + ["stored"]
    for result, kind in zip(results, refused.values(), strict=False):
        assert result["problem"]["code"] == "path-taken"
        assert kind in result["problem"]["detail"]
    # And within one batch, whose first is kept.
    batch = await crew.put({"new/a": b"4", "NEW/b": b"5", "new/A": b"6", "new": b"7", "new/a/b": b"8"})
    assert [r["state"] for r in batch] == ["stored"] + ["failed"] * 4
    assert {r["problem"]["code"] for r in batch[1:]} == {"path-taken", "invalid-input"}
    assert sorted(await crew.tree()) == ["Data/Größe.txt", "Data/sub/x", "Data/sub/y", "new/a"]
    # Giving a name another case is fine.
    for move in (("Data", "data"), ("new/a", "new/A")):
        assert (await crew.ask("POST", "/files/move", dict(zip(("path", "to"), move, strict=True)))).status_code == 200
    assert sorted(await crew.tree()) == ["data/Größe.txt", "data/sub/x", "data/sub/y", "new/A"]


async def test_files_and_folders_are_moved_and_nothing_is_overwritten(crew: Crew) -> None:
    await crew.put({"a/x": b"1", "a/b/y": b"2", "c": b"3", "d/z": b"4"})

    async def move(path: str, to: str) -> httpx.Response:
        return await crew.ask("POST", "/files/move", {"path": path, "to": to})

    for path, to in (("c", "a/x"), ("c", "a"), ("a", "d"), ("a", "c"), ("a/b", "a"), ("c", "a/x/below")):
        assert problem(await move(path, to)) == (409, "path-taken"), (path, to)
    assert problem(await move("a", "a/b/c")) == (400, "invalid-input")
    assert problem(await move("nothing", "x")) == (404, "not-found")
    assert problem(await move("a", "x" * 1023)) == (400, "bad-path"), "too long once it is there"
    before = await crew.tree()
    assert (await move("a", "e/f")).json() == {"files": 2}
    assert (await move("c", "a")).json() == {"files": 1}
    after = await crew.tree()
    assert sorted(after) == ["a", "d/z", "e/f/b/y", "e/f/x"]
    assert after["e/f/x"] == before["a/x"] | {"path": "e/f/x"}, "the same file, with its versions"


# --- the trash


async def test_what_was_deleted_comes_back(crew: Crew) -> None:
    sent = await crew.put({"a/x": b"1", "a/y": b"2", "b": b"3"})
    assert problem(await crew.ask("POST", "/files/trash", {"files": [{"path": "a"}]})) == (404, "not-found")
    partly = {"files": [{"path": "b"}, {"path": "nothing"}], "folders": True}
    assert problem(await crew.ask("POST", "/files/trash", partly)) == (404, "not-found")
    assert len(await crew.tree()) == 3, "all of it or nothing"
    gone = await crew.ask(
        "POST", "/files/trash", {"files": [{"path": "a"}, {"path": "a/x"}, {"path": "b"}], "folders": True}
    )
    assert gone.json() == {"files": 3}
    assert await entries(crew) == []
    await crew.put({"b": b"another"})
    await crew.ask("POST", "/files/trash", {"files": [{"path": "b"}]})
    listed = (await crew.ask("GET", "/trash?limit=2", by=crew.viewer)).json()
    rest = (await crew.ask("GET", f"/trash?cursor={listed['next_cursor']}")).json()
    trashed = listed["items"] + rest["items"]
    assert sorted(file["path"] for file in trashed) == ["a/x", "a/y", "b", "b"]
    assert trashed[0]["path"] == "b" and trashed[0]["trashed_by"] == crew.editor.name
    assert [f["path"] for f in (await crew.ask("GET", "/trash?path=a/x")).json()["items"]] == ["a/x"]
    assert await crew.read(sent[2]["file"]) == b"3", "it can be looked at before it is restored"

    async def restore(file_id: str, **body: Any) -> httpx.Response:
        return await crew.ask("POST", f"/files/{file_id}/restore", body)

    assert (await restore(sent[2]["file"])).json()["path"] == "b"
    assert problem(await restore(trashed[0]["id"])) == (409, "path-taken")
    elsewhere = await restore(trashed[0]["id"], to="b-2")
    assert (elsewhere.json()["path"], elsewhere.json()["trashed_at"]) == ("b-2", None)
    assert (await restore(sent[0]["file"], version=1)).json()["version"] == 2
    assert sorted(await crew.tree()) == ["a/x", "b", "b-2"]
    everything = await crew.ask("POST", "/files/trash", {"files": [{"path": "/"}], "folders": True})
    assert everything.json() == {"files": 3}


async def test_a_folder_that_was_deleted_comes_back_as_a_whole(crew: Crew) -> None:
    async def restore(path: str) -> httpx.Response:
        return await crew.ask("POST", "/trash/restore", {"path": path})

    sent = await crew.put({"a/x": b"1", "a/b/y": b"2", "a0": b"3"})
    everything = {"files": [{"path": "/"}], "folders": True}
    assert (await crew.ask("POST", "/files/trash", everything)).json() == {"files": 3}
    await crew.put({"a/x": b"later"})
    assert (await crew.ask("POST", "/files/trash", everything)).json() == {"files": 1}
    assert (await restore("a")).json() == {"files": 2, "left": 0}
    tree = await crew.tree()
    assert sorted(tree) == ["a/b/y", "a/x"]
    assert tree["a/x"]["sha256"] == sha256(b"later"), "what went last"
    assert tree["a/b/y"]["id"] == sent[1]["file"]
    assert (await restore("/")).json() == {"files": 1, "left": 1}
    assert problem(await restore("/")) == (409, "path-taken")
    assert problem(await restore("nothing")) == (404, "not-found")


async def test_only_a_manager_empties_the_trash_and_then_the_bytes_go(crew: Crew) -> None:
    house = crew.service.house
    kept, gone, also = os.urandom(30), os.urandom(40), os.urandom(50)
    shared = os.urandom(60)
    await send(crew.manager.client, crew.host, {"frame.dat": shared})
    [first, *_] = await crew.put({"kept": gone, "gone": gone, "also": also, "shared": shared})
    await crew.put({"kept": kept, "gone": also})
    storage = (await crew.ask("GET", "/storage", by=crew.viewer)).json()
    assert storage == {"files": 4, "trashed_files": 0, "versions": 6, "current_bytes": 190, "size_bytes": 180}
    names = {"files": [{"path": "gone"}, {"path": "also"}, {"path": "shared"}]}
    assert (await crew.ask("POST", "/files/trash", names)).status_code == 200
    storage = (await crew.ask("GET", "/storage")).json()
    assert storage == {"files": 1, "trashed_files": 3, "versions": 6, "current_bytes": 30, "size_bytes": 180}
    assert problem(await crew.ask("POST", "/trash/empty", by=crew.editor)) == (403, "not-allowed")
    before = await contents_of(crew)
    await sweep_for(house, crew.host)
    assert await contents_of(crew) == before, "the trash holds them"
    assert (await crew.ask("POST", "/trash/empty", by=crew.manager)).json() == {"files": 3}
    assert (await crew.ask("GET", "/trash")).json()["items"] == []
    assert problem(await crew.ask("DELETE", "", by=crew.manager)) == (409, "team-has-files")
    await sweep_for(house, crew.host)
    left = await contents_of(crew)
    assert set(left) == {sha256(kept), sha256(gone), sha256(shared)}, "an older version, and the host's file, name two"
    assert await house.objects.stat(before[sha256(also)]) is None
    assert await crew.read(first["file"], 1) == gone
    # Ended with all its files, a team leaves the host what the host has.
    await crew.ask("POST", "/files/trash", {"files": [{"path": "kept"}]})
    await crew.ask("POST", "/trash/empty", by=crew.manager)
    assert (await crew.ask("DELETE", "", by=crew.manager)).status_code == 204
    await sweep_for(house, crew.host)
    assert set(await contents_of(crew)) == {sha256(shared)}
    assert (await audit(house, deep=True, organisation=crew.host))["missing"] == []


async def test_the_trash_is_purged_after_its_grace_period(crew: Crew) -> None:
    house = crew.service.house
    data = {"old": os.urandom(20), "kept": os.urandom(20)}
    sent = await crew.put(data)
    await crew.ask("POST", "/files/trash", {"files": [{"path": "old"}, {"path": "kept"}]})
    assert (await crew.ask("POST", f"/files/{sent[1]['file']}/restore", {})).status_code == 200
    almost = datetime.now(UTC) + timedelta(days=house.config.delete_grace_days)
    await sweep_for(house, crew.host, now=almost - timedelta(hours=1))
    assert (await crew.ask("GET", f"/files/{sent[0]['file']}")).status_code == 200
    await sweep_for(house, crew.host, now=almost + timedelta(hours=1))
    assert (await crew.ask("GET", f"/files/{sent[0]['file']}")).status_code == 404
    assert set(await contents_of(crew)) == {sha256(data["kept"])}
    purged = (await crew.manager.client.get(f"/api/v1/organisations/{crew.host}/audit?action=files.purged")).json()
    assert purged["items"][0]["details"] == {"contents": 1, "team_files": 1}


async def test_what_the_host_deletes_stays_the_teams(crew: Crew) -> None:
    house, data = crew.service.house, os.urandom(50)
    [hosts] = await send(crew.manager.client, crew.host, {"frame.dat": data})
    [teams] = await crew.put({"frame.dat": data})
    await wait_for_jobs(crew.manager.client, crew.host)
    gone = await crew.manager.client.delete(f"/api/v1/organisations/{crew.host}/files/{hosts['file']}")
    assert gone.status_code == 204
    await sweep_for(house, crew.host, now=datetime.now(UTC) + timedelta(days=house.config.delete_grace_days + 1))
    assert await crew.read(teams["file"]) == data
    await crew.ask("POST", "/files/trash", {"files": [{"path": "frame.dat"}]})
    await crew.ask("POST", "/trash/empty", by=crew.manager)
    await sweep_for(house, crew.host, now=datetime.now(UTC) + timedelta(days=house.config.delete_grace_days + 1))
    assert await contents_of(crew) == {}


# --- whose they are


async def test_nothing_of_them_shows_in_the_organisation_that_hosts_them(crew: Crew) -> None:
    await crew.put({"secret/plan.fits": b"SIMPLE  =", "secret/notes.txt": b"quiet"}, host="editors-laptop")
    base = f"/api/v1/organisations/{crew.host}"
    member = crew.outsider.client
    for rest in (
        "files", "files?deleted=true", "files?prefix=secret", "frames?count=true", "frames/facets?facet=object",
        "datasets", "nights", "jobs", "packages",
    ):  # fmt: skip
        reply = await member.get(f"{base}/{rest}")
        assert reply.status_code == 200, reply.text
        assert "secret" not in reply.text and "plan" not in reply.text, rest
        assert reply.json().get("items", []) == [], rest
        assert not reply.json().get("count"), rest
    for rest in ("", "/files", "/storage", "/trash", "/activity"):
        assert problem(await crew.ask("GET", rest, by=crew.outsider)) == (404, "not-found")
    # What the host does hear: how many files changed, and how much it stores.
    async with crew.service.house.database.transaction(
        organisation=await organisation_id_of(crew.service.house, crew.host)
    ) as connection:
        told = list(await connection.execute(text("SELECT kind, payload FROM events ORDER BY id")))
    assert [(row.kind, row.payload) for row in told] == [
        ("team.files-changed", {"team": crew.team, "change": "put", "files": 2})
    ]


async def test_a_team_does_not_hear_what_its_host_has_nor_the_host_what_the_team_has(crew: Crew) -> None:
    hosts, teams = os.urandom(64), os.urandom(64)
    await send(crew.manager.client, crew.host, {"frame.dat": hosts})
    await wait_for_jobs(crew.manager.client, crew.host)
    await crew.put({"plan.dat": teams})
    [guessed] = await crew.put({"guess": hosts}, complete=False)
    assert guessed["state"] == "wanted"
    [asked] = await send(crew.outsider.client, crew.host, {"guess": teams}, complete=False)
    assert asked["state"] == "wanted"
    # Whoever has the bytes proves it by sending them; they are stored once all the same.
    before = await contents_of(crew)
    [proved] = await crew.put({"guess": hosts})
    assert proved["state"] == "stored"
    [mine] = await send(crew.outsider.client, crew.host, {"mine.dat": teams})
    assert mine["state"] == "stored"
    assert await contents_of(crew) == before
    assert await crew.read(proved["file"]) == hosts
    late = datetime.now(UTC) + UPLOAD_LIFE + UPLOAD_ECHO + timedelta(hours=1)
    await sweep_for(crew.service.house, crew.host, now=late)  # what was sent and not completed
    stored = [
        entry.key
        async for entry in crew.service.house.objects.list(
            f"{(await organisation_id_of(crew.service.house, crew.host)).hex}/"
        )
    ]
    assert sorted(stored) == sorted(before.values()), "and no bytes twice"


async def test_completing_without_sending_proves_nothing(crew: Crew) -> None:
    """An upload whose bytes never arrived is not acknowledged because the host has them."""
    hosts = os.urandom(64)
    await send(crew.manager.client, crew.host, {"frame.dat": hosts})
    begun = await crew.ask(
        "POST", "/uploads", {"files": [{"path": "guess", "size_bytes": 64, "sha256": sha256(hosts)}]}
    )
    done = await crew.ask("POST", f"/uploads/{begun.json()['id']}/complete", {"files": [{"position": 0}]})
    assert done.json()["files"][0]["state"] == "wanted"
    assert done.json()["files"][0]["problem"]["code"] == "not-arrived"


async def test_transfers_that_broke_off_are_resumed_by_those_who_began_them_alone(crew: Crew) -> None:
    """Parts of a large file that arrived for the host are not told to the team, nor the other way about."""
    size = crew.service.house.config.part_size_bytes + 1
    large = {"files": [{"path": "large", "size_bytes": size, "sha256": "ab" * 32}]}
    uploads = f"/api/v1/organisations/{crew.host}/uploads"
    hosts = (await crew.manager.client.post(uploads, json=large)).json()["id"]
    teams = (await crew.ask("POST", "/uploads", large)).json()["id"]
    parts = "files/0/parts"
    assert problem(await crew.manager.client.get(f"{uploads}/{teams}")) == (404, "not-found")
    assert problem(await crew.manager.client.post(f"{uploads}/{teams}/{parts}", json={})) == (404, "not-found")
    assert problem(await crew.ask("GET", f"/uploads/{hosts}")) == (404, "not-found")
    assert problem(await crew.ask("POST", f"/uploads/{hosts}/{parts}", {})) == (404, "not-found")
    house = crew.service.house
    async with house.database.transaction(organisation=await organisation_id_of(house, crew.host)) as connection:
        assert list(await connection.scalars(text("SELECT DISTINCT path FROM upload_items"))) == ["large"]
        assert await connection.scalar(text("SELECT count(*) FROM upload_items")) == 1
    signed = [(await crew.ask("POST", f"/uploads/{teams}/{parts}", {})).json()["parts"][0]["put"]["url"]]
    again = (await crew.ask("POST", "/uploads", large)).json()["id"]
    signed.append((await crew.ask("POST", f"/uploads/{again}/{parts}", {})).json()["parts"][0]["put"]["url"])
    other = await crew.manager.client.post(f"{uploads}/{hosts}/{parts}", json={})
    keys = {urlsplit(url).path for url in signed}
    assert len(keys) == 1, "resumed"
    assert urlsplit(other.json()["parts"][0]["put"]["url"]).path not in keys


async def test_viewers_read_editors_write_and_who_left_is_a_stranger_at_once(crew: Crew) -> None:
    [file] = await crew.put({"plan.txt": b"one"})
    one = f"/files/{file['file']}"
    reads = [("GET", "/files"), ("GET", one), ("GET", f"{one}/versions"), ("GET", f"{one}/content"), ("GET", "/trash")]
    upload = {"files": [{"path": "x", "size_bytes": 0}]}
    writes: list[tuple[str, str, Any]] = [
        ("POST", "/uploads", upload),
        ("POST", "/files/move", {"path": "plan.txt", "to": "x"}),
        ("POST", "/files/trash", {"files": [{"path": "plan.txt"}]}),
        ("POST", f"{one}/restore", {"version": 1}),
    ]
    for method, path in reads:
        assert (await crew.ask(method, path, by=crew.viewer)).status_code in (200, 302)
    for method, path, body in writes:
        assert problem(await crew.ask(method, path, body, by=crew.viewer)) == (403, "not-allowed")
    moved = await crew.ask("GET", f"{one}/content", by=crew.viewer)
    expires = int(dict(parse_qsl(urlsplit(moved.headers["location"]).query))["expires"])
    assert expires <= datetime.now(UTC).timestamp() + 300 + 1
    assert (await crew.ask("DELETE", f"/members/{crew.viewer.email}", by=crew.manager)).status_code == 204
    for method, path in reads:
        assert problem(await crew.ask(method, path, by=crew.viewer)) == (404, "not-found")


async def test_a_token_reaches_no_further_than_its_scopes_and_its_organisation(crew: Crew) -> None:
    [file] = await crew.put({"plan.txt": b"one"})

    async def token(**new: Any) -> httpx.AsyncClient:
        made = await crew.manager.client.post("/api/v1/tokens", json={"name": "test", **new})
        assert made.status_code == 201, made.text
        return crew.service.client(Authorization=f"Bearer {made.json()['secret']}")

    reading = await token(scopes=["team-files:read"])
    assert (await reading.get(crew.path("/files"))).status_code == 200
    trash = {"files": [{"path": "plan.txt"}]}
    assert problem(await reading.post(crew.path("/files/trash"), json=trash)) == (403, "not-allowed")
    elsewhere = await token(organisation=await crew.service.organisation(crew.manager))
    assert problem(await elsewhere.get(crew.path("/files"))) == (404, "not-found")
    assert problem(await elsewhere.get(crew.path(f"/files/{file['file']}"))) == (404, "not-found")


async def test_files_of_another_team_of_the_same_host_are_not_there(crew: Crew) -> None:
    [file] = await crew.put({"plan.txt": b"one"})
    made = await crew.manager.client.post(
        f"/api/v1/organisations/{crew.host}/teams", json={"name": f"Other {crew.team}"}
    )
    other = f"/api/v1/teams/{made.json()['slug']}"
    client = crew.manager.client
    assert (await client.get(f"{other}/files")).json()["items"] == []
    for method, rest, body in (
        ("GET", "", None), ("GET", "/versions", None), ("GET", "/content", None), ("POST", "/restore", {"version": 1}),
    ):  # fmt: skip
        assert problem(await client.request(method, f"{other}/files/{file['file']}{rest}", json=body)) == (
            404, "not-found",
        )  # fmt: skip


async def test_row_security_alone_holds_teams_apart(crew: Crew) -> None:
    """As an action would see it that forgot every condition."""
    other = await gather(crew.service, [crew.manager, crew.editor, crew.viewer, crew.outsider])
    mine, theirs = os.urandom(20), os.urandom(20)
    await crew.put({"mine": mine})
    await other.put({"theirs": theirs})
    house = crew.service.house
    organisation = await organisation_id_of(house, crew.host)

    async def paths(connection: Any) -> list[str]:
        return list(await connection.scalars(text("SELECT path FROM team_files")))

    async with house.database.transaction(organisation=organisation) as connection:
        assert await paths(connection) == [], "not as a member of the host"
        assert await connection.scalar(text("SELECT count(*) FROM team_file_versions")) == 0
    async with house.database.transaction() as connection:
        assert await paths(connection) == [], "not as nobody"
    async with house.database.transaction(organisation=organisation) as connection:
        team = await connection.scalar(text("SELECT id FROM teams"))
        assert team is not None
        await connection.execute(text("SELECT set_config('uraniborg.team', :id, true)"), {"id": str(team)})
        await connection.execute(text("SET LOCAL ROLE uraniborg_team"))
        assert await paths(connection) == ["mine"]
        assert list(await connection.scalars(text("SELECT sha256 FROM contents"))) == [hashlib.sha256(mine).digest()]
        for table in ("files", "frames", "datasets", "teams", "team_members", "accounts", "memberships"):
            may = text("SELECT has_table_privilege('uraniborg_team', :table, 'SELECT')")
            assert await connection.scalar(may, {"table": table}) is False, table
    with pytest.raises(Exception, match="row-level security"):
        async with house.database.transaction(organisation=organisation) as connection:
            await connection.execute(text("SELECT set_config('uraniborg.keeping', 'team files', true)"))
            assert await paths(connection) == ["mine"], "housekeeping sees its own"
            await connection.execute(text("UPDATE team_files SET path = 'other'"))


# --- what is told


async def test_the_activity_has_one_entry_for_a_batch(crew: Crew) -> None:
    uploads = [{"path": f"night/{n}.txt", "size_bytes": 1, "sha256": sha256(b"%d" % n)} for n in range(4)]
    begun = (await crew.ask("POST", "/uploads", {"files": uploads})).json()
    for file in begun["files"]:
        put = file["put"]
        sent = await crew.service.anonymous.put(put["url"], content=b"%d" % file["position"], headers=put["headers"])
        assert sent.status_code == 200
    for positions in ([0], [1, 2], [3]):
        body = {"files": [{"position": position} for position in positions]}
        done = await crew.ask("POST", f"/uploads/{begun['id']}/complete", body)
        assert {file["state"] for file in done.json()["files"]} == {"stored"}
    await crew.ask("POST", "/files/move", {"path": "night", "to": "2026/night"})
    await crew.ask("POST", "/files/trash", {"files": [{"path": "2026"}], "folders": True})
    trashed = (await crew.ask("GET", "/trash")).json()["items"]
    await crew.ask("POST", f"/files/{trashed[0]['id']}/restore", {})
    await crew.ask("POST", "/trash/empty", by=crew.manager)
    listed = (await crew.ask("GET", "/activity?limit=5", by=crew.viewer)).json()["items"]
    assert [(entry["kind"], entry["actor"], entry["details"]["files"]) for entry in listed] == [
        ("files.removed", crew.manager.name, 3),
        ("files.restored", crew.editor.name, 1),
        ("files.trashed", crew.editor.name, 4),
        ("files.moved", crew.editor.name, 4),
        ("files.put", crew.editor.name, 4),
    ]
    assert (listed[4]["details"]["path"], listed[4]["details"]["size_bytes"]) == ("night/", 4)
    owners = (await crew.manager.client.get(f"/api/v1/organisations/{crew.host}/audit?action=team-files.")).json()
    assert [(e["action"], e["details"].get("files")) for e in owners["items"]] == [
        ("team-files.removed", 3), ("team-files.restored", None), ("team-files.trashed", 4),
    ]  # fmt: skip
    assert "night" not in str(owners), "the host's log tells how many, not which"


async def test_the_same_batch_is_sent_twice_and_stored_once(crew: Crew) -> None:
    files = {"a": b"1", "b": b"2", "copy of a": b"1"}
    first = await crew.put(files)
    again = await crew.put(files)
    assert [f["state"] for f in again] == ["known"] * 3
    assert [f["file"] for f in again] == [f["file"] for f in first]
    assert {entry["version"] for entry in (await crew.tree()).values()} == {1}
    kinds = [e["kind"] for e in (await crew.ask("GET", "/activity")).json()["items"]]
    assert kinds.count("files.put") == 1


async def test_the_audit_knows_the_teams_objects(crew: Crew) -> None:
    house = crew.service.house
    [file] = await crew.put({"plan": os.urandom(100)})
    await crew.put({"plan": os.urandom(100)})
    keys = (await contents_of(crew)).values()
    before = await audit(house, deep=True, organisation=crew.host)
    assert not set(keys) & {*before["strays"], *before["missing"], *before["wrong"]}
    await house.objects.delete([next(iter(keys))])
    assert set((await audit(house, organisation=crew.host))["missing"]) >= {next(iter(keys))}
    await crew.ask("POST", "/files/trash", {"files": [{"path": "plan"}]})
    await crew.ask("POST", "/trash/empty", by=crew.manager)
    await sweep_for(house, crew.host)
    assert not set(keys) & set((await audit(house, organisation=crew.host))["missing"])
    assert (await crew.ask("GET", f"/files/{file['file']}")).status_code == 404
