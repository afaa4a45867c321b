"""Accounts, sessions, tokens, organisations: who gets in, and who stays out."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from service.actions.newcomers import UNKNOWN
from service.actions.people import FAILURES_PER_ADDRESS, FAILURES_PER_EMAIL
from tests.support.service import PASSWORD, RunningService


def from_address(service: RunningService, address: str) -> httpx.AsyncClient:
    """Make a client of nobody that comes from an address of its own."""
    transport = httpx.ASGITransport(app=service.app, client=(address, 1577))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=service.house.config.base_url, timeout=60)


async def test_session_needs_the_csrf_token_for_changes_only(service: RunningService) -> None:
    person = await service.person("sophie")
    async with service.client() as browser:
        reply = await browser.post("/api/v1/session", json={"email": person.email.upper(), "password": PASSWORD})
        assert reply.status_code == 201
        assert "httponly" in reply.headers["set-cookie"].lower()
        assert (await browser.get("/api/v1/me")).json()["email"] == person.email
        refused = await browser.post("/api/v1/organisations", json={"name": "No token"})
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
        csrf = {"X-CSRF-Token": reply.json()["csrf_token"]}
        assert (await browser.post("/api/v1/organisations", json={"name": "With"}, headers=csrf)).status_code == 201
        assert (await browser.delete("/api/v1/session", headers=csrf)).status_code == 204
        assert (await browser.get("/api/v1/me")).status_code == 401


async def test_unknown_account_and_wrong_password_look_alike_and_are_throttled(service: RunningService) -> None:
    person = await service.person("thrott")
    replies = []
    for email in (person.email, "nobody@hven.example"):
        reply = await service.anonymous.post("/api/v1/session", json={"email": email, "password": "wrong password"})
        replies.append({k: v for k, v in reply.json().items() if k != "request_id"})
    assert replies[0] == replies[1]
    assert replies[0]["status"] == 401
    for _ in range(9):
        await service.anonymous.post("/api/v1/session", json={"email": person.email, "password": "wrong password"})
    right = await service.anonymous.post("/api/v1/session", json={"email": person.email, "password": PASSWORD})
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0


async def test_who_guesses_many_passwords_at_once_is_told_of_no_more_than_in_a_row(service: RunningService) -> None:
    person, unknown = await service.person(), "nobody.at.once@hven.example"

    async def guess(client: httpx.AsyncClient, email: str, password: str) -> int:
        return (await client.post("/api/v1/session", json={"email": email, "password": password})).status_code

    for client_number, email in enumerate((person.email, unknown)):
        async with from_address(service, f"198.51.100.{client_number}") as client:
            told = await asyncio.gather(*(guess(client, email, f"wrong password {n}") for n in range(60)))
            assert sorted(told) == [401] * FAILURES_PER_EMAIL + [429] * (60 - FAILURES_PER_EMAIL)
            assert await guess(client, email, PASSWORD) == 429
    async with from_address(service, "198.51.100.9") as client:
        many = await asyncio.gather(
            *(guess(client, f"nobody{n}.at.once@hven.example", "wrong password") for n in range(70))
        )
        assert sorted(many) == [401] * FAILURES_PER_ADDRESS + [429] * (70 - FAILURES_PER_ADDRESS)


async def test_who_knows_the_password_may_sign_in_often_at_once(service: RunningService) -> None:
    person = await service.person()
    login = {"email": person.email, "password": PASSWORD}
    async with from_address(service, "198.51.100.20") as client:
        assert {
            reply.status_code
            for reply in await asyncio.gather(*(client.post("/api/v1/session", json=login) for _ in range(30)))
        } == {201}


async def test_a_revoked_token_stops_with_the_next_request(service: RunningService) -> None:
    person = await service.person()
    made = (await person.client.post("/api/v1/tokens", json={"name": "laptop", "scopes": ["account"]})).json()
    async with service.client(Authorization=f"Bearer {made['secret']}") as other:
        assert (await other.get("/api/v1/me")).status_code == 200
        more = await other.post("/api/v1/tokens", json={"name": "more", "scopes": ["files:write"]})
        assert more.status_code == 403, "a token must not make a stronger one"
        assert (await person.client.delete(f"/api/v1/tokens/{made['id']}")).status_code == 204
        assert (await other.get("/api/v1/me")).status_code == 401
    listed = (await person.client.get("/api/v1/tokens")).json()["items"]
    assert {t["name"]: t["revoked_at"] is not None for t in listed} == {"laptop": True, "tests": False}
    assert not any("secret" in t for t in listed)


async def test_an_upload_only_token_reaches_nothing_else(service: RunningService) -> None:
    person = await service.person()
    slug = await service.organisation(person)
    made = await person.client.post(
        "/api/v1/tokens", json={"name": "dome pc", "kind": "upload-only", "organisation": slug}
    )
    assert made.json()["scopes"] == ["uploads:write"]
    async with service.client(Authorization=f"Bearer {made.json()['secret']}") as dome:
        for path in ("/api/v1/me", f"/api/v1/organisations/{slug}", f"/api/v1/organisations/{slug}/sites"):
            assert (await dome.get(path)).status_code == 403


@pytest.mark.parametrize("role", ["admin", "member"])
async def test_roles_bound_what_people_do(service: RunningService, role: str) -> None:
    owner, other, third = [await service.person() for _ in range(3)]
    slug = await service.organisation(owner)
    base = f"/api/v1/organisations/{slug}"
    assert (await other.client.get(base)).status_code == 404
    assert (await owner.client.put(f"{base}/members/{other.email}", json={"role": role})).status_code == 200
    assert (await other.client.get(base)).json()["role"] == role
    site = {"name": "A site", "latitude_deg": -30, "longitude_deg": 289.2, "time_zone": "America/Santiago"}
    assert (await other.client.post(f"{base}/sites", json=site)).status_code == (201 if role == "admin" else 403)
    promoted = await other.client.put(f"{base}/members/{third.email}", json={"role": "owner"})
    assert promoted.status_code == 403, "nobody grants above their own role"
    assert (await other.client.delete(f"{base}/members/{owner.email}")).status_code == 403


async def test_there_is_always_an_owner(service: RunningService) -> None:
    owner = await service.person()
    base = f"/api/v1/organisations/{await service.organisation(owner)}/members/{owner.email}"
    assert (await owner.client.put(base, json={"role": "member"})).status_code == 409
    assert (await owner.client.delete(base)).status_code == 409


async def test_who_has_an_account_is_told_of_a_few_addresses_and_of_no_list(service: RunningService) -> None:
    """Anybody may be owner of an organisation, where people make their own accounts."""
    owner, known = await service.person(), await service.person()
    members = f"/api/v1/organisations/{await service.organisation(owner)}/members"

    async def add(email: str) -> int:
        return (await owner.client.put(f"{members}/{email}", json={"role": "member"})).status_code

    guessed = await asyncio.gather(*(add(f"perhaps.{n}@hven.example") for n in range(40)))
    assert set(guessed) == {404, 429} and guessed.count(404) == UNKNOWN
    assert await add(known.email) == 429


async def test_sites_take_either_longitude_convention_and_refuse_what_is_no_zone(service: RunningService) -> None:
    owner = await service.person()
    base = f"/api/v1/organisations/{await service.organisation(owner)}/sites"
    site = {"name": "La Silla", "latitude_deg": -29.257, "longitude_deg": 289.27, "time_zone": "America/Santiago"}
    made = await owner.client.post(base, json=site)
    assert made.json()["longitude_deg"] == pytest.approx(-70.73)
    assert (await owner.client.post(base, json=site)).status_code == 409
    refused = await owner.client.post(base, json=site | {"slug": "b", "time_zone": "Mars/Olympus"})
    assert refused.status_code == 400
    assert "time zone" in refused.json()["detail"].lower()
    changed = await owner.client.patch(f"{base}/la-silla", json={"height_m": 2347})
    assert (changed.json()["height_m"], changed.json()["name"]) == (2347, "La Silla")
