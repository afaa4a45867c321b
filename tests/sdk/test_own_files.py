"""One's own files by the command, in Python and mounted: there from the first one written, and nobody else's."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import uraniborg
from uraniborg.filesystem import UraniborgFileSystem
from uraniborg.team_files import put_team_files

from tests.sdk.conftest import Command
from tests.sdk.test_filesystem import opened
from tests.sdk.test_mount import why_no_mount
from tests.sdk.test_team_files import parsed
from tests.support.live_server import LiveServer, Someone

TRIED = {f"me {name}" for name in ("open", "files", "put", "get", "mv", "rm", "versions", "restore", "trash")}


class Newcomer:
    """Somebody with an observatory and no file yet."""

    def __init__(self, server: LiveServer, name: str) -> None:
        self.someone: Someone = server.someone(name)
        self.client = uraniborg.connect(server.url, self.someone.token)
        self.host = str(self.client.add_organisation(name=f"Observatory of {name} {os.getpid()}").slug)


@pytest.fixture
def newcomer(server: LiveServer, request: pytest.FixtureRequest) -> Iterator[Newcomer]:
    made = Newcomer(server, request.node.name.replace("_", "-")[:40])
    yield made
    made.client.close()


@pytest.fixture
def fs(server: LiveServer, newcomer: Newcomer, at_home: Path) -> Iterator[UraniborgFileSystem]:
    made = opened(server.url, newcomer.someone.token, at_home / "blocks")
    yield made
    made.tree.close()
    made.client.close()


def test_the_first_file_that_is_written_finds_a_place(fs: UraniborgFileSystem, newcomer: Newcomer) -> None:
    assert (fs.ls("me"), fs.isdir("uraniborg://me"), fs.exists("me/notes.txt")) == ([], True, False)
    assert newcomer.client.who_am_i().own_files is None
    with pytest.raises(FileNotFoundError):
        fs.rm("me/notes.txt")
    fs.pipe_file("uraniborg://me/2026/notes.txt", b"clear")
    assert newcomer.client.who_am_i().own_files == newcomer.host
    assert (fs.find("me"), fs.cat_file("me/2026/notes.txt")) == (["me/2026/notes.txt"], b"clear")
    fs.mv("me/2026", "me/2027")
    with fs.open("me/2027/notes.txt", "wb") as file:
        file.write(b"clouds")
    assert (fs.find("me"), fs.cat_file("me/2027/notes.txt")) == (["me/2027/notes.txt"], b"clouds")
    for path in ("me", "me/"):
        with pytest.raises(IsADirectoryError):
            fs.pipe_file(path, b"x")
    fs.rm("me/2027", recursive=True)
    assert fs.find("me") == []


def test_without_an_organisation_one_is_told_what_to_do(server: LiveServer, at_home: Path) -> None:
    nobodys = opened(server.url, server.someone("wanderer").token, at_home / "blocks")
    assert nobodys.ls("me") == []
    with pytest.raises(PermissionError, match="uraniborg org add"):
        nobodys.pipe_file("me/notes.txt", b"clear")
    nobodys.tree.close()
    nobodys.client.close()


def test_between_ones_own_and_a_teams_files_one_copies(fs: UraniborgFileSystem, newcomer: Newcomer) -> None:
    team = str(newcomer.client.add_team(name="Comets", slug=f"c-{newcomer.host}", organisation=newcomer.host).slug)
    other = str(newcomer.client.add_team(name="More", slug=f"m-{newcomer.host}", organisation=newcomer.host).slug)
    fs.pipe_file("me/a.txt", b"clear")
    fs.pipe_file(f"team/{team}/files/b.txt", b"clouds")
    for source, target in (
        ("me/a.txt", f"team/{team}/files/a.txt"),
        (f"team/{team}/files/b.txt", "me/b.txt"),
        (f"team/{team}/files/b.txt", f"team/{other}/files/b.txt"),
    ):
        with pytest.raises(OSError) as refused:
            fs.mv(source, target)
        assert refused.value.errno == errno.EXDEV
        fs.cp_file(source, target)
        assert fs.cat_file(source) == fs.cat_file(target)


def test_a_large_first_file_is_sent_in_parts(newcomer: Newcomer, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(70 * 1024**2)
        file.write(os.urandom(4096))
    assert put_team_files(newcomer.client, large, "~me").ok
    [entry] = newcomer.client.list_team_files("~me").items
    assert (entry.path, entry.size_bytes) == ("large.bin", large.stat().st_size)


def test_by_the_command_from_the_first_to_the_last(
    command: Command, newcomer: Newcomer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("URANIBORG_TOKEN", newcomer.someone.token)
    notes = tmp_path / "notes.txt"
    notes.write_text("clear\n")
    assert "uraniborg me put" in command("me", "files").err
    assert parsed(command("me", "open", "--json"))["organisation"] == newcomer.host
    assert "keeps your own files" in command("me", "open", newcomer.host).err
    assert f"{newcomer.host} keeps your own files" in command("whoami").out
    assert "Next: uraniborg me files" in command("me", "put", notes).err
    notes.write_text("clouds\n")
    assert command("me", "put", notes, "--expect", "1").code == 0
    assert [v["version"] for v in parsed(command("me", "versions", "notes.txt", "--json"))] == [2, 1]
    assert command("me", "mv", "notes.txt", "2026/").code == 0
    assert [e["path"] for e in parsed(command("me", "files", "--tree", "--json"))] == ["2026/notes.txt"]
    assert command("me", "get", "2026", "-o", tmp_path / "got", "--version", "1").code == 2
    assert command("me", "get", "/", "-o", tmp_path / "got").code == 0
    assert (tmp_path / "got" / "2026" / "notes.txt").read_text() == "clouds\n"
    assert command("me", "rm", "2026", "-r", "-y").code == 0
    assert [f["path"] for f in parsed(command("me", "trash", "--json"))] == ["2026/notes.txt"]
    assert command("me", "restore", "2026/notes.txt").code == 0
    assert command("me", "rm", "/", "-r", "-y").code == 0
    assert parsed(command("me", "trash", "--empty", "-y", "--json")) == {"files": 1}
    refused = command("team", "show", "~me")
    assert (refused.code, "no team" in refused.err) == (4, True)
    assert command("team", "list").out.count("Own files") == 0


@pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())
def test_mounted_they_are_a_folder_to_work_in(newcomer: Newcomer, tmp_path: Path) -> None:
    root = tmp_path / "mount"
    environment = os.environ | {"URANIBORG_URL": newcomer.client.url, "URANIBORG_TOKEN": newcomer.someone.token}
    words = [sys.executable, "-m", "uraniborg", "mount", str(root), "--json"]
    subprocess.run(words, env=environment, capture_output=True, check=True, timeout=60)
    try:
        assert sorted(os.listdir(root)) == [".uraniborg", "me", "org", "packages", "team"]
        own = root / "me"
        assert os.listdir(own) == []
        (own / "notes.txt").write_text("clear")
        with (own / "notes.txt").open("a") as file:
            file.write(" sky")
        (own / "2026").mkdir()
        shutil.copy(own / "notes.txt", own / "2026" / "copy.txt")
        (own / "2026").rename(own / "2027")
        assert (own / "2027" / "copy.txt").read_text() == (own / "notes.txt").read_text() == "clear sky"
        (own / "2027" / "copy.txt").replace(own / "notes.txt")
        (own / "2027").rmdir()
        assert os.listdir(own) == ["notes.txt"]
        team = str(newcomer.client.add_team(name="Mounted", organisation=newcomer.host).slug)
        with pytest.raises(OSError) as refused:
            (own / "notes.txt").rename(root / "team" / team / "files" / "notes.txt")
        assert refused.value.errno == errno.EXDEV
        (own / "notes.txt").unlink()
        assert os.listdir(own) == []
        with pytest.raises(OSError, match="Read-only"):
            (root / "mine.txt").write_text("x")
    finally:
        subprocess.run(["fusermount3", "-u", "-z", str(root)], capture_output=True)
    [kept] = newcomer.client.list_team_trash("~me", path="notes.txt", limit=1).items
    assert kept.version == 2  # what took its place had the same content
