"""Uploads that arrive when there is no place for them any more: their bytes stay, to be completed later."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from domain.metering import GIB
from tests.support.crew import gather
from tests.support.ledger_rows import add_contents, remove_contents
from tests.support.plans import assign, small_plan
from tests.support.service import Person, RunningService
from tests.support.stored_files import organisation_id_of


class Sending(msgspec.Struct):
    """An upload whose bytes have arrived, and which is not completed yet."""

    owner: Person
    base: str
    id: str
    contents: list[bytes]

    async def complete(self) -> list[dict[str, Any]]:
        files = [{"position": n, "sha256": hashlib.sha256(data).hexdigest()} for n, data in enumerate(self.contents)]
        reply = await self.owner.client.post(f"{self.base}/uploads/{self.id}/complete", json={"files": files})
        assert reply.status_code == 200, reply.text
        return list(reply.json()["files"])


async def sent(service: RunningService, owner: Person, base: str, files: dict[str, bytes], **more: Any) -> Sending:
    """Send the bytes of files, in parts where they are large, and stop there."""
    told = [
        {"path": path, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in files.items()
    ]
    begun = (await owner.client.post(f"{base}/uploads", json={"files": told, **more})).json()
    for file, data in zip(begun["files"], files.values(), strict=True):
        puts = [(file["put"], 0, len(data))] if file["put"] else []
        if file["part_size_bytes"]:
            address = f"{base}/uploads/{begun['id']}/files/{file['position']}/parts"
            parts = (await owner.client.post(address, json={})).json()["parts"]
            puts = [(part["put"], part["offset_bytes"], part["size_bytes"]) for part in parts]
        for put, offset, size in puts:
            content = data[offset : offset + size]
            reply = await service.anonymous.put(put["url"], content=content, headers=put["headers"])
            assert reply.status_code == 200, reply.text
    return Sending(owner, base, begun["id"], list(files.values()))


@pytest.fixture
async def owner(service: RunningService) -> Person:
    return await service.person()


async def organisation(service: RunningService, owner: Person) -> str:
    return f"/api/v1/organisations/{await service.organisation(owner)}"


def fates(files: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(file["state"], (file["problem"] or {}).get("code")) for file in files]


async def test_a_dataset_that_was_closed_meanwhile_takes_no_file_until_it_is_open_again(
    service: RunningService, owner: Person
) -> None:
    base = await organisation(service, owner)
    large = bytes(service.house.config.part_size_bytes + 1000)
    late = await sent(service, owner, base, {"small": b"small", "large": large}, dataset="nova")
    beside = await sent(service, owner, base, {"small": b"small"})
    nova = f"{base}/datasets/nova"
    assert (await owner.client.post(f"{nova}/close")).status_code == 200

    refused = await late.complete()
    assert fates(refused) == [("wanted", "dataset-closed")] * 2
    assert "open it again" in refused[0]["problem"]["detail"]
    assert fates(await beside.complete()) == [("stored", None)], "nothing else is stopped"
    assert (await owner.client.get(f"{nova}/files")).json()["items"] == []

    assert (await owner.client.post(f"{nova}/reopen")).status_code == 200
    assert fates(await late.complete()) == [("stored", None)] * 2
    assert [file["path"] for file in (await owner.client.get(f"{nova}/files")).json()["items"]] == ["large", "small"]


async def test_files_arriving_while_their_dataset_closes_are_in_it_or_wait(
    service: RunningService, owner: Person
) -> None:
    base = await organisation(service, owner)
    late = [await sent(service, owner, base, {f"{n}": b"%d" % n}, dataset="nova") for n in range(12)]
    nova = f"{base}/datasets/nova"

    async def closed() -> None:
        await asyncio.sleep(0.1)
        assert (await owner.client.post(f"{nova}/close")).status_code == 200

    [*done, _] = await asyncio.gather(*(each.complete() for each in late), closed())
    taken = [each for each, [file] in zip(late, done, strict=True) if file["state"] == "stored"]
    assert (await owner.client.get(nova)).json()["file_count"] == len(taken), "none joined behind its back"
    assert (await owner.client.post(f"{nova}/reopen")).status_code == 200
    for each in late:
        assert fates(await each.complete()) == [("stored", None)], "its bytes were kept"


async def test_a_dataset_that_was_deleted_meanwhile_is_told_of(service: RunningService, owner: Person) -> None:
    base = await organisation(service, owner)
    late = await sent(service, owner, base, {"a": b"a"}, dataset="nova")
    assert (await owner.client.delete(f"{base}/datasets/nova")).status_code == 204
    assert fates(await late.complete()) == [("wanted", "not-found")]


# --- room


class Store(msgspec.Struct):
    """An organisation's store of 1 GiB, of which just so much is left as a test says."""

    service: RunningService
    slug: str

    async def leave(self, left_bytes: int) -> None:
        await assign(self.service.house, self.slug, small_plan())
        organisation_id = await organisation_id_of(self.service.house, self.slug)
        async with self.service.house.database.transaction(organisation=organisation_id) as connection:
            await remove_contents(connection, organisation_id, ["filler"])
            await add_contents(connection, organisation_id, {"filler": GIB - left_bytes})

    async def age_uploads(self) -> None:
        """Let an hour pass since uploads began: what they announced counts no more."""
        organisation_id = await organisation_id_of(self.service.house, self.slug)
        async with self.service.house.database.transaction(organisation=organisation_id) as connection:
            await connection.execute(text("UPDATE uploads SET created_at = created_at - interval '1 hour'"))

    async def stored_bytes(self, owner: Person) -> int:
        usage = (await owner.client.get(f"/api/v1/organisations/{self.slug}/usage")).json()
        return int(usage["total"]["stored_bytes"])


