"""Beginning to send files: which contents are known, and where the bytes of the others go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from domain.errors import Conflict, InvalidInput, NotFound
from domain.header import Problem
from domain.paths import BadPath, clean_path
from service.actions.upload_keys import (
    content_key,
    is_lasting,
    is_sent,
    large_key,
    origin_of,
    sent_prefix,
    staging_prefix,
)
from service.actions.upload_targets import UploadTarget
from service.actions.upload_types import (
    MAXIMUM_PARTS,
    NewTeamUpload,
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
from service.house import House, Team, Tenant
from service.room import check_room, without_room
from storage import upload_store
from storage.ids import new_id
from storage.objects import PartPlan, SignedRequest
from storage.upload_store import NewFile

__all__ = ["get_upload", "sign_parts", "start_upload"]

SIZE_MISMATCH = Problem(
    "size-mismatch", "The size does not fit the checksum: the file changed while it was read; send it again."
)


def _signed(request: SignedRequest) -> SignedPut:
    return SignedPut(request.url, dict(request.headers), request.method)


def part_size(least_bytes: int, size_bytes: int) -> int:
    """Choose the size of parts so that the store's limit on their number is kept."""
    size = least_bytes
    while size * MAXIMUM_PARTS < size_bytes:
        size *= 2
    return size


async def start_upload(house: House, target: UploadTarget, new: NewUpload | NewTeamUpload) -> Upload:
    """Register a batch: contents that are known become files at once, addresses are signed for the others.

    Sending the same batch again resumes it, from any process: what arrived is known, parts that arrived are kept.

    Raises
    ------
    ClientFault
        As the target's ``prepare``.
    OverQuota
        The plan has no room for what is not known.
    """
    upload_id = new_id()
    whole_bytes = min(house.config.part_size_bytes, new.part_size_bytes or house.config.part_size_bytes)
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
                "crc32": file.crc32,
                "likeness": file.likeness if file.sha256 is None else None,
                "staging_key": None,
                "multipart_id": None,
                "part_size_bytes": None,
                "file_id": None,
                "problem": msgspec.to_builtins(result.problem) if result.problem else None,
            }
        )
    digests = list({row["sha256"] for row in rows if row["sha256"]})
    async with target.enter() as here:
        upload = await target.prepare(here) | {
            "id": upload_id,
            "organisation_id": here.organisation_id,
            "account_id": here.actor.account_id,
            "host": new.host,
        }
        for row, file in zip(rows, new.files, strict=True):
            row |= target.item(file)
        _fail(results, await target.refuse(here, _files(results, rows)))  # before their bytes are sent in vain
        known = await target.known(here, digests)
        in_parts = {row["sha256"] for row in rows if row["size_bytes"] > whole_bytes} - {None}
        resumable = await upload_store.resumable(here.connection, list(in_parts))
        alike = {row["likeness"] for row in rows if row["size_bytes"] > whole_bytes} - {None}
        alike_begun = await upload_store.resumable_likenesses(here.connection, [bytes.fromhex(one) for one in alike])
        found_begun = [*resumable.values(), *alike_begun.values()]
        begun_by = {origin_of(found.staging_key) for found in found_begun if is_lasting(found.staging_key)}
        over = begun_by - await upload_store.open_among(here.connection, begun_by)
        organisation_id = here.organisation_id

    begun_likenesses = {likeness.hex() for likeness in alike_begun}
    unknown = [
        (position, row["sha256"], row["size_bytes"])
        for position, (result, row) in enumerate(zip(results, rows, strict=True))
        if result.state != "failed"
        and row["sha256"] not in known
        and row["sha256"] not in resumable
        and row["likeness"] not in begun_likenesses
    ]
    _fail(results, without_room(await house.objects.room_bytes(), unknown))
    await check_room(
        house,
        organisation_id,
        (
            (row["sha256"], row["size_bytes"])
            for result, row in zip(results, rows, strict=True)
            if result.state != "failed" and row["sha256"] not in known
        ),
        tell_figures=_hears_figures(here),
    )
    # Network calls stay outside transactions: addresses and multiparts are made between the two.
    takes_no_other = await house.objects.enforces_sha256()
    keeps_first = house.objects.keeps_first
    first_of: dict[bytes, int] = {}
    for result, row in zip(results, rows, strict=True):
        if result.state == "failed":
            continue
        sha256, size = row["sha256"], row["size_bytes"]
        if sha256 in known:
            result.state = "known"
            if known[sha256] != size:
                result.state, result.problem = "failed", SIZE_MISMATCH
            continue
        key = f"{staging_prefix(organisation_id, upload_id)}/{result.position}"
        if sha256 in first_of:
            # The same content twice in one batch is sent once; completing the first completes this one.
            first = rows[first_of[sha256]]
            row["staging_key"] = first["staging_key"]
            if first["size_bytes"] != size:  # or it would be refused when it came, and the other's bytes with it
                result.state, result.problem = "failed", SIZE_MISMATCH
            continue
        if sha256 is not None:
            first_of[sha256] = result.position
        if size <= whole_bytes:
            if keeps_first:
                key = f"{sent_prefix(organisation_id, upload_id)}/{result.position}"
            is_direct = takes_no_other and sha256 is not None
            row["staging_key"] = content_key(organisation_id, sha256.hex(), key) if is_direct else key
            result.put = await _sign_put(house, row["staging_key"], size, sha256, row["crc32c"])
            continue
        begun = resumable.get(sha256) if sha256 else alike_begun.get(bytes.fromhex(row["likeness"] or ""))
        if begun is not None and is_lasting(begun.staging_key) and origin_of(begun.staging_key) in over:
            begun = None  # what arrived of it is being removed
        if (
            begun is not None
            and begun.size_bytes == size
            and await _is_worth(house, begun, part_size(whole_bytes, size))
        ):
            row["staging_key"], row["multipart_id"] = begun.staging_key, begun.multipart_id
            row["part_size_bytes"] = begun.part_size_bytes
        else:
            # Only the service joins parts, and nobody can change them then: where moving copies, they stay there.
            if house.objects.moves_by_copying:
                key = large_key(organisation_id, upload_id, result.position)
            row["staging_key"], row["part_size_bytes"] = key, part_size(whole_bytes, size)
            row["multipart_id"] = await house.objects.start_multipart(
                key, media_type="application/octet-stream", part_size_bytes=row["part_size_bytes"]
            )
        result.part_size_bytes = row["part_size_bytes"]

    async with target.enter() as here:
        _fail(results, await target.refuse(here, _files(results, rows, "known")))
        _fail(results, await target.put_off(here, upload, _files(results, rows, "known")))
        found = _files(results, rows, "known")
        await upload_store.add_upload(here.connection, **upload)
        named = await target.name(here, upload, found)
        for result, row in zip(results, rows, strict=True):
            result.file = named.files.get(result.position)
            problem = msgspec.to_builtins(result.problem) if result.problem else None
            row |= {"state": result.state, "file_id": result.file, "problem": problem}
        await upload_store.add_items(here.connection, organisation_id, upload_id, rows)
    keys = {row["position"]: row["staging_key"] for row in rows}
    return Upload(upload_id, results, _together(house, results, keys))


