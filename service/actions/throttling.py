"""Limits on guessing and on mail: how often something may fail, or be asked for, within a while."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import TooManyAttempts
from storage import people_store

__all__ = ["Allowance", "check_allowances", "count_against", "forget_counts"]


class Allowance(msgspec.Struct, frozen=True):
    """At most so many within a window. ``about`` names what is counted, such as ``second-factor:<account>``."""

    about: str
    most: int
    window_s: int = 900

    @property
    def key(self) -> str:
        return hashlib.sha256(self.about.encode()).hexdigest()


async def check_allowances(connection: AsyncConnection, *allowances: Allowance) -> None:
    """Refuse when one is used up; until the transaction ends, nobody else is told of these.

    What takes long is tried between two transactions: the first refuses whoever has used theirs up, the second asks
    again before anything is told of the outcome, and counts it. Those who came at once learn no more than in a row.

    Raises
    ------
    TooManyAttempts
    """
    for each in sorted(allowances, key=lambda allowance: allowance.key):  # in one order, as they are locked
        if await people_store.failures(connection, [each.key], window_s=each.window_s) >= each.most:
            raise TooManyAttempts(
                f"Too many attempts: wait {each.window_s // 60} minutes and try again.", retry_after_s=each.window_s
            )


async def count_against(connection: AsyncConnection, *allowances: Allowance) -> None:
    """Count one for each; the transaction must be committed, also when what was tried is refused."""
    for each in sorted(allowances, key=lambda allowance: allowance.key):
        await people_store.count_failure(connection, [each.key], window_s=each.window_s)


async def forget_counts(connection: AsyncConnection, *allowances: Allowance) -> None:
    """Begin to count anew."""
    await people_store.clear_failures(connection, [each.key for each in allowances])
