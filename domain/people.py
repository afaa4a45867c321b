"""Rules about people: how an e-mail address is compared, and who may grant which role."""

from __future__ import annotations

import re
import unicodedata

from domain.errors import InvalidInput

__all__ = ["check_password", "normal_email"]

MINIMUM_PASSWORD = 10  # characters; NIST SP 800-63B asks for 8 at least and no composition rules


def normal_email(email: str) -> str:
    """Bring an address to the form in which two are compared: NFKC, trimmed, lower case.

    Raises
    ------
    InvalidInput
        It is not of the form name@host.
    """
    normal = unicodedata.normalize("NFKC", email).strip().casefold()
    if len(normal) > 254 or not re.fullmatch(r"[^\s@\x00-\x1f<>\"]+@[^\s@\x00-\x1f<>\"]+", normal):
        raise InvalidInput("This is not an e-mail address; one looks like tycho@hven.example.")
    return normal


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
