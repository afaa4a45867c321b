"""Waiting between attempts: longer each time, partly by chance, and not forever."""

from __future__ import annotations

import random
import time

__all__ = ["Patience"]

LONGEST_DELAY_S = 8.0


class Patience:
    """How long something may fail before it is given up.

    Parameters
    ----------
    patience_s : float
        From now, or from the last `renew`.
    first_delay_s : float
        About how long the first wait is.
    """

    def __init__(self, patience_s: float, *, first_delay_s: float = 0.2) -> None:
        self._patience_s, self._first_delay_s = patience_s, first_delay_s
        self.renew()

    def renew(self) -> None:
        """Begin anew, since there was progress."""
        self._deadline = time.monotonic() + self._patience_s
        self._attempts = 0

    def prolong(self, seconds: float) -> None:
        """Do not count a time in which nothing failed."""
        self._deadline += seconds

    def limit(self, patience_s: float) -> None:
        """Have at most so much left."""
        self._deadline = min(self._deadline, time.monotonic() + patience_s)

    def wait(self, told_s: float | None = None) -> bool:
        """Wait before another attempt; False, at once, if that would take too long.

        Parameters
        ----------
        told_s : float, optional
            How long one was told to wait.
        """
        # Half of it by chance, so that many clients do not come back at the same moment.
        delay_s = min(self._first_delay_s * 2.0**self._attempts, LONGEST_DELAY_S) * random.uniform(0.5, 1.0)  # noqa: S311
        self._attempts += 1
        delay_s = delay_s if told_s is None else told_s
        if time.monotonic() + delay_s > self._deadline:
            return False
        time.sleep(delay_s)
        return True
