"""The tree as a file system for Python: fsspec's own conformance tests, and what astronomers do with it."""

from __future__ import annotations

import asyncio
import io
import itertools
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from fsspec.tests.abstract import AbstractFixtures
from fsspec.tests.abstract.copy import AbstractCopyTests
from fsspec.tests.abstract.get import AbstractGetTests
from fsspec.tests.abstract.open import AbstractOpenTests
from fsspec.tests.abstract.pipe import AbstractPipeTests
from fsspec.tests.abstract.put import AbstractPutTests
from uraniborg.filesystem import UraniborgFileSystem

from tests.support.live_server import LiveServer, Someone
from tests.support.meddling_proxy import MeddlingProxy

_numbers = itertools.count(1)


def opened(url: str, token: str, cache: Path) -> UraniborgFileSystem:
    return UraniborgFileSystem(
        url, token, cache_folder=cache, cache_bytes=64 * 1024**2, skip_instance_cache=True, use_listings_cache=False
    )


@pytest.fixture(scope="session")
def shared_team(server: LiveServer, tycho: Someone) -> str:
    """A team in whose files all conformance tests have folders of their own."""
    with uraniborg.connect(server.url, tycho.token) as client:
        organisation = client.add_organisation(name=f"Conformance {os.getpid()}").slug
        return str(client.add_team(name=f"Conformance {os.getpid()}", organisation=organisation).slug)


class _Fixtures(AbstractFixtures):
    @pytest.fixture
    def fs(self, server: LiveServer, tycho: Someone, at_home: Path) -> Iterator[UraniborgFileSystem]:
        made = opened(server.url, tycho.token, at_home / "blocks")
        yield made
        made.tree.close()
        made.client.close()

    @pytest.fixture(params=["team", "me"])
    def fs_path(self, request: pytest.FixtureRequest, shared_team: str) -> str:
        where = "me" if request.param == "me" else f"team/{shared_team}/files"
        return f"{where}/{next(_numbers)}"

    @pytest.fixture
    def fs_join(self) -> Any:
        return lambda *steps: "/".join(steps)

    @pytest.fixture
    def supports_empty_directories(self) -> bool:
        return False


class TestCopy(_Fixtures, AbstractCopyTests):
    pass


class TestGet(_Fixtures, AbstractGetTests):
    pass


class TestPut(_Fixtures, AbstractPutTests):
    pass


class TestOpen(_Fixtures, AbstractOpenTests):
    pass


class TestPipe(_Fixtures, AbstractPipeTests):
    pass


@pytest.fixture
def fs(line: MeddlingProxy, tycho: Someone, at_home: Path) -> Iterator[UraniborgFileSystem]:
    made = opened(line.url, tycho.token, at_home / "blocks")
    yield made
    made.tree.close()
    made.client.close()


def test_files_are_written_read_moved_and_removed(fs: UraniborgFileSystem, shared_team: str) -> None:
    root = f"uraniborg://team/{shared_team}/files/own{next(_numbers)}"
    with fs.open(f"{root}/a/notes.txt", "wb") as file:
        file.write(b"clear ")
        file.write(b"sky")
        with pytest.raises(FileNotFoundError):
            fs.info(f"{root}/a/notes.txt")
    assert fs.cat(f"{root}/a/notes.txt") == b"clear sky"
    assert fs.cat_file(f"{root}/a/notes.txt", start=-3) == b"sky"
    assert fs.cat_ranges([f"{root}/a/notes.txt"] * 2, [0, 6], [5, 9]) == [b"clear", b"sky"]
    with pytest.raises(FileExistsError):
        fs.pipe_file(f"{root}/a/notes.txt", b"again", mode="create")
    assert [one["type"] for one in fs.ls(root, detail=True)] == ["directory"]
    fs.mv(f"{root}/a", f"{root}/b")
    assert fs.find(root) == [fs._strip_protocol(f"{root}/b/notes.txt")]
    assert (fs.isdir(f"{root}/b"), fs.isfile(f"{root}/b/notes.txt"), fs.exists(f"{root}/a")) == (True, True, False)
    with fs.open(f"{root}/b/notes.txt", "rb") as file:
        file.seek(6)
        assert (file.read(), file.tell(), file.read(1)) == (b"sky", 9, b"")
        with pytest.raises(OSError, match="directory"):
            fs.rm(f"{root}/b")
    fs.rm(f"{root}/b", recursive=True)
    assert not fs.exists(root)


def test_what_cannot_be_done_is_told_as_of_any_file(fs: UraniborgFileSystem, shared_team: str) -> None:
    for missing in ("uraniborg://team/nobody/files/x", f"team/{shared_team}/files/none", "men", "me/none", "org/no"):
        with pytest.raises(FileNotFoundError):
            fs.info(missing)
        with pytest.raises(FileNotFoundError):
            fs.cat_file(missing)
        with pytest.raises(FileNotFoundError):
            fs.ls(missing)
    for place in ("org/x/datasets/y/file", "packages/x/y/v1/file", f"team/{shared_team}/datasets/d/file"):
        with pytest.raises(OSError, match="Only your own files and those of teams"):
            fs.pipe_file(place, b"x")
    with pytest.raises(NotImplementedError):
        fs.open(f"team/{shared_team}/files/x", "ab")
    nobody = opened(fs.client.url, "urb_" + "A" * 43, Path(fs.tree.contents.cache.folder))
    with pytest.raises(PermissionError):
        nobody.ls("team")


async def test_it_works_in_an_event_loop(fs: UraniborgFileSystem, shared_team: str) -> None:
    path = f"team/{shared_team}/files/async{next(_numbers)}.txt"
    aside = UraniborgFileSystem(fs.client.url, fs.client._token, asynchronous=True, skip_instance_cache=True)
    await aside._pipe_file(path, b"0123456789")
    pieces = await asyncio.gather(*(aside._cat_file(path, i, i + 1) for i in range(10)))
    assert b"".join(pieces) == b"0123456789"


def test_it_is_found_by_its_name_and_travels(
    line: MeddlingProxy, tycho: Someone, shared_team: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("URANIBORG_URL", line.url)
    monkeypatch.setenv("URANIBORG_TOKEN", tycho.token)
    path = f"uraniborg://team/{shared_team}/files/named{next(_numbers)}.txt"
    with fsspec.open(path, "wb") as file:
        file.write(b"by name")
    found = fsspec.filesystem("uraniborg")
    assert isinstance(found, UraniborgFileSystem)
    assert pickle.loads(pickle.dumps(found)).cat(path) == b"by name"
    assert fsspec.open(path, "rt").open().read() == "by name"


def test_a_section_of_a_large_image_moves_little(
    fs: UraniborgFileSystem, shared_team: str, line: MeddlingProxy, tycho: Someone
) -> None:
    image = np.arange(2000 * 4000, dtype=np.int32).reshape(2000, 4000)
    written = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(image, name="SCI")]).writeto(written)
    path = f"team/{shared_team}/files/large{next(_numbers)}.fits"
    fs.pipe_file(path, written.getvalue())
    options = {"url": line.url, "token": tycho.token, "cache_folder": str(fs.tree.contents.cache.folder) + "2"}
    with fits.open(f"uraniborg://{path}", use_fsspec=True, fsspec_kwargs=options) as hdus:
        assert np.array_equal(hdus["SCI"].section[1000:1010, 500:600], image[1000:1010, 500:600])
    moved = fsspec.filesystem("uraniborg", **options).tree.contents.lines.received_bytes
    assert 0 < moved < len(written.getvalue()) / 5  # read-ahead goes on while the reader is busy
