"""The pieces of transfers by themselves: walking, digesting, remembering, safe places."""

from __future__ import annotations

import base64
import hashlib
import os
import sqlite3
import struct
import time
from pathlib import Path

import pytest
import uraniborg
from hypothesis import given
from hypothesis import strategies as st
from uraniborg.download import safe_target
from uraniborg.upload.digests import Changed, Digest, Memory, Unfinished, crc_base64, digest_file
from uraniborg.upload.report import FileFate
from uraniborg.upload.walk import Found, Identity, identity_of, walk


def found(path: Path) -> Found:
    return Found(str(path), path.name, identity_of(path.stat()))


def test_walk_is_sorted_and_tells_what_it_leaves_out(tmp_path: Path) -> None:
    for name in ("b/2", "b/10", "a", "c/d/e"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "link").symlink_to("a")
    items = list(walk([tmp_path]))
    assert [item.path for item in items] == ["a", "b/10", "b/2", "c/d/e", "link"]
    assert [item.code for item in items if isinstance(item, FileFate)] == ["symlink"]
    single = list(walk([tmp_path / "c" / "d" / "e"]))
    assert [item.path for item in single] == ["e"]


def test_walk_of_unreadable_folder_goes_on(tmp_path: Path) -> None:
    assert [item.state for item in walk([tmp_path / "none", tmp_path]) if isinstance(item, FileFate)] == ["failed"]


def test_digest_is_all_sums_of_one_reading(tmp_path: Path) -> None:
    # Those of nine digits are check values in the catalogue of parametrised CRC algorithms: CRC-32/ISCSI, ISO-HDLC.
    path = tmp_path / "digits"
    path.write_bytes(b"123456789")
    digest, identity, content = digest_file(found(path))
    assert digest.sha256 == hashlib.sha256(b"123456789").hexdigest()
    assert digest.crc32c == base64.b64encode(struct.pack(">I", 0xE3069283)).decode()
    assert digest.crc32 == base64.b64encode(struct.pack(">I", 0xCBF43926)).decode()
    assert identity == identity_of(path.stat())
    assert content == b"123456789"
    assert crc_base64(0) == "AAAAAA=="


@pytest.mark.parametrize("size_bytes", [0, 1, 1024**2 - 1, 1024**2, 1024**2 + 1, 5 * 1024**2])
def test_digest_of_any_size(tmp_path: Path, size_bytes: int) -> None:
    path = tmp_path / "file"
    data = os.urandom(size_bytes)
    path.write_bytes(data)
    digest, _, content = digest_file(found(path))
    assert digest.sha256 == hashlib.sha256(data).hexdigest()
    assert content in (None, data)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a file that is longer than the system says")
def test_file_that_never_rests_is_told() -> None:
    # Of this file the system says that it has no bytes; whoever reads it finds some, as in one that grows.
    with pytest.raises(Changed, match="later"):
        digest_file(found(Path("/proc/version")))


SETTLED = Identity(1, 2, 3, 10**9, 10**9)
SOME = Digest("ab" * 32, "AAAAAA==", "AQAAAA==")


def test_memory_outlives_its_process_and_knows_contents_by_identity(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "deep" / "digests.sqlite")
    memory.keep(SETTLED, SOME)
    memory.keep_unfinished(SETTLED, "terms", Unfinished("upload", 7))
    memory.close()
    again = Memory(tmp_path / "deep" / "digests.sqlite")
    assert again.find(SETTLED) == SOME
    for other in (
        Identity(1, 2, 4, 10**9, 10**9),
        Identity(1, 2, 3, 10**9 + 1, 10**9),
        Identity(1, 2, 3, 10**9, 10**9 + 1),
        Identity(9, 2, 3, 10**9, 10**9),
    ):
        assert again.find(other) is None
        assert again.find_unfinished(other, "terms") is None
    assert again.find_unfinished(SETTLED, "terms") == Unfinished("upload", 7)
    assert again.find_unfinished(SETTLED, "other terms") is None
    again.forget_unfinished(SETTLED, "terms")
    again.forget(SETTLED)
    again.close()
    last = Memory(tmp_path / "deep" / "digests.sqlite")
    assert last.find(SETTLED) is None
    assert last.find_unfinished(SETTLED, "terms") is None
    last.close()
    last.close()


def test_what_an_older_version_remembered_goes_on_without_a_crc32(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "digests.sqlite") as older:
        older.execute(
            "CREATE TABLE digests (device INTEGER, inode INTEGER, size_bytes INTEGER, mtime_ns INTEGER,"
            " ctime_ns INTEGER, sha256 TEXT NOT NULL, crc32c TEXT NOT NULL, seen_at REAL NOT NULL,"
            " PRIMARY KEY (device, inode)) WITHOUT ROWID"
        )
        row = (1, 2, 3, 10**9, 10**9, SOME.sha256, SOME.crc32c, time.time())
        older.execute("INSERT INTO digests VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    older.close()
    memory = Memory(tmp_path / "digests.sqlite")
    assert memory.find(SETTLED) == Digest(SOME.sha256, SOME.crc32c, "")
    memory.keep(SETTLED, SOME)
    memory.close()
    again = Memory(tmp_path / "digests.sqlite")
    assert again.find(SETTLED) == SOME
    again.close()


def test_young_files_are_not_remembered(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "digests.sqlite")
    for young in (
        Identity(1, 2, 3, time.time_ns(), 0),
        Identity(1, 2, 3, 0, time.time_ns()),
        Identity(1, 2, 3, time.time_ns() + 10**12, 0),
    ):
        memory.keep(young, SOME)
    memory.close()
    assert Memory(tmp_path / "digests.sqlite").find(Identity(1, 2, 3, 0, 0)) is None


@given(inode=st.integers(0, 2**64 - 1))
def test_any_inode_number_can_be_kept(inode: int) -> None:
    memory = Memory(Path(":memory:"))
    memory.keep(Identity(1, inode, 3, 0, 0), SOME)
    memory.keep_unfinished(Identity(1, inode, 3, 0, 0), "", Unfinished("u", 1))
    assert memory.find(Identity(1, inode, 3, 0, 0)) == SOME
    memory.close()


def test_memory_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of the folder")
    memory = Memory(tmp_path / "file" / "digests.sqlite")
    memory.keep(SETTLED, SOME)
    assert memory.find(SETTLED) is None
    memory.close()
    (tmp_path / "spoilt.sqlite").write_bytes(b"no database at all" * 1000)
    spoilt = Memory(tmp_path / "spoilt.sqlite")
    assert spoilt.find(SETTLED) is None
    spoilt.close()


@pytest.mark.parametrize(
    "path", ["../up", "a/../../up", "/etc/passwd", "a//b", "", ".", "..", "a/./b", "a/..", "nul\x00", "a/"]
)
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(uraniborg.TransferFailed):
        safe_target(tmp_path / "in", path)
    assert not list(tmp_path.rglob("*passwd*"))


@given(
    steps=st.lists(
        st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=20), max_size=5
    )
)
def test_whatever_the_service_says_stays_inside(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> None:
    folder = tmp_path_factory.mktemp("in")
    try:
        target = safe_target(folder, "/".join(steps))
    except (uraniborg.TransferFailed, OSError):
        return
    assert target.parent.resolve().is_relative_to(folder.resolve())
    assert target.name == steps[-1]


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "in", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "light").symlink_to(elsewhere)
    with pytest.raises(uraniborg.TransferFailed, match="leads out"):
        safe_target(folder, "light/M31/frame.fits")
    assert list(elsewhere.iterdir()) == []
