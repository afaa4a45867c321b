"""What only the S3 store can get wrong: its signatures, its copies in parts, its errors, a server that is away."""

from __future__ import annotations

import asyncio
import hashlib
import math
import pickle
import random
import re
import threading
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ReadTimeoutError,
)

from domain.errors import InvalidInput, NotFound, ObservatoryError, StoreUnavailable
from storage import object_s3_ahead
from storage.object_factory import open_object_store
from storage.object_s3_client import S3Connection, S3Description
from storage.object_s3_faults import S3_FAULTS, from_s3_error
from storage.object_s3_signing import presign
from storage.objects import ObjectStat, PartPlan, SignedRequest
from storage.s3_objects import S3Objects
from tests.support.asgi_server import free_socket
from tests.support.object_homes import Home, crc32c_of, plain_client, s3_home
from tests.support.s3_server import S3Server, running_s3_server, s3_server  # noqa: F401 (a fixture)

PART = 5 * 1024**2
STRETCH = 16 * 1024**2


@pytest.fixture(scope="module")
async def home(s3_server: S3Server) -> AsyncIterator[Home]:  # noqa: F811 (the fixture)
    async with s3_home(s3_server) as found:
        yield found


# --- signatures


def test_the_published_example_is_signed_as_published() -> None:
    # Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
    signed = presign(
        "GET",
        "https://examplebucket.s3.amazonaws.com/test.txt",
        query={},
        headers={},
        access_key="AKIAIOSFODNN7EXAMPLE",
        secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        session_token=None,
        region="us-east-1",
        now=datetime(2013, 5, 24, tzinfo=UTC),
        expires_s=86400,
    )
    fields = dict(parse_qsl(urlsplit(signed).query))
    assert fields["X-Amz-Signature"] == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"


@pytest.mark.parametrize("addressing", ["path", "virtual"])
@pytest.mark.parametrize("token", ["", "a/session+token=="])
@pytest.mark.parametrize(
    ("endpoint", "sent"),
    [("http://s3.example:9000", "http://s3.example:9000"), ("https://S3.Example:443/", "https://s3.example")],
)
async def test_addresses_are_those_that_boto3_signs(addressing: str, token: str, endpoint: str, sent: str) -> None:
    """For the host that clients then name in their requests: in lower case, without its scheme's own port."""
    description = S3Description.from_url(
        f"s3://bucket?endpoint={endpoint}&region=eu-north-1&prefix=some/where&addressing={addressing}",
        access_key="AKIA",
        secret_key="secret/key",
        session_token=token,
    )
    store = S3Objects(description)
    theirs = boto3.client(
        "s3",
        endpoint_url=sent,
        region_name="eu-north-1",
        aws_access_key_id="AKIA",
        aws_secret_access_key="secret/key",
        aws_session_token=token or None,
        config=Config(signature_version="s3v4", s3={"addressing_style": addressing}),
    )
    place = {"Bucket": "bucket", "Key": "some/where/a/frame_1-2.fits"}
    crc32c = crc32c_of(b"123456789")
    [part] = await store.sign_parts("a/frame_1-2.fits", "2~id/with+odd=signs", [PartPlan(7, 9, crc32c)], 77)
    disposition = "attachment; filename=\"__.fits\"; filename*=UTF-8''%E5%A4%A9%E6%96%87.fits"
    ours_and_theirs = [
        (
            part.url,
            theirs.generate_presigned_url(
                "upload_part",
                Params=place
                | {
                    "PartNumber": 7,
                    "UploadId": "2~id/with+odd=signs",
                    "ContentLength": 9,
                    "ChecksumCRC32C": crc32c,
                    "ChecksumAlgorithm": "CRC32C",
                },
                ExpiresIn=77,
            ),
        ),
        (
            store.sign_get("a/frame_1-2.fits", expires_s=77, filename="天文.fits", media_type="image/fits"),
            theirs.generate_presigned_url(
                "get_object",
                Params=place | {"ResponseContentDisposition": disposition, "ResponseContentType": "image/fits"},
                ExpiresIn=77,
            ),
        ),
    ]
    for ours, other in ours_and_theirs:
        a, b = urlsplit(ours), urlsplit(other)
        assert (a.scheme, a.netloc, a.path) == (b.scheme, b.netloc, b.path)
        fields, expected = dict(parse_qsl(a.query)), dict(parse_qsl(b.query))
        assert fields.keys() == expected.keys()
        if fields["X-Amz-Date"] == expected["X-Amz-Date"]:  # else a second began in between
            assert fields == expected
    await store.close()


