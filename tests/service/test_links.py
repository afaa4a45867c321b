"""Links to data packages, and all that a link shows as one archive."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import bagit
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from uraniborg.verify import verify_package

from domain.errors import NotSignedIn
from service.actions.link_downloads import while_it_works
from service.actions.link_holders import LinkHolder, opened
from service.forms import FORM_MEMBER
from storage.link_files import list_files
from tests.support.crate_validator import crate_issues
from tests.support.package_shelf import DRAFT, FILES, Shelf
from tests.support.stored_files import organisation_id_of, store_file

LATER = "2100-01-01T00:00:00Z"
PEOPLE: dict[str, Any] = {
    "contributors": [
        {"name": "Tycho Brahe", "given_name": "Tycho", "family_name": "Brahe", "orcid": "0000-0002-1825-0097"},
        {"name": "Sophie Brahe", "contributor_type": "DataCollector"},
    ],
    "funding": [{"funder": "Frederik II", "award_number": "Hven-1576"}],
    "related": [{"identifier": "10.5072/stella-nova", "type": "DOI", "relation": "IsSupplementTo"}],
}


async def link_to(shelf: Shelf, **new: Any) -> dict[str, Any]:
    made = await shelf.owner.client.post(f"{shelf.base}/links", json={"name": "For the referee"} | new)
    assert made.status_code == 201, made.text
    return dict(made.json())


def holder(shelf: Shelf, link: dict[str, Any], **headers: str) -> httpx.AsyncClient:
    return shelf.service.client(Authorization=f"Bearer {link['secret']}", **headers)


async def hold(shelf: Shelf, path: str, until: str = LATER) -> str:
    """Put a file under embargo; returns its id."""
    files = (await shelf.owner.client.get(f"{shelf.base}/files", params={"prefix": path})).json()["items"]
    held = await shelf.owner.client.put(f"{shelf.base}/embargoes/file/{files[0]['id']}", json={"until": until})
    assert held.status_code == 200
    return str(files[0]["id"])


def unpacked(reply: httpx.Response) -> tuple[str, dict[str, bytes]]:
    """Unpack an archive: its one folder, and what lies in it by path."""
    assert reply.status_code == 200, reply.text
    assert int(reply.headers["content-length"]) == len(reply.content)
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.testzip() is None
        folders = {name.partition("/")[0] for name in archive.namelist()}
        assert len(folders) == 1
        folder = folders.pop()
        return folder, {name.removeprefix(f"{folder}/"): archive.read(name) for name in archive.namelist()}


# Data packages


async def test_a_draft_is_shown_as_it_would_be_published(shelf: Shelf, tmp_path: Path) -> None:
    await shelf.fill("flats", {"deep/flat.fits": b"flat"})
    await shelf.draft(datasets=["nova", "flats"], **PEOPLE)
    link = await link_to(shelf, package="m31")
    assert (link["package"], link["version"]) == ("m31", 1)
    client = holder(shelf, link)
    view = (await client.get("/api/v1/link")).json()
    assert (view["file_count"], view["package"]["state"], view["package"]["title"]) == (6, "draft", DRAFT["title"])
    assert [each["name"] for each in view["package"]["contributors"]] == ["Tycho Brahe", "Sophie Brahe"]
    files, cursor = [], None
    while True:
        page = (
            await client.get("/api/v1/link/files", params={"limit": 1} | ({"cursor": cursor} if cursor else {}))
        ).json()
        files += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    contents = {f"nova/{path}": data for path, data in FILES.items()} | {"flats/deep/flat.fits": b"flat"}
    assert [file["path"] for file in files] == sorted(contents, key=str.encode)
    for file in files:
        content = await client.get(f"/api/v1/link/files/{file['id']}/content")
        assert content.content == contents[file["path"]]

    folder, shown = unpacked(await client.get("/api/v1/link/zip"))
    assert folder == "m31-v1-draft"
    (tmp_path / "draft.zip").write_bytes((await client.get("/api/v1/link/zip")).content)
    assert verify_package(tmp_path / "draft.zip").problems == []
    # Published, its data lie at the same paths, with the same bytes; and the link goes on.
    assert (await shelf.publish()).status_code == 200
    _, published = unpacked(await shelf.service.anonymous.get(f"{shelf.public}/m31/versions/1/zip"))
    data = {path for path in published if path.startswith("data/") and path != "data/ro-crate-metadata.json"}
    assert {path: published[path] for path in data} == {path: shown[path] for path in data}
    assert shown.keys() == published.keys()
    now = await client.get("/api/v1/link/zip")
    assert now.content == (await shelf.service.anonymous.get(f"{shelf.public}/m31/versions/1/zip")).content
    listed = (await client.get("/api/v1/link/files")).json()["items"]
    assert [file["path"] for file in listed] == sorted(contents, key=str.encode)
    for file in listed:
        content = await client.get(f"/api/v1/link/files/{file['id']}/content")
        assert content.content == contents[file["path"]]


@pytest.mark.parametrize("published", [False, True], ids=["draft", "published"])
async def test_a_package_for_reviewers_tells_no_names(shelf: Shelf, tmp_path: Path, published: bool) -> None:
    await shelf.owner.client.patch(shelf.base, json={"name": "Uranienborg on Hven"})
    await shelf.draft("brahe-m31", **PEOPLE)
    if published:
        assert (await shelf.publish("brahe-m31")).status_code == 200
    link = await link_to(shelf, package="brahe-m31", anonymous=True)
    client = holder(shelf, link)
    archive = await client.get("/api/v1/link/zip")
    folder, texts = unpacked(archive)
    assert {
        "CITATION.txt",
        "LICENCE.txt",
        "bag-info.txt",
        "manifest.json",
        "data/ro-crate-metadata.json",
    } <= texts.keys()
    view, files = await client.get("/api/v1/link"), await client.get("/api/v1/link/files")
    content = await client.get(f"/api/v1/link/files/{files.json()['items'][0]['id']}/content")
    async with shelf.service.house.database.transaction() as connection:
        row = (
            await connection.execute(text("SELECT * FROM organisations WHERE slug = :slug"), {"slug": shelf.slug})
        ).one()
    names = [
        "brahe", "tycho", "sophie", "0000-0002-1825-0097", "frederik", "hven-1576", "stella-nova", "uranienborg",
        "hven", shelf.slug, str(row.id), row.id.hex, shelf.owner.email, shelf.owner.name, "/api/v1/packages",
    ]  # fmt: skip
    described = {path: data for path, data in texts.items() if not path.startswith("data/nova/")}
    for where, told in {
        "view": f"{view.headers} {view.text}",
        "files": f"{files.headers} {files.text}",
        "content": str(content.headers),
        "zip": f"{archive.headers} {folder} {list(texts)}",
        **{path: data.decode() for path, data in described.items()},
    }.items():
        for name in names:
            assert name.casefold() not in told.casefold(), (where, name)
    assert DRAFT["title"] in texts["CITATION.txt"].decode()
    assert ("draft" in texts["CITATION.txt"].decode()) is not published
    (tmp_path / "review.zip").write_bytes(archive.content)
    with zipfile.ZipFile(tmp_path / "review.zip") as opened:
        opened.extractall(tmp_path)
    await asyncio.to_thread(bagit.Bag(str(tmp_path / folder)).validate)
    assert await asyncio.to_thread(crate_issues, tmp_path / folder / "data", tmp_path) == []
    assert verify_package(tmp_path / folder).problems == []


async def test_a_package_that_is_no_more_is_not_shown(shelf: Shelf) -> None:
    await shelf.published()
    link = await link_to(shelf, package="m31", version=1)
    assert (await holder(shelf, link).get("/api/v1/link")).status_code == 200
    reason = {"reason": "Tycho set the clock wrong."}
    assert (
        await shelf.owner.client.post(f"{shelf.base}/packages/m31/versions/1/withdraw", json=reason)
    ).status_code == 200
    for rest in ("link", "link/files", "link/zip"):
        gone = await holder(shelf, link).get(f"/api/v1/{rest}")
        assert gone.status_code == 404
        assert "clock" not in gone.text
    again = await shelf.owner.client.post(f"{shelf.base}/links", json={"name": "x", "package": "m31"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "new",
    [
        {"package": "m31", "dataset": "nova"},
        {"version": 1, "dataset": "nova"},
        {"package": "m31", "version": 0},
        {},
    ],
)
async def test_a_link_shows_one_thing(shelf: Shelf, new: dict[str, Any]) -> None:
    await shelf.draft()
    refused = await shelf.owner.client.post(f"{shelf.base}/links", json={"name": "x"} | new)
    assert refused.status_code == 400, refused.text


async def test_only_a_packages_own_organisation_shows_it(shelf: Shelf) -> None:
    await shelf.draft()
    stranger = await shelf.service.person()
    theirs = await shelf.service.organisation(stranger)
    new = {"name": "x", "package": "m31"}
    assert (await stranger.client.post(f"{shelf.base}/links", json=new)).status_code == 404
    assert (await stranger.client.post(f"/api/v1/organisations/{theirs}/links", json=new)).status_code == 404
    for package, version in (("m32", None), ("m31", 2)):
        new = {"name": "x", "package": package} | ({"version": version} if version else {})
        assert (await shelf.owner.client.post(f"{shelf.base}/links", json=new)).status_code == 404


async def test_a_draft_changed_later_widens_no_embargo(shelf: Shelf) -> None:
    """What an admin shows with its embargo is the datasets that the draft had then, not those that a member adds."""
    await shelf.fill("held", {"held.fits": b"nova"})
    await shelf.draft()
    await hold(shelf, "notes.txt")
    refused = await shelf.owner.client.post(f"{shelf.base}/links", json={"name": "x", "package": "m31"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/under-embargo")
    whole = await link_to(shelf, package="m31", with_embargoed=True)
    lifted = await link_to(shelf, package="m31", leave_out_embargoed=True)
    held = await hold(shelf, "held.fits")
    changed = await shelf.owner.client.patch(
        f"{shelf.base}/packages/m31/versions/1", json={"datasets": ["nova", "held"]}
    )
    assert changed.status_code == 200
    for link, hidden in ((whole, {"held/held.fits"}), (lifted, {"held/held.fits", "nova/notes.txt"})):
        client = holder(shelf, link)
        view = (await client.get("/api/v1/link")).json()
        assert (view["file_count"], view["left_out"]["files"]) == (6 - len(hidden), len(hidden))
        listed = {file["path"] for file in (await client.get("/api/v1/link/files")).json()["items"]}
        assert listed == ({f"nova/{path}" for path in FILES} | {"held/held.fits"}) - hidden
        assert not listed & hidden
        assert (await client.get(f"/api/v1/link/files/{held}/content")).status_code == 404
        reply = await client.get("/api/v1/link/zip")
        _, files = unpacked(reply)
        assert {path.removeprefix("data/") for path in files} >= listed
        assert not {path.removeprefix("data/") for path in files} & hidden
        assert reply.headers["files-left-out"] == str(len(hidden))


# All of it as one archive


async def test_an_archive_tells_what_is_left_out_of_it(shelf: Shelf, tmp_path: Path) -> None:
    odd = "odd\nname%.txt"
    await hold(shelf, "notes.txt")
    item = {
        "file": str(await store_file(shelf.service.house, shelf.slug, "odd.txt", b"odd")),
        "path": odd.replace("\n", " "),
    }
    await shelf.owner.client.post(f"{shelf.base}/datasets/nova/files", json={"files": [item]})
    await hold(shelf, "odd.txt", "2099-06-01T12:00:00Z")
    link = await link_to(shelf, dataset="nova", leave_out_embargoed=True)
    reply = await holder(shelf, link).get("/api/v1/link/zip")
    folder, files = unpacked(reply)
    assert folder == "nova"
    assert reply.headers["content-disposition"].endswith('filename="nova.zip"')
    shown = {path: data for path, data in FILES.items() if path != "notes.txt"}
    assert {path: files[f"data/{path}"] for path in shown} == shown
    assert not any("notes" in path for path in files)
    assert b"seeing" not in reply.content
    told = files["LEFT-OUT.txt"].decode()
    assert "2 files are left out" in told
    assert told.endswith(f"\n{LATER}  notes.txt\n2099-06-01T12:00:00Z  odd name%25.txt\n")
    assert reply.headers["files-left-out"] == "2"
    view = (await holder(shelf, link).get("/api/v1/link")).json()
    assert view["left_out"] == {"files": 2, "until": LATER}
    assert "Left-Out: 2 under embargo" in files["bag-info.txt"].decode()
    (tmp_path / "nova.zip").write_bytes(reply.content)
    report = verify_package(tmp_path / "nova.zip")
    assert report.problems == []
    assert [(held.path, held.until) for held in report.left_out] == [
        ("notes.txt", LATER),
        ("odd name%.txt", "2099-06-01T12:00:00Z"),
    ]
    with zipfile.ZipFile(tmp_path / "nova.zip") as archive:
        archive.extractall(tmp_path)
    await asyncio.to_thread(bagit.Bag(str(tmp_path / "nova")).validate)

    # With nothing left out there is no such list.
    whole = await link_to(shelf, dataset="nova", with_embargoed=True)
    reply = await holder(shelf, whole).get("/api/v1/link/zip")
    _, files = unpacked(reply)
    assert {f"data/{path}" for path in FILES} <= files.keys()
    assert "LEFT-OUT.txt" not in files
    assert reply.headers["files-left-out"] == "0"


async def test_an_archive_is_resumed_as_long_as_nothing_changes(shelf: Shelf) -> None:
    link = await link_to(shelf, dataset="nova", downloads=3)
    client = holder(shelf, link)
    first = await client.get("/api/v1/link/zip", headers={"Range": "bytes=0-999"})
    tag, length = first.headers["etag"], int(first.headers["content-range"].rpartition("/")[2])
    whole = first.content
    for stop in (5000, 100_000, length):
        headers = {"Range": f"bytes={len(whole)}-{stop - 1}", "If-Range": tag}
        rest = await client.get("/api/v1/link/zip", headers=headers)
        assert (rest.status_code, rest.headers["etag"]) == (206, tag)
        whole += rest.content
    assert len(whole) == length
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert archive.read("nova/data/notes.txt") == FILES["notes.txt"]
    assert (await client.get("/api/v1/link")).json()["downloads_left"] == 2, "once, however often it broke off"
    assert (await client.get("/api/v1/link/zip", headers={"If-None-Match": tag})).status_code == 304
    beyond = await client.get("/api/v1/link/zip", headers={"Range": f"bytes={length}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{length}")
    assert (await client.get("/api/v1/link")).json()["downloads_left"] == 2
    # A file more: the rest of what was is not to be had, the whole comes again.
    await shelf.fill("nova", {"more.txt": b"more"})
    again = await client.get("/api/v1/link/zip", headers={"Range": "bytes=1000-", "If-Range": tag})
    assert again.status_code == 200
    assert again.headers["etag"] != tag
    assert "data/more.txt" in unpacked(again)[1]


async def test_the_download_limit_is_not_walked_around(shelf: Shelf) -> None:
    """A file's rest is given to who began it; whoever asks for all but the first byte is counted like everybody."""
    link = await link_to(shelf, dataset="nova", downloads=2)
    client = holder(shelf, link)
    files = {file["path"]: file for file in (await client.get("/api/v1/link/files")).json()["items"]}

    async def fetch(path: str, **headers: str) -> int:
        return (await client.get(f"/api/v1/link/files/{files[path]['id']}/content", headers=headers)).status_code

    assert await fetch("notes.txt", Range="bytes=1-") == 206
    assert (await client.get("/api/v1/link")).json()["downloads_left"] == 1
    assert await fetch("notes.txt", Range="bytes=5-") == 206
    assert (await client.get("/api/v1/link/zip", headers={"Range": "bytes=1-"})).status_code == 206
    assert (await client.get("/api/v1/link")).json()["downloads_left"] == 0
    assert await fetch("flat/R/001.fits", Range="bytes=1-") == 401
    assert await fetch("flat/R/001.fits") == 401
    assert (await client.get("/api/v1/link/zip")).status_code == 401
    assert await fetch("notes.txt", Range="bytes=3-") == 206, "what was begun goes on"


