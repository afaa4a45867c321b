"""Tiers on local disk, as folders: a copy that is verified comes first, the old one goes last."""

from __future__ import annotations

import contextlib
import hashlib
import os

from domain.errors import Conflict
from storage.object_durability import sync_folders
from storage.object_files import ObjectFiles

__all__ = ["copy_to_tier", "drop_other_tiers"]

_BLOCK_BYTES = 1024**2


def copy_to_tier(files: ObjectFiles, key: str, tier: str, size_bytes: int, sha256: str) -> None:
    """Make a copy of an object in a tier, beside the one there is, durably; one that is there is verified anew.

    Raises
    ------
    Conflict
        What is stored, or what was copied, is not these bytes; the object was not touched.
    OSError
        It is nowhere, or the disk is full.
    """
    target = files.homes[tier] / key
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        # A killed move may have left it here; its name came when its bytes were on the disk.
        if _digest(os.open(target, os.O_RDONLY)) == (size_bytes, sha256):
            sync_folders([target.parent], files.homes[tier])
            return
    draft = files.new_temp()
    try:
        _copy(files.open(key), draft)
        # Read again from the disk's side, not what was passed on to it.
        if _digest(os.open(draft, os.O_RDONLY)) != (size_bytes, sha256):
            raise Conflict("What is stored is not what was verified when it came; it was not moved: tell the operator.")
        files.with_folder(key, lambda: draft.replace(target), tier=tier)
    finally:
        draft.unlink(missing_ok=True)
    sync_folders([target.parent], files.homes[tier])


def drop_other_tiers(files: ObjectFiles, key: str, tier: str) -> None:
    """Delete an object's copies in the other tiers; raises OSError where there is none in this one."""
    # One at a time: two that want it in different tiers would each find the copy that the other is about to delete.
    with files.removing():
        (files.homes[tier] / key).stat()
        for other, home in files.homes.items():
            if other != tier:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    (home / key).unlink()
                files.prune({(home / key).parent})


def _copy(source: int, draft: os.PathLike[str]) -> None:
    try:
        target = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            while block := os.read(source, _BLOCK_BYTES):
                while block:
                    block = block[os.write(target, block) :]
            os.fsync(target)
            with contextlib.suppress(AttributeError, OSError):
                os.posix_fadvise(target, 0, 0, os.POSIX_FADV_DONTNEED)  # so that verifying reads the disk
        finally:
            os.close(target)
    finally:
        os.close(source)


def _digest(descriptor: int) -> tuple[int, str]:
    try:
        digest, size_bytes = hashlib.sha256(), 0
        while block := os.read(descriptor, _BLOCK_BYTES):
            digest.update(block)
            size_bytes += len(block)
        return size_bytes, digest.hexdigest()
    finally:
        os.close(descriptor)
