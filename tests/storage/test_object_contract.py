"""What every object store must do, tried on local files and on a real S3 server alike."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import multiprocessing
import pickle
import random
import zlib
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import Message
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from domain.errors import Conflict, InvalidInput, NotFound, ObservatoryError
from storage.object_factory import open_range_source
from storage.objects import PartPlan, StoredPart
from tests.support.elsewhere import read_range
from tests.support.object_homes import Home, crc32c_of, local_home, s3_home
from tests.support.s3_server import s3_server  # noqa: F401 (a fixture)

PART = 5 * 1024**2
LATER = timedelta(hours=1)


@pytest.fixture(scope="module", params=["local", pytest.param("s3", marks=pytest.mark.slow)])
async def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    if request.param == "local":
        async with local_home(tmp_path_factory.mktemp("objects")) as found:
            yield found
    else:
        async with s3_home(request.getfixturevalue("s3_server")) as found:
            yield found


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """A key of this test's own."""
    return f"test/{hashlib.sha256(request.node.name.encode()).hexdigest()[:16]}/bytes"


def noise(size_bytes: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size_bytes)


async def everything(home: Home, key: str) -> bytes:
    return b"".join([chunk async for chunk in home.store.stream(key)])


async def start(home: Home, key: str, bodies: list[bytes]) -> tuple[str, list[PartPlan]]:
    upload = await home.store.start_multipart(key, "application/fits", part_size_bytes=PART)
    return upload, [PartPlan(n, len(body), crc32c_of(body)) for n, body in enumerate(bodies, 1)]


# --- put, read, stream, stat, delete


@pytest.mark.parametrize("size_bytes", [0, 1, 100_000])
async def test_what_is_put_is_read_back(home: Home, key: str, size_bytes: int) -> None:
    body, before = noise(size_bytes), datetime.now(UTC)
    await home.store.put(key, body, media_type="image/png")
    assert await everything(home, key) == body
    found = await home.store.stat(key)
    assert found is not None
    assert found.size_bytes == size_bytes
    assert abs(found.modified_at - before) < timedelta(minutes=1)


async def test_a_second_put_replaces_the_whole(home: Home, key: str) -> None:
    await home.store.put(key, b"longer than the other")
    first = await home.store.stat(key)
    await home.store.put(key, b"short", durable=False)
    second = await home.store.stat(key)
    assert await everything(home, key) == b"short"
    assert first and second and first.version != second.version


@pytest.mark.parametrize(
    ("offset", "length"), [(0, 10), (999, 1), (990, 100), (1000, 5), (5000, 5), (0, 0), (500, 0), (0, 10**9)]
)
async def test_a_range_reads_as_a_slice_does(home: Home, offset: int, length: int) -> None:
    body = noise(1000)
    await home.store.put("test/ranges", body)
    assert await home.store.read("test/ranges", offset, length) == body[offset : offset + length]
    streamed = [chunk async for chunk in home.store.stream("test/ranges", offset, length, chunk_bytes=64)]
    assert b"".join(streamed) == body[offset : offset + length]
    assert all(len(chunk) <= 64 for chunk in streamed)


async def test_what_is_not_there_is_not_found(home: Home) -> None:
    assert await home.store.stat("test/absent") is None
    with pytest.raises(NotFound):
        await home.store.read("test/absent", 0, 1)
    with pytest.raises(NotFound):
        await home.store.digest("test/absent")
    with pytest.raises(NotFound):
        await anext(home.store.stream("test/absent"))
    with pytest.raises(NotFound):
        home.store.range_source("test/absent").read(0, 1)


async def test_what_is_deleted_is_gone_and_may_be_deleted_again(home: Home) -> None:
    keys = [f"test/delete/{n}" for n in range(3)]
    for each in keys:
        await home.store.put(each, b"x", durable=False)
    await home.store.delete(keys[:2])
    await home.store.delete([*keys[:2], "test/delete/never-there"])
    assert [entry.key async for entry in home.store.list("test/delete/")] == keys[2:]


