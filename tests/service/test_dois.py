"""DOIs through an organisation's own DataCite account: reserved, findable, hidden; DataCite may be away meanwhile."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from domain.datacite_metadata import datacite_json
from domain.errors import InvalidInput
from service.actions.dois import sync_dois
from service.config import load_config
from service.datacite_client import DataCite, DataCiteFailed
from service.house import NOBODY, Tenant
from service.maintenance import sweep
from storage import package_store
from tests.support.datacite_server import DataCiteServer, Record, datacite_server
from tests.support.package_records import FULL
from tests.support.package_shelf import Shelf
from tests.support.service import RunningService, running_service
from tests.support.stored_files import organisation_id_of

pytestmark = pytest.mark.xdist_group("dois")

PASSWORD = "skull and nose"
ACCOUNT = {"repository_id": "hven.obs", "prefix": "10.5072", "password": PASSWORD, "service": "test"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def datacite() -> AsyncIterator[DataCiteServer]:
    async with datacite_server() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def doi_service(
    datacite: DataCiteServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningService]:
    folder = tmp_path_factory.mktemp("dois")
    settings = {"datacite_test_url": datacite.url, "job_retry_seconds": 0.05, "job_attempts": 2}
    async with running_service(folder, **settings) as running:
        yield running


@pytest.fixture
async def shop(doi_service: RunningService, datacite: DataCiteServer) -> Shelf:
    """An organisation with a DataCite account and a dataset."""
    datacite.is_down, datacite.delay_s = False, 0.0
    owner = await doi_service.person()
    shelf = Shelf(doi_service, owner, await doi_service.organisation(owner))
    await shelf.fill("nova", {"a.fits": b"a"})
    reply = await owner.client.put(f"{shelf.base}/datacite-account", json=ACCOUNT)
    assert reply.status_code == 200, reply.text
    return shelf


async def reserve(shelf: Shelf, version: int = 1) -> httpx.Response:
    return await shelf.owner.client.post(f"{shelf.base}/packages/m31/versions/{version}/doi")


async def package(shelf: Shelf) -> dict[str, Any]:
    return dict((await shelf.owner.client.get(f"{shelf.base}/packages/m31")).json())


async def until(shelf: Shelf, is_so: Callable[[dict[str, Any]], Any], seconds: float = 120) -> dict[str, Any]:
    """Wait until something is so of the package."""
    end = time.monotonic() + seconds
    while True:
        found = await package(shelf)
        if is_so(found):
            return found
        assert time.monotonic() < end, found
        await asyncio.sleep(0.05)


def states(found: dict[str, Any]) -> list[str]:
    """Give the state of the concept's DOI and then those of the versions, oldest first; only while all are settled."""
    dois = [found["doi"], *[version["doi"] for version in reversed(found["versions"])]]
    return [doi["state"] if doi else "" for doi in dois]


def relations(record: Record) -> set[tuple[str, str]]:
    return {
        (each["relationType"], each["relatedIdentifier"]) for each in record.attributes.get("relatedIdentifiers", [])
    }


