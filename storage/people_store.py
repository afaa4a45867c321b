"""Accounts, browser sessions, tokens and login throttling: rows that belong to people, not to organisations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.tables import metadata

__all__ = [
    "add_account",
    "add_session",
    "add_token",
    "clear_failures",
    "confirm_email",
    "count_failure",
    "end_session",
    "end_session_by_id",
    "end_sessions",
    "failures",
    "find_account",
    "find_session",
    "find_token",
    "get_account",
    "list_sessions",
    "list_tokens",
    "revoke_token",
    "revoke_tokens",
    "set_password",
]

accounts = metadata.tables["accounts"]
sessions = metadata.tables["sessions"]
tokens = metadata.tables["tokens"]
throttle = metadata.tables["login_throttle"]


async def add_account(
    connection: AsyncConnection,
    *,
    email: str,
    name: str,
    password_hash: str | None,
    is_operator: bool,
    confirmed: bool = False,
) -> UUID:
    """Insert an account; the unique e-mail address answers a second one with a conflict."""
    account_id = new_id()
    await connection.execute(
        insert(accounts).values(
            id=account_id,
            email=email,
            name=name,
            password_hash=password_hash,
            is_operator=is_operator,
            email_confirmed_at=func.now() if confirmed else None,
        )
    )
    return account_id


async def list_operators(connection: AsyncConnection) -> Sequence[Row[*tuple[Any, ...]]]:
    """List the accounts that operate the service, by address."""
    wanted = select(accounts.c.email, accounts.c.name).where(accounts.c.is_operator).order_by(accounts.c.email)
    return (await connection.execute(wanted)).all()


async def set_operator(connection: AsyncConnection, account_id: UUID, *, is_operator: bool) -> bool:
    """Note whether an account operates the service; tells whether that is new."""
    wanted = (
        update(accounts)
        .where(accounts.c.id == account_id, accounts.c.is_operator != is_operator)
        .values(is_operator=is_operator)
    )
    return (await connection.execute(wanted)).rowcount > 0


async def find_account(connection: AsyncConnection, email: str) -> Row[*tuple[Any, ...]] | None:
    """Look an account up by its normalised e-mail address."""
    return (await connection.execute(select(accounts).where(accounts.c.email == email))).first()


async def get_account(connection: AsyncConnection, account_id: UUID) -> Row[*tuple[Any, ...]]:
    """Read an account that is known to be there."""
    row: Row[*tuple[Any, ...]] = (await connection.execute(select(accounts).where(accounts.c.id == account_id))).one()
    return row


async def confirm_email(connection: AsyncConnection, account_id: UUID) -> None:
    """Note that whoever has the account reads mail at its address."""
    await connection.execute(
        update(accounts)
        .where(accounts.c.id == account_id)
        .values(email_confirmed_at=func.coalesce(accounts.c.email_confirmed_at, func.now()))
    )


async def set_password(
    connection: AsyncConnection, account_id: UUID, password_hash: str, *, keep_session: UUID | None = None
) -> None:
    """Store another password hash and end the account's browser sessions but one."""
    await connection.execute(update(accounts).where(accounts.c.id == account_id).values(password_hash=password_hash))
    await end_sessions(connection, account_id, but=keep_session)


async def add_session(
    connection: AsyncConnection,
    *,
    secret_hash: bytes,
    csrf_hash: bytes,
    account_id: UUID,
    expires_at: datetime,
    way: str = "password",
    browser: str = "",
) -> None:
    """Insert a browser session and drop the account's expired ones."""
    await connection.execute(
        delete(sessions).where(sessions.c.account_id == account_id, sessions.c.expires_at < func.now())
    )
    await connection.execute(
        insert(sessions).values(
            secret_hash=secret_hash,
            csrf_hash=csrf_hash,
            account_id=account_id,
            expires_at=expires_at,
            way=way,
            browser=browser,
        )
    )


async def find_session(connection: AsyncConnection, secret_hash: bytes) -> Row[*tuple[Any, ...]] | None:
    """Look up a session that has not expired, with its account."""
    query = (
        select(
            sessions.c.csrf_hash,
            sessions.c.id.label("session_id"),
            sessions.c.created_at.label("signed_in_at"),
            accounts.c.id,
            accounts.c.email,
            accounts.c.name,
            accounts.c.is_operator,
        )
        .join(accounts, accounts.c.id == sessions.c.account_id)
        .where(sessions.c.secret_hash == secret_hash, sessions.c.expires_at > func.now())
    )
    return (await connection.execute(query)).first()


async def end_session(connection: AsyncConnection, secret_hash: bytes) -> None:
    """Delete a session."""
    await connection.execute(delete(sessions).where(sessions.c.secret_hash == secret_hash))


