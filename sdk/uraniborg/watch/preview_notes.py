"""What the journal knows of previews: which versions were announced, and whose files have come since."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from uraniborg.watch.journal import COLUMNS, Entry, Journal, as_entry, values_of

__all__ = ["Arrived", "PreviewNotes"]

WAITING = (
    "files.state IN ('ready', 'sending')"
    " AND files.folder IN (SELECT id FROM folders WHERE watched AND missing_since_time IS NULL)"
)
OF_FILE = "previews.folder = files.folder AND previews.path = files.path"
OF_VERSION = OF_FILE + "".join(
    f" AND previews.{name} = files.{name}" for name in ("inode", "size_bytes", "mtime_ns", "ctime_ns")
)


class Arrived(msgspec.Struct, frozen=True):
    """A file that the service need not show as on its way any more."""

    folder: int
    path: bytes
    prefix: str


class PreviewNotes:
    """The part of a journal that previews need."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def waiting_bytes(self) -> int:
        """Tell how many bytes are at rest and wait to be sent."""
        with self._journal.writing() as database:
            row = database.execute(f"SELECT coalesce(sum(size_bytes), 0) FROM files WHERE {WAITING}").fetchone()
        return int(row[0])

    def wanted(self, count: int) -> list[Entry]:
        """Give waiting files whose present version was not announced, those written last first."""
        columns = ", ".join(f"files.{name}" for name in COLUMNS.split(", "))
        query = (
            f"SELECT {columns} FROM files LEFT JOIN previews ON {OF_VERSION} WHERE previews.path IS NULL AND {WAITING}"
            " ORDER BY files.mtime_ns DESC, files.id DESC LIMIT ?"
        )
        with self._journal.writing() as database:
            return [as_entry(row) for row in database.execute(query, (count,))]

    def announced(self, entries: Iterable[Entry], *, preview_count: int) -> None:
        """Note which versions were announced, and how many of them with a preview."""
        with self._journal.writing() as database:
            self._note(entries, shown=True)
            if preview_count:
                row = database.execute("SELECT value FROM agent WHERE name = 'previews_sent'").fetchone()
                self._journal.note(previews_sent=(msgspec.json.decode(row[0], type=int) if row else 0) + preview_count)

    def left_out(self, entries: Iterable[Entry]) -> None:
        """Note which versions are not announced."""
        self._note(entries, shown=False)

    def _note(self, entries: Iterable[Entry], *, shown: bool) -> None:
        with self._journal.writing() as database:
            database.executemany(
                "INSERT OR REPLACE INTO previews (folder, path, inode, size_bytes, mtime_ns, ctime_ns, shown)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(entry.folder, entry.path, *values_of(entry.identity)[1:], shown) for entry in entries],
            )

    def arrived(self, count: int) -> list[Arrived]:
        """Give shown files that are stored by now, or not there any more."""
        query = (
            "SELECT previews.folder, previews.path, folders.prefix FROM previews"
            f" JOIN folders ON folders.id = previews.folder LEFT JOIN files ON {OF_FILE}"
            " WHERE previews.shown AND (files.id IS NULL OR files.state IN ('stored', 'skipped')) LIMIT ?"
        )
        with self._journal.writing() as database:
            return [Arrived(*row) for row in database.execute(query, (count,))]

    def told(self, arrived: Iterable[Arrived]) -> None:
        """Note that the service knows of them."""
        with self._journal.writing() as database:
            database.executemany(
                "UPDATE previews SET shown = 0 WHERE folder = ? AND path = ?", [(a.folder, a.path) for a in arrived]
            )
