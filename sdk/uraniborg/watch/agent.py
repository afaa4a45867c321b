"""The agent: one thread that looks, one that sends, one that keeps watch over both; and one for previews, if asked."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from uraniborg.errors import UraniborgError
from uraniborg.upload.walk import printable
from uraniborg.watch.deleting import Deleting
from uraniborg.watch.events import Events
from uraniborg.watch.heartbeat import Heartbeat
from uraniborg.watch.journal import Folder, Journal
from uraniborg.watch.lock import AgentLock
from uraniborg.watch.look import Seen, look, look_at
from uraniborg.watch.pace import Pace, Window
from uraniborg.watch.places import journal_path, lock_path
from uraniborg.watch.previews import Previews
from uraniborg.watch.rules import Rules
from uraniborg.watch.sending import Sending, Stopped
from uraniborg.watch.settling import Settling
from uraniborg.watch.status import AgentStatus, read_status

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["Agent", "Plan"]

TICK_S = 1.0
LOOK_SHARE = 10  # looking through everything takes at most a part of the time
FIRST_DELAY_S, LONGEST_DELAY_S = 1.0, 30.0


class Plan(msgspec.Struct, kw_only=True):
    """What an agent is told to do.

    Attributes
    ----------
    folders : list of (path, prefix)
        What is watched, and what stands before its files' paths at the service.
    rest_s, poll_s : float
        How long a file must not change; how often everything is looked through, besides the file system's own word.
    limit_bytes_per_s, windows
        Of the line.
    newest_first : bool
        Send what was written last first, on a line that does not keep up.
    previews_first : bool
        Send previews of what waits, where it waits long.
    delete_after_days : float or None
        Delete files here which the service holds for so long; None for never.
    """

    name: str
    organisation: str
    folders: list[tuple[bytes, str]]
    rules: Rules
    telescope: str | None = None
    rest_s: float = 3.0
    poll_s: float = 10.0
    once: bool = False
    follow_symlinks: bool = False
    limit_bytes_per_s: float | None = None
    windows: list[Window] = []
    newest_first: bool = False
    previews_first: bool = False
    delete_after_days: float | None = None


class Agent:
    """One agent over some folders.

    Parameters
    ----------
    client : Client
        Stays open.
    plan : Plan
    tell : callable
        Gets what happens, in words, from any thread.

    Raises
    ------
    AlreadyRunning
        By `run`: another process is this agent.
    """

    def __init__(self, client: Client, plan: Plan, *, tell: Callable[[str], None] = lambda _: None) -> None:
        self._client, self._plan, self._tell = client, plan, tell
        self._path = journal_path(plan.name, client.url, plan.organisation)
        self._stop, self._wake, self._work = threading.Event(), threading.Event(), threading.Event()
        self._state = "looking"
        self._failure: UraniborgError | None = None
        self._last_error = ""
        self._deleting: Deleting | None = None

    def stop(self) -> None:
        """Have it end soon, from any thread or a signal's handler."""
        self._stop.set()
        self._wake.set()
        self._work.set()

    def status(self) -> AgentStatus | None:
        """Read what it does."""
        return read_status(self._path)

    def run(self) -> UraniborgError | None:
        """Work until told to stop, or, where it is to run once, until nothing is left that can be done now.

        Returns
        -------
        UraniborgError or None
            What made an agent that runs once give up.
        """
        plan = self._plan
        with AgentLock(lock_path(self._path)) as lock:
            journal = Journal(self._path)
            try:
                folders = {folder.id: folder for folder in journal.begin(plan.folders, rest_s=plan.rest_s)}
                journal.note(
                    name=plan.name, url=self._client.url, organisation=plan.organisation, since=time.time(),
                    last_error="", last_error_at=None, under=None, looking=True, rate_bytes_per_s=0.0,
                    poll_s=plan.poll_s,
                )  # fmt: skip
                for folder in folders.values():
                    if folder.prefix:
                        self._tell(f"Files of {printable(os.fsdecode(folder.path))} are kept under {folder.prefix}")
                self._run(lock, journal, folders)
            finally:
                journal.close()
        return self._failure

    def _run(self, lock: AgentLock, journal: Journal, folders: dict[int, Folder]) -> None:
        plan = self._plan
        pace = Pace(plan.limit_bytes_per_s, plan.windows, is_shared=plan.previews_first, stop=self._stop)
        sending = Sending(
            self._client, plan.organisation, journal, folders, plan.rules, pace,
            rest_s=plan.rest_s, follow_symlinks=plan.follow_symlinks, newest_first=plan.newest_first,
        )  # fmt: skip
        if plan.delete_after_days is not None:
            self._deleting = Deleting(
                self._client, plan.organisation, journal, folders, days=plan.delete_after_days,
                is_wanted_elsewhere=lambda: self._stop.is_set() or journal.count("ready") > 0,
            )  # fmt: skip
        events = {f.id: Events(os.fsdecode(f.path), self._wake.set, self._stop) for f in folders.values()}
        if not plan.once:
            for one in events.values():
                one.start()
        threads = [
            threading.Thread(target=self._send, args=(journal, sending), name="uraniborg-sender"),
            threading.Thread(target=self._keep, args=(lock, journal, sending, pace, events), name="uraniborg-keeper"),
        ]
        previews = Previews(
            self._client, plan.organisation, plan.name, journal, folders, pace,
            rate=sending.rate_bytes_per_s, stop=self._stop, follow_symlinks=plan.follow_symlinks,
        )  # fmt: skip
        if plan.previews_first:
            threads.append(threading.Thread(target=previews.run, name="uraniborg-previews"))
        for thread in threads:
            thread.start()
        try:
            self._look(journal, folders, events)
        finally:
            self.stop()
            sending.stop()
            for thread in threads:
                thread.join()
            previews.end()
            journal.note(under=None, looking=False)

    # Looking.

    def _look(self, journal: Journal, folders: dict[int, Folder], events: dict[int, Events]) -> None:
        plan, next_look_at = self._plan, 0.0
        settling = Settling(
            journal, folders, plan.rules,
            rest_s=plan.rest_s, once=plan.once, follow_symlinks=plan.follow_symlinks,
        )  # fmt: skip
        while not self._stop.is_set():
            self._wake.clear()
            try:
                hints = {one: listener.take() for one, listener in events.items()}
                if time.monotonic() >= next_look_at or None in hints.values():
                    begun = time.monotonic()
                    for folder in folders.values():
                        self._look_through(journal, folder)
                    took_s = time.monotonic() - begun
                    next_look_at = time.monotonic() + max(plan.poll_s, LOOK_SHARE * took_s)
                    journal.note(looking=False)
                else:
                    for one, places in hints.items():
                        self._look_where_told(journal, folders[one], places or set())
                while settling.look_again() and not self._stop.is_set():
                    self._work.set()
                if plan.once and self._is_over(journal):
                    return
                due_at = journal.next_due_at()
            except (OSError, sqlite3.Error) as error:  # the disk is full, or the like: it may pass
                self._complain(journal, f"{type(error).__name__}: {error}")
                due_at = time.monotonic() + TICK_S
            wait_s = min(next_look_at, due_at if due_at is not None else next_look_at) - time.monotonic()
            self._wake.wait(min(max(wait_s, 0.05), TICK_S if plan.once else plan.poll_s))

    def _look_through(self, journal: Journal, folder: Folder) -> None:
        troubles: list[str] = []
        try:
            found = look(folder.path, follow_symlinks=self._plan.follow_symlinks, troubles=troubles)
            journal.observe(folder, found, rest_s=self._plan.rest_s)
        except OSError as error:
            journal.note_folder(folder, missing=True, trouble=f"{error.strerror or error}")
        else:
            journal.note_folder(folder, missing=False, trouble="; ".join(troubles[:3]))

    def _look_where_told(self, journal: Journal, folder: Folder, hints: set[str]) -> None:
        for hint in hints:
            path = os.fsencode(os.path.relpath(hint, os.fsdecode(folder.path)))
            if path.startswith(b"..") or path == b"." or not self._is_inside(folder.path, path):
                continue
            try:
                identity = look_at(folder.path, path, follow_symlinks=self._plan.follow_symlinks)
                found = [Seen(path, identity)] if identity else look(
                    folder.path, path, follow_symlinks=self._plan.follow_symlinks
                )  # fmt: skip
                journal.observe(folder, found, rest_s=self._plan.rest_s)
            except OSError:
                continue  # gone again

    def _is_inside(self, folder: bytes, path: bytes) -> bool:
        """Tell whether a path goes through no link, if links are not to be followed."""
        while path and not self._plan.follow_symlinks:
            if os.path.islink(os.path.join(folder, path)):  # noqa: PTH114, PTH118
                return False
            path = os.path.dirname(path)  # noqa: PTH120
        return True

    def _is_over(self, journal: Journal) -> bool:
        is_deleting = self._deleting is not None and not self._deleting.is_done
        return not is_deleting and not journal.count("seen", "ready", "sending") and not journal.count_changing()

    # Sending.

    def _send(self, journal: Journal, sending: Sending) -> None:
        delay_s = FIRST_DELAY_S
        while not self._stop.is_set():
            self._work.clear()
            try:
                sent = sending.send_some()
                self._state, delay_s = "idle", FIRST_DELAY_S
                if sent:
                    self._last_error = ""
                    self._wake.set()
                elif self._deleting is not None and (gone := self._deleting.delete_some()):
                    self._tell(f"Deleted {gone:,} files here, which the service holds.")
                if not sent:
                    self._work.wait(TICK_S)
            except Stopped:
                return
            except Exception as error:  # whatever it is, the files stay where they are, and wait
                self._state = "waiting"
                if isinstance(error, UraniborgError):
                    self._complain(journal, error.detail)
                    if self._plan.once:
                        self._failure = error
                        self.stop()
                        return
                else:
                    self._complain(journal, f"{type(error).__name__}: {error}")
                # Half of it by chance: after a failure of the service all agents of the world come back.
                self._stop.wait(delay_s * random.uniform(0.5, 1.0))  # noqa: S311
                delay_s = min(2 * delay_s, LONGEST_DELAY_S)

    # Keeping watch.

    def _keep(self, lock: AgentLock, journal: Journal, sending: Sending, pace: Pace, events: dict[int, Events]) -> None:
        heart = Heartbeat(
            self._client, self._plan.organisation, self._plan.name, telescope=self._plan.telescope, once=self._plan.once
        )
        told: dict[str, object] = {}
        while True:
            stopping = self._stop.wait(TICK_S)
            lock.alive()
            with contextlib.suppress(OSError, sqlite3.Error):  # it is tried again in a moment
                sending.flush()
            under = sending.under()
            state = "stopped" if stopping else "sending" if under and self._state != "waiting" else self._state
            values: dict[str, object] = {
                "under": under,
                "rate_bytes_per_s": (rate := round(sending.told_rate_bytes_per_s())),
                "breaks_every_s": sending.breaks_every_s(),
                "limit_bytes_per_s": pace.limit(),
                "clock_offset_s": heart.clock_offset_s,
                "away_since": heart.away_since,
                "events": any(one.listening for one in events.values()),
            }
            try:
                if changed := {name: value for name, value in values.items() if told.get(name, told) != value}:
                    journal.note(**changed)
                    told |= changed
                if (stopping or heart.is_due(state, is_measured=rate > 0)) and (
                    status := read_status(self._path)
                ) is not None:
                    heart.report(status, state)
                if stopping:
                    heart.close()
            except (OSError, sqlite3.Error):
                pass  # it is tried again in a moment
            if stopping:
                return

    def _complain(self, journal: Journal, words: str) -> None:
        if words != self._last_error:
            self._last_error = words
            self._tell(words)
        try:
            journal.note(last_error=words, last_error_at=time.time())
        except (OSError, sqlite3.Error):
            pass  # it was told