HOSTILE = [
    "", "/", "/etc/passwd", "../up", "a/../b", "a/..", "a//b", "a/", "./a", "a/./b", "A", "é", "a b", "a\nb", "a\x00b",
    "a%2e%2e/b", "a?b", "a#b", "a\\b", "a:b", "~root", "x" * 2000, "x" * 300, "ａ", "a/b\r\nHost: evil",
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
async def test_a_hostile_key_is_refused_everywhere(home: Home, hostile: str) -> None:
    store = home.store
    tries = [
        store.put(hostile, b""),
        store.sign_put(hostile, size_bytes=1, expires_s=1),
        store.start_multipart(hostile, part_size_bytes=PART),
        store.sign_parts(hostile, "0" * 32, [PartPlan(1, 1)], 1),
        store.list_parts(hostile, "0" * 32),
        store.complete_multipart(hostile, "0" * 32, [StoredPart(1, 1, "x")]),
        store.abort_multipart(hostile, "0" * 32),
        store.read(hostile, 0, 1),
        anext(store.stream(hostile)),
        store.stat(hostile),
        store.digest(hostile),
        store.digest_many([hostile]),
        store.move(hostile, "test/target"),
        store.move("test/source", hostile),
        store.move_many([("test/source", hostile)]),
        store.ensure_durable([hostile]) if home.name == "local" else store.stat(hostile),
        store.delete([hostile]),
    ]
    for outcome in await asyncio.gather(*tries, return_exceptions=True):
        assert isinstance(outcome, InvalidInput)
    with pytest.raises(InvalidInput):
        store.sign_get(hostile, expires_s=1)
    with pytest.raises(InvalidInput):
        store.range_source(hostile).read(0, 1)


@pytest.mark.parametrize("upload", ["..", "../../objects", "0" * 32, "x\ny"], ids=ascii)
async def test_an_upload_that_never_began_is_not_found(home: Home, key: str, upload: str) -> None:
    with pytest.raises(NotFound):
        await home.store.list_parts(key, upload)
    with pytest.raises(NotFound):
        await home.store.complete_multipart(key, upload, [StoredPart(1, 1, '"x"')])
    await home.store.abort_multipart(key, upload)


# --- signed addresses


async def test_a_signed_put_stores_the_bytes(home: Home, key: str) -> None:
    body = noise(100_000)
    request = await home.store.sign_put(key, size_bytes=len(body), crc32c=crc32c_of(body), expires_s=60)
    assert (await home.send(request, body)).status_code == 200
    assert await everything(home, key) == body


@pytest.mark.parametrize("sent", [b"", b"123456789"[:-1], b"123456789x"], ids=["nothing", "short", "long"])
async def test_another_size_than_signed_is_refused(home: Home, key: str, sent: bytes) -> None:
    request = await home.store.sign_put(key, size_bytes=9, expires_s=60)
    unsaid = {name: value for name, value in request.headers.items() if name != "content-length"}
    refused = await home.client.put(request.url, content=sent, headers=unsaid)
    assert 400 <= refused.status_code < 500
    assert await home.store.stat(key) is None


async def test_other_bytes_than_announced_are_refused_or_told_by_their_digest(home: Home, key: str) -> None:
    announced = crc32c_of(b"123456789")
    request = await home.store.sign_put(key, size_bytes=9, crc32c=announced, expires_s=60)
    answered = await home.send(request, b"123456780")
    found = (await home.store.digest_many([key]))[key]
    if home.enforces_crc32c:
        assert (answered.status_code, found) == (400, None)
    else:  # Ceph looks at CRC32C since version 20
        assert answered.status_code == 200
        assert found is not None
        assert found.crc32c != announced


async def test_an_expired_address_is_refused(home: Home, key: str) -> None:
    await home.store.put(key, b"there")
    put = await home.store.sign_put(key, size_bytes=9, expires_s=1)  # S3 counts from a whole second
    get = home.store.sign_get(key, expires_s=1)
    assert (await home.client.get(home.store.sign_get(key, expires_s=60))).content == b"there"
    await asyncio.sleep(3.2)
    assert (await home.client.get(get)).status_code == 403
    assert (await home.send(put, b"123456789")).status_code == 403
    assert await everything(home, key) == b"there"


async def test_an_address_changed_in_any_part_is_refused(home: Home, key: str) -> None:
    await home.store.put("test/secret", b"secret")
    await home.store.put(key, b"mine")
    get = home.store.sign_get(key, expires_s=60, filename="mine.fits", media_type="image/fits")
    assert (await home.client.get(get)).content == b"mine"
    split = urlsplit(get)
    fields = parse_qsl(split.query)
    changed = [split._replace(path=split.path.replace(key, "test/secret"))]
    for n, (name, value) in enumerate(fields):
        other = str(int(value) + 1) if value.isdigit() else value[:-1] + ("0" if value[-1] != "0" else "1")
        changed.append(split._replace(query=urlencode([*fields[:n], (name, other), *fields[n + 1 :]])))
        changed.append(split._replace(query=urlencode([*fields[:n], *fields[n + 1 :]])))
    for parts in changed:
        refused = await home.client.get(urlunsplit(parts))
        assert refused.status_code in (400, 403), parts
        assert b"secret" not in refused.content.replace(b"test/secret", b"")
    # What was signed for reading is not for writing, nor the other way.
    assert (await home.client.put(get, content=b"evil")).status_code == 403
    put = await home.store.sign_put(key, size_bytes=4, expires_s=60)
    assert (await home.client.get(put.url)).status_code == 403
    assert (await home.client.delete(get)).status_code in (403, 405)
    assert await everything(home, key) == b"mine"


NAMES = [
    "M31 R 60s.fits", 'quo"te.fits', "new\r\nSet-Cookie: a=b", "crab;filename=evil.exe", "Τύχων.fits", "天文.fits",
    "a\\b.fits", "../../etc/passwd", "\u202egnp.exe", "%41.fits", "\ud800", "", "..", "x" * 5000, "tab\there", "\x00",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:30])
