"""A data package of a hundred thousand files: a survey's, not a night's."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.support.package_shelf import Shelf
from tests.support.stored_files import organisation_id_of, store_file

COUNT = 100_000


async def _fill(shelf: Shelf, contents: list[bytes]) -> None:
    """Put files of contents that repeat into the dataset, by rows: sending them is not what is tried here."""
    house = shelf.service.house
    await shelf.owner.client.post(f"{shelf.base}/datasets", json={"name": "survey"})
    for each in contents:
        await store_file(house, shelf.slug, "seed", each)
    async with house.database.transaction(organisation=await organisation_id_of(house, shelf.slug)) as connection:
        await connection.execute(
            text(
                "INSERT INTO files (id, organisation_id, path, sha256, size_bytes, state, uploaded_by)"
                " SELECT gen_random_uuid(), organisation_id, 'survey/' || n % 100 || '/' || n || '-'"
                " || row_number() OVER () || '.txt', sha256, size_bytes, state, uploaded_by"
                " FROM files, generate_series(1, :each) n WHERE path = 'seed'"
            ),
            {"each": COUNT // len(contents)},
        )
        await connection.execute(
            text(
                "INSERT INTO dataset_files (organisation_id, dataset_id, path, file_id)"
                " SELECT f.organisation_id, d.id, f.path, f.id FROM files f, datasets d"
                " WHERE f.path LIKE 'survey/%' AND d.name = 'survey'"
            )
        )


@pytest.mark.slow
async def test_a_hundred_thousand_files_are_published_and_come_as_one_archive(shelf: Shelf, tmp_path: Path) -> None:
    contents = [b"star %d" % number for number in range(10)]
    await _fill(shelf, contents)
    address = await shelf.published("survey", datasets=["survey"])
    shown = (await shelf.service.anonymous.get(address)).json()
    assert (shown["file_count"], shown["size_bytes"]) == (COUNT, COUNT * len(contents[0]))
    archive = tmp_path / "survey.zip"
    async with shelf.service.anonymous.stream("GET", f"{address}/zip") as reply:
        assert reply.status_code == 200
        with archive.open("wb") as out:
            async for chunk in reply.aiter_bytes():
                out.write(chunk)
    assert archive.stat().st_size == int(reply.headers["content-length"])
    with zipfile.ZipFile(archive) as whole:
        names = whole.namelist()
        data = [name for name in names if "/data/survey/" in name]
        assert len(data) == len(set(data)) == COUNT, "more than an old ZIP's 65,535 entries"
        manifest = next(name for name in names if name.endswith("/manifest-sha256.txt"))
        lines = whole.read(manifest).decode().splitlines()
        assert len(lines) == COUNT + 1  # and the RO-Crate that describes them
        folder = manifest.rpartition("/")[0]
        for line in lines[::2_003]:
            sha256, _, path = line.partition("  ")
            assert hashlib.sha256(whole.read(f"{folder}/{path}")).hexdigest() == sha256
    # Its end alone, as one who resumes asks for it: the directory of all files.
    first = archive.stat().st_size - 1_000_000
    part = await shelf.service.anonymous.get(f"{address}/zip", headers={"Range": f"bytes={first}-"})
    assert part.status_code == 206
    assert part.content == archive.read_bytes()[first:]