async def test_a_doi_from_draft_to_tombstone(shop: Shelf, datacite: DataCiteServer) -> None:
    client, public = shop.owner.client, shop.service.anonymous
    await shop.draft()
    made = (await reserve(shop)).json()
    concept, first, second = (f"10.5072/{shop.slug}.m31{end}" for end in ("", ".v1", ".v2"))
    assert (made["doi"]["doi"], made["versions"][0]["doi"]["doi"]) == (concept, first)
    await until(shop, lambda found: states(found) == ["draft", "draft"])
    assert {datacite.dois[name].state for name in (concept, first)} == {"draft"}

    assert (await shop.publish()).status_code == 200
    await until(shop, lambda found: states(found) == ["findable", "findable"])
    address = f"{shop.public}/m31/versions/1"
    shown = (await public.get(address)).json()
    assert (shown["doi"], shown["concept_doi"]) == (first, concept)
    assert shown["citation"].endswith(f"https://doi.org/{first}")
    # What was reserved beforehand is in the archive itself.
    with zipfile.ZipFile(io.BytesIO((await public.get(f"{address}/zip")).content)) as archive:
        assert first in archive.read("m31-v1/CITATION.txt").decode()
        assert f"External-Identifier: https://doi.org/{first}" in archive.read("m31-v1/bag-info.txt").decode()
        assert f"https://doi.org/{first}" in archive.read("m31-v1/data/ro-crate-metadata.json").decode()
    assert relations(datacite.dois[first]) == {("IsVersionOf", concept)}
    assert relations(datacite.dois[concept]) == {("HasVersion", first)}
    landing = datacite.dois[first].attributes["url"]
    assert f"https://doi.org/{first}" in (await public.get(landing)).text
    moved = await public.get(datacite.dois[concept].attributes["url"])
    assert (moved.status_code, moved.headers["location"]) == (302, landing)

    await client.post(f"{shop.base}/packages/m31/versions")
    await client.patch(f"{shop.base}/packages/m31/versions/2", json={"title": "M31, corrected"})
    await reserve(shop, 2)
    await until(shop, lambda found: states(found) == ["findable", "findable", "draft"])
    await shop.publish(version=2)
    await until(shop, lambda found: states(found) == ["findable"] * 3)
    # DataCite may hear of the several versions one after the other.
    await until(shop, lambda _: relations(datacite.dois[first]) >= {("IsPreviousVersionOf", second)})
    assert relations(datacite.dois[second]) == {("IsVersionOf", concept), ("IsNewVersionOf", first)}
    assert relations(datacite.dois[concept]) == {("HasVersion", first), ("HasVersion", second)}
    assert datacite.dois[concept].attributes["titles"] == [{"title": "M31, corrected"}]

    await client.post(f"{shop.base}/packages/m31/versions/2/withdraw", json={"reason": "Wrong clock."})
    await until(shop, lambda found: states(found) == ["findable", "findable", "registered"])
    assert datacite.dois[second].state == "registered"
    assert "Withdrawn" in {each["dateType"] for each in datacite.dois[second].attributes["dates"]}
    assert datacite.dois[concept].attributes["titles"] == [{"title": "M31 in R, autumn 2026"}]
    tombstone = await public.get(datacite.dois[second].attributes["url"])
    assert (tombstone.status_code, "Wrong clock." in tombstone.text) == (200, True)
    await client.post(f"{shop.base}/packages/m31/versions/1/withdraw", json={"reason": "Also."})
    await until(shop, lambda found: states(found) == ["registered"] * 3)
    assert (
        "Also."
        in (await public.get(datacite.dois[concept].attributes["url"], follow_redirects=True)).text
        + (await public.get(datacite.dois[first].attributes["url"])).text
    )


async def test_what_a_newer_version_no_longer_says_is_taken_back(shop: Shelf, datacite: DataCiteServer) -> None:
    client, said = shop.owner.client, {"keywords": ["galaxies"], "description": "Twelve nights of M31."}
    await shop.draft()
    assert (await client.patch(f"{shop.base}/packages/m31/versions/1", json=said)).status_code == 200
    await reserve(shop)
    await shop.publish()
    await until(shop, lambda found: states(found) == ["findable", "findable"])
    concept = f"10.5072/{shop.slug}.m31"
    assert datacite.dois[concept].attributes["subjects"] == [{"subject": "galaxies"}]
    await client.post(f"{shop.base}/packages/m31/versions")
    await client.patch(f"{shop.base}/packages/m31/versions/2", json={"keywords": [], "description": ""})
    await reserve(shop, 2)
    await shop.publish(version=2)
    await until(shop, lambda found: states(found) == ["findable"] * 3)
    await until(shop, lambda _: len(relations(datacite.dois[concept])) == 2)
    assert datacite.dois[concept].attributes["subjects"] == datacite.dois[concept].attributes["descriptions"] == []


