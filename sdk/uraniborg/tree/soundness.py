"""Whether what arrived of contents is what was stored.

Blocks are checked with their checksums whenever they come from disk, and when all blocks of a file have been seen,
their checksums must add up to the one that the service knows of the whole.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from uraniborg.errors import TransferFailed
from uraniborg.tree.beginnings import Beginnings
from uraniborg.tree.block_writer import BlockWriter
from uraniborg.tree.blocks import BlockCache
from uraniborg.tree.crc32c import from_base64
from uraniborg.tree.runs import Block
from uraniborg.tree.sums import Sum, Sums

if TYPE_CHECKING:
    from uraniborg.tree.reader import Reader

__all__ = ["Soundness", "not_what_was_stored"]

HASHED_BYTES = 1024**3
HASHED_BLOCKS = 64  # at a time


class Soundness:
    """Looks at what arrives, and has forgotten what turns out to be wrong.

    Parameters
    ----------
    cache, keeping : BlockCache, BlockWriter
        Where what arrives is kept.
    beginnings : Beginnings
        What the service told of how contents begin.
    forget : callable
        Called with the SHA-256 of a content of which nothing is to be given out any more.
    """

    def __init__(
        self, cache: BlockCache, keeping: BlockWriter, beginnings: Beginnings, forget: Callable[[str], None]
    ) -> None:
        self._cache, self._keeping, self._beginnings, self._forget = cache, keeping, beginnings, forget
        self._sums = Sums()
        self._lock = threading.Lock()
        self._wrong: dict[str, int] = {}

    def times_wrong(self, sha256: str) -> int:
        """Tell how often a content arrived that was not what was stored."""
        return self._wrong.get(sha256, 0)

    def add(self, reader: Reader, first: int, blocks: list[Block]) -> Sum | None:
        """Note consecutive blocks; with the last of a content, its sum is given, for `judge`."""
        return self._sums.add(reader.sha256, reader.size_bytes, first, blocks)

    def compare(self, reader: Reader, first: int, blocks: list[Block]) -> None:
        """Look whether a content begins as the service told, of which somebody may have read already.

        Raises
        ------
        TransferFailed
            It does not: what was told is forgotten, and whoever opens it again has its bytes.
        """
        if first or not (begun := self._beginnings.get(reader.sha256, reader.size_bytes)):
            return
        if blocks[0][0][: len(begun)] != begun:
            self._beginnings.refuse(reader.sha256)
            self._note_wrong(reader.sha256)
            raise not_what_was_stored(reader.sha256)

    def adds_up(self, reader: Reader, summed: Sum) -> bool:
        """Tell whether a content is right, as far as that can be told without asking or reading: `judge` knows more."""
        address = reader.known_address()
        if address is None or address.crc32c is None or summed.total() != from_base64(address.crc32c):
            return False
        self._sums.note_sound(reader.sha256)
        return True

    def judge(self, reader: Reader, summed: Sum) -> None:
        """Look whether what was seen of a content is what it should be: what its blocks add up to, or its SHA-256.

        The CRC32C is what somebody told who sent the content: where it does not fit, the SHA-256 decides.

        Raises
        ------
        TransferFailed
            What arrived is not what was stored: nothing of it is kept, and all who read it are told.
        """
        sha256 = reader.sha256
        expected = reader.address(False).crc32c if reader.is_addressed else None
        if expected is None:
            is_sound = self._has_its_sha256(reader) is not False
        else:
            is_sound = summed.total() == from_base64(expected) or self._has_its_sha256(reader) is True
        if is_sound:
            self._sums.note_sound(sha256)
            return
        self._forget(sha256)
        self._keeping.flush()
        self._cache.forget(sha256)
        self._note_wrong(sha256)  # last: whoever opens it from now on is given nothing of this
        raise not_what_was_stored(sha256)

    def _has_its_sha256(self, reader: Reader) -> bool | None:
        """Check a content that is whole on disk against its SHA-256; None where that cannot be told."""
        if not reader.is_addressed or reader.size_bytes > HASHED_BYTES:
            return None
        self._keeping.flush()
        sha256 = hashlib.sha256()
        for first in range(0, reader.block_count, HASHED_BLOCKS):
            for block in self._cache.read(reader.sha256, first, min(HASHED_BLOCKS, reader.block_count - first)):
                if block is None:  # not kept, or gone already
                    return None
                sha256.update(block[0])
        return sha256.hexdigest() == reader.sha256

    def _note_wrong(self, sha256: str) -> None:
        with self._lock:
            self._wrong[sha256] = self.times_wrong(sha256) + 1


def not_what_was_stored(sha256: str) -> TransferFailed:
    """Say so."""
    return TransferFailed(
        "What arrived of a file is not what was stored (its checksum differs): open it and read it again, and if that"
        " does not help, tell the service's operator.",
        facts={"sha256": sha256},
    )
