"""Two-line element sets, with or without a line for the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from domain.element_fields import BadElementSet, checked
from domain.element_set import ElementSet

__all__ = ["checksum", "element_set_of_lines", "find_pairs", "norad_id_of"]

_LENGTH = 69
_FIRST_YEAR = 57  # 57 to 99 are of the twentieth century, 00 to 56 of the twenty-first
_CENTURY_BEGINS, _LATER = 1900, 2000
_LOOKS_LIKE_LINE = re.compile(r"[12] [ 0-9A-Z]{5}.{14,}")
_FIELD = re.compile(r"([ +-])(\d{5})([ +-])(\d)")
_DIGITS = {str(digit): digit for digit in range(10)} | {"-": 1}
# Alpha-5: a letter stands for 10 to 33 times ten thousand, without I and O, which look like digits.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def checksum(line: str) -> int:
    """Sum up the digits of the first 68 columns, a minus counting as one, modulo ten."""
    return sum(_DIGITS.get(c, 0) for c in line[:68]) % 10


def norad_id_of(text: str) -> int:
    """Read a catalogue number of five columns: digits, or a letter and four digits (alpha-5).

    Raises
    ------
    BadElementSet
        It is neither.

    Source
    ------
    Space-Track.org, "Alpha-5": A0000 is 100000, Z9999 is 339999.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return int(text)
    if re.fullmatch(r"[A-HJ-NP-Z]\d{4}", text):
        return (_LETTERS.index(text[0]) + 10) * 10_000 + int(text[1:])
    raise BadElementSet("bad-number", f"its catalogue number {text!r} is neither digits nor a letter and four digits")


def element_set_of_lines(name: str, first: str, second: str) -> ElementSet:
    """Read an element set from its two lines.

    Parameters
    ----------
    name : str
        From the line above; may be empty.
    first, second : str
        At least 69 columns; what follows them after a blank is not looked at.

    Raises
    ------
    BadElementSet
        A line is cut off or its checksum is wrong, a field is no number, or the lines are of two satellites.

    Source
    ------
    Hoots & Roehrich 1980, Spacetrack Report 3; Vallado & Cefola 2012, "Two-line element sets: practice and use".
    """
    for number, line in enumerate((first, second), 1):
        if len(line) < _LENGTH:
            raise BadElementSet("cut-off", f"line {number} ends after {len(line)} of its 69 columns")
        if line[68] != str(checksum(line)):
            raise BadElementSet(
                "bad-checksum", f"line {number} has the checksum {line[68]!r} and adds up to {checksum(line)}"
            )
    norad_id = norad_id_of(first[2:7])
    if norad_id != norad_id_of(second[2:7]):
        raise BadElementSet("two-satellites", f"its lines are of two satellites, {first[2:7]} and {second[2:7]}")
    if first[62] not in " 02":
        raise BadElementSet("not-sgp4", f"these are elements of another theory (ephemeris type {first[62]})")
    return checked(
        ElementSet(
            norad_id=norad_id,
            name=name,
            designator=_designator(first[9:17]),
            epoch=_epoch(first[18:32]),
            mean_motion_rev_day=_number(second[52:63], "the mean motion"),
            eccentricity=_number("." + second[26:33].strip().rjust(7, "0"), "the eccentricity"),
            inclination_deg=_number(second[8:16], "the inclination"),
            raan_deg=_number(second[17:25], "the right ascension of the node"),
            perigee_argument_deg=_number(second[34:42], "the argument of perigee"),
            mean_anomaly_deg=_number(second[43:51], "the mean anomaly"),
            bstar=_exponential(first[53:61], "the drag term"),
            mean_motion_dot=_number(first[33:43], "the mean motion's derivative"),
            mean_motion_ddot=_exponential(first[44:52], "the mean motion's second derivative"),
        )
    )


def find_pairs(lines: list[str]) -> Iterator[tuple[int, str, str, str | None]]:
    """Find the pairs of lines in a text, with the name above each.

    Yields
    ------
    tuple of (int, str, str, str or None)
        The number of its first line in the text, from 1; the name; and the two lines. The second is None where it is
        missing, and the first is empty where a second line stands alone or a name has no lines.
    """
    name, named_at, pending, pending_at = "", 0, "", 0
    for at, raw in enumerate(lines, 1):
        line = raw.rstrip()
        if not line or line.startswith("#"):
            continue
        kind = line[0] if _LOOKS_LIKE_LINE.match(line) else ""
        if pending and kind != "2":
            yield pending_at, name, pending, None
            name, pending = "", ""
        if kind == "1":
            pending, pending_at = line, at
        elif kind == "2":
            yield (pending_at, name, pending, line) if pending else (at, name, "", line)
            name, pending = "", ""
        else:
            if name:
                yield named_at, name, "", None
            name, named_at = line.removeprefix("0 ").strip(), at
    if pending:
        yield pending_at, name, pending, None
    elif name:
        yield named_at, name, "", None


def _number(text: str, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadElementSet("not-a-number", f"{what} is {text.strip()[:20]!r}, which is no number") from None


def _exponential(text: str, what: str) -> float:
    """Read a number such as `` 58848-3``: 0.58848e-3."""
    if not text.strip(" 0+-"):
        return 0.0
    match = _FIELD.fullmatch(text)
    if match is None:
        raise BadElementSet("not-a-number", f"{what} is {text.strip()[:20]!r}, which is no number")
    sign, digits, exponent_sign, exponent = match.groups()
    return float(f"{sign.strip()}0.{digits}e{exponent_sign.strip()}{exponent}")


def _year(text: str) -> int:
    short = int(text)
    return short + (_CENTURY_BEGINS if short >= _FIRST_YEAR else _LATER)


def _epoch(text: str) -> datetime:
    try:
        day = float(text[2:])
        if not 1.0 <= day < 367.0:
            raise ValueError
        return datetime(_year(text[:2]), 1, 1, tzinfo=UTC) + timedelta(days=day - 1.0)
    except ValueError:
        raise BadElementSet("bad-epoch", f"its epoch is {text.strip()!r}, which is no year and day") from None


def _designator(text: str) -> str:
    """Write ``98067A`` as it is written elsewhere, ``1998-067A``."""
    match = re.fullmatch(r"(\d\d)(\d{3})([A-Z]{1,3})", text.strip())
    return f"{_year(match[1])}-{match[2]}{match[3]}" if match else ""
