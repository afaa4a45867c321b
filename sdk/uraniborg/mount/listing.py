"""What is in a folder, packed as the kernel wants it: as many entries as there is room for at a time."""

from __future__ import annotations

from collections.abc import Iterable, Set

from uraniborg.mount import wire
from uraniborg.mount.operations import Attributes

__all__ = ["Fitting", "fitting", "with_attributes", "without_attributes"]

Fitting = tuple[bytes, int, str, Attributes | None]
"Name as it is sent, length of the padded name, name, and what is told of it."


def fitting(listed: Iterable[tuple[str, Attributes | None]], size: int, head: int, written: Set[str]) -> list[Fitting]:
    """Take entries as long as they fit.

    Parameters
    ----------
    size, head : int
        Bytes that there is room for; bytes of an entry before its name.
    written : set of str
        Files that are being written. Of them nothing is told, and the kernel asks by itself: it would append at the
        end that it is told of here.
    """
    found: list[Fitting] = []
    for name, attributes in listed:
        encoded = name.encode()
        padded = -(-(wire.DIRENT.size + len(encoded)) // 8) * 8 - wire.DIRENT.size
        size -= head + padded
        if size < 0:
            break
        found.append((encoded, padded, name, None if name in written else attributes))
    return found


def without_attributes(entries: Iterable[Fitting], at: int) -> bytearray:
    """Pack names and kinds.

    Parameters
    ----------
    at : int
        How many entries came before.
    """
    given = bytearray()
    for number, (encoded, padded, name, it) in enumerate(entries, at + 1):
        given += wire.DIRENT.pack(wire.UNKNOWN, number, len(encoded), _kind(name, it)) + encoded.ljust(padded, b"\0")
    return given


def with_attributes(
    entries: Iterable[Fitting], at: int, nodes: Iterable[int], owner: tuple[int, int], holds_s: int
) -> bytearray:
    """Pack names with all that is told of them.

    Parameters
    ----------
    nodes : iterable of int
        Their numbers, of those of which something is told.
    holds_s : int
        How long that is good for.
    """
    given, numbers, (user, group) = bytearray(), iter(nodes), owner
    for place, (encoded, padded, name, it) in enumerate(entries, at + 1):
        if it is None:
            given += bytes(wire.ENTRY.size + wire.ATTR.size)
            given += wire.DIRENT.pack(wire.UNKNOWN, place, len(encoded), _kind(name, it))
        else:
            node = next(numbers)
            seconds, nanoseconds = divmod(it.changed_ns, 10**9)
            given += wire.LISTED.pack(
                node, 0, holds_s, holds_s, 0, 0,
                node, it.size_bytes, -(-it.size_bytes // 512), seconds, seconds, seconds,
                nanoseconds, nanoseconds, nanoseconds, it.mode, it.links, user, group, 0, 4096, 0,
                node, place, len(encoded), it.mode >> 12,
            )  # fmt: skip
        given += encoded.ljust(padded, b"\0")
    return given


def _kind(name: str, attributes: Attributes | None) -> int:
    """Tell a folder from a file; where nothing is told, all are files but the folder itself and that above it."""
    if attributes is not None:
        return attributes.mode >> 12
    return 0o04 if name in (".", "..") else 0o10
