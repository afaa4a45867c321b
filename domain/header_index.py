"""The cards of a file's header units, indexed once, then read as text or as numbers with every bad value told."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from domain.header import CardValue, HeaderUnit, Problem

__all__ = ["Entry", "HeaderIndex", "clean_text", "parse_number"]

#: A card's value, the HDU it stands in, and its comment.
Entry = tuple[CardValue, int, str]

# What software writes when it has nothing to say.
_NOTHING = frozenset((
    "", "unknown", "none", "n/a", "na", "nan", "null", "undefined", "undef", "notpresent", "not present", "unspecified",
    "not available", "not set", "no value", "-", "--", "---", "?", "''",
))  # fmt: skip

_NUMBER = re.compile(
    r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?)\s*(?:s|sec|secs|seconds?|c|deg\s?c|°c|adu|e-/adu)?", re.IGNORECASE
)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eEdD][+-]?\d+)?")


@lru_cache(maxsize=8192)
def clean_text(text: str) -> str | None:
    """Return a header text with its blanks made single, or None where it says nothing (``'UNKNOWN'``, ``'N/A'``)."""
    cleaned = " ".join(text.split())
    return None if cleaned.lower() in _NOTHING else cleaned


@lru_cache(maxsize=8192)
def parse_number(text: str) -> float | None:
    """Read a number written as a text, the way telescopes and their software write them.

    Parameters
    ----------
    text : str
        ``'30'``, ``'1.5D+02'``, ``'9,78E-03'`` (a decimal comma), ``'44 C'``, ``'30 s'``.

    Returns
    -------
    float or None
        None where the text says nothing (``''``, ``'NaN'``, ``'UNKNOWN'``).

    Raises
    ------
    ValueError
        The text is no finite number.
    """
    cleaned = clean_text(text)
    if cleaned is None:
        return None
    if _DECIMAL_COMMA.fullmatch(cleaned):
        cleaned = cleaned.replace(",", ".")
    match = _NUMBER.fullmatch(cleaned)
    if match is None:
        raise ValueError(text)
    number = float(match[1].replace("D", "e").replace("d", "e"))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


class HeaderIndex:
    """The first card of every keyword that has a value, over all header units in file order.

    Reading a bad value adds a problem once and then acts as if the card were absent, so that the next keyword is tried.

    Attributes
    ----------
    entries : dict of str to Entry
        By keyword; blank cards are left out.
    problems : list of Problem
        What was wrong with the values read so far.
    """

    __slots__ = ("_told", "_units", "entries", "problems")

    def __init__(self, units: Sequence[HeaderUnit]) -> None:
        self._units = units
        entries: dict[str, Entry] = {}
        for unit in units:
            hdu = unit.index
            for keyword, value, comment in unit.cards:
                if keyword not in entries and value is not None and value != "":
                    entries[keyword] = (value, hdu, comment)
        self.entries = entries
        self.problems: list[Problem] = []
        self._told: set[tuple[str, str]] = set()

    def says_nothing(self, keyword: str) -> bool:
        """Tell whether there is a card of a keyword, and its value is blank or a word that stands for that."""
        if keyword in self.entries:
            return isinstance(self.entries[keyword][0], str) and self.text(keyword) is None
        return any(card.keyword == keyword for unit in self._units for card in unit.cards)

    def beside(self, keyword: str, hdu: int) -> CardValue:
        """Return what a keyword says for the cards of one HDU: its own card's value, else the primary header's."""
        entry = self.entries.get(keyword)
        if entry is None or entry[1] == hdu:
            return None if entry is None else entry[0]
        own = next((unit.find(keyword) for unit in self._units if unit.index == hdu), None)
        return own if own is not None else entry[0] if entry[1] == 0 else None

    def tell(self, code: str, keyword: str, detail: str) -> None:
        """Add a problem, once for each code and keyword."""
        if (code, keyword) not in self._told:
            self._told.add((code, keyword))
            self.problems.append(Problem(code, detail))

    def tell_bad_value(self, keyword: str, wanted: str) -> None:
        """Add the problem ``bad-value``: the card of ``keyword`` is not ``wanted`` (``'a number'``)."""
        self.tell(
            "bad-value",
            keyword,
            f"{keyword} is {shown(self.entries[keyword][0])}, which is not {wanted}; the card was passed over.",
        )

    def source(self, keyword: str) -> str:
        """Name a card as the origin of a fact: ``EXPTIME@0``."""
        return f"{keyword}@{self.entries[keyword][1]}"

    def text(self, keyword: str) -> str | None:
        """Read a card as text; numbers as they print, logical values as T and F, placeholders as None."""
        entry = self.entries.get(keyword)
        if entry is None:
            return None
        value = entry[0]
        if isinstance(value, str):
            return clean_text(value)
        if isinstance(value, bool):
            return "T" if value else "F"
        return str(value)

    def number(self, keyword: str, least: float = -math.inf, most: float = math.inf) -> float | None:
        """Read a card as a finite number between ``least`` and ``most`` (both may be reached), else None and a problem.

        NaN and placeholders say nothing: they give None without a problem.
        """
        entry = self.entries.get(keyword)
        if entry is None:
            return None
        value = entry[0]
        try:
            if isinstance(value, str):
                number = parse_number(value)
                if number is None:
                    return None
            elif isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ValueError
            else:
                number = float(value)
                if number != number:
                    return None
        except (ValueError, OverflowError):
            self.tell_bad_value(keyword, "a number")
            return None
        if not least <= number <= most or math.isinf(number):
            self.tell_bad_value(keyword, f"between {least:g} and {most:g}" if most < math.inf else f"{least:g} or more")
            return None
        return number


def shown(value: CardValue) -> str:
    """Write a card's value for a problem's text, shortened where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
