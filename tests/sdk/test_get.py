"""Folders of an organisation, downloaded with all below them by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import uraniborg

from tests.sdk.conftest import Command, Ran

FILES = {
    "light/M31_1.dat": b"first",
    "light/deep/M31_2.dat": b"second",
    "light_2/M33_1.dat": b"of another folder",
    "notes.txt": b"seeing 2 arcsec",
}


@pytest.fixture
def sent(client: uraniborg.Client, tmp_path: Path) -> None:
    send(client, tmp_path / "night", FILES)


def send(client: uraniborg.Client, folder: Path, files: dict[str, bytes], *, dataset: str | None = None) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    assert client.upload(folder, dataset=dataset).ok


def downloaded(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def only(*paths: str) -> dict[str, bytes]:
    return {path: FILES[path] for path in paths}


def states(ran: Ran) -> dict[str, str]:
    return {file["path"]: file["state"] for file in json.loads(ran.out)["files"]}


def test_all_below_a_folder_is_downloaded_and_once(command: Command, sent: None, tmp_path: Path) -> None:
    got = tmp_path / "got"
    ran = command("get", "light/", "-o", got)
    assert (ran.code, ran.out) == (0, f"2 files downloaded to {got}, 11 B.\n"), ran.err
    assert downloaded(got) == only("light/M31_1.dat", "light/deep/M31_2.dat")
    ran = command("get", "light/", "-o", got)
    assert (ran.code, ran.out) == (0, f"0 files downloaded to {got}, 0 B, 2 there already.\n")
    ran = command("get", "light/", "notes.txt", "light/M31_1.dat", "-o", got, "--json")
    assert ran.code == 0
    assert states(ran) == {
        "light/M31_1.dat": "present",
        "light/deep/M31_2.dat": "present",
        "notes.txt": "downloaded",
    }
    assert command("get", "/", "-o", tmp_path / "all").code == 0
    assert downloaded(tmp_path / "all") == FILES


def test_a_file_that_fails_stops_no_other(command: Command, sent: None, tmp_path: Path) -> None:
    (tmp_path / "got" / "light").mkdir(parents=True)
    (tmp_path / "got" / "light" / "M31_1.dat").write_bytes(b"my own work")
    ran = command("get", "light/", "-o", tmp_path / "got", "--json")
    assert ran.code == 1
    assert states(ran) == {"light/M31_1.dat": "failed", "light/deep/M31_2.dat": "downloaded"}
    assert (tmp_path / "got" / "light" / "M31_1.dat").read_bytes() == b"my own work"


def test_folders_that_are_not_there_or_not_called_so_are_told(command: Command, sent: None, tmp_path: Path) -> None:
    for words, said in (
        (["light"], "light is a folder: get light/ for all below it."),
        (["light/deep"], "light/deep is a folder: get light/deep/ for all below it."),
        (["notes.txt", "dark/"], "There is nothing below dark/"),
        (["notes.txt/"], "There is nothing below notes.txt/"),
        (["ligh"], "There is no file 'ligh'"),
    ):
        ran = command("get", *words, "-o", tmp_path / "got")
        assert (ran.code, ran.out) == (4, "")
        assert said in ran.err
    assert not (tmp_path / "got").exists()


def test_of_what_was_sent_again_the_newest_and_of_what_only_has_the_same_path_all(
    command: Command, client: uraniborg.Client, tmp_path: Path
) -> None:
    dataset = client.add_dataset(name="Flats").slug
    for number, content in enumerate((b"dusty", b"clean")):
        send(client, tmp_path / f"flats{number}", {"flat/R.dat": content}, dataset=dataset)
        send(client, tmp_path / f"bias{number}", {"bias/1.dat": content})
    assert command("get", "flat/", "bias/", "-o", tmp_path / "got").code == 0
    found = downloaded(tmp_path / "got")
    assert found.pop("flat/R.dat") == b"clean"
    assert found.pop("bias/1.dat") == b"dusty", "the first has the name"
    assert list(found.values()) == [b"clean"]
