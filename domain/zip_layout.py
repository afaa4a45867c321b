"""The arithmetic of a ZIP64 archive of stored files: where every byte lies, before one of them is read.

Names, sizes and CRC32s are known beforehand, so that local headers are final (no data descriptors) and any range of the
archive can be written without what precedes it. The same entries and moment always give the same bytes: whoever changes
that also changes the archives' ETag, or a download resumed across the change is spoilt unnoticed.

Source
------
PKWARE APPNOTE.TXT 6.3.10, sections 4.3 (layout), 4.4 (fields), 4.5.3 (ZIP64 extra field).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from struct import Struct, pack

import msgspec

__all__ = ["Content", "Mark", "ZipEntry", "ZipLayout", "ZipRange"]

LIMIT_32 = 0xFFFFFFFF  # this value in a 4-byte field means: see the ZIP64 field (4.4.1.4)
LIMIT_16 = 0xFFFF
LOCAL = Struct("<IHHHHHIIIHH")  # 30 bytes, 4.3.7
CENTRAL = Struct("<IHHHHHHIIIHHHHHII")  # 46 bytes, 4.3.12
LOCAL_ZIP64 = Struct("<HHQQ")  # 20 bytes: both sizes, as 4.5.3 demands of a local header
END_ZIP64 = Struct("<IQHHIIQQQQ")  # 56 bytes, 4.3.14
LOCATOR_ZIP64 = Struct("<IIQI")  # 20 bytes, 4.3.15
END = Struct("<IHHHHIIH")  # 22 bytes, 4.3.16
UTF8_NAMES = 0x0800  # general purpose bit 11, 4.4.4
VERSION, VERSION_ZIP64 = 20, 45  # 4.4.3.2
MADE_BY_UNIX = 3 << 8 | VERSION_ZIP64
REGULAR_FILE_0644 = 0o100644 << 16
ENTRIES_PER_MARK = 1000


class ZipEntry(msgspec.Struct, frozen=True):
    """A file of the archive: its name (UTF-8, with ``/``), size, CRC32, and where its bytes are found."""

    name: bytes
    size_bytes: int
    crc32: int
    source: str = ""


class Content(msgspec.Struct, frozen=True):
    """A stretch of the archive that is a stretch of a file."""

    entry: ZipEntry
    offset: int
    length: int


class Mark(msgspec.Struct, frozen=True):
    """A place to begin at: behind ``entries`` entries, the last of which is called ``name``.

    ``offset`` is where the next local header begins, ``directory_offset`` where the next directory record does; both
    count from the archive's first byte, the second one without the body that precedes the directory.
    """

    entries: int
    offset: int
    directory_offset: int
    name: bytes


class ZipLayout:
    """How long an archive is, and marks to begin at in the middle of it; memory grows by a mark per 1,000 entries.

    Add each entry in the archive's order, then read the totals.
    """

    def __init__(self, entries_per_mark: int = ENTRIES_PER_MARK) -> None:
        self.entry_count = 0
        self.body_bytes = 0
        self.directory_bytes = 0
        self.marks = [Mark(0, 0, 0, b"")]
        self._entries_per_mark = entries_per_mark

    def add(self, name: bytes, size_bytes: int) -> None:
        """Append an entry."""
        self.directory_bytes += directory_record_size(len(name), size_bytes, self.body_bytes)
        self.body_bytes += local_size(len(name), size_bytes)
        self.entry_count += 1
        if self.entry_count % self._entries_per_mark == 0:
            self.marks.append(Mark(self.entry_count, self.body_bytes, self.directory_bytes, name))

    @property
    def total_bytes(self) -> int:
        """Length of the archive."""
        return self.body_bytes + self.directory_bytes + len(self.ending())

    def mark_for_body(self, position: int) -> Mark:
        """Find the last mark whose next local header begins at or before a position of the archive."""
        return self.marks[bisect_right(self.marks, position, key=lambda mark: mark.offset) - 1]

    def mark_for_directory(self, position: int) -> Mark:
        """Find the last mark whose next directory record begins at or before a position of the archive."""
        inside = max(0, position - self.body_bytes)
        return self.marks[bisect_right(self.marks, inside, key=lambda mark: mark.directory_offset) - 1]

    def ending(self) -> bytes:
        """Write what follows the directory: the end record, after its ZIP64 form where a number does not fit."""
        at, length, count = self.body_bytes, self.directory_bytes, self.entry_count
        end = END.pack(
            0x06054B50, 0, 0, min(count, LIMIT_16), min(count, LIMIT_16), min(length, LIMIT_32), min(at, LIMIT_32), 0
        )
        if count < LIMIT_16 and length < LIMIT_32 and at < LIMIT_32:
            return end
        record = END_ZIP64.pack(
            0x06064B50, END_ZIP64.size - 12, MADE_BY_UNIX, VERSION_ZIP64, 0, 0, count, count, length, at
        )
        return record + LOCATOR_ZIP64.pack(0x07064B50, 0, at + length, 1) + end


def local_size(name_bytes: int, size_bytes: int) -> int:
    """Length of a local header with the content behind it, bytes."""
    return LOCAL.size + name_bytes + (LOCAL_ZIP64.size if size_bytes >= LIMIT_32 else 0) + size_bytes


def directory_record_size(name_bytes: int, size_bytes: int, offset: int) -> int:
    """Length of the directory record of an entry whose local header is at ``offset``, bytes."""
    numbers = (2 if size_bytes >= LIMIT_32 else 0) + (1 if offset >= LIMIT_32 else 0)
    return CENTRAL.size + name_bytes + (4 + 8 * numbers if numbers else 0)


def local_header(entry: ZipEntry, moment: datetime) -> bytes:
    """Write a local file header."""
    big = entry.size_bytes >= LIMIT_32
    size = LIMIT_32 if big else entry.size_bytes
    extra = LOCAL_ZIP64.pack(1, 16, entry.size_bytes, entry.size_bytes) if big else b""
    time, date = dos_moment(moment)
    version = VERSION_ZIP64 if big else VERSION
    header = LOCAL.pack(
        0x04034B50, version, UTF8_NAMES, 0, time, date, entry.crc32, size, size, len(entry.name), len(extra)
    )
    return header + entry.name + extra


def directory_record(entry: ZipEntry, offset: int, moment: datetime) -> bytes:
    """Write the directory record of an entry whose local header is at ``offset``."""
    numbers = [entry.size_bytes, entry.size_bytes] if entry.size_bytes >= LIMIT_32 else []
    size = LIMIT_32 if numbers else entry.size_bytes
    numbers += [offset] if offset >= LIMIT_32 else []
    extra = pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""
    time, date = dos_moment(moment)
    version = VERSION_ZIP64 if numbers else VERSION
    record = CENTRAL.pack(
        0x02014B50, MADE_BY_UNIX, version, UTF8_NAMES, 0, time, date, entry.crc32, size, size, len(entry.name),
        len(extra), 0, 0, 0, REGULAR_FILE_0644, min(offset, LIMIT_32),
    )  # fmt: skip
    return record + entry.name + extra


def dos_moment(moment: datetime) -> tuple[int, int]:
    """Turn an aware moment into DOS time and date, UTC, to the even second; 1980 to 2107."""
    utc = moment.astimezone(UTC)
    year = min(max(utc.year, 1980), 2107) - 1980
    return utc.hour << 11 | utc.minute << 5 | utc.second // 2, year << 9 | utc.month << 5 | utc.day


class ZipRange:
    """Writes the part ``[start, stop)`` of an archive, given its entries page by page, in their order.

    First ``body`` for each page of entries behind ``body_mark``, as long as ``wants_body``; then ``directory`` for
    each page behind ``directory_mark``, as long as ``wants_directory``; then ``ending``.

    Parameters
    ----------
    moment : datetime
        The time stamp of every entry.
    start, stop : int
        Bytes from the archive's first.
    """

    def __init__(self, layout: ZipLayout, moment: datetime, start: int, stop: int) -> None:
        self.body_mark = layout.mark_for_body(start)
        self.directory_mark = layout.mark_for_directory(start)
        self._layout = layout
        self._moment = moment
        self._start = start
        self._stop = stop
        self._body_offset = self.body_mark.offset
        self._entry_offset = self.directory_mark.offset
        self._directory_position = layout.body_bytes + self.directory_mark.directory_offset
        self._ending_at = layout.body_bytes + layout.directory_bytes

    @property
    def wants_body(self) -> bool:
        """Whether more of the body is to be written."""
        return self._start < self._layout.body_bytes and self._body_offset < min(self._stop, self._layout.body_bytes)

    @property
    def wants_directory(self) -> bool:
        """Whether more of the directory is to be written."""
        return self._start < self._ending_at and self._directory_position < min(self._stop, self._ending_at)

    def body(self, entries: Sequence[ZipEntry]) -> Iterator[bytes | Content]:
        """Give what of the part lies in the next entries, in order."""
        start, stop = self._start, self._stop
        for entry in entries:
            offset = self._body_offset
            if offset >= stop:
                return
            end = offset + local_size(len(entry.name), entry.size_bytes)
            content_at = end - entry.size_bytes
            self._body_offset = end
            if start < content_at:
                yield local_header(entry, self._moment)[max(0, start - offset) : stop - offset]
            first, last = max(start, content_at), min(stop, end)
            if first < last:
                yield Content(entry, first - content_at, last - first)

    def directory(self, entries: Sequence[ZipEntry]) -> Iterator[bytes]:
        """Give what of the part lies in the directory records of the next entries, in order."""
        for entry in entries:
            position = self._directory_position
            if position >= self._stop:
                return
            record = directory_record(entry, self._entry_offset, self._moment)
            self._directory_position += len(record)
            self._entry_offset += local_size(len(entry.name), entry.size_bytes)
            if self._start < self._directory_position:
                yield record[max(0, self._start - position) : self._stop - position]

    def ending(self) -> bytes:
        """Give what of the part lies behind the directory."""
        if self._stop <= self._ending_at:
            return b""
        return self._layout.ending()[max(0, self._start - self._ending_at) : self._stop - self._ending_at]
