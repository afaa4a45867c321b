"""A worker's signs of life: that it is there, and how many jobs it has in its hands."""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog

from domain.errors import ObservatoryError
from storage import worker_store
from storage.database import Database
from storage.ids import new_id

__all__ = ["SIGN_S", "WorkerSigns"]

log = structlog.get_logger("uraniborg.worker")

SIGN_S = 10.0
FORGOTTEN_AFTER = timedelta(days=1)  # until then an operator sees that it fell silent


class WorkerSigns:
    """What one worker tells of itself."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._id = new_id()
        self._jobs = 0

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """Count a job as long as the block lasts."""
        self._jobs += 1
        try:
            yield
        finally:
            self._jobs -= 1

    async def show_until(self, stop: asyncio.Event) -> None:
        """Give a sign every ten seconds; one that cannot be given is left out, since jobs matter more."""
        while not stop.is_set():
            try:
                async with self._database.transaction() as connection:
                    await worker_store.note_worker(
                        connection, self._id, host=platform.node()[:200], process=os.getpid(), jobs=self._jobs
                    )
                    await worker_store.forget_workers(connection, datetime.now(UTC) - FORGOTTEN_AFTER)
            except ObservatoryError as error:
                log.warning("worker gives no sign", reason=error.detail)
            try:
                async with asyncio.timeout(SIGN_S):
                    await stop.wait()
            except TimeoutError:
                continue

    async def take_leave(self) -> None:
        """Be forgotten, as who ends as it should."""
        try:
            async with self._database.transaction() as connection:
                await worker_store.take_leave(connection, self._id)
        except ObservatoryError as error:
            log.warning("worker could not take leave", reason=error.detail)
