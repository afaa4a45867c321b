"""Terms of headers and comparisons: a frame that matches shares a term."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.header_terms import NUMBER_TEXT, matches, terms_for, terms_for_range, terms_of_header
from tests.support.examples import tried_on

OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "~", "exists"]

# Few values, so that headers and comparisons often meet; and any values, for what nobody thought of.
near = st.sampled_from(
    [
        *(0, 1, 2, -1, 127, 128, 129, 130, 2**53, 2**53 + 1, 10**400),
        *(0.0, -0.0, 2.5, 2.4999, 0.1, 1e-30, -1e-30, 1e30, 1e-50, 1e50, -7.25, 300.0, math.nan, math.inf),
        *("2.5", "2.50", " 2.5 ", "2.5D0", "1e99", "128", "128.0", "2026-11-20"),
        *("R", "r", "Rc", "", "  ", "M 31", "m 31", "T", "f", "é", "É"),
        *(True, False, None),
    ]
)
anything = st.one_of(
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.from_regex(NUMBER_TEXT, fullmatch=True),
    st.booleans(),
    st.none(),
)
values = st.one_of(near, near, anything)
headers = st.dictionaries(
    st.sampled_from(["EXPTIME", "FILTER", "OBJECT", "HISTORY"]),
    st.one_of(values, st.lists(values, max_size=4)),
    max_size=4,
)


@tried_on(150)
@given(
    headers, st.sampled_from(["EXPTIME", "FILTER", "OBJECT", "HISTORY", "exptime"]), st.sampled_from(OPERATORS), values
)
@example({"EXPTIME": 2**53 + 1}, "EXPTIME", "=", float(2**53))
@example({"EXPTIME": "300"}, "EXPTIME", "=", 300)
@example({"EXPTIME": -1e-60}, "EXPTIME", "<", 0)
@example({"EXPTIME": 1e300}, "EXPTIME", ">", 1e299)
def test_a_match_shares_a_term(header: dict[str, Any], keyword: str, operator: str, value: Any) -> None:
    if matches(header, keyword, operator, value):
        assert set(terms_of_header(header)) & set(terms_for(keyword, operator, value))


@tried_on(200)
@given(values, values)
def test_the_orders_partition_comparable_values(a: Any, b: Any) -> None:
    below, same, above = (matches({"K": a}, "K", operator, b) for operator in "<=>")
    assert below + same + above <= 1
    assert matches({"K": a}, "K", "<=", b) == (below or same)
    assert matches({"K": a}, "K", ">=", b) == (above or same)
    assert matches({"K": a}, "K", "!=", b) == (matches({"K": a}, "K", "exists") and not same)
    if all(type(x) in (int, float) and abs(x) < 1e300 for x in (a, b)):
        assert (below, same, above) == (float(a) < float(b), float(a) == float(b), float(a) > float(b))


@pytest.mark.parametrize(
    ("held", "operator", "wanted", "expected"),
    [
        (5, "=", 5.0, True),
        (5.0, "=", "5", True),
        ("5", "=", 5, True),
        ("5.0", "=", "5", True),
        (" R ", "=", "r", True),
        ("R", "=", "Rc", False),
        ("Rc", "~", "r", True),
        ("2026-11-20T03:04:05", "~", "11-20", True),
        ("2026-11-20T03:04:05", ">=", "2026-11-20", True),
        ("2026-11-19T23:59:59", ">=", "2026-11-20", False),
        ("abc", ">", 5, False),
        (5, ">", "abc", False),
        (5, "!=", "abc", True),
        ("1.5D2", "=", 150, True),
        ("1.5E200", "=", 1.5e200, False),
        (2026, "~", "20", False),
        ("2026", "~", 20, True),
        (True, "=", True, True),
        (True, "=", "t", True),
        (True, "=", 1, False),
        (1, "=", True, False),
        (None, "exists", None, False),
        ("", "exists", None, False),
        ("  ", "!=", "x", False),
        (0, "exists", None, True),
        (False, "exists", None, True),
        (float("nan"), "exists", None, False),
        ("É", "=", "é", False),
        (["a", "b"], "=", "b", True),
        (["a", "b"], "!=", "b", False),
        (["a", None], "!=", "b", True),
        ([], "exists", None, False),
        ([1, 20], ">", 10, True),
        ("x", "=", None, False),
        ("x", "!=", "", True),
    ],
)
def test_how_values_compare(held: Any, operator: str, wanted: Any, expected: bool) -> None:
    assert matches({"KEY": held}, "key", operator, wanted) is expected


def test_an_absent_keyword_matches_nothing() -> None:
    for operator in OPERATORS:
        assert not matches({"OTHER": 1}, "KEY", operator, 1)
        assert not set(terms_of_header({"OTHER": 1})) & set(terms_for("KEY", operator, 1))


@tried_on(200)
@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False), near)
def test_a_range_finds_what_lies_in_it(low: float, high: float, value: Any) -> None:
    terms = set(terms_for_range("K", low, high))
    for held in (low, high, (low + high) / 2, value):
        if matches({"K": held}, "K", ">=", low) and matches({"K": held}, "K", "<=", high):
            assert terms & set(terms_of_header({"K": held}))


@settings(deadline=None)
@given(st.floats(1e-9, 1e9), st.floats(1.03, 1e6))
def test_a_range_keeps_out_what_lies_well_beyond(low: float, width: float) -> None:
    # A fine bucket is at most 1/32 of a number wide.
    high = low * width
    terms = set(terms_for_range("K", low, high))
    for far in (low * 0.96, high * 1.04, -low, 0.0, low / 10, high * 10):
        assert not terms & set(terms_of_header({"K": far}))


@given(st.sampled_from(OPERATORS), values)
def test_searches_stay_short(operator: str, value: Any) -> None:
    terms = terms_for("K", operator, value)
    assert len(terms) == len(set(terms)) <= 308
    assert all(-(2**31) <= term < 2**31 for term in terms)


@settings(deadline=None)
@given(headers)
def test_terms_are_ascending_distinct_int4(header: dict[str, Any]) -> None:
    terms = terms_of_header(header)
    assert terms == sorted(set(terms))
    assert all(type(term) is int and -(2**31) <= term < 2**31 for term in terms)


@pytest.mark.parametrize(
    ("value", "count"),
    [(2.5, 2), (7, 2), (7.0, 2), (1000, 3), (1000.5, 2), ("R", 2), ("2.5", 4), (True, 2), (None, 0), ("", 0)],
)
def test_how_many_terms_a_card_costs(value: Any, count: int) -> None:
    assert len(terms_of_header({"K": value})) == count


def test_equality_tells_neighbouring_integers_apart() -> None:
    for number in (*range(300), 10**6, 2**40):
        terms = set(terms_for("K", "=", number))
        assert terms & set(terms_of_header({"K": number}))
        assert not terms & set(terms_of_header({"K": number + 1}))


def test_remembered_terms_keep_kinds_apart() -> None:
    for value in (True, 1, 1.0, "1", "T", False, 0, 0.0, -0.0):
        fresh = _in_a_new_process(value)
        assert terms_of_header({"K": value}) == fresh


def test_terms_are_stored_and_never_change() -> None:
    # CRC-32 (ISO 3309) of the keyword, a zero byte, a kind and what it is about, computed with `gzip`:
    #   printf 'FILTER\0tr' | gzip -c | tail -c8 | od -An -tu4 | awk '{print $1}'
    assert terms_for("FILTER", "=", "R") == [1839750907]
    assert terms_for("OBJECT", "~", "x") == [3402274248 - 2**32]  # the same of OBJECT\0p, as a signed number
    assert terms_for("NEXP", "=", 1000) == [1403744734]  # the same of NEXP\0i1000


def test_what_is_no_comparison_is_refused() -> None:
    for operator in ("==", "LIKE", ""):
        with pytest.raises(InvalidInput):
            terms_for("K", operator, 1)
        with pytest.raises(InvalidInput):
            matches({}, "K", operator, 1)
    with pytest.raises(InvalidInput):
        terms_for_range("K", 0.0, math.inf)


@settings(deadline=None)
@given(st.from_regex(NUMBER_TEXT, fullmatch=True))
def test_every_number_text_is_a_finite_float(text: str) -> None:
    assert math.isfinite(float(text.lower().replace("d", "e")))
    assert re.fullmatch(NUMBER_TEXT, text.upper())


def _in_a_new_process(value: Any) -> list[int]:
    code = f"from domain.header_terms import terms_of_header; print(*terms_of_header({{'K': {value!r}}}))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    return [int(term) for term in done.stdout.split()]
