"""What is held back no longer soon, and when the organisation is reminded of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from service.audit_log import record
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from storage import embargo_lifts
from storage.embargo_store import Target

__all__ = [
    "FARTHEST_DAYS",
    "USUAL_DAYS",
    "EmbargoReminders",
    "UpcomingLift",
    "get_reminders",
    "list_upcoming_lifts",
    "set_reminders",
]

USUAL_DAYS = [14, 1]
"Two weeks: time to ask for a longer embargo. A day: nobody is taken by surprise."
FARTHEST_DAYS = 100


class UpcomingLift(msgspec.Struct, kw_only=True):
    """The files that one embargo lets go on one day (UTC); ``name`` is the slug of what it was set for, or a path."""

    target: Target
    id: UUID
    name: str
    reason: str
    lifts_on: date
    first_at: datetime
    last_at: datetime
    files: int
    size_bytes: int


class EmbargoReminders(msgspec.Struct):
    """How many days before an embargo lifts owners, admins and those who uploaded the files are told; none: never."""

    days: Annotated[list[Annotated[int, Meta(ge=1, le=FARTHEST_DAYS)]], Meta(max_length=10)]


async def list_upcoming_lifts(
    house: House, actor: Actor, organisation: str, *, days: int, cursor: str | None, limit: int
) -> Page[UpcomingLift]:
    """List what lifts within so many days, the next first."""
    position = decode_cursor(cursor, date, str, UUID)
    async with house.tenant(actor, organisation) as tenant:
        lifts = await embargo_lifts.list_lifts(
            tenant.connection,
            now=datetime.now(UTC),
            within=timedelta(days=days),
            after=(position[0], position[1], position[2]) if position else None,
            limit=limit + 1,
        )
    shown = [
        UpcomingLift(
            id=lift.target_id,
            **{name: getattr(lift, name) for name in UpcomingLift.__struct_fields__ if name != "id"},
        )
        for lift in lifts[:limit]
    ]
    last = shown[-1] if len(lifts) > limit else None
    return Page(shown, encode_cursor(last.lifts_on, last.target, last.id) if last else None)


async def get_reminders(house: House, actor: Actor, organisation: str) -> EmbargoReminders:
    """Tell when the organisation is reminded."""
    async with house.tenant(actor, organisation) as tenant:
        days = await embargo_lifts.get_reminder_days(tenant.connection)
    return EmbargoReminders(USUAL_DAYS if days is None else days)


async def set_reminders(house: House, actor: Actor, organisation: str, new: EmbargoReminders) -> EmbargoReminders:
    """Set when the organisation is reminded."""
    days = sorted(set(new.days), reverse=True)
    async with house.tenant(actor, organisation) as tenant:
        await embargo_lifts.set_reminder_days(tenant.connection, tenant.organisation_id, days)
        await record(tenant, "embargo.reminders-set", "embargo-reminders", days=days)
    return EmbargoReminders(days)
