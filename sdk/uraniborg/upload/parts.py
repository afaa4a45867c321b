"""One large file in parts: a reader runs ahead and sums up, the parts follow it in parallel."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import Executor

from crc32c import crc32c as crc32c_of

from uraniborg._generated.wire import Parts, PartToSend
from uraniborg.errors import TransferFailed
from uraniborg.upload.digests import Changed, Digest, crc_base64
from uraniborg.upload.gate import MOST
from uraniborg.upload.sender import AddressExpired, Sender
from uraniborg.upload.stretch import read_at
from uraniborg.upload.walk import Identity, identity_of

__all__ = ["are_few", "send_in_parts"]

BLOCK_BYTES = 1024**2
SIGNED_AT_ONCE = 32
SIGNED_AHEAD = 4  # addresses are asked for when fewer parts than this wait to be sent
MOST_EXPIRED = 3 * MOST  # in a row: on a slow line addresses expire before it is their turn
FEW = 10  # times as many parts as have arrived
WORTH_A_PROBE = 2  # parts still to send, for it to pay to ask whether the content is known meanwhile

Sign = Callable[[int, int, list[str] | None], Parts]
"""Asks for addresses: first part, how many, their CRC32C."""


class _Parts:
    """Parts on their way: read ones wait to be signed, signed ones to be sent."""

    def __init__(self, sign: Sign, stored: set[int], count: int) -> None:
        self._sign, self._stored = sign, stored
        self._read: deque[tuple[int, str]] = deque()
        self._signed: deque[PartToSend] = deque()
        self._sums: dict[int, str] = {}
        self._asked_again = 0
        self._is_signing = False
        self._condition = threading.Condition()
        self._to_read = count
        self.left = count - len(stored)
        self._count, self._arrived = count, set(stored)
        self.known = False
        self.failure: BaseException | None = None

    @property
    def are_few(self) -> bool:
        """Whether hardly any has arrived."""
        with self._condition:
            return are_few(self._arrived, self._count)

    def was_read(self, number: int, crc32c: int | None) -> None:
        with self._condition:
            self._to_read -= 1
            if crc32c is not None:
                self._read.append((number, crc_base64(crc32c)))
            self._condition.notify_all()

    def give_up(self, failure: BaseException | None) -> None:
        """Send no more parts: because of a failure, or since the content is known."""
        with self._condition:
            if not self.over:
                self.failure, self.known = failure, failure is None
            self._condition.notify_all()

    @property
    def over(self) -> bool:
        return self.known or self.failure is not None

    def next(self) -> PartToSend | None:
        """Wait for a part that can be sent; None when there are no more.

        Addresses are asked for ahead of need, by one of the senders while the others send.
        """
        while True:
            with self._condition:
                while not (self.over or self._signed or self._must_sign() or self._is_done()):
                    self._condition.wait()
                if self.over or not (self._signed or self._must_sign()):
                    return None
                if not self._must_sign():
                    return self._signed.popleft()
                group = self._take_group()
                self._is_signing = True
            signed: list[PartToSend] = []
            try:
                signed = self._sign(group[0][0], len(group), [crc32c for _, crc32c in group]).parts
            finally:
                with self._condition:
                    self._is_signing = False
                    self._signed.extend(signed)
                    self.left -= len(group) - len(signed)  # another process sent them
                    self._condition.notify_all()

    def _must_sign(self) -> bool:
        return bool(self._read) and not self._is_signing and len(self._signed) < SIGNED_AHEAD

    def _is_done(self) -> bool:
        return not self._to_read and not self._read and not self._is_signing

    def _take_group(self) -> list[tuple[int, str]]:
        """Take parts that were read and follow one upon the other."""
        group = [self._read.popleft()]
        while self._read and self._read[0][0] == group[-1][0] + 1 and len(group) < SIGNED_AT_ONCE:
            group.append(self._read.popleft())
        self._sums.update(group)
        return group

    def sent(self, number: int) -> None:
        with self._condition:
            self.left -= 1
            self._asked_again = 0
            self._arrived.add(number)
            self._condition.notify_all()

    def wait(self) -> None:
        """Wait until every part has arrived, or it is over before; raises what ended it."""
        with self._condition:
            while self.left and not self.over:
                self._condition.wait()
            if self.failure is not None:
                raise self.failure

    def again(self, part: PartToSend, reason: str) -> None:
        """Ask for a part's address once more."""
        with self._condition:
            self._asked_again += 1
            if self._asked_again > MOST_EXPIRED:
                raise TransferFailed(f"The store does not honour the addresses it is to be sent to: {reason}")
        parts = self._sign(part.number, 1, [self._sums[part.number]]).parts
        with self._condition:
            self._signed.extend(parts)
            self.left -= 0 if parts else 1
            self._condition.notify_all()


