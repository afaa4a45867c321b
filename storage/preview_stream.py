"""The uncompressed FITS stream of a file by offsets that only rise, for whoever draws a preview."""

from __future__ import annotations

from typing import Protocol

from storage.fits_containers import Container, expand
from storage.forward_bytes import ForwardBytes
from storage.range_source import RangeSource, ReadLimits

__all__ = ["FitsStream", "PreviewRefused", "open_stream"]

#: How far a wrapped file is expanded for a preview: a few seconds of work each.
_EXPANDED_LIMIT_BYTES = {"gzip": 768 * 2**20, "zip": 768 * 2**20, "bzip2": 128 * 2**20, "lzw": 48 * 2**20}


class PreviewRefused(Exception):
    """A preview would cost too much or show nothing; ``code`` and the message become a `Problem`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class FitsStream(Protocol):
    """Bytes of the uncompressed FITS stream."""

    def read_at(self, offset: int, length: int) -> bytes:
        """Return bytes from an offset that never goes back; fewer where the file ends or is damaged."""
        ...


class _PlainStream:
    def __init__(self, source: RangeSource) -> None:
        self._source = source

    def read_at(self, offset: int, length: int) -> bytes:
        return self._source.read(offset, max(min(length, self._source.size_bytes - offset), 0))


class _ExpandedStream:
    """A wrapped file, expanded as it is read and never kept."""

    def __init__(self, expanded: ForwardBytes, limit_bytes: int) -> None:
        self._expanded = expanded
        self._limit_bytes = limit_bytes

    def read_at(self, offset: int, length: int) -> bytes:
        if offset < self._expanded.position:
            raise ValueError("a stream that is expanded as it is read does not go back")
        if offset + length > self._limit_bytes:
            raise PreviewRefused(
                "preview-too-large",
                f"No preview: the pixels lie {offset + length} bytes into the uncompressed file, beyond the limit of "
                f"{self._limit_bytes}.",
            )
        self._expanded.skip(offset - self._expanded.position)
        return self._expanded.take(length) if self._expanded.position == offset else b""


def open_stream(source: RangeSource, container: Container) -> FitsStream:
    """Open the FITS stream of a file, whatever is wrapped around it.

    Parameters
    ----------
    source : RangeSource
        The stored bytes.
    container : str
        What wraps them, as `domain.header.FileContents` names it.
    """
    if container == "none":
        return _PlainStream(source)
    limit_bytes = _EXPANDED_LIMIT_BYTES[container]
    return _ExpandedStream(expand(source, container, ReadLimits(max_expanded_bytes=limit_bytes + 2**20)), limit_bytes)
