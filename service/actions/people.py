"""Accounts, signing in and out, and tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from domain.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn
from domain.people import check_password, normal_email
from service.actions.credentials import TOKEN_PREFIX, check_password_hash, hash_password, hash_secret, new_secret
from service.actions.sessions import Account, Membership, SignedIn, account_of, enter
from service.actions.throttling import Allowance, check_allowances, count_against, forget_counts
from service.audit_log import record_for_account, record_for_service
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from service.scopes import SCOPES, UPLOAD_ONLY, check_scopes
from service.sign_in_failures import SIGN_IN_FAILED
from storage import people_store

__all__ = [
    "Account",
    "Membership",
    "NewToken",
    "SignedIn",
    "Token",
    "TokenWithSecret",
    "add_account",
    "check_person_name",
    "confirm_for",
    "list_tokens",
    "make_token",
    "revoke_token",
    "sign_in",
    "sign_out",
    "who_am_i",
]

FAILURES_PER_EMAIL = 10
FAILURES_PER_ADDRESS = 50


class NewToken(msgspec.Struct, kw_only=True):
    """A token to make. Without scopes it may do what you may now; ``upload-only`` is for telescope computers.

    A scope that a later release adds, it does not have.
    """

    name: str
    kind: str = "personal"
    scopes: list[str] | None = None
    organisation: str | None = None
    expires_in_days: float | None = 365


class Token(msgspec.Struct, kw_only=True):
    id: UUID
    name: str
    kind: str
    scopes: list[str]
    hint: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class TokenWithSecret(Token, kw_only=True):
    """``secret`` is shown this once and stored nowhere."""

    secret: str


def check_person_name(name: str) -> str:
    """Return a person's name trimmed, if it is of 1 to 200 characters."""
    name = name.strip()
    if not 1 <= len(name) <= 200:
        raise InvalidInput("A name has 1 to 200 characters.")
    return name


async def add_account(house: House, *, email: str, name: str, password: str, is_operator: bool = False) -> Account:
    """Make an account for somebody, as the operator does, who vouches for the address.

    Raises
    ------
    Conflict
        The address has an account already.
    """
    email, name = normal_email(email), check_person_name(name)
    password_hash = await hash_password(check_password(password))
    async with house.database.transaction() as connection:
        account_id = await people_store.add_account(
            connection, email=email, name=name, password_hash=password_hash, is_operator=is_operator, confirmed=True
        )
        await record_for_service(
            connection, None, "account.made", f"accounts/{account_id}", email=email, is_operator=is_operator
        )
    return Account(account_id, email, name, is_operator=is_operator)


async def confirm_for(house: House, email: str) -> None:
    """Vouch, as the operator, that whoever has an account reads mail at its address; raises NotFound without one."""
    async with house.database.transaction() as connection:
        found = await people_store.find_account(connection, normal_email(email))
        if found is None:
            raise NotFound("Nobody has an account with this address.")
        await people_store.confirm_email(connection, found.id)
        await record_for_service(connection, None, "email.confirmed", f"accounts/{found.id}")


async def sign_in(house: House, *, email: str, password: str, address: str, browser: str = "") -> tuple[SignedIn, str]:
    """Check a password and open a browser session; also returns the secret for its cookie.

    Raises
    ------
    SecondFactorNeeded
        The password is right, and the account asks for a second factor.
    NotSignedIn
        Unknown address or wrong password: the two are not told apart, not even by the time it takes.
    TooManyAttempts
        10 failures for an address or 50 from a client within 15 minutes.
    """
    email = normal_email(email)
    by_email = Allowance(f"email:{email}", FAILURES_PER_EMAIL)
    by_address = Allowance(f"address:{address}", FAILURES_PER_ADDRESS)
    async with house.database.transaction() as connection:
        await check_allowances(connection, by_email, by_address)
        found = await people_store.find_account(connection, email)
    if not await check_password_hash(found.password_hash if found else None, password) or found is None:
        async with house.database.transaction() as connection:
            await check_allowances(connection, by_email, by_address)
            await count_against(connection, by_email, by_address)
            # Into the service's own log, known account or not: the same work for both, so that time tells nothing. What
            # was typed is not kept where it is no account's address: it may be a password in the wrong field.
            await record_for_service(
                connection, None, SIGN_IN_FAILED, f"accounts/{found.id}" if found else "accounts/unknown"
            )
        raise NotSignedIn("E-mail address or password is wrong.")
    async with house.database.transaction() as connection:
        await check_allowances(connection, by_email, by_address)
        failed = await people_store.failures(connection, [by_email.key], window_s=by_email.window_s)
        await forget_counts(connection, by_email)
    return await enter(house, found.id, way="password", browser=browser, failures_before=failed)


