"""A POST repeated with its key happens once and is answered alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from service.app import API_BODY_BYTES
from tests.support.service import RunningService


async def test_a_repeated_post_happens_once(service: RunningService) -> None:
    owner = await service.person()
    key = {"Idempotency-Key": "b7d0f1"}
    first = await owner.client.post("/api/v1/organisations", json={"name": "Once only"}, headers=key)
    again = await owner.client.post("/api/v1/organisations", json={"name": "Once only"}, headers=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = await owner.client.post("/api/v1/organisations", json={"name": "Another"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/idempotency-key-reused")


async def test_keys_belong_to_their_caller(service: RunningService) -> None:
    one, two = await service.person(), await service.person()
    key = {"Idempotency-Key": "same for both"}
    first = await one.client.post("/api/v1/organisations", json={"name": "First caller"}, headers=key)
    second = await two.client.post("/api/v1/organisations", json={"name": "Second caller"}, headers=key)
    assert (first.json()["slug"], second.json()["slug"]) == ("first-caller", "second-caller")


async def test_secrets_are_not_kept(service: RunningService) -> None:
    owner = await service.person()
    key = {"Idempotency-Key": "secret"}
    first = await owner.client.post("/api/v1/tokens", json={"name": "a"}, headers=key)
    second = await owner.client.post("/api/v1/tokens", json={"name": "a"}, headers=key)
    assert first.json()["secret"] != second.json()["secret"]


async def test_many_at_once_happen_once(service: RunningService) -> None:
    owner = await service.person()
    key = {"Idempotency-Key": "race"}
    replies = await asyncio.gather(
        *(owner.client.post("/api/v1/organisations", json={"name": "Race of keys"}, headers=key) for _ in range(8))
    )
    assert {r.status_code for r in replies} <= {201, 409}
    assert {r.json()["type"] for r in replies if r.status_code == 409} <= {"/problems/request-still-running"}
    assert sum(r.status_code == 201 for r in replies) >= 1
    mine = (await owner.client.get("/api/v1/me")).json()["organisations"]
    assert [o["organisation"] for o in mine] == ["race-of-keys"]


async def test_bad_keys_are_refused_as_problems(service: RunningService) -> None:
    owner = await service.person()
    reply = await owner.client.post("/api/v1/organisations", json={"name": "a"}, headers={"Idempotency-Key": "x" * 300})
    assert (reply.status_code, reply.json()["type"]) == (400, "/problems/invalid-input")


@pytest.mark.parametrize("path", ["/api/v1/accounts", "/api/v1/organisations", "/stripe/events"])
@pytest.mark.parametrize(("announced", "most_bytes"), [(True, 0), (False, API_BODY_BYTES)])
async def test_no_more_of_a_body_is_taken_in_than_the_api_takes(
    service: RunningService, path: str, announced: bool, most_bytes: int
) -> None:
    sent, piece = 0, bytes(1_000_000)

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += len(piece)
            yield piece

    headers = {"Idempotency-Key": "a flood", "Content-Type": "application/json"}
    headers |= {"Content-Length": str(100 * len(piece))} if announced else {}
    reply = await service.anonymous.post(path, content=body(), headers=headers)
    assert (reply.status_code, reply.json()["type"]) == (413, "/problems/too-large")
    assert sent <= most_bytes + len(piece)
