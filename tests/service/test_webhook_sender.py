"""A message goes to the address that was checked, and nowhere else, and does not wait for ever."""

from __future__ import annotations

import asyncio
import ssl
import time
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from domain.webhook import Target, secret_text
from service.webhook_sender import Attempt, Message, WebhookSender
from tests.support.certificates import server_certificate, server_context
from tests.support.receiver import Receiver, receiver

SECRET = b"s" * 32
MESSAGE = Message(id="evt_1", body=b'{"type":"test"}')
NAME = "hooks.hven.example"


class Names:
    """Resolves every name to what it is told, and remembers that it was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.addresses


def to(there: Receiver, *, host: str = NAME, scheme: str = "http") -> Target:
    return Target(scheme=scheme, host=host, port=there.port, path="/hook?a=b")


async def send(target: Target, names: Names, *, private: bool = True, tls: ssl.SSLContext | None = None) -> Attempt:
    sender = WebhookSender(private=private, resolve=names, tls=tls, total_s=2)
    return await sender.send(target, MESSAGE, [SECRET])


async def test_tls_is_with_the_name_and_the_connection_with_the_checked_address(tmp_path: Path) -> None:
    certificate = server_certificate(tmp_path, NAME)
    trusted = ssl.create_default_context(cafile=certificate)
    async with receiver(tls=server_context(certificate)) as there:
        attempt = await send(to(there, scheme="https"), Names("127.0.0.1"), tls=trusted)
        assert (attempt.delivered, attempt.status, attempt.error) == (True, 204, None)
        (heard,) = there.heard
        assert heard.sni == NAME
        assert heard.line == "POST /hook?a=b HTTP/1.1"
        assert heard.headers["host"] == f"{NAME}:{there.port}"
        assert heard.headers["content-type"] == "application/json"
        assert Webhook(secret_text(SECRET)).verify(heard.body, heard.headers) == {"type": "test"}
        other = await send(to(there, host="other.hven.example", scheme="https"), Names("127.0.0.1"), tls=trusted)
        assert not other.delivered
        assert "certificate" in (other.error or "").lower()
        unknown = await send(to(there, scheme="https"), Names("127.0.0.1"))
        assert not unknown.delivered
        assert len(there.heard) == 1


async def test_what_a_name_resolves_to_is_asked_once_and_kept_to(tmp_path: Path) -> None:
    """Whatever the name says a moment later: here the system would say 127.0.0.1, where another server listens."""
    async with receiver(host="127.0.0.2") as checked, receiver(port=checked.port) as system:
        names = Names("127.0.0.2")
        attempt = await send(to(checked, host="localhost"), names)
        assert attempt.delivered
        assert (len(checked.heard), len(system.heard), names.asked) == (1, 0, ["localhost"])


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["169.254.169.254"],
        ["10.0.0.1"],
        ["0.0.0.0"],
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
        ["fe80::1%lo"],
    ],
)
async def test_a_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    async with receiver() as there:
        attempt = await send(to(there), Names(*addresses), private=False)
        assert (attempt.delivered, attempt.status) == (False, None)
        assert "public" in (attempt.error or "")
        assert there.heard == []


async def test_a_redirect_is_not_followed() -> None:
    async with receiver() as there, receiver() as inside:
        for status in (301, 302, 303, 307, 308):
            there.statuses = [status]
            there.headers = f"location: http://127.0.0.1:{inside.port}/\r\n"
            attempt = await send(to(there), Names("127.0.0.1"))
            assert (attempt.delivered, attempt.status) == (False, status)
            assert "redirect" in (attempt.error or "")
        assert inside.heard == []


async def test_a_name_that_is_not_there() -> None:
    async def nothing(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    target = Target(scheme="https", host=NAME, port=443, path="/")
    attempt = await WebhookSender(resolve=nothing).send(target, MESSAGE, [SECRET])
    assert attempt.error == "The host's name does not resolve."
    assert (await send(target, Names())).error == "The host's name does not resolve."


@pytest.mark.parametrize("how", ["silent", "dripping", "endless", "not http", "closing"])
async def test_a_receiver_that_misbehaves_costs_little(how: str) -> None:
    async def misbehave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if how == "silent":
            await asyncio.sleep(20)
        elif how == "dripping":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            for _ in range(200):
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.1)
        elif how == "endless":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
            while True:
                writer.write(b"<script>\x1b[2J\0" * 5000)
                await writer.drain()
        elif how == "not http":
            writer.write(b"220 mail.hven.example ESMTP\r\n")
            await writer.drain()

    async with receiver() as there:
        there.answer = misbehave
        started = time.monotonic()
        attempt = await send(to(there), Names("127.0.0.1"))
        assert time.monotonic() - started < 15
    assert attempt.delivered == (how == "endless")
    assert attempt.duration_ms < 15_000
    assert len(attempt.reply) <= 1000
    assert "\0" not in attempt.reply
    assert "\x1b" not in attempt.reply
    assert (attempt.error is None) == (how == "endless")


async def test_nobody_there() -> None:
    async with receiver() as there:
        target = to(there)
    attempt = await send(target, Names("127.0.0.1"))
    assert not attempt.delivered
    assert "cannot be connected to" in (attempt.error or "")
