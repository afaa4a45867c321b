"""Addresses that look like others', and the work that a sign-in costs: neither tells or takes an account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from sqlalchemy import text

from tests.support.mail import sent_mails
from tests.support.service import PASSWORD, RunningService, running_service

CYRILLIC_A, CYRILLIC_O, GREEK_O = "\u0430", "\u043e", "\u03bf"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def open_service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    async with running_service(tmp_path_factory.mktemp("alike"), signup="open") as service:
        yield service


def alike(email: str) -> list[str]:
    """Give addresses that people take for one that has the letters a and o in its name."""
    name, _, host = email.partition("@")
    return [
        f"{name.replace('a', CYRILLIC_A)}@{host}",
        f"{name.replace('o', CYRILLIC_O)}@{host}",
        f"{name.replace('o', GREEK_O)}@{host}",
        f"{name}@{host.replace('e', chr(0x435))}",
        f"{name}@xn--hvn-sdd.example",  # the same Cyrillic letter in the host, as mail servers write it
        f"{name.replace('a', chr(0xFF41))}@{host}",  # full width
        f"{name}\u200b@{host}",  # no width at all
        f"{name.replace('a', 'a' + chr(0x30A) + chr(0x327))}@{host}",
    ]


async def test_an_address_that_looks_like_anothers_gets_in_by_no_door(open_service: RunningService) -> None:
    owner, person = await open_service.person(), await open_service.person("sophia-from-hven")
    slug = await open_service.organisation(owner)
    base = f"/api/v1/organisations/{slug}"
    team = (await owner.client.post(f"{base}/teams", json={"name": f"Team of {slug}"})).json()["slug"]
    member = await owner.client.put(f"{base}/members/{person.email}", json={"role": "member"})
    assert member.status_code == 200, member.text
    for email in alike(person.email):
        assert email != person.email
        doors: list[tuple[Any, str, str, Any]] = [
            (open_service.anonymous, "POST", "/api/v1/session", {"email": email, "password": PASSWORD}),
            (open_service.anonymous, "POST", "/api/v1/password-resets", {"email": email}),
            (owner.client, "POST", f"/api/v1/teams/{team}/invitations", {"email": email}),
            (owner.client, "PUT", f"{base}/members/{email}", {"role": "admin"}),
        ]
        for client, method, path, body in doors:
            reply = await client.request(method, path, json=body)
            assert reply.status_code == 400, (email, path, reply.text)
            assert "can be taken for another one" in reply.text, (email, path, reply.text)
        assert await sent_mails(open_service.house, email) == []
    shown = (await owner.client.get(f"{base}/members")).json()["items"]
    assert {m["email"]: m["role"] for m in shown}[person.email] == "member"


async def test_no_account_is_made_for_a_look_alike_and_another_case_is_the_same_account(
    open_service: RunningService,
) -> None:
    for email in alike("sophia.fromhven@hven.example"):
        body = {"email": email, "name": "Somebody", "password": PASSWORD}
        assert (await open_service.anonymous.post("/api/v1/accounts", json=body)).status_code == 400, email
    person = await open_service.person("sophia-case")
    body = {"email": f" {person.email.upper()} ", "password": PASSWORD}
    assert (await open_service.anonymous.post("/api/v1/session", json=body)).status_code == 201


async def test_an_unknown_account_costs_the_hashing_of_a_wrong_password(
    open_service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call of the hasher is noted, with the parameters of the hash, which are its cost; and is carried out."""
    work: list[tuple[str, str, int]] = []
    verify, make = PasswordHasher.verify, PasswordHasher.hash

    def noted_verify(hasher: PasswordHasher, hash: str, password: str) -> bool:
        work.append(("verify", hash.rsplit("$", 2)[0], len(hash)))
        return verify(hasher, hash, password)

    def noted_hash(hasher: PasswordHasher, password: str, **rest: Any) -> str:
        made = make(hasher, password, **rest)
        work.append(("hash", made.rsplit("$", 2)[0], len(made)))
        return made

    person, without = await open_service.person(), await open_service.person()
    async with open_service.house.database.transaction() as connection:
        await connection.execute(
            text("UPDATE accounts SET password_hash = NULL WHERE email = :email"), {"email": without.email}
        )
    monkeypatch.setattr(PasswordHasher, "verify", noted_verify)
    monkeypatch.setattr(PasswordHasher, "hash", noted_hash)
    seen = []
    for email in (person.email, without.email, "nobody.at.all@hven.example"):
        work.clear()
        body = {"email": email, "password": "a wrong password"}
        assert (await open_service.anonymous.post("/api/v1/session", json=body)).status_code == 401
        seen.append(list(work))
    [(kind, cost, _)] = seen[0]
    assert (kind, cost) == ("verify", "$argon2id$v=19$m=65536,t=3,p=1")
    assert seen[0] == seen[1] == seen[2]
