"""Reading the archive: it begins a recall, and says how long that takes and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import msgspec

from domain.calendar_month import Month
from domain.money import Money
from domain.tiers import Archived, recall_price
from service.actions.bills import Price, price_of
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.plans import plan_of
from service.tier_moves import enqueue_moves
from storage import tier_store

__all__ = ["Recall", "begin_recall", "check_readable"]

LEAST_S = 600  # the queue, the sweep and the copying


class Recall(msgspec.Struct, kw_only=True):
    """What comes up from the archive: when it can be read at the latest, as a rule, until when, and what that costs.

    ``price``: at most; what it costs to lie in the hot tier until then rather than in the archive.
    """

    contents: int
    size_bytes: int
    ready_in_s: int
    until: datetime
    price: Price


async def begin_recall(house: House, tenant: Tenant, archived: dict[bytes, int]) -> Recall:
    """Ask for contents of the archive; whoever asks hears of it when all of them are there. Safe to repeat.

    Parameters
    ----------
    archived : dict of bytes to int
        SHA-256 and bytes of each.
    """
    now = datetime.now(UTC)
    recall = await _recall_of(house, tenant, archived, now)
    if archived:
        account_id = tenant.actor.account_id
        await tier_store.add_recalls(
            tenant.connection, tenant.organisation_id, account_id, sorted(archived), recall.until
        )
        await tier_store.wish_moves(tenant.connection, tenant.organisation_id, now, most=len(archived) + 1000)
        await enqueue_moves(tenant)
        await record(tenant, "archive.recalled", "contents", contents=recall.contents, price=recall.price.text)
    return recall


async def _recall_of(house: House, tenant: Tenant, archived: dict[bytes, int], now: datetime) -> Recall:
    stay = timedelta(days=house.config.recall_days)
    plan = await plan_of(house, tenant.connection, tenant.organisation_id)
    price: Money = recall_price(
        sum(archived.values()),
        stay,
        Month.of(now),
        Fraction(plan.price("hot")),
        Fraction(plan.price("archive")),
        plan.currency,
    )
    return Recall(
        contents=len(archived),
        size_bytes=sum(archived.values()),
        ready_in_s=house.objects.recall_s + LEAST_S,
        until=now + timedelta(seconds=house.objects.recall_s) + stay,
        price=price_of(price),
    )


async def check_readable(house: House, organisation_id: UUID, digests: list[bytes], actor: Actor | None) -> None:
    """Refuse contents that lie in the archive; a member of the organisation has begun their recall by that.

    Raises
    ------
    Archived
    """
    # As the service itself, in a transaction of its own: the recall outlives the refusal.
    async with house.database.transaction(organisation=organisation_id) as connection:
        archived = await tier_store.archived(connection, digests)
        if not archived:
            return
        if actor is None or not await tier_store.member_of(connection, organisation_id, actor.account_id):
            refusal = Archived("This lies in the archive. Ask the organisation that keeps it to recall it.")
        else:
            recall = await begin_recall(house, Tenant(connection, organisation_id, "", "member", actor), archived)
            refusal = Archived(
                f"This lies in the archive. It is on its way: that takes up to {_spoken(recall.ready_in_s)}, and"
                f" you get a mail when it is there. It then stays readable until {recall.until:%Y-%m-%d},"
                f" which costs at most {recall.price.text}.",
                **msgspec.to_builtins(recall),
            )
    raise refusal


def _spoken(seconds: int) -> str:
    hours = -(-seconds // 3600)
    return f"{seconds // 60} minutes" if seconds < 3600 else f"{hours} hours"
