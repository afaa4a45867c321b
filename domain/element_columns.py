"""Element sets in columns: as they are stored and handed on by the thousand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.element_set import ElementSet

__all__ = ["ELEMENT_COLUMNS", "ElementColumns", "columns_of", "element_sets_of"]

ELEMENT_COLUMNS: tuple[str, ...] = ElementSet.__struct_fields__
ElementColumns = tuple[list[Any], ...]
"A list for each of the columns, all of one length."


def columns_of(sets: Sequence[ElementSet]) -> dict[str, list[Any]]:
    """Turn element sets into columns, by name."""
    return {name: [getattr(one, name) for one in sets] for name in ELEMENT_COLUMNS}


def element_sets_of(columns: ElementColumns) -> list[ElementSet]:
    """Make element sets of columns, which stand in the order of ``ELEMENT_COLUMNS``."""
    return [ElementSet(**dict(zip(ELEMENT_COLUMNS, row, strict=True))) for row in zip(*columns, strict=True)]
