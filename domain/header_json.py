"""Parsed headers as values that JSON and PostgreSQL's JSONB can hold without loss of order or meaning."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import Any

import msgspec

from domain.header import Card, CardValue, HeaderUnit

__all__ = ["encode_units", "header_json", "unit_json", "unpack_units"]

_COMMENTARY = frozenset({"", "COMMENT", "HISTORY", "CONTINUE", "END"})
_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1  # what JSON encoders and PostgreSQL's bigint agree on

# A night's frames share most of their cards, as objects: whoever parses them keeps them. So the JSON of a card is kept
# too, by the identity of the object, and with the object, which thus remains itself. Full, the memo starts anew.
_MEMO_CARDS = 32_768
_encoded: dict[int, tuple[Card, bytes]] = {}
_encode = msgspec.json.Encoder().encode


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
    known = folded.get
    for unit in units:
        for keyword, value, _ in unit.cards:
            # The usual case first, for every card of every frame comes this way.
            if keyword not in folded:
                if keyword not in _COMMENTARY:
                    folded[_json_text(keyword)] = _json_value(value)
            elif value is not None and ((told := known(keyword)) is None or told == ""):
                folded[_json_text(keyword)] = _json_value(value)
    return folded


def encode_units(units: Sequence[HeaderUnit]) -> bytes:
    """Encode all units, as `unit_json` says them, as one JSON list."""
    encoded = []
    recall = _encoded.get
    for unit in units:
        cards = []
        for card in unit.cards:
            kept = recall(id(card))
            if kept is None:
                kept = card, _encode(_card_json(card))
                if len(_encoded) >= _MEMO_CARDS:
                    _encoded.clear()
                _encoded[id(card)] = kept
            cards.append(kept[1])
        # The list of cards comes last, so that it can be put behind the rest.
        head = _encode(unit_json(msgspec.structs.replace(unit, cards=[])))
        encoded.append(head.removesuffix(b"]}") + b",".join(cards) + b"]}")
    return b"[" + b",".join(encoded) + b"]"


def unit_json(unit: HeaderUnit) -> dict[str, Any]:
    """Return one unit with every card, ``{index, name, kind, shape, cards: [[keyword, value, comment], ...]}``."""
    return {
        "index": unit.index,
        "name": _json_text(unit.name),
        "kind": unit.kind,
        "shape": list(unit.shape),
        "cards": [_card_json(card) for card in unit.cards],
    }


def _card_json(card: Card) -> list[Any]:
    keyword, value, comment = card
    return [_json_text(keyword), _json_value(value), _json_text(comment)]


def _json_value(value: CardValue) -> Any:
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else _json_text(value)
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


def unpack_units(packed: bytes) -> list[HeaderUnit]:
    """Read units as `encode_units` wrote them, compressed by zlib; offsets are not among what was written."""
    return [
        HeaderUnit(
            index=unit["index"],
            name=unit["name"],
            kind=unit["kind"],
            shape=tuple(unit["shape"]),
            cards=[Card(*card) for card in unit["cards"]],
        )
        for unit in msgspec.json.decode(zlib.decompress(packed))
    ]
