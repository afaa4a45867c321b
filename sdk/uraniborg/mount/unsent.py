"""Where files that are being written wait until they are sent, and what a mount that ended has left there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

import msgspec

from uraniborg.settings import state_folder

__all__ = ["Left", "Place", "find_left"]

OLD_S = 3600.0


class Left(msgspec.Struct, frozen=True):
    """A file that was written and not sent: where it was to be at which service, and where it is."""

    service: str
    path: str
    file: str
    size_bytes: int


class _Goal(msgspec.Struct):
    service: str
    path: str


class Place:
    """A place for one file; as long as this process lives nobody takes it for one that was left."""

    def __init__(self, service: str, path: str) -> None:
        self._goal = _Goal(service, path)
        self._folder = Path(tempfile.mkdtemp(dir=_folder()))
        self.file = self._folder / "file" / path.rpartition("/")[2]
        self.file.parent.mkdir()
        self._lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def note(self) -> None:
        """Note that what is in the file is not in the tree."""
        (self._folder / "goal").write_bytes(msgspec.json.encode(self._goal))

    def note_sent(self) -> None:
        """Note that it is."""
        (self._folder / "goal").unlink(missing_ok=True)

    def move(self, path: str) -> None:
        """Let the file have the name of another path, to which it is to be sent."""
        self._goal.path = path
        self.file = self.file.rename(self.file.with_name(path.rpartition("/")[2]))
        if (self._folder / "goal").exists():
            self.note()

    def discard(self) -> None:
        """Remove it, with its file."""
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)


def _folder() -> Path:
    folder = state_folder() / "unsent"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return Path(tempfile.gettempdir())
    return folder


def find_left() -> list[Left]:
    """Find what was written into mounts that ended before they had sent it."""
    left = []
    for folder in sorted(state_folder().glob("unsent/*")):
        with contextlib.suppress(OSError, ValueError, msgspec.DecodeError), (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not (folder / "goal").exists():  # nothing in it is new, or it has only just been made
                if time.time() - folder.stat().st_mtime > OLD_S:
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            goal = msgspec.json.decode((folder / "goal").read_bytes(), type=_Goal)
            if files := list((folder / "file").iterdir()):
                left.append(Left(goal.service, goal.path, str(files[0]), files[0].stat().st_size))
            else:  # somebody has taken it
                shutil.rmtree(folder, ignore_errors=True)
    return left
