"""The journal: what the agent knows of each file, in a small database that survives whatever ends the agent.

A file is

- ``seen``: found, not yet known to be at rest;
- ``settling``: it changed, or is not whole;
- ``ready``: at rest and whole, waits to be sent;
- ``sending``: taken by the sender;
- ``stored``: the service confirmed its checksum; changed since, it is ``seen`` anew;
- ``failed``: with a reason; tried again later;
- ``skipped``: a rule says so, until the agent begins anew.

Every step is one transaction. What a step finds is compared with the content it was taken for, so that a late answer
about an older content never passes for the present one.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from uraniborg.upload.walk import Identity
from uraniborg.watch.journal_schema import open_database
from uraniborg.watch.look import Seen
from uraniborg.watch.places import free_prefix

__all__ = ["COLUMNS", "Entry", "Fate", "Folder", "Journal", "as_entry", "signed", "values_of"]

PIECE = 500  # rows of one transaction, so that a large folder needs little memory and stops nobody else


class Folder(msgspec.Struct, frozen=True):
    """A watched folder. ``prefix`` stands before its files' paths at the service; it stays once it was chosen."""

    id: int
    path: bytes
    prefix: str


class Entry(msgspec.Struct):
    """What the journal has of a file."""

    id: int
    folder: int
    path: bytes
    state: str
    identity: Identity
    rest_at: float
    attempts: int


class Fate(msgspec.Struct, kw_only=True):
    """What became of an entry that was sent: ``stored``, or a reason, and when to try again."""

    entry: Entry
    stored: bool
    file: str | None = None
    code: str = ""
    reason: str = ""
    again_s: float = 0.0


COLUMNS = "id, folder, path, state, device, inode, size_bytes, mtime_ns, ctime_ns, rest_at, attempts"


def signed(inode: int) -> int:
    """SQLite's integers are signed; inode numbers of some file systems use all 64 bits."""
    return inode - 2**64 if inode >= 2**63 else inode


