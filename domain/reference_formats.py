"""A version in the forms that programs for lists of references read: RIS and CSL JSON."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from domain.package_metadata import Contributor
from domain.package_record import PackageRecord, creators_of, listed_name

__all__ = ["csl_json", "ris"]


def ris(record: PackageRecord) -> str:
    """Write a RIS entry of type ``DATA``.

    Source
    ------
    "RIS Format Specifications" (Research Information Systems, 2011): two letters, two blanks, a hyphen and a blank;
    lines end with CR LF.
    """
    lines = [("TY", "DATA"), ("ID", record.key), ("TI", record.title)]
    lines += [("AU", listed_name(each)) for each in creators_of(record)]
    lines += [
        ("PY", str(record.year)),
        ("DA", f"{record.published_at.astimezone(UTC):%Y/%m/%d}/"),
        ("PB", record.publisher),
        ("ET", str(record.version)),
    ]
    if record.description.strip():
        lines.append(("AB", record.description))
    lines += [("KW", keyword) for keyword in record.keywords]
    if record.doi:
        lines.append(("DO", record.doi))
    lines += [("UR", record.identifier), ("ER", "")]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines)


def csl_json(record: PackageRecord) -> dict[str, Any]:
    """Write an item as citeproc takes it.

    Source
    ------
    Citation Style Language, csl-data.json 1.0.2, type ``dataset``.
    """
    published = record.published_at.astimezone(UTC)
    item: dict[str, Any] = {
        "id": record.key,
        "type": "dataset",
        "title": record.title,
        "author": [_name(each) for each in creators_of(record)],
        "issued": {"date-parts": [[published.year, published.month, published.day]]},
        "publisher": record.publisher,
        "version": str(record.version),
        "URL": record.identifier,
    }
    if record.doi:
        item["DOI"] = record.doi
    if record.description.strip():
        item["abstract"] = record.description
    if record.keywords:
        item["keyword"] = ", ".join(record.keywords)
    return item


def _name(each: Contributor) -> dict[str, str]:
    if each.family_name:
        return {"family": each.family_name} | ({"given": each.given_name} if each.given_name else {})
    return {"literal": each.name}
