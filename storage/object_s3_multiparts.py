"""Uploads in parts on S3: which parts are there, joining them, and what nobody finished; blocking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from storage.object_limits import check_parts_given
from storage.object_s3_client import S3Connection
from storage.object_s3_faults import code_of
from storage.object_s3_moves import head
from storage.objects import StoredMultipart, StoredPart

__all__ = ["join_parts", "stored_parts", "unfinished"]


def stored_parts(connection: S3Connection, key: str, multipart_id: str) -> list[StoredPart]:
    """List the parts that are there."""
    return [_part(each) for each in _parts(connection, key, multipart_id)]


def join_parts(connection: S3Connection, key: str, multipart_id: str, parts: Sequence[StoredPart]) -> None:
    """Make an object of its parts; where somebody has done so before, it is looked at.

    Raises
    ------
    InvalidInput
        Other parts are there than are given.
    ClientError
    """
    try:
        stored = {each["PartNumber"]: each for each in _parts(connection, key, multipart_id)}
        check_parts_given(parts, [_part(each) for each in stored.values()])
        # A server that keeps the parts' checksums wants to hear them again.
        known = ("PartNumber", "ETag", "ChecksumCRC32C")
        chosen = [{name: stored[p.number][name] for name in known if name in stored[p.number]} for p in parts]
        connection.client.complete_multipart_upload(
            **_place(connection, key), UploadId=multipart_id, MultipartUpload={"Parts": chosen}
        )
    except ClientError as error:
        if code_of(error) not in ("NoSuchUpload", "NoSuchKey"):  # Ceph 16 says the second
            raise
        found = head(connection, key)
        if found is None or found["ContentLength"] != sum(part.size_bytes for part in parts):
            raise


def unfinished(connection: S3Connection, prefix: str, older_than: datetime) -> list[StoredMultipart]:
    """List uploads that were begun before a moment, in order of their keys."""
    own = connection.prefix
    pages = connection.client.get_paginator("list_multipart_uploads").paginate(
        Bucket=connection.bucket, Prefix=own + prefix
    )
    found = [
        StoredMultipart(each["Key"].removeprefix(own), each["UploadId"], each["Initiated"].astimezone(UTC))
        for page in pages
        for each in page.get("Uploads", [])
    ]
    return sorted(
        (each for each in found if each.started_at < older_than), key=lambda each: (each.key, each.started_at)
    )


def _parts(connection: S3Connection, key: str, multipart_id: str) -> list[dict[str, Any]]:
    pages = connection.client.get_paginator("list_parts").paginate(**_place(connection, key), UploadId=multipart_id)
    return [part for page in pages for part in page.get("Parts", [])]


def _place(connection: S3Connection, key: str) -> dict[str, str]:
    return {"Bucket": connection.bucket, "Key": connection.prefix + key}


def _part(found: dict[str, Any]) -> StoredPart:
    return StoredPart(found["PartNumber"], found["Size"], found["ETag"])
