"""A real S3 server for tests: one-node Ceph on loopback (monitor, object store in memory, RADOS gateway).

Debian's packages carry everything. Every run has a folder and ports of its own, and the daemons are children that the
kernel kills with the process that started them, so nothing stays behind whatever happens to the tests.

``URANIBORG_TEST_S3_URL`` names another server to test instead (``s3://bucket?endpoint=...``, credentials from
``AWS_*``); the bucket must exist.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

__all__ = [
    "PACKAGES",
    "S3Node",
    "S3Server",
    "S3ServerDidNotStart",
    "missing_programs",
    "running_s3_node",
    "running_s3_server",
    "s3_server",
]

PACKAGES = ("ceph-mon", "ceph-osd", "ceph-common", "radosgw")
PROGRAMS = ("ceph-mon", "ceph-osd", "ceph", "ceph-authtool", "monmaptool", "radosgw", "radosgw-admin")
INSTALL = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(PACKAGES)}"

# Ceph's defaults want three machines and real disks; one OSD in memory needs each of these said. The monitor waits a
# second before each change by default, to gather more of them: a start then takes 18 s instead of 2 s.
CONF = """\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon_port}/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
pid file = {folder}/$name.pid
keyring = {folder}/keyring
mon data = {folder}/mon
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = {size_bytes}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd crush update on start = false
mon allow pool size one = true
mon max pg per osd = 1000
mon warn on pool no redundancy = false
mon data avail warn = 1
paxos propose interval = 0.02
paxos min wait = 0.01
mon data avail crit = 1
[client]
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
rgw relaxed s3 bucket names = false
rgw gc obj min wait = 5
rgw gc processor period = 5
rgw gc processor max time = 60
"""


class S3ServerDidNotStart(Exception):
    """The programs are there, but one of them failed; the message carries the end of its log."""


@dataclass(frozen=True)
class S3Server:
    """Where the server answers, and who may ask."""

    endpoint: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"
    bucket: str = ""

    def url(self, bucket: str, prefix: str = "") -> str:
        """Write the store's address as the configuration has it."""
        return f"s3://{bucket}?endpoint={self.endpoint}&region={self.region}" + (f"&prefix={prefix}" if prefix else "")


def missing_programs() -> list[str]:
    """Name the programs that are not installed."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return [program for program in PROGRAMS if not shutil.which(program, path=path)]


@contextlib.contextmanager
def running_s3_server(*, size_bytes: int = 2 * 1024**3) -> Iterator[S3Server]:
    """Run a new, empty S3 server.

    Parameters
    ----------
    size_bytes : int
        How much it may hold, in memory.

    Raises
    ------
    S3ServerDidNotStart
        One of its programs failed or did not answer in time.
    """
    with running_s3_node(size_bytes=size_bytes) as node:
        yield node.server


@contextlib.contextmanager
def running_s3_node(*, size_bytes: int = 2 * 1024**3) -> Iterator[S3Node]:
    """Run a new, empty S3 server, as `running_s3_server` does, whose gateway can be killed."""
    # Not below pytest's own folders: the path of a socket may have 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="s3-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        node = S3Node(Path(folder), size_bytes)
        try:
            node.start()
            yield node
        finally:
            node.stop()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Share one S3 server among all processes of this test run; skip, loudly, where there can be none."""
    if url := os.environ.get("URANIBORG_TEST_S3_URL"):
        yield _server_named_by(url)
        return
    if missing := missing_programs():
        reason = f"no S3 server: {', '.join(missing)} not installed. As root: {INSTALL}"
        print(f"\nSKIPPED ALL S3 TESTS: {reason}", file=sys.__stderr__, flush=True)
        pytest.skip(reason)
    # With pytest-xdist each worker has a folder below the run's; without, the run's own folder is unique already.
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    note, users = base / "s3-server.json", base / "s3-server.users"
    with contextlib.ExitStack() as stack:
        in_use = stack.enter_context(users.open("a"))
        with (base / "s3-server.start").open("a") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            mine = not note.exists()
            if mine:
                server = stack.enter_context(running_s3_server())
                note.write_text(json.dumps(asdict(server)))
            else:
                server = S3Server(**json.loads(note.read_text()))
                fcntl.flock(in_use, fcntl.LOCK_SH)
        yield server
        if mine:
            # Whoever started it waits for the others; the kernel drops the lock of one that crashed. Who comes behind
            # them starts another.
            starting = stack.enter_context((base / "s3-server.start").open("a"))
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(in_use, fcntl.LOCK_EX)
            note.unlink()


def _server_named_by(url: str) -> S3Server:
    from urllib.parse import parse_qs, urlsplit

    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return S3Server(
        endpoint=query.get("endpoint", "https://s3.amazonaws.com"),
        access_key=os.environ["AWS_ACCESS_KEY_ID"],
        secret_key=os.environ["AWS_SECRET_ACCESS_KEY"],
        region=query.get("region", "us-east-1"),
        bucket=parts.netloc,
    )


