"""A version as schema.org describes a dataset, for the search engines that read it from its page.

Source
------
schema.org ``Dataset``; "Dataset structured data" (Google Search Central) for what is looked for.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from domain.package_metadata import Contributor
from domain.package_record import PackageRecord, creators_of, doi_address

__all__ = ["dataset_jsonld"]


def dataset_jsonld(record: PackageRecord, *, page: str, archive: str | None, concept_doi: str | None) -> dict[str, Any]:
    """Describe a version in JSON-LD.

    Parameters
    ----------
    page : str
        Address of its page for people.
    archive : str or None
        Address of its ZIP archive; None where it is no longer given out.
    concept_doi : str or None
        The DOI of all versions.
    """
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": record.identifier,
        "name": record.title,
        # A dataset without a description is left out by search engines.
        "description": record.description.strip() or f"{record.title}. A data package of {record.publisher}.",
        "url": page,
        "identifier": [doi_address(record.doi), record.url] if record.doi else record.url,
        "version": str(record.version),
        "datePublished": f"{record.published_at.astimezone(UTC):%Y-%m-%d}",
        "license": record.licence.url,
        "creator": [_agent(each) for each in creators_of(record)],
        "contributor": [_agent(each) for each in record.contributors if each.contributor_type],
        "publisher": {"@type": "Organization", "name": record.publisher},
        "keywords": record.keywords,
        "isAccessibleForFree": True,
        "temporalCoverage": next((each.date for each in record.dates if each.type == "Collected"), None),
        "isPartOf": {"@type": "Dataset", "@id": doi_address(concept_doi)} if concept_doi else None,
        "citation": [
            doi_address(each.identifier) if each.type == "DOI" else each.identifier
            for each in record.related
            if each.type in ("DOI", "URL")
        ],
        "funding": [
            {"@type": "Grant", "funder": {"@type": "Organization", "name": each.funder}}
            | ({"identifier": each.award_number} if each.award_number else {})
            for each in record.funding
        ],
    }
    if archive:
        described["distribution"] = {
            "@type": "DataDownload",
            "contentUrl": archive,
            "encodingFormat": "application/zip",
        }
    return {name: value for name, value in described.items() if value not in (None, [])}


def _agent(each: Contributor) -> dict[str, Any]:
    agent: dict[str, Any] = {"@type": "Person" if each.kind == "person" else "Organization", "name": each.name}
    if each.given_name:
        agent["givenName"] = each.given_name
    if each.family_name:
        agent["familyName"] = each.family_name
    if identifier := f"https://orcid.org/{each.orcid}" if each.orcid else each.ror:
        agent["@id"] = agent["sameAs"] = identifier
    if each.affiliations:
        agent["affiliation"] = [
            {"@type": "Organization", "name": place.name} | ({"@id": place.ror} if place.ror else {})
            for place in each.affiliations
        ]
    return agent
