"""Who looks into frames: processes of their own, so that a tile being cut keeps no other request waiting."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import structlog

from domain.errors import Conflict, StoreUnavailable
from service.standby_pool import StandbyPool
from service.view_tasks import Stored, Unviewable, ViewQuestion, look

__all__ = ["ImageRoom", "NotViewable"]

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger("uraniborg.images")

PROCESSES = 2
WARM_UP_AFTER_S = 5.0
"When a service that has just started has answered who waited for it."
MOST_WAITING = 256
"A viewer that opens asks for some twenty tiles at once."


class NotViewable(Conflict):
    code = "hdu-not-viewable"
    title = "This HDU cannot be shown that way"


class ImageRoom:
    """The door to those processes; they are begun with the first question, and anew should one die."""

    def __init__(self) -> None:
        self._pool = StandbyPool(PROCESSES, "What looks into frames")
        self._waiting = 0

    async def ask(self, stored: Stored, question: ViewQuestion) -> Any:
        """Ask a question, and wait for the answer.

        Raises
        ------
        NotViewable
            There is nothing to show, or too much.
        StoreUnavailable
            Too many wait already, or a process died twice over this.
        """
        found = await self.run(look, stored, question)
        if isinstance(found, Unviewable):
            raise NotViewable(found.reason, hdu=question.unit)
        return found

    async def run(self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do something in one of the processes.

        Raises
        ------
        StoreUnavailable
            Too many wait already, or a process died twice over this.
        """
        if self._waiting >= MOST_WAITING:
            raise StoreUnavailable("Too many frames are looked into already; try again in a moment.")
        self._waiting += 1
        try:
            return await self._pool.run(do, *args, **kwargs)
        finally:
            self._waiting -= 1

    async def warm_up(self, stop: asyncio.Event) -> None:
        """Begin the processes a while after the start, so that the first picture waits for nothing."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), WARM_UP_AFTER_S)
        if not stop.is_set() and not self._pool.has_begun:
            try:
                await self._pool.run(look, Stored(None, "", 0, ""), None)
            except Exception as error:  # whoever asks something will be told
                log.warning("no pictures made ready", reason=type(error).__name__, exc_info=error)

    def close(self) -> None:
        """End the processes."""
        self._pool.close()
