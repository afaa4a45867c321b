"""``make demo`` as whoever tries the house runs it: a night the first time, and nothing new the second."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.conftest import ROOT
from tests.support.live_server import live_server

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

NIGHT = "2026-11-20"
FILES = 82
HOUSE = "/organisations/uranienborg"
LIMIT_S = 400
# What a second run must leave as it is.
LISTS = {name: f"{HOUSE}/{name}" for name in ("files", "frames", "datasets", "packages", "jobs")} | {
    "log entries": f"{HOUSE}/telescopes/quadrant/nights/{NIGHT}/log/entries"
}
Held = dict[str, list[str]]


class Ran(msgspec.Struct):
    """One run of the demonstration: the folder of its data, its words, and the work of all its processes."""

    folder: Path
    out: str
    cpu_s: float

    def said(self, pattern: str) -> tuple[str, ...]:
        """Find the one line of its summary that fits; returns what the groups caught."""
        found = [match for line in self.out.splitlines() if (match := re.fullmatch(pattern, line.strip()))]
        assert len(found) == 1, f"{len(found)} lines are {pattern!r}:\n{self.out}"
        return found[0].groups()


def children_cpu_s() -> float:
    times = os.times()
    return times.children_user + times.children_system


def run(folder: Path) -> Ran:
    """Run it as ``make demo`` does, but to its end and on a port that nobody uses."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("URANIBORG_")}
    words = [sys.executable, "-m", "demo", "--once", "--folder", str(folder), "--port", "0"]
    before_s = children_cpu_s()
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("Ended.\n")
    return Ran(folder, done.stdout, children_cpu_s() - before_s)


@contextmanager
def visit(ran: Ran, log: Path) -> Iterator[httpx.Client]:
    """Start the service over what a run left, and sign in with the login that it told."""
    email, password = ran.said(r"login +(\S+) +password +(\S+)")
    with (
        live_server(log, data_dir=str(ran.folder)) as server,
        httpx.Client(base_url=f"{server.url}/api/v1", timeout=60) as browser,
    ):
        login = browser.post("/session", json={"email": email, "password": password}).raise_for_status()
        browser.headers["X-CSRF-Token"] = login.json()["csrf_token"]
        yield browser


def ids(browser: httpx.Client, path: str) -> list[str]:
    """List everything there is; it is less than a page."""
    page = browser.get(path, params={"limit": 1000}).raise_for_status().json()
    assert page["next_cursor"] is None
    return sorted(item.get("id") or item["slug"] for item in page["items"])


def held(browser: httpx.Client) -> Held:
    return {name: ids(browser, path) for name, path in LISTS.items()}


def beyond_the_host(address: str) -> str:
    """What an address leads to, wherever the service runs now."""
    return address.partition("/api/v1")[2]


def pairs(ran: Ran, what: str) -> list[tuple[str, str]]:
    """What the summary counts: each name with its number of frames."""
    [counts] = ran.said(rf"frames by {what} +(.*)")
    return re.findall(r"(\w+) (\d+)", counts)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run(tmp_path_factory.mktemp("demo") / "data")


def test_first_run_tells_what_it_brought_in_and_its_addresses_and_login_are_good(first: Ran, tmp_path: Path) -> None:
    first.said(rf"Simulating the night of {NIGHT} at \S+ \.\.\.")
    assert first.said(r"(\d+) files stored; .* sent in .*") == (str(FILES),)
    first.said(rf"Uranienborg Observatory, night of {NIGHT}")
    frames = sum(int(count) for _, count in pairs(first, "type"))
    assert {kind for kind, _ in pairs(first, "type")} == {"light", "flat", "dark", "bias", "focus"}
    assert {name for name, _ in pairs(first, "filter")} == {"R", "V", "B", "Halpha", "unknown"}
    assert sum(int(count) for _, count in pairs(first, "filter")) == frames
    assert first.said(r"dataset +(\S+)") == (f"night-{NIGHT}",)
    assert first.said(r"data package +(Night of .*), (\d+) files, \S+ MB")[1] == str(FILES)
    [address] = first.said(r"address +(http://127\.0\.0\.1:\d+/)")
    [log] = first.said(rf"night log +({address}api/v1/\S+\.pdf)")
    [download] = first.said(rf"download +({address}api/v1/\S+/zip)")

    with visit(first, tmp_path) as browser:
        there = held(browser)
        assert {name: len(there[name]) for name in ("files", "frames", "datasets", "packages", "log entries")} == {
            "files": FILES, "frames": frames, "datasets": 1, "packages": 1, "log entries": 2,
        }  # fmt: skip
        assert browser.get(beyond_the_host(log)).raise_for_status().content.startswith(b"%PDF")
        anybody = httpx.get(f"{browser.base_url}{beyond_the_host(download)[1:]}", timeout=60).raise_for_status()
        with zipfile.ZipFile(io.BytesIO(anybody.content)) as archive:
            assert archive.testzip() is None
            assert sum("/data/" in name for name in archive.namelist()) >= FILES


def test_second_run_finds_everything_there_and_changes_nothing(first: Ran, tmp_path: Path) -> None:
    with visit(first, tmp_path / "before") as browser:
        before, tokens = held(browser), ids(browser, "/tokens")
    secret = (first.folder / "demo-token").read_text()
    second = run(first.folder)
    assert "Simulating" not in second.out
    assert second.said(r"(\d+) known already\.") == (str(FILES),)
    assert second.cpu_s < first.cpu_s  # the clock would tell more of what else the machine does
    for line in ("frames by type +(.*)", "frames by filter +(.*)", "data package +(.*)", "login +(.*)"):
        assert second.said(line) == first.said(line)
    with visit(second, tmp_path / "after") as browser:
        assert held(browser) == before
        assert ids(browser, "/tokens") == tokens
    assert len(tokens) == 1
    assert (first.folder / "demo-token").read_text() == secret
    for name in ("demo-token", "demo-password"):
        assert stat.S_IMODE((first.folder / name).stat().st_mode) == 0o600, name


def test_a_token_that_no_longer_works_is_made_anew_and_a_changed_password_is_not_told(
    first: Ran, tmp_path: Path
) -> None:
    with visit(first, tmp_path / "before") as browser:
        before, [old] = held(browser), ids(browser, "/tokens")
        browser.delete(f"/tokens/{old}").raise_for_status()
    again = run(first.folder)
    with visit(again, tmp_path / "after") as browser:
        assert held(browser) == before
        assert len(ids(browser, "/tokens")) == 2
    assert stat.S_IMODE((first.folder / "demo-token").stat().st_mode) == 0o600

    (first.folder / "demo-password").write_text("hven-is-another-now")
    last = run(first.folder)
    assert "hven-is-another-now" not in last.out
    assert last.said(r"login +\S+ +password +\((.*)\)")
