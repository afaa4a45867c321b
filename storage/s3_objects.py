"""The object store on S3: the port over boto3, whose blocking calls run in threads of this store's own."""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from domain.errors import NotFound, ObservatoryError, StoreUnavailable
from storage.object_digests import digest_blocks
from storage.object_disposition import attachment, check_media_type
from storage.object_limits import (
    MAX_PUT_BYTES,
    check_crc32c,
    check_expiry,
    check_key,
    check_part,
    check_part_size,
    check_prefix,
    check_put_size,
)
from storage.object_s3_ahead import CONNECTIONS, ReadingAhead
from storage.object_s3_client import S3Connection, S3Description
from storage.object_s3_faults import SILENT, from_s3_error
from storage.object_s3_looking import S3Looking
from storage.object_s3_moves import copy_to_lasting_key
from storage.object_s3_multiparts import join_parts, stored_parts, unfinished
from storage.object_s3_probe import probe_sha256
from storage.object_s3_reading import S3RangeSource, S3Reading
from storage.object_s3_signing import CONTENT_SHA256
from storage.object_s3_tiers import S3Tiers
from storage.objects import (
    OCTET_STREAM,
    Digest,
    ObjectEntry,
    ObjectStat,
    PartPlan,
    SignedRequest,
    StoredMultipart,
    StoredPart,
)

__all__ = ["S3Objects"]

_BLOCK_BYTES = 1024**2
_PATIENCE_S = 5.0
_DIGESTS_AT_ONCE = 12
_MOST_AT_ONCE = 1000  # keys in one DeleteObjects, entries in one page

P = ParamSpec("P")
R = TypeVar("R")


