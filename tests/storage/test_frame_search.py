"""Searches of thousands of frames find, in order and page by page, what looking at every frame finds."""

from __future__ import annotations

import math
import random
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import numpy as np
import pytest
import pytest_asyncio
from sqlalchemy import text

from bench.million import Tenants, fill, random_position
from domain.header_terms import matches
from domain.sky_geometry import polygon_meets_cone, unit_vector
from storage import frame_search
from storage.database import Database, plain_url
from storage.frame_search import Comparison, Search
from storage.ids import new_id

# More than are looked at before an index is asked, so that every way of searching is taken.
FRAMES = 5_000
CHANCE = random.Random(7)


class Archive(msgspec.Struct):
    """The database, whose frames they are, and all of the rows as plain values."""

    database: Database
    organisation_id: UUID
    other_id: UUID
    rows: list[dict[str, Any]]
    centres: Any


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def archive(owner: Database, database: Database) -> Archive:
    tenants = Tenants(new_id(), new_id(), new_id())
    connection = await asyncpg.connect(plain_url(owner.url))
    try:
        await connection.execute("SET session_replication_role = replica")  # no accounts and organisations are needed
        await fill(connection, tenants, FRAMES)
        await connection.execute(  # several began at once, and are told apart by their identifiers alone
            "UPDATE frames SET start_at = date_trunc('day', start_at) WHERE (header ->> 'FOCUSPOS')::float8 > 14830"
        )
        found = await connection.fetch(
            "SELECT id, header, start_at, exposure_s, filter, center_x, center_y, center_z, vertices FROM frames"
            " WHERE organisation_id = $1",
            tenants.organisation_id,
        )
    finally:
        await connection.close()
    rows = [dict(row) | {"header": msgspec.json.decode(row["header"])} for row in found]
    centres = np.array([[row[f"center_{axis}"] for axis in "xyz"] for row in rows])
    return Archive(database, tenants.organisation_id, tenants.other_id, rows, centres)


async def _pages(archive: Archive, search: Search, organisation_id: UUID, limit: int) -> list[UUID]:
    ids: list[UUID] = []
    cursor = None
    while True:
        async with archive.database.transaction(organisation=organisation_id) as connection:
            rows, cursor = await frame_search.find(connection, search, cursor=cursor, limit=limit)
        ids += [row["id"] for row in rows]
        if cursor is None:
            return ids


def _wanted(archive: Archive, search: Search) -> list[UUID]:
    rows = archive.rows
    if search.cone is not None:
        centre, radius_deg = unit_vector(*search.cone[:2]), search.cone[2]
        # No field is wider than 1.5 degrees: those farther away need not be looked at.
        apart_deg = np.degrees(np.arccos(np.clip(archive.centres @ centre, -1, 1)))
        near = [r for r, apart in zip(rows, apart_deg, strict=True) if apart < radius_deg + 1.5]
        rows = [r for r in near if polygon_meets_cone(np.reshape(r["vertices"], (-1, 3)), centre, radius_deg)]
    for one in search.comparisons:
        value = None if one.operator == "exists" else one.value
        rows = [r for r in rows if matches(r["header"], one.name, one.operator, value)]  # type: ignore[arg-type]
    rows = [r for r in rows if all(r[fact] == value for fact, value in search.facts.items())]
    rows = sorted(rows, key=lambda r: (r[search.sort], r["id"].int), reverse=search.descending)
    return [r["id"] for r in rows]


def _compared(*comparisons: str) -> list[Comparison]:
    return [Comparison(*one.split(" ", 2)) for one in comparisons]


@pytest.mark.parametrize(
    "search",
    [
        pytest.param(Search(cone=(120.0, 35.0, 1.0)), id="a small cone"),
        pytest.param(Search(cone=(120.0, 35.0, 8.0)), id="a cone"),
        pytest.param(Search(cone=(300.0, -80.0, 40.0)), id="half of the sky"),
        pytest.param(Search(cone=(120.0, 35.0, 12.0), comparisons=_compared("GAIN > 1.4")), id="a cone and a keyword"),
        pytest.param(Search(cone=(10.0, 0.0, 5.0), facts={"filter": "R"}), id="a cone and a fact"),
        pytest.param(Search(comparisons=_compared("EXPNUM = 4711")), id="one frame"),
        pytest.param(Search(comparisons=_compared("EXPNUM < 30")), id="the oldest"),
        pytest.param(Search(comparisons=_compared("EXPNUM < 30"), descending=False), id="the oldest first"),
        pytest.param(Search(comparisons=_compared("EXPTIME > 3000")), id="none"),
        pytest.param(Search(comparisons=_compared("EXPTIME = 77")), id="none by equality"),
        pytest.param(Search(comparisons=_compared("FILTER = R")), id="what is common"),
        pytest.param(Search(comparisons=_compared("FOCUSPOS > 14900")), id="what is rare"),
        pytest.param(Search(comparisons=_compared("FILTER = R", "GAIN > 1.4")), id="two keywords"),
        pytest.param(Search(comparisons=_compared("OBJECT ~ d 77")), id="a part of a text"),
        pytest.param(Search(comparisons=_compared("SET00100 exists ")), id="what some have"),
        pytest.param(Search(comparisons=_compared("GAIN != 1.4")), id="what differs"),
        pytest.param(Search(comparisons=_compared("FOCUSPOS > 14500"), sort="exposure_s"), id="another order"),
        pytest.param(Search(cone=(120.0, 35.0, 8.0), sort="exposure_s", descending=False), id="a cone in it"),
    ],
)
async def test_every_way_finds_the_same(archive: Archive, search: Search) -> None:
    wanted = _wanted(archive, search)
    assert await _pages(archive, search, archive.organisation_id, 300) == wanted
    async with archive.database.transaction(organisation=archive.organisation_id) as connection:
        assert await frame_search.count(connection, search, at_most=FRAMES) == len(wanted)


