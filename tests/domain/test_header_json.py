"""Headers become JSON that every encoder and JSONB take, with the first value that says something."""

from __future__ import annotations

import json
import math

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.header import Card, HeaderUnit
from domain.header_json import encode_units, header_json, unit_json


def unit(index: int, *cards: tuple[str, object]) -> HeaderUnit:
    return HeaderUnit(index, f"U{index}", "image", (4, 5), [Card(key, value, "why") for key, value in cards])  # type: ignore[arg-type]


def test_the_first_value_that_is_not_blank_wins() -> None:
    units = [
        unit(0, ("OBJECT", ""), ("FILTER", "R"), ("GAIN", None), ("NOTE", None)),
        unit(1, ("OBJECT", "M 31"), ("FILTER", "B"), ("GAIN", 0), ("NOTE", ""), ("OBJECT", "M 33")),
        unit(2, ("GAIN", 7), ("NOTE", None)),
    ]
    assert header_json(units) == {"OBJECT": "M 31", "FILTER": "R", "GAIN": 0, "NOTE": ""}


def test_commentary_stays_with_its_unit() -> None:
    told = unit(0, ("COMMENT", "a"), ("HISTORY", "b"), ("", "c"), ("EXPTIME", 30.0))
    assert header_json([told]) == {"EXPTIME": 30.0}
    assert unit_json(told) == {
        "index": 0,
        "name": "U0",
        "kind": "image",
        "shape": [4, 5],
        "cards": [
            ["COMMENT", "a", "why"],
            ["HISTORY", "b", "why"],
            ["", "c", "why"],
            ["EXPTIME", 30.0, "why"],
        ],
    }


def test_values_that_json_cannot_say() -> None:
    odd = unit(
        0,
        ("INF", math.inf),
        ("NINF", -math.inf),
        ("NAN", math.nan),
        ("CPLX", 1.5 - 2j),
        ("BIG", 2**63),
        ("FITS", 2**63 - 1),
        ("NUL", "a\0b"),
        ("HALF", "x\ud800y"),
        ("FLAG", True),
    )
    assert header_json([odd]) == {
        "INF": "Infinity",
        "NINF": "-Infinity",
        "NAN": "NaN",
        "CPLX": [1.5, -2.0],
        "BIG": "9223372036854775808",
        "FITS": 9223372036854775807,
        "NUL": "ab",
        "HALF": "xy",
        "FLAG": True,
    }


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.text(st.sampled_from("\0\ud800a")),
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=8), values), max_size=8))
def test_any_header_survives_strict_encoders(cards: list[tuple[str, object]]) -> None:
    units = [unit(0, *cards)]
    for document in (header_json(units), unit_json(units[0])):
        text = json.dumps(document, allow_nan=False)
        assert json.loads(text) == document
        assert "\\u0000" not in text
        assert msgspec.json.decode(msgspec.json.encode(document)) == document


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(st.text(max_size=8), values), max_size=8), max_size=3))
def test_units_encode_to_what_they_say(headers: list[list[tuple[str, object]]]) -> None:
    units = [unit(index, *cards) for index, cards in enumerate(headers)]
    for _ in range(2):  # the second time from the memo
        assert json.loads(encode_units(units)) == [unit_json(one) for one in units]


def test_cards_that_compare_equal_are_told_apart() -> None:
    units = [unit(0, ("A", 1), ("A", True), ("A", 1.0), ("A", 0.0), ("A", -0.0))]
    cards = json.loads(encode_units(units))[0]["cards"]
    assert [repr(card[1]) for card in cards] == ["1", "True", "1.0", "0.0", "-0.0"]


def test_more_cards_than_are_remembered() -> None:
    for start in range(0, 70_000, 700):
        units = [unit(0, *((f"K{number}", number) for number in range(start, start + 700)))]
        assert json.loads(encode_units(units)) == [unit_json(units[0])]