class S3Node:
    """The three daemons, started in order; the last is the gateway, which keeps nothing itself."""

    def __init__(self, folder: Path, size_bytes: int) -> None:
        self.folder, self.size_bytes = folder, size_bytes
        self.access_key, self.secret_key = "tester", uuid.uuid4().hex
        self.daemons: list[subprocess.Popen[bytes]] = []
        self.environment = {
            "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin",
            "CEPH_CONF": str(folder / "ceph.conf"),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
        }

    def start(self) -> None:
        for name in ("mon", "osd", "rgw"):
            (self.folder / name).mkdir(parents=True)
        self.port, mon_port = _free_ports(2)
        fsid = str(uuid.uuid4())
        (self.folder / "ceph.conf").write_text(
            CONF.format(fsid=fsid, mon_port=mon_port, port=self.port, folder=self.folder, size_bytes=self.size_bytes)
        )
        keyring, monmap = self.folder / "keyring", self.folder / "monmap"
        self._run("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
        for name in ("client.admin", "client.rgw.s3", "osd.0"):
            allowed = [word for who in ("mon", "osd", "mgr") for word in ("--cap", who, "allow *")]
            self._run("ceph-authtool", keyring, "--gen-key", "-n", name, *allowed)
        self._run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{mon_port}]", monmap)
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)
        self._spawn("ceph-mon", "-f", "-i", "a")
        osd = str(uuid.uuid4())
        self._run("ceph", "osd", "new", osd, "0")
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._run("ceph", "osd", "crush", "add", "osd.0", "1.0", "root=default")
        self._spawn("ceph-osd", "-f", "-i", "0")
        self._until("the object store is up", lambda: b"1 up" in self._run("ceph", "osd", "stat"))
        self._run("ceph", "osd", "in", "0")
        user = ["--uid=tester", "--display-name=tester", f"--access-key={self.access_key}"]
        self._run("radosgw-admin", "user", "create", *user, f"--secret-key={self.secret_key}")
        self.start_gateway()

    @property
    def server(self) -> S3Server:
        """Where it answers, and who may ask."""
        return S3Server(f"http://127.0.0.1:{self.port}", self.access_key, self.secret_key)

    def start_gateway(self) -> None:
        """Start what speaks S3, and return when it answers."""
        self._spawn("radosgw", "-f", "-n", "client.rgw.s3")
        self._until("the gateway answers", self._answers)

    def kill_gateway(self) -> None:
        """End what speaks S3 as a power cut would."""
        gateway = self.daemons.pop()
        gateway.kill()
        gateway.wait()

    def stop(self) -> None:
        for daemon in reversed(self.daemons):
            daemon.kill()  # its data is in memory and of no use to anyone: no shutdown to wait for
        for daemon in self.daemons:
            daemon.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=2) as reply:
                return bool(reply.status == 200)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def _run(self, *command: object, timeout_s: float = 60) -> bytes:
        words = [str(word) for word in command]
        try:
            done = subprocess.run(
                words,
                env=self.environment,
                capture_output=True,
                timeout=timeout_s,
                check=True,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.CalledProcessError as error:
            raise S3ServerDidNotStart(f"{' '.join(words)}: {error.stderr.decode(errors='replace')[-2000:]}") from error
        except subprocess.TimeoutExpired as error:
            raise S3ServerDidNotStart(f"{' '.join(words)}: no answer in {timeout_s:g} s. {self._logs()}") from error
        return done.stdout

    def _spawn(self, *command: str) -> None:
        with (self.folder / f"{command[0]}.out").open("wb") as output:
            self.daemons.append(
                subprocess.Popen(
                    command,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    preexec_fn=_die_with_parent,
                )
            )

    def _until(self, what: str, true: Callable[[], bool], limit_s: float = 60) -> None:
        end = time.monotonic() + limit_s
        while not true():
            for daemon in self.daemons:
                if daemon.poll() is not None:
                    raise S3ServerDidNotStart(f"{daemon.args!r}: ended with {daemon.returncode}. {self._logs()}")
            if time.monotonic() > end:
                raise S3ServerDidNotStart(f"Waited {limit_s:g} s until {what}. {self._logs()}")
            time.sleep(0.1)

    def _logs(self) -> str:
        return "\n".join(
            f"--- {log.name}\n{log.read_bytes()[-1500:].decode(errors='replace')}"
            for log in sorted([*self.folder.glob("*.log"), *self.folder.glob("*.out")])
        )


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


_LIBC = ctypes.CDLL(None)


def _die_with_parent() -> None:
    PR_SET_PDEATHSIG = 1  # linux/prctl.h
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
