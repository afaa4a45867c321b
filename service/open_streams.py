"""How many streams are open: of each account, and of all."""

from __future__ import annotations

import time
from collections import defaultdict
from uuid import UUID

from domain.errors import TooManyAttempts

__all__ = ["OpenStreams"]

MOST_OF_ONE, MOST_OF_ALL = 10, 500


class OpenStreams:
    """Counts streams that are open in this process; one whose end nobody told counts until it must have ended."""

    def __init__(self) -> None:
        self._ends: defaultdict[UUID, dict[int, float]] = defaultdict(dict)
        self._number = 0

    def open(self, account_id: UUID, *, longest_s: float) -> int:
        """Count a stream of an account; returns its number.

        Raises
        ------
        TooManyAttempts
            The account has ten, or the service as many as it keeps.
        """
        now = time.monotonic()
        for each in list(self._ends):
            kept = {number: end for number, end in self._ends[each].items() if end > now}
            self._ends[each] = kept
            if not kept:
                del self._ends[each]
        if len(self._ends.get(account_id, {})) >= MOST_OF_ONE or sum(map(len, self._ends.values())) >= MOST_OF_ALL:
            raise TooManyAttempts("Too many streams are open: close one, or wait.", retry_after_s=60)
        self._number += 1
        self._ends[account_id][self._number] = now + longest_s
        return self._number

    def close(self, account_id: UUID, number: int) -> None:
        """Count a stream no longer."""
        self._ends[account_id].pop(number, None)
