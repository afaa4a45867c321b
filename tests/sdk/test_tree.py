"""The tree from Python: folders, bytes by ranges, the blocks on disk; whatever line and disk make of them."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import uraniborg
from crc32c import crc32c as crc32c_of
from hypothesis import given
from hypothesis import strategies as st
from uraniborg.errors import NotFound, ServiceUnavailable, TransferFailed
from uraniborg.team_files import put_team_files
from uraniborg.tree import Contents, Tree
from uraniborg.tree.block_writer import WAITING_BYTES, BlockWriter
from uraniborg.tree.blocks import BLOCK_BYTES, BlockCache
from uraniborg.tree.buffers import Buffers
from uraniborg.tree.crc32c import combined
from uraniborg.tree.reader import Address

from tests.support.meddling_proxy import MeddlingProxy

LARGE = random.Random(7).randbytes(5 * 1024**2 + 1234)


@pytest.fixture
def team(client: uraniborg.Client) -> str:
    made = client.add_team(name=f"Comets of {client.organisation}")
    return str(made.slug)


@pytest.fixture
def tree(client: uraniborg.Client, at_home: Path) -> Iterator[Tree]:
    made = Tree(client, Contents(limit_bytes=64 * 1024**2))
    yield made
    made.close()


@pytest.fixture
def files(client: uraniborg.Client, team: str, tmp_path: Path) -> str:
    """A team's files; where they are in the tree."""
    folder = tmp_path / "files"
    (folder / "sub").mkdir(parents=True)
    (folder / "large.bin").write_bytes(LARGE)
    (folder / "empty").write_bytes(b"")
    (folder / "sub" / "Åben.txt").write_bytes(b"open")
    report = put_team_files(client, folder, team)
    assert report.ok, report.failed
    return f"/team/{team}/files"


def test_folders_and_files(tree: Tree, files: str) -> None:
    assert {name: e.is_folder for name, e in tree.list(files).items()} == {
        "empty": False, "large.bin": False, "sub": True,
    }  # fmt: skip
    found = tree.find(f"{files}/large.bin")
    assert found is not None
    assert (found.size_bytes, found.sha256) == (len(LARGE), hashlib.sha256(LARGE).hexdigest())
    assert tree.find(f"{files}/nothing") is None
    assert tree.find("/") is not None
    for missing in (f"{files}/nothing", f"{files}/large.bin", "/team/nobody"):
        with pytest.raises(NotFound):
            tree.list(missing)
    assert tree.open(f"{files}/sub/Åben.txt").read(0, 100) == b"open"
    assert tree.open(f"{files}/empty").read(0, 100) == b""
    with pytest.raises(NotFound):
        tree.open(f"{files}/sub")


def test_without_the_service_what_was_found_is_found_again(
    client: uraniborg.Client, files: str, line: MeddlingProxy
) -> None:
    """Whatever way it was found: folders on the way to it may never have been listed."""
    tree = Tree(client, Contents(limit_bytes=64 * 1024**2), patience_s=0.0)
    assert tree.open(f"{files}/large.bin").read(0, 10) == LARGE[:10]
    assert list(tree.list(f"{files}/sub")) == ["Åben.txt"]
    line.refuse("GET", "/api/", 503, times=1000)
    line.refuse("POST", "/api/", 503, times=1000)
    tree.contents.settle()
    found = [tree.find(path) for path in (f"{files}/sub", files, files.rpartition("/")[0], "/team")]
    assert [entry is not None and entry.is_folder for entry in found] == [True] * 4
    assert tree.open(f"{files}/large.bin").read(0, 10) == LARGE[:10]
    with pytest.raises(ServiceUnavailable):
        tree.find(f"{files}/empty")
    tree.close()


