"""Downloads are told to who published: by whom, when, how much; each once, however often it was resumed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.errors import StoreUnavailable
from storage.database import Database
from tests.support.sending import send, wait_for_jobs
from tests.support.service import PASSWORD, Person, RunningService, running_service


class Shelf:
    """An organisation with a published package of two files."""

    def __init__(self, service: RunningService, owner: Person, slug: str) -> None:
        self.service, self.owner, self.slug = service, owner, slug
        self.public = f"/api/v1/packages/{slug}/m31/versions/1"
        self.base = f"/api/v1/organisations/{slug}"

    async def downloads(self, person: Person | None = None, **query: Any) -> httpx.Response:
        client = (person or self.owner).client
        return await client.get(f"{self.base}/packages/m31/versions/1/downloads", params=query)


async def published(service: RunningService) -> Shelf:
    owner = await service.person()
    shelf = Shelf(service, owner, await service.organisation(owner))
    await send(owner.client, shelf.slug, {"a.txt": b"a" * 1000, "b.txt": b"b" * 2000}, dataset="night")
    await wait_for_jobs(owner.client, shelf.slug)
    new = {"slug": "m31", "title": "M31", "licence": "CC0-1.0", "datasets": ["night"]}
    for path, body in (("/packages", new), ("/packages/m31/versions/1/publish", None)):
        reply = await owner.client.post(f"{shelf.base}{path}", json=body)
        assert reply.is_success, reply.text
    return shelf


async def test_each_download_has_its_receipt(service: RunningService) -> None:
    shelf = await published(service)
    reader = await service.person()
    nobody = service.anonymous
    zip_, file = f"{shelf.public}/zip", f"{shelf.public}/files/night/b.txt"
    size = int((await nobody.head(zip_)).headers["content-length"])

    async def get(client: httpx.AsyncClient, path: str, wanted: str | None = None) -> None:
        reply = await client.get(path, headers={"Range": wanted} if wanted else {})
        assert reply.status_code in (200, 206, 302), reply.text

    await get(nobody, zip_)
    await get(nobody, zip_, "bytes=0-99")  # the beginning of a download that breaks off
    await get(nobody, zip_, "bytes=100-")  # and its going on
    await get(nobody, zip_, "bytes=-5")
    await get(reader.client, zip_)
    await get(reader.client, file)
    await get(nobody, file, "bytes=0-")
    await get(nobody, file, "bytes=1000-")
    forged = service.client(Authorization="Bearer urb_nonsense")
    await get(forged, zip_)
    await get(nobody, f"{shelf.public}/manifest")

    told = (await shelf.downloads()).json()
    assert [(r["who"], r["path"], r["bytes_asked"]) for r in told["items"][::-1]] == [
        (None, None, size),
        (None, None, 100),
        (reader.email, None, size),
        (reader.email, "night/b.txt", 2000),
        (None, "night/b.txt", 2000),
        (None, None, size),
    ]
    assert {r["address"] for r in told["items"]} == {"127.0.0.0/24"}
    today = datetime.now(UTC).date().isoformat()
    assert told["days"] == [{"day": today, "archives": 4, "files": 2, "size_bytes": 3 * size + 100 + 4000}]
    assert (await nobody.get(shelf.public)).json()["downloads"] == 4
    # Somebody signed in is told of in the audit log, too; those who need no permission are not.
    audit = (await shelf.owner.client.get(f"{shelf.base}/audit", params={"action": "package.downloaded"})).json()
    assert [(e["actor"]["name"], e["target"]) for e in audit["items"]] == [(reader.email, "packages/m31/versions/1")]

    pages, cursor = [], None
    while True:
        page = (await shelf.downloads(limit=2, **({"cursor": cursor} if cursor else {}))).json()
        pages += page["items"]
        assert bool(page["days"]) == (cursor is None)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == told["items"]


async def test_a_browser_that_is_signed_in_is_known(service: RunningService) -> None:
    shelf = await published(service)
    person = await service.person()
    async with service.client() as browser:
        await browser.post("/api/v1/session", json={"email": person.email, "password": PASSWORD})
        assert (await browser.get(f"{shelf.public}/zip")).status_code == 200
    assert [r["who"] for r in (await shelf.downloads()).json()["items"]] == [person.email]


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("admin", 200), ("owner", 200), (None, 404)])
async def test_receipts_are_for_those_who_publish(service: RunningService, role: str | None, status: int) -> None:
    shelf = await published(service)
    person = await service.person()
    if role:
        await shelf.owner.client.put(f"{shelf.base}/members/{person.email}", json={"role": role})
    assert (await shelf.downloads(person)).status_code == status


async def test_there_are_none_of_what_is_not_there(service: RunningService) -> None:
    shelf = await published(service)
    for path in ("packages/m31/versions/2", "packages/m32/versions/1"):
        assert (await shelf.owner.client.get(f"{shelf.base}/{path}/downloads")).status_code == 404
    assert (await shelf.downloads()).json() == {"items": [], "next_cursor": None, "days": []}


async def test_files_taken_of_a_dataset_are_counted_by_person_and_day(service: RunningService) -> None:
    owner, member = await service.person(), await service.person()
    slug = await service.organisation(owner)
    base = f"/api/v1/organisations/{slug}"
    await owner.client.put(f"{base}/members/{member.email}", json={"role": "member"})
    sent = await send(owner.client, slug, {"a.txt": b"a" * 1000, "b.txt": b"b" * 2000}, dataset="night")
    await send(owner.client, slug, {"c.txt": b"c"})
    a, b = (file["file"] for file in sent)
    assert (await owner.client.post(f"{base}/datasets", json={"name": "other"})).status_code == 201
    await owner.client.post(f"{base}/datasets/other/files", json={"files": [{"file": a}]})
    before = datetime.now(UTC)
    for person, file in ((owner, a), (member, a), (member, a), (member, b)):
        assert (await person.client.get(f"{base}/files/{file}/content")).status_code == 302
    await service.house.downloads.write(service.house.database)

    today = before.date().isoformat()
    told = (await owner.client.get(f"{base}/datasets/night/downloads")).json()
    by_person = {item["who"]: (item["files"], item["size_bytes"]) for item in told["items"]}
    assert by_person == {owner.email: (1, 1000), member.email: (3, 4000)}
    assert told["days"] == [{"day": today, "files": 4, "size_bytes": 5000}]
    assert all(datetime.fromisoformat(item["last_at"]) >= before for item in told["items"])
    other = (await owner.client.get(f"{base}/datasets/other/downloads")).json()
    assert other["days"] == [{"day": today, "files": 3, "size_bytes": 3000}]

    first = (await owner.client.get(f"{base}/datasets/night/downloads", params={"limit": 1})).json()
    after = {"cursor": first["next_cursor"]}
    rest = (await owner.client.get(f"{base}/datasets/night/downloads", params=after)).json()
    assert first["items"] + rest["items"] == told["items"]
    assert rest["days"] == []
    assert (await member.client.get(f"{base}/datasets/night/downloads")).status_code == 403
    assert (await owner.client.get(f"{base}/datasets/atlantis/downloads")).status_code == 404


async def test_counts_are_written_when_the_service_stops_and_kept_while_the_database_is_away(tmp_path: Path) -> None:
    async with running_service(tmp_path) as service:
        owner = await service.person()
        slug = await service.organisation(owner)
        sent = await send(owner.client, slug, {"a.txt": b"a"}, dataset="night")
        away = Database("postgresql://127.0.0.1:1/nothing")
        url = f"/api/v1/organisations/{slug}/files/{sent[0]['file']}/content"
        assert (await owner.client.get(url)).status_code == 302
        with pytest.raises(StoreUnavailable):
            await service.house.downloads.write(away)
        await away.close()
        assert (await owner.client.get(url)).status_code == 302
    async with running_service(tmp_path) as service:
        client = service.client(Authorization=f"Bearer {owner.token}")
        told = (await client.get(f"/api/v1/organisations/{slug}/datasets/night/downloads")).json()
        assert [item["files"] for item in told["items"]] == [2]
