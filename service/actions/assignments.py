"""Visiting observers: guests are assigned to a telescope for a range of nights, and control it while those last."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from domain.assignment import control_period
from domain.errors import NotAllowed, NotFound
from domain.people import normal_email
from service.actions.newcomers import find_person, looking_for_people
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from storage import assignment_store, equipment_store
from storage.assignment_store import AssignmentRow

__all__ = [
    "Assignment",
    "AssignmentChange",
    "NewAssignment",
    "add_assignment",
    "change_assignment",
    "check_control",
    "get_assignment",
    "list_assignments",
    "remove_assignment",
    "telescope_of_guest",
]


class NewAssignment(msgspec.Struct, kw_only=True):
    """Who observes where, and in which nights: evening dates, both included; no last night means an open end."""

    email: Annotated[str, Meta(max_length=254, examples=["sophie@hven.example"])]
    telescope: Annotated[str, Meta(max_length=64, examples=["quadrant"])]
    first_night: Annotated[date, Meta(examples=["2026-11-20"])]
    last_night: Annotated[date, Meta(examples=["2026-11-24"])] | None = None


class AssignmentChange(msgspec.Struct, kw_only=True):
    """A new last night; null for an open end."""

    last_night: date | UnsetType | None = UNSET


class Assignment(msgspec.Struct, kw_only=True):
    """``control_from`` to ``control_until``: when they may upload and write the log; they see those nights for ever."""

    id: UUID
    email: str
    name: str
    telescope: str
    first_night: date
    last_night: date | None
    control_from: datetime
    control_until: datetime | None
    created_at: datetime


def _shown(row: AssignmentRow) -> Assignment:
    return Assignment(**{name: getattr(row, name) for name in Assignment.__struct_fields__})


def _told(assignment: Assignment) -> dict[str, str]:
    """Say for the audit log who has what, and when."""
    return {
        "email": assignment.email,
        "telescope": assignment.telescope,
        "first_night": str(assignment.first_night),
        "last_night": str(assignment.last_night or "open"),
    }


async def _get(tenant: Tenant, assignment_id: UUID) -> AssignmentRow:
    row = await assignment_store.find(tenant.connection, assignment_id)
    if row is None:
        raise NotFound("There is no such assignment in this organisation.")
    return row


async def add_assignment(house: House, actor: Actor, organisation: str, new: NewAssignment) -> Assignment:
    """Assign a person who has an account to a telescope; they become a guest if they are not one of the people yet.

    Raises
    ------
    NotFound
        Nobody has an account with this address, or there is no such telescope.
    AddressNotConfirmed
        They were never seen to read mail there.
    TooManyAttempts
        30 addresses were of nobody within an hour.
    InvalidInput
        The last night is before the first.
    """
    async with looking_for_people(house, actor), house.tenant(actor, organisation) as tenant:
        person, _ = await find_person(house, tenant, normal_email(new.email))
        telescope = await equipment_store.get(tenant.connection, "telescopes", new.telescope)
        site = await equipment_store.get(tenant.connection, "sites", telescope["site"])
        begin, end = control_period(new.first_night, new.last_night, site["time_zone"])
        assignment_id = await assignment_store.add(
            tenant.connection,
            tenant.organisation_id,
            account_id=person.id,
            telescope_id=telescope["id"],
            first_night=new.first_night,
            last_night=new.last_night,
            control_from=begin,
            control_until=end,
            created_by=actor.account_id,
        )
        made = _shown(await _get(tenant, assignment_id))
        await record(tenant, "assignment.added", f"assignments/{made.id}", **_told(made))
    return made


async def list_assignments(
    house: House,
    actor: Actor,
    organisation: str,
    *,
    telescope: str | None,
    night: date | None,
    email: str | None,
    cursor: str | None,
    limit: int,
) -> Page[Assignment]:
    """List assignments, the latest first; a guest sees their own."""
    position = decode_cursor(cursor, date, UUID)
    async with house.tenant(actor, organisation) as tenant:
        telescope_id = None
        if telescope is not None:
            telescope_id = (await equipment_store.get(tenant.connection, "telescopes", telescope))["id"]
        rows = await assignment_store.list_assignments(
            tenant.connection,
            telescope_id=telescope_id,
            night=night,
            email=normal_email(email) if email else None,
            before=(position[0], position[1]) if position else None,
            limit=limit + 1,
        )
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        [_shown(row) for row in rows[:limit]], encode_cursor(last.first_night, last.id) if last is not None else None
    )


async def get_assignment(house: House, actor: Actor, organisation: str, assignment_id: UUID) -> Assignment:
    """Read an assignment; raises NotFound when there is none, or it is another guest's."""
    async with house.tenant(actor, organisation) as tenant:
        return _shown(await _get(tenant, assignment_id))


