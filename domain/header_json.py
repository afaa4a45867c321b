"""Parsed headers as values that JSON and PostgreSQL's JSONB can hold without loss of order or meaning."""

from __future__ import annotations

import math
from typing import Any

from domain.header import CardValue, HeaderUnit

__all__ = ["header_json", "unit_json"]

_COMMENTARY = frozenset({"", "COMMENT", "HISTORY", "CONTINUE", "END"})
_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1  # what JSON encoders and PostgreSQL's bigint agree on


def header_json(units: list[HeaderUnit]) -> dict[str, Any]:
    """Fold the headers of a file into one dict: keyword to value.

    Parameters
    ----------
    units : list[HeaderUnit]
        In file order.

    Returns
    -------
    dict[str, Any]
        The first value of each keyword that is not blank, over all units in file order; a keyword that is blank
        everywhere keeps its blank (None or ""). COMMENT, HISTORY and cards without keyword are left out. Complex
        numbers become [real, imaginary], integers beyond 64 bits their decimal digits, infinities and NaN their names.
    """
    folded: dict[str, Any] = {}
    for unit in units:
        for keyword, value, _ in unit.cards:
            known = folded.get(keyword)
            if known is None or known == "":
                if keyword in _COMMENTARY or (value is None and keyword in folded):
                    continue
                folded[_json_text(keyword)] = _json_value(value)
    return folded


def unit_json(unit: HeaderUnit) -> dict[str, Any]:
    """Return one unit with every card, ``{index, name, kind, shape, cards: [[keyword, value, comment], ...]}``."""
    cards = [[_json_text(keyword), _json_value(value), _json_text(comment)] for keyword, value, comment in unit.cards]
    return {
        "index": unit.index,
        "name": _json_text(unit.name),
        "kind": unit.kind,
        "shape": list(unit.shape),
        "cards": cards,
    }


def _json_value(value: CardValue) -> Any:
    if isinstance(value, str):
        return _json_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else _name_of(value)
    if isinstance(value, int):  # bool too
        return value if _INT64_MIN <= value <= _INT64_MAX else str(value)
    if isinstance(value, complex):
        return [_json_value(value.real), _json_value(value.imag)]
    return value


def _name_of(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _json_text(text: str) -> str:
    """Leave out what JSONB refuses: NUL and lone surrogates."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
