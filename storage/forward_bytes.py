"""Bytes read forward only, from a plain file by ranges or from an expanding stream by pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from domain.header import Problem
from storage.range_source import RangeSource

__all__ = ["EXPANDS_TOO_FAR", "ContainerDamage", "ExpandedBytes", "ForwardBytes", "PlainBytes"]

EXPANDS_TOO_FAR = "expands-too-far"  # the code of the problem where a limit stopped the expansion

_WINDOW_BYTES = 2**15  # of a plain file: one round trip gets most headers whole


class ContainerDamage(Exception):
    """An expanding stream cannot go on; caught where the stream is read, and told as its problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem

    @classmethod
    def truncated(cls, container: str) -> ContainerDamage:
        detail = f"The {container} stream ends before its end mark: the file was cut short. Send it again."
        return cls(Problem(f"{container}-truncated", detail))

    @classmethod
    def spoilt(cls, container: str, error: Exception) -> ContainerDamage:
        detail = f"The {container} stream is damaged ({error}). Send the file again."
        return cls(Problem(f"{container}-damaged", detail))


class ForwardBytes(Protocol):
    """A stream read forward: taken, or skipped."""

    @property
    def position(self) -> int:
        """Bytes taken or skipped so far."""
        ...

    @property
    def problems(self) -> list[Problem]:
        """What was wrong with the wrapping, as far as the stream was read."""
        ...

    def take(self, length: int) -> bytes:
        """Return the next bytes, fewer only at the end."""
        ...

    def skip(self, length: int) -> int:
        """Pass over bytes; return how many there were."""
        ...


class PlainBytes:
    """A file that nothing wraps: skipping is arithmetic, and headers come by reads of 32 kB.

    Parameters
    ----------
    source : RangeSource
        The file.
    head : bytes
        Its first bytes, where they were read already.
    """

    def __init__(self, source: RangeSource, head: bytes = b"") -> None:
        self._source = source
        self._window, self._window_offset = head, 0
        self.position = 0
        self.problems: list[Problem] = []

    def take(self, length: int) -> bytes:
        start = self.position - self._window_offset
        content = self._window[start : start + length] if start >= 0 else b""
        length = min(length, self._source.size_bytes - self.position)
        if len(content) < length:
            wanted = max(_WINDOW_BYTES, length)
            self._window_offset = self.position
            self._window = self._source.read(self.position, min(wanted, self._source.size_bytes - self.position))
            content = self._window[:length]
        self.position += len(content)
        return content

    def skip(self, length: int) -> int:
        skipped = max(min(length, self._source.size_bytes - self.position), 0)
        self.position += skipped
        return skipped


class ExpandedBytes:
    """A stream of expanded pieces; skipping reads through them, and holds one at a time.

    Parameters
    ----------
    pieces : Iterator[bytes]
        May end with ContainerDamage.
    problems : list[Problem]
        Shared with the pieces' maker, who may add to it.
    max_bytes : int
        How far to expand.
    """

    def __init__(self, pieces: Iterator[bytes], problems: list[Problem], max_bytes: int) -> None:
        self.position = 0
        self.problems = problems
        self._pieces = pieces
        self._piece = memoryview(b"")
        self._left = max_bytes

    def take(self, length: int) -> bytes:
        parts: list[memoryview] = []
        self._advance(length, parts)
        return b"".join(parts)

    def skip(self, length: int) -> int:
        return self._advance(length, None)

    def _advance(self, length: int, parts: list[memoryview] | None) -> int:
        start = self.position
        end = start + length
        while self.position < end and (self._piece or self._next()):
            part = self._piece[: end - self.position]
            self._piece = self._piece[len(part) :]
            self.position += len(part)
            if parts is not None:
                parts.append(part)
        return self.position - start

    def _next(self) -> bool:
        if self._left <= 0:
            self._pieces = iter(())
            detail = "It expands beyond what is read of one file; what came before is indexed."
            self.problems.append(Problem(EXPANDS_TOO_FAR, detail))
            return False
        try:
            while not self._piece:
                self._piece = memoryview(next(self._pieces))
        except StopIteration:
            return False
        except ContainerDamage as damage:
            self.problems.append(damage.problem)
            return False
        self._piece = self._piece[: self._left]
        self._left -= len(self._piece)
        return True
