"""Who operates the service, and sees how all organisations do: named on the machine itself, never over HTTP."""

from __future__ import annotations

import msgspec

from domain.errors import Conflict, NotFound
from domain.people import normal_email
from service.audit_log import record_for_service
from service.house import House
from storage import people_store

__all__ = ["Operator", "list_operators", "name_operator"]


class Operator(msgspec.Struct, frozen=True):
    """An account that operates the service."""

    email: str
    name: str


async def list_operators(house: House) -> list[Operator]:
    """List who operates the service, by address."""
    async with house.database.transaction() as connection:
        rows = await people_store.list_operators(connection)
    return [Operator(row.email, row.name) for row in rows]


async def name_operator(house: House, email: str, *, is_operator: bool) -> bool:
    """Make an account an operator of the service, or no longer; from its next request on. Tells whether it changed.

    Raises
    ------
    NotFound
        Nobody has an account with this address.
    Conflict
        Nobody ever confirmed that the account's mail is read at its address.
    """
    async with house.database.transaction() as connection:
        found = await people_store.find_account(connection, normal_email(email))
        if found is None:
            raise NotFound(f"Nobody has an account with this address: `uraniborg-server account {email}` makes one.")
        if is_operator and found.email_confirmed_at is None:
            raise Conflict(f"The address is not confirmed: `uraniborg-server confirm {found.email}` vouches for it.")
        changed = await people_store.set_operator(connection, found.id, is_operator=is_operator)
        if changed:
            done = "operator.named" if is_operator else "operator.removed"
            await record_for_service(connection, None, done, f"accounts/{found.id}", email=found.email)
    return changed
