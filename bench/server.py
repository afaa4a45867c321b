"""The service as its own process, as it is deployed, with an owner's token to speak to it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec

from bench.house import PASSWORD, Observatory, add_observatory, house_in

__all__ = [
    "ROOT",
    "Service",
    "free_port",
    "running_service",
    "service_over",
    "start",
    "stop",
    "token_for",
    "wait_until_ready",
]

ROOT = Path(__file__).resolve().parent.parent


class Service(msgspec.Struct, frozen=True):
    """A running service and its first observatory."""

    url: str
    token: str
    observatory: Observatory
    pid: int

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def free_port() -> int:
    """Find a loopback port that nobody has."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


async def wait_until_ready(url: str, process: subprocess.Popen[bytes], *, limit_s: float = 60.0) -> None:
    """Return when the service says that it is ready."""
    async with httpx.AsyncClient() as client, asyncio.timeout(limit_s):
        while True:
            if process.poll() is not None:
                raise RuntimeError(f"the service ended with {process.returncode}")
            try:
                if (await client.get(f"{url}/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.01)


def start(folder: Path, port: int, **settings: str) -> subprocess.Popen[bytes]:
    """Start the service over a folder; its log goes to the folder too."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("URANIBORG_")}
    environment |= {
        "URANIBORG_CONFIG": os.devnull,  # never the one of whoever works in this folder
        "URANIBORG_DATA_DIR": str(folder),
        "URANIBORG_LISTEN": f"127.0.0.1:{port}",
        "URANIBORG_SATELLITES_URL": "",  # nothing measured waits for somebody's catalogue
        **{f"URANIBORG_{name.upper()}": value for name, value in settings.items()},
    }
    with (folder / "service.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "service.server", "serve"],
            cwd=ROOT,
            env=environment,
            stderr=log,
            start_new_session=True,
        )


async def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the service, gracefully if it will."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 30)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)


async def token_for(url: str, observatory: Observatory) -> str:
    """Sign an observatory's owner in and make a token."""
    async with httpx.AsyncClient(base_url=url) as browser:
        reply = await browser.post("/api/v1/session", json={"email": observatory.email, "password": PASSWORD})
        reply.raise_for_status()
        headers = {"X-CSRF-Token": reply.json()["csrf_token"]}
        made = await browser.post("/api/v1/tokens", json={"name": "bench"}, headers=headers)
        made.raise_for_status()
        return str(made.json()["secret"])


@asynccontextmanager
async def running_service(folder: Path, **settings: str) -> AsyncIterator[Service]:
    """Start a service over a folder of its own, with an observatory in it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    async with house_in(folder) as house:
        observatory = await add_observatory(house)
    async with service_over(folder, observatory, **settings) as service:
        yield service


@asynccontextmanager
async def service_over(folder: Path, observatory: Observatory, **settings: str) -> AsyncIterator[Service]:
    """Start a service over a folder that has an observatory already."""
    port = free_port()
    process = start(folder, port, **settings)
    url = f"http://127.0.0.1:{port}"
    try:
        await wait_until_ready(url, process)
        yield Service(url, await token_for(url, observatory), observatory, process.pid)
    finally:
        await stop(process)
