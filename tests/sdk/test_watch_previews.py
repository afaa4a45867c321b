"""On a thin line previews are at the service long before their files, once each, and go when those come."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from PIL import Image
from uraniborg.watch.agent import Agent

from tests.sdk.conftest import Command
from tests.sdk.test_watch_agent import counts, plan_of, status_of, stored, wait_until, watching
from tests.support.live_server import Someone
from tests.support.meddling_proxy import MeddlingProxy

THIN, FAST = 100e3, 1e9  # bytes per second of each connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "night"
    made.mkdir()
    return made


def take(folder: Path, name: str) -> None:
    """Take a frame of 3.2 MB."""
    image = np.random.default_rng(len(name)).normal(1000, 10, (900, 900)).astype("float32")
    unit = fits.PrimaryHDU(image)
    unit.header["OBJECT"], unit.header["EXPTIME"] = f"target {name}", 30
    unit.writeto(folder / f"{name}.fits")


def coming(client: uraniborg.Client) -> dict[str, Any]:
    return {item.path: item for item in client.iterate("list_coming_frames")}


@contextmanager
def process(client: uraniborg.Client, someone: Someone, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Have an agent run as a process of its own."""
    told = {"URANIBORG_URL": client.url, "URANIBORG_TOKEN": someone.token}
    words = ["watch", str(folder), "--previews-first", "--settle", "0.3", "--poll", "0.5", "--name", "dome"]
    words += ["--organisation", client.organisation or ""]
    running = subprocess.Popen([sys.executable, "-m", "uraniborg", *words], env=os.environ | told)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def test_previews_are_there_before_their_files(
    client: uraniborg.Client, folder: Path, line: MeddlingProxy, command: Command
) -> None:
    line.slow_puts(THIN)
    for name in ("a", "b", "c"):
        take(folder, name)
    (folder / "notes.txt").write_text("no preview\n" * 300_000)  # it takes as long as a frame
    with watching(client, folder, previews_first=True):
        wait_until(lambda: coming(client).keys() == {"a.fits", "b.fits", "c.fits", "notes.txt"})
        take(folder, "later")
        wait_until(lambda: "later.fits" in coming(client))
        assert not [path for path in stored(client) if path.endswith(".fits")], "no frame is there yet"
        assert coming(client)["notes.txt"].preview is None
        shown = coming(client)["later.fits"]
        assert (shown.agent, shown.object, shown.exposure_s) == ("dome", "target later", 30.0)
        assert shown.size_bytes == (folder / "later.fits").stat().st_size
        content = client.call("get_coming_preview", frame_id=shown.id)
        assert Image.open(io.BytesIO(content)).size == (450, 450)
        told = command("coming")
        assert (told.code, "target later" in told.out, "3.2 MB" in told.out) == (0, True, True), told
        assert len(command("coming", "--json").json) == 5  # type: ignore[arg-type]
        line.slow_puts(FAST)
        wait_until(lambda: len(stored(client)) == 5)
        wait_until(lambda: not coming(client))
    assert "4 sent ahead of their files" in command("watch", "--status").out
    assert "uraniborg watch FOLDER --previews-first" in command("coming").err
    assert status_of(client).previews_sent == 4
    assert {path.name for path in folder.iterdir()} == {"a.fits", "b.fits", "c.fits", "later.fits", "notes.txt"}


def test_killed_and_begun_again_it_sends_no_preview_twice(
    client: uraniborg.Client, folder: Path, line: MeddlingProxy, tycho: Someone
) -> None:
    line.slow_puts(THIN)
    for name in ("a", "b", "c"):
        take(folder, name)
    with process(client, tycho, folder):
        wait_until(lambda: len(coming(client)) == 3 and status_of(client).previews_sent == 3)
    before = {path: item.id for path, item in coming(client).items()}
    take(folder, "later")
    (folder / "b.fits").unlink()
    take(folder, "bb")
    (folder / "bb.fits").rename(folder / "b.fits")
    with process(client, tycho, folder):
        wait_until(lambda: "later.fits" in coming(client) and coming(client)["b.fits"].id != before["b.fits"])
        after = {path: item.id for path, item in coming(client).items()}
        assert (after["a.fits"], after["c.fits"]) == (before["a.fits"], before["c.fits"])
        assert coming(client)["b.fits"].object == "target bb", "another version has another preview"
        wait_until(lambda: status_of(client).previews_sent == 5)
        line.slow_puts(FAST)
        wait_until(lambda: len(stored(client)) == 4)
        wait_until(lambda: not coming(client))


def test_previews_that_are_refused_hold_up_nothing(client: uraniborg.Client, folder: Path, line: MeddlingProxy) -> None:
    line.refuse("POST", "/coming", 500, times=1000)
    for name in ("a", "b", "c"):
        take(folder, name)
    with watching(client, folder, previews_first=True, once=True):
        wait_until(lambda: counts(client) == {"stored": 3})
    assert coming(client) == {}
    assert status_of(client).previews_sent == 0


def test_previews_keep_to_the_limit(client: uraniborg.Client, folder: Path) -> None:
    limit = 20e3
    for name in ("a", "b", "c"):
        take(folder, name)
    with watching(client, folder, previews_first=True, limit_bytes_per_s=limit):
        wait_until(lambda: len(coming(client)) == 3)
    last, *first = sorted(coming(client).values(), key=lambda item: item.announced_at, reverse=True)
    size_bytes = sum(len(client.call("get_coming_preview", frame_id=item.id)) for item in first)
    elapsed_s = (last.announced_at - first[-1].announced_at).total_seconds()
    assert elapsed_s > 0.9 * size_bytes / limit


def test_a_line_that_keeps_up_carries_no_previews(client: uraniborg.Client, folder: Path, line: MeddlingProxy) -> None:
    take(folder, "a")
    Agent(client, plan_of(client, folder, once=True, previews_first=True)).run()
    assert len(stored(client)) == 1
    assert line.count("POST", "/coming") == 0


def test_what_is_missing_to_draw_is_told(
    client: uraniborg.Client, folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    ran = command("watch", folder, "--previews-first", "--once")
    assert ran.code != 0
    assert "pip install 'uraniborg[astro]'" in ran.err
