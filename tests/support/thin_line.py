"""A thin line between a client and a server, as from a dome: it carries little, takes its time, and breaks.

A proxy on loopback. What all connections send in one direction goes one piece after the other, each connection's in
turn, at the line's rate; it arrives half a round trip later.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections import deque
from collections.abc import Iterator

__all__ = ["ThinLine", "thin_line"]

PIECE_S = 0.01  # of the line's time, for each in turn
READ_BYTES = 64 * 1024  # that wait here, of each connection
LATE_S = 0.002
IDLE_S = 0.1


class ThinLine:
    """The near end of a line.

    Attributes
    ----------
    port : int
        On 127.0.0.1.
    target : tuple
        Host and port of the server; may be told later.
    up, down : Way
        What was carried towards the server, and back.
    breaks_every_s : float or None
        How often all connections over it break; None: never. May be told later.
    breaks : int
        How often it broke.
    """

    def __init__(self, target: tuple[str, int], up: _Way, down: _Way, breaks_every_s: float | None) -> None:
        self.port, self.up, self.down, self.breaks = 0, up, down, 0
        self.target, self.breaks_every_s = target, breaks_every_s
        self._open: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._work, name="thin-line", daemon=True)

    def begin(self) -> None:
        """Carry from now on."""
        self._thread.start()
        self._ready.wait()

    def end(self) -> None:
        """Carry no more."""
        self._loop.call_soon_threadsafe(self._over.cancel)
        self._thread.join()

    def _work(self) -> None:
        self._loop.run_until_complete(self._until_ended())
        self._loop.close()

    async def _until_ended(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await self._run()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _run(self) -> None:
        with socket.socket() as here:
            here.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ_BYTES)  # a line keeps little
            here.bind(("127.0.0.1", 0))
            self.port = here.getsockname()[1]
            server = await asyncio.start_server(self._serve, sock=here, limit=READ_BYTES)
            self._over = asyncio.gather(self.up.run(), self.down.run(), self._break())
            self._ready.set()
            try:
                await self._over
            finally:
                server.close()

    async def _break(self) -> None:
        while True:
            every_s = self.breaks_every_s
            await asyncio.sleep(IDLE_S if every_s is None else every_s)
            if every_s is None:
                continue
            self.breaks += 1
            for writer in list(self._open):
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        both = {writer}
        try:
            await asyncio.sleep(2 * self.up.delay_s)  # the handshake
            there_reader, there = await asyncio.open_connection(*self.target, limit=READ_BYTES)
            both.add(there)
            self._open |= both
            await asyncio.gather(_carry(reader, there, self.up), _carry(there_reader, writer, self.down))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._open -= both
            for each in both:
                each.transport.abort()


class _Flow:
    """What one connection sends in one direction."""

    def __init__(self, to: asyncio.StreamWriter) -> None:
        self.to, self.data, self.empty = to, b"", asyncio.Event()


class _Way:
    """One direction of a line."""

    def __init__(self, bytes_per_s: float, delay_s: float) -> None:
        self.carried_bytes = 0
        self.delay_s = delay_s
        self._rate = bytes_per_s
        self._waiting: deque[_Flow] = deque()
        self._some = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        piece_bytes = max(int(self._rate * PIECE_S), 1)
        free_at = loop.time()
        while True:
            if not self._waiting:
                self._some.clear()
                await self._some.wait()
            free_at = max(free_at, loop.time())
            flow = self._waiting.popleft()
            piece, flow.data = flow.data[:piece_bytes], flow.data[piece_bytes:]
            free_at += len(piece) / self._rate
            if free_at - loop.time() > LATE_S:
                await asyncio.sleep(free_at - loop.time())
            self.carried_bytes += len(piece)
            loop.call_later(self.delay_s, _write, flow.to, piece)
            if flow.data:
                self._waiting.append(flow)
            else:
                flow.empty.set()

    async def send(self, flow: _Flow, data: bytes) -> None:
        flow.data = data
        flow.empty.clear()
        self._waiting.append(flow)
        self._some.set()
        await flow.empty.wait()


def _write(to: asyncio.StreamWriter, piece: bytes) -> None:
    if not to.transport.is_closing():
        to.write(piece)


async def _carry(reader: asyncio.StreamReader, to: asyncio.StreamWriter, way: _Way) -> None:
    flow = _Flow(to)
    with contextlib.suppress(OSError):
        while data := await reader.read(READ_BYTES):
            await way.send(flow, data)
        await asyncio.sleep(way.delay_s)
        to.write_eof()


@contextlib.contextmanager
def thin_line(
    target: tuple[str, int],
    *,
    up_bytes_per_s: float,
    down_bytes_per_s: float,
    round_trip_s: float,
    breaks_every_s: float | None = None,
) -> Iterator[ThinLine]:
    """Have a thin line to a server.

    Parameters
    ----------
    breaks_every_s : float, optional
        How often all connections over it break.
    """
    ways = (_Way(rate, round_trip_s / 2) for rate in (up_bytes_per_s, down_bytes_per_s))
    line = ThinLine(target, *ways, breaks_every_s)
    line.begin()
    try:
        yield line
    finally:
        line.end()
