"""The second factor: who has it is asked for it, codes work once, and guessing ends."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
import pyotp
import pytest
from sqlalchemy import text

from tests.support.authenticator import code_of
from tests.support.browser import Browser
from tests.support.service import PASSWORD, Person, RunningService


class Signed(msgspec.Struct):
    """Somebody at their browser, by the API."""

    client: httpx.AsyncClient
    person: Person
    secret: str = ""
    recovery: list[str] = []
    confirmed_by: str = ""

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(f"/api/v1/me/{path}", json=body)

    def code(self, steps: int = 0) -> str:
        """Give the authenticator's code, of now or some steps of 30 s away."""
        return code_of(self.secret, steps)


async def signed_in(service: RunningService, person: Person | None = None) -> Signed:
    person = person or await service.person()
    client = service.client()
    reply = await client.post("/api/v1/session", json={"email": person.email, "password": PASSWORD})
    client.headers["X-CSRF-Token"] = reply.json()["csrf_token"]
    return Signed(client, person)


async def with_second_factor(service: RunningService) -> Signed:
    who = await signed_in(service)
    begun = await who.post("second-factor")
    assert begun.status_code == 201
    who.secret = begun.json()["secret"]
    assert pyotp.parse_uri(begun.json()["address"]).secret == who.secret
    who.confirmed_by = who.code(-1)
    confirmed = await who.post("second-factor/confirm", {"code": who.confirmed_by})
    assert confirmed.status_code == 201, confirmed.text
    who.recovery = confirmed.json()["codes"]
    return who


async def first_step(service: RunningService, who: Signed) -> str:
    reply = await service.anonymous.post("/api/v1/session", json={"email": who.person.email, "password": PASSWORD})
    assert (reply.status_code, reply.json()["type"]) == (401, "/problems/second-factor-needed")
    assert "set-cookie" not in reply.headers
    return str(reply.json()["challenge"])


async def second_step(service: RunningService, challenge: str, code: str) -> httpx.Response:
    body = {"challenge": challenge, "code": code}
    return await service.anonymous.post("/api/v1/session/second-factor", json=body)


async def test_signing_in_takes_both_steps_and_a_code_works_once(service: RunningService) -> None:
    who = await with_second_factor(service)
    challenge = await first_step(service, who)
    used = who.confirmed_by  # not that of a step ago: another step may have begun
    assert (await second_step(service, challenge, used)).status_code == 401, "it confirmed the factor"
    code = who.code()
    entered = await second_step(service, challenge, f" {code[:3]} {code[3:]} ")
    assert entered.status_code == 201, entered.text
    assert entered.json()["account"]["email"] == who.person.email
    assert (await second_step(service, challenge, who.code(1))).status_code == 401, "a first step is good once"
    other = await first_step(service, who)
    assert (await second_step(service, other, code)).status_code == 401, "a code is good once"
    assert (await second_step(service, other, used)).status_code == 401, "nor one before it"
    assert (await second_step(service, other, who.code(3))).status_code == 401
    assert (await second_step(service, other, who.code(1))).status_code == 201


async def test_one_code_sent_twice_at_once_opens_one_session(service: RunningService) -> None:
    who = await with_second_factor(service)
    challenges = [await first_step(service, who) for _ in range(4)]
    code = who.code()
    replies = await asyncio.gather(*(second_step(service, challenge, code) for challenge in challenges))
    assert sorted(reply.status_code for reply in replies) == [201, 401, 401, 401]


async def test_recovery_codes_work_once_each(service: RunningService) -> None:
    who = await with_second_factor(service)
    assert len(set(who.recovery)) == 10
    first = who.recovery[0].upper().replace("-", " ")
    assert (await second_step(service, await first_step(service, who), first)).status_code == 201
    assert (await second_step(service, await first_step(service, who), first)).status_code == 401
    renewed = (await who.post("second-factor/recovery-codes", {"code": who.recovery[1]})).json()["codes"]
    assert (await second_step(service, await first_step(service, who), who.recovery[2])).status_code == 401
    assert (await second_step(service, await first_step(service, who), renewed[2])).status_code == 201
    async with service.house.database.transaction() as connection:
        kept = await connection.execute(text("SELECT * FROM recovery_codes"))
        assert not any(code in str(row) for row in kept for code in (*who.recovery, *renewed))
        sealed = await connection.scalars(text("SELECT sealed FROM second_factors"))
        assert not any(who.secret.encode() in bytes(each) for each in sealed)


