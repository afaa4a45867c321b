"""Datasets over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar.params import Parameter

from service.actions import datasets
from service.actions.datasets import (
    AddedFiles,
    Dataset,
    DatasetChange,
    DatasetFile,
    DatasetState,
    FilesToAdd,
    FilesToRemove,
    NewDataset,
    RemovedFiles,
)
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/datasets"
ONE = f"{BASE}/{{dataset:str}}"


@operation("POST", BASE, scope="datasets:write", tags=["datasets"])
async def add_dataset(organisation: str, data: NewDataset, actor: Actor, house: House) -> Dataset:
    """Make a dataset, filled by hand or by a rule.

    With a rule, frames that match it join at once and whenever they arrive, as long as the dataset is open.
    """
    return await datasets.add_dataset(house, actor, organisation, data)


@operation("GET", BASE, scope="datasets:read", tags=["datasets"])
async def list_datasets(
    organisation: str,
    actor: Actor,
    house: House,
    dataset_state: Annotated[DatasetState | None, Parameter(query="state", description="Of one state.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Dataset]:
    """List datasets in order of slug."""
    return await datasets.list_datasets(house, actor, organisation, state=dataset_state, cursor=cursor, limit=limit)


@operation("GET", ONE, scope="datasets:read", tags=["datasets"])
async def get_dataset(organisation: str, dataset: str, actor: Actor, house: House) -> Dataset:
    """Read a dataset with the number and size of its files."""
    return await datasets.get_dataset(house, actor, organisation, dataset)


@operation("PATCH", ONE, scope="datasets:write", tags=["datasets"])
async def change_dataset(organisation: str, dataset: str, data: DatasetChange, actor: Actor, house: House) -> Dataset:
    """Change an open dataset's name, description or rule.

    Where an embargo was set for it, only an admin changes the rule.
    """
    return await datasets.change_dataset(house, actor, organisation, dataset, data)


@operation("POST", f"{ONE}/close", scope="datasets:write", status=200, tags=["datasets"])
async def close_dataset(organisation: str, dataset: str, actor: Actor, house: House) -> Dataset:
    """Close a dataset: nothing in it changes any more, until it is opened again."""
    return await datasets.set_state(house, actor, organisation, dataset, "closed")


@operation("POST", f"{ONE}/reopen", scope="datasets:write", status=200, tags=["datasets"])
async def reopen_dataset(organisation: str, dataset: str, actor: Actor, house: House) -> Dataset:
    """Open a dataset again; frames that matched its rule in the meantime join."""
    return await datasets.set_state(house, actor, organisation, dataset, "open")


@operation("DELETE", ONE, scope="datasets:write", problems=(409,), tags=["datasets"])
async def remove_dataset(organisation: str, dataset: str, actor: Actor, house: House) -> None:
    """Delete a dataset that is empty or was never published; its files stay stored.

    Where the embargo of a file would end sooner by that, it stays until an admin takes the dataset's embargo away.
    """
    await datasets.remove_dataset(house, actor, organisation, dataset)


@operation("GET", f"{ONE}/files", scope="datasets:read", tags=["datasets"])
async def list_dataset_files(
    organisation: str,
    dataset: str,
    actor: Actor,
    house: House,
    prefix: Annotated[str, Parameter(max_length=1024, description="Paths that begin so.")] = "",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[DatasetFile]:
    """List a dataset's files in order of path."""
    return await datasets.list_dataset_files(
        house, actor, organisation, dataset, prefix=prefix, cursor=cursor, limit=limit
    )


@operation("POST", f"{ONE}/files", scope="datasets:write", status=200, tags=["datasets"])
async def add_dataset_files(
    organisation: str, dataset: str, data: FilesToAdd, actor: Actor, house: House
) -> AddedFiles:
    """Put files into an open dataset; each one's fate is told, and one that cannot be added stops no other.

    Where the embargo of a file would end sooner by that, only an admin adds it: a member's batch is refused.
    """
    return await datasets.add_files(house, actor, organisation, dataset, data)


@operation("POST", f"{ONE}/files/remove", scope="datasets:write", status=200, tags=["datasets"])
async def remove_dataset_files(
    organisation: str, dataset: str, data: FilesToRemove, actor: Actor, house: House
) -> RemovedFiles:
    """Take files out of an open dataset; they stay stored.

    Where the embargo of a file would end sooner by that, only an admin takes it out: a member's batch is refused.
    """
    return await datasets.remove_files(house, actor, organisation, dataset, data)


HANDLERS = [
    add_dataset,
    list_datasets,
    get_dataset,
    change_dataset,
    close_dataset,
    reopen_dataset,
    remove_dataset,
    list_dataset_files,
    add_dataset_files,
    remove_dataset_files,
]
