"""How many examples a property is tried on."""

from __future__ import annotations

from hypothesis import settings

__all__ = ["tried_on"]

# What the profile of whole runs has, which is hypothesis' own number.
USUAL_EXAMPLES = 100


def tried_on(count: int) -> settings:
    """Try a property on as many examples in a whole run, and on its share of them in a run of the profile ``quick``."""
    return settings(max_examples=max(3, count * settings.default.max_examples // USUAL_EXAMPLES))
