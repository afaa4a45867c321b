"""One real service for all tests of the SDK, reached through a line they can meddle with."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
import uraniborg
from uraniborg.cli.app import run

from tests.support.live_server import LiveServer, Someone, live_server
from tests.support.meddling_proxy import MeddlingProxy, meddling_proxy
from tests.support.mounting import Mount

PART_BYTES = 5 * 1024**2  # the smallest part a store takes, so that few bytes make many parts
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def line() -> Iterator[MeddlingProxy]:
    with meddling_proxy() as proxy:
        yield proxy


@pytest.fixture(autouse=True)
def nothing_left_of_the_last_test(request: pytest.FixtureRequest) -> None:
    """Let each test find the line as it should be: what an earlier one had in store for it would strike another."""
    if "line" in request.fixturenames:
        request.getfixturevalue("line").forget()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, line: MeddlingProxy) -> Iterator[LiveServer]:
    """The service; its signed addresses lead through the line, too."""
    folder = tmp_path_factory.mktemp("live")
    with live_server(
        folder, part_size_bytes=str(PART_BYTES), public_url=line.url, webhook_private_addresses="true"
    ) as running:
        line.target = ("127.0.0.1", running.port)
        yield running


@pytest.fixture(scope="session")
def tycho(server: LiveServer) -> Someone:
    return server.someone("tycho")


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test, without settings, memory or anything of who runs the tests."""
    for name in [name for name in os.environ if name.startswith("URANIBORG_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("NO_COLOR", "1")
    return home


@pytest.fixture
def client(line: MeddlingProxy, tycho: Someone) -> Iterator[uraniborg.Client]:
    """A client of an organisation of its own, with a site, a telescope and an instrument."""
    line.forget()
    with uraniborg.connect(line.url, tycho.token) as connected:
        organisation = connected.add_organisation(name=f"Observatory {next(_numbers)} {os.getpid()}")
        connected.organisation = organisation.slug
        connected.add_site(
            name="Hven", latitude_deg=55.9075, longitude_deg=12.6965, height_m=45, time_zone="Europe/Copenhagen"
        )
        connected.add_telescope(name="Quadrant", site="hven", aperture_mm=600, focal_length_mm=3600)
        connected.add_instrument(name="Camera", telescope="quadrant", filters=["B", "V", "R"])
        yield connected


class Ran(msgspec.Struct):
    """What a command did: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return msgspec.json.decode(self.out)


Command = Callable[..., Ran]


@pytest.fixture
def command(
    client: uraniborg.Client, tycho: Someone, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    """Run the command in this process, as the client's owner."""
    monkeypatch.setenv("URANIBORG_URL", client.url)
    monkeypatch.setenv("URANIBORG_TOKEN", tycho.token)
    monkeypatch.setenv("URANIBORG_ORGANISATION", client.organisation)

    def execute(*words: str | Path) -> Ran:
        capfd.readouterr()
        code = run([str(word) for word in words])
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return execute


@pytest.fixture
def mount(client: uraniborg.Client, tycho: Someone, tmp_path: Path, at_home: Path) -> Iterator[Mount]:
    """Mount as the command does; unmounted in the end."""
    mounted: list[Path] = []

    def execute(*words: str, token: str = tycho.token, folder: Path | None = None, told: Sequence[str] = ()) -> Path:
        folder = folder or tmp_path / f"mount{len(mounted)}"
        environment = os.environ | {"URANIBORG_URL": client.url, "URANIBORG_TOKEN": token}
        command = [sys.executable, "-m", "uraniborg", "mount", str(folder), "--json", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        shown = json.loads(done.stdout)
        assert (shown["folder"], [each["file"] for each in shown["unsent"]]) == (str(folder), list(told))
        mounted.append(folder)
        return folder

    yield execute
    for folder in mounted:
        subprocess.run(["fusermount3", "-u", "-z", str(folder)], capture_output=True)
