"""A short way for small objects: from the connection into the store, without a task, a router and a log line each.

Of a small file of the local store these would take longer than keeping it does. Only whole bodies go this way: what is
long, comes in parts, or meets a slow disk goes through `service.handlers.object_urls` as any other request does.
"""

from __future__ import annotations

import random
import time
from asyncio import TimerHandle
from collections.abc import Callable

import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from domain.errors import OurFault
from service.errors import DEFECT
from service.handlers.object_refusals import Refusal, Reply, as_refusal, refused
from service.handlers.object_urls import ObjectUrls
from service.observation import OBSERVED_HEADERS, REQUEST_ID, count
from storage.signing import Grant

__all__ = ["short_puts"]

log = structlog.get_logger("uraniborg.requests")


class _Coming:
    """A body on its way."""

    def __init__(self, path: str, grant: Grant, request_id: str) -> None:
        self.path, self.grant, self.request_id = path, grant, request_id
        self.chunks: list[bytes] = []
        self.began = self.heard = time.perf_counter()


def short_puts(door: Callable[[], ObjectUrls | None], *, idle_limit_s: float = 60.0) -> type[HttpToolsProtocol]:
    """Make the protocol of a server whose signed addresses are answered by an application.

    Parameters
    ----------
    door : callable
        Gives that application, once it is open; None where objects are elsewhere.
    idle_limit_s : float
        How long a body may pause before it is given up.
    """

    class ShortPuts(HttpToolsProtocol):
        _coming: _Coming | None = None
        _patience: TimerHandle | None = None  # of the connection: one for each body would cost more
        _last = False

        def on_headers_complete(self) -> None:
            self._coming = self._begin()
            if self._coming is None:
                super().on_headers_complete()
            elif self._patience is None:
                self._patience = self.loop.call_later(idle_limit_s, self._look_whether_it_comes)

        def on_body(self, body: bytes) -> None:
            if self._coming is None:
                super().on_body(body)
                return
            self._coming.chunks.append(body)
            self._coming.heard = time.perf_counter()

        def on_message_complete(self) -> None:
            coming, self._coming = self._coming, None
            if coming is None:
                super().on_message_complete()
                return
            try:
                answer = door()
                assert answer is not None  # it was there when this began
                reply = answer.put_at_once(coming.grant, coming.chunks, coming.request_id)
            except Exception as error:
                log.error("crash", path=coming.path, method="PUT", request_id=coming.request_id, exc_info=error)
                reply = refused(as_refusal(OurFault(DEFECT)), "PUT", 0, coming.request_id)
            self._reply(coming, reply, last=self._last or not self.parser.should_keep_alive())

        def connection_lost(self, exc: Exception | None) -> None:
            self._coming = None
            if self._patience is not None:
                self._patience.cancel()
            super().connection_lost(exc)

        def shutdown(self) -> None:
            if self._coming is None:
                super().shutdown()
            else:
                self._last = True

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
            return _Coming(path.decode("latin-1"), grant, request_id)

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
            self._reply(coming, refused(refusal, "PUT", 0, coming.request_id), last=True)

        def _reply(self, coming: _Coming, reply: Reply, *, last: bool) -> None:
            lines = [STATUS_LINE[reply.status]]
            request_id = (b"x-request-id", coming.request_id.encode())
            for name, value in (*self.server_state.default_headers, *reply.headers, request_id, *OBSERVED_HEADERS):
                lines += [name, b": ", value, b"\r\n"]
            lines.append(b"connection: close\r\n\r\n" if last else b"\r\n")
            self.transport.write(b"".join([*lines, reply.body]))
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
            if last:
                self.transport.close()
            else:
                self.timeout_keep_alive_task = self.loop.call_later(
                    self.timeout_keep_alive, self.timeout_keep_alive_handler
                )

    return ShortPuts
