"""Limits: owners hear of them early, what goes beyond is refused before it is sent, the rest works as ever."""

from __future__ import annotations

import hashlib
from typing import Any

from domain.metering import GIB
from service.maintenance import sweep
from service.room import check_room, marks_of, tell_of_level
from storage import job_store
from tests.support.ledger_rows import add_contents, remove_contents
from tests.support.mail import sent_mails, text_of
from tests.support.plans import assign, small_plan
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService
from tests.support.stored_files import organisation_id_of


async def filled(service: RunningService, slug: str, size_bytes: int, name: str = "filler") -> None:
    """Let an organisation store so many bytes, by its rows alone."""
    organisation_id = await organisation_id_of(service.house, slug)
    async with service.house.database.transaction(organisation=organisation_id) as connection:
        await add_contents(connection, organisation_id, {name: size_bytes})


async def announce(person: Person, slug: str, *sizes: int, name: str = "new") -> Any:
    files = [
        {"path": f"{name}{n}", "size_bytes": size, "sha256": hashlib.sha256(f"{name}{n}".encode()).hexdigest()}
        for n, size in enumerate(sizes)
    ]
    return await person.client.post(f"/api/v1/organisations/{slug}/uploads", json={"files": files})


async def test_what_goes_beyond_the_limit_is_refused_before_an_address_is_given(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    sent = await send(owner.client, slug, {"kept": b"kept"})
    await wait_for_jobs(owner.client, slug)
    await assign(service.house, slug, small_plan())
    await filled(service, slug, GIB - 104)
    refused = await announce(owner, slug, 101)
    assert refused.status_code == 413
    problem = refused.json()
    assert problem["type"] == "/problems/over-quota"
    assert (problem["wanted_bytes"], problem["left_bytes"], problem["limit_bytes"]) == (101, 100, GIB)
    assert "files" not in problem
    assert (await announce(owner, slug, 60, name="one")).status_code == 201
    # Those 60 may still come; the same ones announced again are no more than that.
    assert (await announce(owner, slug, 60, name="one")).status_code == 201
    second = (await announce(owner, slug, 60, name="two")).json()
    assert (second["left_bytes"], second["announced_bytes"]) == (40, 60)
    # Everything else goes on: known contents, reading, exporting, deleting.
    await filled(service, slug, 5000, name="more")
    assert [file["state"] for file in await send(owner.client, slug, {"copy": b"kept"})] == ["known"]
    base = f"/api/v1/organisations/{slug}"
    assert (await owner.client.get(f"{base}/files/{sent[0]['file']}/content")).status_code == 302
    assert (await owner.client.get(f"{base}/audit/export")).status_code == 200
    assert (await owner.client.delete(f"{base}/files/{sent[0]['file']}")).status_code == 204


async def test_what_a_hosted_team_announced_counts(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    team = (await owner.client.post(f"/api/v1/organisations/{slug}/teams", json={"name": "Comets"})).json()["slug"]
    await assign(service.house, slug, small_plan())
    await filled(service, slug, GIB - 100)
    files = [{"path": "notes.txt", "size_bytes": 60, "sha256": hashlib.sha256(b"notes").hexdigest()}]
    assert (await owner.client.post(f"/api/v1/teams/{team}/uploads", json={"files": files})).status_code == 201
    refused = (await announce(owner, slug, 60)).json()
    assert (refused["left_bytes"], refused["announced_bytes"]) == (40, 60)


async def test_without_a_limit_nothing_is_refused(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    await filled(service, slug, 2**50)
    assert (await announce(owner, slug, 2**40)).status_code == 201
    await assign(service.house, slug, small_plan(hard_limit_gib=None, soft_limit_gib=1))
    assert (await announce(owner, slug, 2**40, name="soft")).status_code == 201


async def test_contents_without_a_checksum_count_each(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    await assign(service.house, slug, small_plan())
    organisation_id = await organisation_id_of(service.house, slug)
    await check_room(service.house, organisation_id, [(b"x", GIB), (b"x", GIB)])  # the same twice
    unknown = [{"path": f"u{n}", "size_bytes": GIB // 2 + 1} for n in range(2)]
    reply = await owner.client.post(f"/api/v1/organisations/{slug}/uploads", json={"files": unknown})
    assert reply.status_code == 413


async def test_owners_hear_once_for_each_passing(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    organisation_id = await organisation_id_of(service.house, slug)
    await assign(service.house, slug, small_plan())

    async def told() -> list[str]:
        return [str(mail["Subject"]) for mail in await sent_mails(service.house, owner.email)]

    async def store(percent: int, name: str) -> None:
        await filled(service, slug, -(-GIB * percent // 100), name)
        assert [await tell_of_level(service.house, organisation_id) for _ in range(2)][1] == 0

    await store(79, "a")
    assert await told() == []
    await store(1, "b")
    assert await told() == [f"{slug} has used 80 % of its storage"]
    await store(14, "c")
    assert len(await told()) == 1
    await store(1, "d")
    assert await told() == [f"{slug} has used {percent} % of its storage" for percent in (80, 95)]
    assert "uraniborg usage --by dataset" in text_of((await sent_mails(service.house, owner.email))[-1])
    async with service.house.database.transaction(organisation=organisation_id) as connection:
        await remove_contents(connection, organisation_id, ["c", "d"])
    assert await tell_of_level(service.house, organisation_id) == 0
    await filled(service, slug, GIB * 16 // 100, "e")
    await sweep(service.house)  # whoever was killed before telling is made up for here
    assert [subject.split()[3] for subject in await told()] == ["80", "95", "95"]
    async with service.house.database.transaction(organisation=organisation_id) as connection:
        events = [e for e in await job_store.list_events(connection, after=0, limit=100) if e.kind == "usage.warning"]
    assert [event.payload["percent"] for event in events] == [80, 95, 95]
    assert events[0].payload["limit_bytes"] == GIB


async def test_an_upload_that_passes_a_mark_tells_of_it(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    await assign(service.house, slug, small_plan())
    await filled(service, slug, GIB * 4 // 5 - 2)
    await send(owner.client, slug, {"last": b"drop"})
    assert [str(m["Subject"]) for m in await sent_mails(service.house, owner.email)] == [
        f"{slug} has used 80 % of its storage"
    ]


def test_a_soft_limit_is_a_mark_of_its_own() -> None:
    assert marks_of(small_plan(hard_limit_gib=None)) == {}
    assert list(marks_of(small_plan(hard_limit_gib=10, soft_limit_gib=5))) == [50, 80, 95, 100]
    assert marks_of(small_plan(hard_limit_gib=None, soft_limit_gib=10)) == {
        80: 8 * GIB, 95: -(-GIB * 950 // 100), 100: 10 * GIB,
    }  # fmt: skip
