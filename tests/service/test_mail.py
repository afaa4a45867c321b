"""Mail leaves by a real SMTP server, once, when its transaction committed, however often that server was away."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import select, text

from domain.errors import InvalidInput
from service.config import Secret, load_config
from service.house import House
from service.mail import post_mail, send_waiting_mail
from service.maintenance import sweep
from service.wiring import open_house
from storage.mail_tables import mail_outbox
from tests.support.certificates import server_certificate, server_context
from tests.support.mail import sent_mails, text_of


class Postbox:
    """What a mail server received; ``refuse`` is what it says to the recipients it names."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.encrypted: list[bool] = []
        self.refuse: dict[str, str] = {}

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(postbox: Postbox, port: int, **settings: Any) -> Iterator[None]:
    controller = Controller(postbox, hostname="127.0.0.1", port=port, **settings)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The service's house with no process beside that sends."""
    async with open_house(load_config({}, data_dir=tmp_path_factory.mktemp("house"), worker=False)) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def house(home: House, tmp_path: Path) -> AsyncIterator[House]:
    async with home.database.transaction() as connection:
        await connection.execute(text("DELETE FROM mail_outbox"))
    yield with_settings(home, data_dir=tmp_path)


def with_settings(house: House, **settings: Any) -> House:
    return msgspec.structs.replace(house, config=msgspec.structs.replace(house.config, **settings))


async def post(house: House, to: str = "sophie@hven.example", subject: str = "Stars", body: str = "Many.\n") -> None:
    async with house.database.transaction() as connection:
        await post_mail(connection, to=to, subject=subject, text=body)


async def outbox(house: House) -> list[Any]:
    async with house.database.transaction() as connection:
        return list(await connection.execute(select(mail_outbox).order_by(mail_outbox.c.id)))


async def test_without_a_server_mail_is_a_file(house: House) -> None:
    await post(house, subject="Grüße", body="Sternbild Ægir\nzweite Zeile\n")
    assert await send_waiting_mail(house) == 1
    assert await send_waiting_mail(house) == 0
    (mail,) = await sent_mails(house)
    assert mail["To"] == "sophie@hven.example"
    assert mail["From"] == "Uraniborg <noreply@127.0.0.1>"
    assert mail["Subject"] == "Grüße"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    assert text_of(mail) == "Sternbild Ægir\nzweite Zeile\n"
    (row,) = await outbox(house)
    assert (row.state, row.text, row.attempts) == ("delivered", "", 1)
    assert str(row.id) in mail["Message-ID"]
    assert abs(parsedate_to_datetime(mail["Date"]) - row.created_at) < timedelta(seconds=1)


async def test_what_did_not_commit_is_not_sent(house: House) -> None:
    with pytest.raises(RuntimeError):
        async with house.database.transaction() as connection:
            await post_mail(connection, to="a@hven.example", subject="s", text="t")
            raise RuntimeError
    assert await send_waiting_mail(house) == 0


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
async def test_no_header_can_be_slipped_in(house: House, line: str) -> None:
    await post(house, subject=f"Hello{line}Bcc: everybody@hven.example{line}{line}<b>body</b>")
    await send_waiting_mail(house)
    (mail,) = await sent_mails(house)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: everybody@hven.example <b>body</b>"
    assert text_of(mail) == "Many.\n"
    for address in (f"a@hven.example{line}Bcc: b@hven.example", f"a{line}@hven.example, b@hven.example", "a", "a@b@c"):
        with pytest.raises(InvalidInput):
            await post(house, to=address)


async def test_a_real_server_gets_it_when_it_is_back(house: House) -> None:
    port, postbox = free_port(), Postbox()
    house = with_settings(
        house, mail_url=Secret(f"smtp://127.0.0.1:{port}?starttls=off"), mail_from="Tycho <tycho@hven.example>"
    )
    await post(house, to="söphie@hven.example")  # refused for good below: no such server takes it
    await post(house, to="SOPHIE@hven.example", body="A very long line " * 100)
    start = datetime.now(UTC)
    assert await send_waiting_mail(house, now=start) == 0
    waiting = await outbox(house)
    assert [row.state for row in waiting] == ["waiting", "waiting"]
    assert "refused" in waiting[0].error
    with mail_server(postbox, port, enable_SMTPUTF8=False):
        assert await send_waiting_mail(house, now=start + timedelta(seconds=30)) == 1  # the first one's time is not yet
        assert await send_waiting_mail(house, now=start + timedelta(minutes=3)) == 0
    assert postbox.envelopes == [("tycho@hven.example", ["sophie@hven.example"])]
    assert postbox.mails[0]["From"] == "Tycho <tycho@hven.example>"
    assert postbox.mails[0].get_content().split() == ("A very long line " * 100).split()
    first, second = await outbox(house)
    assert (first.state, first.attempts) == ("given_up", 2)
    assert "script" in first.error
    assert second.state == "delivered"


