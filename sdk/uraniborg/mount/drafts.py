"""All files of a mount that are being written, and those that were closed and have not been taken yet.

Few programs look at what closing a file tells them, and hours of work may be in it. So what the service did not take
stays: shown in its folder and sent later, where the service did not answer or had no room; on this disk alone, where
it refused.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

import msgspec

from uraniborg.errors import Conflict, InvalidInput, NotAllowed, NotFound, ServiceUnavailable, UraniborgError
from uraniborg.mount.writing import Draft
from uraniborg.tree import Tree

__all__ = ["Drafts", "Unsent"]

REFUSALS = (NotAllowed, NotFound, Conflict, InvalidInput)
"What the service would say again."
SURE_S = 5.0  # how long a service that answered is taken to be there
REST_S, LONGEST_REST_S = 10.0, 600.0  # before the service is asked again for what it did not take


class Unsent(msgspec.Struct, frozen=True):
    """A file that was closed and is not sent: where it was to be, why it is not, and where it is on this disk."""

    path: str
    size_bytes: int
    changed_at: float
    is_refused: bool
    why: str
    file: str


class Drafts:
    """Drafts by their paths in the tree.

    Parameters
    ----------
    sent : callable
        Told the path of whatever was sent.
    """

    def __init__(self, tree: Tree, sent: Callable[[str], None]) -> None:
        self._tree, self._sent = tree, sent
        self._drafts: dict[str, Draft] = {}
        self._refused: dict[str, Draft] = {}
        self._lock = threading.Lock()

    def get(self, path: str) -> Draft | None:
        """Tell what is being written at a path, or waits."""
        return self._drafts.get(path)

    def paths(self) -> list[str]:
        """List where something is being written, or waits."""
        return list(self._drafts)

    def unsent(self) -> list[Unsent]:
        """List what was closed and is not sent: what waits, then what was refused."""
        with self._lock:
            waiting = [each for each in self._drafts.values() if not each.handles]
            return [
                Unsent(each.path, each.size_bytes, each.changed_at, each.is_refused, each.why, str(each.file))
                for each in (*waiting, *self._refused.values())
            ]

    def open(self, path: str, *, kept: bool) -> Draft:
        """Open a draft to write in it; begin it, with what is there or without, if there is none."""
        with self._lock:
            draft = self._drafts.get(path)
            if draft is None:
                draft = self._drafts[path] = Draft(self._tree, path, kept=kept)
                return draft
            draft.handles += 1
        if not kept:
            draft.truncate(0)
        return draft

    def look_into(self, path: str) -> Draft | None:
        """Open a draft to read it; None where there is none."""
        with self._lock:
            draft = self._drafts.get(path)
            if draft is not None:
                draft.handles += 1
            return draft

    def send(self, draft: Draft) -> None:
        """Send what was written, if anything was; raises what the service says."""
        try:
            if draft.is_to_send and time.monotonic() - self._tree.answered_at > SURE_S:
                self._tree.check()  # which fails soon, where sending is tried for long
            draft.send()
        except UraniborgError as error:
            draft.is_refused, draft.why = isinstance(error, REFUSALS), error.detail
            if isinstance(error, ServiceUnavailable):
                with contextlib.suppress(UraniborgError):
                    self._tree.check()  # so that it is known for the next
            else:
                draft.rest_s = min(max(2 * draft.rest_s, REST_S), LONGEST_REST_S)
                draft.rests_until = time.monotonic() + draft.rest_s
            raise
        self._sent(draft.path)

    def send_at(self, path: str) -> None:
        """Send what waits at a path or below it; raises what the service says."""
        for draft in list(self._drafts.values()):
            if draft.path != path and not draft.path.startswith(f"{path}/"):
                continue
            try:
                self.send(draft)
            finally:
                with self._lock:
                    if self._drafts.get(draft.path) is draft:
                        self._settle(draft)

    def let_go(self, draft: Draft) -> None:
        """Close a draft: with the last who had it open it goes, or waits."""
        with self._lock:
            draft.handles -= 1
            self._settle(draft)

    def give_up(self, path: str) -> bool:
        """Remove what waits at a path; tells whether anything did."""
        with self._lock:
            draft = self._drafts.get(path)
            if draft is None or draft.handles:
                return False
            del self._drafts[path]
        draft.discard()
        return True

    def send_waiting(self) -> None:
        """Try again to send what waits."""
        with self._lock:
            waiting = [each for each in self._drafts.values() if not each.handles]
        for draft in waiting:
            if time.monotonic() >= draft.rests_until:
                with contextlib.suppress(UraniborgError, OSError):
                    self.send_at(draft.path)

    def _settle(self, draft: Draft) -> None:
        """Of what nobody has open, let go of what is sent, and keep aside what was refused; the lock is held."""
        if draft.handles or (draft.is_to_send and not draft.is_refused):
            return
        del self._drafts[draft.path]
        before = self._refused.pop(draft.path, None)
        if before is not None:  # who tries again and again is not to fill this disk
            before.discard()
        if draft.is_to_send:
            self._refused[draft.path] = draft
        else:
            draft.discard()
