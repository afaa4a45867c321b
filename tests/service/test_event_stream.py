"""Events followed over a real connection: gone on with where it broke off, and ended with what opened it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from service.open_streams import MOST_OF_ONE
from tests.support.asgi_server import free_socket
from tests.support.fits_bytes import image_file
from tests.support.sending import send, wait_for_jobs
from tests.support.service import PASSWORD, Person, RunningService


async def events_of(stream: httpx.Response) -> AsyncIterator[tuple[int, dict[str, Any]]]:
    number = 0
    async for line in stream.aiter_lines():
        if line.startswith("id:"):
            number = int(line[3:])
        elif line.startswith("data:"):
            yield number, json.loads(line[5:])


@asynccontextmanager
async def following(url: str, slug: str, headers: dict[str, str], **query: Any) -> AsyncIterator[httpx.Response]:
    async with (
        httpx.AsyncClient(base_url=url, timeout=60) as client,
        client.stream("GET", f"/api/v1/organisations/{slug}/events", params=query, headers=headers) as stream,
    ):
        yield stream


@pytest.fixture
async def begun(service: RunningService) -> tuple[Person, str]:
    owner = await service.person()
    slug = await service.organisation(owner)
    await send(owner.client, slug, {"a.fits": image_file()})
    await wait_for_jobs(owner.client, slug)
    return owner, slug


@pytest.fixture
async def url(service: RunningService) -> AsyncIterator[str]:
    """The running application behind a real HTTP server, in this loop, so that streams stream."""
    with free_socket() as bound:
        server = uvicorn.Server(
            uvicorn.Config(service.app, lifespan="off", log_level="warning", timeout_graceful_shutdown=1)
        )
        task = asyncio.create_task(server.serve(sockets=[bound]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        await task


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


async def test_a_stream_goes_on_where_it_broke_off(begun: tuple[Person, str], url: str) -> None:
    owner, slug = begun
    async with asyncio.timeout(30), following(url, slug, bearer(owner), after=0) as stream:
        first, event = await anext(events_of(stream))
    assert event["kind"] == "files.ingested"
    await send(owner.client, slug, {"b.fits": image_file((10, 10))})
    await wait_for_jobs(owner.client, slug)
    # What a browser says by itself goes before what stands in the address that it opened first.
    async with (
        asyncio.timeout(30),
        following(url, slug, bearer(owner) | {"Last-Event-ID": str(first)}, after=0) as stream,
    ):
        second, _ = await anext(events_of(stream))
    assert second > first


async def test_a_stream_ends_with_the_session_that_opened_it(
    begun: tuple[Person, str], url: str, service: RunningService
) -> None:
    owner, slug = begun
    async with service.client() as browser:
        signed = await browser.post("/api/v1/session", json={"email": owner.email, "password": PASSWORD})
        cookie = {"Cookie": f"uraniborg_session={signed.cookies['uraniborg_session']}"}
        csrf = {"X-CSRF-Token": signed.json()["csrf_token"]}
        async with asyncio.timeout(60), following(url, slug, cookie, after=0) as stream:
            events = events_of(stream)
            await anext(events)
            assert (await browser.delete("/api/v1/session", headers=csrf)).status_code == 204
            await send(owner.client, slug, {"c.fits": image_file((12, 12))})
            await wait_for_jobs(owner.client, slug)
            assert [event async for event in events] == []


async def test_a_stream_ends_when_somebody_is_no_longer_one_of_the_people(
    begun: tuple[Person, str], url: str, service: RunningService
) -> None:
    owner, slug = begun
    member = await service.person()
    base = f"/api/v1/organisations/{slug}"
    await owner.client.put(f"{base}/members/{member.email}", json={"role": "member"})
    async with asyncio.timeout(60), following(url, slug, bearer(member)) as stream:
        assert (await owner.client.delete(f"{base}/members/{member.email}")).status_code == 204
        assert [event async for event in events_of(stream)] == []


async def test_an_account_has_so_many_streams_and_closed_ones_count_no_more(
    begun: tuple[Person, str], url: str
) -> None:
    owner, slug = begun
    opened = []
    async with asyncio.timeout(60):
        async with httpx.AsyncClient(base_url=url, headers=bearer(owner), timeout=60) as client:
            path = f"/api/v1/organisations/{slug}/events"
            while len(opened) < MOST_OF_ONE + 3:
                reply = await client.send(client.build_request("GET", path), stream=True)
                if reply.status_code != 200:
                    break
                opened.append(reply)
            assert reply.status_code == 429 and "retry-after" in reply.headers
            assert MOST_OF_ONE - 1 <= len(opened) <= MOST_OF_ONE
            for each in [*opened, reply]:
                await each.aclose()
        while True:  # what was closed is noticed with the next sign of life
            async with httpx.AsyncClient(base_url=url, headers=bearer(owner), timeout=60) as client:
                again = await client.send(client.build_request("GET", path), stream=True)
                await again.aclose()
            if again.status_code == 200:
                break
            await asyncio.sleep(0.5)
