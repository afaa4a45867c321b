"""Kept-alive connections for PUTs to signed addresses, one a thread.

Connected by http.client, which knows proxies and TLS; but a request and the usual answer to it, which says nothing
but yes, are written and read here: of a small file http.client would take as much time as its checksum.
"""

from __future__ import annotations

import base64
import http.client
import io
import re
import select
import socket
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from uraniborg.upload.stretch import Stretch

__all__ = [
    "ANSWER_S",
    "LONGEST_ANSWER",
    "UNUSUAL",
    "Begun",
    "Body",
    "NotConnected",
    "PutLines",
    "connect",
    "head_of",
    "target_of",
    "wire_of",
]

CONNECT_S, ANSWER_S = 10.0, 120.0
LONGEST_ANSWER = 64 * 1024  # bytes; a refusal says less
PORTS = {"http": 80, "https": 443}
NO_TARGET = re.compile(r"[\x00-\x20\x7f]")
# An answer that can be taken as it is; any other one is read by http.client.
PLAIN_YES = re.compile(rb"HTTP/1\.1 (2\d\d) ")
EMPTY = re.compile(rb"\r\ncontent-length: ?0\r\n", re.IGNORECASE)
UNUSUAL = re.compile(rb"\r\n(connection:(?! ?keep-alive\r)|transfer-encoding:)", re.IGNORECASE)


Body = bytes | list[bytes] | Iterator[bytes] | Stretch
"""What is sent, or what it consists of; of the last two only what has been sent is taken."""


class NotConnected(OSError):
    """Nobody was there; nothing was sent."""


class PutLines:
    """Connections to stores, by thread and host."""

    def __init__(self) -> None:
        self._own = threading.local()
        self._all: list[http.client.HTTPConnection] = []

    def put(self, method: str, url: str, headers: dict[str, str], content: Body) -> tuple[int, bytes]:
        """Send one request; returns the status and the beginning of the answer.

        Parameters
        ----------
        content : bytes, list of bytes, iterator of bytes or Stretch
            The body.

        Raises
        ------
        NotConnected
            There is no line.
        OSError, http.client.HTTPException
            The line failed. What `content` raises comes through as well, and spoils the connection.
        """
        line, target, headers = self._towards(url, headers)
        if line.sock is not None and _has_more(line.sock):  # closed at the other end while it was idle, as a rule
            line.close()
        is_used = line.sock is not None
        try:
            wire_of(line)
        except OSError as error:
            line.close()
            raise NotConnected(*error.args) from error
        try:
            return _exchange(line, method, target, headers, content)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            line.close()
            if not is_used or not isinstance(content, bytes | list):
                raise
        except BaseException:
            line.close()
            raise
        # An idle connection may have been closed at the other end: that is no failure of the store.
        try:
            return _exchange(line, method, target, headers, content)
        except BaseException:
            line.close()
            raise

    def _towards(self, url: str, headers: dict[str, str]) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
        """Find this thread's connection for an address, and how to say the address and headers on it."""
        address = urlsplit(url)
        lines: dict[str, http.client.HTTPConnection] = self._own.__dict__.setdefault("lines", {})
        place = f"{address.scheme}://{address.netloc}"
        line = lines.get(place)
        if line is None:
            line = lines[place] = connect(address)
            self._all.append(line)
        return line, *target_of(url, address, headers)

    def close(self) -> None:
        """Close all connections."""
        for line in self._all:
            line.close()


def _exchange(
    line: http.client.HTTPConnection,
    method: str,
    target: str,
    headers: dict[str, str],
    content: Body,
) -> tuple[int, bytes]:
    wire = wire_of(line)
    try:
        _send(wire, head_of(method, target, headers), content)
    except (BrokenPipeError, ConnectionResetError):
        # Who refuses a body says why and hangs up before all of it has come.
        try:
            status, said = _answer(line, method)
        except (OSError, http.client.HTTPException):
            pass
        else:
            if status >= 400:
                line.close()
                return status, said
        raise
    return _answer(line, method)


def _has_more(wire: socket.socket) -> bool:
    """Tell whether there is anything to read, of which nobody knows, or the end."""
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([wire], [], [], 0)[0])
    poll = select.poll()
    poll.register(wire, select.POLLIN)
    return bool(poll.poll(0))


def wire_of(line: http.client.HTTPConnection) -> socket.socket:
    """Give a line's socket, connected."""
    if line.sock is None:
        line.timeout = CONNECT_S
        line.connect()
        line.sock.settimeout(ANSWER_S)  # type: ignore[attr-defined]  # it is connected by now
    wire: socket.socket = line.sock
    return wire


