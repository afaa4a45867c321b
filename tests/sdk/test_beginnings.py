"""Who looks through the headers of a night asks the service for many at once, and the object store for hardly any."""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import uraniborg
from hypothesis import given
from hypothesis import strategies as st
from uraniborg.errors import TransferFailed, UraniborgError
from uraniborg.tree import Contents, Tree
from uraniborg.tree.beginnings import LONGEST_BYTES, PAGE_BYTES, Beginnings

from tests.support.fits_bytes import image_file
from tests.support.meddling_proxy import MeddlingProxy
from tests.support.mounting import Mount, why_no_mount

COUNT = 120
needs_mount = pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())


def frame(number: int) -> bytes:
    """Make a frame of 100 kB whose header takes one block to six, of which every seventh is no FITS file."""
    if number % 7 == 6:
        return random.Random(number).randbytes(100_000 + number)
    cards = {"OBJECT": f"Field {number}"} | {f"SET{card}": card * number for card in range(30 * (number % 6))}
    return image_file((200, 250), cards=cards)


FRAMES = {f"{number:04}.{'raw' if number % 7 == 6 else 'fits'}": frame(number) for number in range(COUNT)}


@pytest.fixture
def folder(client: uraniborg.Client, tmp_path: Path) -> str:
    """An ingested dataset of frames; where it is in the tree."""
    (tmp_path / "night").mkdir()
    for name, content in FRAMES.items():
        (tmp_path / "night" / name).write_bytes(content)
    assert client.upload(tmp_path / "night", dataset="night", wait=True).ok
    return f"/org/{client.organisation}/datasets/night"


@pytest.fixture
def tree(client: uraniborg.Client, at_home: Path) -> Iterator[Tree]:
    made = Tree(client, Contents())
    yield made
    made.close()


def have_begun(tree: Tree, folder: str, name: str) -> None:
    """Wait until the beginning of a file is known."""
    sha256 = tree.list(folder)[name].sha256
    deadline = time.monotonic() + 30
    while sha256 not in tree.contents.beginnings:
        assert time.monotonic() < deadline, name
        time.sleep(0.01)


def test_headers_in_order_come_from_the_service(tree: Tree, folder: str, line: MeddlingProxy) -> None:
    names = sorted(FRAMES)
    for name in names[:5]:
        assert tree.open(f"{folder}/{name}").read(0, 2880) == FRAMES[name][:2880]
    have_begun(tree, folder, names[40])
    fetched = tree.contents.lines.received_bytes
    asked = line.count("POST")
    for name in names[5:41]:
        assert tree.open(f"{folder}/{name}").read(0, 2880) == FRAMES[name][:2880]
    not_fits = sum(not FRAMES[name].startswith(b"SIMPLE") for name in names[5:60])
    assert tree.contents.lines.received_bytes - fetched <= not_fits * 32 * 1024, "blocks of other files alone"
    assert line.count("POST") - asked <= 4
    # What lies behind the beginnings comes from the store, and fits to them.
    with ThreadPoolExecutor(8) as pool:
        read = pool.map(lambda name: tree.open(f"{folder}/{name}").read(0, 200_000), names)
        assert list(read) == [FRAMES[name] for name in names]


def test_who_reads_whole_files_asks_for_no_headers(tree: Tree, folder: str) -> None:
    for name in sorted(FRAMES)[:20]:
        reader = tree.open(f"{folder}/{name}")
        for at in range(0, len(FRAMES[name]), 50_000):
            assert reader.read(at, 50_000) == FRAMES[name][at : at + 50_000]
    assert not any(entry.sha256 in tree.contents.beginnings for entry in tree.list(folder).values())


