"""Contents that arrive under the keys they keep: S3 takes what was announced alone, the disk what came first."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import io
import random
import struct
import uuid
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from service import maintenance
from service.actions import acknowledgement
from service.actions.audit import audit
from service.maintenance import UPLOAD_ECHO, UPLOAD_LIFE, sweep
from storage import upload_store
from storage.local_objects import LocalObjects
from storage.object_digests import crc32c_base64
from storage.s3_objects import S3Objects
from tests.support.object_homes import crc32c_of, plain_client
from tests.support.package_shelf import Shelf
from tests.support.s3_server import S3Server, s3_server  # noqa: F401 (a fixture)
from tests.support.sending import send, send_to_team
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
        events = store._client.meta.events
        events.register("before-send.s3", note := lambda request, **_: made.append(request.method))
        try:
            yield made
        finally:
            events.unregister("before-send.s3", note)

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


async def test_what_came_first_stays_whatever_is_sent_to_its_address_behind_it(disk_sender: Sender) -> None:
    begun = await disk_sender.announce(BODY)
    [file] = begun["files"]
    assert await disk_sender.put(file, BODY) == 200
    [key] = await disk_sender.objects()
    other = BODY[:-1] + b"?"
    assert [await disk_sender.put(file, body) for body in (BODY, other)] == [200, 409]
    stored = await disk_sender.complete(begun["id"])
    assert stored["state"] == "stored"
    assert [await disk_sender.put(file, body) for body in (BODY, other)] == [200, 409]
    house = disk_sender.service.house
    await house.objects.copy_to_tier(key, "cool", size_bytes=len(BODY), sha256=hashlib.sha256(BODY).hexdigest())
    await house.objects.drop_other_tiers(key, "cool")
    assert [await disk_sender.put(file, body) for body in (other, BODY)] == [409, 200]
    assert await disk_sender.objects() == await disk_sender.recorded() == {key}
    content = await disk_sender.owner.client.get(f"{disk_sender.base}/files/{stored['file']}/content")
    assert (await disk_sender.service.anonymous.get(content.headers["location"])).content == BODY
    assert (await audit(house, deep=True))["clean"]


async def test_what_came_first_is_given_up_if_it_is_not_what_was_announced(disk_sender: Sender) -> None:
    begun = await disk_sender.announce(BODY)
    assert await disk_sender.put(begun["files"][0], BODY[:-1] + b"?") == 200
    assert await disk_sender.put(begun["files"][0], BODY) == 409
    refused = await disk_sender.complete(begun["id"])
    assert (refused["state"], refused["problem"]["code"]) == ("failed", "checksum-mismatch")
    assert await disk_sender.objects() == set()
    again = await disk_sender.announce(BODY)
    assert await disk_sender.put(again["files"][0], BODY) == 200
    assert (await disk_sender.complete(again["id"]))["state"] == "stored"


async def test_what_was_written_by_a_process_that_ended_is_read_before_it_is_acknowledged(disk_sender: Sender) -> None:
    """The disk may not have taken its bytes although it has its name."""
    begun = await disk_sender.announce(BODY)
    assert await disk_sender.put(begun["files"][0], BODY) == 200
    [key] = await disk_sender.objects()
    await disk_sender.service.house.objects.put(key, bytes(len(BODY)))
    refused = await disk_sender.complete(begun["id"])
    assert (refused["state"], refused["problem"]["code"]) == ("failed", "checksum-mismatch")
    assert await disk_sender.objects() == await disk_sender.recorded() == set()


async def test_bytes_arrive_where_they_stay_and_are_verified_by_reading_them(s3_sender: Sender) -> None:
    begun = await s3_sender.announce(BODY)
    [file] = begun["files"]
    assert await s3_sender.put(file, BODY[:-1] + b"?") in range(400, 500), "the store takes no other content"
    assert (await s3_sender.complete(begun["id"]))["problem"]["code"] == "not-arrived"
    assert await s3_sender.put(file, BODY) == 200
    before = await s3_sender.objects()
    stored = await s3_sender.complete(begun["id"])
    assert stored["state"] == "stored"
    assert before == await s3_sender.objects() == await s3_sender.recorded()
    assert (await s3_sender.complete(begun["id"]))["file"] == stored["file"]
    content = await s3_sender.owner.client.get(f"{s3_sender.base}/files/{stored['file']}/content")
    async with httpx.AsyncClient() as store:
        assert (await store.get(content.headers["location"])).content == BODY
    assert (await audit(s3_sender.service.house, deep=True))["wrong"] == []


async def first_bad_name(sender: Sender, publishing: Shelf) -> str | None:
    """Tell which file of a package does not fit its checksum in the package's archive."""
    archive = await sender.service.anonymous.get(f"{publishing.public}/m31/versions/1/zip")
    assert archive.status_code == 200, archive.text
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        return opened.testzip()


