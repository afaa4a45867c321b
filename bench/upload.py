"""Promise: uploading is at least half as fast as curl to a plain static server, though every byte is verified.

The peer is one curl over one kept-alive connection to nginx (``dav_methods PUT``), which neither hashes nor syncs; how
much of the difference is the disk, it tells when it has to sync too. Ours is `Client.upload` through the service's own
HTTP: names and checksums announced, bytes put, hashed by the service, made durable, acknowledged row by row; the
service's worker ingests meanwhile, as it does in real life.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import uraniborg

from bench.measure import Line, Setting, alternate, cpu_seconds, processes_of
from bench.server import Service, running_service
from bench.static_server import curl_put, static_server

__all__ = ["measure"]

SMALL_TARGET, LARGE_TARGET = 0.5, 0.7
SMALL_BYTES = 100_000


async def measure(setting: Setting) -> list[Line]:
    """Measure uploads of many small files and of a large one."""
    os.environ["XDG_CACHE_HOME"] = str(setting.folder / "cache")  # digests remembered elsewhere would not be made
    small, rounds, sizes = (40, 1, (20,)) if setting.quick else (2000, 5, (500, 6000))
    large_bytes, large_sizes = (8_000_000, (4_000_000,)) if setting.quick else (2_000_000_000, (200_000_000,))
    async with (
        running_service(setting.folder / "house") as service,
        static_server(setting.folder / "static") as (url, root),
    ):
        contest = _Contest(setting.folder, service, url, root)
        lines = [
            await contest.run("upload, small files", _many(small), SMALL_TARGET, rounds, [_many(n) for n in sizes])
        ]
        lines.append(
            await contest.run(
                "upload, one large file", _one(large_bytes), LARGE_TARGET, rounds, [_one(size) for size in large_sizes]
            )
        )
    return lines


class _Work:
    """Files to send: how many, of how many bytes each."""

    def __init__(self, count: int, size_bytes: int) -> None:
        self.count, self.size_bytes = count, size_bytes

    def __str__(self) -> str:
        return f"{self.count} of {self.size_bytes / 1e3:.0f} kB" if self.count > 1 else f"{self.size_bytes / 1e9:g} GB"

    def rate(self, seconds: float) -> str:
        megabytes = self.count * self.size_bytes / 1e6 / seconds
        return f"{self.count / seconds:.0f} files/s" if self.count > 1 else f"{megabytes:.0f} MB/s"

    def write(self, folder: Path, seed: str) -> list[Path]:
        """Write files that nobody has seen yet, and wait until the disk has them."""
        chance = random.Random(seed)
        folder.mkdir(parents=True)
        paths = []
        for number in range(self.count):
            path = folder / f"{seed}-{number:06d}.dat"
            with path.open("wb") as file:
                for written in range(0, self.size_bytes, 10_000_000):
                    file.write(chance.randbytes(min(10_000_000, self.size_bytes - written)))
            paths.append(path)
        os.sync()
        return paths


def _many(count: int) -> _Work:
    return _Work(count, SMALL_BYTES)


def _one(size_bytes: int) -> _Work:
    return _Work(1, size_bytes)


class _Contest:
    """Ours against the peer, with files of their own each time."""

    def __init__(self, folder: Path, service: Service, url: str, root: Path) -> None:
        self.folder, self.service, self.url, self.root = folder, service, url, root
        self.number = 0
        self.cpu_s: dict[str, float] = {}

    def _files(self, work: _Work) -> list[Path]:
        self.number += 1
        return work.write(self.folder / f"files{self.number}", f"{self.number}")

    def ours(self, work: _Work) -> Callable[[int], Awaitable[float | None]]:
        async def run(_: int) -> float:
            paths = self._files(work)
            before = _cpu(self.service.pid)
            started = time.perf_counter()
            with uraniborg.connect(
                self.service.url, self.service.token, organisation=self.service.observatory.slug
            ) as client:
                report = await asyncio.to_thread(client.upload, paths[0].parent)
            seconds = time.perf_counter() - started
            after = _cpu(self.service.pid)
            self.cpu_s = {name: after[name] - before[name] for name in after}
            fates = {fate.state for fate in report.files}
            if len(report.files) != work.count or fates != {"stored"}:
                raise RuntimeError(f"{len(report.files)} files ended as {fates}")
            _remove(work, paths)
            return seconds

        return run

    def peer(self, work: _Work, *, durable: bool = False) -> Callable[[int], Awaitable[float | None]]:
        async def run(_: int) -> float:
            paths = self._files(work)
            started = time.perf_counter()
            seconds = await curl_put(self.url, paths, self.folder / "curl.conf")
            if durable:
                os.sync()
                seconds = time.perf_counter() - started
            if sum((self.root / path.name).stat().st_size for path in paths) != work.count * work.size_bytes:
                raise RuntimeError("nginx does not have all that curl sent")
            _remove(work, [*paths, *(self.root / path.name for path in paths)])
            return seconds

        return run

    async def run(self, name: str, work: _Work, target: float, rounds: int, others: list[_Work]) -> Line:
        """Measure one promise, after each contestant has done the work once: both have ready by then what they keep."""
        await self.ours(work)(-1)
        await self.peer(work)(-1)
        ours_s, peer_s, durable_s = await alternate(
            self.ours(work), self.peer(work), self.peer(work, durable=True), rounds=rounds
        )
        cpu = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in self.cpu_s.items())
        grown = [f"{work}: {work.rate(ours_s)}"]
        for other in others:
            (seconds,) = await alternate(self.ours(other), rounds=1)
            grown.append(f"{other}: {other.rate(seconds)}")
        ratio = peer_s / ours_s
        return Line(
            name=name,
            ours=work.rate(ours_s),
            peer=f"curl to nginx {work.rate(peer_s)}",
            ratio=ratio,
            target=f">= {target:g}x",
            passed=ratio >= target,
            work=f"{work}, verified and durable; of the last round's {ours_s:.2f} s, processors: {cpu};"
            f" the peer with its files on the disk as well (sync): {work.rate(durable_s)}, {durable_s / ours_s:.2f}x",
            growth=", ".join(grown),
        )


def _cpu(pid: int) -> dict[str, float]:
    below = processes_of(pid)[1:]
    return {"client": cpu_seconds([os.getpid()]), "service": cpu_seconds([pid]), "its workers": cpu_seconds(below)}


def _remove(work: _Work, paths: list[Path]) -> None:
    """Make room behind large files. Small ones stay to the end: ext4 looks at every inode freed in the last minutes
    before it makes a new one, which would cost both contestants more than all else.
    """
    if work.count == 1:
        for path in paths:
            path.unlink(missing_ok=True)
