"""The agent in a storm: whatever dies, every file arrives once, whole, and its status is right at each look."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.watch_storm import storm

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


def test_all_files_arrive_once_whatever_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    outcome = storm(tmp_path, files=250, agent_kills=8, service_kills=3, pause_s=0.1)
    assert outcome.files == 250
    assert outcome.missing == []
    assert outcome.twice == []
    assert outcome.never_written == []
    assert outcome.wrong_looks == []
    assert outcome.looks_while_down == 9
    assert outcome.audit_clean
