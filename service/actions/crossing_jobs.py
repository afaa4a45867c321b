"""Beginning to judge which satellites crossed frames: those that came in, and recent ones by newer elements."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from service.actions.jobs import enqueue
from service.house import NOBODY, House, Tenant
from storage import crossing_store, satellite_store

__all__ = ["CROSSINGS", "begin_judging", "begin_judging_again"]

CROSSINGS = "crossings"
BATCH = 200  # frames of one job
MOST_AGAIN = 20_000  # frames of an organisation that one import has judged again: a busy month
LOW_PRIORITY = -5


async def begin_judging(tenant: Tenant, frames: list[UUID]) -> None:
    """Begin to judge frames, in the transaction that brings them in; without a catalogue there is nothing to do."""
    if frames and await satellite_store.catalogue_version(tenant.connection) is not None:
        await _enqueue(tenant, frames)


async def begin_judging_again(house: House, first: datetime, last: datetime, *, before: datetime) -> int:
    """Begin to judge the frames of all organisations that new elements may say something about; returns how many.

    Parameters
    ----------
    first, last : datetime
        The epochs of the new elements.
    before : datetime
        Frames judged since then are left out.
    """
    begun = 0
    async with house.database.transaction() as connection:
        organisations = list(await connection.scalars(text("SELECT id FROM organisations ORDER BY id")))
    for organisation_id in organisations:
        async with house.database.transaction(organisation=organisation_id) as connection:
            frames = await crossing_store.frames_near(connection, first, last, before=before, limit=MOST_AGAIN)
            await _enqueue(Tenant(connection, organisation_id, "", "worker", NOBODY), frames, priority=LOW_PRIORITY)
        begun += len(frames)
    return begun


async def _enqueue(tenant: Tenant, frames: list[UUID], *, priority: int = 0) -> None:
    for start in range(0, len(frames), BATCH):
        batch = [str(frame) for frame in frames[start : start + BATCH]]
        await enqueue(tenant, CROSSINGS, {"frames": batch}, total=len(batch), priority=priority)
