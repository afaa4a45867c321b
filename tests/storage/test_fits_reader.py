"""Files read by their headers alone agree with astropy, cost few reads, and tell what is wrong with them."""

from __future__ import annotations

import csv
import gzip
import tracemalloc
from pathlib import Path

import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import StoreUnavailable
from domain.header import FileContents
from storage.fits_reader import BytesRangeSource, FileRangeSource, RangeSource, ReadLimits, read_contents
from tests.support.fits_bytes import header_block, image_file, three_units


def read(content: bytes, name: str = "frame.fits", **limits: int) -> FileContents:
    return read_contents(BytesRangeSource(content), name, limits=ReadLimits(**limits))


def codes(contents: FileContents) -> list[str]:
    return [problem.code for problem in contents.problems]


class CountingSource:
    """Passes reads on, and keeps what was asked for."""

    def __init__(self, source: RangeSource) -> None:
        self._source = source
        self.size_bytes = source.size_bytes
        self.reads: list[tuple[int, int]] = []

    def read(self, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        return self._source.read(offset, length)


# ---- sound files


def test_three_units_are_told_apart() -> None:
    content = three_units()
    contents = read(content)
    assert (contents.format, contents.container, contents.media_type) == ("fits", "none", "application/fits")
    assert contents.problems == []
    told = [(unit.index, unit.name, unit.kind, unit.shape, unit.bitpix) for unit in contents.units]
    assert told == [
        (0, "PRIMARY", "empty", (), 8),
        (1, "SCI", "image", (20, 30), -32),
        (2, "CAT", "table", (50,), 8),
    ]
    assert contents.units[0].find("FILTER") == "R"
    for unit in contents.units[1:]:
        assert content[unit.header_offset : unit.header_offset + 8] == b"XTENSION"
        assert unit.data_offset % 2880 == 0
    assert [unit.data_size_bytes for unit in contents.units] == [0, 2400, 200]


def test_a_file_begins_with_the_headers_before_its_first_data() -> None:
    """In whole pages, or with all of a small file; an empty first unit is one header more."""
    image = image_file((200, 300))
    assert read(image).beginning == image[:4096]
    long = image_file((200, 300), cards={f"SET{number}": number for number in range(180)})
    assert (read(long).units[0].data_offset, read(long).beginning) == (17_280, long[:20_480])
    units = three_units()
    assert (read(units).units[1].data_offset, read(units).beginning) == (5760, units[:8192])
    small = header_block("SIMPLE  =                    T", "BITPIX  =                   16", "NAXIS   = 0")
    assert read(small).beginning == small
    assert read(image[:4000]).beginning == image[:4000]


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(image_file()),
        b"no FITS file",
        image_file((200, 300), cards={f"SET{number}": number for number in range(400)}),  # 34 kB of header
    ],
    ids=["compressed", "no FITS", "long"],
)
def test_of_other_files_no_beginning_is_told(content: bytes) -> None:
    assert read(content).beginning == b""


