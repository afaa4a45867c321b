"""Idempotency keys: a POST that is sent again with its key gets the first reply again, and happens once."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import Conflict, InvalidInput
from domain.own_files import OWN_FILES
from service.authentication import authenticate
from service.house import House
from storage import idempotency_store

__all__ = ["Idempotency", "IdempotencyMismatch", "StillRunning"]

LONGEST_KEY = 200
LARGEST_REPLY_BYTES = 1_000_000  # larger ones are not kept: their requests are safe to repeat by their nature


class IdempotencyMismatch(Conflict):
    code = "idempotency-key-reused"
    title = "This idempotency key belongs to another request"


class StillRunning(Conflict):
    code = "request-still-running"
    title = "The first request with this key is still running"


async def _ask_again(house: House, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse who was answered once and may not ask any more: by the credential, and at the door.

    Raises
    ------
    NotSignedIn, NotAllowed, NotFound
    """
    handler = scope.get("route_handler")
    if handler is None or handler.opt.get("scope") is None:
        return
    await authenticate(ASGIConnection(scope, receive, send), handler)
    actor, names = scope["state"].get("actor"), scope.get("path_params", {})
    if actor is not None and "organisation" in names:
        async with house.tenant(actor, names["organisation"]):
            pass
    elif actor is not None and "team" in names:
        door = house.team_files if names["team"] == OWN_FILES else house.team
        async with door(actor, names["team"]):
            pass


async def _body(receive: Receive, headers: dict[bytes, bytes], most_bytes: float) -> bytes | None:
    """Read the whole body; nothing if the caller is gone.

    It is held in memory before anybody knows who sends it: so no more of it than the operation takes.

    Raises
    ------
    RequestEntityTooLarge
    """
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > most_bytes:
        raise RequestEntityTooLarge
    body = bytearray()
    more = True
    while more:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > most_bytes:
            raise RequestEntityTooLarge
        more = message.get("more_body", False)
    return bytes(body)


class Idempotency:
    """ASGI middleware below the error handling: keeps replies below 500 by caller, key and request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        key = headers.get(b"idempotency-key")
        handler = scope.get("route_handler")
        # The replies to these are secrets and are not kept; repeating them makes another, no harm.
        if (
            key is None
            or scope["type"] != ScopeType.HTTP
            or scope["method"] != "POST"
            or not isinstance(handler, HTTPRouteHandler)
            or scope["path"].rstrip("/").endswith(("/session", "/tokens", "/links", "/webhooks", "/rotate"))
            or handler.opt.get("secret_reply")
        ):
            await self.app(scope, receive, send)
            return
        if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.decode("ascii").isprintable():
            raise InvalidInput(f"An idempotency key has 1 to {LONGEST_KEY} printable ASCII characters.")
        body = await _body(receive, headers, handler.resolve_request_max_body_size() or math.inf)
        if body is not None:
            await self._once(scope, body, receive, send, headers, key.decode("ascii"))

    async def _once(
        self, scope: Scope, body: bytes, receive: Receive, send: Send, headers: dict[bytes, bytes], key: str
    ) -> None:
        house: House = scope["litestar_app"].state.house
        credential = headers.get(b"authorization") or headers.get(b"cookie") or b""
        caller_hash = hashlib.sha256(credential).digest()
        target = scope["path"].encode() + b"?" + scope.get("query_string", b"")
        request_hash = hashlib.sha256(target + b"\0" + body).digest()
        async with house.database.transaction() as connection:
            kept = await idempotency_store.claim(connection, caller_hash, key, request_hash)
        if kept is not None:
            await _ask_again(house, scope, receive, send)
            if kept.request_hash != request_hash:
                raise IdempotencyMismatch("The key was used with another request: make a new one for each.")
            if kept.status is None:
                raise StillRunning("The first request with this key has not ended: ask again in a moment.")
            kept_headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in kept.headers]
            start: Any = {
                "type": "http.response.start",
                "status": kept.status,
                "headers": [*kept_headers, (b"idempotency-replayed", b"true")],
            }
            await send(start)
            await send({"type": "http.response.body", "body": kept.body, "more_body": False})
            return

        pending: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]
        reply = bytearray()
        start = {}

        async def replay() -> Any:
            return pending.pop() if pending else await receive()

        async def listen(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body" and len(reply) <= LARGEST_REPLY_BYTES:
                reply.extend(message.get("body", b""))
            await send(message)

        keep = False
        try:
            await self.app(scope, replay, listen)
            keep = bool(start) and start["status"] < 500 and len(reply) <= LARGEST_REPLY_BYTES
        finally:
            async with house.database.transaction() as connection:
                if keep:
                    shown = [
                        (n.decode("latin-1"), v.decode("latin-1"))
                        for n, v in start["headers"]
                        if n.lower() in (b"content-type", b"location", b"content-length")
                    ]
                    await idempotency_store.keep(
                        connection, caller_hash, key, status=start["status"], headers=shown, body=bytes(reply)
                    )
                else:
                    await idempotency_store.release(connection, caller_hash, key)
