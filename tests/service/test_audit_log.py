"""What matters about access is recorded, in order, once, and nobody changes it unnoticed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.audit_chain import Walk
from service.actions.audit import audit
from service.actions.audit_log import export_service_log, verify_log
from service.audit_log import record
from service.client_address import client_network, coming_from
from service.house import NOBODY, Tenant
from service.maintenance import sweep
from storage.database import Database
from tests.support.sending import send, wait_for_jobs
from tests.support.service import PASSWORD, Person, RunningService, running_service
from tests.support.stored_files import organisation_id_of


async def entries(person: Person, organisation: str, **query: Any) -> list[dict[str, Any]]:
    """Read the log, oldest first, page by page."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        params = {"limit": 7, **query} | ({"cursor": cursor} if cursor else {})
        reply = await person.client.get(f"/api/v1/organisations/{organisation}/audit", params=params)
        assert reply.status_code == 200, reply.text
        found += reply.json()["items"]
        cursor = reply.json()["next_cursor"]
        if cursor is None:
            return found[::-1]


async def export(person: Person, organisation: str) -> list[dict[str, Any]]:
    reply = await person.client.get(f"/api/v1/organisations/{organisation}/audit/export")
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "application/jsonl"
    return [json.loads(line) for line in reply.text.splitlines()]


async def test_what_matters_is_told_in_order(service: RunningService) -> None:
    owner, member = await service.person(), await service.person()
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"

    async def ask(method: str, path: str, body: Any = None) -> httpx.Response:
        reply = await owner.client.request(method, f"{base}{path}", json=body)
        assert reply.is_success, reply.text
        return reply

    assert (await member.client.get("/api/v1/me")).status_code == 200  # their token's first use is nobody's here
    await ask("PATCH", "", {"name": "Uranienborg"})
    await ask("PUT", f"/members/{member.email}", {"role": "member"})
    await ask("PUT", f"/members/{member.email}", {"role": "member"})
    await ask("PUT", f"/members/{member.email}", {"role": "admin"})
    async with service.client() as browser:
        assert (
            await browser.post("/api/v1/session", json={"email": member.email, "password": "not the right one"})
        ).status_code == 401
        await browser.post("/api/v1/session", json={"email": member.email, "password": PASSWORD})
    made = (await member.client.post("/api/v1/tokens", json={"name": "dome", "scopes": ["files:read"]})).json()
    with_token = service.client(Authorization=f"Bearer {made['secret']}")
    for _ in range(2):
        assert (await with_token.get(f"{base}/files")).status_code == 200
    assert (await member.client.delete(f"/api/v1/tokens/{made['id']}")).status_code == 204
    await ask("DELETE", f"/members/{member.email}")
    sent = await send(owner.client, slug, {"a.txt": b"a", "b.txt": b"b"}, dataset="night")
    await wait_for_jobs(owner.client, slug)
    await ask("DELETE", f"/files/{sent[0]['file']}")
    await ask("POST", f"/files/{sent[0]['file']}/restore")
    await ask("POST", "/packages", {"slug": "m31", "title": "M31", "licence": "CC0-1.0", "datasets": ["night"]})
    await ask("POST", "/packages/m31/versions/1/publish")
    await ask("POST", "/packages/m31/versions/1/withdraw", {"reason": "The clock was wrong."})
    await ask("PATCH", "/telescopes/quadrant", {"mount": "fork"})

    found = await entries(owner, slug)
    assert [(entry["action"], entry["target"]) for entry in found] == [
        ("organisation.made", f"organisations/{slug}"),
        ("equipment.added", "sites/hven"),
        ("equipment.added", "telescopes/quadrant"),
        ("equipment.added", "instruments/camera"),
        ("organisation.renamed", f"organisations/{slug}"),
        ("member.added", f"members/{member.email}"),
        ("member.changed", f"members/{member.email}"),
        ("sign-in", found[7]["target"]),
        ("token.made", f"tokens/{made['id']}"),
        ("token.first-used", f"tokens/{made['id']}"),
        ("token.revoked", f"tokens/{made['id']}"),
        ("member.removed", f"members/{member.email}"),
        ("file.deleted", f"files/{sent[0]['file']}"),
        ("file.restored", f"files/{sent[0]['file']}"),
        ("package.published", "packages/m31/versions/1"),
        ("package.withdrawn", "packages/m31/versions/1"),
        ("equipment.changed", "telescopes/quadrant"),
    ]
    by_action = {entry["action"]: entry for entry in found}
    assert by_action["member.changed"]["details"] == {"role": "admin", "before": "member"}
    assert by_action["sign-in"]["actor"]["kind"] == "account"
    assert by_action["sign-in"]["actor"]["name"] == member.email
    assert by_action["sign-in"]["actor"]["address"] == "127.0.0.0/24"
    assert by_action["sign-in"]["details"] == {"failures_before": 1}
    assert by_action["member.added"]["actor"]["kind"] == "token"
    assert by_action["package.withdrawn"]["details"] == {"reason": "The clock was wrong."}
    assert [entry["sequence"] for entry in found] == list(range(1, len(found) + 1))
    assert made["secret"] not in json.dumps(found)

    # Only so much of it, and only to owners.
    assert {entry["action"] for entry in await entries(owner, slug, action="member.")} == {
        "member.added",
        "member.changed",
        "member.removed",
    }
    assert await entries(owner, slug, action="member") == []
    assert {e["action"] for e in await entries(owner, slug, actor=member.email)} >= {"sign-in", "token.made"}
    middle = found[8]["at"]
    assert await entries(owner, slug, since=middle) == found[8:]
    assert await entries(owner, slug, until=middle) == found[:8]
    await ask("PUT", f"/members/{member.email}", {"role": "admin"})
    for path in ("/audit", "/audit/export"):
        assert (await member.client.get(f"{base}{path}")).status_code == 403


