"""One way, either way: what is the same moves nothing, and nothing goes without being told to."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import msgspec
import pytest
import uraniborg
from uraniborg.sync import sync_down, sync_up

from tests.sdk.conftest import Command
from tests.sdk.test_command import on_a_terminal
from tests.support.fits_bytes import image_file
from tests.support.meddling_proxy import MeddlingProxy


def tree(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def actions(out: object) -> dict[str, str]:
    return {step["path"]: step["action"] for step in out["steps"]}  # type: ignore[index]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "night"
    (made / "deep").mkdir(parents=True)
    for path in ("a.txt", "deep/b.txt", unicodedata.normalize("NFD", "é.txt")):
        (made / path).write_text(path)
    return made


def test_a_folder_into_a_dataset(client: uraniborg.Client, command: Command, folder: Path, line: MeddlingProxy) -> None:
    line.forget()
    plan = command("sync", folder, "dataset:M31 deep", "--dry-run", "--json")
    assert set(actions(plan.json).values()) == {"new"}
    assert line.count("PUT") == 0
    assert [d.slug for d in client.iterate("list_datasets")] == []
    assert command("sync", folder, "dataset:M31 deep").code == 0
    line.forget()
    again = command("sync", folder, "dataset:m31-deep", "--json")
    assert set(actions(again.json).values()) == {"kept"}
    assert line.count("PUT") == line.count("POST") == 0
    (folder / "a.txt").write_text("another content")
    (folder / "deep" / "b.txt").unlink()
    changed = command("sync", folder, "dataset:M31 deep", "--json").json
    assert actions(changed) == {"a.txt": "changed", "é.txt": "kept"}
    assert changed["extra"] == 1  # type: ignore[index]
    assert {f.path for f in client.iterate("list_dataset_files", dataset="m31-deep")} == {
        "a.txt",
        "deep/b.txt",
        "é.txt",
    }
    taken = command("sync", folder, "dataset:M31 deep", "--delete", "--json").json
    assert actions(taken)["deep/b.txt"] == "deleted"
    assert {f.path for f in client.iterate("list_dataset_files", dataset="m31-deep")} == {"a.txt", "é.txt"}
    assert "deep/b.txt" in {file.path for file in client.iterate("list_files")}, "it stays stored"


def test_a_folder_that_cannot_be_read_whole_takes_nothing_away(client: uraniborg.Client, folder: Path) -> None:
    sync_up(client, folder, "night")
    (folder / "deep" / "b.txt").unlink()
    (folder / os.fsdecode(b"\xff.txt")).write_text("no name")
    report = sync_up(client, folder, "night", delete=True)
    assert not report.ok
    assert len(list(client.iterate("list_dataset_files", dataset="night"))) == 3
    with pytest.raises(uraniborg.NotFound):
        sync_up(client, folder / "absent", "night", delete=True)


def test_a_dataset_into_a_folder(
    client: uraniborg.Client, command: Command, folder: Path, line: MeddlingProxy, tmp_path: Path
) -> None:
    client.upload(folder, dataset="night")
    target = tmp_path / "got"
    plan = command("sync", "dataset:night", target, "--dry-run")
    assert "Would be: 3 new" in plan.err
    assert not target.exists()
    assert command("sync", "dataset:night", target).code == 0
    assert set(tree(target)) == {"a.txt", "deep/b.txt", "é.txt"}
    line.forget()
    assert command("sync", "dataset:night", target).code == 0
    assert not [path for _, path, _ in line.requests if "/objects/" in path]
    (target / "a.txt").write_text("changed here")
    (target / "mine.txt").write_text("mine")
    (target / "deep" / "b.txt").unlink()
    told = command("sync", "dataset:night", target, "--json").json
    assert actions(told) == {"a.txt": "changed", "deep/b.txt": "new", "é.txt": "kept"}
    assert tree(target)["a.txt"] == "a.txt"
    assert tree(target)["mine.txt"] == "mine"
    told = command("sync", "dataset:night", target, "--delete", "--json").json
    assert actions(told)["mine.txt"] == "deleted"
    assert set(tree(target)) == {"a.txt", "deep/b.txt", "é.txt"}


def test_back_into_the_folder_it_came_from_whichever_form_its_names_have(
    client: uraniborg.Client, command: Command, folder: Path
) -> None:
    """As from a Mac, whose names are decomposed: what is there is neither fetched once more nor deleted."""
    sync_up(client, folder, "night")
    before = tree(folder)
    back = command("sync", "dataset:night", folder, "--delete", "--json")
    assert actions(back.json) == {"a.txt": "kept", "deep/b.txt": "kept", "é.txt": "kept"}
    assert tree(folder) == before


def test_what_fails_takes_nothing_away_and_leaves_the_old_file(
    client: uraniborg.Client, folder: Path, line: MeddlingProxy, tmp_path: Path
) -> None:
    client.upload(folder, dataset="night")
    target = tmp_path / "got"
    target.mkdir()
    (target / "a.txt").write_text("old")
    (target / "mine.txt").write_text("mine")
    line.forget()
    line.spoil_downloads(99)
    files = list(client.iterate("list_dataset_files", dataset="night"))
    report = sync_down(client, files, target, delete=True)
    assert not report.ok
    assert tree(target) == {"a.txt": "old", "mine.txt": "mine"}


def test_the_frames_of_a_query_into_a_folder(client: uraniborg.Client, command: Command, tmp_path: Path) -> None:
    source = tmp_path / "frames"
    source.mkdir()
    for name, filter_name in (("r.fits", "R"), ("b.fits", "B")):
        cards = {"DATE-OBS": "2026-11-20T22:00:00", "EXPTIME": 30.0, "FILTER": filter_name, "IMAGETYP": "light"}
        (source / name).write_bytes(image_file(cards=cards))
    assert client.upload(source, wait=True, telescope="quadrant").ok
    ran = command("sync", tmp_path / "got", "--filter", "R")
    assert (ran.code, [path.name for path in (tmp_path / "got").iterdir()]) == (0, ["r.fits"]), ran


def test_either_way_it_is_told_how_far_it_is(
    client: uraniborg.Client, command: Command, folder: Path, tmp_path: Path
) -> None:
    client.upload(folder / "a.txt", dataset="night")
    told: list[uraniborg.Progress] = []
    assert sync_up(client, folder, "night", progress=told.append).ok
    compared = [one for one in told if one.phase == "comparing"]
    assert [one.done_files for one in compared] == [1, 2, 3]
    assert (told[-1].phase, told[-1].files, told[-1].done_files, told[-1].is_counted) == ("done", 2, 2, True)
    assert told[-1].sent_bytes == told[-1].size_bytes == compared[-1].done_bytes - len("a.txt")
    files = list(client.iterate("list_dataset_files", dataset="night"))
    for moved_bytes in (compared[-1].done_bytes, 0):
        came: list[int] = []
        assert sync_down(client, files, tmp_path / "got", progress=came.append).moved_bytes == moved_bytes
        assert sum(came) == compared[-1].done_bytes, "what is the same was compared"
    bar = on_a_terminal("sync", str(folder), "dataset:other", NO_COLOR="")
    assert "\x1b[2K" in bar  # drawn, and taken away again
    assert "3 new" in bar


def test_what_was_sent_before_it_broke_off_is_told(
    client: uraniborg.Client, command: Command, folder: Path, line: MeddlingProxy
) -> None:
    client.upload(folder / "a.txt")
    line.refuse("POST", "/complete", 403)
    ran = command("sync", folder, "dataset:night")
    assert (ran.code, "1 known already" in ran.out) == (4, True), ran
    assert "Stopped before the end" in ran.err
    assert command("sync", folder, "dataset:night").code == 0


@pytest.mark.parametrize(
    "words",
    [["sync", "a"], ["sync", "a", "b"], ["sync", "dataset:a", "dataset:b"], ["sync", "a", "b", "--filter", "R"]],
)
def test_wrong_usage_is_told(command: Command, words: list[str]) -> None:
    assert command(*words).code == 2


def test_report_is_json(client: uraniborg.Client, folder: Path) -> None:
    report = msgspec.json.decode(msgspec.json.encode(sync_up(client, folder, "night", dry_run=True)))
    assert report["is_dry_run"] is True
