"""Each request's id, its log line and its metrics."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from service.client_address import coming_from

__all__ = ["OBSERVED_HEADERS", "REQUEST_ID", "Observation", "count"]

REQUESTS = Counter("uraniborg_requests_total", "Requests answered.", ["method", "operation", "status"])
SECONDS = Histogram("uraniborg_request_seconds", "Seconds until the response ended.", ["operation"])
REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")

# What every answer says besides its request id.
OBSERVED_HEADERS = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]

log = structlog.get_logger("uraniborg.requests")


def count(method: str, operation: str, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    REQUESTS.labels(method, operation, str(status)).inc()
    SECONDS.labels(operation).observe(seconds)


class Observation:
    """ASGI middleware: takes or makes a request id, returns it in X-Request-ID, logs and counts the request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        given = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"x-request-id"), "")
        request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope["state"]["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 0

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers: list[Any] = list(message.get("headers", []))
                headers += [(b"x-request-id", request_id.encode()), *OBSERVED_HEADERS]
                message["headers"] = headers
            await send(message)

        client = scope.get("client")
        try:
            with coming_from(client[0] if client else ""):
                await self.app(scope, receive, observed)
        finally:
            seconds = time.perf_counter() - started
            handler = scope.get("route_handler")
            operation = getattr(handler, "operation_id", None) or "other"
            count(scope["method"], operation, status, seconds)
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                milliseconds=round(seconds * 1000, 1),
                operation=operation,
            )
            structlog.contextvars.unbind_contextvars("request_id")
