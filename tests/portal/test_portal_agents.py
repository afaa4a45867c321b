"""Watch agents: whether telescopes' computers send, since when one is silent, how long what waits there will take."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import uraniborg
from playwright.sync_api import expect
from sqlalchemy import text

from service.config import load_config
from service.wiring import open_house
from tests.portal.conftest import AXE, NewPage, Observatory
from tests.support.live_server import LiveServer
from tests.support.stored_files import organisation_id_of

pytestmark = pytest.mark.slow

HOSTILE = "<img src=x onerror=window.hostile=1>"


def set_back(server: LiveServer, organisation: str, agent: str, silent_for: timedelta) -> datetime:
    """Have an agent's last report lie in the past; tells when that is."""
    heard_at = datetime.now(UTC) - silent_for

    async def change() -> None:
        async with open_house(load_config({}, data_dir=server.folder / "data", satellites_url="")) as house:
            organisation_id = await organisation_id_of(house, organisation)
            async with house.database.transaction(organisation=organisation_id) as connection:
                statement = text("UPDATE agents SET seen_at = :at WHERE name = :name")
                await connection.execute(statement, {"at": heard_at, "name": agent})

    with ThreadPoolExecutor(1) as pool:  # the browser's own loop runs in this thread
        pool.submit(lambda: asyncio.run(change())).result()
    return heard_at


@pytest.fixture
def client(observatory: Observatory) -> Iterator[uraniborg.Client]:
    with uraniborg.connect(observatory.url, observatory.owner.token, organisation=observatory.slug) as opened:
        yield opened


@pytest.fixture
def agents(client: uraniborg.Client) -> Iterator[list[str]]:
    """One that sends over a bad line, one with all kinds of trouble, one of a telescope that is not here."""
    now = datetime.now(UTC)
    good = {"host": "dome", "sent_at": now.isoformat(), "telescope": "quadrant"}
    line = {"waiting_files": 12, "waiting_bytes": 240_000_000, "rate_bytes_per_s": 500_000.4, "breaks_every_s": 20.0}
    arrived = {"last_file": "light/M31_0042.fits", "last_file_at": now.isoformat()}
    bad = {
        "host": HOSTILE,
        "sent_at": (now + timedelta(seconds=130)).isoformat(),
        "state": "waiting",
        "waiting_files": 1,
        "waiting_bytes": 16_000_000,
        "failed_files": 2,
        "last_error": f"{HOSTILE} is refused.",
        "folders": [{"path": f"/data/{HOSTILE}", "is_there": False, "waiting_files": 1, "failed_files": 2}],
    }
    reports = {
        "dome-pc": good | line | arrived | {"state": "sending"},
        "hut-pc": bad,
        "moved-pc": good | {"telescope": "elsewhere"},
        "once-pc": good | {"once": True},
        "old-pc": good | line | {"state": "stopped"},
    }
    for name, report in reports.items():
        client.call("report_agent", name=name, body=report)
    yield list(reports)
    for agent in client.list_agents().items:
        client.forget_agent(agent.name)


@pytest.mark.usefixtures("agents")
def test_tonight_tells_what_waits_and_who_is_silent(
    new_page: NewPage, observatory: Observatory, server: LiveServer
) -> None:
    portal = new_page()
    page = portal.page
    panel = page.get_by_role("region", name="Watch agents")
    portal.open(observatory.address("tonight"))
    expect(panel.locator("li strong")).to_have_text(["dome-pc", "hut-pc", "old-pc"])
    expect(panel.locator(".agents > li", has_text="old-pc")).to_contain_text("stopped since")
    set_back(server, observatory.slug, "old-pc", timedelta(hours=25))
    dome = panel.locator(".agents > li", has_text="dome-pc")
    expect(dome).to_contain_text("sends")
    expect(dome).to_contain_text("12 files wait there, 240 MB: about 8 min at 500 kB/s.")
    expect(dome).to_contain_text("The last to come was light/M31_0042.fits, at ")
    expect(dome).to_contain_text("Its line breaks about every 20 s")
    silent_since = set_back(server, observatory.slug, "hut-pc", timedelta(hours=2))
    portal.open(observatory.address("tonight"))
    expect(panel.locator("li strong")).to_have_text(["hut-pc", "dome-pc"])
    hut = panel.locator(".agents > li", has_text="hut-pc")
    expect(hut.locator(".badge")).to_have_text(re.compile(rf"^silent since\s{silent_since:%H:%M}$"))
    expect(hut).to_contain_text("1 file waited there when it was last heard of, 16.0 MB. Nothing is lost")
    expect(hut).to_contain_text("2 files failed")
    expect(hut).to_contain_text(f"{HOSTILE} is refused.")
    expect(hut).to_contain_text(f"/data/{HOSTILE} is not there.")
    expect(hut).to_contain_text("2 min ahead of the service")
    assert page.evaluate("window.hostile") is None
    assert not portal.faults(AXE)
    portal.open(observatory.address("tonight?night=2026-11-20"))
    expect(page.get_by_role("region", name="Newest frames")).to_be_visible()
    expect(panel).to_have_count(0)


def test_all_are_listed_and_one_that_is_no_more_is_forgotten(
    new_page: NewPage, observatory: Observatory, agents: list[str], client: uraniborg.Client
) -> None:
    portal = new_page()
    page = portal.page
    portal.open(observatory.address("settings/agents"))
    for name in agents:
        expect(page.get_by_role("region", name=name)).to_be_visible()
    expect(page.get_by_role("region", name="once-pc")).to_contain_text("it ran once")
    assert page.evaluate("window.hostile") is None
    assert not portal.faults(AXE)
    page.get_by_role("button", name="Forget moved-pc").click()
    page.get_by_role("dialog", name="Forget moved-pc?").get_by_role("button", name="Forget").click()
    expect(page.get_by_role("region", name="moved-pc")).to_have_count(0)
    assert "moved-pc" not in {agent.name for agent in client.list_agents().items}


def test_where_there_is_none_it_is_told_how_to_have_one(new_page: NewPage, observatory: Observatory) -> None:
    portal = new_page()
    portal.open(observatory.address("settings/agents"))
    expect(portal.page.locator(".empty")).to_contain_text("uraniborg watch FOLDER")
    portal.open(observatory.address("tonight"))
    expect(portal.page.get_by_role("region", name="Newest frames")).to_be_visible()
    expect(portal.page.get_by_role("region", name="Watch agents")).to_have_count(0)
