"""Records of package versions, a full one and any that can be made, for what is written from them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import msgspec
from hypothesis import strategies as st

from domain.licence import LICENCES, get_licence
from domain.package_metadata import (
    Affiliation,
    Contributor,
    ContributorType,
    Funding,
    PackageDate,
    RelatedIdentifier,
    RelatedIdentifierType,
    RelationType,
    check_doi,
)
from domain.package_record import PackageRecord

__all__ = ["FULL", "records"]

# ORCID's own example person, and ROR ids of DataCite and Crossref.
ORCID, RORS = "0000-0002-1825-0097", ["https://ror.org/04wxnsj81", "https://ror.org/02twcfp32"]

FULL = PackageRecord(
    organisation="uranienborg",
    publisher="Uranienborg Observatory",
    package="m31",
    version=2,
    title="M31 in R & B: 100 % of {it}",
    description="Deep exposures.\nTwo nights.",
    licence=get_licence("CC-BY-4.0"),
    contributors=[
        Contributor(
            name="Tycho Brahe",
            given_name="Tycho",
            family_name="Brahe",
            orcid=ORCID,
            affiliations=[Affiliation(name="Uraniborg", ror=RORS[0]), Affiliation(name="Hven")],
        ),
        Contributor(name="Stars and Sons Collaboration", kind="organisation", ror=RORS[1]),
        Contributor(name="Sophie Brahe", contributor_type="DataCurator"),
    ],
    keywords=["galaxy", "M31"],
    related=[
        RelatedIdentifier(identifier="10.1051/0004-6361/201321591", type="DOI", relation="IsSupplementTo"),
        RelatedIdentifier(identifier="https://hven.example/notes", type="URL", relation="IsDocumentedBy"),
    ],
    funding=[
        Funding(
            funder="Frederik II",
            funder_id=RORS[0],
            funder_id_type="ROR",
            award_number="1576",
            award_title="Hven",
            award_url="https://hven.example/deed",
        ),
        Funding(funder="Nobody else"),
    ],
    dates=[PackageDate(date="2026-11-20/2026-11-21", type="Collected", information="two nights")],
    url="https://hven.example/m31/2",
    published_at=datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC),
    file_count=1,
    size_bytes=3,
    doi="10.5072/uranienborg.m31.v2",
)

# Anything the database takes: no surrogates, no null.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)
names = texts.filter(lambda text: bool(text.strip()))
affiliations = st.lists(
    st.builds(Affiliation, name=names, ror=st.sampled_from([None, *RORS])),
    max_size=2,
    unique_by=lambda each: (each.name, each.ror),
)
contributors = st.builds(
    Contributor,
    name=names,
    orcid=st.sampled_from([None, ORCID]),
    kind=st.sampled_from(["person", "organisation"]),
    given_name=st.none() | names,
    family_name=st.none() | names,
    affiliations=affiliations,
    contributor_type=st.none() | st.sampled_from(get_args(ContributorType)),
)
visible = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Z", "C"]), min_size=1, max_size=20)
related = st.one_of(
    st.builds(
        RelatedIdentifier,
        identifier=names,
        type=st.sampled_from(sorted(set(get_args(RelatedIdentifierType)) - {"DOI", "URL", "PURL", "w3id"})),
        relation=st.sampled_from(get_args(RelationType)),
    ),
    st.builds(
        RelatedIdentifier,
        identifier=visible.map(lambda suffix: check_doi(f"10.1002/{suffix}")),
        type=st.just("DOI"),
        relation=st.sampled_from(get_args(RelationType)),
    ),
    st.just(RelatedIdentifier(identifier="https://hven.example/æ?a=1&b=[2]", type="URL", relation="Cites")),
)
funding = st.builds(Funding, funder=names, award_number=st.none() | names, award_title=st.none() | names)


@st.composite
def records(draw: st.DrawFn) -> PackageRecord:
    """Make any record that the service may come to hold."""
    return msgspec.structs.replace(
        FULL,
        title=draw(names),
        description=draw(st.just("") | texts),
        publisher=draw(names),
        licence=draw(st.sampled_from(list(LICENCES.values()))),
        contributors=draw(st.lists(contributors, max_size=3)),
        keywords=draw(st.lists(names, max_size=3, unique=True)),
        related=draw(st.lists(related, max_size=3, unique=True)),
        funding=draw(st.lists(funding, max_size=2, unique=True)),
        doi=draw(st.sampled_from([None, FULL.doi])),
        withdrawn_at=draw(st.sampled_from([None, FULL.published_at])),
    )
