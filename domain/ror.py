"""ROR ids of organisations: their form, and the check digits that catch a mistyped one."""

from __future__ import annotations

import re

from domain.errors import InvalidInput

__all__ = ["ROR_BASE", "InvalidRor", "check_ror"]

ROR_BASE = "https://ror.org/"
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
FORM = re.compile(r"(?:(?:https?://)?(?:www\.)?ror\.org/)?(0[0-9a-hj-km-np-tv-z]{6})(\d{2})/?", re.ASCII)


class InvalidRor(InvalidInput):
    code = "invalid-ror"
    title = "This is no ROR id"


def check_ror(ror: str) -> str:
    """Return a ROR id as its address, ``https://ror.org/04wxnsj81``; the bare id is taken too.

    Raises
    ------
    InvalidRor
        Another form, or the check digits do not fit.

    Source
    ------
    "ROR identifier pattern" (ROR documentation): Crockford's base 32, then ISO/IEC 7064:2003 MOD 97-10 in two digits.
    """
    found = FORM.fullmatch(ror.strip().lower() if len(ror) < 100 else "")
    if found is None:
        raise InvalidRor(f"{ror[:60]!r} is no ROR id; one looks like https://ror.org/04wxnsj81.")
    number = 0
    for character in found[1]:
        number = number * 32 + ALPHABET.index(character)
    if int(found[2]) != 98 - number * 100 % 97:
        raise InvalidRor(f"The check digits of the ROR id {ror[:60]!r} do not fit: a character is mistyped.")
    return f"{ROR_BASE}{found[1]}{found[2]}"
