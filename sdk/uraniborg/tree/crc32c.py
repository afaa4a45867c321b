"""CRC32C of a whole from those of its parts, so that blocks that came in any order add up to a file's checksum."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["combined", "from_base64"]

POLYNOMIAL = 0x82F63B78  # Castagnoli's, bits reversed
Matrix = tuple[int, ...]


def from_base64(text: str) -> int:
    """Read a checksum as S3 writes it: base64 of four bytes, the highest first."""
    return int.from_bytes(base64.b64decode(text), "big")


def combined(parts: Iterable[tuple[int, int]]) -> int:
    """Combine checksums of consecutive parts, each with its length in bytes.

    Source
    ------
    The way of zlib's ``crc32_combine`` (Mark Adler): appending zero bytes is a linear map over GF(2).
    """
    total = 0
    for crc, length in parts:
        low, middle, high, top = _tables(length)
        total = low[total & 255] ^ middle[total >> 8 & 255] ^ high[total >> 16 & 255] ^ top[total >> 24] ^ crc
    return total


@lru_cache(maxsize=64)
def _tables(length: int) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Tabulate, by each byte of a checksum, what it becomes when zero bytes follow."""
    matrix = _zeros(length)
    low, middle, high, top = (tuple(_times(matrix, value << shift) for value in range(256)) for shift in (0, 8, 16, 24))
    return low, middle, high, top


def _zeros(length: int) -> Matrix:
    """Give the map of appending zero bytes: its columns, one for each bit."""
    power: Matrix = (POLYNOMIAL, *(1 << bit for bit in range(31)))  # of one zero bit
    for _ in range(3):
        power = tuple(_times(power, column) for column in power)
    result: Matrix = tuple(1 << bit for bit in range(32))
    while length:
        if length & 1:
            result = tuple(_times(power, column) for column in result)
        power = tuple(_times(power, column) for column in power)
        length >>= 1
    return result


def _times(matrix: Matrix, vector: int) -> int:
    total, bit = 0, 0
    while vector:
        if vector & 1:
            total ^= matrix[bit]
        vector >>= 1
        bit += 1
    return total