async def test_reserving_is_safe_to_repeat_and_needs_an_account(shop: Shelf, datacite: DataCiteServer) -> None:
    await shop.draft()
    first, again = (await reserve(shop)).json(), (await reserve(shop)).json()
    assert (first["doi"]["doi"], first["versions"][0]["doi"]["doi"]) == (
        again["doi"]["doi"],
        again["versions"][0]["doi"]["doi"],
    )
    assert (await reserve(shop, 7)).status_code == 404
    assert (await shop.owner.client.delete(f"{shop.base}/datacite-account")).status_code == 204
    await shop.draft("other")
    refused = await shop.owner.client.post(f"{shop.base}/packages/other/versions/1/doi")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/no-datacite-account")
    # Without an account everything else goes on, with no DOI.
    assert (await shop.publish("other")).status_code == 200
    assert (await shop.service.anonymous.get(f"{shop.public}/other/versions/1")).json()["doi"] is None


async def test_a_published_version_gets_a_doi_later(shop: Shelf, datacite: DataCiteServer) -> None:
    address = await shop.published()
    assert (await reserve(shop)).status_code == 200
    await until(shop, lambda found: states(found) == ["findable", "findable"])
    shown = (await shop.service.anonymous.get(address)).json()
    assert f"https://doi.org/{shown['doi']}" in shown["citation"]


async def test_publishing_neither_waits_for_datacite_nor_fails_with_it(shop: Shelf, datacite: DataCiteServer) -> None:
    await shop.draft()
    await reserve(shop)
    await until(shop, lambda found: states(found) == ["draft", "draft"])
    datacite.is_down = True
    began = time.monotonic()
    assert (await shop.publish()).status_code == 200
    assert time.monotonic() - began < 5
    found = await until(shop, lambda found: found["versions"][0]["doi"]["error"])
    assert "503" in found["versions"][0]["doi"]["error"]
    assert (found["versions"][0]["state"], found["versions"][0]["doi"]["state"]) == ("published", "draft")
    assert found["versions"][0]["doi"]["wanted"] == "findable"
    jobs: list[Any] = []
    while not jobs:
        listed = await shop.owner.client.get(f"{shop.base}/jobs", params={"kind": "doi", "state": "dead"})
        jobs = listed.json()["items"]
        await asyncio.sleep(0.05)
    datacite.is_down = False
    assert (await shop.owner.client.post(f"{shop.base}/jobs/{jobs[0]['id']}/retry")).status_code == 200
    found = await until(shop, lambda found: states(found) == ["findable", "findable"])
    assert found["versions"][0]["doi"]["error"] is None


async def test_what_was_given_up_is_tried_again_by_itself(shop: Shelf, datacite: DataCiteServer) -> None:
    await shop.owner.client.put(f"{shop.base}/datacite-account", json=ACCOUNT | {"password": "a wrong one"})
    await shop.draft()
    await reserve(shop)
    found = await until(shop, lambda found: found["doi"]["error"])
    assert "401" in found["doi"]["error"]
    assert "a wrong one" not in str(found)
    while not (await shop.owner.client.get(f"{shop.base}/jobs", params={"kind": "doi", "state": "dead"})).json()[
        "items"
    ]:
        await asyncio.sleep(0.1)
    await shop.owner.client.put(f"{shop.base}/datacite-account", json=ACCOUNT)
    assert (await sweep(shop.service.house))["dois"] == 0, "not before its time"
    organisation_id = await organisation_id_of(shop.service.house, shop.slug)
    async with shop.service.house.database.transaction(organisation=organisation_id) as connection:
        await connection.execute(text("UPDATE dois SET tried_at = now() - interval '2 hours'"))
    assert (await sweep(shop.service.house))["dois"] == 1
    await until(shop, lambda found: states(found) == ["draft", "draft"])


