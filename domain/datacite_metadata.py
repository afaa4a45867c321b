"""A version's metadata as DataCite has it, in JSON and in XML.

Source
------
DataCite Metadata Schema 4.5; the JSON is that of its REST API (``/dois``, ``attributes``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC
from typing import Any
from xml.etree import ElementTree as ET

from domain.package_metadata import Contributor, Funding, RelatedIdentifier
from domain.package_record import PackageRecord, creators_of, listed_name

__all__ = ["DATACITE_NAMESPACE", "DATACITE_SCHEMA", "datacite_json", "datacite_xml", "xml_text"]

DATACITE_NAMESPACE = "http://datacite.org/schema/kernel-4"
DATACITE_SCHEMA = "http://schema.datacite.org/meta/kernel-4.5/metadata.xsd"
# What XML 1.0 cannot hold at all, production 2 (Char).
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def datacite_json(
    record: PackageRecord,
    *,
    doi: str | None = None,
    relations: Iterable[RelatedIdentifier] = (),
    is_concept: bool = False,
) -> dict[str, Any]:
    """Describe a version, or all versions of a package together, as DataCite does.

    Parameters
    ----------
    doi : str, optional
        Where it is not the record's own.
    relations : iterable of RelatedIdentifier
        Those to other versions, besides the record's.
    is_concept : bool
        Whether this is the DOI of all versions, so that no version and no size is said.
    """
    name = doi or record.doi
    attributes: dict[str, Any] = {
        "doi": name,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Data package"},
        "creators": [_name(each) for each in creators_of(record)],
        "titles": [{"title": record.title}],
        "publisher": {"name": record.publisher},
        "publicationYear": f"{record.year:04}",
        "subjects": [{"subject": keyword} for keyword in dict.fromkeys(record.keywords)],
        "contributors": [
            _name(each) | {"contributorType": each.contributor_type}
            for each in record.contributors
            if each.contributor_type
        ],
        "dates": _dates(record),
        "relatedIdentifiers": [_related(each) for each in dict.fromkeys([*record.related, *relations])],
        "rightsList": [
            {
                "rights": record.licence.name,
                "rightsUri": record.licence.url,
                "rightsIdentifier": record.licence.id.lower(),
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
            }
        ],
        "descriptions": [{"description": record.description, "descriptionType": "Abstract"}]
        if record.description.strip()
        else [],
        "fundingReferences": [_funding(each) for each in record.funding],
        "schemaVersion": DATACITE_NAMESPACE,
    }
    if not is_concept:
        files = "1 file" if record.file_count == 1 else f"{record.file_count} files"
        attributes["version"] = str(record.version)
        attributes["sizes"] = [files, f"{record.size_bytes} bytes"]
        attributes["alternateIdentifiers"] = [
            {"alternateIdentifier": record.url, "alternateIdentifierType": "URL"},
        ]
    return {member: value for member, value in attributes.items() if value not in (None, [])}


def _name(each: Contributor) -> dict[str, Any]:
    name: dict[str, Any] = {
        "name": listed_name(each),
        "nameType": "Personal" if each.kind == "person" else "Organizational",
    }
    if each.given_name:
        name["givenName"] = each.given_name
    if each.family_name:
        name["familyName"] = each.family_name
    if each.orcid:
        name["nameIdentifiers"] = [
            {
                "nameIdentifier": f"https://orcid.org/{each.orcid}",
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            }
        ]
    elif each.ror:
        name["nameIdentifiers"] = [
            {"nameIdentifier": each.ror, "nameIdentifierScheme": "ROR", "schemeUri": "https://ror.org"}
        ]
    if each.affiliations:
        name["affiliation"] = [
            {"name": place.name}
            | (
                {
                    "affiliationIdentifier": place.ror,
                    "affiliationIdentifierScheme": "ROR",
                    "schemeUri": "https://ror.org",
                }
                if place.ror
                else {}
            )
            for place in each.affiliations
        ]
    return name


def _dates(record: PackageRecord) -> list[dict[str, str]]:
    issued = f"{record.published_at.astimezone(UTC):%Y-%m-%d}"
    dates = [{"date": issued, "dateType": "Issued"}, {"date": issued, "dateType": "Available"}]
    for each in record.dates:
        more = {"dateInformation": each.information} if each.information else {}
        dates.append({"date": each.date, "dateType": each.type, **more})
    if record.withdrawn_at:
        dates.append({"date": f"{record.withdrawn_at.astimezone(UTC):%Y-%m-%d}", "dateType": "Withdrawn"})
    return dates


def _related(each: RelatedIdentifier) -> dict[str, str]:
    return {
        "relatedIdentifier": each.identifier,
        "relatedIdentifierType": each.type,
        "relationType": each.relation,
    }


def _funding(each: Funding) -> dict[str, str]:
    members = {
        "funderName": each.funder,
        "funderIdentifier": each.funder_id,
        "funderIdentifierType": each.funder_id_type,
        "awardNumber": each.award_number,
        "awardUri": each.award_url,
        "awardTitle": each.award_title,
    }
    return {name: value for name, value in members.items() if value}


def xml_text(text: str) -> str:
    """Take out of a text what XML cannot hold."""
    return NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def datacite_xml(attributes: dict[str, Any]) -> ET.Element:
    """Write what ``datacite_json`` made as the element ``resource``; a version without DOI is named by its address."""
    root = ET.Element(_tag("resource"))
    root.set("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", f"{DATACITE_NAMESPACE} {DATACITE_SCHEMA}")
    if doi := attributes.get("doi"):
        _add(root, "identifier", doi, identifierType="DOI")
    else:
        alternate = attributes["alternateIdentifiers"][0]
        _add(root, "identifier", alternate["alternateIdentifier"], identifierType="URL")
    _add_names(root, "creators", "creator", "creatorName", attributes["creators"])
    _add_all(root, "titles", [("title", each["title"], {}) for each in attributes["titles"]])
    _add(root, "publisher", attributes["publisher"]["name"])
    _add(root, "publicationYear", attributes["publicationYear"])
    kind = attributes["types"]
    _add(root, "resourceType", kind["resourceType"], resourceTypeGeneral=kind["resourceTypeGeneral"])
    _add_all(root, "subjects", [("subject", each["subject"], {}) for each in attributes.get("subjects", [])])
    _add_names(root, "contributors", "contributor", "contributorName", attributes.get("contributors", []))
    _add_all(root, "dates", [("date", d["date"], _but(d, "date")) for d in attributes["dates"]])
    _add_all(
        root,
        "alternateIdentifiers",
        [
            ("alternateIdentifier", a["alternateIdentifier"], _but(a, "alternateIdentifier"))
            for a in attributes.get("alternateIdentifiers", [])
        ],
    )
    _add_all(
        root,
        "relatedIdentifiers",
        [
            ("relatedIdentifier", r["relatedIdentifier"], _but(r, "relatedIdentifier"))
            for r in attributes.get("relatedIdentifiers", [])
        ],
    )
    _add_all(root, "sizes", [("size", each, {}) for each in attributes.get("sizes", [])])
    if version := attributes.get("version"):
        _add(root, "version", version)
    rights = [("rights", r["rights"], _uri(_but(r, "rights"))) for r in attributes["rightsList"]]
    _add_all(root, "rightsList", rights)
    _add_all(
        root,
        "descriptions",
        [("description", d["description"], _but(d, "description")) for d in attributes.get("descriptions", [])],
    )
    _add_funding(root, attributes.get("fundingReferences", []))
    return root


def _tag(name: str) -> str:
    return f"{{{DATACITE_NAMESPACE}}}{name}"


def _add(parent: ET.Element, tag: str, text: str, **more: str) -> ET.Element:
    element = ET.SubElement(parent, _tag(tag), {name: xml_text(value) for name, value in more.items()})
    element.text = xml_text(text)
    return element


def _add_all(parent: ET.Element, tag: str, children: list[tuple[str, str, dict[str, str]]]) -> None:
    if children:
        inner = ET.SubElement(parent, _tag(tag))
        for name, text, more in children:
            _add(inner, name, text, **more)


def _but(members: dict[str, str], text: str) -> dict[str, str]:
    return {name: value for name, value in members.items() if name != text}


def _uri(members: dict[str, str]) -> dict[str, str]:
    """Name members as the XML does: ``rightsURI``, ``schemeURI``."""
    return {name.removesuffix("Uri") + "URI" if name.endswith("Uri") else name: v for name, v in members.items()}


def _add_names(parent: ET.Element, tag: str, one: str, name_tag: str, names: list[dict[str, Any]]) -> None:
    if not names:
        return
    inner = ET.SubElement(parent, _tag(tag))
    for each in names:
        more = {"contributorType": each["contributorType"]} if "contributorType" in each else {}
        person = ET.SubElement(inner, _tag(one), more)
        _add(person, name_tag, each["name"], nameType=each["nameType"])
        for member in ("givenName", "familyName"):
            if member in each:
                _add(person, member, each[member])
        for identifier in each.get("nameIdentifiers", []):
            _add(person, "nameIdentifier", identifier["nameIdentifier"], **_uri(_but(identifier, "nameIdentifier")))
        for place in each.get("affiliation", []):
            _add(person, "affiliation", place["name"], **_uri(_but(place, "name")))


def _add_funding(parent: ET.Element, funding: list[dict[str, str]]) -> None:
    if not funding:
        return
    inner = ET.SubElement(parent, _tag("fundingReferences"))
    for each in funding:
        reference = ET.SubElement(inner, _tag("fundingReference"))
        _add(reference, "funderName", each["funderName"])
        if "funderIdentifier" in each:
            kind = each["funderIdentifierType"]
            _add(reference, "funderIdentifier", each["funderIdentifier"], funderIdentifierType=kind)
        if "awardNumber" in each or "awardUri" in each:
            more = {"awardURI": each["awardUri"]} if "awardUri" in each else {}
            _add(reference, "awardNumber", each.get("awardNumber", ""), **more)
        if "awardTitle" in each:
            _add(reference, "awardTitle", each["awardTitle"])