async def test_an_account_is_told_of_where_it_belongs(service: RunningService) -> None:
    person = await service.person()
    one, two = [await service.organisation(person) for _ in range(2)]
    only = (await person.client.post("/api/v1/tokens", json={"name": "only", "organisation": one})).json()
    both = (await person.client.post("/api/v1/tokens", json={"name": "both"})).json()
    await person.client.delete(f"/api/v1/tokens/{only['id']}")
    targets = [[entry["target"] for entry in await entries(person, slug, action="token.")] for slug in (one, two)]
    ids = [f"tokens/{made['id']}" for made in (only, both)]
    assert targets == [[ids[0], ids[1], ids[0]], [ids[1]]]


async def service_log(service: RunningService) -> list[dict[str, Any]]:
    text_ = b"".join([lines async for lines in export_service_log(service.house)])
    *found, end = [json.loads(line) for line in text_.splitlines()]
    walk = Walk("service")
    assert walk.all(found) is None
    assert walk.end(end["end"]["sequence"], end["end"]["hash"]) is None
    return found


async def test_failures_are_in_the_services_log_and_what_was_typed_is_not(service: RunningService) -> None:
    person = await service.person()
    async with service.client() as browser:
        for email in (person.email, "correct-horse@battery.example"):
            reply = await browser.post("/api/v1/session", json={"email": email, "password": "wrong wrong wrong"})
            assert reply.status_code == 401
    known, unknown = (await service_log(service))[-2:]
    assert (known["action"], unknown["action"]) == ("sign-in.failed", "sign-in.failed")
    assert known["target"].startswith("accounts/")
    assert UUID(known["target"].removeprefix("accounts/"))
    assert unknown["target"] == "accounts/unknown"
    assert "correct-horse" not in json.dumps(await service_log(service))
    assert known["actor"] == {"kind": "anonymous", "name": "anonymous", "address": "127.0.0.0/24"}


