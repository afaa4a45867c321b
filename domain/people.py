"""Rules about people: how an e-mail address is compared, and who may grant which role."""

from __future__ import annotations

import re
import unicodedata

import idna

from domain.errors import Conflict, InvalidInput
from domain.homographs import looks_like_another

__all__ = ["AddressNotConfirmed", "check_password", "normal_email"]


class AddressNotConfirmed(Conflict):
    """Whoever has the account was never seen to read mail at its address: it may be somebody else's."""

    code = "address-not-confirmed"
    title = "The address was never confirmed"


MINIMUM_PASSWORD = 10  # characters; NIST SP 800-63B asks for 8 at least and no composition rules


def normal_email(email: str) -> str:
    """Bring an address to the form in which two are compared: NFC, trimmed, lower case, the host as people read it.

    Two that are delivered to different people never become one: what only looks the same is refused.

    Raises
    ------
    InvalidInput
        It is not of the form name@host, or it can be taken for another address.
    """
    normal = unicodedata.normalize("NFC", unicodedata.normalize("NFC", email).strip().lower())
    if len(normal) > 254 or not re.fullmatch(r"[^\s@\x00-\x1f<>\"]+@[^\s@\x00-\x1f<>\"]+", normal):
        raise InvalidInput("This is not an e-mail address; one looks like tycho@hven.example.")
    name, _, host = normal.rpartition("@")
    host = _readable(host)
    among_latin = host.rpartition(".")[2].isascii()
    words = [*re.split(r"[._+-]", name), *host.split(".")]
    if (
        unicodedata.normalize("NFKC", name) != name
        or not normal.isprintable()
        or any(looks_like_another(word, among_latin=among_latin) for word in words if not word.isascii())
    ):
        raise InvalidInput("This e-mail address can be taken for another one: it mixes letters that look alike.")
    if len(normal := f"{name}@{host}") > 254:
        raise InvalidInput("This e-mail address is too long.")
    return normal


def _readable(host: str) -> str:
    if host.isascii() and not any(label.startswith("xn--") for label in host.split(".")):
        return host
    try:
        return str(idna.decode(idna.encode(host, uts46=True)))
    except (idna.IDNAError, UnicodeError) as error:
        raise InvalidInput("The host of this e-mail address is none that can be.") from error


def check_password(password: str) -> str:
    """Return the password if it is long enough to be one.

    Raises
    ------
    InvalidInput
        Shorter than 10 or longer than 1,000 characters.
    """
    if not MINIMUM_PASSWORD <= len(password) <= 1000:
        raise InvalidInput(f"A password has {MINIMUM_PASSWORD} to 1,000 characters; any characters will do.")
    return password
