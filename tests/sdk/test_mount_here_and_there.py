"""Bytes here and there in a large mounted file: they alone are fetched, and whole blocks of them kept and checked."""

from __future__ import annotations

import errno
import json
import os
import random
import time
from pathlib import Path

import pytest
import uraniborg
from uraniborg.team_files import put_team_files

from tests.support.meddling_proxy import MeddlingProxy
from tests.support.mounting import Mount, why_no_mount

pytestmark = pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())
BLOCK, PIECE = 32 * 1024, 64 * 1024
LARGE = random.Random(11).randbytes(65 * 1024**2 + 321)


@pytest.fixture
def files(client: uraniborg.Client, tmp_path: Path) -> Path:
    """A team with a large file; where it is in the tree."""
    slug = str(client.add_team(name=f"Here and there {client.organisation}").slug)
    (tmp_path / "large.bin").write_bytes(LARGE)
    assert put_team_files(client, tmp_path / "large.bin", slug).ok
    return Path("team") / slug / "files"


def opened(path: Path) -> int:
    """Open a file of which no more is to be read than is asked for."""
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_RANDOM)
    return descriptor


def received_bytes(root: Path) -> int:
    return int(json.loads((root / ".uraniborg" / "status.json").read_text())["received_bytes"])


def test_of_places_far_apart_they_alone_are_fetched(mount: Mount, files: Path) -> None:
    root = mount()
    chance = random.Random(5)
    places = [chance.randrange(len(LARGE) - PIECE) for _ in range(12)]
    file = opened(root / files / "large.bin")
    assert os.pread(file, 10, 0) == LARGE[:10]  # and with it the address
    before = received_bytes(root)
    for place in [*places, len(LARGE) - PIECE, len(LARGE) - 100]:
        assert os.pread(file, PIECE, place) == LARGE[place : place + PIECE]
    assert received_bytes(root) - before <= (len(places) + 1) * (PIECE + 2 * 4096) + 3 * BLOCK
    # What is whole of them is on the disk, when the kernel has let go of it.
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    time.sleep(0.5)
    before = received_bytes(root)
    for place in places:
        block = -(-place // BLOCK) * BLOCK
        assert os.pread(file, 4096, block) == LARGE[block : block + 4096]
    assert received_bytes(root) == before
    os.close(file)
    assert (root / files / "large.bin").read_bytes() == LARGE


def test_wrong_bytes_are_told_when_all_have_been_read_in_whatever_order(
    mount: Mount, files: Path, line: MeddlingProxy
) -> None:
    root = mount()
    file = opened(root / files / "large.bin")
    places = list(range(0, len(LARGE), PIECE))
    random.Random(6).shuffle(places)
    assert os.pread(file, PIECE, places[0]) == LARGE[places[0] : places[0] + PIECE]
    line.spoil_downloads(1)
    wrong = 0
    with pytest.raises(OSError) as told:
        for place in places[1:]:
            wrong += os.pread(file, PIECE, place) != LARGE[place : place + PIECE]
    assert wrong == 1
    assert told.value.errno == errno.EIO
    os.close(file)
    assert (root / files / "large.bin").read_bytes() == LARGE
