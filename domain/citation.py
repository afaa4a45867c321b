"""How a data package is cited: as a sentence, and in BibTeX."""

from __future__ import annotations

import re

from domain.package_metadata import Contributor
from domain.package_record import PackageRecord, creators_of, listed_name

__all__ = ["bibtex", "citation_text"]


def citation_text(record: PackageRecord) -> str:
    """Write a citation as a sentence.

    Source
    ------
    DataCite Metadata Schema 4.6, section 2.2.1: "Creator (PublicationYear): Title. Version. Publisher.
    resourceTypeGeneral. Identifier".
    """
    who = "; ".join(listed_name(each) for each in creators_of(record))
    title = record.title.rstrip(".")
    return f"{who} ({record.year}): {title}. Version {record.version}. {record.publisher}. Dataset. {record.identifier}"


def bibtex(record: PackageRecord) -> str:
    """Write a BibTeX entry; ``@misc``, which every style knows."""
    fields = {
        "author": " and ".join(_author(each) for each in creators_of(record)),
        "title": f"{{{_escape(record.title)}}}",
        "year": str(record.year),
        "version": str(record.version),
        "publisher": _escape(record.publisher),
        "howpublished": "Dataset",
    } | ({"doi": record.doi} if record.doi else {})
    fields["url"] = record.identifier
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{record.key},\n{lines}}}\n"


def _author(each: Contributor) -> str:
    name = _escape(listed_name(each))
    # A name with a comma or "and" in it would be taken apart.
    whole = each.kind == "organisation" or re.search(r"\band\b", name) or name.count(",") > 1
    return f"{{{name}}}" if whole else name


_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in " ".join(text.split()))