def test_without_beginnings_files_are_read_as_ever(tree: Tree, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As at a service that is older, or with files that were ingested by one."""

    def spoilt(sha256: str, packed: bytes) -> None:
        add(sha256, packed[:-5])

    add = tree.contents.beginnings.add
    monkeypatch.setattr(tree.contents.beginnings, "add", spoilt)
    for name in sorted(FRAMES)[:90]:
        assert tree.open(f"{folder}/{name}").read(0, 2880) == FRAMES[name][:2880]


def test_who_may_not_read_any_more_has_none(tree: Tree, folder: str, line: MeddlingProxy) -> None:
    names = sorted(FRAMES)
    for name in names[:5]:
        tree.open(f"{folder}/{name}").read(0, 10)
    have_begun(tree, folder, names[21])
    line.refuse("GET", "/tree", 401)
    with pytest.raises(UraniborgError):
        tree.check()
    assert not any(entry.sha256 in tree.contents.beginnings for entry in tree.list(folder).values())


@needs_mount
@pytest.mark.parametrize("readers", [1, 8])
def test_a_mount_has_the_headers_at_hand(mount: Mount, folder: str, client: uraniborg.Client, readers: int) -> None:
    root = mount()
    night = root / folder[1:]
    names = sorted(os.listdir(night))
    assert names == sorted(FRAMES)

    def head(name: str) -> bytes:
        with (night / name).open("rb", buffering=0) as file:
            return os.pread(file.fileno(), 2880, 0)

    for name in names[:5]:
        assert head(name) == FRAMES[name][:2880]
    time.sleep(2)  # in which those that follow have come
    with ThreadPoolExecutor(readers) as pool:
        assert list(pool.map(head, names[5:])) == [FRAMES[name][:2880] for name in names[5:]]
    moved = json.loads((root / ".uraniborg" / "status.json").read_text())["received_bytes"]
    assert moved < COUNT * 32 * 1024 / 2
    # Read on, to the end: once from where the header ends, once the whole.
    for name in names[:30]:
        with (night / name).open("rb") as file:
            file.seek(2880)
            assert file.read() == FRAMES[name][2880:]
    assert [(night / name).read_bytes() for name in names] == [FRAMES[name] for name in names]


@needs_mount
@pytest.mark.slow
def test_a_new_version_begins_as_it_is(mount: Mount, folder: str, client: uraniborg.Client, tmp_path: Path) -> None:
    """What the kernel was given of a file is of that file alone, though its path leads to another one now."""
    night = mount() / folder[1:]
    names = [name for name in sorted(FRAMES) if FRAMES[name].startswith(b"SIMPLE")]
    for name in names[:30]:
        assert (night / name).open("rb").read(2880) == FRAMES[name][:2880]
    changed = {name: image_file((100, 100), cards={"OBJECT": f"another {name}"}) for name in names[5:60]}
    for name, content in changed.items():
        (tmp_path / "night" / name).write_bytes(content)
    assert client.upload(tmp_path / "night", dataset="night", wait=True).ok
    deadline = time.monotonic() + 200  # a folder is known for a minute, and the kernel asks after half of one
    while any((night / name).stat().st_size != len(content) for name, content in changed.items()):
        assert time.monotonic() < deadline
        time.sleep(1)
    for name in names:
        assert (night / name).read_bytes() == changed.get(name, FRAMES[name])


pages = st.integers(0, 9).map(lambda count: b"x" * (count * PAGE_BYTES))


@given(pages | st.binary(max_size=100), st.integers(0, 50_000))
def test_a_beginning_is_whole_pages_or_all(content: bytes, size_bytes: int) -> None:
    """Whatever a service sends, nothing is given that ends in the midst of a page of something longer."""
    beginnings = Beginnings()
    beginnings.add("a", zlib.compress(content))
    given_ = beginnings.get("a", size_bytes)
    assert content.startswith(given_)
    assert len(given_) <= min(size_bytes, LONGEST_BYTES)
    assert len(given_) % PAGE_BYTES == 0 or len(given_) == size_bytes


def test_those_that_nobody_asked_for_are_forgotten_first() -> None:
    beginnings = Beginnings(limit_bytes=100)
    packed = zlib.compress(b"x" * PAGE_BYTES)
    fit = 100 // len(packed)
    for number in range(fit):
        beginnings.add(str(number), packed)
    assert beginnings.get("0", 10_000)
    beginnings.add("another", packed)
    assert ("0" in beginnings, "1" in beginnings, "another" in beginnings) == (True, False, True)
    beginnings.clear()
    assert "0" not in beginnings


def test_what_the_service_told_wrong_is_told_and_not_taken_again(tree: Tree, folder: str) -> None:
    """Who read a beginning that is not the file's hears of it with the block that shows it, and reads right then."""
    name = sorted(FRAMES)[0]
    sha256 = tree.list(folder)[name].sha256
    wrong = zlib.compress(b"x" * PAGE_BYTES)
    tree.contents.beginnings.add(sha256, wrong)
    reader = tree.open(f"{folder}/{name}")
    assert reader.read(0, 100) == b"x" * 100
    with pytest.raises(TransferFailed):
        reader.read(0, 100_000)
    tree.contents.beginnings.add(sha256, wrong)
    assert tree.open(f"{folder}/{name}").read(0, 200_000) == FRAMES[name]


def test_of_a_small_content_its_beginning_is_checked() -> None:
    beginnings = Beginnings()
    sha256 = hashlib.sha256(b"all of it").hexdigest()
    beginnings.add(sha256, zlib.compress(b"all of it"))
    assert beginnings.get(sha256, 9) == b"all of it"
    beginnings.add(sha256, zlib.compress(b"all of us"))
    assert beginnings.get(sha256, 9) == b""
