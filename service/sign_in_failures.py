"""Failed sign-ins told to the organisations whose people they were tried for, some minutes afterwards.

At the moment itself they are recorded in the service's own log alone, for known and unknown addresses alike, so that
the time an answer takes tells nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from service.audit_log import record
from service.house import NOBODY, House, Tenant
from storage import audit_store

__all__ = ["SIGN_IN_FAILED", "tell_of_failed_sign_ins"]

SIGN_IN_FAILED = "sign-in.failed"
PAGE = 1000
ADDRESSES_TOLD = 20


class _Failures(msgspec.Struct):
    """What was tried for one account."""

    first_at: datetime
    last_at: datetime
    attempts: int = 0
    addresses: set[str] = msgspec.field(default_factory=set)


async def tell_of_failed_sign_ins(house: House) -> int:
    """Append to each organisation's log what failed for its people since the last time; returns how many entries.

    One entry for an account tells of all its failures, so that somebody who tries passwords fills no log.
    """
    told = 0
    while True:
        async with house.database.transaction() as connection:
            # One process at a time; the service's log itself stays open to others until the end.
            await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('sign-in failures', 4))"))
            after = await audit_store.failures_told(connection)
            end, _ = await audit_store.log_head(connection, None)
            rows = await audit_store.page_entries(connection, None, after=after, until=end, limit=PAGE)
            if not rows:
                return told
            failures: dict[UUID, _Failures] = {}
            for row in rows:
                kind, _, account = row.target.partition("/")
                if row.action == SIGN_IN_FAILED and kind == "accounts" and account != "unknown":
                    one = failures.setdefault(UUID(account), _Failures(row.at, row.at))
                    one.attempts, one.last_at = one.attempts + 1, row.at
                    one.addresses.add(row.actor_details.get("address", ""))
            organisations = [
                (organisation_id, account_id)
                for account_id in failures
                for organisation_id in await audit_store.organisations_of(connection, account_id)
            ]
            for organisation_id, account_id in sorted(organisations):
                one = failures[account_id]
                await audit_store.enter(connection, organisation_id)
                await record(
                    Tenant(connection, organisation_id, "", "worker", NOBODY),
                    SIGN_IN_FAILED,
                    f"accounts/{account_id}",
                    attempts=one.attempts,
                    first_at=one.first_at,
                    last_at=one.last_at,
                    addresses=sorted(one.addresses)[:ADDRESSES_TOLD],
                )
            await audit_store.note_failures_told(connection, rows[-1].sequence)
            told += len(organisations)
