"""One reading of an object's bytes gives all of its checksums."""

from __future__ import annotations

import base64
import hashlib
import itertools
import queue
import threading
import zlib
from collections.abc import Iterable, Iterator

import google_crc32c

from storage.objects import Digest

__all__ = ["crc32c_base64", "crc_of_base64", "digest_blocks"]

_WORTH_A_SECOND_THREAD_BYTES = 32 * 1024**2


class _CyclicSums:
    """The two CRCs, cheap each, together half of the price of the SHA-256."""

    def __init__(self) -> None:
        self.crc32, self.crc32c = 0, 0

    def add(self, block: bytes) -> None:
        self.crc32 = zlib.crc32(block, self.crc32)
        self.crc32c = google_crc32c.extend(self.crc32c, block)


def crc32c_base64(crc32c: int) -> str:
    """Write a CRC32C as S3 does: base64 of its four bytes, the highest first."""
    return base64.b64encode(crc32c.to_bytes(4, "big")).decode()


def crc_of_base64(written: str) -> int:
    """Read a CRC of 32 bits as S3 writes it."""
    return int.from_bytes(base64.b64decode(written), "big")


def digest_blocks(blocks: Iterable[bytes], version: str) -> Digest:
    """Sum up bytes as they come, in one pass and constant memory; blocking.

    Of a large object a second thread computes the CRCs, while this one is at the SHA-256 of the same blocks.

    Parameters
    ----------
    blocks : iterable of bytes
        Best 64 KiB to 4 MiB each.
    version : str
        Which bytes these are; copied into the result.
    """
    blocks = iter(blocks)
    sha256, size_bytes, cyclic = hashlib.sha256(), 0, _CyclicSums()
    for block in _while_small(blocks):
        size_bytes += len(block)
        sha256.update(block)
        cyclic.add(block)
    if first := next(blocks, b""):
        with _InAnotherThread(cyclic) as other:
            for block in itertools.chain([first], blocks):
                size_bytes += len(block)
                other.add(block)
                sha256.update(block)
    return Digest(size_bytes, sha256.hexdigest(), crc32c_base64(cyclic.crc32c), cyclic.crc32, version)


def _while_small(blocks: Iterator[bytes]) -> Iterator[bytes]:
    seen_bytes = 0
    while seen_bytes < _WORTH_A_SECOND_THREAD_BYTES and (block := next(blocks, b"")):
        seen_bytes += len(block)
        yield block


class _InAnotherThread:
    """Adds blocks to the sums in a thread of its own, at most two blocks behind."""

    def __init__(self, sums: _CyclicSums) -> None:
        self._sums = sums
        self._blocks: queue.Queue[bytes | None] = queue.Queue(maxsize=2)
        self._thread = threading.Thread(target=self._work, name="digest-crc", daemon=True)

    def add(self, block: bytes) -> None:
        self._blocks.put(block)

    def _work(self) -> None:
        while (block := self._blocks.get()) is not None:
            self._sums.add(block)

    def __enter__(self) -> _InAnotherThread:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._blocks.put(None)
        self._thread.join()
