"""What files add up to: read once, and remembered as long as a file does not change. And how the last time went."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
from crc32c import crc32c as crc32c_of
from zlib_ng import zlib_ng

from uraniborg.upload.gate import Line
from uraniborg.upload.walk import Found, Identity, identity_of

__all__ = ["Changed", "Digest", "Memory", "Unfinished", "crc_base64", "digest_file"]

BLOCK_BYTES = 1024**2
ATTEMPTS = 3
SETTLED_NS = 2_000_000_000  # the coarsest clock of a file system; a younger file may change without a sign
FORGET_AFTER_S = 180 * 86400
WRITE_EVERY = 500

SCHEMA = """
CREATE TABLE IF NOT EXISTS digests (
    device INTEGER, inode INTEGER, size_bytes INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
    sha256 TEXT NOT NULL, crc32c TEXT NOT NULL, seen_at REAL NOT NULL, crc32 TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (device, inode)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unfinished (
    device INTEGER, inode INTEGER, size_bytes INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
    terms TEXT NOT NULL, upload TEXT NOT NULL, position INTEGER NOT NULL, seen_at REAL NOT NULL,
    PRIMARY KEY (device, inode, terms)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lines (
    place TEXT PRIMARY KEY, bytes_per_s REAL NOT NULL, holds_s REAL NOT NULL, seen_at REAL NOT NULL
) WITHOUT ROWID;
"""
MATCH = "device = ? AND inode = ? AND size_bytes = ? AND mtime_ns = ? AND ctime_ns = ?"


class Changed(Exception):
    """A file changed while it was read."""


class Digest(msgspec.Struct, frozen=True):
    """SHA-256 in hexadecimal; CRC32C and CRC-32 in base64 as S3 has them, empty where nobody made them."""

    sha256: str
    crc32c: str
    crc32: str = ""


class Unfinished(msgspec.Struct, frozen=True):
    """Where a large file's parts were on their way to when an upload broke off."""

    upload: str
    position: int


def crc_base64(crc: int) -> str:
    """Write a CRC of 32 bits as S3 does: base64 of its four bytes, the highest first."""
    return base64.b64encode(crc.to_bytes(4, "big")).decode()


def digest_file(found: Found) -> tuple[Digest, Identity, bytes | None]:
    """Read a file once for all of its checksums.

    Returns
    -------
    Digest, Identity, bytes or None
        What was read, and of which content: it may be another one than was found. A small file's content comes along.

    Raises
    ------
    Changed
        It changed each time while it was read.
    OSError
        It cannot be read.
    """
    for _ in range(ATTEMPTS):
        with open(found.source, "rb", buffering=0) as file:  # noqa: PTH123
            before = identity_of(os.fstat(file.fileno()))
            sha256, crc32c, crc32, size_bytes = hashlib.sha256(), 0, 0, 0
            # One byte more is asked for than should be there, since a file may have grown.
            while block := file.read(min(BLOCK_BYTES, before.size_bytes - size_bytes + 1)):
                sha256.update(block)
                crc32c = crc32c_of(block, crc32c)
                crc32 = zlib_ng.crc32(block, crc32)
                size_bytes += len(block)
                if size_bytes == before.size_bytes < BLOCK_BYTES:
                    break
            after = identity_of(os.fstat(file.fileno()))
        if before == after and size_bytes == after.size_bytes:
            content = block if 0 < size_bytes < BLOCK_BYTES else None
            return Digest(sha256.hexdigest(), crc_base64(crc32c), crc_base64(crc32)), after, content
    raise Changed("It changes while it is read, as if something still wrote it: send it again later.")


class Memory:
    """Digests of files seen before, large uploads that broke off, and what lines carry, in a small database of a user.

    It only saves work. Where it cannot be read or written the upload goes on without it.

    Parameters
    ----------
    path : Path
        The database's file; made when absent.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._pending: dict[str, list[tuple[object, ...]]] = {}
        self._pending_count = 0
        self._database: sqlite3.Connection | None = None
        with contextlib.suppress(OSError, sqlite3.Error):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            database = sqlite3.connect(path, timeout=5, check_same_thread=False)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.executescript(SCHEMA)
            if "crc32" not in {column[1] for column in database.execute("PRAGMA table_info(digests)")}:
                database.execute("ALTER TABLE digests ADD COLUMN crc32 TEXT NOT NULL DEFAULT ''")  # of older versions
            for table in ("digests", "unfinished", "lines"):
                database.execute(f"DELETE FROM {table} WHERE seen_at < ?", (time.time() - FORGET_AFTER_S,))
            database.commit()
            self._database = database

    def find(self, identity: Identity) -> Digest | None:
        """Recall the digest of a file that has not changed since."""
        row = self._one(f"SELECT sha256, crc32c, crc32 FROM digests WHERE {MATCH}", _key(identity))
        return Digest(*row) if row else None

    def keep(self, identity: Identity, digest: Digest) -> None:
        """Remember a digest, unless the file is so young that it could change unnoticed."""
        if time.time_ns() - max(identity.mtime_ns, identity.ctime_ns) < SETTLED_NS:
            return
        row = (*_key(identity), digest.sha256, digest.crc32c, time.time(), digest.crc32)
        self._write("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def forget(self, identity: Identity) -> None:
        """Drop a digest that proved wrong."""
        self._write("DELETE FROM digests WHERE device = ? AND inode = ?", _key(identity)[:2])

    def find_unfinished(self, identity: Identity, terms: str) -> Unfinished | None:
        """Recall where a large file was on its way to, under the same terms."""
        row = self._one(
            f"SELECT upload, position FROM unfinished WHERE {MATCH} AND terms = ?",
            (*_key(identity), terms),
        )
        return Unfinished(*row) if row else None

    def keep_unfinished(self, identity: Identity, terms: str, unfinished: Unfinished) -> None:
        """Remember at once where a large file is on its way to."""
        row = (*_key(identity), terms, unfinished.upload, unfinished.position, time.time())
        self._write("INSERT OR REPLACE INTO unfinished VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row, now=True)

    def forget_unfinished(self, identity: Identity, terms: str) -> None:
        """Forget it, since it has arrived or is of no use."""
        row = (*_key(identity)[:2], terms)
        self._write("DELETE FROM unfinished WHERE device = ? AND inode = ? AND terms = ?", row)

    def find_line(self, place: str) -> Line | None:
        """Recall what the line to a place was like the last time that it broke."""
        row = self._one("SELECT bytes_per_s, holds_s FROM lines WHERE place = ?", (place,))
        return Line(*row) if row else None

    def keep_line(self, place: str, line: Line) -> None:
        """Remember what the line to a place is like."""
        row = place, line.bytes_per_s, line.holds_s, time.time()
        self._write("INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?)", row)

    def close(self) -> None:
        """Write what is pending and let go."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._database is not None:
                self._flush()
                self._database.close()
                self._database = None

    def _one(self, statement: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        with self._lock:
            if self._database is None:
                return None
            try:
                row: tuple[Any, ...] | None = self._database.execute(statement, values).fetchone()
            except sqlite3.Error:
                return None
            return row

    def _write(self, statement: str, values: tuple[object, ...], *, now: bool = False) -> None:
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._pending.setdefault(statement, []).append(values)
            self._pending_count += 1
            if now or self._pending_count >= WRITE_EVERY:
                self._flush()

    def _flush(self) -> None:
        # In short transactions, since another upload of the same user may write as well.
        pending, self._pending, self._pending_count = self._pending, {}, 0
        if self._database is not None:
            with self._database:
                for statement, rows in pending.items():
                    self._database.executemany(statement, rows)


def _key(identity: Identity) -> tuple[int, ...]:
    # SQLite's integers are signed, inode numbers of some file systems use all 64 bits.
    inode = identity.inode - 2**64 if identity.inode >= 2**63 else identity.inode
    return identity.device, inode, identity.size_bytes, identity.mtime_ns, identity.ctime_ns
