"""Folders that are there although nothing is in them, and when something was last put into a folder or taken out."""

from __future__ import annotations

import time

__all__ = ["Folders"]


class Folders:
    """What a mount knows of its folders by itself, by path.

    A team's folders are there as long as files are in them. A folder that was made or emptied here stays until it is
    removed, as in any other file system: a Git repository, for one, is none without its empty folders.
    """

    def __init__(self) -> None:
        self._began_at = time.time()
        self._kept: set[str] = set()
        self._changed_at: dict[str, float] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._kept

    def make(self, path: str) -> None:
        """Note that a folder was made."""
        self._kept.add(path)
        self.touch(path)

    def remove(self, path: str) -> None:
        """Note that a folder was removed, with all below it."""
        self._kept = {kept for kept in self._kept if kept != path and not kept.startswith(f"{path}/")}
        self._changed_at.pop(path, None)
        self.leave(path)

    def leave(self, path: str) -> None:
        """Note that something was taken out of its folder, which stays."""
        if parent := path.rpartition("/")[0]:
            self._kept.add(parent)
        self.touch(path)

    def touch(self, path: str) -> None:
        """Note that something was put into its folder, or taken out; by its time programs see that (as Python does)."""
        self._changed_at[path.rpartition("/")[0] or "/"] = time.time()

    def changed_at(self, path: str) -> float:
        """Tell when something was last put into a folder or taken out; if nothing was, when the mount began."""
        return self._changed_at.get(path, self._began_at)

    def move(self, old: str, new: str) -> None:
        """Let a folder, and all that is kept below it, be at another path."""
        inside = f"{old}/"
        for kept in [path for path in self._kept if path == old or path.startswith(inside)]:
            self._kept.discard(kept)
            self._kept.add(new + kept[len(old) :])
        for path in [path for path in self._changed_at if path == old or path.startswith(inside)]:
            self._changed_at[new + path[len(old) :]] = self._changed_at.pop(path)

    def names_in(self, path: str) -> set[str]:
        """Name the folders in a folder that are kept."""
        return {name for parent, _, name in (kept.rpartition("/") for kept in list(self._kept)) if parent == path}