def test_any_bytes_from_anywhere_by_many(tree: Tree, files: str) -> None:
    reader, wrong = tree.open(f"{files}/large.bin"), []

    def read(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(60):
            offset, length = chance.randrange(len(LARGE) + 5000), chance.choice([1, 2880, 70_000, 600_000])
            if reader.read(offset, length) != LARGE[offset : offset + length]:
                wrong.append((offset, length))
        at = 0
        while data := reader.read(at, 100_000):
            wrong.extend([(at, len(data))] * (data != LARGE[at : at + 100_000]))
            at += len(data)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert tree.contents.lines.received_bytes <= len(LARGE), "nothing came twice"


def test_a_second_program_reads_from_disk_without_a_line(tree: Tree, files: str, line: MeddlingProxy) -> None:
    assert tree.open(f"{files}/large.bin").read(0, len(LARGE)) == LARGE
    tree.contents.settle()
    other = Tree(tree.client, Contents(limit_bytes=64 * 1024**2))
    assert other.open(f"{files}/large.bin").read(0, len(LARGE)) == LARGE
    assert other.contents.lines.received_bytes == 0
    other.close()


def test_few_bytes_cost_few(tree: Tree, files: str) -> None:
    assert tree.open(f"{files}/large.bin").read(3_000_000, 10) == LARGE[3_000_000:3_000_010]
    assert tree.contents.lines.received_bytes <= 2 * BLOCK_BYTES


def test_of_places_here_and_there_the_last_stay_in_memory(tree: Tree, files: str) -> None:
    contents = Contents(limit_bytes=0)  # nothing on disk
    other = Tree(tree.client, contents)
    reader = other.open(f"{files}/large.bin")
    count = len(LARGE) // BLOCK_BYTES
    places = [number * 61 % count * BLOCK_BYTES for number in range(count)]  # never one near the one before
    assert all(reader.read(place, 10) == LARGE[place : place + 10] for place in places)
    moved = contents.lines.received_bytes
    assert moved == count * BLOCK_BYTES, "each is fetched by itself, and once"
    assert reader.read(places[-2], 10) and contents.lines.received_bytes == moved
    assert reader.read(places[0], 10) and contents.lines.received_bytes == moved + BLOCK_BYTES
    other.close()


def test_what_the_disk_spoiled_is_fetched_again(tree: Tree, files: str, at_home: Path) -> None:
    assert tree.open(f"{files}/large.bin").read(0, len(LARGE)) == LARGE
    tree.contents.settle()
    [segment] = (at_home / "cache/uraniborg/blocks").glob("??/*.0.blocks")
    with segment.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"spoiled")
        file.seek(4_000_000)
        file.write(bytes(len(LARGE) - 4_000_000))
    other = Tree(tree.client, Contents(limit_bytes=64 * 1024**2))
    assert other.open(f"{files}/large.bin").read(0, len(LARGE)) == LARGE
    assert 0 < other.contents.lines.received_bytes < len(LARGE) / 2
    other.close()


def test_wrong_bytes_from_the_store_are_told_and_not_kept(tree: Tree, files: str) -> None:
    """The line gives another file's bytes, of the same length: nothing but the checksum can tell."""
    entry = tree.find(f"{files}/large.bin")
    assert entry is not None
    true = tree._address(f"{files}/large.bin", entry.sha256, False)
    lied = crc32c_of(LARGE[:-1] + b"x").to_bytes(4, "big")
    address = Address(true.url, true.until_s, base64.b64encode(lied).decode())
    other = hashlib.sha256(LARGE[:-1] + b"x").hexdigest()
    with pytest.raises(TransferFailed):
        tree.contents.open(other, entry.size_bytes, lambda _: address).read(0, len(LARGE))
    assert tree.contents.cache.read(other, 0, 1) == [None]
    # Whoever sent the file may have told a wrong CRC32C of it: the SHA-256 rules.
    assert tree.contents.open(entry.sha256, entry.size_bytes, lambda _: address).read(0, len(LARGE)) == LARGE


def test_who_was_given_wrong_bytes_is_told_though_nobody_waited_for_the_last(
    tree: Tree, files: str, line: MeddlingProxy
) -> None:
    """The wrong ones come first, and the checksum is only there when what was read ahead has come as well."""
    reader = tree.open(f"{files}/large.bin")
    line.spoil_downloads(1)
    assert reader.read(0, 10) != LARGE[:10]
    tree.contents.hurry(reader, len(LARGE))
    deadline = time.monotonic() + 30
    while not tree.contents.times_wrong(reader.sha256) and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(TransferFailed):
        reader.read(100_000, 10)
    assert tree.open(f"{files}/large.bin").read(0, len(LARGE)) == LARGE


