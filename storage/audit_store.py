"""Audit logs: appended to under the lock of their head, read in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import audit_tables

__all__ = [
    "append",
    "enter",
    "failures_told",
    "list_entries",
    "log_head",
    "log_name",
    "note_failures_told",
    "organisations_of",
    "page_entries",
]

AnyRow = Row[*tuple[Any, ...]]
SERVICE_LOG = "service"
FIRST = b"\0" * 32


def log_name(organisation_id: UUID | None) -> str:
    """Name a log as its entries do; None is the service's own."""
    return SERVICE_LOG if organisation_id is None else str(organisation_id)


def _tables(organisation_id: UUID | None) -> tuple[Any, Any, dict[str, Any]]:
    if organisation_id is None:
        return audit_tables.service_audit_entries, audit_tables.service_audit_head, {"log": SERVICE_LOG}
    return audit_tables.audit_entries, audit_tables.audit_heads, {"organisation_id": organisation_id}


async def append(
    connection: AsyncConnection,
    organisation_id: UUID | None,
    compose: Callable[[int, bytes], dict[str, Any]],
) -> None:
    """Append an entry. The log is locked until the transaction ends: call it last in one.

    Parameters
    ----------
    organisation_id
        Whose log; it must be the transaction's tenant. None for the service's own.
    compose
        Makes the entry's columns of its sequence number and the hash before it.
    """
    entries, heads, key = _tables(organisation_id)
    where = [heads.c[name] == value for name, value in key.items()]
    locked = select(heads.c.sequence, heads.c.hash).where(*where).with_for_update()
    if (head := (await connection.execute(locked)).first()) is None:
        await connection.execute(upsert(heads).values(**key, sequence=0, hash=FIRST).on_conflict_do_nothing())
        head = (await connection.execute(locked)).one()
    values = compose(head.sequence + 1, head.hash)
    if organisation_id is not None:
        values["organisation_id"] = organisation_id
    await connection.execute(insert(entries).values(**values))
    await connection.execute(update(heads).where(*where).values(sequence=head.sequence + 1, hash=values["hash"]))


async def log_head(connection: AsyncConnection, organisation_id: UUID | None) -> tuple[int, bytes]:
    """Tell where a log ends: the last sequence number and hash; 0 and zeros where nothing was logged yet."""
    _, heads, key = _tables(organisation_id)
    query = select(heads.c.sequence, heads.c.hash).where(*(heads.c[name] == value for name, value in key.items()))
    row = (await connection.execute(query)).first()
    return (0, FIRST) if row is None else (row.sequence, row.hash)


async def page_entries(
    connection: AsyncConnection, organisation_id: UUID | None, *, after: int, until: int, limit: int
) -> list[AnyRow]:
    """Read a log forward: the entries behind one, up to another."""
    entries, _, key = _tables(organisation_id)
    query = select(entries).where(entries.c.sequence > after, entries.c.sequence <= until)
    for name in key.keys() & entries.c.keys():
        query = query.where(entries.c[name] == key[name])
    return list(await connection.execute(query.order_by(entries.c.sequence).limit(limit)))


async def list_entries(
    connection: AsyncConnection,
    *,
    action: str | None,
    actor: str | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
) -> list[AnyRow]:
    """List the tenant's entries, newest first. An action that ends with a dot stands for all that begin so."""
    entries = audit_tables.audit_entries
    query = select(entries).order_by(entries.c.sequence.desc()).limit(limit)
    if action is not None:
        query = query.where(
            entries.c.action.startswith(action, autoescape=True) if action.endswith(".") else entries.c.action == action
        )
    if actor is not None:
        query = query.where(entries.c.actor == actor)
    if since is not None:
        query = query.where(entries.c.at >= since)
    if until is not None:
        query = query.where(entries.c.at < until)
    if before is not None:
        query = query.where(entries.c.sequence < before)
    return list(await connection.execute(query))


async def enter(connection: AsyncConnection, organisation_id: UUID | None) -> None:
    """Make an organisation the transaction's tenant, to append to its log; None to leave it again."""
    await connection.execute(
        text("SELECT set_config('uraniborg.organisation', :id, true)"),
        {"id": str(organisation_id) if organisation_id else ""},
    )


async def organisations_of(connection: AsyncConnection, account_id: UUID, *, only: UUID | None = None) -> list[UUID]:
    """Name the organisations a person belongs to, in the one order in which their logs are locked."""
    await connection.execute(text("SELECT set_config('uraniborg.account', :id, true)"), {"id": str(account_id)})
    rows = await connection.scalars(
        text(
            "SELECT organisation_id FROM memberships WHERE account_id = :account"
            " AND (cast(:only AS uuid) IS NULL OR organisation_id = :only) ORDER BY organisation_id LIMIT 1000"
        ),
        {"account": account_id, "only": only},
    )
    return list(rows)


async def failures_told(connection: AsyncConnection) -> int:
    """Tell up to which entry of the service's log the failed sign-ins were passed on."""
    head = audit_tables.service_audit_head
    return int(await connection.scalar(select(head.c.failures_told)) or 0)


async def note_failures_told(connection: AsyncConnection, sequence: int) -> None:
    """Note up to which entry they were passed on."""
    await connection.execute(update(audit_tables.service_audit_head).values(failures_told=sequence))
