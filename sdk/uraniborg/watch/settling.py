"""The second look: files that were found are at rest and whole, or wait on."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping

import msgspec

from uraniborg.upload.walk import Identity
from uraniborg.watch.journal import Entry, Folder, Journal
from uraniborg.watch.look import look_at
from uraniborg.watch.rules import Rules
from uraniborg.watch.whole import what_is_missing

__all__ = ["PATIENCE_S", "Settling", "again_after", "is_same"]

PATIENCE_S = 900.0  # then a file that is at rest is sent as it is: a frame cut short is data, too
FIRST_AGAIN_S, LATEST_AGAIN_S = 5.0, 3600.0


def again_after(attempts: int) -> float:
    """Choose after how many seconds to try again: longer each time, half of it by chance."""
    longest: float = min(FIRST_AGAIN_S * 2.0 ** min(attempts, 20), LATEST_AGAIN_S)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311


def is_same(one: Identity, other: Identity) -> bool:
    """Tell whether two looks saw the same content; the device's number changes when a share is mounted again."""
    return msgspec.structs.replace(one, device=0) == msgspec.structs.replace(other, device=0)


class Settling:
    """Looks at files that are due.

    Parameters
    ----------
    journal : Journal
    folders : mapping of int to Folder
        By id.
    rules : Rules
    rest_s : float
        How long a file must not change.
    once : bool
        The agent does not stay: what has not changed for long by the file's own clock is not waited for.
    clock : callable
        As the journal's.
    """

    def __init__(
        self,
        journal: Journal,
        folders: Mapping[int, Folder],
        rules: Rules,
        *,
        rest_s: float,
        once: bool = False,
        follow_symlinks: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal, self._folders, self._rules, self._clock = journal, folders, rules, clock
        self._rest_s, self._once, self._follow = rest_s, once, follow_symlinks

    def look_again(self) -> int:
        """Look at what is due; returns how many files there were."""
        entries = self._journal.due()
        found = _Found()
        for entry in entries:
            self._judge(entry, found)
        if entries:
            self._journal.settle(**msgspec.structs.asdict(found), rest_s=self._rest_s)
        return len(entries)

    def _judge(self, entry: Entry, found: _Found) -> None:
        folder = self._folders[entry.folder]
        try:
            identity = look_at(folder.path, entry.path, follow_symlinks=self._follow)
            if identity is None:
                found.gone.append(entry)
            elif self._rules.treatment(os.fsdecode(entry.path).replace(os.sep, "/")).skip:
                found.skipped.append(entry)
            elif not is_same(identity, entry.identity):
                found.changed.append((entry, identity))
            elif (missing := self._missing(folder, entry)) and not self._is_given_up(entry):
                found.unfinished.append((entry, missing))
            else:
                found.ready.append(entry)
        except OSError as error:
            reason = f"It cannot be read: {error.strerror or error}."
            found.failed.append((entry, "unreadable", reason, again_after(entry.attempts)))

    def _missing(self, folder: Folder, entry: Entry) -> str:
        return what_is_missing(os.path.join(folder.path, entry.path))  # noqa: PTH118

    def _is_given_up(self, entry: Entry) -> bool:
        if entry.state == "failed" or self._clock() - entry.rest_at >= PATIENCE_S:
            return True
        return self._once and time.time() - entry.identity.mtime_ns / 1e9 > PATIENCE_S


class _Found(msgspec.Struct):
    ready: list[Entry] = []
    changed: list[tuple[Entry, Identity]] = []
    unfinished: list[tuple[Entry, str]] = []
    skipped: list[Entry] = []
    gone: list[Entry] = []
    failed: list[tuple[Entry, str, str, float]] = []
