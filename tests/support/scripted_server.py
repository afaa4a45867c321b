"""A server that answers as it is told, whatever it is asked."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Answer", "scripted"]

Answer = tuple[int, dict[str, str], bytes]
"""Status (0: hang up instead), headers, body."""


@contextmanager
def scripted(*answers: Answer) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Serve these answers one after the other, the last one for ever; gives the address and what was asked."""
    asked: list[dict[str, str]] = []
    left = list(answers)

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append({name.lower(): value for name, value in self.headers.items()} | {"path": self.path})
            status, headers, body = left.pop(0) if len(left) > 1 else left[0]
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            sent = {"Content-Type": "application/json", "Content-Length": str(len(body))} | headers
            for name, value in sent.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PATCH = do_PUT = do_POST

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
