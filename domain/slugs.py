"""Slugs: names of things as they may stand in an address."""

from __future__ import annotations

import re
import unicodedata

from domain.errors import InvalidInput

__all__ = ["check_slug", "slug_of"]

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


def check_slug(slug: str) -> str:
    """Return the slug if it may stand in an address, or say what one looks like.

    Raises
    ------
    InvalidInput
        Other characters than a-z, 0-9 and inner hyphens, or longer than 64.
    """
    if not SLUG.fullmatch(slug):
        raise InvalidInput(
            f"{slug[:64]!r} cannot stand in an address: use 1 to 64 of a-z, 0-9 and inner hyphens.", value=slug[:64]
        )
    return slug


def slug_of(name: str) -> str:
    """Turn a name people write into one that may stand in an address; empty if nothing of it can."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-")
