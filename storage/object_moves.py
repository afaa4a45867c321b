"""Moving objects on local disk: never over another, only the bytes that were verified, and only when safe."""

# Names are text here: a Path of each would take as long as moving it.
# ruff: noqa: PTH104, PTH108, PTH110, PTH116

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from domain.errors import Conflict
from storage.object_durability import sync_batch, sync_file, sync_folders
from storage.object_files import NO_HARD_LINKS, ObjectFiles, version_of

__all__ = ["finish_moves", "move_durable", "move_files"]


def move_files(
    files: ObjectFiles, pairs: Sequence[tuple[str, str]], version_of_source: Callable[[str], str | None]
) -> dict[str, OSError | Conflict]:
    """Move objects, durably; answer those that failed, by source.

    The bytes reach the disk before the target's name does: a name must never survive a power cut that its bytes did
    not, because what it names is taken to be verified.
    """
    old_names: list[str] = []
    failed = _move_all(files, pairs, version_of_source, old_names, synced=sync_batch(len(pairs), files.objects))
    finish_moves(files, pairs, old_names)
    return failed


def move_durable(
    files: ObjectFiles,
    pairs: Sequence[tuple[str, str]],
    version_of_source: Callable[[str], str | None],
    old_names: list[str],
) -> dict[str, OSError | Conflict]:
    """Move objects whose bytes were on the disk when the caller last made sure; `finish_moves` comes behind it.

    A source that was written since is another version, which does not move: give all of them. The names that are still
    to be taken from what was moved are added to ``old_names``.
    """
    return _move_all(files, pairs, version_of_source, old_names, synced=True)


def finish_moves(files: ObjectFiles, pairs: Sequence[tuple[str, str]], old_names: Iterable[str]) -> None:
    """Return when the new names are on the disk, the old ones gone, and with them the folders that are left empty."""
    for name in old_names:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
    if not sync_batch(len(pairs), files.objects):
        sync_folders(_folders(files, (target for _, target in pairs)), files.objects)
    files.prune(_folders(files, (source for source, _ in pairs)))


def _move_all(
    files: ObjectFiles,
    pairs: Sequence[tuple[str, str]],
    version_of_source: Callable[[str], str | None],
    old_names: list[str],
    *,
    synced: bool,
) -> dict[str, OSError | Conflict]:
    failed: dict[str, OSError | Conflict] = {}
    for source, target in pairs:
        try:
            old_names += _move(files, source, target, version_of_source(source), synced=synced)
        except (OSError, Conflict) as error:
            failed[source] = error
    return failed


def _folders(files: ObjectFiles, keys: Iterable[str]) -> set[Path]:
    return {files.path(folder) for folder in {key.rpartition("/")[0] for key in keys}}


def _move(files: ObjectFiles, source: str, target: str, version: str | None, *, synced: bool) -> list[str]:
    """Move an object; answer the names it still has besides its new one."""
    here, there, held = files.name(source), files.name(target), files.new_temp_name()
    if source == target:
        os.stat(there)
        return []
    # From here on it is these bytes that are looked at and moved, whatever is uploaded to the source meanwhile.
    try:
        linked = _link_or_rename(here, held)
    except (FileNotFoundError, NotADirectoryError):
        files.require()
        os.stat(there)  # moved before: a success; or never here: not found
        return []
    try:
        status = os.stat(held)
        if version is not None and version != version_of(status):
            raise Conflict("The upload was changed after it was verified; upload the file again.")
        if not synced:
            sync_file(Path(held))
        try:
            files.with_folder(target, lambda: _place(held, there))
        except FileExistsError:
            if os.stat(there).st_size != status.st_size:
                raise Conflict("There is another object under this content's name; tell the operator.") from None
    except BaseException:
        if linked:
            os.unlink(held)
        else:
            os.rename(held, here)
        raise
    return [held, here] if linked else [held]


def _link_or_rename(here: str, held: str) -> bool:
    """Get hold of a file under a second name; answer whether it kept the first (some file systems have no links)."""
    try:
        os.link(here, held)
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise
        os.rename(here, held)
        return False
    return True


def _place(held: str, there: str) -> None:
    """Name a file, unless the name is taken."""
    try:
        os.link(held, there)
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise
        if os.path.exists(there):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), there) from None
        os.rename(held, there)
