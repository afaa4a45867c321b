"""Watch agents report, fall silent and come back; people are told, once each time, and only where it matters."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from service.agent_silence import tell_of_silent_agents
from tests.support.mail import sent_mails, text_of
from tests.support.sending import send
from tests.support.service import Person, RunningService
from tests.support.stored_files import organisation_id_of


def report(**more: Any) -> dict[str, Any]:
    return {"host": "dome-pc", "sent_at": datetime.now(UTC).isoformat(), **more}


async def put(person: httpx.AsyncClient, organisation: str, name: str, **more: Any) -> Any:
    reply = await person.put(f"/api/v1/organisations/{organisation}/agents/{name}", json=report(**more))
    assert reply.status_code == 200, reply.text
    return reply.json()


async def agents(person: Person, organisation: str) -> dict[str, Any]:
    reply = await person.client.get(f"/api/v1/organisations/{organisation}/agents")
    assert reply.status_code == 200, reply.text
    return {agent["name"]: agent for agent in reply.json()["items"]}


async def told(service: RunningService, organisation: str, now: datetime) -> int:
    return await tell_of_silent_agents(service.house, await organisation_id_of(service.house, organisation), now)


async def events(service: RunningService, organisation: str) -> list[tuple[str, str]]:
    async with service.house.database.transaction(
        organisation=await organisation_id_of(service.house, organisation)
    ) as connection:
        rows = await connection.execute(text("SELECT kind, payload FROM events WHERE kind LIKE 'agent.%' ORDER BY id"))
        return [(row.kind, row.payload["agent"]) for row in rows]


async def test_a_report_stands_in_place_of_the_one_before(service: RunningService) -> None:
    owner = await service.person()
    organisation = await service.equipped(owner)
    folder = {"path": "/data/night", "is_there": False, "waiting_files": 3, "stored_files": 5, "failed_files": 1}
    line = {"rate_bytes_per_s": 500_000.5, "breaks_every_s": 20}
    await put(owner.client, organisation, "dome", state="sending", folders=[folder], waiting_files=3, **line)
    [agent] = (await agents(owner, organisation)).values()
    assert (agent["rate_bytes_per_s"], agent["breaks_every_s"]) == (500_000.5, 20)
    late = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    reply = await put(
        owner.client, organisation, "dome", state="idle", folders=[folder], last_file="a\x00b", sent_at=late
    )
    assert -3610 < reply["clock_offset_s"] < -3590
    [agent] = (await agents(owner, organisation)).values()
    assert (agent["state"], agent["waiting_files"], agent["last_file"]) == ("idle", 0, "a\N{REPLACEMENT CHARACTER}b")
    assert agent["folders"] == [folder]
    assert (agent["rate_bytes_per_s"], agent["breaks_every_s"]) == (0, None), "it was not told of again"
    assert agent["silent_since"] is None


async def test_an_upload_only_token_reports_and_cannot_look(service: RunningService) -> None:
    owner = await service.person()
    organisation = await service.equipped(owner)
    new = {"name": "dome", "kind": "upload-only", "organisation": organisation}
    made = await owner.client.post("/api/v1/tokens", json=new)
    dome = service.client(Authorization=f"Bearer {made.json()['secret']}")
    await put(dome, organisation, "dome")
    assert (await dome.get(f"/api/v1/organisations/{organisation}/agents")).status_code == 403
    assert set(await agents(owner, organisation)) == {"dome"}


async def test_silence_is_told_once_and_so_is_the_return(service: RunningService) -> None:
    owner, member = await service.person(), await service.person()
    organisation = await service.equipped(owner)
    base = f"/api/v1/organisations/{organisation}"
    await owner.client.put(f"{base}/members/{member.email}", json={"role": "member"})
    await put(owner.client, organisation, "dome", waiting_files=7)
    now = datetime.now(UTC)
    assert await told(service, organisation, now + timedelta(minutes=14)) == 0
    assert await told(service, organisation, now + timedelta(minutes=16)) == 1
    assert await told(service, organisation, now + timedelta(minutes=26)) == 0, "it was told"
    [mail] = [m for m in await sent_mails(service.house, owner.email) if "silent" in m["Subject"]]
    assert "dome is silent since" in mail["Subject"]
    assert "7 files" in text_of(mail)
    assert not [m for m in await sent_mails(service.house, member.email) if "silent" in m["Subject"]]
    await put(owner.client, organisation, "dome", waiting_files=7)
    await put(owner.client, organisation, "dome", waiting_files=7)
    assert await events(service, organisation) == [("agent.silent", "dome"), ("agent.back", "dome")]
    assert len([m for m in await sent_mails(service.house, owner.email) if "is back" in m["Subject"]]) == 1
    assert await told(service, organisation, datetime.now(UTC) + timedelta(minutes=16)) == 1, "and the next silence"


@pytest.mark.parametrize(
    ("minute", "more", "count"),
    [
        # At Hven (12.7 degrees east) on 2035-06-21 the sun is down at midnight and up at noon.
        (datetime(2035, 6, 20, 23, 10, tzinfo=UTC), {}, 1),
        (datetime(2035, 6, 21, 11, 10, tzinfo=UTC), {}, 0),
        (datetime(2035, 6, 21, 11, 10, tzinfo=UTC), {"waiting_files": 1}, 1),
        (datetime(2035, 6, 20, 23, 10, tzinfo=UTC), {"telescope": "quadrant"}, 1),
        (datetime(2035, 6, 20, 23, 10, tzinfo=UTC), {"once": True, "waiting_files": 1}, 0),
    ],
)
async def test_silence_matters_at_night_or_while_files_wait(
    service: RunningService, minute: datetime, more: dict[str, Any], count: int
) -> None:
    owner = await service.person()
    organisation = await service.equipped(owner)
    await put(owner.client, organisation, "dome", **more)
    assert await told(service, organisation, minute) == count


async def test_a_guest_has_agents_of_their_own(service: RunningService) -> None:
    owner, guest = await service.person(), await service.person()
    organisation = await service.equipped(owner)
    assignment = {"email": guest.email, "telescope": "quadrant", "first_night": "2026-01-01"}
    made = await owner.client.post(f"/api/v1/organisations/{organisation}/assignments", json=assignment)
    assert made.status_code == 201, made.text
    await put(owner.client, organisation, "dome")
    await put(guest.client, organisation, "laptop", waiting_files=1)
    assert set(await agents(guest, organisation)) == {"laptop"}
    assert set(await agents(owner, organisation)) == {"dome", "laptop"}
    stolen = await guest.client.put(f"/api/v1/organisations/{organisation}/agents/dome", json=report())
    assert stolen.status_code == 403, stolen.text
    # The return of a guest's agent is told, too, though guests themselves make no events.
    await told(service, organisation, datetime.now(UTC) + timedelta(minutes=16))
    await put(guest.client, organisation, "laptop")
    assert ("agent.back", "laptop") in await events(service, organisation)


async def test_a_forgotten_agent_is_silent_no_more(service: RunningService) -> None:
    owner = await service.person()
    organisation = await service.equipped(owner)
    await put(owner.client, organisation, "dome", waiting_files=1)
    base = f"/api/v1/organisations/{organisation}/agents"
    assert (await owner.client.delete(f"{base}/dome")).status_code == 204
    assert (await owner.client.delete(f"{base}/dome")).status_code == 404
    assert await told(service, organisation, datetime.now(UTC) + timedelta(minutes=16)) == 0


@pytest.mark.parametrize("name", ["Dome", "-dome", "dome.", "a" * 65, "do me"])
async def test_names_are_plain(service: RunningService, name: str) -> None:
    owner = await service.person()
    organisation = await service.equipped(owner)
    reply = await owner.client.put(f"/api/v1/organisations/{organisation}/agents/{name}", json=report())
    assert reply.status_code in (400, 404), reply.text


async def test_only_contents_that_are_safe_are_held(service: RunningService) -> None:
    owner, other = await service.person(), await service.person()
    organisation, elsewhere = await service.equipped(owner), await service.organisation(other)
    kept, deleted = await send(owner.client, organisation, {"kept.txt": b"kept", "deleted.txt": b"deleted"})
    await send(other.client, elsewhere, {"theirs.txt": b"theirs"})
    removed = await owner.client.delete(f"/api/v1/organisations/{organisation}/files/{deleted['file']}")
    assert removed.status_code == 204
    contents = [
        {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": size}
        for content, size in ((b"kept", 4), (b"deleted", 7), (b"theirs", 6), (b"never", 5))
    ]
    address = f"/api/v1/organisations/{organisation}/contents/check"

    async def held(asked: list[dict[str, Any]]) -> list[str]:
        reply = await owner.client.post(address, json={"contents": asked})
        assert reply.status_code == 200, reply.text
        return list(reply.json()["held"])

    assert await held(contents) == [contents[0]["sha256"]]
    assert await held([contents[0] | {"size_bytes": 5}]) == []
    # A row alone is not enough: its bytes have to be there.
    sha256 = contents[0]["sha256"]
    async with service.house.database.transaction(
        organisation=await organisation_id_of(service.house, organisation)
    ) as connection:
        key = await connection.scalar(
            text("SELECT object_key FROM contents WHERE sha256 = :sha256"), {"sha256": bytes.fromhex(str(sha256))}
        )
    await service.house.objects.delete([key])
    assert await held(contents) == []
    assert kept["state"] == "stored"
