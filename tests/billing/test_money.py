"""Money: least units, one rounding, and no currency whose digits are guessed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.money import MINOR_DIGITS, Money, read_money, rounded

# ISO 4217 list one: the yen has no minor unit, the euro two digits, the Kuwaiti dinar three.
WRITTEN = [(1234, "JPY", "1234 JPY"), (1234, "EUR", "12.34 EUR"), (1234, "KWD", "1.234 KWD"), (-5, "EUR", "-0.05 EUR")]


@pytest.mark.parametrize(("minor", "currency", "text"), WRITTEN)
def test_it_is_written_with_its_currencys_digits_and_read_back(minor: int, currency: str, text: str) -> None:
    assert str(Money(minor, currency)) == text
    assert read_money(text.split()[0], currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"), [("1.5", "JPY"), ("1.234", "EUR"), ("1,5", "EUR"), ("", "EUR"), ("1e3", "EUR"), ("1", "XXX")]
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(InvalidInput):
        read_money(text, currency)


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**12), st.sampled_from(sorted(MINOR_DIGITS)))
def test_rounding_is_that_of_the_decimal_module_from_the_middle_away_from_zero(amount: Fraction, currency: str) -> None:
    with localcontext(prec=60):
        exact = Decimal(amount.numerator) / Decimal(amount.denominator) * 10 ** MINOR_DIGITS[currency]
        expected = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert rounded(amount, currency).amount_minor == expected


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("0.005", "EUR", 1), ("-0.005", "EUR", -1), ("0.0049999", "EUR", 0), ("0.5", "JPY", 1), ("0.0005", "KWD", 1)],
)
def test_the_middle_goes_away_from_zero(amount: str, currency: str, minor: int) -> None:
    assert rounded(Fraction(amount), currency) == Money(minor, currency)
