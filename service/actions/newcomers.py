"""Finding by their address who is to belong to an organisation: which strangers have an account is told sparingly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from domain.errors import NotFound
from domain.people import AddressNotConfirmed
from service.actions.throttling import Allowance, check_allowances, count_against
from service.house import Actor, House, Tenant
from storage import organisation_store, people_store

__all__ = ["find_person", "looking_for_people"]

UNKNOWN, HOUR_S = 30, 3600


class NoSuchAccount(NotFound):
    code = "no-account"
    title = "Nobody has an account with this address"


@asynccontextmanager
async def looking_for_people(house: House, actor: Actor) -> AsyncIterator[None]:
    """Let somebody look a few addresses an hour up in vain, and no list of them.

    Raises
    ------
    TooManyAttempts
        They were of nobody 30 times within an hour.
    """
    in_vain = Allowance(f"unknown-address:{actor.account_id}", UNKNOWN, HOUR_S)
    async with house.database.transaction() as connection:
        await check_allowances(connection, in_vain)
    try:
        yield
    except (NoSuchAccount, AddressNotConfirmed):
        async with house.database.transaction() as connection:
            await check_allowances(connection, in_vain)
            await count_against(connection, in_vain)
        raise


async def find_person(house: House, tenant: Tenant, email: str) -> tuple[Any, str | None]:
    """Find an account by its address, and its role here, None for a newcomer: who may be let in, so.

    An account whose holder was never seen to read mail there may be somebody else's, who waits for what is meant for
    the address.

    Raises
    ------
    NotFound
        No account has this address.
    AddressNotConfirmed
        A newcomer was never seen to read mail there.
    """
    person = await people_store.find_account(tenant.connection, email)
    if person is None:
        raise NoSuchAccount(
            "Nobody has an account with this address yet: they sign up first, or the operator adds them."
        )
    role = await organisation_store.member_role(tenant.connection, tenant.organisation_id, person.id)
    if role is None and person.email_confirmed_at is None:
        raise AddressNotConfirmed(
            f"{person.email} never confirmed the address, so that the account may be somebody else's. They do it at"
            f" {house.config.base_url}/account; where no mail goes out, the operator runs `uraniborg-server confirm`."
        )
    return person, role
