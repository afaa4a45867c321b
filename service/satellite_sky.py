"""Who knows the satellites: a process of its own that keeps the catalogue at hand, so that answers cost milliseconds.

SGP4 holds the interpreter's lock: computed here, a night's passes would keep every other request waiting.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from domain.errors import Conflict, StoreUnavailable
from service.satellite_tasks import CatalogueKey, NeedsCatalogue, Question, WarmUp, answer
from service.standby_pool import StandbyPool
from storage import satellite_store
from storage.database import Database

__all__ = ["NoCatalogue", "SatelliteSky"]

log = structlog.get_logger("uraniborg.satellites")

SLOT = timedelta(hours=6)
"Questions about one stretch of so long share a catalogue: that nearest in epoch to the stretch's middle."
MOST_WAITING = 64


class NoCatalogue(Conflict):
    code = "no-satellite-catalogue"
    title = "There is no catalogue of satellites"


class SatelliteSky:
    """The door to that process; it is begun with the first question, and anew should it die."""

    def __init__(self) -> None:
        self._pool = StandbyPool(1, "What computes satellites")
        self._waiting = 0

    async def ask(self, database: Database, question: Question, *, about: datetime | None) -> Any:
        """Ask a question, and wait for the answer.

        Parameters
        ----------
        about : datetime or None
            The moment whose nearest element sets are meant; None where none are needed.

        Raises
        ------
        NoCatalogue
            No element sets were ever imported.
        StoreUnavailable
            Too many wait already, or the process died twice.
        """
        key = None if about is None else await self._key(database, about)
        if self._waiting >= MOST_WAITING:
            raise StoreUnavailable("Too many questions about satellites wait already; try again in a moment.")
        self._waiting += 1
        try:
            found = await self._pool.run(answer, question, key)
            if isinstance(found, NeedsCatalogue):
                assert key is not None
                async with database.transaction() as connection:
                    columns = await satellite_store.nearest_sets(connection, key.nearest_to)
                found = await self._pool.run(answer, question, key, columns)
            return found
        finally:
            self._waiting -= 1

    async def warm_up(self, database: Database) -> None:
        """Make the present catalogue ready, so that the first question waits for nothing; without one, do nothing."""
        try:
            await self.ask(database, WarmUp(), about=datetime.now(UTC))
        except NoCatalogue:
            return
        except Exception as error:  # whoever asks something will be told
            log.warning("no satellites made ready", reason=type(error).__name__, exc_info=error)

    def close(self) -> None:
        """End the process."""
        self._pool.close()

    async def _key(self, database: Database, about: datetime) -> CatalogueKey:
        async with database.transaction() as connection:
            version = await satellite_store.catalogue_version(connection)
        if version is None:
            raise NoCatalogue(
                "There are no element sets of satellites here yet. Ask the operator of this service to import some:"
                " uraniborg-server satellites import FILE."
            )
        day = about.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return CatalogueKey(version, day + (about - day) // SLOT * SLOT + SLOT / 2)
