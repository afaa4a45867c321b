"""Storage tiers by HTTP: policies carried out by jobs, the ledger behind them, the archive recalled by reading it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.metering import GIB
from service.actions.audit import audit
from service.tier_moves import begin_moves
from storage import job_store, usage_store
from tests.support.ledger_rows import add_contents, rebuilt
from tests.support.mail import sent_mails, text_of
from tests.support.plans import assign, small_plan
from tests.support.sending import send, send_to_team, wait_for_jobs
from tests.support.service import Person, RunningService
from tests.support.stored_files import organisation_id_of

SHARED, ALONE = b"a" * 1000, b"b" * 200


class Aged:
    """An organisation with the dataset ``old`` of two files, one of which is also in no dataset, and time to pass."""

    def __init__(self, service: RunningService, owner: Person, slug: str, organisation_id: UUID) -> None:
        self.service, self.owner, self.slug, self.organisation_id = service, owner, slug, organisation_id
        self.base = f"/api/v1/organisations/{slug}"

    async def ask(self, method: str, rest: str, body: Any = None, *, by: Person | None = None) -> Any:
        return await (by or self.owner).client.request(method, self.base + rest, json=body)

    async def pass_days(self, days: float) -> None:
        """Let the sweep come when so many days have passed, and the jobs be done."""
        # A job of an earlier wish may have passed a content already, and leaves the new wish to the next sweep.
        await wait_for_jobs(self.owner.client, self.slug)
        await begin_moves(self.service.house, self.organisation_id, datetime.now(UTC) + timedelta(days=days))
        await wait_for_jobs(self.owner.client, self.slug)

    async def tiers(self) -> dict[str, int]:
        return dict((await self.ask("GET", "/datasets/old/tiers")).json()["stored_bytes"])

    def folder_of(self, data: bytes) -> list[str]:
        """Tell in which folders of the store bytes lie."""
        root = Path(self.service.house.objects.describe().root)
        sha256 = hashlib.sha256(data).hexdigest()
        return sorted(
            path.relative_to(root).parts[0]
            for path in root.glob(f"*/{self.organisation_id.hex}/**/*")
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        )

    async def check_ledger(self) -> None:
        bounds = [datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC), datetime.now(UTC) + timedelta(days=3)]
        async with self.service.house.database.transaction(organisation=self.organisation_id) as connection:
            measured = await usage_store.measure(connection, self.organisation_id, bounds)
            assert measured == await rebuilt(connection, self.organisation_id, bounds)
            assert await usage_store.differences(connection, self.organisation_id, limit=1) == []
        report = await audit(self.service.house, deep=True)
        ours = [key for kind in ("missing", "wrong") for key in report[kind] if self.organisation_id.hex in key]
        assert ours == []


async def aged(service: RunningService) -> Aged:
    owner = await service.person()
    slug = await service.organisation(owner)
    await send(owner.client, slug, {"shared": SHARED, "alone": ALONE}, dataset="old")
    await send(owner.client, slug, {"elsewhere": SHARED})
    await wait_for_jobs(owner.client, slug)
    return Aged(service, owner, slug, await organisation_id_of(service.house, slug))


async def test_files_move_when_they_are_old_enough_and_what_is_shared_lies_where_the_hottest_asks(
    service: RunningService,
) -> None:
    old = await aged(service)
    files = {f["path"]: f["id"] for f in (await old.ask("GET", "/files")).json()["items"]}
    reply = await old.ask("PUT", "/datasets/old/tiers", {"cool_after_days": 10, "archive_after_days": 30})
    assert reply.status_code == 200, reply.text
    assert reply.json()["moves"] == []
    await old.pass_days(9)
    assert await old.tiers() == {"hot": 1200, "cool": 0, "archive": 0}
    await old.pass_days(11)
    assert await old.tiers() == {"hot": 1000, "cool": 200, "archive": 0}
    assert (old.folder_of(SHARED), old.folder_of(ALONE)) == (["objects"], ["cool"])
    parts = (await old.ask("GET", "/usage?by=tier")).json()["items"]
    assert {p["key"]: p["stored_bytes"] for p in parts} == {"archive": 0, "cool": 200, "hot": 1000}
    content = await old.owner.client.get(f"{old.base}/files/{files['alone']}/content", follow_redirects=True)
    assert content.content == ALONE
    # Nobody else asks for it any more.
    await old.ask("DELETE", f"/files/{files['elsewhere']}")
    await old.pass_days(11)
    assert await old.tiers() == {"hot": 0, "cool": 1200, "archive": 0}
    # A file of another dataset that keeps everything hot does; and so does a team's.
    [again] = await send(old.owner.client, old.slug, {"kept": ALONE}, dataset="kept")
    assert again["state"] == "known"
    await old.ask("PUT", "/datasets/kept/tiers", {})
    await old.pass_days(11)
    assert await old.tiers() == {"hot": 200, "cool": 1000, "archive": 0}
    team = (await old.ask("POST", "/teams", {"name": f"Team of {old.slug}"})).json()["slug"]
    await send_to_team(old.owner.client, team, {"own": SHARED})
    await old.pass_days(11)
    assert await old.tiers() == {"hot": 1200, "cool": 0, "archive": 0}
    await old.check_ledger()
    # Without policies, everything is hot.
    assert (await old.ask("DELETE", "/datasets/old/tiers")).status_code == 204
    await old.pass_days(400)
    assert (await old.ask("GET", "/datasets/old/tiers")).json() == {
        "policy": None,
        "stored_bytes": {"hot": 1200, "cool": 0, "archive": 0},
        "moves": [],
        "available": ["hot", "cool", "archive"],
    }


async def test_nothing_moves_on_its_first_day(service: RunningService) -> None:
    old = await aged(service)
    async with service.house.database.transaction(organisation=old.organisation_id) as connection:
        await connection.execute(text("UPDATE files SET created_at = created_at - interval '100 days'"))
    await old.ask("PUT", "/datasets/old/tiers", {"cool_after_days": 10})
    await old.pass_days(0.5)
    assert await old.tiers() == {"hot": 1200, "cool": 0, "archive": 0}
    await old.pass_days(1.1)
    assert await old.tiers() == {"hot": 1000, "cool": 200, "archive": 0}


async def test_reading_the_archive_recalls_says_what_it_costs_and_tells_when_it_is_there(
    service: RunningService,
) -> None:
    old = await aged(service)
    await assign(service.house, old.slug, small_plan(hard_limit_gib=None))
    [file] = [f for f in (await old.ask("GET", "/files")).json()["items"] if f["path"] == "alone"]
    link = (await old.ask("POST", "/links", {"name": "Referee", "dataset": "old"})).json()["secret"]
    await old.ask("PUT", "/datasets/old/tiers", {"archive_after_days": 5})
    await old.pass_days(6)
    assert old.folder_of(ALONE) == ["archive"]
    # Strangers neither read it nor spend the organisation's money.
    holder = {"authorization": f"Bearer {link}"}
    for path in (f"link/files/{file['id']}/content", "link/zip"):
        async with service.client() as stranger:
            refused = await stranger.get(f"/api/v1/{path}", headers=holder)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/archived"), path
    async with service.house.database.transaction(organisation=old.organisation_id) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM recalls")) == 0
        assert await connection.scalar(text("SELECT count(*) FROM tier_moves")) == 0
    # Who reads ahead is told nothing; who asks for it alone begins its recall.
    path = f"/org/{old.slug}/datasets/old/alone"
    asked = await old.owner.client.post(
        "/api/v1/tree/addresses", json={"paths": [path, path.replace("alone", "shared")]}
    )
    assert [address is None for address in asked.json()["addresses"]] == [True, False]
    refused = await old.ask("GET", f"/files/{file['id']}/content")
    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (409, "/problems/archived")
    assert (problem["contents"], problem["size_bytes"], problem["ready_in_s"]) == (1, 200, 600)
    assert problem["price"] == {"amount_minor": 0, "currency": "EUR", "text": "0.00 EUR"}
    await wait_for_jobs(old.owner.client, old.slug)
    content = await old.owner.client.get(f"{old.base}/files/{file['id']}/content", follow_redirects=True)
    assert content.content == ALONE
    [mail] = [m for m in await sent_mails(service.house, old.owner.email) if "recalled" in m["subject"]]
    assert "1 contents (200 bytes)" in text_of(mail)
    async with service.house.database.transaction(organisation=old.organisation_id) as connection:
        events = [e.kind for e in await job_store.list_events(connection, after=0, limit=100)]
    assert events.count("archive.recalled") == 1
    # It stays for the days that were promised, and goes back by itself.
    await old.pass_days(6)
    assert old.folder_of(ALONE) == ["objects"]
    await old.pass_days(8)
    assert old.folder_of(ALONE) == ["archive"]
    await old.check_ledger()


async def test_a_dataset_is_recalled_as_a_whole_at_the_price_of_lying_hot(service: RunningService) -> None:
    old = await aged(service)
    await assign(service.house, old.slug, small_plan(hard_limit_gib=None))
    await old.ask("PUT", "/datasets/old/tiers", {"archive_after_days": 5})
    await old.pass_days(6)
    # As many bytes, by the rows alone, as make a price that one sees: it is the seven days' difference.
    async with service.house.database.transaction(organisation=old.organisation_id) as connection:
        await connection.execute(
            text("UPDATE contents SET size_bytes = :many WHERE tier = 'archive'"), {"many": 100 * GIB}
        )
    reply = await old.ask("POST", "/datasets/old/recall")
    assert reply.status_code == 202, reply.text
    now = datetime.now(UTC)
    days = ((now.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
    expected = round(100 * 90 * 7 / days)  # 100 GiB at 0.90 EUR
    assert abs(reply.json()["price"]["amount_minor"] - expected) <= 1
    assert reply.json()["contents"] == 1


async def test_what_a_policy_may_say_and_who_may_say_it(service: RunningService) -> None:
    old = await aged(service)
    member = await service.person()
    await old.ask("PUT", f"/members/{member.email}", {"role": "member"})
    for body in ({"cool_after_days": 30, "archive_after_days": 30}, {"cool_after_days": 0}, {"cold": 3}):
        assert (await old.ask("PUT", "/datasets/old/tiers", body)).status_code == 400, body
    assert (await old.ask("PUT", "/datasets/none/tiers", {})).status_code == 404
    assert (await old.ask("PUT", "/datasets/old/tiers", {}, by=member)).status_code == 403
    assert (await old.ask("GET", "/datasets/old/tiers", by=member)).status_code == 200
    await old.ask("POST", "/datasets/old/close")
    assert (await old.ask("PUT", "/datasets/old/tiers", {"cool_after_days": 10})).status_code == 200


async def test_a_move_is_estimated_before_it_is_made(service: RunningService) -> None:
    old = await aged(service)
    await assign(service.house, old.slug, small_plan(hard_limit_gib=None))
    async with service.house.database.transaction(organisation=old.organisation_id) as connection:
        await connection.execute(text("UPDATE contents SET size_bytes = :many"), {"many": 10 * GIB})
    found = (await old.ask("GET", "/usage/estimate?dataset=old&tier=cool")).json()
    assert (found["present_price"]["text"], found["asked_price"]["text"]) == ("20.00 EUR", "10.00 EUR")


async def test_what_cannot_be_moved_is_told_and_stays_where_it_is(service: RunningService) -> None:
    old = await aged(service)
    root = Path(service.house.objects.describe().root)
    [path] = [
        p for p in (root / "objects" / old.organisation_id.hex).rglob("*") if p.is_file() and p.stat().st_size == 200
    ]
    path.write_bytes(b"x" * 200)
    await old.ask("PUT", "/datasets/old/tiers", {"cool_after_days": 10})
    await old.pass_days(11)
    await old.pass_days(11)
    found = (await old.ask("GET", "/datasets/old/tiers")).json()
    [moving] = found["moves"]
    assert moving == {"origin": "hot", "tier": "cool", "contents": 1, "size_bytes": 200, "problems": 1}
    assert path.read_bytes() == b"x" * 200
    async with service.house.database.transaction(organisation=old.organisation_id) as connection:
        jobs = await job_store.list_jobs(connection, states=None, kind="move", before=None, limit=9)
    assert [(job.state, job.done, job.failed) for job in jobs] == [("done", 0, 1)]
    path.write_bytes(ALONE)


async def test_contents_that_were_purged_meanwhile_are_forgotten(service: RunningService) -> None:
    old = await aged(service)
    async with service.house.database.transaction(organisation=old.organisation_id) as connection:
        await add_contents(connection, old.organisation_id, {"gone": 5})
        gone = text("INSERT INTO tier_moves (organisation_id, sha256, tier) VALUES (:org, '\\x00', 'cool')")
        await connection.execute(gone, {"org": old.organisation_id})
    await old.pass_days(0)
    async with service.house.database.transaction(organisation=old.organisation_id) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM tier_moves")) == 0
