"""Row-level security: the role the service works as, and which tables are exempt and why.

The policies themselves stand in the migrations, as they were made; a test compares all three.
"""

from __future__ import annotations

from sqlalchemy import MetaData

from storage.identity_tables import IDENTITY_TABLES

__all__ = ["NOT_TENANT", "RUNTIME_ROLE", "tenant_tables"]

RUNTIME_ROLE = "uraniborg_runtime"

# Tables that are read before it is known whose request it is. Each holds nothing that belongs to one organisation.
NOT_TENANT = {
    "accounts": "people are members of several organisations",
    "login_throttle": "counts failures before anyone is known",
    "sessions": "of an account",
    "tokens": "of an account; looked up by its hash before the organisation is known",
    "idempotency_keys": "of a caller's credential",
    "mail_outbox": "mail to accounts, whatever organisation made it necessary; sent by a process of no tenant",
    "organisations": "slug and name only; looked up before the tenant is set",
} | IDENTITY_TABLES


def tenant_tables(metadata: MetaData) -> list[str]:
    """Name the tables whose rows belong to one organisation."""
    return sorted(t.name for t in metadata.tables.values() if t.name not in NOT_TENANT)
