"""What this process wrote a moment ago adds up to: summed from the same bytes, so that they need not be read again."""

from __future__ import annotations

from storage.objects import Digest

__all__ = ["RecentDigests"]

_MOST = 10_000  # a quarter of a kilobyte each


class RecentDigests:
    """Digests of objects as they were written, by key; of the latest ones only.

    They hold for a file that still is the one that was written: same inode, time and size. For any other one, and in
    any other process, whoever wants a digest reads the object.
    """

    def __init__(self) -> None:
        self._digests: dict[str, Digest] = {}

    def note(self, key: str, digest: Digest) -> None:
        """Note what was written; `Digest.version` says to which file."""
        self._digests.pop(key, None)
        self._digests[key] = digest
        while len(self._digests) > _MOST:
            self._digests.pop(next(iter(self._digests)), None)

    def find(self, key: str, version: str) -> Digest | None:
        """Recall the digest, if this version is the one that was written."""
        digest = self._digests.get(key)
        return digest if digest is not None and digest.version == version else None

    def forget(self, key: str) -> None:
        """Forget an object that is moved or removed."""
        self._digests.pop(key, None)
