"""The agent in a storm: whatever dies, every file arrives once, whole, and its status is right at each look."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.s3_server import missing_programs
from tests.support.watch_storm import storm

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

FILES = int(os.environ.get("URANIBORG_STORM_FILES", "150"))
KILLS = int(os.environ.get("URANIBORG_STORM_KILLS", "6"))


@pytest.mark.parametrize("on_s3", [False, True], ids=["local", "s3"])
def test_all_files_arrive_once_whatever_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_s3: bool) -> None:
    if on_s3 and (missing := missing_programs()):
        pytest.skip(f"no S3 server: {', '.join(missing)} not installed")
    for variable in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    outcome = storm(tmp_path, files=FILES, kills=KILLS, pause_s=0.1, on_s3=on_s3)
    assert outcome.files == FILES
    assert sum(outcome.kills.values()) == KILLS
    assert outcome.missing == []
    assert outcome.twice == []
    assert outcome.never_written == []
    assert outcome.without_frame == []
    assert outcome.wrong_looks == []
    assert outcome.looks_while_down == outcome.kills["agent"] + 1
    assert outcome.audit_clean
