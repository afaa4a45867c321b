"""What programs do with files of a disk, and take for granted: on a mount it is so, too."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uraniborg

from tests.support.mounting import Mount, why_no_mount

pytestmark = pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())
BYTES = os.urandom(300_000)


@pytest.fixture
def team(client: uraniborg.Client) -> str:
    return str(client.add_team(name=f"Disk {client.organisation}").slug)


@pytest.fixture
def files(mount: Mount, team: str) -> Path:
    """The folder of a new team's own files, mounted."""
    return mount("--team", team) / "files"


def test_what_was_written_a_moment_ago_is_imported(files: Path) -> None:
    """Python looks into a folder again when the folder's time has changed."""
    program = (
        "import sys, pathlib\n"
        "sys.path.insert(0, '.')\n"
        "try:\n"
        "    import zero_points\n"
        "except ModuleNotFoundError:\n"
        "    pathlib.Path('zero_points.py').write_text('R = 21.4')\n"
        "import zero_points\n"
        "print(zero_points.R)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=files, capture_output=True, text=True, timeout=60)
    assert ran.stdout == "21.4\n", ran.stderr


def test_looking_into_a_folder_is_no_change_of_it(files: Path) -> None:
    (files / "night").mkdir()
    (files / "night" / "a").write_text("a")
    before = (files / "night").stat().st_mtime_ns
    assert os.listdir(files / "night") == ["a"]
    assert (files / "night").stat().st_mtime_ns == before
    (files / "night" / "a").unlink()
    assert (files / "night").stat().st_mtime_ns > before


def test_an_emptied_folder_stays_until_it_is_removed(files: Path) -> None:
    (files / "a" / "b").mkdir(parents=True)
    (files / "a" / "b" / "x").write_text("x")
    (files / "a" / "b" / "x").unlink()
    assert os.listdir(files / "a") == ["b"]
    with pytest.raises(OSError, match="not empty"):
        (files / "a").rmdir()
    (files / "a").rename(files / "c")
    assert (os.listdir(files), os.listdir(files / "c")) == (["c"], ["b"])
    shutil.rmtree(files / "c")
    assert os.listdir(files) == []


def test_what_a_shell_writes_is_one_version(files: Path, team: str, client: uraniborg.Client) -> None:
    """It closes a file that it redirects into before anything is written, and once more afterwards."""

    def told() -> list[tuple[str, int, int]]:
        return sorted((it.path, it.size_bytes, it.version) for it in client.list_team_files(team).items)

    script = "echo R > filter; : > empty; touch new; (echo 1; echo 2) > counts"
    subprocess.run(script, shell=True, cwd=files, check=True)
    wanted = [("counts", 4, 1), ("empty", 0, 1), ("filter", 2, 1), ("new", 0, 1)]
    _wait_for(lambda: [told()] if told() == wanted else [])
    assert told() == wanted
    subprocess.run(": > filter", shell=True, cwd=files, check=True)
    assert (files / "filter").read_text() == ""
    _wait_for(lambda: [True] if told()[2] == ("filter", 0, 2) else [])
    assert told()[2] == ("filter", 0, 2)


def test_what_many_programs_write_that_a_shell_starts_is_no_version_for_each(
    files: Path, team: str, client: uraniborg.Client
) -> None:
    """Each of them closes the file that it got from the shell."""
    script = "for number in $(seq 30); do /bin/echo $number; done > counts"
    subprocess.run(script, shell=True, cwd=files, check=True)
    text = "".join(f"{number}\n" for number in range(1, 31))
    assert (files / "counts").read_text() == text
    [sent] = _wait_for(lambda: [it for it in client.list_team_files(team).items if it.size_bytes == len(text)])
    assert sent.version < 10


def test_a_git_repository_is_one_also_after_it_was_packed(files: Path) -> None:
    def git(*words: str) -> str:
        names = ["-c", "user.name=Tycho", "-c", "user.email=tycho@hven.example"]
        ran = subprocess.run(["git", *names, *words], cwd=files, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    (files / "reduce.py").write_text("import ccdproc\n")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "Reduce")
    git("gc", "--quiet")
    assert git("status", "--short") == ""
    assert git("log", "--format=%s") == "Reduce\n"


def test_a_file_is_renamed_while_it_is_written(files: Path, team: str, client: uraniborg.Client) -> None:
    (files / "log.txt").write_text("old")
    with (files / "log.part").open("w") as file:
        file.write("new")
        file.flush()
        (files / "log.part").replace(files / "log.txt")
        file.write("er")
    assert (files / "log.txt").read_text() == "newer"
    with (files / "log.txt").open("a") as file:
        file.write(" still")
        file.flush()
        (files / "log.txt").rename(files / "kept.txt")
        file.write(" there")
    assert os.listdir(files) == ["kept.txt"]
    assert (files / "kept.txt").read_text() == "newer still there"
    assert [entry.path for entry in client.list_team_files(team).items] == ["kept.txt"]


def test_a_folder_is_renamed_while_a_file_in_it_is_written(files: Path) -> None:
    (files / "a").mkdir()
    with (files / "a" / "x").open("w") as file:
        file.write("be")
        file.flush()
        (files / "a").rename(files / "b")
        file.write("gun")
    assert os.listdir(files) == ["b"]
    assert (files / "b" / "x").read_text() == "begun"


def test_a_file_that_was_removed_stays_with_who_has_it_open(files: Path) -> None:
    with tempfile.TemporaryFile(dir=files) as file:  # without a name, which is how such a file is made
        file.write(b"between")
        file.seek(0)
        assert file.read() == b"between"
    assert os.listdir(files) == []
    (files / "frame").write_bytes(BYTES)
    with (files / "frame").open("rb") as file:
        (files / "frame").unlink()
        assert os.fstat(file.fileno()).st_size == len(BYTES)
        assert file.read() == BYTES
    with pytest.raises(FileNotFoundError):
        (files / "frame").stat()


def test_a_file_that_was_replaced_is_read_to_its_end_as_it_was(files: Path) -> None:
    (files / "frame").write_bytes(BYTES)
    with (files / "frame").open("rb") as file:
        (files / "other").write_bytes(b"shorter")
        (files / "other").replace(files / "frame")
        assert file.read() == BYTES
    assert (files / "frame").read_bytes() == b"shorter"


def test_links_and_pipes_are_refused_as_by_other_disks_that_have_none(files: Path) -> None:
    (files / "frame").write_text("x")
    for make in (
        lambda: (files / "symbolic").symlink_to("frame"),
        lambda: (files / "hard").hardlink_to(files / "frame"),
        lambda: os.mkfifo(files / "pipe"),
    ):
        with pytest.raises(PermissionError):
            make()
    assert os.listdir(files) == ["frame"]


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_database_of_sqlite_works(files: Path, journal: str) -> None:
    with sqlite3.connect(files / "nights.db") as database:
        assert database.execute(f"pragma journal_mode={journal}").fetchone() == (journal,)
        database.execute("create table nights (name)")
        database.execute("insert into nights values ('2026-11-20')")
    database.close()
    with sqlite3.connect(files / "nights.db") as database:
        assert database.execute("select name from nights").fetchall() == [("2026-11-20",)]
    database.close()
    assert os.listdir(files) == ["nights.db"]


def test_what_desktops_and_jupyter_delete_goes_into_the_services_trash(
    files: Path, team: str, client: uraniborg.Client
) -> None:
    """As their libraries do it: a note of where it was, then the move into a folder at the top of the disk."""
    (files / "night" / "raw").mkdir(parents=True)
    (files / "night" / "raw" / "frame.fits").write_bytes(b"frame")
    (files / "night" / "empty").mkdir()
    (files / "plan.txt").write_text("M31")
    trash = files.parent / f".Trash-{os.getuid()}"
    assert trash.is_dir()
    assert trash.name not in os.listdir(files.parent)
    for name in ("plan.txt", "night"):
        with (trash / "info" / f"{name}.trashinfo").open("x") as note:
            note.write(f"[Trash Info]\nPath=files/{name}\nDeletionDate=2026-11-27T12:00:00\n")
        (files / name).rename(trash / "files" / name)
    assert os.listdir(files) == []
    assert (os.listdir(trash / "files"), os.listdir(trash / "info")) == ([], [])
    assert {file.path for file in client.list_team_trash(team).items} == {"plan.txt", "night/raw/frame.fits"}


def test_looking_at_a_folder_is_in_nobodys_way_who_lengthens_a_file_in_it(files: Path) -> None:
    """The kernel appends at the end that it was told of last."""
    (files / "night.log").write_text("begin,")
    with (files / "night.log").open("a") as file:
        for line in range(5):
            file.write(f" {line},")
            file.flush()
            [listed] = os.scandir(files)
            assert (listed.is_file(), listed.stat().st_size) == (True, len("begin,") + 3 * (line + 1))
    assert (files / "night.log").read_text() == "begin, 0, 1, 2, 3, 4,"


def test_what_is_lengthened_in_pieces_is_no_version_for_each(mount: Mount, team: str, client: uraniborg.Client) -> None:
    """As JupyterLab takes an upload: it opens the file, appends a piece and closes it, again and again."""
    root = mount("--team", team)
    upload = root / "files" / "frame.fits"
    for begin in range(0, len(BYTES), 10_000):
        with upload.open("ab") as file:
            file.write(BYTES[begin : begin + 10_000])
        assert upload.stat().st_size == begin + 10_000
    assert upload.read_bytes() == BYTES
    [sent] = _wait_for(lambda: [it for it in client.list_team_files(team).items if it.size_bytes == len(BYTES)])
    assert sent.version < 15, "of thirty pieces"
    assert upload.read_bytes() == BYTES
    with upload.open("ab") as file:  # within the same row
        file.write(b"the last piece")
    subprocess.run(["fusermount3", "-u", str(root)], check=True)
    [sent] = _wait_for(lambda: [it for it in client.list_team_files(team).items if it.size_bytes > len(BYTES)])
    assert sent.size_bytes == len(BYTES) + len(b"the last piece")


def test_what_waits_to_be_sent_can_be_renamed_and_removed(files: Path, team: str, client: uraniborg.Client) -> None:
    for name in ("kept.log", "removed.log"):
        for line in range(6):
            with (files / name).open("a") as file:
                file.write(f"{line}\n")
    (files / "kept.log").rename(files / "night.log")
    (files / "removed.log").unlink()
    assert os.listdir(files) == ["night.log"]
    time.sleep(3)
    assert (files / "night.log").read_text() == "0\n1\n2\n3\n4\n5\n"
    assert [(it.path, it.size_bytes) for it in client.list_team_files(team).items] == [("night.log", 12)]


def _wait_for(look: Callable[[], list[Any]]) -> list[Any]:
    deadline = time.monotonic() + 120
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found