def sums_of(body: bytes) -> dict[str, str]:
    return {"crc32": crc32c_base64(zlib.crc32(body)), "crc32c": crc32c_of(body)}


async def test_what_the_store_verified_is_not_read_again(s3_sender: Sender) -> None:
    begun = await s3_sender.announce(BODY, **sums_of(BODY))
    [file] = begun["files"]
    assert await s3_sender.put(file, BODY[:-1] + b"?") in range(400, 500), "the store takes no other content"
    assert (await s3_sender.complete(begun["id"]))["problem"]["code"] == "not-arrived"
    assert await s3_sender.put(file, BODY) == 200
    with s3_sender.requests() as made:
        stored = await s3_sender.complete(begun["id"])
        assert (await s3_sender.complete(begun["id"]))["file"] == stored["file"]
    assert stored["state"] == "stored"
    assert made == ["HEAD"]
    assert await s3_sender.objects() == await s3_sender.recorded() != set()
    publishing = Shelf(s3_sender.service, s3_sender.owner, s3_sender.slug)
    await publishing.published(datasets=["night"])
    assert await first_bad_name(s3_sender, publishing) is None
    report = await audit(s3_sender.service.house, deep=True)
    assert (report["wrong"], report["mended"]) == ([], [])


@pytest.mark.parametrize("left_out", ["crc32", "crc32c"])
async def test_who_does_not_tell_both_crcs_has_it_read_again(s3_sender: Sender, left_out: str) -> None:
    told = sums_of(BODY)
    del told[left_out]
    begun = await s3_sender.announce(BODY, **told)
    assert await s3_sender.put(begun["files"][0], BODY) == 200
    with s3_sender.requests() as made:
        assert (await s3_sender.complete(begun["id"]))["state"] == "stored"
    assert made == ["GET"]


async def test_a_wrong_crc_is_found_and_mended_by_an_audit_that_reads(s3_sender: Sender) -> None:
    begun = await s3_sender.announce(BODY, **sums_of(BODY) | {"crc32": "AAAAAA=="})
    assert await s3_sender.put(begun["files"][0], BODY) == 200
    assert (await s3_sender.complete(begun["id"]))["state"] == "stored"
    publishing = Shelf(s3_sender.service, s3_sender.owner, s3_sender.slug)
    await publishing.published(datasets=["night"])
    assert str(await first_bad_name(s3_sender, publishing)).endswith("a.dat")
    recorded = await s3_sender.recorded()
    report = await audit(s3_sender.service.house, deep=True)
    assert (set(report["mended"]), report["wrong"], report["clean"]) == (recorded, [], False)
    assert await first_bad_name(s3_sender, publishing) is None
    again = await audit(s3_sender.service.house, deep=True)
    assert (again["mended"], again["broken_ledgers"]) == ([], [])


