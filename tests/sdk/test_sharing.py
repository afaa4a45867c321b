"""Teams, shares and links from the command line."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
import uraniborg

from tests.sdk.conftest import Command, Ran
from tests.support.live_server import LiveServer
from tests.support.meddling_proxy import MeddlingProxy

TRIED = {
    "team list", "team show", "team add", "team rename", "team end", "team members", "team set-role",
    "team remove-member", "team invite", "team invitations", "team uninvite", "team accept", "team decline",
    "team datasets", "team activity", "share dataset", "share list", "share end", "share link", "share links",
    "share revoke", "share get",
}  # fmt: skip


def parsed(ran: Ran) -> Any:
    assert ran.code == 0, (ran.out, ran.err)
    return ran.json


def secret_for(server: LiveServer, email: str, *, after: int) -> str:
    """Wait for a mail to somebody and take the invitation's secret out of it."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        mails = [path.read_text() for path in sorted((server.folder / "data" / "mail").glob("*.eml"))]
        mine = [mail.replace("=\n", "").replace("=3D", "=") for mail in mails if f"To: {email}" in mail]
        found = [match[1] for mail in mine if (match := re.search(r"/invitations#(\S+)", mail))]
        if len(found) > after:
            return found[-1]
        time.sleep(0.2)
    raise AssertionError(f"no mail to {email}")


