"""Applications and what people granted them: codes, access tokens, refresh tokens, devices that wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.tables import metadata

__all__ = [
    "add_access_token",
    "add_application",
    "add_device_login",
    "add_grant",
    "add_refresh_token",
    "decide_device_login",
    "end_access_token",
    "end_device_login",
    "find_access_token",
    "find_application",
    "find_device_login",
    "find_device_login_for",
    "has_granted",
    "list_applications",
    "list_granted",
    "lock_code",
    "lock_refresh_token",
    "note_poll",
    "remove_application",
    "revoke_grant",
    "revoke_grants",
    "set_secret",
    "sweep",
    "use_code",
    "use_refresh_token",
]

AnyRow = Row[*tuple[Any, ...]]

applications = metadata.tables["applications"]
grants = metadata.tables["application_grants"]
access_tokens = metadata.tables["access_tokens"]
refresh_tokens = metadata.tables["refresh_tokens"]
devices = metadata.tables["device_logins"]
accounts = metadata.tables["accounts"]


async def add_application(connection: AsyncConnection, **values: Any) -> AnyRow:
    """Insert an application and return its row."""
    row: AnyRow = (await connection.execute(insert(applications).values(**values).returning(applications))).one()
    return row


async def find_application(connection: AsyncConnection, application_id: str) -> AnyRow | None:
    """Look an application up by its client id."""
    return (await connection.execute(select(applications).where(applications.c.id == application_id))).first()


async def list_applications(
    connection: AsyncConnection, organisation_id: UUID | None, *, after: str | None, limit: int
) -> list[AnyRow]:
    """List the applications of an organisation, or those of the operator, by client id."""
    query = (
        select(applications)
        .where(applications.c.only_organisation_id.is_not_distinct_from(organisation_id))
        .order_by(applications.c.id)
        .limit(limit)
    )
    return list(await connection.execute(query if after is None else query.where(applications.c.id > after)))


async def set_secret(
    connection: AsyncConnection, organisation_id: UUID | None, application_id: str, secret_hash: bytes
) -> bool:
    """Give a confidential application another secret; False when there is none such."""
    result = await connection.execute(
        update(applications)
        .where(
            applications.c.id == application_id,
            applications.c.only_organisation_id.is_not_distinct_from(organisation_id),
            applications.c.secret_hash.is_not(None),
        )
        .values(secret_hash=secret_hash)
    )
    return result.rowcount > 0


async def remove_application(connection: AsyncConnection, organisation_id: UUID | None, application_id: str) -> bool:
    """Delete an application with all its grants and tokens; False when there is none such."""
    result = await connection.execute(
        delete(applications).where(
            applications.c.id == application_id,
            applications.c.only_organisation_id.is_not_distinct_from(organisation_id),
            applications.c.makes_tokens.is_(False),
        )
    )
    return result.rowcount > 0


async def add_grant(connection: AsyncConnection, **values: Any) -> UUID:
    """Insert what somebody granted an application; everything issued for it hangs on this row."""
    grant_id = new_id()
    await connection.execute(insert(grants).values(id=grant_id, **values))
    return grant_id


async def lock_code(connection: AsyncConnection, code_hash: bytes) -> AnyRow | None:
    """Look up the grant of a code, used or not, and hold it against others until the transaction ends."""
    query = select(grants).where(grants.c.code_hash == code_hash).with_for_update()
    return (await connection.execute(query)).first()


async def use_code(connection: AsyncConnection, grant_id: UUID) -> None:
    """Mark a code used."""
    await connection.execute(update(grants).where(grants.c.id == grant_id).values(code_used_at=func.now()))


async def has_granted(connection: AsyncConnection, account_id: UUID, application_id: str, scopes: list[str]) -> bool:
    """Tell whether somebody granted an application at least these scopes, and has not taken it back."""
    query = (
        select(grants.c.id)
        .where(
            grants.c.account_id == account_id,
            grants.c.application_id == application_id,
            grants.c.scopes.contains(scopes),
            grants.c.revoked_at.is_(None),
            grants.c.expires_at > func.now(),
        )
        .limit(1)
    )
    return await connection.scalar(query) is not None


async def revoke_grant(connection: AsyncConnection, grant_id: UUID) -> None:
    """Revoke a grant: every token of it stops working."""
    await connection.execute(
        update(grants).where(grants.c.id == grant_id).values(revoked_at=func.coalesce(grants.c.revoked_at, func.now()))
    )


async def revoke_grants(connection: AsyncConnection, account_id: UUID, application_id: str | None = None) -> int:
    """Revoke what an account granted an application, or any; returns how many grants were in force."""
    statement = update(grants).where(grants.c.account_id == account_id, grants.c.revoked_at.is_(None))
    if application_id is not None:
        statement = statement.where(grants.c.application_id == application_id)
    return (await connection.execute(statement.values(revoked_at=func.now()))).rowcount


async def list_granted(connection: AsyncConnection, account_id: UUID, *, after: str | None, limit: int) -> list[AnyRow]:
    """List the applications that somebody let in, each with all the scopes in force, by client id."""
    query = text("""
        SELECT a.id, a.name, array_agg(DISTINCT scope ORDER BY scope) AS scopes,
               min(g.created_at) AS since, max(g.expires_at) AS expires_at
        FROM application_grants g JOIN applications a ON a.id = g.application_id, unnest(g.scopes) AS scope
        WHERE g.account_id = :account AND g.revoked_at IS NULL AND g.expires_at > now() AND a.id > :after
        GROUP BY a.id, a.name ORDER BY a.id LIMIT :limit
    """)
    return list(await connection.execute(query, {"account": account_id, "after": after or "", "limit": limit}))


async def add_access_token(
    connection: AsyncConnection, *, secret_hash: bytes, grant_id: UUID, scopes: list[str], expires_at: datetime
) -> None:
    """Insert an access token."""
    await connection.execute(
        insert(access_tokens).values(secret_hash=secret_hash, grant_id=grant_id, scopes=scopes, expires_at=expires_at)
    )


async def find_access_token(connection: AsyncConnection, secret_hash: bytes) -> AnyRow | None:
    """Look up an access token that is in force, with its account and its application."""
    query = (
        select(
            access_tokens.c.scopes,
            access_tokens.c.expires_at,
            grants.c.id.label("grant_id"),
            grants.c.application_id,
            applications.c.only_organisation_id,
            applications.c.makes_tokens,
            accounts.c.id,
            accounts.c.email,
            accounts.c.email_confirmed_at,
            accounts.c.name,
        )
        .join(grants, grants.c.id == access_tokens.c.grant_id)
        .join(applications, applications.c.id == grants.c.application_id)
        .join(accounts, accounts.c.id == grants.c.account_id)
        .where(
            access_tokens.c.secret_hash == secret_hash,
            access_tokens.c.expires_at > func.now(),
            grants.c.revoked_at.is_(None),
        )
    )
    return (await connection.execute(query)).first()


async def end_access_token(connection: AsyncConnection, secret_hash: bytes, application_id: str) -> bool:
    """Delete an access token of an application; False when it has none such."""
    result = await connection.execute(
        delete(access_tokens).where(
            access_tokens.c.secret_hash == secret_hash,
            access_tokens.c.grant_id.in_(select(grants.c.id).where(grants.c.application_id == application_id)),
        )
    )
    return result.rowcount > 0


async def add_refresh_token(
    connection: AsyncConnection, *, secret_hash: bytes, grant_id: UUID, expires_at: datetime
) -> None:
    """Insert a refresh token."""
    await connection.execute(
        insert(refresh_tokens).values(secret_hash=secret_hash, grant_id=grant_id, expires_at=expires_at)
    )


async def lock_refresh_token(connection: AsyncConnection, secret_hash: bytes) -> AnyRow | None:
    """Look up a refresh token, used or not, with its grant, and hold both until the transaction ends."""
    query = (
        select(
            refresh_tokens.c.expires_at,
            refresh_tokens.c.used_at,
            grants.c.id.label("grant_id"),
            grants.c.application_id,
            grants.c.account_id,
            grants.c.scopes,
            grants.c.signed_in_at,
            grants.c.expires_at.label("grant_expires_at"),
            grants.c.revoked_at,
        )
        .join(grants, grants.c.id == refresh_tokens.c.grant_id)
        .where(refresh_tokens.c.secret_hash == secret_hash)
        .with_for_update()
    )
    return (await connection.execute(query)).first()


async def use_refresh_token(connection: AsyncConnection, secret_hash: bytes) -> None:
    """Mark a refresh token used."""
    await connection.execute(
        update(refresh_tokens).where(refresh_tokens.c.secret_hash == secret_hash).values(used_at=func.now())
    )


async def add_device_login(connection: AsyncConnection, **values: Any) -> None:
    """Insert a device that waits to be let in."""
    await connection.execute(insert(devices).values(state="waiting", **values))


async def find_device_login(connection: AsyncConnection, device_code_hash: bytes) -> AnyRow | None:
    """Look up a waiting device by its own code, expired or not, with the seconds since it asked, and hold it."""
    since = func.extract("epoch", func.clock_timestamp() - devices.c.polled_at)
    query = (
        select(devices, since.label("since_poll_s"), (devices.c.expires_at <= func.now()).label("expired"))
        .where(devices.c.device_code_hash == device_code_hash)
        .with_for_update()
    )
    return (await connection.execute(query)).first()


async def find_device_login_for(connection: AsyncConnection, user_code_hash: bytes) -> AnyRow | None:
    """Look up a device that still waits by the code its person types, with its application."""
    query = (
        select(devices, applications.c.name.label("application"), applications.c.makes_tokens)
        .join(applications, applications.c.id == devices.c.application_id)
        .where(
            devices.c.user_code_hash == user_code_hash,
            devices.c.state == "waiting",
            devices.c.expires_at > func.now(),
        )
    )
    return (await connection.execute(query)).first()


async def note_poll(connection: AsyncConnection, device_code_hash: bytes, interval_s: float) -> None:
    """Note that a device asked, and how long it shall wait from now on."""
    await connection.execute(
        update(devices)
        .where(devices.c.device_code_hash == device_code_hash)
        .values(polled_at=func.clock_timestamp(), interval_s=interval_s)
    )


async def decide_device_login(
    connection: AsyncConnection, user_code_hash: bytes, *, account_id: UUID, state: str, signed_in_at: datetime
) -> bool:
    """Let a waiting device in or turn it away; False when it waits no longer."""
    result = await connection.execute(
        update(devices)
        .where(
            devices.c.user_code_hash == user_code_hash,
            devices.c.state == "waiting",
            devices.c.expires_at > func.now(),
        )
        .values(state=state, account_id=account_id, signed_in_at=signed_in_at)
    )
    return result.rowcount > 0


async def end_device_login(connection: AsyncConnection, device_code_hash: bytes) -> None:
    """Forget a device that was answered."""
    await connection.execute(delete(devices).where(devices.c.device_code_hash == device_code_hash))


async def sweep(connection: AsyncConnection) -> int:
    """Forget what ended more than a day ago: tokens, devices, grants; returns how many rows."""
    day_ago = func.now() - func.make_interval(0, 0, 0, 1)
    count = 0
    for statement in (
        delete(devices).where(devices.c.expires_at < day_ago),
        delete(access_tokens).where(access_tokens.c.expires_at < day_ago),
        delete(refresh_tokens).where(refresh_tokens.c.expires_at < day_ago),
        delete(grants).where(
            or_(
                grants.c.expires_at < day_ago,
                grants.c.revoked_at < day_ago,
                grants.c.code_used_at.is_(None) & (grants.c.code_expires_at < day_ago),
            )
        ),
    ):
        count += (await connection.execute(statement)).rowcount
    return count
