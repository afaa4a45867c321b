"""Secrets of others that must be read again (an account elsewhere, a second factor): sealed before they reach a row."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.config import Config

__all__ = ["SEALING", "SealBroken", "seal", "unseal"]

SEALING = "sealing"  # the one of the service's own secrets without which a database is worth less

NONCE_BYTES = 12


class SealBroken(Exception):
    """What was sealed was changed, sealed for something else, or sealed with another key."""


def seal(config: Config, secret: bytes, *, purpose: str) -> bytes:
    """Encrypt and authenticate a secret with the service's own key (AES-256-GCM).

    Parameters
    ----------
    purpose : str
        What it is and whose, such as ``webhook 5f3c...``: it can only be unsealed for the same.
    """
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(config.secret(SEALING)).encrypt(nonce, secret, purpose.encode())


def unseal(config: Config, sealed: bytes, *, purpose: str) -> bytes:
    """Read what ``seal`` made.

    Raises
    ------
    SealBroken
        It is not what was sealed for this purpose.
    """
    try:
        return AESGCM(config.secret(SEALING)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(purpose) from error
