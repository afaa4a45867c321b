"""Finding the files to send: folders walked in order, one folder's names in memory at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from uraniborg.upload.report import FileFate

__all__ = ["Found", "Identity", "identity_of", "path_problem", "printable", "walk"]

LONGEST_PATH = 4096  # characters that the service reads; it tells of other names it cannot keep itself


class Identity(msgspec.Struct, frozen=True):
    """What tells a file's present content from another one, as far as a file system can."""

    device: int
    inode: int
    size_bytes: int
    mtime_ns: int
    ctime_ns: int


class Found(msgspec.Struct):
    """A regular file: where it is, and the relative path it shall be kept under."""

    source: str
    path: str
    identity: Identity


def identity_of(status: os.stat_result) -> Identity:
    """Take the identity out of what the file system tells."""
    return Identity(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def walk(paths: Iterable[Path], *, follow_symlinks: bool = False) -> Iterator[Found | FileFate]:
    """Go through files and folders, sorted by name; what cannot be sent comes out as its fate.

    Parameters
    ----------
    paths : iterable of Path
        A file is kept under its name. A folder's files are kept under their paths relative to it; where several paths
        are given, with the folder's own name in front.
    follow_symlinks : bool
        Links within folders; one that is given itself is always followed.
    """
    given = list(paths)
    for path in given:
        try:
            status = path.stat()
        except OSError as error:
            yield _failed(str(path), path.name, "unreadable", f"It cannot be opened: {_words(error)}.")
            continue
        if stat.S_ISDIR(status.st_mode):
            name = path.resolve().name
            prefix = f"{name}/" if len(given) > 1 and name else ""
            yield from _walk_folder(str(path), prefix, follow_symlinks, ((status.st_dev, status.st_ino),))
        else:
            yield _found(str(path), path.resolve().name if path.name in ("", "..") else path.name, status)


def _walk_folder(
    folder: str, prefix: str, follow_symlinks: bool, above: tuple[tuple[int, int], ...]
) -> Iterator[Found | FileFate]:
    try:
        with os.scandir(folder) as scan:
            names = sorted(entry.name for entry in scan)
    except OSError as error:
        yield _failed(folder, prefix, "unreadable", f"The folder cannot be read: {_words(error)}.")
        return
    for name in names:
        source, path = os.path.join(folder, name), prefix + name  # noqa: PTH118 (as quick as 10^5 names need)
        try:
            status = os.lstat(source)
            if stat.S_ISLNK(status.st_mode):
                if not follow_symlinks:
                    yield _skipped(
                        source, path, "symlink", "It is a symbolic link; --follow-symlinks sends its target."
                    )
                    continue
                status = os.stat(source)  # noqa: PTH116
        except OSError as error:
            yield _failed(source, path, "unreadable", f"It cannot be opened: {_words(error)}.")
            continue
        if stat.S_ISDIR(status.st_mode):
            here = (status.st_dev, status.st_ino)
            if here in above:
                yield _skipped(source, path, "loop", "The link leads back to a folder above it.")
                continue
            yield from _walk_folder(source, path + "/", follow_symlinks, (*above, here))
        else:
            yield _found(source, path, status)


def _found(source: str, path: str, status: os.stat_result) -> Found | FileFate:
    if not stat.S_ISREG(status.st_mode):
        return _skipped(source, path, "not-a-file", "It is no regular file (a pipe, socket or device).")
    if problem := path_problem(path):
        return _failed(source, path, "bad-path", problem)
    return Found(source, path, identity_of(status))


def path_problem(path: str) -> str:
    """Tell why the service cannot even be asked to keep a path; empty where it can."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return "Its name is not valid UTF-8: rename it."
    return f"Its path has more than {LONGEST_PATH} characters: shorten it." if len(path) > LONGEST_PATH else ""


def printable(text: str) -> str:
    """Write a name that need not be UTF-8 so that it can be shown and written down."""
    return text.encode("utf-8", "backslashreplace").decode()


def _failed(source: str, path: str, code: str, reason: str) -> FileFate:
    return FileFate(source=printable(source), path=printable(path), state="failed", code=code, reason=reason)


def _skipped(source: str, path: str, code: str, reason: str) -> FileFate:
    return FileFate(source=printable(source), path=printable(path), state="skipped", code=code, reason=reason)


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__
