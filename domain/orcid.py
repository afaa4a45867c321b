"""ORCID iDs: their form, and the check digit that catches a mistyped one."""

from __future__ import annotations

import re

from domain.errors import InvalidInput

__all__ = ["InvalidOrcid", "check_orcid"]

FORM = re.compile(r"(?:https?://(?:www\.)?orcid\.org/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])/?", re.ASCII)


class InvalidOrcid(InvalidInput):
    code = "invalid-orcid"
    title = "This is no ORCID iD"


def check_orcid(orcid: str) -> str:
    """Return an ORCID iD in its usual form, ``0000-0002-1825-0097``; its address is taken too.

    Raises
    ------
    InvalidOrcid
        Another form, or the check digit does not fit.

    Source
    ------
    ISO/IEC 7064:2003, MOD 11-2, as "Structure of the ORCID Identifier" (ORCID) applies it.
    """
    found = FORM.fullmatch(orcid.strip().replace("x", "X") if len(orcid) < 100 else "")
    if found is None:
        raise InvalidOrcid(f"{orcid[:40]!r} is no ORCID iD; one looks like 0000-0002-1825-0097.")
    digits = "".join(found.groups())
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if digits[15] != ("X" if check == 10 else str(check)):
        raise InvalidOrcid(f"The check digit of the ORCID iD {orcid[:40]!r} does not fit: a digit is mistyped.")
    return "-".join(found.groups())