async def test_two_files_of_one_path_are_both_in_the_archive(shelf: Shelf) -> None:
    for data in (b"first", b"second", b"second"):
        await store_file(shelf.service.house, shelf.slug, "twice/a.b.txt", data)
    link = await link_to(shelf, folder="twice")
    folder, files = unpacked(await holder(shelf, link).get("/api/v1/link/zip"))
    assert folder == "twice"
    assert sorted(data for path, data in files.items() if path.startswith("data/")) == [b"first", b"second", b"second"]


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (lambda shelf, link: shelf.owner.client.delete(f"{shelf.base}/links/{link['id']}"), 401),
        (lambda shelf, link: shelf.owner.client.delete(f"{shelf.base}/datasets/nova"), 401),
    ],
    ids=["revoked", "its dataset deleted"],
)
async def test_an_archive_ends_with_its_link(shelf: Shelf, end: Callable[..., Any], status: int) -> None:
    link = await link_to(shelf, dataset="nova")
    client = holder(shelf, link)
    begun = await client.get("/api/v1/link/zip", headers={"Range": "bytes=0-99"})
    assert begun.status_code == 206
    assert (await end(shelf, link)).is_success
    rest = await client.get("/api/v1/link/zip", headers={"Range": "bytes=100-", "If-Range": begun.headers["etag"]})
    assert rest.status_code == status


