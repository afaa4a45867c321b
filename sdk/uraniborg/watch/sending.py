"""Batches of ready files through the upload pipeline, and each file's fate into the journal as soon as it is known."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from uraniborg.errors import NotConfigured, NotSignedIn, ServiceFault, TooManyAttempts, UraniborgError
from uraniborg.upload.gate import MOST_BREAKS, breaks_every_s
from uraniborg.upload.pipeline import Pipeline
from uraniborg.upload.report import FileFate
from uraniborg.upload.terms import Terms
from uraniborg.upload.walk import Found, path_problem
from uraniborg.watch.journal import Entry, Fate, Folder, Journal
from uraniborg.watch.look import look_at
from uraniborg.watch.pace import Pace
from uraniborg.watch.rules import Rules, Treatment
from uraniborg.watch.settling import again_after, is_same

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["Sending", "Stopped", "Under"]

BATCH_FILES, BATCH_BYTES, BATCH_S = 1000, 64 * 1024**2, 30.0
FIRST_RATE_BYTES_PER_S = 100e3  # of a line that nothing is known of yet
MEASURED_S = 5.0  # before that a batch tells nothing of the line
NOTE_EVERY_S, NOTE_EVERY = 0.25, 200
# What concerns all files, whoever they are: they wait, none of them failed.
FOR_ALL = (ServiceFault, TooManyAttempts, NotSignedIn, NotConfigured)


class Stopped(Exception):
    """The agent is to end."""


class Under(msgspec.Struct):
    """What is being sent at the moment."""

    files: int = 0
    size_bytes: int = 0
    done_files: int = 0
    done_bytes: int = 0
    sent_bytes: int = 0


class Sending:
    """Takes files from the journal and sends them; used by one thread.

    Parameters
    ----------
    client : Client
    organisation : str
    journal : Journal
    folders : mapping of int to Folder
        By id.
    rules : Rules
    pace : Pace
    rest_s : float
        How long a file that changed meanwhile must be at rest again.
    newest_first : bool
        Send what was written last first, in batches that a thin line has done in half a minute.
    """

    def __init__(
        self,
        client: Client,
        organisation: str,
        journal: Journal,
        folders: Mapping[int, Folder],
        rules: Rules,
        pace: Pace,
        *,
        rest_s: float,
        follow_symlinks: bool = False,
        newest_first: bool = False,
    ) -> None:
        self._newest_first, self._rate_bytes_per_s = newest_first, FIRST_RATE_BYTES_PER_S
        self._client, self._organisation, self._journal = client, organisation, journal
        self._folders, self._rules, self._pace = folders, rules, pace
        self._rest_s, self._follow = rest_s, follow_symlinks
        self._lock = threading.Lock()
        self._pipeline: Pipeline | None = None
        self._notes: _Notes | None = None
        self._stopped = False
        self._before_bytes = 0
        self._under = Under()
        self._sent_bytes = 0
        self._breaks: deque[float] = deque(maxlen=MOST_BREAKS)
        self._is_measured = False
        self._batch_from_bytes, self._batch_at = 0, 0.0

    def sent_bytes(self) -> int:
        """Tell how many bytes went over the line in all; from any thread."""
        with self._lock:
            return self._sent_bytes + (self._pipeline.sent_bytes if self._pipeline else 0)

    def rate_bytes_per_s(self) -> float:
        """Tell how fast the line was lately; from any thread."""
        return self._batch_rate_bytes_per_s() or self._rate_bytes_per_s

    def _batch_rate_bytes_per_s(self) -> float:
        """Tell how fast the batch under way is; 0: there is none, or it has just begun."""
        with self._lock:
            now = self._sent_bytes + (self._pipeline.sent_bytes if self._pipeline else 0)
            sent, elapsed_s = now - self._batch_from_bytes, time.monotonic() - self._batch_at
            is_under_way = bool(self._under.files)
        return sent / elapsed_s if is_under_way and elapsed_s > MEASURED_S else 0.0

    def breaks_every_s(self) -> float | None:
        """Tell how often the line breaks, if it did so lately; from any thread."""
        with self._lock:
            breaks = [*self._breaks, *(self._pipeline.breaks if self._pipeline else ())]
        return breaks_every_s(breaks, time.monotonic())

    def told_rate_bytes_per_s(self) -> float:
        """Tell how fast it sends; 0: it sends nothing, or nobody knows yet; from any thread."""
        with self._lock:
            before = self._rate_bytes_per_s if self._under.files and self._is_measured else 0.0
        return self._batch_rate_bytes_per_s() or before

    def under(self) -> Under | None:
        """Tell what is being sent; from any thread."""
        with self._lock:
            if not self._under.files:
                return None
            now = self._pipeline.sent_bytes if self._pipeline else 0
            return msgspec.structs.replace(self._under, sent_bytes=self._before_bytes + now)

    def flush(self) -> None:
        """Have the journal know what is known; from any thread."""
        with self._lock:
            notes = self._notes
        if notes is not None:
            notes.flush()

    def stop(self) -> None:
        """Break off; from any thread."""
        with self._lock:
            self._stopped = True
            if self._pipeline is not None:
                self._pipeline.stop(Stopped())

    def send_some(self) -> int:
        """Send a batch; returns how many files were taken.

        Raises
        ------
        UraniborgError
            The service takes nothing from anyone at the moment; all files without a fate wait.
        Stopped
        """
        limit = self._pace.limit()
        size_bytes = BATCH_BYTES if limit is None else min(BATCH_BYTES, int(limit * BATCH_S))
        if self._newest_first:  # what comes meanwhile is to wait for no more than is under way
            size_bytes = min(size_bytes, int(self._rate_bytes_per_s * BATCH_S))
        taken = self._journal.take(files=BATCH_FILES, size_bytes=size_bytes, newest_first=self._newest_first)
        begun, sent_before = time.monotonic(), self.sent_bytes()
        left = {entry.id: entry for entry in taken}
        with self._lock:
            self._under = Under(files=len(taken), size_bytes=sum(e.identity.size_bytes for e in taken))
            self._before_bytes = 0
            self._batch_from_bytes, self._batch_at = sent_before, begun
        try:
            for treatment, entries in self._by_treatment(taken).items():
                self._send(treatment, entries, left)
        finally:
            with self._lock:
                self._under = Under()
            if left:
                self._journal.release(left.values())
        if sent := self.sent_bytes() - sent_before:
            self._rate_bytes_per_s, self._is_measured = sent / (time.monotonic() - begun), True
        return len(taken)

    def _by_treatment(self, taken: list[Entry]) -> dict[Treatment, list[Entry]]:
        groups: dict[Treatment, list[Entry]] = {}
        for entry in taken:
            treatment = self._rules.treatment(os.fsdecode(entry.path).replace(os.sep, "/"))
            groups.setdefault(treatment, []).append(entry)
        return groups

    def _send(self, treatment: Treatment, entries: list[Entry], left: dict[int, Entry]) -> None:
        terms = Terms(
            organisation=self._organisation,
            telescope=treatment.telescope,
            instrument=treatment.instrument,
            dataset=treatment.dataset,
            frame_type=treatment.frame_type,
        )
        notes = self._notes = _Notes(self._journal, left, self._rest_s, self._count)
        of_source: dict[str, Entry] = {}
        found: list[Found] = []
        for entry in entries:
            if (one := self._found(entry, notes)) is not None:
                found.append(one)
                of_source[one.source] = entry
        if not found:
            notes.flush()
            return
        with self._lock:
            if self._stopped:
                raise Stopped
            self._pipeline = Pipeline(
                self._client,
                terms,
                fate=lambda fate: notes.add(of_source[fate.source], fate),
                pace=self._pace.wait if self._pace.limited else None,
                exact=True,
            )
        try:
            self._pipeline.send(found)
        except FOR_ALL:
            raise
        except UraniborgError as error:  # these terms are refused: the files of others go on
            code = error.type.rpartition("/")[2] or type(error).__name__.lower()
            for entry in [entry for entry in of_source.values() if entry.id in left]:
                notes.fail(entry, code, error.detail)
        finally:
            notes.flush()
            with self._lock:
                self._before_bytes += self._pipeline.sent_bytes
                self._sent_bytes += self._pipeline.sent_bytes
                self._breaks += self._pipeline.breaks
                self._pipeline = None

    def _found(self, entry: Entry, notes: _Notes) -> Found | None:
        folder = self._folders[entry.folder]
        path = folder.prefix + os.fsdecode(entry.path).replace(os.sep, "/")
        if problem := path_problem(path):
            notes.fail(entry, "bad-path", problem)
            return None
        try:
            identity = look_at(folder.path, entry.path, follow_symlinks=self._follow)
        except OSError as error:
            notes.fail(entry, "unreadable", f"It cannot be read: {error.strerror or error}.")
            return None
        if identity is None or not is_same(identity, entry.identity):
            notes.changed(entry)
            return None
        return Found(os.fsdecode(os.path.join(folder.path, entry.path)), path, identity)  # noqa: PTH118

    def _count(self, entry: Entry) -> None:
        with self._lock:
            self._under.done_files += 1
            self._under.done_bytes += entry.identity.size_bytes


class _Notes:
    """Fates on their way into the journal, some at a time: each transaction waits for the disk."""

    def __init__(self, journal: Journal, left: dict[int, Entry], rest_s: float, told: Callable[[Entry], None]) -> None:
        self._journal, self._left, self._rest_s, self._told = journal, left, rest_s, told
        self._fates: list[Fate] = []
        self._changed: list[Entry] = []
        self._flushed_at = time.monotonic()
        self._lock = threading.Lock()

    def add(self, entry: Entry, fate: FileFate) -> None:
        if fate.state in ("stored", "known"):
            self._note(Fate(entry=entry, stored=True, file=fate.file))
        elif fate.code == "changed":
            self.changed(entry)
        else:
            self.fail(entry, fate.code, fate.reason)

    def fail(self, entry: Entry, code: str, reason: str) -> None:
        self._note(Fate(entry=entry, stored=False, code=code, reason=reason, again_s=again_after(entry.attempts)))

    def changed(self, entry: Entry) -> None:
        with self._lock:
            self._left.pop(entry.id, None)
            self._changed.append(entry)

    def _note(self, fate: Fate) -> None:
        self._told(fate.entry)
        with self._lock:
            self._left.pop(fate.entry.id, None)
            self._fates.append(fate)
            is_due = len(self._fates) >= NOTE_EVERY or time.monotonic() - self._flushed_at > NOTE_EVERY_S
        if is_due:
            self.flush()

    def flush(self) -> None:
        with self._lock:
            fates, self._fates = self._fates, []
            changed, self._changed = self._changed, []
            self._flushed_at = time.monotonic()
        if fates:
            self._journal.end(fates)
        if changed:
            self._journal.unsettle(changed, rest_s=self._rest_s)
