"""Usage, bills and estimates over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from litestar.params import Parameter

from domain.metering import Tier
from service.actions import bills, estimates, usage
from service.actions.bills import MonthBill
from service.actions.estimates import Estimate
from service.actions.usage import By, Usage
from service.house import Actor, House
from service.paging import Cursor, Limit
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}"


@operation("GET", f"{BASE}/usage", scope="usage:read", tags=["usage"])
async def get_usage(
    organisation: str,
    actor: Actor,
    house: House,
    first: Annotated[
        date | None, Parameter(query="from", description="First day, UTC; left out: of this month.")
    ] = None,
    last: Annotated[date | None, Parameter(query="to", description="Last day, UTC; left out: today.")] = None,
    by: Annotated[By, Parameter(description="What it is broken down by.")] = "day",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Usage:
    """Measure what was stored and downloaded.

    Storage is exact, from a ledger of every byte that came and went; deleted files count until they are purged. The
    parts add up to the total: a content belongs to whom its first file was uploaded by, with its telescope, and to the
    first dataset it was put in. Downloads of a few seconds ago may be missing.
    """
    return await usage.get_usage(house, actor, organisation, first=first, last=last, by=by, cursor=cursor, limit=limit)


@operation("GET", f"{BASE}/bill", scope="usage:read", tags=["usage"])
async def get_bill(
    organisation: str,
    actor: Actor,
    house: House,
    month: Annotated[
        str | None,
        Parameter(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="As 2026-11, UTC; left out: the present one."),
    ] = None,
) -> MonthBill:
    """Compute the bill of a month, or of what has passed of it.

    A closed month's bill is the same each time: it follows from the ledger and from the terms of the plans that held.
    """
    return await bills.get_bill(house, actor, organisation, month)


@operation("GET", f"{BASE}/usage/estimate", scope="usage:read", tags=["usage"])
async def estimate_costs(
    organisation: str,
    actor: Actor,
    house: House,
    dataset: Annotated[str | None, Parameter(max_length=64, description="What this dataset costs a month.")] = None,
    add_bytes: Annotated[
        int | None, Parameter(ge=0, le=2**60, description="What so many more would cost a month.")
    ] = None,
    tier: Annotated[Tier | None, Parameter(description="Where they would lie.")] = None,
) -> Estimate:
    """Tell what it would cost: a month like the last, what is stored, a dataset, more bytes."""
    return await estimates.estimate_costs(house, actor, organisation, dataset=dataset, add_bytes=add_bytes, tier=tier)


HANDLERS = [get_usage, get_bill, estimate_costs]
