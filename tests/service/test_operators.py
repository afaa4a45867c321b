"""What operators see and do: all organisations' usage and jobs, dead ones retried, health; and nothing beyond."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from service.worker import run_worker
from storage import job_store
from storage.row_security import OPERATOR_ROLE
from tests.support.sending import send
from tests.support.service import Person, RunningService, running_service
from tests.support.stored_files import organisation_id_of

BASE = "/api/v1/operator"
CARDS = ("SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    0", "END")
FRAME = "".join(card.ljust(80) for card in CARDS).ljust(2880).encode()


async def operator_of(service: RunningService) -> Person:
    """Make an account whose owner operates the service."""
    person = await service.person()
    async with service.house.database.transaction() as connection:
        await connection.execute(text("UPDATE accounts SET is_operator = true WHERE email = :e"), {"e": person.email})
    return person


@pytest_asyncio.fixture
async def alone(tmp_path: Path) -> AsyncIterator[RunningService]:
    """A service of its own, whose jobs nobody runs and die of the first failure."""
    async with running_service(tmp_path, worker=False, job_attempts=1) as running:
        yield running


async def seen(person: Person, path: str, **query: Any) -> Any:
    reply = await person.client.get(f"{BASE}/{path}", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def until(condition: Any) -> Any:
    async with asyncio.timeout(120):
        while not (found := await condition()):
            await asyncio.sleep(0.1)
    return found


async def test_dead_jobs_of_all_organisations_are_seen_with_their_reason_and_retried(
    alone: RunningService, tmp_path: Path
) -> None:
    operator, owner = await operator_of(alone), await alone.person()
    slugs = [await alone.organisation(owner) for _ in range(2)]
    for slug in slugs:
        await send(owner.client, slug, {"x.fits": FRAME})
    counts = (await seen(operator, "jobs/counts"))["counts"]
    assert [(one["kind"], one["state"], one["count"]) for one in counts] == [("ingest", "queued", 2)]
    # A real fault: where the store's folder was there is a file, so that every read fails.
    folder, away = tmp_path / "store" / "objects", tmp_path / "away"
    folder.rename(away)
    folder.write_text("not a folder")
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(alone.house, stop))
    try:

        async def both_dead() -> Any:
            dead = (await seen(operator, "jobs", state="dead"))["items"]
            return dead if len(dead) == 2 else None

        dead = await until(both_dead)
        assert {one["organisation"] for one in dead} == set(slugs)
        assert all(one["error"] and one["kind"] == "ingest" for one in dead)
        mine = (await seen(operator, "jobs", organisation=slugs[0], state="dead"))["items"]
        assert [one["organisation"] for one in mine] == slugs[:1]
        first = await seen(operator, "jobs", limit=1)
        second = await seen(operator, "jobs", limit=1, cursor=first["next_cursor"])
        assert {first["items"][0]["id"], second["items"][0]["id"]} == {one["id"] for one in dead}
        health = await seen(operator, "health")
        assert any("2 jobs died" in worry for worry in health["worries"])

        again = await operator.client.post(f"{BASE}/jobs/{mine[0]['id']}/retry")
        assert (again.status_code, again.json()["state"], again.json()["error"]) == (200, "queued", None)
        await until(both_dead)  # the fault is still there: it dies again, and says so
        folder.unlink()
        away.rename(folder)
        retried = await operator.client.post(f"{BASE}/jobs/retry", json={"kind": "ingest"})
        assert retried.json() == {"retried": 2, "left": 0}

        async def both_done() -> bool:
            jobs = [await seen(operator, f"jobs/{one['id']}") for one in dead]
            return all(one["state"] == "done" for one in jobs)

        await until(both_done)
        assert (await operator.client.post(f"{BASE}/jobs/{mine[0]['id']}/retry")).status_code == 409
        assert (await operator.client.post(f"{BASE}/jobs/retry", json={"kind": "ingest"})).json()["retried"] == 0
    finally:
        stop.set()
        await worker
    entries = (await owner.client.get(f"/api/v1/organisations/{slugs[0]}/audit?action=job.")).json()["items"]
    assert [(one["actor"]["name"], one["target"]) for one in entries] == [
        (operator.email, "jobs"),
        (operator.email, f"jobs/{mine[0]['id']}"),
    ]


async def test_a_job_that_died_long_ago_waits_since_it_was_retried(alone: RunningService) -> None:
    operator, owner = await operator_of(alone), await alone.person()
    slug = await alone.organisation(owner)
    organisation_id = await organisation_id_of(alone.house, slug)
    async with alone.house.database.transaction(organisation=organisation_id) as connection:
        job_id = await job_store.add_job(connection, organisation_id, "ingest", {"files": []}, total=0, created_by=None)
        await connection.execute(text("UPDATE jobs SET state = 'dead', created_at = now() - interval '30 days'"))
    assert (await operator.client.post(f"{BASE}/jobs/{job_id}/retry")).status_code == 200
    [waiting] = (await seen(operator, "jobs/counts"))["counts"]
    assert datetime.fromisoformat(waiting["oldest_at"]) > datetime.now(UTC) - timedelta(minutes=5)
    assert not [worry for worry in (await seen(operator, "health"))["worries"] if "oldest job" in worry]


async def test_health_tells_of_workers_and_of_a_store_that_is_away(alone: RunningService, tmp_path: Path) -> None:
    operator = await operator_of(alone)
    told = await seen(operator, "health")
    assert told["workers"] == [] and any("No worker" in worry for worry in told["worries"])
    assert told["store"]["answers"] and told["database"]["answers"] and told["database"]["size_bytes"] > 0
    disk = told["disks"][0]
    assert disk["holds"] == "the service's own data and objects"
    assert 0 < disk["free_bytes"] <= disk["total_bytes"]
    assert told["catalogue"]["state"] == "empty"
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(alone.house, stop))

    async def workers() -> Any:
        return (await seen(operator, "health"))["workers"]

    signs = await until(workers)
    assert [(one["silent"], one["jobs"]) for one in signs] == [(False, 0)]
    async with alone.house.database.transaction() as connection:
        await connection.execute(text("UPDATE workers SET seen_at = now() - interval '5 minutes'"))
    told = await seen(operator, "health")
    assert told["workers"][0]["silent"] and any("No worker" in worry for worry in told["worries"])
    stop.set()
    await worker
    assert await workers() == [], "who ends as it should is forgotten"
    store = tmp_path / "store"
    store.rename(tmp_path / "gone")
    told = await seen(operator, "health")
    assert not told["store"]["answers"] and told["store"]["says"] in told["worries"]
    (tmp_path / "gone").rename(store)


async def test_organisations_are_listed_with_what_they_use(service: RunningService) -> None:
    operator, owner = await operator_of(service), await service.person()
    slugs = sorted([await service.equipped(owner) for _ in range(2)])
    await send(owner.client, slugs[0], {"a": b"a" * 1000}, telescope="quadrant")
    found: dict[str, Any] = {}
    cursor = None
    while True:
        page = await seen(operator, "organisations", limit=1, **({"cursor": cursor} if cursor else {}))
        found |= {one["organisation"]: one for one in page["items"]}
        if (cursor := page["next_cursor"]) is None:
            break
    assert list(found) == sorted(found) and set(slugs) <= found.keys()
    assert found[slugs[0]]["stored_bytes"] == 1000 and found[slugs[1]]["stored_bytes"] == 0
    assert found[slugs[0]]["name"].startswith("Observatory")
    total = await seen(operator, "revenue")
    assert total["organisations"] == len(found) and total["stored_bytes"] >= 1000 and not total["closed"]
    assert (await operator.client.get(f"{BASE}/organisations", params={"month": "2999-01"})).status_code == 400


async def test_an_operators_token_for_one_organisation_or_with_few_scopes_opens_none_of_it(
    service: RunningService,
) -> None:
    operator = await operator_of(service)
    slug = await service.organisation(operator)
    for more in ({"scopes": ["jobs:read", "usage:read"]}, {"kind": "upload-only", "organisation": slug}):
        made = await operator.client.post("/api/v1/tokens", json={"name": "few"} | more)
        async with service.client(Authorization=f"Bearer {made.json()['secret']}") as few:
            assert (await few.get(f"{BASE}/jobs")).status_code == 403
    made = await operator.client.post("/api/v1/tokens", json={"name": "one", "organisation": slug})
    async with service.client(Authorization=f"Bearer {made.json()['secret']}") as one:
        assert (await one.get(f"{BASE}/organisations")).status_code == 403


async def test_the_operators_role_reads_how_jobs_stand_and_nothing_else(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    await send(owner.client, slug, {"a.txt": b"a"})
    organisation_id = await organisation_id_of(service.house, slug)
    for statement in (
        "SELECT payload FROM jobs",
        "SELECT created_by FROM jobs",
        "UPDATE jobs SET state = 'dead'",
        "SELECT * FROM files",
        "SELECT * FROM contents",
        "SELECT recipient FROM mail_outbox",
        "SELECT * FROM accounts",
        "DELETE FROM workers",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with service.house.database.transaction(organisation=organisation_id) as connection:
                await connection.execute(text(f"SET LOCAL ROLE {OPERATOR_ROLE}"))
                await connection.execute(text(statement))
    async with service.house.database.transaction() as connection:
        assert not list(await connection.scalars(text("SELECT id FROM jobs"))), "no tenant, no jobs"
        await connection.execute(text(f"SET LOCAL ROLE {OPERATOR_ROLE}"))
        assert list(await connection.scalars(text("SELECT id FROM jobs")))
