"""Looking through a folder: its regular files, by names as the file system has them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

import msgspec

from uraniborg.upload.walk import Identity, identity_of, printable

__all__ = ["Seen", "look", "look_at"]


class Seen(msgspec.Struct, frozen=True):
    """A file: its path relative to the watched folder, in bytes, since a name need not be text."""

    path: bytes
    identity: Identity


def look_at(folder: bytes, path: bytes, *, follow_symlinks: bool = False) -> Identity | None:
    """Look at one file; None if there is no regular file, or a link on the way to it is not to be followed."""
    source = os.path.join(folder, path)  # noqa: PTH118
    try:
        status = os.stat(source) if follow_symlinks else os.lstat(source)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None
    return identity_of(status) if stat.S_ISREG(status.st_mode) else None


def look(
    folder: bytes, below: bytes = b"", *, follow_symlinks: bool = False, troubles: list[str] | None = None
) -> Iterator[Seen]:
    """Go through a folder and all below it.

    Parameters
    ----------
    folder : bytes
        The watched folder.
    below : bytes
        Only what lies below this path of it.
    troubles : list of str, optional
        Gets what could not be looked into, in words.

    Raises
    ------
    OSError
        The place to begin with cannot be looked into.
    """
    start = os.path.join(folder, below) if below else folder  # noqa: PTH118
    above = _real(start)
    waiting: list[tuple[bytes, frozenset[tuple[int, int]]]] = [(below, frozenset([above]))]
    is_first = True
    while waiting:
        path, parents = waiting.pop()
        try:
            with os.scandir(os.path.join(folder, path) if path else folder) as scan:  # noqa: PTH118
                for entry in scan:
                    one = os.path.join(path, entry.name) if path else entry.name  # noqa: PTH118
                    try:
                        if entry.is_symlink() and not follow_symlinks:
                            continue
                        status = entry.stat(follow_symlinks=follow_symlinks)
                    except OSError:
                        continue  # gone again, or a link to nowhere
                    if stat.S_ISDIR(status.st_mode):
                        here = (status.st_dev, status.st_ino)
                        if here not in parents:  # a link back to a folder above it is a loop
                            waiting.append((one, parents | {here} if follow_symlinks else parents))
                    elif stat.S_ISREG(status.st_mode):
                        yield Seen(one, identity_of(status))
        except OSError as error:
            if is_first:
                raise
            if troubles is not None and not isinstance(error, FileNotFoundError):
                troubles.append(f"{printable(os.fsdecode(path))} cannot be looked into: {error.strerror or error}.")
        is_first = False


def _real(path: bytes) -> tuple[int, int]:
    status = os.stat(path)  # noqa: PTH116
    return status.st_dev, status.st_ino
