"""How a data package is cited: as a sentence, and in BibTeX."""

from __future__ import annotations

import re

import msgspec

__all__ = ["Citation", "bibtex", "citation_text"]


class Citation(msgspec.Struct, frozen=True, kw_only=True):
    """What a citation is made of. ``names`` are in the order of citation."""

    names: list[str]
    year: int
    title: str
    version: int
    publisher: str
    url: str
    key: str


def citation_text(citation: Citation) -> str:
    """Write a citation as a sentence.

    Source
    ------
    DataCite Metadata Schema 4.6, section 2.2.1: "Creator (PublicationYear): Title. Version. Publisher.
    resourceTypeGeneral. Identifier".
    """
    who = "; ".join(citation.names) or citation.publisher
    title = citation.title.rstrip(".")
    return (
        f"{who} ({citation.year}): {title}. Version {citation.version}. {citation.publisher}. Dataset. {citation.url}"
    )


def bibtex(citation: Citation) -> str:
    """Write a BibTeX entry; ``@misc``, which every style knows."""
    names = [_escape(name) for name in citation.names] or [f"{{{_escape(citation.publisher)}}}"]
    # A name with a comma or "and" in it would be taken apart.
    authors = " and ".join(
        f"{{{name}}}" if re.search(r"\band\b", name) or name.count(",") > 1 else name for name in names
    )
    fields = {
        "author": authors,
        "title": f"{{{_escape(citation.title)}}}",
        "year": str(citation.year),
        "version": str(citation.version),
        "publisher": _escape(citation.publisher),
        "howpublished": "Dataset",
        "url": citation.url,
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{citation.key},\n{lines}}}\n"


_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in " ".join(text.split()))
