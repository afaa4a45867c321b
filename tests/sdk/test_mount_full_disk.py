"""The disk on which blocks are kept is full: they are not kept then, and whoever reads does not notice."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path

import pytest
import uraniborg
from crc32c import crc32c as crc32c_of
from uraniborg.team_files import put_team_files
from uraniborg.tree.blocks import BLOCK_BYTES, BlockCache

from tests.support.mounting import Mount, why_no_mount
from tests.support.small_disk import small_disk_at

LARGE = random.Random(5).randbytes(24 * 1024**2 + 77)


@pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())
def test_what_has_no_room_is_read_all_the_same(
    mount: Mount, client: uraniborg.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = str(client.add_team(name=f"Full {client.organisation}").slug)
    (tmp_path / "large.bin").write_bytes(LARGE)
    assert put_team_files(client, tmp_path / "large.bin", team).ok
    with small_disk_at(tmp_path / "small", 8) as small:
        monkeypatch.setenv("XDG_CACHE_HOME", str(small))
        received = []
        for _ in range(2):  # the second mount finds on the disk what there was room for
            root = mount("--team", team)
            for _ in range(2):
                read = subprocess.run(["cat", root / "files" / "large.bin"], capture_output=True, timeout=120)
                assert (read.returncode, read.stdout == LARGE) == (0, True), read.stderr
            received.append(json.loads((root / ".uraniborg" / "status.json").read_text())["received_bytes"])
        left_bytes = os.statvfs(small).f_bavail * os.statvfs(small).f_frsize
        assert left_bytes < 2 * 1024**2, "it was filled, and is small enough to tell anything"
        assert received[0] == len(LARGE)
        assert 0 < received[1] < len(LARGE) - 4 * 1024**2


def test_a_full_disk_spoils_nothing_and_is_used_again_when_there_is_room(tmp_path: Path) -> None:
    sha256 = "5a" * 32
    pieces = [memoryview(random.Random(number).randbytes(BLOCK_BYTES)) for number in range(96)]
    blocks = [(piece, crc32c_of(piece)) for piece in pieces]
    with small_disk_at(tmp_path / "small", 3) as small:
        (small / "other").write_bytes(bytes(1024**2))
        cache = BlockCache(small / "blocks", 10**9)
        for first in range(0, len(blocks), 4):
            cache.write(sha256, first, blocks[first : first + 4])
        kept = [block is not None for block in cache.read(sha256, 0, len(blocks))]
        assert 40 < sum(kept) < 64
        again = BlockCache(small / "blocks", 10**9)
        for known in (cache, again):  # to another program there is what this one has kept, and nothing else
            found = known.read(sha256, 0, len(blocks))
            assert [block is not None for block in found] == kept
            assert all(block is None or block[0] == piece for block, piece in zip(found, pieces, strict=True))
        (small / "other").unlink()
        last = len(blocks) - 4
        cache.write(sha256, last, blocks[last:])
        assert cache.read(sha256, last, 4) == [None] * 4, "a full disk is left alone for a while"
        again.write(sha256, last, blocks[last:])
        for known in (again, cache):
            assert [block[0] if block else None for block in known.read(sha256, last, 4)] == pieces[last:]
            known.close()
