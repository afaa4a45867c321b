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
        if length & (length - 1):  # the last part of a file: tables of its length would hardly be used again
            total = _followed(total, length) ^ crc
            continue
        low, middle, high, top = _tables(length)
        total = low[total & 255] ^ middle[total >> 8 & 255] ^ high[total >> 16 & 255] ^ top[total >> 24] ^ crc
    return total


@lru_cache(maxsize=64)
def _tables(length: int) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Tabulate, by each byte of a checksum, what it becomes when a power of two of zero bytes follows."""
    matrix = _zeros(length.bit_length() - 1) if length else tuple(1 << bit for bit in range(32))
    low, middle, high, top = (tuple(_times(matrix, value << shift) for value in range(256)) for shift in (0, 8, 16, 24))
    return low, middle, high, top


def _followed(crc: int, length: int) -> int:
    """Tell what a checksum becomes when zero bytes follow."""
    for power in range(length.bit_length()):
        if length >> power & 1:
            crc = _times(_zeros(power), crc)
    return crc


@lru_cache(maxsize=64)
def _zeros(power: int) -> Matrix:
    """Give the map of appending 2**power zero bytes: its columns, one for each bit."""
    if power:
        half = _zeros(power - 1)
        return tuple(_times(half, column) for column in half)
    matrix: Matrix = (POLYNOMIAL, *(1 << bit for bit in range(31)))  # of one zero bit
    for _ in range(3):
        matrix = tuple(_times(matrix, column) for column in matrix)
    return matrix


def _times(matrix: Matrix, vector: int) -> int:
    total, bit = 0, 0
    while vector:
        if vector & 1:
            total ^= matrix[bit]
        vector >>= 1
        bit += 1
    return total
