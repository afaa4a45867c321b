"""What a data package says of itself for citation: its people, its relations, its funding, its dates."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from domain.errors import InvalidInput
from domain.orcid import check_orcid
from domain.ror import check_ror

__all__ = [
    "Affiliation",
    "Contributor",
    "ContributorType",
    "DateType",
    "FunderIdType",
    "Funding",
    "InvalidDoi",
    "PackageDate",
    "RelatedIdentifier",
    "RelatedIdentifierType",
    "RelationType",
    "check_contributors",
    "check_dates",
    "check_doi",
    "check_funding",
    "check_related",
]

# Source of the vocabularies: DataCite Metadata Schema 4.5, appendix 1.
ContributorType = Literal[
    "ContactPerson", "DataCollector", "DataCurator", "DataManager", "Distributor", "Editor", "HostingInstitution",
    "Producer", "ProjectLeader", "ProjectManager", "ProjectMember", "RegistrationAgency", "RegistrationAuthority",
    "RelatedPerson", "Researcher", "ResearchGroup", "RightsHolder", "Sponsor", "Supervisor", "WorkPackageLeader",
    "Other",
]  # fmt: skip
RelatedIdentifierType = Literal[
    "ARK", "arXiv", "bibcode", "DOI", "EAN13", "EISSN", "Handle", "IGSN", "ISBN", "ISSN", "ISTC", "LISSN", "LSID",
    "PMID", "PURL", "UPC", "URL", "URN", "w3id",
]  # fmt: skip
RelationType = Literal[
    "IsCitedBy", "Cites", "IsCollectedBy", "Collects", "IsSupplementTo", "IsSupplementedBy", "IsContinuedBy",
    "Continues", "IsDescribedBy", "Describes", "HasMetadata", "IsMetadataFor", "HasVersion", "IsVersionOf",
    "IsNewVersionOf", "IsPreviousVersionOf", "IsPartOf", "HasPart", "IsPublishedIn", "IsReferencedBy", "References",
    "IsDocumentedBy", "Documents", "IsCompiledBy", "Compiles", "IsVariantFormOf", "IsOriginalFormOf", "IsIdenticalTo",
    "IsReviewedBy", "Reviews", "IsDerivedFrom", "IsSourceOf", "IsRequiredBy", "Requires", "IsObsoletedBy", "Obsoletes",
]  # fmt: skip
DateType = Literal["Accepted", "Collected", "Copyrighted", "Created", "Submitted", "Updated", "Valid", "Other"]
FunderIdType = Literal["ROR", "Crossref Funder ID", "ISNI", "GRID", "Other"]

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Ror = Annotated[str, Meta(max_length=60, examples=["https://ror.org/04wxnsj81"])]
# Source: "DOI Handbook", section 2.2; no blanks, for the sake of those who take texts apart.
DOI_FORM = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE | re.ASCII)
URL_FORM = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+")


class InvalidDoi(InvalidInput):
    code = "invalid-doi"
    title = "This is no DOI"


class Affiliation(msgspec.Struct, kw_only=True):
    """Where a person works, or what an organisation belongs to."""

    name: Annotated[str, Meta(min_length=1, max_length=200, examples=["Uraniborg"])]
    ror: Ror | None = None


class Contributor(msgspec.Struct, kw_only=True):
    """A person or organisation that the data are owed to, in the order of citation.

    Without a ``contributor_type`` it is a creator: one of those whom a citation names. ``role`` is for people to read.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200, examples=["Tycho Brahe"])]
    orcid: Annotated[str, Meta(max_length=60, examples=["0000-0002-1825-0097"])] | None = None
    role: Annotated[str, Meta(max_length=100, examples=["observer"])] | None = None
    kind: Literal["person", "organisation"] = "person"
    given_name: Annotated[str, Meta(max_length=100, examples=["Tycho"])] | None = None
    family_name: Annotated[str, Meta(max_length=100, examples=["Brahe"])] | None = None
    ror: Ror | None = None
    affiliations: Annotated[list[Affiliation], Meta(max_length=20)] = []
    contributor_type: ContributorType | None = None


class RelatedIdentifier(msgspec.Struct, kw_only=True, frozen=True):
    """Something that the data are related to: the paper they belong to, the data they come from."""

    identifier: Annotated[str, Meta(min_length=1, max_length=2000, examples=["10.1051/0004-6361/201321591"])]
    type: RelatedIdentifierType
    relation: RelationType


class Funding(msgspec.Struct, kw_only=True, frozen=True):
    """Who paid for it."""

    funder: Annotated[str, Meta(min_length=1, max_length=300, examples=["Danmarks Frie Forskningsfond"])]
    funder_id: Annotated[str, Meta(max_length=200)] | None = None
    funder_id_type: FunderIdType | None = None
    award_number: Annotated[str, Meta(max_length=200)] | None = None
    award_title: Annotated[str, Meta(max_length=500)] | None = None
    award_url: Annotated[str, Meta(max_length=2000)] | None = None


class PackageDate(msgspec.Struct, kw_only=True, frozen=True):
    """A date or a range of two with a slash between; to the year, month, day or second (UTC)."""

    date: Annotated[str, Meta(min_length=4, max_length=50, examples=["2026-11-20", "2026-11-20/2026-11-24"])]
    type: DateType
    information: Annotated[str, Meta(max_length=300)] | None = None


def _line(text: str) -> str:
    return " ".join(text.split())


