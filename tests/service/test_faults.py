"""What happens when things die: nothing that was acknowledged is lost, nothing half-made stays."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.server_process import ServerProcess

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

CARD = "{:<80}".format


def frame_bytes(number: int) -> bytes:
    """A small FITS file of its own."""
    cards = [
        CARD("SIMPLE  =                    T"),
        CARD("BITPIX  =                    8"),
        CARD("NAXIS   =                    0"),
        CARD("DATE-OBS= '2026-11-20T22:00:00'"),
        CARD("EXPTIME =                 30.0"),
        CARD(f"NUMBER  = {number:20d}"),
        CARD("END"),
    ]
    return "".join(cards).ljust(2880).encode()


class Uploader(threading.Thread):
    """Sends files in batches until all are acknowledged, whatever happens to the server meanwhile."""

    def __init__(self, server: ServerProcess, token: str, organisation: str, files: dict[str, bytes]) -> None:
        super().__init__(daemon=True)
        self.server, self.token, self.organisation, self.files = server, token, organisation, files
        self.acknowledged: dict[str, str] = {}
        self.failure: str = ""

    def run(self) -> None:
        end = time.monotonic() + 1800
        while len(self.acknowledged) < len(self.files) and time.monotonic() < end:
            missing = [path for path in self.files if path not in self.acknowledged][:50]
            try:
                self._send(missing)
            except httpx.TransportError:
                time.sleep(0.1)
            except httpx.HTTPStatusError as error:
                if error.response.status_code not in (500, 503):
                    self.failure = error.response.text
                    return
                time.sleep(0.2)

    def _send(self, paths: list[str]) -> None:
        with self.server.client(self.token) as client, httpx.Client(timeout=60) as store:
            base = f"/organisations/{self.organisation}/uploads"
            body = [
                {
                    "path": path,
                    "size_bytes": len(self.files[path]),
                    "sha256": hashlib.sha256(self.files[path]).hexdigest(),
                }
                for path in paths
            ]
            begun = client.post(base, json={"files": body, "dataset": "night"}).raise_for_status().json()
            self._note(begun["files"], "known")
            wanted = [f for f in begun["files"] if f["state"] == "wanted"]
            for file in wanted:
                store.put(
                    file["put"]["url"], content=self.files[file["path"]], headers=file["put"]["headers"]
                ).raise_for_status()
            for start in range(0, len(wanted), 10):
                positions = [{"position": f["position"]} for f in wanted[start : start + 10]]
                done = client.post(f"{base}/{begun['id']}/complete", json={"files": positions}).raise_for_status()
                self._note(done.json()["files"], "stored")

    def _note(self, files: list[dict[str, Any]], state: str) -> None:
        for file in files:
            if file["state"] == state:
                self.acknowledged[file["path"]] = file["file"]


def wait_until_ingested(client: httpx.Client, organisation: str, limit_s: float = 180) -> None:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        waiting = client.get(f"/organisations/{organisation}/files?state=stored&limit=1").json()["items"]
        jobs = [
            job
            for state in ("queued", "running")
            for job in client.get(f"/organisations/{organisation}/jobs?state={state}").json()["items"]
        ]
        if not waiting and not jobs:
            return
        time.sleep(0.3)
    raise AssertionError(f"not ingested: {waiting[:2]} {jobs[:3]}")


def wait_until_ingesting(server: ServerProcess, token: str, organisation: str, limit_s: float = 120) -> None:
    end = time.monotonic() + limit_s
    with server.client(token) as client:
        while time.monotonic() < end:
            reply = client.get(f"/organisations/{organisation}/jobs?kind=ingest&state=running")
            if reply.status_code == 200 and reply.json()["items"]:  # others while the database comes back
                return
    raise AssertionError("no job of ingest was under way")


def check_all_there(server: ServerProcess, token: str, organisation: str, uploader: Uploader) -> None:
    """Read every acknowledged file back and compare its bytes."""
    with server.client(token) as client, httpx.Client(timeout=60) as store:
        for path, file_id in uploader.acknowledged.items():
            place = client.get(f"/organisations/{organisation}/files/{file_id}/content")
            assert place.status_code == 302, place.text
            assert store.get(place.headers["location"]).content == uploader.files[path], path


def test_killing_the_server_twenty_times_loses_nothing_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(1601)
    files = {f"light/{n % 7}/frame_{n:03d}.fits": frame_bytes(n) for n in range(500)}
    with ServerProcess(tmp_path) as server:
        token, slug = server.owner()
        uploader = Uploader(server, token, slug, files)
        uploader.start()
        for moment in sorted(chance.choices(range(440), k=20)):  # by what was acknowledged: all of them while it sends
            while len(uploader.acknowledged) < moment and uploader.is_alive():
                time.sleep(0.002)
            pause_ends = time.monotonic() + chance.uniform(0, 0.2)
            # On a quick machine the rest is sent within such a pause.
            while time.monotonic() < pause_ends and len(uploader.acknowledged) < 460:
                time.sleep(0.002)
            assert uploader.is_alive()
            server.kill()
            server.start()
        uploader.join(1800)
        assert uploader.failure == ""
        assert len(uploader.acknowledged) == len(files)
        check_all_there(server, token, slug, uploader)
        with server.client(token) as client:
            wait_until_ingested(client, slug)
            count = client.get(f"/organisations/{slug}/frames?count=true&limit=1").json()
            assert count["count"] == len(files)
            dead = client.get(f"/organisations/{slug}/jobs?state=dead").json()["items"]
            assert dead == []
        report = json.loads(server.command("audit", "--deep", "--json").stdout)
        assert report["clean"], report
        assert report["contents"] == len(files)


def test_a_killed_workers_jobs_are_taken_over_without_help(tmp_path: Path) -> None:
    files = {f"frame_{n:03d}.fits": frame_bytes(n) for n in range(100)}
    with ServerProcess(tmp_path, worker="false") as server:
        token, slug = server.owner()
        uploader = Uploader(server, token, slug, files)
        uploader.start()
        uploader.join(120)
        import subprocess
        import sys

        def worker() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [sys.executable, "-m", "service.server", "worker"],
                env=server.environment,
                cwd=tmp_path,
                stdout=server.log.open("ab"),
                stderr=subprocess.STDOUT,
            )

        with server.client(token) as client:
            first = worker()
            end = time.monotonic() + 60
            while time.monotonic() < end:
                running = client.get(f"/organisations/{slug}/jobs?state=running").json()["items"]
                if running:
                    break
                time.sleep(0.005)
            first.send_signal(signal.SIGKILL)
            first.wait()
            second = worker()
            try:
                wait_until_ingested(client, slug)
                assert client.get(f"/organisations/{slug}/frames?count=true&limit=1").json()["count"] == len(files)
            finally:
                second.send_signal(signal.SIGTERM)
                assert second.wait(60) == 0


def test_that_workers_are_killed_neither_delays_jobs_nor_kills_them(tmp_path: Path) -> None:
    """Taken over more often than a job may fail, it is still tried again at once when the store is away."""
    files = {f"frame_{n:03d}.fits": frame_bytes(n) for n in range(200)}
    away = tmp_path / "away"
    with ServerProcess(
        tmp_path, worker="false", job_attempts="2", job_retry_seconds="4", job_lease_seconds="2"
    ) as server:
        token, slug = server.owner()
        uploader = Uploader(server, token, slug, files)
        uploader.start()
        uploader.join(120)
        with server.client(token) as client:

            def job(is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
                end = time.monotonic() + 60
                while time.monotonic() < end:
                    for found in client.get(f"/organisations/{slug}/jobs?kind=ingest").json()["items"]:
                        if is_so(found):
                            return dict(found)
                    time.sleep(0.01)
                raise AssertionError("a job did not come to that")

            for begun in (1, 2):
                worker = server.start_worker()
                job(lambda found, begun=begun: found["state"] == "running" and found["attempts"] == begun)
                worker.send_signal(signal.SIGKILL)
                worker.wait()
            # The store itself is there, or no worker would begin; the organisation's folder leads to itself.
            [folder] = (tmp_path / "data" / "store" / "objects").iterdir()
            folder.rename(away)
            folder.symlink_to(folder)
            worker = server.start_worker()
            try:
                failed = job(lambda found: found["attempts"] > 2 and found["error"])
                assert failed["state"] == "queued"
                folder.unlink()
                away.rename(folder)
                wait_until_ingested(client, slug, 60)
                assert client.get(f"/organisations/{slug}/jobs?state=dead").json()["items"] == []
            finally:
                worker.send_signal(signal.SIGTERM)
                assert worker.wait(60) == 0


def put_team_file(client: httpx.Client, slug: str, team: str, data: bytes) -> None:
    """Make a team with one file of its own."""
    client.post(f"/organisations/{slug}/teams", json={"name": team, "slug": team}).raise_for_status()
    file = {"path": "plan.txt", "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    begun = client.post(f"/teams/{team}/uploads", json={"files": [file]}).raise_for_status().json()
    put = begun["files"][0]["put"]
    httpx.put(put["url"], content=data, headers=put["headers"]).raise_for_status()
    body = {"files": [{"position": 0}]}
    done = client.post(f"/teams/{team}/uploads/{begun['id']}/complete", json=body).raise_for_status().json()
    assert done["files"][0]["state"] == "stored"


def test_backup_and_restore_bring_back_database_and_manifest(tmp_path: Path) -> None:
    files = {f"frame_{n:03d}.fits": frame_bytes(n) for n in range(30)}
    with ServerProcess(tmp_path) as server:
        token, slug = server.owner()
        uploader = Uploader(server, token, slug, files)
        uploader.start()
        uploader.join(120)
        with server.client(token) as client:
            wait_until_ingested(client, slug)
            put_team_file(client, slug, "comets", b"a team's own")
        server.command("backup", str(tmp_path / "backup"))
        assert server.command("backup", str(tmp_path / "backup"), check=False).returncode == 1
    manifest = [json.loads(line) for line in (tmp_path / "backup" / "objects.jsonl").read_text().splitlines()]
    contents = [*files.values(), b"a team's own"]
    assert {entry["sha256"] for entry in manifest} == {hashlib.sha256(data).hexdigest() for data in contents}

    other = tmp_path / "other"
    other.mkdir()
    restored = ServerProcess(other)
    shutil.copytree(tmp_path / "data" / "store", other / "data" / "store")
    sealing = tmp_path / "backup" / "sealing"
    assert sealing.stat().st_mode & 0o777 == 0o600
    secret = other / "data" / "secrets" / "sealing"
    secret.parent.mkdir(parents=True)
    secret.write_bytes(b"another".ljust(32))
    refused = restored.command("restore", str(tmp_path / "backup"), check=False)
    assert (refused.returncode, "move it away" in refused.stderr) == (1, True)
    secret.unlink()
    assert "31 of 31 objects" in restored.command("restore", str(tmp_path / "backup")).stdout
    assert secret.read_bytes() == sealing.read_bytes() == (tmp_path / "data" / "secrets" / "sealing").read_bytes()
    assert secret.stat().st_mode & 0o777 == 0o600
    with restored:
        check_all_there(restored, token, slug, uploader)
        with restored.client(token) as client:
            [entry] = client.get("/teams/comets/files").raise_for_status().json()["items"]
            address = client.get(f"/teams/comets/files/{entry['id']}/content").headers["location"]
            assert httpx.get(address).content == b"a team's own"
        refused = restored.command("restore", str(tmp_path / "backup"), check=False)
        assert refused.returncode == 1
        assert "empty" in refused.stderr
        victim = other / "data" / "store" / "objects" / manifest[0]["key"]
        victim.unlink()
        report = json.loads(restored.command("audit", "--json", check=False).stdout)
        assert (report["clean"], report["missing"]) == (False, [manifest[0]["key"]])


def test_a_restarted_database_interrupts_and_loses_nothing(tmp_path: Path) -> None:
    files = {f"frame_{n:03d}.fits": frame_bytes(n) for n in range(500)}
    with ServerProcess(tmp_path) as server:
        token, slug = server.owner()
        uploader = Uploader(server, token, slug, files)
        uploader.start()
        for _ in range(3):
            wait_until_ingesting(server, token, slug)
            postmaster = int((tmp_path / "data" / "postgres" / "postmaster.pid").read_text().splitlines()[0])
            os.kill(postmaster, signal.SIGQUIT)  # an immediate shutdown: as a crash, with recovery at the next start
            while (
                Path(f"/proc/{postmaster}/stat").exists() and " Z " not in Path(f"/proc/{postmaster}/stat").read_text()
            ):
                time.sleep(0.05)
            server.command("migrate")  # starts the embedded server again, as anyone who opens the folder does
        uploader.join(1800)
        assert uploader.failure == ""
        assert len(uploader.acknowledged) == len(files)
        with server.client(token) as client:
            wait_until_ingested(client, slug)
        check_all_there(server, token, slug, uploader)
        assert json.loads(server.command("audit", "--deep", "--json").stdout)["clean"]


def test_stopping_is_graceful_and_starting_is_refused_on_another_revision(tmp_path: Path) -> None:
    from storage.embedded_postgres import EmbeddedPostgres

    with EmbeddedPostgres(tmp_path / "pg") as postgres:
        server = ServerProcess(tmp_path, database_url=postgres.url)
        refused = server.command("serve", check=False)
        assert refused.returncode != 0
        assert "uraniborg-server migrate" in refused.stderr + refused.stdout
        server.command("migrate")
        with server:
            assert server.stop() == 0


def test_events_are_told_while_they_happen(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        token, slug = server.owner()
        uploader = Uploader(server, token, slug, {"x.fits": frame_bytes(1)})
        with server.client(token) as client, client.stream("GET", f"/organisations/{slug}/events?after=0") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            uploader.start()
            told = next(json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
        assert (told["kind"], told["payload"]["files"]) == ("files.ingested", 1)
