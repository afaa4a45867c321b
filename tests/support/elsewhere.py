"""What a test asks another process to do; light to import there."""

from __future__ import annotations

import pickle

from storage.object_factory import open_range_source

__all__ = ["read_range"]


def read_range(description: bytes, key: str, offset: int, length: int) -> bytes:
    """Read from an object of a store that was described, pickled, by another process."""
    source = open_range_source(pickle.loads(description), key)
    try:
        return source.read(offset, length)
    finally:
        source.close()
