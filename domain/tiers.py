"""Storage tiers: after how long files may lie where it costs less, and what comes of reading the archive."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.calendar_month import Month
from domain.errors import Conflict, InvalidInput
from domain.header import Problem
from domain.metering import GIB
from domain.money import Money, rounded

__all__ = ["ASLEEP", "Archived", "TierPolicy", "check_policy", "recall_price"]

Days = Annotated[int, Meta(ge=1, le=36500)]


class TierPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a dataset's files move: so many days after their exposure began, or after upload if they are no frames.

    Without days, they stay hot. A content that several files share lies in the hottest tier that any of them asks for;
    a file in several datasets asks for the hottest that their policies say; one without any asks for hot.
    """

    cool_after_days: Days | None = None
    archive_after_days: Days | None = None


ASLEEP = Problem(
    "in-archive", "It lies in the archive: what is known of it stays, and is derived again when it can be read."
)


class Archived(Conflict):
    code = "archived"
    title = "In the archive"


def check_policy(policy: TierPolicy, tiers: frozenset[str]) -> TierPolicy:
    """Return a policy that makes sense, and for which the object store has the tiers.

    Raises
    ------
    InvalidInput
    """
    wanted = {"cool": policy.cool_after_days, "archive": policy.archive_after_days}
    for tier, days in wanted.items():
        if days is not None and tier not in tiers:
            raise InvalidInput(f"This service has no {tier} tier; it has: {', '.join(sorted(tiers))}.")
    cool, archive = wanted.values()
    if cool is not None and archive is not None and archive <= cool:
        raise InvalidInput("The archive comes after the cool tier: name more days for it.")
    return policy


def recall_price(
    size_bytes: int, stay: timedelta, month: Month, hot: Fraction, archive: Fraction, currency: str
) -> Money:
    """Compute what it costs at most that bytes of the archive lie hot for a while: the difference of the prices.

    Parameters
    ----------
    hot, archive : Fraction
        For a GiB-month, in the currency's major unit.
    """
    stay_us = stay // timedelta(microseconds=1)
    months = Fraction(size_bytes * stay_us, GIB * month.length_us)
    return rounded(months * max(hot - archive, Fraction(0)), currency)
