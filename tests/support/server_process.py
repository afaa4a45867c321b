"""The service as an operator runs it: a process of its own, that can be killed and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

__all__ = ["PASSWORD", "ServerProcess"]

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a long enough password"


class ServerProcess:
    """One service over a folder of its own, on a port of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("URANIBORG_")} | {
            "URANIBORG_DATA_DIR": str(folder / "data"),
            "URANIBORG_LISTEN": f"127.0.0.1:{self.port}",
            "URANIBORG_WORKER_PROCESSES": "1",
            # Nothing of a test reaches anybody's catalogue of satellites, nor the DNS.
            "URANIBORG_SATELLITES_URL": "",
            "URANIBORG_NAME_SERVER": "127.0.0.1:9",
            "PYTHONPATH": str(ROOT),
            **{f"URANIBORG_{name.upper()}": value for name, value in settings.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "server.log"

    def start(self, *, limit_s: float = 90) -> None:
        """Start the service and return when it is ready."""
        folder_log = self.log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service.server", "serve"],
            env=self.environment,
            cwd=self.folder,
            stdout=folder_log,
            stderr=folder_log,
        )
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended: {self.log.read_text()[-3000:]}")
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/health/ready", timeout=2).status_code == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"the server is not ready: {self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """End the process as a power cut would: SIGKILL, no goodbye."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker in a process of its own, as one does beside a service with ``worker="false"``."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "service.server", "worker"],
                env=self.environment, cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip

    def stop(self) -> int:
        """End the process as an operator would; returns its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()

    def command(self, *words: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run an operator's command on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "service.server", *words],
            env=self.environment | environment,
            cwd=self.folder,
            check=check,
            text=True,
            capture_output=True,
            timeout=300,
        )

    def owner(self, organisation: str = "Kill Test") -> tuple[str, str]:
        """Make an account that owns an organisation; returns a token and the organisation's slug."""
        self.command("account", "owner@hven.example", URANIBORG_PASSWORD=PASSWORD)
        with httpx.Client(base_url=f"{self.url}/api/v1", timeout=60) as client:
            login = client.post("/session", json={"email": "owner@hven.example", "password": PASSWORD})
            csrf = {"X-CSRF-Token": login.raise_for_status().json()["csrf_token"]}
            token = client.post("/tokens", json={"name": "t"}, headers=csrf).raise_for_status().json()["secret"]
            made = client.post("/organisations", json={"name": organisation}, headers=csrf).raise_for_status().json()
        return token, made["slug"]

    def client(self, token: str) -> httpx.Client:
        return httpx.Client(base_url=f"{self.url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def __enter__(self) -> ServerProcess:
        try:
            self.start()
        except BaseException:
            if self.process is not None:  # nobody else would end it
                self.kill()
            raise
        return self

    def __exit__(self, *_: Any) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()
