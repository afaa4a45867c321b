"""Promise: over a line as a dome has it, files go as fast as by Amazon's client; over one that breaks, they arrive.

The line is a proxy (`tests.support.thin_line`): all connections share what it carries, and each byte is half a round
trip under way. Ours go by the service's signed addresses, over such a line to each of the service and the store; the
peer is Amazon's CRT client, over the same line to the same one-node Ceph.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import uraniborg
from uraniborg.download import download_all

from bench.aws_peer import copied
from bench.measure import Line, Setting, median
from bench.server import Service, running_service
from tests.support.object_homes import plain_client
from tests.support.s3_server import S3Server, missing_programs, running_s3_server
from tests.support.thin_line import ThinLine, thin_line

__all__ = ["measure"]

BUCKET = "bench"
UP_BYTES_PER_S, DOWN_BYTES_PER_S, ROUND_TRIP_S = 20e6 / 8, 100e6 / 8, 0.05
BREAKS_EVERY_S = 10.0
Sizes = list[int]


async def measure(setting: Setting) -> list[Line]:
    """Measure uploads and downloads over a thin line, and uploads over one that breaks."""
    if missing := missing_programs():
        raise RuntimeError(f"not installed: {', '.join(missing)}; see `make s3-server`")
    os.environ["XDG_CACHE_HOME"] = str(setting.folder / "cache")  # what digests and lines were like is not known
    few = setting.quick
    lines = []
    with running_s3_server(size_bytes=4 * 1024**3) as server:
        os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = server.access_key, server.secret_key
        plain_client(server).create_bucket(Bucket=BUCKET)
        async with _far_away(setting.folder / "thin", server) as far:
            for name, sizes in (
                ("frames", [1_000_000] * (4 if few else 24)),
                ("small", [60_000] * (20 if few else 200)),
            ):
                lines += await asyncio.to_thread(far.both_ways, name, sizes, 1 if few else 3)
        async with _far_away(setting.folder / "breaking", server, breaks_every_s=BREAKS_EVERY_S) as far:
            # Each takes longer than the line ever holds.
            sizes = [int(1.2 * BREAKS_EVERY_S * UP_BYTES_PER_S)] * (1 if few else 3)
            lines.append(await asyncio.to_thread(far.broken, sizes))
    return lines


@asynccontextmanager
async def _far_away(folder: Path, server: S3Server, breaks_every_s: float | None = None) -> AsyncIterator[_Far]:
    """A service and its store behind a line each."""
    with _line(server.endpoint, breaks_every_s) as to_store:
        store = replace(server, endpoint=f"http://127.0.0.1:{to_store.port}")
        where = f"{server.url(BUCKET)}&public_endpoint={store.endpoint}"
        async with running_service(folder / "house", worker="false", objects_url=where) as service:
            with _line(service.url, breaks_every_s) as to_service:
                far = _Far(folder, service, f"http://127.0.0.1:{to_service.port}", store, to_store)
                yield far
                far.client.close()


def _line(url: str, breaks_every_s: float | None) -> AbstractContextManager[ThinLine]:
    at = urlsplit(url)
    return thin_line(
        (at.hostname or "", at.port or 0),
        up_bytes_per_s=UP_BYTES_PER_S,
        down_bytes_per_s=DOWN_BYTES_PER_S,
        round_trip_s=ROUND_TRIP_S,
        breaks_every_s=breaks_every_s,
    )


class _Far:
    def __init__(self, folder: Path, service: Service, url: str, store: S3Server, line: ThinLine) -> None:
        self.folder, self.store, self.line = folder, store, line
        self.client = uraniborg.connect(url, service.token, organisation=service.observatory.slug)
        self.number = 0

    def both_ways(self, name: str, sizes: Sizes, rounds: int) -> list[Line]:
        """Send files that nobody has seen and fetch them, ours and the peer's in turn."""
        seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
        for number in range(rounds):
            folder = self._written(sizes)
            back = folder.with_suffix(".back")
            theirs = self.store, BUCKET, f"{folder.name}/"
            for verb, ours, peer in (
                ("upload", partial(self._send, folder), partial(copied, "up", *theirs, folder)),
                ("download", partial(self._fetch, folder, back), partial(copied, "down", *theirs, back)),
            ):
                turns = [("ours", ours), ("aws-crt", peer)]
                for who, work in turns if number % 2 == 0 else reversed(turns):
                    seconds[verb, who].append(_timed(work))
                    shutil.rmtree(back, ignore_errors=True)
            shutil.rmtree(folder)
        lines = []
        for verb, carries in (("upload", UP_BYTES_PER_S), ("download", DOWN_BYTES_PER_S)):
            ours_s, peer_s = median(seconds[verb, "ours"]), median(seconds[verb, "aws-crt"])
            of_the_line = sum(sizes) / carries / ours_s
            lines.append(
                Line(
                    name=f"thin line, {verb}, {name}",
                    ours=f"{sum(sizes) / ours_s / 1e6:.2f} MB/s, {of_the_line:.2f} of the line",
                    peer=f"aws-crt {sum(sizes) / peer_s / 1e6:.2f} MB/s",
                    ratio=peer_s / ours_s,
                    target=">= 1x",
                    passed=peer_s / ours_s >= 1,
                    work=f"{len(sizes)} files of {sizes[0] / 1e6:g} MB over {8 * carries / 1e6:g} Mbit/s,"
                    f" {1000 * ROUND_TRIP_S:g} ms; {ours_s:.1f} s, the peer {peer_s:.1f} s",
                )
            )
        return lines

    def broken(self, sizes: Sizes) -> Line:
        """Send files over a line that never holds for as long as one of them takes."""
        folder = self._written(sizes)
        carried = self.line.up.carried_bytes
        seconds = _timed(lambda: self._send(folder))
        carried = self.line.up.carried_bytes - carried
        started = time.perf_counter()
        try:
            copied("up", self.store, BUCKET, "broken/", folder)
        except subprocess.CalledProcessError:
            peer = f"aws-crt gave up after {time.perf_counter() - started:.0f} s"
        else:
            peer = f"aws-crt {time.perf_counter() - started:.0f} s"
        return Line(
            name="breaking line, upload",
            ours=f"{seconds:.0f} s, {carried / sum(sizes):.2f} of the bytes sent",
            peer=peer,
            target="all arrive, < 2 of the bytes",
            passed=carried < 2 * sum(sizes),
            work=f"{len(sizes)} files of {sizes[0] / 1e6:g} MB over {8 * UP_BYTES_PER_S / 1e6:g} Mbit/s that break"
            f" every {BREAKS_EVERY_S:g} s; one that held would take {sum(sizes) / UP_BYTES_PER_S:.0f} s",
        )

    def _written(self, sizes: Sizes) -> Path:
        """Write files that nobody has seen yet."""
        self.number += 1
        folder = self.folder / f"night-{self.number}"
        folder.mkdir(parents=True)
        for number, size_bytes in enumerate(sizes):
            (folder / f"{number:06d}.fits").write_bytes(random.randbytes(size_bytes))
        return folder

    def _send(self, folder: Path) -> None:
        report = self.client.upload(folder, dataset=folder.name)
        if {fate.state for fate in report.files} != {"stored"}:
            raise RuntimeError(f"not all arrived: {[fate.reason for fate in report.files if fate.reason][:3]}")

    def _fetch(self, folder: Path, back: Path) -> None:
        wanted = list(self.client.iterate("list_dataset_files", dataset=folder.name))
        report = download_all(self.client, wanted, back)
        if {fate.state for fate in report.files} != {"downloaded"}:
            raise RuntimeError("a file was not downloaded")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
