"""Under which keys the bytes of uploads arrive, and under which they lie for good."""

from __future__ import annotations

from uuid import UUID

__all__ = ["content_key", "is_lasting", "staging_prefix"]

STAGING = "staging"


def staging_prefix(organisation_id: UUID, upload_id: UUID) -> str:
    """Name where the files of an upload arrive whose bytes nobody has verified yet: each under its position."""
    return f"{organisation_id.hex}/{STAGING}/{upload_id.hex}"


def content_key(organisation_id: UUID, sha256: str, staging_key: str) -> str:
    """Name the object that holds a content: by tenant, SHA-256 and the transfer that brought it.

    The last makes a key's life unique: removing an object whose grace period is over can never meet a new upload of
    the same content, and completing a transfer twice gives the same key.
    """
    transfer, position = staging_key.split("/")[-2:]
    return f"{organisation_id.hex}/{sha256[:2]}/{sha256}.{transfer}.{position}"


def is_lasting(key: str) -> bool:
    """Tell whether bytes that arrive under a key lie there for good, since the store takes no others there."""
    return key.split("/")[1] != STAGING
