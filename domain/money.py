"""Money: whole minor units of a currency, rounded once and by one rule."""

from __future__ import annotations

import re
from fractions import Fraction

import msgspec

from domain.errors import InvalidInput

__all__ = ["MINOR_DIGITS", "Money", "read_money", "rounded"]

# Digits behind the point, by code. Source: ISO 4217, list one, minor units.
_CODES = {
    0: "CLP ISK JPY KRW PYG UGX VND XAF XOF XPF",
    2: "AED ARS AUD BGN BRL CAD CHF CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR KES MAD MXN MYR NOK NZD PEN PHP PLN"
    " RON RSD SAR SEK SGD THB TRY TWD UAH USD UYU ZAR",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
MINOR_DIGITS = {code: digits for digits, codes in _CODES.items() for code in codes.split()}


class Money(msgspec.Struct, frozen=True):
    """An amount of money: ``amount_minor`` in the currency's least unit (cents of EUR, yen of JPY, fils of KWD)."""

    amount_minor: int
    currency: str

    def __str__(self) -> str:
        digits = MINOR_DIGITS[self.currency]
        whole, rest = divmod(abs(self.amount_minor), 10**digits)
        sign = "-" if self.amount_minor < 0 else ""
        return f"{sign}{whole}{f'.{rest:0{digits}d}' if digits else ''} {self.currency}"


def check_currency(currency: str) -> str:
    """Return a currency's code; raises InvalidInput for one that is not known here."""
    if currency not in MINOR_DIGITS:
        raise InvalidInput(f"No such currency here: {currency[:10]!r}. There are: {', '.join(sorted(MINOR_DIGITS))}.")
    return currency


def rounded(amount: Fraction, currency: str) -> Money:
    """Round an exact amount to the least unit: to the nearest, and from the middle away from zero.

    This is the only rounding of money. Each line of a bill is rounded so, once; its total is the sum of its lines.

    Parameters
    ----------
    amount : Fraction
        In the currency's major unit (EUR, not cents).
    """
    minor = amount * 10 ** MINOR_DIGITS[check_currency(currency)]
    least, left = divmod(abs(minor.numerator), minor.denominator)
    least += 2 * left >= minor.denominator
    return Money(least if minor >= 0 else -least, currency)


def read_money(text: str, currency: str) -> Money:
    """Read an amount as people write it, such as ``12.50``.

    Raises
    ------
    InvalidInput
        It is no number, or has more digits than the currency.
    """
    digits = MINOR_DIGITS[check_currency(currency)]
    match = re.fullmatch(r"(-?)(\d{1,12})(?:\.(\d+))?", text, re.ASCII)
    if match is None or len(match[3] or "") > digits:
        raise InvalidInput(f"An amount of {currency} looks like {Money(12500, currency)}.")
    minor = int(match[2] + (match[3] or "").ljust(digits, "0"))
    return Money(-minor if match[1] else minor, currency)