async def test_files_of_one_content_that_tell_different_crcs_have_it_read_again(s3_sender: Sender) -> None:
    facts = {"size_bytes": len(BODY), "sha256": hashlib.sha256(BODY).hexdigest()} | sums_of(BODY)
    begun = await s3_sender.announce_all({"path": "a"} | facts, {"path": "b"} | facts | {"crc32": "AAAAAA=="})
    assert await s3_sender.put(begun["files"][0], BODY) == 200
    asked = {"files": [{"position": 0}, {"position": 1}]}
    with s3_sender.requests() as made:
        done = await s3_sender.owner.client.post(f"{s3_sender.base}/uploads/{begun['id']}/complete", json=asked)
    assert [file["state"] for file in done.json()["files"]] == ["stored", "stored"]
    assert made == ["GET"]
    assert (await audit(s3_sender.service.house, deep=True))["mended"] == []


async def test_an_object_of_another_size_is_refused(s3_sender: Sender) -> None:
    """No sender can bring that about: something else has been at the store."""
    begun = await s3_sender.announce(BODY, **sums_of(BODY))
    assert await s3_sender.put(begun["files"][0], BODY) == 200
    [key] = await s3_sender.objects()
    await s3_sender.service.house.objects.put(key, BODY[1:])
    refused = await s3_sender.complete(begun["id"])
    assert (refused["state"], refused["problem"]["code"]) == ("failed", "checksum-mismatch")
    assert await s3_sender.objects() == await s3_sender.recorded() == set()


async def test_a_size_that_contradicts_another_file_of_the_batch_takes_no_bytes_from_it(sender: Sender) -> None:
    facts = {"sha256": hashlib.sha256(BODY).hexdigest()} | sums_of(BODY)
    begun = await sender.announce_all(
        {"path": "a", "size_bytes": len(BODY)} | facts, {"path": "b", "size_bytes": len(BODY) + 1} | facts
    )
    assert [file["state"] for file in begun["files"]] == ["wanted", "failed"]
    assert begun["files"][1]["problem"]["code"] == "size-mismatch"
    assert await sender.put(begun["files"][0], BODY) == 200
    assert (await sender.complete(begun["id"]))["state"] == "stored"
    assert await sender.objects() == await sender.recorded() != set()


async def test_completions_of_the_same_files_at_once_tell_the_same(sender: Sender) -> None:
    begun = await sender.announce(BODY, **sums_of(BODY))
    assert await sender.put(begun["files"][0], BODY) == 200
    first, *others = await asyncio.gather(*(sender.complete(begun["id"]) for _ in range(4)))
    assert first["state"] == "stored"
    assert others == [first] * 3
    assert await sender.objects() == await sender.recorded() != set()


async def test_a_refused_file_takes_no_bytes_from_another_of_the_same_content(sender: Sender) -> None:
    named = await sender.owner.client.post(f"{sender.base}/teams", json={"name": f"Comets {uuid.uuid4().hex[:6]}"})
    team, client = named.json()["slug"], sender.owner.client
    facts = {"size_bytes": len(BODY), "sha256": hashlib.sha256(BODY).hexdigest()} | sums_of(BODY)
    new = [{"path": "a"} | facts, {"path": "b", "expected_version": 0} | facts]
    begun = await client.post(f"/api/v1/teams/{team}/uploads", json={"files": new})
    upload = begun.json()
    assert await sender.put(upload["files"][0], BODY) == 200
    await send_to_team(client, team, {"b": b"somebody was quicker"})
    for position, state in ((0, "stored"), (1, "failed")):
        asked = {"files": [{"position": position}]}
        done = await client.post(f"/api/v1/teams/{team}/uploads/{upload['id']}/complete", json=asked)
        assert done.json()["files"][0]["state"] == state, done.text
    assert await sender.objects() == await sender.recorded() != set()
    assert len(await sender.recorded()) == 2


async def test_of_two_transfers_of_one_content_one_object_stays(sender: Sender) -> None:
    begun = [await sender.announce(BODY, path) for path in ("a", "b")]
    for each in begun:
        assert await sender.put(each["files"][0], BODY) == 200
    assert len(await sender.objects()) == 2
    done = await asyncio.gather(*(sender.complete(each["id"]) for each in begun))
    assert [each["state"] for each in done] == ["stored", "stored"]
    assert await sender.objects() == await sender.recorded()
    assert len(await sender.recorded()) == 1


