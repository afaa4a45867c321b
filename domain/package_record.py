"""A version of a data package as it is cited: all that any form of its metadata is written from."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from domain.licence import Licence
from domain.package_metadata import Contributor, Funding, PackageDate, RelatedIdentifier

__all__ = ["PackageRecord", "creators_of", "doi_address", "listed_name"]

DOI_RESOLVER = "https://doi.org/"


class PackageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a version says of itself.

    ``url`` is its landing page. ``doi`` is set once DataCite has it. ``withdrawn_at`` makes it a tombstone's record.
    """

    organisation: str
    publisher: str
    package: str
    version: int
    title: str
    description: str
    licence: Licence
    contributors: list[Contributor]
    keywords: list[str]
    related: list[RelatedIdentifier] = []
    funding: list[Funding] = []
    dates: list[PackageDate] = []
    url: str
    published_at: datetime
    withdrawn_at: datetime | None = None
    file_count: int
    size_bytes: int
    doi: str | None = None

    @property
    def year(self) -> int:
        """The year of publication, UTC."""
        return self.published_at.astimezone(UTC).year

    @property
    def identifier(self) -> str:
        """The address to cite: the DOI's where there is one, else the landing page's."""
        return doi_address(self.doi) if self.doi else self.url

    @property
    def key(self) -> str:
        """A name for it in a list of references."""
        return f"{self.organisation}-{self.package}-v{self.version}"


def doi_address(doi: str) -> str:
    """Write the address at which a DOI is resolved; old ones have characters that no address may have."""
    return DOI_RESOLVER + quote(doi, safe="/:;,@!$&'()*+=~")


def creators_of(record: PackageRecord) -> list[Contributor]:
    """Name those whom a citation names: the publisher where there is nobody else."""
    creators = [each for each in record.contributors if each.contributor_type is None]
    return creators or [Contributor(name=record.publisher, kind="organisation")]


def listed_name(person: Contributor) -> str:
    """Write a name as lists of references have it, ``Brahe, Tycho``, where its parts are known."""
    if person.family_name and person.given_name:
        return f"{person.family_name}, {person.given_name}"
    return person.family_name or person.name
