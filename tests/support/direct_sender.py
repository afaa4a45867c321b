"""Somebody who sends files step by step, to an S3 store that verifies or to a disk that keeps what comes first."""

from __future__ import annotations

import contextlib
import hashlib
import random
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.httpsession import URLLib3Session
from sqlalchemy import text

from service.maintenance import UPLOAD_ECHO, UPLOAD_LIFE
from storage.local_objects import LocalObjects
from storage.s3_objects import S3Objects
from tests.support.object_homes import plain_client
from tests.support.s3_server import S3Server, s3_server  # noqa: F401 (a fixture)
from tests.support.service import Person, RunningService, running_service
from tests.support.stored_files import organisation_id_of

LATER = UPLOAD_LIFE + UPLOAD_ECHO + timedelta(hours=1)
PART = 5 * 1024**2
BODY = b"light of M 31" * 1000
LARGE = random.Random(31).randbytes(PART + 1000)


@pytest.fixture(scope="module")
def house_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("direct")
    folder.chmod(0o755)  # the embedded database may run as a user of its own, who must reach it
    return folder


@pytest.fixture(scope="module")
async def on_s3(s3_server: S3Server, house_folder: Path) -> AsyncIterator[RunningService]:  # noqa: F811
    bucket = f"direct-{uuid.uuid4().hex}"
    plain_client(s3_server).create_bucket(Bucket=bucket)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", s3_server.access_key)
        patch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.secret_key)
        objects_url = s3_server.url(bucket)
        async with running_service(
            house_folder, objects_url=objects_url, worker=False, part_size_bytes=PART
        ) as running:
            yield running


@pytest.fixture(scope="module")
async def on_disk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    async with running_service(tmp_path_factory.mktemp("disk"), worker=False, part_size_bytes=PART) as running:
        yield running


class Sender:
    """Somebody with an organisation, who sends step by step."""

    def __init__(self, service: RunningService, owner: Person, slug: str) -> None:
        self.service, self.owner, self.base = service, owner, f"/api/v1/organisations/{slug}"
        self.slug = slug

    async def announce(
        self, body: bytes, path: str = "a.dat", *, is_summed: bool = True, **told: object
    ) -> dict[str, Any]:
        file: dict[str, Any] = {"path": path, "size_bytes": len(body)} | told
        if is_summed:
            file["sha256"] = hashlib.sha256(body).hexdigest()
        return await self.announce_all(file, dataset="night")

    async def announce_all(self, *files: dict[str, Any], **more: object) -> dict[str, Any]:
        begun = await self.owner.client.post(f"{self.base}/uploads", json={"files": files, **more})
        assert begun.status_code == 201, begun.text
        return dict(begun.json())

    @contextlib.contextmanager
    def requests(self) -> Iterator[list[str]]:
        """Note the methods of the requests that the service makes to the store."""
        store = self.service.house.objects
        assert isinstance(store, S3Objects)
        made: list[str] = []
        send = URLLib3Session.send

        def noted(session: URLLib3Session, request: Any) -> Any:
            if request.url.startswith(store._connection.own_address.rstrip("/")):
                made.append(request.method)
            return send(session, request)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(URLLib3Session, "send", noted)
            yield made

    async def put(self, file: dict[str, Any], body: bytes) -> int:
        headers = file["put"]["headers"] | {"content-length": str(len(body))}
        is_ours = isinstance(self.service.house.objects, LocalObjects)
        async with contextlib.AsyncExitStack() as stack:
            store = self.service.anonymous if is_ours else await stack.enter_async_context(httpx.AsyncClient())
            return (await store.put(file["put"]["url"], content=body, headers=headers)).status_code

    async def put_parts(self, upload: str, body: bytes, uploads: str = "") -> None:
        asked = {"first": 1, "count": 10}
        signed = await self.owner.client.post(f"{uploads or self.base + '/uploads'}/{upload}/files/0/parts", json=asked)
        assert signed.status_code == 200, signed.text
        for part in signed.json()["parts"]:
            piece = body[part["offset_bytes"] : part["offset_bytes"] + part["size_bytes"]]
            assert await self.put(part, piece) == 200

    async def complete(self, upload: str, sha256: str | None = None) -> dict[str, Any]:
        body = {"files": [{"position": 0, "sha256": sha256}]}
        done = await self.owner.client.post(f"{self.base}/uploads/{upload}/complete", json=body)
        assert done.status_code == 200, done.text
        return dict(done.json()["files"][0])

    async def team(self) -> str:
        made = await self.owner.client.post(f"{self.base}/teams", json={"name": f"Comets {uuid.uuid4().hex[:6]}"})
        assert made.status_code == 201, made.text
        return str(made.json()["slug"])

    async def objects(self) -> set[str]:
        organisation_id = await organisation_id_of(self.service.house, self.slug)
        return {entry.key async for entry in self.service.house.objects.list(f"{organisation_id.hex}/")}

    async def recorded(self) -> set[str]:
        organisation_id = await organisation_id_of(self.service.house, self.slug)
        async with self.service.house.database.transaction(organisation=organisation_id) as connection:
            return set(await connection.scalars(text("SELECT object_key FROM contents")))


async def sender_to(service: RunningService) -> Sender:
    owner = await service.person()
    return Sender(service, owner, await service.organisation(owner))


@pytest.fixture
async def s3_sender(on_s3: RunningService) -> Sender:
    return await sender_to(on_s3)


@pytest.fixture
async def disk_sender(on_disk: RunningService) -> Sender:
    return await sender_to(on_disk)


@pytest.fixture(params=["s3", "disk"])
async def sender(request: pytest.FixtureRequest, on_s3: RunningService, on_disk: RunningService) -> Sender:
    return await sender_to({"s3": on_s3, "disk": on_disk}[request.param])
