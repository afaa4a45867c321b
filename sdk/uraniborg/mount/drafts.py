"""Files of a mount that are being written, by path: also while they are renamed or removed, as everywhere else.

Few programs look at what closing a file tells them, and hours of work may be in it. So what the service did not take
when it was closed waits: in its folder, and sent later, where the service did not answer or had no room; on this disk
alone, where it refused.

A file that is opened, lengthened and closed again and again, as by who takes an upload in pieces or keeps a log, waits
as well, until that is over: each time would be a version of all that came before.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections import OrderedDict

import msgspec

from uraniborg.errors import Conflict, InvalidInput, NotAllowed, NotFound, ServiceUnavailable, UraniborgError
from uraniborg.mount.writing import Draft
from uraniborg.tree import Tree

__all__ = ["NOWHERE", "Drafts", "Unsent"]

NOWHERE = "\0"
"With this begin paths to which no path leads."
REFUSALS = (NotAllowed, NotFound, Conflict, InvalidInput)
"What the service would say again."
SURE_S = 5.0  # how long a service that answered is taken to be there
REST_S, LONGEST_REST_S = 10.0, 600.0  # before the service is asked again for what it did not take
IN_A_ROW, IN_A_ROW_S = 2, 10.0
"So often a file is lengthened, each time this soon after the last, before it waits until that is over."
OVER_S, AT_MOST_S = 2.0, 30.0  # since the last was written; however long it goes on
REMEMBERED = 1000


class Unsent(msgspec.Struct, frozen=True):
    """A file that was closed and is not sent: where it was to be, why it is not, and where it is on this disk."""

    path: str
    size_bytes: int
    changed_at: float
    is_refused: bool
    why: str
    file: str


class Drafts:
    """Drafts by path; each is there as long as somebody has it open, or it waits to be sent.

    Parameters
    ----------
    root : str
        What of the tree is mounted.
    """

    def __init__(self, tree: Tree, root: str) -> None:
        self._tree, self._root = tree, root
        self._lock = threading.Lock()
        self._by_path: dict[str, Draft] = {}
        self._refused: dict[str, Draft] = {}
        self._lengthened: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._aside = itertools.count()

    def __contains__(self, path: str) -> bool:
        return path in self._by_path

    def get(self, path: str) -> Draft | None:
        """Find the draft of a path."""
        return self._by_path.get(path)

    def open(self, path: str, *, kept: bool, appends: bool = False) -> Draft:
        """Begin a draft, with what is there or with nothing, or open it once more; not `kept` is empty from now on."""
        looks = kept and path not in self._by_path
        there = self._tree.find(self._root + path) if looks else None
        with self._lock:
            draft = self._by_path.get(path)
            is_new = draft is None
            if draft is not None:
                draft.handles += 1
            elif looks or not kept:
                there = None if there is None or there.is_folder else there
                draft = Draft(self._tree, self._root + path, there, is_changed=not kept)
                draft.lock.acquire()  # before anybody finds it
                self._by_path[path] = draft
            if draft is not None:
                draft.waits, draft.times_closed = appends and self._is_in_a_row(path), 0
        if draft is None:  # sent and let go between the two looks: begin with what is there now
            return self.open(path, kept=kept, appends=appends)
        if is_new:
            self._fill(draft)
        elif not kept:
            draft.truncate(0)
        return draft

    def _fill(self, draft: Draft) -> None:
        """Bring what a draft begins with, while all others go on that do not need it; its lock is held, and given up.

        That takes its time, and in a mount it is the loop which receives it: that one must never wait for it.
        """
        try:
            draft.fill()
        except BaseException:
            self.let_go(draft)
            raise
        finally:
            draft.lock.release()

    def join(self, path: str) -> Draft | None:
        """Open a draft once more, if there is one."""
        with self._lock:
            draft = self._by_path.get(path)
            if draft is not None:
                draft.handles += 1
            return draft

    def send(self, draft: Draft) -> None:
        """Send what was written, if anything was; raises what the service says."""
        try:
            is_news = draft.is_to_send
            if is_news and time.monotonic() - self._tree.answered_at > SURE_S:
                self._tree.check()  # which fails soon, where sending is tried for long
            draft.send()
        except UraniborgError as error:
            draft.is_refused, draft.why = isinstance(error, REFUSALS), error.detail
            if isinstance(error, ServiceUnavailable):
                with contextlib.suppress(UraniborgError):
                    self._tree.check()  # so that it is known for the next
                draft.rest(REST_S)
            else:
                draft.rest(min(max(2 * draft.rest_s, REST_S), LONGEST_REST_S))
            raise
        draft.waits_since = 0.0
        if is_news:
            with self._lock:
                self._forget_refused(draft.path)

    def let_go(self, draft: Draft) -> None:
        """Close a draft; when nobody has it open any more it is gone, or waits."""
        with self._lock:
            draft.handles -= 1
            self._settle()

    def unsent(self) -> list[Unsent]:
        """List what was closed and is not sent: what waits, then what was refused."""
        with self._lock:
            waiting = [each for each in self._by_path.values() if not each.handles and each.is_to_send]
            return [
                Unsent(each.path, each.size_bytes, each.changed_at, each.is_refused, each.why, str(each.file))
                for each in (*waiting, *self._refused.values())
            ]

    def send_due(self) -> None:
        """Send what waits, if it is time."""
        self._try_all([draft for draft in list(self._by_path.values()) if draft.is_to_send and _is_due(draft)])

    def send_all(self) -> None:
        """Send what waits, at the end; the next mount tells of what cannot be sent."""
        self._try_all([draft for draft in list(self._by_path.values()) if draft.waits_since or not draft.handles])

    def _try_all(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            with contextlib.suppress(UraniborgError, OSError):
                self.send(draft)
        with self._lock:
            self._settle()

    def put_aside(self, path: str) -> str | None:
        """Let a draft, if somebody has it open, be where no path leads, never to be sent: its file is removed.

        Returns
        -------
        str or None
            Where it is from now on.
        """
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

    def move(self, old: str, new: str) -> None:
        """Let a draft be at another path, and be sent to that one."""
        with self._lock:
            draft = self._by_path.pop(old, None)
            if draft is None:
                return
            self._by_path[new] = draft
        draft.move(self._root + new)

    def below(self, path: str) -> list[str]:
        """Name the paths of drafts below a folder."""
        return [other for other in list(self._by_path) if other.startswith(f"{path}/")]

    def names_in(self, path: str) -> set[str]:
        """Name the drafts in a folder."""
        return {name for parent, _, name in (other.rpartition("/") for other in list(self._by_path)) if parent == path}

    def _is_in_a_row(self, path: str) -> bool:
        """Count that a file is lengthened; the lock is held."""
        count, at = self._lengthened.pop(path, (0, 0.0))
        now = time.monotonic()
        count = count + 1 if now - at < IN_A_ROW_S else 1
        self._lengthened[path] = (count, now)
        if len(self._lengthened) > REMEMBERED:
            self._lengthened.popitem(last=False)
        return count > IN_A_ROW

    def _settle(self) -> None:
        """Of what nobody has open, let go of what is sent, and keep aside what was refused; the lock is held."""
        for path, draft in list(self._by_path.items()):
            if draft.handles or (draft.is_to_send and not draft.is_refused):
                continue
            del self._by_path[path]
            if draft.is_to_send and not (draft.is_blank and draft.path in self._refused):
                self._forget_refused(draft.path)  # who tries again and again is not to fill this disk
                self._refused[draft.path] = draft
            else:
                draft.discard()

    def _forget_refused(self, path: str) -> None:
        """Remove what was refused at a path before, as something newer takes its place; the lock is held."""
        before = self._refused.pop(path, None)
        if before is not None:
            before.discard()


def _is_due(draft: Draft) -> bool:
    now = time.monotonic()
    if now < draft.rests_until:
        return False
    if draft.waits_since:
        return now - draft.written_at >= OVER_S or now - draft.waits_since >= AT_MOST_S
    return not draft.handles
