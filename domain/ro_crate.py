"""RO-Crate metadata of a data package: JSON-LD that describes its files and says whose they are.

Source
------
"RO-Crate Metadata Specification 1.2" (doi:10.5281/zenodo.13751027), chapters Root Data Entity, Data Entities and
Contextual Entities.
"""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import msgspec

from domain.data_package import FrozenFile
from domain.package_metadata import Affiliation, Contributor, Funding
from domain.package_record import PackageRecord, creators_of, doi_address

__all__ = ["CRATE_NAME", "CrateWriter", "encoding_format", "path_iri"]

CRATE_NAME = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/crate/1.2"

# Source: IANA media types; RFC 4047 for FITS.
FORMATS = {
    "fits": "application/fits", "fit": "application/fits", "fts": "application/fits", "fz": "application/fits",
    "txt": "text/plain", "log": "text/plain", "md": "text/markdown", "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json", "xml": "application/xml", "html": "text/html", "pdf": "application/pdf",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "tif": "image/tiff",
    "tiff": "image/tiff", "svg": "image/svg+xml", "gz": "application/gzip", "zip": "application/zip",
    "tar": "application/x-tar", "py": "text/x-python", "ipynb": "application/x-ipynb+json", "h5": "application/x-hdf5",
    "hdf5": "application/x-hdf5", "parquet": "application/vnd.apache.parquet", "vot": "application/x-votable+xml",
}  # fmt: skip

# What a relative reference may hold as it is (RFC 3987, ipath); everything else is percent-encoded UTF-8.
ENCODED = re.compile(
    r"[^A-Za-z0-9._~!$&'()*+,;=:@/\-\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0001fffd\U00020000-\U0002fffd]"
)


def path_iri(path: str) -> str:
    """Write a path as a relative reference."""
    return ENCODED.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), path)


def encoding_format(path: str) -> str:
    """Tell the media type that a file's name promises."""
    name = path.rpartition("/")[2].lower()
    ending = name.removesuffix(".gz") if name.endswith((".fits.gz", ".fit.gz", ".fts.gz")) else name
    return FORMATS.get(ending.rpartition(".")[2], "application/octet-stream")


class CrateWriter:
    """Writes the metadata of files that go by in order of path; each lies in the folder of its dataset.

    Memory grows by the text itself and no more.
    """

    def __init__(self) -> None:
        self._folders: dict[str, bytearray] = {}
        self._files = bytearray()

    def add(self, file: FrozenFile) -> None:
        """Describe the next file."""
        iri = path_iri(file.path)
        parts = self._folders.setdefault(file.path.partition("/")[0], bytearray())
        parts += (b",\n" if parts else b"") + msgspec.json.encode({"@id": iri})
        entity = {
            "@id": iri,
            "@type": "File",
            "name": PurePosixPath(file.path).name,
            "contentSize": str(file.size_bytes),
            "encodingFormat": encoding_format(file.path),
            "sha256": file.sha256.hex(),
        }
        self._files += b",\n" + msgspec.json.encode(entity)

    def finish(self, record: PackageRecord) -> bytes:
        """Write ``ro-crate-metadata.json``; the same record and files give the same bytes."""
        written = bytearray(b'{"@context":"' + PROFILE.encode() + b'/context",\n"@graph":[\n')
        entities = [_descriptor(), *_described(record, list(self._folders))]
        written += b",\n".join(map(msgspec.json.encode, entities))
        for folder, parts in self._folders.items():
            entity = {"@id": f"{path_iri(folder)}/", "@type": "Dataset", "name": folder}
            written += b",\n" + msgspec.json.encode(entity)[:-1] + b',"hasPart":['
            written += parts
            written += b"]}"
        written += self._files
        written += b"\n]}\n"
        return bytes(written)


def _descriptor() -> dict[str, Any]:
    return {
        "@id": CRATE_NAME,
        "@type": "CreativeWork",
        "name": "RO-Crate metadata",
        "about": {"@id": "./"},
        "conformsTo": {"@id": PROFILE},
    }


def _described(record: PackageRecord, folders: list[str]) -> list[dict[str, Any]]:
    """Describe the root and everything it refers to that is no file."""
    others: dict[str, dict[str, Any]] = {}

    def refer(entity: dict[str, Any]) -> dict[str, str]:
        others.setdefault(entity["@id"], entity)
        return {"@id": entity["@id"]}

    creators = creators_of(record)
    publisher = refer({"@id": "#publisher", "@type": "Organization", "name": record.publisher})
    people = [
        publisher if each.name == record.publisher and each.kind == "organisation" and not each.ror else
        refer(_person(each, f"#contributor-{number}", refer))
        for number, each in enumerate([*creators, *[c for c in record.contributors if c.contributor_type]], start=1)
    ]  # fmt: skip
    licence = refer(
        {
            "@id": record.licence.url,
            "@type": "CreativeWork",
            "name": record.licence.name,
            "identifier": record.licence.id,
        }
    )
    cited = [
        refer({"@id": _related_address(each.identifier, each.type), "@type": "CreativeWork", "name": each.identifier})
        for each in record.related
        if each.type in ("DOI", "URL", "arXiv")
    ]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": record.title,
        "description": record.description.strip() or record.title,
        "datePublished": f"{record.published_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "version": str(record.version),
        "license": licence,
        "publisher": publisher,
        "author": _single(people[: len(creators)]),
        "contributor": _single(people[len(creators) :]),
        "keywords": _single(record.keywords),
        "url": record.url,
        "funder": _single([refer(_funder(each, f"#funder-{n}")) for n, each in enumerate(record.funding, start=1)]),
        "citation": _single(cited),
        "hasPart": _single([{"@id": f"{path_iri(folder)}/"} for folder in folders]),
    }
    if record.doi:
        root["cite-as"] = doi_address(record.doi)
        root["identifier"] = refer(
            {
                "@id": doi_address(record.doi),
                "@type": "PropertyValue",
                "name": "DOI",
                "propertyID": "https://registry.identifiers.org/registry/doi",
                "value": f"doi:{record.doi}",
                "url": doi_address(record.doi),
            }
        )
    return [{name: value for name, value in root.items() if value not in (None, [], "")}, *others.values()]


def _single(values: list[Any]) -> Any:
    """Give one value by itself: lists of one are frowned upon."""
    return values[0] if len(values) == 1 else values


def _person(each: Contributor, name: str, refer: Any) -> dict[str, Any]:
    identifier = (f"https://orcid.org/{each.orcid}" if each.orcid else each.ror) or name
    entity: dict[str, Any] = {
        "@id": identifier,
        "@type": "Person" if each.kind == "person" else "Organization",
        "name": each.name,
    }
    if each.given_name:
        entity["givenName"] = each.given_name
    if each.family_name:
        entity["familyName"] = each.family_name
    if each.affiliations:
        places = [refer(_affiliation(place, f"{name}-{n}")) for n, place in enumerate(each.affiliations, start=1)]
        entity["affiliation"] = _single(places)
    return entity


def _affiliation(place: Affiliation, name: str) -> dict[str, Any]:
    return {"@id": place.ror or name, "@type": "Organization", "name": place.name}


def _funder(each: Funding, name: str) -> dict[str, Any]:
    identifier = each.funder_id if each.funder_id and each.funder_id_type == "ROR" else name
    return {"@id": identifier, "@type": "Organization", "name": each.funder}


def _related_address(identifier: str, kind: str) -> str:
    if kind == "DOI":
        return doi_address(identifier)
    return f"https://arxiv.org/abs/{quote(identifier.removeprefix('arXiv:'))}" if kind == "arXiv" else identifier