async def test_clients_are_told_the_public_address() -> None:
    store = open_object_store(
        "s3://bucket?endpoint=http://inside:9000&public_endpoint=https://objects.example.org",
        public_url="",
        secret=b"",
        access_key="a",
        secret_key="b",
    )
    assert store.sign_get("key", expires_s=5).startswith("https://objects.example.org/bucket/key?")
    await store.close()


# --- copies


@pytest.mark.slow
async def test_what_is_too_large_for_one_copy_moves_in_parts(home: Home, s3_server: S3Server) -> None:  # noqa: F811
    assert isinstance(home.store, S3Objects)
    store = S3Objects(home.store.describe(), single_copy_limit_bytes=PART)
    body = random.Random(1).randbytes(2 * PART + 12345)
    await store.put("large/source", body, media_type="image/fits")
    before = await store.digest("large/source")
    await store.move("large/source", "large/target", version=before.version)
    assert await store.stat("large/source") is None
    after = await store.digest("large/target")
    assert (after.sha256, after.size_bytes) == (before.sha256, len(body))
    stat = await store.stat("large/target")
    assert stat and stat.version.endswith('-3"'), "it was copied whole after all"
    described = home.store.describe()
    found = plain_client(s3_server).head_object(Bucket=described.bucket, Key=f"{described.prefix}large/target")
    assert found["ContentType"] == "image/fits"
    assert await store.list_multiparts("", datetime.now(UTC)) == []
    await store.close()


# --- errors


async def test_a_server_that_is_away_is_said() -> None:
    with free_socket() as bound:  # bound and not listening: connections are refused
        url = f"s3://bucket?endpoint=http://127.0.0.1:{bound.getsockname()[1]}"
        store = open_object_store(url, public_url="", secret=b"", access_key="a", secret_key="b")
        for attempt in (store.check(), store.read("key", 0, 1), store.put("key", b""), store.digest("key")):
            with pytest.raises(StoreUnavailable, match="does not answer"):
                await attempt
        with pytest.raises(StoreUnavailable):
            store.range_source("key").read(0, 1)
        with pytest.raises(StoreUnavailable):
            await store.move_many([("a", "b"), ("c", "d")])
        await store.close()


@pytest.mark.slow
async def test_wrong_credentials_and_buckets_are_the_operators_to_mend(home: Home, s3_server: S3Server) -> None:  # noqa: F811
    described = home.store.describe()
    for url, key in (
        (s3_server.url(described.bucket), "wrong"),
        (s3_server.url("no-such-bucket-anywhere"), s3_server.secret_key),
    ):
        store = open_object_store(url, public_url="", secret=b"", access_key=s3_server.access_key, secret_key=key)
        for attempt in (store.check(), store.put("key", b"x"), store.read("key", 0, 1)):
            with pytest.raises(StoreUnavailable):
                await attempt
        await store.close()


async def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    store = open_object_store("s3://bucket?endpoint=http://127.0.0.1:9", public_url="", secret=b"")
    with pytest.raises(StoreUnavailable, match="no credentials"):
        await store.check()
    with pytest.raises(StoreUnavailable, match="no credentials"):
        store.sign_get("key", expires_s=5)
    await store.close()


def test_every_error_has_a_translation_without_the_drivers_words() -> None:
    for code in [*S3_FAULTS, "ACodeOfNextYear", ""]:
        ours = from_s3_error(ClientError({"Error": {"Code": code, "Message": "secret words"}}, "GetObject"))
        assert isinstance(ours, ObservatoryError)
        assert "secret" not in ours.detail
    assert isinstance(from_s3_error(ClientError({}, "GetObject")), StoreUnavailable)
    url = "http://secret.internal"
    away: list[BotoCoreError] = [
        EndpointConnectionError(endpoint_url=url),
        ConnectTimeoutError(endpoint_url=url),
        ReadTimeoutError(endpoint_url=url),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        NoCredentialsError(),
        BotoCoreError(),
    ]
    for error in away:
        found = from_s3_error(error)
        assert isinstance(found, StoreUnavailable)
        assert "secret" not in found.detail


# --- a connection that breaks


