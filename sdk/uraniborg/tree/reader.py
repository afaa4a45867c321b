"""One open content, read from anywhere: it notices who reads on, and hurries ahead."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from uraniborg.tree.beginnings import LONGEST_BYTES
from uraniborg.tree.blocks import BLOCK_BYTES

if TYPE_CHECKING:
    from uraniborg.tree.contents import Contents

__all__ = ["Address", "Pieces", "Reader"]

FIRST_AHEAD_BYTES, MOST_AHEAD_BYTES = 256 * 1024, 24 * 1024**2
NEAR_BYTES = 1024**2
APART_BYTES = 48 * 1024  # so much at once, far from what was read last, is wanted by itself
DENSE = 0.75  # of a stretch that was read, for it to be called reading on
RENEW_BEFORE_S = 20.0
Pieces = list[memoryview]
"""Bytes one behind the other, as they lie in memory."""


class Address(msgspec.Struct, frozen=True):
    """Where a content's bytes are, until when by the monotonic clock, and the CRC32C of them all, if it is known."""

    url: str
    until_s: float
    crc32c: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether it still works for a while."""
        return self.until_s - time.monotonic() >= RENEW_BEFORE_S


class Reader:
    """One open content, read by any number of threads.

    Parameters
    ----------
    address : callable
        Gives where its bytes are; called with True, it is to ask anew.
    known : callable, optional
        Gives that without asking anybody; None where it is not known, or not for long any more.
    """

    def __init__(
        self,
        contents: Contents,
        sha256: str,
        size_bytes: int,
        address: Callable[[bool], Address],
        known: Callable[[], Address | None] | None = None,
    ) -> None:
        self._contents, self.sha256, self.size_bytes = contents, sha256, size_bytes
        self.block_count = -(-size_bytes // BLOCK_BYTES)
        self._address, self._known = address, known
        self.name = sha256
        "What it is called where something is told of it."
        self.times_wrong = contents.times_wrong(sha256)
        self.is_addressed = False
        self.sent_until = 0
        self._begin, self._next, self._run_bytes = 0, 0, 0

    @property
    def version(self) -> str:
        """What is read: if it was found to have arrived wrong, what comes later is something else."""
        return f"{self.sha256} {self.times_wrong}"

    @property
    def is_at_end(self) -> bool:
        """Whether it was read to its end, one read behind the other."""
        return self._next >= self.size_bytes

    def address(self, renewed: bool) -> Address:
        """Give where the bytes are."""
        address = self._address(renewed)
        self.is_addressed = True
        return address

    def known_address(self) -> Address | None:
        """Give where the bytes are, if nobody has to be asked for it."""
        address = self._known() if self._known is not None else None
        self.is_addressed = self.is_addressed or address is not None
        return address

    def beginning(self) -> bytes:
        """Give the first bytes, as far as the service told them: whole pages, or all; nothing if it did not."""
        return self._contents.beginnings.get(self.sha256, self.size_bytes)

    def _begun(self, stop: int) -> bytes:
        """Give the beginning, if it goes that far."""
        if stop > LONGEST_BYTES or self.sha256 not in self._contents.beginnings:
            return b""
        beginning = self.beginning()
        return beginning if stop <= len(beginning) else b""

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes from `offset`; fewer at the end, none past it.

        Raises
        ------
        TransferFailed, ServiceUnavailable, NotFound, NotSignedIn
            They cannot be had.
        """
        stop = min(offset + length, self.size_bytes)
        if offset >= stop:
            return b""
        if beginning := self._begun(stop):
            return beginning[offset:stop]
        ahead = self._follow(offset, stop)
        first, last = offset // BLOCK_BYTES, (stop - 1) // BLOCK_BYTES
        return b"".join(_cut(self._contents.blocks(self, first, last - first + 1, ahead=ahead), offset, stop))

    def send_for(self, offset: int, length: int, done: Callable[[Pieces | BaseException], None]) -> None:
        """Read as `read` does, without waiting.

        Parameters
        ----------
        done : callable
            Called with the bytes, or with what went wrong: by this thread, if they
            are at hand, or by the one that has fetched them.
        """
        stop = min(offset + length, self.size_bytes)
        if offset >= stop:
            done([])
            return
        if beginning := self._begun(stop):
            done([memoryview(beginning)[offset:stop]])
            return

        def have(found: Pieces | BaseException) -> None:
            done(found if isinstance(found, BaseException) else _cut(found, offset, stop))

        is_apart = stop - offset >= APART_BYTES and self._is_apart(offset)
        ahead = self._follow(offset, stop)
        first, last = offset // BLOCK_BYTES, (stop - 1) // BLOCK_BYTES

        def have_apart(found: memoryview | BaseException | None) -> None:
            if found is None:
                self._contents.send_for(self, first, last - first + 1, have, ahead=0)
            else:
                done(found if isinstance(found, BaseException) else [found])

        if not (is_apart and self._contents.send_apart(self, offset, stop, have_apart)):
            self._contents.send_for(self, first, last - first + 1, have, ahead=ahead)

    def _is_apart(self, offset: int) -> bool:
        """Tell whether a place is far from what was read last."""
        return not self._next - NEAR_BYTES <= offset <= self._next + NEAR_BYTES

    def _follow(self, offset: int, stop: int) -> int:
        """Tell how many blocks to hurry ahead: twice what was read in one go so far, or none."""
        if self._is_apart(offset) or offset == 0:  # near ones: the kernel asks for several at once
            self._begin, self._next, self._run_bytes, self.sent_until = offset, stop, stop - offset, 0
            return 0
        self._next = max(self._next, stop)
        self._run_bytes += stop - offset
        if self._run_bytes < DENSE * (self._next - self._begin):  # a few columns of an image, row by row
            return 0
        return min(max(2 * self._run_bytes, FIRST_AHEAD_BYTES), MOST_AHEAD_BYTES) // BLOCK_BYTES


def _cut(blocks: Pieces, offset: int, stop: int) -> Pieces:
    """Leave of blocks what is wanted: from one place in the content to another, the first and last cut."""
    begin = offset // BLOCK_BYTES * BLOCK_BYTES
    end = begin + (len(blocks) - 1) * BLOCK_BYTES
    pieces = list(blocks)
    if stop - end < len(blocks[-1]):
        pieces[-1] = blocks[-1][: stop - end]
    if offset > begin:
        pieces[0] = pieces[0][offset - begin :]
    return pieces
