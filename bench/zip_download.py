"""Promise: a package's archive streams at least half as fast as `zip -0` packs the same files, in bounded memory.

The peer is ``zip -0 -r`` into nothing; ours is curl, downloading the archive from the service into nothing. Memory is
the peak of a server that has done nothing before it sends an archive of 10 GB (a sparse file): all of it, the program
too.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
import zlib
from pathlib import Path

import httpx
import msgspec
from crc32c import crc32c as crc32c_of
from sqlalchemy import text

from bench.house import Observatory, add_observatory, house_in
from bench.measure import Line, Setting, alternate, peak_rss_mb, restart_peak_rss
from bench.server import Service, service_over
from service.house import House
from storage import upload_store
from storage.local_objects import LocalObjects
from storage.object_digests import crc32c_base64
from storage.objects import Digest
from storage.upload_store import NewFile

__all__ = ["measure"]

TARGET, MEMORY_MB = 0.5, 150.0
BLOCK = 1_000_000


class _Archive(msgspec.Struct, frozen=True):
    """What to pack: so many files of so many bytes."""

    name: str
    count: int
    size_bytes: int

    @property
    def megabytes(self) -> float:
        return self.count * self.size_bytes / 1e6

    def __str__(self) -> str:
        size = f"{self.size_bytes / 1e6:g} MB" if self.size_bytes >= 1e6 else f"{self.size_bytes / 1e3:g} kB"
        return f"{self.count} of {size}"


async def measure(setting: Setting) -> list[Line]:
    """Measure archives."""
    rounds = 1 if setting.quick else 5
    scale = 100 if setting.quick else 1
    small, large = _Archive("small", 4000 // scale, 100_000), _Archive("large", 8, 100_000_000 // scale)
    sparse = _Archive("sparse", 1, 10_000_000_000 // scale)
    folder = setting.folder / "house"
    folder.mkdir()
    folder.chmod(0o755)
    async with house_in(folder) as house:
        observatory = await add_observatory(house)
        for archive in (small, large):
            await _add(house, observatory, archive, _write(setting.folder / archive.name, archive))
        await _add_sparse(house, observatory, sparse)
    async with service_over(folder, observatory, worker="false") as service:
        addresses = {a.name: await _publish(service, a) for a in (small, large, sparse)}
        lines = [
            await _against_zip(archive, addresses[archive.name], setting.folder / archive.name, rounds)
            for archive in (small, large)
        ]
    async with service_over(folder, observatory, worker="false") as service:
        address = httpx.URL(addresses[sparse.name]).raw_path.decode()
        return [*lines, await _memory(service, sparse, service.url + address)]


async def _against_zip(archive: _Archive, address: str, folder: Path, rounds: int) -> Line:
    async def ours(_: int) -> None:
        await _run("curl", "-sf", "-o", "/dev/null", address)

    async def peer(_: int) -> None:
        await _run("sh", "-c", 'zip -0 -q -r - "$1" > /dev/null', "zip", str(folder))

    await ours(-1)
    ours_s, peer_s = await alternate(ours, peer, rounds=rounds)
    ratio = peer_s / ours_s
    return Line(
        name=f"zip, {archive.name} files",
        ours=f"{archive.megabytes / ours_s:.0f} MB/s",
        peer=f"zip -0 {archive.megabytes / peer_s:.0f} MB/s",
        ratio=ratio,
        target=f">= {TARGET:g}x",
        passed=ratio >= TARGET,
        work=f"{archive}, over HTTP, to a reader that throws them away",
    )


async def _memory(service: Service, archive: _Archive, address: str) -> Line:
    restart_peak_rss(service.pid)
    before_mb = peak_rss_mb(service.pid)
    started = time.perf_counter()
    grown = [f"nothing: {before_mb:.0f} MB"]
    for end_bytes in (archive.size_bytes // 10, archive.size_bytes):
        await _run("curl", "-sf", "-o", "/dev/null", "-r", f"0-{end_bytes}", address)
        grown.append(f"{end_bytes / 1e9:g} GB: {peak_rss_mb(service.pid):.0f} MB")
    seconds = time.perf_counter() - started
    peak_mb = peak_rss_mb(service.pid)
    return Line(
        name="zip, memory of the server",
        ours=f"{peak_mb:.0f} MB",
        target=f"< {MEMORY_MB:g} MB",
        passed=peak_mb < MEMORY_MB,
        work=f"an archive of {archive.size_bytes / 1e9:g} GB, at {1.1 * archive.megabytes / seconds:.0f} MB/s",
        growth=", ".join(grown),
    )


async def _run(*words: str) -> None:
    process = await asyncio.create_subprocess_exec(*words)
    if code := await process.wait():
        raise RuntimeError(f"{words[0]} ended with {code}")


def _write(folder: Path, archive: _Archive) -> list[Path]:
    chance = random.Random(archive.name)
    folder.mkdir()
    paths = []
    for number in range(archive.count):
        path = folder / f"{number:06d}.dat"
        path.write_bytes(chance.randbytes(archive.size_bytes))
        paths.append(path)
    return paths


async def _add(house: House, observatory: Observatory, archive: _Archive, paths: list[Path]) -> None:
    """Let the observatory have files, in a dataset of the archive's name, as an upload leaves them."""
    digests = {}
    for path in paths:
        content = path.read_bytes()
        digest = Digest(
            len(content),
            hashlib.sha256(content).hexdigest(),
            crc32c_base64(crc32c_of(content)),
            zlib.crc32(content),
            "",
        )
        key = f"bench/{digest.sha256[:2]}/{digest.sha256}"
        await house.objects.put(key, content, durable=False)
        digests[key] = digest
    await _add_rows(house, observatory, archive, digests)


