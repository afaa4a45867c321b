"""Beginning to send files: which contents are known, and where the bytes of the others go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from domain.errors import Conflict, InvalidInput, NotFound
from domain.header import Problem
from domain.paths import BadPath, clean_path
from domain.slugs import slug_of
from service.actions.assignments import telescope_of_guest
from service.actions.jobs import enqueue_ingest
from service.actions.upload_types import (
    MAXIMUM_PARTS,
    NewUpload,
    PartRequest,
    Parts,
    PartToSend,
    SignedPut,
    Upload,
    UploadFile,
    read_items,
    result_of,
)
from service.house import Actor, House, Tenant
from storage import equipment_store, upload_store
from storage.ids import new_id
from storage.objects import PartPlan, SignedRequest
from storage.upload_store import NewFile

__all__ = ["get_upload", "sign_parts", "start_upload"]


def _signed(request: SignedRequest) -> SignedPut:
    return SignedPut(request.url, dict(request.headers), request.method)


def part_size(house: House, size_bytes: int) -> int:
    """Choose the size of parts so that the store's limit on their number is kept."""
    size = house.config.part_size_bytes
    while size * MAXIMUM_PARTS < size_bytes:
        size *= 2
    return size


async def _equipment(tenant: Tenant, new: NewUpload) -> tuple[UUID | None, UUID | None]:
    telescope_id = instrument_id = None
    if new.telescope:
        telescope_id = (await equipment_store.get(tenant.connection, "telescopes", new.telescope))["id"]
    if new.instrument:
        instrument = await equipment_store.get(tenant.connection, "instruments", new.instrument)
        instrument_id = instrument["id"]
        if telescope_id not in (None, instrument["telescope_id"]):
            raise InvalidInput(f"The instrument {new.instrument!r} is not at the telescope {new.telescope!r}.")
        telescope_id = instrument["telescope_id"]
    return telescope_id, instrument_id


async def start_upload(house: House, actor: Actor, organisation: str, new: NewUpload) -> Upload:
    """Register a batch: contents that are known become files at once, addresses are signed for the others.

    Sending the same batch again resumes it, from any process: what arrived is known, parts that arrived are kept.

    Raises
    ------
    NotFound
        The telescope or instrument does not exist.
    Conflict
        The dataset is closed.
    InvalidInput
        The instrument belongs to another telescope, or the dataset's name cannot stand in an address.
    """
    upload_id = new_id()
    results: list[UploadFile] = []
    rows: list[dict[str, Any]] = []
    for position, file in enumerate(new.files):
        result = UploadFile(position=position, path=file.path, state="wanted")
        results.append(result)
        try:
            result.path = clean_path(file.path)
            if file.size_bytes > house.config.max_file_bytes:
                raise BadPath(f"The file is larger than the {house.config.max_file_bytes} bytes taken here.")
        except BadPath as error:
            result.state, result.problem = "failed", Problem(error.code, error.detail)
            result.path = file.path.encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")
        rows.append(
            {
                "position": position,
                "path": result.path,
                "size_bytes": file.size_bytes,
                "sha256": bytes.fromhex(file.sha256) if file.sha256 else None,
                "crc32c": file.crc32c,
                "staging_key": None,
                "multipart_id": None,
                "part_size_bytes": None,
                "file_id": None,
                "problem": msgspec.to_builtins(result.problem) if result.problem else None,
            }
        )
    if new.dataset is not None and not slug_of(new.dataset):
        raise InvalidInput("A dataset's name needs at least one letter or digit.")
    digests = list({row["sha256"] for row in rows if row["sha256"]})
    async with house.tenant(actor, organisation) as tenant:
        telescope_id, instrument_id = await _equipment(tenant, new)
        telescope_id = await telescope_of_guest(tenant, telescope_id)
        dataset_id = None
        if new.dataset:
            dataset_id = await upload_store.open_dataset(
                tenant.connection, tenant.organisation_id, new.dataset, actor.account_id
            )
        known = await upload_store.known_contents(tenant.connection, digests)
        in_parts = {row["sha256"] for row in rows if row["size_bytes"] > house.config.part_size_bytes} - {None}
        resumable = await upload_store.resumable(tenant.connection, list(in_parts))
        organisation_id = tenant.organisation_id

    # Network calls stay outside transactions: addresses and multiparts are made between the two.
    first_of: dict[bytes, int] = {}
    for result, row in zip(results, rows, strict=True):
        if result.state == "failed":
            continue
        sha256, size = row["sha256"], row["size_bytes"]
        if sha256 in known:
            result.state = "known"
            if known[sha256] != size:
                result.state = "failed"
                detail = "The size does not fit the checksum: the file changed while it was read; send it again."
                result.problem = Problem("size-mismatch", detail)
            continue
        key = f"{organisation_id.hex}/staging/{upload_id.hex}/{result.position}"
        if sha256 in first_of:
            # The same content twice in one batch is sent once; completing the first completes this one.
            row["staging_key"] = rows[first_of[sha256]]["staging_key"]
            continue
        if sha256 is not None:
            first_of[sha256] = result.position
        if size <= house.config.part_size_bytes:
            row["staging_key"] = key
            result.put = _signed(
                await house.objects.sign_put(
                    key, size_bytes=size, crc32c=row["crc32c"], expires_s=house.config.upload_url_seconds
                )
            )
            continue
        begun = resumable.get(sha256) if sha256 else None
        if begun is not None and begun.size_bytes == size:
            row["staging_key"], row["multipart_id"] = begun.staging_key, begun.multipart_id
            row["part_size_bytes"] = begun.part_size_bytes
        else:
            row["staging_key"], row["part_size_bytes"] = key, part_size(house, size)
            row["multipart_id"] = await house.objects.start_multipart(
                key, media_type="application/octet-stream", part_size_bytes=row["part_size_bytes"]
            )
        result.part_size_bytes = row["part_size_bytes"]

    async with house.tenant(actor, organisation) as tenant:
        found = [
            NewFile(r.position, r.path, row["sha256"], row["size_bytes"])
            for r, row in zip(results, rows, strict=True)
            if r.state == "known"
        ]
        made = await upload_store.add_files(
            tenant.connection,
            organisation_id,
            found,
            dataset_id=dataset_id,
            telescope_id=telescope_id,
            instrument_id=instrument_id,
            account_id=actor.account_id,
            host=new.host,
        )
        await upload_store.add_upload(
            tenant.connection,
            id=upload_id,
            organisation_id=organisation_id,
            account_id=actor.account_id,
            host=new.host,
            telescope_id=telescope_id,
            instrument_id=instrument_id,
            dataset_id=dataset_id,
        )
        for result, row in zip(results, rows, strict=True):
            result.file = made[result.position][0] if result.position in made else None
            row |= {"state": result.state, "file_id": result.file}
        await upload_store.add_items(tenant.connection, organisation_id, upload_id, rows)
        await enqueue_ingest(tenant, [file_id for file_id, is_new in made.values() if is_new])
    return Upload(upload_id, results)


