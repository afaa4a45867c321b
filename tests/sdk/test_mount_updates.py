"""Files of a team that are changed in a mount, while the line is slow, the disk full or the store takes nothing."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
import time
from pathlib import Path

import pytest
import uraniborg
from uraniborg.team_files import put_team_files

from tests.support.meddling_proxy import MeddlingProxy
from tests.support.mounting import Mount, why_no_mount
from tests.support.small_disk import small_disk_at

pytestmark = pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())
LARGE = os.urandom(24 * 1024**2)


@pytest.fixture
def team(client: uraniborg.Client, tmp_path: Path) -> str:
    """A team with a large file and a small one."""
    slug = str(client.add_team(name=f"Updates {client.organisation}").slug)
    (tmp_path / "large.bin").write_bytes(LARGE)
    (tmp_path / "small.txt").write_text("small")
    assert put_team_files(client, [tmp_path / "large.bin", tmp_path / "small.txt"], slug).ok
    return slug


def versions(client: uraniborg.Client, team: str) -> dict[str, tuple[int, int]]:
    return {it.path: (it.version, it.size_bytes) for it in client.list_team_files(team).items}


def test_who_opens_another_file_does_not_wait_for_one_that_is_updated(
    mount: Mount, team: str, client: uraniborg.Client, line: MeddlingProxy
) -> None:
    files = mount("--team", team) / "files"
    assert sorted(os.listdir(files)) == ["large.bin", "small.txt"]
    line.slow_downloads(1e5)

    def update() -> None:
        with (files / "large.bin").open("r+b") as file:
            file.write(b"changed")

    updating = threading.Thread(target=update, daemon=True)
    updating.start()
    while not line.downloaded_bytes:
        time.sleep(0.05)
    for _ in range(3):
        read = subprocess.run(["cat", files / "small.txt"], capture_output=True, timeout=60)
        assert read.stdout == b"small"
        assert (files / "large.bin").stat().st_size == len(LARGE), "which it has all the time"
        time.sleep(0.1)
    assert updating.is_alive()
    line.forget()
    updating.join(60)
    assert versions(client, team) == {"large.bin": (2, len(LARGE)), "small.txt": (1, 5)}
    assert (files / "large.bin").read_bytes() == b"changed" + LARGE[7:]


def test_what_cannot_be_fetched_to_be_updated_is_not_changed(
    mount: Mount, team: str, client: uraniborg.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that has no room on the disk where it waits is no version without its end."""
    with small_disk_at(tmp_path / "small", 2) as small:
        monkeypatch.setenv("XDG_STATE_HOME", str(small))
        files = mount("--team", team) / "files"
        with pytest.raises(OSError) as told:
            (files / "large.bin").open("r+b")
        assert told.value.errno == errno.ENOSPC
        with pytest.raises(OSError) as told:
            (files / "large.bin").rename(files / "small.txt")
        assert told.value.errno == errno.ENOSPC
        assert versions(client, team) == {"large.bin": (1, len(LARGE)), "small.txt": (1, 5)}
        assert (files / "large.bin").read_bytes() == LARGE
        with (files / "small.txt").open("r+b") as file:
            file.write(b"S")
        assert (files / "small.txt").read_text() == "Small"


@pytest.mark.parametrize(("status", "as_one"), [(403, "whose clock is wrong"), (503, "that has no time")])
def test_what_the_store_does_not_take_is_sent_later(
    mount: Mount, team: str, client: uraniborg.Client, line: MeddlingProxy, status: int, as_one: str
) -> None:
    root = mount("--team", team)
    line.refuse("PUT", "/objects/", status, times=1000)
    with pytest.raises(OSError) as told:
        (root / "files" / "new.txt").write_text("two hours of work")
    assert told.value.errno == errno.EIO, "it is not safe yet, and whoever looks is told"
    assert (root / "files" / "new.txt").read_text() == "two hours of work"
    assert "new.txt (17 bytes) waits: " in (root / ".uraniborg" / "unsent.txt").read_text()
    line.forget()
    deadline = time.monotonic() + 60
    while "new.txt" not in versions(client, team):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert versions(client, team)["new.txt"] == (1, 17)
