"""Bytes to signed addresses: exactly the request that was signed, repeated where the line fails."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from uraniborg._httpx import httpx
from uraniborg.errors import TransferFailed
from uraniborg.patience import Patience
from uraniborg.transport import error_of
from uraniborg.upload.digests import Changed
from uraniborg.upload.gate import MOST, Gate

if TYPE_CHECKING:
    from uraniborg._generated.wire import SignedPut

__all__ = ["AddressExpired", "Sender", "read_at"]

BLOCK_BYTES = 1024**2
IN_ONE_PIECE_BYTES = 4 * 1024**2
PATIENCE_S = 120.0  # how long a store may be away in the middle of an upload
REFUSALS = 3
PASSING = {408, 425, 429, 500, 502, 503, 504, 507}


class AddressExpired(Exception):
    """The store does not honour a signed address any more."""


class Sender:
    """Connections to the object store, shared by all transfers of an upload.

    Parameters
    ----------
    gate : Gate
        How many run at once.
    moved : callable
        Told of each number of bytes that arrived.
    """

    def __init__(self, gate: Gate, moved: Callable[[int], None]) -> None:
        self._gate, self._moved = gate, moved
        self._client: Any = None
        self._stopped = False

    def open(self, url: str) -> None:
        """Get ready for addresses like this one."""
        if self._client is None:
            limits = httpx.Limits(max_connections=MOST + 1, max_keepalive_connections=MOST + 1)
            timeout = httpx.Timeout(120.0, connect=10.0, pool=None)
            verify = ssl.create_default_context() if url.startswith("https") else False
            self._client = httpx.Client(limits=limits, timeout=timeout, verify=verify)

    def stop(self) -> None:
        """Let no transfer begin or be repeated any more."""
        self._stopped = True

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def put(
        self,
        signed: SignedPut,
        descriptor: int,
        offset: int,
        size_bytes: int,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        """Send a stretch of an open file.

        Parameters
        ----------
        is_over : callable
            Asked again and again whether it need not be sent any more.

        Raises
        ------
        Changed
            The file is shorter than it was.
        AddressExpired
            The address is of no use any more; ask for another.
        TransferFailed
            The store refuses the bytes, or was away too long.
        """
        patience, refusals = Patience(PATIENCE_S), 0
        while True:
            if is_over():
                raise TransferFailed("It need not be sent any more.")
            with self._gate:
                status, reason = self._once(signed, descriptor, offset, size_bytes, is_over)
            if status < 300 and status:
                self._gate.moved(size_bytes)
                self._moved(size_bytes)
                return
            if status in (403, 404, 410):
                raise AddressExpired(reason)
            if status and status not in PASSING:
                refusals += 1
                if refusals >= REFUSALS:
                    raise TransferFailed(f"The store refuses its bytes: {reason}")
            else:
                self._gate.failed()
            if not patience.wait():
                raise TransferFailed(f"Its bytes did not get through: {reason}")

    def _once(
        self, signed: SignedPut, descriptor: int, offset: int, size_bytes: int, is_over: Callable[[], bool]
    ) -> tuple[int, str]:
        """Try once; status 0 where there was no answer."""
        if self._stopped:
            raise TransferFailed("The upload was stopped.")
        content: bytes | Iterator[bytes]
        if size_bytes <= IN_ONE_PIECE_BYTES:
            content = read_at(descriptor, size_bytes, offset)
            if len(content) != size_bytes:
                raise Changed("It became shorter while it was sent.")
        else:
            content = self._blocks(descriptor, offset, size_bytes, is_over)
        headers = {**signed.headers, "Content-Length": str(size_bytes)}
        try:
            response = self._client.request(signed.method, signed.url, headers=headers, content=content)
        except httpx.TransportError as error:
            return 0, str(error) or type(error).__name__
        if response.status_code < 300:
            return response.status_code, ""
        return response.status_code, error_of(response).detail

    def _blocks(self, descriptor: int, offset: int, size_bytes: int, is_over: Callable[[], bool]) -> Iterator[bytes]:
        end = offset + size_bytes
        while offset < end:
            if self._stopped or is_over():
                raise TransferFailed("The upload was stopped.")
            block = read_at(descriptor, min(BLOCK_BYTES, end - offset), offset)
            if not block:
                raise Changed("It became shorter while it was sent.")
            offset += len(block)
            yield block


if hasattr(os, "pread"):
    read_at: Callable[[int, int, int], bytes] = os.pread
else:
    _seeking = threading.Lock()

    def read_at(descriptor: int, size_bytes: int, offset: int) -> bytes:
        """Read from a place of a file, where the system (Windows) cannot do so in one step."""
        with _seeking:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.read(descriptor, size_bytes)
