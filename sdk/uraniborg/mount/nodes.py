"""Numbers by which the kernel knows paths, for as long as it remembers them."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from uraniborg.mount import wire

__all__ = ["Nodes"]


_NEVER = object()


class _Node:
    __slots__ = ("looked_up", "number", "path", "version")

    def __init__(self, number: int, path: str) -> None:
        self.number, self.path = number, path
        self.looked_up = 0
        self.version: object = _NEVER
        "What was opened last: pages that the kernel holds are of that."


class Nodes:
    """Paths by number, and numbers by path."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        root = _Node(wire.ROOT, "/")
        self._by_number, self._by_path = {wire.ROOT: root}, {"/": root}
        self._next = wire.ROOT + 1

    def path(self, number: int) -> str:
        """Tell the path of a number that the kernel was given."""
        return self._by_number[number].path

    def look_up(self, path: str) -> int:
        """Give a path its number, and count that the kernel knows it."""
        return self.look_up_all([path])[0]

    def look_up_all(self, paths: Iterable[str]) -> list[int]:
        """Give each of many paths its number, and count that the kernel knows it."""
        numbers = []
        with self._lock:
            for path in paths:
                node = self._by_path.get(path)
                if node is None:
                    node = self._by_path[path] = self._by_number[self._next] = _Node(self._next, path)
                    self._next += 1
                node.looked_up += 1
                numbers.append(node.number)
        return numbers

    def forget(self, number: int, count: int) -> None:
        """Count down how often the kernel looked a number up; it asks for it no more when that comes to nothing."""
        with self._lock:
            node = self._by_number.get(number)
            if node is None or number == wire.ROOT:
                return
            node.looked_up -= count
            if node.looked_up <= 0:
                del self._by_number[number]
                if self._by_path.get(node.path) is node:
                    del self._by_path[node.path]

    def move(self, old: str, new: str) -> None:
        """Let everything at a path be at another one."""
        with self._lock:
            self._by_path.pop(new, None)
            for path in [path for path in self._by_path if path == old or path.startswith(f"{old}/")]:
                node = self._by_path.pop(path)
                node.path = new + path[len(old) :]
                self._by_path[node.path] = node

    def remove(self, path: str) -> None:
        """Let a path be free for something else; who has the old open keeps it."""
        with self._lock:
            self._by_path.pop(path, None)

    def is_untouched(self, number: int) -> bool:
        """Tell whether this was never opened, since the kernel knows it."""
        node = self._by_number.get(number)
        return node is not None and node.version is _NEVER

    def opened(self) -> list[int]:
        """List the numbers of all that was opened since the kernel knows it: of these it may hold pages."""
        with self._lock:
            return [node.number for node in self._by_number.values() if node.version is not _NEVER]

    def is_unchanged(self, number: int, version: object) -> bool:
        """Tell whether this was opened the last time, too; from now on it was. None: it is something else each time."""
        node = self._by_number.get(number)
        if node is None:
            return False
        same, node.version = node.version == version and version is not None, version
        return same
