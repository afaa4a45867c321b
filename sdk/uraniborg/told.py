"""Errors of ours as those that programs expect of files."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from uraniborg.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotConfigured,
    NotFound,
    NotSignedIn,
    OverQuota,
    TransferFailed,
    UraniborgError,
)

__all__ = ["errno_of", "told_as_os_error"]

NUMBERS: tuple[tuple[type[UraniborgError], int], ...] = (
    (NotFound, errno.ENOENT),
    (NotSignedIn, errno.EACCES),
    (NotAllowed, errno.EACCES),
    (NotConfigured, errno.EACCES),
    (Conflict, errno.EEXIST),
    (OverQuota, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC),
    (InvalidInput, errno.EINVAL),
    (TransferFailed, errno.EIO),
)
NOWHERE = "/problems/no-host"
"A conflict in which nothing is in the way: there is no place for one's own files."


def errno_of(error: UraniborgError) -> int:
    """Give the number that the system has for an error; a service that does not answer is an input/output error."""
    if error.type == NOWHERE:
        return errno.EACCES
    return next((number for kind, number in NUMBERS if isinstance(error, kind)), errno.EIO)


@contextmanager
def told_as_os_error(path: str) -> Iterator[None]:
    """Raise errors of the library as ``FileNotFoundError``, ``PermissionError`` and their kin, with what they say."""
    try:
        yield
    except UraniborgError as error:
        number = errno_of(error)
        # OSError makes the kind that belongs to the number.
        raise OSError(number, f"{os.strerror(number)} ({error.detail})", path) from error
