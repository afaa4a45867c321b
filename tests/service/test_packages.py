"""Data packages from draft to tombstone, and their archives over HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import random
import shutil
import subprocess
import zipfile
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.http_server import served
from tests.support.package_shelf import DRAFT, FILES, Shelf
from tests.support.service import RunningService
from tests.support.stored_files import organisation_id_of, store_file


async def test_a_draft_is_made_changed_and_seen_by_nobody_else(shelf: Shelf) -> None:
    made = await shelf.draft()
    version = made["versions"][0]
    assert (made["slug"], version["version"], version["state"]) == ("m31", 1, "draft")
    assert (version["licence"], version["keywords"], version["manifest_sha256"]) == (
        "CC-BY-4.0",
        ["galaxy", "M31"],
        None,
    )
    one = f"{shelf.base}/packages/m31/versions/1"
    changed = await shelf.owner.client.patch(one, json={"title": "M31", "licence": "CC0-1.0"})
    assert changed.json()["versions"][0] | {"title": 0, "licence": 0} == version | {"title": 0, "licence": 0}
    assert changed.json() == (await shelf.owner.client.get(f"{shelf.base}/packages/m31")).json()
    listed = (await shelf.owner.client.get(f"{shelf.base}/packages")).json()["items"]
    assert [(p["slug"], p["newest"]["title"], p["published_version"]) for p in listed] == [("m31", "M31", None)]
    for path in ("", "/versions/1", "/versions/1/files", "/versions/1/manifest", "/versions/1/zip"):
        assert (await shelf.service.anonymous.get(f"{shelf.public}/m31{path}")).status_code == 404, path
    assert (await shelf.service.anonymous.head(f"{shelf.public}/m31/versions/1/zip")).status_code == 404
    stranger = await shelf.service.person()
    assert (await stranger.client.get(f"{shelf.base}/packages/m31")).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"licence": "CC-BY"}, 400, "unknown-licence"),
        ({"contributors": [{"name": "T. B.", "orcid": "0000-0002-1825-0098"}]}, 400, "invalid-orcid"),
        ({"datasets": ["nowhere"]}, 404, "not-found"),
        ({"datasets": []}, 400, "invalid-input"),
        ({"title": "  "}, 400, "invalid-input"),
        ({"slug": "No Slug"}, 400, "invalid-input"),
    ],
)
async def test_what_cannot_be_cited_is_refused(shelf: Shelf, change: dict[str, Any], status: int, code: str) -> None:
    reply = await shelf.owner.client.post(f"{shelf.base}/packages", json=DRAFT | change)
    assert (reply.status_code, reply.json()["type"]) == (status, f"/problems/{code}"), reply.text
    assert (await shelf.owner.client.get(f"{shelf.base}/packages")).json()["items"] == []


async def test_publishing_freezes_files_and_text(shelf: Shelf) -> None:
    address = await shelf.published()
    public = shelf.service.anonymous
    shown = (await public.get(address)).json()
    assert (shown["state"], shown["file_count"], shown["size_bytes"]) == (
        "published", len(FILES), sum(map(len, FILES.values())),
    )  # fmt: skip
    assert shown["licence"] == {
        "id": "CC-BY-4.0",
        "name": "Creative Commons Attribution 4.0 International",
        "url": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert shown["citation"].startswith("Tycho Brahe (20")
    assert shown["address"] in shown["citation"]
    assert shown["address"] in shown["bibtex"]
    # Whatever happens to the dataset afterwards, the version stays as it is.
    removed = {"paths": list(FILES)[:3]}
    await shelf.owner.client.post(f"{shelf.base}/datasets/nova/files/remove", json=removed)
    await shelf.fill("nova", {"late.fits": b"late"})
    assert (await public.get(address)).json() == shown
    first = (await public.get(f"{address}/files", params={"limit": 3})).json()
    rest = (await public.get(f"{address}/files", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    expected = sorted((f"nova/{path}" for path in FILES), key=str.encode)
    assert [file["path"] for file in first["items"] + rest["items"]] == expected
    some = (await public.get(f"{address}/files", params={"prefix": "nova/light/"})).json()["items"]
    assert [file["size_bytes"] for file in some] == [60000, 0]
    reply = await public.get(f"{address}/manifest")
    assert hashlib.sha256(reply.content).hexdigest() == shown["manifest_sha256"]
    manifest = reply.json()
    assert [
        (file["path"], file["size_bytes"], file["sha256"], int(file["crc32"], 16)) for file in manifest["files"]
    ] == [
        (path, len(data), hashlib.sha256(data).hexdigest(), zlib.crc32(data))
        for path, data in ((path, FILES[path.removeprefix("nova/")]) for path in expected)
    ]
    assert (manifest["title"], manifest["contributors"][0]["orcid"]) == (DRAFT["title"], "0000-0002-1825-0097")
    again = await shelf.publish()
    assert (again.status_code, again.json()["type"]) == (409, "/problems/package-not-draft")
    patched = await shelf.owner.client.patch(f"{shelf.base}/packages/m31/versions/1", json={"title": "Other"})
    assert (patched.status_code, patched.json()["type"]) == (409, "/problems/package-not-draft")
    kept = await shelf.owner.client.delete(f"{shelf.base}/datasets/nova")
    assert kept.status_code == 409, "a dataset that was published from stays"


async def test_a_file_is_fetched_from_the_store_by_its_path(shelf: Shelf) -> None:
    address = await shelf.published()
    for path, data in FILES.items():
        reply = await shelf.service.anonymous.get(f"{address}/files/nova/{path}")
        assert reply.status_code == 302, reply.text
        fetched = await shelf.service.anonymous.get(reply.headers["location"])
        assert (fetched.status_code, fetched.content) == (200, data)
        assert "attachment" in fetched.headers["content-disposition"]
    for nothing in ("nova/none.fits", "nova", "nova/light", "../manifest.json"):
        assert (await shelf.service.anonymous.get(f"{address}/files/{nothing}")).status_code == 404


async def test_an_empty_package_and_one_that_cannot_be_unpacked_are_refused(shelf: Shelf) -> None:
    await shelf.owner.client.post(f"{shelf.base}/datasets", json={"name": "empty"})
    await shelf.draft("empty", datasets=["empty"])
    reply = await shelf.publish("empty")
    assert (reply.status_code, reply.json()["type"]) == (409, "/problems/package-empty")
    file = str(await store_file(shelf.service.house, shelf.slug, "x", b"x"))
    both = {"files": [{"file": file, "path": "a"}, {"file": file, "path": "a/b"}]}
    await shelf.owner.client.post(f"{shelf.base}/datasets/empty/files", json=both)
    reply = await shelf.publish("empty")
    assert (reply.status_code, reply.json()["type"]) == (409, "/problems/package-path-clash")
    assert (await shelf.owner.client.get(f"{shelf.base}/packages/empty")).json()["versions"][0]["state"] == "draft"


async def test_two_who_publish_at_once_get_one_publication_and_one_refusal(shelf: Shelf) -> None:
    await shelf.draft()
    replies = await asyncio.gather(*(shelf.publish() for _ in range(4)))
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409, 409]
    shown = (await shelf.service.anonymous.get(f"{shelf.public}/m31/versions/1")).json()
    assert shown["file_count"] == len(FILES)


async def test_versions_follow_each_other_and_a_withdrawn_one_leaves_a_tombstone(shelf: Shelf) -> None:
    address = await shelf.published()
    client, packages = shelf.owner.client, f"{shelf.base}/packages"
    begun = await client.post(f"{packages}/m31/versions")
    assert begun.status_code == 201
    assert [(v["version"], v["state"], v["title"]) for v in begun.json()["versions"]] == [
        (2, "draft", DRAFT["title"]),
        (1, "published", DRAFT["title"]),
    ]
    twice = await client.post(f"{packages}/m31/versions")
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/package-has-draft")
    assert (await client.post(f"{packages}/m31/versions/2/withdraw", json={"reason": "no"})).status_code == 409
    await client.patch(f"{packages}/m31/versions/2", json={"title": "M31, corrected"})
    await shelf.fill("nova", {"second.fits": b"second"})
    assert (await shelf.publish(version=2)).status_code == 200
    public = shelf.service.anonymous
    shown = (await public.get(f"{shelf.public}/m31")).json()
    assert (shown["current"]["version"], shown["current"]["file_count"]) == (2, len(FILES) + 1)
    assert [(v["version"], v["state"]) for v in shown["versions"]] == [(2, "published"), (1, "superseded")]
    assert (await public.get(f"{address}/zip")).status_code == 200, "a superseded version is still there to be had"

    reply = await client.post(f"{packages}/m31/versions/2/withdraw", json={"reason": "The clock was wrong."})
    assert reply.json()["versions"][0]["state"] == "withdrawn"
    shown = (await public.get(f"{shelf.public}/m31")).json()
    assert (shown["current"]["version"], shown["versions"][0]["state"]) == (1, "withdrawn")
    tomb = (await public.get(f"{shelf.public}/m31/versions/2")).json()
    assert (tomb["withdrawn_reason"], tomb["links"], tomb["title"]) == ("The clock was wrong.", None, "M31, corrected")
    for path in ("files", "manifest", "zip", "files/nova/notes.txt"):
        gone = await public.get(f"{shelf.public}/m31/versions/2/{path}")
        assert (gone.status_code, gone.json()["status"], gone.json()["type"]) == (
            410, 410, "/problems/package-withdrawn",
        )  # fmt: skip
        assert gone.headers["content-type"] == "application/problem+json"
        assert "The clock was wrong." in gone.json()["detail"]
    assert (await public.head(f"{shelf.public}/m31/versions/2/zip")).status_code == 410
    assert (await client.post(f"{packages}/m31/versions")).json()["versions"][0]["version"] == 3


@pytest.mark.parametrize("role", ["admin", "member"])
async def test_members_draft_and_admins_publish(shelf: Shelf, role: str) -> None:
    other = await shelf.service.person()
    await shelf.owner.client.put(f"{shelf.base}/members/{other.email}", json={"role": role})
    made = await other.client.post(f"{shelf.base}/packages", json=DRAFT | {"slug": "theirs"})
    assert made.status_code == 201
    published = await other.client.post(f"{shelf.base}/packages/theirs/versions/1/publish")
    assert published.status_code == (200 if role == "admin" else 403)


async def test_versions_that_cannot_be_are_no_fault_of_ours(shelf: Shelf) -> None:
    await shelf.published()
    for version in ("0", "2", "-1", "99999999999999999999", "x"):
        reply = await shelf.service.anonymous.get(f"{shelf.public}/m31/versions/{version}/zip")
        assert reply.status_code in (400, 404), version


# --- the archive


async def test_the_archive_keeps_the_tree_and_describes_itself(shelf: Shelf, tmp_path: Path) -> None:
    await shelf.fill("flats", {"flat.fits": b"flat"})
    address = await shelf.published(datasets=["nova", "flats"])
    reply = await shelf.service.anonymous.get(f"{address}/zip")
    assert reply.headers["content-type"] == "application/zip"
    assert reply.headers["content-length"] == str(len(reply.content))
    assert 'filename="m31-v1.zip"' in reply.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        data = {name: archive.read(f"m31-v1/data/nova/{name}") for name in FILES}
        assert data == FILES
        assert archive.read("m31-v1/data/flats/flat.fits") == b"flat"
        manifest = archive.read("m31-v1/manifest.json")
        citation = archive.read("m31-v1/CITATION.txt").decode()
        licence = archive.read("m31-v1/LICENCE.txt").decode()
        assert len(names) == len(FILES) + 1 + 8
        assert len({info.date_time for info in archive.infolist()}) == 1
    shown = (await shelf.service.anonymous.get(address)).json()
    assert hashlib.sha256(manifest).hexdigest() == shown["manifest_sha256"]
    assert reply.headers["etag"] == f'"{shown["manifest_sha256"]}"'
    assert citation == f"{shown['citation']}\n"
    assert shown["licence"]["url"] in licence
    (tmp_path / "m31.zip").write_bytes(reply.content)
    if shutil.which("unzip") and shutil.which("sha256sum"):
        await asyncio.to_thread(subprocess.run, ["unzip", "-q", "m31.zip"], cwd=tmp_path, check=True)
        command = ["sha256sum", "-c", "manifest-sha256.txt"]
        checked = await asyncio.to_thread(
            subprocess.run, command, cwd=tmp_path / "m31-v1", capture_output=True, text=True, check=True
        )
        assert checked.stdout.count(": OK") == len(FILES) + 2


async def test_any_range_is_that_part_of_the_whole(shelf: Shelf) -> None:
    address = await shelf.published()
    public = shelf.service.anonymous
    whole = (await public.get(f"{address}/zip")).content
    size = len(whole)
    chance = random.Random(1572)
    ranges = [(0, 0), (0, size - 1), (size - 1, size - 1), (size - 22, size - 1)]
    ranges += [tuple(sorted((chance.randrange(size), chance.randrange(size)))) for _ in range(60)]  # type: ignore[misc]
    for first, last in ranges:
        part = await public.get(f"{address}/zip", headers={"Range": f"bytes={first}-{last}"})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.headers["content-length"] == str(last - first + 1)
        assert part.content == whole[first : last + 1], (first, last)
    resumed = await public.get(f"{address}/zip", headers={"Range": f"bytes={size // 3}-"})
    assert resumed.content == whole[size // 3 :]
    assert (await public.get(f"{address}/zip", headers={"Range": "bytes=-100"})).content == whole[-100:]
    for whatever in ("bytes=0-1,5-6", "lines=1-2", "bytes=9-2"):
        assert (await public.get(f"{address}/zip", headers={"Range": whatever})).status_code == 200
    beyond = await public.get(f"{address}/zip", headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert (beyond.json()["status"], beyond.json()["type"]) == (416, "/problems/no-such-range")


async def test_a_validator_tells_whether_a_download_can_go_on(shelf: Shelf) -> None:
    address = await shelf.published()
    public = shelf.service.anonymous
    head = await public.head(f"{address}/zip")
    assert (head.status_code, head.content, head.headers["accept-ranges"]) == (200, b"", "bytes")
    etag = head.headers["etag"]
    whole = await public.get(f"{address}/zip")
    for name in ("content-length", "content-type", "etag", "content-disposition", "last-modified"):
        assert head.headers[name] == whole.headers[name]
    assert (await public.get(f"{address}/zip", headers={"If-None-Match": etag})).status_code == 304
    asked = {"Range": "bytes=5-9"}
    same = await public.get(f"{address}/zip", headers=asked | {"If-Range": etag})
    assert (same.status_code, same.content) == (206, whole.content[5:10])
    other = await public.get(f"{address}/zip", headers=asked | {"If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole.content)


async def test_downloads_are_counted_once_each(shelf: Shelf) -> None:
    address = await shelf.published()
    public = shelf.service.anonymous
    await public.head(f"{address}/zip")
    await public.get(f"{address}/zip")
    await public.get(f"{address}/zip", headers={"Range": "bytes=0-99"})
    await public.get(f"{address}/zip", headers={"Range": "bytes=100-"})
    assert (await public.get(address)).json()["downloads"] == 2


async def test_many_files_and_pieces_come_in_order(shelf: Shelf) -> None:
    # More than a page of rows and more than a mark; files longer than a piece; names whose order is not a number's.
    chance = random.Random(1601)
    files = {f"n/{number}.txt": b"%d" % number for number in range(2300)}
    files |= {f"big/{number}.fits": chance.randbytes(5_000_000 + number) for number in range(3)}
    paths = list(files)
    await shelf.owner.client.post(f"{shelf.base}/datasets", json={"name": "many"})
    for start in range(0, len(paths), 1000):
        items = [
            {"file": str(await store_file(shelf.service.house, shelf.slug, path, files[path]))}
            for path in paths[start : start + 1000]
        ]
        await shelf.owner.client.post(f"{shelf.base}/datasets/many/files", json={"files": items})
    address = await shelf.published(datasets=["many"])
    public = shelf.service.anonymous
    whole = (await public.get(f"{address}/zip")).content
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert {name: archive.read(f"m31-v1/data/many/{name}") for name in files} == files
        stored = [name.replace("/data/", "/") for name in archive.namelist()]
        assert stored == sorted(stored, key=str.encode)
    for _ in range(12):
        start = chance.randrange(len(whole))
        stop = start + chance.randrange(1, 300_000)
        part = await public.get(f"{address}/zip", headers={"Range": f"bytes={start}-{stop - 1}"})
        assert part.content == whole[start:stop]
    directory = whole.rindex(b"PK\x01\x02")
    part = await public.get(f"{address}/zip", headers={"Range": f"bytes={directory - 50_000}-{directory + 10}"})
    assert part.content == whole[directory - 50_000 : directory + 11]


@pytest.mark.parametrize("left", [None, 1_500_000])
async def test_a_damaged_object_breaks_the_archive_off_and_nothing_is_made_up(shelf: Shelf, left: int | None) -> None:
    data = random.Random(7).randbytes(3_000_000)
    await shelf.fill("hurt", {"a.fits": data, "b.fits": data[::-1], "c.fits": data[::2]})
    address = await shelf.published(datasets=["hurt"])
    whole = (await shelf.service.anonymous.get(f"{address}/zip")).content
    organisation_id = await organisation_id_of(shelf.service.house, shelf.slug)
    digest = hashlib.sha256(data[::-1]).hexdigest()
    key = f"{organisation_id.hex}/{digest[:2]}/{digest}"
    await shelf.service.house.objects.delete([key])
    if left is not None:
        await shelf.service.house.objects.put(key, data[::-1][:left])
    async with served(shelf.service.app) as url, httpx.AsyncClient(base_url=url) as client:
        got = bytearray()
        with pytest.raises(httpx.RemoteProtocolError):
            async with client.stream("GET", f"{address}/zip") as reply:
                assert (reply.status_code, int(reply.headers["content-length"])) == (200, len(whole))
                async for chunk in reply.aiter_raw():
                    got += chunk
        assert len(got) < 6_100_000
        assert whole.startswith(got), "every byte that came is right"
        # What lies behind the damage can still be had, and the damage itself is an honest error.
        behind = whole.index(data[::2][:64])
        rest = await client.get(f"{address}/zip", headers={"Range": f"bytes={behind}-"})
        assert (rest.status_code, rest.content) == (206, whole[behind:])
        at = whole.index(data[::-1][2_900_000:2_900_064])
        inside = await client.get(f"{address}/zip", headers={"Range": f"bytes={at}-{at + 9}"})
        assert (inside.status_code, inside.json()["type"]) == (500, "/problems/package-damaged")


async def test_a_reader_who_leaves_stops_the_reading(shelf: Shelf) -> None:
    await shelf.fill("long", {f"{n}.fits": random.Random(n).randbytes(4_000_000) for n in range(10)})
    address = await shelf.published(datasets=["long"])
    async with served(shelf.service.app) as url, httpx.AsyncClient(base_url=url) as client:
        async with client.stream("GET", f"{address}/zip") as reply:
            await anext(reply.aiter_raw())
        # The connection was closed early; the service answers the next request as if nothing had been.
        whole = (await client.get(f"{address}/zip")).content
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None


async def test_the_document_declares_what_these_operations_answer(service: RunningService) -> None:
    document = (await service.anonymous.get("/api/v1/openapi.json")).json()
    archive = document["paths"]["/api/v1/packages/{organisation}/{package}/versions/{version}/zip"]
    assert {"200", "206", "304", "400", "404", "410", "416", "503"} <= archive["get"]["responses"].keys()
    assert "application/zip" in archive["get"]["responses"]["200"]["content"]
    assert archive["get"]["security"] == [{}]
    assert {"200", "404", "410"} <= archive["head"]["responses"].keys()
    assert json.dumps(document).count('"operationId": "get_published_zip"') <= 1