async def change_assignment(
    house: House, actor: Actor, organisation: str, assignment_id: UUID, change: AssignmentChange
) -> Assignment:
    """End an assignment earlier, later, or leave its end open.

    Raises
    ------
    InvalidInput
        The last night is before the first.
    """
    async with house.tenant(actor, organisation) as tenant:
        row = await _get(tenant, assignment_id)
        if change.last_night is not UNSET:
            begin, end = control_period(row.first_night, change.last_night, row.time_zone)
            await assignment_store.set_period(
                tenant.connection, row.id, last_night=change.last_night, control_from=begin, control_until=end
            )
        changed = _shown(await _get(tenant, assignment_id))
        await record(tenant, "assignment.changed", f"assignments/{changed.id}", **_told(changed))
    return changed


async def remove_assignment(house: House, actor: Actor, organisation: str, assignment_id: UUID) -> None:
    """Take an assignment away; what the guest uploaded stays, and stays readable to them."""
    async with house.tenant(actor, organisation) as tenant:
        row = await _get(tenant, assignment_id)
        await assignment_store.remove(tenant.connection, assignment_id)
        await record(tenant, "assignment.removed", f"assignments/{assignment_id}", **_told(_shown(row)))


async def telescope_of_guest(tenant: Tenant, telescope_id: UUID | None) -> UUID | None:
    """Tell which telescope an upload is of: a guest's is of one they control now.

    Raises
    ------
    NotAllowed
        The guest controls no telescope now, another one, or several and does not say which.
    """
    if tenant.role != "guest":
        return telescope_id
    controlled = await assignment_store.controlled(tenant.connection, tenant.actor.account_id, datetime.now(UTC))
    if telescope_id in {own for own, _ in controlled}:
        return telescope_id
    if telescope_id is None and len(controlled) == 1:
        return controlled[0][0]
    if telescope_id is None and controlled:
        names = ", ".join(slug for _, slug in controlled)
        raise NotAllowed(f"You are assigned to several telescopes now: say which these files are of ({names}).")
    raise NotAllowed(
        "You are not assigned to this telescope now: guests upload from local noon of their first night to local noon"
        " after their last. Ask an admin for more nights."
    )


async def check_control(tenant: Tenant, telescope_id: UUID | None, night: date | None) -> None:
    """Let members pass, and guests for the nights they are assigned to, while these last.

    Raises
    ------
    NotAllowed
        It is not, or no longer, the guest's night.
    """
    if tenant.role != "guest":
        return
    now = datetime.now(UTC)
    if telescope_id is not None and night is not None:
        rows = await assignment_store.list_assignments(
            tenant.connection, telescope_id=telescope_id, night=night, email=tenant.actor.email, before=None, limit=100
        )
        if any(row.control_from <= now and (row.control_until is None or now < row.control_until) for row in rows):
            return
    raise NotAllowed(
        "This is for guests from local noon of their first night to local noon after their last, and for those nights."
        " Ask an admin for more nights."
    )
