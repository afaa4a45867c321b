"""The preview job: pictures of frames, drawn in worker processes and put beside their contents."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.preview_sizes import PREVIEW_SIZES_PX
from domain.tiers import ASLEEP
from service.house import House
from service.process_pool import ProcessPool
from service.worker_tasks import render
from storage import frame_store, tier_store

__all__ = ["draw", "preview_key", "preview_keys"]


def preview_key(organisation_id: UUID, frame_id: UUID, size: int | str) -> str:
    """Name the object that holds a frame's preview, its long edge at most ``size`` pixels."""
    return f"{organisation_id.hex}/previews/{frame_id.hex}/{size}"


def preview_keys(organisation_id: UUID, frame_id: UUID) -> list[str]:
    """Name the objects that hold a frame's previews, where it has any."""
    return [preview_key(organisation_id, frame_id, size) for size in PREVIEW_SIZES_PX]


async def draw(house: House, pool: ProcessPool, tenant_of: Any, payload: dict[str, Any]) -> tuple[int, int]:
    """Draw the previews of a batch of frames; a frame nothing can be drawn of says so and stops no other.

    One whose bytes sleep in the archive keeps what it has, and its file says what it waits for: when it can be read, it
    is derived again, and drawn (`service/tier_moves.py`).
    """
    frames = [UUID(frame_id) for frame_id in payload["frames"]]
    async with tenant_of() as tenant:
        organisation_id = tenant.organisation_id
        rows = list(
            await tenant.connection.execute(
                text(
                    # Looked up one by one: see storage.frame_store.READ_FILES.
                    "SELECT r.id, r.file_id, f.path, f.size_bytes, (SELECT c.object_key FROM contents c"
                    " WHERE c.organisation_id = r.organisation_id AND c.sha256 = r.sha256) AS object_key"
                    " FROM frames r CROSS JOIN LATERAL"
                    " (SELECT path, size_bytes FROM files WHERE id = r.file_id OFFSET 0) f"
                    " WHERE r.id = ANY(:frames)"
                ),
                {"frames": frames},
            )
        )
    store = house.objects.describe()
    states: dict[UUID, str] = {}
    asleep: list[UUID] = []

    async def one(row: Any) -> None:
        drawn = await pool.run(render, store, row.object_key, row.size_bytes, row.path)
        if drawn == "asleep":
            asleep.append(row.file_id)
            return
        if drawn is None:
            states[row.id] = "none"
            return
        for picture in drawn.previews:
            await house.objects.put(
                preview_key(organisation_id, row.id, picture.size_px),
                picture.content,
                media_type=drawn.media_type,
                durable=False,  # lost in a power cut, it is drawn again
            )
        states[row.id] = "ready"

    await asyncio.gather(*(one(row) for row in rows))
    async with tenant_of() as tenant:
        await frame_store.set_previews(tenant.connection, states)
        await tier_store.note_asleep(tenant.connection, asleep, ASLEEP)
    return len(rows), sum(state == "none" for state in states.values())
