"""What the agent deletes here, and that nothing waits for it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import uraniborg
from uraniborg.watch.deleting import DAY_S, ROUND_EVERY_S, Deleting
from uraniborg.watch.journal import Journal
from uraniborg.watch.places import journal_path

from tests.sdk.conftest import Command
from tests.sdk.test_watch_agent import counts, status_of, stored, wait_until, watching
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
    assert (deleting.delete_some(), line.count("POST", "/contents/check")) == (0, 0)
    now = DAY_S + 2 * ROUND_EVERY_S
    assert (deleting.delete_some(), line.count("POST", "/contents/check")) == (0, 1)
    journal.close()