async def test_refusals_for_now_are_tried_again_and_those_for_good_are_not(house: House) -> None:
    port, postbox = free_port(), Postbox()
    house = with_settings(house, mail_url=Secret(f"smtp://127.0.0.1:{port}?starttls=off"))
    postbox.refuse = {"gone@hven.example": "550 No such person", "busy@hven.example": "451 Come back later"}
    await post(house, to="gone@hven.example")
    await post(house, to="busy@hven.example")
    await post(house, to="there@hven.example")
    at = datetime.now(UTC)
    with mail_server(postbox, port):
        for _ in range(2):  # a mail that has to wait ends a round
            await send_waiting_mail(house, now=at)
        gone, busy, there = await outbox(house)
        assert (gone.state, busy.state, there.state) == ("given_up", "waiting", "delivered")
        assert "No such person" in gone.error
        assert "Come back later" in busy.error
        waits = []
        while busy.state == "waiting":
            waits.append(busy.next_try_at - at)
            at = busy.next_try_at
            await send_waiting_mail(house, now=at)
            _, busy, _ = await outbox(house)
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(waits) == timedelta(hours=6)
    assert timedelta(days=4) <= at - busy.created_at < timedelta(days=4.3)
    assert busy.state == "given_up"
    assert busy.text == ""


async def test_starttls_with_a_login_is_never_less_than_that(house: House, tmp_path: Path) -> None:
    port, postbox = free_port(), Postbox()
    certificate = server_certificate(tmp_path, "localhost", "127.0.0.1")
    address = f"//tycho:a%40b@localhost:{port}"
    seen: list[tuple[bytes, bytes]] = []

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        seen.append((given.login, given.password))
        return AuthResult(success=True)

    await post(house)
    at = datetime.now(UTC)
    with mail_server(postbox, port):  # has no TLS: nothing is sent, least of all the password
        await send_waiting_mail(with_settings(house, mail_url=Secret(f"smtp:{address}")), now=at)
    assert "STARTTLS" in (await outbox(house))[0].error
    with mail_server(
        postbox,
        port,
        tls_context=server_context(certificate),
        require_starttls=True,
        authenticator=check,
        auth_required=True,
    ):
        unknown = with_settings(house, mail_url=Secret(f"smtp:{address}"))
        await send_waiting_mail(unknown, now=at + timedelta(minutes=2))
        assert "CERTIFICATE_VERIFY_FAILED" in (await outbox(house))[0].error
        assert not seen
        trusted = with_settings(house, mail_url=Secret(f"smtp:{address}?ca={certificate}"))
        assert await send_waiting_mail(trusted, now=at + timedelta(minutes=10)) == 1
    assert postbox.encrypted == [True]
    assert seen == [(b"tycho", b"a@b")]
    await post(house)
    with mail_server(postbox, port, ssl_context=server_context(certificate)):
        direct = with_settings(house, mail_url=Secret(f"smtps://localhost:{port}?ca={certificate}"))
        assert await send_waiting_mail(direct) == 1
    assert len(postbox.mails) == 2


async def test_many_senders_deliver_each_mail_once(house: House) -> None:
    for number in range(30):
        await post(house, subject=f"Number {number}")
    delivered = await asyncio.gather(*(send_waiting_mail(house) for _ in range(4)))
    assert sum(delivered) == 30
    assert sorted(mail["Subject"] for mail in await sent_mails(house)) == sorted(
        f"Number {number}" for number in range(30)
    )


async def test_what_a_killed_sender_took_is_sent_by_another(house: House) -> None:
    await post(house)
    at = datetime.now(UTC)
    async with house.database.transaction() as connection:
        await connection.execute(
            text("UPDATE mail_outbox SET attempts = 1, next_try_at = :t"), {"t": at + timedelta(minutes=10)}
        )
    assert await send_waiting_mail(house, now=at) == 0
    assert await send_waiting_mail(house, now=at + timedelta(minutes=11)) == 1


async def test_delivered_mail_is_forgotten(house: House) -> None:
    await post(house)
    await send_waiting_mail(house)
    await post(house, to="waiting@hven.example")
    assert (await sweep(house))["mails"] == 0
    assert (await sweep(house, now=datetime.now(UTC) + timedelta(days=15)))["mails"] == 1
    assert [row.recipient for row in await outbox(house)] == ["waiting@hven.example"]


@pytest.mark.parametrize(
    "settings",
    [
        {"mail_url": "http://host"},
        {"mail_url": "smtp://user:hidden@"},
        {"mail_url": "smtp://user:hidden@host:port"},
        {"mail_url": "smtp://user:hidden@host?starttls=maybe"},
        {"mail_url": "smtp://user:hidden@host?startls=off"},
        {"mail_from": "nobody"},
        {"mail_from": "A\nBcc: b@hven.example <a@hven.example>"},
    ],
)
def test_wrong_settings_are_told_at_the_start_and_show_no_password(settings: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="URANIBORG_MAIL") as raised:
        load_config({}, **settings)
    assert "hidden" not in str(raised.value)
    assert "hidden" not in repr(load_config({}, mail_url="smtp://user:hidden@host"))
