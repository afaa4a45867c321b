"""A large file in parts, several at once, each in its place of a sparse file; what arrived is recorded beside it."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from uraniborg.download_pieces import PIECE_BYTES, is_plain
from uraniborg.errors import NotAllowed, NotFound, NotSignedIn, ServiceUnavailable, TransferFailed
from uraniborg.patience import Patience
from uraniborg.tree.ranges import RangeLines

if TYPE_CHECKING:
    from uraniborg.client import Client
    from uraniborg.download import Source

__all__ = ["LARGE_BYTES", "NoRanges", "Stopped", "fill_in_parts", "record_path"]

PART_BYTES = 16 * 1024**2
LARGE_BYTES = 4 * PART_BYTES  # of a smaller file one connection brings the bytes as fast as several
AT_ONCE = 4
PATIENCE_S = 60.0  # without a single byte


class NoRanges(Exception):
    """The store sends a file whole or not at all."""


class Stopped(Exception):
    """Nobody waits for these bytes any more."""


def record_path(part: Path) -> Path:
    """Find the record of what arrived, beside a part file."""
    return part.with_name(f"{part.name}s")


def fill_in_parts(client: Client, source: Source, part: Path, progress: Callable[[int], None] | None) -> str:
    """Complete a part file; returns the SHA-256 of what is in it then.

    What an earlier attempt brought stays: in parts, or from the beginning on. The file is summed up while parts are
    still on their way.

    Raises
    ------
    NoRanges
    TransferFailed
        The line broke off for too long.
    OSError
        The disk is full, or the like.
    """
    transfer = _Transfer(client, source, part, progress)
    futures: dict[int, Future[None]] = {}
    sha256, buffer = hashlib.sha256(), memoryview(bytearray(PIECE_BYTES))
    # Without a buffer, which would hold the beginning of the next part as it was before that came.
    with ThreadPoolExecutor(AT_ONCE, "uraniborg-part") as pool, part.open("rb", buffering=0) as file:
        futures = {number: pool.submit(transfer.bring, number) for number in transfer.missing}
        try:
            for number in range(transfer.count):
                if number in futures:
                    futures[number].result()
                left = transfer.end(number) - number * PART_BYTES
                file.seek(number * PART_BYTES)
                while left and (count := file.readinto(buffer[:left])):
                    sha256.update(buffer[:count])
                    left -= count
        except BaseException:
            transfer.stopped = True
            for future in futures.values():
                future.cancel()
            raise
        finally:
            transfer.lines.close()
    record_path(part).unlink(missing_ok=True)
    return sha256.hexdigest()


class _Transfer:
    def __init__(self, client: Client, source: Source, part: Path, progress: Callable[[int], None] | None) -> None:
        self._client, self._source, self._part, self._progress = client, source, part, progress
        self._lock = threading.Lock()
        # One at a time: a file takes one write at a time, and who waits for that in the kernel spins meanwhile.
        self._writing = threading.Lock()
        self._address = ""
        self.lines = RangeLines(patience_s=0)
        self.stopped = False
        self.count = -(-source.size_bytes // PART_BYTES)
        there = self._there()
        self.missing = [number for number in range(self.count) if number not in there]
        with part.open("ab") as file:
            file.truncate(source.size_bytes)
        record_path(part).write_text("".join(f"{number}\n" for number in sorted(there)))
        if progress and there:
            progress(sum(self.end(number) - number * PART_BYTES for number in there))

    def _there(self) -> set[int]:
        """Tell which parts arrived before: by the record, or all of a beginning that has none."""
        if not self._part.exists():
            return set()
        with contextlib.suppress(FileNotFoundError):
            lines = record_path(self._part).read_text().split("\n")[:-1]  # a line that was cut short does not count
            return {int(line) for line in lines if line.isdecimal() and int(line) < self.count}
        return set(range(min(self._part.stat().st_size, self._source.size_bytes) // PART_BYTES))

    def end(self, number: int) -> int:
        """Tell where a part ends, bytes."""
        return min((number + 1) * PART_BYTES, self._source.size_bytes)

    def bring(self, number: int) -> None:
        """Bring a part to its place, and write down that it is there."""
        at, patience, refused = number * PART_BYTES, Patience(PATIENCE_S), 0
        with self._part.open("r+b") as file:
            at = self._bring_quickly(file, at, self.end(number))
            while at < self.end(number):
                before = at
                try:
                    at = self._stream(file, at, self.end(number))
                except (NotAllowed, NotFound, NotSignedIn):
                    refused += 1
                    if refused > 1 or not self._source.signed:
                        raise
                    self._ask_again()  # the address has expired
                except ServiceUnavailable as error:
                    at = file.tell()
                    if at > before:
                        patience.renew()
                    if not patience.wait():
                        raise TransferFailed(
                            f"The download broke off ({error.detail}): run it again to go on."
                        ) from error
                else:
                    if at == before:
                        return  # an empty answer: what is missing is told by the checksum
            file.flush()
            with self._lock, record_path(self._part).open("a") as record:
                record.write(f"{number}\n")

    def _bring_quickly(self, file: BinaryIO, at: int, end: int) -> int:
        """Bring what is missing by one request at little cost; returns how far that went."""
        if not is_plain(self._source):
            return at
        buffer = memoryview(bytearray(PIECE_BYTES))
        try:
            file.seek(at)
            for piece in self.lines.stream(self._where(), at, end, buffer):
                self._write(file, piece)
                at += len(piece)
        except (ServiceUnavailable, TransferFailed):
            pass  # the usual way goes on from there, or tells what is wrong
        return at

    def _write(self, file: BinaryIO, piece: memoryview | bytes) -> None:
        if self.stopped:
            raise Stopped
        with self._writing:
            file.write(piece)
        if self._progress:
            self._progress(len(piece))

    def _stream(self, file: BinaryIO, at: int, end: int) -> int:
        file.seek(at)
        headers = {
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            **self._source.headers,
            "Range": f"bytes={at}-{end - 1}",
        }
        with self._client.transport.stream(self._where(), headers=headers, signed=self._source.signed) as response:
            if response.status_code != 206:
                raise NoRanges
            for block in response.iter_raw():
                taken = block[: end - at]
                self._write(file, taken)
                at += len(taken)
        return at

    def _where(self) -> str:
        """Give the address, asked for once for all parts: each asking counts as a download."""
        with self._lock:
            if not self._address:
                self._address = self._source.address(self._client)
            return self._address

    def _ask_again(self) -> None:
        with self._lock:
            self._address = ""
