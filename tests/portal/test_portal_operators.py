"""The operator's pages: health, dead jobs tried again to their end, all organisations; for operators alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uraniborg
from playwright.sync_api import Browser, expect

from tests.conftest import ROOT
from tests.portal.conftest import AXE
from tests.support.live_server import PASSWORD, LiveServer, Someone, live_server
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow
OPERATOR = "operator@hven.example"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A service of its own, whose jobs die of their first failure."""
    with live_server(tmp_path_factory.mktemp("operated"), job_attempts="1") as running:
        subprocess.run(
            [sys.executable, "-m", "service.server", "account", OPERATOR, "--operator"],
            cwd=ROOT,
            env=os.environ | {"URANIBORG_DATA_DIR": str(running.folder / "data"), "URANIBORG_PASSWORD": PASSWORD},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        yield running


@pytest.fixture(scope="module")
def owner(service: LiveServer) -> Someone:
    return service.someone("tycho")


@pytest.fixture
def portal(browser: Browser, service: LiveServer) -> Iterator[PortalPage]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = PortalPage(context.new_page(), service.url)
    yield page
    complaints = page.complaints
    context.close()
    assert not complaints, complaints


def sign_in(portal: PortalPage, email: str) -> None:
    page = portal.page
    page.goto(f"{portal.url}/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your organisations").wait_for()


def test_a_dead_job_is_tried_again_until_it_is_done(
    portal: PortalPage, service: LiveServer, owner: Someone, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("Clouds.")
    with uraniborg.connect(service.url, owner.token) as client:
        client.organisation = client.add_organisation(name="Uranienborg").slug
        # A real fault: where the store's folder was there is a file, so that reading fails.
        client.upload(tmp_path / "note.txt", wait=True)
        folder, away = service.folder / "data/store/objects", service.folder / "data/store/away"
        folder.rename(away)
        folder.write_text("not a folder")
        headers = {"Authorization": f"Bearer {owner.token}"}
        base = f"{service.url}/api/v1/organisations/{client.organisation}"
        file = httpx.get(f"{base}/files", headers=headers).json()["items"][0]["id"]
        httpx.post(f"{base}/ingests", headers=headers, json={"files": [file]}).raise_for_status()
    page = portal.page
    sign_in(portal, OPERATOR)
    page.get_by_role("link", name=re.compile("^Operate the service")).click()
    expect(page.get_by_role("list", name="To look after")).to_contain_text("1 job died", timeout=30_000)
    assert not portal.faults(AXE)
    page.get_by_role("link", name="Jobs").click()
    row = page.get_by_role("group", name="Jobs").get_by_role("row", name=re.compile("ingest"))
    expect(row).to_contain_text("uranienborg")
    assert not portal.faults(AXE)
    row.get_by_role("button", name=re.compile("^Try again")).click()
    outcomes = page.locator(".outcomes")
    expect(outcomes).to_contain_text("died again")
    expect(outcomes).to_contain_text("store", ignore_case=True)
    folder.unlink()
    away.rename(folder)
    row.get_by_role("button", name=re.compile("^Try again")).click()
    expect(outcomes).to_contain_text("done")
    expect(page.get_by_text("No job is dead")).to_be_visible()
    page.get_by_label("State").select_option("done")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("group", name="Jobs").get_by_role("row", name=re.compile("ingest")).first).to_be_visible()
    page.get_by_role("link", name="Organisations").click()
    expect(page.get_by_role("row", name=re.compile("Uranienborg"))).to_contain_text("7 B")
    assert not portal.faults(AXE)


def test_what_does_not_answer_is_not_well(portal: PortalPage, service: LiveServer) -> None:
    page = portal.page
    sign_in(portal, OPERATOR)
    page.get_by_role("link", name=re.compile("^Operate the service")).click()
    page.get_by_role("region", name="Workers").wait_for()
    portal.expected = "net::ERR"
    service.stop()
    try:
        expect(page.get_by_role("alert")).to_contain_text("did not answer")
        expect(page.get_by_text("How it does now is not known")).to_be_visible()
        expect(page.get_by_text("All is well.")).to_have_count(0)
        assert not portal.faults(AXE)
    finally:
        service.start()
    expect(page.get_by_role("alert")).to_have_count(0)


def command(service: LiveServer, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `uraniborg-server operator` on the machine itself."""
    return subprocess.run(
        [sys.executable, "-m", "service.server", "operator", *words],
        cwd=ROOT,
        env=os.environ | {"URANIBORG_DATA_DIR": str(service.folder / "data")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_account_that_is_there_becomes_an_operator_and_is_none_again(
    portal: PortalPage, service: LiveServer
) -> None:
    kirsten = service.someone("kirsten")
    page = portal.page
    sign_in(portal, kirsten.email)
    link = page.get_by_role("link", name=re.compile("^Operate the service"))
    expect(link).to_have_count(0)
    assert "from the next request on" in command(service, "add", kirsten.email.upper()).stdout
    assert "already" in command(service, "add", kirsten.email).stdout
    assert kirsten.email in command(service, "list").stdout
    page.reload()
    link.click()
    expect(page.get_by_role("heading", name="Health")).to_be_visible()
    portal.expected = "status of 403"  # what it asked for at the moment that this came
    assert command(service, "remove", kirsten.email).returncode == 0
    assert kirsten.email not in command(service, "list").stdout
    page.reload()
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    for words in (("add", "nobody@hven.example"), ("add",), ("remove", "no address")):
        assert command(service, *words).returncode == 1, words


def test_nobody_else_is_shown_any_of_it(portal: PortalPage, owner: Someone) -> None:
    page = portal.page
    page.goto(f"{portal.url}/")
    portal.sign_in(owner.email, owner.password)
    expect(page.get_by_role("link", name="Operator")).to_have_count(0)
    page.goto(f"{portal.url}/app/-/health")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
