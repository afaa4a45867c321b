"""Events reach those who registered for them: in order, at least once, signed, and nobody waits for anybody else."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from domain.errors import StoreUnavailable
from service.maintenance import sweep
from service.webhook_sender import WebhookSender
from service.webhooks import send_due
from storage import job_store
from tests.support.mail import sent_mails, text_of
from tests.support.receiver import Receiver, receiver
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService, running_service
from tests.support.stored_files import organisation_id_of, sweep_for

Made = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def still(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    """A service that may send to this machine, and in which nothing is sent but when a test says so."""
    folder = tmp_path_factory.mktemp("still")
    async with running_service(folder, webhook_private_addresses=True, worker=False) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lively(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    """A service that may send to this machine, with its worker."""
    async with running_service(tmp_path_factory.mktemp("lively"), webhook_private_addresses=True) as running:
        yield running


class House(msgspec.Struct):
    """An organisation, its owner, and what they ask for."""

    service: RunningService
    owner: Person
    slug: str

    async def ask(self, method: str, path: str = "", body: Any = None, **query: Any) -> Any:
        url = f"/api/v1/organisations/{self.slug}/webhooks{path}"
        reply = await self.owner.client.request(method, url, json=body, params=query)
        assert reply.is_success, reply.text
        return reply.json() if reply.content else None

    async def register(self, there: Receiver, **more: Any) -> Made:
        made: Made = await self.ask("POST", "", {"url": there.url, **more})
        return made

    async def happen(self, *kinds: str) -> list[int]:
        """Let something happen, each in a transaction of its own."""
        house = self.service.house
        organisation_id = await organisation_id_of(house, self.slug)
        ids = []
        for number, kind in enumerate(kinds):
            async with house.database.transaction(organisation=organisation_id) as connection:
                await job_store.add_event(connection, organisation_id, kind, {"number": number})
                ids.append(await job_store.last_event(connection))
        return ids

    async def deliveries(self, made: Made, **query: Any) -> list[Made]:
        """List a webhook's attempts, oldest first."""
        found: list[Made] = (await self.ask("GET", f"/{made['id']}/deliveries", **query))["items"]
        return found[::-1]

    async def send(self, at: datetime | None = None) -> int:
        sender = WebhookSender(private=True)
        return await send_due(self.service.house, sender=sender, now=at or datetime.now(UTC))


async def house_in(service: RunningService) -> House:
    owner = await service.person()
    return House(service, owner, await service.organisation(owner))


async def until(true: Callable[[], bool], seconds: float = 120) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


async def test_what_happens_arrives_signed_and_in_order(still: RunningService) -> None:
    house = await house_in(still)
    await house.happen("before.it")
    async with receiver() as there:
        made = await house.register(there, description="Star news")
        ids = await house.happen("a", "b", "c")
        await house.send()
        assert [heard.json["type"] for heard in there.heard] == ["a", "b", "c"]
        assert [heard.headers["webhook-id"] for heard in there.heard] == [f"evt_{event}" for event in ids]
        for number, heard in enumerate(there.heard):
            told = Webhook(made["secret"]).verify(heard.body, heard.headers)
            assert told["data"] == {"organisation": house.slug, "event": ids[number], "number": number}
            assert datetime.fromisoformat(told["timestamp"]) < datetime.now(UTC)
            with pytest.raises(WebhookVerificationError):
                Webhook(made["secret"]).verify(heard.body + b" ", heard.headers)
        await house.send()
        assert len(there.heard) == 3
    assert [(d["kind"], d["attempt"], d["delivered"], d["status"]) for d in await house.deliveries(made)] == [
        ("a", 1, True, 204),
        ("b", 1, True, 204),
        ("c", 1, True, 204),
    ]
    shown = await house.ask("GET", f"/{made['id']}")
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert made["secret"].startswith("whsec_")