class S3Objects:
    """Objects in one bucket; meets `storage.objects.ObjectStore`.

    Parameters
    ----------
    description : S3Description
        Where and as whom.
    max_workers : int
        Threads, which is also how many requests are under way at most, reading for digests apart.
    single_copy_limit_bytes : int
        Above it a copy is made in parts. Amazon's is 5 GiB; other servers may have another.
    """

    def __init__(
        self, description: S3Description, *, max_workers: int = 24, single_copy_limit_bytes: int = MAX_PUT_BYTES
    ) -> None:
        self._description = description
        self._connection = S3Connection(description, connections=max_workers + _DIGESTS_AT_ONCE + CONNECTIONS)
        self._client = self._connection.client
        self._looking = S3Looking(self._connection, max_workers)
        self._tiers = S3Tiers(self._connection, description, single_copy_limit_bytes)
        self._single_copy_limit_bytes = single_copy_limit_bytes
        self._checking: asyncio.Task[Any] | None = None
        self._probing = asyncio.Lock()
        self._enforces: bool | None = None
        self._pool = ThreadPoolExecutor(max_workers, thread_name_prefix="s3")
        # Apart, so that summing up large objects does not keep small requests waiting.
        self._digests = ThreadPoolExecutor(_DIGESTS_AT_ONCE, thread_name_prefix="s3-digest")

    # --- writing

    async def put(self, key: str, data: bytes, *, media_type: str = OCTET_STREAM, durable: bool = True) -> None:
        await self._run(
            self._client.put_object, **self._place(key), Body=data, ContentType=check_media_type(media_type)
        )

    @property
    def moves_by_copying(self) -> bool:
        return True

    @property
    def keeps_first(self) -> bool:
        return False

    async def enforces_sha256(self) -> bool:
        async with self._probing:
            if self._enforces is None:
                self._enforces = await self._run(probe_sha256, self._connection)
        return bool(self._enforces)

    async def room_bytes(self) -> int | None:
        return None

    async def sign_put(
        self,
        key: str,
        *,
        size_bytes: int,
        crc32c: str | None = None,
        sha256: str | None = None,
        once: bool = False,
        expires_s: int,
    ) -> SignedRequest:
        check_put_size(size_bytes)
        return self._sign_put(key, {}, size_bytes, crc32c, expires_s, sha256)

    def sign_put_together(self, key: str, *, count: int, once: bool = False, expires_s: int) -> SignedRequest | None:
        return None

    async def start_multipart(self, key: str, media_type: str = OCTET_STREAM, *, part_size_bytes: int) -> str:
        check_part_size(part_size_bytes)
        reply = await self._run(
            self._client.create_multipart_upload,
            **self._place(key),
            ContentType=check_media_type(media_type),
            # Said for the whole upload, or the checksum of a part is refused.
            ChecksumAlgorithm="CRC32C",
        )
        return str(reply["UploadId"])

    async def sign_parts(
        self, key: str, multipart_id: str, parts: Sequence[PartPlan], expires_s: int
    ) -> builtins.list[SignedRequest]:
        for part in parts:
            check_part(part, MAX_PUT_BYTES)
        return [
            self._sign_put(
                key,
                {"partNumber": str(part.number), "uploadId": multipart_id},
                part.size_bytes,
                part.crc32c,
                expires_s,
            )
            for part in parts
        ]

    async def list_parts(self, key: str, multipart_id: str) -> builtins.list[StoredPart]:
        return await self._run(stored_parts, self._connection, check_key(key), multipart_id)

    async def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[StoredPart]) -> None:
        await self._run(join_parts, self._connection, check_key(key), multipart_id, parts)

    async def abort_multipart(self, key: str, multipart_id: str) -> None:
        try:
            await self._run(self._client.abort_multipart_upload, **self._place(key), UploadId=multipart_id)
        except NotFound:
            return

    async def list_multiparts(self, prefix: str, older_than: datetime) -> builtins.list[StoredMultipart]:
        return await self._run(unfinished, self._connection, check_prefix(prefix), older_than)

    # --- reading

    def sign_get(self, key: str, *, expires_s: int, filename: str | None = None, media_type: str | None = None) -> str:
        query = {}
        if filename is not None:
            query["response-content-disposition"] = attachment(filename)
        if media_type is not None:
            query["response-content-type"] = check_media_type(media_type)
        return self._presign("GET", key, query, {}, expires_s)

    async def read(self, key: str, offset: int, length: int) -> bytes:
        reading = S3Reading(self._connection, check_key(key), offset, length)
        return await self._run(lambda: b"".join(reading.blocks(_BLOCK_BYTES)))

    async def stream(
        self, key: str, offset: int = 0, length: int | None = None, chunk_bytes: int = 1024**2
    ) -> AsyncIterator[bytes]:
        blocks = S3Reading(self._connection, check_key(key), offset, length).blocks(chunk_bytes)
        while chunk := await self._run(next, blocks, b""):
            yield chunk

    async def stat(self, key: str) -> ObjectStat | None:
        return await self._run(self._looking.stat, check_key(key))

    async def digest(self, key: str) -> Digest:
        return await self._run_in(self._digests, self._digest, check_key(key))

    async def digest_many(self, keys: Iterable[str]) -> dict[str, Digest | None]:
        async def digest(key: str) -> Digest | None:
            try:
                return await self.digest(key)
            except NotFound:
                return None

        wanted = [check_key(key) for key in dict.fromkeys(keys)]
        return dict(zip(wanted, await asyncio.gather(*map(digest, wanted)), strict=True))

    # --- keeping

    async def move(self, source: str, target: str, *, version: str | None = None) -> None:
        failed = await self.move_many([(source, target)], versions={source: version} if version else None)
        if source in failed:
            raise failed[source]

    async def move_many(
        self, pairs: Sequence[tuple[str, str]], *, versions: Mapping[str, str] | None = None
    ) -> dict[str, ObservatoryError]:
        failed: dict[str, ObservatoryError] = {}

        async def copy(source: str, target: str) -> str | None:
            try:
                left = await self._run(
                    copy_to_lasting_key,
                    self._connection,
                    source,
                    target,
                    (versions or {}).get(source),
                    self._single_copy_limit_bytes,
                )
            except ObservatoryError as error:
                if isinstance(error, StoreUnavailable):
                    raise
                failed[source] = error
                return None
            return source if left else None

        for pair in pairs:
            for key in pair:
                check_key(key)
        copied = await asyncio.gather(*(copy(source, target) for source, target in pairs))
        await self.delete(source for source in copied if source is not None)
        return failed

    # --- tiers

    @property
    def tiers(self) -> frozenset[str]:
        return frozenset(self._tiers.classes)

    @property
    def recall_s(self) -> int:
        return self._tiers.recall_s

    async def copy_to_tier(self, key: str, tier: str, *, size_bytes: int, sha256: str) -> None:
        await self._run_in(self._digests, self._tiers.copy, check_key(key), tier, size_bytes, sha256)

    async def drop_other_tiers(self, key: str, tier: str) -> None:
        await self._run(self._tiers.check, check_key(key), tier)

    async def recall(self, key: str) -> bool:
        return await self._run(self._tiers.recall, check_key(key))

    # --- looking through

    async def ensure_durable(self, keys: Sequence[str]) -> None:
        """Nothing is left to do: S3 answers when it is."""

    async def delete(self, keys: Iterable[str]) -> None:
        names = [self._connection.prefix + check_key(key) for key in keys]
        batches = [names[first : first + _MOST_AT_ONCE] for first in range(0, len(names), _MOST_AT_ONCE)]
        await asyncio.gather(*(self._run(self._delete, batch) for batch in batches))

    async def list(self, prefix: str, *, after: str = "") -> AsyncIterator[ObjectEntry]:
        own = self._connection.prefix
        start = own + after if after else ""
        check_prefix(prefix)
        while True:
            page = await self._run(
                self._client.list_objects_v2,
                Bucket=self._connection.bucket,
                Prefix=own + prefix,
                StartAfter=start,
                MaxKeys=_MOST_AT_ONCE,
            )
            for each in page.get("Contents", []):
                start = each["Key"]
                yield ObjectEntry(start.removeprefix(own), each["Size"], each["LastModified"].astimezone(UTC))
            if not page["IsTruncated"]:
                return

    async def sweep_temp(self, older_than: datetime) -> int:
        """Nothing is ever left: S3 stores a whole object or none."""
        return 0

    async def check(self) -> None:
        # One at a time, and given up before boto3 does: who asks for health does so every few seconds.
        if self._checking is None or self._checking.done():
            self._checking = asyncio.ensure_future(self._run(self._client.head_bucket, Bucket=self._connection.bucket))
            self._checking.add_done_callback(lambda task: task.cancelled() or task.exception())
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await asyncio.shield(self._checking)
        except TimeoutError as error:
            raise StoreUnavailable(SILENT) from error
        except NotFound as error:
            raise StoreUnavailable("The bucket of the object store does not exist: tell the operator.") from error

    async def close(self) -> None:
        for pool in (self._pool, self._digests):
            await asyncio.to_thread(pool.shutdown)
        self._client.close()
        self._looking.close()

    def range_source(self, key: str, *, size_bytes: int | None = None) -> S3RangeSource:
        return S3RangeSource(self._connection, key, size_bytes=size_bytes)

    @property
    def origin(self) -> str:
        parts = urlsplit(self._connection.address)
        return f"{parts.scheme}://{parts.netloc}"

    def describe(self) -> S3Description:
        return self._description

    # --- blocking

    def _digest(self, key: str) -> Digest:
        reading = ReadingAhead(self._connection, key)
        summed = digest_blocks(reading.blocks(_BLOCK_BYTES), "")
        return Digest(summed.size_bytes, summed.sha256, summed.crc32c, summed.crc32, reading.version)

    def _delete(self, names: builtins.list[str]) -> None:
        reply = self._client.delete_objects(
            Bucket=self._connection.bucket, Delete={"Objects": [{"Key": name} for name in names], "Quiet": True}
        )
        for error in reply.get("Errors", []):
            if error["Code"] not in ("NoSuchKey", "NoSuchVersion"):
                raise ClientError({"Error": error}, "DeleteObjects")

    def _sign_put(
        self,
        key: str,
        query: Mapping[str, str],
        size_bytes: int,
        crc32c: str | None,
        expires_s: int,
        sha256: str | None = None,
    ) -> SignedRequest:
        headers = {"content-length": str(size_bytes)}
        if sha256 is not None:
            headers[CONTENT_SHA256] = sha256
        if check_crc32c(crc32c) is not None:
            # The second header because some gateways do not look at the first one alone.
            headers |= {"x-amz-checksum-crc32c": crc32c or "", "x-amz-sdk-checksum-algorithm": "CRC32C"}
        return SignedRequest("PUT", self._presign("PUT", key, query, headers, expires_s), headers)

    def _presign(
        self, method: str, key: str, query: Mapping[str, str], headers: Mapping[str, str], expires_s: int
    ) -> str:
        return self._connection.signed_address(
            method, check_key(key), query=query, headers=headers, expires_s=check_expiry(expires_s)
        )

    def _place(self, key: str) -> dict[str, str]:
        return {"Bucket": self._connection.bucket, "Key": self._connection.prefix + check_key(key)}

    async def _run(self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await self._run_in(self._pool, do, *args, **kwargs)

    async def _run_in(self, pool: ThreadPoolExecutor, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, lambda: do(*args, **kwargs))
        except (ClientError, BotoCoreError) as error:
            raise from_s3_error(error) from error
