"""The journal's database, with its tables."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

__all__ = ["open_database"]

# Moments `rest_at` and `due_at` are seconds of the monotonic clock, and mean nothing once the agent was started anew;
# `*_time` are those of the wall's, but for `held_since_time`, which is of the service's.
SCHEMA = """
CREATE TABLE IF NOT EXISTS agent (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS folders (
    id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, prefix TEXT NOT NULL UNIQUE,
    watched INTEGER NOT NULL DEFAULT 1, missing_since_time REAL, looked_time REAL, trouble TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, folder INTEGER NOT NULL REFERENCES folders, path BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('seen', 'settling', 'ready', 'sending', 'stored', 'failed', 'skipped')),
    device INTEGER NOT NULL, inode INTEGER NOT NULL, size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    rest_at REAL NOT NULL, due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    code TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
    file TEXT, stored_time REAL, held_since_time REAL, deleted_time REAL,
    UNIQUE (folder, path)
);
CREATE TABLE IF NOT EXISTS previews (
    folder INTEGER NOT NULL REFERENCES folders, path BLOB NOT NULL,
    inode INTEGER NOT NULL, size_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    shown INTEGER NOT NULL, PRIMARY KEY (folder, path)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS previews_shown ON previews (folder, path) WHERE shown;
CREATE INDEX IF NOT EXISTS files_due ON files (state, due_at);
CREATE INDEX IF NOT EXISTS files_counted ON files (folder, state, size_bytes);
CREATE INDEX IF NOT EXISTS files_stored ON files (folder, stored_time) WHERE stored_time IS NOT NULL;
"""


def open_database(path: Path) -> sqlite3.Connection:
    """Open a journal's database; made when absent.

    Raises
    ------
    sqlite3.DatabaseError
        It is damaged.
    """
    database = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")  # a step that was noted outlives a power cut
        if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the journal is damaged")
        database.executescript(SCHEMA)
        if "held_since_time" not in {row[1] for row in database.execute("PRAGMA table_info(files)")}:
            database.execute("ALTER TABLE files ADD COLUMN held_since_time REAL")  # made by an earlier version
    except BaseException:
        database.close()
        raise
    if os.name == "posix":
        path.chmod(0o600)
    return database
