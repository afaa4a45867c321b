"""DOIs over HTTP: the organisation's DataCite account, and reserving the DOI of a version."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request
from litestar.params import Parameter
from litestar.response import Redirect

from service.actions import datacite_account, dois, published
from service.actions.datacite_account import DataCiteAccount, NewDataCiteAccount
from service.actions.packages import Package
from service.house import Actor, House
from service.portal_address import came_by, canonical_address
from service.routing import operation

__all__ = ["HANDLERS"]

ACCOUNT = "/organisations/{organisation:str}/datacite-account"
VERSION = "/organisations/{organisation:str}/packages/{package:str}/versions/{version:int}"

Version = Annotated[int, Parameter(ge=1, le=2**31 - 1, description="Number of the version.")]


@operation("GET", ACCOUNT, scope="organisation:write", tags=["packages"])
async def get_datacite_account(organisation: str, actor: Actor, house: House) -> DataCiteAccount:
    """Read the organisation's DataCite account; its password is never shown."""
    return await datacite_account.get_account(house, actor, organisation)


@operation("PUT", ACCOUNT, scope="organisation:write", tags=["packages"])
async def set_datacite_account(
    organisation: str, data: NewDataCiteAccount, actor: Actor, house: House
) -> DataCiteAccount:
    """Set the organisation's DataCite account: its packages can then have DOIs."""
    return await datacite_account.set_account(house, actor, organisation, data)


@operation("DELETE", ACCOUNT, scope="organisation:write", tags=["packages"])
async def remove_datacite_account(organisation: str, actor: Actor, house: House) -> None:
    """Forget the organisation's DataCite account. DOIs stay, and are no longer kept up."""
    await datacite_account.remove_account(house, actor, organisation)


@operation("POST", f"{VERSION}/doi", scope="packages:publish", status=200, tags=["packages"])
async def add_package_doi(organisation: str, package: str, version: Version, actor: Actor, house: House) -> Package:
    """Reserve the DOI of a version: a draft at DataCite until it is published, findable from then on.

    Nobody waits for DataCite: `state` and `error` of the DOI tell how far it is.
    """
    return await dois.reserve_doi(house, actor, organisation, package, version)


@operation("GET", "/packages/{organisation:str}/{package:str}/page", scope="public", status=302, tags=["packages"])
async def get_package_page(organisation: str, package: str, request: Request[Any, Any, Any], house: House) -> Redirect:
    """Go to the page of the version to use: where the DOI of all versions leads."""
    found = await published.get_package(house, organisation, package)
    here = canonical_address(house.config, organisation, came_by(request.scope["state"]))
    return Redirect(here.landing(package, found.current.version), status_code=302)


HANDLERS = [
    get_datacite_account,
    set_datacite_account,
    remove_datacite_account,
    add_package_doi,
    get_package_page,
]
