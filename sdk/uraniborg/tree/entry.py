"""What lies at a path of the tree, as the service tells it."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["Entry", "as_entry", "clean", "is_that_file"]


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A file or folder. A folder has neither size nor checksum, and its time is 0: Unix time in seconds."""

    name: str
    is_folder: bool
    size_bytes: int = 0
    changed_at: float = 0.0
    sha256: str = ""
    id: str = ""


def is_that_file(path: str, items: list[Any]) -> bool:
    """Tell whether a listing is of the path itself, which is a file."""
    return len(items) == 1 and items[0].kind == "file" and items[0].name == path.rpartition("/")[2]


def as_entry(item: Any) -> Entry:
    """Take it from a reply."""
    return Entry(
        item.name,
        item.kind == "folder",
        item.size_bytes,
        item.changed_at.timestamp() if item.changed_at else 0.0,
        item.sha256 or "",
        str(item.id) if item.id else "",
    )


def clean(path: str) -> str:
    """Write a path in the one way by which it is remembered."""
    if path[:1] == "/" and "//" not in path and "/." not in path and path[-1] != "/":  # as nearly all are
        return path
    return "/" + "/".join(step for step in path.split("/") if step not in ("", "."))