async def test_guessing_ends_whatever_the_first_step(service: RunningService) -> None:
    who = await with_second_factor(service)
    wrong = "000000" if who.code() != "000000" and who.code(1) != "000000" else "111111"
    statuses = [(await second_step(service, await first_step(service, who), wrong)).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    right = await second_step(service, await first_step(service, who), who.code())
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\0", "x" * 100, "-1.5e1", "00000a"]
)
async def test_what_is_no_code_is_refused(service: RunningService, code: str) -> None:
    who = await with_second_factor(service)
    assert (await second_step(service, await first_step(service, who), code)).status_code in (400, 401)
    assert (await second_step(service, "made up", who.code())).status_code == 401


async def test_setting_it_up_is_confirmed_and_ends_other_sessions(service: RunningService) -> None:
    who = await signed_in(service)
    other = await signed_in(service, who.person)
    assert (await who.post("second-factor/confirm", {"code": "123456"})).status_code == 409
    begun = (await who.post("second-factor")).json()
    assert (await service.anonymous.post(
        "/api/v1/session", json={"email": who.person.email, "password": PASSWORD}
    )).status_code == 201, "what is not confirmed is not asked for"  # fmt: skip
    again = (await who.post("second-factor")).json()
    assert again["secret"] != begun["secret"]
    who.secret = begun["secret"]
    assert (await who.post("second-factor/confirm", {"code": who.code()})).status_code == 400
    who.secret = again["secret"]
    assert (await who.post("second-factor/confirm", {"code": who.code()})).status_code == 201
    assert (await who.post("second-factor")).status_code == 409
    assert (await who.client.get("/api/v1/me")).status_code == 200
    assert (await other.client.get("/api/v1/me")).status_code == 401


async def test_removing_it_takes_a_code_and_a_browser(service: RunningService) -> None:
    who = await with_second_factor(service)
    body = {"code": who.code()}
    for path in ("second-factor", "second-factor/confirm", "second-factor/recovery-codes", "second-factor/remove"):
        by_token = await who.person.client.post(f"/api/v1/me/{path}", json=body)
        assert by_token.status_code == 403, "a token that leaked must not change how one signs in"
    assert (await who.post("second-factor/remove", {"code": "wrong"})).status_code == 403
    assert (await who.post("second-factor/remove", body)).status_code == 204
    reply = await service.anonymous.post("/api/v1/session", json={"email": who.person.email, "password": PASSWORD})
    assert reply.status_code == 201


async def test_a_plain_browser_signs_in_with_it(service: RunningService) -> None:
    who = await with_second_factor(service)
    browser = Browser(service.client())
    await browser.open("/oauth/device?user_code=BCDF-GHJK")
    await browser.sign_in(who.person.email, PASSWORD)
    assert "Open your authenticator" in browser.text
    assert (await browser.send(code="wrong")).status_code == 401
    await browser.send(code=who.code())
    assert "BCDF-GHJK" in browser.text


async def test_sessions_are_listed_and_ended(service: RunningService) -> None:
    person = await service.person()
    first, second, third = [await signed_in(service, person) for _ in range(3)]
    first.client.headers["User-Agent"] = "Firefox"
    listed = (await first.client.get("/api/v1/me/sessions", params={"limit": 2})).json()
    rest = (await first.client.get("/api/v1/me/sessions", params={"cursor": listed["next_cursor"]})).json()
    everything = listed["items"] + rest["items"]
    assert [each["current"] for each in everything].count(True) == 1
    assert len({each["id"] for each in everything}) == len(everything) >= 3
    assert everything == sorted(everything, key=lambda each: each["created_at"], reverse=True)
    [mine] = [
        each["id"] for each in (await second.client.get("/api/v1/me/sessions")).json()["items"] if each["current"]
    ]
    stranger = await service.person()
    assert (await stranger.client.delete(f"/api/v1/me/sessions/{mine}")).status_code == 404
    assert (await first.client.delete(f"/api/v1/me/sessions/{mine}")).status_code == 204
    assert (await second.client.get("/api/v1/me")).status_code == 401
    assert (await first.client.delete("/api/v1/me/sessions")).status_code == 204
    assert (await third.client.get("/api/v1/me")).status_code == 401
    assert (await first.client.get("/api/v1/me")).status_code == 200
