"""One agent at a time: a lock on a file, which ends with the process however that ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO

__all__ = ["AgentLock", "AlreadyRunning", "lock_holder"]


ATTEMPTS = 10


class AlreadyRunning(Exception):
    """Another process has the lock; its number is the message, where it is known."""


if sys.platform == "win32":
    import msvcrt

    def _try(file: IO[str], *, only_looking: bool = False) -> bool:
        file.seek(2**30)  # a place beyond the text, which can be read all the same
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try(file: IO[str], *, only_looking: bool = False) -> bool:
        try:
            # Who only looks keeps nobody else from looking.
            fcntl.flock(file.fileno(), (fcntl.LOCK_SH if only_looking else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class AgentLock:
    """Held as long as the block lasts. The file's time of change tells when its holder was last alive.

    Raises
    ------
    AlreadyRunning
        Somebody else has it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> AgentLock:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = self._path.open("a+", encoding="utf-8")
        for _ in range(ATTEMPTS):  # who only looks whether somebody has it has it for a moment
            if _try(self._file):
                break
            time.sleep(0.1)
        else:
            self._file.close()
            raise AlreadyRunning(_text(self._path))
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.alive()
        self._file.close()

    def alive(self) -> None:
        """Say that the holder is alive."""
        with contextlib.suppress(OSError):
            os.utime(self._path)


def lock_holder(path: Path) -> tuple[int | None, float | None]:
    """Tell which process holds a lock, if any, and when a holder was last alive, as a time of the wall's clock."""
    try:
        with path.open("r+", encoding="utf-8") as file:
            alive_time = path.stat().st_mtime
            if _try(file, only_looking=True):
                return None, alive_time
    except OSError:
        return None, None
    text = _text(path)
    return int(text) if text.isdecimal() else 0, alive_time


def _text(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text(encoding="utf-8").strip()
    return ""
