"""Sending files: ask which contents are known, send the rest straight to the store, complete, verified."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import Conflict, InvalidInput, NotFound
from domain.header import Problem
from domain.paths import BadPath, clean_path
from domain.slugs import slug_of
from service.actions.jobs import enqueue_ingest
from service.house import Actor, House, Tenant
from storage import equipment_store, upload_store
from storage.ids import new_id
from storage.objects import Digest, PartPlan, SignedRequest, StoredPart
from storage.upload_store import NewFile

__all__ = [
    "Completed",
    "CompletedFile",
    "Completion",
    "NewUpload",
    "PartRequest",
    "Parts",
    "Upload",
    "UploadFile",
    "complete_upload",
    "get_upload",
    "sign_parts",
    "start_upload",
]

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of the content, hexadecimal.")]
Crc32c = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]{6}==$", description="CRC32C, big-endian, base64.")]
MAXIMUM_PARTS = 10_000  # of S3


class FileToSend(msgspec.Struct, kw_only=True):
    """One file to send. ``sha256`` may be left out for a large file and given at completion."""

    path: Annotated[str, Meta(min_length=1, max_length=4096, examples=["light/M31/M31_R_001.fits"])]
    size_bytes: Annotated[int, Meta(ge=0)]
    sha256: Sha256 | None = None
    crc32c: Crc32c | None = None


class NewUpload(msgspec.Struct, kw_only=True):
    """A batch of files, with what belongs to all of them."""

    files: Annotated[list[FileToSend], Meta(min_length=1, max_length=1000)]
    telescope: Annotated[str, Meta(max_length=64)] | None = None
    instrument: Annotated[str, Meta(max_length=64)] | None = None
    dataset: (
        Annotated[str, Meta(min_length=1, max_length=200, description="Made when there is none of this name.")] | None
    ) = None
    host: Annotated[str, Meta(max_length=255, description="The computer that sends.")] | None = None


class SignedPut(msgspec.Struct):
    """Send the bytes with exactly this request; it needs no other credential."""

    url: str
    headers: dict[str, str]
    method: str = "PUT"


class UploadFile(msgspec.Struct, kw_only=True):
    """What became of one file, by its position in the batch.

    ``known``: the organisation has this content, nothing is to be sent. ``wanted``: send it by ``put``, or in parts
    where ``part_size_bytes`` is given; with neither, another file of the batch brings the same content.
    ``stored``: acknowledged. ``failed``: see ``problem``; the others go on.
    """

    position: int
    path: str
    state: Literal["known", "wanted", "stored", "failed"]
    file: UUID | None = None
    put: SignedPut | None = None
    part_size_bytes: int | None = None
    problem: Problem | None = None


class Upload(msgspec.Struct):
    id: UUID
    files: list[UploadFile]


class PartRequest(msgspec.Struct, kw_only=True):
    """Which parts to sign: from ``first`` (1-based), at most ``count``; CRC32C of each if it is to be enforced."""

    first: Annotated[int, Meta(ge=1, le=MAXIMUM_PARTS)] = 1
    count: Annotated[int, Meta(ge=1, le=1000)] = 100
    crc32c: Annotated[list[Crc32c], Meta(max_length=1000)] | None = None


class PartToSend(msgspec.Struct, kw_only=True):
    number: int
    offset_bytes: int
    size_bytes: int
    put: SignedPut


class Parts(msgspec.Struct):
    """``stored`` parts have arrived and need not be sent again; ``parts`` are signed, without those stored."""

    stored: list[int]
    parts: list[PartToSend]
    part_count: int


class CompletedFile(msgspec.Struct, kw_only=True):
    position: Annotated[int, Meta(ge=0, le=999)]
    sha256: Sha256 | None = None


class Completion(msgspec.Struct):
    files: Annotated[list[CompletedFile], Meta(min_length=1, max_length=1000)]


class Completed(msgspec.Struct):
    """What became of each file; ``stored`` is the acknowledgement that its bytes are safe and their checksum agrees."""

    files: list[UploadFile]
    job: UUID | None = None


def _signed(request: SignedRequest) -> SignedPut:
    return SignedPut(request.url, dict(request.headers), request.method)


def content_key(organisation_id: UUID, sha256: str, staging_key: str) -> str:
    """Name the object that holds a content: by tenant, SHA-256 and the transfer that brought it.

    The last makes a key's life unique: removing an object whose grace period is over can never meet a new upload of
    the same content, and completing a transfer twice gives the same key.
    """
    transfer, position = staging_key.split("/")[-2:]
    return f"{organisation_id.hex}/{sha256[:2]}/{sha256}.{transfer}.{position}"


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
                "upload_id": upload_id,
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
        dataset_id = None
        if new.dataset:
            dataset_id = await upload_store.open_dataset(
                tenant.connection, tenant.organisation_id, new.dataset, actor.account_id
            )
        known = await upload_store.known_contents(tenant.connection, digests)
        resumable = await upload_store.resumable(tenant.connection, digests)
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
            row |= {"organisation_id": organisation_id, "state": result.state, "file_id": result.file}
        await upload_store.add_items(tenant.connection, rows)
        await enqueue_ingest(tenant, [file_id for file_id, is_new in made.values() if is_new])
    return Upload(upload_id, results)


async def _items(tenant: Tenant, upload_id: UUID, positions: list[int] | None = None) -> tuple[Any, list[Any]]:
    upload = await upload_store.find_upload(tenant.connection, upload_id)
    if upload is None:
        raise NotFound("There is no such upload in this organisation.")
    return upload, await upload_store.get_items(tenant.connection, upload_id, positions)


def _result(row: Any) -> UploadFile:
    return UploadFile(
        position=row.position,
        path=row.path,
        state=row.state,
        file=row.file_id,
        part_size_bytes=row.part_size_bytes,
        problem=msgspec.convert(row.problem, Problem) if row.problem else None,
    )


async def get_upload(house: House, actor: Actor, organisation: str, upload_id: UUID) -> Upload:
    """Read what became of each file, with fresh addresses for those still wanted."""
    async with house.tenant(actor, organisation) as tenant:
        _, rows = await _items(tenant, upload_id)
    results = []
    for row in rows:
        result = _result(row)
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
        _, rows = await _items(tenant, upload_id, [position])
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


async def complete_upload(
    house: House, actor: Actor, organisation: str, upload_id: UUID, completion: Completion
) -> Completed:
    """Verify what arrived, by reading it again, and acknowledge it.

    Bytes first, row second: a file is acknowledged once its bytes are durable, their checksum was recomputed here,
    they lie under their content's name, and the rows that name them are committed. Safe to repeat.
    """
    asked = {file.position: file.sha256 for file in completion.files}
    async with house.tenant(actor, organisation) as tenant:
        upload, rows = await _items(tenant, upload_id, list(asked))
    if missing := sorted(asked.keys() - {row.position for row in rows}):
        raise InvalidInput(f"This upload has no files at the positions {missing[:20]}.")
    wanted = [row for row in rows if row.state == "wanted"]
    keys = list(dict.fromkeys(row.staging_key for row in wanted))
    await _join_parts(house, wanted)
    digests = await house.objects.digest_many(keys)
    await house.objects.ensure_durable([key for key, digest in digests.items() if digest is not None])
    # What another transfer of the same content brought in the meantime need not arrive twice.
    expected_of = {row.position: row.sha256 or bytes.fromhex(asked[row.position] or "") for row in wanted}
    async with house.tenant(actor, organisation) as tenant:
        known = await upload_store.known_contents(tenant.connection, [sha for sha in expected_of.values() if sha])

    results = {row.position: _result(row) for row in rows}
    arrived: dict[str, Digest] = {}
    moves: dict[str, str] = {}
    refused: list[str] = []
    files: list[NewFile] = []
    for row in wanted:
        result, digest, expected = results[row.position], digests[row.staging_key], expected_of[row.position]
        if digest is None and known.get(expected) == row.size_bytes:
            result.state = "stored"
            files.append(NewFile(row.position, row.path, expected, row.size_bytes))
        elif digest is None:
            result.problem = Problem("not-arrived", "Its bytes have not arrived: send them, then complete again.")
        elif not expected:
            raise InvalidInput(f"The file at position {row.position} needs its sha256 at completion.")
        elif digest.size_bytes != row.size_bytes or digest.sha256 != expected.hex():
            result.state = "failed"
            result.problem = Problem(
                "checksum-mismatch",
                "The bytes that arrived are not those announced: the file changed or the line erred; send it again.",
            )
            refused.append(row.staging_key)
        else:
            result.state = "stored"
            key = content_key(tenant.organisation_id, digest.sha256, row.staging_key)
            arrived[key], moves[row.staging_key] = digest, key
            files.append(NewFile(row.position, row.path, bytes.fromhex(digest.sha256), digest.size_bytes))
    # Whoever may still send could change the bytes between the reading and the move: the version moves, or nothing.
    unmoved = await house.objects.move_many(
        list(moves.items()), versions={source: arrived[key].version for source, key in moves.items()}
    )
    for row in wanted:
        if row.staging_key in unmoved:
            results[row.position].state = "wanted"
            results[row.position].problem = Problem(
                "changed-in-flight", "It was sent again while it was checked: complete again."
            )
            arrived.pop(moves[row.staging_key], None)
            files = [file for file in files if file.position != row.position]
    await house.objects.delete(refused)

    job = None
    async with house.tenant(actor, organisation) as tenant:
        spare = await upload_store.add_contents(tenant.connection, tenant.organisation_id, arrived)
        made = await upload_store.add_files(
            tenant.connection,
            tenant.organisation_id,
            files,
            dataset_id=upload.dataset_id,
            telescope_id=upload.telescope_id,
            instrument_id=upload.instrument_id,
            account_id=upload.account_id,
            host=upload.host,
        )
        sha256_of = {f.position: f.sha256.hex() for f in files}
        for position, (file_id, _) in made.items():
            results[position].file = file_id
        changes = [
            {
                "position": row.position,
                "state": results[row.position].state,
                "file_id": results[row.position].file,
                "sha256": sha256_of.get(row.position),
                "problem": results[row.position].problem,
            }
            for row in wanted
        ]
        await upload_store.update_items(tenant.connection, upload_id, changes)
        job = await enqueue_ingest(tenant, [file_id for file_id, is_new in made.values() if is_new])
    await house.objects.delete(spare)
    return Completed([results[position] for position in sorted(results)], job)


async def _join_parts(house: House, rows: list[Any]) -> None:
    """Join the parts of each large file; one that was joined before, or lacks parts, is left as it is."""

    async def join(key: str, multipart_id: str, size_bytes: int) -> None:
        try:
            parts: list[StoredPart] = await house.objects.list_parts(key, multipart_id)
        except NotFound:
            return
        if sum(part.size_bytes for part in parts) == size_bytes:
            await house.objects.complete_multipart(key, multipart_id, parts)

    multiparts = {row.staging_key: row for row in rows if row.multipart_id is not None}
    await asyncio.gather(*(join(key, row.multipart_id, row.size_bytes) for key, row in multiparts.items()))