def test_an_address_that_expired_is_renewed(tree: Tree, files: str) -> None:
    entry = tree.find(f"{files}/large.bin")
    assert entry is not None
    good = tree._address(f"{files}/large.bin", entry.sha256, False)
    tree._addresses[entry.sha256] = Address(good.url + "0", good.until_s, good.crc32c)  # no such signature
    assert tree.open(f"{files}/large.bin").read(0, len(LARGE)) == LARGE


# --- the blocks on disk


def block(number: int, length: int = BLOCK_BYTES) -> tuple[bytes, int]:
    data = number.to_bytes(4, "big") * (length // 4)
    return data, crc32c_of(data)


def test_blocks_are_shared_and_the_limit_is_kept(tmp_path: Path) -> None:
    limit = 8 * 1024**2
    one, other = BlockCache(tmp_path, limit), BlockCache(tmp_path, limit)
    for content in range(40):
        sha256 = hashlib.sha256(bytes([content])).hexdigest()
        one.write(sha256, 2040, [block(i) for i in range(16)])  # across two segments
        assert other.read(sha256, 2040, 16) == [block(i) for i in range(16)]
        assert other.read(sha256, 2039, 2) == [None, block(0)]
        assert one.used_bytes() <= limit
    assert one.read(hashlib.sha256(bytes([0])).hexdigest(), 2040, 1) == [None]
    one.forget(sha256)
    assert other.read(sha256, 2040, 1) in ([None], [block(0)])  # it has the removed file open still
    assert BlockCache(tmp_path, limit).read(sha256, 2040, 1) == [None]


def test_a_killed_writer_leaves_no_wrong_block(tmp_path: Path) -> None:
    program = (
        "import sys, itertools; from pathlib import Path; from crc32c import crc32c as crc32c_of\n"
        "from uraniborg.tree.blocks import BlockCache, BLOCK_BYTES\n"
        "cache = BlockCache(Path(sys.argv[1]), 2**30)\n"
        "for i in itertools.count():\n"
        "    data = (i % 1000).to_bytes(4, 'big') * (BLOCK_BYTES // 4)\n"
        "    cache.write('a' * 64, i % 1000, [(data, crc32c_of(data))])\n"
        "    i == 200 and print('ready', flush=True)\n"
    )
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            writer.kill()
        found = BlockCache(tmp_path, 2**30).read("a" * 64, 0, 1000)
        assert all(kept is None or kept == block(i) for i, kept in enumerate(found))
    with (tmp_path / "aa" / f"{'a' * 64}.0.blocks").open("ab") as journal:
        journal.write(os.urandom(24))  # a line and a half of nonsense
    assert len([b for b in BlockCache(tmp_path, 2**30).read("a" * 64, 0, 1000) if b]) == len([b for b in found if b])


def test_a_folder_that_cannot_be_written_keeps_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    cache = BlockCache(tmp_path / "taken", 2**20)
    cache.write("a" * 64, 0, [block(0)])
    assert cache.read("a" * 64, 0, 1) == [None]
    with pytest.raises(ValueError, match="no SHA-256"):
        BlockCache(tmp_path, 2**20).write("../../etc", 0, [block(0)])


@given(st.lists(st.binary(max_size=3000), max_size=8))
def test_checksums_of_parts_make_that_of_the_whole(parts: list[bytes]) -> None:
    assert combined((crc32c_of(part), len(part)) for part in parts) == crc32c_of(b"".join(parts))


def test_what_a_short_program_read_is_kept_when_it_ends(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from crc32c import crc32c as crc32c_of\n"
        "from uraniborg.tree.blocks import BlockCache, BLOCK_BYTES\n"
        "from uraniborg.tree.block_writer import WAITING_BYTES, BlockWriter\n"
        "writer = BlockWriter(BlockCache(Path(sys.argv[1]), 2**30))\n"
        "for i in range(2 * WAITING_BYTES // BLOCK_BYTES):\n"  # more than may wait
        "    data = i.to_bytes(4, 'big') * (BLOCK_BYTES // 4)\n"
        "    writer.write('a' * 64, i, [(data, crc32c_of(data))], memoryview(data))\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    count = 2 * WAITING_BYTES // BLOCK_BYTES
    assert BlockCache(tmp_path, 2**30).read("a" * 64, 0, count) == [block(i) for i in range(count)]


def test_a_writer_that_was_flushed_or_closed_has_written_all(tmp_path: Path) -> None:
    cache = BlockCache(tmp_path, 2**30)
    writer = BlockWriter(cache)
    writer.flush()
    writer.write("a" * 64, 0, [block(0)], memoryview(block(0)[0]))
    writer.flush()
    assert cache.read("a" * 64, 0, 1) == [block(0)]
    writer.write("a" * 64, 1, [block(1)], memoryview(block(1)[0]))
    writer.close()
    assert cache.read("a" * 64, 0, 2) == [block(0), block(1)]
    writer.write("a" * 64, 2, [block(2)], memoryview(block(2)[0]))  # late, by a thread that was still fetching
    assert cache.read("a" * 64, 2, 1) == [block(2)]
    cache.close()


def test_many_bytes_are_kept_as_few_are(tmp_path: Path) -> None:
    """Large pieces go past the kernel's memory where they can, whatever length their end has and wherever they lie."""
    cache, buffers = BlockCache(tmp_path, 2**30), Buffers()
    writer = BlockWriter(cache)
    whole = random.Random(3).randbytes(2 * 1024**2 + 3 * BLOCK_BYTES + 4097)
    pieces = [whole[at : at + BLOCK_BYTES] for at in range(0, len(whole), BLOCK_BYTES)]
    blocks = [(piece, crc32c_of(piece)) for piece in pieces]
    for sha256, first in (("a" * 64, 0), ("b" * 64, 2040)):
        taken = buffers.take(len(whole))
        taken[:] = whole
        writer.write(sha256, first, blocks, taken)
        writer.flush()
        assert cache.read(sha256, first, len(blocks)) == blocks
    cache.write("c" * 64, 0, blocks, memoryview(b"x" + whole)[1:])  # not where a disk would want it
    assert cache.read("c" * 64, 0, len(blocks)) == blocks
    writer.close()
    cache.close()


def test_memory_is_used_again_when_no_view_of_it_is_left() -> None:
    buffers = Buffers()
    first = buffers.take(BLOCK_BYTES + 1)
    first[:2] = b"no"
    inside = first[1:2]
    del first
    assert bytes(buffers.take(BLOCK_BYTES + 1)[:2]) == bytes(2), "somebody still looks into the first"
    assert bytes(inside) == b"o"
    del inside
    given = [buffers.take(2 * BLOCK_BYTES) for _ in range(2)]  # of one size with the others
    assert sorted(bytes(view[:2]) for view in given) == [bytes(2), b"no"]


def test_readers_that_come_at_once_ask_once(
    tree: Tree, client: uraniborg.Client, team: str, line: MeddlingProxy, tmp_path: Path
) -> None:
    """Eight threads that list a folder and read its files from the last to the first cost what one costs."""
    for number in range(12):
        (tmp_path / f"{number:02d}.dat").write_bytes(b"%d" % number)
    assert put_team_files(client, sorted(tmp_path.glob("*.dat")), team).ok
    files = f"/team/{team}/files"
    line.forget()
    with ThreadPoolExecutor(8) as pool:
        listed = list(pool.map(lambda _: tree.list(files), range(8)))
        readers = [tree.open(f"{files}/{name}") for name in listed[0]]
        assert sorted(pool.map(lambda reader: reader.read(0, 2), reversed(readers))) == sorted(
            b"%d" % number for number in range(12)
        )
    asked = [path.partition("?")[0] for _, path, _ in line.requests]
    assert asked.count("/api/v1/tree") == 1
    assert asked.count("/api/v1/tree/addresses") <= 2
