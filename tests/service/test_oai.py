"""OAI-PMH, harvested by `sickle`, which knows nothing of us, and by hand where the protocol is strict."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
import pytest_asyncio
from datacite import schema45
from sickle import Sickle
from sickle.oaiexceptions import IdDoesNotExist, NoRecordsMatch
from sqlalchemy import text

from service.actions import harvest
from storage import publication_store
from tests.support.http_server import served
from tests.support.package_shelf import Shelf
from tests.support.service import RunningService, running_service
from tests.support.stored_files import organisation_id_of

pytestmark = pytest.mark.xdist_group("oai")

OAI = "{http://www.openarchives.org/OAI/2.0/}"
KERNEL = "{http://datacite.org/schema/kernel-4}"
COUNT = 7


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def library(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    async with running_service(tmp_path_factory.mktemp("oai")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(library: RunningService) -> AsyncIterator[str]:
    async with served(library.app) as url:
        yield f"{url}/api/v1/oai"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shelves(library: RunningService) -> list[Shelf]:
    """Two organisations: one with packages 0 to 6, of which 3 is withdrawn and a draft besides, one with one."""
    made = []
    for count in (COUNT, 1):
        owner = await library.person()
        shelf = Shelf(library, owner, await library.organisation(owner))
        await shelf.fill("nova", {"a.fits": b"a"})
        for number in range(count):
            await shelf.published(f"p{number}", title=f"Package <{number}> & more \x0b")
        made.append(shelf)
    first = made[0]
    await first.draft("hidden")
    begun = await first.owner.client.post(f"{first.base}/packages/p3/versions")
    assert begun.status_code == 201  # a draft beside what is published
    reason = {"reason": "The clock was wrong."}
    withdrawn = await first.owner.client.post(f"{first.base}/packages/p3/versions/1/withdraw", json=reason)
    assert withdrawn.status_code == 200
    return made


async def harvested(address: str, **arguments: Any) -> list[Any]:
    """Harvest a list to its end, in a thread: the harvester blocks."""
    return await asyncio.to_thread(lambda: list(Sickle(address, timeout=30).ListRecords(**arguments)))


async def ask(library: RunningService, **arguments: str) -> ET.Element:
    names = {"from_": "from"}
    reply = await library.anonymous.get(
        "/api/v1/oai", params={names.get(name, name): value for name, value in arguments.items()}
    )
    assert (reply.status_code, reply.headers["content-type"].partition(";")[0]) == (200, "text/xml")
    return ET.fromstring(reply.content)


def error_of(answer: ET.Element) -> str | None:
    found = answer.find(f"{OAI}error")
    return None if found is None else found.get("code")


async def test_the_repository_says_who_it_is(address: str, shelves: list[Shelf]) -> None:
    said = await asyncio.to_thread(lambda: Sickle(address).Identify())
    assert (said.protocolVersion, said.deletedRecord) == ("2.0", "persistent")
    assert said.granularity == "YYYY-MM-DDThh:mm:ssZ"
    assert said.baseURL.endswith("/api/v1/oai")
    formats = await asyncio.to_thread(lambda: list(Sickle(address).ListMetadataFormats()))
    assert {each.metadataPrefix for each in formats} == {"oai_dc", "oai_datacite"}
    sets = await asyncio.to_thread(lambda: list(Sickle(address).ListSets()))
    assert {each.setSpec for each in sets} == {shelf.slug for shelf in shelves}


async def test_a_harvester_gets_every_record_once_and_page_by_page(
    address: str, shelves: list[Shelf], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest, "RECORDS_PER_PAGE", 3)
    records = await harvested(address, metadataPrefix="oai_dc")
    names = [record.header.identifier for record in records]
    slugs = [shelf.slug for shelf in shelves]
    expected = {f"oai:127.0.0.1:{slugs[0]}/p{number}/1" for number in range(COUNT)}
    expected.add(f"oai:127.0.0.1:{slugs[1]}/p0/1")
    assert len(names) == len(set(names))
    assert set(names) == expected
    assert not any("hidden" in name for name in names), "a draft is nobody's business"
    deleted = {record.header.identifier for record in records if record.header.deleted}
    assert deleted == {f"oai:127.0.0.1:{slugs[0]}/p3/1"}
    for record in records:
        assert ("<metadata" in record.raw) != record.header.deleted
        if not record.header.deleted:
            assert record.metadata["title"][0].startswith("Package <")
            assert record.metadata["creator"] == ["Tycho Brahe"]
            assert record.metadata["rights"][0].startswith("Creative Commons")
            assert record.metadata["identifier"][0].startswith("http://")
    one = await harvested(address, metadataPrefix="oai_dc", set=slugs[1])
    assert [record.header.setSpecs for record in one] == [[slugs[1]]]
    headers = await asyncio.to_thread(lambda: list(Sickle(address).ListIdentifiers(metadataPrefix="oai_dc")))
    assert {header.identifier for header in headers} == expected


async def test_datacites_metadata_is_what_the_public_page_says(
    address: str, library: RunningService, shelves: list[Shelf]
) -> None:
    name = f"oai:127.0.0.1:{shelves[1].slug}/p0/1"
    record = await asyncio.to_thread(lambda: Sickle(address).GetRecord(identifier=name, metadataPrefix="oai_datacite"))
    resource = ET.fromstring(record.raw).find(f".//{KERNEL}resource")
    assert resource is not None
    attributes = (await library.anonymous.get(f"{shelves[1].public}/p0/versions/1/citation/datacite")).json()
    theirs = ET.fromstring(schema45.tostring(attributes | {"titles": [{"title": "?"}]}))

    def names(root: ET.Element) -> list[str | None]:
        return [each.text for each in root.iter(f"{KERNEL}creatorName")]

    assert names(resource) == names(theirs) == ["Tycho Brahe"]
    rights = [each.attrib for each in resource.iter(f"{KERNEL}rights")]
    assert rights == [each.attrib for each in theirs.iter(f"{KERNEL}rights")]
    with pytest.raises(IdDoesNotExist):
        await asyncio.to_thread(lambda: Sickle(address).GetRecord(identifier=name[:-1] + "2", metadataPrefix="oai_dc"))


async def test_only_what_changed_since_is_harvested_again(
    address: str, library: RunningService, shelves: list[Shelf]
) -> None:
    shelf = shelves[0]
    organisation_id = await organisation_id_of(library.house, shelf.slug)
    async with library.house.database.transaction(organisation=organisation_id) as connection:
        await connection.execute(text("UPDATE publications SET changed_at = '2026-01-02T03:04:05Z'"))
    old = await harvested(address, metadataPrefix="oai_dc", until="2026-01-02")
    assert len(old) == COUNT
    instant = {"from": "2026-01-02T03:04:05Z", "until": "2026-01-02T03:04:05Z"}
    assert len(await harvested(address, metadataPrefix="oai_dc", **instant)) == COUNT
    for window in (
        {"until": "2026-01-02T03:04:04Z"},
        {"from": "2026-01-02T03:04:06Z", "until": "2026-01-03T00:00:00Z"},
    ):
        with pytest.raises(NoRecordsMatch):
            await harvested(address, metadataPrefix="oai_dc", **window)
    # A new version changes what is said of the one before, too.
    await shelf.owner.client.post(f"{shelf.base}/packages/p0/versions")
    await shelf.publish("p0", version=2)
    again = await harvested(address, **{"metadataPrefix": "oai_dc", "from": "2026-01-03", "set": shelf.slug})
    assert {record.header.identifier.rpartition(":")[2] for record in again} == {
        f"{shelf.slug}/p0/1",
        f"{shelf.slug}/p0/2",
    }


async def test_what_is_published_while_an_answer_is_given_comes_with_the_next(
    address: str, library: RunningService, shelves: list[Shelf]
) -> None:
    shelf = shelves[1]
    organisation_id = await organisation_id_of(library.house, shelf.slug)
    async with library.house.database.transaction(organisation=organisation_id) as connection:
        packages = list(await connection.scalars(text("SELECT id FROM packages")))
        for package_id in packages:
            await publication_store.follow_package(connection, package_id)
        await asyncio.sleep(2)  # publishing is under way
        answer = await ask(library, verb="ListRecords", metadataPrefix="oai_dc")
    since = answer.find(f"{OAI}responseDate")
    assert since is not None
    found = await harvested(address, **{"metadataPrefix": "oai_dc", "from": str(since.text), "set": shelf.slug})
    assert len(found) == len(packages) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Destroy"}, "badVerb"),
        ({"verb": "Identify", "set": "x"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-13-01"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-01", "until": "2026-01-01"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-01", "until": "2026-03-01T00:00:00Z"},
            "badArgument",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "nobody"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "W10"}, "badResumptionToken"),
        ({"verb": "ListSets", "resumptionToken": "!"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "x", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "x"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:127.0.0.1:a/b/\x00"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:127.0.0.1:a/b/1"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "x"}, "idDoesNotExist"),
        ({"verb": "Identify", "x" * 3000: "y"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "\ufffe\x01"}, "cannotDisseminateFormat"),
    ],
)
async def test_wrong_requests_are_told_as_the_protocol_has_it(
    library: RunningService, shelves: list[Shelf], arguments: dict[str, str], code: str
) -> None:
    by_get = ET.fromstring((await library.anonymous.get("/api/v1/oai", params=arguments)).content)
    by_post = ET.fromstring((await library.anonymous.post("/api/v1/oai", data=arguments)).content)
    assert error_of(by_get) == error_of(by_post) == code
    request = by_get.find(f"{OAI}request")
    assert request is not None
    if code in ("badVerb", "badArgument"):
        assert request.attrib == {}, "what is not understood is not repeated"


async def test_an_argument_that_stands_twice_is_refused(library: RunningService) -> None:
    for query in ("verb=Identify&verb=Identify", "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc"):
        answer = ET.fromstring((await library.anonymous.get(f"/api/v1/oai?{query}")).content)
        assert error_of(answer) in ("badVerb", "badArgument")


async def test_a_draft_has_no_record(library: RunningService, shelves: list[Shelf]) -> None:
    for path in ("hidden/1", "p3/2"):
        name = f"oai:127.0.0.1:{shelves[0].slug}/{path}"
        answer = await ask(library, verb="GetRecord", metadataPrefix="oai_dc", identifier=name)
        assert error_of(answer) == "idDoesNotExist"


async def test_resumed_lists_keep_their_selection(
    library: RunningService, shelves: list[Shelf], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest, "RECORDS_PER_PAGE", 5)
    monkeypatch.setattr(harvest, "SETS_PER_PAGE", 1)
    answer = await ask(library, verb="ListIdentifiers", metadataPrefix="oai_dc", set=shelves[0].slug)
    names: list[str] = []
    pages = 0
    while True:
        pages += 1
        names += [each.text or "" for each in answer.iter(f"{OAI}identifier")]
        token = next(answer.iter(f"{OAI}resumptionToken"))
        if not token.text:
            break
        answer = await ask(library, verb="ListIdentifiers", resumptionToken=token.text)
    assert pages == 2
    assert all(f":{shelves[0].slug}/" in name for name in names)
    first = await ask(library, verb="ListSets")
    rest = await ask(library, verb="ListSets", resumptionToken=next(first.iter(f"{OAI}resumptionToken")).text or "")
    specs = [each.text for page in (first, rest) for each in page.iter(f"{OAI}setSpec")]
    assert sorted(map(str, specs)) == sorted(shelf.slug for shelf in shelves)


async def test_a_repository_with_nothing_says_so(tmp_path: Any) -> None:
    async with running_service(tmp_path) as empty, httpx.AsyncClient() as _:
        assert error_of(await ask(empty, verb="ListRecords", metadataPrefix="oai_dc")) == "noRecordsMatch"
        assert error_of(await ask(empty, verb="Identify")) is None
