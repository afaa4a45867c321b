"""Deflate and gzip unpacked in bounded memory, and told where they are cut or spoilt."""

from __future__ import annotations

import io
import zlib
from collections.abc import Generator, Iterator
from typing import IO

from domain.header import Problem
from storage.forward_bytes import ContainerDamage
from storage.range_source import RangeFile, RangeSource

__all__ = ["PIECE_BYTES", "RAW_DEFLATE", "READ_BYTES", "buffered", "gunzipped", "inflated"]

READ_BYTES = 2**16  # compressed bytes unpacked at once
PIECE_BYTES = 2**18  # expanded bytes held at once
_BUFFER_BYTES = 2**20  # compressed bytes asked of the source at once, which may be far away

# window_bits of zlib: with the header and checksum of gzip, or without any
_GZIP, RAW_DEFLATE = 31, -15


def buffered(source: RangeSource, buffer_bytes: int = _BUFFER_BYTES) -> io.BufferedReader[RangeFile]:
    """Open a range source as a buffered file."""
    return io.BufferedReader(RangeFile(source), buffer_bytes)


def gunzipped(source: RangeSource, problems: list[Problem]) -> Iterator[bytes]:
    """Unpack gzip members one after another, as ``gzip -d`` does; raises ContainerDamage."""
    stream = buffered(source)
    content = stream.read(READ_BYTES)
    while content:
        content = yield from inflated(stream, content, "gzip", _GZIP)
        content = content.lstrip(b"\0") or stream.read(READ_BYTES).lstrip(b"\0")  # tapes pad with NUL
        if content and not content.startswith(b"\x1f"):
            problems.append(Problem("trailing-garbage", "Bytes that are not gzip follow the gzip stream."))
            return


def inflated(
    stream: IO[bytes], content: bytes, container: str, window_bits: int = RAW_DEFLATE
) -> Generator[bytes, None, bytes]:
    """Inflate one deflate stream; return (as the value of the generator) the bytes read beyond its end."""
    engine = zlib.decompressobj(window_bits)
    while True:
        try:
            piece = engine.decompress(content, PIECE_BYTES)
        except zlib.error as error:
            raise ContainerDamage.spoilt(container, error) from None
        if piece:
            yield piece
        if engine.eof:
            return engine.unused_data
        content = engine.unconsumed_tail
        if not content and len(piece) < PIECE_BYTES:
            content = stream.read(READ_BYTES)
            if not content:
                raise ContainerDamage.truncated(container)
