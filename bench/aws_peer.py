"""A folder to or from a bucket by Amazon's own clients: what `aws s3 cp --recursive` has at its core.

``crt`` is `awscrt.s3`, set up as `aws` sets it up, each file with its CRC32C; ``crt-sha256`` has the SHA-256 that
`--checksum-algorithm` gives it instead (of a file in parts, one of each part). They go before the body: this gateway
knows no trailers. It does not look at either of them, nor does this client tell it a checksum that it would look at.
``classic`` is s3transfer, whose SHA-256 is in the signature, so that the gateway recomputes it.

A process of its own; it prints the seconds that the transfer took, without its start.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import boto3
from awscrt.auth import AwsCredentialsProvider
from awscrt.http import HttpHeaders, HttpRequest
from awscrt.s3 import S3ChecksumAlgorithm, S3ChecksumConfig, S3ChecksumLocation, S3RequestType
from botocore.config import Config
from s3transfer.crt import create_s3_crt_client
from s3transfer.manager import TransferManager

from tests.support.s3_server import S3Server

__all__ = ["copied"]


def copied(way: str, server: S3Server, bucket: str, prefix: str, folder: Path, client: str = "crt") -> float:
    """Copy all files ``up`` or ``down``; returns the seconds."""
    where = [server.endpoint, server.region, bucket, prefix, str(folder)]
    words = [sys.executable, "-m", "bench.aws_peer", way, client, *where]
    environment = os.environ | {"AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key}
    return float(subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True).stdout)


class _Copying:
    def __init__(self, endpoint: str, region: str, bucket: str, prefix: str, folder: Path) -> None:
        self.endpoint, self.region = endpoint, region
        self.bucket, self.prefix, self.folder = bucket, prefix, folder

    def files(self) -> Iterator[tuple[Path, str]]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                yield path, self.prefix + path.relative_to(self.folder).as_posix()

    def boto3(self, **settings: Any) -> Any:
        config = Config(signature_version="s3v4", request_checksum_calculation="when_required", **settings)
        return boto3.client("s3", endpoint_url=self.endpoint, region_name=self.region, config=config)


class _Classic(_Copying):
    def up(self) -> None:
        with TransferManager(self.boto3(s3={"payload_signing_enabled": True})) as manager:
            for future in [manager.upload(str(path), self.bucket, key) for path, key in self.files()]:
                future.result()


class _Crt(_Copying):
    def __init__(self, *where: Any, algorithm: S3ChecksumAlgorithm = S3ChecksumAlgorithm.CRC32C) -> None:
        super().__init__(*where)
        keys = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
        self.algorithm = algorithm
        self.client = create_s3_crt_client(
            self.region, crt_credentials_provider=AwsCredentialsProvider.new_static(*keys), use_ssl=False
        )

    def up(self) -> None:
        for future in [self._put(path, key) for path, key in self.files()]:
            future.result()

    def down(self) -> None:
        pages = self.boto3().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        for future in [self._get(key) for key in keys]:
            future.result()

    def _put(self, path: Path, key: str) -> Any:
        request = self._request("PUT", key)
        request.headers.add("Content-Length", str(path.stat().st_size))
        sums = S3ChecksumConfig(algorithm=self.algorithm, location=S3ChecksumLocation.HEADER)
        return self.client.make_request(
            type=S3RequestType.PUT_OBJECT, request=request, send_filepath=str(path), checksum_config=sums
        ).finished_future

    def _get(self, key: str) -> Any:
        target = self.folder / key.removeprefix(self.prefix)
        target.parent.mkdir(parents=True, exist_ok=True)
        return self.client.make_request(
            type=S3RequestType.GET_OBJECT,
            request=self._request("GET", key),
            recv_filepath=str(target),
            checksum_config=S3ChecksumConfig(validate_response=True),
        ).finished_future

    def _request(self, method: str, key: str) -> HttpRequest:
        headers = HttpHeaders([("Host", urlsplit(self.endpoint).netloc)])
        return HttpRequest(method, f"/{self.bucket}/{quote(key)}", headers)


def _main(way: str, client: str, endpoint: str, region: str, bucket: str, prefix: str, folder: str) -> None:
    where = endpoint, region, bucket, prefix, Path(folder)
    started = time.perf_counter()
    copying: Any = (
        _Classic(*where)
        if client == "classic"
        else _Crt(*where, algorithm=S3ChecksumAlgorithm[{"crt": "CRC32C", "crt-sha256": "SHA256"}[client]])
    )
    getattr(copying, way)()
    print(time.perf_counter() - started)


if __name__ == "__main__":
    _main(*sys.argv[1:])