@pytest.fixture
async def store(service: RunningService, owner: Person) -> Store:
    return Store(service, await service.organisation(owner))


async def test_what_arrives_when_the_room_is_gone_waits_until_there_is_some(store: Store, owner: Person) -> None:
    base = f"/api/v1/organisations/{store.slug}"
    large = bytes(store.service.house.config.part_size_bytes + 1000)
    late = await sent(store.service, owner, base, {"large": large, "small": b"small", "twin": large})
    await store.leave(10)
    refused = await late.complete()
    assert fates(refused) == [("wanted", "over-quota"), ("stored", None), ("wanted", "over-quota")]
    assert "What arrived is kept" in refused[0]["problem"]["detail"]
    assert await store.stored_bytes(owner) == GIB - 5
    await store.leave(len(large) + len(b"small"))
    assert fates(await late.complete()) == [("stored", None)] * 3, "one content is stored once"
    assert await store.stored_bytes(owner) == GIB


async def test_uploads_that_were_announced_one_after_the_other_share_the_room_there_is(
    store: Store, owner: Person
) -> None:
    base = f"/api/v1/organisations/{store.slug}"
    await store.leave(100)
    late = []
    for n in range(6):
        late.append(await sent(store.service, owner, base, {f"{n}": b"%d" % n * 40}))
        await store.age_uploads()
    done = await asyncio.gather(*(each.complete() for each in late))
    assert sorted(fates(files)[0] for files in done) == [("stored", None)] * 2 + [("wanted", "over-quota")] * 4
    assert await store.stored_bytes(owner) == GIB - 20


async def test_files_without_a_checksum_count_each_in_whatever_upload(store: Store, owner: Person) -> None:
    base = f"/api/v1/organisations/{store.slug}"
    await store.leave(100)
    announced = {"files": [{"path": "same", "size_bytes": 60}]}
    assert (await owner.client.post(f"{base}/uploads", json=announced)).status_code == 201
    refused = await owner.client.post(f"{base}/uploads", json=announced)
    assert (refused.status_code, refused.json()["announced_bytes"]) == (413, 60)
    await store.age_uploads()  # what nobody sends any more takes no room
    assert (await owner.client.post(f"{base}/uploads", json=announced)).status_code == 201


async def test_no_more_parts_are_signed_when_the_room_is_gone(store: Store, owner: Person) -> None:
    base = f"/api/v1/organisations/{store.slug}"
    size = store.service.house.config.part_size_bytes * 2
    begun = await owner.client.post(f"{base}/uploads", json={"files": [{"path": "large", "size_bytes": size}]})
    parts = f"{base}/uploads/{begun.json()['id']}/files/0/parts"
    await store.age_uploads()
    await store.leave(size)
    assert (await owner.client.post(parts, json={})).status_code == 200
    await store.leave(size - 1)
    refused = await owner.client.post(parts, json={})
    assert (refused.status_code, refused.json()["type"]) == (413, "/problems/over-quota")


async def test_a_teams_files_wait_for_room_at_their_host_and_hear_no_figures(service: RunningService) -> None:
    crew = await gather(service)
    host = Store(service, crew.host)
    late = await sent(service, crew.editor, crew.path(), {"plan.txt": b"a long plan"})
    await host.leave(10)
    [refused] = await late.complete()
    assert fates([refused]) == [("wanted", "over-quota")]
    assert str(GIB) not in refused["problem"]["detail"].replace(",", "")
    assert await crew.tree() == {}
    await host.leave(11)
    assert fates(await late.complete()) == [("stored", None)]
    assert list(await crew.tree()) == ["plan.txt"]
