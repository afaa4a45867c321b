"""The layout of ZIP archives, against readers that did not share our code."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zip_layout import Content, ZipEntry, ZipLayout, ZipRange

MOMENT = datetime(2026, 11, 20, 23, 59, 58, tzinfo=UTC)
GIB = 1024**3

TESTERS = [(["unzip", "-t"], "No errors detected"), (["zip", "-T"], "OK"), (["7z", "t"], "Everything is Ok")]
"Those that are installed are asked."


def lay_out(entries: list[ZipEntry], entries_per_mark: int = 3) -> ZipLayout:
    layout = ZipLayout(entries_per_mark)
    for entry in entries:
        layout.add(entry.name, entry.size_bytes)
    return layout


def parts(entries: list[ZipEntry], part: ZipRange, page: int) -> Iterator[bytes | Content]:
    """Write a range as the service does: from the last mark before it on, page by page."""
    at = part.body_mark.entries
    while part.wants_body:
        yield from part.body(entries[at : at + page])
        at += page
    at = part.directory_mark.entries
    while part.wants_directory:
        yield from part.directory(entries[at : at + page])
        at += page
    yield part.ending()


def entries_of(files: dict[str, bytes]) -> list[ZipEntry]:
    return [ZipEntry(name.encode(), len(data), zlib.crc32(data), name) for name, data in sorted(files.items())]


def written(
    files: dict[str, bytes], start: int, stop: int, *, page: int = 2, per_mark: int = 3, moment: datetime = MOMENT
) -> bytes:
    entries = entries_of(files)
    part = ZipRange(lay_out(entries, per_mark), moment, start, stop)
    return b"".join(
        segment
        if isinstance(segment, bytes)
        else files[segment.entry.source][segment.offset : segment.offset + segment.length]
        for segment in parts(entries, part, page)
    )


def whole(files: dict[str, bytes], moment: datetime = MOMENT) -> bytes:
    total = lay_out(entries_of(files)).total_bytes
    archive = written(files, 0, total, moment=moment)
    assert len(archive) == total
    return archive


names = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="/\\"), min_size=1, max_size=12
).filter(lambda name: name not in (".", ".."))
trees = st.dictionaries(st.lists(names, min_size=1, max_size=3).map("/".join), st.binary(max_size=80), max_size=12)


@given(trees)
def test_python_reads_every_file_back(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(whole(files))) as archive:
        assert archive.testzip() is None
        assert {info.filename: archive.read(info) for info in archive.infolist()} == files
        assert all(info.date_time == (2026, 11, 20, 23, 59, 58) for info in archive.infolist())
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
        # No data descriptor: the local header says it all, so that a reader needs no end of the archive.
        assert all(not info.flag_bits & 0x08 and info.flag_bits & 0x800 for info in archive.infolist())


@given(trees, st.data(), st.integers(1, 5), st.integers(1, 5))
def test_any_range_is_that_slice_of_the_whole(
    files: dict[str, bytes], data: st.DataObject, page: int, per_mark: int
) -> None:
    archive = whole(files)
    start = data.draw(st.integers(0, len(archive)))
    stop = data.draw(st.integers(start, len(archive)))
    assert written(files, start, stop, page=page, per_mark=per_mark) == archive[start:stop]


def test_the_bytes_are_what_they_always_were() -> None:
    # Frozen on purpose: an ETag stands for these bytes. Whoever changes them changes the ETag of archives too.
    archive = whole({"m31-v1/CITATION.txt": b"Brahe\n", "m31-v1/ørn/M31_R.fits": b"SIMPLE"})
    assert hashlib.sha256(archive).hexdigest() == ("186d6e8344321bae6a24b5a18cf0fd07e92528a92d181e444c0ddbe97e7e2f7c")


@pytest.mark.parametrize(("command", "says"), [each for each in TESTERS if shutil.which(each[0][0])])
def test_the_common_tools_find_no_fault(tmp_path: Path, command: list[str], says: str) -> None:
    path = tmp_path / "m31-v1.zip"
    path.write_bytes(
        whole({"m31-v1/a.txt": b"", "m31-v1/Årstid/ü.fits": os.urandom(5000), "m31-v1/manifest.json": b"{}"})
    )
    done = subprocess.run([*command, path], capture_output=True, text=True, check=False)
    assert (done.returncode, says in done.stdout) == (0, True), done.stdout + done.stderr


def test_time_stamps_are_utc_and_even_seconds() -> None:
    odd = datetime(2026, 11, 21, 1, 0, 1, tzinfo=timezone(timedelta(hours=2)))
    with zipfile.ZipFile(io.BytesIO(whole({"a": b""}, moment=odd))) as archive:
        assert archive.infolist()[0].date_time == (2026, 11, 20, 23, 0, 0)


class Virtual(io.RawIOBase):
    """A file of many gigabytes that holds nothing: its content is zeros, the rest is written when it is read."""

    def __init__(self, entries: list[ZipEntry]) -> None:
        self.entries = entries
        self.layout = lay_out(entries, 1000)
        self.at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = (0, self.at, self.layout.total_bytes)[whence] + offset
        return self.at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        stop = min(self.at + len(buffer), self.layout.total_bytes)
        part = ZipRange(self.layout, MOMENT, self.at, max(self.at, stop))
        data = b"".join(
            segment if isinstance(segment, bytes) else bytes(segment.length)
            for segment in parts(self.entries, part, 500)
        )
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)


# 4 GiB less one is the first size that its 4-byte field cannot say (APPNOTE 4.4.8): there it means "see ZIP64".
@pytest.mark.parametrize("size", [4 * GIB - 2, 4 * GIB - 1, 4 * GIB, 6 * GIB])
def test_sizes_and_offsets_about_4_gib(size: int) -> None:
    entries = [ZipEntry(name, n, 0) for name, n in ((b"a", 10), (b"b", size), (b"c", 7), (b"d", size), (b"e", 0))]
    file = Virtual(entries)
    with zipfile.ZipFile(file) as archive:
        assert [(info.filename, info.file_size) for info in archive.infolist()] == [
            ("a", 10), ("b", size), ("c", 7), ("d", size), ("e", 0),
        ]  # fmt: skip
        for info in archive.infolist():
            # Where the reader says a local header is, there is one, and it says the same size.
            file.seek(info.header_offset)
            fixed = struct.unpack("<IHHHHHIIIHH", file.read(30))
            name, extra = file.read(fixed[9]), file.read(fixed[10])
            assert (fixed[0], name.decode()) == (0x04034B50, info.filename)
            big = info.file_size >= 4 * GIB - 1
            assert len(extra) == (20 if big else 0)
            assert (struct.unpack("<HHQQ", extra)[2:] if big else fixed[7:9]) == (info.file_size, info.file_size)
        assert archive.infolist()[4].header_offset > 2 * size


@pytest.mark.slow
@pytest.mark.parametrize("count", [65_534, 65_535, 65_536])
def test_more_entries_than_two_bytes_count(count: int) -> None:
    file = Virtual([ZipEntry(b"n/%06d" % n, 0, 0) for n in range(count)])
    ends = file.layout.ending()
    # The old end record's count is 0xFFFF from 65,535 on, and a ZIP64 record has the true one (APPNOTE 4.4.21-22).
    assert struct.unpack_from("<H", ends, len(ends) - 12)[0] == min(count, 0xFFFF)
    assert (b"PK\x06\x06" in ends) == (count >= 0xFFFF)
    stop = file.layout.total_bytes
    start = file.layout.body_bytes
    part = ZipRange(file.layout, MOMENT, start, stop)
    directory = b"".join(s for s in parts(file.entries, part, 1000) if isinstance(s, bytes))
    assert len(directory) == stop - start
    # Python's reader takes a directory whose body is cut off if it is told so by the position alone.
    body = b"".join(
        s for s in parts(file.entries, ZipRange(file.layout, MOMENT, 0, start), 1000) if isinstance(s, bytes)
    )
    with zipfile.ZipFile(io.BytesIO(body + directory)) as archive:
        assert len(archive.infolist()) == count
        assert archive.infolist()[-1].filename == f"n/{count - 1:06d}"
        assert archive.read(archive.infolist()[-1]) == b""


def test_marks_stay_few() -> None:
    layout = ZipLayout()
    for n in range(100_000):
        layout.add(b"%d" % n, 1)
    assert len(layout.marks) == 101
    middle = layout.mark_for_body(layout.body_bytes // 2)
    assert 0 <= layout.body_bytes // 2 - middle.offset < 1000 * 60
    assert layout.mark_for_body(0).entries == 0
    assert layout.mark_for_directory(0).entries == 0
    assert layout.mark_for_directory(layout.total_bytes).entries == 100_000
