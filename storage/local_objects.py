"""The object store on local disk: the port over files, with signed addresses that the service itself answers."""

from __future__ import annotations

import asyncio
import builtins
import itertools
import math
import os
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from domain.errors import Conflict, InvalidInput, NotFound, ObservatoryError, StoreUnavailable
from storage.local_disk import Disk
from storage.local_ranges import LocalDescription, LocalRangeSource
from storage.object_bundle import read_bundle
from storage.object_digests import digest_blocks
from storage.object_disposition import check_media_type
from storage.object_durability import sync_batch
from storage.object_faults import from_os_error
from storage.object_files import ObjectFiles, version_of
from storage.object_incoming import Incoming, IncomingObject
from storage.object_limits import check_crc32c, check_expiry, check_key, check_prefix, check_put_size
from storage.object_moves import finish_moves, move_durable, move_files
from storage.object_multiparts import MultipartFolders
from storage.object_recent import RecentDigests
from storage.object_tiers import copy_to_tier, drop_other_tiers
from storage.objects import (
    OCTET_STREAM,
    Digest,
    ObjectEntry,
    ObjectStat,
    PartPlan,
    SignedRequest,
    StoredMultipart,
    StoredPart,
)
from storage.signing import Grant, UrlSigner

__all__ = ["LocalObjects"]

_BLOCK_BYTES = 1024**2
_LIST_BATCH = 1000
_DIGEST_BATCH = 16
_STEP = 16  # small files to look at or to move, before others have their turn: a millisecond

Item = TypeVar("Item")