async def test_no_file_name_can_smuggle_a_header(home: Home, name: str) -> None:
    await home.store.put("test/named", b"x")
    reply = await home.client.get(home.store.sign_get("test/named", expires_s=60, filename=name))
    assert reply.status_code == 200
    assert "set-cookie" not in reply.headers
    # Python's own reading of the header, RFC 2231 and all.
    header = Message()
    header["Content-Disposition"] = reply.headers["content-disposition"]
    assert header.get_content_disposition() == "attachment"
    plain, *extended = [value for each, value in header.get_params([], "content-disposition") if each == "filename"]
    told = extended[0][2].encode("latin-1").decode(extended[0][0]) if extended else plain
    assert told
    assert not set(told) & set("/\\\r\n\0\u202e")
    assert '"' not in plain
    if name in ("M31 R 60s.fits", "Τύχων.fits", "天文.fits"):
        assert told == name


async def test_a_media_type_is_told_and_checked(home: Home) -> None:
    await home.store.put("test/typed", b"x")
    reply = await home.client.get(home.store.sign_get("test/typed", expires_s=60, media_type="image/png"))
    assert reply.headers["content-type"] == "image/png"
    with pytest.raises(InvalidInput):
        home.store.sign_get("test/typed", expires_s=60, media_type="text/html\r\nSet-Cookie: a=b")


async def test_a_reader_may_ask_for_ranges(home: Home) -> None:
    body = noise(3 * 1024**2)
    await home.store.put("test/served", body)
    url = home.store.sign_get("test/served", expires_s=60)
    for wanted, expected in [
        ("bytes=0-9", body[:10]),
        ("bytes=100-", body[100:]),
        ("bytes=-7", body[-7:]),
        (f"bytes=5-{10**12}", body[5:]),
    ]:
        reply = await home.client.get(url, headers={"range": wanted})
        assert (reply.status_code, reply.content) == (206, expected), wanted
    assert (await home.client.get(url, headers={"range": f"bytes={len(body)}-"})).status_code == 416
    assert (await home.client.get(url)).content == body


