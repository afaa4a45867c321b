"""The tree mounted: listed, read, written and left alone by whoever may, and never in anyone's way when it ends."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from uraniborg.mount.unsent import find_left
from uraniborg.team_files import put_team_files

from tests.support.meddling_proxy import MeddlingProxy
from tests.support.mounting import Mount, why_no_mount
from tests.support.small_disk import small_disk_at

pytestmark = pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())
TRIED = {"mount"}
LARGE = os.urandom(3 * 1024**2 + 77)


@pytest.fixture
def team(client: uraniborg.Client, tmp_path: Path) -> str:
    slug = str(client.add_team(name=f"Mounted {client.organisation}").slug)
    folder = tmp_path / "files"
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "large.bin").write_bytes(LARGE)
    (folder / "empty").write_bytes(b"")
    (folder / "sub" / "Åben.txt").write_bytes(b"open")
    (folder / "sub" / "deep" / "x").write_bytes(b"x")
    assert put_team_files(client, folder, slug).ok
    return slug


def test_a_mount_is_a_folder_like_any_other(mount: Mount, team: str, client: uraniborg.Client) -> None:
    root = mount()
    assert sorted(os.listdir(root)) == [".uraniborg", "me", "org", "packages", "team"]
    files = root / "team" / team / "files"
    modes = {entry.path: entry.stat().st_mode & 0o222 for each in (root, files.parent) for entry in os.scandir(each)}
    assert {Path(path).name for path, mode in modes.items() if mode} == {"me", "files"}
    assert sorted(os.listdir(files)) == ["empty", "large.bin", "sub"]
    found = {entry.name: entry.stat() for entry in os.scandir(files)}
    assert (found["large.bin"].st_size, found["empty"].st_size) == (len(LARGE), 0)
    assert abs(found["large.bin"].st_mtime - time.time()) < 3600
    assert (files / "large.bin").read_bytes() == LARGE
    assert (files / "sub" / "Åben.txt").read_text() == "open"
    assert (files / "empty").read_bytes() == b""
    with (files / "large.bin").open("rb") as file:
        file.seek(len(LARGE) - 10)
        assert (file.read(100), file.read(1)) == (LARGE[-10:], b"")
    with pytest.raises(FileNotFoundError):
        (files / "nothing").stat()
    assert not (root / "team" / "another").exists()
    status = json.loads((root / ".uraniborg" / "status.json").read_text())
    assert (status["service"], status["answers"], status["refused"]) == (client.url, True, None)
    for refused in (root / "x", root / "org" / "x", root / "team" / team / "x"):
        with pytest.raises(OSError, match="Read-only"):
            refused.write_text("x")
    copied = shutil.copytree(files, root.parent / "copied")
    assert (copied / "sub" / "deep" / "x").read_text() == "x"


def test_what_is_closed_is_a_version(mount: Mount, team: str, client: uraniborg.Client) -> None:
    files = mount("--team", team) / "files"
    (files / "notes.txt").write_text("clear")
    with (files / "notes.txt").open("a") as file:
        file.write(" sky")
    assert (files / "notes.txt").read_text() == "clear sky"
    listed = {entry.path: entry for entry in client.list_team_files(team).items}
    assert (listed["notes.txt"].version, listed["notes.txt"].size_bytes) == (2, 9)
    # As editors do: beside it, and then in its place.
    (files / ".notes.txt.swp").write_text("clouds")
    (files / ".notes.txt.swp").replace(files / "notes.txt")
    assert (files / "notes.txt").read_text() == "clouds"
    (files / "new" / "folder").mkdir(parents=True)
    assert os.listdir(files / "new") == ["folder"]
    shutil.copy(files / "sub" / "Åben.txt", files / "new" / "folder" / "copy.txt")
    (files / "new").rename(files / "old")
    assert (files / "old" / "folder" / "copy.txt").read_text() == "open"
    os.truncate(files / "old" / "folder" / "copy.txt", 2)
    assert (files / "old" / "folder" / "copy.txt").read_text() == "op"
    with pytest.raises(OSError) as refused:
        (files / "NOTES.TXT").write_text("another in case alone")
    assert refused.value.errno == errno.EEXIST
    assert "NOTES.TXT" in (files.parent / ".uraniborg" / "why.txt").read_text()
    with pytest.raises(OSError, match="not empty"):
        (files / "sub").rmdir()
    shutil.rmtree(files / "old")
    assert not (files / "old").exists()
    assert {file.path for file in client.list_team_trash(team).items} >= {"old/folder/copy.txt"}


def test_a_name_is_found_in_either_normal_form(mount: Mount, team: str) -> None:
    files = mount("--team", team) / "files"
    decomposed = unicodedata.normalize("NFD", "Été")
    (files / decomposed).mkdir()
    (files / decomposed / decomposed).write_text("summer")
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "Été")
        assert (files / name / name).read_text() == "summer"
    assert os.listdir(files / "Été") == ["Été"]
    (files / decomposed / decomposed).write_text("autumn")
    assert (files / "Été" / "Été").read_text() == "autumn"
    (files / decomposed / decomposed).unlink()
    (files / decomposed).rmdir()
    assert not (files / "Été").exists()


def test_what_was_not_sent_is_not_shown_later(mount: Mount, team: str) -> None:
    files = mount("--team", team) / "files"
    assert (files / "sub" / "deep" / "x").read_text() == "x"
    (files / "sub" / "deep" / "x").write_text("y")
    assert (files / "sub" / "deep" / "x").read_text() == "y"
    (files / "sub" / "deep" / "x").write_text("x")
    assert (files / "sub" / "deep" / "x").read_text() == "x", "the same content again is not what came between"
    with pytest.raises(OSError) as refused:
        os.stat(os.fsencode(files) + b"/\xff")
    assert refused.value.errno == errno.EILSEQ


def test_read_only_is_meant(mount: Mount, team: str) -> None:
    files = mount("--read-only", "--team", team) / "files"
    with pytest.raises(OSError, match="Read-only"):
        (files / "x").write_text("x")
    assert (files / "sub" / "deep" / "x").read_text() == "x"


def test_a_section_of_an_image_moves_little(mount: Mount, team: str, client: uraniborg.Client, tmp_path: Path) -> None:
    image = np.arange(1000 * 8000, dtype=np.int32).reshape(1000, 8000)
    fits.writeto(tmp_path / "image.fits", image)
    assert put_team_files(client, tmp_path / "image.fits", team).ok
    root = mount()
    # In another process: the line to the service is in this one, and stands still while this waits for a mapped page.
    program = (
        "import sys\nfrom astropy.io import fits\n"
        "with fits.open(sys.argv[1]) as hdus:\n"
        "    sys.stdout.buffer.write(hdus[0].section[500:510, 500:600].astype('>i4').tobytes())"
    )
    path = root / "team" / team / "files" / "image.fits"
    read = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, timeout=120)
    assert read.stdout == image[500:510, 500:600].astype(">i4").tobytes(), read.stderr
    moved = json.loads((root / ".uraniborg" / "status.json").read_text())["received_bytes"]
    assert 0 < moved < 32_000_000 / 10


def test_without_the_service_what_was_read_stays_readable(mount: Mount, team: str, line: MeddlingProxy) -> None:
    root = mount()
    files = root / "team" / team / "files"
    assert (files / "large.bin").read_bytes() == LARGE
    assert sorted(os.listdir(files)) == ["empty", "large.bin", "sub"]
    for method in ("GET", "POST"):
        line.refuse(method, "/", 503, times=100_000)
    try:
        with (files / "large.bin").open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # not from the kernel's own memory
            assert file.read() == LARGE
        with pytest.raises(OSError):
            (files / "sub" / "Åben.txt").read_text()
    finally:
        line.forget()
    deadline = time.monotonic() + 60
    while True:  # it is asked again after a while
        try:
            assert (files / "sub" / "Åben.txt").read_text() == "open"
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(1)


def test_wrong_bytes_are_never_read_to_the_end(mount: Mount, team: str, line: MeddlingProxy) -> None:
    """Neither by who read them on, nor from the kernel's memory by who reads them again."""
    path = mount() / "team" / team / "files" / "large.bin"
    path.stat()
    line.spoil_downloads(1)
    with path.open("rb", buffering=0) as file:
        assert file.read(4096) != LARGE[:4096]
        with pytest.raises(OSError) as refused:
            while file.read(32 * 1024):  # slowly: the rest comes ahead of this
                time.sleep(0.005)
    assert refused.value.errno == errno.EIO
    assert path.read_bytes() == LARGE
    assert f"/team/{team}/files/large.bin: What arrived" in (path.parents[3] / ".uraniborg" / "why.txt").read_text()


