"""Assignments of guests over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar.params import Parameter

from service.actions import assignments
from service.actions.assignments import Assignment, AssignmentChange, NewAssignment
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/assignments"
ONE = f"{BASE}/{{assignment_id:uuid}}"


@operation("POST", BASE, scope="people:write", problems=(429,), tags=["assignments"])
async def add_assignment(organisation: str, data: NewAssignment, actor: Actor, house: House) -> Assignment:
    """Assign a visiting observer to a telescope for a range of nights.

    They become a guest if they are not one of the organisation's people. Guests upload, write the log and set the
    quality of frames from local noon of the first night to local noon after the last; what they may see, they see
    for ever: those nights, and what they uploaded.
    """
    return await assignments.add_assignment(house, actor, organisation, data)


@operation("GET", BASE, scope="organisation:read", tags=["assignments"])
async def list_assignments(
    organisation: str,
    actor: Actor,
    house: House,
    telescope: Annotated[str | None, Parameter(max_length=64)] = None,
    night: Annotated[date | None, Parameter(description="Those that cover this night.")] = None,
    email: Annotated[str | None, Parameter(max_length=254)] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Assignment]:
    """List assignments, the latest first night first; guests see their own."""
    return await assignments.list_assignments(
        house, actor, organisation, telescope=telescope, night=night, email=email, cursor=cursor, limit=limit
    )


@operation("GET", ONE, scope="organisation:read", tags=["assignments"])
async def get_assignment(organisation: str, assignment_id: UUID, actor: Actor, house: House) -> Assignment:
    """Read an assignment."""
    return await assignments.get_assignment(house, actor, organisation, assignment_id)


@operation("PATCH", ONE, scope="people:write", tags=["assignments"])
async def change_assignment(
    organisation: str, assignment_id: UUID, data: AssignmentChange, actor: Actor, house: House
) -> Assignment:
    """End an assignment earlier or later, or leave its end open."""
    return await assignments.change_assignment(house, actor, organisation, assignment_id, data)


@operation("DELETE", ONE, scope="people:write", tags=["assignments"])
async def remove_assignment(organisation: str, assignment_id: UUID, actor: Actor, house: House) -> None:
    """Take an assignment away."""
    await assignments.remove_assignment(house, actor, organisation, assignment_id)


HANDLERS = [add_assignment, list_assignments, get_assignment, change_assignment, remove_assignment]
