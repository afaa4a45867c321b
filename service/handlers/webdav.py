"""The tree over WebDAV (RFC 4918), to be read by desktops and by programs such as rclone.

A plain ASGI application, since its methods are none that the web framework knows. Who asks brings a personal token as
the password, by Basic authentication; any name will do. What may be seen is for the tree to say, as everywhere.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator
from urllib.parse import unquote_to_bytes

from litestar import asgi
from litestar.enums import ScopeType
from litestar.types import Receive, Scope, Send

from domain.errors import InvalidInput, NotFound, NotSignedIn, ObservatoryError
from service.actions import tree
from service.actions.tree import TreeEntry, TreePaths
from service.authentication import bearer_actor
from service.handlers.object_ranges import NOT_SATISFIABLE, http_date, is_unchanged, wanted_range
from service.handlers.object_refusals import Headers, Refusal, as_refusal, http_header, refused
from service.house import Actor, House
from service.webdav_xml import BEGIN, END, FINITE_DEPTH, Wanted, etag_of, read_propfind, response
from storage.object_disposition import attachment
from storage.objects import OCTET_STREAM

__all__ = ["HANDLERS", "ROOT"]

ROOT = "/dav"
SCOPE = "files:read"
ALLOW: Headers = [(b"allow", b"OPTIONS, GET, HEAD, PROPFIND")]
CHALLENGE: Headers = [(b"www-authenticate", b'Basic realm="Uraniborg", charset="UTF-8"')]
XML: Headers = [(b"content-type", b'application/xml; charset="utf-8"')]
LONGEST_BODY, LONGEST_PATH = 64 * 1024, 4096
PAGE = 1000
SAFE: Headers = [
    # What people uploaded never runs as a page of this service.
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"cache-control", b"private, no-cache"),
]


@asgi(ROOT, is_mount=True, copy_scope=False)
async def webdav(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request for the tree over WebDAV."""
    if scope["type"] != ScopeType.HTTP:
        return
    method = str(scope["method"])
    try:
        if method == "OPTIONS":
            await _answer(send, 200, [(b"dav", b"1"), (b"ms-author-via", b"DAV"), *ALLOW])
            return
        house: House = scope["litestar_app"].state.house
        actor = await _actor(house, scope)
        path = _path(scope)
        if method == "PROPFIND":
            await _find(house, actor, path, scope, receive, send)
        elif method in ("GET", "HEAD"):
            await _get(house, actor, path, scope, send, is_head=method == "HEAD")
        else:
            raise Refusal(405, "no-such-method", "No such method", "The tree can only be read by WebDAV.", ALLOW)
    except (ObservatoryError, Refusal) as error:
        refusal = error if isinstance(error, Refusal) else as_refusal(error)
        if isinstance(error, NotSignedIn):
            refusal.headers += CHALLENGE
        announced = http_header(list(scope["headers"]), b"content-length")
        size_bytes = int(announced) if announced and announced.isdecimal() else None
        reply = refused(refusal, method, size_bytes, str(scope["state"].get("request_id", "")))
        await _answer(send, reply.status, reply.headers, reply.body)


