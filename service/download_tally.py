"""Downloads, gathered in memory and written together: who asks for a file's bytes waits for no row of this."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from uuid import UUID

import structlog

from storage.database import Database
from storage.receipt_store import FileTaken, add_dataset_downloads
from storage.usage_store import EgressCount, add_egress

__all__ = ["DownloadTally", "keep_tally"]

log = structlog.get_logger("uraniborg.downloads")

FLUSH_S = 3.0
MOST = 100_000  # kept while the database is away; what comes beyond is not counted
NOBODY = UUID(int=0)


class DownloadTally:
    """Files and bytes asked for since the last writing. A crash loses a few seconds of counts, and no download.

    Bytes are those asked for: of a signed address the whole file, once each time one is signed to begin a download,
    since an object store does not tell what was fetched from there; of what the service sends itself, the range.
    """

    def __init__(self) -> None:
        self._taken: dict[UUID, list[FileTaken]] = defaultdict(list)
        self._count = 0
        self._bytes: dict[UUID, Counter[tuple[date, UUID]]] = defaultdict(Counter)
        self._turn = asyncio.Lock()  # who has written knows that all that was noted before is in the database

    def note(self, organisation_id: UUID, file_id: UUID, account_id: UUID) -> None:
        """Count a file whose bytes somebody asked for."""
        if self._count < MOST:
            self._count += 1
            self._taken[organisation_id].append(FileTaken(file_id, account_id, datetime.now(UTC)))

    def note_bytes(self, organisation_id: UUID, account_id: UUID | None, size_bytes: int) -> None:
        """Count bytes that somebody asked for, or nobody known, as leaving the organisation today (UTC)."""
        self._bytes[organisation_id][datetime.now(UTC).date(), account_id or NOBODY] += size_bytes

    async def write(self, database: Database) -> None:
        """Write what was gathered; what cannot be written now is kept for the next time."""
        async with self._turn:
            await self._write(database)

    async def _write(self, database: Database) -> None:
        taken, self._taken, self._count = self._taken, defaultdict(list), 0
        for organisation_id in list(taken):
            try:
                async with database.transaction(organisation=organisation_id) as connection:
                    await add_dataset_downloads(connection, organisation_id, taken[organisation_id])
            except BaseException:
                for kept_id, kept in taken.items():
                    self._taken[kept_id][:0] = kept
                    self._count += len(kept)
                raise
            del taken[organisation_id]
        for organisation_id in list(self._bytes):
            counts = self._bytes.pop(organisation_id)
            try:
                async with database.transaction(organisation=organisation_id) as connection:
                    rows = [EgressCount(day, account, size) for (day, account), size in counts.items() if size]
                    await add_egress(connection, organisation_id, rows)
            except BaseException:
                self._bytes[organisation_id].update(counts)
                raise


async def keep_tally(tally: DownloadTally, database: Database, stop: asyncio.Event) -> None:
    """Write every few seconds until told to stop, and once more then."""
    while True:
        try:
            async with asyncio.timeout(FLUSH_S):
                await stop.wait()
        except TimeoutError:
            pass
        try:
            await tally.write(database)
        except Exception as error:  # the database is away: it is kept
            log.warning("downloads are not counted yet", reason=type(error).__name__, exc_info=error)
        if stop.is_set():
            return
