"""Ranges of bytes from signed addresses, over connections that are kept open.

As with PUTs, the usual answer is read here, straight into the memory where it stays; any other one by http.client.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from uraniborg.errors import ServiceUnavailable, TransferFailed
from uraniborg.patience import Patience
from uraniborg.upload.put_lines import LONGEST_ANSWER, UNUSUAL, Begun, connect, head_of, target_of, wire_of

__all__ = ["SILENT_S", "AddressRefused", "RangeLines", "is_plain", "request_for"]

KEPT_OPEN = 16
SILENT_S = 40.0  # how long nothing may come over a line, before another one is tried
PASSING = {429, 500, 502, 503, 504}
REFUSED = {400, 401, 403, 404, 410}
PLAIN_RANGE = re.compile(rb"HTTP/1\.1 206 ")
LENGTH = re.compile(rb"\r\ncontent-length: ?(\d+)\r\n", re.IGNORECASE)
PLACE = re.compile(rb"\r\ncontent-range: ?bytes ?(\d+)-(\d+)/", re.IGNORECASE)


class AddressRefused(TransferFailed):
    """The object store does not give anything at this address: it has expired, or what was there is gone."""


class RangeLines:
    """Connections to object stores, taken by whichever thread wants one.

    Parameters
    ----------
    patience_s : float
        How long a range is asked for that does not come. After that it is asked for once and no more, until
        something has come: who reads while the store is away for long is not to wait each time.
    """

    def __init__(self, patience_s: float = 30.0) -> None:
        self.patience_s = patience_s
        self.received_bytes = 0
        self.is_away = False
        self._idle: dict[str, list[http.client.HTTPConnection]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def fetch(self, url: str, start: int, stop: int, into: memoryview | None = None) -> memoryview:
        """Fetch the bytes from `start` up to `stop`, all of them.

        Parameters
        ----------
        into : memoryview, optional
            Where they are to be, of just that length.

        Raises
        ------
        AddressRefused
            The address does not work, or does not any more.
        ServiceUnavailable
            They did not come in time.
        """
        patience = Patience(0 if self.is_away else self.patience_s)
        into = memoryview(bytearray(stop - start)) if into is None else into
        while True:
            try:
                for _ in self.stream(url, start, stop, into):
                    pass
            except ServiceUnavailable:
                if self.is_away or not patience.wait():
                    self.is_away = True
                    raise
            else:
                self.is_away = False
                return into

    def stream(self, url: str, start: int, stop: int, buffer: memoryview) -> Iterator[memoryview]:
        """Fetch bytes once, and give as many at a time as fit into a buffer: each time the same one, filled anew.

        Raises
        ------
        AddressRefused
            The address does not work, or does not any more.
        ServiceUnavailable
            The rest did not come.
        """
        try:
            yield from self._exchange(url, start, stop, buffer)
        except (OSError, http.client.HTTPException) as error:
            why = str(error) or type(error).__name__
            raise ServiceUnavailable(f"The object store does not answer ({why}): try again later.") from error

    def _exchange(self, url: str, start: int, stop: int, buffer: memoryview) -> Iterator[memoryview]:
        """Ask, and read the answer; the line is kept if it can be used again."""
        place, request = request_for(url, start, stop - start)
        line, begun = self._asked(url, place, request)
        wire, stays = line.sock, False
        end = begun.find(b"\r\n\r\n") + 4
        came = len(begun) - end
        try:
            if end >= 4 and is_plain(begun[:end], start, stop) and came <= min(len(buffer), stop - start):
                flags = socket.MSG_WAITALL if wire.gettimeout() is None else 0
                buffer[:came] = memoryview(begun)[end:]
                yield from _filled(buffer, stop - start, lambda into: wire.recv_into(into, 0, flags), came)
                stays = True
            else:
                response = http.client.HTTPResponse(Begun(begun, wire), method="GET")  # type: ignore[arg-type]
                with contextlib.closing(response):
                    response.begin()
                    _check(response, start, stop)
                    yield from _filled(buffer, stop - start, response.readinto)
                    stays = not response.will_close and response.isclosed()
            self.received_bytes += stop - start
        finally:
            if stays:
                self.give(place, line)
            else:
                line.close()

    def _asked(self, url: str, place: str, request: bytes) -> tuple[http.client.HTTPConnection, bytes]:
        """Send a request; returns the line, and what came of the answer at first."""
        line = self.take(place)
        is_used = line is not None
        line = line or connect(urlsplit(url))
        try:
            try:
                return line, _answer_begun(line, request)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if not is_used:
                    raise
                line.close()  # closed at the other end while it was idle: once more on a new one
                return line, _answer_begun(line, request)
        except BaseException:
            line.close()
            raise

    def connected(self, url: str) -> http.client.HTTPConnection:
        """Open a connection to where an address is."""
        line = connect(urlsplit(url))
        _wait_in_the_kernel(wire_of(line))
        return line

    def take(self, place: str) -> http.client.HTTPConnection | None:
        """Take an open connection to a place, if one is idle."""
        with self._lock:
            idle = self._idle.get(place)
            return idle.pop() if idle else None

    def give(self, place: str, line: http.client.HTTPConnection) -> None:
        """Let others use an open connection."""
        with self._lock:
            idle = self._idle.setdefault(place, [])
            if not self._closed and len(idle) < KEPT_OPEN:
                idle.append(line)
                return
        line.close()

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            self._closed = True
            for idle in self._idle.values():
                while idle:
                    idle.pop().close()


def request_for(url: str, start: int, length: int) -> tuple[str, bytes]:
    """Say whom to ask for a range, and how."""
    end = url.find("/", len("https://"))
    place, path = (url[:end], url[end:]) if end > 0 else (url, "/")
    is_proxied, headers = _to_place(place)
    wanted = {**headers, "Range": f"bytes={start}-{start + length - 1}"}
    return place, head_of("GET", url if is_proxied else path, wanted)


@lru_cache(maxsize=64)
def _to_place(place: str) -> tuple[bool, dict[str, str]]:
    """Tell whether requests to a place go by a proxy, and what all of them say."""
    target, headers = target_of(place, urlsplit(place), {})
    return target == place, headers


def is_plain(head: bytes | bytearray, start: int, stop: int) -> bool:
    """Tell whether an answer is the range that was asked for, and nothing about it is unusual."""
    place, length = PLACE.search(head), LENGTH.search(head)
    return bool(
        PLAIN_RANGE.match(head)
        and place
        and length
        and (int(place[1]), int(place[2]), int(length[1])) == (start, stop - 1, stop - start)
        and not UNUSUAL.search(head)
    )


def _wait_in_the_kernel(wire: socket.socket) -> None:
    """Let the kernel keep the time and gather the bytes: a range then comes in one call, and others' threads run."""
    wire.settimeout(SILENT_S)
    if sys.platform == "linux" and not isinstance(wire, ssl.SSLSocket):
        wire.settimeout(None)
        limit = struct.pack("ll", int(SILENT_S), 0)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _answer_begun(line: http.client.HTTPConnection, request: bytes) -> bytes:
    is_new = line.sock is None
    wire = wire_of(line)
    if is_new:
        _wait_in_the_kernel(wire)
    wire.sendall(request)
    begun = wire.recv(LONGEST_ANSWER)
    if not begun:
        raise http.client.RemoteDisconnected("The other end hung up without an answer.")
    return begun


def _check(response: http.client.HTTPResponse, start: int, stop: int) -> None:
    """See whether the body of an answer is what was asked for."""
    if response.status == 206:
        given = (response.getheader("Content-Range") or "").partition("/")[0]
        if given.replace(" ", "") != f"bytes{start}-{stop - 1}":
            raise http.client.HTTPException(f"the store gave {given[:60]!r}")
    elif response.status in REFUSED:
        response.read(LONGEST_ANSWER)
        raise AddressRefused(f"The object store refuses an address ({response.status}).", status=response.status)
    elif response.status != 200 or start or response.length != stop:
        raise http.client.HTTPException(f"status {response.status}")


def _filled(
    buffer: memoryview, length: int, read_into: Callable[[memoryview], int], came: int = 0
) -> Iterator[memoryview]:
    """Fill a buffer, of which so many bytes came already, again and again until all is there."""
    while length:
        into = buffer[:length]
        while came < len(into):
            got = read_into(into[came:])
            if not got:
                raise http.client.IncompleteRead(b"", length - came)
            came += got
        yield into
        length -= len(into)
        came = 0
