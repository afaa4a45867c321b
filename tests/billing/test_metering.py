"""Byte-microseconds of a ledger, against a sum that adds up each entry on its own."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar_month import Month, microseconds, months_between
from domain.metering import GIB, TIERS, LedgerEntry, Meter, decimal_text, gib_months, measure

MOMENTS = st.integers(min_value=0, max_value=10**15)
ENTRIES = st.lists(
    st.builds(LedgerEntry, MOMENTS, st.sampled_from(TIERS), st.integers(min_value=-(2**50), max_value=2**50)),
    max_size=40,
)
STARTED = Month(2026, 2).begin


def by_hand(entries: list[LedgerEntry], begin: int, end: int, tier: str) -> int:
    """Each entry counts from when it came until the end: no balance, no running through."""
    return sum(e.delta_bytes * (end - max(e.at_us, begin)) for e in entries if e.tier == tier and e.at_us < end)


@given(ENTRIES, st.lists(MOMENTS, min_size=2, max_size=8, unique=True).map(sorted))
def test_running_through_is_adding_up(entries: list[LedgerEntry], bounds: list[int]) -> None:
    entries = sorted(entries, key=lambda entry: entry.at_us)
    measured = measure(entries, bounds)
    assert len(measured) == len(bounds) - 1
    for begin, end, used in zip(bounds, bounds[1:], measured, strict=False):
        assert used == {tier: by_hand(entries, begin, end, tier) for tier in TIERS}


@given(ENTRIES, st.lists(MOMENTS, min_size=3, max_size=8, unique=True).map(sorted))
def test_parts_add_up_to_the_whole(entries: list[LedgerEntry], bounds: list[int]) -> None:
    entries = sorted(entries, key=lambda entry: entry.at_us)
    whole = measure(entries, [bounds[0], bounds[-1]])[0]
    assert whole == {tier: sum(part[tier] for part in measure(entries, bounds)) for tier in TIERS}


@given(st.lists(st.tuples(MOMENTS, st.integers(min_value=0, max_value=2**50)), max_size=20))
def test_a_clock_that_jumps_back_never_takes_away(jumps: list[tuple[int, int]]) -> None:
    meter, before = Meter(), 0
    for at_us, delta_bytes in jumps:
        meter.take(LedgerEntry(at_us, "hot", delta_bytes))
        assert meter.byte_us["hot"] >= before
        before = meter.byte_us["hot"]


def test_a_gib_that_lies_there_is_one_gib_month_in_every_month() -> None:
    for month in (Month(2026, 2), Month(2028, 2), Month(2026, 3), Month(2026, 4), Month(2026, 12)):
        assert gib_months(GIB * month.length_us, month) == 1
        assert gib_months(GIB * month.length_us // 2, month) == Fraction(1, 2)
    # 28, 29, 31, 30 days of 86,400 s: the Gregorian calendar.
    assert [Month(y, m).length_us // 86_400_000_000 for y, m in ((2026, 2), (2028, 2), (2026, 3), (2026, 4))] == [
        28, 29, 31, 30,
    ]  # fmt: skip


def test_months_follow_one_another() -> None:
    december = Month(2026, 12)
    assert (december.next, december.next.previous) == (Month(2027, 1), december)
    assert december.end == datetime(2027, 1, 1, tzinfo=UTC)
    assert microseconds(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)) == 1_000_005
    assert [str(m) for m in months_between(datetime(2026, 11, 30, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC))] == [
        "2026-11", "2026-12", "2027-01",
    ]  # fmt: skip


def test_numbers_are_written_without_going_through_a_float() -> None:
    assert decimal_text(Fraction(1, 3)) == "0.333333"
    assert decimal_text(Fraction(2, 3)) == "0.666667"
    assert decimal_text(Fraction(5)) == "5"
    assert decimal_text(Fraction(10**20) + Fraction(1, 2)) == "100000000000000000000.5"