async def _actor(house: House, scope: Scope) -> Actor:
    """Tell who asks.

    Raises
    ------
    NotSignedIn, NotAllowed
    """
    kind, _, secret = (http_header(list(scope["headers"]), b"authorization") or "").partition(" ")
    if kind.lower() == "bearer":
        return await bearer_actor(house, secret.strip(), SCOPE)
    try:
        password = base64.b64decode(secret.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        password = ""
    if kind.lower() != "basic" or not password:
        raise NotSignedIn("Sign in with a personal token as the password; `uraniborg login` makes one.")
    return await bearer_actor(house, password, SCOPE)


def _path(scope: Scope) -> str:
    """Read which path of the tree is meant, from the address as it was sent.

    Raises
    ------
    NotFound
        No path is like this.
    """
    raw = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    try:
        path = unquote_to_bytes(raw.removeprefix(ROOT.encode())).decode()
    except UnicodeDecodeError:
        raise NotFound("There is nothing of this name.") from None
    if len(path) > LONGEST_PATH:
        raise NotFound("There is nothing of this name.")
    return "/" + path.strip("/")


async def _entry(house: House, actor: Actor, path: str) -> TreeEntry:
    [entry] = (await tree.read_entries(house, actor, TreePaths([path]))).entries
    if entry is None:
        raise NotFound("There is nothing at this path, or it is not yours to see.")
    return entry


async def _find(house: House, actor: Actor, path: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer PROPFIND: of what is at a path, and of what lies directly in it, page by page as the tree gives it."""
    depth = (http_header(list(scope["headers"]), b"depth") or "infinity").strip().lower()
    wanted = read_propfind(await _body(receive))
    if depth == "infinity":
        await _answer(send, 403, XML, FINITE_DEPTH)
        return
    if depth not in ("0", "1"):
        raise InvalidInput("Depth is 0 or 1.")
    entry = await _entry(house, actor, path)
    pages = _pages(house, actor, path, wanted) if depth == "1" and entry.kind == "folder" else None
    first = await anext(pages) if pages else b""  # before anything is said: it may still be refused
    await send({"type": "http.response.start", "status": 207, "headers": XML})
    await _more(send, BEGIN + response(ROOT, path, entry, wanted) + first)
    if pages:
        async for page in pages:
            await _more(send, page)
    await send({"type": "http.response.body", "body": END, "more_body": False})


async def _pages(house: House, actor: Actor, path: str, wanted: Wanted) -> AsyncIterator[bytes]:
    base, cursor = path if path != "/" else "", None
    while True:
        page = await tree.list_folder(house, actor, path, cursor=cursor, limit=PAGE)
        yield b"".join(response(ROOT, f"{base}/{entry.name}", entry, wanted) for entry in page.items)
        if (cursor := page.next_cursor) is None:
            return


async def _get(house: House, actor: Actor, path: str, scope: Scope, send: Send, *, is_head: bool) -> None:
    """Answer GET and HEAD: a file's bytes, or those asked for."""
    headers = list(scope["headers"])
    entry = await _entry(house, actor, path)
    if entry.kind == "folder":
        raise Refusal(405, "no-such-method", "No such method", "This is a folder: list it with PROPFIND.", ALLOW)
    etag, changed_at = etag_of(entry), entry.changed_at
    assert changed_at is not None  # every file has a time
    told: Headers = [*SAFE, (b"etag", etag.encode()), (b"last-modified", http_date(changed_at).encode())]
    if is_unchanged(http_header(headers, b"if-none-match"), etag):
        await _answer(send, 304, told)
        return
    part = wanted_range(
        http_header(headers, b"range"),
        http_header(headers, b"if-range"),
        size_bytes=entry.size_bytes,
        etag=etag,
        modified_at=changed_at,
    )
    if part is NOT_SATISFIABLE:
        extent = [(b"content-range", f"bytes */{entry.size_bytes}".encode())]
        raise Refusal(416, "no-such-range", "No such range", f"The file has {entry.size_bytes} bytes.", extent)
    wanted = part if part is not None else range(entry.size_bytes)
    if part is not None:
        told.append((b"content-range", f"bytes {part.start}-{part.stop - 1}/{entry.size_bytes}".encode()))
    told += [
        (b"accept-ranges", b"bytes"),
        (b"content-length", str(len(wanted)).encode()),
        (b"content-type", OCTET_STREAM.encode()),
        (b"content-disposition", attachment(path.rpartition("/")[2]).encode()),
    ]
    status = 200 if part is None else 206
    if is_head or not wanted:
        await _start(send, status, told)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    stored = await tree.find_stored(house, actor, path)
    if stored is None or stored.sha256.hex() != entry.sha256:
        raise NotFound("The file was changed or removed just now: look again.")
    chunks = house.objects.stream(stored.object_key, wanted.start, len(wanted))
    block = await anext(chunks)  # before anything is said: the store may not have it, or not answer
    await _start(send, status, told)
    await _more(send, block)
    async for block in chunks:
        await _more(send, block)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _body(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise InvalidInput("The request broke off.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LONGEST_BODY:
            raise Refusal(413, "too-large", "Too large", f"A PROPFIND has at most {LONGEST_BODY} bytes.")
    return bytes(body)


async def _answer(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    if not any(name == b"content-length" for name, _ in headers) and status != 304:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await _start(send, status, headers)
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _start(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _more(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


HANDLERS = [webdav]
