"""Where files' bytes are, asked for many at a time and a little ahead of who downloads them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from uraniborg._generated.wire import FileAddresses
from uraniborg.errors import UraniborgError

if TYPE_CHECKING:
    from uraniborg.client import Client
    from uraniborg.download import Source

__all__ = ["Addresses", "is_likely_there"]

FIRST, MOST = 16, 500  # in one request; few at first, so that the first bytes come early
MOST_BYTES = 2 * 1024**3
GROWTH = 4
NEAR = 16  # files are not wanted strictly one behind the other
USED_UP_S = 30.0  # in which those of one request should be: they count as downloads, and do not live long
LEAST_S = 30.0  # however the clocks of service and client differ; the store has the last word
MARGIN_S = 5.0


class _Given(msgspec.Struct, frozen=True):
    """What the service answered: addresses by file, and until when they work, by the monotonic clock."""

    urls: dict[str, str]
    until_s: float


class _Batch:
    """Files asked for together, and how many of their addresses were taken."""

    def __init__(self, count: int, asked: Future[_Given]) -> None:
        self.count, self.asked = count, asked
        self.taken = 0
        self.begun_at = 0.0


class Addresses:
    """Gives the address of each of many files, in about the order in which they are told.

    How many are asked for at once follows how fast they are used, so that little is asked for in vain. Whatever has no
    address here is asked for alone, and its refusal says why. Safe to use from several threads.

    Parameters
    ----------
    client : Client
        Asks the service.
    sources : sequence of Source
        In the order in which they will be wanted.
    is_wanted : callable
        Tells of a source whether it is likely to be downloaded at all.
    """

    def __init__(self, client: Client, sources: Sequence[Source], is_wanted: Callable[[Source], bool]) -> None:
        self._client, self._is_wanted = client, is_wanted
        self._sources = [source for source in sources if source.file]
        self._places = {source.file: place for place, source in enumerate(self._sources)}
        self._next = 0
        self._limit = FIRST
        self._batches: dict[str, _Batch] = {}
        self._lock = threading.Lock()
        self._asking = ThreadPoolExecutor(1, "uraniborg-addresses")

    def close(self) -> None:
        """Ask for nothing any more."""
        self._asking.shutdown(wait=False, cancel_futures=True)

    def of(self, source: Source) -> Callable[[Client], str]:
        """Give what asks for a source's address: the first time the one at hand, then a new one each time."""

        def address(client: Client) -> str:
            return self._take(source) or source.address(client)

        return address if source.file else source.address

    def _take(self, source: Source) -> str:
        """Take the address at hand; empty where there is none."""
        with self._lock:
            if source.file not in self._batches and (place := self._places.get(source.file, -1)) >= self._next:
                self._next = max(self._next, place - NEAR)  # what lies before was not wanted
                self._ask_for_more()
            batch = self._batches.pop(source.file, None)
            if batch is None:
                return ""
            batch.taken += 1
            batch.begun_at = batch.begun_at or time.monotonic()
            if batch.taken == -(-batch.count // 2):
                self._adapt(batch)
                self._ask_for_more()
        try:
            given = batch.asked.result()
        except (UraniborgError, CancelledError):
            return ""
        return given.urls.get(source.file, "") if time.monotonic() < given.until_s else ""

    def _adapt(self, batch: _Batch) -> None:
        """Choose how many to ask for next by how long half of a batch took; the lock is held."""
        took_s = max(2 * (time.monotonic() - batch.begun_at), 0.001)
        self._limit = max(1, min(MOST, int(batch.count * min(GROWTH, USED_UP_S / took_s))))

    def _ask_for_more(self) -> None:
        """Ask for the next files' addresses, beside whoever downloads; the lock is held."""
        chosen: list[Source] = []
        size_bytes = 0
        while self._next < len(self._sources) and len(chosen) < self._limit and size_bytes < MOST_BYTES:
            source = self._sources[self._next]
            if chosen and source.organisation != chosen[0].organisation:
                break
            self._next += 1
            if source.file not in self._batches and self._is_wanted(source):
                chosen.append(source)
                size_bytes += source.size_bytes
        if chosen:
            files = [source.file for source in chosen]
            batch = _Batch(len(files), self._asking.submit(self._ask, files, chosen[0].organisation))
            self._batches |= dict.fromkeys(files, batch)

    def _ask(self, files: list[str], organisation: str | None) -> _Given:
        asked_at = time.monotonic()
        reply: FileAddresses = self._client.call(
            "read_file_addresses", organisation=organisation, body={"files": files}, safe_to_repeat=True
        )
        left_s = (reply.expires_at - datetime.now(UTC)).total_seconds()
        urls = {address.file: address.url for address in reply.addresses if address.url}
        return _Given(urls, asked_at + max(left_s, LEAST_S) - MARGIN_S)


def is_likely_there(folder: Path, source: Source) -> bool:
    """Tell whether a file need not be downloaded, at a glance: it lies at its place, and is as large."""
    try:
        return (folder / source.path).stat().st_size == source.size_bytes
    except (OSError, ValueError):
        return False