async def _add_sparse(house: House, observatory: Observatory, archive: _Archive) -> None:
    assert isinstance(house.objects, LocalObjects)
    block, sha256, crc32, crc32c = bytes(BLOCK), hashlib.sha256(), 0, 0
    for _ in range(archive.size_bytes // BLOCK):
        sha256.update(block)
        crc32, crc32c = zlib.crc32(block, crc32), crc32c_of(block, crc32c)
    key = f"bench/{sha256.hexdigest()}"
    await house.objects.put(key, b"", durable=False)
    with (Path(house.objects.describe().root) / "objects" / key).open("r+b") as file:
        file.truncate(archive.size_bytes)
    digest = Digest(archive.size_bytes, sha256.hexdigest(), crc32c_base64(crc32c), crc32, "")
    await _add_rows(house, observatory, archive, {key: digest})


async def _add_rows(house: House, observatory: Observatory, archive: _Archive, digests: dict[str, Digest]) -> None:
    async with house.database.transaction(organisation=observatory.organisation_id) as connection:
        dataset_id = await upload_store.open_dataset(
            connection, observatory.organisation_id, archive.name, observatory.account_id
        )
        await upload_store.add_contents(connection, observatory.organisation_id, digests)
        await upload_store.add_files(
            connection,
            observatory.organisation_id,
            [
                NewFile(position, f"night/{position:06d}.dat", bytes.fromhex(digest.sha256), digest.size_bytes)
                for position, digest in enumerate(digests.values())
            ],
            dataset_id=dataset_id,
            telescope_id=None,
            instrument_id=None,
            account_id=observatory.account_id,
            host=None,
        )
        await connection.execute(text("UPDATE files SET state = 'kept'"))


async def _publish(service: Service, archive: _Archive) -> str:
    """Make a package of the dataset and publish it; the address of its archive."""
    organisation = service.observatory.slug
    base = f"{service.url}/api/v1/organisations/{organisation}/packages"
    package = {"slug": archive.name, "title": archive.name, "licence": "CC-BY-4.0", "datasets": [archive.name]}
    async with httpx.AsyncClient(headers=service.headers, timeout=120) as client:
        for address, body in ((base, package), (f"{base}/{archive.name}/versions/1/publish", None)):
            reply = await client.post(address, json=body)
            reply.raise_for_status()
    return f"{service.url}/api/v1/packages/{organisation}/{archive.name}/versions/1/zip"
