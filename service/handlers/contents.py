"""Contents over HTTP."""

from __future__ import annotations

from service.actions import contents
from service.actions.contents import ContentCheck, HeldContents
from service.house import Actor, House
from service.routing import operation

__all__ = ["HANDLERS"]


@operation(
    "POST", "/organisations/{organisation:str}/contents/check", scope="uploads:write", status=200, tags=["uploads"]
)
async def check_contents(organisation: str, data: ContentCheck, actor: Actor, house: House) -> HeldContents:
    """Ask which contents are safe here, before they are deleted elsewhere.

    A content is held if a file that is not deleted names it, and the store has its bytes in full.
    """
    return await contents.check_contents(house, actor, organisation, data)


HANDLERS = [check_contents]
