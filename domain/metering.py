"""Stored bytes measured: what stands in the ledger, and the byte-microseconds that follow from it, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import msgspec

from domain.calendar_month import Month

__all__ = ["GIB", "TIERS", "LedgerEntry", "Meter", "Tier", "decimal_text", "gib_months", "measure"]

Tier = Literal["hot", "cool", "archive"]
TIERS: tuple[Tier, ...] = ("hot", "cool", "archive")

GIB = 2**30  # bytes


class LedgerEntry(msgspec.Struct, frozen=True):
    """Bytes that came to a tier, or left it (then ``delta_bytes`` is negative), at a moment in microseconds of 1970."""

    at_us: int
    tier: str
    delta_bytes: int


class Meter:
    """Runs through a ledger in its order; moments before the last one count as the last, so that nothing runs back.

    Attributes
    ----------
    bytes : dict of int
        What lies in each tier now.
    byte_us : dict of int
        Bytes times microseconds by tier, from the first entry to now.
    """

    def __init__(self) -> None:
        self.at_us: int | None = None
        self.bytes: dict[str, int] = dict.fromkeys(TIERS, 0)
        self.byte_us: dict[str, int] = dict.fromkeys(TIERS, 0)

    def advance(self, at_us: int) -> None:
        """Let time pass."""
        if self.at_us is not None and (passed_us := at_us - self.at_us) > 0:
            for tier, stored_bytes in self.bytes.items():
                if stored_bytes:
                    self.byte_us[tier] += stored_bytes * passed_us
        if self.at_us is None or at_us > self.at_us:
            self.at_us = at_us

    def take(self, entry: LedgerEntry) -> None:
        """Enter one entry."""
        self.advance(entry.at_us)
        self.bytes[entry.tier] += entry.delta_bytes


def measure(entries: Iterable[LedgerEntry], bounds_us: list[int]) -> list[dict[str, int]]:
    """Measure a ledger between moments.

    Parameters
    ----------
    entries : iterable of LedgerEntry
        In the ledger's order.
    bounds_us : list of int
        Moments that rise, microseconds of 1970.

    Returns
    -------
    list of dict of int
        For each pair of neighbouring bounds, byte-microseconds by tier.
    """
    meter, marks = Meter(), []
    left = list(reversed(bounds_us))

    def pass_bounds(until_us: int | None) -> None:
        while left and (until_us is None or left[-1] <= until_us):
            meter.advance(left.pop())
            marks.append(dict(meter.byte_us))

    for entry in entries:
        pass_bounds(entry.at_us)
        meter.take(entry)
    pass_bounds(None)
    return [{tier: after[tier] - before[tier] for tier in TIERS} for before, after in pairwise(marks)]


def gib_months(byte_us: int, month: Month) -> Fraction:
    """Turn byte-microseconds within one month into GiB-months, exactly.

    A GiB-month is 2**30 bytes kept through the calendar month in question (UTC), whether it has 28 or 31 days: then
    1 GiB that just lies there is 1 GiB-month on every bill, a free allowance cancels exactly what it allows, and a
    price by month is what a month costs. Those of different months are never added up before they are turned.
    """
    return Fraction(byte_us, GIB * month.length_us)


def decimal_text(value: Fraction, digits: int = 6) -> str:
    """Write a number that is not negative with so many digits, rounded half up; to look at, never to go on with."""
    scaled, left = divmod(value.numerator * 10**digits, value.denominator)
    scaled += 2 * left >= value.denominator
    whole, rest = divmod(scaled, 10**digits)
    return f"{whole}.{rest:0{digits}d}".rstrip("0").rstrip(".")
