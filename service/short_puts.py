"""A short way for small objects: from the connection into the store, without a task, a router and a log line each.

Of a small file of the local store these would take longer than keeping it does. Only whole bodies go this way: what is
long, comes in parts, or meets a slow disk goes through `service.handlers.object_urls` as any other request does.

A client may send the next objects before the answers to the ones before have come (RFC 9112, section 9.3.2): they are
kept by a thread beside, in their order, and answered together.
"""

from __future__ import annotations

import random
import time
from asyncio import TimerHandle
from collections import deque
from collections.abc import Callable
from typing import Any

import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from domain.errors import OurFault
from service.errors import DEFECT
from service.handlers.object_refusals import Refusal, Reply, as_refusal, refused
from service.handlers.object_urls import ObjectUrls
from service.object_keeper import ObjectKeeper
from service.observation import OBSERVED_HEADERS, REQUEST_ID, count
from storage.signing import Grant

__all__ = ["short_puts"]

# Of one connection; then it is not read for a while.
_MOST_WAITING = 32
_MOST_WAITING_BYTES = 8 * 1024**2

log = structlog.get_logger("uraniborg.requests")


class _Coming:
    """An object on its way: first its body comes, then it waits for its answer."""

    def __init__(self, connection: Any, path: str, grant: Grant, request_id: str) -> None:
        self.connection, self.path, self.grant, self.request_id = connection, path, grant, request_id
        self.chunks: list[bytes] = []
        self.size_bytes = 0
        self.began = self.heard = time.perf_counter()
        self.is_last = False
        self.reply: Reply | None = None


def short_puts(door: Callable[[], ObjectUrls | None], *, idle_limit_s: float = 60.0) -> type[HttpToolsProtocol]:
    """Make the protocol of a server whose signed addresses are answered by an application.

    Parameters
    ----------
    door : callable
        Gives that application, once it is open; None where objects are elsewhere.
    idle_limit_s : float
        How long a body may pause before it is given up.
    """

    def keep(coming: _Coming) -> None:
        try:
            answer = door()
            assert answer is not None  # it was there when this began
            coming.reply = answer.put_at_once(coming.grant, coming.chunks, coming.request_id)
        except Exception as error:
            log.error("crash", path=coming.path, method="PUT", request_id=coming.request_id, exc_info=error)
            coming.reply = refused(as_refusal(OurFault(DEFECT)), "PUT", 0, coming.request_id)

    def tell(kept: list[_Coming]) -> None:
        for connection in dict.fromkeys(coming.connection for coming in kept):
            connection.answer()

    keeper = ObjectKeeper(keep, tell)

    class ShortPuts(HttpToolsProtocol):
        _coming: _Coming | None = None
        _patience: TimerHandle | None = None  # of the connection: one for each body would cost more
        _last = False

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._waiting: deque[_Coming] = deque()

        def on_headers_complete(self) -> None:
            self._coming = self._begin()
            if self._coming is None:
                if self._waiting:  # answers come in the order of the requests
                    keeper.settle()
                    self.answer()
                super().on_headers_complete()
            elif self._patience is None:
                self._patience = self.loop.call_later(idle_limit_s, self._look_whether_it_comes)

        def on_body(self, body: bytes) -> None:
            if self._coming is None:
                if not self._is_over():
                    super().on_body(body)
                return
            self._coming.chunks.append(body)
            self._coming.size_bytes += len(body)
            self._coming.heard = time.perf_counter()

        def on_message_complete(self) -> None:
            coming, self._coming = self._coming, None
            if coming is None:
                if not self._is_over():
                    super().on_message_complete()
                return
            coming.is_last = self._last or not self.parser.should_keep_alive()
            self._waiting.append(coming)
            waiting_bytes = sum(each.size_bytes for each in self._waiting)
            if len(self._waiting) >= _MOST_WAITING or waiting_bytes >= _MOST_WAITING_BYTES:
                self.flow.pause_reading()
            keeper.add(coming, self.loop)

        def _is_over(self) -> bool:
            """Tell whether what still comes is no more than the rest of a body that was given up."""
            return bool(self._waiting) and self._waiting[-1].is_last

        def answer(self) -> None:
            """Answer what is kept, up to the first that is not."""
            lines: list[bytes] = []
            last = False
            while self._waiting and not last and (reply := self._waiting[0].reply) is not None:
                coming = self._waiting.popleft()
                last = coming.is_last
                lines += self._answer_to(coming, reply, last=last)
            if not lines:
                return
            self.transport.write(b"".join(lines))
            if last:
                self._waiting.clear()
                self.transport.close()
            elif not self._waiting:
                self.flow.resume_reading()
                if self._coming is None:
                    self._wait_for_another()

        def connection_lost(self, exc: Exception | None) -> None:
            self._coming = None
            self._waiting.clear()
            if self._patience is not None:
                self._patience.cancel()
            super().connection_lost(exc)

        def shutdown(self) -> None:
            if self._coming is not None:
                self._last = True
            elif self._waiting:
                self._waiting[-1].is_last = True
            else:
                super().shutdown()

        def _begin(self) -> _Coming | None:
            """Take a request on, if it is for the short way and nothing before it waits for its answer."""
            if not self.url.startswith(b"/objects/") or self.parser.get_method() != b"PUT":
                return None
            if self.expect_100_continue or self.parser.get_http_version() != "1.1" or self.parser.should_upgrade():
                return None
            if self.cycle is not None and not self.cycle.response_complete:
                return None
            answer, size_bytes, request_id = door(), -1, ""
            for name, value in self.headers:
                if name == b"content-length":
                    size_bytes = int(value)
                elif name == b"x-request-id":
                    request_id = value.decode("latin-1")
            path, _, query = self.url.partition(b"?")
            if answer is None or (grant := answer.admit(path.decode("latin-1"), query, size_bytes)) is None:
                return None
            if not REQUEST_ID.fullmatch(request_id):
                request_id = f"{random.getrandbits(64):016x}"  # to tell requests apart; no secret
            return _Coming(self, path.decode("latin-1"), grant, request_id)

        def _look_whether_it_comes(self) -> None:
            coming, self._patience = self._coming, None
            if coming is None:
                return
            left_s = coming.heard + idle_limit_s - time.perf_counter()
            if left_s > 0:
                self._patience = self.loop.call_later(left_s, self._look_whether_it_comes)
                return
            self._coming = None
            said = f"Nothing came for {idle_limit_s:g} s; send it again."
            refusal = Refusal(408, "http-408", "The bytes stopped coming", said)
            coming.is_last, coming.reply = True, refused(refusal, "PUT", 0, coming.request_id)
            self._waiting.append(coming)
            self.answer()

        def _answer_to(self, coming: _Coming, reply: Reply, *, last: bool) -> list[bytes]:
            lines = [STATUS_LINE[reply.status]]
            request_id = (b"x-request-id", coming.request_id.encode())
            for name, value in (*self.server_state.default_headers, *reply.headers, request_id, *OBSERVED_HEADERS):
                lines += [name, b": ", value, b"\r\n"]
            lines.append(b"connection: close\r\n\r\n" if last else b"\r\n")
            lines.append(reply.body)
            seconds = time.perf_counter() - coming.began
            count("PUT", "put_object", reply.status, seconds)
            if reply.status >= 400:
                log.info(
                    "request",
                    method="PUT",
                    path=coming.path,
                    status=reply.status,
                    milliseconds=round(seconds * 1000, 1),
                    operation="put_object",
                    request_id=coming.request_id,
                )
            self.server_state.total_requests += 1
            return lines

        def _wait_for_another(self) -> None:
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    return ShortPuts