def test_what_could_not_be_written_whole_is_no_version(
    mount: Mount, team: str, client: uraniborg.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk on which drafts wait is full."""
    with small_disk_at(tmp_path / "small", 1) as small:
        monkeypatch.setenv("XDG_STATE_HOME", str(small))
        files = mount("--team", team) / "files"
        with pytest.raises(OSError) as refused:
            (files / "large.bin").write_bytes(os.urandom(2 * 1024**2))
        assert refused.value.errno == errno.ENOSPC
        assert (files / "large.bin").read_bytes() == LARGE
        (files / "x").write_bytes(b"x")
        assert {entry.path: entry.version for entry in client.list_team_files(team).items if entry.kind == "file"} == {
            "empty": 1,
            "large.bin": 1,
            "x": 1,
        }
        assert f"waits in {small}" in (files.parent / ".uraniborg" / "why.txt").read_text()


def test_who_waits_for_a_line_can_be_interrupted(mount: Mount, team: str, line: MeddlingProxy) -> None:
    path = mount() / "team" / team / "files" / "large.bin"
    path.stat()
    waiting = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
        "os.read(os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECT), 262144)\n"
    )
    line.hold_downloads_after(1)
    try:
        for end in (signal.SIGINT, signal.SIGKILL):
            asked = len(line.requests)  # by the first: the second waits for what that has asked for
            reading = subprocess.Popen([sys.executable, "-c", waiting, str(path)])
            deadline = time.monotonic() + 30
            while end == signal.SIGINT and len(line.requests) == asked and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(0.5)
            assert reading.poll() is None
            reading.send_signal(end)
            assert reading.wait(30) == -end
    finally:
        line.drop()
        line.forget()
    # A signal that the program handles breaks nothing off: most programs do not expect that of a file.
    counting = (
        "import signal, sys\n"
        "signal.signal(signal.SIGALRM, lambda *_: None)\n"
        "signal.siginterrupt(signal.SIGALRM, False)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
        "print(len(open(sys.argv[1], 'rb', buffering=0).read()))\n"
    )
    read = subprocess.run([sys.executable, "-c", counting, str(path)], capture_output=True, text=True, timeout=60)
    assert (read.stdout, read.stderr) == (f"{len(LARGE)}\n", "")


def test_a_service_that_starts_again_is_not_noticed_by_who_reads(mount: Mount, team: str, line: MeddlingProxy) -> None:
    files = mount() / "team" / team / "files"
    assert sorted(os.listdir(files)) == ["empty", "large.bin", "sub"]
    target, line.target = line.target, ("127.0.0.1", 9)  # nobody there
    threading.Timer(8, setattr, [line, "target", target]).start()
    try:
        assert (files / "large.bin").read_bytes() == LARGE
    finally:
        line.target = target


def test_a_killed_mount_is_in_nobodys_way(mount: Mount, team: str) -> None:
    root = mount()
    assert os.path.ismount(root)
    [process] = _processes(root, b"--foreground")
    os.kill(process, signal.SIGKILL)
    listed = subprocess.run(["ls", str(root)], capture_output=True, timeout=30)
    assert listed.returncode in (0, 2)
    deadline = time.monotonic() + 30
    while subprocess.run(["ls", str(root)], capture_output=True, timeout=30).returncode or os.path.ismount(root):
        assert time.monotonic() < deadline, "it is still mounted"
        time.sleep(0.1)
    assert list(root.iterdir()) == []


def test_a_mount_that_was_killed_with_its_helper_is_mounted_anew(mount: Mount, team: str, at_home: Path) -> None:
    """As by whoever ends all processes of a session or a container: nobody is left to unmount the folder."""
    root = mount()
    for process in _processes(root, b"fusermount3") + _processes(root, b"--foreground"):
        os.kill(process, signal.SIGKILL)
    deadline = time.monotonic() + 30
    with pytest.raises(OSError) as gone:
        while time.monotonic() < deadline:
            os.listdir(root)
    assert gone.value.errno in (errno.ENOTCONN, errno.ECONNABORTED)
    assert mount(folder=root) == root
    assert sorted(os.listdir(root / "team" / team / "files")) == ["empty", "large.bin", "sub"]


def test_what_a_killed_mount_has_not_sent_is_told_of_by_the_next(mount: Mount, team: str, at_home: Path) -> None:
    root = mount()
    files = root / "team" / team / "files"
    (files / "sent.txt").write_text("sent")
    written = os.open(files / "unsent.txt", os.O_WRONLY | os.O_CREAT)
    os.write(written, b"two hours of work")
    untouched = os.open(files / "large.bin", os.O_RDWR)
    [process] = _processes(root, b"--foreground")
    os.kill(process, signal.SIGKILL)
    for descriptor in (written, untouched):
        with suppress(OSError):
            os.close(descriptor)
    deadline = time.monotonic() + 60
    while not (found := find_left()):  # the system lets go of what a process held a little after the process
        assert time.monotonic() < deadline
        time.sleep(0.05)
    [left] = found
    assert (left.path, Path(left.file).read_text()) == (f"/team/{team}/files/unsent.txt", "two hours of work")
    again = mount(told=[left.file])
    shutil.move(left.file, again / "team" / team / "files" / "unsent.txt")
    assert find_left() == []


@pytest.mark.slow
def test_what_is_closed_without_a_line_is_sent_when_there_is_one(
    mount: Mount, team: str, client: uraniborg.Client, line: MeddlingProxy
) -> None:
    files = mount("--team", team) / "files"
    assert sorted(os.listdir(files)) == ["empty", "large.bin", "sub"]
    assert sorted(os.listdir(files / "sub")) == ["deep", "Åben.txt"]
    target, line.target = line.target, ("127.0.0.1", 9)  # nobody there
    try:
        time.sleep(5.5)  # a service that has only just answered is asked for longer
        for name in ("new.txt", "given-up.txt", "sub/Åben.txt"):
            with pytest.raises(OSError) as told:
                (files / name).write_text("two hours of work")
            assert told.value.errno == errno.EIO, "it is not safe yet, and whoever looks is told"
            assert (files / name).read_text() == "two hours of work"
        assert sorted(os.listdir(files)) == ["empty", "given-up.txt", "large.bin", "new.txt", "sub"]
        (files / "given-up.txt").unlink()
        assert sorted(os.listdir(files)) == ["empty", "large.bin", "new.txt", "sub"]
        told_of = (files.parent / ".uraniborg" / "unsent.txt").read_text()
        assert f"/team/{team}/files/new.txt (17 bytes) waits: " in told_of and "given-up" not in told_of
    finally:
        line.target = target
    deadline = time.monotonic() + 60
    while "All that was written is sent." not in (files.parent / ".uraniborg" / "unsent.txt").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.5)
    there = [entry for folder in ("", "sub") for entry in client.list_team_files(team, folder=folder).items]
    assert {entry.path: entry.version for entry in there if entry.kind == "file"} == {
        "empty": 1,
        "large.bin": 1,
        "new.txt": 1,
        "sub/Åben.txt": 2,
    }
    for name in ("new.txt", "sub/Åben.txt"):
        assert (files / name).read_text() == "two hours of work"
    (files / "new.txt").write_text("more")
    (files / "new.txt").rename(files / "named.txt")
    assert (files / "named.txt").read_text() == "more"
    assert find_left() == []


def test_what_is_refused_stays_on_this_disk(mount: Mount, team: str, client: uraniborg.Client) -> None:
    """As a name that differs from another one only by its case, of which a disk elsewhere would make one."""
    root = mount()
    files = root / "team" / team / "files"
    for work in ("an hour of work", "two hours of work"):
        with pytest.raises(OSError) as told:
            (files / "SUB").write_text(work)
        assert told.value.errno == errno.EEXIST
        deadline = time.monotonic() + 30
        while sorted(os.listdir(files)) != ["empty", "large.bin", "sub"]:  # it is let go of behind who closes it
            assert time.monotonic() < deadline
    (files / "SUB").touch()  # in which there is nothing to keep
    told_of = (root / ".uraniborg" / "unsent.txt").read_text()
    assert f"/team/{team}/files/SUB (17 bytes) was refused: " in told_of
    subprocess.run(["fusermount3", "-u", str(root)], check=True)
    deadline = time.monotonic() + 30
    while not (left := find_left()):
        assert time.monotonic() < deadline, "the mount ends, and lets go of what it had"
        time.sleep(0.1)
    assert [(each.path, Path(each.file).read_text()) for each in left] == [
        (f"/team/{team}/files/SUB", "two hours of work")
    ]
    assert left[0].file in told_of


def _processes(root: Path, word: bytes) -> list[int]:
    return [
        int(found.name)
        for found in Path("/proc").iterdir()
        if found.name.isdecimal() and str(root).encode() in _arguments(found) and word in _arguments(found)
    ]


def _arguments(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""
