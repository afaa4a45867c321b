"""What compress packed comes out again, as another unpacker reads it too, and memory stays small."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
import uncompresspy
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.lzw import LzwDamage, unpack_lzw
from tests.support.lzw_packer import pack_codes, pack_lzw, run_codes


def unpacked(packed: bytes) -> bytes:
    return b"".join(unpack_lzw(io.BytesIO(packed).read))


def by_uncompresspy(packed: bytes) -> bytes:
    return uncompresspy.LZWFile(io.BytesIO(packed)).read()


texts = st.binary(max_size=3000) | st.text(st.sampled_from("ab"), max_size=5000).map(str.encode)


@settings(deadline=None)
@given(texts, st.sampled_from([9, 10, 12, 16]), st.sampled_from([None, 40]))
def test_packed_bytes_come_out_again(content: bytes, widest: int, clear_after: int | None) -> None:
    packed = pack_lzw(content, widest=widest, clear_after=clear_after)
    assert unpacked(packed) == content
    assert by_uncompresspy(packed) == content


def test_a_full_table_and_entries_longer_than_their_tail() -> None:
    content = bytes(200_000) + b"the quick brown fox" * 30_000 + bytes(range(256)) * 600
    for widest, clear_after in ((12, 500), (16, None)):
        assert unpacked(pack_lzw(content, widest=widest, clear_after=clear_after)) == content


def test_a_run_that_expands_six_thousand_times_takes_little_memory() -> None:
    packed = pack_codes(run_codes(20_000))
    size, largest = 0, 0
    tracemalloc.start()
    for piece in unpack_lzw(io.BytesIO(packed).read):
        assert not piece.strip(b"\0")
        size, largest = size + len(piece), max(largest, len(piece))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 20_000 * 20_001 // 2  # 200 MB of 34 kB
    assert largest < 300_000
    assert peak < 12_000_000


@pytest.mark.parametrize("packed", [b"", b"\x1f\x9d", b"\x1f\x8b\x90abc", b"\x1f\x9d\x88abc", b"\x1f\x9d\x91abc"])
def test_a_head_that_makes_no_sense(packed: bytes) -> None:
    with pytest.raises(LzwDamage):
        unpacked(packed)


def test_a_code_before_its_time() -> None:
    for codes in ([300], [65, 300], [65, 258], [65, 66, 256, 257]):
        with pytest.raises(LzwDamage):
            unpacked(pack_codes(codes))


@settings(deadline=None)
@given(st.binary(max_size=400), st.integers(9, 16))
def test_any_bytes_unpack_or_are_damaged(content: bytes, widest: int) -> None:
    try:
        unpacked(bytes([0x1F, 0x9D, 0x80 | widest]) + content)
    except LzwDamage:
        pass


@pytest.mark.shared
def test_a_real_file_agrees_with_another_unpacker(reference_data: Path) -> None:
    packed = (reference_data / "fits" / "bad_lzw.fits.Z").read_bytes()
    assert unpacked(packed) == by_uncompresspy(packed)
