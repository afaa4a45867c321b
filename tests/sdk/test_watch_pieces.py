"""Parts of the watch agent that need no service: whole files, rules, the limit of the line, the lock, the unit."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st
from uraniborg.cli.watch_page import print_statuses
from uraniborg.errors import NotConfigured
from uraniborg.watch.lock import AgentLock, AlreadyRunning, lock_holder
from uraniborg.watch.pace import Pace, read_rate, read_window
from uraniborg.watch.rules import Rule, Rules, Treatment, load_rules
from uraniborg.watch.service_unit import unit_text
from uraniborg.watch.status import AgentStatus, FolderStatus
from uraniborg.watch.whole import what_is_missing


def written_by_astropy() -> bytes:
    """A file of several units as astropy writes it: an image, a table with a heap, a compressed image, an empty one."""
    table = fits.BinTableHDU.from_columns([fits.Column("x", "PJ()", array=np.array([[1, 2], [3]], dtype=object))])
    units = [
        fits.PrimaryHDU(np.zeros((17, 31), np.int16), fits.Header({"OBJECT": "END of all"})),
        table,
        fits.CompImageHDU(np.arange(4000.0, dtype=np.float32).reshape(40, 100)),
        fits.ImageHDU(),
    ]
    file = io.BytesIO()
    fits.HDUList(units).writeto(file)
    return file.getvalue()


WHOLE = written_by_astropy()
# Behind the end of a unit a file looks whole until the next one begins: nothing in it tells that more will come.
ENDS = [hdu.fileinfo()["datLoc"] + hdu.size for hdu in fits.open(io.BytesIO(WHOLE), disable_image_compression=True)]


@given(st.integers(0, len(WHOLE)))
def test_a_file_that_is_still_written_is_not_whole(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    path = tmp_path_factory.mktemp("fits") / "frame"
    path.write_bytes(WHOLE[:length])
    looks_whole = length in {-(-end // 2880) * 2880 for end in ENDS}  # with the fill behind the data
    # Its first six bytes make it FITS.
    assert (what_is_missing(path.as_posix()) == "") == (looks_whole or 0 < length < 6)


def test_random_groups_have_the_length_astropy_gives_them(tmp_path: Path) -> None:
    data = fits.GroupData(
        np.zeros((5, 1, 1, 4, 3), np.float32), bitpix=-32, parnames=["UU", "VV"], pardata=[np.zeros(5)] * 2
    )
    fits.GroupsHDU(data).writeto(tmp_path / "groups.fits")
    whole = (tmp_path / "groups.fits").read_bytes()
    assert what_is_missing(str(tmp_path / "groups.fits")) == ""
    size_bytes = 5 * (2 + 12) * 4
    (tmp_path / "groups.fits").write_bytes(whole[: len(whole) // 2880 * 2880 - 2880 + size_bytes - 1])
    assert "promise" in what_is_missing(str(tmp_path / "groups.fits"))


def test_other_kinds_are_whole_unless_empty(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(b"\x1f\x8b")
    (tmp_path / "b.fits").write_bytes(b"")
    (tmp_path / "c.fits").write_bytes(b"SIMPLE  =                    T" + b"\0" * 3000)
    assert what_is_missing(str(tmp_path / "a.gz")) == ""
    assert what_is_missing(str(tmp_path / "b.fits")) == "It is empty."
    assert "no end" in what_is_missing(str(tmp_path / "c.fits"))


@pytest.mark.parametrize(
    ("pattern", "path", "fits_it"),
    [
        ("*.fits", "a.fits", True),
        ("*.fits", "night/a.fits", False),
        ("**/*.fits", "night/a.fits", True),
        ("**/*.fits", "a.fits", True),
        ("focus/**", "focus/deep/er/a.fits", True),
        ("focus/**", "focused/a.fits", False),
        ("M[0-9][!a-c].fit?", "M31.fits", True),
        ("M[0-9][!a-c].fit?", "M3a.fits", False),
        ("[a.fits", "[a.fits", True),
        ("a+b(c).txt", "a+b(c).txt", True),
        ("*", "new\nline", True),
    ],
)
def test_patterns_of_rules(pattern: str, path: str, fits_it: bool) -> None:
    assert (Rules([Rule(pattern, dataset="x")]).treatment(path).dataset == "x") == fits_it


def test_the_first_rule_decides_and_passing_files_are_skipped(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text("""
        [[rule]]
        pattern = "keep/*.tmp"
        [[rule]]
        pattern = "guider/**"
        telescope = "finder"
        [[rule]]
        pattern = "**/M31*"
        dataset = "M31 deep"
    """)
    rules = load_rules(file, Treatment("quadrant", "camera", "all"))
    assert rules.treatment("guider/M31.fits") == Treatment("finder", None, "all")
    assert rules.treatment("night/M31.fits") == Treatment("quadrant", "camera", "M31 deep")
    assert rules.treatment("a.fits") == Treatment("quadrant", "camera", "all")
    assert rules.treatment("keep/a.tmp").skip is False
    skipped = ("a.tmp", "deep/a.fits.part", ".hidden", "deep/.hidden/a.fits", "a.fits~")
    assert all(rules.treatment(path).skip for path in skipped)


def test_a_rule_says_what_frames_are_and_else_what_holds_for_all(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\npattern = "**/flats/**"\ntype = "flat"\n\n[[rule]]\npattern = "M31*"\n')
    rules = load_rules(path, Treatment(frame_type="light"))
    told = [rules.treatment(path).frame_type for path in ("flats/1.fits", "a/flats/b/1.fits", "M31.fits", "x.fits")]
    assert told == ["flat", "flat", "light", "light"]


@pytest.mark.parametrize(
    "text",
    [
        "[[rule]]\npatern = 'x'",
        "[[rule]\n",
        "[[rule]]\nskip = 1\npattern='x'",
        "rules = []",
        "[[rule]]\npattern='x'\ntype='selfie'",
    ],
)
def test_rules_that_cannot_be_read_are_told_with_an_example(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.toml").write_text(text)
    with pytest.raises(NotConfigured, match="They look like this"):
        load_rules(tmp_path / "rules.toml", Treatment())


@pytest.mark.parametrize(
    ("text", "rate"), [("500k", 5e5), ("2M", 2e6), ("1.5 MB/s", 1.5e6), ("800", 800), ("none", None), ("1G", 1e9)]
)
def test_rates(text: str, rate: float | None) -> None:
    assert read_rate(text) == rate


@pytest.mark.parametrize("text", ["", "fast", "0", "-1k", "2MM", "0.0001k"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        read_rate(text)


@pytest.mark.parametrize("text", ["20:00", "20:00-20:00=1M", "25:00-06:00=1M", "20:00-06:00=fast", "20:00-06:61=1M"])
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no (window|rate)|begins when it ends"):
        read_window(text)


sizes = st.lists(st.tuples(st.integers(1, 10**7), st.floats(0, 30)), max_size=50)


@given(st.floats(100, 1e9), sizes)
def test_a_limit_is_kept_over_any_while(rate: float, asked: list[tuple[int, float]]) -> None:
    """What begins to go within any stretch of time is no more than the limit allows, and what goes at its end."""
    now = 0.0
    pace = Pace(rate, stop=threading.Event(), clock=lambda: now)
    gone: list[tuple[float, int]] = []
    for size_bytes, pause_s in asked:
        now += pause_s
        gone.append((now + pace.delay(size_bytes), size_bytes))
    for first in range(len(gone)):
        for last in range(first + 1, len(gone)):
            elapsed_s = gone[last][0] - gone[first][0]
            assert sum(size for _, size in gone[first:last]) <= rate * elapsed_s * (1 + 1e-9) + 1e-3


def test_an_idle_line_is_not_held_back_and_hours_change_the_limit() -> None:
    now, hour = 0.0, 12
    windows = [read_window("20:00-06:00=500k"), read_window("08:00-10:00=none")]
    pace = Pace(2e6, windows, stop=threading.Event(), clock=lambda: now, day_time=lambda: dt.time(hour, 30))
    assert [pace.delay(10**6) for _ in range(3)] == [0.0, 0.5, 1.0]
    now = 100.0
    assert pace.delay(1) == 0.0
    limits = {}
    for hour in (5, 6, 9, 12, 20, 23):
        limits[hour] = pace.limit()
    assert limits == {5: 5e5, 6: 2e6, 9: None, 12: 2e6, 20: 5e5, 23: 5e5}


def test_what_goes_ahead_is_waited_for_and_not_for_ever() -> None:
    now = 0.0
    pace = Pace(is_shared=True, stop=threading.Event(), clock=lambda: now)
    gone = threading.Event()

    def go() -> None:
        pace.wait(10**6)
        gone.set()

    with pace.ahead():
        files = threading.Thread(target=go)
        files.start()
        assert not gone.wait(0.3)
        now = 11.0
        assert gone.wait(60), "what goes ahead hangs, and files go on"
    files.join()
    gone.clear()
    go()
    assert gone.is_set()


def test_the_lock_is_held_by_one_and_ends_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "agent.lock"
    assert lock_holder(path) == (None, None)
    with AgentLock(path):
        holder, alive_time = lock_holder(path)
        assert holder
        assert alive_time
        with pytest.raises(AlreadyRunning, match=str(holder)), AgentLock(path):
            pass
    assert lock_holder(path)[0] is None
    with AgentLock(path):
        pass


def test_the_unit_is_what_systemd_reads(tmp_path: Path) -> None:
    words = ["--name", "dome", "--", '/data/50% "good" $HOME\\x']
    text = unit_text("dome", words, {"XDG_STATE_HOME": "/var/state", "https_proxy": "http://proxy:3128"})
    assert '"--" "/data/50%% \\"good\\" $$HOME\\\\x"\n' in text
    assert 'Environment="XDG_STATE_HOME=/var/state"\n' in text
    assert 'Environment="https_proxy=http://proxy:3128"\n' in text
    assert "NoNewPrivileges=yes\n" in text
    if shutil.which("systemd-analyze") is None:
        return
    unit = tmp_path / "uraniborg-watch-dome.service"
    unit.write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--user", "--man=no", unit], capture_output=True, text=True)
    assert "uraniborg-watch-dome" not in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"looking": True}, "through the folders for the first time"),
        ({"events": False, "poll_s": 10.0}, "for new files every 10 s"),
        ({"events": True}, None),
        ({"events": False, "running": False}, None),
        ({"events": False, "folders": [FolderStatus(path="/unplugged", missing_since=1.0)]}, None),
    ],
)
def test_the_page_tells_how_files_are_found_where_that_is_worth_telling(
    capsys: pytest.CaptureFixture[str], told: dict[str, Any], said: str | None
) -> None:
    usual = {"running": True, "folders": [FolderStatus(path="/data/night")]}
    status = AgentStatus(name="dome", url="https://hven.example", organisation="hven", **(usual | told))
    print_statuses([status])
    [words] = [line.split(maxsplit=1)[1] for line in capsys.readouterr().out.splitlines() if "looking" in line] or [""]
    assert words.startswith(said) if said else words == ""