async def test_an_archive_asks_for_the_password(shelf: Shelf) -> None:
    link = await link_to(shelf, dataset="nova", password="comet 1577", downloads=1)
    assert (await holder(shelf, link).get("/api/v1/link/zip")).status_code == 401
    wrong = holder(shelf, link, **{"X-Link-Password": "comet 1578"})
    assert (await wrong.get("/api/v1/link/zip")).status_code == 401
    assert (await shelf.owner.client.get(f"{shelf.base}/links")).json()["items"][0]["downloads"] == 0
    right = holder(shelf, link, **{"X-Link-Password": "comet 1577"})
    assert (await right.get("/api/v1/link/zip")).status_code == 200


async def test_the_page_gives_all_of_it(shelf: Shelf) -> None:
    await hold(shelf, "notes.txt")
    await shelf.draft(description="Seen <b>above</b> Cassiopeia.", **PEOPLE)
    link = await link_to(shelf, package="m31", leave_out_embargoed=True, anonymous=True)
    browser = shelf.service.client()
    asked = await browser.get("/s")

    def token(reply: httpx.Response) -> str:
        return re.findall(rf"name='{FORM_MEMBER}' value='([^']+)'", reply.text)[0]

    opened = await browser.post("/s", data={FORM_MEMBER: token(asked), "secret": link["url"]})
    assert opened.status_code == 200
    for told in (DRAFT["title"], "a draft", "&lt;b&gt;above", "1 file is left out", "Download all as one ZIP"):
        assert str(told) in opened.text
    assert "Brahe" not in opened.text
    given = {FORM_MEMBER: token(opened), "secret": link["secret"], "zip": "all"}
    folder, files = unpacked(await browser.post("/s", data=given))
    assert folder == f"review-{link['id'].replace('-', '')[-8:]}"
    assert len([path for path in files if path.startswith("data/nova/")]) == len(FILES) - 1


