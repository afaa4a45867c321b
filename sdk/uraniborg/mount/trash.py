"""The folder into which desktops and JupyterLab move what is to be deleted: here, that is the service's trash.

They look for it at the top of the disk, and refuse to delete where it is not. It is never listed, and always empty.
"""

from __future__ import annotations

import os

from uraniborg.tree import Entry

__all__ = ["Sink", "TrashFolder"]


class Sink:
    """An open file of which nothing is kept."""


class TrashFolder:
    """The trash as the specification of freedesktop.org has it: ``.Trash-<user>``, with ``files`` and ``info``."""

    def __init__(self) -> None:
        self.path = f"/.Trash-{os.getuid()}"
        self._notes: set[str] = set()

    def holds(self, path: str) -> bool:
        """Tell whether a path is that of the folder, or of something in it."""
        return path == self.path or path.startswith(f"{self.path}/")

    def find(self, path: str) -> Entry | None:
        """Find what is at a path: the folders, and for a while the note of where something came from."""
        if path in (self.path, f"{self.path}/files", f"{self.path}/info"):
            return Entry("", True)
        return Entry("", False) if path in self._notes else None

    def note(self, path: str) -> Sink:
        """Take a note of where something comes from, which is written before it is moved; the service knows that."""
        self._notes.add(path)
        return Sink()

    def forget(self, path: str) -> None:
        """Forget the note of something: it is in the service's trash, or was not moved after all."""
        self._notes.discard(path)
        self._notes.discard(f"{self.path}/info/{path.rpartition('/')[2]}.trashinfo")
