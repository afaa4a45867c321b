"""Tiers of object stores: a move leaves the same bytes under the same key, whatever is there and however often."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from domain.errors import Conflict, InvalidInput, NotFound
from domain.tiers import Archived
from storage.local_objects import LocalObjects
from storage.object_factory import open_object_store
from storage.s3_objects import S3Objects

KEY, DATA = "tenant/aa/file", b"light of M 31" * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()
FACTS = {"size_bytes": len(DATA), "sha256": SHA256}


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[LocalObjects]:
    store = LocalObjects(tmp_path, secret=b"0" * 32, public_url="http://127.0.0.1:9")
    yield store
    await store.close()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    # Keeps storage classes, and refuses to read what sleeps before it is restored. It checks no signature and no
    # checksum, about which the contract tests ask a real server.
    server = ThreadedMotoServer(port=0)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
async def s3(endpoint: str, request: pytest.FixtureRequest) -> AsyncIterator[S3Objects]:
    bucket = hashlib.sha256(request.node.name.encode()).hexdigest()[:32]
    keys = {"aws_access_key_id": "who", "aws_secret_access_key": "ever"}
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys).create_bucket(Bucket=bucket)
    url = f"s3://{bucket}?endpoint={endpoint}&region=us-east-1&cool=STANDARD_IA&archive=GLACIER"
    store = open_object_store(url, public_url="", secret=b"", access_key="who", secret_key="ever")
    assert isinstance(store, S3Objects)
    yield store
    await store.close()


def places(store: LocalObjects) -> list[str]:
    root = Path(store.describe().root)
    return sorted(str(path.relative_to(root)) for path in root.rglob("file"))


async def test_a_move_is_a_copy_and_then_a_deletion_and_both_may_be_repeated(local: LocalObjects) -> None:
    await local.put(KEY, DATA)
    for tier, before in (("cool", "objects"), ("archive", "cool"), ("hot", "archive")):
        folder = {"hot": "objects"}.get(tier, tier)
        for _ in range(2):
            await local.copy_to_tier(KEY, tier, **FACTS)
            assert places(local) == sorted([f"{before}/{KEY}", f"{folder}/{KEY}"])
            assert [entry.key async for entry in local.list("")] == [KEY], "listed once, in two tiers"
        for _ in range(2):
            await local.drop_other_tiers(KEY, tier)
        assert places(local) == [f"{folder}/{KEY}"]
        assert await local.read(KEY, 0, len(DATA)) == DATA
        stat = await local.stat(KEY)
        assert stat is not None
        assert stat.size_bytes == len(DATA)
        assert (await local.digest(KEY)).sha256 == SHA256
    await local.copy_to_tier(KEY, "cool", **FACTS)
    await local.delete([KEY])
    assert places(local) == []


async def test_nothing_is_deleted_where_the_copy_is_not_there(local: LocalObjects) -> None:
    await local.put(KEY, DATA)
    with pytest.raises(NotFound):
        await local.drop_other_tiers(KEY, "cool")
    assert await local.read(KEY, 0, 5) == DATA[:5]
    with pytest.raises(NotFound):
        await local.copy_to_tier("tenant/aa/none", "cool", **FACTS)


async def test_bytes_that_are_others_by_now_are_not_moved(local: LocalObjects) -> None:
    await local.put(KEY, DATA[:-1] + b"x")
    with pytest.raises(Conflict):
        await local.copy_to_tier(KEY, "cool", **FACTS)
    assert places(local) == [f"objects/{KEY}"]
    # A copy that rotted where it is going is exchanged for a good one.
    await local.put(KEY, DATA)
    await local.copy_to_tier(KEY, "cool", **FACTS)
    root = Path(local.describe().root)
    (root / "cool" / KEY).write_bytes(b"rot")
    await local.copy_to_tier(KEY, "cool", **FACTS)
    assert (root / "cool" / KEY).read_bytes() == DATA
    assert not os.listdir(root / "temp")


async def test_a_storage_class_changes_and_the_key_stays(s3: S3Objects) -> None:
    await s3.put(KEY, DATA, media_type="application/fits")
    assert s3.tiers == {"hot", "cool", "archive"}
    for tier in ("cool", "cool", "hot"):
        await s3.copy_to_tier(KEY, tier, **FACTS)
        await s3.drop_other_tiers(KEY, tier)
        assert await s3.read(KEY, 0, len(DATA)) == DATA
    with pytest.raises(Conflict):
        await s3.copy_to_tier(KEY, "cool", size_bytes=len(DATA), sha256="0" * 64)
    await s3.drop_other_tiers(KEY, "hot")
    with pytest.raises(NotFound):
        await s3.copy_to_tier("tenant/aa/none", "cool", **FACTS)


async def test_what_sleeps_is_recalled_before_it_is_read_or_moved(s3: S3Objects) -> None:
    await s3.put(KEY, DATA)
    assert await s3.recall(KEY), "what is awake need not be recalled"
    await s3.copy_to_tier(KEY, "archive", **FACTS)
    assert s3.recall_s == 5 * 3600
    with pytest.raises(Archived):
        await s3.read(KEY, 0, 5)
    with pytest.raises(Archived):
        await s3.copy_to_tier(KEY, "hot", **FACTS)
    assert not await s3.recall(KEY)
    assert await s3.recall(KEY)  # this server takes a moment where Amazon takes hours
    await s3.copy_to_tier(KEY, "hot", **FACTS)
    await s3.drop_other_tiers(KEY, "hot")
    assert await s3.read(KEY, 0, len(DATA)) == DATA


def test_only_amazon_is_taken_to_have_tiers(endpoint: str) -> None:
    plain = open_object_store(f"s3://b?endpoint={endpoint}", public_url="", secret=b"", access_key="a", secret_key="b")
    assert plain.tiers == {"hot"}
    amazon = open_object_store("s3://b?region=eu-north-1", public_url="", secret=b"", access_key="a", secret_key="b")
    assert amazon.tiers == {"hot", "cool", "archive"}
    with pytest.raises(InvalidInput):
        open_object_store("s3://b?cool=a%20b", public_url="", secret=b"", access_key="a", secret_key="b")


async def test_a_server_that_looks_at_no_checksum_is_not_taken_to_enforce_any(s3: S3Objects) -> None:
    assert not await s3.enforces_sha256()
    assert [entry.key async for entry in s3.list("")] == []
