"""Webhooks from the command line, with a receiver that is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.sdk.conftest import Command


class Listening(ThreadingHTTPServer):
    """Keeps what it is told, and answers the next of its statuses."""

    heard: list[tuple[dict[str, str], bytes]]
    statuses: list[int]


class Listener(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Listening)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture
def there() -> Iterator[Listening]:
    server = Listening(("127.0.0.1", 0), Listener)
    server.heard, server.statuses = [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_webhook_is_tried_followed_and_sent_again(command: Command, there: Listening) -> None:
    url = f"http://127.0.0.1:{there.server_address[1]}/hook"
    made: Any = command("org", "webhook", "add", url, "--event", "package.published", "--json").json
    short = made["id"][-8:]
    assert url in command("org", "webhook", "list").out

    ran = command("org", "webhook", "ping", short)
    assert (ran.code, ran.out) == (0, "")
    assert "answered 200" in ran.err
    headers, body = there.heard[0]
    assert Webhook(made["secret"]).verify(body, headers)["type"] == "ping"
    there.statuses = [503]
    ran = command("org", "webhook", "ping", short)
    assert ran.code == 1
    assert "503" in ran.err

    for words in (
        ("dataset", "add", "Empty", "--object", "M31"),
        ("upload", __file__, "--dataset", "empty"),
        ("package", "add", "M31", "--dataset", "empty", "--licence", "CC0-1.0"),
        ("package", "publish", "m31"),
    ):
        ran = command(*words)
        assert ran.code == 0, ran.err
    deadline = time.monotonic() + 120
    while len(there.heard) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    headers, body = there.heard[2]
    assert Webhook(made["secret"]).verify(body, headers)["data"]["package"] == "m31"
    while "package.published" not in (log := command("org", "webhook", "log", short).out):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [row.split()[2] for row in log.splitlines()[1:]] == ["package.published", "ping", "ping"]
    assert len(command("org", "webhook", "log", short, "--failed").out.splitlines()) == 2
    [sent, *_] = command("org", "webhook", "log", short, "--json").json  # type: ignore[misc]
    assert command("org", "webhook", "redeliver", short, sent["id"]).code == 0
    assert there.heard[-1][0]["webhook-id"] == headers["webhook-id"]

    assert "Nothing to change" in command("org", "webhook", "change", short).err
    assert command("org", "webhook", "show", "ffffffff").code == 4
    assert command("org", "webhook", "add", "ftp://hooks.hven.example").code == 2
    assert command("org", "webhook", "remove", short).code == 0
    assert "None." in command("org", "webhook", "list").err
