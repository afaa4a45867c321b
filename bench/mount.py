"""Promise: a mounted archive opens as if it were on the disk: ahead of other mounts, and near the raw object store.

All read the same objects of one real S3 server (one-node Ceph, in memory): ours through the service's signed addresses,
rclone and s3fs as mounts of the bucket, obstore and boto3 without any mount. Each reading begins with a mount made anew
that has nothing in memory or on disk.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import boto3
import obstore
from botocore.config import Config
from obstore.store import S3Store

from bench.house import add_observatory, house_in
from bench.measure import Line, Setting, median, peak_rss_mb
from bench.mount_data import PREFIX, Data, add_data, sizes_for
from bench.mount_peers import RCLONE, Mounted, Mounter, ours, rclone, s3fs
from bench.server import service_over
from tests.support.s3_server import S3Server, missing_programs, running_s3_server

__all__ = ["measure"]

BUCKET = "bench"
HEADER_BYTES, RANDOM_BYTES = 2880, 64 * 1024
MEMORY_MB = 300.0
Read = Callable[[Path], None]
Peer = tuple[str, float]
"""Whom to be compared with, and how many times as fast ours is to be; 0: it is told and nothing is promised."""


async def measure(setting: Setting) -> list[Line]:
    """Measure the mount beside its peers."""
    peers = [name for name in (str(RCLONE), "s3fs", "fusermount3") if shutil.which(name) is None]
    if missing := [*missing_programs(), *peers]:
        raise RuntimeError(f"not installed: {', '.join(missing)}; see `make s3-server`, and Debian's s3fs and fuse3")
    data = sizes_for(quick=setting.quick)
    folder = setting.folder / "house"
    folder.mkdir()
    folder.chmod(0o755)
    with running_s3_server(size_bytes=8 * 1024**3) as server:
        os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = server.access_key, server.secret_key
        s3 = boto3.client(
            "s3",
            endpoint_url=server.endpoint,
            region_name=server.region,
            config=Config(max_pool_connections=16, s3={"addressing_style": "path"}),
        )
        s3.create_bucket(Bucket=BUCKET)
        async with house_in(folder, objects_url=server.url(BUCKET)) as house:
            observatory = await add_observatory(house)
            await add_data(house, observatory, s3, BUCKET, data)
        async with service_over(folder, observatory, worker="false", objects_url=server.url(BUCKET)) as service:
            contest = _Contest(
                data, [ours(service), rclone(server, BUCKET), s3fs(server, BUCKET)], _Raw(server, s3, data)
            )
            return await asyncio.to_thread(contest.run, 1 if setting.quick else 3)


class _Raw:
    """The object store without a mount."""

    def __init__(self, server: S3Server, s3: object, data: Data) -> None:
        self.s3, self.data = s3, data
        self.store = S3Store(
            BUCKET,
            endpoint=server.endpoint,
            region=server.region,
            access_key_id=server.access_key,
            secret_access_key=server.secret_key,
            client_options={"allow_http": True},
        )

    def ranges(self, wanted: list[tuple[str, int, int]], readers: int) -> None:
        """Read ranges by obstore."""

        def read(one: tuple[str, int, int]) -> None:
            path, offset, length = one
            if len(obstore.get_range(self.store, PREFIX + path, start=offset, length=length)) != length:
                raise RuntimeError(f"{path} was cut short")

        _at_once(read, wanted, readers)

    def large(self) -> None:
        """Fetch the large file by boto3, in parallel ranges, and throw it away."""
        with Path(os.devnull).open("wb") as nowhere:
            self.s3.download_fileobj(BUCKET, PREFIX + "large.fits", nowhere)  # type: ignore[attr-defined]


class _Contest:
    """Every reading by every peer, round by round."""

    def __init__(self, data: Data, mounters: list[Mounter], raw: _Raw) -> None:
        self.data, self.mounters, self.raw = data, mounters, raw
        self.peak_mb = 0.0
        chance = random.Random("places")
        self.places = [
            ("large.fits", chance.randrange(data.large_bytes - RANDOM_BYTES), RANDOM_BYTES)
            for _ in range(min(1000, data.large_bytes // 1_000_000))
        ]
        self.headers = [(f"frames/{number:06d}.fits", 0, HEADER_BYTES) for number in range(data.frames)]
        self.whole_mb = sum(data.frame_sizes()) / 1e6

    def run(self, rounds: int) -> list[Line]:
        """Measure all promises; our mount, rclone's and s3fs' of each reading, and of some the raw store's."""
        data, large_mb = self.data, self.data.large_bytes / 1e6
        lines = []
        seconds = self._rounds(rounds, lambda mounted: _list(mounted.folder / "many"))
        lines.append(
            self._line(f"mount, ls -l of {data.many}", seconds, {"rclone": 5, "s3fs": 0}, lambda s: f"{s:.2f} s")
        )
        for readers in (1, 8):
            name = "one reader" if readers == 1 else "eight readers"
            seconds = self._rounds(
                rounds,
                lambda mounted, readers=readers: _read_ranges(mounted.folder, self.headers, readers),
                obstore=lambda readers=readers: self.raw.ranges(self.headers, readers),
            )
            count = len(self.headers)
            lines.append(
                self._line(
                    f"mount, headers, {name}",
                    seconds,
                    {"obstore": 0.6, "rclone": 4, "s3fs": 0},
                    lambda s, count=count: f"{count / s:.0f} files/s",
                    work=f"open and first {HEADER_BYTES} bytes of {count} frames",
                )
            )
        for readers in (1, 8):
            name = "one reader" if readers == 1 else "eight readers"
            seconds = self._rounds(
                rounds,
                lambda mounted, readers=readers: _read_ranges(mounted.folder, self.places, readers, is_open=True),
                obstore=lambda readers=readers: self.raw.ranges(self.places, readers),
            )
            count = len(self.places)
            lines.append(
                self._line(
                    f"mount, random, {name}",
                    seconds,
                    {"obstore": 0.7, "rclone": 0, "s3fs": 0},
                    lambda s, count=count: f"{count / s:.0f} reads/s",
                    work=f"{count} reads of 64 KiB in a file of {data.large_bytes / 1e9:g} GB",
                )
            )
        seconds = self._rounds(rounds, lambda mounted: _cat(mounted.folder / "large.fits"), boto3=self.raw.large)
        lines.append(
            self._line(
                "mount, one large file",
                seconds,
                {"boto3": 0.7, "rclone": 1, "s3fs": 1},
                lambda s: f"{large_mb / s:.0f} MB/s",
                work=f"{data.large_bytes / 1e9:g} GB, in order",
            )
        )
        seconds = self._rounds(rounds, lambda mounted: _cat(*sorted((mounted.folder / "frames").iterdir())))
        lines.append(
            self._line(
                "mount, all frames whole",
                seconds,
                {"rclone": 1, "s3fs": 1},
                lambda s: f"{self.whole_mb / s:.0f} MB/s",
                work=f"{data.frames} frames, {self.whole_mb:.0f} MB",
            )
        )
        return [*lines, self._again(rounds), self._memory()]

    def _rounds(self, rounds: int, read: Callable[[Mounted], None], **raw: Callable[[], None]) -> dict[str, float]:
        """Let all take turns; the median seconds of each by its name.

        Each round begins with another one: memory that the machine has to bring up first costs whoever meets it.
        """
        seconds: dict[str, list[float]] = {}

        def mounted_one(mounter: Mounter) -> None:
            with mounter.fresh() as mounted:
                mounted.folder.stat()
                seconds.setdefault(mounter.name, []).append(_timed(lambda: read(mounted)))
                if mounter is self.mounters[0]:
                    self.peak_mb = max(self.peak_mb, peak_rss_mb(mounted.pid))

        def raw_one(name: str, work: Callable[[], None]) -> None:
            seconds.setdefault(name, []).append(_timed(work))

        turns = deque([partial(mounted_one, mounter) for mounter in self.mounters])
        turns.extend(partial(raw_one, name, work) for name, work in raw.items())
        for _ in range(rounds):
            for turn in turns:
                turn()
            turns.rotate(-1)
        return {name: median(found) for name, found in seconds.items()}

    def _line(
        self,
        name: str,
        seconds: dict[str, float],
        targets: dict[str, float],
        rate: Callable[[float], str],
        *,
        work: str = "",
    ) -> Line:
        """Tell of a reading; the peer beside whom the line stands is the one that is hardest to come up to."""
        mine = seconds[self.mounters[0].name]
        found = {
            peer: (next(other for other in seconds if other.startswith(peer)), target)
            for peer, target in targets.items()
        }
        ratios = {peer: seconds[full] / mine for peer, (full, _) in found.items()}
        promised = [peer for peer in targets if targets[peer]]
        hardest = min(promised, key=lambda peer: ratios[peer] / targets[peer])
        others = [
            f"{found[peer][0]} {rate(seconds[found[peer][0]])} ({ratios[peer]:.2f}x"
            + (f", to be >= {targets[peer]:g}x)" if targets[peer] else ")")
            for peer in targets
            if peer != hardest
        ]
        return Line(
            name=name,
            ours=rate(mine),
            peer=f"{found[hardest][0]} {rate(seconds[found[hardest][0]])}",
            ratio=ratios[hardest],
            target=f">= {targets[hardest]:g}x",
            passed=all(ratios[peer] >= targets[peer] for peer in promised),
            work=f"{work + '; ' if work else ''}besides: {', '.join(others)}",
        )

    def _again(self, rounds: int) -> Line:
        """Measure the second reading of a large file, beside that of a file on this disk, and then later ones.

        The kernel reads neither from anywhere. It does more at the second reading of any page, when it learns that it
        is in use, than at those that follow, and holds the disk's file in large pieces (folios), those of FUSE and of
        tmpfs in pages of 4 KiB. What it has forgotten is another reading: then ours comes from blocks on the disk.
        """
        local = Path(os.environ.get("TMPDIR", "/tmp")) / f"uraniborg-bench-{os.getpid()}.fits"
        small = Path("/dev/shm") / local.name
        seconds: dict[tuple[str, str], list[float]] = {}

        def read(how: str, **paths: Path) -> None:
            for name, path in paths.items():
                seconds.setdefault((how, name), []).append(_timed(lambda path=path: _cat(path)))

        def rate(how: str, name: str) -> str:
            return f"{self.data.large_bytes / 1e6 / median(seconds[how, name]):.0f} MB/s"

        try:
            for path in (local, small):
                with path.open("wb") as file:
                    for block in self.data.large_blocks():
                        file.write(block)
            os.sync()
            for _ in range(rounds):
                with self.mounters[0].fresh() as mounted:
                    large = mounted.folder / "large.fits"
                    _drop_pages(local)
                    read("first", ours=large, local=local, tmpfs=small)
                    read("second", ours=large, local=local)
                    read("later", ours=large, local=local, tmpfs=small)
                    for path in (large, local, *(mounted.kept or mounted.folder).rglob("*.blocks")):
                        _drop_pages(path)
                    read("forgotten", ours=large, local=local)
                    self.peak_mb = max(self.peak_mb, peak_rss_mb(mounted.pid))
        finally:
            local.unlink(missing_ok=True)
            small.unlink(missing_ok=True)
        ratios = {how: median(seconds[how, "local"]) / median(seconds[how, "ours"]) for how in ("second", "later")}
        return Line(
            name="mount, read again",
            ours=rate("second", "ours"),
            peer=f"local file {rate('second', 'local')}",
            ratio=ratios["second"],
            target=">= 0.8x",
            passed=ratios["second"] >= 0.8,
            work=f"{self.data.large_bytes / 1e9:g} GB, the second time; later: {rate('later', 'ours')}, the local file"
            f" {rate('later', 'local')} ({ratios['later']:.2f}x), one in tmpfs, of pages as small as FUSE's,"
            f" {rate('later', 'tmpfs')}; when the kernel has forgotten them: ours from its blocks on disk"
            f" {rate('forgotten', 'ours')}, the local file {rate('forgotten', 'local')}",
        )

    def _memory(self) -> Line:
        return Line(
            name="mount, memory",
            ours=f"{self.peak_mb:.0f} MB",
            target=f"< {MEMORY_MB:g} MB",
            passed=self.peak_mb < MEMORY_MB,
            work="the most that the mount's process held in any of these",
        )


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _at_once(work: Callable[[tuple[str, int, int]], None], wanted: list[tuple[str, int, int]], readers: int) -> None:
    if readers == 1:
        for one in wanted:
            work(one)
        return
    with ThreadPoolExecutor(readers) as pool:
        list(pool.map(work, wanted))


def _read_ranges(folder: Path, wanted: list[tuple[str, int, int]], readers: int, *, is_open: bool = False) -> None:
    """Read ranges of files, each opened for itself, or of one file that stays open."""
    descriptor = os.open(folder / wanted[0][0], os.O_RDONLY) if is_open else -1
    if is_open:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_RANDOM)

    def read(one: tuple[str, int, int]) -> None:
        path, offset, length = one
        here = descriptor if is_open else os.open(folder / path, os.O_RDONLY)
        try:
            if len(os.pread(here, length, offset)) != length:
                raise RuntimeError(f"{path} was cut short")
        finally:
            if not is_open:
                os.close(here)

    try:
        _at_once(read, wanted, readers)
    finally:
        if is_open:
            os.close(descriptor)


def _list(folder: Path) -> None:
    subprocess.run(["ls", "-l", str(folder)], stdout=subprocess.DEVNULL, check=True)


def _cat(*paths: Path) -> None:
    subprocess.run(["cat", *map(str, paths)], stdout=subprocess.DEVNULL, check=True)


def _drop_pages(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
