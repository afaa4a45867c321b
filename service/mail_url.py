"""The address of a mail server, as it is configured."""

from __future__ import annotations

import re
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from domain.errors import InvalidInput

__all__ = ["MailServer", "read_mail_url", "read_sender"]

FORM = "smtp://user:password@host:587, smtps://user:password@host:465, or smtp://host:25?starttls=off"


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is handed over. ``security``: TLS from the start, by STARTTLS or not at all, and never less."""

    host: str
    port: int
    user: str
    password: str
    security: str
    ca_file: Path | None

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port}, {self.security})"


def read_mail_url(url: str) -> MailServer:
    """Read ``smtp://`` or ``smtps://user:password@host:port``.

    ``?starttls=off`` sends in the clear; ``?ca=/path.pem`` names the authorities that the server's certificate is
    from, where they are not those of the system.

    Raises
    ------
    InvalidInput
        It is not of this form; its password is not told.
    """
    try:
        parts = urlsplit(url)
        fields = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
    except ValueError as error:
        raise InvalidInput(f"URANIBORG_MAIL_URL cannot be read; it looks like {FORM}.") from error
    starttls = fields.pop("starttls", "required")
    ca_file = fields.pop("ca", None)
    if (
        parts.scheme not in ("smtp", "smtps")
        or not parts.hostname
        or starttls not in ("required", "off")
        or fields
        or parts.path not in ("", "/")
    ):
        raise InvalidInput(f"URANIBORG_MAIL_URL cannot be read; it looks like {FORM}.")
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security="tls" if parts.scheme == "smtps" else "starttls" if starttls == "required" else "none",
        ca_file=Path(ca_file) if ca_file else None,
    )


def read_sender(text: str) -> tuple[str, str]:
    """Read ``Name <name@host>`` as a name and an address; both empty where nothing is configured.

    Raises
    ------
    InvalidInput
        It is not of this form.
    """
    name, address = parseaddr(text)
    if text and not (address.isascii() and re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", address) and text.isprintable()):
        raise InvalidInput("URANIBORG_MAIL_FROM is an address, or a name and an address: Uraniborg <noreply@host>.")
    return name, address
