"""A team's own files from the command line, against a real service: sent, found, fetched, moved, lost and found."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
from pathlib import Path
from typing import Any

import pytest
import uraniborg
from uraniborg.errors import NotFound
from uraniborg.team_files import put_team_files, sources

from tests.sdk.conftest import PART_BYTES, Command, Ran
from tests.support.live_server import LiveServer
from tests.support.meddling_proxy import MeddlingProxy

TRIED = {f"team {name}" for name in ("files", "put", "get", "mv", "rm", "versions", "restore", "trash")}
_numbers = itertools.count(1)


def parsed(ran: Ran) -> Any:
    assert ran.code == 0, (ran.out, ran.err)
    return ran.json


@pytest.fixture
def team(client: uraniborg.Client) -> str:
    """A team of the client's organisation, managed by its owner."""
    made = client.add_team(name="Comets", slug=f"comets-{os.getpid()}-{next(_numbers)}")
    return made.slug


def test_files_of_a_team_from_the_first_to_the_last(command: Command, team: str, tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    (folder / "2026").mkdir(parents=True)
    (folder / "2026" / "november.txt").write_text("comets\n")
    (folder / "notes.txt").write_text("clear\n")
    assert "uraniborg team put" in command("team", "files", team).err
    sent = parsed(command("team", "put", team, folder, "--json"))
    assert (sent["stored"], sent["failed"]) == (2, 0)
    assert "Next: uraniborg team files" in command("team", "put", team, folder / "notes.txt", "--to", "kept/").err
    listed = command("team", "files", team).out.splitlines()
    assert [line.split("  ")[-1] for line in listed[1:]] == ["(1 file)", "(1 file)", "notes.txt"]
    assert "2026/  (1 file)" in listed[1] and "kept/  (1 file)" in listed[2]
    entries = parsed(command("team", "files", team, "2026", "--json"))
    assert [(e["kind"], e["path"], e["size_bytes"], e["version"]) for e in entries] == [
        ("file", "2026/november.txt", 7, 1)
    ]
    tree = parsed(command("team", "files", team, "--tree", "--json"))
    assert [e["path"] for e in tree] == ["2026/november.txt", "kept/notes.txt", "notes.txt"]
    assert command("team", "files", team, "nothing").code == 4

    (folder / "notes.txt").write_text("clouds\n")
    assert command("team", "put", team, folder / "notes.txt", "--expect", "1").code == 0
    late = command("team", "put", team, folder / "2026" / "november.txt", "--to", "", "--expect", "3")
    assert late.code == 1 and "version 3 was expected" in late.out
    versions = parsed(command("team", "versions", team, "notes.txt", "--json"))
    assert [v["version"] for v in versions] == [2, 1]
    assert "Tycho" in command("team", "versions", team, "notes.txt").out

    assert command("team", "get", team, "/", "-o", tmp_path / "all").code == 0
    assert (tmp_path / "all" / "2026" / "november.txt").read_text() == "comets\n"
    assert (tmp_path / "all" / "notes.txt").read_text() == "clouds\n"
    old = parsed(command("team", "get", team, "notes.txt", "--version", "1", "-o", tmp_path / "old", "--json"))
    assert [f["state"] for f in old["files"]] == ["downloaded"]
    assert (tmp_path / "old" / "notes.txt").read_text() == "clear\n"
    assert command("team", "get", team, "notes.txt", "--version", "9", "-o", tmp_path).code == 4
    assert command("team", "get", team, "2026", "--version", "1", "-o", tmp_path).code == 2

    assert parsed(command("team", "mv", team, "2026", "archive/2026", "--json")) == {"files": 1}
    assert "1 file moved" in command("team", "mv", team, "notes.txt", "archive/").err
    assert command("team", "mv", team, "archive/notes.txt", "archive/2026/november.txt").code == 1
    assert command("team", "rm", team, "archive").code == 4
    assert parsed(command("team", "rm", team, "archive", "-r", "--json")) == {"files": 2}
    trashed = parsed(command("team", "trash", team, "--json"))
    assert sorted(f["path"] for f in trashed) == ["archive/2026/november.txt", "archive/notes.txt"]
    assert "archive/notes.txt" in command("team", "trash", team).out
    words = ("--version", "1", "--to", "notes.txt", "--json")
    assert command("team", "restore", team, "archive").code == 4
    assert command("team", "restore", team, "archive", "-r", "--to", "x").code == 2
    assert parsed(command("team", "restore", team, "archive", "-r", "--json")) == {"files": 2, "left": 0}
    assert parsed(command("team", "rm", team, "archive", "-r", "--json")) == {"files": 2}
    back = parsed(command("team", "restore", team, "archive/notes.txt", *words))
    assert (back["path"], back["version"]) == ("notes.txt", 3)
    assert command("team", "restore", team, "notes.txt").code == 4
    assert "back, at version 4" in command("team", "restore", team, "notes.txt", "--version", "2").err
    assert command("team", "restore", team, back["id"], "--version", "2", "--expect", "1").code == 1

    shown = parsed(command("team", "show", team, "--json"))
    assert (shown["slug"], shown["storage"]["files"], shown["storage"]["trashed_files"]) == (team, 2, 1)
    assert shown["storage"]["size_bytes"] == len("comets\n" + "clear\n" + "clouds\n")
    assert "2 files, 20 B (6 versions, 1 in the trash)" in command("team", "show", team).out
    assert command("team", "end", team, "--yes").code == 1
    assert parsed(command("team", "trash", team, "--empty", "--json")) == {"files": 1}
    assert parsed(command("team", "rm", team, "/", "-r", "--json")) == {"files": 2}
    assert "2 files removed" in command("team", "trash", team, "--empty", "--yes").err
    assert "The trash is empty." in command("team", "trash", team).err
    assert parsed(command("team", "end", team, "--yes", "--json")) == {"ended": team}


def test_a_large_file_goes_in_parts_and_is_resumed(
    client: uraniborg.Client, team: str, tmp_path: Path, server: LiveServer, line: MeddlingProxy
) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(random.Random(3).randbytes(3 * PART_BYTES + 17))
    before = server.count("sign_team_parts")
    report = put_team_files(client, large, team, folder="raw")
    assert [(fate.path, fate.state) for fate in report.files] == [("raw/large.bin", "stored")]
    assert server.count("sign_team_parts") > before
    again = put_team_files(client, large, team, folder="raw", expected_version=1)
    assert [fate.state for fate in again.files] == ["known"]
    [source] = sources(client, team, "raw/large.bin")
    fetched = client.download(source, tmp_path / "fetched.bin")
    assert (
        hashlib.sha256(fetched.read_bytes()).hexdigest()
        == source.sha256
        == hashlib.sha256(large.read_bytes()).hexdigest()
    )


def test_addresses_that_expire_on_a_slow_line_are_renewed_where_the_files_go(
    client: uraniborg.Client, team: str, tmp_path: Path, server: LiveServer, line: MeddlingProxy
) -> None:
    (folder := tmp_path / "large").mkdir()
    for number in range(3):
        (folder / f"{number}.bin").write_bytes(bytes([number]) * 1_200_000)
    announced, renewed = server.count("start_team_upload"), server.count("get_team_upload")
    line.refuse("PUT", "/objects/", 403)
    report = put_team_files(client, folder, team)
    assert [fate.state for fate in report.files] == ["stored"] * 3
    assert server.count("start_team_upload") == announced + 1, "nothing was announced, nor read, once more"
    assert server.count("get_team_upload") == renewed + 1


def test_a_folder_is_not_taken_for_a_file_in_it_however_it_is_spelled(
    command: Command, team: str, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("clear")
    for _ in range(2):
        assert command("team", "put", team, tmp_path / "a.txt", "--to", "Kampány/plans").code == 0
    for folder in ("Kampány/plans", "Kampány/plans/", "./Kampány//plans", "Kampa\u0301ny/plans"):
        refused = command("team", "restore", team, folder, "--version", "1")
        assert refused.code == 4, folder
        assert "is not in the trash" in refused.err
    for path in ("Kampány/plans/a.txt", "./Kampány//plans/a.txt", "Kampa\u0301ny/plans/a.txt"):
        assert command("team", "versions", team, path).code == 0, path


def test_whoever_is_not_in_the_team_finds_none_of_it(
    command: Command, client: uraniborg.Client, server: LiveServer, team: str, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("a new comet")
    assert command("team", "put", team, tmp_path / "secret.txt").code == 0
    stranger = server.someone(f"stranger{os.getpid()}")
    client.set_member(stranger.email, role="admin")
    with uraniborg.connect(client.url, stranger.token, organisation=client.organisation) as other:
        for operation in ("list_team_files", "list_team_trash", "list_team_activity"):
            with pytest.raises(NotFound):
                list(other.iterate(operation, team=team))
        assert list(other.iterate("list_files")) == []
        assert len(other.find()) == 0
    assert command("ls", "--json").json == []
