"""What the agent deletes here, and that nothing waits for it."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uraniborg
from uraniborg.errors import ServiceFault
from uraniborg.watch.deleting import DAY_S, ROUND_EVERY_S, Deleting
from uraniborg.watch.journal import Fate, Folder, Journal
from uraniborg.watch.look import look
from uraniborg.watch.places import journal_path

from tests.sdk.conftest import Command
from tests.sdk.test_watch_agent import counts, status_of, stored, wait_until, watching
from tests.support.live_server import Someone
from tests.support.meddling_proxy import MeddlingProxy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "night"
    made.mkdir()
    return made


def test_deletes_here_only_what_the_service_still_holds(client: uraniborg.Client, folder: Path) -> None:
    for name in ("held.txt", "deleted there.txt", "changed here.txt"):
        (folder / name).write_text(name)
    (folder / "deep").mkdir()
    with watching(client, folder):
        wait_until(lambda: counts(client) == {"stored": 3})
    by_path = {file.path: file for file in client.iterate("list_files")}
    client.delete_file(by_path["deleted there.txt"].id)
    # The same length and time: only its checksum tells.
    status = (folder / "changed here.txt").stat()
    (folder / "changed here.txt").write_text("changed hers.txt")
    os.utime(folder / "changed here.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    with watching(client, folder, delete_after_days=0.0, rest_s=60.0):
        wait_until(lambda: not (folder / "held.txt").exists())
        time.sleep(1)
    assert {path.name for path in folder.iterdir()} == {"deleted there.txt", "changed here.txt", "deep"}
    assert status_of(client).folders[0].deleted == 1


def test_nothing_is_deleted_without_being_told_to(client: uraniborg.Client, folder: Path) -> None:
    (folder / "kept.txt").write_text("kept")
    with watching(client, folder):
        wait_until(lambda: counts(client) == {"stored": 1})
        time.sleep(2)
    assert (folder / "kept.txt").exists()


def test_frames_are_sent_while_a_large_archive_is_deleted(
    client: uraniborg.Client, folder: Path, line: MeddlingProxy
) -> None:
    for number in range(200):
        (folder / f"{number:03}.txt").write_text(str(number))
    with watching(client, folder):
        wait_until(lambda: counts(client) == {"stored": 200})
    line.slow_answers("/contents/check", 4.0)
    with watching(client, folder, delete_after_days=0.0):
        wait_until(lambda: status_of(client).folders[0].deleted > 0)
        (folder / "new.txt").write_text("new")
        wait_until(lambda: "new.txt" in stored(client))
        assert (folder / "199.txt").exists(), "it did not wait for the end of the archive"
        wait_until(lambda: status_of(client).folders[0].deleted > 100)
    left = len(list(folder.iterdir()))
    assert left, "nor did stopping"
    line.forget()
    with watching(client, folder, delete_after_days=0.0):
        wait_until(lambda: not list(folder.iterdir()))
    assert status_of(client).folders[0].deleted == 201


def test_an_agent_that_runs_once_deletes_all_it_may(client: uraniborg.Client, folder: Path, command: Command) -> None:
    for number in range(120):
        (folder / f"{number:03}.txt").write_text(str(number))
    words = ["watch", folder, "--once", "--settle", "0.2", "--name", "dome"]
    assert command(*words).code == 0
    (folder / "new.txt").write_text("new")
    assert command(*words, "--delete-after-days", "0").code == 0
    assert "new.txt" in stored(client)
    assert not list(folder.glob("[0-9]*"))


def test_deleting_goes_on_where_it_stopped_and_reads_what_is_not_held_once_a_day(
    client: uraniborg.Client, folder: Path, line: MeddlingProxy
) -> None:
    names = ["1.txt", "2.txt", "3.txt", "4.txt"]
    for name in names:
        (folder / name).write_text(name)
        with watching(client, folder):
            wait_until(lambda: name in stored(client))
    client.delete_file(next(file.id for file in client.iterate("list_files") if file.path == "2.txt"))
    journal = Journal(journal_path("dome", client.url, client.organisation))
    folders = {one.id: one for one in journal.begin([(os.fsencode(folder), "")], rest_s=0)}
    now, is_busy = 0.0, True
    deleting = Deleting(
        client, client.organisation, journal, folders,
        days=0.0, is_wanted_elsewhere=lambda: is_busy, clock=lambda: now,
    )  # fmt: skip
    assert [deleting.delete_some() for _ in range(3)] == [1, 0, 1], "a file at a time while there is something to do"
    is_busy = False
    assert (deleting.delete_some(), deleting.is_done) == (1, True)
    assert [path.name for path in folder.iterdir()] == ["2.txt"]
    line.forget()
    now = ROUND_EVERY_S + 1
    assert (deleting.delete_some(), line.count("POST", "/contents/check")) == (0, 1), "what time it is, and no more"
    now = DAY_S + 2 * ROUND_EVERY_S
    assert (deleting.delete_some(), line.count("POST", "/contents/check")) == (0, 3)
    journal.close()


NOON_S = 1_800_000_000.0
DAYS, STEP_S = 7, DAY_S / 4


class Service:
    """Holds whatever it is asked for, and tells its own time, as far as deleting needs a client.

    Attributes
    ----------
    router : object or None
        What answers in its place.
    """

    def __init__(self) -> None:
        self.time_s = NOON_S
        self.transport = self
        self.router: object | None = None

    def send(self, method: str, path: str, **more: object) -> object:
        headers = {"Date": formatdate(self.time_s, usegmt=True)}
        return self.router or SimpleNamespace(headers=headers, content=b'{"held": []}')

    def call(self, operation_id: str, *, organisation: str, contents: list[dict[str, Any]]) -> object:
        assert operation_id == "check_contents"
        return SimpleNamespace(held=[content["sha256"] for content in contents])


class Computer:
    """A computer with a watched folder, whose clock may be set to anything, and which may be started anew."""

    def __init__(self, folder: Path, journal: Path, service: Service) -> None:
        self.folder, self.journal_path, self.service = folder, journal, service
        self.ahead_s = self.up_since_s = 0.0
        self.start()

    def start(self) -> None:
        self.up_since_s = self.service.time_s
        self.journal = Journal(self.journal_path, self.uptime)
        [watched] = self.journal.begin([(os.fsencode(self.folder), "")], rest_s=0.0)
        self.watched: Folder = watched
        client: Any = self.service
        self.deleting = Deleting(
            client, "hven", self.journal, {watched.id: watched},
            days=DAYS, is_wanted_elsewhere=lambda: False, clock=self.uptime,
        )  # fmt: skip

    def start_anew(self) -> None:
        self.journal.close()
        self.start()

    def uptime(self) -> float:
        return self.service.time_s - self.up_since_s

    def wall(self) -> float:
        return self.service.time_s + self.ahead_s

    def store(self, name: str) -> None:
        """Have a file as it is after it was sent."""
        (self.folder / name).write_text(name)
        self.journal.observe(self.watched, look(self.watched.path), rest_s=0.0)
        self.journal.settle(ready=self.journal.due(), rest_s=0.0)
        self.journal.end(Fate(entry=entry, stored=True) for entry in self.journal.take(files=9, size_bytes=10**6))
        assert self.journal.count("stored")

    def goes_after_s(self, name: str) -> float:
        """Delete each few hours, until a file is gone; returns how long it takes."""
        begun_s = self.service.time_s
        while (self.folder / name).exists():
            assert self.service.time_s - begun_s <= (DAYS + 1) * DAY_S, "it is deleted in the end"
            self.service.time_s += STEP_S
            self.deleting.delete_some()
        return self.service.time_s - begun_s


@pytest.fixture
def computer(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Computer]:
    made = Computer(folder, tmp_path / "journal.sqlite", Service())
    monkeypatch.setattr(time, "time", made.wall)  # whoever asks for the wall's clock gets what it was set to
    yield made
    made.journal.close()


@pytest.mark.parametrize("is_started_anew", [False, True])
@pytest.mark.parametrize("when", ["before it is stored", "before the first round", "after the first round"])
@pytest.mark.parametrize("jump_s", [30 * DAY_S, -30 * DAY_S])
def test_no_clock_that_is_set_deletes_a_file_early(
    computer: Computer, jump_s: float, when: str, *, is_started_anew: bool
) -> None:
    def jump() -> None:
        computer.ahead_s += jump_s
        if is_started_anew:
            computer.start_anew()

    if when == "before it is stored":
        jump()
    computer.store("frame.txt")
    stored_at_s = computer.service.time_s
    if when == "before the first round":
        jump()
    computer.deleting.delete_some()
    if when == "after the first round":
        jump()
    computer.goes_after_s("frame.txt")
    passed_s = computer.service.time_s - stored_at_s
    assert DAYS * DAY_S <= passed_s <= DAYS * DAY_S + 2 * STEP_S


def test_what_is_written_anew_is_held_anew(computer: Computer) -> None:
    computer.store("frame.txt")
    computer.deleting.delete_some()
    computer.service.time_s += (DAYS - 1) * DAY_S
    (computer.folder / "frame.txt").unlink()
    computer.store("frame.txt")
    computer.deleting.delete_some()
    assert computer.goes_after_s("frame.txt") >= DAYS * DAY_S


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({}, b'{"held": []}'),
        ({"Date": "today"}, b'{"held": []}'),
        ({"Date": "Fri, 01 Jan 2100 00:00:00 GMT"}, b"<h1>Welcome to the guests' network</h1>"),
    ],
)
def test_nothing_is_deleted_while_the_service_does_not_tell_its_time(
    computer: Computer, headers: dict[str, str], content: bytes
) -> None:
    computer.store("frame.txt")
    computer.deleting.delete_some()
    computer.service.router = SimpleNamespace(headers=headers, content=content)
    for _ in range(2 * DAYS):
        computer.service.time_s += DAY_S
        with pytest.raises(ServiceFault, match="nothing is deleted"):
            computer.deleting.delete_some()
    computer.service.router = None
    assert computer.goes_after_s("frame.txt") == STEP_S


def test_a_journal_of_an_earlier_version_knows_of_no_file_since_when_it_is_held(computer: Computer) -> None:
    computer.store("frame.txt")
    computer.journal.close()
    with closing(sqlite3.connect(computer.journal_path)) as database:
        database.execute("ALTER TABLE files DROP COLUMN held_since_time")
    computer.service.time_s += 30 * DAY_S
    computer.start()
    assert computer.goes_after_s("frame.txt") >= DAYS * DAY_S


def test_the_service_tells_its_time(
    client: uraniborg.Client, tycho: Someone, line: MeddlingProxy, folder: Path
) -> None:
    journal = Journal(folder.parent / "journal.sqlite")
    # Past the line, which tells a time of its own.
    with uraniborg.Client(f"http://127.0.0.1:{line.target[1]}", tycho.token) as straight:
        deleting = Deleting(straight, client.organisation, journal, {}, days=0.0, is_wanted_elsewhere=lambda: False)
        assert deleting.delete_some() == 0
    journal.close()
