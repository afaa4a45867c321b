"""The signed addresses of the local store, as HTTP: what a client may send, ask for, and is told."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import os
import secrets
import struct
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, asgi
from litestar.types import Receive, Scope, Send
from prometheus_client import REGISTRY

from service.handlers.object_ranges import NOT_SATISFIABLE, http_date, wanted_range
from service.handlers.object_urls import ObjectUrls
from service.handlers.web_app import content_policy
from service.short_puts import short_puts
from storage.local_objects import LocalObjects
from storage.object_s3_client import S3Description
from storage.objects import PartPlan
from storage.s3_objects import S3Objects
from tests.support.asgi_server import serving
from tests.support.object_homes import SECRET, crc32c_of

BODY = bytes(range(256)) * 20_000  # 5 MB: several blocks
PART = 5 * 1024**2


@pytest.fixture(scope="module", params=["plain", "mounted", "short"])
async def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[LocalObjects, httpx.AsyncClient, Path]]:
    """A store with its addresses answered, by itself, below Litestar, and with the short way for small objects."""
    root = tmp_path_factory.mktemp("objects")
    stores: list[LocalObjects] = []
    doors: list[ObjectUrls] = []

    def make_app(url: str) -> Any:
        stores.append(LocalObjects(root, secret=SECRET, public_url=url))
        plain = ObjectUrls(stores[0], idle_limit_s=1)
        doors.append(plain)
        if request.param != "mounted":
            return plain

        @asgi("/objects", is_mount=True, copy_scope=False)
        async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
            await plain(scope, receive, send)  # type: ignore[arg-type]

        return Litestar([mounted])

    http = short_puts(lambda: doors[0], idle_limit_s=1) if request.param == "short" else "auto"
    with serving(make_app, http=http):
        async with httpx.AsyncClient(timeout=30) as client:
            yield stores[0], client, root
        await stores[0].close()


def left_behind(root: Path) -> list[str]:
    return os.listdir(root / "temp")


async def raw(url: str, length: int, body: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection, say that so many bytes come, and send these."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    return reader, writer


async def status_of(reader: asyncio.StreamReader) -> int:
    return int((await asyncio.wait_for(reader.readline(), 20)).split()[1])


async def eventually(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


Served = tuple[LocalObjects, httpx.AsyncClient, Path]


# --- bytes in


@pytest.mark.parametrize("size_bytes", [0, 1, 65_536, 1024**2, len(BODY)])
async def test_a_put_is_answered_when_the_object_is_there(home: Served, size_bytes: int) -> None:
    store, client, root = home
    body = BODY[:size_bytes]
    request = await store.sign_put("in/put", size_bytes=size_bytes, crc32c=crc32c_of(body), expires_s=60)
    reply = await client.put(request.url, content=body)
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["etag"]
    assert (root / "objects" / "in" / "put").read_bytes() == body
    assert left_behind(root) == []


async def test_only_whole_small_objects_go_the_short_way(home: Served, request: pytest.FixtureRequest) -> None:
    store, client, _ = home

    def taken() -> float:
        labels = {"method": "PUT", "operation": "put_object", "status": "200"}
        return REGISTRY.get_sample_value("uraniborg_requests_total", labels) or 0.0

    upload = await store.start_multipart("in/shortly", part_size_bytes=PART)
    [part] = await store.sign_parts("in/shortly", upload, [PartPlan(1, 1000)], 60)
    for signed, size_bytes, is_short in (
        (await store.sign_put("in/small", size_bytes=1000, expires_s=60), 1000, True),
        (await store.sign_put("in/large", size_bytes=len(BODY), expires_s=60), len(BODY), False),
        (part, 1000, False),
    ):
        before = taken()
        reply = await client.put(signed.url, content=BODY[:size_bytes], headers={"x-request-id": "mine"})
        assert reply.status_code == 200
        is_short = is_short and "[short]" in request.node.name
        assert taken() - before == is_short
        assert (reply.headers.get("x-request-id") == "mine") == is_short  # else answered by `Observation`, not here


async def test_requests_sent_in_a_row_are_answered_in_their_order(home: Served) -> None:
    store, _, root = home
    wanted = []
    for number in range(60):  # more than wait at once; some of them no short way, or refused
        size_bytes = {3: 300_000, 7: 0}.get(number % 10, 20_000 + number)
        body = BODY[number : number + size_bytes]
        crc32c = crc32c_of(b"others" if number % 10 == 5 else body)
        signed = await store.sign_put(f"in/row/{number}", size_bytes=size_bytes, crc32c=crc32c, expires_s=60)
        wanted.append((signed.url, body, 400 if number % 10 == 5 else 200))
    wanted.insert(20, (wanted[0][0].replace("signature=", "signature=x"), b"", 403))
    reader, writer = await raw(wanted[0][0], len(wanted[0][1]), wanted[0][1])
    for url, body, _ in wanted[1:]:
        parts = urlsplit(url)
        head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
    answered = []
    for _ in wanted:
        answered.append(await status_of(reader))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
    writer.close()
    assert answered == [status for _, _, status in wanted]
    for url, body, status in wanted:
        if status == 200:
            assert (root / urlsplit(url).path.lstrip("/")).read_bytes() == body
    assert left_behind(root) == []


def bundle(*objects: tuple[int, bytes], crc32c: str | None = None) -> bytes:
    """Write a body as the API describes it."""
    heads = [
        struct.pack(">II", number, len(body)) + base64.b64decode(crc32c or crc32c_of(body)) for number, body in objects
    ]
    return b"".join(head + body for head, (_, body) in zip(heads, objects, strict=True))


def together(store: LocalObjects, *, count: int = 1000) -> tuple[str, str]:
    """Sign an address for several objects below a key of their own."""
    key = f"in/{secrets.token_hex(8)}"
    request = store.sign_put_together(key, count=count, expires_s=60)
    assert request is not None
    return key, request.url


async def test_small_objects_come_together(home: Served) -> None:
    store, client, root = home
    bodies = {number: BODY[number : number + size] for number, size in ((0, 0), (7, 1), (3, 100_000), (999, 262_144))}
    key, url = together(store)
    reply = await client.put(url, content=bundle(*bodies.items()))
    assert (reply.status_code, reply.content) == (200, b"")
    assert {int(path.name): path.read_bytes() for path in (root / "objects" / key).iterdir()} == bodies
    digests = await store.digest_many(f"{key}/{number}" for number in bodies)
    assert [digest.sha256 for digest in digests.values() if digest] == [
        hashlib.sha256(body).hexdigest() for body in bodies.values()
    ]
    assert left_behind(root) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (bundle((1, b"whole"), (2, b"damaged"), crc32c=crc32c_of(b"whole")), 400),
        (bundle((1, b"whole"), (1000, b"past the last")), 400),
        (bundle((1, b"whole"), (2, bytes(262_145))), 400),
        (bundle((1, b"whole"), (2, b"broken off"))[:-1], 400),
        (bundle((1, b"whole")) + b"ends in a head"[:11], 400),
        (bundle((1, b"whole"), *((number, bytes(262_144)) for number in range(2, 18))), 413),
    ],
    ids=["damaged", "number", "large", "short", "head", "too long"],
)
async def test_what_is_wrong_in_a_common_body_is_refused(home: Served, body: bytes, status: int) -> None:
    store, client, root = home
    key, url = together(store)
    reply = await client.put(url, content=body)
    assert reply.status_code == status
    assert reply.json()["detail"]
    kept = {path.name: path.read_bytes() for path in (root / "objects" / key).glob("*")}
    assert kept == ({"1": b"whole"} if status == 400 else {})
    assert left_behind(root) == []


async def test_a_common_body_without_a_length_is_held_to_the_same_limit(home: Served) -> None:
    store, client, root = home
    key, url = together(store)

    async def pieces(*objects: tuple[int, bytes]) -> AsyncIterator[bytes]:
        for each in objects:
            yield bundle(each)

    many = [(number, bytes(262_144)) for number in range(17)]
    with contextlib.suppress(httpx.TransportError):  # whoever still sends may see the line close before the answer
        assert (await client.put(url, content=pieces(*many))).status_code == 413
    assert not list((root / "objects" / key).glob("*"))
    assert (await client.put(url, content=pieces((0, b"a"), (1, b"b")))).status_code == 200
    assert sorted(path.name for path in (root / "objects" / key).iterdir()) == ["0", "1"]


async def test_an_address_for_several_reaches_no_other_object(home: Served) -> None:
    store, client, root = home
    key, url = together(store, count=2)
    for forged in (url.replace("together=2", "together=9"), url.replace(f"/{key}", "/in")):
        assert (await client.put(forged, content=bundle((5, b"x")))).status_code == 403
    assert (await client.put(url, content=bundle((2, b"x")))).status_code == 400
    assert not list((root / "objects" / key).glob("*"))


@pytest.mark.parametrize("size_bytes", [0, 100_000, 5_120_000])
async def test_an_address_for_one_content_keeps_what_comes_first(home: Served, size_bytes: int) -> None:
    store, client, root = home
    key, body = f"in/{secrets.token_hex(8)}", BODY[:size_bytes]
    request = await store.sign_put(key, size_bytes=size_bytes, once=True, expires_s=60)
    replies = [await client.put(request.url, content=body) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200] * 3
    assert len({reply.headers["etag"] for reply in replies}) == 1
    if size_bytes:
        refused = await client.put(request.url, content=body[:-1] + b"?")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
        assert "announce the file again" in refused.json()["detail"]
    assert (root / "objects" / key).read_bytes() == body
    assert (await store.digest_many([key]))[key] == await store.digest(key)
    assert left_behind(root) == []


async def test_an_address_for_several_keeps_what_comes_first_of_each(home: Served) -> None:
    store, client, root = home
    key = f"in/{secrets.token_hex(8)}"
    request = store.sign_put_together(key, count=3, once=True, expires_s=60)
    assert request is not None
    for bodies, status in (((b"a", b"b"), 200), ((b"a", b"other", b"c"), 409), ((b"a", b"b", b"c"), 200)):
        reply = await client.put(request.url, content=bundle(*enumerate(bodies)))
        assert reply.status_code == status
    assert [(root / "objects" / key / f"{n}").read_bytes() for n in range(3)] == [b"a", b"b", b"c"]
    assert (await client.put(request.url.replace("once=1", "once=0"), content=bundle((0, b"x")))).status_code == 403
    assert left_behind(root) == []


async def test_a_body_without_a_length_is_taken_too(home: Served) -> None:
    store, client, root = home

    async def chunks() -> AsyncIterator[bytes]:
        for first in range(0, len(BODY), 100_000):
            yield BODY[first : first + 100_000]

    request = await store.sign_put("in/chunked", size_bytes=len(BODY), expires_s=60)
    assert (await client.put(request.url, content=chunks())).status_code == 200
    assert (root / "objects" / "in" / "chunked").read_bytes() == BODY
    for size_bytes, status in ((len(BODY) - 1, 413), (len(BODY) + 1, 400)):
        request = await store.sign_put("in/other", size_bytes=size_bytes, expires_s=60)
        assert (await client.put(request.url, content=chunks())).status_code == status
    assert await store.stat("in/other") is None
    assert left_behind(root) == []


async def test_a_wrong_length_is_refused_before_the_body(home: Served) -> None:
    store, _, root = home
    request = await store.sign_put("in/length", size_bytes=1000, expires_s=60)
    for length, status in ((1001, 413), (999, 400), (10**12, 413)):
        reader, writer = await raw(request.url, length)
        assert await status_of(reader) == status
        writer.close()
    assert await store.stat("in/length") is None
    assert left_behind(root) == []


async def test_damaged_bytes_leave_nothing(home: Served) -> None:
    store, client, root = home
    request = await store.sign_put("in/damaged", size_bytes=len(BODY), crc32c=crc32c_of(BODY), expires_s=60)
    reply = await client.put(request.url, content=BODY[:-1] + b"\0")
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["type"] == "/problems/invalid-input"
    assert "damaged" in reply.json()["detail"]
    assert await store.stat("in/damaged") is None
    assert left_behind(root) == []


async def test_a_client_that_hangs_up_leaves_nothing(home: Served) -> None:
    store, _, root = home
    request = await store.sign_put("in/gone", size_bytes=len(BODY), expires_s=60)
    _, writer = await raw(request.url, len(BODY), BODY[: 3 * 1024**2])
    await eventually(lambda: left_behind(root) != [])
    writer.close()
    await eventually(lambda: left_behind(root) == [])
    assert await store.stat("in/gone") is None


async def test_an_upload_that_stops_coming_is_given_up(home: Served) -> None:
    store, _, root = home
    request = await store.sign_put("in/slow", size_bytes=len(BODY), expires_s=60)
    reader, writer = await raw(request.url, len(BODY), BODY[: 3 * 1024**2])
    assert await status_of(reader) == 408
    writer.close()
    await eventually(lambda: left_behind(root) == [])
    assert await store.stat("in/slow") is None


async def test_an_upload_that_comes_slowly_is_heard_out(home: Served) -> None:
    store, _, root = home
    request = await store.sign_put("in/trickle", size_bytes=60, expires_s=60)
    reader, writer = await raw(request.url, 60)
    for _ in range(15):  # for twice as long as a pause may be
        await asyncio.sleep(0.15)
        writer.write(b"0123")
        await writer.drain()
    assert await status_of(reader) == 200
    writer.close()
    assert (root / "objects" / "in" / "trickle").read_bytes() == b"0123" * 15


async def test_one_connection_carries_many_uploads(home: Served) -> None:
    store, _, _ = home
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(limits=limits) as one:
        for n in range(30):
            request = await store.sign_put(f"in/many/{n}", size_bytes=10_000, expires_s=60)
            wrong = n % 3 == 0
            reply = await one.put(request.url, content=b"x" * (20_000 if wrong else 10_000))
            assert reply.status_code == (413 if wrong else 200)
    assert len([entry async for entry in store.list("in/many/")]) == 20


async def test_parts_may_come_at_once_and_out_of_order(home: Served) -> None:
    store, client, root = home
    bodies = [bytes([n]) * PART for n in range(6)] + [b"tail"]
    upload = await store.start_multipart("in/parts", part_size_bytes=PART)
    plans = [PartPlan(n, len(body), crc32c_of(body)) for n, body in enumerate(bodies, 1)]
    requests = await store.sign_parts("in/parts", upload, plans, 60)
    order = [6, 2, 0, 4, 1, 5, 3]
    replies = await asyncio.gather(*(client.put(requests[n].url, content=bodies[n]) for n in order))
    assert [reply.status_code for reply in replies] == [200] * 7
    await store.complete_multipart("in/parts", upload, await store.list_parts("in/parts", upload))
    assert (root / "objects" / "in" / "parts").read_bytes() == b"".join(bodies)


# --- bytes out


async def test_a_get_tells_what_it_sends(home: Served) -> None:
    store, client, _ = home
    await store.put("out/whole", BODY)
    url = store.sign_get("out/whole", expires_s=60, filename="M 31.fits", media_type="image/fits")
    reply = await client.get(url)
    assert (reply.status_code, reply.content) == (200, BODY)
    assert reply.headers["content-length"] == str(len(BODY))
    assert reply.headers["content-type"] == "image/fits"
    assert reply.headers["content-disposition"] == 'attachment; filename="M 31.fits"'
    assert reply.headers["accept-ranges"] == "bytes"
    # Whatever was uploaded, it does not run as a page of ours.
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in reply.headers["content-security-policy"]
    head = await client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    same = {"content-length", "content-type", "etag", "last-modified", "content-disposition"}
    assert {name: head.headers[name] for name in same} == {name: reply.headers[name] for name in same}
    empty = store.sign_get("out/empty", expires_s=60)
    await store.put("out/empty", b"")
    assert (await client.get(empty)).content == b""


@pytest.mark.parametrize(
    ("wanted", "status", "extent"),
    [
        ("bytes=0-0", 206, (0, 1)),
        ("bytes=2880-5759", 206, (2880, 5760)),
        ("bytes=1000000-", 206, (1_000_000, len(BODY))),
        ("bytes=-2880", 206, (len(BODY) - 2880, len(BODY))),
        (f"bytes=-{10**15}", 206, (0, len(BODY))),
        (f"bytes=0-{10**15}", 206, (0, len(BODY))),
        (f"bytes={len(BODY)}-", 416, None),
        ("bytes=-0", 416, None),
        # Not understood: the whole, as RFC 9110 asks.
        ("bytes=5-2", 200, (0, len(BODY))),
        ("bytes=0-1,5-6", 200, (0, len(BODY))),
        ("lines=0-1", 200, (0, len(BODY))),
        ("bytes=-", 200, (0, len(BODY))),
        ("bytes=a-b", 200, (0, len(BODY))),
        ("bytes=" + "9" * 100 + "-", 200, (0, len(BODY))),
    ],
)
async def test_a_range_is_answered_as_rfc_9110_has_it(
    home: Served, wanted: str, status: int, extent: tuple[int, int] | None
) -> None:
    store, client, _ = home
    await store.put("out/ranges", BODY, durable=False)
    url = store.sign_get("out/ranges", expires_s=60)
    reply = await client.get(url, headers={"range": wanted})
    assert reply.status_code == status
    if extent is None:
        assert reply.headers["content-range"] == f"bytes */{len(BODY)}"
        assert reply.json()["status"] == 416
        return
    assert reply.content == BODY[slice(*extent)]
    if status == 206:
        assert reply.headers["content-range"] == f"bytes {extent[0]}-{extent[1] - 1}/{len(BODY)}"
    head = await client.head(url, headers={"range": wanted})
    assert head.headers["content-length"] == str(len(reply.content))


async def test_a_download_goes_on_only_with_the_same_bytes(home: Served) -> None:
    store, client, _ = home
    await store.put("out/resumed", b"0123456789")
    url = store.sign_get("out/resumed", expires_s=60)
    first = await client.get(url)
    rest = {"range": "bytes=5-", "if-range": first.headers["etag"]}
    assert (await client.get(url, headers=rest)).content == b"56789"
    by_date = rest | {"if-range": first.headers["last-modified"]}
    assert (await client.get(url, headers=by_date)).content == b"56789"
    held = await client.get(url, headers={"if-none-match": first.headers["etag"]})
    assert (held.status_code, held.content) == (304, b"")
    await store.put("out/resumed", b"abcdefghij")
    assert (await client.get(url, headers=rest)).content == b"abcdefghij"
    assert (await client.get(url, headers=rest | {"if-range": "garbage"})).content == b"abcdefghij"
    assert (await client.get(url, headers={"if-none-match": first.headers["etag"]})).content == b"abcdefghij"


# --- refusals


async def test_refusals_are_problem_documents(home: Served) -> None:
    store, client, _ = home
    await store.put("out/there", b"x")
    there, absent = (store.sign_get(key, expires_s=60) for key in ("out/there", "out/absent"))
    tries = [
        (await client.get(absent), 404, "not-found"),
        (await client.get(there.partition("?")[0]), 403, "not-allowed"),
        (await client.get(there + "&signature=0"), 403, "not-allowed"),
        (await client.get(there.replace("signature=", "signature=é")), 403, "not-allowed"),
        (await client.get(there.replace("expires=", "expires=x")), 403, "not-allowed"),
        (await client.get(there + "&key=out%2Fabsent"), 403, "not-allowed"),
        (await client.get(there + "&method=PUT"), 403, "not-allowed"),
        (await client.post(there), 405, "no-such-method"),
    ]
    for reply, status, kind in tries:
        assert reply.status_code == status
        assert reply.headers["content-type"] == "application/problem+json"
        document = reply.json()
        assert (document["type"], document["status"]) == (f"/problems/{kind}", status)
        assert {"title", "detail", "request_id"} <= document.keys()


async def test_another_secret_signs_for_nothing(home: Served, tmp_path: Path) -> None:
    store, client, _ = home
    await store.put("out/kept", b"x")
    theirs = store.sign_get("out/kept", expires_s=60).partition("/objects/")[0]
    other = LocalObjects(tmp_path, secret=b"another secret of 32 bytes long!", public_url=theirs)
    assert (await client.get(other.sign_get("out/kept", expires_s=60))).status_code == 403
    await other.close()


async def test_an_address_works_behind_a_proxy_that_takes_off_its_part(tmp_path: Path) -> None:
    stores: list[LocalObjects] = []

    def make_app(url: str) -> ObjectUrls:
        stores.append(LocalObjects(tmp_path, secret=SECRET, public_url=url + "/observatory/"))
        return ObjectUrls(stores[0])

    with serving(make_app):
        await stores[0].put("kept", b"x")
        url = stores[0].sign_get("kept", expires_s=60)
        assert "/observatory/objects/kept?" in url
        async with httpx.AsyncClient() as client:
            assert (await client.get(url)).content == b"x"
            assert (await client.get(url.replace("/observatory", ""))).content == b"x"
        await stores[0].close()


def test_a_short_secret_is_no_secret(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        LocalObjects(tmp_path, secret=b"short", public_url="http://localhost")


# --- arithmetic


@given(st.integers(0, 40), st.none() | st.integers(0, 50), st.none() | st.integers(0, 50))
def test_a_range_is_what_a_slice_is(size_bytes: int, first: int | None, last: int | None) -> None:
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    found = wanted_range(header, None, size_bytes=size_bytes, etag='"e"', modified_at=datetime.now(UTC))
    body = list(range(size_bytes))
    if first is None and last is None:
        assert found is None
    elif first is None:
        assert found is NOT_SATISFIABLE if not (last and body) else list(found or []) == body[-(last or 0) :]
    elif last is not None and last < first:
        assert found is None
    elif first >= size_bytes:
        assert found is NOT_SATISFIABLE
    else:
        assert found is not None
        assert list(found) == (body[first:] if last is None else body[first : last + 1])


def test_a_date_is_written_as_http_does() -> None:
    # Source: RFC 9110 section 5.6.7, the example of IMF-fixdate.
    assert http_date(datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)) == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert http_date(datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC) + timedelta(microseconds=9)).endswith(":37 GMT")


@pytest.mark.parametrize(
    ("objects", "source"),
    [
        ("s3://night?endpoint=https://store.hven.example:7480", "https://store.hven.example:7480"),
        ("s3://night?endpoint=http://minio:9000&public_endpoint=https://s3.hven.example", "https://s3.hven.example"),
        ("s3://night?endpoint=https://s3.hven.example&addressing=virtual", "https://night.s3.hven.example"),
        ("s3://night?region=cn-north-1", "https://night.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
async def test_policy_lets_bytes_go_to_the_store(objects: str, source: str) -> None:
    """The place that addresses are signed for, which is not always the one that the service itself asks."""
    store = S3Objects(S3Description.from_url(objects, access_key="key", secret_key="secret"))
    told = content_policy("https://hven.example", store.origin)
    assert store.sign_get("a/b", expires_s=60).startswith(f"{source}/")
    await store.close()
    policy = dict(part.strip().split(" ", 1) for part in told.split(";"))
    assert policy["connect-src"] == f"'self' {source}" and source in policy["img-src"]
