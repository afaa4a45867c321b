"""What only the local store can get wrong: kills, full disks, late writers, and other processes in the same folder."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from domain.errors import Conflict, InvalidInput, NotFound, ObservatoryError, StoreUnavailable
from storage.local_objects import LocalObjects
from storage.object_factory import open_object_store
from storage.object_faults import FILE_FAULTS, from_os_error
from storage.objects import PartPlan
from tests.support.asgi_server import free_socket
from tests.support.object_homes import SECRET, Home, local_home
from tests.support.small_disk import small_disk_at

ROOT = Path(__file__).resolve().parents[2]
PART = 5 * 1024**2
FUTURE = timedelta(hours=1)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with local_home(tmp_path / "store") as found:
        yield found


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[LocalObjects]:
    found = LocalObjects(tmp_path / "store", secret=SECRET, public_url="http://localhost")
    yield found
    await found.close()


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# --- kills

WRITER = """
import asyncio, sys
from pathlib import Path
from typing import Any
from storage.local_objects import LocalObjects

async def main():
    store = LocalObjects(Path(sys.argv[1]), secret=b"0" * 32, public_url="http://localhost")
    print("ready", flush=True)
    n = 0
    while True:
        await store.put(f"killed/{n % 3}", bytes([n % 251]) * 8_000_000, durable=False)
        await store.move(f"killed/{n % 3}", f"moved/{n}")
        n += 1

asyncio.run(main())
"""


@asynccontextmanager
async def running(program: str, *words: str, **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a Python program, and kill it without warning at the end."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, *words, cwd=ROOT, **options)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def test_a_kill_at_any_moment_leaves_whole_objects_or_none(tmp_path: Path, store: LocalObjects) -> None:
    chance = random.Random(7)
    for turn in range(4):
        async with running(WRITER, str(tmp_path / "store"), stdout=asyncio.subprocess.PIPE) as writer:
            assert writer.stdout is not None
            await writer.stdout.readline()
            while turn == 0 and not files_below(tmp_path / "store" / "objects"):
                await asyncio.sleep(0.01)
            await asyncio.sleep(chance.uniform(0.01, 0.2))
    seen = 0
    async for entry in store.list(""):
        body = await store.read(entry.key, 0, 10**9)
        assert len(body) == 8_000_000
        assert len(set(body)) == 1
        seen += 1
    assert seen
    assert await store.sweep_temp(datetime.now(UTC) - FUTURE) == 0
    await store.sweep_temp(datetime.now(UTC) + FUTURE)
    assert files_below(tmp_path / "store" / "temp") == []
    # The last move that was under way can be carried out by whoever comes next.
    for entry in [entry async for entry in store.list("killed/")]:
        await store.move(entry.key, f"again/{entry.key}")


SERVER = """
import socket, sys, uvicorn
from pathlib import Path
from typing import Any
from service.handlers.object_urls import ObjectUrls
from storage.local_objects import LocalObjects

