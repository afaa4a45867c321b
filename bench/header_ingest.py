"""Promise: headers go from FITS bytes to database rows five times as fast as by the obvious loop, in bounded memory.

The peer is that loop: ``astropy.io.fits.open``, ``dict(header)``, one INSERT per file, committed by itself, on the same
PostgreSQL. Ours is the ingest job itself, with its worker processes, under row-level security; it also normalises,
finds night and footprint, and fills the search indexes.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
import zlib
from pathlib import Path

import asyncpg
from astropy.io import fits
from sqlalchemy import text

from bench.frames import CARDS, write_frames
from bench.house import add_observatory, house_in, tenants_of
from bench.measure import Line, Setting, alternate, peak_rss_mb, processes_of, restart_peak_rss
from service.actions.jobs import INGEST_BATCH
from service.house import House
from service.ingest import ingest
from service.process_pool import ProcessPool
from service.worker import CONCURRENT_JOBS
from storage import upload_store
from storage.database import plain_url
from storage.objects import Digest
from storage.upload_store import NewFile

__all__ = ["measure"]

TARGET = 5.0
PROCESSES = 2


async def measure(setting: Setting) -> list[Line]:
    """Measure header ingest."""
    count, rounds, sizes = (60, 1, (30, 120)) if setting.quick else (2000, 3, (500, 8000))
    paths = write_frames(setting.folder / "frames", max(count, *sizes))
    async with house_in(setting.folder / "house") as house:
        contents = await _store(house, paths)
        connection = await asyncpg.connect(plain_url(house.database.url))
        await connection.execute("CREATE TABLE peer_frames (path text PRIMARY KEY, header jsonb NOT NULL)")
        pool = ProcessPool(PROCESSES)
        try:
            await _ingest(house, pool, contents[:20])  # processes started, libraries imported, as in a running worker

            async def ours(_: int) -> float:
                return await _ingest(house, pool, contents[:count])

            async def peer(number: int) -> None:
                await _by_the_loop(connection, paths[:count], str(number))

            for pid in processes_of(os.getpid()):
                restart_peak_rss(pid)
            ours_s, peer_s = await alternate(ours, peer, rounds=rounds)
            grown = [f"{count}: {count / ours_s:.0f}/s"]
            for size in sizes:
                before_mb = _memory_mb()
                seconds = await _ingest(house, pool, contents[:size])
                grown.append(f"{size}: {size / seconds:.0f}/s, memory {_memory_mb() - before_mb:+.0f} MB")
            workers = [peak_rss_mb(pid) for pid in processes_of(os.getpid())[1:] if "python" in _command(pid)]
        finally:
            pool.close()
            await connection.close()
    ratio = peer_s / ours_s
    return [
        Line(
            name="header ingest",
            ours=f"{count / ours_s:.0f} files/s",
            peer=f"astropy loop {count / peer_s:.0f} files/s",
            ratio=ratio,
            target=f">= {TARGET:g}x",
            passed=ratio >= TARGET,
            work=f"{count} files of {CARDS} cards to rows, {PROCESSES} worker processes;"
            f" peak memory {peak_rss_mb(os.getpid()):.0f} MB here, {max(workers, default=0):.0f} MB the largest worker",
            growth=", ".join(grown),
        )
    ]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _memory_mb() -> float:
    return sum(peak_rss_mb(pid) for pid in processes_of(os.getpid()) if "python" in _command(pid))


async def _store(house: House, paths: list[Path]) -> list[tuple[str, str, Digest]]:
    """Put files into the object store; give path, object key and checksums of each."""
    stored = []
    for path in paths:
        content = path.read_bytes()
        digest = Digest(len(content), hashlib.sha256(content).hexdigest(), "AAAAAA==", zlib.crc32(content), "")
        key = f"bench/{digest.sha256[:2]}/{digest.sha256}"
        await house.objects.put(key, content, durable=False)
        stored.append((path.name, key, digest))
    return stored


async def _ingest(house: House, pool: ProcessPool, contents: list[tuple[str, str, Digest]]) -> float:
    """Let a new organisation have the files, as an upload leaves them, and ingest them; the seconds of the latter."""
    observatory = await add_observatory(house)
    tenant_of = tenants_of(house, observatory)
    files: list[str] = []
    async with tenant_of() as tenant:
        await upload_store.add_contents(
            tenant.connection, tenant.organisation_id, {key: digest for _, key, digest in contents}
        )
        made = await upload_store.add_files(
            tenant.connection,
            tenant.organisation_id,
            [NewFile(i, name, bytes.fromhex(d.sha256), d.size_bytes) for i, (name, _, d) in enumerate(contents)],
            dataset_id=None,
            telescope_id=None,
            instrument_id=None,
            account_id=observatory.account_id,
            host=None,
        )
        files = [str(made[position][0]) for position in sorted(made)]
    started = time.perf_counter()
    places = asyncio.Semaphore(CONCURRENT_JOBS)

    async def one(batch: list[str]) -> None:
        async with places:
            await ingest(house, pool, tenant_of, {"files": batch})

    await asyncio.gather(*(one(files[at : at + INGEST_BATCH]) for at in range(0, len(files), INGEST_BATCH)))
    seconds = time.perf_counter() - started
    async with tenant_of() as tenant:
        frames = await tenant.connection.scalar(text("SELECT count(*) FROM frames"))
    if frames != len(contents):
        raise RuntimeError(f"{frames} frames came of {len(contents)} files")
    return seconds


async def _by_the_loop(connection: asyncpg.Connection, paths: list[Path], run: str) -> None:
    for path in paths:
        with fits.open(path) as hdus:
            header = {keyword: str(value) for keyword, value in dict(hdus[0].header).items()}
        await connection.execute(
            "INSERT INTO peer_frames (path, header) VALUES ($1, $2)", f"{run}/{path.name}", json.dumps(header)
        )