async def sign_out(house: House, secret: str) -> None:
    """End a browser session."""
    async with house.database.transaction() as connection:
        await people_store.end_session(connection, hash_secret(secret))


async def who_am_i(house: House, actor: Actor) -> Account:
    """Tell who is signed in, and to which organisations they belong."""
    async with house.database.transaction(account=actor.account_id) as connection:
        return await account_of(connection, actor.account_id, actor.email, actor.name, is_operator=actor.is_operator)


def _no_application(actor: Actor) -> None:
    if actor.application_id is not None and not actor.makes_tokens:
        raise NotAllowed("Applications cannot manage tokens: make and revoke them yourself, with `uraniborg token`.")


def _token(row: Any) -> Token:
    return Token(**{f: getattr(row, f) for f in Token.__struct_fields__})


async def make_token(house: House, actor: Actor, new: NewToken) -> TokenWithSecret:
    """Make a token; its secret is returned this once.

    Raises
    ------
    InvalidInput
        An unknown scope or kind.
    NotFound
        Not a member of the organisation it shall be limited to.
    """
    _no_application(actor)
    if new.kind not in ("personal", "upload-only"):
        raise InvalidInput("A token is of the kind 'personal' or 'upload-only'.")
    if new.kind == "upload-only" and not new.organisation:
        raise InvalidInput("An upload-only token belongs to one organisation: name it.")
    if not 1 <= len(new.name.strip()) <= 200:
        raise InvalidInput("A token needs a name of 1 to 200 characters, such as the computer it is for.")
    if new.expires_in_days is not None and not 0 < new.expires_in_days <= 3660:
        raise InvalidInput("A token lives more than 0 and at most 3,660 days; null for no end.")
    asked = (actor.token_scopes or list(SCOPES)) if new.scopes is None else new.scopes
    scopes = UPLOAD_ONLY if new.kind == "upload-only" else check_scopes(asked)
    if actor.token_scopes is not None and (more := set(scopes) - set(actor.token_scopes)):
        raise NotAllowed(f"A token cannot make one that may do more than itself: {', '.join(sorted(more))}.")
    secret = new_secret(TOKEN_PREFIX)
    async with house.database.transaction(account=actor.account_id) as connection:
        only = None
        if actor.only_organisation_id is not None:
            only = actor.only_organisation_id
        elif new.organisation:
            only = await connection.scalar(
                text(
                    "SELECT o.id FROM organisations o JOIN memberships m ON m.organisation_id = o.id"
                    " WHERE o.slug = :slug AND m.account_id = :account"
                ),
                {"slug": new.organisation, "account": actor.account_id},
            )
            if only is None:
                raise NotFound("There is no such organisation, or you are not one of its people.")
        row = await people_store.add_token(
            connection,
            account_id=actor.account_id,
            only_organisation_id=only,
            name=new.name.strip(),
            kind=new.kind,
            scopes=scopes,
            secret_hash=hash_secret(secret),
            hint=secret[-4:],
            expires_at=None if new.expires_in_days is None else datetime.now(UTC) + timedelta(days=new.expires_in_days),
        )
        await record_for_account(
            connection,
            actor,
            "token.made",
            f"tokens/{row.id}",
            only_organisation_id=only,
            name=row.name,
            kind=row.kind,
            scopes=row.scopes,
            expires_at=row.expires_at,
        )
    return TokenWithSecret(**msgspec.structs.asdict(_token(row)), secret=secret)


async def list_tokens(house: House, actor: Actor, *, cursor: str | None, limit: int) -> Page[Token]:
    """List one's own tokens, newest first."""
    _no_application(actor)
    position = decode_cursor(cursor, UUID)
    async with house.database.transaction(account=actor.account_id) as connection:
        rows = await people_store.list_tokens(
            connection, actor.account_id, before=position[0] if position else None, limit=limit + 1
        )
    return Page([_token(r) for r in rows[:limit]], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


async def revoke_token(house: House, actor: Actor, token_id: UUID) -> None:
    """Revoke one of one's own tokens; it stops working with the next request.

    Raises
    ------
    NotFound
        One has no such token.
    """
    _no_application(actor)
    async with house.database.transaction(account=actor.account_id) as connection:
        revoked = await people_store.revoke_token(connection, actor.account_id, token_id)
        if revoked is None:
            raise NotFound("You have no such token.")
        await record_for_account(
            connection,
            actor,
            "token.revoked",
            f"tokens/{token_id}",
            only_organisation_id=revoked.only_organisation_id,
            name=revoked.name,
        )
