"""The audit log as its owners see it: listed, exported, and its chain verified."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.audit_chain import ChainBreak, Walk
from service.audit_log import entry_document, record
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from storage import audit_store
from storage.audit_store import log_name

__all__ = ["AuditActor", "AuditEntry", "LogState", "export_entries", "export_service_log", "list_entries", "verify_log"]

PAGE = 1000
FIRST = -(2**63)  # before any sequence number, right or wrong


class AuditActor(msgspec.Struct, kw_only=True):
    """Who acted. ``kind``: by browser session, by token, nobody known, or the service itself.

    ``address`` is the network the request came from, /24 of IPv4 or /48 of IPv6: whole addresses are not kept.
    """

    kind: str
    name: str
    account: UUID | None = None
    token: UUID | None = None
    address: str | None = None


class AuditEntry(msgspec.Struct, kw_only=True):
    """One entry. ``hash`` is SHA-256 over the entry and ``previous``, the hash of the entry before it."""

    sequence: int
    at: datetime
    actor: AuditActor
    action: str
    target: str
    details: dict[str, Any]
    previous: str
    hash: str


class LogState(msgspec.Struct, kw_only=True):
    """What verifying a log found; ``broken`` is null when every entry is as it was written."""

    log: str
    entries: int
    broken: ChainBreak | None


def _utc(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


async def list_entries(
    house: House,
    actor: Actor,
    organisation: str,
    *,
    action: str | None,
    name: str | None,
    since: datetime | None,
    until: datetime | None,
    cursor: str | None,
    limit: int,
) -> Page[AuditEntry]:
    """List the organisation's entries, newest first.

    Parameters
    ----------
    action : str or None
        Such as ``member.removed``; ``member.`` for all that begin so.
    name : str or None
        Who acted: an e-mail address.
    """
    position = decode_cursor(cursor, int)
    async with house.tenant(actor, organisation) as tenant:
        rows = await audit_store.list_entries(
            tenant.connection,
            action=action,
            actor=name,
            since=_utc(since),
            until=_utc(until),
            before=position[0] if position else None,
            limit=limit + 1,
        )
        items = [
            msgspec.convert(entry_document(tenant.organisation_id, row), AuditEntry, strict=False)
            for row in rows[:limit]
        ]
    return Page(items, encode_cursor(items[-1].sequence) if len(rows) > limit else None)


async def export_entries(house: House, actor: Actor, organisation: str) -> AsyncIterator[bytes]:
    """Begin an export: every entry as a line of JSON, and a last line that says where the log ends.

    Raises
    ------
    NotFound, NotAllowed
        Before the first line.
    """
    async with house.tenant(actor, organisation) as tenant:
        await record(tenant, "audit.exported", "audit")
        organisation_id = tenant.organisation_id
        end, hash_ = await audit_store.log_head(tenant.connection, organisation_id)

    async def lines() -> AsyncIterator[bytes]:
        after = FIRST
        while after < end:
            async with house.tenant(actor, organisation) as tenant:  # whoever lost the right gets no more
                rows = await audit_store.page_entries(
                    tenant.connection, organisation_id, after=after, until=end, limit=PAGE
                )
            if not rows:
                break
            yield b"".join(_line(entry_document(organisation_id, row)) for row in rows)
            after = rows[-1].sequence
        yield _line({"end": {"log": log_name(organisation_id), "sequence": end, "hash": hash_.hex()}})

    return lines()


async def export_service_log(house: House) -> AsyncIterator[bytes]:
    """Give the service's own log in the same form; for the operator."""
    async with house.database.transaction() as connection:
        end, hash_ = await audit_store.log_head(connection, None)
    after = FIRST
    while after < end:
        async with house.database.transaction() as connection:
            rows = await audit_store.page_entries(connection, None, after=after, until=end, limit=PAGE)
        if not rows:
            break
        yield b"".join(_line(entry_document(None, row)) for row in rows)
        after = rows[-1].sequence
    yield _line({"end": {"log": log_name(None), "sequence": end, "hash": hash_.hex()}})


def _line(document: dict[str, Any]) -> bytes:
    return msgspec.json.encode(document) + b"\n"


async def verify_log(house: House, organisation_id: UUID | None) -> LogState:
    """Recompute a log's chain from its first entry; None is the service's own log.

    Whoever may change the database's rows as its owner may also write a whole new chain: what finds that is an export
    kept elsewhere, whose last hash must stand in the log for ever.
    """
    async with house.database.transaction(organisation=organisation_id) as connection:
        end, hash_ = await audit_store.log_head(connection, organisation_id)
    walk, after = Walk(log_name(organisation_id)), FIRST
    while True:
        async with house.database.transaction(organisation=organisation_id) as connection:
            rows = await audit_store.page_entries(connection, organisation_id, after=after, until=end, limit=PAGE)
            grown, _ = await audit_store.log_head(connection, organisation_id)
            beyond = await audit_store.page_entries(
                connection, organisation_id, after=max(end, grown), until=2**63 - 1, limit=1
            )
        broken = walk.all(entry_document(organisation_id, row) for row in rows)
        if broken is not None or len(rows) < PAGE:
            break
        after = rows[-1].sequence
    if broken is None:
        broken = walk.end(end, hash_.hex())
    if broken is None and beyond:
        broken = ChainBreak(beyond[0].sequence, "the entry stands behind the log's end")
    return LogState(log=log_name(organisation_id), entries=walk.sequence, broken=broken)
