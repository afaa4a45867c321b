"""Acknowledging files: what arrived is summed up here, made durable, named by its content, and only then recorded."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from uuid import UUID

from domain.errors import InvalidInput, NotFound
from domain.header import Problem
from service.actions.arrivals import sum_up
from service.actions.upload_keys import content_key, is_lasting, origin_of
from service.actions.upload_targets import UploadTarget
from service.actions.upload_types import Completed, Completion, read_items, result_of
from service.house import House, Team, Tenant
from service.room import beyond_limit, tell_of_level
from storage import upload_store
from storage.database import expect_many_rows
from storage.objects import Digest, StoredPart
from storage.upload_store import NewFile

__all__ = ["complete_upload"]

NOT_ARRIVED = Problem("not-arrived", "Its bytes have not arrived: send them, then complete again.")


async def complete_upload(house: House, target: UploadTarget, upload_id: UUID, completion: Completion) -> Completed:
    """Verify what arrived, and acknowledge it.

    A store may have summed up what it wrote itself while it wrote it, or before it took it at all; whatever else lies
    there is read again (`sum_up`).

    Bytes first, row second: a file is acknowledged once its bytes are durable, their SHA-256 was recomputed there,
    they lie under a lasting key, and the rows that name them are committed. Where nobody can send other bytes to such
    a key behind them, they arrived there, and nothing is moved. Safe to repeat.

    A file that cannot be taken for now, as its dataset was closed meanwhile or the plan has no room any more, stays
    wanted, and so do its bytes.
    """
    while True:
        with contextlib.suppress(_Overtaken):
            return await _complete(house, target, upload_id, completion)


class _Overtaken(Exception):
    """Another request settled some of the files meanwhile; nothing of this one was recorded."""


async def _complete(house: House, target: UploadTarget, upload_id: UUID, completion: Completion) -> Completed:
    asked = {file.position: file.sha256 for file in completion.files}
    async with target.enter() as here:
        upload, rows = await read_items(here, upload_id, list(asked))
        wanted = [row for row in rows if row.state == "wanted"]
        expected_of = {row.position: row.sha256 or bytes.fromhex(asked[row.position] or "") for row in wanted}
        # What cannot be taken for now is not touched: it is completed later.
        put_off = await target.put_off(here, upload._mapping, _files(wanted, expected_of))
    if missing := sorted(asked.keys() - {row.position for row in rows}):
        raise InvalidInput(f"This upload has no files at the positions {missing[:20]}.")
    results = {row.position: result_of(row) for row in rows}
    for position, problem in put_off.items():
        results[position].problem = problem
    wanted = [row for row in wanted if row.position not in put_off]
    await _join_parts(house, wanted)
    digests = await sum_up(house, wanted)
    # What another transfer of the same content brought in the meantime need not arrive twice.
    absent = {expected_of[row.position] for row in wanted if digests[row.staging_key] is None} - {b""}
    known: dict[bytes, int] = {}
    if absent:
        async with target.enter() as here:
            known = await target.known(here, list(absent))

    arrived: dict[str, Digest] = {}
    moves: dict[str, str] = {}
    refused: list[str] = []
    files: list[NewFile] = []
    for row in wanted:
        result, digest, expected = results[row.position], digests[row.staging_key], expected_of[row.position]
        result.problem = None  # of an earlier attempt
        if digest is None and known.get(expected) == row.size_bytes:
            result.state = "stored"
            files.append(NewFile(row.position, row.path, expected, row.size_bytes, row.expected_version))
        elif digest is None:
            result.problem = NOT_ARRIVED
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
            key = row.staging_key
            if not is_lasting(key):
                moves[key] = key = content_key(here.organisation_id, digest.sha256, key)
            arrived[key] = digest
            sha256 = bytes.fromhex(digest.sha256)
            files.append(NewFile(row.position, row.path, sha256, digest.size_bytes, row.expected_version))
    try:
        await house.objects.ensure_durable(list(arrived.keys() - set(moves.values())))
    except NotFound:  # removed meanwhile, as another request found that it is not what was announced
        raise _Overtaken from None
    # The move makes the bytes durable before it names them.
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

    async with target.enter() as here:
        problems = await target.refuse(here, files)
        for position, problem in problems.items():
            results[position].state, results[position].problem = "failed", problem
        put_off = await target.put_off(here, upload._mapping, files)
        taken = [file for file in files if file.position not in problems.keys() | put_off.keys()]
        put_off |= await beyond_limit(house, here.connection, here.organisation_id, taken)
        for position, problem in put_off.items():
            results[position].state, results[position].problem = "wanted", problem
        over = await _over(here, wanted, arrived)
        for position in over:
            results[position].state, results[position].problem = "wanted", NOT_ARRIVED
        files = [file for file in files if file.position not in problems.keys() | put_off.keys() | over]
        # Only what files are acknowledged by is recorded, each under its own key; the others' bytes go again.
        taken_at = {file.position for file in files}
        kept = {moves.get(row.staging_key, row.staging_key) for row in wanted if row.position in taken_at}
        recorded = {key: digest for key, digest in arrived.items() if key in kept}
        await expect_many_rows(here.connection)
        await upload_store.add_contents(here.connection, here.organisation_id, recorded)
        named = await target.name(here, upload._mapping, files)
        spare = await upload_store.spare_keys(here.connection, recorded)
        if unnamed := arrived.keys() - recorded.keys():
            items = await upload_store.get_items(here.connection, upload_id)
            spare += sorted(unnamed - _still_wanted(items, problems, over, moves))
        for position, file_id in named.files.items():
            results[position].file = file_id
        sha256_of = {f.position: f.sha256.hex() for f in files}
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
        if await upload_store.update_items(here.connection, upload_id, changes) < len(changes):
            raise _Overtaken
        # Not before: somebody may have told another SHA-256 of the same bytes, and have been acknowledged.
        spare += await upload_store.unrecorded_keys(here.connection, refused)
    # What was put off at the last moment goes back to where the next completion looks for it.
    keys = {row.staging_key for row in wanted if row.position in put_off} & moves.keys()
    await house.objects.move_many([(moves[key], key) for key in keys if moves[key] not in recorded])
    closed = {row.staging_key: arrived[row.staging_key] for row in wanted if row.position in over}
    if closed:  # whatever was acknowledged under these keys was so before, and nothing will be again
        async with house.database.transaction(organisation=here.organisation_id) as connection:
            spare += await upload_store.spare_keys(connection, closed)
    await house.objects.delete(spare)
    if arrived:
        await tell_of_level(house, here.organisation_id)
    return Completed([results[position] for position in sorted(results)], named.job)


def _files(rows: list[Any], sha256_of: dict[int, bytes]) -> list[NewFile]:
    """Give the files that rows would become."""
    return [
        NewFile(row.position, row.path, sha256_of[row.position], row.size_bytes, row.expected_version) for row in rows
    ]


async def _over(here: Tenant | Team, rows: list[Any], arrived: dict[str, Digest]) -> set[int]:
    """Tell which files, by position, came too late under their lasting keys: the sweep may be removing them just now.

    It says so under the lock that is taken here, before it removes anything.
    """
    origins = {row.position: origin_of(row.staging_key) for row in rows if row.staging_key in arrived}
    if not origins:
        return set()
    await upload_store.lock_contents(here.connection, here.organisation_id)
    still_open = await upload_store.open_among(here.connection, set(origins.values()))
    return {position for position, origin in origins.items() if origin not in still_open}


def _still_wanted(items: list[Any], problems: dict[int, Problem], over: set[int], moves: dict[str, str]) -> set[str]:
    """Tell which keys other files may still be acknowledged under, or are already, although one of them was refused.

    Those are files of the same content in this batch, and in other uploads that went on with its parts. What none of
    them has acknowledged is left to the sweep then.
    """
    return {
        moves.get(row.staging_key, row.staging_key)
        for row in items
        if row.position in over
        or (row.multipart_id is not None and row.sha256 is not None and is_lasting(row.staging_key))
        or (row.position not in problems and row.state in ("wanted", "stored"))
    }


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