async def test_owners_are_told_of_failures_for_their_people(service: RunningService) -> None:
    owner, outsider = await service.person(), await service.person()
    one, two = [await service.organisation(owner) for _ in range(2)]
    await sweep(service.house)
    async with service.client() as browser:
        for email in (owner.email, owner.email, outsider.email, owner.email, "nobody@hven.example"):
            reply = await browser.post("/api/v1/session", json={"email": email, "password": "wrong wrong wrong"})
            assert reply.status_code == 401
    assert await entries(owner, one, action="sign-in.failed") == []
    assert (await sweep(service.house))["failures"] == 2
    assert (await sweep(service.house))["failures"] == 0
    for slug in (one, two):
        (told,) = await entries(owner, slug, action="sign-in.failed")
        assert told["details"]["attempts"] == 3
        assert told["details"]["addresses"] == ["127.0.0.0/24"]
        assert told["details"]["first_at"] < told["details"]["last_at"]
        assert told["actor"]["kind"] == "service"
        assert (await verify_log(service.house, await organisation_id_of(service.house, slug))).broken is None


async def test_an_export_is_a_whole_chain(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    *found, end = await export(owner, slug)
    assert end["end"]["log"] == str(await organisation_id_of(service.house, slug))
    walk = Walk(end["end"]["log"])
    assert walk.all(found) is None
    assert walk.end(end["end"]["sequence"], end["end"]["hash"]) is None
    assert found[-1]["action"] == "audit.exported"
    assert Walk().all(found[:2] + found[3:]) is not None
    *more, _ = await export(owner, slug)
    assert more[: len(found)] == found


async def test_many_at_once_leave_no_gap_and_wait_for_nobody_else(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    base = f"/api/v1/organisations/{slug}"

    async def rename(number: int) -> None:
        reply = await owner.client.patch(base, json={"name": f"Name {number}"})
        assert reply.status_code == 200, reply.text

    async def fail(number: int) -> None:
        reply = await owner.client.post(f"{base}/sites", json={"name": "Nowhere", "time_zone": "Mars/Olympus"})
        assert reply.status_code == 400

    await asyncio.gather(*(work(number) for number in range(30) for work in (rename, fail)))
    found = await entries(owner, slug, limit=1000)
    assert [entry["sequence"] for entry in found] == list(range(1, 32))
    assert sorted(e["details"]["name"] for e in found[1:]) == sorted(f"Name {number}" for number in range(30))
    state = await verify_log(service.house, await organisation_id_of(service.house, slug))
    assert (state.entries, state.broken) == (31, None)


async def test_what_is_rolled_back_is_not_told(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    organisation_id = await organisation_id_of(service.house, slug)
    with pytest.raises(RuntimeError):
        async with service.house.database.transaction(organisation=organisation_id) as connection:
            await record(Tenant(connection, organisation_id, slug, "worker", NOBODY), "never", "happened")
            raise RuntimeError
    async with service.house.database.transaction(organisation=organisation_id) as connection:
        tenant = Tenant(connection, organisation_id, slug, "worker", NOBODY)
        await record(tenant, "tested", "a/b", real=1.5, at=datetime(2026, 1, 1, tzinfo=UTC), odd="\0x", big=2**60)
    last = (await entries(owner, slug))[-1]
    assert (last["sequence"], last["action"], last["actor"]["kind"]) == (2, "tested", "service")
    assert last["details"] == {"real": "1.5", "at": "2026-01-01T00:00:00.000000Z", "odd": "x", "big": 2**60}
    assert (await verify_log(service.house, organisation_id)).broken is None


@asynccontextmanager
async def as_owner(service: RunningService, organisation_id: UUID) -> AsyncIterator[AsyncConnection]:
    owner = Database(service.house.database.url, role=None, pool_size=1)
    try:
        async with owner.engine.begin() as connection:
            await connection.execute(
                text("SELECT set_config('uraniborg.organisation', :id, true)"), {"id": str(organisation_id)}
            )
            yield connection
    finally:
        await owner.close()


CHANGES = (
    "UPDATE audit_entries SET action = 'nothing' WHERE sequence = 2",
    "DELETE FROM audit_entries WHERE sequence = 2",
    "TRUNCATE audit_entries",
    "UPDATE service_audit_entries SET action = 'nothing'",
)


async def test_the_database_refuses_changes(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    organisation_id = await organisation_id_of(service.house, slug)
    for statement in CHANGES:
        with pytest.raises(Exception, match="permission denied"):
            async with service.house.database.transaction(organisation=organisation_id) as connection:
                await connection.execute(text(statement))
        with pytest.raises(Exception, match="only appended to"):
            async with as_owner(service, organisation_id) as connection:
                await connection.execute(text(statement))
    with pytest.raises(Exception, match="row-level security"):
        async with service.house.database.transaction(organisation=organisation_id) as connection:
            await connection.execute(text("INSERT INTO audit_heads VALUES (:id, 0, '')"), {"id": UUID(int=1)})


THIRD = "WHERE organisation_id = :o AND sequence = 3"
COPY = """
    INSERT INTO audit_entries SELECT organisation_id, sequence + :by, at, actor_kind, actor, actor_details, action,
        target, details, previous, hash FROM audit_entries
"""
TAMPERINGS = {
    "changed": f"UPDATE audit_entries SET target = 'elsewhere' {THIRD}",
    "moment": f"UPDATE audit_entries SET at = at + interval '1 microsecond' {THIRD}",
    "actor": f"UPDATE audit_entries SET actor_details = jsonb_build_object('account', 'x') {THIRD}",
    "removed": f"DELETE FROM audit_entries {THIRD}",
    "cut": "DELETE FROM audit_entries WHERE organisation_id = :o AND sequence >= 3",
    "emptied": "DELETE FROM audit_entries WHERE organisation_id = :o",
    "added": COPY.replace(":by", "100") + THIRD,
    "before": COPY.replace(":by", "-3") + THIRD,
    "swapped": "UPDATE audit_entries SET sequence = CASE sequence WHEN 2 THEN -3 ELSE -2 END"
    " WHERE organisation_id = :o AND sequence IN (2, 3)",
    "headless": "DELETE FROM audit_heads WHERE organisation_id = :o",
}


@pytest.mark.parametrize("name", sorted(TAMPERINGS))
async def test_what_is_done_behind_the_guard_is_found(service: RunningService, name: str) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    organisation_id = await organisation_id_of(service.house, slug)
    assert (await verify_log(service.house, organisation_id)).broken is None
    async with as_owner(service, organisation_id) as connection:
        await connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER append_only"))
        await connection.execute(text(TAMPERINGS[name]), {"o": organisation_id})
        if name == "swapped":
            await connection.execute(
                text("UPDATE audit_entries SET sequence = -sequence WHERE organisation_id = :o AND sequence < 0"),
                {"o": organisation_id},
            )
        await connection.execute(text("ALTER TABLE audit_entries ENABLE TRIGGER append_only"))
    state = await verify_log(service.house, organisation_id)
    assert state.broken is not None
    expected = {"added": 103, "before": 1, "emptied": 1, "swapped": 2, "headless": 1}
    assert state.broken.sequence == expected.get(name, 3), state


async def test_the_operators_audit_tells_a_broken_log(tmp_path: Path) -> None:
    async with running_service(tmp_path, worker=False) as service:
        owner = await service.person()
        slug = await service.equipped(owner)
        organisation_id = await organisation_id_of(service.house, slug)
        report = await audit(service.house)
        assert report["clean"]
        assert report["log_entries"] > 4
        async with as_owner(service, organisation_id) as connection:
            await connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER append_only"))
            await connection.execute(text(TAMPERINGS["changed"]), {"o": organisation_id})
        report = await audit(service.house)
        assert not report["clean"]
        assert report["broken_logs"] == [f"{organisation_id}, entry 3: the entry was changed after it was written"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("unix", ""),
        ("", ""),
    ],
)
def test_whole_addresses_are_not_kept(address: str, network: str) -> None:
    with coming_from(address):
        assert client_network() == network
    assert client_network() == ""


async def test_since_without_a_zone_is_utc(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    hour = timedelta(hours=1)
    before, after = ((datetime.now(UTC) + d).replace(tzinfo=None).isoformat() for d in (-hour, hour))
    assert len(await entries(owner, slug, since=before)) == 1
    assert await entries(owner, slug, since=after) == []
