"""Plans for tests: a small one with limits, given as the operator gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from billing.plans import Plan, plan_from_terms
from service.house import House
from service.plans import give_plan
from tests.support.stored_files import organisation_id_of

__all__ = ["assign", "small_plan"]


def small_plan(**terms: Any) -> Plan:
    """Make a plan of 1 GiB, of which each costs 1.00 EUR a month, hot; half of it cool."""
    prices = {"hot": "1.00", "cool": "0.50", "archive": "0.10"}
    about = {"name": "small", "version": 1, "title": "Small", "currency": "EUR", "storage_prices": prices}
    return plan_from_terms(about | {"hard_limit_gib": 1} | terms)


async def assign(house: House, organisation: str, plan: Plan, *, now: datetime | None = None) -> None:
    """Give an organisation a plan."""
    organisation_id = await organisation_id_of(house, organisation)
    async with house.database.transaction(organisation=organisation_id) as connection:
        await give_plan(connection, organisation_id, plan, now=now)
