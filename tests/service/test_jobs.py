"""Jobs: tried again while the store is away, dead when that does not help, and retried by hand."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
from sqlalchemy import text

from service.maintenance import sweep, sweep_organisation
from service.worker import run_worker
from tests.support.sending import send, wait_for_jobs
from tests.support.service import RunningService, running_service
from tests.support.stored_files import organisation_id_of

CARDS = ("SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    0", "END")
FRAME = "".join(card.ljust(80) for card in CARDS).ljust(2880).encode()


async def work_off(service: RunningService, client: httpx.AsyncClient, organisation: str) -> None:
    """Let a worker run until no job waits or runs any more."""
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(service.house, stop))
    try:
        await wait_for_jobs(client, organisation)
    finally:
        stop.set()
        await worker


async def test_a_job_whose_store_is_away_dies_visibly_and_is_retried(tmp_path: Path) -> None:
    async with running_service(tmp_path, worker=False, job_attempts=2, job_retry_seconds=0.1) as service:
        owner = await service.person()
        slug = await service.organisation(owner)
        base = f"/api/v1/organisations/{slug}"
        file = (await send(owner.client, slug, {"x.fits": FRAME}))[0]["file"]
        stop = asyncio.Event()
        # A real fault: where the store's folder was there is a file, so that every read fails.
        folder, away = tmp_path / "store" / "objects", tmp_path / "away"
        folder.rename(away)
        folder.write_text("not a folder")
        worker = asyncio.create_task(run_worker(service.house, stop))
        try:
            async with asyncio.timeout(120):
                while not (dead := (await owner.client.get(f"{base}/jobs?state=dead")).json()["items"]):
                    await asyncio.sleep(0.1)
            assert dead[0]["attempts"] == 2
            assert "object store" in dead[0]["error"] and str(tmp_path) not in dead[0]["error"]
            assert (await owner.client.get(f"{base}/files/{file}")).json()["state"] == "stored"
            folder.unlink()
            away.rename(folder)
            retried = await owner.client.post(f"{base}/jobs/{dead[0]['id']}/retry")
            assert (retried.status_code, retried.json()["state"]) == (200, "queued")
            await wait_for_jobs(owner.client, slug)
            assert (await owner.client.get(f"{base}/files/{file}")).json()["state"] == "indexed"
            assert (await owner.client.post(f"{base}/jobs/{dead[0]['id']}/retry")).status_code == 409
        finally:
            stop.set()
            await worker


async def test_a_file_whose_bytes_are_lost_fails_alone(tmp_path: Path) -> None:
    async with running_service(tmp_path, worker=False) as service:
        owner = await service.person()
        slug = await service.organisation(owner)
        await send(owner.client, slug, {"x.fits": FRAME, "y.txt": b"y", "z.txt": b"z"})
        lost = next((tmp_path / "store" / "objects").glob("*/sent/*/*/1"))
        lost.unlink()
        await work_off(service, owner.client, slug)
        files = (await owner.client.get(f"/api/v1/organisations/{slug}/files")).json()["items"]
        assert {f["path"]: f["state"] for f in files} == {"x.fits": "indexed", "y.txt": "failed", "z.txt": "kept"}


async def test_a_job_in_hand_when_its_worker_stops_waits_for_the_next_worker(tmp_path: Path) -> None:
    # With one attempt for each: to be stopped is no failure.
    async with running_service(tmp_path, worker=False, worker_grace_seconds=0.2, job_attempts=1) as service:
        owner = await service.person()
        slug = await service.organisation(owner)
        jobs = f"/api/v1/organisations/{slug}/jobs"
        file = (await send(owner.client, slug, {"x.fits": FRAME}))[0]["file"]
        organisation_id = await organisation_id_of(service.house, slug)
        for begun in (1, 2):
            stop = asyncio.Event()
            # The job cannot end: somebody else holds the file's row.
            async with service.house.database.transaction(organisation=organisation_id) as holder:
                await holder.execute(text("SELECT FROM files FOR UPDATE"))
                worker = asyncio.create_task(run_worker(service.house, stop))
                while not (await owner.client.get(f"{jobs}?state=running")).json()["items"]:
                    await asyncio.sleep(0.05)
                stop.set()
                await worker
                [left] = (await owner.client.get(jobs)).json()["items"]
                assert (left["state"], left["attempts"]) == ("queued", begun)
        await work_off(service, owner.client, slug)
        found = (await owner.client.get(f"/api/v1/organisations/{slug}/files/{file}")).json()
        assert found["state"] == "indexed"


async def test_a_job_that_the_queue_lost_is_put_back_once(tmp_path: Path) -> None:
    async with running_service(tmp_path, worker=False) as service:
        owner = await service.person()
        slug = await service.organisation(owner)
        jobs = f"/api/v1/organisations/{slug}/jobs"
        file = (await send(owner.client, slug, {"x.fits": FRAME}))[0]["file"]
        assert (await sweep(service.house))["jobs"] == 0  # nothing was lost as yet
        organisation_id = await organisation_id_of(service.house, slug)
        async with service.house.database.transaction(organisation=organisation_id) as connection:
            await connection.execute(text("DELETE FROM pgqueuer"))
            await connection.execute(text("UPDATE jobs SET state = 'running', attempts = 1"))
        rounds = await asyncio.gather(*(sweep_organisation(service.house, organisation_id) for _ in range(4)))
        assert sorted(done["jobs"] for done in rounds) == [0, 0, 0, 1]
        assert [job["state"] for job in (await owner.client.get(jobs)).json()["items"]] == ["queued"]
        await work_off(service, owner.client, slug)
        found = (await owner.client.get(f"/api/v1/organisations/{slug}/files/{file}")).json()
        assert found["state"] == "indexed"


async def test_a_dead_ingest_keeps_its_own_files_waiting_and_no_others(tmp_path: Path) -> None:
    async with running_service(tmp_path, worker=False) as service:
        owner = await service.person()
        slug = await service.organisation(owner)
        await send(owner.client, slug, {"dead.fits": FRAME})
        await send(owner.client, slug, {"forgotten.txt": b"forgotten"})
        organisation_id = await organisation_id_of(service.house, slug)
        async with service.house.database.transaction(organisation=organisation_id) as connection:
            for statement in (
                "UPDATE files SET created_at = created_at - interval '1 hour'",
                "UPDATE jobs SET state = CASE payload -> 'files' ->> 0 WHEN"
                " (SELECT id::text FROM files WHERE path = 'dead.fits') THEN 'dead' ELSE 'done' END",
            ):
                await connection.execute(text(statement))
        assert (await sweep(service.house))["ingests"] == 1
        assert (await sweep(service.house))["ingests"] == 0  # one is under way now
        states = "state=dead&state=queued&state=running"
        found = (await owner.client.get(f"/api/v1/organisations/{slug}/jobs?{states}")).json()["items"]
        assert [(job["state"], job["total"]) for job in found] == [("queued", 1), ("dead", 1)]


async def test_events_are_for_the_organisations_people(service: RunningService) -> None:
    owner, stranger = await service.person(), await service.person()
    slug = await service.organisation(owner)
    assert (await stranger.client.get(f"/api/v1/organisations/{slug}/events")).status_code == 404