async def list_sessions(
    connection: AsyncConnection, account_id: UUID, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[Row[*tuple[Any, ...]]]:
    """List an account's browser sessions that have not expired, newest first."""
    query = (
        select(sessions.c.id, sessions.c.created_at, sessions.c.expires_at, sessions.c.way, sessions.c.browser)
        .where(sessions.c.account_id == account_id, sessions.c.expires_at > func.now())
        .order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(sessions.c.created_at, sessions.c.id) < tuple_(*before))
    return list(await connection.execute(query))


async def end_session_by_id(connection: AsyncConnection, account_id: UUID, session_id: UUID) -> bool:
    """Delete one of an account's sessions; False when it has none such."""
    result = await connection.execute(
        delete(sessions).where(sessions.c.account_id == account_id, sessions.c.id == session_id)
    )
    return result.rowcount > 0


async def end_sessions(connection: AsyncConnection, account_id: UUID, *, but: UUID | None = None) -> int:
    """Delete an account's sessions, but one; returns how many."""
    statement = delete(sessions).where(sessions.c.account_id == account_id)
    if but is not None:
        statement = statement.where(sessions.c.id != but)
    return (await connection.execute(statement)).rowcount


async def add_token(connection: AsyncConnection, **values: Any) -> Row[*tuple[Any, ...]]:
    """Insert a token and return its row."""
    row: Row[*tuple[Any, ...]] = (
        await connection.execute(insert(tokens).values(id=new_id(), **values).returning(tokens))
    ).one()
    return row


async def find_token(connection: AsyncConnection, secret_hash: bytes) -> Row[*tuple[Any, ...]] | None:
    """Look up a token that is neither expired nor revoked, with its account; note the use, at most once a minute."""
    query = (
        select(
            tokens.c.id.label("token_id"),
            tokens.c.scopes,
            tokens.c.only_organisation_id,
            tokens.c.last_used_at.is_(None).label("first_use"),
            (
                tokens.c.last_used_at.is_(None) | (tokens.c.last_used_at < func.now() - text("interval '1 minute'"))
            ).label("stale"),
            accounts.c.id,
            accounts.c.email,
            accounts.c.name,
            accounts.c.is_operator,
        )
        .join(accounts, accounts.c.id == tokens.c.account_id)
        .where(
            tokens.c.secret_hash == secret_hash,
            tokens.c.revoked_at.is_(None),
            tokens.c.expires_at.is_(None) | (tokens.c.expires_at > func.now()),
        )
    )
    row = (await connection.execute(query)).first()
    if row is not None and row.stale:
        await connection.execute(
            update(tokens).where(tokens.c.id == row.token_id).values(last_used_at=func.clock_timestamp())
        )
    return row


async def list_tokens(
    connection: AsyncConnection, account_id: UUID, *, before: UUID | None, limit: int
) -> list[Row[*tuple[Any, ...]]]:
    """List an account's tokens, newest first, revoked ones too."""
    query = select(tokens).where(tokens.c.account_id == account_id).order_by(tokens.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(tokens.c.id < before)
    return list(await connection.execute(query))


async def revoke_token(connection: AsyncConnection, account_id: UUID, token_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """Mark a token revoked and return its row; None when the account has no such token."""
    statement = (
        update(tokens)
        .where(tokens.c.id == token_id, tokens.c.account_id == account_id)
        .values(revoked_at=func.coalesce(tokens.c.revoked_at, func.now()))
        .returning(tokens)
    )
    row: Row[*tuple[Any, ...]] | None = (await connection.execute(statement)).first()
    return row


async def revoke_tokens(connection: AsyncConnection, account_id: UUID) -> int:
    """Mark every token of an account revoked; returns how many were in force."""
    statement = (
        update(tokens)
        .where(tokens.c.account_id == account_id, tokens.c.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
    return (await connection.execute(statement)).rowcount


async def failures(connection: AsyncConnection, keys: list[str], *, window_s: int) -> int:
    """Return the largest count of failed logins among the keys within the window.

    Whoever asks or counts the same in another transaction waits until this one ends: so what is counted after it was
    asked for is within the limit, however many come at once.
    """
    for key in sorted(keys):
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 10))"), {"key": key})
    query = select(func.max(throttle.c.failures)).where(
        throttle.c.key.in_(keys),
        throttle.c.window_started_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, window_s),
    )
    return int(await connection.scalar(query) or 0)


async def count_failure(connection: AsyncConnection, keys: list[str], *, window_s: int) -> None:
    """Count a failed login for each key, starting again when the window is over."""
    for key in sorted(keys):
        statement = upsert(throttle).values(key=key, failures=1, window_started_at=func.now())
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "failures": text(
                        "CASE WHEN login_throttle.window_started_at > now() - make_interval(secs => :w)"
                        " THEN login_throttle.failures + 1 ELSE 1 END"
                    ).bindparams(w=window_s),
                    "window_started_at": text(
                        "CASE WHEN login_throttle.window_started_at > now() - make_interval(secs => :w)"
                        " THEN login_throttle.window_started_at ELSE now() END"
                    ).bindparams(w=window_s),
                },
            )
        )


async def clear_failures(connection: AsyncConnection, keys: list[str]) -> None:
    """Forget failed logins after one that succeeded."""
    await connection.execute(delete(throttle).where(throttle.c.key.in_(keys)))
