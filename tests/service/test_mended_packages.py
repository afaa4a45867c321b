"""Once wrong checksums in a package's archive were mended, it is another archive to whoever resumes a download."""

from __future__ import annotations

import asyncio
import io
import zipfile

import httpx
from sqlalchemy import text

from service.actions.audit import audit
from tests.support.package_shelf import Shelf
from tests.support.stored_files import organisation_id_of


async def tell_wrong_crcs(shelf: Shelf) -> None:
    """Let the contents be as somebody sent them whose program sums up wrong."""
    organisation_id = await organisation_id_of(shelf.service.house, shelf.slug)
    async with shelf.service.house.database.transaction(organisation=organisation_id) as connection:
        await connection.execute(text("UPDATE contents SET crc32 = 7"))


async def link_to(shelf: Shelf, **what: object) -> httpx.AsyncClient:
    made = await shelf.owner.client.post(f"{shelf.base}/links", json={"name": "For the referee"} | what)
    assert made.status_code == 201, made.text
    return shelf.service.client(Authorization=f"Bearer {made.json()['secret']}")


def is_whole(archive: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.testzip() is None


async def test_a_download_begins_anew_where_the_archive_was_mended_meanwhile(shelf: Shelf) -> None:
    await tell_wrong_crcs(shelf)
    address = await shelf.published()
    public = shelf.service.anonymous
    to_package, to_dataset = await link_to(shelf, package="m31", version=1), await link_to(shelf, dataset="nova")
    doors = [(public, f"{address}/zip"), (to_package, "/api/v1/link/zip"), (to_dataset, "/api/v1/link/zip")]
    before = [await client.get(url) for client, url in doors]
    assert not any(is_whole(reply.content) for reply in before)
    again = [await client.get(url) for client, url in doors]
    assert [reply.headers["etag"] for reply in again] == [reply.headers["etag"] for reply in before]

    await asyncio.sleep(1.1)  # Last-Modified knows whole seconds
    report = await audit(shelf.service.house, deep=True, organisation=shelf.slug)
    assert len(report["mended"]) == 5
    for (client, url), old in zip(doors, before, strict=True):
        resumed = await client.get(url, headers={"Range": "bytes=1000-", "If-Range": old.headers["etag"]})
        assert resumed.status_code == 200, "from its first byte on"
        assert is_whole(resumed.content)
        assert len(resumed.content) == len(old.content)
        assert resumed.headers["etag"] != old.headers["etag"]
        now = {"Range": "bytes=1000-", "If-Range": resumed.headers["etag"]}
        rest = await client.get(url, headers=now)
        assert (rest.status_code, rest.content) == (206, resumed.content[1000:])
    by_date = {"Range": "bytes=1000-", "If-Range": before[0].headers["last-modified"]}
    assert (await public.get(doors[0][1], headers=by_date)).status_code == 200

    # Nothing is mended twice.
    mended = (await public.head(f"{address}/zip")).headers["etag"]
    await audit(shelf.service.house, deep=True, organisation=shelf.slug)
    assert (await public.head(f"{address}/zip")).headers["etag"] == mended
