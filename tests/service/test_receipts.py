"""Downloads are told to who published: by whom, when, how much; each once, however often it was resumed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.support.sending import send, wait_for_jobs
from tests.support.service import PASSWORD, Person, RunningService


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
