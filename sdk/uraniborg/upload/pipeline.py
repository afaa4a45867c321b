"""An upload from end to end: files are found and digested while others are announced, sent and completed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from uraniborg.errors import UraniborgError
from uraniborg.settings import cache_folder
from uraniborg.upload.digests import Changed, Memory, digest_file
from uraniborg.upload.gate import Gate
from uraniborg.upload.ledger import CHANGED, Item, Ledger
from uraniborg.upload.progress import Reporter
from uraniborg.upload.report import FileFate, Progress, UploadReport
from uraniborg.upload.sender import PATIENCE_S, Sender
from uraniborg.upload.terms import Terms
from uraniborg.upload.transfers import LARGE_BYTES, Transfers
from uraniborg.upload.waiting import wait_for_ingest
from uraniborg.upload.walk import Found, printable, walk

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["Pipeline"]

HASHERS = 2
HASHED_AT_ONCE, HASHED_AT_ONCE_BYTES = 16, 4 * 1024**2
HASHED_AHEAD = 4  # times as many
FIRST_BATCH_FILES, BATCH_FILES, BATCH_BYTES = 64, 1000, 256 * 1024**2  # small at first, so that sending begins early
BATCH_AGE_S = 0.5
ROUNDS = 4  # a file whose bytes did not arrive as announced is tried again in the next one


class Pipeline:
    """One upload.

    Parameters
    ----------
    client : Client
        Stays open.
    terms : Terms
        What belongs to all files.
    progress : callable, optional
        Told how far it is.
    folder : str
        In which folder of the service the files are kept.
    fate : callable, optional
        Told of each file's fate as soon as it is known, from any thread.
    pace : callable, optional
        Asked before a number of bytes goes over the line; waits until it may.
    exact : bool
        Send only the very content that was found: what changed since fails with the code ``changed``.
    patience_s : float
        How long the store may be away, in each of a few rounds.
    """

    def __init__(
        self,
        client: Client,
        terms: Terms,
        *,
        progress: Callable[[Progress], None] | None = None,
        fate: Callable[[FileFate], None] | None = None,
        pace: Callable[[int], None] | None = None,
        follow_symlinks: bool = False,
        folder: str = "",
        exact: bool = False,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._folder = f"{folder.rstrip('/')}/" if folder.rstrip("/") else ""
        self._client, self._organisation, self._follow = client, terms.organisation, follow_symlinks
        self._reporter = Reporter(progress, fate)
        self._ledger = Ledger(self._reporter, ROUNDS, exact=exact)
        self._memory = Memory(cache_folder() / "digests.sqlite")
        self._gate = Gate(line=self._memory.find_line(client.url))
        self._sender = Sender(self._gate, self._reporter.sent, pace, patience_s=patience_s)
        self._transfers = Transfers(client, terms, self._ledger, self._sender, self._memory)
        self._hashing = ThreadPoolExecutor(HASHERS, "uraniborg-hash")

    def run(self, paths: list[Path], *, wait: bool = False) -> UploadReport:
        """Send everything; see `Client.upload`."""
        telling = self._reporter.telling(walk(paths, follow_symlinks=self._follow))
        return self._run(walk(paths, follow_symlinks=self._follow), telling, wait=wait)

    def send(self, found: Sequence[Found]) -> UploadReport:
        """Send files that were found before."""
        return self._run(found, self._reporter.telling(found))

    @property
    def sent_bytes(self) -> int:
        """How many bytes went over the line by now."""
        return self._reporter.progress.sent_bytes

    @property
    def breaks(self) -> list[float]:
        """When the line broke, by the monotonic clock."""
        return list(self._gate.breaks)

    def stop(self, reason: BaseException) -> None:
        """End it from another thread: `run` or `send` raises the reason."""
        self._ledger.abort(reason)
        self._sender.stop()

    def _run(
        self, found: Iterable[Found | FileFate], telling: AbstractContextManager[None], *, wait: bool = False
    ) -> UploadReport:
        started = time.monotonic()
        with telling:
            try:
                items: Iterable[Item] = self._take_on(found)
                while items := self._round(items):
                    pass
            except BaseException as error:
                self._ledger.abort(error)
                self._sender.stop()
                if isinstance(error, UraniborgError):
                    error.report = self._report(started)
                raise
            finally:
                self._hashing.shutdown(wait=True, cancel_futures=True)
                self._transfers.close()
                self._sender.close()
                if (line := self._gate.learnt()) is not None:
                    self._memory.keep_line(self._client.url, line)
                self._memory.close()
            report = self._report(started)
            if wait:
                wait_for_ingest(self._client, self._organisation, report, self._reporter)
        report.seconds = time.monotonic() - started
        self._reporter.finish()
        return report

    def _report(self, started: float) -> UploadReport:
        fates = self._ledger.fates
        return UploadReport(
            files=[_shown(fates[index]) for index in sorted(fates)],
            sent_bytes=self._reporter.progress.sent_bytes,
            jobs=list(self._transfers.jobs),
            seconds=time.monotonic() - started,
        )

    def _take_on(self, found: Iterable[Found | FileFate]) -> Iterator[Item]:
        for index, one in enumerate(found):
            one.path = self._folder + one.path
            if isinstance(one, FileFate):
                self._ledger.note(index, one)
            else:
                yield Item(one, index)

    def _round(self, items: Iterable[Item]) -> list[Item]:
        """Bring files to their fates; returns those to be tried again."""
        batch: list[Item] = []
        limit, batch_bytes, begun_at = FIRST_BATCH_FILES, 0, 0.0
        for item in self._digested(items):
            begun_at = begun_at if batch else time.monotonic()
            batch.append(item)
            batch_bytes += item.identity.size_bytes
            if len(batch) >= limit or batch_bytes >= BATCH_BYTES or time.monotonic() - begun_at > BATCH_AGE_S:
                self._transfers.add(batch)
                limit, batch, batch_bytes = BATCH_FILES, [], 0
        if batch:
            self._transfers.add(batch)
        return self._ledger.settle()

    def _digested(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield the files in their order, digested by threads that are a little ahead."""
        window: deque[Future[list[Item]]] = deque()
        source = iter(items)
        while True:
            while len(window) < HASHED_AHEAD and (some := self._take(source)):
                window.append(self._hashing.submit(self._digest_some, some))
            if not window:
                return
            yield from window.popleft().result()

    def _take(self, source: Iterator[Item]) -> list[Item]:
        """Take some small files, or a larger one: handing each over alone would cost more than digesting it."""
        taken: list[Item] = []
        size_bytes = 0
        while len(taken) < HASHED_AT_ONCE and size_bytes < HASHED_AT_ONCE_BYTES:
            item = next(source, None)
            if item is None:
                break
            self._ledger.enter()
            taken.append(item)
            size_bytes += item.identity.size_bytes
        return taken

    def _digest_some(self, items: list[Item]) -> list[Item]:
        return [item for item in items if self._digest(item)]

    def _digest(self, item: Item) -> bool:
        """Find an item's digest, but a large file's only if it is remembered; tells whether it can go on."""
        item.digest = self._memory.find(item.identity)
        if item.digest is not None or item.identity.size_bytes >= LARGE_BYTES:
            return True
        try:
            item.digest, identity, content = digest_file(item.found)
            if self._ledger.exact and identity != item.identity:
                raise Changed(CHANGED)
            item.found.identity = identity
        except Changed as error:
            self._ledger.fail(item, "changed", str(error))
        except OSError as error:
            self._ledger.fail_reading(item, error)
        else:
            self._memory.keep(item.identity, item.digest)
            if content is not None:
                self._ledger.hold(item, content)
            return True
        return False


def _shown(fate: FileFate) -> FileFate:
    """Have a fate's source printable: a folder above the files may have any name."""
    source = printable(fate.source)
    # Another one: whoever is told of fates as they come knows the file by its source.
    return fate if source == fate.source else msgspec.structs.replace(fate, source=source)
