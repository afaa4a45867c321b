"""Turning a version's row into the record from which every form of its metadata is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy.engine import RowMapping

from domain.licence import LICENCES
from domain.package_metadata import Contributor, Funding, PackageDate, RelatedIdentifier
from domain.package_record import PackageRecord
from service.house import House

__all__ = ["package_address", "page_address", "record_of", "version_address"]


def package_address(house: House, organisation: str, package: str) -> str:
    """Write the public address of a package."""
    return f"{house.config.base_url}/api/v1/packages/{organisation}/{package}"


def version_address(house: House, organisation: str, package: str, version: int) -> str:
    """Write the public address of a version."""
    return f"{package_address(house, organisation, package)}/versions/{version}"


def page_address(address: str) -> str:
    """Write the address of the page for people about what is at an address."""
    return f"{address}/page"


def record_of(
    house: House, row: Mapping[str, Any] | RowMapping, organisation: str, publisher: str, package: str
) -> PackageRecord:
    """Gather what a published version says of itself.

    Parameters
    ----------
    publisher : str
        The organisation's name now; what is published keeps the one it was published under.
    """
    return PackageRecord(
        organisation=organisation,
        publisher=row["publisher"] or publisher,
        package=package,
        version=row["version"],
        title=row["title"],
        description=row["description"],
        licence=LICENCES[row["licence"]],
        contributors=msgspec.convert(row["contributors"], list[Contributor]),
        keywords=row["keywords"],
        related=msgspec.convert(row["related"], list[RelatedIdentifier]),
        funding=msgspec.convert(row["funding"], list[Funding]),
        dates=msgspec.convert(row["dates"], list[PackageDate]),
        url=version_address(house, organisation, package, row["version"]),
        published_at=row["published_at"],
        withdrawn_at=row["withdrawn_at"],
        file_count=row["file_count"],
        size_bytes=row["size_bytes"],
        # Before DataCite has it, it is only a wish.
        doi=row["doi"] if row["doi_state"] not in (None, "none") else None,
    )
