"""Files whose bytes sleep in an archive of S3: what is known of them stays, and is derived again after a recall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from service.actions.jobs import PREVIEW, enqueue
from service.house import NOBODY, Tenant
from service.tier_moves import begin_moves
from tests.support.fits_bytes import image_file
from tests.support.sending import send, wait_for_jobs
from tests.support.service import running_service
from tests.support.stored_files import organisation_id_of

CARDS = {"DATE-OBS": "2026-01-02T20:00:00", "EXPTIME": 60.0, "FILTER": "R", "FILTNAM": "B", "OBJECT": "M31"}


@pytest.fixture
def bucket() -> Iterator[str]:
    """A bucket with storage classes, where restoring takes a moment instead of hours."""
    server = ThreadedMotoServer(port=0)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="nights")
    yield f"s3://nights?endpoint={endpoint}&region=us-east-1&cool=STANDARD_IA&archive=GLACIER"
    server.stop()


async def test_a_mapping_that_changes_waits_for_what_sleeps(bucket: str, tmp_path: Path) -> None:
    async with running_service(tmp_path, objects_url=bucket) as service:
        owner = await service.person()
        slug = await service.equipped(owner)
        base, house = f"/api/v1/organisations/{slug}", service.house
        organisation_id = await organisation_id_of(house, slug)

        async def ask(method: str, path: str, body: Any = None) -> Any:
            reply = await owner.client.request(method, base + path, json=body)
            assert reply.is_success, (path, reply.text)
            return reply.json() if reply.content else None

        async def sweep(days: float = 0) -> None:
            await begin_moves(house, organisation_id, datetime.now(UTC) + timedelta(days=days))
            await wait_for_jobs(owner.client, slug)

        content = image_file(cards=CARDS)
        sent = await send(
            owner.client, slug, {"a.fits": content}, dataset="old", telescope="quadrant", instrument="camera"
        )
        await wait_for_jobs(owner.client, slug)
        file = await ask("GET", f"/files/{sent[0]['file']}")
        assert (file["state"], file["problems"]) == ("indexed", [])
        before = await ask("GET", f"/frames/{file['frame']}")
        await ask("PUT", "/datasets/old/tiers", {"archive_after_days": 5})
        await sweep(6)
        assert (await ask("GET", "/datasets/old/tiers"))["stored_bytes"]["archive"] == len(content)

        # A preview that comes too late for what sleeps: it is told, and what was drawn stays.
        async with house.database.transaction(organisation=organisation_id) as connection:
            worker = Tenant(connection, organisation_id, slug, "worker", NOBODY)
            await enqueue(worker, PREVIEW, {"frames": [file["frame"]]}, total=1)
        await wait_for_jobs(owner.client, slug)
        [job] = [each for each in (await ask("GET", "/jobs?kind=preview"))["items"] if each["finished_at"]][:1]
        assert (job["state"], job["error"]) == ("done", None)
        late = await ask("GET", f"/files/{sent[0]['file']}")
        assert (late["state"], [p["code"] for p in late["problems"]]) == ("indexed", ["in-archive"])
        assert (await ask("GET", f"/frames/{file['frame']}"))["preview"] == before["preview"] == "ready"

        await ask("PATCH", "/instruments/camera", {"header_mapping": {"keywords": {"filter": ["FILTNAM"]}}})
        await ask("POST", "/ingests", {"instrument": "camera"})
        await wait_for_jobs(owner.client, slug)
        asleep = await ask("GET", f"/files/{sent[0]['file']}")
        assert (asleep["state"], [p["code"] for p in asleep["problems"]]) == ("indexed", ["in-archive"])
        assert asleep["frame"] == file["frame"]
        assert (await ask("GET", f"/frames/{file['frame']}"))["filter"] == before["filter"] == "R"

        await ask("DELETE", "/datasets/old/tiers")
        for _ in range(4):
            await sweep()
        assert (await ask("GET", "/datasets/old/tiers"))["stored_bytes"]["hot"] == len(content)
        awake = await ask("GET", f"/files/{sent[0]['file']}")
        assert (awake["state"], awake["problems"], awake["frame"]) == ("indexed", [], file["frame"])
        assert (await ask("GET", f"/frames/{file['frame']}"))["filter"] == "B"
