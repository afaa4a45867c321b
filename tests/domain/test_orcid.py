"""ORCID iDs against those that ORCID itself gives as examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orcid import InvalidOrcid, check_orcid

# Source: "Structure of the ORCID Identifier", support.orcid.org, 2024 (its example, and the ends of its first block);
# 0000-0002-1825-0097 is ORCID's fictitious Josiah Carberry, 0000-0002-1694-233X its example of a check digit of ten.
EXAMPLES = [
    "0000-0001-2345-6789",
    "0000-0001-5000-0007",
    "0000-0003-5000-0001",
    "0000-0002-1825-0097",
    "0000-0002-1694-233X",
]


@pytest.mark.parametrize("orcid", EXAMPLES)
def test_documented_examples_are_taken_in_every_usual_form(orcid: str) -> None:
    for form in (
        orcid,
        f"https://orcid.org/{orcid}",
        f"http://orcid.org/{orcid}/",
        orcid.replace("-", ""),
        f" {orcid}",
    ):
        assert check_orcid(form) == orcid
    assert check_orcid(orcid.lower()) == orcid


@pytest.mark.parametrize("orcid", ["", "0000-0002-1825-009", "0000-0002-1825-00977", "0000-0002-1825-009Y", "X" * 5000])
def test_other_forms_are_refused(orcid: str) -> None:
    with pytest.raises(InvalidOrcid, match="looks like 0000-0002-1825-0097"):
        check_orcid(orcid)


@given(st.sampled_from(EXAMPLES), st.integers(0, 15), st.sampled_from("0123456789"))
def test_one_mistyped_digit_is_always_found(orcid: str, place: int, digit: str) -> None:
    # ISO 7064 MOD 11-2 finds every single substitution.
    digits = list(orcid.replace("-", ""))
    if digits[place] == digit:
        return
    digits[place] = digit
    with pytest.raises(InvalidOrcid):
        check_orcid("".join(digits))


@given(st.sampled_from(EXAMPLES), st.integers(0, 14))
def test_two_neighbours_swapped_are_always_found(orcid: str, place: int) -> None:
    digits = list(orcid.replace("-", ""))
    if digits[place] == digits[place + 1] or "X" in digits[place : place + 2]:
        return
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    with pytest.raises(InvalidOrcid, match="mistyped"):
        check_orcid("".join(digits))