def _hears_figures(here: Tenant | Team) -> bool:
    return isinstance(here, Tenant) and here.role != "guest"


def _together(house: House, results: list[UploadFile], keys: dict[int, str]) -> SignedPut | None:
    """Sign an address for several files at once, where the store takes them so and more than one is wanted."""
    wanted = [result.position for result in results if result.put is not None]
    if len(wanted) < 2:
        return None
    prefix = keys[wanted[0]].rpartition("/")[0]  # where it takes several, all of them are beside each other
    request = house.objects.sign_put_together(
        prefix,
        count=max(result.position for result in results) + 1,
        once=is_sent(keys[wanted[0]]),
        expires_s=house.config.upload_url_seconds,
    )
    return _signed(request) if request else None


async def _is_worth(house: House, begun: Any, part_size_bytes: int) -> bool:
    """Tell whether to go on with a transfer in parts.

    What nobody goes on with for long is given up by the store. And of parts that are larger than they are to be now,
    perhaps none ever arrives again: a tenth of all has to be there.
    """
    try:
        stored = await house.objects.list_parts(begun.staging_key, begun.multipart_id)
    except NotFound:
        return False
    arrived_bytes = sum(part.size_bytes for part in stored)
    return bool(begun.part_size_bytes <= part_size_bytes or 10 * arrived_bytes >= begun.size_bytes)


async def _sign_put(house: House, key: str, size_bytes: int, sha256: bytes | None, crc32c: str | None) -> SignedPut:
    """Sign an address for a whole file; under a lasting key the store is told to take nothing but that content."""
    request = await house.objects.sign_put(
        key,
        size_bytes=size_bytes,
        crc32c=crc32c,
        sha256=sha256.hex() if sha256 is not None and is_lasting(key) else None,
        once=is_sent(key),
        expires_s=house.config.upload_url_seconds,
    )
    return _signed(request)


def _files(results: list[UploadFile], rows: list[dict[str, Any]], state: str = "") -> list[NewFile]:
    """Give the files in a state, or all that did not fail."""
    return [
        NewFile(r.position, r.path, row["sha256"] or b"", row["size_bytes"], row.get("expected_version"))
        for r, row in zip(results, rows, strict=True)
        if r.state == state or (not state and r.state != "failed")
    ]


def _fail(results: list[UploadFile], problems: dict[int, Problem]) -> None:
    """Let files fail for what is wrong with them."""
    for result in results:
        if result.position in problems:
            result.state, result.problem = "failed", problems[result.position]


async def get_upload(house: House, target: UploadTarget, upload_id: UUID) -> Upload:
    """Read what became of each file, with fresh addresses for those still wanted."""
    async with target.enter() as here:
        upload, rows = await read_items(here, upload_id)
    results = []
    for row in rows:
        result = result_of(row)
        if (
            row.state == "wanted"
            and row.multipart_id is None
            and (upload.state == "open" or not is_lasting(row.staging_key))
            and (house.objects.keeps_first or not is_sent(row.staging_key))
        ):
            result.put = await _sign_put(house, row.staging_key, row.size_bytes, row.sha256, row.crc32c)
        results.append(result)
    return Upload(upload_id, results, _together(house, results, {row.position: row.staging_key for row in rows}))


async def sign_parts(house: House, target: UploadTarget, upload_id: UUID, position: int, request: PartRequest) -> Parts:
    """Sign addresses for parts of a large file, leaving out those that have arrived.

    Raises
    ------
    NotFound
        No such upload or file in it.
    Conflict
        The file is not sent in parts, or is complete already.
    OverQuota
        The plan has no room for it any more.
    """
    async with target.enter() as here:
        upload, rows = await read_items(here, upload_id, [position])
    if not rows:
        raise NotFound("This upload has no file at this position.")
    row = rows[0]
    if row.state != "wanted" or row.multipart_id is None:
        raise Conflict("This file is not sent in parts, or is complete already.", state=row.state)
    if upload.created_at < datetime.now(UTC) - timedelta(seconds=house.config.upload_url_seconds):
        # Its announcement counts no more: what was stored meanwhile may have taken the room.
        await check_room(house, here.organisation_id, [(row.sha256, row.size_bytes)], tell_figures=_hears_figures(here))
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
