"""The audit log over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter
from litestar.response import Stream

from service.actions import audit_log
from service.actions.audit_log import AuditEntry
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/audit"
JSON_LINES = "application/jsonl"


@operation("GET", BASE, scope="audit:read", tags=["audit"])
async def list_audit_entries(
    organisation: str,
    actor: Actor,
    house: House,
    action: Annotated[
        str | None, Parameter(max_length=64, description="What was done; `member.` for all that begin so.")
    ] = None,
    name: Annotated[str | None, Parameter(query="actor", max_length=254, description="Who did: an address.")] = None,
    since: Annotated[datetime | None, Parameter(description="Done at or after, RFC 3339.")] = None,
    until: Annotated[datetime | None, Parameter(description="Done before, RFC 3339.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[AuditEntry]:
    """List the audit log, newest first: who signed in, shared, published, downloaded, changed roles, deleted.

    The log is only ever appended to, and each entry's hash covers the one before it.
    """
    return await audit_log.list_entries(
        house, actor, organisation, action=action, name=name, since=since, until=until, cursor=cursor, limit=limit
    )


@operation(
    "GET",
    f"{BASE}/export",
    scope="audit:read",
    media_type=JSON_LINES,
    tags=["audit"],
    responses={
        200: ResponseSpec(bytes, description="The log.", media_type=JSON_LINES, generate_examples=False),
    },
)
async def export_audit(organisation: str, actor: Actor, house: House) -> Stream:
    """Download the whole audit log as JSON Lines, oldest first.

    Each line is an entry in the form over which its hash is computed: SHA-256 of the JSON text of `log`, `sequence`,
    `at`, `actor`, `action`, `target`, `details` and `previous`, with names sorted and no blanks. The last line says
    where the log ends.
    """
    lines = await audit_log.export_entries(house, actor, organisation)
    headers = {"content-disposition": f'attachment; filename="{organisation}-audit.jsonl"'}
    return Stream(lines, headers=headers, media_type=JSON_LINES)


HANDLERS = [list_audit_entries, export_audit]
