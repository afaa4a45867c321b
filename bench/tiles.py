"""Promise: the first tile of a 2 GB image is there within a second, and the next within 150 ms, in bounded memory.

Ours asks the service over HTTP, as a viewer does: the whole image first, then tiles of every zoom. Before each first
tile the service is started anew and asked for a tile of another image, and the file's pages are dropped from memory.
The peer is astropy's memory map, in a program that has imported all it needs, with the same limits and curve, means
over blocks where that is cheap and every so many pixels where it is not, and the same PNG.
"""

from __future__ import annotations

import asyncio
import io
import os
import random
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uraniborg
from astropy.io import fits
from astropy.visualization import AsinhStretch, ZScaleInterval
from PIL import Image

from bench.house import add_observatory, house_in
from bench.measure import Line, Setting, median, peak_rss_mb, processes_of, restart_peak_rss
from bench.server import Service, service_over

__all__ = ["measure"]

FIRST_S, NEXT_S, MEMORY_MB = 1.0, 0.150, 400.0
TILE = 256
CHEAP_FACTOR = 8  # up to which the peer averages all pixels

Place = tuple[int, int, int]


async def measure(setting: Setting) -> list[Line]:
    """Measure tiles of one large image."""
    side, rounds, tiles = (2048, 1, 8) if setting.quick else (32768, 3, 60)
    path = _write(setting.folder / "large.fits", side)
    other = _write(setting.folder / "other.fits", 512)
    folder = setting.folder / "house"
    folder.mkdir()
    folder.chmod(0o755)
    async with house_in(folder) as house:
        observatory = await add_observatory(house)
    async with service_over(folder, observatory) as service:
        address, another = [await asyncio.to_thread(_bring, service, each) for each in (path, other)]
    stored = max((each for each in (folder / "store").rglob("*") if each.is_file()), key=lambda e: e.stat().st_size)
    places = _places(side, tiles)
    first: dict[str, list[float]] = {"ours": [], "peer": []}
    following: dict[str, list[float]] = {"ours": [], "peer": []}
    peaks = []
    for _ in range(rounds):
        async with service_over(folder, observatory, worker="false") as service:
            for pid in processes_of(service.pid):
                restart_peak_rss(pid)
            _drop_pages(stored)
            await _ours(service, another, [(0, 0, 0)])
            seconds = await _ours(service, address, places)
            peaks.append(max(peak_rss_mb(pid) for pid in processes_of(service.pid)))
        first["ours"].append(seconds[0])
        following["ours"] += seconds[1:]
        _drop_pages(path)
        seconds = await asyncio.to_thread(_peer, path, places)
        first["peer"].append(seconds[0])
        following["peer"] += seconds[1:]
    work = f"{side} x {side} pixels of 16 bits, {path.stat().st_size / 1e9:.1f} GB"
    slowest = sorted(following["ours"])[int(len(following["ours"]) * 0.95)]
    return [
        _line("tiles, first", first, FIRST_S, f"{work}, dropped from memory; no tile of it was cut before"),
        _line(
            "tiles, next", following, NEXT_S, f"{tiles} tiles of all zooms, one after the other; 95 %: {_ms(slowest)}"
        ),
        Line(
            name="tiles, memory of a process",
            ours=f"{max(peaks):.0f} MB",
            target=f"< {MEMORY_MB:g} MB",
            passed=max(peaks) < MEMORY_MB,
            work="the largest of the service's processes, at its peak",
        ),
    ]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _line(name: str, seconds: dict[str, list[float]], promised_s: float, work: str) -> Line:
    ours, peer = median(seconds["ours"]), median(seconds["peer"])
    return Line(
        name=name,
        ours=_ms(ours),
        peer=f"astropy, memory map {_ms(peer)}",
        ratio=peer / ours,
        target=f"< {promised_s * 1000:g} ms",
        passed=ours < promised_s,
        work=work,
    )


def _write(path: Path, side: int) -> Path:
    """Write an image of noise with stars."""
    chance = np.random.default_rng(7)
    header = fits.Header({"SIMPLE": True, "BITPIX": 16, "NAXIS": 2, "NAXIS1": side, "NAXIS2": side, "OBJECT": "field"})
    noise = chance.normal(1000, 12, (512, side)).astype("i2")
    noise[chance.integers(0, 512, 2000), chance.integers(0, side, 2000)] = 30_000
    with path.open("wb") as file:
        file.write(header.tostring().encode("ascii"))
        for band in range(0, side, 512):
            file.write(np.roll(noise, 997 * band, axis=1).astype(">i2").tobytes())
        file.write(b"\0" * (-file.tell() % 2880))
    os.sync()
    return path


def _places(side: int, count: int) -> list[Place]:
    """Choose the whole image, then tiles of every zoom."""
    zooms = (side // TILE).bit_length()
    chance = random.Random(3)
    chosen = [(0, 0, 0)]
    for number in range(count):
        zoom = 1 + number % (zooms - 1)
        chosen.append((zoom, chance.randrange(2**zoom), chance.randrange(2**zoom)))
    return chosen


def _drop_pages(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _bring(service: Service, path: Path) -> str:
    """Upload the image; returns the address of its tiles."""
    with uraniborg.connect(service.url, service.token, organisation=service.observatory.slug) as client:
        client.upload(path, wait=True)
        frame = next(frame for frame in client.find() if frame.path == path.name)
        base = f"/api/v1/organisations/{service.observatory.slug}/frames/{frame.id}"
    return f"{base}/hdus/0/tiles"


async def _ours(service: Service, address: str, places: list[Place]) -> list[float]:
    seconds = []
    async with httpx.AsyncClient(base_url=service.url, headers=service.headers, timeout=60) as client:
        await client.get("/api/v1/me")
        for zoom, x, y in places:
            started = time.perf_counter()
            reply = await client.get(f"{address}/{zoom}/{x}/{y}", params={"limits": "zscale"})
            reply.raise_for_status()
            seconds.append(time.perf_counter() - started)
    return seconds


def _peer(path: Path, places: list[Place]) -> list[float]:
    seconds = []
    started = time.perf_counter()
    with fits.open(path, memmap=True) as units:
        data: Any = units[0].data
        side = data.shape[0]
        every = max(side // 512, 1)
        black, white = ZScaleInterval().get_limits(data[::every, ::every])
        stretch = AsinhStretch()
        for zoom, x, y in places:
            factor = side // TILE >> zoom
            span = TILE * factor
            low = side - (y + 1) * span
            part = data[low : low + span, x * span : (x + 1) * span]
            if factor > CHEAP_FACTOR:
                part = part[::factor, ::factor]
            elif factor > 1:
                part = part.reshape(TILE, factor, TILE, factor).mean(axis=(1, 3))
            level = np.clip((part[::-1] - black) / (white - black), 0, 1)
            image = Image.fromarray((255 * stretch(level)).astype(np.uint8))
            image.save(io.BytesIO(), "PNG", compress_level=1)
            seconds.append(time.perf_counter() - started)
            started = time.perf_counter()
    return seconds
