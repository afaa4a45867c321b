"""Names in a mount that are made, changed and removed, whether or not somebody has open what they name."""

from __future__ import annotations

import contextlib
import errno
from weakref import WeakValueDictionary

from uraniborg import team_paths
from uraniborg.errors import UraniborgError
from uraniborg.mount.drafts import NOWHERE, Drafts
from uraniborg.mount.explaining import Explaining, answered
from uraniborg.mount.folders import Folders
from uraniborg.mount.opened import Look
from uraniborg.mount.trash import Sink, TrashFolder
from uraniborg.mount.writing import Draft
from uraniborg.tree import Reader, Tree

__all__ = ["Naming"]


class Naming:
    """A tree, or the part of it below `root`, in which names change; all raise OSError."""

    def __init__(self, tree: Tree, root: str, *, read_only: bool) -> None:
        self.tree, self.root, self.read_only = tree, root.rstrip("/"), read_only
        self._drafts = Drafts(tree, self.root)
        self.explaining = Explaining(tree, self._drafts.unsent)
        self.trash = TrashFolder()
        self._folders = Folders()
        self._readers: dict[int, Reader | Draft | Look | Sink | bytes] = {}
        "What is open, by handle."
        self._gone: WeakValueDictionary[str, Reader] = WeakValueDictionary()
        "Files that are no longer at their paths, as long as somebody reads them."

    def _full(self, path: str) -> str:
        return self.root + path if path != "/" else self.root or "/"

    def _is_writable(self, path: str) -> bool:
        if self.read_only:
            return False
        if path in self._drafts or self.trash.holds(path):
            return True
        try:
            team_paths.split(self._full(path))
        except OSError:
            return False
        return True

    def need_writable(self, path: str) -> None:
        """Refuse what cannot be written."""
        if not self._is_writable(path):
            raise OSError(errno.EROFS, "this cannot be written")

    def unlink(self, path: str) -> str | None:
        """Put a file into the team's trash.

        Returns
        -------
        str or None
            Where it is from now on for those who have it open; nobody else finds it.
        """
        self.need_writable(path)
        if self.trash.holds(path):
            self.trash.forget(path)
            return None
        draft = self._drafts.get(path)
        with answered(self.explaining, path), draft.lock if draft is not None else contextlib.nullcontext():
            reader = self._reader_of(path)
            if draft is None or self._is_stored(path, fresh=draft.handles > 0):  # what waits may be without a line
                team_paths.trash(self.tree.client, self._full(path))
                self.tree.forget(self._full(path))
            self._folders.leave(path)
            return self._put_aside(path, reader)

    def _reader_of(self, path: str) -> Reader | None:
        """Find who reads a file that is to be removed or replaced: it has its address now, or never."""
        for reader in list(self._readers.values()):
            if isinstance(reader, Reader) and reader.name == path:
                with contextlib.suppress(UraniborgError):
                    reader.address(False)
                return reader
        return None

    def _put_aside(self, path: str, reader: Reader | None) -> str | None:
        """Let what somebody has open at a path be where no path leads: something else will be there. Tells where."""
        aside = self._drafts.put_aside(path)
        if aside is None and reader is not None:
            aside = f"{NOWHERE}{id(reader)}"
            self._gone[aside] = reader
        return aside

    def _is_stored(self, path: str, *, fresh: bool = True) -> bool:
        return self.tree.find(self._full(path), fresh=fresh) is not None

    def mkdir(self, path: str) -> None:
        """Make a folder, which is there for others once a file is in it."""
        self.need_writable(path)
        self._folders.make(path)

    def rmdir(self, path: str) -> None:
        """Remove a folder with nothing in it."""
        self.need_writable(path)
        with answered(self.explaining, path):
            if self._is_stored(path) or self._folders.names_in(path) or self._drafts.names_in(path):
                raise OSError(errno.ENOTEMPTY, "there is something in it")
        self._folders.remove(path)

    def rename(self, old: str, new: str) -> str | None:
        """Give a file or folder another path; of a file that is there, it becomes the next version.

        Returns
        -------
        str or None
            Where the other file is from now on for those who have it open.
        """
        self.need_writable(old)
        self.need_writable(new)
        if self.trash.holds(new):
            self._trash(old)
            self.trash.forget(new)
            return None
        draft = self._drafts.get(old)
        is_known = draft is None and old not in self._folders  # to the service, and not here alone
        with answered(self.explaining, old), draft.lock if draft is not None else contextlib.nullcontext():
            reader = self._reader_of(new)
            if is_known or self._is_stored(old):
                if draft is not None:
                    self._drafts.send(draft)
                self._rename_stored(self._full(old), self._full(new))
            aside = self._put_aside(new, reader)
            for path in [old] * (draft is not None) + self._drafts.below(old):
                there = new + path[len(old) :]
                self._drafts.move(path, there)
        self._folders.move(old, new)
        self._folders.leave(old)
        self._folders.touch(new)
        return aside

    def _trash(self, path: str) -> None:
        """Put a file, or a folder with all below it, into the team's trash."""
        with answered(self.explaining, path):
            entry = self.tree.find(self._full(path), fresh=True)
            if path not in self._folders and (entry is None or not entry.is_folder):
                self.unlink(path)
                return
            for other in self._drafts.below(path):
                self._drafts.put_aside(other)
            if entry is not None:
                team_paths.trash(self.tree.client, self._full(path), is_folder=True)
                self.tree.forget(self._full(path))
        self._folders.remove(path)

    def _rename_stored(self, source: str, target: str) -> None:
        there = self.tree.find(target, fresh=True)
        if there is not None and not there.is_folder:
            self._replace(source, target)
        else:
            team_paths.move(self.tree.client, source, target)
        self.tree.forget(source)
        self.tree.forget(target)

    def _replace(self, source: str, target: str) -> None:
        """Make a file's content the next version of another, as programs do that write beside a file and rename."""
        draft = Draft(self.tree, target, is_changed=True)
        try:
            entry = self.tree.find(source)
            if entry is None:
                raise OSError(errno.ENOENT, "there is nothing of this name")
            reader = self.tree.open(source, entry)
            for offset in range(0, entry.size_bytes, 8 * 1024**2):
                draft.write(reader.read(offset, 8 * 1024**2), offset)
            draft.send()
            team_paths.trash(self.tree.client, source)
        finally:
            draft.discard()
