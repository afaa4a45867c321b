"""A line between client and service that a test can count on, hold, cut and spoil."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["MeddlingProxy", "meddling_proxy"]

BLOCK_BYTES = 64 * 1024
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "proxy-authorization"}


class _Quiet(ThreadingHTTPServer):
    """Broken connections are what this is for: they are not worth a word."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class MeddlingProxy:
    """Forwards requests to ``target`` and keeps a list of them.

    Attributes
    ----------
    target : tuple of str and int
        Where the service is; set once it runs.
    requests : list of (str, str, dict)
        Method, path and headers of each request that came in.
    forwarded : list of (str, str)
        Those that the service has answered.
    downloaded_bytes : int
        What was passed on of downloads.
    """

    def __init__(self) -> None:
        self.target = ("127.0.0.1", 0)
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.forwarded: list[tuple[str, str]] = []
        self.lock = threading.Lock()
        self._let_puts_through: int | None = None
        self._dropped = threading.Event()
        self._cut_after: int | None = None
        self._hold_after: int | None = None
        self._spoil = 0
        self._bytes_per_s: float | None = None
        self._downloads_per_s: float | None = None
        self._slow: tuple[str, float] | None = None
        self.downloaded_bytes = 0
        self._refuse: list[tuple[str, str, int]] = []
        self._server = _Quiet(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.drop()
        self._server.shutdown()
        self._server.server_close()

    def forget(self) -> None:
        """Begin to count anew, and meddle no more."""
        self.requests.clear()
        self.forwarded.clear()
        self._let_puts_through = self._cut_after = self._hold_after = self._bytes_per_s = None
        self._downloads_per_s, self.downloaded_bytes = None, 0
        self._spoil, self._slow = 0, None
        self._refuse.clear()
        self._dropped = threading.Event()

    def hold_puts_after(self, count: int) -> None:
        """Pass so many PUTs on; later ones wait, and are dropped by `drop`."""
        self._let_puts_through = count

    def slow_puts(self, bytes_per_s: float) -> None:
        """Take each PUT's bytes no faster than this."""
        self._bytes_per_s = bytes_per_s

    def slow_answers(self, part_of_path: str, seconds: float) -> None:
        """Let some requests wait for so long before they are passed on."""
        self._slow = (part_of_path, seconds)

    def slow_downloads(self, bytes_per_s: float) -> None:
        """Give the bytes of each download no faster than this."""
        self._downloads_per_s = bytes_per_s

    def hold_downloads_after(self, size_bytes: int) -> None:
        """Pass so many bytes of a download on, then wait for `drop`."""
        self._hold_after = size_bytes

    def cut_download_after(self, size_bytes: int) -> None:
        """Break the connection of the next download behind so many bytes."""
        self._cut_after = size_bytes

    def spoil_downloads(self, count: int) -> None:
        """Change a byte in the next downloads."""
        self._spoil = count

    def refuse(self, method: str, part_of_path: str, status: int, times: int = 1) -> None:
        """Answer the next such requests with a status, without passing them on."""
        self._refuse += [(method, part_of_path, status)] * times

    def drop(self) -> None:
        """Break the connections that are held."""
        self._dropped.set()

    def count(self, method: str, part_of_path: str = "") -> int:
        """Count the requests that were passed on whole."""
        return sum(m == method and part_of_path in path for m, path in self.forwarded)

    def is_held(self) -> bool:
        """Decide whether this PUT has to wait."""
        with self.lock:
            if self._let_puts_through is None:
                return False
            self._let_puts_through -= 1
            return self._let_puts_through < 0

    def refused(self, method: str, path: str) -> int | None:
        with self.lock:
            for index, (wanted, part, status) in enumerate(self._refuse):
                if wanted == method and part in path:
                    del self._refuse[index]
                    return status
        return None

    def take_cut(self) -> int | None:
        with self.lock:
            cut, self._cut_after = self._cut_after, None
            return cut

    def take_spoiling(self) -> bool:
        with self.lock:
            self._spoil -= 1
            return self._spoil >= 0


def _handler(proxy: MeddlingProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

        def setup(self) -> None:
            super().setup()
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.upstream = http.client.HTTPConnection(*proxy.target, timeout=60)

        def finish(self) -> None:
            self.upstream.close()
            super().finish()

        def forward(self) -> None:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            proxy.requests.append((self.command, self.path, dict(self.headers.items())))
            if (status := proxy.refused(self.command, self.path)) is not None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if self.command == "PUT" and proxy.is_held():
                proxy._dropped.wait(60)
                self.close_connection = True
                return
            body = self.take_body() or None
            if (slow := proxy._slow) and slow[0] in self.path:
                time.sleep(slow[1])
            self.upstream.request(self.command, self.path, body=body, headers=headers)
            response = self.upstream.getresponse()
            proxy.forwarded.append((self.command, self.path))  # before whoever counts them can know of the answer
            self.send_response(response.status)
            for name, value in response.getheaders():
                if name.lower() not in HOP_BY_HOP | {"date", "server"}:
                    self.send_header(name, value)
            if response.chunked:  # it has no length: where it ends, the connection does
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command == "HEAD" or response.status in (204, 304):
                response.read()
            else:
                self.pass_on(response)

        def take_body(self) -> bytes:
            size_bytes = int(self.headers.get("Content-Length", 0))
            if self.command != "PUT" or proxy._bytes_per_s is None:
                return self.rfile.read(size_bytes)
            blocks = []
            while size_bytes and (block := self.rfile.read(min(BLOCK_BYTES, size_bytes))):
                blocks.append(block)
                size_bytes -= len(block)
                time.sleep(len(block) / proxy._bytes_per_s)
            return b"".join(blocks)

        def pass_on(self, response: http.client.HTTPResponse) -> None:
            is_download = self.command == "GET" and ("/objects/" in self.path or self.path.endswith("/zip"))
            cut = proxy.take_cut() if is_download and proxy._cut_after is not None else None
            spoil = is_download and proxy._spoil > 0 and proxy.take_spoiling()
            passed = 0
            while block := response.read(BLOCK_BYTES):
                if spoil and passed == 0:
                    block = bytes([block[0] ^ 1]) + block[1:]
                if cut is not None and passed + len(block) > cut:
                    self.wfile.write(block[: cut - passed])
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                self.wfile.write(block)
                passed += len(block)
                proxy.downloaded_bytes += len(block) if is_download else 0
                if is_download and proxy._downloads_per_s is not None:
                    time.sleep(len(block) / proxy._downloads_per_s)
                if is_download and proxy._hold_after is not None and passed >= proxy._hold_after:
                    self.wfile.flush()
                    proxy._dropped.wait(60)
                    self.close_connection = True
                    return

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = forward

    return Handler


@contextmanager
def meddling_proxy() -> Iterator[MeddlingProxy]:
    """Run a proxy as long as the block lasts."""
    proxy = MeddlingProxy()
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
