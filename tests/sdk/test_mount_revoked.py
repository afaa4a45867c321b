"""A token that is revoked while a mount stands: nothing is read by it any more, nor what was open and read before."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import uraniborg
from uraniborg.team_files import put_team_files

from tests.support.meddling_proxy import MeddlingProxy
from tests.support.mounting import Mount, why_no_mount

pytestmark = pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())
LARGE = random.Random(3).randbytes(24 * 1024**2)
PAGE = 4096
SCOPES = ["files:read", "teams:read", "team-files:read"]
SOON_S = 20.0  # for attributes, which also end reading when they are asked for again, the kernel would take 30
# As the command does, but for how often it asks whether the token still holds.
MOUNTING = """
from uraniborg.cli import main
from uraniborg.mount import operations
operations.CHECK_S = 0.5
main()
"""
# Looks into a page again and again, which asks nobody as long as the kernel holds it.
MAPPING = """
import mmap, resource, sys, time
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
with open(sys.argv[1], "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
    print(mapped[:8].hex(), flush=True)
    while True:
        mapped[0]
        time.sleep(0.02)
"""


@pytest.fixture
def team(client: uraniborg.Client, tmp_path: Path) -> str:
    slug = str(client.add_team(name=f"Revoked {client.organisation}").slug)
    (tmp_path / "large.bin").write_bytes(LARGE)
    (tmp_path / "small.txt").write_text("small")
    assert put_team_files(client, [tmp_path / "large.bin", tmp_path / "small.txt"], slug).ok
    return slug


@pytest.fixture
def hasty_mount(client: uraniborg.Client, team: str, tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount the team with a token, after which is asked twice a second."""
    root = tmp_path / "hasty"
    started: list[subprocess.Popen[bytes]] = []

    def execute(token: str) -> Path:
        root.mkdir()
        environment = os.environ | {"URANIBORG_URL": client.url, "URANIBORG_TOKEN": token}
        words = [sys.executable, "-c", MOUNTING, "mount", "--foreground", "--team", team, str(root)]
        started.append(subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL))
        wait_for(lambda: os.path.ismount(root))
        return root

    yield execute
    for process in started:
        subprocess.run(["fusermount3", "-u", "-z", str(root)], capture_output=True)
        assert process.wait(30) == 0, "it ends, whatever it was about to tell the kernel"


@pytest.fixture
def mapping() -> Iterator[Callable[[Path], subprocess.Popen[bytes]]]:
    """Begin programs that have a file mapped, and its first page read."""
    started: list[subprocess.Popen[bytes]] = []

    def execute(path: Path) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", MAPPING, str(path)], stdout=subprocess.PIPE))
        assert started[-1].stdout is not None
        assert started[-1].stdout.readline().decode().strip() == LARGE[:8].hex()
        return started[-1]

    yield execute
    for process in started:
        process.kill()
        process.communicate()


def wait_for(what: Callable[[], object], limit_s: float = 120.0) -> None:
    deadline = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def status(root: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads((root / ".uraniborg" / "status.json").read_text())
    return told


def is_refused(descriptor: int, offset: int) -> bool:
    """Tell whether a page can no longer be read; if it can, it is what it was."""
    try:
        assert os.pread(descriptor, PAGE, offset) == LARGE[offset : offset + PAGE]
    except PermissionError:
        return True
    return False


def test_nothing_is_opened_by_it(mount: Mount, team: str, client: uraniborg.Client) -> None:
    made = client.make_token(name="mount", scopes=SCOPES)
    files = mount(token=made.secret) / "team" / team / "files"
    assert (files / "small.txt").read_text() == "small"
    client.revoke_token(made.id)
    with pytest.raises(OSError):
        (files / "large.bin").read_bytes()
    with pytest.raises(PermissionError):
        (files / "small.txt").open("rb").read()


def test_who_has_a_file_open_reads_no_more_of_it(
    hasty_mount: Callable[[str], Path], mapping: Callable[[Path], subprocess.Popen[bytes]], client: uraniborg.Client
) -> None:
    """Neither what nobody has read yet, nor what was read and is in the kernel's memory, by whatever way."""
    made = client.make_token(name="mount", scopes=SCOPES)
    root = hasty_mount(made.secret)
    path = root / "files" / "large.bin"
    mapped = mapping(path)
    with path.open("rb", buffering=0) as file:
        assert not is_refused(file.fileno(), 0)
        client.revoke_token(made.id)
        wait_for(lambda: status(root)["refused"])
        assert is_refused(file.fileno(), len(LARGE) - PAGE), "nobody has read this yet"
        wait_for(lambda: is_refused(file.fileno(), 0), SOON_S)
    assert mapped.wait(SOON_S) == -signal.SIGBUS, "as of any file that cannot be read any more"
    with pytest.raises(PermissionError):
        path.open("rb")


def test_whoever_reads_meanwhile_is_refused_and_does_not_hang(
    hasty_mount: Callable[[str], Path], client: uraniborg.Client, line: MeddlingProxy
) -> None:
    made = client.make_token(name="mount", scopes=SCOPES)
    root = hasty_mount(made.secret)
    ended: list[BaseException] = []

    def read(seed: int) -> None:
        chance = random.Random(seed)
        with suppress(OSError), (root / "files" / "large.bin").open("rb", buffering=0) as file:
            try:
                while not is_refused(file.fileno(), chance.randrange(len(LARGE) // PAGE) * PAGE):
                    pass
                ended.append(PermissionError())
            except BaseException as error:
                ended.append(error)

    line.slow_downloads(2e6)  # so that some wait for bytes when the kernel is told
    readers = [threading.Thread(target=read, args=(seed,), daemon=True) for seed in range(12)]
    for reader in readers:
        reader.start()
    wait_for(lambda: line.downloaded_bytes > 1e6)
    client.revoke_token(made.id)
    wait_for(lambda: status(root)["refused"])
    for reader in readers:
        reader.join(60)
    assert [type(each) for each in ended] == [PermissionError] * len(readers)


@pytest.mark.slow
def test_a_service_that_is_away_has_refused_nothing(
    hasty_mount: Callable[[str], Path],
    mapping: Callable[[Path], subprocess.Popen[bytes]],
    client: uraniborg.Client,
    line: MeddlingProxy,
) -> None:
    made = client.make_token(name="mount", scopes=SCOPES)
    root = hasty_mount(made.secret)
    path = root / "files" / "large.bin"
    assert sorted(os.listdir(path.parent)) == ["large.bin", "small.txt"]
    assert path.read_bytes() == LARGE
    mapped = mapping(path)
    for method in ("GET", "POST"):
        line.refuse(method, "/", 503, times=100_000)
    wait_for(lambda: not status(root)["answers"])
    time.sleep(12)  # in which it is asked again, whether we still may
    with path.open("rb", buffering=0) as file:
        assert not any(is_refused(file.fileno(), offset) for offset in range(0, len(LARGE) - PAGE, 1024**2))
    assert mapped.poll() is None
    line.forget()
    client.revoke_token(made.id)
    assert mapped.wait(2 * SOON_S) == -signal.SIGBUS
