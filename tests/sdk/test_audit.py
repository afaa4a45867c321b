"""The audit log from the command line: read, exported, and checked without the service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import uraniborg
from uraniborg.audit import check_export

from tests.sdk.conftest import Command
from tests.support.live_server import Someone


def test_log_is_read_with_filters(command: Command, tycho: Someone) -> None:
    ran = command("org", "audit", "--action", "equipment.", "--actor", tycho.email, "-n", "2")
    assert ran.code == 0, ran.err
    head, *rows = ran.out.splitlines()
    assert head.split()[:3] == ["AT", "UTC", "WHO"]
    assert [row.split()[-1] for row in rows] == ["instruments/camera", "telescopes/quadrant"]
    assert "Nothing like that" in command("org", "audit", "--since", "2090-01-01").err
    assert command("org", "audit", "--until", "2090-01-01T00:00Z", "--json").code == 0
    assert command("org", "audit", "--since", "yesterday").code == 2


def test_export_is_checked_and_can_be_checked_offline(
    command: Command, client: uraniborg.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "audit.jsonl"
    ran = command("org", "audit", "--export", target)
    assert ran.code == 0, ran.err
    assert target.stat().st_mode & 0o777 == 0o600
    lines = target.read_text().splitlines()
    assert json.loads(lines[-2])["action"] == "audit.exported"
    # Nobody is signed in, and nobody would answer.
    monkeypatch.setenv("URANIBORG_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("URANIBORG_TOKEN")
    told: Any = json.loads(command("org", "audit", "--verify", target, "--json").out)
    assert (told["entries"], told["broken_at"]) == (len(lines) - 1, None)
    assert told["hash"] == json.loads(lines[-2])["hash"]

    forgeries = {
        "changed": [*lines[:2], lines[2].replace("quadrant", "sextant"), *lines[3:]],
        "removed": lines[:2] + lines[3:],
        "swapped": [lines[1], lines[0], *lines[2:]],
        "twice": [lines[0], *lines],
        "cut": lines[:-1],
        "shortened": lines[:-2] + lines[-1:],
        "longer": [*lines, lines[0]],
        "spoilt": [*lines[:2], lines[2][:20], *lines[3:]],
        "empty": [],
    }
    for name, forged in forgeries.items():
        target.write_text("".join(f"{line}\n" for line in forged))
        ran = command("org", "audit", "--verify", target)
        assert ran.code == 1, name
        assert "Entry " in ran.err, name
        assert ran.out == ""
    assert check_export(lines).ok
    assert command("org", "audit", "--verify", tmp_path / "nowhere").code == 2
