"""Work on a disk: here and now while that is quick, else in threads; faults of the system become ours."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from domain.errors import ObservatoryError
from storage.object_faults import from_os_error

__all__ = ["Disk"]

# A small file is written in 0.1 to 0.3 ms. One that took this long, or several that took long between them, had to wait
# for the disk; any one may have waited for a processor or the journal, and says nothing.
_LONG_S = 0.100
_LONG_ON_AVERAGE_S = 0.005
_AVERAGED = 32
_WARY_S = 5.0
_KEPT_FREE_BYTES = 1024**3

P = ParamSpec("P")
R = TypeVar("R")


class Disk:
    """Where the blocking work of a local store is done.

    Parameters
    ----------
    folder : Path
        Of the objects: where it is gone, the store is, and not one object of it.
    max_workers : int
        Threads.

    Attributes
    ----------
    summing : ThreadPoolExecutor
        Apart, so that summing up large files does not keep uploads waiting.
    """

    def __init__(self, folder: Path, max_workers: int) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(max_workers, thread_name_prefix="objects")
        self.summing = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="digests")
        self._is_slow_until = self._average_s = 0.0

    @property
    def is_quick(self) -> bool:
        """Whether it has been quick of late: calling a thread would take longer than waiting for it."""
        return time.monotonic() >= self._is_slow_until

    def room_bytes(self) -> int | None:
        """Tell how much more may be written: what is free, less what the database may need, which may lie here too.

        None where the file system does not say, as some of networks do not.
        """
        usage = shutil.disk_usage(self._folder)
        return max(usage.free - min(_KEPT_FREE_BYTES, usage.total // 50), 0) if usage.total else None

    def need_room(self, size_bytes: int) -> None:
        """Raise OSError when there is no room for so many bytes, before any of them is written."""
        room_bytes = self.room_bytes()
        if room_bytes is not None and size_bytes > room_bytes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def run(self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do blocking work in a thread."""
        return await self._run_in(self._pool, do, *args, **kwargs)

    async def sum_up(self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do what reads large files from end to end, in a thread of those apart."""
        return await self._run_in(self.summing, do, *args, **kwargs)

    async def run_short(self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do what takes a healthy disk less time than calling a thread, which is 0.1 ms.

        Here and now, as long as that is so. After one that took long, in threads for a while: everybody else waits
        for what is done here.
        """
        if not self.is_quick:
            return await self.run(do, *args, **kwargs)
        with self.here():
            return do(*args, **kwargs)

    @contextlib.contextmanager
    def here(self) -> Iterator[None]:
        """Do what the block does here and now, for callers who ask `is_quick` before; how long it takes is noted."""
        began = time.monotonic()
        try:
            yield
        except OSError as error:
            raise self._translated(error) from error
        finally:
            self._note(began)

    async def close(self) -> None:
        """Finish what was begun, and let the threads go."""
        for pool in (self._pool, self.summing):
            await asyncio.to_thread(pool.shutdown)

    def _note(self, began: float) -> None:
        took = (ended := time.monotonic()) - began
        self._average_s += (took - self._average_s) / _AVERAGED
        if took > _LONG_S or self._average_s > _LONG_ON_AVERAGE_S:
            self._is_slow_until, self._average_s = ended + _WARY_S, 0.0

    async def _run_in(self, pool: ThreadPoolExecutor, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, lambda: do(*args, **kwargs))
        except OSError as error:
            raise self._translated(error) from error

    def _translated(self, error: OSError) -> ObservatoryError:
        # Where the whole store is gone, no object is absent.
        gone = isinstance(error, FileNotFoundError) and not self._folder.is_dir()
        return from_os_error(OSError(errno.ENODEV, "") if gone else error)