@pytest.mark.parametrize("descending", [True, False])
async def test_a_page_that_one_walk_leaves_unfilled_is_gone_on_with(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, descending: bool
) -> None:
    gone_on: list[int] = []
    walk_on = frame_search._walk_on

    async def counted(*arguments: Any) -> list[dict[str, Any]]:
        rows = await walk_on(*arguments)
        gone_on.append(len(rows))
        return rows

    monkeypatch.setattr(frame_search, "WALKED", 1_000)
    monkeypatch.setattr(frame_search, "_walk_on", counted)
    search = Search(comparisons=_compared("FOCUSPOS > 14830"), descending=descending)
    wanted = _wanted(archive, search)
    for limit in (28, 33):
        assert await _pages(archive, search, archive.organisation_id, limit) == wanted
    assert any(gone_on)


async def test_small_cones_anywhere(archive: Archive) -> None:
    found = 0
    for _ in range(30):
        search = Search(cone=(*random_position(CHANCE), CHANCE.choice((0.0, 0.5, 2.0, 5.0))))
        wanted = _wanted(archive, search)
        assert await _pages(archive, search, archive.organisation_id, 7) == wanted
        found += len(wanted)
    assert found > 50


async def test_times_bound_from_both_sides(archive: Archive) -> None:
    times = sorted(row["start_at"] for row in archive.rows)
    search = Search(start_at=times[100], end_at=times[350])
    ids = await _pages(archive, search, archive.organisation_id, 100)
    assert len(ids) == len(set(ids)) > 200
    assert {row["id"] for row in archive.rows if times[100] <= row["start_at"] < times[350]} == set(ids)


async def test_a_tenant_finds_its_own_alone(archive: Archive) -> None:
    ours = {row["id"] for row in archive.rows}
    for search in (Search(), Search(cone=(0.0, 0.0, 90.0)), Search(comparisons=_compared("FILTER = R"))):
        theirs = await _pages(archive, search, archive.other_id, 500)
        assert 0 < len(theirs) <= math.ceil(FRAMES / 10)
        assert not ours & set(theirs)
        assert await _pages(archive, search, new_id(), 500) == []


async def test_a_search_leaves_no_setting_behind(archive: Archive) -> None:
    search = Search(comparisons=_compared("EXPTIME > 3000"))
    async with archive.database.engine.connect() as connection:
        before = await connection.scalar(text("SHOW work_mem"))
    assert await _pages(archive, search, archive.organisation_id, 10) == []
    async with archive.database.engine.connect() as connection:
        assert await connection.scalar(text("SHOW work_mem")) == before


# Rows of the table that scans of any kind have read, those that a condition then removed among them.
READ_IN_TRANSACTION = text(
    "SELECT sum(pg_stat_get_xact_tuples_returned(o) + pg_stat_get_xact_tuples_fetched(o)) FROM unnest("
    " 'frames'::regclass || ARRAY(SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'frames'::regclass)) o"
)


@pytest.mark.parametrize("sort", sorted(frame_search.INDEXED_SORTS))
async def test_a_page_deep_in_the_list_begins_in_the_index(archive: Archive, sort: str) -> None:
    # A condition that row-level security keeps from the index reads every frame of the pages before.
    search = Search(sort=sort)
    looked_at = []
    for skipped in (0, FRAMES - 600):
        async with archive.database.transaction(organisation=archive.organisation_id) as connection:
            cursor = None
            if skipped:
                _, cursor = await frame_search.find(connection, search, cursor=None, limit=skipped)
            before = await connection.scalar(READ_IN_TRANSACTION)
            await frame_search.find(connection, search, cursor=cursor, limit=100)
            looked_at.append(await connection.scalar(READ_IN_TRANSACTION) - before)
    assert all(100 < rows <= 400 for rows in looked_at), looked_at
