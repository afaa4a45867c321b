"""The folder ``.uraniborg`` of a mount: what it is, how it is doing, and why something is missing."""

from __future__ import annotations

import contextlib
import errno
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from uraniborg.errors import UraniborgError
from uraniborg.mount.drafts import Unsent
from uraniborg.told import errno_of
from uraniborg.tree import Entry, Tree

__all__ = ["FOLDER", "Explaining", "answered"]

FOLDER = "/.uraniborg"
NOTED = 200
README = """This folder shows what you may read at {url}.

me                      your own files, which nobody else sees; written as those of teams
team/<team>/files       files of your teams; what you write here becomes a new version when the file is closed
team/<team>/datasets    datasets that are shared with a team
org/<organisation>      nights and datasets of observatories
packages                what was published

status.json             whether the service answers, and what is kept on this disk
unsent.txt              what you wrote and the service does not have yet
why.txt                 what was missing or refused last, and why
"""
UNSENT = """What was closed and is not in the tree yet. It is sent when the service answers and has room for it.
What was refused is not tried again: copy it to where it may be. The next mount tells of what this one leaves.

"""
WHY = """What is not in a folder is not there, or you may not see it: the service does not tell the two apart.
Files under embargo are left out for people outside the organisation. Folders are looked at again after a minute.

"""


class Explaining:
    """Makes the files of that folder whenever they are opened.

    Parameters
    ----------
    unsent : callable
        Lists what was closed and is not sent.
    """

    def __init__(self, tree: Tree, unsent: Callable[[], list[Unsent]]) -> None:
        self._tree, self._unsent = tree, unsent
        self._began_at = time.time()
        self._notes: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def note(self, path: str, why: str) -> None:
        """Remember why something could not be had."""
        self._notes[path] = (time.time(), why)
        self._notes.move_to_end(path)
        while len(self._notes) > NOTED:
            self._notes.popitem(last=False)

    def list(self) -> dict[str, Entry]:
        """List the folder."""
        return {
            name: Entry(name, False, len(self.read(f"{FOLDER}/{name}") or b""), self._began_at)
            for name in ("README.txt", "status.json", "unsent.txt", "why.txt")
        }

    def find(self, path: str) -> Entry | None:
        """Find the folder, or a file in it."""
        if path == FOLDER:
            return Entry("", True)
        return self.list().get(path.removeprefix(f"{FOLDER}/")) if path.startswith(f"{FOLDER}/") else None

    def read(self, path: str) -> bytes | None:
        """Make a file; None for any other path."""
        match path.removeprefix(f"{FOLDER}/") if path.startswith(f"{FOLDER}/") else "":
            case "README.txt":
                return README.format(url=self._tree.client.url).encode()
            case "status.json":
                return (json.dumps(self._status(), indent=2) + "\n").encode()
            case "unsent.txt":
                lines = [_told(each) for each in self._unsent()]
                return (UNSENT + "".join(lines or ["All that was written is sent.\n"])).encode(errors="replace")
            case "why.txt":
                lines = [f"{_moment(at)}  {name}: {why}\n" for name, (at, why) in reversed(self._notes.items())]
                return (WHY + "".join(lines or ["Nothing was refused so far.\n"])).encode(errors="replace")
        return None

    def _status(self) -> dict[str, object]:
        cache, away, refusal = self._tree.contents.cache, self._tree.away_since, self._tree.refusal
        return {
            "service": self._tree.client.url,
            "mounted_at": _moment(self._began_at),
            "answers": away is None,
            "silent_since": _moment(away) if away else None,
            "refused": refusal.detail if refusal else None,
            "cache_folder": str(cache.folder),
            "cache_limit_bytes": cache.limit_bytes,
            "unsent_files": len(self._unsent()),
            "received_bytes": self._tree.contents.lines.received_bytes,
        }


def _told(unsent: Unsent) -> str:
    state = "was refused" if unsent.is_refused else "waits"
    what = f"{_moment(unsent.changed_at)}  {unsent.path} ({unsent.size_bytes:,} bytes) {state}: {unsent.why}"
    return f"{what}\n    {unsent.file}\n"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextlib.contextmanager
def answered(explaining: Explaining, path: str) -> Iterator[None]:
    """Tell the kernel what went wrong by its number, and whoever looks by what it says."""
    try:
        yield
    except UraniborgError as error:
        number = errno_of(error)
        if number != errno.ENOENT:
            explaining.note(path, error.detail)
        raise OSError(number, error.detail) from error
    except OSError as error:
        if error.errno != errno.ENOENT:
            explaining.note(path, str(error.strerror))
        raise
