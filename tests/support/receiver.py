"""Servers of others to which messages are sent, on real sockets in this process."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

__all__ = ["Heard", "Receiver", "receiver"]

Streams = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Heard(msgspec.Struct):
    """A request as it came in: its first line, headers in lower case, body, and the name that TLS asked for."""

    line: str
    headers: dict[str, str]
    body: bytes
    sni: str | None = None

    @property
    def json(self) -> dict[str, object]:
        document: dict[str, object] = msgspec.json.decode(self.body)
        return document


class Receiver:
    """What it heard, and what it answers: the given statuses one after the other, then 204."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.statuses: list[int] = []
        self.headers = ""
        self.reply = b""
        self.delay_s = 0.0
        self.answer: Streams | None = None
        self.port = 0
        self.at_once = 0
        self.most_at_once = 0
        self.sni: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=b"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rest = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rest)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.heard.append(Heard(line, headers, body, self.sni))
            if self.answer is not None:
                await self.answer(reader, writer)
                return
            await asyncio.sleep(self.delay_s)
            status = self.statuses.pop(0) if self.statuses else 204
            writer.write(
                f"HTTP/1.1 {status} Said\r\ncontent-length: {len(self.reply)}\r\n{self.headers}\r\n".encode()
                + self.reply
            )
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()


@contextlib.asynccontextmanager
async def receiver(
    *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Listen as a receiver."""
    there = Receiver()
    if tls is not None:

        def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
            there.sni = name

        tls.sni_callback = note  # type: ignore[assignment]
    server = await asyncio.start_server(there._serve, host, port, ssl=tls)
    there.port = server.sockets[0].getsockname()[1]
    try:
        yield there
    finally:
        server.close()
