"""Manifests, checksums, licences and citations of data packages."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bag import bag_line
from domain.citation import bibtex, citation_text
from domain.data_package import FrozenFile, ManifestHead, PathClash, PathClashes, manifest_frame, manifest_line
from domain.errors import InvalidInput
from domain.licence import LICENCES, UnknownLicence, get_licence
from domain.orcid import InvalidOrcid
from domain.package_metadata import Contributor, check_contributors
from domain.package_record import PackageRecord

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def head(**values: object) -> ManifestHead:
    fields: dict[str, object] = {
        "organisation": "uranienborg",
        "publisher": "Uranienborg Observatory",
        "package": "m31",
        "version": 1,
        "title": "M31",
        "description": "",
        "licence": "CC-BY-4.0",
        "contributors": [Contributor(name="Tycho Brahe", orcid="0000-0002-1825-0097")],
        "keywords": ["galaxy"],
        "datasets": ["nova"],
        "url": "https://hven.example/m31",
        "published_at": datetime(2026, 11, 21, 1, 2, 3, 999, tzinfo=timezone(timedelta(hours=1))),
        "file_count": 1,
        "size_bytes": 3,
    }
    return ManifestHead(**(fields | values))  # type: ignore[arg-type]


def frozen(path: str, data: bytes = b"fit") -> FrozenFile:
    return FrozenFile(path, len(data), hashlib.sha256(data).digest(), 0x0BADF00D, "some/key")


@given(texts, texts, st.lists(texts, max_size=3))
def test_a_manifest_is_json_that_says_what_it_was_told(title: str, description: str, paths: list[str]) -> None:
    # A title that looks like the manifest's own end must not be taken for it.
    for trap in ("", '"files":[]', '\\"files\\":[]'):
        before, behind = manifest_frame(head(title=title + trap, description=trap + description))
        manifest = json.loads(before + b",\n".join(manifest_line(frozen(path)) for path in paths) + behind)
        assert (manifest["title"], manifest["description"]) == (title + trap, trap + description)
        assert [file["path"] for file in manifest["files"]] == paths
        assert list(manifest) == sorted(manifest)


def test_a_manifest_is_the_same_each_time_and_its_moment_is_utc() -> None:
    assert manifest_frame(head()) == manifest_frame(head())
    manifest = json.loads(b"".join(manifest_frame(head())))
    assert manifest["published_at"] == "2026-11-21T00:02:03Z"
    assert manifest["format"] == "uraniborg-package-manifest-1"
    assert json.loads(manifest_line(frozen("nova/a.fits"))) == {
        "crc32": "0badf00d",
        "path": "nova/a.fits",
        "sha256": hashlib.sha256(b"fit").hexdigest(),
        "size_bytes": 3,
    }


def test_sha256sum_takes_the_list_of_checksums(tmp_path: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed here")
    names = ["nova/a.fits", "nova/with two  blanks", "nova/back\\slash", "nova/ørn"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "list").write_bytes(b"".join(bag_line(name, hashlib.sha256(name.encode()).digest()) for name in names))
    done = subprocess.run(["sha256sum", "-c", "list"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": OK") == len(names)


def check_all(paths: list[str]) -> None:
    clashes = PathClashes()
    for path in sorted(paths, key=str.encode):
        clashes.check(path)


@pytest.mark.parametrize(
    "paths",
    [["a", "a/b"], ["a/b", "a/b/c/d"], ["a", "a-b", "a.b", "a/b"], ["a", "a b/c", "a!", "a/b"], ["é", "é/é"]],
)
def test_a_file_that_is_also_a_folder_is_found(paths: list[str]) -> None:
    with pytest.raises(PathClash, match="is a file and a folder"):
        check_all(paths)


names = st.text("ab-.", min_size=1, max_size=2)
trees = st.lists(st.lists(names, min_size=1, max_size=3).map("/".join), unique=True, max_size=10)


@given(trees)
def test_clashes_are_those_that_a_plain_search_finds(paths: list[str]) -> None:
    clash = any(one != other and other.startswith(f"{one}/") for one in paths for other in paths)
    try:
        check_all(paths)
    except PathClash:
        assert clash
    else:
        assert not clash


def test_licences_are_found_by_any_case_and_unknown_ones_named_with_those_known() -> None:
    assert get_licence("cc-by-4.0 ").id == "CC-BY-4.0"
    for needed in ("CC-BY-4.0", "CC0-1.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "ODbL-1.0", "MIT", "BSD-3-Clause"):
        assert LICENCES[needed].url.startswith("https://")
    with pytest.raises(UnknownLicence) as caught:
        get_licence("CC-BY")
    assert all(identifier in caught.value.detail for identifier in LICENCES)


def test_contributors_keep_their_order_and_get_their_usual_orcid() -> None:
    people = [
        Contributor(name=" Tycho   Brahe ", orcid="https://orcid.org/0000-0002-1825-0097", role="observer"),
        Contributor(name="Sophie Brahe"),
    ]
    assert check_contributors(people) == [
        Contributor(name="Tycho Brahe", orcid="0000-0002-1825-0097", role="observer"),
        Contributor(name="Sophie Brahe"),
    ]
    with pytest.raises(InvalidOrcid):
        check_contributors([Contributor(name="Tycho Brahe", orcid="0000-0002-1825-0098")])
    with pytest.raises(InvalidInput, match="blank"):
        check_contributors([Contributor(name=" \t")])


def citation(**values: object) -> PackageRecord:
    fields: dict[str, object] = {
        "organisation": "uranienborg",
        "publisher": "Uranienborg Observatory",
        "package": "m31",
        "version": 2,
        "title": "M31 in R.",
        "description": "",
        "licence": get_licence("CC-BY-4.0"),
        "contributors": [Contributor(name=name) for name in ("Tycho Brahe", "Sophie Brahe")],
        "keywords": [],
        "url": "https://hven.example/m31",
        "published_at": datetime(2026, 11, 21, tzinfo=UTC),
        "file_count": 1,
        "size_bytes": 3,
    }
    return PackageRecord(**(fields | values))  # type: ignore[arg-type]


def test_a_citation_reads_as_datacite_wants_it() -> None:
    # DataCite Metadata Schema 4.6, section 2.2.1: Creator (PublicationYear): Title. Version. Publisher.
    # resourceTypeGeneral. Identifier
    assert citation_text(citation()) == (
        "Tycho Brahe; Sophie Brahe (2026): M31 in R. Version 2. Uranienborg Observatory. Dataset."
        " https://hven.example/m31"
    )
    assert citation_text(citation(contributors=[])).startswith("Uranienborg Observatory (2026): ")


def test_bibtex_keeps_what_tex_would_eat() -> None:
    people = [Contributor(name="Brahe, Tycho"), Contributor(name="Stars and Sons Collaboration")]
    entry = bibtex(citation(title="50% of M31 & {more} #1_a", contributors=people))
    assert entry.startswith("@misc{uranienborg-m31-v2,\n")
    assert r"title = {{50\% of M31 \& \{more\} \#1\_a}}" in entry
    assert "author = {Brahe, Tycho and {Stars and Sons Collaboration}}" in entry
    assert "year = {2026}" in entry
    assert "author = {{Uranienborg Observatory}}" in bibtex(citation(contributors=[]))


@given(texts, st.lists(texts.filter(str.strip), max_size=3))
def test_bibtex_braces_are_balanced_whatever_people_write(title: str, who: list[str]) -> None:
    entry = re.sub(r"\\[{}]", "", bibtex(citation(title=title, contributors=[Contributor(name=name) for name in who])))
    depth = 0
    for character in entry:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
