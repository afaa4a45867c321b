"""Rules of datasets: which frames join an open dataset by themselves."""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.errors import Conflict, InvalidInput
from domain.facts import FrameType

__all__ = ["DatasetClosed", "DatasetRule", "EmptyRule", "check_rule"]

Text = Annotated[str, Meta(min_length=1, max_length=200)]


class DatasetClosed(Conflict):
    code = "dataset-closed"
    title = "The dataset is closed"


class EmptyRule(InvalidInput):
    code = "empty-rule"
    title = "The rule names nothing"


class DatasetRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Frames that match every member given join by themselves, as long as the dataset is open.

    ``object`` is compared without regard to case; ``filter`` with it, since r and R are two filters.
    """

    telescope: Annotated[str, Meta(min_length=1, max_length=64, description="Slug of a telescope.")] | None = None
    night: Annotated[datetime.date, Meta(description="Evening date of the night at the site.")] | None = None
    object: Text | None = None
    frame_type: FrameType | None = None
    filter: Text | None = None


def check_rule(rule: DatasetRule) -> DatasetRule:
    """Return the rule if it narrows anything down.

    Raises
    ------
    EmptyRule
        Every frame would match.
    """
    if rule == DatasetRule():
        raise EmptyRule(f"A rule needs at least one of {', '.join(DatasetRule.__struct_fields__)}.")
    return rule
