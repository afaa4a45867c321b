"""What wraps a FITS stream (gzip, bzip2, compress, zip), told by its bytes and taken off in bounded memory."""

from __future__ import annotations

import bz2
from collections.abc import Iterator
from typing import Literal

from domain.header import Problem
from storage.fits_zip import unzipped
from storage.forward_bytes import ContainerDamage, ExpandedBytes, ForwardBytes
from storage.inflate import PIECE_BYTES, READ_BYTES, buffered, gunzipped
from storage.lzw import LzwDamage, unpack_lzw
from storage.range_source import RangeSource, ReadLimits

__all__ = ["Container", "expand", "sniff_container"]

Container = Literal["none", "gzip", "bzip2", "lzw", "zip"]


def sniff_container(head: bytes) -> Container:
    """Tell by a file's first bytes what wraps it."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"\x1f\x9d"):
        return "lzw"
    if head[:3] == b"BZh" and head[3:4].isdigit() and head[4:10] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"):
        return "bzip2"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return "none"


def expand(source: RangeSource, container: Container, limits: ReadLimits) -> ForwardBytes:
    """Expand a wrapped file while it is read. Errors of the source itself (OSError) pass; damage becomes problems."""
    unpack = {"gzip": gunzipped, "bzip2": _bunzipped, "lzw": _uncompressed, "zip": unzipped}[container]
    problems: list[Problem] = []
    most = max(limits.max_cheap_bytes, int(limits.max_expansion * source.size_bytes))
    return ExpandedBytes(unpack(source, problems), problems, min(most, limits.max_expanded_bytes))


def _bunzipped(source: RangeSource, problems: list[Problem]) -> Iterator[bytes]:
    stream = buffered(source)
    content = stream.read(READ_BYTES)
    while content:
        engine = bz2.BZ2Decompressor()
        while not engine.eof:
            try:
                piece = engine.decompress(content, PIECE_BYTES)
            except (OSError, ValueError) as error:  # OSError is how bz2 names bad content
                raise ContainerDamage.spoilt("bzip2", error) from None
            if piece:
                yield piece
            content = b""
            if engine.needs_input and not engine.eof:
                content = stream.read(READ_BYTES)
                if not content:
                    raise ContainerDamage.truncated("bzip2")
        content = engine.unused_data or stream.read(READ_BYTES)
        if content and not content.startswith(b"B"):
            if content.strip(b"\0"):
                problems.append(Problem("trailing-garbage", "Bytes that are not bzip2 follow the bzip2 stream."))
            return


def _uncompressed(source: RangeSource, problems: list[Problem]) -> Iterator[bytes]:
    try:
        yield from unpack_lzw(buffered(source).read)
    except LzwDamage as error:
        raise ContainerDamage.spoilt("lzw", error) from None
