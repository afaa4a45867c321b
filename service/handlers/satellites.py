"""The catalogue of satellites over HTTP."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.params import Parameter
from msgspec import Meta

from service.actions import satellite_catalogue
from service.actions.satellite_catalogue import CatalogueImport, CatalogueStatus, ElementFile, Satellite
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS", "NoradId"]

NoradId = Annotated[int, Parameter(ge=1, le=999_999_999, description="Catalogue number, up to nine digits.")]


class ElementFiles(msgspec.Struct):
    files: Annotated[list[ElementFile], Meta(min_length=1, max_length=20)]


class CatalogueImports(msgspec.Struct):
    """What came of each text, in their order."""

    imports: list[CatalogueImport]


@operation("GET", "/satellites", scope="satellites:read", tags=["satellites"])
async def list_satellites(
    actor: Actor,
    house: House,
    text: Annotated[
        str | None,
        Parameter(min_length=1, max_length=100, description="A number, or part of a name or designator."),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Satellite]:
    """List or search the satellites of the catalogue, by number.

    The catalogue is the same for everybody.
    """
    return await satellite_catalogue.list_satellites(house, wanted=text, cursor=cursor, limit=limit)


@operation("GET", "/satellites/{satellite:int}", scope="satellites:read", tags=["satellites"])
async def get_satellite(satellite: NoradId, actor: Actor, house: House) -> Satellite:
    """Read one satellite."""
    return await satellite_catalogue.get_satellite(house, satellite)


@operation("GET", "/satellites/catalogue", scope="satellites:read", tags=["satellites"])
async def get_catalogue(actor: Actor, house: House) -> CatalogueStatus:
    """Tell how large and how new the catalogue is, and how its fetching goes.

    That nothing can be fetched stops nothing: the elements that are there are used, and each answer tells their age.
    """
    return await satellite_catalogue.get_catalogue(house)


@operation("POST", "/satellites/catalogue/imports", scope="satellites:write", status=200, tags=["satellites"])
async def import_element_sets(data: ElementFiles, actor: Actor, house: House) -> CatalogueImports:
    """Bring element sets in, as an operator: OMM (CSV, JSON, XML) or two-line sets.

    A bad element set is told with its line and spoils no other; what is there already stays. Larger files come in with
    `uraniborg-server satellites import`.
    """
    return CatalogueImports(await satellite_catalogue.import_as_operator(house, actor, data.files))


HANDLERS = [list_satellites, get_satellite, get_catalogue, import_element_sets]
