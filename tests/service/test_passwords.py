"""Passwords forgotten and changed, and addresses confirmed: by mail, once, and without telling who has an account."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
import structlog
from sqlalchemy import event, text

from storage import outside_identity_store
from tests.support.browser import Browser
from tests.support.mail import sent_mails, text_of
from tests.support.service import PASSWORD, Person, RunningService

NEW = "another long password"


async def code_for(service: RunningService, person: Person) -> str:
    """Read the newest code that was mailed to somebody."""
    mail = (await sent_mails(service.house, person.email))[-1]
    said = text_of(mail)
    found = re.search(r"^    ([0-9a-z]{4}(-[0-9a-z]{4}){3})$", said, re.MULTILINE)
    assert found, said
    assert found[1] not in str(mail["Subject"])
    assert not re.search(r"http\S*" + found[1], said), "no secret in an address"
    return found[1]


async def ask(service: RunningService, email: str) -> Any:
    return await service.anonymous.post("/api/v1/password-resets", json={"email": email})


async def reset(service: RunningService, code: str, password: str = NEW) -> int:
    body = {"code": code, "password": password}
    return (await service.anonymous.post("/api/v1/password-resets/complete", json=body)).status_code


async def sign_in(service: RunningService, person: Person, password: str) -> Any:
    client = service.client()
    reply = await client.post("/api/v1/session", json={"email": person.email, "password": password})
    if reply.status_code == 201:
        client.headers["X-CSRF-Token"] = reply.json()["csrf_token"]
    return client if reply.status_code == 201 else None


async def test_a_forgotten_password_is_set_anew_once(service: RunningService) -> None:
    person = await service.person()
    browser = await sign_in(service, person, PASSWORD)
    assert (await ask(service, person.email.upper())).status_code == 204
    first = await code_for(service, person)
    await ask(service, person.email)
    code = await code_for(service, person)
    assert await reset(service, code, "short") == 400
    assert await reset(service, f" {code.upper()} ") == 204
    assert (await browser.get("/api/v1/me")).status_code == 401, "every browser is signed out"
    assert await reset(service, code) == 400, "once"
    assert await reset(service, first) == 400, "nor one before it"
    assert await sign_in(service, person, PASSWORD) is None
    assert await sign_in(service, person, NEW) is not None
    told = (await sent_mails(service.house, person.email))[-1]
    assert told["Subject"] == "Your password was changed"
    again = await sign_in(service, person, NEW)
    assert (await again.get("/api/v1/me/ways-in")).json()["email_confirmed"] is True


async def test_who_made_an_account_for_anothers_address_does_not_keep_a_way_in(service: RunningService) -> None:
    """Pre-hijacking: the account waits for its owner, with a token and an identity elsewhere of who made it."""
    for confirmed in (False, True):
        person = await service.person(confirmed=False)
        async with service.house.database.transaction() as connection:
            account_id = await connection.scalar(
                text("SELECT id FROM accounts WHERE email = :email"), {"email": person.email}
            )
            await outside_identity_store.add(
                connection, account_id, issuer="https://elsewhere.example", subject=person.email, label="thief"
            )
        if confirmed:
            await person.client.post("/api/v1/me/email/confirmation")
            code = {"code": await code_for(service, person)}
            assert (await person.client.post("/api/v1/me/email/confirm", json=code)).status_code == 204
        await ask(service, person.email)
        assert await reset(service, await code_for(service, person)) == 204
        ways = await (await sign_in(service, person, NEW)).get("/api/v1/me/ways-in")
        assert ways.json()["identities"] == (1 if confirmed else 0)
        assert (await person.client.get("/api/v1/me")).status_code == (200 if confirmed else 401)


async def test_a_code_used_twice_at_once_sets_one_password(service: RunningService) -> None:
    person = await service.person()
    await ask(service, person.email)
    code = await code_for(service, person)
    statuses = await asyncio.gather(*(reset(service, code, f"{NEW} {n}") for n in range(4)))
    assert sorted(statuses) == [204, 400, 400, 400]


async def test_a_code_ends_after_an_hour(service: RunningService) -> None:
    person = await service.person()
    await ask(service, person.email)
    async with service.house.database.transaction() as connection:
        left = await connection.scalar(
            text("SELECT max(expires_at) - now() FROM one_time_secrets WHERE purpose = 'reset-password'")
        )
        assert 3500 < left.total_seconds() <= 3600
        await connection.execute(text("UPDATE one_time_secrets SET expires_at = now()"))
    assert await reset(service, await code_for(service, person)) == 400


async def test_whether_there_is_an_account_shows_nowhere(service: RunningService) -> None:
    """The reply, and every statement that the database is asked to carry out, are the same."""
    person = await service.person()
    engine = service.house.database.engine.sync_engine
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "request_id" in structlog.contextvars.get_contextvars():  # not what the workers beside do meanwhile
            statements.append(statement)

    seen = []
    for email in (person.email, "nobody.at.all@hven.example"):
        statements.clear()
        event.listen(engine, "before_cursor_execute", note)
        try:
            reply = await ask(service, email)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        headers = {k: v for k, v in reply.headers.items() if k not in ("x-request-id", "date")}
        seen.append((reply.status_code, reply.content, headers, list(statements)))
    *known, kept = seen[0][3]
    *unknown, undone = seen[1][3]
    assert (kept, undone) == ("RELEASE SAVEPOINT sa_savepoint_1", "ROLLBACK TO SAVEPOINT sa_savepoint_1")
    assert known == unknown
    assert seen[0][:3] == seen[1][:3]
    assert len(seen[0][3]) > 5
    assert await sent_mails(service.house, "nobody.at.all@hven.example") == []
    async with service.house.database.transaction() as connection:
        waiting = text("SELECT count(*) FROM one_time_secrets WHERE account_id IS NULL AND purpose = 'reset-password'")
        assert await connection.scalar(waiting) == 0


async def test_nobody_is_flooded_with_mail(service: RunningService) -> None:
    person = await service.person()
    for email in (person.email, f"nobody.{person.name}@hven.example"):
        statuses = [(await ask(service, email)).status_code for _ in range(6)]
        assert statuses == [204] * 5 + [429], email
    assert (await ask(service, "no address")).status_code == 400


async def test_a_password_is_changed_by_who_knows_it(service: RunningService) -> None:
    person = await service.person()
    here, there = await sign_in(service, person, PASSWORD), await sign_in(service, person, PASSWORD)
    body = {"current": PASSWORD, "new": NEW}
    assert (await person.client.put("/api/v1/me/password", json=body)).status_code == 403, "by a token"
    assert (await here.put("/api/v1/me/password", json=body | {"current": "wrong password"})).status_code == 403
    assert (await here.put("/api/v1/me/password", json={"new": NEW})).status_code == 403
    assert (await here.put("/api/v1/me/password", json=body | {"new": "short"})).status_code == 400
    assert (await here.put("/api/v1/me/password", json=body)).status_code == 204
    assert (await here.get("/api/v1/me")).status_code == 200
    assert (await there.get("/api/v1/me")).status_code == 401
    assert await sign_in(service, person, NEW) is not None
    statuses = [
        (await here.put("/api/v1/me/password", json={"current": "x", "new": PASSWORD})).status_code for _ in range(11)
    ]
    assert statuses == [403] * 8 + [429] * 3, "two were wrong before"
    many = await sign_in(service, at_once := await service.person(), PASSWORD)
    guesses = ({"current": f"wrong {n}", "new": NEW} for n in range(40))
    replies = await asyncio.gather(*(many.put("/api/v1/me/password", json=guess) for guess in guesses))
    assert sorted(reply.status_code for reply in replies) == [403] * 10 + [429] * 30, at_once.email


async def test_an_address_is_confirmed_by_who_reads_its_mail(service: RunningService) -> None:
    person, other = await service.person(confirmed=False), await service.person()
    assert (await person.client.post("/api/v1/me/email/confirmation")).status_code == 204
    code = await code_for(service, person)
    confirm = {"code": code}
    assert (await other.client.post("/api/v1/me/email/confirm", json=confirm)).status_code == 400
    assert await reset(service, code) == 400, "it is for one thing only"
    assert (await person.client.post("/api/v1/me/email/confirm", json={"code": "made up"})).status_code == 400
    assert (await person.client.get("/api/v1/me/ways-in")).json()["email_confirmed"] is False
    assert (await person.client.post("/api/v1/me/email/confirm", json=confirm)).status_code == 204
    assert (await person.client.get("/api/v1/me/ways-in")).json() == {
        "password": True,
        "second_factor": False,
        "recovery_codes_left": 0,
        "identities": 0,
        "email_confirmed": True,
    }
    assert (await person.client.post("/api/v1/me/email/confirm", json=confirm)).status_code == 400, "once"


async def test_a_plain_browser_does_all_of_it(service: RunningService) -> None:
    person = await service.person()
    browser = Browser(service.client())
    pages = []
    await browser.open("/sign-in")
    assert "/account/forgot" in browser.text
    for email in (f"nobody.{person.name}@hven.example", person.email):
        await browser.open("/account/forgot")
        await browser.send(email=email)
        pages.append(browser.text)
    assert pages[0] == pages[1]
    assert (await browser.send(code="0000-0000-0000-0000", password=NEW)).status_code == 400
    await browser.send(code=await code_for(service, person), password=NEW)
    assert "Your password is set" in browser.text

    other = await service.person(confirmed=False)
    await browser.open("/account")
    await browser.sign_in(other.email, PASSWORD)
    await browser.send(press="Confirm your address")
    await browser.send(code=await code_for(service, other))
    assert "Confirm your address" not in browser.text
    assert other.email in browser.text


@pytest.mark.parametrize("path", ["/sign-up", "/sign-up/code",
                                  "/account/forgot", "/account/reset", "/account/confirmation", "/account/link",
                                  "/account/unlink", "/sign-in", "/sign-in/second-factor", "/sign-out",
                                  "/oauth/consent", "/oauth/device", "/oauth/device/decide"])  # fmt: skip
async def test_forms_are_taken_from_our_pages_only(service: RunningService, path: str) -> None:
    person = await service.person()
    browser = Browser(service.client())
    await browser.open("/account")
    await browser.sign_in(person.email, PASSWORD)
    fields = {
        "email": person.email,
        "password": PASSWORD,
        "code": "x",
        "provider": "x",
        "identity": "x",
        "client_id": "x",
    }
    for headers in ({}, {"origin": "https://evil.example"}):
        reply = await browser.client.post(path, data=fields | {"form_token": "made up"}, headers=headers)
        assert reply.status_code == 403, path
    assert "not sent from its page" in reply.text
    assert (await browser.client.get("/api/v1/me")).status_code == 200