async def test_a_teams_files_go_the_same_way(sender: Sender) -> None:
    [sent] = await send_to_team(sender.owner.client, await sender.team(), {"notes.txt": BODY})
    assert sent["state"] == "stored"
    assert await sender.objects() == await sender.recorded()


async def test_what_was_never_completed_is_removed_and_what_was_stays(sender: Sender) -> None:
    [kept] = await send(sender.owner.client, sender.slug, {"kept": b"kept"})
    begun = await sender.announce(BODY)
    assert await sender.put(begun["files"][0], BODY) == 200
    house, now = sender.service.house, datetime.now(UTC)
    await sweep(house, now=now)
    assert len(await sender.objects()) == 2, "it can still be gone on with"
    await sweep(house, now=now + LATER)
    assert await sender.objects() == await sender.recorded() != set()
    # Whoever comes after that is not acknowledged, nor led to send in vain, and begins anew.
    read = (await sender.owner.client.get(f"{sender.base}/uploads/{begun['id']}")).json()["files"][0]
    assert (read["state"], read["put"]) == ("wanted", None)
    assert await sender.put(begun["files"][0], BODY) == 200
    assert (await sender.complete(begun["id"]))["problem"]["code"] == "not-arrived"
    assert await sender.objects() == await sender.recorded()
    again = await sender.announce(BODY)
    assert await sender.put(again["files"][0], BODY) == 200
    assert (await sender.complete(again["id"]))["state"] == "stored"
    content = await sender.owner.client.get(f"{sender.base}/files/{kept['file']}/content")
    assert content.status_code == 302


async def test_what_was_on_its_way_when_its_upload_was_closed_is_removed_as_well(sender: Sender) -> None:
    facts = [
        {"path": each, "size_bytes": 2, "sha256": hashlib.sha256(each.encode()).hexdigest()} for each in ("aa", "bb")
    ]
    begun = await sender.announce_all(*facts)
    assert await sender.put(begun["files"][0], b"aa") == 200
    house, now = sender.service.house, datetime.now(UTC)
    await sweep(house, now=now + UPLOAD_LIFE + timedelta(hours=1))
    assert await sender.put(begun["files"][1], b"bb") == 200
    assert (await sender.complete(begun["id"]))["problem"]["code"] == "not-arrived", "it is closed"
    await sweep(house, now=now + LATER)
    assert await sender.objects() == await sender.recorded() == set()


async def test_what_came_for_positions_that_want_nothing_is_removed(disk_sender: Sender) -> None:
    begun = await disk_sender.announce_all(
        *(
            {"path": path, "size_bytes": 4, "sha256": hashlib.sha256(path.encode()).hexdigest()}
            for path in ("kept", "../x", "wait")
        )
    )
    assert [file["state"] for file in begun["files"]] == ["wanted", "failed", "wanted"]
    body = b"".join(
        struct.pack(">II", n, 4) + base64.b64decode(crc32c_of(each)) + each for n, each in enumerate((b"kept", b"none"))
    )
    assert (await disk_sender.service.anonymous.put(begun["together"]["url"], content=body)).status_code == 200
    assert (await disk_sender.complete(begun["id"]))["state"] == "stored"
    assert len(await disk_sender.objects()) == 2
    await sweep(disk_sender.service.house, now=datetime.now(UTC) + LATER)
    assert await disk_sender.objects() == await disk_sender.recorded() != set()


