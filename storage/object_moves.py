"""Moving objects on local disk: never over another, only the bytes that were verified, and only when safe."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from domain.errors import Conflict
from storage.object_durability import sync_batch, sync_file, sync_folders
from storage.object_files import ObjectFiles, version_of

__all__ = ["move_files"]

_NO_HARD_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def move_files(
    files: ObjectFiles, pairs: Sequence[tuple[str, str]], version_of_source: Callable[[str], str | None]
) -> dict[str, OSError | Conflict]:
    """Move objects, durably; answer those that failed, by source.

    The bytes reach the disk before the target's name does: a name must never survive a power cut that its bytes did
    not, because what it names is taken to be verified.
    """
    failed: dict[str, OSError | Conflict] = {}
    all_synced = sync_batch(len(pairs), files.objects)
    for source, target in pairs:
        try:
            _move(files, source, target, version_of_source(source), synced=all_synced)
        except (OSError, Conflict) as error:
            failed[source] = error
    if not sync_batch(len(pairs), files.objects):
        sync_folders({files.path(target).parent for _, target in pairs}, files.objects)
    files.prune({files.path(source).parent for source, _ in pairs})
    return failed


def _move(files: ObjectFiles, source: str, target: str, version: str | None, *, synced: bool) -> None:
    here, there, held = files.path(source), files.path(target), files.new_temp()
    if source == target:
        there.stat()
        return
    # From here on it is these bytes that are looked at and moved, whatever is uploaded to the source meanwhile.
    try:
        linked = _link_or_rename(here, held)
    except (FileNotFoundError, NotADirectoryError):
        files.require()
        there.stat()  # moved before: a success; or never here: not found
        return
    try:
        status = held.stat()
        if version is not None and version != version_of(status):
            raise Conflict("The upload was changed after it was verified; upload the file again.")
        if not synced:
            sync_file(held)
        try:
            files.with_folder(there, lambda: _place(held, there))
        except FileExistsError:
            if there.stat().st_size != status.st_size:
                raise Conflict("There is another object under this content's name; tell the operator.") from None
    except BaseException:
        held.unlink() if linked else held.rename(here)
        raise
    held.unlink(missing_ok=True)
    if linked:
        here.unlink(missing_ok=True)


def _link_or_rename(here: Path, held: Path) -> bool:
    """Get hold of a file under a second name; answer whether it kept the first (some file systems have no links)."""
    try:
        os.link(here, held)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        here.rename(held)
        return False
    return True


def _place(held: Path, there: Path) -> None:
    """Name a file, unless the name is taken."""
    try:
        os.link(held, there)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if there.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(there)) from None
        held.rename(there)
