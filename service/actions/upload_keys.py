"""Under which keys the bytes of uploads arrive, and under which they lie for good."""

from __future__ import annotations

from uuid import UUID

__all__ = [
    "LARGE",
    "STAGING",
    "content_key",
    "content_of",
    "is_lasting",
    "is_sent",
    "large_key",
    "origin_of",
    "sent_prefix",
    "staging_prefix",
]

STAGING, LARGE, SENT = "staging", "large", "sent"


def staging_prefix(organisation_id: UUID, upload_id: UUID) -> str:
    """Name where the files of an upload arrive whose bytes nobody has verified yet: each under its position."""
    return f"{organisation_id.hex}/{STAGING}/{upload_id.hex}"


def sent_prefix(organisation_id: UUID, upload_id: UUID) -> str:
    """Name where the files of an upload arrive to stay, at a store that keeps the first: each under its position."""
    return f"{organisation_id.hex}/{SENT}/{upload_id.hex[-2:]}/{upload_id.hex}"


def content_key(organisation_id: UUID, sha256: str, staging_key: str) -> str:
    """Name the object that holds a content: by tenant, SHA-256 and the transfer that brought it.

    The last makes a key's life unique: removing an object whose grace period is over can never meet a new upload of
    the same content, and completing a transfer twice gives the same key.
    """
    transfer, position = staging_key.split("/")[-2:]
    return f"{organisation_id.hex}/{sha256[:2]}/{sha256}.{transfer}.{position}"


def large_key(organisation_id: UUID, upload_id: UUID, position: int) -> str:
    """Name the object of a file sent in parts before its SHA-256 is known: by the transfer that brings it, alone."""
    return f"{organisation_id.hex}/{LARGE}/{upload_id.hex}.{position}"


def is_lasting(key: str) -> bool:
    """Tell whether bytes that arrive under a key lie there for good, since nobody can send others behind them."""
    return key.split("/")[1] != STAGING


def is_sent(key: str) -> bool:
    """Tell whether a key is one of those that keep what comes first: no other address may be signed for it."""
    return key.split("/")[1] == SENT


def content_of(key: str) -> str | None:
    """Tell the SHA-256 of the only content that may lie under a key, None where a key names none."""
    parts = key.split("/")
    return None if parts[1] in (STAGING, LARGE, SENT) else parts[-1].partition(".")[0]


def origin_of(key: str) -> UUID:
    """Tell which upload a lasting key was made for; others may have gone on with what it began."""
    parts = key.split("/")
    return UUID(parts[-2] if parts[1] == SENT else parts[-1].split(".")[-2])