async def test_a_refused_file_without_a_checksum_takes_no_bytes_from_another_of_the_same_content(
    sender: Sender,
) -> None:
    team, client = await sender.team(), sender.owner.client
    new = [{"path": path, "size_bytes": len(BODY), "expected_version": 0} for path in ("a", "b")]
    upload = (await client.post(f"/api/v1/teams/{team}/uploads", json={"files": new})).json()
    for file in upload["files"]:
        assert await sender.put(file, BODY) == 200
    await send_to_team(client, team, {"a": b"somebody was quicker"})
    asked = {"files": [{"position": n, "sha256": hashlib.sha256(BODY).hexdigest()} for n in range(2)]}
    done = (await client.post(f"/api/v1/teams/{team}/uploads/{upload['id']}/complete", json=asked)).json()["files"]
    assert [file["state"] for file in done] == ["failed", "stored"]
    assert await sender.objects() == await sender.recorded()
    await sweep(sender.service.house, now=datetime.now(UTC) + LATER)
    assert await sender.objects() == await sender.recorded()
    assert len(await sender.recorded()) == 2
    assert (await audit(sender.service.house, deep=True))["missing"] == []


async def test_of_completions_that_tell_different_checksums_the_right_one_is_not_robbed(
    disk_sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = await disk_sender.announce(BODY, is_summed=False)
    assert await disk_sender.put(begun["files"][0], BODY) == 200
    objects = disk_sender.service.house.objects
    delete, right = objects.delete, []

    async def slowly(keys: Any) -> None:
        monkeypatch.undo()
        right.append(await disk_sender.complete(begun["id"], hashlib.sha256(BODY).hexdigest()))
        await delete(keys)

    monkeypatch.setattr(objects, "delete", slowly)
    wrong = await disk_sender.complete(begun["id"], "00" * 32)
    assert wrong["state"] == right[0]["state"], "both tell what is so"
    assert await disk_sender.objects() == await disk_sender.recorded()
    assert (await audit(disk_sender.service.house, deep=True))["missing"] == []


async def announce_twins(sender: Sender) -> dict[str, Any]:
    facts = {"size_bytes": len(BODY), "sha256": hashlib.sha256(BODY).hexdigest()}
    begun = await sender.announce_all({"path": "a"} | facts, {"path": "b"} | facts)
    assert await sender.put(begun["files"][0], BODY) == 200
    assert (await sender.complete(begun["id"]))["state"] == "stored"
    return begun


async def complete_second(sender: Sender, upload: str) -> dict[str, Any]:
    asked = {"files": [{"position": 1}]}
    done = await sender.owner.client.post(f"{sender.base}/uploads/{upload}/complete", json=asked)
    assert done.status_code == 200, done.text
    return dict(done.json()["files"][0])


async def test_a_twin_is_acknowledged_although_its_bytes_were_moved_to_another_tier(disk_sender: Sender) -> None:
    begun = await announce_twins(disk_sender)
    [key] = await disk_sender.objects()
    objects = disk_sender.service.house.objects
    await objects.copy_to_tier(key, "cool", size_bytes=len(BODY), sha256=hashlib.sha256(BODY).hexdigest())
    await objects.drop_other_tiers(key, "cool")
    async with asyncio.timeout(20):
        assert (await complete_second(disk_sender, begun["id"]))["state"] == "stored"
    assert await disk_sender.objects() == await disk_sender.recorded() == {key}


async def test_a_twin_is_not_acknowledged_by_bytes_that_are_being_purged(sender: Sender) -> None:
    begun = await announce_twins(sender)
    house = sender.service.house
    [file] = (await sender.owner.client.get(f"{sender.base}/files")).json()["items"]
    assert (await sender.owner.client.delete(f"{sender.base}/files/{file['id']}")).status_code == 204
    organisation_id = await organisation_id_of(house, sender.slug)
    async with house.database.transaction(organisation=organisation_id) as held:
        # The purge waits for its turn, and behind it the completion, which has found the bytes by then.
        await upload_store.lock_contents(held, organisation_id)
        later = datetime.now(UTC) + timedelta(days=house.config.delete_grace_days + 1)
        purge = asyncio.create_task(maintenance._purge(house, organisation_id, later))
        await asyncio.sleep(0.5)
        second = asyncio.create_task(complete_second(sender, begun["id"]))
        await asyncio.sleep(0.5)
    await purge
    told = await second
    assert await sender.objects() == await sender.recorded()
    assert (told["state"] == "stored") == bool(await sender.recorded())


async def test_addresses_of_a_disk_that_knows_no_links_any_more_still_keep_what_came_first(disk_sender: Sender) -> None:
    begun = await disk_sender.announce(BODY)
    objects = disk_sender.service.house.objects
    assert isinstance(objects, LocalObjects)
    objects._files._links = False
    try:
        again = (await disk_sender.owner.client.get(f"{disk_sender.base}/uploads/{begun['id']}")).json()["files"][0]
        assert (again["state"], again["put"]) == ("wanted", None)
        assert await disk_sender.put(begun["files"][0], BODY) == 200
        assert await disk_sender.put(begun["files"][0], BODY[:-1] + b"?") == 409
        other = await disk_sender.announce(b"new", "b.dat")
        assert await disk_sender.put(other["files"][0], b"new") == 200
        assert (await disk_sender.complete(other["id"]))["state"] == "stored", "moved, as it was before"
    finally:
        objects._files._links = True
    assert (await disk_sender.complete(begun["id"]))["state"] == "stored"
    assert await disk_sender.objects() == await disk_sender.recorded()


async def begin_for_team(sender: Sender, team: str) -> dict[str, Any]:
    told = {"path": "notes.txt", "size_bytes": len(BODY), "sha256": hashlib.sha256(BODY).hexdigest()}
    begun = await sender.owner.client.post(f"/api/v1/teams/{team}/uploads", json={"files": [told]})
    assert await sender.put(begun.json()["files"][0], BODY) == 200
    return dict(begun.json())


async def test_what_a_team_never_completed_is_removed_as_well(sender: Sender) -> None:
    team = await sender.team()
    [kept] = await send_to_team(sender.owner.client, team, {"kept": b"kept"})
    uploads = f"/api/v1/teams/{team}/uploads"
    begun = await begin_for_team(sender, team)
    house, now = sender.service.house, datetime.now(UTC)
    await sweep(house, now=now)
    assert len(await sender.objects()) == 2, "it can still be gone on with"
    await sweep(house, now=now + LATER)
    assert await sender.objects() == await sender.recorded()
    late = await sender.owner.client.post(f"{uploads}/{begun['id']}/complete", json={"files": [{"position": 0}]})
    assert late.json()["files"][0]["problem"]["code"] == "not-arrived"
    content = await sender.owner.client.get(f"/api/v1/teams/{team}/files/{kept['file']}/content")
    assert content.status_code == 302


async def test_what_a_team_that_has_ended_never_completed_is_removed_as_well(sender: Sender) -> None:
    team = await sender.team()
    await begin_for_team(sender, team)
    assert (await sender.owner.client.delete(f"/api/v1/teams/{team}")).status_code == 204
    assert len(await sender.objects()) == 1
    await sweep(sender.service.house, now=datetime.now(UTC) + LATER)
    assert await sender.objects() == set()


async def test_nothing_is_acknowledged_that_a_sweep_removes_meanwhile(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = await sender.announce(BODY)
    assert await sender.put(begun["files"][0], BODY) == 200
    house, now = sender.service.house, datetime.now(UTC)
    digest_many = house.objects.digest_many

    async def slowly(keys: Any) -> Any:
        found = await digest_many(keys)
        await sweep(house, now=now + LATER)
        return found

    monkeypatch.setattr(house.objects, "digest_many", slowly)
    late = await sender.complete(begun["id"])
    assert (late["state"], late["problem"]["code"]) == ("wanted", "not-arrived")
    assert await sender.objects() == await sender.recorded() == set()


async def test_a_sweep_that_is_killed_half_way_is_gone_on_with(sender: Sender) -> None:
    begun = await sender.announce(BODY)
    assert await sender.put(begun["files"][0], BODY) == 200
    house, now = sender.service.house, datetime.now(UTC)
    organisation_id = await organisation_id_of(house, sender.slug)
    async with house.database.transaction(organisation=organisation_id) as connection:
        await upload_store.close_uploads(connection, organisation_id, now + LATER)
    await sweep(house, now=now + LATER)
    assert await sender.objects() == set()
    assert acknowledgement.NOT_ARRIVED.code == (await sender.complete(begun["id"]))["problem"]["code"]


async def test_parts_are_joined_where_they_stay(sender: Sender) -> None:
    begun = await sender.announce(LARGE, is_summed=False)
    await sender.put_parts(begun["id"], LARGE)
    assert (await sender.complete(begun["id"], "00" * 32))["problem"]["code"] == "checksum-mismatch"
    assert await sender.objects() == await sender.recorded() == set()
    begun = await sender.announce(LARGE, is_summed=False)
    await sender.put_parts(begun["id"], LARGE)
    stored = await sender.complete(begun["id"], hashlib.sha256(LARGE).hexdigest())
    assert stored["state"] == "stored"
    [key] = await sender.objects()
    assert {key} == await sender.recorded()
    assert (await audit(sender.service.house, deep=True))["wrong"] == []
    await sweep(sender.service.house, now=datetime.now(UTC) + LATER)
    assert {key} == await sender.objects()


async def test_parts_are_gone_on_with_by_another_upload_until_the_first_is_closed(sender: Sender) -> None:
    first = await sender.announce(LARGE, "one")
    await sender.put_parts(first["id"], LARGE)
    second = await sender.announce(LARGE, "two")
    assert await sender.objects() == set()
    house, now = sender.service.house, datetime.now(UTC)
    organisation_id = await organisation_id_of(house, sender.slug)
    assert (await sender.complete(second["id"]))["state"] == "stored", "every part was there"
    async with house.database.transaction(organisation=organisation_id) as connection:
        await upload_store.close_uploads(connection, organisation_id, now + LATER)
    await sweep(house, now=now + LATER)
    assert await sender.objects() == await sender.recorded() != set(), "what another upload acknowledged is no leftover"


async def test_a_file_that_is_refused_leaves_what_another_upload_has_of_it(sender: Sender) -> None:
    team = await sender.team()
    client, base = sender.owner.client, f"/api/v1/teams/{team}/uploads"

    async def announce(path: str) -> str:
        file = {"path": path, "size_bytes": len(LARGE), "sha256": hashlib.sha256(LARGE).hexdigest()}
        begun = await client.post(base, json={"files": [file | {"expected_version": 0}]})
        assert begun.status_code == 201, begun.text
        return str(begun.json()["id"])

    async def completed(upload: str) -> str:
        done = await client.post(f"{base}/{upload}/complete", json={"files": [{"position": 0}]})
        return str(done.json()["files"][0]["state"])

    first, second = await announce("a.dat"), await announce("b.dat")
    await sender.put_parts(second, LARGE, base)
    assert await completed(second) == "stored"
    [key] = await sender.objects()
    await send_to_team(client, team, {"a.dat": b"somebody was quicker"})
    assert await completed(first) == "failed"
    assert key in await sender.objects(), "its bytes are another file's, too"
    assert (await audit(sender.service.house, deep=True))["wrong"] == []


async def test_what_a_closed_upload_began_is_not_acknowledged_for_another(s3_sender: Sender) -> None:
    first = await s3_sender.announce(LARGE, "one")
    await s3_sender.put_parts(first["id"], LARGE)
    second = await s3_sender.announce(LARGE, "two")
    house = s3_sender.service.house
    organisation_id = await organisation_id_of(house, s3_sender.slug)
    async with house.database.transaction(organisation=organisation_id) as connection:
        close = "UPDATE uploads SET state = 'over' WHERE id = :id"
        await connection.execute(text(close), {"id": first["id"]})
    late = await s3_sender.complete(second["id"])
    assert (late["state"], late["problem"]["code"]) == ("wanted", "not-arrived")
    third = await s3_sender.announce(LARGE, "three")
    await s3_sender.put_parts(third["id"], LARGE)
    assert (await s3_sender.complete(third["id"]))["state"] == "stored"
    await sweep(house, now=datetime.now(UTC))
    assert await s3_sender.objects() == await s3_sender.recorded() != set()
