"""Cells of tables as they are told, beside what astropy reads from the same bytes."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.fits_reader import read_contents
from storage.preview_stream import PreviewRefused, open_stream
from storage.preview_table import list_columns
from storage.range_source import BytesRangeSource
from storage.table_cells import LongCell, read_cells, refuse_packed


class Counted(BytesRangeSource):
    """Bytes that tell how many of them were read, and in how many pieces."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.taken, self.pieces = 0, 0

    def read(self, offset: int, length: int) -> bytes:
        found = super().read(offset, length)
        self.taken, self.pieces = self.taken + len(found), self.pieces + 1
        return found


def written(*columns: fits.Column, **cards: Any) -> bytes:
    unit = fits.BinTableHDU.from_columns(list(columns))
    unit.header.update(cards)
    stream = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), unit]).writeto(stream)
    return stream.getvalue()


def cells(content: bytes, first: int = 0, count: int = 50) -> tuple[list[list[Any]], Counted]:
    source = Counted(content)
    unit = read_contents(source, "table.fits").units[1]
    source.taken = source.pieces = 0
    return read_cells(open_stream(source, "none"), unit, list_columns(unit), first, count), source


def test_every_kind_of_column_is_told() -> None:
    content = written(
        fits.Column("flag", "L", array=[True, False, True]),
        fits.Column("bits", "11X", array=np.array([[1, 0, 1] + [0] * 8, [0] * 11, [1] * 11], bool)),
        fits.Column("byte", "B", array=np.array([0, 7, 255], np.uint8)),
        fits.Column("unsigned", "I", bzero=32768, array=np.array([0, 40000, 65535], np.uint16)),
        fits.Column("huge", "K", null=-1, array=np.array([2**62, -1, 5])),
        fits.Column("narrow", "E", array=np.array([0.1, np.nan, np.inf], "f4")),
        fits.Column("wide", "D", array=[1e-300, -0.25, 1 / 3]),
        fits.Column("name", "9A", array=np.array([b"M 31", b"", "Höhe <b>".encode()], "S9")),
        fits.Column("complex", "M", array=[1 + 2j, -1.5j, 0j]),
        fits.Column("nothing", "0D", array=np.empty((3, 0))),
    )
    told, _ = cells(content)
    assert told[0] == [
        True, "10100000000", 0, 0, str(2**62), 0.1, 1e-300, "M 31", "1+2i", None,
    ]  # fmt: skip
    assert told[1] == [False, "0" * 11, 7, 40000, None, None, -0.25, "", "-1.5i", None]
    assert told[2][5:8] == ["∞", 1 / 3, "Höhe <b>"] and told[2][3:5] == [65535, 5]


def test_scaled_columns_are_astropys() -> None:
    content = written(fits.Column("v", "I", array=np.array([50, 150, 250], "i2")))
    at = content.rindex(b"END".ljust(80))
    extra = b"".join(card.ljust(80) for card in (b"TSCAL1  = 0.1", b"TZERO1  = 5.0", b"TNULL1  = 250", b"END"))
    content = content[:at] + extra + content[at + len(extra) :]
    told, _ = cells(content)
    assert [row[0] for row in told] == [pytest.approx(10.0), pytest.approx(20.0), None]


def test_long_cells_are_told_by_their_beginning() -> None:
    lengths = [3, 0, 100, 1]
    ragged = np.empty(4, object)
    ragged[:] = [np.arange(length, dtype="f4") for length in lengths]
    content = written(
        fits.Column("vector", "20J", array=np.arange(80, dtype="i4").reshape(4, 20)),
        fits.Column("ragged", "PE()", array=ragged),
        fits.Column("strings", "12A", dim="(4,3)", array=np.array([["ab", "c", "dddd"]] * 4)),
        fits.Column("story", "1000A", array=["x" * 1000] * 4),
    )
    told, _ = cells(content)
    assert told[0][0] == LongCell(20, list(range(8))) and told[3][0].first[0] == 60
    assert [row[1] for row in told] == [
        LongCell(3, [0, 1, 2]), None, LongCell(100, [0, 1, 2, 3, 4, 5, 6, 7]), LongCell(1, [0]),
    ]  # fmt: skip
    assert told[0][2] == LongCell(3, ["ab", "c", "dddd"])
    assert told[0][3] == "x" * 400 + "…"


def test_no_more_is_read_than_is_shown() -> None:
    long = written(
        fits.Column("n", "J", array=np.arange(100_000, dtype="i4")), fits.Column("v", "4D", array=np.ones((100_000, 4)))
    )
    told, source = cells(long, 50_000, 20)
    assert [row[0] for row in told] == list(range(50_000, 50_020))
    assert (source.taken, source.pieces) == (20 * 36, 1)
    wide = written(
        fits.Column("n", "J", array=np.arange(9, dtype="i4")),
        fits.Column("v", "50000D", array=np.arange(450_000.0).reshape(9, 50_000)),
    )
    told, source = cells(wide)
    assert [row[1].first[0] for row in told] == [n * 50_000 for n in range(9)]
    assert source.taken == 9 * (4 + 8 * 8)


def test_where_the_table_ends() -> None:
    content = written(fits.Column("n", "J", array=np.arange(10, dtype="i4")))
    assert len(cells(content, 8, 50)[0]) == 2
    assert cells(content, 10, 50)[0] == [] and cells(content, 11, 50)[0] == []
    cut = content[: len(content) - 2880 + 22]
    assert [row[0] for row in cells(cut)[0]] == [0, 1, 2, 3, 4]


def test_what_is_no_table_is_refused() -> None:
    content = written(fits.Column("n", "J", array=np.arange(10, dtype="i4")), ZTABLE=True)
    units = read_contents(BytesRangeSource(content), "a.fits").units
    for unit in units:
        with pytest.raises(PreviewRefused):
            refuse_packed(unit)


_SAMPLE = written(
    fits.Column("a", "3E", array=np.ones((5, 3))),
    fits.Column("s", "5A", array=["a"] * 5),
    fits.Column("p", "PJ()", array=np.array([np.arange(n) for n in range(1, 6)], object)),
    fits.Column("x", "9X", array=np.ones((5, 9), bool)),
)


@settings(max_examples=150, deadline=None)
@given(
    cut=st.integers(0, len(_SAMPLE)),
    spoilt=st.lists(st.tuples(st.integers(2880, len(_SAMPLE) - 1), st.integers(0, 255)), max_size=12),
)
def test_broken_tables_are_told_or_refused(cut: int, spoilt: list[tuple[int, int]]) -> None:
    content = bytearray(_SAMPLE)
    for place, value in spoilt:
        content[place] = value
    source = BytesRangeSource(bytes(content[:cut]))
    for unit in read_contents(source, "a.fits").units:
        try:
            refuse_packed(unit)
        except PreviewRefused:
            continue
        if columns := list_columns(unit):
            for row in read_cells(open_stream(source, "none"), unit, columns, 0, 50):
                assert len(row) == len(columns)
