"""Every wrapping gives the same units, in bounded memory, and tells where it is cut, spoilt or odd."""

from __future__ import annotations

import bz2
import gzip
import io
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.header import FileContents
from storage.fits_reader import BytesRangeSource, ReadLimits, read_contents
from storage.lzw import unpack_lzw
from tests.support.fits_bytes import header_block, image_file, three_units
from tests.support.lzw_packer import pack_lzw


def read(content: bytes, name: str = "frame.fits", **limits: int) -> FileContents:
    return read_contents(BytesRangeSource(content), name, limits=ReadLimits(**limits))


def unpacked(packed: bytes) -> bytes:
    return b"".join(unpack_lzw(io.BytesIO(packed).read))


def codes(contents: FileContents) -> list[str]:
    return [problem.code for problem in contents.problems]


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "lzw": pack_lzw,
    "zip": lambda content: zipped({"frame.fits": content}),
}
MEDIA_TYPES = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "lzw": "application/x-compress",
    "zip": "application/zip",
}


@pytest.mark.parametrize("container", PACKERS)
def test_a_wrapped_file_has_the_units_of_the_bare_one(container: str) -> None:
    content = three_units()
    contents = read(PACKERS[container](content), "no-suffix-at-all")
    assert (contents.format, contents.container) == ("fits", container)
    assert contents.media_type == MEDIA_TYPES[container]
    assert contents.units == read(content).units
    assert contents.problems == []


@pytest.mark.parametrize("container", PACKERS)
def test_a_wrapped_file_cut_anywhere_is_told_and_keeps_what_came_before(container: str) -> None:
    whole = read(three_units()).units
    packed = PACKERS[container](three_units())
    for cut in range(12, len(packed) - 1, max(len(packed) // 60, 1)):
        contents = read(packed[:cut], "frame.fits.gz")
        if container == "lzw":  # no end mark: a cut within the padding of a block cannot be told
            assert contents.problems or len(unpacked(packed[:cut])) % 2880 >= 200
        else:
            assert f"{container}-truncated" in codes(contents), cut
        for ours, theirs in zip(contents.units[:-1], whole, strict=False):
            assert ours == theirs


@pytest.mark.parametrize("container", ["gzip", "bzip2", "zip"])
def test_a_wrapped_file_with_a_spoilt_byte_is_told(container: str) -> None:
    packed = bytearray(PACKERS[container](image_file((60, 60))))
    packed[len(packed) // 2] ^= 0x55
    contents = read(bytes(packed))
    assert {f"{container}-damaged", f"{container}-truncated"} & set(codes(contents))


@settings(deadline=None)
@given(st.sampled_from(sorted(PACKERS)), st.data())
def test_spoilt_wrappings_never_raise(container: str, data: st.DataObject) -> None:
    packed = bytearray(PACKERS[container](three_units()))
    for _ in range(data.draw(st.integers(1, 5))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    read(bytes(packed[: data.draw(st.integers(0, len(packed)))]))


def test_a_gzip_of_237_kb_that_expands_to_242_mb_takes_little_memory() -> None:
    header = header_block("SIMPLE  = T", "BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 11000", "NAXIS2  = 11000")
    second = header_block("XTENSION= 'IMAGE'", "BITPIX  = 8", "NAXIS   = 0", "EXTNAME = 'LAST'")
    packer = zlib.compressobj(9, wbits=31)
    packed = [packer.compress(header)]
    packed += [packer.compress(bytes(1_000_000)) for _ in range(242)]
    packed += [packer.compress(bytes(-242_000_000 % 2880) + second), packer.flush()]
    content = b"".join(packed)
    assert len(content) < 250_000
    tracemalloc.start()
    contents = read(content, "frame.fits.gz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [unit.name for unit in contents.units] == ["PRIMARY", "LAST"]
    assert contents.units[0].data_size_bytes == 242_000_000
    assert contents.problems == []
    assert peak < 5_000_000


@pytest.mark.parametrize("container", ["gzip", "bzip2", "lzw", "zip"])
def test_expansion_stops_at_the_limit(container: str) -> None:
    contents = read(PACKERS[container](image_file((200, 300))), max_expanded_bytes=50_000)
    assert codes(contents) == ["expands-too-far"]
    assert [unit.shape for unit in contents.units] == [(200, 300)]


def test_a_file_of_nothing_is_not_expanded_for_minutes() -> None:
    """It costs who sends it nothing, and us a processor: 64 GiB come from 100 kB of bzip2."""
    content = image_file((2000, 3000)).replace(b"OBJECT", b"TARGET", 1)[:2880] + bytes(12_000_000)
    packed = bz2.compress(content)
    assert codes(read(packed, max_cheap_bytes=1_000_000)) == ["expands-too-far"]
    assert "expands-too-far" not in codes(read(packed, max_cheap_bytes=20_000_000))
    assert "expands-too-far" not in codes(read(packed, max_cheap_bytes=1_000_000, max_expansion=1_000_000))


def test_gzip_members_follow_one_another() -> None:
    content = three_units()
    packed = b"".join(gzip.compress(content[at : at + 2000]) for at in range(0, len(content), 2000))
    assert read(packed).units == read(content).units
    assert codes(read(packed + bytes(700))) == []  # tapes pad with NUL
    assert codes(read(packed + b"left over")) == ["trailing-garbage"]
    packed = bz2.compress(content[:5000]) + bz2.compress(content[5000:])
    assert read(packed).units == read(content).units
    assert codes(read(packed + b"left over")) == ["trailing-garbage"]


def test_a_zip_gives_its_first_fits_file_and_tells_of_the_others() -> None:
    content = three_units()
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        packed = zipped(
            {"read.me": b"words", "night/": b"", "night/a.fits": content, "night/b.fits": image_file()}, method
        )
        contents = read(packed, "night.zip")
        assert contents.units == read(content).units
        assert codes(contents) == ["zip-more-members"]
        assert "night/a.fits" in contents.problems[0].detail
    assert codes(read(zipped({"odd.name": content}), "night.zip")) == []


def test_a_zip_without_fits_is_another_file() -> None:
    packed = zipped({"read.me": b"words"})
    contents = read(packed, "words.zip")
    assert (contents.format, contents.container, contents.problems) == ("other", "zip", [])
    assert codes(read(packed, "frame.fits.zip")) == ["not-fits"]


def test_a_zip_that_asks_for_a_password_says_so() -> None:
    packed = bytearray(zipped({"frame.fits": three_units()}))
    packed[6] |= 1  # general purpose flag 0: encrypted, in the member's own header
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1  # and in the directory
    assert codes(read(bytes(packed), "night.zip")) == ["zip-encrypted"]


def test_a_zip_with_a_vast_directory_is_left_alone() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(9000):
            archive.writestr(f"{number:0200d}.txt", b"")
    contents = read(stream.getvalue(), "many.zip")
    assert codes(contents) == ["zip-too-many-members"]


def test_a_zip_member_of_another_method_is_left_alone() -> None:
    packed = zipped({"frame.fits": three_units()}, zipfile.ZIP_LZMA)
    assert codes(read(packed, "frame.fits.zip")) == ["not-fits"]
