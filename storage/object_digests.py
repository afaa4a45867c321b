"""One reading of an object's bytes gives all of its checksums."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from crc32c import crc32c as crc32c_of
from zlib_ng import zlib_ng

from storage.objects import Digest

__all__ = ["Sums", "crc32c_base64", "crc_of_base64", "digest_blocks"]


def crc32c_base64(crc32c: int) -> str:
    """Write a CRC32C as S3 does: base64 of its four bytes, the highest first."""
    return base64.b64encode(crc32c.to_bytes(4, "big")).decode()


def crc_of_base64(written: str) -> int:
    """Read a CRC of 32 bits as S3 writes it."""
    return int.from_bytes(base64.b64decode(written), "big")


class Sums:
    """All checksums of bytes that come one behind the other, in constant memory."""

    def __init__(self) -> None:
        self._sha256, self._crc32c, self._crc32, self.size_bytes = hashlib.sha256(), 0, 0, 0

    def add(self, block: bytes | memoryview) -> None:
        """Add what comes next."""
        self.size_bytes += len(block)
        self._sha256.update(block)
        self._crc32c = crc32c_of(block, self._crc32c)
        self._crc32 = zlib_ng.crc32(block, self._crc32)

    def digest(self, version: str) -> Digest:
        """Give what all adds up to; the version says which bytes these are."""
        return Digest(self.size_bytes, self._sha256.hexdigest(), crc32c_base64(self._crc32c), self._crc32, version)


def digest_blocks(blocks: Iterable[bytes | memoryview], version: str) -> Digest:
    """Sum up bytes as they come, in one pass and constant memory; blocking.

    Parameters
    ----------
    blocks : iterable of bytes
        Best 64 KiB to 4 MiB each.
    version : str
        Which bytes these are; copied into the result.
    """
    sums = Sums()
    for block in blocks:
        sums.add(block)
    return sums.digest(version)
