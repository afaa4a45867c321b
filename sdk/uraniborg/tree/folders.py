"""What is in the tree: folders by the catalogue, remembered for a minute, and addresses of bytes, many at a time."""

from __future__ import annotations

import base64
import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from uraniborg.errors import NotFound, ServiceUnavailable, UraniborgError
from uraniborg.patience import Patience
from uraniborg.tree.contents import Contents
from uraniborg.tree.entry import Entry, as_entry, clean, is_that_file
from uraniborg.tree.folder import Folder
from uraniborg.tree.reader import Address, Reader

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["Tree"]

PAGE = 10_000
FRESH_S = 60.0
KEPT_ENTRIES = 200_000
KEPT_ADDRESSES = 20_000
KEPT_FOUND = 10_000  # of what was looked up by itself
HURRIED_BYTES = 4 * 1024**2  # of one file that is likely to be read whole
AWAY_S = 10.0  # how long a service that did not answer is not asked again, where something is remembered


class Tree:
    """The tree of one service, as the one who is signed in sees it. Safe to use from several threads.

    Parameters
    ----------
    client : Client
        Whose service it is; stays open as long as the tree is used.
    contents : Contents, optional
        The way to the bytes; one with the user's cache is made when left out, and closed with the tree.
    patience_s : float, optional
        How long to wait for a service that does not answer what is in a folder; whoever wants bytes waits as long as
        for the object store.
    """

    def __init__(self, client: Client, contents: Contents | None = None, *, patience_s: float | None = None) -> None:
        self.client = client
        self.contents = contents or Contents()
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._folders: OrderedDict[str, Folder] = OrderedDict()
        self._count = 0
        self._addresses: OrderedDict[str, Address] = OrderedDict()
        self._asking = threading.Lock()
        self._listing: dict[str, threading.Lock] = {}
        self._looked: dict[str, int] = {}
        self._found: OrderedDict[str, Entry] = OrderedDict()
        self._away_until = 0.0
        self.away_since: float | None = None
        self.answered_at = 0.0  # on the monotonic clock
        self.refusal: UraniborgError | None = None

    def close(self) -> None:
        """Let go of the connections to the object store; the client stays open."""
        self.contents.close()

    def list(self, path: str, *, fresh: bool = False) -> dict[str, Entry]:
        """List a folder by name.

        Parameters
        ----------
        fresh : bool
            Ask the service, also if it was asked a moment ago.

        Raises
        ------
        NotFound
            There is no such folder, or it is a file.
        """
        path = clean(path)
        known = self._known(path, fresh=fresh)
        if known is not None:
            return known.entries
        with self._lock:
            listing = self._listing.setdefault(path, threading.Lock())
        try:
            with listing:  # of several that want a folder, one asks
                known = self._known(path, fresh=fresh)
                return known.entries if known is not None else self._listed(path)
        finally:
            with self._lock:
                self._listing.pop(path, None)

    def _listed(self, path: str) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        cursor = None
        try:
            while True:
                page = self._ask("list_tree", path=path, cursor=cursor, limit=PAGE)
                if cursor is None and is_that_file(path, page.items) and not self._is_folder(path):
                    raise NotFound(f"{path} is a file.")
                for item in page.items:
                    entries[item.name] = as_entry(item)
                if (cursor := page.next_cursor) is None:
                    break
        except ServiceUnavailable:
            if (stale := self._stale(path)) is not None:
                return stale.entries
            raise
        except NotFound:
            self.forget(path)
            raise
        self._remember(path, entries)
        return entries

    def find(self, path: str, *, fresh: bool = False) -> Entry | None:
        """Find what is at a path; None where nothing is.

        A folder of which a second name is asked is listed: whoever asks for two will ask for more.
        """
        path = clean(path)
        if path == "/":
            return Entry("", True)
        parent, _, name = path.rpartition("/")
        known = self._known(parent or "/", fresh=fresh)
        if known is not None:
            return known.entries.get(name)
        with self._lock:
            self._looked[parent] = asked = self._looked.get(parent, 0) + 1
            if len(self._looked) > 10_000:
                self._looked.clear()
        try:
            if asked > 1 and not fresh:
                try:
                    return self.list(parent or "/").get(name)
                except NotFound:
                    return None
            found = self.find_all([path])[0]
        except ServiceUnavailable:
            if (stale := self._stale(parent or "/")) is not None:
                return stale.entries.get(name)
            if (once := self._found_once(path)) is not None:
                return once
            raise
        with self._lock:
            self._found.pop(path, None)
            if found is not None:
                self._found[path] = found
                if len(self._found) > KEPT_FOUND:
                    self._found.popitem(last=False)
        return found

    def find_all(self, paths: Sequence[str]) -> Sequence[Entry | None]:
        """Find what is at each of many paths, in one request for a thousand."""
        found = []
        for begin in range(0, len(paths), 1000):
            reply = self._ask("read_tree_entries", paths=[clean(path) for path in paths[begin : begin + 1000]])
            found += [as_entry(entry) if entry is not None else None for entry in reply.entries]
        return found

    def open(self, path: str, entry: Entry | None = None) -> Reader:
        """Open a file for reading.

        Raises
        ------
        NotFound
            There is no such file.
        """
        path = clean(path)
        entry = entry or self.find(path)
        if entry is None or entry.is_folder:
            raise NotFound(f"There is no file {path}.")
        reader = self._reader(path, entry)
        self._run_ahead(path, reader)
        return reader

    def _reader(self, path: str, entry: Entry) -> Reader:
        sha256 = entry.sha256
        return self.contents.open(
            sha256,
            entry.size_bytes,
            lambda renewed: self._address(path, sha256, renewed),
            lambda: self._known_address(sha256),
        )

    def is_at_hand(self, path: str, *, listed: bool = False) -> bool:
        """Tell whether nobody has to be asked what is at a path, or what is in it."""
        path = clean(path)
        folder = path if listed or path == "/" else path.rpartition("/")[0] or "/"
        return self._known(folder, fresh=False) is not None

    def _run_ahead(self, path: str, reader: Reader) -> None:
        """Let come what is likely to be wanted next, where a folder's files are opened in order."""
        parent, _, name = path.rpartition("/")
        is_begun = reader.sha256 in self.contents.beginnings
        with self._lock:
            if (folder := self._folders.get(parent or "/")) is None:
                return
            was_addressed = folder.note_opened(name, reader, is_begun=is_begun)
            begun = folder.to_begin()
            hurried, is_whole, is_read_on = folder.to_hurry(), folder.is_whole, folder.is_read_on
            # Who finds in the beginnings all that they want needs no addresses.
            addressed = folder.to_address() if was_addressed or not is_begun else []
        with contextlib.suppress(Exception):  # whoever wants it for himself is told
            if begun:
                _aside(self._begin_ahead, parent, folder, begun)
            if addressed:
                _aside(self._address_ahead, parent, addressed)
            for entry in hurried:
                if is_whole or is_read_on or entry.sha256 not in self.contents.beginnings:
                    size_bytes = min(entry.size_bytes, HURRIED_BYTES) if is_whole else 1
                    self.contents.hurry(self._reader(f"{parent}/{entry.name}", entry), size_bytes)

    def _address_ahead(self, parent: str, files: Sequence[Entry]) -> None:
        with self._asking:
            if paths := [f"{parent}/{it.name}" for it in files if self._known_address(it.sha256) is None]:
                self._ask_addresses(paths)

    def _begin_ahead(self, parent: str, folder: Folder, files: Sequence[Entry]) -> None:
        """Ask for the beginnings of files; without them, or at a service that has none, each is read for itself."""
        known = self.contents.beginnings
        found = len(files) - len(wanted := [it for it in files if it.sha256 not in known])
        if wanted:
            reply = self._ask("read_tree_beginnings", paths=[f"{parent}/{it.name}" for it in wanted])
            for it in reply.beginnings:
                if it is not None and self.refusal is None:
                    known.add(it.sha256, base64.b64decode(it.packed))
                    found += 1
        with self._lock:
            folder.note_begun(found)

    def forget(self, path: str) -> None:
        """Forget what was known of a folder, since something was changed in it, and of those above it."""
        path = clean(path)
        with self._lock:
            while True:
                if (gone := self._folders.pop(path, None)) is not None:
                    self._count -= len(gone.entries)
                self._looked.pop(path, None)
                self._found.pop(path, None)
                if path == "/":
                    return
                path = path.rpartition("/")[0] or "/"

    def _address(self, path: str, sha256: str, renewed: bool) -> Address:
        """Give where a content's bytes are; the files behind it in its folder are asked for with it."""
        known = self._known_address(sha256)
        if known is not None and not renewed:
            return known
        patience = Patience(self.contents.lines.patience_s)
        while True:
            try:
                with self._asking:  # of several that want addresses of one folder, one asks for all
                    return self._asked_address(path, sha256, renewed)
            except ServiceUnavailable:  # for whoever reads, a service that starts again is a moment's wait
                if self._is_away_for_long or not patience.wait():
                    raise

    @property
    def _is_away_for_long(self) -> bool:
        return self.away_since is not None and time.time() - self.away_since > self.contents.lines.patience_s

    def _known_address(self, sha256: str) -> Address | None:
        known = self._addresses.get(sha256)
        return known if known is not None and known.is_good else None

    def _asked_address(self, path: str, sha256: str, renewed: bool) -> Address:
        with self._lock:
            known = self._known_address(sha256)
            if known is not None and not renewed:
                return known
            parent, _, name = path.rpartition("/")
            paths = [path]
            folder = self._folders.get(parent or "/")
            if folder is not None and not renewed:
                paths += [f"{parent}/{other}" for other in folder.around(name) if not self._is_addressed(folder, other)]
        first = self._ask_addresses(paths)
        if first is None and len(paths) > 1:
            self._ask("read_tree_addresses", paths=[path])  # alone, for which a reason is given, if there is one
        if first is None or first[0] != sha256:
            raise NotFound(f"{path} is not what it was: it was changed or removed meanwhile, or you may not see it.")
        return first[1]

    def _ask_addresses(self, paths: Sequence[str]) -> tuple[str, Address] | None:
        """Ask for the addresses of many files, and keep them; gives the first one's, and what it is of."""
        now = time.monotonic()
        reply = self._ask("read_tree_addresses", paths=paths)
        wall_left_s = (reply.expires_at - datetime.now(UTC)).total_seconds()
        until_s = now + min(max(wall_left_s, 30.0), 300.0)  # where the clocks differ, the store has the last word
        given = [(it.sha256, Address(it.url, until_s, it.crc32c)) if it is not None else None for it in reply.addresses]
        with self._lock:
            for found in given:
                if found is not None:
                    self._addresses[found[0]] = found[1]
                    self._addresses.move_to_end(found[0])
            while len(self._addresses) > KEPT_ADDRESSES:
                self._addresses.popitem(last=False)
        return given[0]

    def _is_addressed(self, folder: Folder, name: str) -> bool:
        """Tell whether there is no use in asking for a file's address; the lock is held."""
        entry = folder.entries[name]
        return entry.is_folder or not entry.size_bytes or self._known_address(entry.sha256) is not None

    def _ask(self, operation: str, **values: Any) -> Any:
        """Ask the service, and note whether it answers and what it thinks of us."""
        if time.monotonic() < self._away_until:
            raise ServiceUnavailable("The service did not answer a moment ago.")
        try:
            reply = self.client.call(operation, patience_s=self._patience_s, safe_to_repeat=True, **values)
        except ServiceUnavailable:
            if self._patience_s is not None:
                self._away_until = time.monotonic() + AWAY_S
            self.away_since = self.away_since or time.time()
            raise
        except UraniborgError as error:
            if error.status == 401:
                self.refusal = error
                with self._lock:
                    self._folders.clear()
                    self._found.clear()
                    self._addresses.clear()
                    self._count = 0
                self.contents.beginnings.clear()
            raise
        self.refusal, self.away_since, self.answered_at = None, None, time.monotonic()
        return reply

    def check(self) -> None:
        """Ask the service whether we may still read; raises what it answers."""
        self._ask("list_tree", path="/", limit=1)

    def _is_folder(self, path: str) -> bool:
        found = self.find_all([path])[0]
        return found is not None and found.is_folder

    def _known(self, path: str, *, fresh: bool) -> Folder | None:
        with self._lock:
            folder = self._folders.get(path)
            if folder is None or fresh or time.monotonic() - folder.read_at > FRESH_S:
                return None
            self._folders.move_to_end(path)
            return folder

    def _stale(self, path: str) -> Folder | None:
        with self._lock:
            return self._folders.get(path)

    def _found_once(self, path: str) -> Entry | None:
        """Tell what was at a path when it was looked up by itself, or that something was found below it."""
        with self._lock:
            if path in self._folders or any(folder.startswith(f"{path}/") for folder in self._folders):
                return Entry(path.rpartition("/")[2], True)
            return self._found.get(path)

    def _remember(self, path: str, entries: dict[str, Entry]) -> None:
        with self._lock:
            old = self._folders.pop(path, None)
            self._count += len(entries) + 1 - (len(old.entries) + 1 if old else 0)
            self._folders[path] = Folder(entries, time.monotonic(), addressed=old.addressed if old else 0)
            self._looked.pop(path, None)
            while self._count > KEPT_ENTRIES and len(self._folders) > 1:
                self._count -= len(self._folders.popitem(last=False)[1].entries) + 1


def _aside(work: Callable[..., None], *values: Any) -> None:
    """Let something be done by a thread for which nobody waits: of what goes wrong they are told who want it then."""

    def do() -> None:
        with contextlib.suppress(Exception):  # as where the client was closed meanwhile
            work(*values)

    threading.Thread(target=do, name="uraniborg-ahead", daemon=True).start()
