"""Files to mount: objects with names in a real S3 store, known to the catalogue, so that every peer reads the same."""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import msgspec
from crc32c import crc32c as crc32c_of
from sqlalchemy import text

from bench.frames import frame_bytes
from bench.house import Observatory, tenants_of
from service.actions.jobs import INGEST_BATCH
from service.house import House
from service.ingest import ingest
from service.process_pool import ProcessPool
from storage import upload_store
from storage.object_digests import crc32c_base64
from storage.objects import Digest
from storage.upload_store import NewFile

__all__ = ["DATASET", "PREFIX", "Data", "add_data", "sizes_for"]

DATASET = "bench"
PREFIX = "bench/"
BATCH = 2000
BLOCK = 16 * 1024**2


class Data(msgspec.Struct, frozen=True):
    """What there is to read: frames in ``frames``, tiny files in ``many``, and one large file."""

    frames: int
    frame_bytes: tuple[int, int]
    many: int
    large_bytes: int

    def frame_sizes(self) -> list[int]:
        """Tell how large each frame is, in order."""
        chance = random.Random("frames")
        return [chance.randint(*self.frame_bytes) for _ in range(self.frames)]

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Make each file but the large one: its path and its bytes."""
        chance = random.Random("bytes")
        for number, size_bytes in enumerate(self.frame_sizes()):
            frame = frame_bytes(number)
            yield f"frames/{number:06d}.fits", frame + chance.randbytes(size_bytes - len(frame))
        for number in range(self.many):
            yield f"many/{number:06d}.dat", b"%06d\n" % number

    def large_blocks(self) -> Iterator[bytes]:
        """Make the large file, block by block, each unlike the others."""
        block = bytearray(random.Random("large").randbytes(BLOCK))
        for begin in range(0, self.large_bytes, BLOCK):
            block[:8] = begin.to_bytes(8, "big")
            yield bytes(block[: min(BLOCK, self.large_bytes - begin)])


def sizes_for(*, quick: bool) -> Data:
    """Choose how much there is: less than the promises speak of, so that it fits into the memory of one machine."""
    if quick:
        return Data(20, (20_000, 60_000), 100, 20_000_000)
    return Data(1000, (500_000, 2_000_000), 10_000, 2_000_000_000)


async def add_data(house: House, observatory: Observatory, s3: Any, bucket: str, data: Data) -> None:
    """Put all files into the store, and their rows into the catalogue, in one dataset."""
    files = data.files()
    paths: dict[str, str] = {}
    digests: dict[str, Digest] = {}
    for folder in ("", "frames/", "many/"):  # s3fs mounts no folder that is not an object
        s3.put_object(Bucket=bucket, Key=PREFIX + folder, Body=b"")
    with ThreadPoolExecutor(8) as pool:
        while batch := list(islice(files, BATCH // 4)):
            found = pool.map(_digest, [content for _, content in batch])
            for (path, _), digest in zip(batch, found, strict=True):
                paths[PREFIX + path], digests[PREFIX + path] = path, digest
            list(pool.map(lambda file: s3.put_object(Bucket=bucket, Key=PREFIX + file[0], Body=file[1]), batch))
    paths[PREFIX + "large.fits"] = "large.fits"
    digests[PREFIX + "large.fits"] = _put_large(s3, bucket, PREFIX + "large.fits", data)
    await _add_rows(house, observatory, paths, digests)
    await _index(house, observatory)


def _digest(content: bytes) -> Digest:
    crc32c = crc32c_base64(crc32c_of(content))
    return Digest(len(content), hashlib.sha256(content).hexdigest(), crc32c, zlib.crc32(content), "")


def _put_large(s3: Any, bucket: str, key: str, data: Data) -> Digest:
    sha256, crc32, crc32c = hashlib.sha256(), 0, 0
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    parts = []
    for number, block in enumerate(data.large_blocks(), 1):
        sha256.update(block)
        crc32, crc32c = zlib.crc32(block, crc32), crc32c_of(block, crc32c)
        part = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=block)
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})
    return Digest(data.large_bytes, sha256.hexdigest(), crc32c_base64(crc32c), crc32, "")


async def _add_rows(house: House, observatory: Observatory, paths: dict[str, str], digests: dict[str, Digest]) -> None:
    keys: Sequence[str] = list(digests)
    async with house.database.transaction(organisation=observatory.organisation_id) as connection:
        dataset_id = await upload_store.open_dataset(
            connection, observatory.organisation_id, DATASET, observatory.account_id
        )
        for begin in range(0, len(keys), BATCH):
            here = keys[begin : begin + BATCH]
            await upload_store.add_contents(
                connection, observatory.organisation_id, {key: digests[key] for key in here}
            )
            await upload_store.add_files(
                connection,
                observatory.organisation_id,
                [
                    NewFile(at, paths[key], bytes.fromhex(digests[key].sha256), digests[key].size_bytes)
                    for at, key in enumerate(here)
                ],
                dataset_id=dataset_id,
                telescope_id=None,
                instrument_id=None,
                account_id=observatory.account_id,
                host=None,
            )
        await connection.execute(text("UPDATE files SET state = 'kept' WHERE path NOT LIKE 'frames/%'"))


async def _index(house: House, observatory: Observatory) -> None:
    """Ingest the frames, as the worker does after an upload."""
    tenant_of = tenants_of(house, observatory)
    async with tenant_of() as tenant:
        files = list(await tenant.connection.scalars(text("SELECT id FROM files WHERE state = 'stored' ORDER BY id")))
    pool = ProcessPool(2)
    try:
        for at in range(0, len(files), INGEST_BATCH):
            await ingest(house, pool, tenant_of, {"files": [str(file) for file in files[at : at + INGEST_BATCH]]})
    finally:
        pool.close()