@pytest.mark.parametrize("expires_s", [0, -1, 8 * 24 * 3600])
async def test_an_address_works_for_a_week_at_most(home: Home, key: str, expires_s: int) -> None:
    with pytest.raises(InvalidInput):
        home.store.sign_get(key, expires_s=expires_s)
    with pytest.raises(InvalidInput):
        await home.store.sign_put(key, size_bytes=1, expires_s=expires_s)


@pytest.mark.parametrize("crc32c", ["", "AAAA", "AAAAAA", "AAAAAAA=", "AAAAAB==", "a\r\nb: c"])
async def test_a_checksum_of_another_form_is_refused(home: Home, key: str, crc32c: str) -> None:
    with pytest.raises(InvalidInput):
        await home.store.sign_put(key, size_bytes=1, crc32c=crc32c, expires_s=60)


# --- in parts


async def test_an_upload_in_parts_goes_on_from_what_is_there(home: Home, key: str) -> None:
    bodies = [noise(PART, 1), noise(PART, 2), noise(12345, 3)]
    upload, plans = await start(home, key, bodies)
    assert await home.store.list_parts(key, upload) == []
    requests = await home.store.sign_parts(key, upload, plans, 60)
    # The last part first; then "another process" sees what is there and sends the rest.
    assert (await home.send(requests[2], bodies[2])).status_code == 200
    assert (await home.send(requests[0], bodies[0])).status_code == 200
    assert await home.store.stat(key) is None
    there = await home.store.list_parts(key, upload)
    assert [(part.number, part.size_bytes) for part in there] == [(1, PART), (3, 12345)]
    [request] = await home.store.sign_parts(key, upload, [plans[1]], 60)
    assert (await home.send(request, bodies[1])).status_code == 200
    parts = await home.store.list_parts(key, upload)
    await home.store.complete_multipart(key, upload, parts)
    assert await everything(home, key) == b"".join(bodies)
    # A reply that was lost: the client completes again.
    await home.store.complete_multipart(key, upload, parts)
    assert await everything(home, key) == b"".join(bodies)
    with pytest.raises(NotFound):
        await home.store.list_parts(key, upload)
    # A permission that outlived its upload.
    assert (await home.send(requests[0], noise(PART, 9))).status_code == 404
    assert await everything(home, key) == b"".join(bodies)


async def test_a_part_sent_again_replaces_the_first(home: Home, key: str) -> None:
    wrong, right, tail = noise(PART, 4), noise(PART, 5), noise(10, 6)
    upload = await home.store.start_multipart(key, part_size_bytes=PART)
    requests = await home.store.sign_parts(key, upload, [PartPlan(1, PART), PartPlan(2, 10)], 60)
    for body in (wrong, right):
        assert (await home.send(requests[0], body)).status_code == 200
    assert (await home.send(requests[1], tail)).status_code == 200
    await home.store.complete_multipart(key, upload, await home.store.list_parts(key, upload))
    assert await everything(home, key) == right + tail


async def test_a_part_of_another_size_or_number_is_refused(home: Home, key: str) -> None:
    upload = await home.store.start_multipart(key, part_size_bytes=PART)
    [request] = await home.store.sign_parts(key, upload, [PartPlan(1, PART)], 60)
    for sent in (noise(PART - 1), noise(PART + 1)):
        refused = await home.client.put(request.url, content=sent)
        assert 400 <= refused.status_code < 500
    for name in ("part=1", "partNumber=1"):
        if name in request.url:
            moved = await home.client.put(request.url.replace(name, name[:-1] + "2"), content=noise(PART))
            assert moved.status_code == 403
    assert await home.store.list_parts(key, upload) == []
    for plan in (PartPlan(0, 10), PartPlan(10_001, 10), PartPlan(1, 0), PartPlan(1, 6 * 1024**3)):
        with pytest.raises(InvalidInput):
            await home.store.sign_parts(key, upload, [plan], 60)
    await home.store.abort_multipart(key, upload)