async def test_only_the_kinds_asked_for(still: RunningService) -> None:
    house = await house_in(still)
    async with receiver() as some, receiver() as all_of_them:
        made = await house.register(some, kinds=["b", "d"])
        await house.register(all_of_them)
        for _ in range(2):
            await house.happen("a", "b", "c")
            await house.send()
        assert [heard.json["type"] for heard in some.heard] == ["b", "b"]
        assert len(all_of_them.heard) == 6
        changed = await house.ask("PATCH", f"/{made['id']}", {"kinds": ["c", "c"]})
        assert changed["kinds"] == ["c"]
        await house.happen("a", "b", "c")
        await house.send()
        assert [heard.json["type"] for heard in some.heard] == ["b", "b", "c"]


async def test_what_is_not_taken_is_sent_again_before_what_follows(still: RunningService) -> None:
    house = await house_in(still)
    async with receiver() as there:
        made = await house.register(there)
        there.statuses = [204, 500, 302, 429]
        there.reply = b"not now\0\x1b[2J"
        await house.happen("a", "b", "c")
        at = datetime.now(UTC)
        await house.send(at)
        assert [heard.json["type"] for heard in there.heard] == ["a", "b"]
        await house.happen("d")  # does not push it forward
        await house.send(at + timedelta(seconds=29))
        assert len(there.heard) == 2
        for wait_s in (30, 90, 210):
            await house.send(at + timedelta(seconds=wait_s + 0.1))
        assert [heard.json["type"] for heard in there.heard] == ["a", "b", "b", "b", "b", "c", "d"]
        assert len({heard.headers["webhook-id"] for heard in there.heard if heard.json["type"] == "b"}) == 1
    tried = await house.deliveries(made)
    assert [(d["attempt"], d["status"], d["delivered"]) for d in tried] == [
        (1, 204, True), (1, 500, False), (2, 302, False), (3, 429, False), (4, 204, True), (1, 204, True),
        (1, 204, True),
    ]  # fmt: skip
    assert "not now" in tried[1]["reply"]
    assert "\x1b" not in tried[1]["reply"]
    assert "redirect" in tried[2]["error"]
    assert tried[1]["next_try_at"] is not None
    assert tried[-1]["next_try_at"] is None
    assert [d["status"] for d in await house.deliveries(made, delivered="false")] == [500, 302, 429]


async def test_three_days_without_success_disable_it_and_the_owners_are_told(still: RunningService) -> None:
    house = await house_in(still)
    async with receiver() as there:
        made = await house.register(there)
        first, _ = await house.happen("a", "b")
        there.statuses = [503] * 1000
        start = at = datetime.now(UTC)
        while True:
            await house.send(at)
            shown = await house.ask("GET", f"/{made['id']}")
            if shown["state"] == "disabled":
                break
            assert not await sent_mails(still.house, house.owner.email)
            at = datetime.fromisoformat((await house.deliveries(made))[-1]["next_try_at"])
        assert timedelta(days=3) <= at - start < timedelta(days=3.5)
        assert "three days" in shown["disabled_reason"]
        assert {heard.headers["webhook-id"] for heard in there.heard} == {f"evt_{first}"}
        (mail,) = await sent_mails(still.house, house.owner.email)
        assert house.slug in mail["Subject"]
        assert there.url in text_of(mail)
        assert made["secret"] not in text_of(mail)
        before = len(there.heard)
        await house.happen("c")
        await house.send(at + timedelta(days=1))
        assert len(there.heard) == before
        there.statuses = []
        enabled = await house.ask("PATCH", f"/{made['id']}", {"enabled": True})
        assert (enabled["state"], enabled["attempts"], enabled["disabled_reason"]) == ("active", 0, None)
        await house.send()
        assert [heard.json["type"] for heard in there.heard[before:]] == ["a", "b", "c"]
    audit = await house.owner.client.get(f"/api/v1/organisations/{house.slug}/audit", params={"action": "webhook."})
    assert [e["action"] for e in audit.json()["items"]] == ["webhook.changed", "webhook.disabled", "webhook.added"]


