"""Frames on their way: watch agents announce files, with previews, long before a thin line has carried those."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import InvalidInput, NotFound
from domain.paths import clean_path
from service.coming_previews import media_types_of
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from storage import coming_store
from storage.ids import new_id

__all__ = ["Announcement", "ComingFrame", "ComingPreview", "announce_frames", "list_coming_frames", "read_preview"]

MOST_AT_ONCE = 20
MOST_KEPT = 2000  # of an organisation
BASE64_CHARACTERS = 4 * -(-64 * 1024 // 3)

Path = Annotated[str, Meta(min_length=1, max_length=4096, examples=["light/M31/M31_R_001.fits"])]
Word = Annotated[str, Meta(max_length=80)]


class FrameFacts(msgspec.Struct, kw_only=True):
    """What plain keywords of a header say (``OBJECT``, ``FILTER``, ``EXPTIME``, ``DATE-OBS``); nothing is checked."""

    object: Word | None = None
    filter: Word | None = None
    exposure_s: Annotated[float, Meta(ge=0, le=1e9)] | None = None
    date_obs: Word | None = None


class AnnouncedFrame(FrameFacts, kw_only=True):
    """A file that waits, and its preview: WebP or JPEG in base64, at most 64 kB and 512 pixels on an edge.

    What cannot be drawn is announced without a preview.
    """

    path: Path
    size_bytes: Annotated[int, Meta(ge=0, le=2**53)]
    preview: Annotated[str, Meta(min_length=1, max_length=BASE64_CHARACTERS)] | None = None


class Announcement(msgspec.Struct, kw_only=True):
    """Frames on their way, and ``arrived``: paths of which nothing is to be awaited any more."""

    frames: Annotated[list[AnnouncedFrame], Meta(max_length=MOST_AT_ONCE)] = []
    arrived: Annotated[list[Path], Meta(max_length=1000)] = []


class ComingFrame(FrameFacts, kw_only=True):
    """A file that is not here yet; ``preview`` is the address of what it looks like, null where it has none."""

    id: UUID
    agent: str
    path: str
    size_bytes: int
    announced_at: datetime
    preview: str | None


class ComingPreview(msgspec.Struct, frozen=True):
    """A preview as it was sent."""

    preview: bytes
    media_type: str


async def announce_frames(
    house: House, actor: Actor, organisation: str, agent: str, announcement: Announcement
) -> None:
    """Keep what an agent shows of files that wait, in place of what it showed of the same paths.

    Raises
    ------
    InvalidInput
        A preview is no image that is taken; a path is none that could be kept, or stands twice.
    """
    async with house.tenant(actor, organisation):
        pass  # whoever may not announce has no preview looked into here
    frames = {clean_path(frame.path): frame for frame in announcement.frames}
    arrived = {clean_path(path) for path in announcement.arrived}
    if len(frames) < len(announcement.frames):
        raise InvalidInput("A path stands twice among the frames.", field="frames")
    previews = [_preview(frame) for frame in frames.values()]
    media_types: list[str | None] | str = [None] * len(previews)
    if any(preview is not None for preview in previews):
        media_types = await house.images.run(media_types_of, previews)
    if isinstance(media_types, str):
        raise InvalidInput(media_types, field="frames")
    async with house.tenant(actor, organisation) as tenant:
        if arrived:
            await coming_store.forget(tenant.connection, agent, arrived)
        if frames:
            rows = [
                {
                    "organisation_id": tenant.organisation_id,
                    "agent": agent,
                    "path": path,
                    "id": new_id(),
                    "account_id": actor.account_id,
                    "size_bytes": frame.size_bytes,
                    "facts": _facts(frame),
                    "preview": preview,
                    "media_type": media_type,
                }
                for (path, frame), preview, media_type in zip(frames.items(), previews, media_types, strict=True)
            ]
            await coming_store.announce(tenant.connection, sorted(rows, key=lambda row: str(row["path"])))
            await coming_store.keep_newest(tenant.connection, MOST_KEPT)


def _preview(frame: AnnouncedFrame) -> bytes | None:
    if frame.preview is None:
        return None
    try:
        return base64.b64decode(frame.preview, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("A preview is not in base64.", field="frames") from error


def _facts(frame: AnnouncedFrame) -> dict[str, Any]:
    """Take what is told of the facts, and NUL out of texts, which the database cannot keep."""
    told = {name: getattr(frame, name) for name in FrameFacts.__struct_fields__}
    return {
        name: value.replace("\x00", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
        for name, value in told.items()
        if value is not None
    }


async def list_coming_frames(
    house: House, actor: Actor, organisation: str, *, cursor: str | None, limit: int
) -> Page[ComingFrame]:
    """List what is on its way, announced last first."""
    position = decode_cursor(cursor, datetime, UUID)
    async with house.tenant(actor, organisation) as tenant:
        rows = await coming_store.list_coming(
            tenant.connection, after=(position[0], position[1]) if position else None, limit=limit + 1
        )
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        [_coming(organisation, row) for row in rows[:limit]],
        encode_cursor(last.announced_at.astimezone(UTC), last.id) if last else None,
    )


def _coming(organisation: str, row: Any) -> ComingFrame:
    return ComingFrame(
        id=row.id,
        agent=row.agent,
        path=row.path,
        size_bytes=row.size_bytes,
        announced_at=row.announced_at,
        preview=f"/api/v1/organisations/{organisation}/coming/{row.id}/preview" if row.media_type else None,
        **row.facts,
    )


async def read_preview(house: House, actor: Actor, organisation: str, frame_id: UUID) -> ComingPreview:
    """Read a preview; raises NotFound when there is none, or its file has come."""
    async with house.tenant(actor, organisation) as tenant:
        row = await coming_store.find_preview(tenant.connection, frame_id)
    if row is None:
        raise NotFound("No such frame on its way has a preview: its file may have come.")
    return ComingPreview(row.preview, row.media_type)
