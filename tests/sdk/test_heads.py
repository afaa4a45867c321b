"""First blocks that share a file: found by anybody, never wrong, and bounded."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from crc32c import crc32c as crc32c_of
from uraniborg.tree.blocks import BlockCache
from uraniborg.tree.heads import ENTRY, WAYS, Heads
from uraniborg.tree.segment import BLOCK_BYTES

LIMIT = 64 * WAYS * BLOCK_BYTES


def name_of(content: int) -> str:
    return hashlib.sha256(content.to_bytes(4, "big")).hexdigest()


def block(content: int, length: int = BLOCK_BYTES) -> tuple[bytes, int]:
    data = (content.to_bytes(4, "big") * (length // 4 + 1))[:length]
    return data, crc32c_of(data)


def test_what_one_keeps_another_finds(tmp_path: Path) -> None:
    one, other = Heads(tmp_path, LIMIT), Heads(tmp_path, LIMIT)
    assert other.read(name_of(0)) is None
    assert not other.has(name_of(0))
    lengths = [BLOCK_BYTES, 2880, 1, 0]
    for content in range(100):
        one.write(name_of(content), *block(content, lengths[content % 4]))
    for content in range(100):
        assert other.has(name_of(content))
        assert other.read(name_of(content)) == block(content, lengths[content % 4])
    other.forget(name_of(7))
    assert one.read(name_of(7)) is None
    assert one.read(name_of(8)) == block(8, lengths[0])
    one.close()
    other.close()


def test_a_full_file_gives_way_and_stays_as_large_as_it_may_be(tmp_path: Path) -> None:
    heads = Heads(tmp_path, LIMIT)
    places = LIMIT // BLOCK_BYTES
    for content in range(3 * places):
        heads.write(name_of(content), *block(content))
    found = [heads.read(name_of(content)) for content in range(3 * places)]
    assert all(it in (None, block(content)) for content, it in enumerate(found))
    assert found[-1] == block(3 * places - 1), "the last one is here"
    assert 0.8 * places < sum(it is not None for it in found) <= places
    [file] = tmp_path.iterdir()
    assert file.stat().st_blocks * 512 <= LIMIT + 64 * WAYS * ENTRY.size + BLOCK_BYTES
    heads.close()


def test_whatever_the_disk_makes_of_it_a_wrong_block_is_never_given(tmp_path: Path) -> None:
    heads = Heads(tmp_path, LIMIT)
    for content in range(200):
        heads.write(name_of(content), *block(content))
    [path] = tmp_path.iterdir()
    whole = path.read_bytes()
    index_bytes = heads.sets * WAYS * ENTRY.size
    for at in [*range(0, index_bytes, 1009), *range(index_bytes, len(whole), 50_021)]:
        path.write_bytes(whole)
        with path.open("r+b") as file:
            file.seek(at)
            file.write(b"spoiled")
        assert all(heads.read(name_of(content)) in (None, block(content)) for content in range(0, 200, 3))
    heads.close()


def test_many_programs_write_at_once(tmp_path: Path) -> None:
    """Into few sets, so that they meet; each is killed by itself at some time, as by a power cut."""
    program = (
        "import os, random, sys; from pathlib import Path; from tests.sdk.test_heads import *\n"
        "heads, chance = Heads(Path(sys.argv[1]), 4 * WAYS * BLOCK_BYTES), random.Random(sys.argv[2])\n"
        "for turn in range(chance.randrange(500, 2000)):\n"
        "    content = chance.randrange(200)\n"
        "    found = heads.read(name_of(content))\n"
        "    assert found in (None, block(content)), content\n"
        "    heads.write(name_of(content), *block(content))\n"
        "os._exit(0)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(number)], stderr=subprocess.PIPE)
        for number in range(4)
    ]
    for process in running:
        _, told = process.communicate()
        assert process.returncode == 0, told.decode()
    heads = Heads(tmp_path, 4 * WAYS * BLOCK_BYTES)
    found = [heads.read(name_of(content)) for content in range(200)]
    assert all(it in (None, block(content)) for content, it in enumerate(found))
    assert any(found)
    heads.close()


def test_it_begins_anew_where_somebody_made_room(tmp_path: Path) -> None:
    heads = Heads(tmp_path / "new", LIMIT)
    heads.write(name_of(1), *block(1))
    [path] = (tmp_path / "new").iterdir()
    path.unlink()
    assert heads.read(name_of(1)) is None
    heads.write(name_of(1), *block(1))
    assert heads.read(name_of(1)) == block(1)
    heads.close()


def test_the_cache_puts_lone_first_blocks_together(tmp_path: Path) -> None:
    cache = BlockCache(tmp_path, 2**30)
    for content in range(300):
        cache.write(name_of(content), 0, [block(content)])
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} <= {"heads", "lock"}, "no file for each"
    assert 300 * BLOCK_BYTES <= cache.used_bytes() < 320 * BLOCK_BYTES
    cache.write(name_of(5), 1, [block(1005), block(2005)])
    other = BlockCache(tmp_path, 2**30)
    assert other.may_have(name_of(6), 0, 1)
    assert not other.may_have(name_of(6), 1, 1)
    assert other.read(name_of(5), 0, 4) == [block(5), block(1005), block(2005), None]
    cache.forget(name_of(5))
    assert other.read(name_of(5), 0, 1) == [None]
    cache.close()
    other.close()


def test_it_counts_where_the_limit_is_reached(tmp_path: Path) -> None:
    limit = 16 * 1024**2
    cache = BlockCache(tmp_path, limit)
    for content in range(2000):
        cache.write(name_of(content), 0, [block(content)])
        cache.write(name_of(content), 1, [block(content), block(content)])
        assert cache.used_bytes() <= limit
    found = [cache.read(name_of(content), 0, 3) for content in range(2000)]
    assert all(it in (None, block(content)) for content, blocks in enumerate(found) for it in blocks)
    assert any(blocks[0] for blocks in found)
    assert any(blocks[1] for blocks in found)
    cache.close()
    assert os.listdir(tmp_path)
