"""Mail: written in the transaction that makes it necessary, sent beside by whichever process gets to it first."""

from __future__ import annotations

import asyncio
import os
import smtplib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import InvalidInput
from domain.people import normal_email
from service.config import Config
from service.house import House
from service.mail_url import MailServer, read_mail_url, read_sender
from storage import mail_store

__all__ = ["deliver_mail", "mail_folder", "post_mail", "send_waiting_mail"]

log = structlog.get_logger("uraniborg.mail")

POLL_S = 2.0
TIMEOUT_S = 30.0  # of each exchange with the mail server
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=4)  # what mail servers themselves do (RFC 5321, section 4.5.4.1: 4-5 days)
LONGEST_SUBJECT = 200  # characters
LONGEST_TEXT = 100_000  # characters


class Refused(Exception):
    """The mail server will not have this mail, now or later."""


async def post_mail(connection: AsyncConnection, *, to: str, subject: str, text: str) -> None:
    """Write a mail into the outbox: it is sent if this transaction commits, and only then.

    Parameters
    ----------
    to : str
        One address. It is a bare address: names are not taken.
    subject, text : str
        Plain text. Line breaks and control characters in the subject become blanks, so that it can hold what
        strangers wrote.

    Raises
    ------
    InvalidInput
        The address is none, or the text is longer than 100,000 characters.
    """
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"A mail has at most {LONGEST_TEXT:,} characters.")
    printable = "".join(character if character.isprintable() else " " for character in subject)
    await mail_store.add_mail(
        connection,
        recipient=normal_email(to),
        subject=" ".join(printable.split())[:LONGEST_SUBJECT],
        text=text.replace("\0", ""),
    )


def mail_folder(config: Config) -> Path:
    """Name the folder into which mail goes where no server is configured."""
    return config.data_dir / "mail"


async def deliver_mail(house: House, stop: asyncio.Event) -> None:
    """Send what waits until told to stop; safe in several processes at once."""
    while not stop.is_set():
        try:
            await send_waiting_mail(house)
        except Exception as error:  # the database went away: wait and come back
            log.warning("mail interrupted", reason=type(error).__name__, exc_info=error)
        try:
            async with asyncio.timeout(POLL_S):
                await stop.wait()
        except TimeoutError:
            pass


async def send_waiting_mail(house: House, *, now: datetime | None = None) -> int:
    """Send every mail that is due; returns how many were delivered.

    A mail is claimed, sent, and then noted as delivered: whoever is killed in between leaves it to be sent again, with
    the same Message-ID, so that no mail is lost and a mail server can tell a repetition.
    """
    delivered = 0
    send = _way(house.config)
    while True:
        at = now or datetime.now(UTC)
        async with house.database.transaction() as connection:
            mail = await mail_store.claim_mail(connection, at)
        if mail is None:
            return delivered
        state, problem = await _try(house.config, send, mail)
        if problem is not None and state == "waiting" and at - mail.created_at >= GIVE_UP_AFTER:
            state = "given_up"
        async with house.database.transaction() as connection:
            if state == "waiting":
                wait = min(FIRST_RETRY * 2 ** min(mail.attempts - 1, 20), LONGEST_RETRY)
                await mail_store.postpone_mail(connection, mail.id, at + wait, error=problem or "")
            else:
                await mail_store.finish_mail(connection, mail.id, state, error=problem)
        delivered += state == "delivered"
        log.info("mail", mail=str(mail.id), state=state, attempt=mail.attempts, problem=problem)
        if state == "waiting":
            return delivered  # the server may be down: one mail at a time finds out


async def _try(config: Config, send: Callable[[EmailMessage, UUID], None], mail: Any) -> tuple[str, str | None]:
    """Send one mail; returns its new state and what went wrong."""
    try:
        message = _message(config, mail)
    except (MessageError, ValueError) as error:  # no mail can be made of this
        return "given_up", str(error)[:500]
    try:
        await asyncio.to_thread(send, message, mail.id)
    except Refused as error:
        return "given_up", str(error)[:500]
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return "waiting", f"{type(error).__name__}: {error}"[:500]
    return "delivered", None


def _message(config: Config, mail: Any) -> EmailMessage:
    """Compose a mail. The headers are made by ``EmailMessage``, which refuses line breaks in all of them."""
    message = EmailMessage(policy=SMTP)
    host = urlsplit(config.base_url).hostname or "localhost"
    name, sender = read_sender(config.mail_from)
    message["From"] = Address(name or "Uraniborg", addr_spec=sender or f"noreply@{host}")
    local, _, domain = mail.recipient.rpartition("@")
    message["To"] = Address(username=local, domain=domain if domain.isascii() else domain.encode("idna").decode())
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at.astimezone(UTC))
    message["Message-ID"] = f"<{mail.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies to this
    message.set_content(mail.text, charset="utf-8")
    return message


def _way(config: Config) -> Callable[[EmailMessage, UUID], None]:
    """Choose how mail leaves: by SMTP, or into a folder."""
    if config.mail_url:
        server = read_mail_url(config.mail_url)
        return lambda message, _: _send_by_smtp(server, message)
    return lambda message, mail_id: _write_file(mail_folder(config), message, mail_id)


def _send_by_smtp(server: MailServer, message: EmailMessage) -> None:
    context = ssl.create_default_context(cafile=server.ca_file)
    if server.security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    with client:
        if server.security == "starttls":
            client.starttls(context=context)  # raises where the server has none: nothing is sent in the clear
        if server.user:
            client.login(server.user, server.password)
        try:
            client.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            if code >= 500:
                raise Refused(f"The address was refused: {code} {said.decode(errors='replace')}") from error
            raise
        except smtplib.SMTPDataError as error:
            if error.smtp_code >= 500:
                raise Refused(f"The mail was refused: {error.smtp_code} {error.smtp_error!r}") from error
            raise
        except smtplib.SMTPNotSupportedError as error:
            raise Refused("The mail server takes no address in this script.") from error


def _write_file(folder: Path, message: EmailMessage, mail_id: UUID) -> None:
    """Write a mail as a file that is there whole or not at all; names are in order of time."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{mail_id}.eml"
    draft = folder / f".{mail_id}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
