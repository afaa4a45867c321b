"""Addresses of many files at once: what asking for each alone gives, and counts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import text

from tests.support.sending import send, wait_for_jobs
from tests.support.service import RunningService
from tests.support.stored_files import organisation_id_of


async def test_each_file_has_its_address_or_its_problem_in_the_order_asked(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    base = f"/api/v1/organisations/{slug}"
    sent = await send(owner.client, slug, {"a": b"one", "deep/b.txt": b"second", "c": b"old", "d": b"gone"})
    a, b, c, d = (result["file"] for result in sent)
    await wait_for_jobs(owner.client, slug)
    organisation_id = await organisation_id_of(service.house, slug)
    async with service.house.database.transaction(organisation=organisation_id) as connection:
        archived = "UPDATE contents SET tier = 'archive' WHERE sha256 = (SELECT sha256 FROM files WHERE id = :id)"
        await connection.execute(text(archived), {"id": c})
    assert (await owner.client.delete(f"{base}/files/{d}")).status_code == 204
    nobodys = str(uuid4())
    reply = await owner.client.post(f"{base}/files/addresses", json={"files": [b, nobodys, c, d, a, b]})
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["addresses"]
    assert [one["file"] for one in found] == [b, nobodys, c, d, a, b]
    told = [one["problem"]["code"] if one["problem"] else one["size_bytes"] for one in found]
    assert told == [6, "not-found", "archived", "not-found", 3, 6]
    assert [one["url"] is None for one in found] == [False, True, True, True, False, False]
    for one, content in ((found[0], b"second"), (found[4], b"one")):
        assert (await service.anonymous.get(one["url"], headers={"Range": "bytes=0-99"})).content == content
    async with service.house.database.transaction(organisation=organisation_id) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM recalls")) == 0, "many are read ahead"
    async with service.house.database.transaction(organisation=organisation_id) as connection:
        await connection.execute(text("UPDATE contents SET tier = 'hot'"))


async def test_they_count_as_asking_for_each_alone_does(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    base = f"/api/v1/organisations/{slug}"
    sent = await send(owner.client, slug, {"a": b"x" * 100, "b": b"y" * 1000}, dataset="night")
    a, b = (result["file"] for result in sent)

    async def counted() -> tuple[int, int]:
        await service.house.downloads.write(service.house.database)
        usage = (await owner.client.get(f"{base}/usage")).json()
        rows = (await owner.client.get(f"{base}/datasets/night/downloads")).json()["items"]
        return usage["total"]["egress_bytes"], sum(row["files"] for row in rows)

    assert (await owner.client.get(f"{base}/files/{a}/content")).status_code == 302
    assert await counted() == (100, 1)
    wanted = {"files": [a, b, str(uuid4())]}
    assert (await owner.client.post(f"{base}/files/addresses", json=wanted)).status_code == 200
    assert await counted() == (1200, 3)


async def test_more_than_a_thousand_are_refused(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    path = f"/api/v1/organisations/{slug}/files/addresses"
    for files in ([], [str(uuid4()) for _ in range(1001)], ["../a"]):
        assert (await owner.client.post(path, json={"files": files})).status_code == 400
