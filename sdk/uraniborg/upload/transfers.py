"""Batches of files: announced together, sent one by one, completed as they arrive."""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from uraniborg._generated.wire import Completed, Parts, SignedPut, Upload, UploadFile
from uraniborg.errors import Conflict, NotFound, TransferFailed, UraniborgError
from uraniborg.upload.batch import Batch
from uraniborg.upload.bundle import Bundle
from uraniborg.upload.digests import Changed, Digest, Memory, Unfinished, digest_file
from uraniborg.upload.gate import MOST
from uraniborg.upload.ledger import Item, Ledger
from uraniborg.upload.likeness import likeness_of
from uraniborg.upload.parts import are_few, send_in_parts
from uraniborg.upload.sender import AddressExpired, Sender, TooLarge
from uraniborg.upload.terms import Terms
from uraniborg.upload.walk import identity_of

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["LARGE_BYTES", "PATIENCE_S", "Transfers"]

LARGE_BYTES = 64 * 1024**2  # larger files are announced before their digest is known: it is made while they are sent
LARGE_AT_ONCE = 2
MOST_BYTES = 2**53  # of which anybody speaks
IN_A_ROW, IN_A_ROW_BYTES = 16, 1024**2  # small files that a thread sends before it gives its place to another
COMPLETE_AGE_S = 2.0  # each time is a request, and a job of ingest: of small files they would cost more than the files
COMPLETED_AT_ONCE = 4
PATIENCE_S = 120.0
REREAD_BYTES_PER_S = 20e6  # slower than any store reads what it has, before it acknowledges it