async def test_a_receiver_that_is_gone_for_good_is_not_asked_again(still: RunningService) -> None:
    house = await house_in(still)
    async with receiver() as there:
        made = await house.register(there)
        there.statuses = [410]
        await house.happen("a")
        await house.send()
        assert (await house.ask("GET", f"/{made['id']}"))["state"] == "disabled"
        await house.send(datetime.now(UTC) + timedelta(days=1))
        assert len(there.heard) == 1


async def test_a_secret_is_changed_without_losing_a_message(still: RunningService) -> None:
    house = await house_in(still)
    async with receiver() as there:
        old = await house.register(there)
        new = await house.ask("POST", f"/{old['id']}/rotate", {"overlap_hours": 2})
        assert new["secret"] != old["secret"]
        await house.happen("a")
        await house.send()
        for made in (old, new):
            assert Webhook(made["secret"]).verify(there.heard[0].body, there.heard[0].headers)
        await house.happen("b")
        await house.send(datetime.now(UTC) + timedelta(hours=2.1))
        newest = await house.ask("POST", f"/{old['id']}/rotate", {"overlap_hours": 0})
        await house.happen("c")
        await house.send()
        for number, made in ((1, new), (2, newest)):
            heard = there.heard[number]
            assert Webhook(made["secret"]).verify(heard.body, heard.headers)
            with pytest.raises(WebhookVerificationError):
                Webhook(old["secret"]).verify(heard.body, heard.headers)
            assert " " not in heard.headers["webhook-signature"]


