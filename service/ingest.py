"""The ingest job: headers read in worker processes, rows written in one transaction a batch, previews asked for."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import msgspec

from domain.equipment import Equipment, InstrumentEntry, TelescopeEntry
from domain.facts import HeaderMapping
from domain.site import SitePlace
from domain.tiers import ASLEEP
from service.actions.crossing_jobs import begin_judging
from service.actions.jobs import PREVIEW, enqueue, enqueue_ingest
from service.house import House, Tenant
from service.process_pool import ProcessPool
from service.worker_tasks import Derived, ToDerive, derive_batch
from storage import frame_store, job_store
from storage.dataset_store import apply_rules, hold_rules

__all__ = ["ingest"]

CHUNK = 50  # files a worker process derives at a time: enough to hide the hand-over, few enough to share evenly


async def _equipment(tenant: Tenant, *, hold: bool = False) -> Equipment:
    rows = await frame_store.read_equipment(tenant.connection, hold=hold)
    return Equipment(
        [
            TelescopeEntry(
                row["id"],
                [row["slug"], row["name"].casefold()],
                SitePlace(
                    latitude_deg=row["latitude_deg"],
                    longitude_deg=row["longitude_deg"],
                    height_m=row["height_m"],
                    time_zone=row["time_zone"],
                    mpc_code=row["mpc_code"],
                ),
            )
            for row in rows["telescopes"]
        ],
        [
            InstrumentEntry(
                row["id"],
                row["telescope_id"],
                [row["slug"], row["name"].casefold()],
                msgspec.convert(row["header_mapping"], HeaderMapping),
            )
            for row in rows["instruments"]
        ],
    )


def _asleep(file: Any) -> dict[str, Any]:
    """Keep what is known of a file, and say what it waits for; `service/tier_moves.py` asks again."""
    told = [problem for problem in file.problems if problem["code"] != ASLEEP.code]
    state = "indexed" if file.frame_id else "kept" if file.state == "stored" else file.state
    return {"id": file.id, "state": state, "problems": [*told, msgspec.to_builtins(ASLEEP)]}


async def ingest(house: House, pool: ProcessPool, tenant_of: Any, payload: dict[str, Any]) -> tuple[int, int]:
    """Derive and record a batch of files.

    Parameters
    ----------
    pool : ProcessPool
        Processes that read headers.
    tenant_of : callable
        Opens a transaction of the job's organisation, as an async context manager.
    payload : dict
        ``files``: ids; ``again``: derive contents that have a frame already, after a mapping changed.

    Returns
    -------
    tuple of (int, int)
        Files done, and files of these that failed (each with its reason in its row).
    """
    asked = [UUID(file_id) for file_id in payload["files"]]
    again = bool(payload.get("again"))
    async with tenant_of() as tenant:
        files = await frame_store.read_files(tenant.connection, asked)
        equipment = await _equipment(tenant)

    # One content has one frame: a second file of the same content takes over what is known of it.
    first_of: dict[bytes, Any] = {}
    for file in files:
        if file.frame_id is None or again:
            first_of.setdefault(file.sha256, file)
    todo = [
        ToDerive(
            str(f.id),
            f.path,
            f.sha256.hex(),
            f.size_bytes,
            f.object_key,
            telescope_id=f.telescope_id,
            instrument_id=f.instrument_id,
            told_type=f.told_type,
        )
        for f in first_of.values()
    ]
    store = house.objects.describe()
    chunks = await asyncio.gather(
        *(pool.run(derive_batch, store, equipment, todo[start : start + CHUNK]) for start in range(0, len(todo), CHUNK))
    )
    derived: dict[str, Derived] = {d.sha256: d for chunk in chunks for d in chunk}

    frames = [d.frame for d in derived.values() if d.frame]
    fates = []
    for file in files:
        what = derived.get(file.sha256.hex())
        if what is None:
            fates.append({"id": file.id, "state": "indexed"})
            continue
        if what.state == "asleep":
            fates.append(_asleep(file))
            continue
        fates.append(
            {
                "id": file.id,
                "state": what.state,
                "media_type": what.media_type,
                "problems": msgspec.to_builtins(what.problems),
                "telescope_id": what.telescope_id,
                "instrument_id": what.instrument_id,
            }
        )
    failed = sum(fate["state"] == "failed" for fate in fates)
    async with tenant_of() as tenant:
        await hold_rules(tenant.connection, tenant.organisation_id)  # first, as whoever brings one does
        is_moved = (await _equipment(tenant, hold=True)).telescopes != equipment.telescopes
        ids = await frame_store.save_derived(
            tenant.connection,
            tenant.organisation_id,
            frames,
            {d.sha256: d.units for d in derived.values() if d.frame},
            {d.sha256: d.beginning for d in derived.values() if d.beginning},
            fates,
        )
        if ids:
            await apply_rules(tenant.connection, tenant.organisation_id, list(ids.values()))
            await enqueue(tenant, PREVIEW, {"frames": [str(i) for i in ids.values()]}, total=len(ids))
            await begin_judging(tenant, list(ids.values()))
        if is_moved:  # whoever changed a site meanwhile did not know yet which of these files are of its telescopes
            await enqueue_ingest(tenant, asked, again=True)
        await job_store.add_event(
            tenant.connection,
            tenant.organisation_id,
            "files.ingested",
            {"files": len(files), "frames": len(ids), "failed": failed},
        )
    return len(files), failed
