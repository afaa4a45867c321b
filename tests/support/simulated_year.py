"""A year of several organisations' ledgers, from a seed: uploads, moves between tiers, purges, plans that change."""

from __future__ import annotations

from random import Random

import msgspec

from billing.plans import Plan
from domain.calendar_month import Month, microseconds
from domain.metering import GIB, TIERS, LedgerEntry

__all__ = ["MONTHS", "PLANS", "SimulatedTenant", "simulated_year"]

MONTHS = [Month(2025, number) for number in range(1, 13)]

TERMS = {
    "EUR": ({"hot": "0.0231", "cool": "0.0119", "archive": "0.00405"}, "0.0087"),
    "JPY": ({"hot": "3.7", "cool": "1.9", "archive": "0.63"}, "1.4"),
    "KWD": ({"hot": "0.0071", "cool": "0.0037", "archive": "0.00125"}, "0.0027"),
}
PLANS = [
    msgspec.convert(
        {
            "name": f"observatory-{currency.lower()}",
            "version": version,
            "title": "Observatory",
            "currency": currency,
            "storage_prices": prices,
            "egress_price": egress,
            "free_gib": 10 * version,
            "included_egress_gib": 5,
        },
        Plan,
    )
    for currency, (prices, egress) in TERMS.items()
    for version in (1, 2)
]


class SimulatedTenant(msgspec.Struct):
    """An organisation: its ledger, when it downloaded how many bytes, and which plan it has from when."""

    entries: list[LedgerEntry]
    downloads: list[tuple[int, int]]
    plans: list[tuple[int, Plan]]


def simulated_year(organisations: int, events: int, *, seed: int = 1577) -> list[SimulatedTenant]:
    """Make up a year; the same seed gives the same year.

    Parameters
    ----------
    organisations, events : int
        How many, and how many ledger entries all of them have together.
    """
    random = Random(seed)
    begin, end = microseconds(MONTHS[0].begin), microseconds(MONTHS[-1].end)
    return [_tenant(random, begin, end, events // organisations) for _ in range(organisations)]


def _tenant(random: Random, begin: int, end: int, events: int) -> SimulatedTenant:
    moments = sorted(random.randrange(begin, end) for _ in range(events))
    stored: list[tuple[str, int]] = []
    entries: list[LedgerEntry] = []
    closes = random.randrange(events) if random.random() < 0.1 else events
    while len(entries) < events:
        at_us = moments[len(entries)]
        if len(entries) >= closes and stored:  # closed in the middle of a month: everything goes
            tier, size_bytes = stored.pop()
            entries.append(LedgerEntry(at_us, tier, -size_bytes))
        elif stored and random.random() < 0.2:
            tier, size_bytes = stored.pop(random.randrange(len(stored)))
            entries.append(LedgerEntry(at_us, tier, -size_bytes))
            if random.random() < 0.6 and len(entries) < events:
                other = random.choice([each for each in TIERS if each != tier])
                entries.append(LedgerEntry(at_us, other, size_bytes))
                stored.append((other, size_bytes))
        else:
            size_bytes = random.randrange(1, 2 ** random.randrange(1, 32))
            stored.append(("hot", size_bytes))
            entries.append(LedgerEntry(at_us, "hot", size_bytes))
    first, second = random.sample(PLANS, 2)
    plans = [(begin, first)]
    if random.random() < 0.5:
        plans.append((random.randrange(begin, end), second))
    entries.sort(key=lambda entry: entry.at_us)
    downloads = sorted((random.randrange(begin, end), random.randrange(GIB)) for _ in range(20 * len(MONTHS)))
    return SimulatedTenant(entries, downloads, plans)