async def test_secrets_are_sealed_and_not_kept_in_replies(still: RunningService) -> None:
    house = await house_in(still)
    async with receiver() as there:
        url = f"/api/v1/organisations/{house.slug}/webhooks"
        key = {"Idempotency-Key": "one"}
        one, two = [(await house.owner.client.post(url, json={"url": there.url}, headers=key)).json() for _ in "12"]
        assert one["secret"] != two["secret"]
    organisation_id = await organisation_id_of(still.house, house.slug)
    raw = base64.b64decode(one["secret"].removeprefix("whsec_"))
    async with still.house.database.transaction(organisation=organisation_id) as connection:
        for table in ("webhooks", "audit_entries", "idempotency_keys"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            assert raw not in b"".join(v for row in rows for v in row if isinstance(v, bytes)), table
            assert one["secret"] not in str(rows), table


async def test_ping_and_redelivery_tell_what_the_receiver_said(still: RunningService) -> None:
    house = await house_in(still)
    async with receiver() as there:
        made = await house.register(there)
        there.statuses, there.reply = [200, 418], b"hello"
        pinged = await house.ask("POST", f"/{made['id']}/ping")
        assert (pinged["kind"], pinged["status"], pinged["reply"], pinged["by_hand"]) == ("ping", 200, "hello", True)
        assert Webhook(made["secret"]).verify(there.heard[0].body, there.heard[0].headers)["type"] == "ping"
        failed = await house.ask("POST", f"/{made['id']}/ping")
        assert (failed["delivered"], failed["status"]) == (False, 418)
        await house.happen("a", "b")
        await house.send()
        first = (await house.deliveries(made))[2]
        again = await house.ask("POST", f"/{made['id']}/deliveries/{first['id']}/redeliver")
        assert (again["kind"], again["delivered"], again["by_hand"]) == ("a", True, True)
        assert there.heard[-1].headers["webhook-id"] == there.heard[2].headers["webhook-id"]
        assert there.heard[-1].body == there.heard[2].body
        path = f"/api/v1/organisations/{house.slug}/webhooks/{made['id']}/deliveries/{pinged['id']}/redeliver"
        assert (await house.owner.client.post(path)).status_code == 404
    gone = await house.ask("POST", f"/{made['id']}/ping")
    assert (gone["delivered"], gone["status"]) == (False, None)
    assert gone["error"]
    ping = f"/api/v1/organisations/{house.slug}/webhooks/{made['id']}/ping"
    replies = [(await house.owner.client.post(ping)).status_code for _ in range(8)]
    assert replies == [200] * 6 + [429] * 2


async def test_a_name_that_leads_inside_is_refused_when_it_is_used(still: RunningService) -> None:
    """It was public when it was registered; by now its owner has it lead to this machine."""
    house = await house_in(still)

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with receiver() as there:
        made = await house.ask("POST", "", {"url": f"https://hooks.hven.example:{there.port}/"})
        await house.happen("a")
        await send_due(still.house, sender=WebhookSender(resolve=resolve), now=datetime.now(UTC))
        assert there.heard == []
    (tried,) = await house.deliveries(made)
    assert (tried["delivered"], tried["status"]) == (False, None)
    assert "public internet" in tried["error"]


async def test_private_addresses_are_not_registered(service: RunningService) -> None:
    house = await house_in(service)
    url = f"/api/v1/organisations/{house.slug}/webhooks"
    for bad in ("http://hooks.hven.example", "https://127.0.0.1", "https://localhost", "https://[::1]:8443/", "x"):
        reply = await house.owner.client.post(url, json={"url": bad})
        assert (reply.status_code, reply.json()["type"]) == (400, "/problems/invalid-input"), bad
    made = (await house.owner.client.post(url, json={"url": "https://hooks.hven.example/"})).json()
    changed = await house.owner.client.patch(f"{url}/{made['id']}", json={"url": "https://10.0.0.1/"})
    assert changed.status_code == 400


async def test_they_are_for_admins_and_not_without_number(service: RunningService) -> None:
    house = await house_in(service)
    url = f"/api/v1/organisations/{house.slug}/webhooks"
    member, admin = await service.person(), await service.person()
    for person, role, status in ((member, "member", 403), (admin, "admin", 201)):
        await house.owner.client.put(f"/api/v1/organisations/{house.slug}/members/{person.email}", json={"role": role})
        reply = await person.client.post(url, json={"url": "https://hooks.hven.example/"})
        assert reply.status_code == status
    replies = await asyncio.gather(
        *(house.owner.client.post(url, json={"url": f"https://hooks.hven.example/{n}"}) for n in range(25))
    )
    assert sorted(reply.status_code for reply in replies) == [201] * 19 + [409] * 6
    page = (await house.owner.client.get(url, params={"limit": 15})).json()
    rest = (await house.owner.client.get(url, params={"cursor": page["next_cursor"]})).json()
    assert len({made["id"] for made in page["items"] + rest["items"]}) == 20
    assert "whsec_" not in json.dumps(page["items"])
    for made in page["items"][:2]:
        assert (await house.owner.client.delete(f"{url}/{made['id']}")).status_code == 204
        assert (await house.owner.client.get(f"{url}/{made['id']}")).status_code == 404
        assert (await house.owner.client.get(f"{url}/{made['id']}/deliveries")).status_code == 404


async def test_many_workers_deliver_each_event_once_and_in_order(still: RunningService) -> None:
    house = await house_in(still)
    async with receiver() as there:
        await house.register(there)
        there.delay_s = 0.01
        await house.happen(*(f"kind{number}" for number in range(20)))
        await asyncio.gather(*(house.send() for _ in range(4)))
        assert [heard.json["type"] for heard in there.heard] == [f"kind{number}" for number in range(20)]
        assert there.most_at_once == 1


async def test_what_a_killed_worker_had_is_sent_by_another(still: RunningService) -> None:
    house = await house_in(still)
    async with receiver() as there:
        await house.register(there)
        there.delay_s = 5
        await house.happen("a")
        killed = asyncio.create_task(house.send())
        await until(lambda: there.at_once == 1)
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
        there.delay_s = 0
        await house.send()
        assert len(there.heard) == 1
        await house.send(datetime.now(UTC) + timedelta(minutes=3))
        assert [heard.headers["webhook-id"] for heard in there.heard] == [there.heard[0].headers["webhook-id"]] * 2


async def test_the_log_is_forgotten_after_a_month(still: RunningService) -> None:
    house = await house_in(still)
    async with receiver() as there:
        made = await house.register(there)
        await house.happen("a")
        await house.send()
    await sweep(still.house)
    assert len(await house.deliveries(made)) == 1
    await sweep(still.house, now=datetime.now(UTC) + timedelta(days=31))
    assert await house.deliveries(made) == []


async def break_staging(house: House) -> Path:
    """Put what nobody can list in the place of an organisation's staged objects."""
    organisation_id = await organisation_id_of(house.service.house, house.slug)
    folder = house.service.house.config.data_dir / "store" / "objects" / organisation_id.hex
    folder.mkdir()
    (folder / "staging").symlink_to("staging")
    return folder / "staging"


async def test_what_is_wrong_with_one_organisation_is_in_no_other_ones_way(still: RunningService) -> None:
    broken, house = await house_in(still), await house_in(still)  # in the order of their rounds
    loop = await break_staging(broken)
    async with receiver() as there:
        made = await house.register(there)
        await house.happen("a")
        await house.send()
    with pytest.raises(StoreUnavailable):
        await sweep_for(still.house, broken.slug)
    await sweep(still.house, now=datetime.now(UTC) + timedelta(days=31))
    assert await house.deliveries(made) == []
    loop.unlink()


async def test_where_all_organisations_fail_none_more_is_tried(still: RunningService) -> None:
    loops = [await break_staging(await house_in(still)) for _ in range(3)]
    with pytest.raises(StoreUnavailable):
        await sweep(still.house)
    for loop in loops:
        loop.unlink()


async def test_a_slow_receiver_holds_up_nobody_else(lively: RunningService) -> None:
    slow, quick = await house_in(lively), await house_in(lively)
    async with receiver() as never, receiver() as there:
        never.delay_s = 60
        for _ in range(15):
            await slow.register(never)
        await quick.register(there)
        await slow.happen("a", "b")
        await until(lambda: never.at_once >= 4)
        started = time.monotonic()
        await quick.happen("a", "b", "c")
        await until(lambda: len(there.heard) == 3)
        assert time.monotonic() - started < 9, "the slow ones are given up after 10 s"
        assert never.most_at_once == 4


async def test_publishing_is_told_by_the_worker(lively: RunningService) -> None:
    house = await house_in(lively)
    base = f"/api/v1/organisations/{house.slug}"
    async with receiver() as there:
        made = await house.register(there, kinds=["package.published", "files.ingested"])
        await send(house.owner.client, house.slug, {"a.txt": b"a"}, dataset="night")
        await wait_for_jobs(house.owner.client, house.slug)
        new = {"slug": "m31", "title": "M31", "licence": "CC0-1.0", "datasets": ["night"]}
        for path, body in (("/packages", new), ("/packages/m31/versions/1/publish", None)):
            assert (await house.owner.client.post(f"{base}{path}", json=body)).is_success
        await until(lambda: len(there.heard) == 2)
        told = [Webhook(made["secret"]).verify(heard.body, heard.headers) for heard in there.heard]
    assert [one["type"] for one in told] == ["files.ingested", "package.published"]
    assert told[1]["data"]["package"] == "m31"


async def test_no_event_is_missed_while_a_worker_finds_nothing(lively: RunningService) -> None:
    house = await house_in(lively)
    async with receiver() as there:
        await house.register(there)
        for number in range(40):
            await house.happen(f"kind{number}")
            await asyncio.sleep(0.01 * (number % 7))
        await until(lambda: len(there.heard) >= 40)
        assert [heard.json["type"] for heard in there.heard] == [f"kind{number}" for number in range(40)]
