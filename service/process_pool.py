"""Processes for work that would keep the event loop waiting; they end with the process that began them."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import ParamSpec, TypeVar

__all__ = ["ProcessPool"]

P = ParamSpec("P")
R = TypeVar("R")

# What is imported once, before the first of them is forked off.
PRELOADED = ["service.derivation", "service.satellite_process", "service.view_process"]


def _serve_parent(niceness: int) -> None:
    """Begin a process: it ends when its parent says so, or is gone."""
    os.nice(niceness)
    # A terminal's Ctrl-C reaches the whole group; the parent decides when its processes end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def leave() -> None:
        # A killed parent says nothing, and one who waits for its work would wait for ever.
        if (parent := multiprocessing.parent_process()) is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=leave, daemon=True).start()


class ProcessPool:
    """Worker processes that are made anew when one of them dies (out of memory, say).

    Parameters
    ----------
    processes : int
        How many at the most; each is begun when it is needed.
    niceness : int
        How much others come first: 0 for what somebody waits for, 10 for what is done behind them.
    """

    def __init__(self, processes: int, *, niceness: int = 0) -> None:
        self.processes, self._niceness = processes, niceness
        self._executor = self._make()

    async def run(self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do something in one of the processes.

        Raises
        ------
        BrokenProcessPool
            The process ended meanwhile; `renew` the pool.
        """
        # Work that is first of a process waits until it has begun, which takes a second: in a thread.
        return await asyncio.wrap_future(await asyncio.to_thread(self._executor.submit, do, *args, **kwargs))

    def _make(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        return ProcessPoolExecutor(
            self.processes, mp_context=context, initializer=_serve_parent, initargs=(self._niceness,)
        )

    def renew(self) -> None:
        """Leave the processes to themselves, and begin others."""
        self.close()
        self._executor = self._make()

    def close(self) -> None:
        """Let the processes end when they have done what they are at."""
        self._executor.shutdown(wait=False, cancel_futures=True)
