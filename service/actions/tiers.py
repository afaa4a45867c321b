"""Storage tiers of datasets: policies, what they come to, and recalls from the archive."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from domain.metering import TIERS
from domain.tiers import TierPolicy, check_policy
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.recalls import Recall, begin_recall
from service.tier_moves import MOST_AT_ONCE, enqueue_moves
from storage import dataset_store, tier_store, usage_store

__all__ = ["DatasetTiers", "TierMove", "get_tiers", "recall_dataset", "remove_policy", "set_policy"]


class TierMove(msgspec.Struct, kw_only=True):
    """Contents on their way from one tier to another; ``problems``: of how many that cannot be moved."""

    origin: str
    tier: str
    contents: int
    size_bytes: int
    problems: int


class DatasetTiers(msgspec.Struct, kw_only=True):
    """A dataset's policy, null where it has none; its contents' bytes by tier, each content once; what is under way."""

    policy: TierPolicy | None
    stored_bytes: dict[str, int]
    moves: list[TierMove]
    available: list[str]


async def _tiers(house: House, tenant: Tenant, slug: str) -> DatasetTiers:
    dataset_id = await dataset_store.get_dataset_id(tenant.connection, slug)
    stored = await usage_store.dataset_bytes(tenant.connection, dataset_id)
    moves = await tier_store.dataset_moves(tenant.connection, dataset_id)
    return DatasetTiers(
        policy=await tier_store.find_policy(tenant.connection, dataset_id),
        stored_bytes={tier: stored.get(tier, 0) for tier in TIERS},
        moves=[
            TierMove(
                origin=row.origin,
                tier=row.tier,
                contents=row.contents,
                size_bytes=int(row.size_bytes),
                problems=row.problems,
            )
            for row in moves
        ],
        available=[tier for tier in TIERS if tier in house.objects.tiers],
    )


async def get_tiers(house: House, actor: Actor, organisation: str, slug: str) -> DatasetTiers:
    """Tell where a dataset's contents lie, and where they are going."""
    async with house.tenant(actor, organisation) as tenant:
        return await _tiers(house, tenant, slug)


async def set_policy(house: House, actor: Actor, organisation: str, slug: str, policy: TierPolicy) -> DatasetTiers:
    """Give a dataset a policy, also a closed one: its files stay what they are. Moves begin at once.

    Raises
    ------
    InvalidInput
        The archive comes before the cool tier, or this service has no such tier.
    """
    check_policy(policy, house.objects.tiers)
    async with house.tenant(actor, organisation) as tenant:
        dataset_id = await dataset_store.get_dataset_id(tenant.connection, slug)
        await tier_store.set_policy(
            tenant.connection, tenant.organisation_id, dataset_id, policy, changed_by=actor.account_id
        )
        await _begin(tenant)
        values = msgspec.to_builtins(policy)
        await record(tenant, "tiers.changed", f"datasets/{slug}", **values)
        return await _tiers(house, tenant, slug)


async def remove_policy(house: House, actor: Actor, organisation: str, slug: str) -> None:
    """Take a dataset's policy away: what no other policy keeps elsewhere becomes hot again. Safe to repeat."""
    async with house.tenant(actor, organisation) as tenant:
        dataset_id = await dataset_store.get_dataset_id(tenant.connection, slug)
        if await tier_store.remove_policy(tenant.connection, dataset_id):
            await _begin(tenant)
            await record(tenant, "tiers.changed", f"datasets/{slug}", removed=True)


async def recall_dataset(house: House, actor: Actor, organisation: str, slug: str) -> Recall:
    """Recall what of a dataset lies in the archive; whoever asks is told when all of it is there. Safe to repeat."""
    async with house.tenant(actor, organisation) as tenant:
        dataset_id = await dataset_store.get_dataset_id(tenant.connection, slug)
        return await begin_recall(house, tenant, await tier_store.dataset_archived(tenant.connection, dataset_id))


async def _begin(tenant: Tenant) -> None:
    await tier_store.wish_moves(tenant.connection, tenant.organisation_id, datetime.now(UTC), most=MOST_AT_ONCE)
    await enqueue_moves(tenant)
