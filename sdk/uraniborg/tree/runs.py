"""Runs of blocks on their way, and who waits for them."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable

__all__ = ["Block", "Gathering", "Run", "requests_of", "runs_of"]

Block = tuple[memoryview, int]
"""Bytes where they lie, and their CRC32C."""


class Run:
    """Consecutive blocks of a content that come together, whether or not somebody waits for them."""

    __slots__ = ("_waiting", "count", "first", "is_urgent")

    def __init__(self, first: int, count: int, is_urgent: bool) -> None:
        self.first, self.count, self.is_urgent = first, count, is_urgent
        self._waiting: list[Gathering] = []

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for it."""
        return bool(self._waiting)

    def wait(self, gathering: Gathering) -> None:
        """Have somebody told of what becomes of it; not once it is settled."""
        self._waiting.append(gathering)

    def settle(self, result: list[Block] | BaseException) -> None:
        """Tell all who wait what came, or what went wrong."""
        for gathering in self._waiting:
            try:
                gathering.have(self, result)
            except Exception:  # of one of them: the others are told, too
                traceback.print_exc()


class Gathering:
    """Blocks that are wanted together, and come from several sides.

    Parameters
    ----------
    done : callable
        Called once, with the bytes of all, or with what went wrong.
    """

    def __init__(self, first: int, count: int, done: Callable[[list[memoryview] | BaseException], None]) -> None:
        self.found: dict[int, Block] = {}
        self._first, self._count, self._done = first, count, done
        self._awaited: set[Run] = set()
        self._lock = threading.Lock()
        self._left = 1  # the last is `begun`
        self._failure: BaseException | None = None

    def await_(self, run: Run) -> None:
        """Wait for a run; whoever calls sees to it that it is not settled meanwhile."""
        if run not in self._awaited:
            self._awaited.add(run)
            self._left += 1
            run.wait(self)

    def begun(self) -> None:
        """Note that there is nothing more to wait for."""
        self._count_down()

    def have(self, run: Run, result: list[Block] | BaseException) -> None:
        """Take what has become of a run."""
        if isinstance(result, BaseException):
            self._failure = result
        else:
            self.found.update(enumerate(result, run.first))
        self._count_down()

    def _count_down(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left:
                return
        if self._failure is not None:
            self._done(self._failure)
        else:
            self._done([self.found[block][0] for block in range(self._first, self._first + self._count)])


def runs_of(blocks: list[int]) -> list[tuple[int, int]]:
    """Bring ascending numbers together: the first and the count of each run."""
    runs: list[tuple[int, int]] = []
    for block in blocks:
        if runs and block == runs[-1][0] + runs[-1][1]:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((block, 1))
    return runs


def requests_of(runs: list[Run], most: int) -> list[list[Run]]:
    """Bring runs together that are one behind the other and equally urgent, at most so many blocks of them."""
    requests: list[list[Run]] = []
    for run in runs:
        last = requests[-1] if requests else []
        follows = last and (last[-1].first + last[-1].count, last[-1].is_urgent) == (run.first, run.is_urgent)
        if follows and sum(each.count for each in last) + run.count <= most:
            last.append(run)
        else:
            requests.append([run])
    return requests
