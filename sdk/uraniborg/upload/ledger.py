"""The books of one upload: which files are under way, what became of the others, what ends it all."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from uraniborg.upload.digests import Digest
from uraniborg.upload.progress import Reporter
from uraniborg.upload.report import FileFate, State
from uraniborg.upload.walk import Found, Identity, identity_of

__all__ = ["CHANGED", "Item", "Ledger"]

IN_FLIGHT = 2500  # files between being found and having a fate: what memory holds
HELD_BYTES = 64 * 1024**2  # contents of small files between being digested and being sent
CHANGED = "It changed since it was found."


class Item(msgspec.Struct):
    """A file on its way, numbered in the order it was found."""

    found: Found
    index: int
    digest: Digest | None = None
    content: bytes | None = None
    was_too_large: bool = False
    "For the line, in pieces as large as they were."
    is_another: bool = False
    "Than one that looks the same, of which parts were on their way."

    @property
    def identity(self) -> Identity:
        """Of the content that is announced."""
        return self.found.identity


class Ledger:
    """Keeps count of an upload's files; safe to use from all of its threads.

    Parameters
    ----------
    reporter : Reporter
        Told of each fate.
    rounds : int
        How often a file is tried.
    exact : bool
        Whether only the content that was found may be sent: a file that changed since fails, and is not tried again.
    """

    def __init__(self, reporter: Reporter, rounds: int, *, exact: bool = False) -> None:
        self.exact = exact
        self.fates: dict[int, FileFate] = {}
        self.failure: BaseException | None = None
        self._reporter = reporter
        self._rounds_left = rounds - 1
        self._again: list[Item] = []
        self._in_flight = 0
        self._held_bytes = 0
        self._changed = threading.Condition()

    def enter(self) -> None:
        """Count a file as under way, once there is room; raises what ended the upload."""
        with self._changed:
            while self._in_flight >= IN_FLIGHT and self.failure is None:
                self._changed.wait()
            if self.failure is not None:
                raise self.failure
            self._in_flight += 1

    def settle(self) -> list[Item]:
        """Wait until nothing is under way; returns what is to be tried again. Raises what ended the upload."""
        with self._changed:
            while self._in_flight and self.failure is None:
                self._changed.wait()
            if self.failure is not None:
                raise self.failure
            again, self._again = self._again, []
            self._rounds_left -= 1
            return again

    def abort(self, failure: BaseException) -> None:
        """End the upload."""
        with self._changed:
            self.failure = self.failure or failure
            self._changed.notify_all()

    def done(self, item: Item, state: State, file: str | None) -> None:
        """A file is stored, or its content was known."""
        self._end(item, state, file=file)

    def fail(self, item: Item, code: str, reason: str) -> None:
        """A file cannot be stored."""
        self._end(item, "failed", code=code, reason=reason)

    def fail_reading(self, item: Item, error: OSError) -> None:
        """A file cannot be read."""
        self.fail(item, "unreadable", f"It cannot be read: {error.strerror or error}.")

    def retry(self, item: Item, code: str, reason: str) -> None:
        """Try a file once more in the next round, as it is by then."""
        if self._rounds_left <= 0:
            self.fail(item, code, reason)
            return
        try:
            identity = identity_of(os.stat(item.found.source))  # noqa: PTH116
        except OSError as error:
            self.fail_reading(item, error)
            return
        if self.exact and identity != item.identity:
            self.fail(item, "changed", CHANGED)
            return
        self.drop(item)
        found = Found(item.found.source, item.found.path, identity)
        self._again.append(Item(found, item.index, was_too_large=item.was_too_large, is_another=item.is_another))
        self._leave()

    @property
    def has_another_round(self) -> bool:
        """Whether what goes wrong now is tried again."""
        return self._rounds_left > 0

    def note(self, index: int, fate: FileFate) -> None:
        """Note the fate of something that never was under way."""
        self.fates[index] = fate
        self._reporter.ended(fate)

    def hold(self, item: Item, content: bytes) -> None:
        """Keep a file's content until it is sent, if there is room."""
        with self._changed:
            if self._held_bytes + len(content) <= HELD_BYTES:
                self._held_bytes += len(content)
                item.content = content

    def drop(self, item: Item) -> None:
        """Let a file's content go."""
        with self._changed:
            if item.content is not None:
                self._held_bytes -= len(item.content)
                item.content = None

    def _leave(self) -> None:
        with self._changed:
            self._in_flight -= 1
            # Only the caller's thread waits, and only for these.
            if self._in_flight in (0, IN_FLIGHT - 1):
                self._changed.notify_all()

    def submit(self, pool: ThreadPoolExecutor, work: Callable[..., None], *arguments: object) -> None:
        """Have work done in a pool; what it raises ends the upload."""

        def guarded() -> None:
            try:
                if self.failure is None:
                    work(*arguments)
            except BaseException as error:
                self.abort(error)

        try:
            pool.submit(guarded)
        except RuntimeError:
            if self.failure is None:  # pools close early only behind a failure
                raise

    def _end(self, item: Item, state: State, *, file: str | None = None, code: str = "", reason: str = "") -> None:
        fate = FileFate(
            source=item.found.source,
            path=item.found.path,
            state=state,
            size_bytes=item.identity.size_bytes,
            file=file,
            code=code,
            reason=reason,
        )
        self.drop(item)
        self.note(item.index, fate)
        self._leave()
