"""Rules of webhooks: which addresses may be registered, how a message is signed, when it is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from domain.errors import InvalidInput
from domain.public_address import is_public

__all__ = ["GIVE_UP_AFTER", "Target", "read_target", "retry_delay", "secret_text", "signature"]

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)
LONGEST_URL = 2000  # characters
SECRET_PREFIX = "whsec_"  # noqa: S105 (how a secret begins, and not one)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook's address, taken apart. ``host`` is ASCII, as names are asked for."""

    scheme: str
    host: str
    port: int
    path: str


def read_target(url: str, *, private: bool = False) -> Target:
    """Read the address that a webhook shall have.

    Parameters
    ----------
    private : bool
        Where the operator allows it: http, any port, addresses inside a network.

    Raises
    ------
    InvalidInput
        It is not https with a host's name, names a port below 1024 other than 443, or an address that is not public.
    """
    problem = "A webhook's address looks like https://host.example/path: "
    try:
        if len(url) > LONGEST_URL or not re.fullmatch(r"[\x21-\x7e]+", url):
            raise InvalidInput(f"{problem}at most {LONGEST_URL} characters, ASCII, no blanks.")
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError as error:
        raise InvalidInput(f"{problem}this cannot be read.") from error
    if parts.scheme not in (("https", "http") if private else ("https",)):
        raise InvalidInput(f"{problem}it begins with https.")
    if not host or parts.username is not None or parts.password is not None or parts.fragment or "\\" in url:
        raise InvalidInput(f"{problem}a host, no name or password before it, nothing behind a #.")
    port = port if port is not None else 443 if parts.scheme == "https" else 80
    if not private:
        if port != 443 and not 1024 <= port <= 65535:
            raise InvalidInput(f"{problem}its port is 443, or 1024 and above.")
        _check_host(host)
    path = parts.path or "/"
    return Target(scheme=parts.scheme, host=host, port=port, path=f"{path}?{parts.query}" if parts.query else path)


def _check_host(host: str) -> None:
    """Refuse at once what can be seen to be no public host; what its name resolves to is looked at when it is used."""
    try:
        ip_address(host)
    except ValueError:
        if not re.fullmatch(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]", host):
            raise InvalidInput("A webhook needs a public host's whole name, such as hooks.hven.example.") from None
        if host.rsplit(".", 1)[1] in ("localhost", "local", "internal", "arpa"):
            raise InvalidInput("A webhook's host must be on the public internet.") from None
        return
    if not is_public(host):
        raise InvalidInput("A webhook's host must be on the public internet: this is a private or reserved address.")


def secret_text(secret: bytes) -> str:
    """Write a signing secret as its receiver keeps it.

    Source
    ------
    Standard Webhooks specification, "Signature scheme".
    """
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def signature(secrets: list[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a message with every secret that is valid; the value of ``webhook-signature``.

    Parameters
    ----------
    timestamp : int
        When it is sent, Unix seconds.

    Source
    ------
    Standard Webhooks specification, "Signature scheme": HMAC-SHA256 over ``id.timestamp.body``, version ``v1``.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def retry_delay(attempts: int) -> timedelta:
    """Tell how long to wait after so many attempts that failed: 30 s, doubled each time, at most 6 hours."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)
