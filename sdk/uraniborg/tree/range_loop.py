"""Ranges that come without a thread for each: one loop watches all lines, and whatever else its owner has to watch.

Only what goes as usual is done here, over lines that are not encrypted; they are opened by threads. Whoever wants a
range is told if it was not to be had so, and asks `RangeLines` then, which waits and tries again.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import select
import socket
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from uraniborg.tree.ranges import SILENT_S, RangeLines, is_plain, request_for
from uraniborg.upload.put_lines import LONGEST_ANSWER

__all__ = ["Part", "RangeLoop"]

LINES = 16
LONGEST_HEAD = 8 * 1024  # of an answer that is as usual
LOOKS_S = 5.0  # how often somebody looks whether a line has gone silent


Part = tuple[memoryview, Callable[[bool], None]]
"""Where consecutive bytes go, and what is told then: whether they have come."""


@dataclass(slots=True)
class _Flight:
    """A range on its way."""

    url: str
    place: str
    request: bytes
    start: int
    stop: int
    parts: deque[Part]  # that are not full yet
    line: http.client.HTTPConnection | None = None
    head: bytearray = field(default_factory=bytearray)
    at: int = -1  # bytes of the first of these parts that have come; -1: the answer's head has not yet
    heard_at: float = 0.0
    descriptor: int = -1
    has_landed: bool = False


class RangeLoop:
    """The lines on which something is awaited. `turn` is called by one thread, again and again; all else by any."""

    def __init__(self, lines: RangeLines) -> None:
        self._lines = lines
        self._connecting = ThreadPoolExecutor(2, thread_name_prefix="uraniborg-connect")
        self._under_way = 0
        self._poll = select.epoll()
        self._flights: dict[int, _Flight] = {}
        self._waiting: deque[_Flight] = deque()
        self._others: dict[int, Callable[[], None]] = {}
        self._lock = threading.Lock()
        self._scratch = memoryview(bytearray(LONGEST_ANSWER))
        self._looked_at = 0.0
        self._closed = False
        self._called: deque[Callable[[], None]] = deque()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.watch(self._bell, self._answer_bell)

    def call(self, work: Callable[[], None]) -> bool:
        """Have something done by the thread that calls `turn`, soon; False if there is none any more."""
        with self._lock:
            if not self._closed:
                self._called.append(work)
                os.eventfd_write(self._bell, 1)
            return not self._closed

    def _answer_bell(self) -> None:
        os.eventfd_read(self._bell)
        self._do_what_was_called()

    def _do_what_was_called(self) -> None:
        while self._called:
            try:
                self._called.popleft()()
            except Exception:  # of one of them: what else is under way goes on
                traceback.print_exc()

    def watch(self, descriptor: int, ready: Callable[[], None]) -> None:
        """Call something whenever there is something to read at a descriptor."""
        self._others[descriptor] = ready
        self._poll.register(descriptor, select.EPOLLIN)

    def start(self, url: str, start: int, parts: Iterable[Part], *, is_urgent: bool) -> bool:
        """Let bytes come from `start` on by one request, until all parts are full; False if a thread has to see to it.

        Parameters
        ----------
        parts : iterable
            Each is told of as soon as it is full, while others still come, by the thread that calls `turn` or by this
            one. Where the rest does not come, each that is left is told so.
        is_urgent : bool
            Somebody waits for it.
        """
        if not url.startswith("http:"):
            return False
        left = deque(parts)
        stop = start + sum(len(into) for into, _ in left)
        place, request = request_for(url, start, stop - start)
        flight = _Flight(url, place, request, start, stop, left)
        with self._lock:
            if self._closed:
                return False
            if self._under_way >= LINES:
                (self._waiting.appendleft if is_urgent else self._waiting.append)(flight)
                return True
            self._under_way += 1
        self._begin(flight)
        return True

    def _begin(self, flight: _Flight) -> None:
        """Send a request, over a line that is opened first where none is idle."""
        flight.line = self._lines.take(flight.place)
        if flight.line is not None:
            self._send(flight)
            return
        try:
            self._connecting.submit(self._connect, flight)
        except RuntimeError:  # no thread is to be had, or none any more
            self._land(flight, came=False)

    def _connect(self, flight: _Flight) -> None:
        try:
            if self._closed:
                raise OSError("Nobody waits for it any more.")
            flight.line = self._lines.connected(flight.url)
        except Exception:  # whatever is wrong with an address, `RangeLines` tells
            self._land(flight, came=False)
        else:
            self._send(flight)

    def turn(self) -> None:
        """Wait until something has come, and see to it."""
        for descriptor, _ in self._poll.poll(LOOKS_S):
            other = self._others.get(descriptor)
            if other is not None:
                other()
            elif (flight := self._flights.get(descriptor)) is not None:
                try:
                    is_whole = self._receive(flight)
                except (OSError, http.client.HTTPException):
                    self._land(flight, came=False)
                else:
                    if is_whole:
                        self._land(flight, came=True)
        now = time.monotonic()
        if now - self._looked_at > LOOKS_S:
            self._looked_at = now
            for flight in list(self._flights.values()):
                if now - flight.heard_at > SILENT_S:
                    self._land(flight, came=False)

    def close(self) -> None:
        """Hang up, and tell whoever waits that nothing comes; by the thread that called `turn`, or when none does."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, deque()
        self._connecting.shutdown(wait=False)
        self._do_what_was_called()
        for flight in list(self._flights.values()):
            self._land(flight, came=False)
        for flight in waiting:
            for _, done in flight.parts:
                done(False)
        self._poll.close()
        os.close(self._bell)

    def _send(self, flight: _Flight) -> None:
        assert flight.line is not None
        wire: socket.socket = flight.line.sock
        flight.heard_at = time.monotonic()
        flight.descriptor = wire.fileno()
        self._flights[flight.descriptor] = flight
        try:
            wire.sendall(flight.request)
            self._poll.register(wire, select.EPOLLIN)
            if self._closed:
                raise OSError("Nobody waits for it any more.")
        except (OSError, ValueError):
            self._land(flight, came=False)

    def _receive(self, flight: _Flight) -> bool:
        """Read what has come; tells whether that was all.

        Raises
        ------
        OSError, http.client.HTTPException
            The other end hung up, or says something unusual.
        """
        assert flight.line is not None
        wire = flight.line.sock
        flight.heard_at = time.monotonic()
        if flight.at >= 0:
            got = wire.recv_into(flight.parts[0][0][flight.at :], 0, socket.MSG_DONTWAIT)
            flight.at += got
            self._hand_on(flight)
        else:
            begun = len(flight.head)
            got = wire.recv_into(self._scratch, 0, socket.MSG_DONTWAIT)
            flight.head += self._scratch[: min(got, LONGEST_HEAD - begun)]
            if (end := flight.head.find(b"\r\n\r\n") + 4) >= 4:
                body = self._scratch[end - begun : got]
                whole = flight.stop - flight.start
                if len(body) > whole or not is_plain(flight.head[:end], flight.start, flight.stop):
                    raise http.client.HTTPException
                flight.at = 0
                while body:
                    into = flight.parts[0][0][flight.at :]
                    count = min(len(into), len(body))
                    into[:count] = body[:count]
                    flight.at, body = flight.at + count, body[count:]
                    self._hand_on(flight)
            elif len(flight.head) == LONGEST_HEAD:
                raise http.client.HTTPException
        if not got:
            raise http.client.RemoteDisconnected("The other end hung up without an answer.")
        return not flight.parts

    def _hand_on(self, flight: _Flight) -> None:
        """Tell of the part that is being filled, if it is full."""
        into, done = flight.parts[0]
        if flight.at == len(into):
            flight.parts.popleft()
            flight.at = 0
            self._lines.received_bytes += len(into)
            done(True)

    def _land(self, flight: _Flight, *, came: bool) -> None:
        """Tell who waits, and let the next one begin."""
        with self._lock:
            if flight.has_landed:
                return
            flight.has_landed = True
        if flight.line is not None:
            if self._flights.get(flight.descriptor) is flight:
                del self._flights[flight.descriptor]
                with contextlib.suppress(OSError, ValueError):
                    self._poll.unregister(flight.descriptor)
            if came:
                self._lines.is_away = False
                self._lines.give(flight.place, flight.line)
            else:
                flight.line.close()
        with self._lock:
            following = self._waiting.popleft() if self._waiting else None
            if following is None:
                self._under_way -= 1
        for _, done in flight.parts:
            done(False)
        if following is not None:
            self._begin(following)
