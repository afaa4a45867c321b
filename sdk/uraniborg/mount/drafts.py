"""Files of a mount that are being written, by path: also while they are renamed or removed, as everywhere else."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from uraniborg.mount.writing import Draft

__all__ = ["NOWHERE", "Drafts"]

NOWHERE = "\0"
"With this begin paths to which no path leads."


class Drafts:
    """Drafts by path; each is there as long as somebody has it open.

    Parameters
    ----------
    make : callable
        Begins the draft of a path, with what is there or with nothing.
    """

    def __init__(self, make: Callable[..., Draft]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._by_path: dict[str, Draft] = {}
        self._aside = itertools.count()

    def __contains__(self, path: str) -> bool:
        return path in self._by_path

    def get(self, path: str) -> Draft | None:
        """Find the draft of a path."""
        return self._by_path.get(path)

    def open(self, path: str, *, kept: bool) -> Draft:
        """Begin a draft, or open it once more; not `kept` is empty from now on."""
        with self._lock:
            draft = self._by_path.get(path)
            if draft is None:
                draft = self._by_path[path] = self._make(path, kept=kept)
                return draft
            draft.handles += 1
        if not kept:
            draft.truncate(0)
        return draft

    def join(self, path: str) -> Draft | None:
        """Open a draft once more, if there is one."""
        with self._lock:
            draft = self._by_path.get(path)
            if draft is not None:
                draft.handles += 1
            return draft

    def let_go(self, draft: Draft) -> None:
        """Close a draft; when nobody has it open any more it is gone."""
        with self._lock:
            draft.handles -= 1
            if draft.handles:
                return
            self._by_path = {path: other for path, other in self._by_path.items() if other is not draft}
        draft.discard()

    def put_aside(self, path: str) -> str | None:
        """Let a draft, if there is one, be where no path leads, never to be sent: its file is removed. Tells where."""
        aside = f"{NOWHERE}/{next(self._aside)}"
        with self._lock:
            draft = self._by_path.pop(path, None)
            if draft is None:  # whoever had it open has closed it meanwhile
                return None
            self._by_path[aside] = draft
        draft.give_up()
        return aside

    def move(self, old: str, new: str, goal: str) -> None:
        """Let a draft be at another path, and be sent to that one's goal in the tree."""
        with self._lock:
            draft = self._by_path.pop(old, None)
            if draft is None:
                return
            self._by_path[new] = draft
        draft.move(goal)

    def below(self, path: str) -> list[str]:
        """Name the paths of drafts below a folder."""
        return [other for other in list(self._by_path) if other.startswith(f"{path}/")]

    def names_in(self, path: str) -> set[str]:
        """Name the drafts in a folder."""
        return {name for parent, _, name in (other.rpartition("/") for other in list(self._by_path)) if parent == path}