def head_of(method: str, target: str, headers: dict[str, str]) -> bytes:
    """Write a request's head: what was signed, where to, and nothing else."""
    lines = [f"{method} {target} HTTP/1.1", *[f"{name}: {value}" for name, value in headers.items()], "", ""]
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1 or NO_TARGET.search(target):
        raise http.client.InvalidURL("An address or header of the service has control characters.")
    return head.encode("latin-1")


def _send(wire: socket.socket, head: bytes, content: Body) -> None:
    if isinstance(content, Stretch):
        wire.sendall(head)
        content.send(wire)
        return
    if not isinstance(content, bytes | list):
        wire.sendall(head)
        for block in content:
            wire.sendall(block)
        return
    pieces = [head, content] if isinstance(content, bytes) else [head, *content]
    if isinstance(wire, ssl.SSLSocket) or not hasattr(wire, "sendmsg"):
        wire.sendall(b"".join(pieces))
        return
    # In one go: the other end then has all of it when it looks. Put together first, it would be copied once more.
    left = [memoryview(piece) for piece in pieces]
    while left:
        sent = wire.sendmsg(left)
        while left and sent >= len(left[0]):
            sent -= len(left.pop(0))
        if sent:
            left[0] = left[0][sent:]


def _answer(line: http.client.HTTPConnection, method: str) -> tuple[int, bytes]:
    """Read the answer; the line is closed behind one that ends it."""
    begun = line.sock.recv(LONGEST_ANSWER)
    status = _plain_yes(begun) if begun.find(b"\r\n\r\n") == len(begun) - 4 else None
    if status is not None:
        return status, b""
    if not begun:
        raise http.client.RemoteDisconnected("The other end hung up without an answer.")
    response = http.client.HTTPResponse(Begun(begun, line.sock), method=method)  # type: ignore[arg-type]
    try:
        response.begin()
        said = response.read(LONGEST_ANSWER)
        if response.will_close or not response.isclosed():
            line.close()
        return response.status, said
    finally:
        response.close()


def _plain_yes(head: bytes) -> int | None:
    """Read the status of an answer that says nothing but yes and keeps the line; None for any other one."""
    plain = PLAIN_YES.match(head)
    return int(plain[1]) if plain and EMPTY.search(head) and not UNUSUAL.search(head) else None


class Begun(io.RawIOBase):
    """A socket of which some bytes were read already, as `http.client.HTTPResponse` wants to have it."""

    def __init__(self, begun: bytes, wire: socket.socket) -> None:
        self._begun, self._wire = begun, wire

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._begun:
            return self._wire.recv_into(buffer)
        taken = self._begun[: len(buffer)]
        self._begun = self._begun[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def target_of(url: str, address: SplitResult, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Say an address and headers as its connection wants to have them."""
    headers = _addressed(address, headers)
    if address.scheme == "http" and (proxy := _proxy("http", address.hostname or "")):
        return url, headers | proxy[2]
    return (address.path or "/") + (f"?{address.query}" if address.query else ""), headers


def _addressed(address: SplitResult, headers: dict[str, str]) -> dict[str, str]:
    """Say which host is meant, and that the answer shall come as it is."""
    if any(name.lower() == "host" for name in headers):
        return {"Accept-Encoding": "identity", **headers}
    host = address.netloc.rpartition("@")[2].removesuffix(f":{PORTS[address.scheme]}")
    host = host if host.isascii() else host.encode("idna").decode()
    return {"Host": host, "Accept-Encoding": "identity", **headers}


def connect(address: SplitResult) -> http.client.HTTPConnection:
    """Make a connection towards an address, through the proxy that the environment names; it is not opened yet."""
    host, port = address.hostname or "", address.port or PORTS[address.scheme]
    proxy = _proxy(address.scheme, host)
    if address.scheme == "https":
        secure = http.client.HTTPSConnection
        line = secure(*(proxy[:2] if proxy else (host, port)), context=_trust())
        if proxy:
            line.set_tunnel(host, port, headers=proxy[2])
        return line
    return http.client.HTTPConnection(*(proxy[:2] if proxy else (host, port)), blocksize=1024**2)


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


@lru_cache(maxsize=64)
def _proxy(scheme: str, host: str) -> tuple[str, int, dict[str, str]] | None:
    """Find the proxy that the environment (or the system) names for a host: its address, and what it wants to see."""
    named = urllib.request.getproxies().get(scheme)
    if not named or urllib.request.proxy_bypass(host):
        return None
    proxy = urlsplit(named if "://" in named else f"http://{named}")
    headers = {}
    if proxy.username:
        secret = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
    return proxy.hostname or "", proxy.port or PORTS.get(proxy.scheme, 80), headers