class LocalObjects:
    """Objects as files under a root; meets `storage.objects.ObjectStore`.

    Parameters
    ----------
    root : Path
        One folder on one file system; several processes of the service may share it.
    secret : bytes
        Signs the addresses; the same in all of these processes.
    public_url : str
        The service's own address.
    max_workers : int
        Threads for the disk.

    Attributes
    ----------
    disk : Disk
        Where its work is done; who answers the signed addresses has some, too.
    """

    def __init__(self, root: Path, *, secret: bytes, public_url: str, max_workers: int = 8) -> None:
        try:
            self._files = ObjectFiles(root)
        except OSError as error:
            raise from_os_error(error) from error
        self.disk = Disk(self._files.objects, max_workers)
        self._multiparts = MultipartFolders(self._files, self.disk.summing)
        self._signer = UrlSigner(secret, public_url)
        self._recent = RecentDigests()

    # --- writing

    async def put(self, key: str, data: bytes, *, media_type: str = OCTET_STREAM, durable: bool = True) -> None:
        check_media_type(media_type)  # not kept: who reads names it again
        await self.disk.run(self._files.put, check_key(key), data, durable=durable)

    @property
    def moves_by_copying(self) -> bool:
        return False

    @property
    def keeps_first(self) -> bool:
        return self._files.has_links

    async def enforces_sha256(self) -> bool:
        """Say no: what arrives is summed up while it is written, and stays there, so that nothing would be gained."""
        return False

    async def room_bytes(self) -> int | None:
        return await self.disk.run(self.disk.room_bytes)

    async def sign_put(
        self,
        key: str,
        *,
        size_bytes: int,
        crc32c: str | None = None,
        sha256: str | None = None,
        once: bool = False,
        expires_s: int,
    ) -> SignedRequest:
        check_put_size(size_bytes)
        grant = Grant(
            method="PUT",
            key=check_key(key),
            expires=_until(expires_s),
            size=size_bytes,
            crc32c=check_crc32c(crc32c),
            once=1 if once else None,
        )
        return SignedRequest("PUT", self._signer.sign(grant), {"content-length": str(size_bytes)})

    def sign_put_together(self, key: str, *, count: int, once: bool = False, expires_s: int) -> SignedRequest | None:
        grant = Grant(
            method="PUT", key=check_key(key), expires=_until(expires_s), together=count, once=1 if once else None
        )
        return SignedRequest("PUT", self._signer.sign(grant), {})

    async def start_multipart(self, key: str, media_type: str = OCTET_STREAM, *, part_size_bytes: int) -> str:
        check_media_type(media_type)
        return await self.disk.run(self._multiparts.start, check_key(key), part_size_bytes)

    async def sign_parts(
        self, key: str, multipart_id: str, parts: Sequence[PartPlan], expires_s: int
    ) -> builtins.list[SignedRequest]:
        await self.disk.run(self._multiparts.check_plans, check_key(key), multipart_id, parts)
        return [
            SignedRequest(
                "PUT",
                self._signer.sign(
                    Grant(
                        method="PUT",
                        key=key,
                        expires=_until(expires_s),
                        size=part.size_bytes,
                        crc32c=check_crc32c(part.crc32c),
                        multipart=multipart_id,
                        part=part.number,
                    )
                ),
                {"content-length": str(part.size_bytes)},
            )
            for part in parts
        ]

    async def list_parts(self, key: str, multipart_id: str) -> builtins.list[StoredPart]:
        return await self.disk.run(self._multiparts.parts, check_key(key), multipart_id)

    async def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[StoredPart]) -> None:
        digest = await self.disk.run(self._multiparts.complete, check_key(key), multipart_id, parts)
        if digest is not None:
            self._recent.note(key, digest)

    async def abort_multipart(self, key: str, multipart_id: str) -> None:
        await self.disk.run(self._multiparts.abort, check_key(key), multipart_id)

    async def list_multiparts(self, prefix: str, older_than: datetime) -> builtins.list[StoredMultipart]:
        return await self.disk.run(self._multiparts.list, check_prefix(prefix), older_than)

    # --- reading

    def sign_get(self, key: str, *, expires_s: int, filename: str | None = None, media_type: str | None = None) -> str:
        if media_type is not None:
            check_media_type(media_type)
        if filename is not None:
            filename = filename.encode(errors="replace").decode()[:1000]
        return self._signer.sign(
            Grant(method="GET", key=check_key(key), expires=_until(expires_s), filename=filename, type=media_type)
        )

    async def read(self, key: str, offset: int, length: int) -> bytes:
        def read() -> bytes:
            descriptor = self._files.open(key)
            try:
                return os.pread(descriptor, length, offset)
            finally:
                os.close(descriptor)

        check_key(key)
        return await self.disk.run(read)

    async def stream(
        self, key: str, offset: int = 0, length: int | None = None, chunk_bytes: int = 1024**2
    ) -> AsyncIterator[bytes]:
        source = await self.disk.run(LocalRangeSource, self._files, key)
        try:
            end = source.size_bytes if length is None else min(offset + length, source.size_bytes)
            while offset < end and (chunk := await self.disk.run(source.read, offset, min(chunk_bytes, end - offset))):
                yield chunk
                offset += len(chunk)
        finally:
            # Not closed under a read that was cancelled but still runs: collecting it closes it.
            del source

    async def stat(self, key: str) -> ObjectStat | None:
        return await self.disk.run(self._files.stat, check_key(key))

    async def digest(self, key: str) -> Digest:
        return await self.disk.sum_up(self._digest, check_key(key))

    async def digest_many(self, keys: Iterable[str]) -> dict[str, Digest | None]:
        def digest(batch: Sequence[str]) -> dict[str, Digest | None]:
            return {key: self._digest_or_none(key) for key in batch}

        wanted = [check_key(key) for key in dict.fromkeys(keys)]
        found: dict[str, Digest | None] = {}
        for some in _in_steps(wanted):
            found |= await self.disk.run_short(self._just_written, some)
            await asyncio.sleep(0)
        wanted = [key for key in wanted if key not in found]
        batches = [wanted[first : first + _DIGEST_BATCH] for first in range(0, len(wanted), _DIGEST_BATCH)]
        # Small files are quicker hashed than handed from thread to thread: some at a time.
        for each in await asyncio.gather(*(self.disk.sum_up(digest, batch) for batch in batches)):
            found |= each
        return found

    # --- keeping

    async def move(self, source: str, target: str, *, version: str | None = None) -> None:
        failed = await self.move_many([(source, target)], versions={source: version} if version else None)
        if source in failed:
            raise failed[source]

    async def move_many(
        self, pairs: Sequence[tuple[str, str]], *, versions: Mapping[str, str] | None = None
    ) -> dict[str, ObservatoryError]:
        for pair in pairs:
            for key in pair:
                check_key(key)
        failed = await self._move(pairs, (versions or {}).get)
        for source, _ in pairs:
            self._recent.forget(source)
        ours: dict[str, ObservatoryError] = {
            source: from_os_error(error) if isinstance(error, OSError) else error for source, error in failed.items()
        }
        for error in ours.values():
            if isinstance(error, StoreUnavailable):
                raise error
        return ours

    async def _move(
        self, pairs: Sequence[tuple[str, str]], version_of_source: Callable[[str], str | None]
    ) -> dict[str, OSError | Conflict]:
        """Move objects; where their bytes are all durable together, what is left to do is short."""
        if not await self.disk.run(sync_batch, len(pairs), self._files.objects):
            return await self.disk.run(move_files, self._files, pairs, version_of_source)
        failed: dict[str, OSError | Conflict] = {}
        old_names: list[str] = []
        for some in _in_steps(pairs):
            failed |= await self.disk.run_short(move_durable, self._files, some, version_of_source, old_names)
            await asyncio.sleep(0)
        await self.disk.run(finish_moves, self._files, pairs, old_names)
        return failed

    async def ensure_durable(self, keys: Sequence[str]) -> None:
        await self.disk.run(self._files.make_durable, [check_key(key) for key in keys])
        for key in keys:  # who asked knew what it adds up to
            self._recent.forget(key)

    # --- tiers

    tiers = frozenset(("hot", "cool", "archive"))
    recall_s = 0

    async def copy_to_tier(self, key: str, tier: str, *, size_bytes: int, sha256: str) -> None:
        await self.disk.sum_up(copy_to_tier, self._files, check_key(key), tier, size_bytes, sha256)

    async def drop_other_tiers(self, key: str, tier: str) -> None:
        await self.disk.run(drop_other_tiers, self._files, check_key(key), tier)

    async def recall(self, key: str) -> bool:
        return True

    # --- looking through

    async def delete(self, keys: Iterable[str]) -> None:
        await self.disk.run(self._files.delete, [check_key(key) for key in keys])

    async def list(self, prefix: str, *, after: str = "") -> AsyncIterator[ObjectEntry]:
        entries = self._files.list(check_prefix(prefix), after)
        while batch := await self.disk.run(_take, entries, _LIST_BATCH):
            for entry in batch:
                yield entry

    async def sweep_temp(self, older_than: datetime) -> int:
        old = await self.disk.run(self._files.sweep, older_than)
        return old + await self.disk.run(self._multiparts.sweep, older_than)

    async def check(self) -> None:
        try:
            await self.disk.run(self._files.check)
        except NotFound as error:
            raise StoreUnavailable("The folder of the object store is gone; tell the operator.") from error

    async def close(self) -> None:
        await self.disk.close()

    def range_source(self, key: str, *, size_bytes: int | None = None) -> LocalRangeSource:
        return LocalRangeSource(self._files, key)

    @property
    def origin(self) -> str:
        return ""

    def describe(self) -> LocalDescription:
        return LocalDescription(str(self._files.root))

    # --- for whoever answers the signed addresses

    def read_grant(self, method: str, path: str, query: bytes) -> Grant:
        """Read what a request is allowed to do.

        Raises
        ------
        NotAllowed
        """
        return self._signer.read(method, path, query)

    async def receive(self, grant: Grant) -> Incoming:
        """Prepare to receive what a grant to PUT allows.

        Raises
        ------
        NotFound
            The upload in parts that it belongs to is over.
        """
        key = check_key(grant.key)
        if grant.size is None:
            raise InvalidInput("The address does not say how many bytes may be sent.")
        await self.disk.run_short(self.disk.need_room, grant.size)
        if grant.multipart is not None and grant.part is not None:
            part = PartPlan(grant.part, grant.size, grant.crc32c)
            return await self.disk.run(self._multiparts.receive, key, grant.multipart, part)
        return self._incoming(key, grant.size, grant.crc32c, once=grant.once)

    def _incoming(self, key: str, size_bytes: int, crc32c: str | None, *, once: int | None) -> IncomingObject:
        def publish(draft: str, digest: Digest | None) -> None:
            if not once:
                self._files.publish(draft, key)
            elif not self._files.publish_once(draft, key):
                self._check_same(draft, digest, key)
                return
            if digest is not None:
                self._recent.note(key, digest)

        return IncomingObject(self._files.new_temp_name(), publish, size_bytes, crc32c)

    def _check_same(self, draft: str, digest: Digest | None, key: str) -> None:
        """Drop what was sent again, to an address that takes one content for good.

        Raises
        ------
        Conflict
            It is another one.
        """
        found = self._files.stat(key)
        is_same = found is not None and found.size_bytes == os.stat(draft).st_size  # noqa: PTH116
        if is_same:
            there = self._just_written([key]).get(key) or self._digest(key)
            is_same = there.sha256 == (digest or _digest_of(os.open(draft, os.O_RDONLY))).sha256
        if not is_same:
            raise Conflict("Other bytes came to this address first: announce the file again.")
        os.unlink(draft)  # noqa: PTH108

    def keep(self, grant: Grant, chunks: Sequence[bytes]) -> str:
        """Keep a small object whose bytes are all here, here and now; answer its entity tag.

        For callers who ask `disk.is_quick` before, since everybody else waits for it.

        Raises
        ------
        InvalidInput
            Too few bytes, or others than announced.
        """
        if grant.size is None or grant.multipart is not None:
            raise InvalidInput("The address is not that of a whole object.")
        with self.disk.here():
            self.disk.need_room(grant.size)
            return self._keep(check_key(grant.key), grant.size, grant.crc32c, chunks, once=grant.once)

    def keep_together(self, grant: Grant, chunks: Sequence[bytes]) -> None:
        """Keep several small objects that came in one body, as `keep` does; what came before a fault is kept.

        Raises
        ------
        InvalidInput
            The body is not made as it should be, or an object's bytes are others than announced.
        """
        if grant.together is None:
            raise InvalidInput("The address is not that of several objects.")
        check_key(f"{grant.key}/{grant.together}")  # all others are no longer
        with self.disk.here():
            self.disk.need_room(sum(map(len, chunks)))
        for number, crc32c, pieces in read_bundle(chunks, grant.together):
            with self.disk.here():
                self._keep(f"{grant.key}/{number}", sum(map(len, pieces)), crc32c, pieces, once=grant.once)

    def _keep(
        self,
        key: str,
        size_bytes: int,
        crc32c: str | None,
        chunks: Sequence[bytes | memoryview],
        *,
        once: int | None,
    ) -> str:
        incoming = self._incoming(key, size_bytes, crc32c, once=once)
        try:
            return incoming.finish(chunks)
        except BaseException:
            incoming.discard()
            raise

    def _digest(self, key: str) -> Digest:
        return _digest_of(self._files.open(key))

    def _just_written(self, keys: Sequence[str]) -> dict[str, Digest]:
        """Find the digests of objects that still are as this process has just written them."""
        found = {}
        for key in keys:
            try:
                digest = self._recent.find(key, version_of(os.stat(self._files.name(key))))  # noqa: PTH116
            except (FileNotFoundError, NotADirectoryError):
                continue
            if digest is not None:
                found[key] = digest
        return found

    def _digest_or_none(self, key: str) -> Digest | None:
        try:
            return self._digest(key)
        except (FileNotFoundError, NotADirectoryError):
            return None


def _digest_of(descriptor: int) -> Digest:
    """Sum up an open file, and close it."""
    try:
        version = version_of(os.fstat(descriptor))
        return digest_blocks(iter(lambda: os.read(descriptor, _BLOCK_BYTES), b""), version)
    finally:
        os.close(descriptor)


def _until(expires_s: int) -> int:
    return math.ceil(time.time()) + check_expiry(expires_s)


def _in_steps(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[first : first + _STEP] for first in range(0, len(items), _STEP))


def _take(entries: Iterator[ObjectEntry], count: int) -> list[ObjectEntry]:
    return list(itertools.islice(entries, count))
