"""Codes that people copy from a mail or from paper: easy to read, too long to guess."""

from __future__ import annotations

import re
import secrets

__all__ = ["new_typed_code", "normal_typed_code"]

# Crockford's base 32 in lower case: no i, l, o, u; what looks like another letter is read as that.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LOOKS_LIKE = str.maketrans({"i": "1", "l": "1", "o": "0"})
LENGTH = 16  # of 5 bits: 80 bits


def new_typed_code() -> str:
    """Make a code of 80 random bits, xxxx-xxxx-xxxx-xxxx."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[i : i + 4] for i in range(0, LENGTH, 4))


def normal_typed_code(typed: str) -> str | None:
    """Bring a typed code to the form it was shown in; None when it cannot be one."""
    letters = re.sub(r"[\s-]", "", typed[:200]).lower().translate(LOOKS_LIKE)
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET):
        return None
    return "-".join(letters[i : i + 4] for i in range(0, LENGTH, 4))
