"""Promise: folders go to a real S3 store and back as fast as by Amazon's own client, and nothing goes twice.

Ours are `Client.upload` and what `uraniborg get` does, by the service's signed addresses: names and checksums told,
bytes put, read again and summed up by the service before it acknowledges them; SHA-256 made of every byte that arrives.
The peer is the CRT client that `aws s3 cp --recursive` stands on, with a CRC32C of every file, at which this server
does not look. Since ours are kept by their SHA-256, which it recomputes, there are two more: the same client with
SHA-256, and the older one, whose SHA-256 the server recomputes as well. All speak to one one-node Ceph, in memory.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uraniborg
from uraniborg.download import download_all
from uraniborg.download_parts import PART_BYTES

from bench.aws_peer import copied
from bench.measure import Line, Setting, cpu_seconds, median, processes_of
from bench.server import Service, running_service
from tests.support.object_homes import plain_client
from tests.support.s3_server import S3Server, missing_programs, running_s3_server

__all__ = ["measure"]

BUCKET = "bench"
BLOCK = 8 * 1024**2
KILLED_AT = 0.3  # of a transfer that is to be resumed
PEERS_UP = {"aws-crt": "crt", "aws-crt with SHA-256": "crt-sha256", "aws, SHA-256 recomputed": "classic"}
Sizes = list[int]


async def measure(setting: Setting) -> list[Line]:
    """Measure uploads, downloads, repeated and resumed ones."""
    if missing := missing_programs():
        raise RuntimeError(f"not installed: {', '.join(missing)}; see `make s3-server`")
    chance = random.Random("sizes")
    # 300 of them, not 1,000: the store is in memory, and all that is sent within a round is there twice.
    frames, many, large, rounds = (300, 10_000, 2_000_000_000, 3) if not setting.quick else (30, 100, 200_000_000, 1)
    sizes = [int(1e6 * 16 ** chance.random()) for _ in range(frames)]  # as many of 1 to 4 MB as of 4 to 16
    os.environ["XDG_CACHE_HOME"] = str(setting.folder / "cache")  # digests remembered elsewhere would not be made
    with running_s3_server(size_bytes=20 * 1024**3) as server:
        os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = server.access_key, server.secret_key
        s3 = plain_client(server)
        s3.create_bucket(Bucket=BUCKET)
        where = server.url(BUCKET)
        async with running_service(setting.folder / "house", worker="false", objects_url=where) as service:
            contest = _Contest(setting.folder, service, server, s3)
            return await asyncio.to_thread(contest.run, sizes, many, large, rounds)


class _Contest:
    def __init__(self, folder: Path, service: Service, server: S3Server, s3: Any) -> None:
        self.folder, self.service, self.server, self.s3 = folder, service, server, s3
        self.client = uraniborg.connect(service.url, service.token, organisation=service.observatory.slug)
        self.number = 0

    def run(self, sizes: Sizes, many: int, large_bytes: int, rounds: int) -> list[Line]:
        name = f"{len(sizes)} frames of 1 to 16 MB"
        lines = []
        for measured in (
            lambda: self._both_ways("frames", name, sizes, rounds),
            lambda: self._both_ways("one large file", f"{large_bytes / 1e9:g} GB", [large_bytes], rounds),
            lambda: [self._again(sizes, many)],
            lambda: [self._resumed_upload(large_bytes)],
            lambda: [self._resumed_download(large_bytes)],
        ):
            lines += measured()
            self._emptied()
        self.client.close()
        return lines

    def _emptied(self) -> None:
        """Give the store's memory back: nothing that was measured is looked at again."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
            if keys := [{"Key": entry["Key"]} for entry in page.get("Contents", [])]:
                self.s3.delete_objects(Bucket=BUCKET, Delete={"Objects": keys, "Quiet": True})

    def _both_ways(self, name: str, work: str, sizes: Sizes, rounds: int) -> list[Line]:
        """Send files that nobody has seen yet and fetch them, round by round, ours and the peer's in turn.

        Each begins every other round, and downloads are written where the machine has brought memory up already: the
        first to touch that would pay for both.
        """
        seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
        cpu: dict[str, float] = {}
        self._send(self._written([1_000_000] * 3))  # both have ready by now what they keep
        for number in range(rounds):
            self._round(sizes, seconds, cpu, is_ours_first=number % 2 == 0)
        megabytes = sum(sizes) / 1e6
        lines = []
        for verb, peer in [*(("upload", peer) for peer in PEERS_UP), ("download", "aws-crt")]:
            ours_s, peer_s = median(seconds[verb, "ours"]), median(seconds[verb, peer])
            used = f"; processors, upload: {', '.join(f'{who} {s:.1f} s' for who, s in cpu.items())}"
            lines.append(
                Line(
                    name=f"{verb}, {name}",
                    ours=f"{megabytes / ours_s:.0f} MB/s",
                    peer=f"{peer} {megabytes / peer_s:.0f} MB/s",
                    ratio=peer_s / ours_s,
                    target=">= 1x",
                    passed=peer_s / ours_s >= 1,
                    work=f"{work}; {ours_s:.2f} s, the peer {peer_s:.2f} s{used * (verb == 'upload')}",
                )
            )
        return lines

    def _round(
        self, sizes: Sizes, seconds: dict[tuple[str, str], list[float]], cpu: dict[str, float], *, is_ours_first: bool
    ) -> None:
        folder = self._written(sizes)
        back = folder.with_suffix(".back")

        def send() -> None:
            before = self._cpu()
            seconds["upload", "ours"].append(_timed(lambda: self._send(folder)))
            cpu.update({who: used - before[who] for who, used in self._cpu().items()})

        def fetch() -> None:
            wanted = list(self.client.iterate("list_dataset_files", dataset=folder.name))
            seconds["download", "ours"].append(_timed(lambda: self._fetch(wanted, back)))

        def copy_up() -> None:
            seconds["upload", "aws-crt"].append(copied("up", self.server, BUCKET, "crt/", folder))

        def copy_down() -> None:
            seconds["download", "aws-crt"].append(copied("down", self.server, BUCKET, "crt/", back))

        for turn in (send, copy_up) if is_ours_first else (copy_up, send):
            turn()
        _bring_up_memory(back, sum(sizes))
        for turn in (fetch, copy_down) if is_ours_first else (copy_down, fetch):
            turn()
            shutil.rmtree(back)
        # Last, and with nothing else left there: what the store has is in the memory that downloads are written to.
        for peer, client in list(PEERS_UP.items())[1:]:
            self._emptied()
            seconds["upload", peer].append(copied("up", self.server, BUCKET, f"{client}/", folder, client))
        shutil.rmtree(folder)
        self._emptied()

    def _again(self, sizes: Sizes, many: int) -> Line:
        """Send a folder twice; the second time is what counts."""
        told = []
        for these in (sizes, [100] * many):
            folder = self._written(these)
            self._send(folder)
            started = time.perf_counter()
            report = self.client.upload(folder, dataset=folder.name)
            seconds = time.perf_counter() - started
            if {fate.state for fate in report.files} != {"known"}:
                raise RuntimeError("a file was not known the second time")
            told.append((len(these), 1000 * seconds / len(these), report.sent_bytes))
            shutil.rmtree(folder)
        return Line(
            name="upload again",
            ours=f"{told[0][1]:.2f} s per 1,000",
            target="< 1 s, 0 bytes",
            passed=all(per_1000_s < 1 and sent_bytes == 0 for _, per_1000_s, sent_bytes in told),
            work=f"{told[0][0]} frames that the service has; {told[0][2]} bytes of files sent",
            growth=", ".join(f"{count} tiny files: {s:.2f} s per 1,000, {sent} bytes" for count, s, sent in told[1:]),
        )

    def _resumed_upload(self, size_bytes: int) -> Line:
        """Kill an upload, and count what the next one sends."""
        folder = self._written([size_bytes])
        time.sleep(2.5)  # a younger file may change without a sign: it would not be remembered
        process = self._command("upload", str(folder), "--dataset", folder.name)
        _until(lambda: self._parts_bytes() > KILLED_AT * size_bytes, process)
        time.sleep(0.5)  # what was on its way has arrived, or never does
        missing = size_bytes - self._parts_bytes()
        sent = self.client.upload(folder, dataset=folder.name).sent_bytes
        shutil.rmtree(folder)
        return _resumed("upload, resumed", sent, missing, size_bytes)

    def _resumed_download(self, size_bytes: int) -> Line:
        """Kill a download, and count what the next one fetches."""
        folder = self._written([size_bytes])
        self._send(folder)
        [file] = self.client.iterate("list_dataset_files", dataset=folder.name)
        back = folder / "back"
        process = self._command("get", file.file, "--output", str(back))

        def missing_bytes() -> int:
            """Tell what has not arrived yet, by the record that a download keeps beside its file."""
            records = [path for path in back.rglob("*") if path.name.endswith(".parts")]
            return size_bytes - PART_BYTES * sum(len(record.read_text().splitlines()) for record in records)

        _until(lambda: missing_bytes() < (1 - KILLED_AT) * size_bytes, process)
        missing = missing_bytes()
        told: list[int] = []
        report = download_all(self.client, [file], back, progress=told.append)
        if not report.ok:
            raise RuntimeError("the download could not be resumed")
        shutil.rmtree(folder)
        return _resumed("download, resumed", sum(told[1:]), missing, size_bytes)

    def _parts_bytes(self) -> int:
        """Tell how many bytes of unfinished uploads the store has."""
        total = 0
        for upload in self.s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []):
            for page in self.s3.get_paginator("list_parts").paginate(
                Bucket=BUCKET, Key=upload["Key"], UploadId=upload["UploadId"]
            ):
                total += sum(part["Size"] for part in page.get("Parts", []))
        return total

    def _command(self, *words: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "URANIBORG_URL": self.service.url,
            "URANIBORG_TOKEN": self.service.token,
            "URANIBORG_ORGANISATION": self.service.observatory.slug,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "uraniborg", *words],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _written(self, sizes: Sizes) -> Path:
        """Write a folder of files unlike any before, and wait until the disk has them."""
        self.number += 1
        folder = self.folder / f"files-{self.number}"
        folder.mkdir()
        chance = random.Random(self.number)
        for number, size_bytes in enumerate(sizes):
            with (folder / f"{number:06d}.fits").open("wb") as file:
                for begin in range(0, size_bytes, BLOCK):
                    file.write(chance.randbytes(min(BLOCK, size_bytes - begin)))
        os.sync()
        return folder

    def _send(self, folder: Path) -> None:
        report = self.client.upload(folder, dataset=folder.name)
        if {fate.state for fate in report.files} != {"stored"}:
            raise RuntimeError("a file was not stored")

    def _fetch(self, wanted: list[Any], folder: Path) -> None:
        report = download_all(self.client, wanted, folder)
        if {fate.state for fate in report.files} != {"downloaded"}:
            raise RuntimeError("a file was not downloaded")

    def _cpu(self) -> dict[str, float]:
        return {"client": cpu_seconds([os.getpid()]), "service": cpu_seconds(processes_of(self.service.pid))}


def _resumed(name: str, moved: int, missing: int, size_bytes: int) -> Line:
    return Line(
        name=name,
        ours=f"{moved / 1e6:.0f} MB moved",
        peer=f"missing {missing / 1e6:.0f} MB",
        ratio=missing / moved if moved else None,
        target=">= 1x",
        passed=moved <= missing,
        work=f"{size_bytes / 1e9:g} GB, killed when {(size_bytes - missing) / 1e6:.0f} MB had arrived",
    )


def _until(is_true: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for something, and kill the process as a power cut would."""
    while not is_true():
        if process.poll() is not None:
            raise RuntimeError(f"it ended with {process.returncode} before it could be killed")
        time.sleep(0.01)
    process.kill()
    process.wait()


def _bring_up_memory(path: Path, size_bytes: int) -> None:
    """Write a file and remove it."""
    with path.open("wb") as file:
        for _ in range(0, size_bytes, 1024**2):
            file.write(bytes(1024**2))
    path.unlink()


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