async def test_a_damaged_part_is_refused_or_told_by_the_digest(home: Home, key: str) -> None:
    body = noise(PART)
    upload, plans = await start(home, key, [body])
    [request] = await home.store.sign_parts(key, upload, plans, 60)
    answered = await home.send(request, body[:-1] + bytes([body[-1] ^ 1]))
    if home.enforces_crc32c:
        assert answered.status_code == 400
        assert await home.store.list_parts(key, upload) == []
        await home.store.abort_multipart(key, upload)
    else:
        assert answered.status_code == 200
        await home.store.complete_multipart(key, upload, await home.store.list_parts(key, upload))
        assert (await home.store.digest(key)).crc32c != crc32c_of(body)


async def test_only_what_is_stored_and_in_order_completes(home: Home, key: str) -> None:
    bodies = [noise(PART, 1), noise(PART, 2)]
    upload, plans = await start(home, key, bodies)
    for request, body in zip(await home.store.sign_parts(key, upload, plans, 60), bodies, strict=True):
        (await home.send(request, body)).raise_for_status()
    one, two = await home.store.list_parts(key, upload)
    absent = StoredPart(3, 10, one.etag)
    other = StoredPart(2, PART, one.etag)
    for wrong in ([], [two], [two, one], [one, two, absent], [one, other], [one, one]):
        with pytest.raises(InvalidInput):
            await home.store.complete_multipart(key, upload, wrong)
    assert await home.store.stat(key) is None
    await home.store.complete_multipart(key, upload, [one, two])
    assert await everything(home, key) == b"".join(bodies)


async def test_an_aborted_upload_leaves_nothing(home: Home, key: str) -> None:
    body = noise(PART)
    upload, plans = await start(home, key, [body])
    [request] = await home.store.sign_parts(key, upload, plans, 60)
    (await home.send(request, body)).raise_for_status()
    parts = await home.store.list_parts(key, upload)
    await home.store.abort_multipart(key, upload)
    await home.store.abort_multipart(key, upload)
    assert await home.store.stat(key) is None
    assert (await home.send(request, body)).status_code == 404
    with pytest.raises(NotFound):
        await home.store.complete_multipart(key, upload, parts)
    assert await home.store.list_multiparts("test/", datetime.now(UTC) + LATER) == []


async def test_unfinished_uploads_are_listed_by_key_and_age(home: Home) -> None:
    keys = ["test/stale/a", "test/stale/b", "test/stalest"]
    uploads = {key: await home.store.start_multipart(key, part_size_bytes=PART) for key in keys}
    found = await home.store.list_multiparts("test/stale/", datetime.now(UTC) + LATER)
    assert [(each.key, each.multipart_id) for each in found] == [(key, uploads[key]) for key in keys[:2]]
    assert all(abs(each.started_at - datetime.now(UTC)) < timedelta(minutes=1) for each in found)
    assert await home.store.list_multiparts("test/", datetime.now(UTC) - LATER) == []
    for key, upload in uploads.items():
        await home.store.abort_multipart(key, upload)
    assert await home.store.list_multiparts("", datetime.now(UTC) + LATER) == []


async def test_parts_too_small_for_s3_are_refused_at_the_start(home: Home, key: str) -> None:
    with pytest.raises(InvalidInput):
        await home.store.start_multipart(key, part_size_bytes=PART - 1)


# --- digests


# Source: RFC 3720 (iSCSI), appendix B.4, "CRC Examples"; the check value of "123456789" is Rocksoft's of CRC-32C.
CRC32C = [
    (bytes(32), 0x8A9136AA),
    (b"\xff" * 32, 0x62A8AB43),
    (bytes(range(32)), 0x46DD794E),
    (b"123456789", 0xE3069283),
]


