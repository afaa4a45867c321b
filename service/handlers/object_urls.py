"""Answers the local store's signed addresses: bytes in by PUT, bytes out by GET, nothing else.

A plain ASGI application, below the web framework: every byte of the local store passes through here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.errors import ObservatoryError
from service.handlers.object_ranges import NOT_SATISFIABLE, http_date, is_unchanged, wanted_range
from service.handlers.object_refusals import (
    Headers,
    Refusal,
    Reply,
    as_refusal,
    check_length,
    http_header,
    refused,
    too_long,
)
from storage.local_objects import LocalObjects
from storage.object_bundle import BUNDLE_BYTES
from storage.object_disposition import attachment
from storage.object_files import version_of
from storage.object_incoming import Incoming
from storage.objects import OCTET_STREAM
from storage.signing import Grant

__all__ = ["ObjectUrls"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# As much is gathered before a thread is asked to write it, and read by one at a time: each call costs 0.1 ms, and a
# block takes about ten times that to copy.
_BLOCK_BYTES = 1024**2
# Up to here an upload is kept without a thread as long as the disk is quick: that alone takes a third off its costs.
_SMALL_BYTES = 256 * 1024

_SAFE: Headers = [
    # What people uploaded never runs as a page of this service.
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"referrer-policy", b"no-referrer"),
]


class _Gone(Exception):
    """The client hung up; there is nobody to answer."""


class ObjectUrls:
    """The ASGI application to mount at ``/objects``.

    Parameters
    ----------
    store : LocalObjects
        Whose addresses these are.
    idle_limit_s : float
        How long an upload may pause before it is given up.
    """

    def __init__(self, store: LocalObjects, *, idle_limit_s: float = 60.0) -> None:
        self._store = store
        self._idle_limit_s = idle_limit_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        method = scope["method"]
        # The path as sent: a framework that mounts this may have cut or completed the other one.
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        try:
            if method not in ("GET", "HEAD", "PUT"):
                allow = [(b"allow", b"GET, HEAD, PUT")]
                raise Refusal(405, "no-such-method", "No such method", "Use GET, HEAD or PUT here.", allow)
            grant = self._store.read_grant(method, path, scope["query_string"])
            if method == "PUT":
                await self._put(grant, scope, receive, send)
            else:
                await self._get(grant, scope, send)
        except (ObservatoryError, Refusal) as error:
            refusal = error if isinstance(error, Refusal) else as_refusal(error)
            announced = _header(scope, b"content-length")
            request_id = scope.get("state", {}).get("request_id", "")
            await _answer(refused(refusal, method, int(announced) if announced else None, request_id), send)
        except _Gone:
            return

    def admit(self, path: str, query: bytes, announced_bytes: int) -> Grant | None:
        """Read the grant of a PUT that `put_at_once` may answer: a small, whole object, and the disk is quick.

        None also for what is refused: by the ordinary way, which says why.
        """
        if not 0 <= announced_bytes <= BUNDLE_BYTES or not self._store.disk.is_quick:
            return None
        try:
            grant = self._store.read_grant("PUT", path, query)
        except ObservatoryError:
            return None
        if grant.together is not None:
            return grant
        is_small = announced_bytes <= _SMALL_BYTES and grant.size == announced_bytes
        return grant if is_small and grant.multipart is None else None

    def put_at_once(self, grant: Grant, content: Sequence[bytes], request_id: str) -> Reply:
        """Keep what was admitted, its bytes all being here; blocking, as briefly as a healthy disk does."""
        try:
            if grant.together is not None:
                self._store.keep_together(grant, content)
                return _KEPT_TOGETHER
            return _kept(self._store.keep(grant, content))
        except ObservatoryError as error:
            return refused(as_refusal(error), "PUT", grant.size, request_id)

    async def _put(self, grant: Grant, scope: Scope, receive: Receive, send: Send) -> None:
        if grant.together is not None:
            await self._put_together(grant, scope, receive, send)
            return
        size_bytes = grant.size or 0
        check_length(size_bytes, int(_header(scope, b"content-length") or size_bytes))
        incoming = await self._store.receive(grant)
        try:
            etag = await self._take(incoming, size_bytes, receive)
        except (Exception, asyncio.CancelledError):
            # Shielded, since the task may be cancelled; behind whatever block is being written.
            await asyncio.shield(self._store.disk.run(incoming.discard))
            raise
        await _answer(_kept(etag), send)

    async def _put_together(self, grant: Grant, scope: Scope, receive: Receive, send: Send) -> None:
        chunks: list[bytes] = []
        if int(_header(scope, b"content-length") or 0) > BUNDLE_BYTES:
            raise too_long(BUNDLE_BYTES, how="at most")
        more, received_bytes = True, 0
        while more:
            message = await self._within_patience(receive)
            more = message.get("more_body", False)
            chunks.append(message.get("body", b""))
            received_bytes += len(chunks[-1])
            if received_bytes > BUNDLE_BYTES:
                raise too_long(BUNDLE_BYTES, how="at most")
        await self._store.disk.run(self._store.keep_together, grant, chunks)
        await _answer(_KEPT_TOGETHER, send)

    async def _within_patience(self, receive: Receive) -> MutableMapping[str, Any]:
        try:
            async with asyncio.timeout(self._idle_limit_s):
                message = await receive()
        except TimeoutError:
            raise self._paused() from None
        if message["type"] != "http.request":
            raise _Gone
        return message

    def _paused(self) -> Refusal:
        said = f"Nothing came for {self._idle_limit_s:g} s; send it again."
        return Refusal(408, "http-408", "The bytes stopped coming", said)

    async def _take(self, incoming: Incoming, size_bytes: int, receive: Receive) -> str:
        """Receive the body, and keep it if it is what was allowed; answer its entity tag."""
        try:
            async with asyncio.timeout(self._idle_limit_s) as patience:
                chunks, received_bytes = await self._receive(incoming, size_bytes, receive, patience)
        except TimeoutError:
            raise self._paused() from None
        run = self._store.disk.run_short if received_bytes <= _SMALL_BYTES else self._store.disk.run
        return await run(incoming.finish, chunks)

    async def _receive(
        self, incoming: Incoming, size_bytes: int, receive: Receive, patience: asyncio.Timeout
    ) -> tuple[list[bytes], int]:
        """Write each block while the next one comes; answer the chunks left to write, and how much came in all."""
        clock = asyncio.get_running_loop().time
        heard = clock()
        chunks: list[bytes] = []
        held_bytes = received_bytes = 0
        writing: asyncio.Task[None] | None = None
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise _Gone
            more = message.get("more_body", False)
            if body := message.get("body", b""):
                received_bytes += len(body)
                held_bytes += len(body)
                chunks.append(body)
            if received_bytes > size_bytes:
                raise too_long(size_bytes)
            if held_bytes >= _BLOCK_BYTES:
                patience.reschedule(None)  # a client is not to blame for a slow disk
                if writing:
                    await writing
                writing = asyncio.ensure_future(self._store.disk.run(incoming.write, chunks))
                writing.add_done_callback(_seen)
                chunks, held_bytes = [], 0
                patience.reschedule((heard := clock()) + self._idle_limit_s)
            elif (now := clock()) - heard > self._idle_limit_s / 10:  # setting it for each chunk costs too much
                patience.reschedule((heard := now) + self._idle_limit_s)
        if writing:
            patience.reschedule(None)
            await writing
        return chunks, received_bytes

    async def _get(self, grant: Grant, scope: Scope, send: Send) -> None:
        reading = await self._store.disk.run(_Reading, self._store, grant, scope)
        await send({"type": "http.response.start", "status": reading.status, "headers": reading.headers})
        # The server drops the body of an answer to HEAD; it need not be read either.
        block, left = reading.block, 0 if scope["method"] == "HEAD" else len(reading.wanted)
        while left > len(block):
            await send({"type": "http.response.body", "body": block, "more_body": True})
            left -= len(block)
            block = await self._store.disk.run(reading.next_block)
            if not block:
                return  # the file is shorter than it was: a broken answer must not look like a whole one
        await send({"type": "http.response.body", "body": block})


class _Reading:
    """An open object and what of it is asked for; blocking.

    The first block is read along with opening, so that a small object takes one turn of a thread. Letting go of this
    closes the file, never under a thread that still reads it.
    """

    def __init__(self, store: LocalObjects, grant: Grant, scope: Scope) -> None:
        self._source = store.range_source(grant.key)
        file = self._source.status
        etag, modified_at = f'"{version_of(file)}"', datetime.fromtimestamp(file.st_mtime, UTC)
        self.headers: Headers = [
            *_SAFE,
            (b"accept-ranges", b"bytes"),
            (b"etag", etag.encode()),
            (b"last-modified", http_date(modified_at).encode()),
        ]
        self.block, self.wanted = b"", range(0)
        if is_unchanged(_header(scope, b"if-none-match"), etag):
            self.status = 304
            return
        whole = range(self._source.size_bytes)
        part = wanted_range(
            _header(scope, b"range"),
            _header(scope, b"if-range"),
            size_bytes=len(whole),
            etag=etag,
            modified_at=modified_at,
        )
        if part is NOT_SATISFIABLE:
            extent = [(b"content-range", f"bytes */{len(whole)}".encode())]
            raise Refusal(416, "no-such-range", "No such range", f"The object has {len(whole)} bytes.", extent)
        self.status, self.wanted = (200, whole) if part is None else (206, part)
        if part is not None:
            self.headers.append((b"content-range", f"bytes {part.start}-{part.stop - 1}/{len(whole)}".encode()))
        self.headers.append((b"content-length", str(len(self.wanted)).encode()))
        self.headers.append((b"content-type", (grant.type or OCTET_STREAM).encode()))
        if grant.filename is not None:
            self.headers.append((b"content-disposition", attachment(grant.filename).encode()))
        self._offset = self.wanted.start
        if scope["method"] != "HEAD":
            self.block = self.next_block()

    def next_block(self) -> bytes:
        block = self._source.read(self._offset, min(_BLOCK_BYTES, self.wanted.stop - self._offset))
        self._offset += len(block)
        return block


def _kept(etag: str) -> Reply:
    return Reply(200, [(b"etag", etag.encode()), (b"content-length", b"0")])


_KEPT_TOGETHER = Reply(200, [(b"content-length", b"0")])


async def _answer(reply: Reply, send: Send) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": reply.body})


def _header(scope: Scope, name: bytes) -> str | None:
    return http_header(scope["headers"], name)


def _seen(task: asyncio.Task[None]) -> None:
    """Take note of a write's failure, also where the upload failed for another reason before anyone asked."""
    if not task.cancelled():
        task.exception()
