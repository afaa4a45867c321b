"""The operator reads the service's own audit log, and a worker apart from the server sends what waits."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from domain.audit_chain import Walk
from storage.embedded_postgres import EmbeddedPostgres
from tests.support.server_process import ServerProcess

pytestmark = pytest.mark.slow


def test_failed_sign_ins_are_for_the_operator_to_see(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg") as postgres:
        server = ServerProcess(tmp_path, database_url=postgres.url, worker="false")
        server.command("migrate")
        with server:
            login = {"email": "nobody@hven.example", "password": "not a password"}
            assert httpx.post(f"{server.url}/api/v1/session", json=login, timeout=30).status_code == 401
            *entries, end = [json.loads(line) for line in server.command("log").stdout.splitlines()]
            assert [entry["action"] for entry in entries] == ["sign-in.failed"]
            walk = Walk("service")
            assert walk.all(entries) is None
            assert walk.end(end["end"]["sequence"], end["end"]["hash"]) is None

            # Mail that a request made necessary is sent by the worker, which is another process.
            worker = subprocess.Popen(
                [sys.executable, "-m", "service.server", "worker"],
                env=server.environment,
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                _post(server)
                folder, end_s = tmp_path / "data" / "mail", time.monotonic() + 60
                while not (folder.exists() and list(folder.glob("*.eml"))):
                    assert time.monotonic() < end_s
                    time.sleep(0.1)
            finally:
                worker.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    worker.wait(60)
            assert worker.returncode == 0


def _post(server: ServerProcess) -> None:
    program = """
import asyncio
from service.config import load_config
from service.mail import post_mail
from service.wiring import open_house

async def work():
    async with open_house(load_config()) as house, house.database.transaction() as connection:
        await post_mail(connection, to="tycho@hven.example", subject="Stars", text="Many.")

asyncio.run(work())
"""
    subprocess.run([sys.executable, "-c", program], env=server.environment, cwd=server.folder, check=True)