def send_in_parts(
    source: str,
    identity: Identity,
    part_size_bytes: int,
    digest: Digest | None,
    *,
    sign: Sign,
    is_known: Callable[[str], bool],
    sender: Sender,
    executor: Executor,
    can_be_smaller: Callable[[], bool] = lambda: False,
) -> str:
    """Send those parts of a file that have not arrived.

    While parts are on their way the file's digest is made, if it is not known, from the same reading. Once there is
    one and parts are left, the service is asked whether it has the content by now.

    Parameters
    ----------
    source : str
        The file.
    identity : Identity
        Of the content that was announced.
    digest : Digest or None
        If it is known; then parts that arrived are not read.
    sign : callable
        Asks for addresses.
    is_known : callable
        Tells whether the organisation has a content, by its SHA-256.
    can_be_smaller : callable
        Asked whether the parts could be, as long as hardly any has arrived.

    Returns
    -------
    str
        SHA-256. The content may have turned out to be known.

    Raises
    ------
    Changed
        The file is another one by now.
    TransferFailed, UraniborgError, OSError
    """
    count = -(-identity.size_bytes // part_size_bytes)
    stored = set(sign(1, 1, None).stored)
    parts = _Parts(sign, stored, count)
    with open(source, "rb", buffering=0) as file:  # noqa: PTH123
        descriptor = file.fileno()
        _check(descriptor, identity)
        for _ in range(min(MOST, parts.left)):
            executor.submit(_send, parts, sender, source, identity, lambda: parts.are_few and can_be_smaller())
        try:
            made = _read_ahead(parts, descriptor, identity, part_size_bytes, stored, summing=digest is None)
            sha256 = digest.sha256 if digest else made
            if not parts.over:
                _check(descriptor, identity)
                if digest is None and parts.left >= WORTH_A_PROBE and is_known(sha256):
                    parts.give_up(None)
            parts.wait()
            _check(descriptor, identity)
        except BaseException as error:
            parts.give_up(error)
            raise
    return sha256


def are_few(arrived: Collection[int], count: int) -> bool:
    """Tell whether so few of a file's parts have arrived that it may as well begin anew; the last one may be small."""
    return FEW * sum(number < count for number in arrived) < count


def _check(descriptor: int, identity: Identity) -> None:
    if identity_of(os.fstat(descriptor)) != identity:
        raise Changed("It changed while it was sent.")


def _read_ahead(
    parts: _Parts, descriptor: int, identity: Identity, part_size_bytes: int, stored: set[int], *, summing: bool
) -> str:
    """Sum up part by part, and let the senders have what was read; returns the SHA-256 if it was asked for."""
    sha256 = hashlib.sha256()
    for number, start in enumerate(range(0, identity.size_bytes, part_size_bytes), 1):
        if parts.over:
            break
        wanted = number not in stored
        crc32c: int | None = 0 if wanted else None
        offset, end = start, min(start + part_size_bytes, identity.size_bytes)
        while offset < end and (wanted or summing):
            block = read_at(descriptor, min(BLOCK_BYTES, end - offset), offset)
            if not block:
                raise Changed("It became shorter while it was read.")
            if summing:
                sha256.update(block)
            if crc32c is not None:
                crc32c = crc32c_of(block, crc32c)
            offset += len(block)
        parts.was_read(number, crc32c)
    return sha256.hexdigest() if summing else ""


def _send(parts: _Parts, sender: Sender, source: str, identity: Identity, can_be_smaller: Callable[[], bool]) -> None:
    """Send parts as they become ready, from a descriptor of this thread's own: it may outlive the others."""
    try:
        with open(source, "rb", buffering=0) as file:  # noqa: PTH123
            _check(file.fileno(), identity)
            while (part := parts.next()) is not None:
                try:
                    sender.put(
                        part.put,
                        file.fileno(),
                        part.offset_bytes,
                        part.size_bytes,
                        lambda: parts.over,
                        can_be_smaller=can_be_smaller,
                    )
                except AddressExpired as error:
                    parts.again(part, str(error))
                else:
                    parts.sent(part.number)
    except BaseException as error:
        parts.give_up(error)