@pytest.mark.parametrize(("body", "crc32c"), CRC32C)
async def test_the_digest_has_the_published_crc32c(home: Home, key: str, body: bytes, crc32c: int) -> None:
    await home.store.put(key, body)
    assert (await home.store.digest(key)).crc32c == base64.b64encode(crc32c.to_bytes(4, "big")).decode()


@pytest.mark.parametrize("size_bytes", [0, 1, 1024**2, 40 * 1024**2 + 17])
async def test_the_digest_is_what_the_library_computes(home: Home, key: str, size_bytes: int) -> None:
    body = noise(size_bytes)
    await home.store.put(key, body, durable=False)
    found = await home.store.digest(key)
    assert found.size_bytes == size_bytes
    assert found.sha256 == hashlib.sha256(body).hexdigest()
    assert found.crc32 == zlib.crc32(body)
    assert found.crc32c == crc32c_of(body)
    stat = await home.store.stat(key)
    assert stat and stat.version == found.version
    await home.store.delete([key])


async def test_many_are_digested_at_once_and_the_absent_are_named(home: Home) -> None:
    bodies = {f"test/digests/{n}": noise(1000, n) for n in range(40)}
    await asyncio.gather(*(home.store.put(key, body, durable=False) for key, body in bodies.items()))
    found = await home.store.digest_many([*bodies, "test/digests/absent", *bodies])
    assert {key: each and each.sha256 for key, each in found.items()} == {
        key: hashlib.sha256(body).hexdigest() for key, body in bodies.items()
    } | {"test/digests/absent": None}


# --- moves


async def test_a_move_gives_another_key_and_may_be_repeated(home: Home, key: str) -> None:
    await home.upload(key, b"bytes")
    for _ in range(3):
        await home.store.move(key, key + ".target")
        assert await home.store.stat(key) is None
        assert await everything(home, key + ".target") == b"bytes"
    await home.store.move(key + ".target", key + ".target")
    assert await everything(home, key + ".target") == b"bytes"


async def test_a_move_never_replaces_its_target(home: Home, key: str) -> None:
    target = key + ".target"
    await home.store.put(target, b"first!")
    await home.store.put(key, b"second")
    await home.store.move(key, target)
    assert await everything(home, target) == b"first!"
    assert await home.store.stat(key) is None
    # Another size cannot be the same content: nothing is thrown away then.
    await home.store.put(key, b"of another size")
    with pytest.raises(Conflict):
        await home.store.move(key, target)
    assert await everything(home, key) == b"of another size"
    assert await everything(home, target) == b"first!"


async def test_what_was_changed_after_its_digest_does_not_move(home: Home, key: str) -> None:
    request = await home.store.sign_put(key, size_bytes=5, expires_s=60)
    await home.send(request, b"right")
    verified = await home.store.digest(key)
    await home.send(request, b"wrong")
    with pytest.raises(Conflict):
        await home.store.move(key, key + ".target", version=verified.version)
    assert await home.store.stat(key + ".target") is None
    await home.send(request, b"right")
    await home.store.move(key, key + ".target", version=(await home.store.digest(key)).version)
    assert await everything(home, key + ".target") == b"right"


async def test_one_bad_move_does_not_stop_those_beside_it(home: Home) -> None:
    pairs = [(f"test/staged/{n}", f"test/kept/{n:02d}") for n in range(12)]
    for source, _ in pairs:
        await home.store.put(source, source.encode(), durable=False)
    await home.store.put("test/kept/05", b"of another size altogether")
    found = await home.store.digest_many(source for source, _ in pairs)
    versions = {source: each.version for source, each in found.items() if each}
    await home.store.put("test/staged/7", b"changed")
    failed = await home.store.move_many([*pairs, ("test/staged/absent", "test/kept/absent")], versions=versions)
    assert {source: type(error) for source, error in failed.items()} == {
        "test/staged/5": Conflict,
        "test/staged/7": Conflict,
        "test/staged/absent": NotFound,
    }
    assert [entry.key async for entry in home.store.list("test/staged/")] == ["test/staged/5", "test/staged/7"]
    kept = [f"test/kept/{n:02d}" for n in range(12) if n != 7]
    assert [entry.key async for entry in home.store.list("test/kept/")] == kept
    assert await everything(home, "test/kept/11") == b"test/staged/11"
    await home.store.ensure_durable(kept)
    await home.store.ensure_durable(kept[:1])