async def test_the_last_wish_counts_however_slow_datacite_is(shop: Shelf, datacite: DataCiteServer) -> None:
    await shop.draft()
    await reserve(shop)
    await until(shop, lambda found: states(found) == ["draft", "draft"])
    datacite.delay_s = 0.2
    await shop.publish()
    await asyncio.sleep(0.1)  # the first job is under way
    await shop.owner.client.post(f"{shop.base}/packages/m31/versions/1/withdraw", json={"reason": "At once."})
    await until(shop, lambda found: states(found) == ["registered", "registered"])
    for _ in range(200):
        jobs = (await shop.owner.client.get(f"{shop.base}/jobs", params={"kind": "doi"})).json()["items"]
        if {job["state"] for job in jobs} == {"done"}:
            break
        await asyncio.sleep(0.05)
    assert states(await package(shop)) == ["registered", "registered"]
    assert datacite.dois[f"10.5072/{shop.slug}.m31.v1"].state == "registered"


async def test_one_job_ends_with_what_is_wanted_by_then(datacite: DataCiteServer, tmp_path: Path) -> None:
    datacite.is_down, datacite.delay_s = False, 0.0
    async with running_service(tmp_path, datacite_test_url=datacite.url, worker=False) as idle:
        owner = await idle.person()
        shelf = Shelf(idle, owner, await idle.organisation(owner))
        await shelf.fill("nova", {"a.fits": b"a"})
        await owner.client.put(f"{shelf.base}/datacite-account", json=ACCOUNT)
        await shelf.published()
        await reserve(shelf)
        organisation_id = await organisation_id_of(idle.house, shelf.slug)

        @asynccontextmanager
        async def tenant_of() -> AsyncIterator[Tenant]:
            async with idle.house.database.transaction(organisation=organisation_id) as connection:
                yield Tenant(connection, organisation_id, "", "worker", NOBODY)

        async with tenant_of() as tenant:
            package_id = await package_store.lock_package(tenant.connection, "m31")
        datacite.delay_s = 3
        job = asyncio.create_task(sync_dois(idle.house, ThreadPoolExecutor(1), tenant_of, {"package": str(package_id)}))
        await asyncio.sleep(0.3)  # it is on its way with what was wanted before
        await owner.client.post(f"{shelf.base}/packages/m31/versions/1/withdraw", json={"reason": "At once."})
        datacite.delay_s = 0.0
        assert await job == (2, 0)
        assert states(await package(shelf)) == ["registered", "registered"]
        assert datacite.dois[f"10.5072/{shelf.slug}.m31.v1"].state == "registered"


async def test_a_doi_of_others_stays_theirs(shop: Shelf, datacite: DataCiteServer) -> None:
    taken = f"10.5072/{shop.slug}.m31.v1"
    datacite.dois[taken] = Record("OTHER.REPO", "findable", {"url": "https://elsewhere.example"})
    await shop.draft()
    await reserve(shop)
    found = await until(shop, lambda found: found["versions"][0]["doi"]["error"])
    assert "403" in found["versions"][0]["doi"]["error"]
    assert datacite.dois[taken].owner == "OTHER.REPO"
    assert (await shop.publish()).status_code == 200
    shown = (await shop.service.anonymous.get(f"{shop.public}/m31/versions/1")).json()
    assert shown["doi"] is None, "what DataCite never gave is not cited"


async def test_the_password_is_sealed_and_never_shown(shop: Shelf) -> None:
    client = shop.owner.client
    shown = await client.get(f"{shop.base}/datacite-account")
    assert shown.json() | {"changed_at": ""} == {
        "repository_id": "HVEN.OBS", "prefix": "10.5072", "service": "test", "changed_at": "",
    }  # fmt: skip
    organisation_id = await organisation_id_of(shop.service.house, shop.slug)
    async with shop.service.house.database.transaction(organisation=organisation_id) as connection:
        sealed = await connection.scalar(text("SELECT sealed_password FROM datacite_accounts"))
    assert PASSWORD.encode() not in sealed
    kept = {name: value for name, value in ACCOUNT.items() if name != "password"}
    assert (await client.put(f"{shop.base}/datacite-account", json=kept | {"prefix": "10.1234"})).status_code == 200
    for other in ({"repository_id": "OTHER.REPO"}, {"service": "production"}):
        # The password kept for one place is not sent to another.
        refused = await client.put(f"{shop.base}/datacite-account", json=kept | other)
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/invalid-input")
    member = await shop.service.person()
    await client.put(f"{shop.base}/members/{member.email}", json={"role": "member"})
    assert (await member.client.get(f"{shop.base}/datacite-account")).status_code == 403
    assert (await client.delete(f"{shop.base}/datacite-account")).status_code == 204
    assert (await client.get(f"{shop.base}/datacite-account")).status_code == 404


