"""What is sent to the key it keeps stays as it came, and goes when nobody can be acknowledged by it any more."""

# ruff: noqa: F811 (fixtures are asked for by the names under which they were imported)

from __future__ import annotations

import asyncio
import base64
import hashlib
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service import maintenance
from service.actions import acknowledgement
from service.actions.audit import audit
from service.maintenance import UPLOAD_LIFE, sweep
from storage import upload_store
from storage.local_objects import LocalObjects
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
from tests.support.s3_server import S3Server, s3_server  # noqa: F401 (a fixture)
from tests.support.sending import send, send_to_team
from tests.support.stored_files import organisation_id_of


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
