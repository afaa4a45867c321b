"""The service as its users meet it: a process of its own on a free port, with a data folder of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from tests.conftest import ROOT

__all__ = ["LiveServer", "Someone", "live_server"]

PASSWORD = "a long enough password"
START_S, STOP_S = 90.0, 30.0


class Someone(msgspec.Struct):
    """Somebody with an account and a personal token."""

    email: str
    token: str
    password: str = PASSWORD


PEOPLE = itertools.count(1)


class LiveServer(msgspec.Struct):
    """A running service; ``settings`` are ``URANIBORG_*`` variables without their prefix."""

    folder: Path
    port: int
    settings: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("URANIBORG_")}
        settings = {
            "data_dir": str(self.folder / "data"),
            "listen": f"127.0.0.1:{self.port}",
            "signup": "open",
        } | self.settings
        # Nothing of a test reaches DataCite itself, nor anybody's catalogue of satellites, nor the DNS.
        nowhere = {
            "datacite_url": "http://127.0.0.1:9",
            "datacite_test_url": "http://127.0.0.1:9",
            "satellites_url": "",
            "name_server": "127.0.0.1:9",
        }
        environment["URANIBORG_CONFIG"] = os.devnull  # never the one of whoever works in this folder
        environment |= {f"URANIBORG_{name.upper()}": value for name, value in (nowhere | settings).items()}
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "service.server", "serve"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200:
                    return
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the service did not start:\n{self.log()[-4000:]}")
            time.sleep(0.1)

    def log(self) -> str:
        """Read what the process said."""
        return (self.folder / "server.log").read_text(errors="replace")

    def stop(self) -> None:
        """End the process gracefully."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End the process and its children at once, as a power cut would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def someone(self, name: str) -> Someone:
        """Make an account with a personal token."""
        email = f"{name}.{next(PEOPLE)}@hven.example"  # tests that share a server may choose the same name
        with httpx.Client(base_url=f"{self.url}/api/v1", timeout=60) as browser:
            account = {"email": email, "name": name.capitalize(), "password": PASSWORD}
            assert browser.post("/accounts", json=account).status_code == 202
            confirmed = browser.post("/accounts/confirm", json={"code": self._code_for(email), "password": PASSWORD})
            assert confirmed.status_code == 201, confirmed.text
            signed_in = browser.post("/session", json={"email": email, "password": PASSWORD})
            headers = {"X-CSRF-Token": signed_in.json()["csrf_token"]}
            made = browser.post("/tokens", json={"name": "tests"}, headers=headers)
            assert made.status_code == 201, made.text
        return Someone(email, made.json()["secret"])

    def _code_for(self, email: str) -> str:
        """Wait for the mail with the code for a new account."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            for path in (self.folder / "data" / "mail").glob("*.eml"):
                mail = path.read_text()
                if f"To: {email}" in mail and (found := re.search(r"^    (\w{4}(-\w{4}){3})\s*$", mail, re.MULTILINE)):
                    return found[1]
            time.sleep(0.1)
        raise AssertionError(f"no code for {email}:\n{self.log()[-4000:]}")

    def count(self, operation: str, method: str = "") -> float:
        """Read from the service's metrics how many requests it answered with success."""
        total = 0.0
        for line in httpx.get(f"{self.url}/metrics", timeout=30).text.splitlines():
            if (
                line.startswith("uraniborg_requests_total{")
                and f'operation="{operation}"' in line
                and f'method="{method}' in line
                and ('status="20' in line or 'status="30' in line)
            ):
                total += float(line.rpartition(" ")[2])
        return total


@contextmanager
def live_server(folder: Path, **settings: str) -> Iterator[LiveServer]:
    """Run the service as long as the block lasts.

    Parameters
    ----------
    folder : Path
        For its data and its log.
    **settings
        As variables ``URANIBORG_*``, in lower case and without the prefix.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = LiveServer(folder, port, settings)
    try:
        server.start()
        yield server
    finally:
        server.stop()