async def test_many_movers_of_one_content_agree(home: Home) -> None:
    sources = [f"test/racing/{n}" for n in range(8)]
    for source in sources:
        await home.store.put(source, b"the same content", durable=False)
    await asyncio.gather(*(home.store.move(source, "test/raced") for source in sources))
    assert await everything(home, "test/raced") == b"the same content"
    assert [entry async for entry in home.store.list("test/racing/")] == []


# --- lists


async def test_a_list_is_ordered_by_key_and_goes_on_after_any(home: Home) -> None:
    keys = [
        f"test/order/{name}" for name in ("a-b", "a.b", "a/b", "a/b-c/d", "a/b/c", "a0", "a_b", "b/a", "b/b/c.x", "c")
    ]
    keys = [key for key in keys if key != "test/order/a/b"]  # on disk no object is another's folder
    for key in random.Random(3).sample(keys, len(keys)):
        await home.store.put(key, key.encode(), durable=False)
    entries = [entry async for entry in home.store.list("test/order/")]
    assert [entry.key for entry in entries] == sorted(keys)
    assert [entry.size_bytes for entry in entries] == [len(key) for key in sorted(keys)]
    for after in [*keys, "test/order/a", "test/order/a/", "test/order/a/b-", "test/order/zz"]:
        listed = [entry.key async for entry in home.store.list("test/order/", after=after)]
        assert listed == [key for key in sorted(keys) if key > after], after
    for prefix in ("test/order/a", "test/order/a/", "test/order/a/b", "test/order/b/b/", "test/ord", "none"):
        listed = [entry.key async for entry in home.store.list(prefix)]
        assert listed == [key for key in sorted(keys) if key.startswith(prefix)], prefix
    with pytest.raises(InvalidInput):
        await anext(home.store.list("../"))


async def test_a_list_goes_on_over_many_pages(home: Home) -> None:
    keys = [f"test/pages/{n:04d}" for n in range(1003)]
    await asyncio.gather(*(home.store.put(key, b"", durable=False) for key in keys))
    assert [entry.key async for entry in home.store.list("test/pages/")] == keys
    await home.store.delete(keys)
    assert [entry.key async for entry in home.store.list("test/pages/")] == []


# --- random access


async def test_a_range_source_serves_threads_and_other_processes(home: Home) -> None:
    body = noise(200_000)
    await home.store.put("test/source", body)
    for source in (home.store.range_source("test/source"), home.store.range_source("test/source", size_bytes=200_000)):
        assert source.size_bytes == 200_000
        offsets = [(0, 2880), (199_000, 5000), (200_000, 10), (50_000, 80_000), (10, 0)]
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(source.read, *zip(*offsets, strict=True)))
        assert found == [body[offset : offset + length] for offset, length in offsets]
        source.close()
    described = pickle.dumps(home.store.describe())
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        future = processes.submit(read_range, described, "test/source", 100, 2880)
        assert await asyncio.wrap_future(future) == body[100:2980]
    with pytest.raises(NotFound):
        open_range_source(home.store.describe(), "test/absent").read(0, 1)


# --- the store itself


async def test_a_store_that_works_says_so(home: Home) -> None:
    await home.store.check()
    assert await home.store.sweep_temp(datetime.now(UTC) - LATER) == 0


async def test_an_error_keeps_the_drivers_words_to_itself(home: Home) -> None:
    with pytest.raises(ObservatoryError) as caught:
        await home.store.read("test/absent", 0, 1)
    assert caught.value.detail == "There is no such object."
    assert caught.value.__cause__ is not None


def test_a_description_does_not_show_its_secret() -> None:
    from storage.object_s3_client import S3Description

    assert "hunter2" not in repr(S3Description(bucket="b", secret_key="hunter2"))
