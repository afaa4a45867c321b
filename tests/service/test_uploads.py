"""Uploads: what arrives is verified, what is known is not sent, what is wrong is told of its file alone."""

from __future__ import annotations

import asyncio
import hashlib
import os
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from tests.support.fits_bytes import image_file
from tests.support.sending import send, wait_for_jobs
from tests.support.service import RunningService
from tests.support.stored_files import organisation_id_of, sweep_for


async def test_the_second_upload_of_the_same_files_sends_nothing_and_changes_nothing(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    files = {"a/one.txt": b"one", "b/one.txt": b"other", "copy.txt": b"one", "empty.dat": b""}
    first = await send(owner.client, slug, files, dataset="night 1", host="dome")
    assert [r["state"] for r in first] == ["stored"] * 4
    again = await send(owner.client, slug, files, dataset="night 1", host="dome")
    assert [r["state"] for r in again] == ["known"] * 4
    assert [r["file"] for r in again] == [r["file"] for r in first]
    listed = (await owner.client.get(f"/api/v1/organisations/{slug}/files")).json()["items"]
    assert sorted(f["path"] for f in listed) == sorted(files)
    assert {f["uploaded_by"] for f in listed} == {owner.email}
    assert {f["host"] for f in listed} == {"dome"}
    for result, data in zip(first, files.values(), strict=True):
        reply = await owner.client.get(f"/api/v1/organisations/{slug}/files/{result['file']}/content")
        assert reply.status_code == 302
        assert (await service.anonymous.get(reply.headers["location"])).content == data


async def test_one_path_twice_in_a_batch_is_as_if_sent_twice(service: RunningService) -> None:
    """As of a folder whose names differ in their Unicode form alone."""
    owner = await service.person()
    slug = await service.equipped(owner)
    composed, decomposed = (unicodedata.normalize(form, "é.fits") for form in ("NFC", "NFD"))
    for files in ({decomposed: b"first", composed: b"second"}, {decomposed: b"same", composed: b"same"}):
        for state in ("stored", "known", "known"):
            for more in ({"dataset": f"night of {state}"}, {}):
                sent = await send(owner.client, slug, files, **more)
                assert {file["state"] for file in sent} <= {state, "known"}, sent
                assert (sent[0]["file"] == sent[1]["file"]) == (len(set(files.values())) == 1)
        (entry,) = (await owner.client.get(f"/api/v1/organisations/{slug}/datasets/night-of-known/files")).json()[
            "items"
        ]
        assert entry["file"] == (await send(owner.client, slug, files, dataset="night of known"))[1]["file"]


async def test_content_is_known_per_organisation_only(service: RunningService) -> None:
    first, second = await service.person(), await service.person()
    one, two = await service.organisation(first), await service.organisation(second)
    data = {"secret.dat": os.urandom(64)}
    await send(first.client, one, data)
    assert (await send(second.client, two, data, complete=False))[0]["state"] == "wanted"


async def test_wrong_bytes_are_refused_and_the_files_beside_them_stored(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    base = f"/api/v1/organisations/{slug}/uploads"
    good, announced, sent = os.urandom(50), os.urandom(50), os.urandom(50)
    body = {
        "files": [
            {"path": "good", "size_bytes": 50, "sha256": hashlib.sha256(good).hexdigest()},
            {"path": "bad", "size_bytes": 50, "sha256": hashlib.sha256(announced).hexdigest()},
            {"path": "absent", "size_bytes": 50, "sha256": hashlib.sha256(b"absent").hexdigest()},
        ]
    }
    begun = (await owner.client.post(base, json=body)).json()
    for position, data in ((0, good), (1, sent)):
        put = begun["files"][position]["put"]
        assert (await service.anonymous.put(put["url"], content=data, headers=put["headers"])).status_code == 200
    done = await owner.client.post(
        f"{base}/{begun['id']}/complete", json={"files": [{"position": n} for n in range(3)]}
    )
    assert done.status_code == 200, done.text
    files = done.json()["files"]
    assert [f["state"] for f in files] == ["stored", "failed", "wanted"]
    assert [f["problem"] and f["problem"]["code"] for f in files] == [None, "checksum-mismatch", "not-arrived"]
    listed = (await owner.client.get(f"/api/v1/organisations/{slug}/files")).json()["items"]
    assert [f["path"] for f in listed] == ["good"]


async def test_hostile_paths_are_refused_one_by_one(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    hostile = ["/etc/passwd", "../../x", "a/../../x", "C:\\x", "new\nline", "\u202egnp.exe", "nul\x00", "x" * 2000]
    results = await send(owner.client, slug, {path: path.encode() for path in [*hostile, "ok/./fine.txt"]})
    assert [r["state"] for r in results] == ["failed"] * len(hostile) + ["stored"]
    assert {r["problem"]["code"] for r in results[:-1]} == {"bad-path"}
    assert results[-1]["path"] == "ok/fine.txt"


async def test_two_uploaders_of_one_file_make_one_file(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    data = {"same.dat": os.urandom(1000)}
    both = await asyncio.gather(*(send(owner.client, slug, data, dataset="d") for _ in range(4)))
    assert {r[0]["state"] for r in both} <= {"stored", "known"}
    assert len({r[0]["file"] for r in both}) == 1


async def test_another_content_under_a_path_of_a_dataset_is_a_new_version(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    old = (await send(owner.client, slug, {"log.txt": b"first"}, dataset="d"))[0]["file"]
    new = (await send(owner.client, slug, {"log.txt": b"second"}, dataset="d"))[0]["file"]
    row = (await owner.client.get(f"/api/v1/organisations/{slug}/files/{new}")).json()
    assert row["supersedes"] == old


async def test_a_deleted_file_can_be_restored_and_is_gone_meanwhile(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    file = (await send(owner.client, slug, {"x": b"x"}))[0]["file"]
    base = f"/api/v1/organisations/{slug}/files"
    assert (await owner.client.delete(f"{base}/{file}")).status_code == 204
    assert (await owner.client.get(f"{base}/{file}/content")).status_code == 404
    assert (await owner.client.get(base)).json()["items"] == []
    assert len((await owner.client.get(f"{base}?deleted=true")).json()["items"]) == 1
    assert (await owner.client.post(f"{base}/{file}/restore")).status_code == 200
    assert (await owner.client.get(f"{base}/{file}/content")).status_code == 302


async def test_a_file_is_restored_or_purged_and_never_both(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    [file] = await send(owner.client, slug, {"x": b"x"}, dataset="d")
    await wait_for_jobs(owner.client, slug)
    address = f"/api/v1/organisations/{slug}/files/{file['file']}"
    assert (await owner.client.delete(address)).status_code == 204
    transaction = service.house.database.transaction
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")

    async with transaction() as watch, transaction(organisation=await organisation_id_of(service.house, slug)) as held:
        # The purge chose the file, and waits here before it removes it.
        await held.execute(text("SELECT FROM dataset_files WHERE file_id = :file FOR UPDATE"), {"file": file["file"]})
        late = datetime.now(UTC) + timedelta(days=service.house.config.delete_grace_days + 1)
        purge = asyncio.create_task(sweep_for(service.house, slug, now=late))
        while not await watch.scalar(waiting):
            assert not purge.done()
            await asyncio.sleep(0.02)
        restore = asyncio.create_task(owner.client.post(f"{address}/restore"))
        while not restore.done() and await watch.scalar(waiting) < 2:
            await asyncio.sleep(0.02)
    restored = (await restore).status_code == 200
    await purge
    assert not restored, "its grace period was over, and the purge had begun"
    assert (await owner.client.get(f"{address}/content")).status_code == 404
    [again] = await send(owner.client, slug, {"x": b"x"}, dataset="d")
    assert again["state"] == "stored", "neither was its content still taken for known"


async def test_of_a_frame_that_was_purged_no_picture_stays(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    [file] = await send(owner.client, slug, {"m31.fits": image_file()})
    await wait_for_jobs(owner.client, slug)
    organisation_id = await organisation_id_of(service.house, slug)

    async def kinds() -> list[str]:
        stored = service.house.objects.list(f"{organisation_id.hex}/")
        return sorted([entry.key.split("/")[1] async for entry in stored])

    assert set(await kinds()) > {"previews"}
    assert (await owner.client.delete(f"/api/v1/organisations/{slug}/files/{file['file']}")).status_code == 204
    late = datetime.now(UTC) + timedelta(days=service.house.config.delete_grace_days + 1)
    await sweep_for(service.house, slug, now=late)
    assert await kinds() == []


async def test_a_large_file_goes_in_parts_and_resumes_from_another_upload(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    base = f"/api/v1/organisations/{slug}/uploads"
    size = service.house.config.part_size_bytes * 2 + 1000
    data = os.urandom(1 << 20) * (size >> 20) + os.urandom(size & ((1 << 20) - 1))
    body = {"files": [{"path": "big.dat", "size_bytes": size, "sha256": hashlib.sha256(data).hexdigest()}]}

    async def parts(upload: str) -> dict[str, object]:
        reply = await owner.client.post(f"{base}/{upload}/files/0/parts", json={})
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    first = (await owner.client.post(base, json=body)).json()
    assert first["files"][0]["part_size_bytes"] == service.house.config.part_size_bytes
    offered = await parts(first["id"])
    assert (offered["part_count"], offered["stored"]) == (3, [])

    async def put(part: dict) -> None:
        start = part["offset_bytes"]
        reply = await service.anonymous.put(
            part["put"]["url"], content=data[start : start + part["size_bytes"]], headers=part["put"]["headers"]
        )
        assert reply.status_code == 200, reply.text

    await put(offered["parts"][1])  # type: ignore[index]
    early = await owner.client.post(f"{base}/{first['id']}/complete", json={"files": [{"position": 0}]})
    assert early.status_code == 200, early.text
    assert early.json()["files"][0]["state"] == "wanted"

    second = (await owner.client.post(base, json=body)).json()
    offered = await parts(second["id"])
    assert offered["stored"] == [2]
    for part in offered["parts"]:  # type: ignore[attr-defined]
        await put(part)
    done = await owner.client.post(f"{base}/{second['id']}/complete", json={"files": [{"position": 0}]})
    assert done.json()["files"][0]["state"] == "stored"
    late = await owner.client.post(f"{base}/{first['id']}/complete", json={"files": [{"position": 0}]})
    assert late.json()["files"][0]["state"] == "stored", "the other transfer's bytes count for this one too"


async def test_whoever_has_a_thin_line_says_how_large_a_part_may_be(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    base = f"/api/v1/organisations/{slug}/uploads"
    usual, least = service.house.config.part_size_bytes, 5 * 1024**2
    sizes = [least, least + 1, usual, usual + 1]

    async def announced(part_size_bytes: int | None) -> tuple[int, list[int | None]]:
        files = [{"path": f"{size}.dat", "size_bytes": size} for size in sizes]
        reply = await owner.client.post(base, json={"files": files, "part_size_bytes": part_size_bytes})
        return reply.status_code, [file["part_size_bytes"] for file in reply.json().get("files", [])]

    assert await announced(None) == (201, [None, None, None, usual])
    assert await announced(least) == (201, [None, least, least, least])
    assert await announced(2 * usual) == (201, [None, None, None, usual]), "more than the operator wants is not to be"
    for too_little in (0, -1, least - 1):
        assert (await announced(too_little))[0] == 400

    data = os.urandom(least + 1)
    file = {"path": "frame.dat", "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    uploads = []
    for number in range(2):
        upload = (await owner.client.post(base, json={"files": [file], "part_size_bytes": least})).json()
        uploads.append(upload["id"])
        offered = (await owner.client.post(f"{base}/{upload['id']}/files/0/parts", json={})).json()
        assert offered["stored"] == list(range(1, number + 1)), "who announces it again goes on with it"
        part = offered["parts"][0]
        start = part["offset_bytes"]
        body = data[start : start + part["size_bytes"]]
        sent = await service.anonymous.put(part["put"]["url"], content=body, headers=part["put"]["headers"])
        assert sent.status_code == 200, sent.text
    done = await owner.client.post(f"{base}/{uploads[1]}/complete", json={"files": [{"position": 0}]})
    assert done.json()["files"][0]["state"] == "stored"

    # Of parts that are too large none has arrived: it is begun anew in smaller ones.
    large = {"path": "cube.dat", "size_bytes": 3 * usual, "sha256": hashlib.sha256(b"cube").hexdigest()}
    for said, given in ((None, usual), (None, usual), (least, least), (None, least)):
        reply = await owner.client.post(base, json={"files": [large], "part_size_bytes": said})
        assert reply.json()["files"][0]["part_size_bytes"] == given, said


async def test_a_transfer_in_parts_that_the_store_gave_up_is_begun_anew(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    size_bytes = service.house.config.part_size_bytes + 1
    body = {"files": [{"path": "large.dat", "size_bytes": size_bytes, "sha256": hashlib.sha256(b"large").hexdigest()}]}
    path = f"/api/v1/organisations/{slug}/uploads"

    async def begin() -> str:
        upload = (await owner.client.post(path, json=body)).json()
        asked = {"first": 1, "count": 1}
        signed = await owner.client.post(f"{path}/{upload['id']}/files/0/parts", json=asked)
        assert signed.status_code == 200, signed.text
        async with service.house.database.transaction(
            organisation=await organisation_id_of(service.house, slug)
        ) as connection:
            of_upload = text("SELECT staging_key, multipart_id FROM upload_items WHERE upload_id = :id")
            row = (await connection.execute(of_upload, {"id": upload["id"]})).one()
        begun.append(row)
        return str(row.multipart_id)

    begun: list[Any] = []
    first = await begin()
    assert await begin() == first, "whoever comes later goes on with it"
    await service.house.objects.abort_multipart(begun[0].staging_key, first)
    assert await begin() != first
