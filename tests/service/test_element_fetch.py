"""Element sets fetched on a schedule: politely, whole or not at all, and a dead line is shown and stops nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import text

from domain.errors import InvalidInput
from service import element_fetch
from service.actions.satellite_catalogue import get_catalogue
from service.config import load_config
from service.element_fetch import FetchFailed, fetch_elements, keep_catalogue
from service.house import House
from service.satellite_command import import_wanted, outcome_text
from tests.support.http_server import served
from tests.support.satellites import catalogue_bytes
from tests.support.service import RunningService

EPOCH = datetime(2026, 11, 20, 20, tzinfo=UTC)


class Source:
    """A place that publishes element sets, as a small ASGI application; it remembers how it was asked."""

    def __init__(self) -> None:
        self.body, self.etag, self.status = catalogue_bytes(EPOCH), '"one"', 200
        self.asked: list[dict[str, str]] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append(headers)
        status = 304 if self.status == 200 and headers.get("if-none-match") == self.etag else self.status
        sent = [(b"etag", self.etag.encode()), (b"last-modified", b"Fri, 20 Nov 2026 20:00:00 GMT")]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": b"" if status == 304 else self.body})


@pytest.fixture
def source() -> Source:
    return Source()


@pytest_asyncio.fixture
async def url(source: Source) -> AsyncIterator[str]:
    async with served(source) as address:
        yield f"{address}/gp.php?GROUP=active&secret=orichalcum"


async def forget_turn(house: House, url: str) -> None:
    """Let two hours and more pass."""
    async with house.database.transaction() as connection:
        await connection.execute(
            text("UPDATE element_sources SET next_at = now() - interval '1 s' WHERE url = :url"), {"url": url}
        )


def fetching_from(service: RunningService, url: str) -> House:
    config = msgspec.structs.replace(service.house.config, satellites_url=url)
    return msgspec.structs.replace(service.house, config=config)


async def test_it_asks_once_in_two_hours_and_only_for_what_is_new(
    service: RunningService, source: Source, url: str
) -> None:
    house = fetching_from(service, url)
    done = await fetch_elements(house, url)
    assert done is not None
    assert done.sets == 136
    assert "?" not in done.source, "an address may hold a secret behind the question mark"
    assert await fetch_elements(house, url) is None, "its time has not come"
    assert len(source.asked) == 1
    assert source.asked[0]["user-agent"].startswith("Uraniborg/")
    await forget_turn(house, url)
    assert await fetch_elements(house, url) is None, "nothing is new"
    assert source.asked[1]["if-none-match"] == '"one"'
    assert source.asked[1]["if-modified-since"] == "Fri, 20 Nov 2026 20:00:00 GMT"
    source.body, source.etag = catalogue_bytes(EPOCH + timedelta(hours=8)), '"two"'
    await forget_turn(house, url)
    again = await fetch_elements(house, url)
    assert again is not None
    assert again.added == 136
    schedule = (await get_catalogue(house)).schedule
    assert schedule is not None
    assert schedule.failure is None
    assert schedule.next_at - schedule.fetched_at >= timedelta(hours=1.9)
    assert "orichalcum" not in schedule.address


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (403, b"GP data has not updated since your last successful download", "has not updated"),
        (500, b"<html>\xff</html>", "500"),
        (200, b"<html><body>Maintenance</body></html>", "no element sets"),
        (200, b"", "no element sets"),
    ],
)
async def test_a_source_that_gives_nothing_is_shown_and_the_catalogue_stays(
    service: RunningService, source: Source, url: str, status: int, body: bytes, says: str
) -> None:
    house = fetching_from(service, url)
    await fetch_elements(house, url)
    before = await get_catalogue(house)
    source.status, source.body, source.etag = status, body, '"broken"'
    await forget_turn(house, url)
    with pytest.raises(FetchFailed, match=says):
        await fetch_elements(house, url)
    after = await get_catalogue(house)
    assert after.schedule is not None
    assert after.schedule.failure is not None
    assert says in after.schedule.failure
    assert "orichalcum" not in after.schedule.failure
    assert after.satellites == before.satellites
    source.status, source.body, source.etag = 200, catalogue_bytes(EPOCH), '"one"'
    await forget_turn(house, url)
    await fetch_elements(house, url)
    assert (await get_catalogue(house)).schedule.failure is None  # type: ignore[union-attr]


async def test_more_than_a_catalogue_can_hold_is_not_taken(
    service: RunningService, source: Source, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.body = b"x" * (element_fetch.LARGEST_BYTES + 1)
    with pytest.raises(FetchFailed, match="64 MiB"):
        await fetch_elements(fetching_from(service, url), url)


async def test_without_a_line_the_service_goes_on_and_says_so(service: RunningService) -> None:
    house = fetching_from(service, "http://127.0.0.1:9/gp.php")
    stop = asyncio.Event()
    task = asyncio.create_task(keep_catalogue(house, stop))
    try:
        async with asyncio.timeout(60):
            while (schedule := (await get_catalogue(house)).schedule) is None or schedule.failure is None:
                await asyncio.sleep(0.1)
        assert "does not answer" in schedule.failure
        assert not task.done()
    finally:
        stop.set()
        await task


async def test_an_operator_imports_folders_of_any_files_and_addresses(
    service: RunningService, source: Source, url: str, tmp_path: Path
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.csv").write_bytes(catalogue_bytes(EPOCH + timedelta(days=1)))
    (tmp_path / "iss.tle").write_text(
        "ISS (ZARYA)\n1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927\n"
        "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537\n"
    )
    (tmp_path / "notes.md").write_text("# no elements\n")
    (tmp_path / ".hidden").write_text("never looked at")
    wanted = [str(tmp_path), str(tmp_path / "absent.csv"), url, "http://127.0.0.1:9/absent"]
    done = await import_wanted(service.house, wanted)
    said = {Path(outcome.name).name: outcome_text(outcome) for outcome in done}
    assert "136 element sets, 136 added" in said["one.csv"]
    assert "1 element sets, 1 added" in said["iss.tle"]
    assert "1 left out" in said["notes.md"]
    assert "No such file" in said["absent.csv"]
    assert "136 element sets" in said["gp.php"]
    assert "does not answer" in said["absent"]
    assert [outcome.failed for outcome in done] == [False, False, True, True, False, True]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"satellites_url": "ftp://celestrak.org/gp"}, "https://"),
        ({"satellites_interval_hours": 0.5}, "from 2"),
    ],
)
def test_impolite_or_odd_settings_are_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        load_config({}, **settings)
