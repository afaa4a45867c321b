"""What agents of this computer do, read from their journals: right at each look, also while an agent is down."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import msgspec

from uraniborg.upload.walk import printable
from uraniborg.watch.lock import lock_holder
from uraniborg.watch.places import journal_folder, lock_path
from uraniborg.watch.sending import Under

__all__ = ["AgentStatus", "Failure", "FolderStatus", "all_statuses", "read_status"]

SHOWN = 20
WAITING = ("seen", "settling", "ready", "sending")


class Failure(msgspec.Struct, kw_only=True):
    """A file that failed, or is waited for since it is not whole."""

    path: str
    code: str
    reason: str
    attempts: int = 0
    next_try_in_s: float | None = None


class FolderStatus(msgspec.Struct, kw_only=True):
    """A watched folder, and how many of its files are in which state; ``prefix`` is what they are kept under."""

    path: str
    prefix: str = ""
    seen: int = 0
    settling: int = 0
    ready: int = 0
    sending: int = 0
    stored: int = 0
    failed: int = 0
    skipped: int = 0
    deleted: int = 0
    waiting_files: int = 0
    waiting_bytes: int = 0
    missing_since: float | None = None
    looked_at: float | None = None
    trouble: str = ""
    last_stored: str | None = None
    last_stored_at: float | None = None
    failures: list[Failure] = []
    unfinished: list[Failure] = []


class AgentStatus(msgspec.Struct, kw_only=True):
    """An agent. Moments are seconds since 1970 of this computer's clock."""

    name: str
    url: str
    organisation: str
    running: bool
    pid: int | None = None
    since: float | None = None
    not_running_since: float | None = None
    looking: bool = False
    rate_bytes_per_s: float = 0.0
    breaks_every_s: float | None = None
    limit_bytes_per_s: float | None = None
    under: Under | None = None
    last_error: str = ""
    last_error_at: float | None = None
    clock_offset_s: float | None = None
    service_away_since: float | None = None
    events: bool = False
    poll_s: float | None = None
    previews_sent: int = 0
    folders: list[FolderStatus] = []


def all_statuses() -> list[AgentStatus]:
    """Read what every agent of this user on this computer does."""
    found = [read_status(path) for path in sorted(journal_folder().glob("*.sqlite"))]
    return [status for status in found if status is not None]


def read_status(journal: Path) -> AgentStatus | None:
    """Read what an agent does, or did at last; None where there is no journal yet."""
    if not journal.exists():
        return None
    pid, alive_time = lock_holder(lock_path(journal))
    try:
        # Not read-only: the log of an agent that was killed may have to be taken over first.
        database = sqlite3.connect(journal, timeout=30, isolation_level=None)
    except sqlite3.Error:
        return None
    with contextlib.closing(database):
        try:
            database.execute("BEGIN")
            told = {name: msgspec.json.decode(value) for name, value in database.execute("SELECT * FROM agent")}
            columns = "id, path, prefix, missing_since_time, looked_time, trouble"
            rows = list(database.execute(f"SELECT {columns} FROM folders WHERE watched"))
            folders = [_folder(database, *row, is_running=pid is not None) for row in rows]
        except sqlite3.Error:
            return None
    if "name" not in told:
        return None
    status = AgentStatus(
        name=told["name"],
        url=told["url"],
        organisation=told["organisation"],
        running=pid is not None,
        since=told.get("since"),
        last_error=told.get("last_error", ""),
        last_error_at=told.get("last_error_at"),
        clock_offset_s=told.get("clock_offset_s"),
        previews_sent=told.get("previews_sent", 0),
        folders=folders,
    )
    if pid is None:
        status.not_running_since = alive_time
        return status
    status.pid = pid or None
    status.service_away_since = told.get("away_since")
    status.looking = told.get("looking", False)
    status.events, status.poll_s = told.get("events", False), told.get("poll_s")
    status.limit_bytes_per_s = told.get("limit_bytes_per_s")
    status.breaks_every_s = told.get("breaks_every_s")
    status.rate_bytes_per_s = told.get("rate_bytes_per_s", 0.0)
    status.under = msgspec.convert(told["under"], Under) if told.get("under") else None
    return status


def _folder(
    database: sqlite3.Connection,
    folder: int,
    path: bytes,
    prefix: str,
    missing_since: float | None,
    looked_at: float | None,
    trouble: str,
    *,
    is_running: bool,
) -> FolderStatus:
    status = FolderStatus(
        path=_text(path), prefix=prefix, missing_since=missing_since, looked_at=looked_at, trouble=trouble,
        failures=[], unfinished=[],
    )  # fmt: skip
    counts = "SELECT state, count(*), sum(size_bytes) FROM files WHERE folder = ? GROUP BY state"
    for state, files, size_bytes in database.execute(counts, (folder,)):
        setattr(status, state, files)
        if state in WAITING:
            status.waiting_files += files
            status.waiting_bytes += size_bytes
    status.deleted = database.execute(
        "SELECT count(*) FROM files WHERE folder = ? AND deleted_time IS NOT NULL", (folder,)
    ).fetchone()[0]
    last = database.execute(
        "SELECT path, stored_time FROM files WHERE folder = ? AND stored_time IS NOT NULL"
        " ORDER BY stored_time DESC LIMIT 1",
        (folder,),
    ).fetchone()
    if last:
        status.last_stored, status.last_stored_at = _text(last[0]), last[1]
    status.failures = _failures(database, "state = 'failed'", folder, is_running=is_running)
    status.unfinished = _failures(database, "state = 'settling' AND code = 'not-whole'", folder, is_running=is_running)
    return status


def _failures(database: sqlite3.Connection, which: str, folder: int, *, is_running: bool) -> list[Failure]:
    now = time.monotonic()
    rows: list[tuple[Any, ...]] = database.execute(
        f"SELECT path, code, reason, attempts, due_at FROM files WHERE folder = ? AND {which} ORDER BY id LIMIT ?",
        (folder, SHOWN),
    ).fetchall()
    return [
        Failure(
            path=_text(path),
            code=code,
            reason=reason,
            attempts=attempts,
            # While the agent is down the moment means nothing: it is tried when the agent is back.
            next_try_in_s=max(0.0, due_at - now) if is_running else None,
        )
        for path, code, reason, attempts, due_at in rows
    ]


def _text(path: bytes) -> str:
    return printable(os.fsdecode(path))
