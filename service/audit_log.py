"""The audit log: what matters about access, recorded in the transaction that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.audit_chain import entry_hash, moment_text, plain_details
from service.client_address import client_network
from service.house import NOBODY, Actor, Team, Tenant
from storage import audit_store

__all__ = ["entry_document", "record", "record_for_account", "record_for_service"]

Who = tuple[str, str, dict[str, str]]
LONGEST = 2000  # characters of any one text in an entry


def _who(actor: Actor | None) -> Who:
    """Say who acts: kind, what they are called, and the identifiers there are."""
    network = client_network()
    where = {"address": network} if network else {}
    if actor is None or actor is NOBODY:
        return ("anonymous", "anonymous", where) if network else ("service", "service", {})
    known = {"account": str(actor.account_id)} | where
    if actor.token_id is not None:
        return "token", actor.email, known | {"token": str(actor.token_id)}
    return "account", actor.email, known


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, dict):
        return {name[:LONGEST]: _shortened(inner) for name, inner in value.items()}
    return [_shortened(inner) for inner in value[:1000]] if isinstance(value, list) else value


def _composer(
    organisation_id: UUID | None, who: Who, action: str, target: str, details: Mapping[str, Any]
) -> Callable[[int, bytes], dict[str, Any]]:
    """Make what turns a place in a log into an entry there."""
    kind, actor, actor_details = who
    plain = _shortened(plain_details(details))

    def compose(sequence: int, previous: bytes) -> dict[str, Any]:
        values: dict[str, Any] = {
            "sequence": sequence,
            "at": datetime.now(UTC),
            "actor_kind": kind,
            "actor": plain_details(actor)[:LONGEST],
            "actor_details": actor_details,
            "action": action,
            "target": plain_details(target)[:LONGEST],
            "details": plain,
            "previous": previous,
        }
        document = _document(audit_store.log_name(organisation_id), values)
        return values | {"hash": bytes.fromhex(entry_hash(document))}

    return compose


def _document(log: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "log": log,
        "sequence": row["sequence"],
        "at": moment_text(row["at"]),
        "actor": {"kind": row["actor_kind"], "name": row["actor"], **row["actor_details"]},
        "action": row["action"],
        "target": row["target"],
        "details": row["details"],
        "previous": row["previous"].hex(),
    }


def entry_document(organisation_id: UUID | None, row: Any) -> dict[str, Any]:
    """Write a stored entry as it is exported, hashed and read by people; ``hash`` is the one it was stored with."""
    mapping = row._mapping
    return _document(audit_store.log_name(organisation_id), mapping) | {"hash": mapping["hash"].hex()}


async def record(tenant: Tenant | Team, action: str, target: str, **details: Any) -> None:
    """Append to the organisation's audit log what its person does, in the same transaction; of a team, to its host's.

    The log is locked until the transaction ends: call it last. One entry for a request, never one for each file.

    Parameters
    ----------
    action : str
        What is done, in the past and with dots, such as ``member.removed``.
    target : str
        To what: its path below the organisation, such as ``members/tycho@hven.example``.
    **details
        What else a reader wants to know: texts, whole numbers, booleans, lists and mappings of them. No secrets.
    """
    compose = _composer(tenant.organisation_id, _who(tenant.actor), action, target, details)
    await audit_store.append(tenant.connection, tenant.organisation_id, compose)


async def record_for_service(
    connection: AsyncConnection, actor: Actor | None, action: str, target: str, **details: Any
) -> None:
    """Append to the service's own log: for what belongs to no organisation. Call it last."""
    await audit_store.append(connection, None, _composer(None, _who(actor), action, target, details))


async def record_for_account(
    connection: AsyncConnection,
    actor: Actor,
    action: str,
    target: str,
    *,
    only_organisation_id: UUID | None = None,
    **details: Any,
) -> None:
    """Append what a person does with their account to the log of every organisation they belong to. Call it last.

    Somebody of no organisation is told of in the service's own log.

    Parameters
    ----------
    connection
        A transaction of this account and of no tenant.
    only_organisation_id
        The one organisation it is about.
    """
    organisations = await audit_store.organisations_of(connection, actor.account_id, only=only_organisation_id)
    if not organisations:
        await record_for_service(connection, actor, action, target, **details)
        return
    who = _who(actor)
    for organisation_id in organisations:
        await audit_store.enter(connection, organisation_id)
        await audit_store.append(connection, organisation_id, _composer(organisation_id, who, action, target, details))
    await audit_store.enter(connection, None)
