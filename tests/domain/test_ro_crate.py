"""RO-Crate metadata and bag lines of whatever people call their files and write about them."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import unquote

import rdflib
from hypothesis import given
from hypothesis import strategies as st

from domain.bag import BagInfo, bag_info, bag_line
from domain.data_package import FrozenFile
from domain.errors import InvalidInput
from domain.package_record import PackageRecord
from domain.paths import clean_path
from domain.ro_crate import CrateWriter, encoding_format, path_iri
from tests.support.package_records import FULL, records


def cleaned(path: str) -> str:
    try:
        return clean_path(path)
    except InvalidInput:
        return ""


paths = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).map(cleaned).filter(bool)
trees = st.lists(st.tuples(st.sampled_from(["nova", "nova-2", "data"]), paths).map("/".join), unique=True, max_size=8)


def crate(record: PackageRecord, tree: list[str]) -> list[dict[str, Any]]:
    """Write the metadata of a tree and read its graph back."""
    writer = CrateWriter()
    for path in sorted(tree, key=str.encode):
        writer.add(FrozenFile(path, 3, hashlib.sha256(path.encode()).digest(), 0, ""))
    graph: list[dict[str, Any]] = json.loads(writer.finish(record))["@graph"]
    return graph


@given(records(), trees)
def test_every_file_is_described_once_and_every_name_is_an_iri(record: PackageRecord, tree: list[str]) -> None:
    graph = crate(record, tree)
    names = [entity["@id"] for entity in graph]
    assert len(names) == len(set(names))
    files = {unquote(entity["@id"]): entity for entity in graph if entity["@type"] == "File"}
    assert set(files) == set(tree)
    assert all(files[path]["sha256"] == hashlib.sha256(path.encode()).hexdigest() for path in tree)
    for name in names:  # as a reader of linked data judges them
        assert rdflib.term._is_valid_uri(name), name
    listed = [
        part["@id"]
        for entity in graph
        if entity["@type"] == "Dataset" and entity["@id"] != "./"
        for part in entity["hasPart"]
    ]
    assert sorted(listed) == sorted(entity["@id"] for entity in files.values())
    known = set(names)
    for entity in graph:  # nothing refers to what is not there
        for value in entity.values():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict) and not each["@id"].startswith("https://w3id.org/ro/crate"):
                    assert each["@id"] in known


def test_the_same_gives_the_same_bytes() -> None:
    def written() -> bytes:
        writer = CrateWriter()
        writer.add(FrozenFile("nova/a.fits", 1, b"1" * 32, 0, ""))
        return writer.finish(FULL)

    assert written() == written()


@given(paths)
def test_a_path_and_its_reference_are_one(path: str) -> None:
    assert unquote(path_iri(path)) == path
    assert not set(path_iri(path)) & set(' <>"{}|\\^`#?[]')


def test_formats_are_told_by_names() -> None:
    told = {name: encoding_format(f"nova/{name}") for name in ("a.FITS", "b.fits.gz", "c.fz", "d.tar.gz", "e", "f.txt")}
    assert told == {
        "a.FITS": "application/fits",
        "b.fits.gz": "application/fits",
        "c.fz": "application/fits",
        "d.tar.gz": "application/gzip",
        "e": "application/octet-stream",
        "f.txt": "text/plain",
    }


# RFC 8493, section 2.1.3.
def test_a_line_of_a_manifest_escapes_what_the_standard_names_and_no_more() -> None:
    assert bag_line("data/100% Ærø\n.txt", b"\x01" * 32).decode() == f"{'01' * 32}  data/100%25 Ærø%0A.txt\n"


@given(records())
def test_bag_info_has_one_line_for_each_member(record: PackageRecord) -> None:
    info = BagInfo(
        source=record.publisher,
        title=record.title,
        identifier=record.identifier,
        bagged_at=record.published_at,
        payload_bytes=5,
        payload_files=2,
    )
    lines = bag_info(info).decode().split("\n")
    assert [line.partition(": ")[0] for line in lines] == [
        "Source-Organization",
        "Bagging-Date",
        "External-Description",
        "External-Identifier",
        "Payload-Oxum",
        "Bag-Software-Agent",
        "",
    ]
