"""A DataCite of our own, on a socket: accounts, prefixes, states and the schema are enforced as the real one does.

Source
------
"DataCite REST API Guide" and "DOI States" (support.datacite.org): a draft becomes registered or findable and never a
draft again, findable and registered change into each other, an event that does not fit the state changes nothing; only
what leaves the draft state must be complete.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

import msgspec
from datacite import schema45

from tests.support.http_server import served

__all__ = ["DataCiteServer", "Record", "datacite_server"]

EVENTS = {
    ("draft", "publish"): "findable",
    ("draft", "register"): "registered",
    ("registered", "publish"): "findable",
    ("findable", "hide"): "registered",
}


class Record(msgspec.Struct):
    """A DOI that the server knows."""

    owner: str
    state: str
    attributes: dict[str, Any]


class Refusal(Exception):
    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status, self.title = status, title


class DataCiteServer:
    """What the server knows, and how it feels: it may be down, or slow."""

    def __init__(self) -> None:
        self.url = ""
        self.repositories = {"HVEN.OBS": ("skull and nose", ["10.5072"])}
        self.dois: dict[str, Record] = {}
        self.is_down = False
        self.delay_s = 0.0
        self.puts: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, as ASGI has it."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        await asyncio.sleep(self.delay_s)
        try:
            status, reply = self.answer(scope, body)
        except Refusal as refusal:
            status, reply = refusal.status, {"errors": [{"status": str(refusal.status), "title": refusal.title}]}
        headers = [(b"content-type", b"application/vnd.api+json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(reply).encode()})

    def answer(self, scope: Any, body: bytes) -> tuple[int, Any]:
        if self.is_down:
            raise Refusal(503, "Service unavailable")
        path = unquote(scope["raw_path"].decode())
        if not path.startswith("/dois/"):
            raise Refusal(404, "The page you are looking for doesn't exist.")
        doi = path.removeprefix("/dois/").lower()
        who = self._sign_in(dict(scope["headers"]).get(b"authorization"))
        if scope["method"] == "GET":
            record = self.dois.get(doi)
            if record is None or (record.state == "draft" and record.owner != who):
                raise Refusal(404, "The resource you are looking for doesn't exist.")
            return 200, self._show(doi, record)
        if scope["method"] != "PUT":
            raise Refusal(405, "The method is not allowed.")
        if who is None:
            raise Refusal(401, "Bad credentials.")
        if dict(scope["headers"]).get(b"content-type") != b"application/vnd.api+json":
            raise Refusal(415, "The content type is not recognized.")
        return self._put(doi, who, json.loads(body)["data"])

    def _sign_in(self, header: bytes | None) -> str | None:
        if header is None:
            return None
        name, _, password = base64.b64decode(header.partition(b" ")[2]).decode().partition(":")
        if self.repositories.get(name, (None,))[0] != password:
            raise Refusal(401, "Bad credentials.")
        return name

    def _put(self, doi: str, who: str, data: dict[str, Any]) -> tuple[int, Any]:
        attributes = dict(data["attributes"])
        if data["type"] != "dois" or attributes["doi"].lower() != doi:
            raise Refusal(422, "Id and attributes differ.")
        if doi.partition("/")[0] not in self.repositories[who][1]:
            raise Refusal(403, "You are not authorized to access this resource.")
        known = self.dois.get(doi)
        attributes = (known.attributes if known else {}) | attributes  # what is not told of stays as it was
        if known is not None and known.owner != who:
            raise Refusal(403, "You are not authorized to access this resource.")
        event = attributes.pop("event", None)
        state = known.state if known else "draft"
        state = EVENTS.get((state, event), state)
        if state != "draft":
            if not attributes.get("url", "").startswith(("http://", "https://")):
                raise Refusal(422, "Url can't be blank.")
            if wrong := [error.message for error in schema45.validator.iter_errors(attributes)]:
                raise Refusal(422, wrong[0])
        self.dois[doi] = Record(who, state, attributes)
        self.puts.append(f"{doi} {state}")
        return (200 if known else 201), self._show(doi, self.dois[doi])

    def _show(self, doi: str, record: Record) -> dict[str, Any]:
        return {"data": {"id": doi, "type": "dois", "attributes": record.attributes | {"state": record.state}}}


@asynccontextmanager
async def datacite_server() -> AsyncIterator[DataCiteServer]:
    """Start one on a free port."""
    server = DataCiteServer()
    async with served(server) as url:
        server.url = url
        yield server
