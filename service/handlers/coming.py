"""Frames on their way over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.openapi import ResponseSpec

from service.actions import coming
from service.actions.coming import Announcement, ComingFrame
from service.handlers.agents import Name
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}"
WEBP = "image/webp"
# Each preview has an address of its own, so that the browser need not ask again; it is not for caches in between.
# (What it is not to be taken for, `nosniff`, every reply of the service says.)
KEPT = {"cache-control": "private, max-age=86400, immutable", "vary": "Authorization, Cookie"}


@operation("POST", f"{BASE}/agents/{{name:str}}/coming", scope="uploads:write", status=204, tags=["agents"])
async def announce_frames(organisation: str, name: Name, data: Announcement, actor: Actor, house: House) -> None:
    """Announce, as a watch agent, files that wait for a thin line, with previews; and tell which have come.

    What is announced takes the place of what was announced of the same path. It goes when its path is among `arrived`,
    when the agent is forgotten, and after a week; of more than 2,000 of an organisation those without a preview go, and
    the oldest.
    """
    await coming.announce_frames(house, actor, organisation, name, data)


@operation("GET", f"{BASE}/coming", scope="coming:read", tags=["agents"])
async def list_coming_frames(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[ComingFrame]:
    """List frames on their way: what watch agents announced last first, and where each one's preview is.

    Nothing is known yet of what they show but what their headers say: who may see only some frames sees none of these.
    """
    return await coming.list_coming_frames(house, actor, organisation, cursor=cursor, limit=limit)


@operation(
    "GET",
    f"{BASE}/coming/{{frame_id:uuid}}/preview",
    scope="coming:read",
    tags=["agents"],
    media_type=WEBP,
    responses={200: ResponseSpec(bytes, description="WebP or JPEG.", media_type=WEBP, generate_examples=False)},
)
async def get_coming_preview(organisation: str, frame_id: UUID, actor: Actor, house: House) -> Response[Any]:
    """Get the preview of a frame on its way, as its agent drew it: WebP or JPEG, at most 512 pixels on an edge."""
    found = await coming.read_preview(house, actor, organisation, frame_id)
    return Response(found.preview, media_type=found.media_type, headers=KEPT)


HANDLERS = [announce_frames, list_coming_frames, get_coming_preview]