async def get_upload(house: House, actor: Actor, organisation: str, upload_id: UUID) -> Upload:
    """Read what became of each file, with fresh addresses for those still wanted."""
    async with house.tenant(actor, organisation) as tenant:
        _, rows = await read_items(tenant, upload_id)
    results = []
    for row in rows:
        result = result_of(row)
        if row.state == "wanted" and row.multipart_id is None:
            result.put = _signed(
                await house.objects.sign_put(
                    row.staging_key,
                    size_bytes=row.size_bytes,
                    crc32c=row.crc32c,
                    expires_s=house.config.upload_url_seconds,
                )
            )
        results.append(result)
    return Upload(upload_id, results)


async def sign_parts(
    house: House, actor: Actor, organisation: str, upload_id: UUID, position: int, request: PartRequest
) -> Parts:
    """Sign addresses for parts of a large file, leaving out those that have arrived.

    Raises
    ------
    NotFound
        No such upload or file in it.
    Conflict
        The file is not sent in parts, or is complete already.
    """
    async with house.tenant(actor, organisation) as tenant:
        _, rows = await read_items(tenant, upload_id, [position])
    if not rows:
        raise NotFound("This upload has no file at this position.")
    row = rows[0]
    if row.state != "wanted" or row.multipart_id is None:
        raise Conflict("This file is not sent in parts, or is complete already.", state=row.state)
    size, step = row.size_bytes, row.part_size_bytes
    count = -(-size // step)
    stored = {p.number for p in await house.objects.list_parts(row.staging_key, row.multipart_id)}
    asked = range(request.first, min(request.first + request.count, count + 1))
    if request.crc32c is not None and len(request.crc32c) != len(asked):
        raise InvalidInput(f"{len(asked)} parts are signed by this request: give as many checksums, or none.")
    plans = [
        PartPlan(n, min(step, size - (n - 1) * step), request.crc32c[i] if request.crc32c else None)
        for i, n in enumerate(asked)
        if n not in stored
    ]
    signed = await house.objects.sign_parts(
        row.staging_key, row.multipart_id, plans, expires_s=house.config.upload_url_seconds
    )
    parts = [
        PartToSend(
            number=plan.number,
            offset_bytes=(plan.number - 1) * step,
            size_bytes=plan.size_bytes,
            put=_signed(request_),
        )
        for plan, request_ in zip(plans, signed, strict=True)
    ]
    return Parts(sorted(stored), parts, count)
