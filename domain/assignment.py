"""A guest's nights: from when to when a visiting observer has a telescope."""

from __future__ import annotations

from datetime import date, datetime

from domain.errors import InvalidInput
from domain.night import Night, bounds

__all__ = ["control_period"]

LONGEST_NIGHTS = 3660  # ten years; who stays longer has an open end


def control_period(first: date, last: date | None, time_zone: str) -> tuple[datetime, datetime | None]:
    """Tell from when to when a guest controls a telescope: local noon of the first night to local noon after the last.

    Parameters
    ----------
    first, last : date
        Evening dates of the first and last night; ``last`` is None for an open end.
    time_zone : str
        The site's IANA zone.

    Returns
    -------
    tuple of (datetime, datetime or None)
        UTC; the second moment is the first one without control.

    Raises
    ------
    InvalidInput
        The last night is before the first, or too far behind it.
    """
    begin, _ = bounds(Night(first), time_zone)
    if last is None:
        return begin, None
    if not 0 <= (last - first).days < LONGEST_NIGHTS:
        raise InvalidInput("The last night is the first one or later; leave it out for an open end.")
    _, end = bounds(Night(last), time_zone)
    return begin, end