async def test_a_read_goes_on_where_the_connection_broke() -> None:
    """A server that hangs up after every 1,000 bytes, and one that changes the object meanwhile."""
    body = random.Random(2).randbytes(3500)
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        first = re.search(r"(?mi)^range: bytes=(\d+)-", request)
        held = re.search(r"(?mi)^if-match: (\S+)", request)
        start = int(first[1]) if first else 0
        asked.append(f"{start} {held[1] if held else ''}")
        if held and "changing" in request.split()[1]:
            writer.write(b"HTTP/1.1 412 Precondition Failed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        else:
            status = f"206 Partial Content\r\ncontent-range: bytes {start}-3499/3500" if first else "200 OK"
            head = f'HTTP/1.1 {status}\r\ncontent-length: {3500 - start}\r\netag: "one"\r\nconnection: close\r\n\r\n'
            writer.write(head.encode() + body[start : start + 1000])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"s3://bucket?endpoint=http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    store = open_object_store(url, public_url="", secret=b"", access_key="a", secret_key="b")
    found = b"".join([chunk async for chunk in store.stream("steady", chunk_bytes=300)])
    assert found == body
    assert asked == ["0 ", '1000 "one"', '2000 "one"', '3000 "one"']
    with pytest.raises(ObservatoryError):
        [chunk async for chunk in store.stream("changing", chunk_bytes=300)]
    await store.close()
    server.close()


# --- looking up


@pytest.mark.parametrize("first", ["503 Slow Down", "403 Forbidden", "200 OK", "hangs up"])
async def test_an_answer_that_is_not_plain_is_asked_for_again(first: str) -> None:
    """The second answer is plain; a 200 without what belongs to it is none."""
    answers = [first, '200 OK\r\netag: "one"\r\nlast-modified: Sun, 29 Nov 2026 15:58:46 GMT', "404 Not Found"]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HEAD /bucket/a/key")
        if (said := answers.pop(0)) != "hangs up":
            writer.write(f"HTTP/1.1 {said}\r\ncontent-length: 35\r\nconnection: close\r\n\r\n".encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"s3://bucket?endpoint=http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    store = open_object_store(url, public_url="", secret=b"", access_key="a", secret_key="b")
    assert await store.stat("a/key") == ObjectStat(35, datetime(2026, 11, 29, 15, 58, 46, tzinfo=UTC), '"one"')
    assert await store.stat("a/key") is None
    assert not answers
    await store.close()
    server.close()


async def test_a_server_that_never_answers_plainly_is_asked_by_the_driver_alone() -> None:
    asked: list[bool] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(b"X-Amz-Signature=" in (await reader.readuntil(b"\r\n\r\n")))
        status = "307 Temporary Redirect" if asked[-1] else "404 Not Found"
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"s3://bucket?endpoint=http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    store = open_object_store(url, public_url="", secret=b"", access_key="a", secret_key="b")
    assert [await store.stat("a/key") for _ in range(6)] == [None] * 6
    assert asked == [True, False] * 3 + [False] * 3
    await store.close()
    server.close()


@pytest.mark.parametrize(
    ("bucket", "public", "environment", "expected"),
    [
        ("frames", "", {}, "https://frames.s3.eu-west-1.amazonaws.com/"),
        ("a.b", "", {}, "https://s3.eu-west-1.amazonaws.com/a.b/"),
        ("frames", "", {"AWS_ENDPOINT_URL": "http://minio.example:9000"}, "http://minio.example:9000/frames/"),
        ("frames", "https://objects.example", {}, "https://objects.example/frames/"),
    ],
)
def test_without_an_endpoint_addresses_are_of_the_region_or_what_else_is_configured(
    bucket: str, public: str, environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    described = S3Description(bucket=bucket, region="eu-west-1", public_endpoint=public, access_key="a", secret_key="b")
    connection = S3Connection(described)
    assert connection.address == expected
    if not public:
        assert connection.own_address == expected


# --- the address in the configuration


def test_the_configured_address_is_read_and_a_wrong_one_named() -> None:
    found = S3Description.from_url("s3://bucket?endpoint=https://s3.example&region=r&prefix=/a/b/", access_key="k")
    assert found == S3Description(
        bucket="bucket", endpoint="https://s3.example", region="r", prefix="a/b/", access_key="k"
    )
    assert S3Description.from_url("s3://bucket") == S3Description(
        bucket="bucket", cool="STANDARD_IA", archive="GLACIER"
    )
    assert pickle.loads(pickle.dumps(found)) == found
    for wrong in (
        "s3://",
        "s3:bucket",
        "s3://bucket/path",
        "s3://key:secret@bucket",
        "s3://b?endpont=x",
        "s3://b?addressing=x",
        "s3://b?prefix=with a space",
        "s3://b?prefix=a/../b",
        "s3://b?endpoint=minio:9000",
        "s3://b?endpoint=https://key:secret@minio",
    ):
        with pytest.raises(InvalidInput):
            S3Description.from_url(wrong)


# --- the server the tests run on


@pytest.mark.slow
async def test_two_test_servers_at_once_do_not_meet(s3_server: S3Server) -> None:  # noqa: F811
    if s3_server.bucket:
        pytest.skip("another server was named: there is none of ours to start twice")
    with running_s3_server(size_bytes=256 * 1024**2) as second:
        assert second.endpoint != s3_server.endpoint
        assert plain_client(second).list_buckets()["Buckets"] == []
        async with s3_home(second) as home:
            await home.store.put("only/here", b"x")
            async with s3_home(s3_server) as first:
                with pytest.raises(NotFound):
                    await first.store.read("only/here", 0, 1)


# --- reading ahead


@pytest.fixture(params=["near", "far"])
def server_is(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have one connection to the server thought fast enough, or not."""
    monkeypatch.setattr(object_s3_ahead, "_NEAR_BYTES_PER_S", 0 if request.param == "near" else math.inf)
    return str(request.param)


@pytest.mark.usefixtures("server_is")
@pytest.mark.parametrize("size_bytes", [0, 1, STRETCH - 1, STRETCH, STRETCH + 1, 5 * STRETCH + 1000])
async def test_an_object_of_any_size_is_read_ahead_in_order(home: Home, size_bytes: int) -> None:
    body = random.Random(size_bytes).randbytes(size_bytes)
    await home.store.put("test/ahead", body)
    found = await home.store.digest("test/ahead")
    stat = await home.store.stat("test/ahead")
    assert stat is not None
    assert (found.size_bytes, found.sha256) == (size_bytes, hashlib.sha256(body).hexdigest())
    assert (found.crc32, found.crc32c) == (zlib.crc32(body), crc32c_of(body))
    assert found.version == stat.version
    assert reading_threads() == []


@pytest.mark.usefixtures("server_is")
async def test_an_object_that_is_exchanged_while_it_is_read_is_no_mixture_of_both(home: Home) -> None:
    assert isinstance(home.store, S3Objects)
    old, new = (random.Random(seed).randbytes(6 * STRETCH) for seed in (1, 2))
    await home.store.put("test/exchanged", old)
    blocks = object_s3_ahead.ReadingAhead(home.store._connection, "test/exchanged").blocks(1024**2)
    seen = [next(blocks)]
    await home.store.put("test/exchanged", new)

    def read_on() -> None:
        for block in blocks:
            seen.append(block)  # noqa: PERF402 (what came before the error counts)

    with pytest.raises(ClientError):
        await asyncio.to_thread(read_on)
    assert old.startswith(b"".join(seen)), "what was read before is of one object"
    assert reading_threads() == []


async def test_who_stops_reading_leaves_no_thread(home: Home, server_is: str) -> None:
    assert isinstance(home.store, S3Objects)
    await home.store.put("test/stopped", bytes(5 * STRETCH))
    blocks = object_s3_ahead.ReadingAhead(home.store._connection, "test/stopped").blocks(1024**2)
    for _ in range(17):
        next(blocks)
    assert len(reading_threads()) == (3 if server_is == "far" else 0)
    blocks.close()
    assert reading_threads() == []


def reading_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "s3-ahead"]


# --- what it enforces


async def test_an_address_that_names_a_sha256_takes_nothing_else(home: Home) -> None:
    if not await home.store.enforces_sha256():
        pytest.skip("this server does not look at the SHA-256 that an address names")
    body = b"123456789"
    request = await home.store.sign_put(
        "test/named", size_bytes=9, sha256=hashlib.sha256(body).hexdigest(), expires_s=60
    )
    assert 400 <= (await home.send(request, b"987654321")).status_code < 500
    bare = SignedRequest(request.method, request.url, {"content-length": "9"})
    assert 400 <= (await home.send(bare, b"987654321")).status_code < 500, "what is signed cannot be left out"
    assert await home.store.stat("test/named") is None
    assert (await home.send(request, body)).status_code == 200
    assert (await home.store.digest("test/named")).sha256 == hashlib.sha256(body).hexdigest()
    assert [entry.key async for entry in home.store.list("probes/")] == []


async def test_a_server_that_is_away_is_not_taken_to_enforce_anything_and_is_asked_again() -> None:
    with free_socket() as bound:  # which does not listen
        url = f"s3://bucket?endpoint=http://127.0.0.1:{bound.getsockname()[1]}&region=us-east-1"
        store = open_object_store(url, public_url="", secret=b"", access_key="who", secret_key="ever")
        assert not await store.enforces_sha256()
        assert isinstance(store, S3Objects)
        assert store._enforces is None
        await store.close()
