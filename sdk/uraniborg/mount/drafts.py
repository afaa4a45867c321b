"""Files of a mount that are being written, by path: also while they are renamed or removed, as everywhere else."""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from uraniborg.errors import UraniborgError
from uraniborg.mount.writing import Draft

__all__ = ["NOWHERE", "Drafts"]

NOWHERE = "\0"
"With this begin paths to which no path leads."
IN_A_ROW, IN_A_ROW_S = 2, 10.0
"So often a file is lengthened, each time this soon after the last, before it waits until that is over."
OVER_S, AT_MOST_S = 2.0, 30.0  # since the last was written; however long it goes on
AGAIN_S = 10.0  # until what could not be sent is tried again
REMEMBERED = 1000


class Drafts:
    """Drafts by path; each is there as long as somebody has it open.

    A file that is opened, lengthened and closed again and again, as by who takes an upload in pieces or keeps a log, is
    sent once that is over: each time would be a version of all that came before. Meanwhile it waits as drafts do.

    Parameters
    ----------
    make : callable
        Begins the draft of a path, with what is there or with nothing.
    note : callable
        Told the path of what could not be sent later, and why.
    """

    def __init__(self, make: Callable[..., Draft], note: Callable[[str, str], None]) -> None:
        self._make, self._note = make, note
        self._lengthened: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()
        self._by_path: dict[str, Draft] = {}
        self._aside = itertools.count()

    def __contains__(self, path: str) -> bool:
        return path in self._by_path

    def get(self, path: str) -> Draft | None:
        """Find the draft of a path."""
        return self._by_path.get(path)

    def open(self, path: str, *, kept: bool, appends: bool = False) -> Draft:
        """Begin a draft, or open it once more; not `kept` is empty from now on."""
        with self._lock:
            waits = appends and self._is_in_a_row(path)
            draft = self._by_path.get(path)
            if draft is None:
                draft = self._by_path[path] = self._make(path, kept=kept)
                draft.waits = waits
                return draft
            draft.handles += 1
            draft.waits = waits
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
            if draft.waits_since and draft.is_changed:
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
            if is_open := draft.handles > 0:
                self._by_path[aside] = draft
        draft.give_up()
        if is_open:
            return aside
        draft.discard()
        return None

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

    def send_all(self) -> None:
        """Send what waits, at the end; the next mount tells of what cannot be sent."""
        for path, draft in list(self._by_path.items()):
            if draft.waits_since:  # that it was closed, nobody may have told yet
                self._try(path, draft)

    def _is_in_a_row(self, path: str) -> bool:
        """Count that a file is lengthened; the lock is held."""
        count, at = self._lengthened.pop(path, (0, 0.0))
        now = time.monotonic()
        count = count + 1 if now - at < IN_A_ROW_S else 1
        self._lengthened[path] = (count, now)
        if len(self._lengthened) > REMEMBERED:
            self._lengthened.popitem(last=False)
        return count > IN_A_ROW

    def send_later(self, draft: Draft) -> None:
        """Send a draft when nobody has lengthened it for a while."""
        if not draft.waits_since:
            draft.waits_since = time.monotonic()
            self._look_after(OVER_S, draft)

    def _look_after(self, seconds: float, draft: Draft) -> None:
        later = threading.Timer(seconds, self._look, [draft])
        later.daemon = True
        later.start()

    def _look(self, draft: Draft) -> None:
        """Send a draft that waits, if it is time; whoever lengthens it meanwhile goes on from what is there."""
        path = next((path for path, other in list(self._by_path.items()) if other is draft), None)
        if path is None:
            return
        now = time.monotonic()
        if now - draft.written_at < OVER_S and now - draft.waits_since < AT_MOST_S:
            self._look_after(OVER_S - (now - draft.written_at), draft)
        elif self._try(path, draft):
            with self._lock:
                draft.waits_since = 0.0
                if draft.handles or draft.is_changed or self._by_path.get(path) is not draft:
                    return
                del self._by_path[path]
            draft.discard()
        else:
            self._look_after(AGAIN_S, draft)

    def _try(self, path: str, draft: Draft) -> bool:
        try:
            draft.send()
        except (UraniborgError, OSError) as error:
            self._note(path, f"It waits on this computer: {error}")
            return False
        return True
