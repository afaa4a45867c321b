"""The job that judges which satellites crossed frames, by the elements nearest in epoch to each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from domain.errors import InvalidInput
from domain.ground_place import GroundPlace
from domain.satellite_results import Crossing
from service.house import House
from service.process_pool import ProcessPool
from service.satellite_sky import SLOT, NoCatalogue
from service.satellite_tasks import Exposure, JudgeQuestion
from storage import crossing_store

__all__ = ["judge"]

TOGETHER = 10  # frames of one question: so short that whoever asks something meanwhile hardly waits


async def judge(house: House, pool: ProcessPool, tenant_of: Any, payload: dict[str, Any]) -> tuple[int, int]:
    """Judge a batch of frames and record what crossed them.

    Frames without a site, time, exposure or footprint, and those with a closed shutter, have no crossings recorded.

    Parameters
    ----------
    payload : dict
        ``frames``: ids.

    Returns
    -------
    tuple of (int, int)
        Frames done; none fails: one that cannot be judged is left unjudged.
    """
    asked = [UUID(frame_id) for frame_id in payload["frames"]]
    began = datetime.now(UTC)  # elements that come in meanwhile are not among those that are asked
    async with tenant_of() as tenant:
        rows = await crossing_store.read_exposures(tenant.connection, asked)
    judged: dict[UUID, list[dict[str, Any]] | None] = dict.fromkeys(asked)
    exposures: list[tuple[UUID, Exposure]] = []
    for row in rows:
        try:
            exposures.append((row.id, _exposure(row)))
        except InvalidInput:
            continue
    for batch in _batches(exposures):
        middle = batch[len(batch) // 2][1].start
        question = JudgeQuestion(exposures=[exposure for _, exposure in batch], in_all=len(exposures))
        try:
            found: list[list[Crossing] | None] = await house.satellites.ask(house.database, question, about=middle)
        except NoCatalogue:
            return len(asked), 0
        for (frame_id, _), crossings in zip(batch, found, strict=True):
            judged[frame_id] = None if crossings is None else [_stored(one) for one in crossings]
    async with tenant_of() as tenant:
        await crossing_store.save_crossings(tenant.connection, tenant.organisation_id, judged, at=began)
    return len(asked), 0


def _stored(crossing: Crossing) -> dict[str, Any]:
    """Write a crossing as it is kept: its way to some milliarcseconds and milliseconds, which takes half the room."""
    told: dict[str, Any] = msgspec.to_builtins(crossing)
    told["path_deg"] = [[round(ra_deg, 6), round(dec_deg, 6)] for ra_deg, dec_deg in crossing.path_deg]
    told["path_s"] = [round(seconds, 3) for seconds in crossing.path_s]
    return told


def _exposure(row: Any) -> Exposure:
    return Exposure(
        place=GroundPlace(latitude_deg=row.latitude_deg, longitude_deg=row.longitude_deg, height_m=row.height_m),
        start=row.start_at,
        exposure_s=row.exposure_s,
        polygons_deg=[[(ra, dec) for ra, dec in one["vertices_deg"]] for one in row.footprints],
    )


def _batches(exposures: list[tuple[UUID, Exposure]]) -> list[list[tuple[UUID, Exposure]]]:
    """Part exposures, which come in order of time, into some few of about the same time."""
    batches: list[list[tuple[UUID, Exposure]]] = []
    for one in exposures:
        start = one[1].start
        if batches and len(batches[-1]) < TOGETHER and start - batches[-1][0][1].start < min(SLOT, timedelta(hours=1)):
            batches[-1].append(one)
        else:
            batches.append([one])
    return batches