def check_contributors(contributors: list[Contributor]) -> list[Contributor]:
    """Return the contributors with their names trimmed and their ORCID iDs and ROR ids in the usual form.

    Raises
    ------
    InvalidInput
        A name is blank, an organisation has an ORCID iD, or a person a ROR id.
    InvalidOrcid, InvalidRor
        An identifier is mistyped.
    """
    return [_contributor(each) for each in contributors]


def _contributor(each: Contributor) -> Contributor:
    if not (name := _line(each.name)):
        raise InvalidInput("A contributor's name may not be blank.")
    if each.kind == "organisation" and (each.orcid or each.given_name or each.family_name):
        raise InvalidInput(f"{name[:100]!r} is an organisation: ORCID iD, given and family name are a person's.")
    if each.kind == "person" and each.ror:
        raise InvalidInput(f"{name[:100]!r} is a person: put the ROR id into an affiliation.")
    if any(not _line(place.name) for place in each.affiliations):
        raise InvalidInput(f"An affiliation of {name[:100]!r} has no name.")
    places = [
        Affiliation(name=_line(place.name), ror=check_ror(place.ror) if place.ror else None)
        for place in each.affiliations
    ]
    return Contributor(
        name=name,
        orcid=check_orcid(each.orcid) if each.orcid else None,
        role=each.role or None,
        kind=each.kind,
        given_name=_line(each.given_name or "") or None,
        family_name=_line(each.family_name or "") or None,
        ror=check_ror(each.ror) if each.ror else None,
        affiliations=[place for index, place in enumerate(places) if place not in places[:index]],
        contributor_type=each.contributor_type,
    )


def check_doi(doi: str) -> str:
    """Return a DOI without the resolver's address, in lower case, which DOIs do not tell from upper.

    Raises
    ------
    InvalidDoi
    """
    found = DOI_FORM.fullmatch(doi.strip())
    if found is None:
        raise InvalidDoi(f"{doi[:100]!r} is no DOI; one looks like 10.5281/zenodo.1003150.")
    return found[1].lower()


def _check_url(url: str) -> str:
    if not URL_FORM.fullmatch(url.strip()):
        raise InvalidInput(f"{url[:100]!r} is no address: it begins with https:// or http:// and has no blanks.")
    return url.strip()


def check_related(related: list[RelatedIdentifier]) -> list[RelatedIdentifier]:
    """Return related identifiers once each, DOIs and addresses in their usual form.

    Raises
    ------
    InvalidInput
        One is blank, or not of its type.
    InvalidDoi
    """
    checked = []
    for each in related:
        identifier = _line(each.identifier)
        if not identifier:
            raise InvalidInput("A related identifier may not be blank.")
        if each.type == "DOI":
            identifier = check_doi(identifier)
        elif each.type in ("URL", "PURL", "w3id"):
            identifier = _check_url(identifier)
        checked.append(RelatedIdentifier(identifier=identifier, type=each.type, relation=each.relation))
    return list(dict.fromkeys(checked))


def check_funding(funding: list[Funding]) -> list[Funding]:
    """Return funding references once each, with their identifiers in the usual form.

    Raises
    ------
    InvalidInput
        The funder's name is blank, an identifier lacks its type or a type its identifier, an address is none.
    InvalidRor
    """
    checked = []
    for each in funding:
        name = _line(each.funder)
        if not name:
            raise InvalidInput("A funder's name may not be blank.")
        identifier = _line(each.funder_id or "") or None
        if (identifier is None) != (each.funder_id_type is None):
            raise InvalidInput(
                f"The funder {name[:100]!r} needs both or neither of funder_id and funder_id_type,"
                f" which is one of {', '.join(get_args(FunderIdType))}."
            )
        if identifier and each.funder_id_type == "ROR":
            identifier = check_ror(identifier)
        checked.append(
            Funding(
                funder=name,
                funder_id=identifier,
                funder_id_type=each.funder_id_type,
                award_number=_line(each.award_number or "") or None,
                award_title=_line(each.award_title or "") or None,
                award_url=_check_url(each.award_url) if each.award_url else None,
            )
        )
    return list(dict.fromkeys(checked))


def check_dates(dates: list[PackageDate]) -> list[PackageDate]:
    """Return dates once each, and only such as there are.

    Raises
    ------
    InvalidInput
        One is no date or range, or its end is before its beginning.
    """
    checked = []
    for each in dates:
        ends = each.date.strip().split("/")
        if len(ends) > 2:
            raise InvalidInput(f"{each.date!r} has more than two ends: a range is 2026-11-20/2026-11-24.")
        for end in ends:
            _check_date(end)
        if len(ends) == 2 and (len(ends[0]) != len(ends[1]) or ends[0] > ends[1]):
            raise InvalidInput(f"{each.date!r} is no range: both ends are written alike, and the first is the earlier.")
        information = _line(each.information or "") or None
        checked.append(PackageDate(date="/".join(ends), type=each.type, information=information))
    return list(dict.fromkeys(checked))


def _check_date(text: str) -> None:
    """Raise InvalidInput where a text is no year, month, day or moment (to the second, ``Z``)."""
    try:
        if re.fullmatch(r"\d{4}", text, re.ASCII):
            date(int(text), 1, 1)
        elif re.fullmatch(r"\d{4}-\d\d", text, re.ASCII):
            date.fromisoformat(f"{text}-01")
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            date.fromisoformat(text)
        elif re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text, re.ASCII):
            datetime.fromisoformat(text)
        else:
            raise ValueError(text)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no date: write 2026, 2026-11, 2026-11-20 or 2026-11-20T22:00:00Z.") from error
