"""Reading objects of an S3 server, blocking: on from a broken connection, and at random."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from storage.object_limits import check_key
from storage.object_s3_client import S3Connection
from storage.object_s3_faults import code_of, from_s3_error

__all__ = ["S3RangeSource", "S3Reading"]

_TRIES = 4
_NO_SUCH_RANGE = ("416", "InvalidRange")


class S3Reading:
    """One object read from an offset on.

    Attributes
    ----------
    version : str
        The entity tag, once the first block is there, or the one that was asked for. A connection that breaks is taken
        up again at the same byte of the same version, or not at all.
    whole_bytes : int
        What the whole object has, once the first block is there.
    """

    def __init__(
        self, connection: S3Connection, key: str, offset: int = 0, length: int | None = None, version: str = ""
    ) -> None:
        self._connection, self._name = connection, connection.prefix + key
        self._offset, self._end = offset, None if length is None else offset + length
        self.version, self.whole_bytes = version, 0

    def blocks(self, block_bytes: int) -> Iterator[bytes]:
        """Read block by block; the driver's errors come as they are."""
        failures = 0
        while self._end is None or self._offset < self._end:
            wanted = {"Range": f"bytes={self._offset}-{'' if self._end is None else self._end - 1}"}
            same = {"IfMatch": self.version} if self.version else {}
            try:
                reply = self._connection.client.get_object(
                    Bucket=self._connection.bucket,
                    Key=self._name,
                    **(wanted if self._offset or self._end is not None else {}),
                    **same,
                )
            except ClientError as error:
                if code_of(error) in _NO_SUCH_RANGE:
                    return
                raise
            self.version = reply["ETag"]
            self.whole_bytes = int(str(reply.get("ContentRange") or reply["ContentLength"]).rpartition("/")[2])
            body = reply["Body"]
            try:
                while block := body.read(block_bytes):
                    self._offset += len(block)
                    failures = 0  # in a row: over hours, a line breaks more than once
                    yield block
                return
            except BotoCoreError:
                failures += 1
                if failures == _TRIES:
                    raise
            finally:
                body.close()


class S3RangeSource:
    """Random access to one object by range requests.

    Parameters
    ----------
    size_bytes : int, optional
        If it is known; else the server is asked, unless a read has told it before.
    """

    def __init__(self, connection: S3Connection, key: str, *, size_bytes: int | None = None) -> None:
        self._connection, self._key, self._size_bytes = connection, check_key(key), size_bytes

    @property
    def size_bytes(self) -> int:
        if self._size_bytes is None:
            try:
                reply = self._connection.client.head_object(
                    Bucket=self._connection.bucket, Key=self._connection.prefix + self._key
                )
            except (ClientError, BotoCoreError) as error:
                raise from_s3_error(error) from error
            self._size_bytes = int(reply["ContentLength"])
        return self._size_bytes

    def read(self, offset: int, length: int) -> bytes:
        if self._size_bytes is not None:
            length = min(length, self._size_bytes - offset)
        if length <= 0:
            return b""
        try:
            return b"".join(S3Reading(self._connection, self._key, offset, length).blocks(length))
        except (ClientError, BotoCoreError) as error:
            raise from_s3_error(error) from error

    def close(self) -> None:
        """Nothing is held: connections belong to the process."""

    def __enter__(self) -> S3RangeSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
