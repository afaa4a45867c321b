"""Moving objects within a bucket, which S3 cannot: a copy on the server, then a deletion; blocking."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from domain.errors import Conflict
from storage.object_s3_client import S3Connection
from storage.object_s3_faults import code_of

__all__ = ["PART_BYTES", "copy_in_parts", "copy_to_lasting_key", "head"]

PART_BYTES = 512 * 1024**2
_COPIES_AT_ONCE = 8


def head(connection: S3Connection, key: str) -> dict[str, Any] | None:
    """Look an object up."""
    try:
        reply: dict[str, Any] = connection.client.head_object(Bucket=connection.bucket, Key=connection.prefix + key)
    except ClientError as error:
        if code_of(error) in ("404", "NoSuchKey"):
            return None
        raise
    return reply


def copy_to_lasting_key(
    connection: S3Connection, source: str, target: str, version: str | None, single_copy_limit_bytes: int
) -> bool:
    """Copy an object unless the target is there; answer whether the source is left to be deleted.

    Raises
    ------
    Conflict
        The source is not the version said, or the target has another size.
    ClientError
        Neither is there, for one.
    """
    here, there = head(connection, source), head(connection, target)
    if here is None:
        if there is None:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "CopyObject")
        return False
    if version is not None and here["ETag"] != version:
        raise Conflict("The upload was changed after it was verified; upload the file again.")
    if there is not None:
        if there["ContentLength"] != here["ContentLength"]:
            raise Conflict("There is another object under this content's name; tell the operator.")
        return source != target
    place = {"Bucket": connection.bucket, "Key": connection.prefix + target}
    origin = {
        "CopySource": {"Bucket": connection.bucket, "Key": connection.prefix + source},
        # It was looked at a moment ago; this holds until the copy itself.
        "CopySourceIfMatch": here["ETag"],
    }
    if here["ContentLength"] <= single_copy_limit_bytes:
        connection.client.copy_object(**place, **origin)
    else:
        copy_in_parts(connection, place, origin, here, min(PART_BYTES, single_copy_limit_bytes))
    return True


def copy_in_parts(
    connection: S3Connection,
    place: dict[str, str],
    origin: dict[str, Any],
    source: dict[str, Any],
    part_bytes: int,
    storage_class: str = "",
) -> None:
    """Copy an object that is too large for one copy; it is there whole when this returns, or as before."""
    size_bytes = source["ContentLength"]
    part_bytes = max(part_bytes, -(-size_bytes // 10_000))
    upload = connection.client.create_multipart_upload(
        **place, ContentType=source["ContentType"], **({"StorageClass": storage_class} if storage_class else {})
    )["UploadId"]

    def copy(number: int) -> dict[str, Any]:
        first = (number - 1) * part_bytes
        last = min(first + part_bytes, size_bytes) - 1
        reply = connection.client.upload_part_copy(
            **place, **origin, UploadId=upload, PartNumber=number, CopySourceRange=f"bytes={first}-{last}"
        )
        return {"PartNumber": number, "ETag": reply["CopyPartResult"]["ETag"]}

    try:
        with ThreadPoolExecutor(_COPIES_AT_ONCE, thread_name_prefix="s3-copy") as pool:
            parts = list(pool.map(copy, range(1, -(-size_bytes // part_bytes) + 1)))
        connection.client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
    except (ClientError, BotoCoreError):
        connection.client.abort_multipart_upload(**place, UploadId=upload)
        raise
