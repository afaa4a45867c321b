"""Receipts of downloads over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar.params import Parameter

from service.actions import receipts
from service.actions.receipts import DatasetDownloads, Downloads
from service.house import Actor, House
from service.paging import Cursor, Limit
from service.routing import operation

__all__ = ["HANDLERS"]

VERSION = "/organisations/{organisation:str}/packages/{package:str}/versions/{version:int}"


@operation("GET", f"{VERSION}/downloads", scope="receipts:read", tags=["packages"])
async def list_package_downloads(
    organisation: str,
    package: str,
    version: Annotated[int, Parameter(ge=1, le=2**31 - 1, description="Number of the version.")],
    actor: Actor,
    house: House,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Downloads:
    """Tell who downloaded a published version, and how many there were by day.

    A request for the first byte is a download; one that goes on where another ended is not counted again.
    """
    return await receipts.list_package_downloads(
        house, actor, organisation, package, version, cursor=cursor, limit=limit
    )


@operation(
    "GET",
    "/organisations/{organisation:str}/datasets/{dataset:str}/downloads",
    scope="receipts:read",
    tags=["datasets"],
)
async def list_dataset_downloads(
    organisation: str, dataset: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> DatasetDownloads:
    """Tell who downloaded files of a dataset, and how many there were by day.

    What was downloaded a few seconds ago may not be counted yet. A file in several datasets counts with each.
    """
    return await receipts.list_dataset_downloads(house, actor, organisation, dataset, cursor=cursor, limit=limit)


HANDLERS = [list_package_downloads, list_dataset_downloads]