class Journal:
    """One agent's journal; safe to use from its threads.

    Parameters
    ----------
    path : Path
        The database's file; made when absent. One that is damaged is moved aside: then everything is looked at again,
        and what the service has is not sent again.
    clock : callable
        Seconds, as `time.monotonic`.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path, self._clock, self._lock = path, clock, threading.RLock()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._database = open_database(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            for end in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    path.with_name(path.name + end).replace(path.with_name(f"{path.name}{end}.broken"))
            self._database = open_database(path)

    def close(self) -> None:
        """Let go."""
        with self._lock:
            self._database.close()

    # The agent itself.

    def note(self, **values: object) -> None:
        """Write down something about the agent."""
        with self.writing() as database:
            rows = [(name, msgspec.json.encode(value)) for name, value in values.items()]
            database.executemany("INSERT OR REPLACE INTO agent VALUES (?, ?)", rows)

    def begin(self, folders: Iterable[tuple[bytes, str]], *, rest_s: float) -> list[Folder]:
        """Begin a run: whatever is not stored is judged anew, by the rules of this run.

        Parameters
        ----------
        folders : iterable of (path, prefix)
            To be watched; a folder that was watched before keeps its prefix.
        """
        now = self._clock()
        with self.writing() as database:
            database.execute(
                "UPDATE files SET rest_at = ?, due_at = ? WHERE state IN ('seen', 'settling')", (now, now + rest_s)
            )
            # These were at rest; the rules may have changed since.
            database.execute(
                "UPDATE files SET state = 'seen', rest_at = ?, due_at = ?"
                " WHERE state IN ('ready', 'sending', 'skipped')",
                (now, now),
            )
            database.execute("UPDATE files SET due_at = ? WHERE state = 'failed'", (now,))
            database.execute("UPDATE folders SET watched = 0")
            for path, prefix in folders:
                taken = {row[0] for row in database.execute("SELECT prefix FROM folders WHERE path <> ?", (path,))}
                free = free_prefix(prefix, path, taken)
                database.execute("INSERT OR IGNORE INTO folders (path, prefix) VALUES (?, ?)", (path, free))
                database.execute("UPDATE folders SET watched = 1 WHERE path = ?", (path,))
            return [Folder(*row) for row in database.execute("SELECT id, path, prefix FROM folders WHERE watched")]

    def note_folder(self, folder: Folder, *, missing: bool, trouble: str = "") -> None:
        """Note whether a folder is there, and that it was looked through."""
        now = time.time()
        with self.writing() as database:
            if missing:
                database.execute(
                    "UPDATE folders SET missing_since_time = coalesce(missing_since_time, ?), trouble = ? WHERE id = ?",
                    (now, trouble, folder.id),
                )
            else:
                database.execute(
                    "UPDATE folders SET missing_since_time = NULL, looked_time = ?, trouble = ? WHERE id = ?",
                    (now, trouble, folder.id),
                )

    # Steps of files.

    def observe(self, folder: Folder, seen: Iterable[Seen], *, rest_s: float) -> int:
        """Compare what was found with what is known; returns how many files are new or changed."""
        changed, piece = 0, list[Seen]()
        for one in seen:
            piece.append(one)
            if len(piece) == PIECE:
                changed += self._observe(folder, piece, rest_s)
                piece = []
        return changed + (self._observe(folder, piece, rest_s) if piece else 0)

    def _observe(self, folder: Folder, seen: list[Seen], rest_s: float) -> int:
        now, changed = self._clock(), 0
        with self._lock:
            marks = ",".join("?" * len(seen))
            query = f"SELECT {COLUMNS} FROM files WHERE folder = ? AND path IN ({marks})"
            rows = self._database.execute(query, (folder.id, *(one.path for one in seen)))
            known = {entry.path: entry for entry in map(as_entry, rows)}
            new = [one for one in seen if one.path not in known]
            other = [
                (one, known[one.path])
                for one in seen
                if one.path in known and not _same(one.identity, known[one.path].identity)
            ]
            if not new and not other:
                return 0
            with self.writing() as database:
                database.executemany(
                    "INSERT INTO files (folder, path, state, device, inode, size_bytes, mtime_ns, ctime_ns, rest_at,"
                    " due_at) VALUES (?, ?, 'seen', ?, ?, ?, ?, ?, ?, ?)",
                    [(folder.id, one.path, *values_of(one.identity), now, now + rest_s) for one in new],
                )
                for one, entry in other:
                    if entry.state == "sending":  # its fate comes first; the next look finds it changed
                        continue
                    state = "seen" if entry.state in ("stored", "skipped") else "settling"
                    self._restart(database, entry.id, one.identity, state, now, now + rest_s)
                    changed += 1
        return changed + len(new)

    @staticmethod
    def _restart(
        database: sqlite3.Connection, entry: int, identity: Identity, state: str, now: float, due_at: float
    ) -> None:
        database.execute(
            "UPDATE files SET state = ?, device = ?, inode = ?, size_bytes = ?, mtime_ns = ?, ctime_ns = ?,"
            " rest_at = ?, due_at = ?, attempts = 0, code = '', reason = '', deleted_time = NULL WHERE id = ?",
            (state, *values_of(identity), now, due_at, entry),
        )

    def due(self, limit: int = PIECE) -> list[Entry]:
        """Give files that wait for being looked at again, those that are due longest first."""
        query = (
            f"SELECT {COLUMNS} FROM files WHERE state IN ('seen', 'settling', 'failed') AND due_at <= ?"
            " AND folder IN (SELECT id FROM folders WHERE watched AND missing_since_time IS NULL)"
            " ORDER BY due_at LIMIT ?"
        )
        with self._lock:
            return [as_entry(row) for row in self._database.execute(query, (self._clock(), limit))]

    def next_due_at(self) -> float | None:
        """Tell when the next file is to be looked at again."""
        with self._lock:
            row = self._database.execute(
                "SELECT min(due_at) FROM files WHERE state IN ('seen', 'settling', 'failed')"
                " AND folder IN (SELECT id FROM folders WHERE watched AND missing_since_time IS NULL)"
            ).fetchone()
            return None if row[0] is None else float(row[0])

    def settle(
        self,
        *,
        ready: Iterable[Entry] = (),
        changed: Iterable[tuple[Entry, Identity]] = (),
        unfinished: Iterable[tuple[Entry, str]] = (),
        skipped: Iterable[Entry] = (),
        gone: Iterable[Entry] = (),
        failed: Iterable[tuple[Entry, str, str, float]] = (),
        rest_s: float,
    ) -> None:
        """Note what a second look found; an entry that went on meanwhile stays as it is.

        ``failed``: with code, reason, and seconds until the next try.
        """
        now = self._clock()
        waits = "id = ? AND state IN ('seen', 'settling', 'failed')"
        with self.writing() as database:
            database.executemany(
                f"UPDATE files SET state = 'ready', code = '', reason = '' WHERE {waits}", [(e.id,) for e in ready]
            )
            for entry, identity in changed:
                self._restart(database, entry.id, identity, "settling", now, now + rest_s)
            database.executemany(
                f"UPDATE files SET state = 'settling', due_at = ?, code = 'not-whole', reason = ? WHERE {waits}",
                [(now + rest_s, reason, entry.id) for entry, reason in unfinished],
            )
            database.executemany(f"UPDATE files SET state = 'skipped' WHERE {waits}", [(e.id,) for e in skipped])
            database.executemany(f"DELETE FROM files WHERE {waits}", [(e.id,) for e in gone])
            database.executemany(
                f"UPDATE files SET state = 'failed', code = ?, reason = ?, attempts = attempts + 1, due_at = ?"
                f" WHERE {waits}",
                [(code, reason, now + again_s, entry.id) for entry, code, reason, again_s in failed],
            )

    def take(self, *, files: int, size_bytes: int, newest_first: bool = False) -> list[Entry]:
        """Take files to send, those that wait longest first, or those written last: at least one, if there is any.

        There is one taker: what it took before, and did not end for whatever reason, waits again.
        """
        with self.writing() as database:
            database.execute("UPDATE files SET state = 'ready' WHERE state = 'sending'")
            query = (
                f"SELECT {COLUMNS} FROM files WHERE state = 'ready'"
                " AND folder IN (SELECT id FROM folders WHERE watched AND missing_since_time IS NULL)"
                f" ORDER BY {'mtime_ns DESC, id DESC' if newest_first else 'id'} LIMIT ?"
            )
            taken: list[Entry] = []
            for entry in map(as_entry, database.execute(query, (files,))):
                size_bytes -= entry.identity.size_bytes
                if taken and size_bytes < 0:
                    break
                taken.append(entry)
            database.executemany("UPDATE files SET state = 'sending' WHERE id = ?", [(e.id,) for e in taken])
        return taken

    def end(self, fates: Iterable[Fate]) -> None:
        """Note what became of files that were taken."""
        now, time_now = self._clock(), time.time()
        with self.writing() as database:
            for fate in fates:
                if fate.stored:
                    database.execute(
                        "UPDATE files SET state = 'stored', file = ?, stored_time = ?, held_since_time = NULL,"
                        " code = '', reason = '', attempts = 0 WHERE id = ? AND state = 'sending'",
                        (fate.file, time_now, fate.entry.id),
                    )
                else:
                    database.execute(
                        "UPDATE files SET state = 'failed', code = ?, reason = ?, attempts = attempts + 1, due_at = ?"
                        " WHERE id = ? AND state = 'sending'",
                        (fate.code, fate.reason, now + fate.again_s, fate.entry.id),
                    )

    def unsettle(self, entries: Iterable[Entry], *, rest_s: float) -> None:
        """Files that changed after they were taken wait for rest again."""
        now = self._clock()
        with self.writing() as database:
            database.executemany(
                "UPDATE files SET state = 'settling', rest_at = ?, due_at = ? WHERE id = ? AND state = 'sending'",
                [(now, now + rest_s, entry.id) for entry in entries],
            )

    def release(self, entries: Iterable[Entry]) -> None:
        """Put back what was taken and has no fate."""
        with self.writing() as database:
            database.executemany(
                "UPDATE files SET state = 'ready' WHERE id = ? AND state = 'sending'", [(e.id,) for e in entries]
            )

    def note_held(self, time_s: float) -> None:
        """Note a time of the service's clock at which it held what is stored, for files of which none was noted yet."""
        with self.writing() as database:
            database.execute(
                "UPDATE files SET held_since_time = ? WHERE state = 'stored' AND held_since_time IS NULL", (time_s,)
            )

    def stored_before(self, time_s: float, *, after: int, limit: int = PIECE) -> list[Entry]:
        """Give files that were noted as held by a time of the service's clock, and are not deleted here."""
        query = (
            f"SELECT {COLUMNS} FROM files WHERE state = 'stored' AND held_since_time <= ? AND deleted_time IS NULL"
            " AND id > ? AND folder IN (SELECT id FROM folders WHERE watched AND missing_since_time IS NULL)"
            " ORDER BY id LIMIT ?"
        )
        with self._lock:
            return [as_entry(row) for row in self._database.execute(query, (time_s, after, limit))]

    def deleted(self, entries: Iterable[Entry]) -> None:
        """Note that files were deleted here."""
        with self.writing() as database:
            database.executemany(
                "UPDATE files SET deleted_time = ? WHERE id = ? AND state = 'stored'",
                [(time.time(), entry.id) for entry in entries],
            )

    def count(self, *states: str) -> int:
        """Count the files of watched folders in some states."""
        marks = ",".join("?" * len(states))
        query = (
            f"SELECT count(*) FROM files WHERE state IN ({marks}) AND folder IN"
            " (SELECT id FROM folders WHERE watched AND missing_since_time IS NULL)"
        )
        with self._lock:
            return int(self._database.execute(query, states).fetchone()[0])

    def count_changing(self) -> int:
        """Count the files of watched folders that are being written, without those that only are not whole."""
        query = (
            "SELECT count(*) FROM files WHERE state = 'settling' AND code <> 'not-whole'"
            " AND folder IN (SELECT id FROM folders WHERE watched AND missing_since_time IS NULL)"
        )
        with self._lock:
            return int(self._database.execute(query).fetchone()[0])

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Do something in one transaction, or as part of the one there is."""
        with self._lock:
            if self._database.in_transaction:
                yield self._database
                return
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.rollback()
                raise
            self._database.commit()


def values_of(identity: Identity) -> tuple[int, ...]:
    """Write an identity as the tables have it."""
    return identity.device, signed(identity.inode), identity.size_bytes, identity.mtime_ns, identity.ctime_ns


def _same(one: Identity, other: Identity) -> bool:
    # The device's number changes when a share is mounted again.
    return values_of(one)[1:] == values_of(other)[1:]


def as_entry(row: tuple[Any, ...]) -> Entry:
    """Read a row of ``COLUMNS``."""
    entry, folder, path, state, device, inode, size_bytes, mtime_ns, ctime_ns, rest_at, attempts = row
    identity = Identity(device, inode + 2**64 if inode < 0 else inode, size_bytes, mtime_ns, ctime_ns)
    return Entry(entry, folder, path, state, identity, rest_at, attempts)
