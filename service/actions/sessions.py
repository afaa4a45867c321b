"""Browser sessions: opened for whoever proved who they are, listed, ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotAllowed, NotFound, NotSignedIn
from service.actions.credentials import csrf_token_of, hash_secret, new_secret, same_secret
from service.audit_log import record_for_account
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from storage import one_time_store, own_file_store, people_store, second_factor_store

__all__ = [
    "SECOND_STEP",
    "Account",
    "Membership",
    "SecondFactorNeeded",
    "SessionToken",
    "SignInSession",
    "SignedIn",
    "account_of",
    "by_own_hand",
    "end_other_sessions",
    "end_session",
    "enter",
    "get_session",
    "list_sessions",
    "memberships",
    "open_session",
]

SECOND_STEP = "second-factor"
SECOND_STEP_LIFE = timedelta(minutes=10)
LONGEST_BROWSER = 200


class SecondFactorNeeded(NotSignedIn):
    """The first step succeeded; the fact ``challenge`` goes into the second, with a code."""

    code = "second-factor-needed"
    title = "A second factor is needed"


class Membership(msgspec.Struct):
    organisation: str
    name: str
    role: str


class Account(msgspec.Struct):
    id: UUID
    email: str
    name: str
    organisations: list[Membership] = []
    is_operator: bool = False
    own_files: str | None = None
    "Which organisation keeps their own files, where one does yet."


class SignedIn(msgspec.Struct):
    """A new browser session. ``csrf_token`` goes into the X-CSRF-Token header of every change."""

    account: Account
    csrf_token: str
    expires_at: datetime


class SessionToken(msgspec.Struct):
    """What a page of ours sends in the X-CSRF-Token header of every change."""

    csrf_token: str


class SignInSession(msgspec.Struct):
    """A browser that is signed in. ``way`` is ``password`` or the name of a provider."""

    id: UUID
    created_at: datetime
    expires_at: datetime
    way: str
    browser: str
    current: bool


def by_own_hand(actor: Actor) -> UUID:
    """Return the session of somebody who is at their browser: what only they may do, no token of theirs.

    Raises
    ------
    NotAllowed
        A token asks.
    """
    if actor.session_id is None:
        raise NotAllowed("A token cannot do this: sign in with your browser, or by POST /api/v1/session.")
    return actor.session_id


async def enter(
    house: House, account_id: UUID, *, way: str, browser: str, failures_before: int = 0
) -> tuple[SignedIn, str]:
    """Open a session for somebody who proved the first factor; also returns the secret for its cookie.

    Raises
    ------
    SecondFactorNeeded
        The account asks for a second factor.
    """
    challenge = new_secret()
    async with house.database.transaction(account=account_id) as connection:
        if not await second_factor_store.is_on(connection, account_id):
            return await open_session(
                connection, house, account_id, way=way, browser=browser, failures_before=failures_before
            )
        await one_time_store.add(
            connection,
            secret_hash=hash_secret(challenge),
            purpose=SECOND_STEP,
            account_id=account_id,
            facts={"way": way, "failures_before": failures_before},
            expires_at=datetime.now(UTC) + SECOND_STEP_LIFE,
        )
    raise SecondFactorNeeded(
        "This account asks for a second factor: send the challenge with a code from your authenticator.",
        challenge=challenge,
    )


async def open_session(
    connection: AsyncConnection, house: House, account_id: UUID, *, way: str, browser: str, failures_before: int
) -> tuple[SignedIn, str]:
    """Open a session, in a transaction of its account; also returns the secret for its cookie. Call it last."""
    secret = new_secret()
    csrf = csrf_token_of(secret)
    expires_at = datetime.now(UTC) + timedelta(hours=house.config.session_hours)
    found = await people_store.get_account(connection, account_id)
    await people_store.add_session(
        connection,
        secret_hash=hash_secret(secret),
        csrf_hash=hash_secret(csrf),
        account_id=account_id,
        expires_at=expires_at,
        way=way,
        browser="".join(c for c in browser[:LONGEST_BROWSER] if c.isprintable()),
    )
    account = await account_of(connection, found.id, found.email, found.name, is_operator=found.is_operator)
    who = Actor(account_id=found.id, email=found.email, name=found.name, scope="public")
    elsewhere: dict[str, Any] = {} if way == "password" else {"way": way}
    await record_for_account(
        connection, who, "sign-in", f"accounts/{found.id}", failures_before=failures_before, **elsewhere
    )
    return SignedIn(account, csrf, expires_at), secret


async def account_of(
    connection: AsyncConnection, account_id: UUID, email: str, name: str, *, is_operator: bool
) -> Account:
    """Tell who somebody is and what is theirs, in a transaction of theirs."""
    space = await own_file_store.find_space(connection, account_id)
    theirs = await memberships(connection, account_id)
    return Account(account_id, email, name, theirs, is_operator, space.organisation if space is not None else None)


async def memberships(connection: AsyncConnection, account_id: UUID) -> list[Membership]:
    """List the organisations of the account whose transaction it is, with the role in each."""
    rows = await connection.execute(
        text(
            "SELECT o.slug, o.name, m.role FROM memberships m JOIN organisations o ON o.id = m.organisation_id"
            " WHERE m.account_id = :account ORDER BY o.slug LIMIT 1000"
        ),
        {"account": account_id},
    )
    return [Membership(r.slug, r.name, r.role) for r in rows]


async def get_session(house: House, actor: Actor, secret: str) -> SessionToken:
    """Tell a page of ours the CSRF token of the session it is in, whichever way somebody signed in.

    Raises
    ------
    NotSignedIn
        The session is of before its token could be told.
    """
    by_own_hand(actor)
    async with house.database.transaction() as connection:
        session = await people_store.find_session(connection, hash_secret(secret))
    if session is None or not same_secret(csrf_token_of(secret), session.csrf_hash):
        raise NotSignedIn("This session is too old to go on with: sign in again.")
    return SessionToken(csrf_token_of(secret))


async def list_sessions(house: House, actor: Actor, *, cursor: str | None, limit: int) -> Page[SignInSession]:
    """List the browsers in which one is signed in, newest first."""
    position = decode_cursor(cursor, datetime, UUID)
    async with house.database.transaction(account=actor.account_id) as connection:
        rows = await people_store.list_sessions(
            connection, actor.account_id, before=(position[0], position[1]) if position else None, limit=limit + 1
        )
    items = [
        SignInSession(r.id, r.created_at, r.expires_at, r.way, r.browser, r.id == actor.session_id)
        for r in rows[:limit]
    ]
    return Page(items, encode_cursor(items[-1].created_at, items[-1].id) if len(rows) > limit else None)


async def end_session(house: House, actor: Actor, session_id: UUID) -> None:
    """Sign out of one browser; its next request is nobody's.

    Raises
    ------
    NotFound
        One has no such session.
    """
    async with house.database.transaction(account=actor.account_id) as connection:
        if not await people_store.end_session_by_id(connection, actor.account_id, session_id):
            raise NotFound("You have no such session.")
        await record_for_account(connection, actor, "session.ended", f"sessions/{session_id}")


async def end_other_sessions(house: House, actor: Actor) -> None:
    """Sign out of every browser but the one that asks."""
    session_id = by_own_hand(actor)
    async with house.database.transaction(account=actor.account_id) as connection:
        await people_store.end_sessions(connection, actor.account_id, but=session_id)
