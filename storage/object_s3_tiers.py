"""Tiers as storage classes of S3: an object is copied onto itself, which the server does in one step; blocking."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from domain.errors import Conflict, InvalidInput, StoreUnavailable
from storage.object_digests import digest_blocks
from storage.object_s3_ahead import ReadingAhead
from storage.object_s3_client import S3Connection, S3Description
from storage.object_s3_faults import code_of
from storage.object_s3_moves import PART_BYTES, copy_in_parts, head

__all__ = ["S3Tiers"]

_BLOCK_BYTES = 1024**2
_RECALLED_DAYS = 2  # long enough to copy it into a tier where it can be read

# What cannot be read before it was brought up, and how long that takes at the standard speed, in seconds.
# Source: Amazon S3 User Guide, "Archive retrieval options": 3-5 hours, and within 12 hours.
_ASLEEP_S = {"GLACIER": 5 * 3600, "DEEP_ARCHIVE": 12 * 3600}


class S3Tiers:
    """The storage classes of one bucket.

    The server keeps the old copy until the new one is whole, and then names that instead: copying, switching and
    deleting are one step of its own, which only begins once the stored bytes were read and are the right ones, and
    which it refuses if they are exchanged meanwhile.
    """

    def __init__(self, connection: S3Connection, description: S3Description, single_copy_limit_bytes: int) -> None:
        self._connection, self._limit_bytes = connection, single_copy_limit_bytes
        named = {"hot": "STANDARD", "cool": description.cool, "archive": description.archive}
        self.classes = {tier: name for tier, name in named.items() if name}
        self.recall_s = _ASLEEP_S.get(description.archive, 0)

    def copy(self, key: str, tier: str, size_bytes: int, sha256: str) -> None:
        """Change an object's storage class."""
        wanted = self._class_of(tier)
        there = self._head(key)
        if _class(there) == wanted:
            return
        reading = ReadingAhead(self._connection, key)
        digest = digest_blocks(reading.blocks(_BLOCK_BYTES), "")
        if (digest.size_bytes, digest.sha256) != (size_bytes, sha256):
            raise Conflict("What is stored is not what was verified when it came; it was not moved: tell the operator.")
        place = {"Bucket": self._connection.bucket, "Key": self._connection.prefix + key}
        origin: dict[str, Any] = {"CopySource": place, "CopySourceIfMatch": reading.version}
        if size_bytes <= self._limit_bytes:
            self._connection.client.copy_object(**place, **origin, StorageClass=wanted, MetadataDirective="COPY")
        else:
            copy_in_parts(self._connection, place, origin, there, min(PART_BYTES, self._limit_bytes), wanted)
        self.check(key, tier, size_bytes)

    def check(self, key: str, tier: str, size_bytes: int | None = None) -> None:
        """Raise unless an object is in a tier."""
        there = self._head(key)
        if _class(there) != self._class_of(tier) or size_bytes not in (None, there["ContentLength"]):
            raise StoreUnavailable("The object store did not change the storage class; tell the operator.")

    def recall(self, key: str) -> bool:
        """Ask for an object that cannot be read; answer whether it can now."""
        there = self._head(key)
        if _class(there) not in _ASLEEP_S:
            return True
        state = str(there.get("Restore", ""))
        if state:
            return 'ongoing-request="false"' in state
        try:
            self._connection.client.restore_object(
                Bucket=self._connection.bucket,
                Key=self._connection.prefix + key,
                RestoreRequest={"Days": _RECALLED_DAYS, "GlacierJobParameters": {"Tier": "Standard"}},
            )
        except ClientError as error:
            if code_of(error) != "RestoreAlreadyInProgress":
                raise
        return False

    def _class_of(self, tier: str) -> str:
        if tier not in self.classes:
            raise InvalidInput(f"This service has no {tier} tier: name its storage class in URANIBORG_OBJECTS_URL.")
        return self.classes[tier]

    def _head(self, key: str) -> dict[str, Any]:
        there = head(self._connection, key)
        if there is None:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "HeadObject")
        return there


def _class(found: dict[str, Any]) -> str:
    return str(found.get("StorageClass") or "STANDARD")  # which S3 does not say