async def test_ten_thousand_files_are_one_archive(shelf: Shelf) -> None:
    """Of contents that repeat, so that the test is quick; every path is one of its own."""
    house, count = shelf.service.house, 10_000
    data = [b"dust %d" % number for number in range(10)]
    for each in data:
        await store_file(house, shelf.slug, "seed", each)
    async with house.database.transaction() as connection:
        organisation_id = await connection.scalar(
            text("SELECT id FROM organisations WHERE slug = :slug"), {"slug": shelf.slug}
        )
    async with house.database.transaction(organisation=organisation_id) as connection:
        await connection.execute(
            text(
                "INSERT INTO files (id, organisation_id, path, sha256, size_bytes, state, uploaded_by)"
                " SELECT gen_random_uuid(), organisation_id, 'dust/' || n || '.txt', sha256, size_bytes, state,"
                " uploaded_by FROM files, generate_series(1, :each) n WHERE path = 'seed'"
            ),
            {"each": count // len(data)},
        )
    link = await link_to(shelf, folder="dust")
    client = holder(shelf, link)
    whole = await client.get("/api/v1/link/zip")
    _, files = unpacked(whole)
    assert len([path for path in files if path.startswith("data/")]) == count
    lines = files["manifest-sha256.txt"].decode().splitlines()
    assert len(lines) == count
    for line in lines[::500]:
        sha256, _, path = line.partition("  ")
        assert hashlib.sha256(files[path]).hexdigest() == sha256
    # Any part of it, from the middle on and with the directory at its end.
    first = len(whole.content) // 3
    part = await client.get("/api/v1/link/zip", headers={"Range": f"bytes={first}-"})
    assert part.content == whole.content[first:]


async def test_a_download_under_way_ends_with_its_link(shelf: Shelf) -> None:
    """It is looked at again each minute; here before each piece, so that nobody waits."""
    await shelf.fill("nova", {"large.bin": bytes(3_000_000)})
    link = await link_to(shelf, dataset="nova")
    house = shelf.service.house
    async with opened(house, LinkHolder(link["secret"], None)) as linked:
        files = await list_files(linked.connection, linked.parts, after=None, limit=10)
    large = next(file for file in files if file.path == "large.bin")
    chunks = while_it_works(house, linked.link, house.objects.stream(large.object_key), look_every_s=0)
    assert await anext(chunks)
    assert (await shelf.owner.client.delete(f"{shelf.base}/links/{link['id']}")).status_code == 204
    with pytest.raises(NotSignedIn):
        await anext(chunks)


# A link's life, whatever happens to it in whichever order

ALLOWED = 3
STEPS = st.sampled_from(["file", "rest", "zip", "look", "revoke", "expire", "last long"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
async def test_a_link_lives_as_it_was_said(shelf: Shelf, steps: list[str]) -> None:
    """Beside it runs what one would expect: so many downloads, what was begun goes on, and an end is an end."""
    link = await link_to(shelf, dataset="nova", downloads=ALLOWED)
    client = holder(shelf, link)
    files = (await client.get("/api/v1/link/files")).json()["items"]
    file = f"/api/v1/link/files/{files[0]['id']}/content"
    alive, revoked, left, begun = True, False, ALLOWED, set[str]()

    async def expire(at: str) -> None:
        house = shelf.service.house
        async with house.database.transaction(organisation=await organisation_id_of(house, shelf.slug)) as connection:
            await connection.execute(
                text("UPDATE links SET expires_at = cast(:at AS timestamptz) WHERE id = :id"),
                {"id": link["id"], "at": datetime.fromisoformat(at)},
            )

    for step in steps:
        if step == "look":
            reply = await client.get("/api/v1/link")
            assert reply.status_code == (200 if alive else 401)
            assert not alive or reply.json()["downloads_left"] == left
        elif step == "revoke":
            revoked, alive = True, False
            await shelf.owner.client.delete(f"{shelf.base}/links/{link['id']}")
        elif step == "expire":
            alive = False
            await expire("2020-01-01T00:00:00+00:00")
        elif step == "last long":
            alive = not revoked
            await expire("2100-01-01T00:00:00+00:00")
        else:
            what, url = ("zip", "/api/v1/link/zip") if step == "zip" else ("file", file)
            goes_on = step == "rest" and what in begun
            reply = await client.get(url, headers={"Range": "bytes=1-"} if step == "rest" else {})
            given = alive and (goes_on or left > 0)
            assert reply.status_code == ((206 if step == "rest" else 200) if given else 401), (step, reply.text[:200])
            if given and not goes_on:
                left -= 1
                begun.add(what)
    listed = (await shelf.owner.client.get(f"{shelf.base}/links")).json()["items"]
    mine = next(each for each in listed if each["id"] == link["id"])
    assert mine["downloads"] == ALLOWED - left
    state = "revoked" if revoked else "expired" if not alive else "works" if left else "used up"
    assert mine["state"] == state
