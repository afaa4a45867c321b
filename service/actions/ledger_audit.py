"""Checking a ledger of stored bytes: measured anew from its entries alone, and compared with the contents there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.calendar_month import microseconds
from domain.metering import LedgerEntry, Meter
from service.house import House
from storage import usage_store

__all__ = ["check_ledger"]

CLOCK_SLACK = timedelta(minutes=5)


async def check_ledger(house: House, organisation_id: UUID, *, shown: int) -> tuple[int, list[str]]:
    """Rebuild an organisation's running figures, and compare the ledger with its contents.

    Parameters
    ----------
    shown : int
        How many problems are told at the most.

    Returns
    -------
    int, list of str
        Entries, and what is wrong: a gap, a moment that runs back or lies ahead of the clock, a figure that is not what
        the entries before it give, a content of which the ledger says something else than its row.
    """
    entries, meter, problems = 0, Meter(), list[str]()
    async with house.database.transaction(organisation=organisation_id) as connection:
        for sha256, tier, difference in await usage_store.differences(connection, organisation_id, limit=shown):
            problems.append(f"content {sha256} in {tier}: the ledger has {difference:+,} bytes against its row")
        last_us, row = 0, None
        async for page in usage_store.page_ledger(connection, organisation_id):
            for row in page:
                entries += 1
                at_us = microseconds(row.at)
                meter.advance(at_us)
                byte_us = meter.byte_us[row.tier]
                meter.take(LedgerEntry(at_us, row.tier, row.delta_bytes))
                figures = (row.sequence, row.balance_bytes, row.byte_us)
                if (rebuilt := (entries, meter.bytes[row.tier], byte_us)) != figures or at_us < last_us:
                    problems.append(f"entry {row.sequence}: it says {figures}, the entries before it give {rebuilt}")
                last_us = at_us
            if len(problems) >= shown:
                break
        if row is not None and row.at > datetime.now(UTC) + CLOCK_SLACK:
            problems.append(f"the last entry is of {row.at:%Y-%m-%dT%H:%M:%SZ}: the clock was ahead, or is behind now")
    return entries, problems[:shown]
