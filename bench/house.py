"""A house to measure in: a database and objects of its own, and an observatory that owns them."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from service.actions import people
from service.config import load_config
from service.house import NOBODY, House, Tenant
from service.wiring import open_house
from storage.ids import new_id

__all__ = ["PASSWORD", "Observatory", "add_observatory", "house_in", "tenants_of"]

PASSWORD = "a password to measure with"
_numbers = itertools.count(1)


class Observatory(msgspec.Struct, frozen=True):
    """An organisation with a site, a telescope and an instrument, and its owner."""

    organisation_id: UUID
    slug: str
    account_id: UUID
    email: str


@asynccontextmanager
async def house_in(folder: Path, **settings: str) -> AsyncIterator[House]:
    """Open a house under a folder, without server or worker."""
    config = load_config({"URANIBORG_CONFIG": os.devnull}, data_dir=folder, worker=False, **settings)
    async with open_house(config) as house:
        yield house


def tenants_of(house: House, observatory: Observatory) -> Callable[[], Any]:
    """Give what opens transactions of an observatory, as a job has them."""

    @asynccontextmanager
    async def tenant_of() -> AsyncIterator[Tenant]:
        async with house.database.transaction(organisation=observatory.organisation_id) as connection:
            yield Tenant(connection, observatory.organisation_id, observatory.slug, "worker", NOBODY)

    return tenant_of


async def add_observatory(house: House) -> Observatory:
    """Make an observatory of a new owner; its header names are those of `bench.frames`."""
    number = next(_numbers)
    slug, email = f"hven-{number}-{new_id().hex[-6:]}", f"tycho{number}.{new_id().hex[-6:]}@hven.example"
    account = await people.add_account(house, email=email, name="Tycho", password=PASSWORD)
    ids = {name: new_id() for name in ("org", "site", "telescope", "instrument")}
    async with house.database.transaction(account=account.id) as connection:
        await connection.execute(
            text("SELECT set_config('uraniborg.organisation', :org, true)"), {"org": str(ids["org"])}
        )
        for statement in (
            "INSERT INTO organisations (id, slug, name) VALUES (:org, :slug, 'Hven')",
            "INSERT INTO memberships (organisation_id, account_id, role) VALUES (:org, :account, 'owner')",
            "INSERT INTO sites (id, organisation_id, slug, name, latitude_deg, longitude_deg, height_m, time_zone)"
            " VALUES (:site, :org, 'hven', 'Hven', 55.9075, 12.6965, 45, 'Europe/Copenhagen')",
            "INSERT INTO telescopes (id, organisation_id, site_id, slug, name)"
            " VALUES (:telescope, :org, :site, 'quadrant', 'Quadrant')",
            "INSERT INTO instruments (id, organisation_id, telescope_id, slug, name)"
            " VALUES (:instrument, :org, :telescope, 'camera', 'Camera')",
        ):
            await connection.execute(text(statement), ids | {"slug": slug, "account": account.id})
    return Observatory(ids["org"], slug, account.id, email)
