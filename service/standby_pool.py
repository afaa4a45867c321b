"""Processes for questions that somebody waits for: begun with the first question, and anew should one die."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from domain.errors import StoreUnavailable
from service.process_pool import ProcessPool

__all__ = ["StandbyPool"]

P = ParamSpec("P")
R = TypeVar("R")


class StandbyPool:
    """Worker processes that a question finds there, and that it is put to twice before it is given up.

    Parameters
    ----------
    processes : int
    does : str
        What they do, for who asked in vain: "What computes satellites".
    """

    def __init__(self, processes: int, does: str) -> None:
        self._processes, self._does = processes, does
        self._pool: ProcessPool | None = None

    @property
    def has_begun(self) -> bool:
        """Whether anything was asked since the start."""
        return self._pool is not None

    async def run(self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do something in one of the processes.

        Raises
        ------
        StoreUnavailable
            A process died twice over it.
        """
        for attempt in (1, 2):
            if self._pool is None:
                self._pool = ProcessPool(self._processes)
            pool = self._pool
            try:
                return await pool.run(do, *args, **kwargs)
            except BrokenProcessPool as error:
                if self._pool is pool:
                    pool.renew()
                if attempt == 2:
                    raise StoreUnavailable(f"{self._does} broke down; try again in a moment.") from error
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End the processes; another question begins them again."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None