def test_a_team_and_what_is_shared_with_it(
    command: Command, client: uraniborg.Client, server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    friend = server.someone(f"sophie{os.getpid()}")
    slug = f"comets-{os.getpid()}"
    assert parsed(command("team", "add", "Comets", "--slug", slug, "--json"))["role"] == "manager"
    assert slug in command("team", "list").out
    assert parsed(command("team", "rename", slug, "Bright comets", "--json"))["name"] == "Bright comets"
    assert parsed(command("team", "show", slug, "--json"))["organisation"] == client.organisation
    parsed(command("team", "invite", slug, friend.email, "--json"))
    first = secret_for(server, friend.email, after=0)
    invited = parsed(command("team", "invitations", slug, "--json"))
    assert [i["email"] for i in invited] == [friend.email]
    assert parsed(command("team", "uninvite", slug, invited[0]["id"], "--json"))
    parsed(command("team", "invite", slug, friend.email, "--role", "editor", "--json"))
    second = secret_for(server, friend.email, after=1)

    (tmp_path / "one.txt").write_text("one")
    (tmp_path / "two.txt").write_text("two")
    parsed(command("upload", tmp_path / "one.txt", tmp_path / "two.txt", "--dataset", "night", "--json"))
    shared = parsed(command("share", "dataset", "night", "--team", slug, "--json"))
    assert (shared["team"], shared["embargoed"]) == (slug, False)
    assert [s["team"] for s in parsed(command("share", "list", "night", "--json"))] == [slug]

    with monkeypatch.context() as patch:
        patch.setenv("URANIBORG_TOKEN", friend.token)
        assert command("team", "accept", first).code == 4
        assert parsed(command("team", "accept", second, "--json"))["role"] == "editor"
        listed = parsed(command("team", "datasets", slug, "--json"))
        assert [(d["organisation"], d["dataset"]) for d in listed] == [(client.organisation, "night")]
        assert {f["path"] for f in parsed(command("ls", "--json"))} == {"one.txt", "two.txt"}
        assert command("get", "one.txt", "-o", tmp_path / "fetched").code == 0
        assert command("rm", "one.txt", "--yes").code != 0
    assert {m["email"] for m in parsed(command("team", "members", slug, "--json"))} >= {friend.email}
    assert parsed(command("team", "set-role", slug, friend.email, "viewer", "--json"))["role"] == "viewer"
    assert parsed(command("share", "end", "night", slug, "--json"))
    with monkeypatch.context() as patch:
        patch.setenv("URANIBORG_TOKEN", friend.token)
        assert command("ls").code == 4
    assert parsed(command("team", "remove-member", slug, friend.email, "--json"))
    assert "dataset.unshared" in command("team", "activity", slug).out
    parsed(command("team", "invite", slug, friend.email, "--json"))
    third = secret_for(server, friend.email, after=2)
    with monkeypatch.context() as patch:
        patch.setenv("URANIBORG_TOKEN", friend.token)
        assert command("team", "decline", third).code == 0
    assert parsed(command("team", "end", slug, "--yes", "--json")) == {"ended": slug}
    assert command("team", "show", slug).code == 4


def test_a_link_is_made_fetched_and_revoked(
    command: Command, client: uraniborg.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "night").mkdir()
    for name in ("one.txt", "two.txt"):
        (tmp_path / "night" / name).write_text(name)
    parsed(command("upload", tmp_path / "night", "--dataset", "night", "--json"))
    made = parsed(
        command("share", "link", "Referee", "--dataset", "night", "--password", "comet 1577", "--anonymous", "--json")
    )
    assert made["url"].endswith(made["secret"])
    assert "Referee" in command("share", "links").out
    with monkeypatch.context() as patch:  # the reader has neither account nor settings
        for name in ("URANIBORG_TOKEN", "URANIBORG_ORGANISATION", "URANIBORG_URL"):
            patch.delenv(name)
        target = tmp_path / "fetched"
        assert command("share", "get", made["url"], "-o", target).code == 3
        fetched = command("share", "get", made["url"], "-o", target, "--password", "comet 1577", "--json")
        assert fetched.code == 0, fetched.err
        assert sorted(p.name for p in target.rglob("*.txt")) == ["one.txt", "two.txt"]
        assert (target / "one.txt").read_text() == "one.txt"
        again = parsed(command("share", "get", made["url"], "-o", target, "--password", "comet 1577", "--json"))
        assert {f["state"] for f in again["files"]} == {"present"}
        assert command("share", "get", "https://hven.example/", "-o", target).code == 2
    assert parsed(command("share", "revoke", made["id"], "--json")) == {"revoked": made["id"]}
    with monkeypatch.context() as patch:
        patch.delenv("URANIBORG_TOKEN")
        assert command("share", "get", made["url"], "-o", target, "--password", "comet 1577").code == 3


def test_a_draft_is_fetched_as_one_archive_which_tells_what_is_not_in_it(
    command: Command, line: MeddlingProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "night").mkdir()
    (tmp_path / "night" / "large.bin").write_bytes(os.urandom(3_000_000))
    (tmp_path / "night" / "held.txt").write_text("a nova")
    parsed(command("upload", tmp_path / "night", "--dataset", "night", "--json"))
    files = parsed(command("ls", "--json"))
    held = next(file["id"] for file in files if file["path"].endswith("held.txt"))
    parsed(command("org", "embargo", "set", "file", held, "--until", "2100-01-01", "--json"))
    parsed(command("package", "add", "A night", "--slug", "a-night", "-d", "night", "--licence", "CC0-1.0", "--json"))
    refused = command("share", "link", "Referee", "--package", "a-night")
    assert (refused.code, "embargo" in refused.err) == (1, True), refused.err
    words = ("share", "link", "Referee", "--package", "a-night", "--leave-out-embargoed", "--downloads", "1", "--json")
    made = parsed(command(*words))
    assert "a-night v1" in command("share", "links").out
    target = tmp_path / "fetched"
    target.mkdir()
    with monkeypatch.context() as patch:  # the reader has neither account nor settings
        for name in ("URANIBORG_TOKEN", "URANIBORG_ORGANISATION", "URANIBORG_URL"):
            patch.delenv(name)
        line.cut_download_after(1_000_000)
        ran = command("share", "get", made["url"], "--zip", "-o", target)
        assert ran.code == 0, ran.err
        assert ran.out.strip() == str(target / "a-night-v1-draft.zip")
        assert "1 file left out" in ran.err
        assert command("share", "get", made["url"], "--zip", "-o", target).code != 0, "it is there"
        assert command("share", "get", made["url"], "--zip", "-o", tmp_path / "again.zip").code == 3, "used up"
        told = parsed(command("package", "verify", target / "a-night-v1-draft.zip", "--json"))
        assert told["whole"]
        assert [(f["path"].rpartition("/")[2], f["until"]) for f in told["left_out"]] == [
            ("held.txt", "2100-01-01T00:00:00Z")
        ]
        shown = command("package", "verify", target / "a-night-v1-draft.zip")
        assert "an embargo held it back: 1 file." in shown.out
        assert "held.txt" in shown.out