store = LocalObjects(Path(sys.argv[1]), secret=sys.argv[2].encode(), public_url="http://localhost")
server = uvicorn.Server(uvicorn.Config(ObjectUrls(store), lifespan="off", log_level="error"))
server.run(sockets=[socket.socket(fileno=int(sys.argv[3]))])
"""


@pytest.mark.slow
async def test_a_server_killed_in_an_upload_keeps_nothing_of_it(tmp_path: Path, store: LocalObjects) -> None:
    with free_socket() as bound:
        bound.listen()
        words = [str(tmp_path / "store"), SECRET.decode(), str(bound.fileno())]
        async with running(SERVER, *words, pass_fds=[bound.fileno()]):
            upload = await store.start_multipart("late/parts", part_size_bytes=PART)
            requests = [
                await store.sign_put("late/whole", size_bytes=PART, expires_s=60),
                *await store.sign_parts("late/parts", upload, [PartPlan(1, PART)], 60),
            ]
            held = []  # dropping a connection closes it, and the server would clean up by itself
            for request in requests:
                held.append(await asyncio.open_connection(*bound.getsockname()))
                url = urlsplit(request.url)
                head = f"PUT {url.path}?{url.query} HTTP/1.1\r\nhost: x\r\ncontent-length: {PART}\r\n\r\n"
                held[-1][1].write(head.encode() + b"x" * (3 * 1024**2))
                await held[-1][1].drain()
            for _ in range(300):
                if files_below(tmp_path / "store" / "temp"):
                    break
                await asyncio.sleep(0.05)
            assert files_below(tmp_path / "store" / "temp"), "the upload never reached the disk"
    assert await store.stat("late/whole") is None
    assert await store.list_parts("late/parts", upload) == []
    assert await store.sweep_temp(datetime.now(UTC) + FUTURE) == 1
    assert files_below(tmp_path / "store" / "objects") == []


# --- late writers


async def test_a_late_part_cannot_change_what_is_complete(home: Home, tmp_path: Path) -> None:
    body = b"a" * PART
    upload = await home.store.start_multipart("fenced", part_size_bytes=PART)
    [request] = await home.store.sign_parts("fenced", upload, [PartPlan(1, PART)], 60)
    url = urlsplit(request.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    head = f"PUT {url.path}?{url.query} HTTP/1.1\r\nhost: x\r\ncontent-length: {PART}\r\n\r\n"
    writer.write(head.encode() + b"b" * 2 * 1024**2)
    await writer.drain()
    sparse = tmp_path / "store" / "multiparts" / upload / "bytes"
    for _ in range(300):
        if sparse.stat().st_size:
            break
        await asyncio.sleep(0.02)
    assert sparse.stat().st_size, "the first writer never wrote"
    (await home.send(request, body)).raise_for_status()
    parts = await home.store.list_parts("fenced", upload)
    await home.store.complete_multipart("fenced", upload, parts)
    verified = await home.store.digest("fenced")
    writer.write(b"b" * (PART - 2 * 1024**2))
    await writer.drain()
    assert (await reader.readline()).split()[1] == b"404"
    writer.close()
    assert await home.store.digest("fenced") == verified
    assert (await home.store.read("fenced", PART - 10, 10)) == b"a" * 10


async def test_an_object_is_readable_to_its_end_while_it_is_replaced(store: LocalObjects) -> None:
    await store.put("replaced", b"old" * 1000)
    source = store.range_source("replaced")
    await store.put("replaced", b"new")
    assert source.read(0, 10_000) == b"old" * 1000
    source.close()


# --- parts on disk


async def test_all_parts_but_the_last_have_the_size_that_was_said(home: Home) -> None:
    upload = await home.store.start_multipart("uneven", part_size_bytes=PART)
    with pytest.raises(InvalidInput):
        await home.store.sign_parts("uneven", upload, [PartPlan(1, PART + 1)], 60)
    requests = await home.store.sign_parts("uneven", upload, [PartPlan(1, 100), PartPlan(2, 100)], 60)
    for request in requests:
        (await home.send(request, b"x" * 100)).raise_for_status()
    with pytest.raises(InvalidInput):
        await home.store.complete_multipart("uneven", upload, await home.store.list_parts("uneven", upload))


async def test_completing_copies_nothing(home: Home, tmp_path: Path) -> None:
    upload = await home.store.start_multipart("large", part_size_bytes=PART)
    [request] = await home.store.sign_parts("large", upload, [PartPlan(1, PART)], 60)
    (await home.send(request, b"x" * PART)).raise_for_status()
    before = (tmp_path / "store" / "multiparts" / upload / "bytes").stat().st_ino
    await home.store.complete_multipart("large", upload, await home.store.list_parts("large", upload))
    assert (tmp_path / "store" / "objects" / "large").stat().st_ino == before
    assert list((tmp_path / "store" / "multiparts").iterdir()) == []


async def test_completing_again_after_a_kill_in_the_middle(home: Home, tmp_path: Path) -> None:
    upload = await home.store.start_multipart("halfway", part_size_bytes=PART)
    [request] = await home.store.sign_parts("halfway", upload, [PartPlan(1, 10)], 60)
    (await home.send(request, b"0123456789")).raise_for_status()
    parts = await home.store.list_parts("halfway", upload)
    # As if killed between the two steps: the object has its name, the folder is not gone yet.
    (tmp_path / "store" / "multiparts" / upload / "bytes").rename(tmp_path / "store" / "objects" / "halfway")
    await home.store.complete_multipart("halfway", upload, parts)
    assert await home.store.read("halfway", 0, 100) == b"0123456789"
    assert list((tmp_path / "store" / "multiparts").iterdir()) == []


async def test_what_was_just_written_is_read_once_it_is_another_file(home: Home, tmp_path: Path) -> None:
    bodies = {f"recent/{n}": bytes([n]) * 50_000 for n in range(20)}
    for key, body in bodies.items():
        await home.upload(key, body)
    right = {key: hashlib.sha256(body).hexdigest() for key, body in bodies.items()}
    found = await home.store.digest_many(bodies)
    assert {key: digest and digest.sha256 for key, digest in found.items()} == right
    # What nobody does, so that it is noticed: other bytes in the same file, another file, another upload, no file.
    folder = tmp_path / "store" / "objects" / "recent"
    (folder / "0").write_bytes(b"x" * 50_000)
    (folder / "new").write_bytes(b"y" * 50_000)
    (folder / "new").replace(folder / "1")
    await home.upload("recent/2", b"z" * 50_000)
    (folder / "3").unlink()
    found = await home.store.digest_many(bodies)
    for key, letter in (("recent/0", b"x"), ("recent/1", b"y"), ("recent/2", b"z")):
        digest = found.pop(key)
        assert digest is not None
        assert digest.sha256 == hashlib.sha256(letter * 50_000).hexdigest()
    assert found.pop("recent/3") is None
    assert {key: digest and digest.sha256 for key, digest in found.items()}.items() <= right.items()


async def test_many_moves_at_once_take_the_bytes_that_were_read_or_none(home: Home) -> None:
    bodies = {f"from/{n}": bytes([n]) * 30_000 for n in range(40)}
    for key, body in bodies.items():
        await home.upload(key, body)
    found = await home.store.digest_many(bodies)
    versions = {key: digest.version for key, digest in found.items() if digest is not None}
    await home.upload("from/7", b"changed")
    moved = await home.store.move_many([(key, f"to/{key[5:]}") for key in bodies], versions=versions)
    assert list(moved) == ["from/7"]
    assert isinstance(moved["from/7"], Conflict)
    assert await home.store.stat("to/7") is None
    for key, body in bodies.items():
        if key != "from/7":
            assert await home.store.read(f"to/{key[5:]}", 0, 100_000) == body
            assert await home.store.stat(key) is None


async def test_the_id_of_an_upload_is_good_for_its_own_key_only(store: LocalObjects) -> None:
    upload = await store.start_multipart("mine", part_size_bytes=PART)
    with pytest.raises(NotFound):
        await store.sign_parts("yours", upload, [PartPlan(1, 1)], 60)
    await store.abort_multipart("yours", upload)
    assert await store.list_parts("mine", upload) == []


async def test_what_a_power_cut_leaves_of_an_upload_is_swept(store: LocalObjects, tmp_path: Path) -> None:
    whole = await store.start_multipart("whole", part_size_bytes=PART)
    broken = await store.start_multipart("broken", part_size_bytes=PART)
    empty = await store.start_multipart("empty", part_size_bytes=PART)
    (tmp_path / "store" / "multiparts" / broken / "plan.json").unlink()
    (tmp_path / "store" / "multiparts" / empty / "plan.json").write_bytes(b"")
    with pytest.raises(NotFound):
        await store.list_parts("empty", empty)
    assert [each.multipart_id for each in await store.list_multiparts("", datetime.now(UTC) + FUTURE)] == [whole]
    assert await store.sweep_temp(datetime.now(UTC) + FUTURE) == 2
    assert [each.name for each in (tmp_path / "store" / "multiparts").iterdir()] == [whole]


# --- folders


async def test_folders_go_with_their_last_object(store: LocalObjects, tmp_path: Path) -> None:
    await store.put("a/b/c/one", b"1")
    await store.put("a/b/two", b"2")
    await store.move("a/b/c/one", "lasting/one")
    await store.delete(["a/b/two"])
    assert sorted(path.name for path in (tmp_path / "store" / "objects").iterdir()) == ["lasting"]
    await store.delete(["lasting/one"])
    assert (tmp_path / "store" / "objects").is_dir()


async def test_writers_and_pruners_of_one_folder_do_not_meet(store: LocalObjects) -> None:
    async def write_and_delete(n: int) -> None:
        for _ in range(40):
            await store.put(f"shared/folder/deep/{n}", b"x", durable=False)
            assert await store.read(f"shared/folder/deep/{n}", 0, 1) == b"x"
            await store.delete([f"shared/folder/deep/{n}"])

    await asyncio.gather(*(write_and_delete(n) for n in range(6)))


async def test_no_object_is_the_folder_of_another(store: LocalObjects) -> None:
    await store.put("a/b", b"1")
    with pytest.raises(Conflict):
        await store.put("a/b/c", b"2")
    with pytest.raises(Conflict):
        await store.put("a", b"3")
    for folder in ("a", "a/b/c"):
        assert await store.stat(folder) is None
        with pytest.raises(NotFound):
            await store.read(folder, 0, 1)
    assert await store.read("a/b", 0, 1) == b"1"


async def test_only_the_owner_can_read_the_folders(store: LocalObjects, tmp_path: Path) -> None:
    await store.put("private/frame", b"x")
    for path in [tmp_path / "store", *(tmp_path / "store").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


# --- what a disk can do


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "small", 2) as folder:
        yield folder


async def test_a_full_disk_is_said_and_leaves_nothing(small_disk: Path) -> None:
    async with local_home(small_disk / "store") as home:
        with pytest.raises(StoreUnavailable, match="full"):
            await home.store.put("big", b"x" * 4 * 1024**2)
        request = await home.store.sign_put("big", size_bytes=4 * 1024**2, expires_s=60)
        refused = await home.send(request, b"x" * 4 * 1024**2)
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/store-unavailable")
        assert "full" in refused.json()["detail"]
        assert files_below(small_disk) == []
        await home.upload("small", b"x" * 1000)
        assert await home.store.read("small", 0, 2000) == b"x" * 1000


async def test_a_read_only_disk_is_said(small_disk: Path) -> None:
    async with local_home(small_disk / "store") as home:
        await home.store.put("kept", b"x")
        remounting = await asyncio.create_subprocess_exec("mount", "-o", "remount,ro", small_disk)
        assert await remounting.wait() == 0
        with pytest.raises(StoreUnavailable, match="read-only"):
            await home.store.check()
        with pytest.raises(StoreUnavailable, match="read-only"):
            await home.store.move("kept", "moved")
        assert await home.store.read("kept", 0, 1) == b"x"


async def test_a_root_that_is_gone_is_no_empty_store(store: LocalObjects, tmp_path: Path) -> None:
    await store.put("kept", b"x")
    shutil.move(tmp_path / "store", tmp_path / "unmounted")
    with pytest.raises(StoreUnavailable):
        await store.check()
    for attempt in (
        store.put("new", b"x"),
        store.stat("kept"),
        store.read("kept", 0, 1),
        store.digest("kept"),
        store.digest_many(["kept"]),
        store.move("kept", "moved"),
        store.start_multipart("new", part_size_bytes=PART),
        store.list_multiparts("", datetime.now(UTC)),
        anext(store.list("")),
        store.sweep_temp(datetime.now(UTC)),
    ):
        with pytest.raises(StoreUnavailable):
            await attempt
    assert not (tmp_path / "store").exists()


def test_every_error_number_has_a_translation_without_the_drivers_words() -> None:
    for number in errno.errorcode:
        ours = from_os_error(OSError(number, os.strerror(number), "/secret/path"))
        assert isinstance(ours, ObservatoryError)
        assert "secret" not in ours.detail
        assert type(ours) is FILE_FAULTS.get(number, (StoreUnavailable,))[0]
    assert isinstance(from_os_error(OSError("no number")), StoreUnavailable)


# --- the address in the configuration


async def test_the_configured_address_names_the_folder(tmp_path: Path) -> None:
    store = open_object_store((tmp_path / "a folder").as_uri(), public_url="http://localhost", secret=SECRET)
    await store.put("kept", b"x")
    assert (tmp_path / "a folder" / "objects" / "kept").read_bytes() == b"x"
    await store.close()
    for wrong in ("file:///", "file://host/folder", "file:relative", "/folder", "ftp://x", "", "file:///x?y=z"):
        with pytest.raises(InvalidInput):
            open_object_store(wrong, public_url="", secret=SECRET)


def test_the_local_store_does_without_the_driver_of_s3() -> None:
    program = "import sys, storage.local_objects, storage.object_factory; sys.exit('boto3' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
