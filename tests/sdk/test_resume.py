"""Transfers that are killed, cut or spoilt, and go on where they stopped."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import uraniborg
from uraniborg.download import download_all
from uraniborg.upload.likeness import PLACE_BYTES, PLACES

from tests.sdk.conftest import PART_BYTES
from tests.support.live_server import LiveServer, Someone
from tests.support.meddling_proxy import MeddlingProxy

LIMIT_S = 60


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def pseudo_random(path: Path, size_bytes: int) -> str:
    """Write bytes that repeat nowhere; returns their SHA-256."""
    sha256 = hashlib.sha256()
    with path.open("wb") as file:
        for start in range(0, size_bytes, 1024**2):
            block = os.urandom(min(1024**2, size_bytes - start))
            file.write(block)
            sha256.update(block)
    return sha256.hexdigest()


def let_settle(path: Path) -> None:
    """Wait until a file is old enough for its digest to be remembered: its times could hide a change before."""
    wait_until(lambda: time.time() - path.stat().st_ctime > 2.1)


@pytest.fixture
def launch(client: uraniborg.Client, tycho: Someone) -> Callable[..., subprocess.Popen[bytes]]:
    """Start the command in a process of its own, which can be killed."""

    def start(*words: str | Path) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "URANIBORG_URL": client.url,
            "URANIBORG_TOKEN": tycho.token,
            "URANIBORG_ORGANISATION": client.organisation,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "uraniborg", *map(str, words)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    return start


def kill(process: subprocess.Popen[bytes], line: MeddlingProxy) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    line.drop()


@pytest.mark.slow
@pytest.mark.parametrize("parts", [9, 15], ids=["digest first", "digest while sending"])
def test_upload_killed_between_parts_sends_only_the_rest(
    client: uraniborg.Client,
    launch: Callable[..., subprocess.Popen[bytes]],
    line: MeddlingProxy,
    tmp_path: Path,
    parts: int,
) -> None:
    big = tmp_path / "cube.fits"
    sha256 = pseudo_random(big, parts * PART_BYTES - 12345)
    line.hold_puts_after(3)
    process = launch("upload", big)
    wait_until(lambda: line.count("PUT") == 3)
    kill(process, line)
    let_settle(big)

    line.forget()
    report = client.upload(big)
    assert report.ok
    assert line.count("PUT") == parts - 3
    [file] = client.iterate("list_files")
    assert (file.sha256, file.size_bytes) == (sha256, big.stat().st_size)

    line.forget()
    assert client.upload(big).count("known") == 1
    assert line.count("PUT") == 0


@pytest.mark.slow
@pytest.mark.parametrize("is_same", [True, False], ids=["the same file", "one that looks the same"])
def test_another_computer_goes_on_with_what_one_began(
    client: uraniborg.Client,
    launch: Callable[..., subprocess.Popen[bytes]],
    line: MeddlingProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_same: bool,
) -> None:
    """Its disk is the first one's: nothing remembers the file there, and no digest is known before it is sent."""
    big, there = tmp_path / "cube.fits", tmp_path / "there" / "cube.fits"
    sha256 = pseudo_random(big, 15 * PART_BYTES - 12345)
    line.hold_puts_after(3)
    process = launch("upload", big)
    wait_until(lambda: line.count("PUT") == 3)
    kill(process, line)
    there.parent.mkdir()
    shutil.copyfile(big, there)
    if not is_same:
        size_bytes = there.stat().st_size
        seen = [(size_bytes - PLACE_BYTES) * place // (PLACES - 1) for place in range(PLACES)]
        with there.open("r+b") as file:
            for number in range(15):  # in each part, and in none of the places that are looked at
                wanted = (number * PART_BYTES + step * PLACE_BYTES for step in range(1, 4))
                file.seek(next(at for at in wanted if all(not start <= at < start + PLACE_BYTES for start in seen)))
                file.write(b"!")
        sha256 = hashlib.sha256(there.read_bytes()).hexdigest()
    line.forget()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another computer"))
    report = client.upload(there)
    assert report.ok
    assert line.count("PUT") == (15 - 3 if is_same else 15 - 3 + 15)
    [file] = client.iterate("list_files")
    assert (file.sha256, file.size_bytes) == (sha256, there.stat().st_size)


@pytest.mark.slow
def test_large_file_that_is_known_is_noticed_while_it_is_sent(
    client: uraniborg.Client, line: MeddlingProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = tmp_path / "cube.fits"
    pseudo_random(big, 15 * PART_BYTES)
    client.upload(big)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another computer"))
    line.forget()
    line.slow_puts(3e6)
    report = client.upload(big)
    assert report.count("known") == 1
    assert line.count("PUT") < 15


@pytest.mark.slow
def test_upload_outlives_the_death_of_the_service(
    client: uraniborg.Client, server: LiveServer, line: MeddlingProxy, tmp_path: Path
) -> None:
    folder = tmp_path / "night"
    folder.mkdir()
    sums = {f"{number:02}.fits": pseudo_random(folder / f"{number:02}.fits", 200_000) for number in range(60)}
    killer: list[threading.Thread] = []

    def die() -> None:
        server.kill()
        server.start()

    def watch(progress: uraniborg.Progress) -> None:
        if progress.sent_bytes > 2_000_000 and not killer:
            killer.append(threading.Thread(target=die))
            killer[0].start()

    line.slow_puts(400_000)
    report = client.upload(folder, progress=watch)
    assert killer
    killer[0].join()
    assert report.ok, report.failed[:2]
    assert {file.path: file.sha256 for file in client.iterate("list_files")} == sums


def test_download_cut_on_its_way_goes_on_by_range(
    client: uraniborg.Client, line: MeddlingProxy, tmp_path: Path
) -> None:
    source = tmp_path / "frame.dat"
    sha256 = pseudo_random(source, 1_000_000)
    file_id = client.upload(source).files[0].file
    assert file_id
    line.forget()
    line.cut_download_after(300_000)
    target = client.download(file_id, tmp_path / "got" / "frame.dat")
    assert hashlib.sha256(target.read_bytes()).hexdigest() == sha256
    ranges = [headers.get("Range") for method, path, headers in line.requests if "/objects/" in path]
    assert ranges[0] is None
    assert ranges[1] is not None
    assert 0 < int(ranges[1].removeprefix("bytes=").rstrip("-")) <= 300_000
    assert [path.name for path in target.parent.iterdir()] == ["frame.dat"]


@pytest.mark.parametrize("size_bytes", [4_000_000, 70_000_000], ids=["in one piece", "in parts"])
def test_an_interrupted_download_ends_soon(
    client: uraniborg.Client,
    launch: Callable[..., subprocess.Popen[bytes]],
    line: MeddlingProxy,
    tmp_path: Path,
    size_bytes: int,
) -> None:
    """Not when all has come that was on its way: on a thin line that may be tomorrow."""
    source = tmp_path / "frame.dat"
    pseudo_random(source, size_bytes)
    client.upload(source)
    line.forget()
    line.slow_downloads(100_000)
    process = launch("get", "frame.dat", "-o", tmp_path / "got")
    wait_until(lambda: line.downloaded_bytes > 60_000)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130  # all of it would take 40 s
    assert [path.name for path in (tmp_path / "got").iterdir() if path.suffix == ".dat"] == []
    line.forget()
    assert client.download("frame.dat", f"{tmp_path / 'got'}/").read_bytes() == source.read_bytes()


@pytest.mark.slow
def test_download_killed_half_way_goes_on_in_another_process(
    client: uraniborg.Client, launch: Callable[..., subprocess.Popen[bytes]], line: MeddlingProxy, tmp_path: Path
) -> None:
    source = tmp_path / "frame.dat"
    sha256 = pseudo_random(source, 4_000_000)
    client.upload(source)
    folder = tmp_path / "got"
    line.forget()
    line.hold_downloads_after(2_000_000)
    process = launch("get", "frame.dat", "-o", folder)
    wait_until(lambda: any(part.stat().st_size > 1_000_000 for part in folder.glob(".*.part")))
    kill(process, line)
    assert not (folder / "frame.dat").exists()

    line.forget()
    client.download("frame.dat", f"{folder}/")
    assert hashlib.sha256((folder / "frame.dat").read_bytes()).hexdigest() == sha256
    [begun_at] = [headers["Range"] for method, path, headers in line.requests if "/objects/" in path]
    assert int(begun_at.removeprefix("bytes=").rstrip("-")) > 1_000_000


def test_part_that_was_spoilt_on_disk_is_noticed_and_made_anew(
    client: uraniborg.Client, line: MeddlingProxy, tmp_path: Path
) -> None:
    source = tmp_path / "frame.dat"
    sha256 = pseudo_random(source, 500_000)
    client.upload(source)
    folder = tmp_path / "got"
    folder.mkdir()
    (folder / f".frame.dat.{sha256[:12]}.part").write_bytes(b"\0" * 200_000)
    client.download("frame.dat", f"{folder}/")
    assert hashlib.sha256((folder / "frame.dat").read_bytes()).hexdigest() == sha256


def test_download_that_is_always_spoilt_fails_and_leaves_nothing(
    client: uraniborg.Client, line: MeddlingProxy, tmp_path: Path
) -> None:
    source = tmp_path / "frame.dat"
    pseudo_random(source, 100_000)
    client.upload(source)
    line.spoil_downloads(99)
    with pytest.raises(uraniborg.TransferFailed, match="SHA-256 differs"):
        client.download("frame.dat", f"{tmp_path / 'got'}/")
    assert list((tmp_path / "got").iterdir()) == []


def test_something_else_in_the_place_is_never_overwritten(client: uraniborg.Client, tmp_path: Path) -> None:
    source = tmp_path / "frame.dat"
    source.write_bytes(b"stored")
    client.upload(source)
    mine = tmp_path / "mine.dat"
    mine.write_bytes(b"my own work")
    with pytest.raises(uraniborg.TransferFailed, match="another content"):
        client.download("frame.dat", mine)
    assert mine.read_bytes() == b"my own work"
    assert client.download("frame.dat", source) == source  # the same content is as good as downloaded


def test_file_that_is_being_written_is_sent_as_it_is_at_last(
    client: uraniborg.Client, line: MeddlingProxy, tmp_path: Path
) -> None:
    growing = tmp_path / "growing.fits"
    growing.write_bytes(b"first part")

    def grow(progress: uraniborg.Progress) -> None:
        if line.requests and not growing.read_bytes().endswith(b"last"):
            growing.write_bytes(b"first part, and the last")

    line.refuse("PUT", "/objects/", 503, times=2)  # so that it changes between its digest and its transfer
    report = client.upload(growing, progress=grow)
    assert report.count("stored") == 1
    [file] = client.iterate("list_files")
    assert file.sha256 == hashlib.sha256(growing.read_bytes()).hexdigest()


def test_a_token_that_has_ended_ends_a_download_of_many(
    client: uraniborg.Client, server: LiveServer, tmp_path: Path
) -> None:
    (tmp_path / "night").mkdir()
    for number in range(20):
        (tmp_path / "night" / f"{number}.dat").write_text(str(number))
    client.upload(tmp_path / "night")
    files = client.call("list_files", organisation=client.organisation, limit=1000).items
    with uraniborg.connect(server.url, "urb_" + "x" * 43, organisation=client.organisation) as ended:
        for _ in range(5):
            with pytest.raises(uraniborg.NotSignedIn):
                download_all(ended, files, tmp_path / "got")