@pytest.mark.parametrize("wrong", [{"prefix": "11.5072"}, {"repository_id": "a:b"}, {"service": "http://evil"}])
async def test_an_account_that_cannot_be_is_refused(shop: Shelf, wrong: dict[str, str]) -> None:
    assert (await shop.owner.client.put(f"{shop.base}/datacite-account", json=ACCOUNT | wrong)).status_code == 400


@pytest.mark.parametrize("url", ["http://api.datacite.org", "http://127.0.0.1.evil.example", "ftp://x", "https://"])
def test_passwords_go_over_https_only(url: str) -> None:
    with pytest.raises(InvalidInput, match="https"):
        load_config({}, datacite_url=url)


@pytest.mark.parametrize("now", [None, "draft", "registered", "findable"])
@pytest.mark.parametrize("wanted", ["draft", "registered", "findable"])
async def test_any_state_is_led_to_any_that_can_be(datacite: DataCiteServer, now: str | None, wanted: Any) -> None:
    datacite.is_down, datacite.delay_s = False, 0.0
    doi = f"10.5072/{now}-{wanted}".lower()
    attributes = datacite_json(FULL, doi=doi) | {"url": "https://hven.example"}
    datacite.dois.pop(doi, None)
    if now:
        datacite.dois[doi] = Record("HVEN.OBS", now, attributes)
    async with DataCite(datacite.url, "HVEN.OBS", PASSWORD) as client:
        reached = [await client.bring(doi, wanted, attributes) for _ in range(2)]
        expected = now if wanted == "draft" and now else wanted
        assert reached == [expected, expected], "what is public never becomes a draft; repeating changes nothing"
        with pytest.raises(DataCiteFailed, match="422"):
            await client.bring("10.5072/bare", "findable", {"titles": []})
        with pytest.raises(DataCiteFailed, match="403"):
            await client.bring("10.9999/foreign", "draft", {})


async def test_a_guest_sees_the_dois_of_what_is_published(shop: Shelf) -> None:
    await shop.published()
    await reserve(shop)
    await shop.draft("hidden")
    await shop.owner.client.post(f"{shop.base}/packages/hidden/versions/1/doi")
    guest = await shop.service.person()
    hven = {"name": "Hven", "latitude_deg": 55.9, "longitude_deg": 12.7, "time_zone": "Europe/Copenhagen"}
    nights = {"email": guest.email, "telescope": "quadrant", "first_night": "2026-01-01"}
    for path, body in (("sites", hven), ("telescopes", {"name": "Quadrant", "site": "hven"}), ("assignments", nights)):
        made = await shop.owner.client.post(f"{shop.base}/{path}", json=body)
        assert made.status_code == 201, made.text
    seen = await guest.client.get(f"{shop.base}/packages/m31")
    assert (seen.status_code, seen.json()["versions"][0]["doi"]["doi"]) == (200, f"10.5072/{shop.slug}.m31.v1")
    assert [each["slug"] for each in (await guest.client.get(f"{shop.base}/packages")).json()["items"]] == ["m31"]
    assert (await guest.client.get(f"{shop.base}/packages/hidden")).status_code == 404
    assert (await guest.client.post(f"{shop.base}/packages/m31/versions/1/doi")).status_code == 403
