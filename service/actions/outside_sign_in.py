"""Signing in with an identity elsewhere, and linking it to an account: never by an e-mail address alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from domain.errors import Conflict, NotFound, ProviderUnavailable
from domain.people import normal_email
from service.actions.credentials import hash_secret, new_secret, same_secret
from service.actions.sessions import SecondFactorNeeded, SignedIn, by_own_hand, enter
from service.actions.throttling import Allowance, check_allowances, count_against
from service.audit_log import record_for_account, record_for_service
from service.house import Actor, House
from service.identity_provider import IdentityRefused, OutsideIdentity, Provider, Providers
from service.paging import Page, decode_cursor, encode_cursor
from storage import one_time_store, outside_identity_store, people_store

__all__ = ["Came", "LastWay", "LinkedIdentity", "ProviderShown", "begin", "come_back", "list_identities",
           "list_providers", "unlink"]  # fmt: skip

PURPOSE = "outside-sign-in"
VISIT_LIFE = timedelta(minutes=10)
BEGUN_PER_ADDRESS = 100


class LastWay(Conflict):
    code = "last-way-of-signing-in"
    title = "The last way of signing in stays"


class ProviderShown(msgspec.Struct):
    """Where one can sign in elsewhere: open ``address`` in a browser."""

    name: str
    title: str
    address: str


class LinkedIdentity(msgspec.Struct):
    """An identity elsewhere with which one signs in here."""

    id: UUID
    provider: str
    label: str
    created_at: datetime
    last_used_at: datetime | None


class Came(msgspec.Struct):
    """Somebody came back: signed in (with the secret for the cookie), asked for a second factor (with the challenge
    that goes into that step), or with another identity linked."""

    onward: str
    entered: tuple[SignedIn, str] | None = None
    challenge: str | None = None


def list_providers(house: House, providers: Providers) -> list[ProviderShown]:
    """List where one can sign in elsewhere."""
    return [ProviderShown(each.name, each.title, f"{house.config.base_url}/sign-in/{each.name}") for each in providers]


def _derived(house: House, word: str, state: str) -> str:
    """Derive what belongs to a visit from its state: nobody else can, and nothing needs to be kept."""
    digest = hmac.new(house.config.secret("visits"), f"{word}|{state}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


async def begin(
    house: House, provider: Provider, *, onward: str, client_address: str, link_to: UUID | None = None
) -> tuple[str, str]:
    """Begin a visit to a provider; returns its address, and a secret for a cookie of this browser.

    Parameters
    ----------
    onward : str
        Where one goes afterwards.
    link_to : UUID, optional
        The account to which the identity shall be linked; None to sign in with it.

    Raises
    ------
    ProviderUnavailable
    TooManyAttempts
    """
    state, bound = new_secret(), new_secret()
    address = await provider.address(
        state=state, nonce=_derived(house, "nonce", state), verifier=_derived(house, "verifier", state)
    )
    begun = Allowance(f"outside-sign-in:{client_address}", BEGUN_PER_ADDRESS)
    async with house.database.transaction() as connection:
        await check_allowances(connection, begun)
        await count_against(connection, begun)
        await one_time_store.add(
            connection,
            secret_hash=hash_secret(state),
            purpose=PURPOSE,
            account_id=link_to,
            facts={"provider": provider.name, "onward": onward, "bound": hash_secret(bound).hex()},
            expires_at=datetime.now(UTC) + VISIT_LIFE,
        )
    return address, bound


async def come_back(
    house: House, provider: Provider, given: dict[str, str], *, bound: str, actor: Actor | None, browser: str
) -> Came:
    """Finish a visit.

    Parameters
    ----------
    given : dict of str
        Members of the address that the provider sent the browser back to.
    bound : str
        The secret of the browser's cookie.
    actor : Actor or None
        Who is signed in.

    Raises
    ------
    IdentityRefused
        The visit was not begun in this browser, was finished before, or what the provider says does not hold.
    """
    state = given.get("state", "")
    async with house.database.transaction() as connection:
        visit = await one_time_store.take(connection, hash_secret(state), PURPOSE)
    if (
        visit is None
        or visit.facts["provider"] != provider.name
        or not same_secret(bound, bytes.fromhex(visit.facts["bound"]))
    ):
        raise IdentityRefused("This was not begun in this browser, or too long ago: begin again.")
    try:
        return await _finish(house, provider, given, visit.facts["onward"], visit.account_id, actor, browser)
    except (IdentityRefused, ProviderUnavailable) as error:
        # The visit is over: nothing but this tells another way of signing in where one was going.
        error.facts["onward"] = visit.facts["onward"]
        raise


async def _finish(
    house: House,
    provider: Provider,
    given: dict[str, str],
    onward: str,
    link_to: UUID | None,
    actor: Actor | None,
    browser: str,
) -> Came:
    if "error" in given or "code" not in given:
        raise IdentityRefused(f"{provider.title} did not sign you in: begin again, or choose another way.")
    state = given["state"]
    identity = await provider.identify(
        code=given["code"],
        issuer=given.get("iss"),
        nonce=_derived(house, "nonce", state),
        verifier=_derived(house, "verifier", state),
    )
    if link_to is not None:
        if actor is None or actor.account_id != link_to:
            raise IdentityRefused("You are not signed in any more as who began this: sign in, and link it again.")
        await _link(house, actor, identity)
        return Came(onward)
    account_id = await _known_or_new(house, provider, identity)
    try:
        return Came(onward, await enter(house, account_id, way=provider.name, browser=browser))
    except SecondFactorNeeded as needed:
        # The visit is over: nothing but this tells the second step where one was going.
        return Came(onward, challenge=needed.facts["challenge"])


async def _link(house: House, actor: Actor, identity: OutsideIdentity) -> None:
    account_id = actor.account_id
    async with house.database.transaction(account=account_id) as connection:
        there = await outside_identity_store.find(connection, identity.issuer, identity.subject)
        if there is not None and there.account_id != account_id:
            raise IdentityRefused("This identity is linked to another account: unlink it there first.")
        if there is None:
            await outside_identity_store.add(
                connection, account_id, issuer=identity.issuer, subject=identity.subject, label=identity.label
            )
            await record_for_account(
                connection, actor, "identity.linked", f"accounts/{account_id}", issuer=identity.issuer
            )


async def _known_or_new(house: House, provider: Provider, identity: OutsideIdentity) -> UUID:
    async with house.database.transaction() as connection:
        there = await outside_identity_store.find(connection, identity.issuer, identity.subject)
        if there is not None:
            await outside_identity_store.note_use(connection, there.id, identity.label)
            known: UUID = there.account_id
            return known
        if not identity.email:
            raise IdentityRefused(
                f"{provider.title} confirms no e-mail address of yours, and this identity is linked to no account:"
                " sign in with your password, and link it at /account."
            )
        email = normal_email(identity.email)
        if await people_store.find_account(connection, email) is not None:
            # Whoever has an address elsewhere need not be who has the account here: addresses are given anew.
            raise IdentityRefused(
                "There is an account with this e-mail address already: sign in to it, and link this at /account."
            )
        if not provider.makes_accounts and house.config.signup == "closed":
            raise IdentityRefused("Sign-up is closed here: ask the operator for an account.")
        account_id = await people_store.add_account(
            connection,
            email=email,
            name=identity.name or email.partition("@")[0],
            password_hash=None,
            is_operator=False,
            confirmed=True,
        )
        await outside_identity_store.add(
            connection, account_id, issuer=identity.issuer, subject=identity.subject, label=identity.label
        )
        await record_for_service(
            connection, None, "account.made", f"accounts/{account_id}", email=email, issuer=identity.issuer
        )
        return account_id


async def list_identities(
    house: House, actor: Actor, providers: Providers, *, cursor: str | None = None, limit: int = 100
) -> Page[LinkedIdentity]:
    """List the identities elsewhere with which one signs in."""
    names: dict[str, str] = {each.issuer: each.name for each in reversed(list(providers))}
    position = decode_cursor(cursor, UUID)
    async with house.database.transaction(account=actor.account_id) as connection:
        rows: list[Any] = await outside_identity_store.list_of(
            connection, actor.account_id, after=position[0] if position else None, limit=limit + 1
        )
    items = [
        LinkedIdentity(r.id, names.get(r.issuer, r.issuer), r.label, r.created_at, r.last_used_at) for r in rows[:limit]
    ]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > limit else None)


async def unlink(house: House, actor: Actor, identity_id: UUID) -> None:
    """Unlink an identity: nobody signs in with it any more.

    Raises
    ------
    NotFound
        One has no such identity.
    LastWay
        There is no password and no other identity.
    """
    by_own_hand(actor)
    async with house.database.transaction(account=actor.account_id) as connection:
        account = await outside_identity_store.lock_account(connection, actor.account_id)
        if not await outside_identity_store.remove(connection, actor.account_id, identity_id):
            raise NotFound("You have no such identity.")
        if account.password_hash is None and not await outside_identity_store.list_of(connection, actor.account_id):
            raise LastWay("This is your last way of signing in: set a password, or link another identity first.")
        await record_for_account(connection, actor, "identity.unlinked", f"accounts/{actor.account_id}")
