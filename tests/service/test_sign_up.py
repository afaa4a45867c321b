"""Signing up: by who reads the mail, without telling who has an account; and who may be made one of the people."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import structlog
from sqlalchemy import event, text

from service.actions.people import confirm_for
from tests.support.browser import Browser
from tests.support.mail import sent_mails, text_of
from tests.support.service import PASSWORD, RunningService, running_service

CODE = re.compile(r"^    (\w{4}(-\w{4}){3})$", re.MULTILINE)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def open_service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    async with running_service(tmp_path_factory.mktemp("open"), signup="open") as service:
        yield service


async def begin(service: RunningService, email: str, password: str = PASSWORD) -> Any:
    body = {"email": email, "name": "Sophie Brahe", "password": password}
    return await service.anonymous.post("/api/v1/accounts", json=body)


async def code_for(service: RunningService, email: str) -> str:
    found = CODE.search(text_of((await sent_mails(service.house, email))[-1]))
    assert found
    return found[1]


async def confirm(service: RunningService, code: str, password: str = PASSWORD) -> Any:
    return await service.anonymous.post("/api/v1/accounts/confirm", json={"code": code, "password": password})


async def signs_in(service: RunningService, email: str, password: str = PASSWORD) -> bool:
    reply = await service.anonymous.post("/api/v1/session", json={"email": email, "password": password})
    return bool(reply.status_code == 201)


async def test_an_account_is_made_by_who_reads_the_mail(open_service: RunningService) -> None:
    email = "sophie@hven.example"
    begun = await begin(open_service, " Sophie@hven.example")
    assert (begun.status_code, begun.json()["email"]) == (202, email)
    assert not await signs_in(open_service, email), "not before"
    code = await code_for(open_service, email)
    assert (await confirm(open_service, "0000-0000-0000-0000")).status_code == 400
    made = await confirm(open_service, code.upper())
    assert (made.status_code, made.json()["email"], made.json()["name"]) == (201, email, "Sophie Brahe")
    assert await signs_in(open_service, email)
    assert (await confirm(open_service, code)).status_code == 400, "once"


async def test_a_code_makes_no_account_of_what_a_stranger_began(open_service: RunningService) -> None:
    """Somebody begins to make an account for another's address, who types the code that comes by mail."""
    email = "kirsten@hven.example"
    await begin(open_service, email, "the stranger's password")
    code = await code_for(open_service, email)
    assert (await confirm(open_service, code)).status_code == 400
    assert not await signs_in(open_service, email, "the stranger's password")
    await begin(open_service, email)
    mine = await code_for(open_service, email)
    assert (await confirm(open_service, mine)).status_code == 201
    assert (await confirm(open_service, code, "the stranger's password")).status_code == 409
    assert await signs_in(open_service, email)
    assert not await signs_in(open_service, email, "the stranger's password")


async def test_whether_an_address_is_taken_is_told_by_mail_alone(open_service: RunningService) -> None:
    """The reply, and every statement that the database is asked to carry out, are the same."""
    holder = await open_service.person()
    engine = open_service.house.database.engine.sync_engine
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "request_id" in structlog.contextvars.get_contextvars():  # not what the workers beside do meanwhile
            statements.append(statement)

    seen = []
    for email in (holder.email, f"n{holder.email[1:]}"):
        statements.clear()
        event.listen(engine, "before_cursor_execute", note)
        try:
            reply = await begin(open_service, email)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        headers = {k: v for k, v in reply.headers.items() if k not in ("x-request-id", "date")}
        seen.append((reply.status_code, reply.json().keys(), headers, list(statements)))
    assert seen[0] == seen[1]
    assert len(seen[0][3]) > 5
    told = text_of((await sent_mails(open_service.house, holder.email))[-1])
    assert "has one already" in told
    assert not CODE.search(told)
    assert CODE.search(text_of((await sent_mails(open_service.house, f"n{holder.email[1:]}"))[-1]))


async def test_a_plain_browser_makes_an_account(open_service: RunningService) -> None:
    browser = Browser(open_service.client())
    await browser.open("/sign-in")
    assert "/sign-up" in browser.text
    await browser.open("/sign-up")
    await browser.send(name="Live <b>", email="live@hven.example", password="short")
    assert "10 to 1,000 characters" in browser.text
    await browser.send(name="Live <b>", email="live@hven.example", password=PASSWORD)
    assert "A mail is on its way" in browser.text
    code = await code_for(open_service, "live@hven.example")
    assert (await browser.send(code=code, password="another one")).status_code == 400
    await browser.send(code=code, password=PASSWORD)
    assert "You have an account" in browser.text
    assert await signs_in(open_service, "live@hven.example")


async def test_nobody_is_flooded_nor_guesses(open_service: RunningService) -> None:
    statuses = [(await begin(open_service, "jeppe@hven.example")).status_code for _ in range(6)]
    assert statuses == [202] * 5 + [429]
    for email, password in (("no address", PASSWORD), ("a@hven.example", "short")):
        assert (await begin(open_service, email, password)).status_code == 400
    tried = [(await confirm(open_service, f"0000-0000-0000-{n:04}")).status_code for n in range(31)]
    assert set(tried[:25]) == {400}
    assert tried[-1] == 429


async def test_where_sign_up_is_closed_nothing_is_mailed(service: RunningService) -> None:
    refused = await begin(service, "live@hven.example")
    assert refused.status_code == 403
    browser = Browser(service.client())
    assert (await browser.open("/sign-up")).status_code == 403
    assert await sent_mails(service.house, "live@hven.example") == []


async def test_nobody_is_let_in_by_an_address_that_was_never_confirmed(service: RunningService) -> None:
    owner, person = await service.person(), await service.person(confirmed=False)
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    nights = {"telescope": "quadrant", "first_night": "2026-11-20", "email": person.email}

    async def added() -> list[Any]:
        return [
            await owner.client.put(f"{base}/members/{person.email}", json={"role": "member"}),
            await owner.client.post(f"{base}/assignments", json=nights),
        ]

    for refused in await added():
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/address-not-confirmed")
    assert (await person.client.get(base)).status_code == 404
    await person.client.post("/api/v1/me/email/confirmation")
    found = CODE.search(text_of((await sent_mails(service.house, person.email))[-1]))
    assert found
    await person.client.post("/api/v1/me/email/confirm", json={"code": found[1]})
    assert [reply.status_code for reply in await added()] == [200, 201]
    assert (await person.client.get(base)).status_code == 200


async def test_who_was_let_in_before_stays(service: RunningService) -> None:
    owner, person = await service.person(), await service.person()
    slug = await service.organisation(owner)
    member = f"/api/v1/organisations/{slug}/members/{person.email}"
    assert (await owner.client.put(member, json={"role": "member"})).status_code == 200
    async with service.house.database.transaction() as connection:
        await connection.execute(
            text("UPDATE accounts SET email_confirmed_at = NULL WHERE email = :email"), {"email": person.email}
        )
    assert (await owner.client.put(member, json={"role": "admin"})).status_code == 200


async def test_the_operator_vouches_where_no_mail_goes_out(service: RunningService) -> None:
    owner, person = await service.person(), await service.person(confirmed=False)
    member = f"/api/v1/organisations/{await service.organisation(owner)}/members/{person.email}"
    assert (await owner.client.put(member, json={"role": "member"})).status_code == 409
    await confirm_for(service.house, person.email.upper())
    assert (await owner.client.put(member, json={"role": "member"})).status_code == 200
