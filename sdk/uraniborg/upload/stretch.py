"""A stretch of an open file on its way to a socket: by the kernel alone where it can, else in blocks."""

from __future__ import annotations

import errno
import os
import select
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator

from uraniborg.upload.digests import Changed

__all__ = ["Stretch", "read_at"]

BLOCK_BYTES = 1024**2
SENT_AT_ONCE_BYTES = 4 * 1024**2
CANNOT = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EOVERFLOW}  # as of a file system that has no pages


class Stretch:
    """Bytes of an open file; iterate over it for blocks of them.

    Parameters
    ----------
    descriptor : int
        The file.
    offset, size_bytes : int
        Which bytes.
    go_on : callable
        Called with the number of bytes before they are sent; what it raises ends the sending.

    Raises
    ------
    Changed
        The file is shorter than it was.
    """

    def __init__(
        self, descriptor: int, offset: int, size_bytes: int, go_on: Callable[[int], None], block_bytes: int
    ) -> None:
        self._descriptor, self._begin, self._offset, self._end = descriptor, offset, offset, offset + size_bytes
        self._go_on, self._block_bytes = go_on, block_bytes

    @property
    def sent_bytes(self) -> int:
        """How many have been taken of it, in order."""
        return self._offset - self._begin

    @property
    def left_bytes(self) -> int:
        """How many have not."""
        return self._end - self._offset

    def __iter__(self) -> Iterator[bytes]:
        while self._offset < self._end:
            wanted = min(self._block_bytes, self._end - self._offset)
            self._go_on(wanted)
            block = read_at(self._descriptor, wanted, self._offset)
            if not block:
                raise Changed("It became shorter while it was sent.")
            self._offset += len(block)
            yield block

    def send(self, wire: socket.socket) -> None:
        """Send all of it.

        Raises
        ------
        OSError
            The line failed.
        """
        if sys.platform == "linux" and not isinstance(wire, ssl.SSLSocket) and self._block_bytes >= BLOCK_BYTES:
            self._send_by_kernel(wire)
        for block in self:
            wire.sendall(block)

    def _send_by_kernel(self, wire: socket.socket) -> None:
        """Send as much as goes without a copy of it in this process."""
        timeout_s = wire.gettimeout()
        poll = select.poll()
        poll.register(wire, select.POLLOUT)
        while self._offset < self._end:
            wanted = min(SENT_AT_ONCE_BYTES, self._end - self._offset)
            self._go_on(wanted)
            try:
                sent = os.sendfile(wire.fileno(), self._descriptor, self._offset, wanted)
            except BlockingIOError:
                if not poll.poll(None if timeout_s is None else 1000 * timeout_s):
                    raise TimeoutError("The other end takes nothing any more.") from None
                continue
            except OSError as error:
                if error.errno in CANNOT:
                    return
                raise
            if not sent:
                return  # it is shorter, or cannot be had so: reading tells
            self._offset += sent


if hasattr(os, "pread"):
    read_at: Callable[[int, int, int], bytes] = os.pread
else:
    _seeking = threading.Lock()

    def read_at(descriptor: int, size_bytes: int, offset: int) -> bytes:
        """Read from a place of a file, where the system (Windows) cannot do so in one step."""
        with _seeking:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.read(descriptor, size_bytes)
