"""Both homes of objects, with what a client needs to use their signed addresses."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import crc32c
import httpx
from botocore.config import Config
from botocore.exceptions import ClientError

from service.handlers.object_urls import ObjectUrls
from storage.local_objects import LocalObjects
from storage.object_digests import crc32c_base64
from storage.object_factory import open_object_store
from storage.objects import ObjectStore, SignedRequest
from tests.support.asgi_server import serving
from tests.support.s3_server import S3Server

__all__ = ["SECRET", "Home", "crc32c_of", "local_home", "s3_home"]

SECRET = b"0123456789abcdef0123456789abcdef"


@dataclass
class Home:
    """A store, and a client of its signed addresses."""

    name: str
    store: ObjectStore
    client: httpx.AsyncClient
    enforces_crc32c: bool = True

    async def send(self, request: SignedRequest, body: bytes) -> httpx.Response:
        """Do as the request says, with this body."""
        return await self.client.request(request.method, request.url, content=body, headers=request.headers)

    async def upload(self, key: str, body: bytes) -> None:
        request = await self.store.sign_put(key, size_bytes=len(body), crc32c=crc32c_of(body), expires_s=60)
        (await self.send(request, body)).raise_for_status()


def crc32c_of(body: bytes) -> str:
    return crc32c_base64(crc32c.crc32c(body))


@asynccontextmanager
async def local_home(root: Path) -> AsyncIterator[Home]:
    stores: list[LocalObjects] = []

    def make_app(url: str) -> ObjectUrls:
        store = open_object_store(root.as_uri(), public_url=url, secret=SECRET)
        assert isinstance(store, LocalObjects)
        stores.append(store)
        return ObjectUrls(store)

    with serving(make_app):
        async with httpx.AsyncClient(timeout=30) as client:
            yield Home("local", stores[0], client)
        await stores[0].close()


@asynccontextmanager
async def s3_home(server: S3Server) -> AsyncIterator[Home]:
    """Use a bucket of one's own, or a prefix of one's own in the bucket that was named."""
    client = plain_client(server)
    bucket, prefix = server.bucket, f"tests/{uuid.uuid4().hex}"
    if not bucket:
        bucket = f"test-{uuid.uuid4().hex}"
        client.create_bucket(Bucket=bucket)
    store = open_object_store(
        server.url(bucket, prefix),
        public_url="",
        secret=b"",
        access_key=server.access_key,
        secret_key=server.secret_key,
    )
    async with httpx.AsyncClient(timeout=60) as http:
        yield Home("s3", store, http, enforces_crc32c=refuses_wrong_crc32c(client, bucket, prefix))
    await store.delete([entry.key async for entry in store.list("")])
    await store.close()


def plain_client(server: S3Server) -> Any:
    """A boto3 client that shares no setting with ours."""
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name=server.region,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"),
    )


def refuses_wrong_crc32c(client: Any, bucket: str, prefix: str) -> bool:
    """Ask the server itself: Ceph before 20 takes any CRC32C, and so do other gateways."""
    try:
        client.put_object(
            Bucket=bucket,
            Key=f"{prefix}/probe",
            Body=b"123456789",
            ChecksumCRC32C="AAAAAA==",
            ChecksumAlgorithm="CRC32C",
        )
    except ClientError:
        return True
    client.delete_object(Bucket=bucket, Key=f"{prefix}/probe")
    return False
