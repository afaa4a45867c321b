"""An ASGI application behind a real HTTP server on a free loopback port, in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn

__all__ = ["free_socket", "serving"]


def free_socket() -> socket.socket:
    """Bind a loopback port that nobody else has."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


@contextlib.contextmanager
def serving(make_app: Callable[[str], Any], *, http: Any = "auto") -> Iterator[str]:
    """Serve what `make_app` makes of the server's address; yield that address. `http` is uvicorn's protocol."""
    with free_socket() as bound:
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        config = uvicorn.Config(make_app(url), lifespan="off", log_level="warning", access_log=False, http=http)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise RuntimeError("the server did not start")
                time.sleep(0.01)
            yield url
        finally:
            server.should_exit = True
            thread.join(timeout=30)
