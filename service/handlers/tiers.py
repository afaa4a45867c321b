"""Storage tiers of datasets over HTTP."""

from __future__ import annotations

from domain.tiers import TierPolicy
from service.actions import tiers
from service.actions.tiers import DatasetTiers
from service.house import Actor, House
from service.recalls import Recall
from service.routing import operation

__all__ = ["HANDLERS"]

ONE = "/organisations/{organisation:str}/datasets/{dataset:str}"


@operation("GET", f"{ONE}/tiers", scope="tiers:read", tags=["tiers"])
async def get_dataset_tiers(organisation: str, dataset: str, actor: Actor, house: House) -> DatasetTiers:
    """Tell a dataset's policy, where its contents lie, and which are on their way."""
    return await tiers.get_tiers(house, actor, organisation, dataset)


@operation("PUT", f"{ONE}/tiers", scope="tiers:write", tags=["tiers"])
async def set_dataset_tiers(
    organisation: str, dataset: str, data: TierPolicy, actor: Actor, house: House
) -> DatasetTiers:
    """Say after how long a dataset's files lie where it costs less; moves begin at once, as jobs.

    A content that several files share lies in the hottest tier that any of them asks for. `estimate_costs` tells what a
    dataset costs in another tier.
    """
    return await tiers.set_policy(house, actor, organisation, dataset, data)


@operation("DELETE", f"{ONE}/tiers", scope="tiers:write", tags=["tiers"])
async def remove_dataset_tiers(organisation: str, dataset: str, actor: Actor, house: House) -> None:
    """Take a dataset's policy away: its files become hot again, unless another dataset's policy keeps them."""
    await tiers.remove_policy(house, actor, organisation, dataset)


@operation("POST", f"{ONE}/recall", scope="tiers:recall", status=202, tags=["tiers"])
async def recall_dataset(organisation: str, dataset: str, actor: Actor, house: House) -> Recall:
    """Recall what of a dataset lies in the archive: says how long that takes and what it costs.

    Whoever asks gets a mail when all of it can be read, and `archive.recalled` is an event. Reading one archived file
    answers 409 and begins its recall as well, for members.
    """
    return await tiers.recall_dataset(house, actor, organisation, dataset)


HANDLERS = [get_dataset_tiers, set_dataset_tiers, remove_dataset_tiers, recall_dataset]
