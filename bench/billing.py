"""Promise: a year of 50 organisations, a million ledger entries, is billed within a minute of processor time."""

from __future__ import annotations

import time

from bench.measure import Line, Setting
from billing.ledger_bills import bill_ledger
from tests.support.simulated_year import MONTHS, simulated_year

__all__ = ["measure"]

TARGET_S = 60.0


async def measure(setting: Setting) -> list[Line]:
    """Measure the bills of a simulated year."""
    organisations, entries = (5, 10_000) if setting.quick else (50, 1_000_000)
    year = simulated_year(organisations, entries)
    started = time.process_time()
    bills = [bill_ledger(tenant.entries, tenant.plans, MONTHS, tenant.downloads) for tenant in year]
    cpu_s = time.process_time() - started
    lines = sum(len(bill.lines) for twelve in bills for bill in twelve)
    return [
        Line(
            name="bills of a year",
            ours=f"{cpu_s:.2f} s of CPU",
            target=f"<= {TARGET_S:g} s",
            passed=cpu_s <= TARGET_S,
            work=f"{organisations} organisations, {entries:,} ledger entries, {lines:,} lines of 12 months",
        )
    ]
