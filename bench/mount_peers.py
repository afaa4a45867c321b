"""Mounts to compare: ours, rclone's and s3fs', each begun anew with nothing kept, over the same bucket."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.mount_data import DATASET, PREFIX
from bench.server import Service
from tests.support.s3_server import S3Server

__all__ = ["RCLONE", "Mounted", "Mounter", "ours", "rclone", "s3fs"]

RCLONE = Path(sys.executable).with_name("rclone")
TUNED = (
    # Without these it asks for each object's time and checksum by a request of its own.
    "--read-only", "--use-server-modtime", "--no-checksum", "--dir-cache-time", "1h", "--attr-timeout", "1h",
    "--vfs-cache-mode", "full", "--vfs-read-chunk-size", "4M", "--vfs-read-chunk-size-limit", "64M",
    "--buffer-size", "16M", "--vfs-read-ahead", "16M", "--vfs-fast-fingerprint", "--transfers", "8",
)  # fmt: skip
MOUNTED_WITHIN_S = 60.0


class Mounted(msgspec.Struct, frozen=True):
    """A folder with the files in it, the process that serves it, and where that keeps what it has read, if told."""

    folder: Path
    pid: int
    kept: Path | None = None


class Mounter(msgspec.Struct, frozen=True):
    """How to mount, and what that is called."""

    name: str
    mount: Callable[[Path, Path], Mounted]

    @contextmanager
    def fresh(self) -> Iterator[Mounted]:
        """Mount with nothing known or kept; unmounted in the end."""
        base = Path(tempfile.mkdtemp(prefix="uraniborg-bench-mount-"))
        folder = base / "mount"
        folder.mkdir()
        try:
            yield self.mount(folder, base)
        finally:
            subprocess.run(["fusermount3", "-u", "-z", str(folder)], check=False, stderr=subprocess.DEVNULL)
            _until(lambda: not os.path.ismount(folder), "it is unmounted")
            shutil.rmtree(base, ignore_errors=True)


def ours(service: Service) -> Mounter:
    """`uraniborg mount`."""

    def mount(folder: Path, base: Path) -> Mounted:
        environment = os.environ | {
            "URANIBORG_URL": service.url,
            "URANIBORG_TOKEN": service.token,
            "XDG_CACHE_HOME": str(base / "cache"),
        }
        words = [sys.executable, "-m", "uraniborg", "mount", str(folder), "--read-only", "--json"]
        done = subprocess.run(words, env=environment, capture_output=True, check=True)
        root = folder / "org" / service.observatory.slug / "datasets" / DATASET
        return Mounted(root, int(json.loads(done.stdout)["process"]), base / "cache")

    return Mounter("uraniborg mount", mount)


def rclone(server: S3Server, bucket: str) -> Mounter:
    """`rclone mount`, tuned; a current one, which the lock file brings: Debian's is of 2022."""
    version = subprocess.run([RCLONE, "version"], capture_output=True, text=True, check=True).stdout.split()[1]

    def mount(folder: Path, base: Path) -> Mounted:
        # A bundle of certificates for Amazon's own clients is more than this rclone can take.
        environment = {name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"} | {
            "RCLONE_S3_PROVIDER": "Ceph",
            "RCLONE_S3_ENDPOINT": server.endpoint,
            "RCLONE_S3_ACCESS_KEY_ID": server.access_key,
            "RCLONE_S3_SECRET_ACCESS_KEY": server.secret_key,
            "RCLONE_CONFIG": str(base / "none.conf"),
        }
        remote = f":s3:{bucket}/{PREFIX}"
        words = [str(RCLONE), "mount", remote, str(folder), "--cache-dir", str(base / "cache"), *TUNED]
        return _started(words, environment, folder)

    return Mounter(f"rclone {version.removeprefix('v').removesuffix('-DEV')}", mount)


def s3fs(server: S3Server, bucket: str) -> Mounter:
    """Debian's s3fs, as it comes."""
    said = subprocess.run(["s3fs", "--version"], capture_output=True, text=True, check=True).stdout
    version = said.partition(" V")[2].split()[0]

    def mount(folder: Path, base: Path) -> Mounted:
        secret = base / "secret"
        secret.write_text(f"{server.access_key}:{server.secret_key}")
        secret.chmod(0o600)
        options = f"url={server.endpoint},use_path_request_style,passwd_file={secret},ro"
        options += ",max_stat_cache_size=200000"
        words = ["s3fs", f"{bucket}:/{PREFIX.rstrip('/')}", str(folder), "-f", "-o", options]
        return _started(words, dict(os.environ), folder)

    return Mounter(f"s3fs {version.removeprefix('V')}", mount)


def _started(words: list[str], environment: dict[str, str], folder: Path) -> Mounted:
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _until(lambda: process.poll() is not None or os.path.ismount(folder), f"{words[0]} has mounted")
    if process.poll() is not None:
        raise RuntimeError(f"{words[0]} ended with {process.returncode}")
    return Mounted(folder, process.pid)


def _until(is_true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + MOUNTED_WITHIN_S
    while not is_true():
        if time.monotonic() > end:
            raise RuntimeError(f"waited in vain until {what}")
        time.sleep(0.02)
