"""Bytes to signed addresses: exactly the request that was signed, repeated where the line fails."""

from __future__ import annotations

import contextlib
import http.client
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import msgspec

from uraniborg.errors import TransferFailed, error_for
from uraniborg.patience import Patience
from uraniborg.upload.bundle import Bundle
from uraniborg.upload.digests import Changed
from uraniborg.upload.gate import Gate
from uraniborg.upload.put_lines import ANSWER_S, Body, NotConnected, PutLines
from uraniborg.upload.stretch import BLOCK_BYTES, Stretch, read_at

if TYPE_CHECKING:
    from uraniborg._generated.wire import SignedPut

__all__ = ["PATIENCE_S", "AddressExpired", "Sender", "TooLarge"]

LEAST_PART_BYTES = 5 * 1024**2  # of S3
IN_ONE_PIECE_BYTES = 4 * 1024**2
PATIENCE_S = 120.0  # how long a store may be away in the middle of an upload
REFUSALS = 3
BUNDLES_BROKEN = 3  # then something on the way does not take them
PACED_BYTES = 64 * 1024  # go at once where the line has a limit
PASSING = {408, 425, 429, 500, 502, 503, 504, 507}


class TooLarge(TransferFailed):
    """A line that breaks does not carry so much in one piece."""


class AddressExpired(Exception):
    """The store does not honour a signed address any more."""


