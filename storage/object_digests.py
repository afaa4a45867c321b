"""One reading of an object's bytes gives all of its checksums."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

import google_crc32c
from zlib_ng import zlib_ng

from storage.objects import Digest

__all__ = ["crc32c_base64", "crc_of_base64", "digest_blocks"]


def crc32c_base64(crc32c: int) -> str:
    """Write a CRC32C as S3 does: base64 of its four bytes, the highest first."""
    return base64.b64encode(crc32c.to_bytes(4, "big")).decode()


def crc_of_base64(written: str) -> int:
    """Read a CRC of 32 bits as S3 writes it."""
    return int.from_bytes(base64.b64decode(written), "big")


def digest_blocks(blocks: Iterable[bytes], version: str) -> Digest:
    """Sum up bytes as they come, in one pass and constant memory; blocking.

    Parameters
    ----------
    blocks : iterable of bytes
        Best 64 KiB to 4 MiB each.
    version : str
        Which bytes these are; copied into the result.
    """
    sha256, crc32c, crc32, size_bytes = hashlib.sha256(), 0, 0, 0
    for block in blocks:
        size_bytes += len(block)
        sha256.update(block)
        crc32c = google_crc32c.extend(crc32c, block)
        crc32 = zlib_ng.crc32(block, crc32)
    return Digest(size_bytes, sha256.hexdigest(), crc32c_base64(crc32c), crc32, version)
