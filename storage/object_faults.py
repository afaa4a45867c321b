"""What the operating system says of a file, as an error of ours: the one table of the local store."""

from __future__ import annotations

import errno

from domain.errors import Conflict, InvalidInput, NotFound, ObservatoryError, StoreUnavailable

__all__ = ["FILE_FAULTS", "from_os_error"]

_ASK = "tell the operator"

# Error number -> class and detail. What is not listed is `StoreUnavailable`: a disk has many ways to fail.
FILE_FAULTS: dict[int, tuple[type[ObservatoryError], str]] = {
    errno.ENOENT: (NotFound, "There is no such object."),
    errno.ENOTDIR: (NotFound, "There is no such object."),
    errno.EEXIST: (Conflict, "The object exists already."),
    errno.EISDIR: (Conflict, "The key of an object cannot be the folder of others."),
    errno.ENOTEMPTY: (Conflict, "The key of an object cannot be the folder of others."),
    errno.ENAMETOOLONG: (InvalidInput, "The key of the object is too long."),
    errno.EINVAL: (InvalidInput, "Offset, length or size is out of range."),
    errno.ENOSPC: (StoreUnavailable, f"The disk of the object store is full: {_ASK} to free space, then try again."),
    errno.EDQUOT: (StoreUnavailable, f"The disk quota of the object store is used up: {_ASK}, then try again."),
    errno.EFBIG: (StoreUnavailable, f"The file system of the object store takes no file of this size: {_ASK}."),
    errno.EROFS: (StoreUnavailable, f"The disk of the object store is mounted read-only: {_ASK}."),
    errno.EACCES: (StoreUnavailable, f"The service may not write to the folder of the object store: {_ASK}."),
    errno.EPERM: (StoreUnavailable, f"The service may not write to the folder of the object store: {_ASK}."),
    errno.ENODEV: (StoreUnavailable, f"The folder of the object store is gone; is its disk mounted? Else {_ASK}."),
    errno.EIO: (StoreUnavailable, f"The disk of the object store reports errors: {_ASK} at once."),
    errno.EMFILE: (StoreUnavailable, "The service has too many files open; try again in a moment."),
    errno.ENFILE: (StoreUnavailable, "The machine has too many files open; try again in a moment."),
}


def from_os_error(error: OSError) -> ObservatoryError:
    """Translate; the driver's own words stay in the cause, for the log."""
    kind, detail = FILE_FAULTS.get(
        error.errno or 0, (StoreUnavailable, f"The disk of the object store does not answer as it should: {_ASK}.")
    )
    return kind(detail)
