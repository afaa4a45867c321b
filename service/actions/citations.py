"""A published version in every form in which it is cited; a tombstone is cited too."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.citation import bibtex, citation_text
from domain.datacite_metadata import datacite_json
from domain.dataset_jsonld import dataset_jsonld
from domain.package_record import PackageRecord
from domain.reference_formats import csl_json, ris
from service.actions.package_records import page_address, record_of
from service.actions.published import find_version
from service.house import House

__all__ = ["Cited", "cite"]


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """A version's record, and what is known of it besides. ``newer_version`` is the one to use instead."""

    record: PackageRecord
    state: str
    withdrawn_reason: str | None
    manifest_sha256: str
    concept_doi: str | None
    newer_version: int | None

    @property
    def page(self) -> str:
        """Address of its page for people."""
        return page_address(self.record.url)

    @property
    def archive(self) -> str | None:
        """Address of its ZIP archive; None for a tombstone."""
        return None if self.state == "withdrawn" else f"{self.record.url}/zip"

    def text(self) -> str:
        """Write the citation as a sentence."""
        return f"{citation_text(self.record)}\n"

    def bibtex(self) -> str:
        """Write a BibTeX entry."""
        return bibtex(self.record)

    def ris(self) -> str:
        """Write a RIS entry."""
        return ris(self.record)

    def csl(self) -> dict[str, Any]:
        """Write a CSL JSON item."""
        return csl_json(self.record)

    def datacite(self) -> dict[str, Any]:
        """Write DataCite's JSON."""
        return datacite_json(self.record) | {"url": self.page}

    def schema_org(self) -> dict[str, Any]:
        """Write schema.org's JSON-LD."""
        return dataset_jsonld(self.record, page=self.page, archive=self.archive, concept_doi=self.concept_doi)


async def cite(house: House, organisation: str, package: str, version: int) -> Cited:
    """Read what a citation of a published version is made of; raises NotFound when there is none."""
    released, row = await find_version(house, organisation, package, version)
    current = next((each["version"] for each in released.rows if each["state"] == "published"), 0)
    return Cited(
        record=record_of(house, row, organisation, released.publisher, package),
        state=row["state"],
        withdrawn_reason=row["withdrawn_reason"],
        manifest_sha256=row["manifest_sha256"].hex(),
        concept_doi=released.concept_doi,
        newer_version=current if current > version else None,
    )
