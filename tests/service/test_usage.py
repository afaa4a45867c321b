"""Usage by HTTP: parts that add up to the total, downloads as bytes asked for, bills and estimates."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.calendar_month import Month
from domain.errors import Conflict
from domain.metering import GIB
from service.actions.audit import audit
from service.actions.tenant_usage import give_credit
from storage import usage_store
from storage.database import Database
from tests.support.ledger_rows import rebuilt
from tests.support.plans import assign, small_plan
from tests.support.sending import send, send_to_team, wait_for_jobs
from tests.support.service import Person, RunningService
from tests.support.stored_files import organisation_id_of, sweep_for

BY = ("day", "member", "dataset", "telescope", "team", "tier")


async def usage(person: Person, slug: str, **query: Any) -> Any:
    reply = await person.client.get(f"/api/v1/organisations/{slug}/usage", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def read(person: Person, slug: str, path: str, **query: Any) -> Any:
    reply = await person.client.get(f"/api/v1/organisations/{slug}/{path}", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def observed(service: RunningService) -> tuple[Person, Person, str]:
    """An organisation in which two people stored something, partly the same."""
    owner, colleague = await service.person(), await service.person()
    slug = await service.equipped(owner)
    await owner.client.put(f"/api/v1/organisations/{slug}/members/{colleague.email}", json={"role": "admin"})
    await send(owner.client, slug, {"a": b"a" * 1000, "b": b"b" * 200}, dataset="night", telescope="quadrant")
    await send(colleague.client, slug, {"again": b"a" * 1000, "c": b"c" * 30})
    await wait_for_jobs(owner.client, slug)
    return owner, colleague, slug


async def test_parts_add_up_to_the_total_whatever_it_is_broken_down_by(service: RunningService) -> None:
    owner, colleague, slug = await observed(service)
    # Some time later, so that everything has been there for a while.
    today = datetime.now(UTC).date()
    first = str(today - timedelta(days=40))
    for by in BY:
        found = await usage(owner, slug, by=by, **{"from": first})
        assert found["total"]["stored_bytes"] == 1230
        if by != "day":  # a day's stored bytes are those at its end
            assert sum(item["stored_bytes"] for item in found["items"]) == 1230, by
        assert sum(int(item["byte_us"]) for item in found["items"]) == int(found["total"]["byte_us"]) > 0, by
    parts = {
        by: {item["key"]: item["stored_bytes"] for item in (await usage(owner, slug, by=by))["items"]} for by in BY
    }
    # What is stored once belongs to whom it came from first.
    assert parts["member"] == {owner.email: 1200, colleague.email: 30}
    assert parts["dataset"] == {"night": 1200, None: 30}
    assert parts["telescope"] == {"quadrant": 1200, None: 30}
    assert parts["team"] == {None: 1230}
    assert parts["tier"] == {"hot": 1230, "cool": 0, "archive": 0}
    assert parts["day"][str(today)] == 1230
    days = await usage(owner, slug, by="day", limit=7, **{"from": first})
    assert len(days["items"]) == 7
    rest = await usage(owner, slug, by="day", limit=7, cursor=days["next_cursor"], **{"from": first})
    assert rest["items"][0]["key"] == str(today - timedelta(days=33))


async def test_a_dataset_that_takes_a_file_in_later_has_it(service: RunningService) -> None:
    owner, _, slug = await observed(service)
    base = f"/api/v1/organisations/{slug}/datasets"
    files = (await read(owner, slug, "files", prefix="c"))["items"]
    await owner.client.post(base, json={"name": "Late", "slug": "late"})
    await owner.client.post(f"{base}/late/files", json={"files": [{"file": files[0]["id"]}]})
    parts = {item["key"]: item["stored_bytes"] for item in (await usage(owner, slug, by="dataset"))["items"]}
    assert parts == {"night": 1200, "late": 30}


async def test_deleted_files_count_until_they_are_purged_and_the_audit_finds_everything_in_order(
    service: RunningService,
) -> None:
    owner, _, slug = await observed(service)
    organisation_id = await organisation_id_of(service.house, slug)
    for file in (await read(owner, slug, "files"))["items"]:
        await owner.client.delete(f"/api/v1/organisations/{slug}/files/{file['id']}")
    assert (await usage(owner, slug))["total"]["stored_bytes"] == 1230
    await sweep_for(service.house, slug, now=datetime.now(UTC) + timedelta(days=29))
    assert (await usage(owner, slug))["total"]["stored_bytes"] == 1230
    await sweep_for(service.house, slug, now=datetime.now(UTC) + timedelta(days=31))
    found = await usage(owner, slug, by="member")
    assert found["total"]["stored_bytes"] == 0
    assert [item["stored_bytes"] for item in found["items"]] == [0, 0], "what they had is still theirs"
    assert sum(int(item["byte_us"]) for item in found["items"]) == int(found["total"]["byte_us"]) > 0
    bounds = [datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC)]
    async with service.house.database.transaction(organisation=organisation_id) as connection:
        assert await usage_store.measure(connection, organisation_id, bounds) == await rebuilt(
            connection, organisation_id, bounds
        )
    report = await audit(service.house, organisation=slug)
    assert report["broken_ledgers"] == []
    assert report["ledger_entries"] >= 6


async def test_a_plan_may_keep_deleted_files_for_longer(service: RunningService) -> None:
    owner, _, slug = await observed(service)
    await assign(service.house, slug, small_plan(tombstone_days=60))
    for file in (await read(owner, slug, "files"))["items"]:
        await owner.client.delete(f"/api/v1/organisations/{slug}/files/{file['id']}")
    for days, left in ((59, 1230), (61, 0)):
        await sweep_for(service.house, slug, now=datetime.now(UTC) + timedelta(days=days))
        assert (await usage(owner, slug))["total"]["stored_bytes"] == left


async def test_the_audit_names_what_the_ledger_does_not_know(service: RunningService) -> None:
    _, _, slug = await observed(service)
    organisation_id = await organisation_id_of(service.house, slug)
    tampered = text("UPDATE contents SET size_bytes = size_bytes + :more WHERE organisation_id = :org")
    forged = text("""
        INSERT INTO storage_ledger SELECT organisation_id, sequence + 1, at, tier, kind, sha256, stay, 5, 5, 0
        FROM storage_ledger WHERE organisation_id = :org ORDER BY sequence DESC LIMIT 1
    """)
    removed = text("DELETE FROM storage_ledger WHERE organisation_id = :org AND delta_bytes = 5")
    who = {"org": organisation_id}

    async def problems() -> list[str]:
        return list((await audit(service.house, organisation=slug))["broken_ledgers"])

    for more in (1, -1):  # the triggers see this
        async with service.house.database.transaction(organisation=organisation_id) as connection:
            await connection.execute(tampered, who | {"more": more})
        assert await problems() == []
    with pytest.raises(DBAPIError, match="permission denied"):  # the service itself cannot write there
        async with service.house.database.transaction(organisation=organisation_id) as connection:
            await connection.execute(forged, who)
    database_owner = Database(service.house.database.url, role=None, pool_size=1)
    try:
        async with database_owner.engine.begin() as connection:
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            await connection.execute(forged, who)
        found = await problems()
        async with database_owner.engine.begin() as connection:
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            await connection.execute(removed, who)
    finally:
        await database_owner.close()
    assert len(found) == 2
    assert "has +5 bytes against its row" in found[0]
    assert "the entries before it give" in found[1]
    assert await problems() == []


async def test_downloads_are_bytes_asked_for_by_whom_and_when(service: RunningService) -> None:
    owner, colleague, slug = await observed(service)
    base = f"/api/v1/organisations/{slug}"
    new = {"slug": "m31", "title": "M31", "licence": "CC0-1.0", "datasets": ["night"]}
    for path, body in (("/packages", new), ("/packages/m31/versions/1/publish", None)):
        assert (await owner.client.post(f"{base}{path}", json=body)).is_success
    file = next(f for f in (await read(owner, slug, "files"))["items"] if f["path"] == "b")
    for _ in range(2):
        assert (await colleague.client.get(f"{base}/files/{file['id']}/content")).status_code == 302
    public = f"/api/v1/packages/{slug}/m31/versions/1"
    anybody = service.anonymous
    whole = len((await anybody.get(f"{public}/zip")).content)
    assert len((await anybody.get(f"{public}/zip", headers={"Range": "bytes=10-59"})).content) == 50
    assert (await owner.client.get(f"{public}/files/night/a")).status_code == 302
    link = (await owner.client.post(f"{base}/links", json={"name": "L", "dataset": "night"})).json()["secret"]
    holder = service.client(Authorization=f"Bearer {link}")
    got = await holder.get(f"/api/v1/link/files/{file['id']}/content", headers={"Range": "bytes=0-19"})
    assert len(got.content) == 20
    await service.house.downloads.write(service.house.database)
    found = await usage(owner, slug, by="member")
    expected = {owner.email: 1000, colleague.email: 400, None: whole + 50 + 20}
    assert {item["key"]: item["egress_bytes"] for item in found["items"]} == expected
    assert found["total"]["egress_bytes"] == sum(expected.values())
    day = (await usage(owner, slug, by="day"))["items"][-1]
    assert day["egress_bytes"] == sum(expected.values())
    yesterday = str(datetime.now(UTC).date() - timedelta(days=1))
    for by in ("member", "day"):
        before = await usage(owner, slug, by=by, **{"from": yesterday, "to": yesterday})
        assert {each["egress_bytes"] for each in (before["total"], *before["items"])} <= {0, None}


async def test_the_bill_is_that_of_the_ledger_and_a_running_plan_keeps_its_terms(service: RunningService) -> None:
    owner, _, slug = await observed(service)
    month = Month.of(datetime.now(UTC))
    first = await read(owner, slug, "bill")
    assert {line["plan"] for line in first["lines"]} == {"open"}
    assert [total["text"] for total in first["totals"]] == ["0.00 EUR"]
    await assign(service.house, slug, small_plan(storage_prices=dict.fromkeys(("hot", "cool", "archive"), "900000")))
    bill = await read(owner, slug, "bill")
    assert not bill["closed"]
    assert [line["plan"] for line in bill["lines"] if line["kind"] == "storage"] == ["open", "small"]
    assert sum(line["price"]["amount_minor"] for line in bill["lines"]) == bill["totals"][0]["amount_minor"]
    before = await read(owner, slug, "bill", month=str(month.previous))
    assert (before["lines"], before["closed"]) == ([], True), "nothing is charged from before there was a plan"
    refused = await owner.client.get(f"/api/v1/organisations/{slug}/bill", params={"month": str(month.next)})
    assert refused.status_code == 400


async def test_estimates_say_what_a_dataset_and_more_bytes_cost(service: RunningService) -> None:
    owner, _, slug = await observed(service)
    await assign(service.house, slug, small_plan(free_gib=1, hard_limit_gib=500))
    # 1,230 bytes are stored: of 101 GiB more, one is free but for those.
    asked = await read(owner, slug, "usage/estimate", add_bytes=101 * GIB)
    assert (asked["asked_bytes"], asked["asked_price"]["text"]) == (101 * GIB, "100.00 EUR")
    assert (await read(owner, slug, "usage/estimate", add_bytes=101 * GIB, tier="cool"))["asked_price"][
        "text"
    ] == "50.00 EUR"
    plain = await read(owner, slug, "usage/estimate")
    assert (plain["each_month"]["text"], plain["asked_price"]) == ("0.00 EUR", None)
    assert plain["left_bytes"] == 500 * GIB - 1230
    dataset = await read(owner, slug, "usage/estimate", dataset="night")
    assert (dataset["asked_bytes"], dataset["asked_price"]["text"]) == (1200, "0.00 EUR")
    dear = dict.fromkeys(("hot", "cool", "archive"), "9000")
    await assign(service.house, slug, small_plan(version=2, storage_prices=dear))
    # 1,200 bytes at 9,000.00 EUR for 2**30 are 1.0058... cents.
    dataset = await read(owner, slug, "usage/estimate", dataset="night")
    assert dataset["asked_price"]["text"] == "0.01 EUR"
    both = await owner.client.get(
        f"/api/v1/organisations/{slug}/usage/estimate", params={"dataset": "night", "add_bytes": 1}
    )
    assert both.status_code == 400
    absent = await owner.client.get(f"/api/v1/organisations/{slug}/usage/estimate", params={"dataset": "none"})
    assert absent.status_code == 404


async def test_days_that_cannot_be_measured_are_refused(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.organisation(owner)
    for query in (
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"from": "2020-01-01", "to": "2026-11-01"},
        {"from": str(datetime.now(UTC).date() + timedelta(days=2))},
        {"from": "9999-12-31", "to": "9999-12-31"},
        {"from": "yesterday"},
        {"by": "colour"},
    ):
        reply = await owner.client.get(f"/api/v1/organisations/{slug}/usage", params=query)
        assert reply.status_code == 400, query
    long_ago = await usage(owner, slug, by="day", **{"from": "0001-01-01", "to": "0001-12-31"})
    assert (len(long_ago["items"]), long_ago["next_cursor"] is None) == (100, False)
    empty = await usage(owner, slug, by="member")
    assert (empty["items"], empty["total"]["byte_us"]) == ([], "0")


async def test_a_credit_note_that_is_written_twice_stands_once(service: RunningService) -> None:
    owner, _, slug = await observed(service)
    given = {"month": None, "reason": "Outage"}
    assert "given back" in await give_credit(service.house, slug, "1.50", "EUR", **given)
    assert "already" in await give_credit(service.house, slug, "1.50", "EUR", **given)
    await give_credit(service.house, slug, "1.50", "EUR", **given, id="second")
    await give_credit(service.house, slug, "1.50", "EUR", **given, id="second")
    with pytest.raises(Conflict):
        await give_credit(service.house, slug, "1.60", "EUR", **given, id="second")
    bill = await read(owner, slug, "bill")
    assert [line["price"]["text"] for line in bill["lines"] if line["kind"] == "credit"] == ["-1.50 EUR"] * 2


async def test_what_a_team_stores_is_the_teams_in_the_figures_of_its_host(service: RunningService) -> None:
    owner, colleague, slug = await observed(service)
    made = await owner.client.post(f"/api/v1/organisations/{slug}/teams", json={"name": f"Team of {slug}"})
    team = made.json()["slug"]
    # Its own content; one that the host has already, which stays the host's; and one that the host gets later.
    await send_to_team(owner.client, team, {"own": b"t" * 500, "copy": b"a" * 1000, "later": b"l" * 7})
    await send(colleague.client, slug, {"later": b"l" * 7})
    found = await usage(owner, slug, by="team")
    assert {item["key"]: item["stored_bytes"] for item in found["items"]} == {None: 1230, team: 507}
    assert found["total"]["stored_bytes"] == 1737
    assert sum(int(item["byte_us"]) for item in found["items"]) == int(found["total"]["byte_us"])
    members = {item["key"]: item["stored_bytes"] for item in (await usage(owner, slug, by="member"))["items"]}
    assert members == {owner.email: 1707, colleague.email: 30}


async def test_whoever_has_written_finds_all_that_was_noted_before(service: RunningService) -> None:
    """Others write at the same time: the house does, every few seconds."""
    owner = await service.person()
    slugs = [await service.organisation(owner) for _ in range(5)]
    downloads = service.house.downloads
    for slug in slugs:
        downloads.note_bytes(await organisation_id_of(service.house, slug), None, 100)

    async def written() -> None:
        await downloads.write(service.house.database)
        assert [(await usage(owner, slug))["total"]["egress_bytes"] for slug in slugs] == [100] * 5

    await asyncio.gather(*(written() for _ in range(3)))
