"""A downloaded package is a BagIt bag with RO-Crate metadata: their own libraries say so."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import zipfile
from pathlib import Path

import bagit
import pytest
from rocrate.rocrate import ROCrate
from sqlalchemy import delete, update
from uraniborg.verify import verify_package

from storage.tables import metadata
from tests.support.crate_validator import crate_issues
from tests.support.package_shelf import DRAFT, FILES, Shelf
from tests.support.stored_files import organisation_id_of

# Names that an encoding may spoil, besides those of FILES.
ODD = {"with  two blanks [1].fits": b"a", "hash#and?mark.txt": b"b", "quote\"'&<>.txt": b"c", "data/bagit.txt": b"d"}


async def fetch(shelf: Shelf, address: str, folder: Path) -> Path:
    """Download a version's archive and unpack it."""
    reply = await shelf.service.anonymous.get(f"{address}/zip")
    assert reply.status_code == 200, reply.text
    (folder / "package.zip").write_bytes(reply.content)
    with zipfile.ZipFile(folder / "package.zip") as archive:
        archive.extractall(folder)
        return folder / archive.namelist()[0].partition("/")[0]


async def test_the_archive_is_a_bag_and_its_payload_a_crate(shelf: Shelf, tmp_path: Path) -> None:
    await shelf.fill("data", ODD)  # a dataset may be called as the payload is
    address = await shelf.published(datasets=["nova", "data"], description="Deep exposures.")
    root = await fetch(shelf, address, tmp_path)
    bag = bagit.Bag(str(root))
    await asyncio.to_thread(bag.validate)
    assert bag.info["Payload-Oxum"].endswith(f".{len(FILES) + len(ODD) + 1}")
    assert bag.info["External-Identifier"].endswith(address)
    tags = set(bag.tagfile_entries())
    assert {"bagit.txt", "bag-info.txt", "manifest.json", "manifest-sha256.txt", "CITATION.txt", "LICENCE.txt"} == tags

    issues = await asyncio.to_thread(crate_issues, root / "data", tmp_path)
    assert issues == []
    crate = ROCrate(root / "data")
    files = {entity.id: entity for entity in crate.get_entities() if entity.type == "File"}
    assert len(files) == len(FILES) + len(ODD)
    for path, data in [(f"nova/{path}", data) for path, data in FILES.items()] + [
        (f"data/{path}", data) for path, data in ODD.items()
    ]:
        found = [entity for entity in files.values() if Path(str(entity.source)) == root / "data" / path]
        assert [entity["sha256"] for entity in found] == [hashlib.sha256(data).hexdigest()], path
    assert (crate.name, crate.description) == (DRAFT["title"], "Deep exposures.")
    assert crate.root_dataset["author"]["@id"] == "https://orcid.org/0000-0002-1825-0097"

    # The validator is no yes-man: without a file that is described, and with a name taken away, it complains.
    (root / "data/nova/notes.txt").unlink()
    written = json.loads((root / "data/ro-crate-metadata.json").read_text())
    del next(entity for entity in written["@graph"] if entity["@id"] == "./")["name"]
    (root / "data/ro-crate-metadata.json").write_text(json.dumps(written))
    assert await asyncio.to_thread(crate_issues, root / "data", tmp_path)
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(root)).validate()


async def test_a_bag_is_the_same_bytes_at_every_request(shelf: Shelf) -> None:
    address = await shelf.published()
    public = shelf.service.anonymous
    first = (await public.get(f"{address}/zip")).content
    # Whatever the organisation does later does not reach what was published.
    await shelf.owner.client.patch(shelf.base, json={"name": "Another name"})
    assert (await public.get(f"{address}/zip")).content == first
    assert "Another name" not in (await public.get(address)).json()["citation"]


async def test_versions_from_before_bags_stay_as_they_were(shelf: Shelf, tmp_path: Path) -> None:
    address = await shelf.published()
    organisation_id = await organisation_id_of(shelf.service.house, shelf.slug)
    versions, files = metadata.tables["package_versions"], metadata.tables["package_files"]
    async with shelf.service.house.database.transaction(organisation=organisation_id) as connection:
        await connection.execute(update(versions).values(layout=1, publisher=None))
        added = ["bagit.txt", "bag-info.txt", "tagmanifest-sha256.txt", "ro-crate-metadata.json", "manifest-sha256.txt"]
        await connection.execute(delete(files).where(files.c.path.in_(added)))
    whole = (await shelf.service.anonymous.get(f"{address}/zip")).content
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(f"m31-v1/nova/{name}") for name in FILES} == FILES
        assert len(archive.namelist()) == len(FILES) + 3
    part = await shelf.service.anonymous.get(f"{address}/zip", headers={"Range": "bytes=1000-"})
    assert part.content == whole[1000:]
    shown = (await shelf.service.anonymous.get(address)).json()
    assert shown["citation"]


async def test_the_published_archive_is_verified_without_a_service(shelf: Shelf, tmp_path: Path) -> None:
    await shelf.fill("data", ODD)
    address = await shelf.published(datasets=["nova", "data"])
    manifest = (await shelf.service.anonymous.get(address)).json()["manifest_sha256"]
    root = await fetch(shelf, address, tmp_path)
    for place in (tmp_path / "package.zip", root, tmp_path):
        report = verify_package(place, manifest_sha256=manifest)
        assert report.problems == []
        assert (report.layout, report.files) == ("bag", len(FILES) + len(ODD) + 7)
