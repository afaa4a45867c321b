"""Secrets that prove who asks: how they are made, stored as hashes only, and checked."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

__all__ = [
    "ACCESS_PREFIX",
    "REFRESH_PREFIX",
    "TOKEN_PREFIX",
    "check_password_hash",
    "csrf_token_of",
    "hash_password",
    "hash_secret",
    "new_secret",
    "same_secret",
]

TOKEN_PREFIX = "urb_"  # noqa: S105 (a mark by which leaked tokens can be found, not a secret)
ACCESS_PREFIX, REFRESH_PREFIX = "urba_", "urbr_"  # what applications get for a grant

# argon2id with the second recommendation of RFC 9106 (64 MiB, 3 passes), on one lane: a login costs some 50 ms.
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
# Verified when there is no such account, so that an unknown address takes as long as a wrong password.
_NOBODY = _hasher.hash(secrets.token_hex())


async def hash_password(password: str) -> str:
    """Hash a password with argon2id, off the event loop."""
    return await asyncio.to_thread(_hasher.hash, password)


async def check_password_hash(password_hash: str | None, password: str) -> bool:
    """Tell whether a password fits its hash; as slow for no hash at all."""

    def verify() -> bool:
        try:
            return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False

    return await asyncio.to_thread(verify)


def new_secret(prefix: str = "") -> str:
    """Make a secret of 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def csrf_token_of(session_secret: str) -> str:
    """Derive a session's CSRF token from the secret in its cookie, which no page can read; nothing leads back to it."""
    return hmac.digest(session_secret.encode(), b"csrf token", "sha256").hex()


def hash_secret(secret: str) -> bytes:
    """Hash a random secret for storage; it has enough entropy for a plain hash."""
    return hashlib.sha256(secret.encode()).digest()


def same_secret(secret: str, secret_hash: bytes) -> bool:
    """Compare a secret with its hash in constant time."""
    return hmac.compare_digest(hash_secret(secret), secret_hash)
