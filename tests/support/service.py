"""The whole service in one process, with a database and objects of its own, and people to try it with."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import msgspec
from litestar import Litestar
from sqlalchemy import text

from service import maintenance
from service.actions import people
from service.app import create_app
from service.config import Config, load_config
from service.house import House
from service.wiring import open_house

__all__ = ["Person", "RunningService", "running_service"]

PASSWORD = "a long enough password"
_numbers = itertools.count(1)

# Housekeeping comes when a test asks for it: at its own time it would undo what is done as if days had passed.
maintenance.FIRST_S = 86_400.0


class Person(msgspec.Struct):
    """Somebody with an account and a token, and a client that speaks for them."""

    email: str
    name: str
    token: str
    client: httpx.AsyncClient


class RunningService(msgspec.Struct):
    """The application as its users meet it, by HTTP; requests to signed URLs of the local store work too."""

    app: Litestar
    house: House

    @property
    def anonymous(self) -> httpx.AsyncClient:
        """A client of nobody: a new one each time, so that no cookie makes it somebody."""
        return self.client()

    def client(self, **headers: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),  # type: ignore[arg-type]
            base_url=self.house.config.base_url,
            headers=headers,
            timeout=60,
        )

    async def person(self, name: str = "", *, confirmed: bool = True) -> Person:
        """Make an account with a personal token; or one of before addresses had to be confirmed."""
        name = name or f"person{next(_numbers)}"
        email = f"{name}.{next(_numbers)}@hven.example"
        await people.add_account(self.house, email=email, name=name, password=PASSWORD)
        async with self.client() as browser:
            reply = await browser.post("/api/v1/session", json={"email": email, "password": PASSWORD})
            assert reply.status_code == 201, reply.text
            made = await browser.post(
                "/api/v1/tokens",
                json={"name": "tests"},
                headers={"X-CSRF-Token": reply.json()["csrf_token"]},
            )
            assert made.status_code == 201, made.text
        if not confirmed:
            async with self.house.database.transaction() as connection:
                forget = text("UPDATE accounts SET email_confirmed_at = NULL WHERE email = :email")
                await connection.execute(forget, {"email": email})
        token = made.json()["secret"]
        return Person(email, name, token, self.client(Authorization=f"Bearer {token}"))

    async def organisation(self, owner: Person, name: str = "") -> str:
        """Make an organisation owned by somebody; return its slug."""
        name = name or f"Observatory {next(_numbers)}"
        reply = await owner.client.post("/api/v1/organisations", json={"name": name})
        assert reply.status_code == 201, reply.text
        return str(reply.json()["slug"])

    async def equipped(self, owner: Person) -> str:
        """Make an organisation with the site ``hven``, the telescope ``quadrant`` and the instrument ``camera``."""
        slug = await self.organisation(owner)
        for path, body in (
            (
                "sites",
                {"name": "Hven", "latitude_deg": 55.9075, "longitude_deg": 12.6965, "time_zone": "Europe/Copenhagen"},
            ),
            ("telescopes", {"name": "Quadrant", "site": "hven", "aperture_mm": 600, "focal_length_mm": 3600}),
            ("instruments", {"name": "Camera", "telescope": "quadrant", "filters": ["B", "V", "R"]}),
        ):
            reply = await owner.client.post(f"/api/v1/organisations/{slug}/{path}", json=body)
            assert reply.status_code == 201, reply.text
        return slug


@asynccontextmanager
async def running_service(
    folder: Path, *, opener: Callable[[Config], AbstractAsyncContextManager[House]] = open_house, **settings: object
) -> AsyncIterator[RunningService]:
    """Start the application in this process over a folder of its own; ``opener`` opens its house."""
    # Nothing of a test reaches DataCite itself, nor anybody's catalogue of satellites, nor the DNS.
    nowhere = {"datacite_url": "http://127.0.0.1:9", "datacite_test_url": "http://127.0.0.1:9", "satellites_url": ""}
    nowhere |= {"name_server": "127.0.0.1:9"}
    # Nor the database and store of whoever works in this folder.
    config = load_config({"URANIBORG_CONFIG": os.devnull}, data_dir=folder, **(nowhere | settings))
    app = create_app(config, opener=opener)
    started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()

    async def live() -> None:
        # Opened and closed in one task, whatever task the fixture's two halves run in.
        try:
            async with app.lifespan():
                started.set_result(None)
                await stop.wait()
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    task = asyncio.create_task(live())
    await started
    try:
        yield RunningService(app, app.state.house)
    finally:
        stop.set()
        await task