class Transfers:
    """Takes files with or without their digest, and brings each to its fate.

    Parameters
    ----------
    client : Client
        Asks the service.
    terms : Terms
        What belongs to all files.
    ledger : Ledger
        Told of each fate.
    sender : Sender
        Sends bytes.
    memory : Memory
        Recalls what was sent in part.
    """

    def __init__(self, client: Client, terms: Terms, ledger: Ledger, sender: Sender, memory: Memory) -> None:
        self._client, self._terms, self._ledger = client, terms, ledger
        self._sender, self._memory = sender, memory
        self.jobs: list[str] = []
        self._starting = ThreadPoolExecutor(1, "uraniborg-start")
        self._sending = ThreadPoolExecutor(MOST, "uraniborg-send")
        self._large = ThreadPoolExecutor(LARGE_AT_ONCE, "uraniborg-large")
        self._completing = ThreadPoolExecutor(COMPLETED_AT_ONCE, "uraniborg-complete")

    def add(self, items: list[Item]) -> None:
        """Take on files, at most 1,000 at once."""
        self._ledger.submit(self._starting, self._start, items)

    def close(self) -> None:
        """Wait for what is begun; what is not begun is dropped."""
        for pool in (self._starting, self._large, self._sending, self._completing):
            pool.shutdown(wait=True, cancel_futures=True)

    # Announcing.

    def _start(self, items: list[Item]) -> None:
        if items := [item for item in items if not self._resume(item)]:
            upload: Upload = self._terms.call(
                self._client,
                "start_upload",
                body=self._terms.announced([_announced(item) for item in items], self._part_size_bytes()),
                patience_s=PATIENCE_S,
                safe_to_repeat=True,
            )
            self._route(Batch(upload.id, dict(enumerate(items)), upload.together), upload.files)

    def _part_size_bytes(self) -> int | None:
        """Tell how large a part may be, if that matters."""
        size_bytes = self._sender.one_piece_bytes()
        return int(min(size_bytes, MOST_BYTES)) if math.isfinite(size_bytes) else None

    def _resume(self, item: Item) -> bool:
        """Go on with a large file's parts where an earlier upload broke off."""
        if item.identity.size_bytes < LARGE_BYTES:
            return False
        begun = self._memory.find_unfinished(item.identity, self._terms_of(item))
        if begun is None:
            return False
        try:
            upload: Upload = self._terms.call(self._client, "get_upload", upload_id=begun.upload, patience_s=PATIENCE_S)
        except NotFound:
            return False
        file = next((file for file in upload.files if file.position == begun.position), None)
        if file is None or file.state != "wanted" or not file.part_size_bytes or self._is_in_vain(begun, file):
            self._memory.forget_unfinished(item.identity, self._terms_of(item))
            return False
        self._route(Batch(begun.upload, {begun.position: item}), [file])
        return True

    def _is_in_vain(self, begun: Unfinished, file: UploadFile) -> bool:
        """Tell whether hardly any of a file's parts has arrived, as they are too large for the line."""
        if (file.part_size_bytes or 0) <= self._sender.one_piece_bytes():
            return False
        try:
            parts = self._sign_parts(begun.upload, begun.position, 1, 1, None)
        except (NotFound, Conflict):
            return True
        return are_few(parts.stored, parts.part_count)

    def _sign_parts(self, upload_id: str, position: int, first: int, count: int, crc32c: list[str] | None) -> Parts:
        """Ask where parts of a file go, and which have arrived."""
        parts: Parts = self._terms.call(
            self._client,
            "sign_parts",
            upload_id=upload_id,
            position=position,
            body={"first": first, "count": count, "crc32c": crc32c},
            patience_s=PATIENCE_S,
            safe_to_repeat=True,
        )
        return parts

    def _terms_of(self, item: Item) -> str:
        terms = self._terms
        parts = [self._client.url, terms.organisation, terms.telescope, terms.instrument, terms.dataset]
        if terms.team is not None:
            parts += [f"team {terms.team}", str(terms.expected_version)]
        if terms.frame_type is not None:
            parts += [f"type {terms.frame_type}"]
        return "\n".join([*(part or "" for part in parts), item.found.path])

    def _route(self, batch: Batch, files: list[UploadFile]) -> None:
        sent_by: dict[str, int] = {}
        large: list[tuple[int, int]] = []
        for file in files:
            item = batch.items[file.position]
            sha256 = item.digest.sha256 if item.digest else ""
            if file.state in ("known", "stored"):
                self._ledger.done(item, "known", file.file)
            elif file.state == "failed":
                self._refused(item, file)
            elif file.put is not None:
                batch.small.append((file.position, file.put))
                sent_by[sha256] = file.position
            elif file.part_size_bytes:
                large.append((file.position, file.part_size_bytes))
                sent_by[sha256] = file.position
            elif sha256 and sha256 in sent_by:
                batch.twins.setdefault(sent_by[sha256], []).append(file.position)
            else:
                self._ledger.retry(item, "not-announced", "The service neither has it nor says where to send it.")
        batch.on_their_way = len(batch.small) + len(large)
        small_bytes = sum(batch.items[position].identity.size_bytes for position, _ in batch.small)
        rows = max(-(-len(batch.small) // IN_A_ROW), -(-small_bytes // IN_A_ROW_BYTES))
        for _ in range(min(MOST, rows, len(batch.small))):
            self._ledger.submit(self._sending, self._send_small, batch)
        for position, part_size_bytes in large:
            item = batch.items[position]
            unfinished = Unfinished(batch.upload_id, position)
            self._memory.keep_unfinished(item.identity, self._terms_of(item), unfinished)
            self._ledger.submit(self._large, self._send_large, batch, position, part_size_bytes)

    # Sending.

    def _send_small(self, batch: Batch) -> None:
        """Send small files until none waits; handing each to a thread would take as long as its checksum."""
        while batch.small:
            with self._sender.place():
                row: list[tuple[int, SignedPut]] = []
                row_bytes = 0
                with contextlib.suppress(IndexError):  # another thread was quicker
                    while len(row) < IN_A_ROW and row_bytes < IN_A_ROW_BYTES:
                        row.append(batch.small.popleft())
                        row_bytes += batch.items[row[-1][0]].identity.size_bytes
                sent = self._send_together(batch, [position for position, _ in row])
                for position, put in row:
                    if self._ledger.failure is not None:
                        return
                    if position not in sent:
                        self._send(batch, position, put)

    def _send_together(self, batch: Batch, positions: list[int]) -> set[int]:
        """Send the smallest in a common body, where the store takes such; tells which arrived."""
        if batch.together is None or batch.renewed:  # no more, once addresses have expired: the line is slow
            return set()
        bundle = Bundle()
        for position in positions:
            item = batch.items[position]
            if item.digest is None or not bundle.takes(item.identity.size_bytes):
                continue
            content = item.content if item.content is not None else _read_unchanged(item)
            if content is not None:
                bundle.add(position, item.digest.crc32c, content)
        if self._ledger.failure is not None or not self._sender.put_together(batch.together, bundle):
            return set()
        for position in bundle.positions:
            with self._transfer(batch, position):
                self._sent_from_memory(batch.items[position])
        return set(bundle.positions)

    def _sent_from_memory(self, item: Item) -> None:
        self._ledger.drop(item)
        if identity_of(os.stat(item.found.source)) != item.identity:  # noqa: PTH116
            raise Changed("It changed while it was sent.")

    def _send(self, batch: Batch, position: int, put: SignedPut) -> None:
        item = batch.items[position]
        with self._transfer(batch, position):
            if item.content is not None:
                self._put(batch, position, put, item.content, len(item.content))
                self._sent_from_memory(item)
                return
            with open(item.found.source, "rb", buffering=0) as file:  # noqa: PTH123
                if identity_of(os.fstat(file.fileno())) != item.identity:
                    raise Changed("It changed since it was read.")
                if item.digest is None:  # large, but not too large for this store to take it in one piece
                    item.digest, _, _ = digest_file(item.found)
                self._put(batch, position, put, file.fileno(), item.identity.size_bytes)
                if identity_of(os.fstat(file.fileno())) != item.identity:
                    raise Changed("It changed while it was sent.")

    def _put(self, batch: Batch, position: int, put: SignedPut, source: bytes | int, size_bytes: int) -> None:
        """Send a small file; addresses live for minutes, and on a slow line a batch does not."""
        put = batch.renewed.get(position, put)
        try:
            self._put_whole(batch, position, put, source, size_bytes)
        except AddressExpired:
            with batch.renewing:
                if batch.renewed.get(position, put) is put:  # no other thread asked for all of them meanwhile
                    upload: Upload = self._terms.call(
                        self._client, "get_upload", upload_id=batch.upload_id, patience_s=PATIENCE_S
                    )
                    batch.renewed = {file.position: file.put for file in upload.files if file.put is not None}
            if position not in batch.renewed:
                raise
            self._put_whole(batch, position, batch.renewed[position], source, size_bytes)

    def _put_whole(self, batch: Batch, position: int, put: SignedPut, source: bytes | int, size_bytes: int) -> None:
        item = batch.items[position]
        self._sender.put(put, source, 0, size_bytes, has_place=True, can_be_smaller=lambda: self._can_be_smaller(item))

    def _can_be_smaller(self, item: Item) -> bool:
        """Tell whether a file may be announced once more, to go in smaller pieces: once."""
        return not item.was_too_large and self._ledger.has_another_round

    def _send_large(self, batch: Batch, position: int, part_size_bytes: int) -> None:
        item = batch.items[position]

        def is_known(sha256: str) -> bool:
            item.digest = Digest(sha256, "")
            completed = self._ask_to_complete(batch, [position])
            if completed.files[0].state == "stored":
                batch.known.add(position)
            return position in batch.known

        with self._transfer(batch, position):
            sha256 = send_in_parts(
                item.found.source,
                item.identity,
                part_size_bytes,
                item.digest,
                sign=partial(self._sign_parts, batch.upload_id, position),
                is_known=is_known,
                sender=self._sender,
                executor=self._sending,
                can_be_smaller=lambda: self._can_be_smaller(item),
            )
            if item.digest is None:
                item.digest = Digest(sha256, "")
            self._memory.keep(item.identity, item.digest)
            self._memory.forget_unfinished(item.identity, self._terms_of(item))

    @contextlib.contextmanager
    def _transfer(self, batch: Batch, position: int) -> Iterator[None]:
        """Around a transfer: what goes wrong becomes the file's fate or another attempt, what arrives is completed."""
        item, arrived, reason = batch.items[position], False, ""
        try:
            yield
            arrived = True
        except Changed as error:
            self._ledger.retry(item, "changed", str(error))
        except OSError as error:
            self._ledger.fail_reading(item, error)
        except TooLarge as error:
            reason, item.was_too_large = error.detail, True
            self._ledger.retry(item, "not-sent", reason)
        except (AddressExpired, TransferFailed, NotFound, Conflict) as error:
            reason = error.detail if isinstance(error, UraniborgError) else str(error)
            item.is_another = True
            self._memory.forget(item.identity)  # a store that refuses what does not add up does not say that it does
            self._ledger.retry(item, "not-sent", reason)
        with batch.lock:
            batch.on_their_way -= 1
            twins = batch.twins.pop(position, [])
            if arrived:
                if not batch.arrived and batch.on_their_way:
                    self._complete_later(batch)
                batch.arrived += [position, *twins]
            is_last = not batch.on_their_way
        if not arrived:
            for twin in twins:
                self._ledger.retry(batch.items[twin], "not-sent", "A file with the same content could not be sent.")
        if is_last:
            self._complete_arrived(batch)

    # Completing what has arrived.

    def _complete_later(self, batch: Batch) -> None:
        """Have what arrives from now on completed before long, whatever keeps the rest of its batch."""
        timer = threading.Timer(COMPLETE_AGE_S, self._complete_arrived, [batch])
        timer.daemon = True
        timer.start()

    def _complete_arrived(self, batch: Batch) -> None:
        with batch.lock:
            positions, batch.arrived = batch.arrived, []
        if positions:
            self._ledger.submit(self._completing, self._complete, batch, positions)

    def _ask_to_complete(self, batch: Batch, positions: list[int]) -> Completed:
        items = [batch.items[position] for position in positions]
        completed: Completed = self._terms.call(
            self._client,
            "complete_upload",
            upload_id=batch.upload_id,
            body={
                "files": [
                    {"position": position, "sha256": item.digest.sha256 if item.digest else None}
                    for position, item in zip(positions, items, strict=True)
                ]
            },
            patience_s=PATIENCE_S,
            safe_to_repeat=True,
            timeout_s=PATIENCE_S + sum(item.identity.size_bytes for item in items) / REREAD_BYTES_PER_S,
        )
        if completed.job:
            self.jobs.append(completed.job)
        return completed

    def _complete(self, batch: Batch, positions: list[int]) -> None:
        for file in self._ask_to_complete(batch, positions).files:
            item = batch.items[file.position]
            if file.state in ("stored", "known"):
                self._ledger.done(item, "known" if file.position in batch.known else "stored", file.file)
            else:
                self._refused(item, file)

    def _refused(self, item: Item, file: UploadFile) -> None:
        code = file.problem.code if file.problem else "refused"
        detail = file.problem.detail if file.problem else "The service refuses it."
        if file.state == "wanted":
            self._ledger.retry(item, code, detail)
        elif code in ("checksum-mismatch", "size-mismatch"):
            item.is_another = True
            self._memory.forget(item.identity)
            self._ledger.retry(item, code, detail)
        else:
            self._ledger.fail(item, code, detail)


def _read_unchanged(item: Item) -> bytes | None:
    """Read a small file again; None where that is not so simple any more, and whoever sends it alone says why."""
    try:
        with open(item.found.source, "rb", buffering=0) as file:  # noqa: PTH123
            content = file.read(item.identity.size_bytes)
            is_same = identity_of(os.fstat(file.fileno())) == item.identity
    except OSError:
        return None
    return content if is_same and len(content) == item.identity.size_bytes else None


def _announced(item: Item) -> dict[str, object]:
    announced: dict[str, object] = {"path": item.found.path, "size_bytes": item.identity.size_bytes}
    if item.digest is not None:
        announced["sha256"] = item.digest.sha256
        if item.digest.crc32c:
            announced["crc32c"] = item.digest.crc32c
        if item.digest.crc32:
            announced["crc32"] = item.digest.crc32
    elif not item.is_another and (likeness := likeness_of(item.found)) is not None:  # it is large
        announced["likeness"] = likeness
    return announced