class Sender:
    """Sends stretches of files, for all transfers of an upload.

    Parameters
    ----------
    gate : Gate
        How many run at once.
    moved : callable
        Told of each number of bytes that arrived.
    pace : callable, optional
        Asked before a number of bytes goes over the line; waits until it may.
    patience_s : float
        How long the store may be away.
    """

    def __init__(
        self,
        gate: Gate,
        moved: Callable[[int], None],
        pace: Callable[[int], None] | None = None,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._gate, self._moved, self._pace, self._patience_s = gate, moved, pace, patience_s
        self._lines = PutLines()
        self._stopped = False
        self._bundles_broken = 0

    def stop(self) -> None:
        """Let no transfer begin or be repeated any more."""
        self._stopped = True

    def close(self) -> None:
        """Close the connections."""
        self._lines.close()

    def place(self) -> AbstractContextManager[None]:
        """Wait for a place among the transfers, for several small ones in a row."""
        return self._gate

    def one_piece_bytes(self) -> float:
        """Tell how much is to go in one piece over this line, as far as is known by now: what breaks off is in vain."""
        return max(self._gate.one_piece_bytes(), LEAST_PART_BYTES)

    def put(
        self,
        signed: SignedPut,
        source: bytes | int,
        offset: int,
        size_bytes: int,
        is_over: Callable[[], bool] = lambda: False,
        *,
        has_place: bool = False,
        can_be_smaller: Callable[[], bool] = lambda: False,
    ) -> None:
        """Send some bytes, or a stretch of an open file.

        Parameters
        ----------
        source : bytes or int
            The bytes, or a descriptor.
        offset, size_bytes : int
            Which stretch.
        is_over : callable
            Asked again and again whether it need not be sent any more.
        has_place : bool
            The caller waited for its place.
        can_be_smaller : callable
            Asked whether it could go in smaller pieces instead.

        Raises
        ------
        Changed
            The file is shorter than it was.
        AddressExpired
            The address is of no use any more; ask for another.
        TooLarge
            It is to go in smaller pieces.
        TransferFailed
            The store refuses the bytes, or was away too long.
        """
        patience: Patience | None = None
        refusals = 0
        headers = _headers(signed, size_bytes)
        while True:
            if is_over():
                raise TransferFailed("It need not be sent any more.")
            asked = time.monotonic()
            if has_place:
                self._gate.go_on()
            with contextlib.nullcontext() if has_place else self._gate:
                if size_bytes > self.one_piece_bytes() and can_be_smaller():
                    raise TooLarge("The line breaks before so much has gone in one piece: try again.")
                started, content = time.monotonic(), self._content(source, offset, size_bytes, is_over)
                status, reason, lost_s = self._once(signed, headers, content)
                if 0 < status < 300:
                    self._gate.moved(size_bytes, time.monotonic() - started)
                elif not status:
                    self._gate.broke(content.sent_bytes if isinstance(content, Stretch) else 0, lost_s)
                elif status in PASSING:
                    self._gate.failed()
            if 0 < status < 300:
                self._moved(size_bytes)
                return
            if status in (403, 404, 410):
                raise AddressExpired(reason)
            if status and status not in PASSING:
                refusals += 1
                if refusals >= REFUSALS:
                    raise TransferFailed(f"The store refuses its bytes: {reason}")
            if patience is None:
                patience = Patience(self._patience_s)
            else:
                patience.prolong(started - asked + lost_s)  # others' turns, and what went well, are no failures
            with self._gate.left() if has_place else contextlib.nullcontext():
                goes_on = patience.wait()
            if not goes_on:
                raise TransferFailed(f"Its bytes did not get through: {reason}")

    def put_together(self, signed: SignedPut, bundle: Bundle) -> bool:
        """Send several small files in one body, once; the caller has a place.

        Returns
        -------
        bool
            Whether they arrived. If not, `put` sends each of them again, and says what is wrong.
        """
        if self._stopped or self._bundles_broken >= BUNDLES_BROKEN or len(bundle.positions) < 2:
            return False
        content = bundle.pieces if self._pace is None else self._paced(b"".join(bundle.pieces))
        self._gate.go_on()
        started = time.monotonic()
        status, _, _ = self._once(signed, _headers(signed, bundle.size_bytes), content)
        if not 200 <= status < 300:
            self._bundles_broken += 1
            return False
        self._gate.moved(bundle.file_bytes, time.monotonic() - started)
        self._moved(bundle.file_bytes)
        return True

    def _once(self, signed: SignedPut, headers: dict[str, str], content: Body) -> tuple[int, str, float]:
        """Try once; status 0 where there was no answer, and then how long bytes went over the line before it broke."""
        if self._stopped:
            raise TransferFailed("The upload was stopped.")
        started = time.monotonic()
        try:
            status, said = self._lines.put(signed.method, signed.url, headers, content)
        except (OSError, http.client.HTTPException) as error:
            went_s = 0.0 if isinstance(error, NotConnected) else time.monotonic() - started
            if isinstance(error, TimeoutError):  # it has gone silent, or the store has, which has all of it
                went_s = went_s - ANSWER_S if isinstance(content, Stretch) and content.left_bytes else 0.0
            return 0, str(error) or type(error).__name__, max(went_s, 0.0)
        return status, _reason(status, said) if status >= 300 else "", 0.0

    def _content(
        self, source: bytes | int, offset: int, size_bytes: int, is_over: Callable[[], bool]
    ) -> bytes | Iterator[bytes] | Stretch:
        if isinstance(source, bytes):
            return source if self._pace is None else self._paced(source)
        if size_bytes > IN_ONE_PIECE_BYTES or self._pace is not None:
            return self._stretch(source, offset, size_bytes, is_over)
        content = read_at(source, size_bytes, offset)
        if len(content) != size_bytes:
            raise Changed("It became shorter while it was sent.")
        return content

    def _stretch(self, descriptor: int, offset: int, size_bytes: int, is_over: Callable[[], bool]) -> Stretch:
        def go_on(wanted: int) -> None:
            if self._pace is not None:
                self._pace(wanted)
            if self._stopped or is_over():
                raise TransferFailed("The upload was stopped.")

        block_bytes = BLOCK_BYTES if self._pace is None else PACED_BYTES
        return Stretch(descriptor, offset, size_bytes, go_on, block_bytes)

    def _paced(self, content: bytes) -> Iterator[bytes]:
        assert self._pace is not None
        for start in range(0, len(content), PACED_BYTES):
            block = content[start : start + PACED_BYTES]
            self._pace(len(block))
            yield block


def _headers(signed: SignedPut, size_bytes: int) -> dict[str, str]:
    """Say exactly what was signed, and the length once."""
    headers = {name: value for name, value in signed.headers.items() if name.lower() != "content-length"}
    headers["Content-Length"] = str(size_bytes)
    return headers


def _reason(status: int, said: bytes) -> str:
    """Find what a refusal says, as a problem document or in the words of S3."""
    try:
        problem = msgspec.json.decode(said)
    except msgspec.DecodeError:
        match = re.search(rb"<Message>([^<]*)</Message>", said)
        problem = {"detail": match[1].decode(errors="replace")} if match else {}
    return error_for(status, problem if isinstance(problem, dict) else {}).detail
