"""Large files are summed up while their parts come, and never from other bytes than those that are kept."""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.local_objects import LocalObjects
from storage.objects import Digest, PartPlan
from tests.support.object_homes import Home, crc32c_of, local_home

PART = 5 * 1024**2


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with local_home(tmp_path / "store") as found:
        yield found


async def send(home: Home, key: str, upload: str, number: int, piece: bytes) -> None:
    [request] = await home.store.sign_parts(key, upload, [PartPlan(number, len(piece))], 60)
    (await home.send(request, piece)).raise_for_status()


async def completed(home: Home, key: str, upload: str) -> Digest:
    await home.store.complete_multipart(key, upload, await home.store.list_parts(key, upload))
    return await home.store.digest(key)


def check(digest: Digest, body: bytes) -> None:
    assert digest.size_bytes == len(body)
    assert digest.sha256 == hashlib.sha256(body).hexdigest()
    assert (digest.crc32, digest.crc32c) == (zlib.crc32(body), crc32c_of(body))


@pytest.mark.parametrize("seed", range(6))
async def test_in_whatever_order_and_however_often_parts_are_sent(home: Home, seed: int) -> None:
    chance = random.Random(seed)
    sizes = [PART] * chance.randint(0, 3) + [chance.randint(1, PART)]
    pieces = [chance.randbytes(size) for size in sizes]
    upload = await home.store.start_multipart("large", part_size_bytes=PART)
    sendings = [*enumerate(pieces, 1), *((n, chance.randbytes(sizes[n - 1])) for n in range(1, len(sizes) + 1))]
    chance.shuffle(sendings)
    last: dict[int, bytes] = {}
    for number, piece in sendings:
        await send(home, "large", upload, number, piece)
        last[number] = piece
    check(await completed(home, "large", upload), b"".join(last[number] for number in sorted(last)))


async def test_what_was_followed_is_not_read_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [random.Random(1).randbytes(PART), b"the end"]
    upload = await home.store.start_multipart("large", part_size_bytes=PART)
    for number in (2, 1):
        await send(home, "large", upload, number, pieces[number - 1])
    await home.store.complete_multipart("large", upload, await home.store.list_parts("large", upload))
    with monkeypatch.context() as patch:
        patch.setattr(LocalObjects, "_digest", None)  # that reads
        found = await home.store.digest_many(["large"])
    assert found["large"] is not None
    check(found["large"], b"".join(pieces))
    assert found["large"] == await home.store.digest("large"), "as by reading it"


async def test_another_process_completes_what_this_one_received(home: Home, tmp_path: Path) -> None:
    upload = await home.store.start_multipart("large", part_size_bytes=PART)
    await send(home, "large", upload, 1, b"1" * PART)
    store = LocalObjects(tmp_path / "store", secret=b"x" * 32, public_url="http://localhost")
    await store.complete_multipart("large", upload, await store.list_parts("large", upload))
    check(await store.digest("large"), b"1" * PART)
    await store.close()


async def test_a_part_that_came_anew_behind_the_sums_is_what_counts(home: Home) -> None:
    upload = await home.store.start_multipart("large", part_size_bytes=PART)
    await send(home, "large", upload, 1, b"1" * PART)
    await send(home, "large", upload, 2, b"2" * 100)
    await send(home, "large", upload, 1, b"one".ljust(PART))
    check(await completed(home, "large", upload), b"one".ljust(PART) + b"2" * 100)
