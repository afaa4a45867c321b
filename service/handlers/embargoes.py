"""Embargoes over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar.params import Parameter

from service.actions import embargo_lifts, embargoes
from service.actions.embargo_lifts import FARTHEST_DAYS, EmbargoReminders, UpcomingLift
from service.actions.embargoes import Embargo, NewEmbargo
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation
from storage.embargo_store import Target

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/embargoes"
ONE = f"{BASE}/{{target:str}}/{{name:str}}"
REMINDERS = "/organisations/{organisation:str}/embargo-reminders"


@operation("GET", BASE, scope="embargoes:read", tags=["embargoes"])
async def list_embargoes(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Embargo]:
    """List the embargoes that were set."""
    return await embargoes.list_embargoes(house, actor, organisation, cursor=cursor, limit=limit)


@operation("PUT", ONE, scope="embargoes:write", tags=["embargoes"])
async def set_embargo(
    organisation: str, target: Target, name: str, data: NewEmbargo, actor: Actor, house: House
) -> Embargo:
    """Hold something back for a while.

    `target` is `organisation`, `instrument`, `dataset` or `file`; `name` is its slug, a file's identifier. A file's own
    embargo goes before that of its datasets, of which the latest counts; then that of its instrument, then the
    organisation's default. Nothing has to be done for it to lift.
    """
    return await embargoes.set_embargo(house, actor, organisation, target, name, data)


@operation("DELETE", ONE, scope="embargoes:write", tags=["embargoes"])
async def remove_embargo(organisation: str, target: Target, name: str, actor: Actor, house: House) -> None:
    """Take an embargo away, so that the wider one counts."""
    await embargoes.remove_embargo(house, actor, organisation, target, name)


@operation("GET", f"{BASE}/upcoming", scope="embargoes:read", tags=["embargoes"])
async def list_upcoming_lifts(
    organisation: str,
    actor: Actor,
    house: House,
    days: Annotated[int, Parameter(ge=1, le=FARTHEST_DAYS, description="How far to look ahead.")] = 30,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[UpcomingLift]:
    """List what is held back no longer soon: files together, by embargo and day, the next first."""
    return await embargo_lifts.list_upcoming_lifts(house, actor, organisation, days=days, cursor=cursor, limit=limit)


@operation("GET", REMINDERS, scope="embargoes:read", tags=["embargoes"])
async def get_embargo_reminders(organisation: str, actor: Actor, house: House) -> EmbargoReminders:
    """Tell how many days before an embargo lifts people are reminded of it."""
    return await embargo_lifts.get_reminders(house, actor, organisation)


@operation("PUT", REMINDERS, scope="embargoes:write", tags=["embargoes"])
async def set_embargo_reminders(
    organisation: str, data: EmbargoReminders, actor: Actor, house: House
) -> EmbargoReminders:
    """Set how many days before an embargo lifts people are reminded of it, by mail and the event `embargo.lifting`.

    Owners, admins, and those who uploaded the files are told, once for each embargo and day on which it lifts. With no
    days nobody is.
    """
    return await embargo_lifts.set_reminders(house, actor, organisation, data)


HANDLERS = [
    list_embargoes,
    set_embargo,
    remove_embargo,
    list_upcoming_lifts,
    get_embargo_reminders,
    set_embargo_reminders,
]
