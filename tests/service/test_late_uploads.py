"""Uploads that arrive when there is no place for them any more: their bytes stay, to be completed later."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import msgspec
import pytest

from tests.support.service import Person, RunningService


class Sending(msgspec.Struct):
    """An upload whose bytes have arrived, and which is not completed yet."""

    owner: Person
    base: str
    upload: str
    count: int

    async def complete(self) -> list[dict[str, Any]]:
        positions = [{"position": position} for position in range(self.count)]
        reply = await self.owner.client.post(f"{self.base}/uploads/{self.upload}/complete", json={"files": positions})
        assert reply.status_code == 200, reply.text
        return list(reply.json()["files"])


async def sent(service: RunningService, owner: Person, slug: str, files: dict[str, bytes], **more: Any) -> Sending:
    """Send the bytes of files, in parts where they are large, and stop there."""
    base = f"/api/v1/organisations/{slug}"
    told = [
        {"path": path, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in files.items()
    ]
    begun = (await owner.client.post(f"{base}/uploads", json={"files": told, **more})).json()
    for file, data in zip(begun["files"], files.values(), strict=True):
        puts = [(file["put"], 0, len(data))]
        if file["part_size_bytes"]:
            address = f"{base}/uploads/{begun['id']}/files/{file['position']}/parts"
            parts = (await owner.client.post(address, json={})).json()["parts"]
            puts = [(part["put"], part["offset_bytes"], part["size_bytes"]) for part in parts]
        for put, offset, size in puts:
            reply = await service.anonymous.put(
                put["url"], content=data[offset : offset + size], headers=put["headers"]
            )
            assert reply.status_code == 200, reply.text
    return Sending(owner, base, begun["id"], len(files))


@pytest.fixture
async def owner(service: RunningService) -> Person:
    return await service.person()


def fates(files: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(file["state"], (file["problem"] or {}).get("code")) for file in files]


async def test_a_dataset_that_was_closed_meanwhile_takes_no_file_until_it_is_open_again(
    service: RunningService, owner: Person
) -> None:
    slug = await service.organisation(owner)
    large = bytes(service.house.config.part_size_bytes + 1000)
    late = await sent(service, owner, slug, {"small": b"small", "large": large}, dataset="nova")
    beside = await sent(service, owner, slug, {"small": b"small"})
    nova = f"{late.base}/datasets/nova"
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
    slug = await service.organisation(owner)
    late = [await sent(service, owner, slug, {f"{n}": b"%d" % n}, dataset="nova") for n in range(12)]
    nova = f"{late[0].base}/datasets/nova"

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
    slug = await service.organisation(owner)
    late = await sent(service, owner, slug, {"a": b"a"}, dataset="nova")
    assert (await owner.client.delete(f"{late.base}/datasets/nova")).status_code == 204
    assert fates(await late.complete()) == [("wanted", "not-found")]
