"""Embargoes over HTTP."""

from __future__ import annotations

from service.actions import embargoes
from service.actions.embargoes import Embargo, NewEmbargo
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation
from storage.embargo_store import Target

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/embargoes"
ONE = f"{BASE}/{{target:str}}/{{name:str}}"


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


HANDLERS = [list_embargoes, set_embargo, remove_embargo]
