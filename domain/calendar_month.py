"""Calendar months, UTC: what is billed, and how long each of them is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import total_ordering

import msgspec

from domain.errors import InvalidInput

__all__ = ["EPOCH", "Month", "microseconds", "months_between"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Count the microseconds since 1970, UTC, exactly."""
    return (moment - EPOCH) // MICROSECOND


@total_ordering
class Month(msgspec.Struct, frozen=True):
    """One month of a year, from midnight UTC of its first day to that of the next month's."""

    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> Month:
        """Find the month that holds a moment."""
        at = moment.astimezone(UTC)
        return cls(at.year, at.month)

    @classmethod
    def read(cls, text: str) -> Month:
        """Read ``2026-11``; raises InvalidInput for anything else."""
        match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text, re.ASCII)
        if match is None:
            raise InvalidInput(f"A month looks like 2026-11, and not like {text[:20]!r}.")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __lt__(self, other: Month) -> bool:
        return (self.year, self.month) < (other.year, other.month)

    @property
    def begin(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        return self.next.begin

    @property
    def next(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> Month:
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def length_us(self) -> int:
        """Microseconds from its begin to its end."""
        return (self.end - self.begin) // MICROSECOND


def months_between(begin: datetime, end: datetime) -> list[Month]:
    """List the months that have a part in ``[begin, end)``."""
    months = []
    month = Month.of(begin)
    while month.begin < end:
        months.append(month)
        month = month.next
    return months
