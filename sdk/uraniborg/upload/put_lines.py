"""Kept-alive connections for PUTs to signed addresses, one a thread.

By http.client: of a small file httpx would take more processor time than everything else of its upload together.
"""

from __future__ import annotations

import base64
import http.client
import ssl
import threading
import urllib.request
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

__all__ = ["PutLines"]

CONNECT_S, ANSWER_S = 10.0, 120.0
LONGEST_ANSWER = 64 * 1024  # bytes; a refusal says less
Content = bytes | Iterable[bytes]
PORTS = {"http": 80, "https": 443}


class PutLines:
    """Connections to stores, by thread and host."""

    def __init__(self) -> None:
        self._own = threading.local()
        self._all: list[http.client.HTTPConnection] = []

    def put(
        self, method: str, url: str, headers: dict[str, str], content: bytes | Iterable[bytes]
    ) -> tuple[int, bytes]:
        """Send one request; returns the status and the beginning of the answer.

        Raises
        ------
        OSError, http.client.HTTPException
            The line failed. What `content` raises comes through as well, and spoils the connection.
        """
        address = urlsplit(url)
        lines: dict[str, http.client.HTTPConnection] = self._own.__dict__.setdefault("lines", {})
        place = f"{address.scheme}://{address.netloc}"
        line = lines.get(place)
        is_used = line is not None and line.sock is not None
        if line is None:
            line = lines[place] = _connect(address)
            self._all.append(line)
        target = _target(address)
        if address.scheme == "http" and (proxy := _proxy("http", address.hostname or "")):
            target, headers = url, headers | proxy[2]
        try:
            return _exchange(line, method, target, headers, content)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            line.close()
            if not is_used or not isinstance(content, bytes):
                raise
            # An idle connection may have been closed at the other end: that is no failure of the store.
            return _exchange(line, method, target, headers, content)
        except BaseException:
            line.close()
            raise

    def close(self) -> None:
        """Close all connections."""
        for line in self._all:
            line.close()


def _exchange(
    line: http.client.HTTPConnection,
    method: str,
    target: str,
    headers: dict[str, str],
    content: bytes | Iterable[bytes],
) -> tuple[int, bytes]:
    if line.sock is None:
        line.timeout = CONNECT_S
        line.connect()
        line.sock.settimeout(ANSWER_S)  # type: ignore[attr-defined]  # it is connected by now
    try:
        line.request(method, target, body=content, headers=headers)
    except (BrokenPipeError, ConnectionResetError):
        # Who refuses a body says why and hangs up before all of it has come.
        try:
            response = line.getresponse()
        except (OSError, http.client.HTTPException):
            pass
        else:
            if response.status >= 400:
                said = response.read(LONGEST_ANSWER)
                line.close()
                return response.status, said
        raise
    response = line.getresponse()
    said = response.read(LONGEST_ANSWER)
    if not response.isclosed():
        line.close()
    return response.status, said


def _target(address: SplitResult) -> str:
    return (address.path or "/") + (f"?{address.query}" if address.query else "")


def _connect(address: SplitResult) -> http.client.HTTPConnection:
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
