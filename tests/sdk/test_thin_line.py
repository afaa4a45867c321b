"""Uploads over a line that carries little and breaks: each time it holds, something arrives for good."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uraniborg
from uraniborg.watch.agent import Agent, Plan
from uraniborg.watch.rules import Rules, Treatment

from tests.support.live_server import LiveServer, live_server
from tests.support.thin_line import ThinLine, thin_line

pytestmark = pytest.mark.slow

BYTES_PER_S = 8e6
BREAKS_EVERY_S = 3.0
LIMIT_S = 300
SIZES = {"frame": 32_000_000, "cube": 70_000_000}  # four seconds alone, and parts of eight seconds, if nothing is said


@pytest.fixture
def thin() -> Iterator[ThinLine]:
    with thin_line(
        ("127.0.0.1", 0),
        up_bytes_per_s=BYTES_PER_S,
        down_bytes_per_s=BYTES_PER_S,
        round_trip_s=0.05,
        breaks_every_s=BREAKS_EVERY_S,
    ) as line:
        yield line


@pytest.fixture
def far_server(thin: ThinLine, tmp_path: Path) -> Iterator[LiveServer]:
    """A service that knows files of 64 MiB and less in one piece, as it does where nothing is said."""
    with live_server(tmp_path / "far", public_url=f"http://127.0.0.1:{thin.port}") as running:
        thin.target = ("127.0.0.1", running.port)
        yield running


def test_an_agent_tells_how_often_its_line_breaks(thin: ThinLine, far_server: LiveServer, tmp_path: Path) -> None:
    someone = far_server.someone("vedel")
    folder = tmp_path / "night"
    folder.mkdir()
    thin.breaks_every_s = 5.0
    for name in ("a", "b"):
        (folder / f"{name}.dat").write_bytes(os.urandom(48_000_000))  # six seconds alone
    with uraniborg.connect(far_server.url, someone.token) as near:
        near.organisation = near.add_organisation(name="Far away").slug
        with uraniborg.connect(
            f"http://127.0.0.1:{thin.port}", someone.token, organisation=near.organisation
        ) as client:
            plan = Plan(
                organisation=near.organisation,
                name="dome",
                folders=[(os.fsencode(folder), "")],
                rules=Rules((), Treatment()),
                rest_s=0.2,
            )
            agent = Agent(client, plan)
            running = threading.Thread(target=agent.run)
            running.start()
            try:
                deadline = time.monotonic() + LIMIT_S
                while (status := agent.status()) is None or status.folders[0].stored < 2:
                    assert time.monotonic() < deadline
                    time.sleep(0.2)
            finally:
                agent.stop()
                running.join(LIMIT_S)
        assert status.breaks_every_s is not None
        assert status.breaks_every_s < 20
        [told] = near.list_agents().items
    assert (told.state, told.waiting_files) == ("stopped", 0)
    assert told.breaks_every_s is not None


def test_frames_arrive_that_the_line_never_carries_in_one_piece(
    thin: ThinLine, far_server: LiveServer, tmp_path: Path
) -> None:
    someone = far_server.someone("vedel")
    with uraniborg.connect(far_server.url, someone.token) as near:
        near.add_organisation(name="Far away")
    folder = tmp_path / "night"
    folder.mkdir()

    def send() -> float:
        """Send frames that nobody has seen; returns how often the line carried them."""
        for name, size_bytes in SIZES.items():
            (folder / f"{name}.dat").write_bytes(os.urandom(size_bytes))
        before = thin.up.carried_bytes
        with uraniborg.connect(f"http://127.0.0.1:{thin.port}", someone.token, organisation="far-away") as client:
            report = client.upload(folder)
        assert [file.state for file in report.files] == ["stored"] * len(SIZES), [file.reason for file in report.files]
        return (thin.up.carried_bytes - before) / sum(SIZES.values())

    first, breaks = send(), thin.breaks
    assert breaks > 1
    assert first < 5
    assert send() < 4, "what the line is like is remembered"
    assert thin.breaks > breaks
