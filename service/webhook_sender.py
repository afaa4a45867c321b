"""One message to one address outside: signed, to a checked address and no other, once, and not for long."""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpcore
import msgspec

from domain.public_address import is_public
from domain.webhook import Target, signature
from service.openapi import VERSION

__all__ = ["Attempt", "Message", "WebhookSender", "resolve_host"]

TOTAL_S = 10.0
CONNECT_S = 5.0
REPLY_BYTES = 4096
SHOWN_CHARACTERS = 1000

Resolve = Callable[[str, int], Awaitable[list[str]]]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent. ``id`` is the same however often it is: a receiver knows a repetition by it."""

    id: str
    body: bytes


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it. ``status`` and ``reply`` (its first characters) are the receiver's, ``error`` is ours."""

    delivered: bool
    status: int | None
    error: str | None
    reply: str
    duration_ms: int


# Threads of their own: a name server that does not answer holds up no passwords and no files.
_names = ThreadPoolExecutor(32, thread_name_prefix="names")


class _Refused(Exception):
    """The address is not one to which anything is sent."""


async def resolve_host(host: str, port: int) -> list[str]:
    """Ask the system for a host's addresses."""
    look_up = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_names, look_up)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that were checked, whatever the name resolves to by now."""

    def __init__(self, addresses: list[str]) -> None:
        self._addresses = addresses
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (the interface has it)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        problem: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                return await self._network.connect_tcp(address, port, timeout=timeout, socket_options=socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class WebhookSender:
    """Sends messages to addresses that organisations chose, and that must not lead into our own network.

    Parameters
    ----------
    private : bool
        Whether addresses inside a network are allowed: for tests, and services that have none but those around them.
    resolve : callable
        Gives the addresses of a host; each of them is checked, and one of them is connected to.
    tls : ssl.SSLContext, optional
        Whose certificates are trusted; the system's authorities where it is left out.
    total_s : float
        How long one message may take, from asking for the name to the end of the answer.
    """

    def __init__(
        self,
        *,
        private: bool = False,
        resolve: Resolve = resolve_host,
        tls: ssl.SSLContext | None = None,
        total_s: float = TOTAL_S,
    ) -> None:
        self._private, self._resolve = private, resolve
        self._tls, self._total_s = tls, total_s

    async def send(self, target: Target, message: Message, secrets: list[bytes]) -> Attempt:
        """Send a message once; whatever happens is told in what is returned."""
        started = time.monotonic()
        status, reply, problem = None, "", None
        try:
            async with asyncio.timeout(self._total_s):
                addresses = await self._addresses(target)
                status, reply = await self._post(target, addresses, message, secrets)
        except _Refused as refused:
            problem = str(refused)
        except TimeoutError:
            problem = f"No whole answer within {self._total_s:g} s."
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            problem = f"{_WORDS.get(type(error), 'The connection failed')}: {str(error)[:300] or type(error).__name__}"
        if status is not None and 300 <= status < 400:
            problem = "It answers with a redirect, and none is followed: register the address it leads to."
        return Attempt(
            delivered=status is not None and 200 <= status < 300,
            status=status,
            error=problem,
            reply=reply,
            duration_ms=round((time.monotonic() - started) * 1000),
        )

    async def _addresses(self, target: Target) -> list[str]:
        """Resolve a host; refuse it where any of its addresses lies inside a network."""
        try:
            addresses = await self._resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise _Refused("The host's name does not resolve.") from error
        if not addresses:
            raise _Refused("The host's name does not resolve.")
        if not self._private and not all(is_public(address) for address in addresses):
            raise _Refused("The host's name resolves to an address that is not on the public internet.")
        return addresses[:4]

    async def _post(
        self, target: Target, addresses: list[str], message: Message, secrets: list[bytes]
    ) -> tuple[int, str]:
        timestamp = int(time.time())
        shown = f"[{target.host}]" if ":" in target.host else target.host
        usual = 443 if target.scheme == "https" else 80
        headers = {
            "Host": shown if target.port == usual else f"{shown}:{target.port}",
            "User-Agent": f"Uraniborg-Webhook/{VERSION}",
            "Content-Type": "application/json",
            "Content-Length": str(len(message.body)),
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secrets, message.id, timestamp, message.body),
        }
        url = httpcore.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
        )
        timeouts = {"connect": CONNECT_S, "read": TOTAL_S, "write": TOTAL_S, "pool": TOTAL_S}
        async with (
            httpcore.AsyncConnectionPool(
                ssl_context=self._tls or ssl.create_default_context(), network_backend=_Pinned(addresses), http2=False
            ) as pool,
            pool.stream(
                "POST", url, headers=list(headers.items()), content=message.body, extensions={"timeout": timeouts}
            ) as response,
        ):
            heard = b""
            async for block in response.aiter_stream():
                heard += block
                if len(heard) >= REPLY_BYTES:
                    break
            text = heard[:REPLY_BYTES].decode(errors="replace")
            return response.status, "".join(c if c.isprintable() or c == "\n" else " " for c in text)[:SHOWN_CHARACTERS]


_WORDS: dict[type[Exception], str] = {
    httpcore.ConnectError: "It cannot be connected to",
    httpcore.ConnectTimeout: "It cannot be connected to in time",
    httpcore.ReadTimeout: "It does not answer in time",
    httpcore.RemoteProtocolError: "Its answer is not HTTP",
}
