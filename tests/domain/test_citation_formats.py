"""What is said of a version, held against the schemas and readers of those who read it."""

from __future__ import annotations

import json
from collections import Counter
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import bibtexparser
import jsonschema_rs
import pytest
import rispy
from hypothesis import given

from domain.citation import bibtex, citation_text
from domain.datacite_metadata import datacite_json, datacite_xml
from domain.dataset_jsonld import dataset_jsonld
from domain.errors import InvalidInput
from domain.package_metadata import (
    Affiliation,
    Contributor,
    Funding,
    InvalidDoi,
    PackageDate,
    RelatedIdentifier,
    check_contributors,
    check_dates,
    check_doi,
    check_funding,
    check_related,
)
from domain.package_record import PackageRecord
from domain.reference_formats import csl_json, ris
from domain.ror import InvalidRor, check_ror
from tests.support.examples import tried_on
from tests.support.package_records import FULL, records

# The file alone: its package takes seconds to load.
DATACITE = distribution("datacite").locate_file("datacite/schemas/datacite-v4.5.json")
datacite = jsonschema_rs.validator_for(json.loads(Path(str(DATACITE)).read_bytes()), validate_formats=True)


def errors(attributes: dict[str, Any]) -> list[str]:
    return [error.message for error in datacite.iter_errors(attributes)]


@tried_on(15)
@given(records())
def test_datacite_takes_whatever_we_say(record: PackageRecord) -> None:
    assert errors(datacite_json(record)) == []
    concept = datacite_json(
        record,
        doi="10.5072/concept",
        relations=[RelatedIdentifier(identifier="10.5072/v1", type="DOI", relation="HasVersion")],
        is_concept=True,
    )
    assert errors(concept) == []
    assert "version" not in concept


def test_the_schema_refuses_what_is_wrong() -> None:
    wrong = datacite_json(FULL)
    wrong["contributors"][0]["contributorType"] = "Astronomer"
    assert errors(wrong)


def told(root: ET.Element) -> Counter[str]:
    """Count what an XML document says, in whatever order and with whatever prefixes."""
    return Counter(
        f"{element.tag} {(element.text or '').strip()} {sorted(element.attrib.items())}"
        for element in root.iter()
        if (element.text or "").strip()
    )


@pytest.mark.slow
def test_the_xml_says_what_the_datacite_library_makes_of_the_json() -> None:
    from datacite import schema45  # takes seconds

    attributes = datacite_json(FULL)
    theirs = ET.fromstring(schema45.tostring(attributes))
    assert told(datacite_xml(attributes)) == told(theirs)


@given(records())
def test_xml_can_be_read_whatever_people_write(record: PackageRecord) -> None:
    ET.fromstring(ET.tostring(datacite_xml(datacite_json(record) | {"url": record.url}), encoding="unicode"))


def test_a_full_record_in_datacites_words() -> None:
    said = datacite_json(FULL)
    assert said["creators"][0] == {
        "name": "Brahe, Tycho",
        "nameType": "Personal",
        "givenName": "Tycho",
        "familyName": "Brahe",
        "nameIdentifiers": [
            {
                "nameIdentifier": "https://orcid.org/0000-0002-1825-0097",
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            }
        ],
        "affiliation": [
            {
                "name": "Uraniborg",
                "affiliationIdentifier": "https://ror.org/04wxnsj81",
                "affiliationIdentifierScheme": "ROR",
                "schemeUri": "https://ror.org",
            },
            {"name": "Hven"},
        ],
    }
    assert [each["name"] for each in said["creators"]] == ["Brahe, Tycho", "Stars and Sons Collaboration"]
    assert [each["contributorType"] for each in said["contributors"]] == ["DataCurator"]
    assert said["rightsList"][0]["rightsIdentifier"] == "cc-by-4.0"
    assert said["sizes"] == ["1 file", "3 bytes"]
    assert {each["dateType"] for each in said["dates"]} == {"Issued", "Available", "Collected"}
    assert said["fundingReferences"][0]["awardUri"] == "https://hven.example/deed"


def test_bibtex_is_read_by_a_parser() -> None:
    library = bibtexparser.parse_string(bibtex(FULL))
    assert not library.failed_blocks
    fields = library.entries[0].fields_dict
    assert fields["author"].value == "Brahe, Tycho and {Stars and Sons Collaboration}"
    assert (fields["doi"].value, fields["year"].value) == (FULL.doi, "2026")
    assert fields["title"].value == r"{M31 in R \& B: 100 \% of \{it\}}"
    assert fields["url"].value == f"https://doi.org/{FULL.doi}"


def test_ris_is_read_by_a_parser() -> None:
    entry = rispy.loads(ris(FULL))[0]
    assert (entry["type_of_reference"], entry["title"]) == ("DATA", FULL.title)
    assert entry["authors"] == ["Brahe, Tycho", "Stars and Sons Collaboration"]
    assert (entry["doi"], entry["year"], entry["edition"]) == (FULL.doi, "2026", "2")
    assert entry["keywords"] == FULL.keywords
    assert entry["abstract"] == "Deep exposures. Two nights."


