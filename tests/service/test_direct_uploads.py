"""Contents that arrive under the keys they keep, on S3 and on a disk: what is acknowledged, and by which reading."""

# ruff: noqa: F811 (fixtures are asked for by the names under which they were imported)

from __future__ import annotations

import asyncio
import hashlib
import io
import uuid
import zipfile
import zlib
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import text

from service.actions.audit import audit
from service.maintenance import sweep
from storage import upload_store
from storage.object_digests import crc32c_base64
from tests.support.direct_sender import (  # noqa: F401 (fixtures)
    BODY,
    LARGE,
    LATER,
    PART,
    Sender,
    disk_sender,
    house_folder,
    on_disk,
    on_s3,
    s3_sender,
    sender,
)
from tests.support.object_homes import crc32c_of
from tests.support.package_shelf import Shelf
from tests.support.s3_server import S3Server, s3_server  # noqa: F401 (a fixture)
from tests.support.sending import send_to_team
from tests.support.stored_files import organisation_id_of


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