def test_a_large_file_costs_one_small_read_for_each_header(tmp_path: Path) -> None:
    # Sparse: a primary image of 1 GB and two more of 0.5 GB, of which only headers are written.
    path = tmp_path / "large.fits"
    units = [
        header_block("SIMPLE  = T", "BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 20000", "NAXIS2  = 26000"),
        header_block("XTENSION= 'IMAGE'", "BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 20000", "NAXIS2  = 13000"),
        header_block("XTENSION= 'IMAGE'", "BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 20000", "NAXIS2  = 13000"),
    ]
    with path.open("wb") as file:
        for header, size_bytes in zip(units, (1_040_000_000, 520_000_000, 520_000_000), strict=True):
            file.write(header)
            file.seek(-(-size_bytes // 2880) * 2880, 1)
        file.truncate(file.tell())
    with FileRangeSource(path) as file_source:
        source = CountingSource(file_source)
        contents = read_contents(source, "large.fits")
    assert [unit.shape for unit in contents.units] == [(26000, 20000), (13000, 20000), (13000, 20000)]
    assert contents.problems == []
    assert source.size_bytes > 2_000_000_000
    assert len(source.reads) == 3
    assert sum(length for _, length in source.reads) <= 3 * 32_768


def test_a_small_file_costs_one_read() -> None:
    source = CountingSource(BytesRangeSource(three_units()))
    assert len(read_contents(source, "frame.fits").units) == 3
    assert len(source.reads) == 1


def test_a_header_longer_than_the_first_read() -> None:
    content = header_block("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", *[f"K{n:06d} = {n}" for n in range(2000)])
    source = CountingSource(BytesRangeSource(content))
    contents = read_contents(source, "frame.fits")
    assert contents.units[0].find("K001999") == 1999
    assert contents.problems == []
    assert sum(length for _, length in source.reads) < len(content) + 65_536


def test_a_file_without_padding_after_its_data_is_sound() -> None:
    content = image_file((20, 30))
    assert codes(read(content[: 2880 + 1200])) == []


def test_blank_blocks_after_the_last_unit_are_no_problem() -> None:
    assert codes(read(image_file() + bytes(2880 * 3))) == []


# ---- what is wrong is told


def test_no_bytes() -> None:
    contents = read(b"")
    assert (contents.format, contents.units, codes(contents)) == ("other", [], ["empty-file"])


def test_data_cut_short() -> None:
    content = three_units()
    contents = read(content[: 2880 * 2 + 1000])
    assert [unit.name for unit in contents.units] == ["PRIMARY", "SCI"]
    assert codes(contents) == ["data-truncated"]
    assert "2400 bytes" in contents.problems[0].detail
    assert "SCI" in contents.problems[0].detail


@pytest.mark.parametrize("cut", [100, 2880 + 1, 2880 + 333, 2880 + 500])
def test_a_header_cut_short(cut: int) -> None:
    contents = read(three_units()[:cut])
    assert "header-truncated" in codes(contents)
    assert len(contents.units) == 1 + cut // 2880
    assert all(card.keyword != "END" for unit in contents.units for card in unit.cards)


def test_a_card_cut_in_two_is_left_out() -> None:
    block = header_block("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", "EXPTIME =                120.0", end=False)
    contents = read(block[:-52])  # ... EXPTIME = 12
    assert contents.units[0].find("EXPTIME") is None
    assert codes(contents) == ["header-truncated"]


def test_a_header_without_end_before_its_data() -> None:
    block = header_block("SIMPLE  = T", "BITPIX  = 16", "NAXIS   = 1", "NAXIS1  = 5000", *["COMMENT x"] * 32, end=False)
    assert len(block) == 2880
    contents = read(block + image_file()[2880:] * 4)
    assert codes(contents) == ["missing-end"]
    assert len(contents.units[0].cards) == 36


@pytest.mark.parametrize(
    "axes",
    [
        ["NAXIS   = 2000000000"],
        ["NAXIS   = 2", "NAXIS1  = 2000000000", "NAXIS2  = 2000000000"],
        ["NAXIS   = 2", "NAXIS1  = -5", "NAXIS2  = 5"],
        ["NAXIS   = 3", "NAXIS1  = 5"],
        ["NAXIS   = 1", "NAXIS1  = 'many'"],
    ],
)
def test_absurd_axes_take_no_memory(axes: list[str]) -> None:
    content = header_block("SIMPLE  = T", "BITPIX  = 16", *axes) + bytes(2880)
    tracemalloc.start()
    contents = read(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert codes(contents) == ["absurd-axes"]
    assert len(contents.units) == 1
    assert peak < 1_000_000


def test_billions_of_bytes_that_are_not_there() -> None:
    content = header_block("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 1", "NAXIS1  = 4000000000") + bytes(2880)
    contents = read(content)
    assert codes(contents) == ["data-truncated"]
    assert contents.units[0].shape == (4_000_000_000,)


def test_garbage_after_the_last_unit() -> None:
    contents = read(image_file() + b"left over")
    assert codes(contents) == ["trailing-garbage"]
    assert len(contents.units) == 1


def test_repeated_keywords_are_named_where_their_values_differ() -> None:
    content = header_block(
        "SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0",
        "FILTER  = 'R'", "FILTER  = 'R'", "OBJECT  = 'M 31'", "OBJECT  = 'M 33'",
        "EXPTIME = 30.0", "EXPTIME = 60.0", "GAIN    =", "GAIN    = 2.0",
        "HISTORY one", "HISTORY two", "PROCESS first", "PROCESS second",
    )  # fmt: skip
    contents = read(content)
    assert codes(contents) == ["repeated-keyword"]
    detail = contents.problems[0].detail
    assert "OBJECT, EXPTIME;" in detail
    assert not {"FILTER", "HISTORY", "PROCESS", "GAIN"} & set(detail.replace(",", " ").replace(";", " ").split())
    assert contents.units[0].find("OBJECT") == "M 31"


def test_bytes_beyond_ascii_and_cards_nobody_can_parse() -> None:
    content = header_block(
        "SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", "TELESCOP= 'C\xf4te'", "DATE-OBS= 2026-13-01T00"
    )
    contents = read(content)
    assert codes(contents) == ["header-not-ascii", "bad-cards"]
    assert "DATE-OBS" in contents.problems[1].detail
    assert contents.units[0].find("TELESCOP") == "C\xf4te"
    assert contents.units[0].find("DATE-OBS") == "2026-13-01T00"


def test_limits_stop_the_reading_and_say_so() -> None:
    many = header_block("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0")
    many += header_block("XTENSION= 'IMAGE'", "BITPIX  = 8", "NAXIS   = 0") * 50
    contents = read(many, max_units=10)
    assert (len(contents.units), codes(contents)) == (10, ["too-many-units"])
    contents = read(many, max_headers_bytes=2880 * 5)
    assert (len(contents.units), codes(contents)) == (5, ["too-many-units"])
    long = header_block("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", *["HISTORY again"] * 500)
    contents = read(long, max_header_bytes=10_000)
    assert codes(contents) == ["header-too-long"]
    assert len(contents.units[0].cards) <= 10_000 // 80


def test_one_problem_for_each_code_however_many_units_have_it() -> None:
    extension = header_block("XTENSION= 'IMAGE'", "BITPIX  = 8", "NAXIS   = 0", "X       = 1", "X       = 2")
    contents = read(header_block("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0") + extension * 30)
    assert codes(contents) == ["repeated-keyword"]
    assert "25 more" in contents.problems[0].detail


@pytest.mark.parametrize(
    ("content", "name", "media_type", "code", "word"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "frame.fits", "image/png", "not-fits", "PNG"),
        (b"<!DOCTYPE HTML><html>500</html>", "frame.fit", "text/html", "not-fits", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a.fits", "text/plain", "lfs-pointer", "git lfs pull"),
        (b"some words", "frame.fts", "text/plain", "not-fits", "plain text"),
        (b"\0\1\2\3" * 50, "frame.fits.fz", "application/octet-stream", "not-fits", "unknown"),
        (gzip.compress(b"\x89PNG\r\n\x1a\n", mtime=0), "frame.fits.gz", "application/gzip", "not-fits", "PNG"),
        (gzip.compress(b"", mtime=0), "frame.fits.gz", "application/gzip", "empty-file", "no bytes"),
    ],
)  # fmt: skip
def test_names_that_promise_fits(content: bytes, name: str, media_type: str, code: str, word: str) -> None:
    contents = read(content, name)
    assert (contents.format, contents.media_type, contents.units) == ("other", media_type, [])
    assert codes(contents) == [code]
    assert word in contents.problems[0].detail


def test_other_files_are_kept_without_complaint() -> None:
    assert read(b"time,flux\n1,2\n", "curve.csv") == FileContents("other", "none", "text/csv", [], [])
    assert read(gzip.compress(b"words"), "notes.txt.gz") == FileContents("other", "gzip", "application/gzip", [], [])


# ---- nothing in a file raises, and everything in a source does


@settings(deadline=None)
@given(st.data())
def test_spoilt_bytes_never_raise(data: st.DataObject) -> None:
    content = bytearray(three_units())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, 2880 * 4))
        patch = data.draw(st.binary(min_size=1, max_size=90))
        content[at : at + len(patch)] = patch
    spoilt = bytes(content[: data.draw(st.integers(0, len(content)))])
    contents = read(spoilt, data.draw(st.sampled_from(["a.fits", "b.txt", "", "\0"])))
    assert contents.format == "other" or contents.units


MAGICS = [b"\x1f\x8b\x08", b"\x1f\x9d\x90", b"BZh91AY&SY", b"PK\x03\x04", b"XISF0100", b"SIMPLE  ="]


@settings(deadline=None)
@given(st.sampled_from([*MAGICS, b""]), st.binary(max_size=500))
def test_random_bytes_behind_any_magic_never_raise(magic: bytes, rest: bytes) -> None:
    contents = read(magic + rest)
    assert contents.problems


class FailingSource(CountingSource):
    """Fails at the second read, as a store does when the line breaks."""

    def __init__(self, source: RangeSource, failure: Exception) -> None:
        super().__init__(source)
        self._failure = failure

    def read(self, offset: int, length: int) -> bytes:
        if self.reads:
            raise self._failure
        return super().read(offset, length)


@pytest.mark.parametrize("failure", [StoreUnavailable("The store does not answer."), OSError("disk")])
@pytest.mark.parametrize("magic", MAGICS)
def test_a_failing_source_is_not_taken_for_a_bad_file(failure: Exception, magic: bytes) -> None:
    block = header_block("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", *["HISTORY again"] * 1000)
    content = block if magic == b"SIMPLE  =" else magic + bytes(70_000)
    with pytest.raises(type(failure)):
        read_contents(FailingSource(BytesRangeSource(content), failure), "frame.fits")


# ---- the reference files

# Where the number of units is not that of the manifest (which says what astropy found), and why.
UNITS_THAT_DIFFER = {
    "bad_derived_truncated-gzip_xshooter.fits.gz": (2, "astropy silently drops the unit through which the cut goes"),
    "bad_derived_truncated-header_saao.fits": (1, "astropy refuses the file; the cards before the cut are kept"),
}

# What is wrong with each damaged file, as its name and the manifest's notes say.
EXPECTED_PROBLEMS = {
    "bad_ana_test.fz": ["not-fits"],
    "bad_checksum_false.fits": [],  # checksums are not verified here
    "bad_derived_invalid-date_lco.fits": [],  # dates are not read here
    "bad_derived_png-renamed.fits": ["not-fits"],
    "bad_derived_truncated-data_cfht.fits": ["data-truncated"],
    "bad_derived_truncated-gzip_xshooter.fits.gz": ["data-truncated", "gzip-truncated"],
    "bad_derived_truncated-header_saao.fits": ["header-truncated"],
    "bad_emptyfile_sdss.fits": [],
    "bad_fixed-1890.fits": [],
    "bad_group_invalid.fits": [],
    "bad_gzip_fits_test.file": [],
    "bad_idcompspec.fits": ["not-fits"],
    "bad_lfs-pointer_drao.fits": ["lfs-pointer"],
    "bad_lzw.fits.Z": ["repeated-keyword"],
    "bad_not_actually_fits.fits": ["not-fits"],
    "bad_random_groups.fits": [],
    "maximdl410_apogee_sip-wcs.fit": ["repeated-keyword"],
    "ptf_validate_wcs.fits": ["repeated-keyword"],
}


def reference_files(reference_data: Path) -> list[Path]:
    files = [path for path in sorted((reference_data / "fits").iterdir()) if path.suffix != ".csv"]
    assert len(files) >= 91
    return files


def read_file(path: Path) -> FileContents:
    with FileRangeSource(path) as source:
        return read_contents(source, path.name)


@pytest.mark.shared
def test_reference_files_have_the_units_of_the_manifest(reference_data: Path) -> None:
    with (reference_data / "fits" / "manifest.csv").open(newline="") as file:
        counts = {row["file"]: int(row["n_hdus"] or 0) for row in csv.DictReader(file)}
    for path in reference_files(reference_data):
        expected = UNITS_THAT_DIFFER.get(path.name, (counts[path.name], ""))[0]
        assert len(read_file(path).units) == expected, path.name


@pytest.mark.shared
def test_reference_files_have_the_problems_that_are_known_of_them(reference_data: Path) -> None:
    for path in reference_files(reference_data):
        assert codes(read_file(path)) == EXPECTED_PROBLEMS.get(path.name, []), path.name


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
def test_reference_files_agree_with_astropy_card_by_card(reference_data: Path) -> None:
    compared = 0
    for path in reference_files(reference_data):
        if path.name == "bad_group_invalid.fits":
            continue  # astropy mends its NAXIS while it reads; here the header stays as written
        try:
            hdus = fits.open(path, disable_image_compression=True)
            len(hdus)  # reads all headers
        except OSError:
            continue
        with hdus:
            for unit, hdu in zip(read_file(path).units, hdus, strict=False):
                cards = [
                    (
                        card.keyword if card.field_specifier else card.keyword.upper(),
                        None if isinstance(card.value, fits.card.Undefined) else card.value,
                        card.comment,
                    )
                    for card in hdu.header.cards
                ]
                where = f"{path.name}[{unit.index}]"
                assert [tuple(card) for card in unit.cards] == cards, where
                assert [type(card.value) for card in unit.cards] == [type(value) for _, value, _ in cards], where
                places = hdu.fileinfo()
                assert (unit.header_offset, unit.data_offset) == (places["hdrLoc"], places["datLoc"]), where
                assert unit.data_size_bytes == hdu.size, where
                compared += len(cards)
    assert compared > 10_000


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
def test_reference_files_have_the_names_and_shapes_of_astropy(reference_data: Path) -> None:
    kinds = {
        "CompImageHDU": "compressed_image", "BinTableHDU": "table", "TableHDU": "ascii_table", "GroupsHDU": "groups",
        "NonstandardExtHDU": "other",
    }  # fmt: skip
    for path in reference_files(reference_data):
        if path.name == "bad_group_invalid.fits":
            continue
        try:
            hdus = fits.open(path)
            len(hdus)
        except OSError:
            continue
        with hdus:
            for unit, hdu in zip(read_file(path).units, hdus, strict=False):
                where = f"{path.name}[{unit.index}]"
                kind = kinds.get(type(hdu).__name__, "image" if hdu.size else "empty")
                assert (unit.name, unit.kind) == (hdu.name, kind), where
                if kind == "groups":  # astropy's shape has the empty first axis; its data have one array for each group
                    assert unit.shape == hdu.data.data.shape, where
                elif kind in ("table", "ascii_table"):
                    assert unit.shape == (hdu.header["NAXIS2"],), where
                elif kind != "other":
                    assert unit.shape == hdu.shape, where