@given(records())
def test_ris_holds_one_entry_whatever_people_write(record: PackageRecord) -> None:
    # RIS has lines and nothing to escape them with.
    lines = ris(record).split("\r\n")
    assert lines[0] == "TY  - DATA"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(line[2:6] == "  - " for line in lines[:-1])
    assert [line[:2] for line in lines].count("TY") == 1


def test_csl_json_has_names_in_parts_and_wholes() -> None:
    item = csl_json(FULL)
    assert item["author"] == [
        {"family": "Brahe", "given": "Tycho"},
        {"literal": "Stars and Sons Collaboration"},
    ]
    assert (item["type"], item["issued"], item["DOI"]) == ("dataset", {"date-parts": [[2026, 11, 21]]}, FULL.doi)


def test_the_sentence_ends_with_the_doi() -> None:
    assert citation_text(FULL).startswith("Brahe, Tycho; Stars and Sons Collaboration (2026): ")
    assert citation_text(FULL).endswith("Dataset. https://doi.org/10.5072/uranienborg.m31.v2")


@given(records())
def test_json_ld_names_what_search_engines_want(record: PackageRecord) -> None:
    said = json.loads(json.dumps(dataset_jsonld(record, page="https://p", archive=None, concept_doi=None)))
    assert (said["@type"], said["@context"]) == ("Dataset", "https://schema.org")
    assert said["name"]
    assert said["description"].strip()
    assert "distribution" not in said


# ROR ids of Caltech, DataCite, Crossref, the California Digital Library and UTS (ror.org).
@pytest.mark.parametrize(
    "ror", ["05dxps055", "04wxnsj81", "https://ror.org/02twcfp32", "ror.org/03yrm5c26", "03F0F6041"]
)
def test_real_ror_ids_are_taken_in_any_form(ror: str) -> None:
    assert check_ror(ror).startswith("https://ror.org/0")


@pytest.mark.parametrize("place", range(8))
def test_a_ror_id_with_one_character_changed_is_refused(place: int) -> None:
    right = "5dxps055"
    for other in "0123456789abcdefghjkmnpqrstvwxyz":
        wrong = right[:place] + other + right[place + 1 :]
        if wrong != right:
            with pytest.raises(InvalidRor):
                check_ror("0" + wrong)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("10.5281/Zenodo.1003150", "10.5281/zenodo.1003150"),
        ("https://doi.org/10.1000/182", "10.1000/182"),
        ("http://dx.doi.org/10.1000/182 ", "10.1000/182"),
        ("doi:10.1000/182", "10.1000/182"),
    ],
)
def test_dois_are_taken_in_any_form(written: str, kept: str) -> None:
    assert check_doi(written) == kept


@pytest.mark.parametrize("wrong", ["", "10.1000", "10.1/", "11.1000/1", "https://example.org/10.1000/1", "10.1000/a b"])
def test_what_is_no_doi_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidDoi):
        check_doi(wrong)


@pytest.mark.parametrize(
    "date",
    ["2026", "2026-02", "2026-02-28", "2024-02-29", "2026-02-28T23:59:59Z", "2025/2026", "2026-01-01/2026-01-01"],
)
def test_dates_and_ranges_are_taken(date: str) -> None:
    assert check_dates([PackageDate(date=date, type="Collected")])[0].date == date


@pytest.mark.parametrize(
    "date", ["2026-02-30", "2026-13", "26", "2026/2025", "2026/2026-01-01", "2026/2027/2028", "yesterday", "2026-1-1"]
)
def test_what_is_no_date_is_refused(date: str) -> None:
    with pytest.raises(InvalidInput):
        check_dates([PackageDate(date=date, type="Collected")])


def test_people_and_organisations_keep_to_their_identifiers() -> None:
    with pytest.raises(InvalidInput, match="organisation"):
        check_contributors([Contributor(name="ESO", kind="organisation", orcid="0000-0002-1825-0097")])
    with pytest.raises(InvalidInput, match="affiliation"):
        check_contributors([Contributor(name="Tycho", ror="04wxnsj81")])
    with pytest.raises(InvalidRor):
        check_contributors([Contributor(name="Tycho", affiliations=[Affiliation(name="x", ror="04wxnsj82")])])
    checked = check_contributors([Contributor(name="Tycho", affiliations=[Affiliation(name=" H ven ")] * 2)])
    assert checked[0].affiliations == [Affiliation(name="H ven")]


def test_funders_and_relations_are_checked() -> None:
    with pytest.raises(InvalidInput, match="funder_id_type"):
        check_funding([Funding(funder="F", funder_id="x")])
    with pytest.raises(InvalidRor):
        check_funding([Funding(funder="F", funder_id="x", funder_id_type="ROR")])
    with pytest.raises(InvalidInput, match="address"):
        check_funding([Funding(funder="F", award_url="javascript:alert(1)")])
    with pytest.raises(InvalidDoi):
        check_related([RelatedIdentifier(identifier="x", type="DOI", relation="Cites")])
    with pytest.raises(InvalidInput, match="address"):
        check_related([RelatedIdentifier(identifier="ftp://x", type="URL", relation="Cites")])
    twice = [RelatedIdentifier(identifier=f"{p}10.1000/A", type="DOI", relation="Cites") for p in ("", "doi:")]
    assert len(check_related(twice)) == 1
