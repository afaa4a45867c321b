"""A folder to or from a bucket by Amazon's own client: what `aws s3 cp --recursive` has at its core.

The client is `awscrt.s3`, set up as `aws` sets it up, each file with its CRC32C. The checksum goes before the body:
this gateway knows no trailers. A process of its own; it prints the seconds that the transfer took, without its start.
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
from s3transfer.crt import create_s3_crt_client

from tests.support.s3_server import S3Server

__all__ = ["copied"]


def copied(way: str, server: S3Server, bucket: str, prefix: str, folder: Path) -> float:
    """Copy all files ``up`` or ``down``; returns the seconds."""
    words = [sys.executable, "-m", "bench.crt_peer", way, server.endpoint, server.region, bucket, prefix, str(folder)]
    environment = os.environ | {"AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key}
    return float(subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True).stdout)


class _Copying:
    def __init__(self, endpoint: str, region: str, bucket: str, prefix: str, folder: Path) -> None:
        self.endpoint, self.region = endpoint, region
        self.bucket, self.prefix, self.folder = bucket, prefix, folder
        keys = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
        self.client = create_s3_crt_client(
            region, crt_credentials_provider=AwsCredentialsProvider.new_static(*keys), use_ssl=False
        )

    def up(self) -> Iterator[Any]:
        sums = S3ChecksumConfig(algorithm=S3ChecksumAlgorithm.CRC32C, location=S3ChecksumLocation.HEADER)
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                request = self._request("PUT", self.prefix + path.relative_to(self.folder).as_posix())
                request.headers.add("Content-Length", str(path.stat().st_size))
                yield self.client.make_request(
                    type=S3RequestType.PUT_OBJECT, request=request, send_filepath=str(path), checksum_config=sums
                ).finished_future

    def down(self) -> Iterator[Any]:
        pages = boto3.client("s3", endpoint_url=self.endpoint, region_name=self.region).get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
            for entry in page.get("Contents", []):
                target = self.folder / entry["Key"].removeprefix(self.prefix)
                target.parent.mkdir(parents=True, exist_ok=True)
                yield self.client.make_request(
                    type=S3RequestType.GET_OBJECT,
                    request=self._request("GET", entry["Key"]),
                    recv_filepath=str(target),
                    checksum_config=S3ChecksumConfig(validate_response=True),
                ).finished_future

    def _request(self, method: str, key: str) -> HttpRequest:
        headers = HttpHeaders([("Host", urlsplit(self.endpoint).netloc)])
        return HttpRequest(method, f"/{self.bucket}/{quote(key)}", headers)


if __name__ == "__main__":
    started = time.perf_counter()
    copying = _Copying(*sys.argv[2:6], folder=Path(sys.argv[6]))
    for future in list(getattr(copying, sys.argv[1])()):
        future.result()
    print(time.perf_counter() - started)
